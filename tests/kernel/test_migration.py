"""Another version of the definition: everything at work goes on there, or nothing changes at all."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from signoff.errors import Invalid, Refused
from signoff.kernel import asides
from signoff.kernel import commands as c
from signoff.kernel.asides import OpenVotes
from signoff.kernel.events import Event, flow, gate, time
from signoff.kernel.events.migration import InstanceMigrated
from signoff.kernel.state import GateStatus, Status
from tests.kernel.desk import Desk
from tests.kernel.people import actor, process
from tests.kernel.test_signers import refusal

ROAD = """
data:
  amount: {type: integer, default: 1}
  comment: {type: text, optional: true}
steps:
  - {step: plan, owner: worker, form: {fill: [amount]}}
  - {gate: check, binds: [amount], approve: [{by: boss, need: 2, declined: end}]}
  - {step: file, owner: ben, due: 3 days after opened, form: {edit: [comment]}}
  - {gate: last, binds: [amount], approve: [{by: leo, declined: end}]}
"""


def upgrade(
    desk: Desk,
    to: str,
    by: str = "root",
    reason: str = "the new procedure",
    nodes: Mapping[str, str] | None = None,
    votes: OpenVotes = OpenVotes.KEEP,
) -> list[Event]:
    """Migrate to this text, or to one with these replacements."""
    versions: dict[str, Any] = desk.world.definitions  # type: ignore[assignment]  # a plain dictionary here
    version = f"v{len(versions) + 1}"
    versions[version] = process(to)
    return desk.do(
        asides.Migrate(
            by=actor(by), at=desk.at, instance="i", to=version, reason=reason, nodes=nodes or {}, votes=votes
        )
    )


def changed(old: str, new: str, text: str = ROAD) -> str:
    assert old in text
    return text.replace(old, new)


def codes(desk: Desk, *args: Any, **given: Any) -> list[str]:
    """What stands in the way."""
    before = desk.state.version
    with pytest.raises(Invalid) as refused:
        upgrade(desk, *args, **given)
    assert refused.value.code == "cannot_migrate"
    assert desk.state.version == before
    return [each.code for each in refused.value.missing]


def planned(road: str = ROAD) -> Desk:
    desk = Desk(road).start()
    desk.submit("plan", "ben", amount=7)
    return desk


def checked(road: str = ROAD) -> Desk:
    desk = planned(road)
    desk.approve("check", "xia")
    desk.approve("check", "yan")
    return desk


# what goes on ---------------------------------------------------------------------------------------------


def test_a_task_goes_on_with_its_people_its_data_and_its_deadline() -> None:
    desk = checked()
    before = next(iter(desk.state.activities.values())).due
    desk.at += timedelta(days=1)
    upgrade(desk, changed("{edit: [comment]}", "{fill: [comment]}"))
    (activity,) = desk.state.activities.values()
    assert (activity.node, activity.due) == ("file", before)
    assert [p.id for p in activity.roster] == ["ben"]
    assert desk.data["amount"] == 7
    assert refusal(desk.submit, "file", "ben") == "field_empty", "the form is that of the new version"
    desk.submit("file", "ben", comment="done")
    desk.approve("last", "leo")
    assert desk.status is Status.COMPLETED


def test_what_is_ahead_is_as_the_new_version_says() -> None:
    desk = checked()
    upgrade(desk, changed("  - {gate: last", "  - {step: print, owner: amy}\n  - {gate: last"))
    desk.submit("file", "ben")
    assert desk.waiting == {"print": 1}


def test_an_element_may_be_called_otherwise_with_all_that_the_compiler_made_of_it() -> None:
    road = """
steps:
  - stage: build
    steps:
      - parallel: both
        branches:
          - steps: [{step: left, owner: ben}]
          - steps: [{step: right, owner: ben}]
  - {step: close, owner: ben}
