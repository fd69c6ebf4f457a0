"""The verbs beside voting on a real engine: eligible by the directory, kept in the journal, seen in inboxes."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from signoff import Actor, Conflict, Engine, Invalid, NotAllowed, NotFound, Receipt, Strength, question
from signoff.kernel import motions
from signoff.read import audit
from signoff.runtime import intake
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from signoff.testing import Sandbox

AT = datetime.fromisoformat("2026-08-31T12:00+08:00")
PEOPLE: Any = {
    "amy": {"groups": ("makers",), "manager": "cho"},
    "bob": {"groups": ("bosses",)},
    "cho": {"groups": ("bosses",)},
    "dee": {"groups": ("lawyers",)},
    "eve": {"groups": ("lawyers",)},
    "gone": {"groups": ("bosses",), "active": False},
    "root": {"admin": True},
}
PROCESS = """
signoff: 1
process: purchase
lang: en
data: {amount: {type: integer, default: 5}}
roles: {maker: {group: makers}, boss: {group: bosses}, manager: {manager_of: starter}, lawyer: {group: lawyers}}
start: {by: [maker]}
steps:
  - gate: check
    binds: [amount]
    approve:
      - by: manager
        declined: end
        transfer_to: [lawyer]
        add_from: [lawyer]
        allow: [transfer, delegate, take_back, withdraw, abstain, add_before, add_beside, add_after]
      - {by: boss, need: all in turn, declined: end}
  - {step: file, owner: maker, checklist: [Filed]}
