"""What people do beside work and votes: withdraw, urge, copies, comments and questions. None of it moves a token."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from signoff.errors import Refused
from signoff.kernel import asides
from signoff.kernel.events import aside, gate, task
from signoff.kernel.state import Status
from tests.kernel.desk import Desk
from tests.kernel.people import person
from tests.kernel.test_signers import refusal

STEPS = """
steps:
  - {step: plan, owner: worker, checklist: [Planned]}
  - {gate: check, cc: [lawyer, requester], approve: [{by: boss, need: all, declined: end, allow: [add_before]}]}
  - {step: file, owner: ben, checklist: [Filed], cc: [lawyer]}
"""


def desk(start: str = "", steps: str = STEPS) -> Desk:
    return Desk(f"{start}\n{steps}").start(by="amy")


def planned(start: str = "") -> Desk:
    story = desk(start)
    story.submit("plan", "ben", ticks=["Planned"])
    return story


# withdraw --------------------------------------------------------------------------------------------------


def test_who_started_it_withdraws_it_and_everything_open_is_cancelled() -> None:
    story = planned()
    assert {row.node for row in story.inbox.values()} == {"check"}
    story.aside(asides.Withdraw, "amy", reason="a mistake")
    assert story.status is Status.WITHDRAWN
    assert story.state.outcome == "withdrawn"
    assert not story.inbox
    assert not story.state.activities
    assert refusal(story.approve, "check", "xia") == "instance_ended"


def test_nobody_else_withdraws_not_even_an_administrator() -> None:
    story = desk()
    for who in ("ben", "xia", "root"):
        assert refusal(story.aside, asides.Withdraw, who) == "withdraws_for_another"
    assert story.status is Status.RUNNING


def test_a_definition_says_until_when_or_that_it_is_not_withdrawn() -> None:
    story = planned("start: {withdraw: until check}")
    for who in ("xia", "yan", "zoe"):
        story.approve("check", who)
    assert refusal(story.aside, asides.Withdraw, "amy") == "too_late_to_withdraw"
    assert refusal(desk("start: {withdraw: never}").aside, asides.Withdraw, "amy") == "withdrawal_not_offered"
    early = planned("start: {withdraw: until check}")
    early.aside(asides.Withdraw, "amy")
    assert early.status is Status.WITHDRAWN


def test_after_a_return_before_the_point_it_can_be_withdrawn_again() -> None:
    story = desk(
        "start: {withdraw: until check}",
        """
steps:
  - {step: plan, owner: worker, checklist: [Planned]}
  - {gate: check, approve: [{by: boss, declined: end}]}
  - {gate: last, approve: [{by: boss, declined: end}], return_to: [plan]}