"""
    desk = Desk(road).start()
    desk.submit("left", "ben")
    new = road.replace("build", "construct").replace("both", "twin").replace("right", "dexter")
    upgrade(desk, new, nodes={"build": "construct", "both": "twin", "right": "dexter"})
    assert desk.waiting == {"dexter": 1}
    assert [row.node for row in desk.inbox.values()] == ["dexter"]
    desk.submit("dexter", "ben")
    assert desk.waiting == {"close": 1}, "the token at the join was kept"


def test_a_deadline_moves_where_the_version_says_another() -> None:
    desk = checked()
    desk.at += timedelta(days=1)
    events = upgrade(desk, changed("due: 3 days after opened", "due: 5 days after opened"))
    (due,) = [e for e in events if isinstance(e, time.DueSet)]
    assert due.due is not None
    assert f"{due.due.astimezone(desk.at.tzinfo):%m-%d %H}" == "09-07 18", (
        "a Monday, for the fifth is a Saturday"
    )
    upgrade(desk, changed(", due: 3 days after opened", ""))
    assert next(iter(desk.state.activities.values())).due is None


def test_timers_that_are_the_same_stay_and_new_ones_are_armed_from_now() -> None:
    road = """
data: {num: {type: integer, default: 0}}
steps:
  - step: plan
    owner: worker
    upon:
      - {after: 5 days, id: nudge, set: {num: 1}}
upon:
  - {after: 9 days, id: late, set: {num: 2}}
"""
    desk = Desk(road).start()
    before = {t.node: (t.id, t.at) for t in desk.state.timers.values()}
    desk.at += timedelta(days=1)
    upgrade(desk, road.replace("set: {num: 1}", "set: {num: 3}"))
    assert {t.node: (t.id, t.at) for t in desk.state.timers.values()} == before
    upgrade(desk, road.replace("5 days", "6 days").replace("9 days, id: late", "9 days, id: later"))
    after = {t.node: t.at for t in desk.state.timers.values()}
    assert after.keys() == {"nudge", "later"}
    assert all(at is not None and at > desk.at for at in after.values())


def test_what_has_fired_stays_fired() -> None:
    road = """
data: {num: {type: integer, default: 0}}
steps:
  - step: plan
    owner: worker
    upon:
      - {after: 5 days, id: nudge, interrupts: false, set: {num: num + 1}}
