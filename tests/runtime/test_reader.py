"""Data and documents that name their readers are hidden from everybody else, wherever a named person reads."""

from collections.abc import Iterator
from typing import Any

import pytest

from signoff import Engine, InvalidDefinition, question, sheet_json
from signoff.model.withheld import MARK
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory

PEOPLE: Any = {
    "amy": {"groups": ("makers",)},
    "ann": {"groups": ("makers",)},
    "bob": {"groups": ("bosses",)},
    "pia": {"groups": ("payroll",)},
    "eve": {"groups": ()},
    "root": {"admin": True},
}
PROCESS = """
signoff: 1
process: hire
lang: en
data:
  name: {type: text, name: Name}
  salary: {type: money, name: Salary, readers: [payroll]}
documents: {contract: {name: Contract, readers: payroll}}
roles: {maker: {group: makers}, boss: {group: bosses}, payroll: {group: payroll}}
start: {by: [maker], form: {fill: [name]}}
steps:
  - {step: offer, owner: maker, form: {fill: [salary]}, delivers: [contract]}
  - {gate: check, binds: [salary, contract], approve: [{by: boss, declined: end}]}
  - {step: tell, owner: maker, form: {show: [name]}, checklist: [Told]}
"""
SEEN = 41_970


@pytest.fixture
def engine(ready: str) -> Iterator[Engine]:
    found = Engine(ready, directory=StaticDirectory(PEOPLE), clock=VirtualClock("2026-08-31T12:00+08:00"))
    found.deploy(PROCESS)
    yield found
    found.dispose()


def offered(engine: Engine) -> tuple[str, str]:
    started = engine.start("hire", {"name": "Kim"}, by="amy", key="H-1")
    engine.claim(started.opened[0], by="amy")
    (gate,) = engine.submit(
        started.opened[0], by="amy", data={"salary": SEEN}, documents={"contract": b"%PDF-1.4 secret"}
    ).opened
    return started.instance, gate


def sees(engine: Engine, case: str, reader: str) -> bool:
    """Whether this person sees the salary and the contract; all places agree."""
    state = engine.show(case, reader=reader).state
    scope = next(iter(state.scopes.values()))
    assert scope.data["name"] == "Kim", "what names no reader is read by all"
    seen = {
        scope.data["salary"] != MARK,
        "contract" in scope.documents,
        str(SEEN) in repr(engine.history(case, reader=reader)),
        str(SEEN) in sheet_json(engine.sheet(case, reader=reader)),
    }
    assert len(seen) == 1, f"{reader} sees it here and not there"
    return seen.pop()


def test_only_its_readers_and_those_who_work_or_decide_on_it_see_it(engine: Engine) -> None:
    case, gate = offered(engine)
    assert sees(engine, case, "pia"), "by the role"
    assert sees(engine, case, "amy"), "wrote it"
    assert sees(engine, case, "bob"), "decides on it"
    assert sees(engine, case, "root"), "an administrator"
    assert not sees(engine, case, "eve")
    assert not sees(engine, case, "nobody-known")
    engine.approve(gate, by="bob", seen=engine.subject(gate, "bob"))
    assert not sees(engine, case, "ann"), "works on a step that does not show it"
    assert sees(engine, case, "bob"), "has decided on it"


def test_a_host_that_names_no_reader_sees_everything(engine: Engine) -> None:
    case, _ = offered(engine)
    assert str(SEEN) in repr(engine.show(case))
    assert str(SEEN) in repr(engine.history(case))


def test_what_is_decided_on_is_hidden_from_who_is_not_asked(engine: Engine) -> None:
    _, gate = offered(engine)
    asked = question(engine.core, gate, "bob")
    assert [part.name for part in asked.data] == ["salary"]
    assert str(SEEN) in repr(asked.data)
    other = question(engine.core, gate, "eve")
    assert str(SEEN) not in repr(other)
    assert not other.documents
    assert other.subject == asked.subject, "hashes say nothing"


def test_hiding_changes_nothing_of_what_is_recorded(engine: Engine) -> None:
    case, gate = offered(engine)
    engine.show(case, reader="eve")
    engine.approve(gate, by="bob", seen=engine.subject(gate, "bob"))
    assert not engine.verify(case).findings
    assert engine.show(case).state == engine.show(case, reader="root").state


def test_readers_are_roles_and_stand_beside_the_name_of_the_data(engine: Engine) -> None:
    with pytest.raises(InvalidDefinition) as role:
        engine.deploy(PROCESS.replace("readers: [payroll]", "readers: [paryoll]"))
    assert [problem.code for problem in role.value.problems if not problem.warning] == ["N06"]
    inside = PROCESS.replace(
        "salary: {type: money, name: Salary, readers: [payroll]}",
        "salary: {type: money, name: Salary}\n  terms: {fields: {pay: {type: text, readers: payroll}}}",
    )
    with pytest.raises(InvalidDefinition) as field:
        engine.deploy(inside)
    assert "S01" in [problem.code for problem in field.value.problems]
