"""What people ask for: approved it takes effect, all of it at once; refused or withdrawn everything is as before.

RequestHandler stands for what may be asked, RequestEffect for where it takes effect.
"""

from typing import Any

import pytest

from signoff.errors import Invalid, NotAllowed, NotFound, WrongState
from signoff.model.nodes import RequestEffect, RequestHandler
from signoff.notation.yaml import read
from signoff.testing import Case

TRIP = """
signoff: 1
process: trip
calendar: PLAIN
zone: UTC
data:
  day: date
  place: text
  spent: {type: integer, default: 0}
  stopped: {type: boolean, default: false}
dates: {trip: {day: day}}
roles: {staff: {group: staff}, boss: {group: bosses}}
start: {by: [staff], form: {fill: [day]}}
steps:
  - stage: planning
    steps:
      - step: book
        owner: staff
        due: 5 days before trip
        form: {fill: [place], show: [day]}
        binds: [place, day]
        approve: [{by: boss}]
      - parallel: both
        branches:
          - steps: [{step: pack, owner: staff, due: 1 day before trip, checklist: [bag]}]
          - steps: [{step: tell, owner: staff, checklist: [told]}]
  - stage: after
    steps: [{step: tidy, owner: staff, checklist: [done]}]
upon:
  - request: cancel
    by: [staff]
    data: {why: text}
    form: {fill: [why]}
    approve: [{by: boss}]
    set: {stopped: true}
    steps: [{step: call-off, owner: boss, checklist: [called]}]
    continue_at: after
  - {request: reschedule, by: [staff], moves: [day], approve: [{by: boss}]}
  - request: spend
    by: [staff, boss]
    data: {amount: integer}
    form: {fill: [amount]}
    require: [{rule: "spent + amount <= 100", says: too much}]
    approve: [{by: boss, if: "amount > 10"}]
    set: {spent: "spent + amount"}
"""
PEOPLE: dict[str, Any] = {
    "li": {"groups": ["staff"]},
    "wei": {"groups": ["staff"]},
    "bo": {"groups": ["bosses"]},
    "zhou": {"groups": ["bosses"]},
}


def trip(text: str = TRIP) -> Case:
    case = Case.load(text, at="2026-09-01T09:00Z", people=PEOPLE)
    return case.start({"day": "2026-10-15"}, by="li")


def booked() -> Case:
    case = trip()
    case.submit("book", {"place": "x"}, by="li")
    case.approve("book", by="bo")
    return case


def waiting(case: Case) -> list[str]:
    return sorted(case.active.elements())


def test_until_it_is_approved_all_goes_on() -> None:
    case = booked()
    case.request("cancel", {"why": "rain"}, by="li")
    assert waiting(case) == ["cancel", "pack", "tell"]
    case.submit("pack", by="wei")
    assert waiting(case) == ["cancel", "tell"]
    assert case.variables["stopped"] is False


def test_approved_it_interrupts_does_its_steps_and_goes_on_where_it_says() -> None:
    case = booked()
    case.submit("pack", by="wei")  # its token waits at the join
    case.request("cancel", {"why": "rain"}, by="li")
    case.approve("cancel", by="bo")
    assert waiting(case) == ["call-off"]
    assert case.variables["stopped"] is True
    assert ("decided", "cancel", "li") in case.notified
    case.submit("call-off", by="bo")
    assert waiting(case) == ["tidy"]
    case.submit("tidy", by="li")
    assert (case.status, case.outcome) == ("cancelled", "cancelled")


def test_refused_it_leaves_everything_as_it_was() -> None:
    case = booked()
    before = dict(case.variables), waiting(case)
    case.request("cancel", {"why": "rain"}, by="li")
    case.decline("cancel", by="bo")
    case.decline("cancel", by="zhou")
    assert (dict(case.variables), waiting(case)) == before
    case.request("cancel", {"why": "more rain"}, by="wei")  # and it may be asked again
    assert "cancel" in waiting(case)