"""
    desk = Desk(road).start()
    desk.at += timedelta(days=6)
    (timer,) = desk.state.timers.values()
    desk.do(c.FireTimer(by=c.SYSTEM, at=desk.at, timer=f"i:{timer.id}"))
    upgrade(desk, road.replace("owner: worker", "owner: ben"))
    assert not desk.state.timers
    assert desk.data["num"] == 1


def test_new_data_begin_with_their_default_and_old_ones_are_read_by_their_new_type() -> None:
    desk = checked()
    new = changed(
        "amount: {type: integer, default: 1}", "amount: {type: decimal}\n  rate: {type: integer, default: 4}"
    )
    upgrade(desk, new)
    assert desk.values("rate") == 4
    assert desk.values("amount") == 7
    assert codes(desk, changed("amount: {type: integer, default: 1}", "amount: {type: date}")) == [
        "migration_value"
    ]


def test_suspended_instances_stay_suspended() -> None:
    desk = planned()
    desk.suspend()
    upgrade(desk, changed("need: 2", "need: 1"))
    assert desk.status is Status.SUSPENDED
    desk.resume()
    desk.approve("check", "xia")
    assert desk.waiting == {"file": 1}


def test_a_called_process_stays_on_its_own_version() -> None:
    outer = "steps:\n  - {call: sub, process: inner}\n  - {step: close, owner: ben}\n"
    inner = process(
        "data: {given: {type: text, optional: true}}\nsteps:\n  - {step: inside, owner: ben}\n", "inner"
    )
    desk = Desk(process(outer), inner).start()
    upgrade(desk, outer.replace("owner: ben", "owner: amy"))
    assert {scope.version for scope in desk.state.scopes.values()} == {"v3", "v-inner"}
    desk.submit("inside", "ben")
    assert refusal(desk.submit, "close", "ben") == "not_the_owner"


# approvals ------------------------------------------------------------------------------------------------


def test_a_passed_approval_stands_where_nothing_it_demands_has_changed() -> None:
    desk = checked()
    events = upgrade(desk, changed("need: 2", "need: 2, due: 3 days after opened"))
    assert [type(e) for e in events] == [InstanceMigrated]
    assert desk.gate("check").status is GateStatus.PASSED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("binds: [amount], approve: [{by: boss", "binds: [amount, comment], approve: [{by: boss"),
        ("need: 2", "need: all"),
        (
            "[{by: boss, need: 2, declined: end}]",
            "[{by: boss, need: 2, declined: end}, {by: liu, declined: end}]",
        ),
    ],
)
def test_a_passed_approval_is_asked_again_where_more_is_demanded(old: str, new: str) -> None:
    desk = checked()
    events = upgrade(desk, changed(old, new).replace("by: liu", "by: lawyer"))
    (again,) = [e for e in events if isinstance(e, gate.GateReopened)]
    assert again.node == "check"
    assert desk.gate("check").status is GateStatus.STALE
    assert not any(entry.votes for entry in desk.gate("check").entries), "no vote is copied onto new content"
    assert "check" in {row.node for row in desk.inbox.values()}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  - {gate: check, binds: [amount], approve: [{by: boss, need: 2, declined: end}]}\n", ""),
        ("binds: [amount], approve: [{by: boss", "binds: [comment], approve: [{by: boss"),
        (
            "binds: [amount], approve: [{by: boss, need: 2, declined: end}]",
            "require: [{rule: amount > 0, says: more}]",
        ),
    ],
)
def test_no_approval_loses_its_content(old: str, new: str) -> None:
    assert codes(checked(), changed(old, new)) == ["migration_signed_lost"]


def test_an_open_round_begins_anew_and_votes_go_only_where_somebody_says_so() -> None:
    desk = planned()
    desk.approve("check", "xia")
    new = changed("{by: boss, need: 2", "{by: boss, need: 3")
    assert codes(desk, new) == ["migration_votes"]
    upgrade(desk, new, votes=OpenVotes.VOID)
    (entry,) = desk.gate("check").entries
    assert not entry.votes
    assert desk.asked("check") == {"xia", "yan", "zoe"}
    for who in ("xia", "yan", "zoe"):
        desk.approve("check", who)
    assert desk.waiting == {"file": 1}


def test_without_votes_an_open_gate_goes_on_with_more_or_fewer_entries() -> None:
    two = changed(
        "[{by: boss, need: 2, declined: end}]",
        "{parallel: [{by: boss, need: 2, declined: end}, {by: lawyer, declined: end}]}",
    )
    desk = planned()
    upgrade(desk, two)
    assert desk.asked("check") == {"xia", "yan", "zoe", "leo", "liu"}
    upgrade(desk, ROAD)
    assert desk.asked("check") == {"xia", "yan", "zoe"}
    desk.approve("check", "xia")
    desk.approve("check", "yan")
    assert desk.waiting == {"file": 1}


def test_what_was_seen_before_does_not_count_for_the_new_version() -> None:
    desk = planned()
    seen = desk.subject("check", "xia")
    upgrade(desk, changed("need: 2", "need: 1"))
    assert refusal(desk.approve, "check", "xia", seen) == "stale_subject"


# what stands in the way -----------------------------------------------------------------------------------


def test_who_may_and_why_and_to_what() -> None:
    desk = checked()
    assert refusal(upgrade, desk, ROAD, by="xia") == "administrators_only"
    assert refusal(upgrade, desk, ROAD, reason=" ") == "reason_needed"
    other = process(ROAD, "other")
    desk.world.definitions["v-other"] = other  # type: ignore[index]  # a plain dictionary here
    for to, code in (("v-other", "version_of_another"), ("v-p", "on_this_version")):
        command = asides.Migrate(by=actor("root"), at=desk.at, instance="i", to=to, reason="x")
        with pytest.raises(Refused) as refused:
            desk.do(command)
        assert refused.value.code == code


def test_an_element_at_work_needs_a_counterpart_of_its_kind_in_its_place() -> None:
    without = "  - {step: file, owner: ben, due: 3 days after opened, form: {edit: [comment]}}\n"
    assert codes(checked(), changed(without, "")) == ["migration_no_counterpart"]
    assert codes(checked(), changed(without, "  - {wait: file, after: 3 days}\n")) == ["migration_other_kind"]
    inside = "  - stage: s\n    steps: [{step: file, owner: ben}]\n"
    assert codes(checked(), changed(without, inside)) == ["migration_other_place"]


def test_names_that_are_none_and_two_that_become_one_are_told_together() -> None:
    found = codes(checked(), ROAD, nodes={"nowhere": "file", "plan": "check", "last": "none"})
    assert found == ["migration_unknown", "migration_unknown", "migration_twice"]


def test_a_token_at_a_join_needs_its_place() -> None:
    road = """
