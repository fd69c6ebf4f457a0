"""Approvals: who is asked, how many must say yes, what a no does, what happens when the ground shifts."""

import pytest

from signoff.errors import AlreadyDecided, Invalid, NotAllowed, StaleSubject, WrongState
from signoff.kernel.commands import Approve
from signoff.kernel.events import flow, gate
from signoff.kernel.state import EntryStatus, GateStatus, Status
from signoff.model.gate import Strength
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


# what was seen, and what changes under the votes ------------------------------------------------------------

TWO = """
data:
  price: {type: integer, default: 1}
  colour: {type: text, default: red}
steps:
  - parallel: both
    branches:
      - steps:
          - step: offer
            owner: worker
            form: {edit: [price]}
          - step: raise
            owner: worker
            form: {edit: [price, colour]}
      - steps:
          - gate: check
            binds: [price]
            approve: {by: boss, need: all, declined: end}
          - gate: second
            binds: [colour]
            approve: {by: lawyer, declined: end}
  - gate: last
    approve: {by: leo, declined: end}
"""


def test_a_vote_on_what_is_no_longer_there_is_refused_and_names_what_changed() -> None:
    desk = Desk(TWO).start()
    seen = desk.gate("check").subject
    desk.submit("offer", price=2)
    with pytest.raises(StaleSubject) as refused:
        desk.approve("check", "xia", seen=seen)
    assert refused.value.params["changed"] == [{"en": "price"}]


def test_votes_are_void_when_what_they_bind_changes() -> None:
    desk = Desk(TWO).start()
    desk.approve("check", "xia")
    desk.submit("offer", price=2)
    assert desk.asked("check") == {"xia", "yan", "zoe"}
    assert desk.gate("check").round == 2


def test_votes_stand_when_nothing_they_bind_changes() -> None:
    desk = Desk(TWO).start()
    desk.approve("check", "xia")
    desk.submit("offer", price=1)
    assert desk.asked("check") == {"yan", "zoe"}


def passed_twice() -> Desk:
    """Everything is approved, then the price changes."""
    desk = Desk(TWO).start()
    desk.submit("offer", price=2)
    for boss in ("xia", "yan", "zoe"):
        desk.approve("check", boss)
    desk.approve("second", "leo")
    desk.submit("raise", price=3)
    return desk


def test_a_passed_gate_turns_stale_and_asks_again_beside_the_flow() -> None:
    desk = passed_twice()
    assert desk.gate("check").status is GateStatus.STALE
    assert desk.waiting == {"last": 1}, "no token moves"
    assert desk.asked("check") == {"xia", "yan", "zoe"}


def test_no_later_gate_passes_until_everything_is_fresh() -> None:
    desk = passed_twice()
    desk.approve("last", "leo")
    assert desk.status is Status.RUNNING
    for boss in ("xia", "yan", "zoe"):
        desk.approve("check", boss)
    assert desk.status is Status.COMPLETED


def test_the_end_waits_for_approvals_that_are_asked_again() -> None:
    desk = Desk("""
data: {price: {type: integer, default: 1}}
steps:
  - gate: check
    binds: [price]
    approve: {by: xia, declined: end}
  - step: offer
    owner: worker
    form: {edit: [price]}
""").start()
    desk.approve("check", "xia")
    desk.submit("offer", price=2)
    assert desk.status is Status.RUNNING
    desk.approve("check", "xia")
    assert desk.status is Status.COMPLETED


def test_a_stale_approval_that_is_declined_does_what_its_gate_says() -> None:
    desk = passed_twice()
    desk.decline("check", "xia")
    assert desk.status is Status.DECLINED


