"""Approvals: who is asked, how many must say yes, what a no does, what happens when the ground shifts."""

import pytest

from signoff.errors import AlreadyDecided, Invalid, NotAllowed, WrongState
from signoff.kernel.commands import Approve, Assign, Decline, ReturnTo
from signoff.kernel.events import flow, gate
from signoff.kernel.state import EntryStatus, Status
from signoff.model.gate import Strength
from tests.kernel import people
from tests.kernel.desk import Desk
from tests.kernel.people import actor


def one(approve: str, **more: str) -> Desk:
    """A step with a form, its approval, and a step after it."""
    extra = "".join(f"    {key}: {value}\n" for key, value in more.items())
    return Desk(f"""
data:
  text: {{type: text, default: draft}}
steps:
  - step: write
    owner: worker
    form: {{edit: [text]}}
    approve: {approve}
{extra}
  - step: print
    owner: worker
    checklist: [printed]
""")


def handed_in(approve: str, by: str = "amy", **more: str) -> Desk:
    desk = one(approve, **more).start()
    desk.submit("write", by)
    return desk


# how many ---------------------------------------------------------------------------------------------------


def test_any_takes_the_first_yes() -> None:
    desk = handed_in("{by: boss}")
    assert desk.asked("write") == {"xia", "yan", "zoe"}
    desk.approve("write", "yan")
    assert desk.waiting == {"print": 1}


def test_any_is_declined_by_the_last_no_only() -> None:
    desk = handed_in("{by: boss, declined: end}")
    desk.decline("write", "xia")
    desk.decline("write", "yan")
    assert desk.status is Status.RUNNING
    desk.decline("write", "zoe")
    assert desk.status is Status.DECLINED


def test_all_takes_everybody_and_is_declined_by_the_first_no() -> None:
    desk = handed_in("{by: boss, need: all, declined: end}")
    desk.approve("write", "xia")
    desk.approve("write", "yan")
    assert desk.asked("write") == {"zoe"}
    desk.decline("write", "zoe")
    assert desk.status is Status.DECLINED


def test_a_count_is_declined_as_soon_as_too_few_can_still_say_yes() -> None:
    desk = handed_in("{by: boss, need: 2, declined: end}")
    desk.decline("write", "xia")
    assert desk.status is Status.RUNNING
    desk.decline("write", "yan")
    assert desk.status is Status.DECLINED


def test_a_percentage_is_rounded_up() -> None:
    desk = handed_in("{by: boss, need: 50%}")
    desk.approve("write", "xia")
    assert desk.waiting == {"write": 1}
    desk.approve("write", "yan")
    assert desk.waiting == {"print": 1}


def test_each_takes_one_yes_of_every_role_by_different_people() -> None:
    desk = handed_in("{by: [boss, xia], need: each}")
    desk.approve("write", "xia")  # holds both roles, but is one person
    assert desk.waiting == {"write": 1}
    desk.approve("write", "zoe")
    assert desk.waiting == {"print": 1}


def test_entries_follow_one_another_and_nobody_decides_before_his_turn() -> None:
    desk = handed_in("[{by: lawyer, as: review}, {by: boss}]")
    assert desk.asked("write") == {"leo", "liu"}
    with pytest.raises(NotAllowed) as refused:
        desk.approve("write", "xia")
    assert refused.value.code == "not_your_turn"
    desk.approve("write", "leo")
    assert desk.asked("write") == {"xia", "yan", "zoe"}
    desk.approve("write", "zoe")
    assert desk.waiting == {"print": 1}


def test_entries_side_by_side_are_open_at_the_same_time() -> None:
    desk = handed_in("[{parallel: [{by: lawyer}, {by: boss}]}]")
    assert desk.asked("write") == {"leo", "liu", "xia", "yan", "zoe"}
    desk.approve("write", "zoe")
    desk.approve("write", "leo")
    assert desk.waiting == {"print": 1}


def test_an_entry_whose_condition_is_false_is_not_asked() -> None:
    desk = handed_in("[{by: lawyer, if: \"text == 'contract'\"}, {by: boss}]")
    assert desk.gate("write").entries[0].status is EntryStatus.SKIPPED
    assert desk.asked("write") == {"xia", "yan", "zoe"}


# who --------------------------------------------------------------------------------------------------------


def test_who_prepared_it_is_not_asked_even_in_the_right_role() -> None:
    desk = handed_in("{by: worker}", by="ben")
    assert desk.asked("write") == {"amy", "cat"}
    with pytest.raises(NotAllowed) as refused:
        desk.approve("write", "ben")
    assert refused.value.code == "own_work"