""",
    )
    story.submit("plan", "ben", ticks=["Planned"])
    story.approve("check", "xia")
    assert refusal(story.aside, asides.Withdraw, "amy") == "too_late_to_withdraw"
    story.return_to("last", "plan", "yan")
    story.aside(asides.Withdraw, "amy")
    assert story.status is Status.WITHDRAWN


def test_what_is_suspended_or_over_is_not_withdrawn() -> None:
    story = desk()
    story.suspend()
    assert refusal(story.aside, asides.Withdraw, "amy") == "instance_suspended"
    story.resume()
    story.aside(asides.Withdraw, "amy")
    assert refusal(story.aside, asides.Withdraw, "amy") == "instance_ended"


# urge ------------------------------------------------------------------------------------------------------


def test_those_whose_move_it_is_are_urged_and_nothing_moves() -> None:
    story = planned()
    story.approve("check", "xia")
    before = story.waiting
    story.aside(asides.Urge, "amy", "check", note="please")
    told = story.notices[-1]
    assert (told["template"], told["people"], told["note"], told["by"]) == (
        "urge",
        ["yan", "zoe"],
        "please",
        "Amy",
    )
    assert story.waiting == before


def test_each_person_is_urged_once_in_the_stated_time() -> None:
    story = planned()
    story.aside(asides.Urge, "amy", "check")
    with pytest.raises(Refused) as refused:
        story.aside(asides.Urge, "root", "check")
    assert refused.value.code == "urged_lately"
    assert refused.value.params["at"] == "2026-08-31 12:00"
    assert refused.value.params["again"] == "2026-08-31 16:00"
    story.at += timedelta(hours=4) - timedelta(seconds=1)
    assert refusal(story.aside, asides.Urge, "amy", "check") == "urged_lately"
    story.at += timedelta(seconds=1)
    story.aside(asides.Urge, "amy", "check")
    assert len(story.state.urged) == 3


@pytest.mark.parametrize(
    ("said", "again"),
    [
        ("30 minutes", "2026-08-31 12:30"),
        ("2 days", "2026-09-02 12:00"),
        ("1 working day", "2026-09-01 12:00"),
        ("5个工作小时", "2026-08-31 17:00"),
    ],
)
def test_a_process_says_after_how_long_somebody_is_urged_again(said: str, again: str) -> None:
    story = planned(f"defaults: {{urge: {said}}}")
    story.aside(asides.Urge, "amy", "check")
    moment = datetime.fromisoformat(again).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    story.at = moment - timedelta(seconds=1)
    with pytest.raises(Refused) as refused:
        story.aside(asides.Urge, "amy", "check")
    assert (refused.value.code, refused.value.params["again"]) == ("urged_lately", again)
    story.at = moment
    story.aside(asides.Urge, "amy", "check")
    assert len(story.state.urged) == 3


def test_only_who_was_not_urged_yet_is_told() -> None:
    story = planned()
    story.aside(asides.Urge, "amy", "check")
    story.add("check", "xia", "leo")
    story.aside(asides.Urge, "amy", "check")
    assert story.notices[-1]["people"] == ["leo"]


def test_who_has_nothing_to_do_with_it_urges_nobody_and_nobody_urges_himself() -> None:
    story = planned()
    assert refusal(story.aside, asides.Urge, "cat", "check") == "may_not_urge"
    own = Desk("steps: [{step: plan, owner: amy, checklist: [Planned]}]").start(by="amy")
    assert refusal(own.aside, asides.Urge, "amy", "plan") == "nobody_to_urge"
    own.aside(asides.Urge, "root", "plan")


def test_work_is_urged_at_its_owner() -> None:
    story = desk()
    story.claim("plan", "cat")
    story.aside(asides.Urge, "amy", "plan")
    assert story.notices[-1]["people"] == ["cat"]


# copies ----------------------------------------------------------------------------------------------------


def test_a_copy_goes_out_at_the_decision_once_to_each_person() -> None:
    story = planned()
    assert not story.names(task.CopySent)
    for who in ("xia", "yan", "zoe"):
        story.approve("check", who)
    (sent,) = story.names(task.CopySent)
    assert [p.id for p in sent.people] == ["leo", "liu", "amy"]
    assert sent.occasion == "decision"
    assert story.notices[-2]["template"] == "decided" or story.notices[-1]["template"] == "decided"


def test_the_same_person_gets_one_copy_of_an_instance_on_each_occasion() -> None:
    story = Desk("""
steps:
  - {step: one, owner: ben, checklist: [x], cc: [lawyer], approve: [{by: xia}]}
  - {step: two, owner: ben, checklist: [x], cc: [lawyer, amy], approve: [{by: xia}]}
