"""What votes are bound to: what was seen, what changes under them, approvals that are asked again."""

import pytest

from signoff.errors import AlreadyDecided, StaleSubject
from signoff.kernel.commands import Approve
from signoff.kernel.state import EntryStatus, GateStatus, Status
from tests.kernel.desk import Desk
from tests.kernel.people import actor

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


def test_a_decided_gate_says_that_it_is_decided() -> None:
    desk = passed_twice()
    for boss in ("xia", "yan", "zoe"):
        desk.approve("check", boss)
    with pytest.raises(AlreadyDecided) as refused:
        desk.do(Approve(by=actor("xia"), at=desk.at, gate=f"i:{desk.gate('check').id}"))
    assert refused.value.sentence() == "check has been passed; there is nothing left to decide."


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