def test_the_starter_and_the_owner_of_another_step_can_be_ruled_out() -> None:
    desk = Desk("""
steps:
  - step: first
    owner: worker
    checklist: [done]
  - step: second
    owner: boss
    checklist: [done]
    approve: {by: [worker, boss], not_by: [starter, owner of first, preparer]}
""").start("amy")
    desk.submit("first", "ben", ticks=["done"])
    desk.submit("second", "xia", ticks=["done"])
    assert desk.asked("second") == {"cat", "yan", "zoe"}


def test_a_role_that_leads_a_group_is_ruled_out_when_it_votes() -> None:
    desk = handed_in("{by: boss, not_by: [worker-lead]}")
    with pytest.raises(NotAllowed) as refused:
        desk.approve("write", "xia")
    assert refused.value.code == "own_work"


def test_a_stranger_is_told_who_decides() -> None:
    desk = handed_in("{by: boss}")
    with pytest.raises(NotAllowed) as refused:
        desk.approve("write", "leo")
    assert refused.value.code == "not_asked"
    assert refused.value.params["roles"] == [{"en": "boss"}]
    assert "boss" in refused.value.sentence()


def test_a_vote_is_cast_once() -> None:
    desk = handed_in("{by: boss, need: all}")
    desk.approve("write", "xia")
    with pytest.raises(AlreadyDecided) as refused:
        desk.decline("write", "xia")
    assert refused.value.code == "voted_already"


def test_what_is_only_noted_cannot_be_declined() -> None:
    desk = handed_in("{by: boss, as: acknowledge}")
    with pytest.raises(NotAllowed) as refused:
        desk.decline("write", "xia")
    assert refused.value.code == "acknowledge_only"
    desk.approve("write", "xia")
    assert desk.waiting == {"print": 1}


def test_a_signature_takes_a_verified_person_and_what_was_seen() -> None:
    desk = handed_in("{by: boss, sign: true}")
    with pytest.raises(NotAllowed) as weak:
        desk.approve("write", "xia", auth=Strength.ASSERTED)
    assert weak.value.code == "too_weak"
    with pytest.raises(Invalid) as blind:
        desk.approve("write", "xia", seen="")
    assert blind.value.code == "seen_missing"
    desk.approve("write", "xia")
    assert desk.waiting == {"print": 1}


def test_nobody_decides_before_the_work_is_handed_in() -> None:
    desk = one("{by: boss}").start()
    with pytest.raises(WrongState) as refused:
        desk.approve("write", "xia")
    assert refused.value.code == "work_comes_first"


def test_a_step_that_has_not_come_is_not_decided_on() -> None:
    desk = Desk("""
steps:
  - step: first
    owner: worker
    checklist: [done]
  - gate: later
    approve: {by: boss, declined: end}
""").start()
    with pytest.raises(WrongState) as refused:
        desk.approve("later", "xia")
    assert refused.value.code == "step_not_open"


# when nobody is found ---------------------------------------------------------------------------------------


def test_an_entry_that_nobody_holds_waits_for_an_administrator_to_appoint_a_person() -> None:
    desk = handed_in("{by: nobody}")
    assert desk.asked("write") == set()
    with pytest.raises(NotAllowed) as refused:
        desk.assign("write", "zoe", by="amy")
    assert refused.value.code == "administrators_only"
    desk.assign("write", "zoe")
    desk.approve("write", "zoe")
    assert desk.waiting == {"print": 1}


@pytest.mark.parametrize("need", ["any", "all", "2", "first", "all in turn"])
def test_nobody_is_appointed_beside_people_who_can_decide(need: str) -> None:
    """I8: an administrator brings nobody in who decides in the place of those who are asked."""
    desk = handed_in(f"{{by: boss, need: {need}, sign: true, binds: [text]}}")
    with pytest.raises(NotAllowed) as refused:
        desk.assign("write", "leo")
    assert refused.value.code == "enough_asked"


def test_somebody_is_appointed_where_those_who_are_asked_have_left() -> None:
    desk = handed_in("{by: xia}")
    command = Assign(
        by=actor("root"),
        at=desk.at,
        task=desk.task("write"),
        person=people.person("leo"),
        gone=frozenset({"xia"}),
    )
    desk.do(command)
    desk.approve("write", "leo")
    assert desk.waiting == {"print": 1}


def test_who_prepared_it_cannot_be_appointed_either() -> None:
    desk = handed_in("{by: nobody}")
    with pytest.raises(NotAllowed) as refused:
        desk.assign("write", "amy")
    assert refused.value.code == "own_work"
    with pytest.raises(NotAllowed) as himself:
        desk.assign("write", "root")
    assert himself.value.code == "appoints_himself"