def test_an_entry_with_a_binding_of_its_own_keeps_its_votes() -> None:
    desk = Desk("""
data:
  price: {type: integer, default: 1}
  colour: {type: text, default: red}
steps:
  - parallel: both
    branches:
      - steps: [{step: offer, owner: worker, form: {edit: [price]}}]
      - steps:
          - gate: check
            binds: [price, colour]
            approve: [{by: leo, binds: [colour], declined: end}, {by: xia, declined: end}]
""").start()
    desk.approve("check", "leo")
    desk.submit("offer", price=2)
    assert desk.gate("check").entries[0].status is EntryStatus.PASSED
    assert desk.asked("check") == {"xia"}


# rules ------------------------------------------------------------------------------------------------------

RULES = """
data:
  price: {type: integer, optional: true}
steps:
  - step: offer
    owner: worker
    form: {edit: [price]}
    require:
      - {id: low, rule: "price < 10", says: too dear, waive: [boss]}
      - {id: even, rule: "default(price, 2) != 7", says: seven is unlucky, warn: true}
    approve: {by: boss}
"""


def test_a_rule_that_blocks_refuses_the_submission_with_its_sentence() -> None:
    desk = Desk(RULES).start()
    with pytest.raises(Invalid) as refused:
        desk.submit("offer", price=12)
    assert refused.value.code == "rule"
    assert [m.code for m in refused.value.missing] == ["rule_broken"]
    assert "too dear" in refused.value.sentence()
    assert desk.values("price") is None, "a refusal writes nothing"


def test_a_rule_on_something_empty_is_not_met_and_names_the_field() -> None:
    desk = Desk(RULES).start()
    with pytest.raises(Invalid) as refused:
        desk.submit("offer")
    (missing,) = refused.value.missing
    assert missing.code == "rule_field_empty"
    assert missing.params["field"] == {"en": "price"}


def test_a_rule_that_warns_only_tells() -> None:
    desk = Desk(RULES).start()
    desk.submit("offer", price=7)
    assert "RuleWarned" in desk.happened()
    assert desk.asked("offer") == {"xia", "yan", "zoe"}


def test_a_rule_is_waived_by_whom_it_names_with_a_reason() -> None:
    desk = Desk(RULES).start()
    with pytest.raises(NotAllowed) as refused:
        desk.waive("offer", "low", "amy")
    assert refused.value.code == "may_not_waive"
    with pytest.raises(NotAllowed) as never:
        desk.waive("offer", "even", "xia")
    assert never.value.code == "never_waived"
    with pytest.raises(Invalid) as silent:
        desk.waive("offer", "low", "xia", reason=" ")
    assert silent.value.code == "reason_missing"
    desk.waive("offer", "low", "xia")
    desk.submit("offer", price=12)
    desk.approve("offer", "yan")
    assert desk.status is Status.COMPLETED


def test_a_waived_rule_stays_waived_when_the_approval_is_asked_again() -> None:
    desk = Desk(
        RULES
        + """
  - step: change
    owner: worker
    form: {edit: [price]}
"""
    ).start()
    desk.waive("offer", "low", "xia")
    desk.submit("offer", price=12)
    desk.approve("offer", "yan")
    desk.submit("change", price=13)
    desk.approve("offer", "yan")
    assert desk.status is Status.COMPLETED


def test_a_rule_that_a_later_change_breaks_can_be_waived_at_the_gate_that_asks_again() -> None:
    desk = Desk(
        RULES
        + """
  - step: change
    owner: worker
    form: {edit: [price]}
"""
    ).start()
    desk.submit("offer", price=9)
    desk.approve("offer", "yan")
    desk.submit("change", price=12)
    with pytest.raises(Invalid):
        desk.approve("offer", "yan")
    desk.waive("offer", "low", "xia")
    desk.approve("offer", "yan")
    assert desk.status is Status.COMPLETED


