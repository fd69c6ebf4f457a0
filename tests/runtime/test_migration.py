"""Migration on a real engine: one instance or all of a process, seen first, each whole or not at all."""

from typing import Any

import pytest

from signoff import Engine, Invalid, Migrated, NotAllowed, NotFound
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from signoff.testing import Sandbox

PEOPLE: Any = {
    "amy": {"groups": ("makers",)},
    "bob": {"groups": ("bosses",)},
    "root": {"admin": True},
}
FIRST = """
signoff: 1
process: purchase
lang: en
data: {amount: {type: integer, default: 5}}
roles: {maker: {group: makers}, boss: {group: bosses}}
steps:
  - {step: plan, owner: maker, form: {edit: [amount]}}
  - {gate: check, binds: [amount], approve: [{by: boss, declined: end}]}
  - {step: file, owner: maker, due: 3 days after opened}
"""
SECOND = FIRST.replace("step: plan", "step: draft").replace("3 days", "5 days")


@pytest.fixture
def engine(ready: str) -> Any:
    clock = VirtualClock("2026-08-31T12:00+08:00")
    found = Engine(ready, directory=StaticDirectory(PEOPLE), clock=clock)
    found.deploy(FIRST)
    yield found
    found.dispose()


def step(engine: Engine, instance: str, name: str) -> str:
    return engine.locate(f"{instance}/{name}")


def three(engine: Engine) -> list[str]:
    """At plan, at check and at file."""
    cases = [engine.start("purchase", by="amy", key=f"P-{n}").instance for n in range(3)]
    for case in cases[1:]:
        engine.submit(step(engine, case, "plan"), by="amy")
    gate = step(engine, cases[2], "check")
    engine.approve(gate, by="bob", seen=engine.subject(gate, "bob"))
    return cases


def seen(rows: list[Migrated]) -> dict[str, Any]:
    return {row.title: row.refusal.code if row.refusal else dict(row.steps) for row in rows}


def test_all_of_a_process_are_seen_first_and_then_migrated_one_by_one(engine: Engine) -> None:
    cases = three(engine)
    engine.deploy(SECOND)
    plan = {"reason": "the new form", "by": "root", "nodes": {"plan": "draft"}}
    ahead = engine.to_migrate("purchase", **plan)
    assert seen(ahead) == {"P-0": {"plan": "draft"}, "P-1": {"check": "check"}, "P-2": {"file": "file"}}
    (late,) = [row for row in ahead if row.due]
    assert late.due["file"] is not None
    assert {engine.show(case).number for case in cases} == {1}, "nothing is kept"
    done = engine.migrate_all("purchase", **plan)
    assert seen(done) == seen(ahead)
    assert {engine.show(case).number for case in cases} == {2}
    assert engine.migrate_all("purchase", **plan) == []
    assert [row.node for row in engine.inbox("amy")] == ["file", "draft"]
    assert not [finding for case in cases for finding in engine.verify(case).findings]


def test_what_is_refused_keeps_nothing_else_from_it_and_says_why(engine: Engine) -> None:
    cases = three(engine)
    engine.deploy(SECOND)
    rows = engine.migrate_all("purchase", reason="the new form", by="root")
    assert seen(rows) == {"P-0": "cannot_migrate", "P-1": {"check": "check"}, "P-2": {"file": "file"}}
    (refused,) = [row.refusal for row in rows if row.refusal]
    assert isinstance(refused, Invalid)
    assert [each.code for each in refused.missing] == ["migration_no_counterpart"]
    assert [engine.show(case).number for case in cases] == [1, 2, 2]
    assert [record.command for record in engine.history(cases[0])] == ["Start"]


def test_some_are_named_and_there_is_a_way_back(engine: Engine) -> None:
    cases = three(engine)
    engine.deploy(SECOND)
    plan = {"reason": "trying it", "by": "root", "nodes": {"plan": "draft"}}
    rows = engine.migrate_all("purchase", only=[cases[0]], **plan)
    assert [(row.title, row.refusal) for row in rows] == [("P-0", None)]
    engine.migrate(cases[0], "1", reason="back", by="root", nodes={"draft": "plan"})
    assert [engine.show(case).number for case in cases] == [1, 1, 1]
    assert not engine.verify(cases[0]).findings


def test_a_request_id_migrates_once_and_the_host_s_transaction_takes_part(engine: Engine) -> None:
    case = three(engine)[2]
    engine.deploy(SECOND)
    for repeated in (False, True):
        receipt = engine.migrate(case, reason="x", by="root", request_id="m-1")
        assert receipt.repeated is repeated


def test_only_an_administrator_and_only_to_a_version_that_there_is(engine: Engine) -> None:
    case = three(engine)[0]
    with pytest.raises(NotFound) as unknown:
        engine.migrate(case, "7", reason="x", by="root")
    assert unknown.value.code == "no_such_version"
    engine.deploy(SECOND)
    with pytest.raises(NotAllowed):
        engine.migrate(case, reason="x", by="bob", nodes={"plan": "draft"})
    with pytest.raises(Invalid) as choice:
        engine.migrate(case, reason="x", by="root", votes="maybe")
    assert choice.value.code == "no_such_choice"
    with pytest.raises(Invalid) as untyped:
        engine.migrate(case, reason="x", by="root", nodes={"plan": 3})  # type: ignore[dict-item]  # what is tested
    assert untyped.value.code == "untyped_value"


def test_a_case_of_the_test_kit_is_migrated() -> None:
    box = Sandbox(at="2026-08-31T04:00Z", people=PEOPLE)
    box.deploy(FIRST)
    case = box.start("purchase", by="amy")
    box.deploy(SECOND)
    case.migrate(nodes={"plan": "draft"}, by="root")
    assert case.active == {"draft": 1}