steps:
  - parallel: both
    branches:
      - steps: [{step: left, owner: ben}]
      - steps: [{step: right, owner: ben}]
  - {step: close, owner: ben}
"""
    desk = Desk(road).start()
    desk.submit("left", "ben")
    flat = (
        "steps:\n  - {step: left, owner: ben}\n  - {step: right, owner: ben}\n  - {step: close, owner: ben}\n"
    )
    assert codes(desk, flat) == ["migration_token_lost"]


def test_no_new_signature_is_jumped_over_and_other_new_steps_behind_are_named() -> None:
    behind = "  - {step: file"
    signed = changed(behind, "  - {gate: seal, approve: [{by: leo, sign: true, declined: end}]}\n" + behind)
    assert codes(checked(), signed) == ["migration_jumps_signature"]
    desk = checked()
    upgrade(desk, changed(behind, "  - {step: note, owner: amy}\n" + behind))
    assert desk.names(InstanceMigrated)[0].over == ("note",)
    ahead = checked()
    last = "  - {gate: last"
    upgrade(
        ahead, changed(last, "  - {gate: seal, approve: [{by: leo, sign: true, declined: end}]}\n" + last)
    )
    assert ahead.names(InstanceMigrated)[0].over == ()


def test_a_request_that_is_asked_goes_on() -> None:
    road = ROAD + "upon:\n  - {request: cancel, by: requester, approve: {by: boss}}\n"
    desk = checked(road)
    desk.do(asides.Request(by=actor("amy"), at=desk.at, instance="i", request="cancel", reason="x"))
    upgrade(desk, road.replace("need: 2", "need: 2, due: 3 days after opened"))
    desk.approve("cancel", "xia")
    assert desk.status is Status.CANCELLED


def test_an_incident_stays_and_can_be_tried_again_on_the_new_version() -> None:
    road = """
data: {num: {type: integer, optional: true}}
steps:
  - {step: plan, owner: worker, set: {num: 1 / 0}}
  - {step: close, owner: ben}
"""
    desk = Desk(road).start()
    desk.submit("plan")
    assert desk.incidents
    upgrade(desk, road.replace("1 / 0", "1"))
    desk.retry()
    assert desk.waiting == {"close": 1}


def test_the_record_says_what_was_before_and_what_is_gone() -> None:
    desk = checked()
    desk.submit("file", "ben")
    gone = changed("  - {step: file, owner: ben, due: 3 days after opened, form: {edit: [comment]}}\n", "")
    upgrade(desk, gone)
    (said,) = desk.names(InstanceMigrated)
    assert (said.before, said.gone, said.by, said.reason) == ("v-p", ("file",), "root", "the new procedure")
    assert not desk.names(flow.ElementCancelled)


def test_another_zone_or_pace_counts_deadlines_anew_and_names_its_calendar() -> None:
    desk = checked()
    (before,) = [a.due for a in desk.state.activities.values()]
    later = "defaults: {day: '09:00 to 17:00'}\n" + ROAD.lstrip("\n")
    upgrade(desk, later)
    (after,) = [a.due for a in desk.state.activities.values()]
    assert before is not None
    assert after == before - timedelta(hours=1)
    assert desk.definition.calendar in desk.state.calendars