def test_everything_that_is_wrong_is_said_at_once() -> None:
    desk = Desk("""
data:
  price: {type: integer}
documents:
  plan: {sections: [aims, costs]}
  photo: {formats: [png]}
steps:
  - step: offer
    owner: worker
    form: {fill: [price]}
    delivers: [plan, photo]
    checklist: [checked]
""").start()
    with pytest.raises(Invalid) as refused:
        desk.submit("offer", documents={"plan": ("text", "plan.docx", ["aims"]), "photo": ("x", "a.gif")})
    assert refused.value.code == "incomplete"
    assert [m.code for m in refused.value.missing] == [
        "field_empty",
        "missing_section",
        "wrong_format",
        "unticked",
    ]
    desk.submit(
        "offer",
        price=1,
        documents={"plan": ("t", "plan.docx", ["aims", "costs"]), "photo": ("x", "A.PNG")},
        ticks=["checked"],
    )
    assert desk.status is Status.COMPLETED


# gates that ask nobody --------------------------------------------------------------------------------------

WATCH = """
data: {price: {type: integer, default: 0}}
documents: {plan: {}, sketch: {}}
steps:
  - parallel: both
    branches:
      - steps:
          - step: prepare
            owner: worker
            form: {edit: [price]}
          - step: plan
            owner: worker
            delivers: [plan]
      - steps:
          - gate: ready
            owner: boss
            binds: [plan, sketch]
            require: [{id: paid, rule: "price > 0", says: nothing is paid}]
  - step: use
    owner: worker
    checklist: [used]
  - choose: maybe
    branches:
      - if: "price > 100"
        steps: [{step: draw, owner: worker, delivers: [sketch]}]
    otherwise: []
"""


def test_a_gate_that_asks_nobody_opens_by_itself_once_all_holds() -> None:
    desk = Desk(WATCH).start()
    with pytest.raises(WrongState) as refused:
        desk.approve("ready", "xia")
    assert refused.value.code == "opens_by_itself"
    desk.submit("prepare", price=0)
    assert desk.waiting == {"plan": 1, "ready": 1}
    desk.submit("plan", documents={"plan": "text"})
    assert desk.waiting == {"ready": 1}, "the rule does not hold"


def test_a_document_of_a_step_still_to_come_is_waited_for() -> None:
    desk = Desk(WATCH).start()
    desk.submit("prepare", price=5)
    assert desk.waiting == {"plan": 1, "ready": 1}
    desk.submit("plan", documents={"plan": "text"})
    assert desk.waiting == {"use": 1}, "a step that comes after the gate is not waited for"


def test_the_owner_of_a_gate_that_asks_nobody_may_send_back() -> None:
    desk = Desk("""
data: {price: {type: integer, default: 0}}
steps:
  - step: prepare
    owner: worker
    form: {edit: [price]}
  - gate: ready
    owner: boss
    require: [{id: paid, rule: "price > 0", says: nothing is paid}]
    return_to: [prepare]
""").start()
    desk.submit("prepare")
    with pytest.raises(NotAllowed) as refused:
        desk.return_to("ready", "prepare", "amy")
    assert refused.value.code == "not_the_owner"
    desk.return_to("ready", "prepare", "xia")
    assert desk.waiting == {"prepare": 1}
    desk.submit("prepare", price=3)
    assert desk.status is Status.COMPLETED


# what the condition of an entry cannot be computed on -------------------------------------------------------


def test_an_entry_whose_condition_cannot_be_computed_is_an_incident_that_retry_repairs() -> None:
    desk = Desk("""
data: {price: {type: integer, optional: true}}
steps:
  - parallel: both
    branches:
      - steps: [{step: fix, owner: ben, form: {edit: [price]}}]
      - steps:
          - step: offer
            owner: amy
            checklist: [done]
            approve: [{by: boss, if: "price > 5"}]
""").start()
    desk.submit("offer", ticks=["done"])
    assert desk.incidents == ["offer: null_value"]
    desk.submit("fix", "ben", price=9)
    desk.retry()
    assert desk.incidents == []
    desk.approve("offer", "xia")
    assert desk.status is Status.COMPLETED