def test_withdrawn_it_leaves_everything_as_it_was() -> None:
    case = booked()
    before = dict(case.variables), waiting(case)
    case.request("reschedule", {"day": "2026-10-20"}, by="li")
    with pytest.raises(NotAllowed, match="li asked"):
        case.withdraw_request("reschedule", by="wei")
    with pytest.raises(NotFound, match="nonsense"):
        case.withdraw_request("nonsense", by="li")
    case.withdraw_request("reschedule", by="li", reason="found a way")
    assert (dict(case.variables), waiting(case)) == before
    with pytest.raises(WrongState):
        case.withdraw_request("reschedule", by="li")


def test_what_interrupts_is_asked_for_once_at_a_time_and_not_once_it_is_too_late() -> None:
    case = booked()
    case.request("cancel", {"why": "rain"}, by="li")
    with pytest.raises(WrongState, match="already"):
        case.request("cancel", {"why": "rain"}, by="wei")
    case.submit("pack", by="wei")
    case.submit("tell", by="wei")
    assert waiting(case) == ["cancel", "tidy"]
    case.approve("cancel", by="bo")  # too late: what it would skip to has begun
    assert waiting(case) == ["tidy"]
    assert case.variables["stopped"] is False
    with pytest.raises(WrongState, match="too late"):
        case.request("cancel", {"why": "rain"}, by="li")
    case.submit("tidy", by="li")
    assert case.outcome == "completed"


def test_its_rules_hold_when_it_is_asked_for_and_when_it_is_approved() -> None:
    case = booked()
    case.request("spend", {"amount": 60}, by="li")
    case.request("spend", {"amount": 50}, by="wei")
    case.request("spend", {"amount": 5}, by="li")  # small enough: at once
    assert case.variables["spent"] == 5
    case.approve("spend", by="bo")
    assert case.variables["spent"] == 65
    with pytest.raises(Invalid, match="too much"):
        case.approve("spend", by="bo")
    case.decline("spend", by="bo")
    assert case.variables["spent"] == 65


def test_nobody_approves_what_he_asks_for() -> None:
    case = booked()
    case.request("spend", {"amount": 60}, by="bo")
    with pytest.raises(NotAllowed):
        case.approve("spend", by="bo")
    case.approve("spend", by="zhou")
    assert case.variables["spent"] == 60


def test_nor_where_the_request_brings_nothing() -> None:
    text = TRIP + "  - {request: stop, by: [boss], interrupts: true, approve: [{by: boss}]}\n"
    case = trip(text)
    case.request("stop", by="bo")
    with pytest.raises(NotAllowed):
        case.approve("stop", by="bo")
    case.approve("stop", by="zhou")
    assert case.status == "completed"