""").start(by="amy")
    for step in ("one", "two"):
        story.submit(step, "ben", ticks=["x"])
        story.approve(step, "xia")
    sent = [
        (event.node, event.occasion, [p.id for p in event.people]) for event in story.names(task.CopySent)
    ]
    assert sent == [
        ("one", "submission", ["leo", "liu"]),
        ("one", "decision", ["leo", "liu"]),
        ("two", "submission", ["amy"]),
        ("two", "decision", ["amy"]),
    ]
    assert story.status is Status.COMPLETED


def test_a_decline_is_copied_too_and_read_after_the_end() -> None:
    story = planned()
    story.decline("check", "xia")
    assert story.status is Status.DECLINED
    assert [p.id for p in story.names(task.CopySent)[0].people] == ["leo", "liu", "amy"]
    story.aside(asides.MarkRead, "leo")
    assert story.state.copies["leo"].read


def test_a_receipt_is_an_event_of_its_own_and_given_once() -> None:
    story = planned()
    assert refusal(story.aside, asides.MarkRead, "leo") == "no_copy"
    for who in ("xia", "yan", "zoe"):
        story.approve("check", who)
    story.aside(asides.MarkRead, "leo")
    assert story.happened() == ["CopyRead"]
    story.aside(asides.MarkRead, "leo")
    assert not story.events
    assert [effect.how for effect in story.involved if effect.person == "leo"] == ["copied", "read"]
    assert story.waiting == {"file": 1}


def test_a_copy_that_the_directory_cannot_address_blocks_nothing() -> None:
    story = Desk("steps: [{step: one, owner: ben, checklist: [x], cc: [lawyer]}]").start(by="amy")
    story.directory_down = True
    story.submit("one", "ben", ticks=["x"])
    assert story.status is Status.COMPLETED


# comments and questions --------------------------------------------------------------------------------------


def test_a_comment_is_kept_and_moves_nothing() -> None:
    story = planned()
    before = story.waiting
    story.aside(asides.Comment, "ben", text="The venue is booked.")
    story.aside(asides.Comment, "xia", "check", text="Which one?")
    said = [(e.person, e.node, e.text) for e in story.names(aside.Commented)]
    assert said == [("ben", "", "The venue is booked."), ("xia", "check", "Which one?")]
    assert story.waiting == before


def test_only_whom_it_concerns_says_something_and_says_it() -> None:
    story = planned()
    assert refusal(story.aside, asides.Comment, "leo", text="hello") == "not_concerned"
    assert refusal(story.aside, asides.Comment, "ben", text="  ") == "nothing_said"
    story.aside(asides.Comment, "root", text="hello")


def test_a_person_is_asked_something_answers_and_the_gate_did_not_wait() -> None:
    story = planned()
    story.aside(asides.Ask, "xia", "check", person=person("leo"), text="Is it legal?")
    (asked,) = story.names(aside.InformationAsked)
    assert story.inbox[asked.id].people == ("leo",)
    for who in ("xia", "yan", "zoe"):
        story.approve("check", who)
    assert story.waiting == {"file": 1}
    question = f"i:{asked.id}"
    assert refusal(story.aside, asides.Answer, "liu", question=question, text="yes") == "asked_of_another"
    story.aside(asides.Answer, "leo", question=question, text="yes")
    told = story.notices[-1]
    assert (told["template"], told["people"], told["note"]) == ("answer", ["xia"], "yes")
    assert asked.id not in story.inbox
    assert refusal(story.aside, asides.Answer, "leo", question=question, text="yes") == "question_not_open"


def test_questions_end_with_the_instance() -> None:
    story = planned()
    story.aside(asides.Ask, "xia", "check", person=person("leo"), text="Is it legal?")
    story.decline("check", "xia")
    assert not story.inbox
    assert story.names(aside.InformationDropped)


def test_nobody_asks_himself_and_what_is_suspended_can_be_talked_about() -> None:
    story = planned()
    assert refusal(story.aside, asides.Ask, "xia", "check", person=person("xia"), text="?") == "to_oneself"
    story.suspend()
    story.aside(asides.Comment, "ben", text="Why?")
    story.aside(asides.Ask, "xia", "check", person=person("leo"), text="How long?")
    assert refusal(story.aside, asides.Urge, "amy", "check") == "instance_suspended"


def test_a_day_from_which_it_holds_stands_beside_the_recorded_time() -> None:
    """补审: nobody dates an approval back; what was agreed earlier is said, and when it was said is recorded."""
    story = planned()
    story.aside(asides.Comment, "ben", "check", text="agreed by phone", effective=date(2026, 8, 20))
    ((at, said),) = [(at, event) for at, event in story.log if isinstance(event, aside.Commented)]
    assert said.effective == date(2026, 8, 20)
    assert at == story.at


# override --------------------------------------------------------------------------------------------------


def test_an_administrator_overrides_a_gate_as_an_event_of_its_own() -> None:
    story = planned()
    story.approve("check", "xia")
    story.aside(asides.Override, "root", "check", reason="the board is away")
    (event,) = story.names(aside.Overridden)
    assert (event.by, event.reason, event.lacking) == ("root", "the board is away", ("approval_missing",))
    assert not story.names(gate.GatePassed)
    assert story.waiting == {"file": 1}
    done = next(iter(story.state.scopes.values())).done["check"]
    assert (done.verdict, done.approvers) == ("overridden", ())


def test_work_is_overridden_too_and_only_with_a_reason_by_an_administrator() -> None:
    story = desk()
    assert refusal(story.aside, asides.Override, "ben", "plan", reason="x") == "administrators_only"
    assert refusal(story.aside, asides.Override, "root", "plan", reason=" ") == "reason_needed"
    story.aside(asides.Override, "root", "plan", reason="done elsewhere")
    assert story.waiting == {"check": 1}


def test_no_override_satisfies_a_signature() -> None:
    story = desk(steps="steps: [{gate: check, binds: [], approve: [{by: boss, sign: true, declined: end}]}]")
    assert refusal(story.aside, asides.Override, "root", "check", reason="x") == "signature_demanded"
    own = desk(steps="steps: [{step: plan, owner: ben, checklist: [x], sign: true}]")
    assert refusal(own.aside, asides.Override, "root", "plan", reason="x") == "signature_demanded"


def test_an_administrator_overrides_nothing_that_is_his_own() -> None:
    story = Desk(STEPS).start(by="root")
    assert refusal(story.aside, asides.Override, "root", "plan", reason="x") == "own_work"


# handing over ------------------------------------------------------------------------------------------------


def test_what_lies_with_who_has_left_is_handed_to_somebody_of_the_same_role() -> None:
    story = Desk("""