def test_every_decision_of_a_gate_is_an_event() -> None:
    desk = handed_in("{by: boss, need: 2}")
    desk.approve("write", "xia")
    desk.approve("write", "zoe")
    assert [e.person for e in desk.names(gate.VoteCast)] == ["xia", "zoe"]
    assert [e.approvers for e in desk.names(flow.ElementCompleted)] == [("xia", "zoe")]


def test_a_decided_gate_says_that_it_is_decided() -> None:
    desk = passed_twice()
    for boss in ("xia", "yan", "zoe"):
        desk.approve("check", boss)
    with pytest.raises(AlreadyDecided) as refused:
        desk.do(Approve(by=actor("xia"), at=desk.at, gate=f"i:{desk.gate('check').id}"))
    assert refused.value.sentence() == "check has been passed; there is nothing left to decide."


def test_one_entry_is_decided_on_by_its_own_id() -> None:
    desk = handed_in("[{parallel: [{by: xia}, {by: xia, as: review}]}]")
    id = f"i:{desk.gate('write').id}"
    desk.do(Approve(by=actor("xia"), at=desk.at, gate=f"{id}#1"))
    assert [e.status for e in desk.gate("write").entries] == [EntryStatus.OPEN, EntryStatus.PASSED]
    desk.do(Approve(by=actor("xia"), at=desk.at, gate=f"{id}#0"))
    assert desk.waiting == {"print": 1}


def test_a_document_that_changes_makes_the_approval_stale_and_is_named() -> None:
    desk = Desk("""
documents: {plan: {name: The plan}}
steps:
  - parallel: both
    branches:
      - steps:
          - {step: one, owner: worker, delivers: [plan]}
          - {step: two, owner: worker, delivers: [plan]}
      - steps: [{gate: check, binds: [plan], approve: {by: [boss, worker], declined: end}}]
""").start()
    desk.submit("one", documents={"plan": "a"})
    seen = desk.gate("check").subject
    desk.submit("two", "ben", documents={"plan": "b"})
    with pytest.raises(StaleSubject) as refused:
        desk.approve("check", "xia", seen=seen)
    assert refused.value.params["changed"] == [{"en": "The plan"}]
    assert desk.asked("check") == {"xia", "yan", "zoe", "cat"}, "who wrote it does not approve it"
    desk.approve("check", "xia")
    assert desk.status is Status.COMPLETED


def test_a_stale_approval_that_is_declined_without_consequence_lets_the_end_come() -> None:
    desk = Desk("""
data: {price: {type: integer, default: 1}}
steps:
  - {gate: check, binds: [price], approve: {by: xia, declined: continue}}
  - {step: offer, owner: worker, form: {edit: [price]}}
""").start()
    desk.approve("check", "xia")
    desk.submit("offer", price=2)
    desk.decline("check", "xia")
    assert desk.status is Status.COMPLETED


def test_a_gate_asking_again_in_an_occurrence_that_is_cancelled_asks_nobody() -> None:
    desk = Desk("""
data: {price: {type: integer, default: 1}, names: {list_of: text, default: [a, b]}}
steps:
  - each: who
    item: it
    in: names
    until: finished >= 1
    steps:
      - {gate: check, binds: [price], approve: {by: xia, declined: end}}
      - {step: offer, owner: worker, form: {edit: [price]}}
      - {step: more, owner: worker, checklist: [done]}
""").start()
    for gate_ in list(desk.state.gates.values()):
        desk.do(Approve(by=actor("xia"), at=desk.at, gate=f"i:{gate_.id}", seen=gate_.subject))
    desk.submit("offer", price=2)
    assert len(desk.state.gates) == 2
    for gate_ in list(desk.state.gates.values())[:1]:
        desk.do(Approve(by=actor("xia"), at=desk.at, gate=f"i:{gate_.id}", seen=gate_.subject))
    desk.submit("more", ticks=["done"])
    assert desk.status is Status.COMPLETED
    assert desk.inbox == {}