"""


@pytest.fixture
def engine(ready: str) -> Iterator[Engine]:
    found = Engine(ready, directory=StaticDirectory(PEOPLE), clock=VirtualClock(AT))
    found.deploy(PROCESS)
    yield found
    found.dispose()


@pytest.fixture
def gate(engine: Engine) -> str:
    return engine.start("purchase", by="amy").opened[0]


def inboxes(engine: Engine) -> set[str]:
    return {who for who in PEOPLE if engine.inbox(who)}


def approve(engine: Engine, gate: str, by: str) -> Receipt:
    return engine.approve(gate, by=by, seen=engine.subject(gate, by))


def test_a_vote_moves_to_who_may_have_it_by_the_directory(engine: Engine, gate: str) -> None:
    assert inboxes(engine) == {"cho"}
    with pytest.raises(NotAllowed) as refused:
        engine.transfer(gate, "amy", by="cho")
    assert refused.value.code == "not_eligible"
    for nobody in ("gone", "who"):
        with pytest.raises(NotFound):
            engine.transfer(gate, nobody, by="cho")
    receipt = engine.transfer(gate, "dee", by="cho", request_id="t-1")
    assert engine.transfer(gate, "dee", by="cho", request_id="t-1").repeated
    with pytest.raises(Conflict):
        engine.transfer(gate, "eve", by="cho", request_id="t-1")
    assert inboxes(engine) == {"dee"}
    approve(engine, gate, "dee")
    assert inboxes(engine) == {"bob"}, "the bosses are asked in turn"
    approve(engine, gate, "bob")
    approve(engine, gate, "cho")
    assert inboxes(engine) == {"amy"}
    assert engine.verify(receipt.instance).findings == ()


def test_signers_come_from_where_the_entry_says_and_are_seen_in_inboxes(engine: Engine, gate: str) -> None:
    with pytest.raises(NotAllowed):
        engine.add_signers(gate, ["bob"], place="before", by="cho")
    engine.add_signers(gate, ["dee", "eve"], place="before", need="all in turn", by="cho")
    assert inboxes(engine) == {"dee"}
    approve(engine, gate, "dee")
    assert inboxes(engine) == {"eve"}
    engine.remove_signer(gate, "eve", reason="on leave", by="cho")
    assert inboxes(engine) == {"cho"}
    approve(engine, gate, "cho")
    assert inboxes(engine) == {"bob"}
    assert {row.instance for row in engine.done_by("dee")}
    assert engine.verify(gate.partition(":")[0]).findings == ()


def test_an_opinion_is_shown_to_its_owner_and_kept(engine: Engine, gate: str) -> None:
    engine.delegate(gate, "amy", by="cho", note="what do you think?")
    assert inboxes(engine) == {"amy"}
    (reason,) = engine.why(gate.partition(":")[0])
    assert reason.who == ("amy",)
    assert [each.code for each in reason.missing] == ["approval_missing", "opinion_awaited", "approval_later"]
    engine.advise(gate, "too dear", advice="no", by="amy")
    assert inboxes(engine) == {"cho"}
    (opinion,) = question(engine.core, gate, "cho").opinions
    assert (opinion.person, opinion.advice, opinion.note) == ("amy", "no", "too dear")
    approve(engine, gate, "cho")
    (row, *_) = engine.timeline(gate.partition(":")[0])
    assert [(vote.person, vote.decision) for vote in row.approvals] == [("cho", "yes")]


def test_an_approval_is_taken_back_while_nobody_has_acted_on_it(engine: Engine, gate: str) -> None:
    approve(engine, gate, "cho")
    assert inboxes(engine) == {"bob"}
    engine.take_back(gate, by="cho", reason="overlooked the annex")
    assert inboxes(engine) == {"cho"}
    assert engine.timeline(gate.partition(":")[0])[0].approvals == ()
    approve(engine, gate, "cho")
    approve(engine, gate, "bob")
    with pytest.raises(NotAllowed) as refused:
        engine.take_back(gate + "#0", by="cho")
    assert refused.value.code == "acted_on"
    assert engine.verify(gate.partition(":")[0]).findings == ()


def test_an_abstention_is_told_as_one(engine: Engine, gate: str) -> None:
    attested = Actor("cho", frozenset({"bosses"}), auth=Strength.ATTESTED)
    receipt = engine.abstain(gate, by=attested, seen=engine.subject(gate, "cho"), note="not my field")
    assert receipt.status == "declined", "nobody else could say yes"


def test_work_moves_to_another_of_its_owners(engine: Engine, gate: str) -> None:
    for who in ("cho", "bob", "cho"):
        approve(engine, gate, who)
    (row,) = engine.inbox("amy")
    with pytest.raises(NotAllowed):
        engine.transfer(row.task, "bob", by="amy")


def test_a_preview_changes_nothing(engine: Engine, gate: str) -> None:
    before = engine.show(gate.partition(":")[0]).state
    person = intake.person(engine.core, "dee", None)
    command = motions.Transfer(task=gate, person=person, by=engine.actor("cho"), at=intake.UNKNOWN)
    assert [type(event).__name__ for event in engine.preview(command).events] == [
        "VoteTransferred",
        "SignersAsked",
    ]
    assert engine.show(gate.partition(":")[0]).state == before


def test_what_a_rule_decided_stands_in_nobodys_name_in_the_audit(engine: Engine) -> None:
    engine.deploy(
        "signoff: 1\nprocess: small\nlang: en\ndata: {amount: {type: integer, default: 5}}\n"
        "roles: {maker: {group: makers}, manager: {manager_of: starter}, boss: {group: bosses}}\n"
        "start: {by: [maker]}\nsteps:\n  - gate: check\n    binds: [amount]\n    approve:\n"
        "      - {by: boss, declined: end, auto: amount < 10}\n"
        "      - {by: manager, declined: end}\n"
        "      - {by: manager, declined: end, same_person: skip}\n"
    )
    gate = next(o for o in engine.start("small", by="amy").opened if ":g" in o)
    receipt = approve(engine, gate, "cho")
    assert receipt.status == "completed"
    with engine.core.database.read() as handle:
        rows = audit.audit(handle.connection, process="small").rows
    own = gate.rpartition(":")[2]
    assert [(row.what, row.person, row.note) for row in rows] == [
        ("rule", "", "check|approve|0|auto"),
        ("vote", "cho", ""),
        ("rule", "cho", f"{own}#1"),
    ]
    (line, *_) = engine.timeline(receipt.instance)
    assert [(vote.person, vote.mode) for vote in line.approvals] == [("cho", "manual"), ("cho", "auto")]


def test_words_that_are_none_of_those_there_are_are_refused_with_those() -> None:
    engine = Sandbox(people={"lin": {}}).engine
    calls: list[Callable[[], Receipt]] = [
        lambda: engine.add_signers("i:g1", ["lin"], place="behind", by="lin"),
        lambda: engine.add_signers("i:g1", ["lin"], place="before", need="most", by="lin"),
        lambda: engine.advise("i:g1", "hm", advice="maybe", by="lin"),
    ]
    for call in calls:
        with pytest.raises(Invalid) as refused:
            call()
        assert refused.value.code == "no_such_choice"
        assert refused.value.params["known"]