steps:
  - {step: plan, owner: worker, checklist: [x]}
  - {gate: check, approve: [{by: worker, need: all, declined: end}]}
""").start(by="xia")
    story.claim("plan", "ben")
    given = {"source": "ben", "person": person("cat"), "holds": story.holds("cat")}
    assert refusal(story.aside, asides.HandOver, "amy", "plan", **given) == "administrators_only"
    story.aside(asides.HandOver, "root", "plan", **given)
    assert story.inbox[story.task("plan")[2:]].claimed == "cat"
    story.submit("plan", "cat", ticks=["x"])
    assert refusal(story.aside, asides.HandOver, "root", "check", **given) == "asked_already"
    strange = {"source": "ben", "person": person("leo"), "holds": story.holds("leo")}
    assert refusal(story.aside, asides.HandOver, "root", "check", **strange) == "not_eligible"


def test_a_vote_of_who_has_left_is_handed_over_and_nobody_gives_it_to_himself() -> None:
    story = Desk(
        "steps: [{gate: check, approve: [{by: xia, need: all, declined: end, transfer_to: [boss]}]}]"
    ).start(by="amy")
    own = {"source": "xia", "person": person("root"), "holds": {}}
    assert refusal(story.aside, asides.HandOver, "root", "check", **own) == "appoints_himself"
    given = {"source": "xia", "person": person("yan"), "holds": story.holds("yan")}
    story.aside(asides.HandOver, "root", "check", **given)
    assert story.asked("check") == {"yan"}
    assert refusal(story.aside, asides.HandOver, "root", "check", **given) == "not_asked"


DELEGATED = "steps: [{gate: check, approve: [{by: xia, need: all, declined: end, transfer_to: [boss]}]}]"


def test_a_vote_that_waits_for_an_opinion_is_handed_over_with_the_question() -> None:
    story = Desk(DELEGATED).start(by="amy")
    story.delegate("check", "xia", "leo")
    given = {"source": "xia", "person": person("yan"), "holds": story.holds("yan")}
    story.aside(asides.HandOver, "root", "check", **given)
    assert story.asked("check") == {"leo"}, "the question goes on"
    story.advise("check", "leo")
    assert story.asked("check") == {"yan"}, "and comes back to who decides now"
    assert refusal(story.approve, "check", "xia") == "not_asked"
    story.approve("check", "yan")
    assert story.status is Status.COMPLETED


def test_an_opinion_that_a_leaver_owes_is_asked_of_another_and_the_vote_stays() -> None:
    story = Desk(DELEGATED).start(by="amy")
    story.delegate("check", "xia", "leo")
    back = {"source": "leo", "person": person("xia"), "holds": story.holds("xia")}
    assert refusal(story.aside, asides.HandOver, "root", "check", **back) == "delegated_in_circle"
    given = {"source": "leo", "person": person("liu"), "holds": story.holds("liu")}
    story.aside(asides.HandOver, "root", "check", **given)
    assert story.asked("check") == {"liu"}
    story.advise("check", "liu")
    assert story.asked("check") == {"xia"}