def test_too_few_people_are_completed_one_by_one_and_all_keep_their_row() -> None:
    desk = handed_in("{by: lawyer, need: 3}")
    desk.assign("write", "zoe")
    assert desk.asked("write") == {"leo", "liu", "zoe"}
    for person in ("leo", "liu", "zoe"):
        desk.approve("write", person)
    assert desk.waiting == {"print": 1}


# a no -------------------------------------------------------------------------------------------------------


def test_a_no_sends_the_work_back_to_its_owner_unless_it_says_otherwise() -> None:
    desk = handed_in("{by: boss, need: all}")
    desk.approve("write", "xia")
    desk.decline("write", "yan")
    assert desk.inbox[desk.task("write")[2:]].people == ("amy", "ben", "cat")
    assert "returned" in {n["template"] for n in desk.notices}
    desk.submit("write", "amy", text="better")
    assert desk.asked("write") == {"xia", "yan", "zoe"}, "after a return everybody decides anew"
    assert desk.gate("write").round == 2


def test_a_claimed_task_comes_back_to_who_claimed_it() -> None:
    desk = one("{by: boss, need: all}").start()
    desk.claim("write", "ben")
    desk.submit("write", "ben")
    desk.decline("write", "yan")
    with pytest.raises(NotAllowed) as refused:
        desk.submit("write", "amy")
    assert refused.value.code == "claimed_by_another"


def test_a_no_may_let_the_process_go_on_and_be_asked_for() -> None:
    desk = Desk("""
steps:
  - gate: vote
    approve: {by: xia, declined: continue}
  - step: comfort
    owner: worker
    if: "verdict('vote') == 'declined'"
    checklist: [done]
""").start()
    desk.decline("vote", "xia")
    assert desk.waiting == {"comfort": 1}


def test_a_no_ends_the_instance_and_everything_in_it() -> None:
    desk = Desk("""
steps:
  - parallel: both
    branches:
      - steps: [{step: side, owner: worker, checklist: [done]}]
      - steps: [{gate: vote, approve: {by: xia, declined: end}}]
""").start()
    desk.decline("vote", "xia")
    assert desk.status is Status.DECLINED
    assert desk.inbox == {}


def test_every_decision_of_a_gate_is_an_event() -> None:
    desk = handed_in("{by: boss, need: 2}")
    desk.approve("write", "xia")
    desk.approve("write", "zoe")
    assert [e.person for e in desk.names(gate.VoteCast)] == ["xia", "zoe"]
    assert [e.approvers for e in desk.names(flow.ElementCompleted)] == [("xia", "zoe")]


def test_one_entry_is_decided_on_by_its_own_id() -> None:
    desk = handed_in("[{parallel: [{by: xia}, {by: xia, as: review}]}]")
    id = f"i:{desk.gate('write').id}"
    desk.do(Approve(by=actor("xia"), at=desk.at, gate=f"{id}#1"))
    assert [e.status for e in desk.gate("write").entries] == [EntryStatus.OPEN, EntryStatus.PASSED]
    desk.do(Approve(by=actor("xia"), at=desk.at, gate=f"{id}#0"))
    assert desk.waiting == {"print": 1}


@pytest.mark.parametrize("note", ["", "  \n\u3000"])
def test_a_no_and_a_way_back_say_why(note: str) -> None:
    """I11: a reason is kept wherever something is refused or done again."""
    desk = handed_in("{by: boss}", return_to="[write]")
    gate_id, seen = desk.task("write"), desk.subject("write", "xia")
    who = actor("xia", Strength.ATTESTED)
    commands = [
        Decline(by=who, at=desk.at, gate=gate_id, seen=seen, note=note),
        ReturnTo(by=who, at=desk.at, gate=gate_id, to="write", note=note),
    ]
    for command in commands:
        with pytest.raises(Invalid) as error:
            desk.do(command)
        assert error.value.code == "reason_needed"
    desk.approve("write", "xia")  # a yes needs none


def test_a_gate_without_votes_is_sent_back_with_a_reason_too() -> None:
    desk = Desk("""
steps:
  - step: prepare
    owner: worker
    checklist: [done]
  - gate: ready
    owner: boss
    require: [{id: R1, rule: "1 == 2", says: never}]
    return_to: [prepare]
""").start()
    desk.submit("prepare", "amy", ticks=["done"])
    command = ReturnTo(by=actor("xia", Strength.ATTESTED), at=desk.at, gate=desk.task("ready"), to="prepare")
    with pytest.raises(Invalid) as error:
        desk.do(command)
    assert error.value.code == "reason_needed"