@pytest.mark.parametrize(
    ("name", "data", "by", "refusal", "code"),
    [
        ("cancel", {"why": "rain"}, "bo", NotAllowed, "may_not_ask"),
        ("cancel", {}, "li", Invalid, "field_empty"),
        ("cancel", {"why": "rain", "spent": 3}, "li", Invalid, "not_on_the_form"),
        ("fly", {}, "li", NotFound, "no_such_request"),
        ("reschedule", {}, "li", Invalid, "nothing_moved"),
        ("reschedule", {"day": "2026-10-15"}, "li", Invalid, "moved_nowhere"),
        ("reschedule", {"day": "2026-08-31"}, "li", Invalid, "moved_into_past"),
        ("spend", {"amount": 101}, "li", Invalid, "rule"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    name: str, data: dict[str, Any], by: str, refusal: type[Exception], code: str
) -> None:
    case = booked()
    events = len(case.events)
    with pytest.raises(refusal) as told:
        case.request(name, data, by=by)
    assert getattr(told.value, "code", "") == code
    assert len(case.events) == events


def test_the_plain_verb_refuses_what_the_process_lets_people_ask_for() -> None:
    case = booked()
    with pytest.raises(NotAllowed, match="signoff request"):
        case.cancel(reason="rain")
    assert case.status == "running"


def test_without_approvals_the_plain_verb_is_the_request() -> None:
    text = TRIP.replace(
        "  - request: cancel",
        "  - {request: withdraw, by: [staff], set: {stopped: true}}\n  - request: cancel",
    )
    case = trip(text)
    case.box.engine.withdraw(case.instance, by="li")
    assert (case.status, case.variables["stopped"]) == ("withdrawn", True)


def test_a_request_on_a_step_ends_only_that_step() -> None:
    text = TRIP.replace(
        "form: {fill: [place], show: [day]}",
        "form: {fill: [place], show: [day]}\n"
        "        upon: [{request: skip, by: [staff], interrupts: true, approve: [{by: boss}], set: {place: \"'none'\"}}]",
    )
    case = trip(text)
    case.request("skip", by="li")
    assert waiting(case) == ["book", "skip"]
    case.approve("skip", by="bo")
    assert waiting(case) == ["pack", "tell"]
    assert case.variables["place"] == "none"
    with pytest.raises(WrongState):
        case.request("skip", by="li")


def test_a_definition_says_what_may_be_asked_for() -> None:
    definition = read(TRIP).definition
    assert set(definition.requests) == {"cancel", "reschedule", "spend"}
    handler = definition.requests["cancel"]
    assert isinstance(handler, RequestHandler)
    assert handler.interrupting
    assert handler.continue_at == "after"
    effects = [n.id for n in definition.nodes.values() if isinstance(n, RequestEffect)]
    assert effects == ["cancel.effect", "reschedule.effect", "spend.effect"]


HALLS = """
signoff: 1
process: halls
calendar: PLAIN
zone: UTC
data: {halls: {list_of: text}, helpers: {list_of: person, default: []}}
roles: {staff: {group: staff}, boss: {group: bosses}}
start: {by: [staff], form: {fill: [halls]}}
steps:
  - each: hall
    item: hall
    in: "halls"
    steps: [{step: sweep, owner: staff, checklist: [swept]}]
    upon:
      - {request: skip, by: [staff], interrupts: true, approve: [{by: boss}]}
      - request: help
        by: [staff]
        data: {helper: person}
        form: {fill: [helper]}
        set: {helpers: "append(helpers, helper)"}
"""


def test_an_occurrence_is_named_by_its_position_and_the_others_go_on() -> None:
    case = Case.load(HALLS, at="2026-09-01T09:00Z", people=PEOPLE).start({"halls": ["A", "B"]}, by="li")
    with pytest.raises(NotFound) as told:
        case.request("skip", by="li")
    assert (told.value.code, told.value.params["positions"]) == ("which_request", [1, 2])
    case.request("skip", by="li", position=2)
    case.approve("skip", by="bo")
    assert waiting(case) == ["sweep"]
    case.submit("sweep", by="li")
    assert case.status == "completed"


def test_a_person_that_is_brought_along_is_known_by_name() -> None:
    case = Case.load(HALLS, at="2026-09-01T09:00Z", people=PEOPLE).start({"halls": ["A"]}, by="li")
    case.request("help", {"helper": "wei"}, by="li")
    (helper,) = case.variables["helpers"]
    assert (helper["id"], helper["groups"]) == ("wei", ["staff"])
    with pytest.raises(Invalid):
        case.request("help", {"helper": "nobody"}, by="li")


def test_an_interrupting_request_without_steps_ends_its_stage_and_the_flow_goes_on() -> None:
    text = TRIP.replace(
        "  - stage: planning\n",
        "  - stage: planning\n    upon: [{request: enough, by: [boss], interrupts: true}]\n",
    )
    case = trip(text)
    case.request("enough", by="bo")
    assert waiting(case) == ["tidy"]


def test_an_approval_that_is_stale_does_not_block_a_cancellation() -> None:
    case = booked()
    case.request("reschedule", {"day": "2026-10-20"}, by="li")
    case.approve("reschedule", by="bo")
    assert "book" in waiting(case)  # its approval is stale
    case.request("cancel", {"why": "rain"}, by="li")
    case.approve("cancel", by="bo")
    assert "call-off" in waiting(case)


def test_a_date_that_has_passed_until_it_is_approved_is_not_moved_to() -> None:
    case = booked()
    case.request("reschedule", {"day": "2026-09-20"}, by="li")
    case.advance("P40D")
    case.approve("reschedule", by="bo")
    assert str(case.variables["day"]) == "2026-10-15"
    (refused,) = [event for event in case.events if type(event).__name__ == "RequestRefused"]
    assert refused.reason == "moved_into_past"  # type: ignore[attr-defined]  # it is one by its name
