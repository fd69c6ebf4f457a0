"""The route ahead: the same people, conditions and deadlines as the engine would find, and nothing written."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from signoff import Engine, Invalid
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.forecast import Ahead

AT = datetime.fromisoformat("2026-08-31T12:00+08:00")
PEOPLE: Any = {
    "amy": {"groups": ("makers",), "manager": "bob"},
    "bob": {"groups": ("bosses",)},
    "cho": {"groups": ("bosses",)},
    "dee": {"groups": ("lawyers",)},
}
PROCESS = """
signoff: 1
process: purchase
lang: en
data:
  amount: integer
  supplier: {type: text, optional: true}
  checker: {type: person, optional: true}
roles:
  maker: {group: makers}
  boss: {group: bosses}
  manager: {manager_of: starter}
  lawyer: {group: lawyers}
  checker: {field: checker}
start: {by: [maker], form: {fill: [amount]}}
steps:
  - step: plan
    owner: maker
    form: {edit: [supplier, checker]}
    approve: [{by: manager}, {by: boss, if: "amount > 1000", not_by: [starter]}]
  - choose: size
    branches:
      - {if: "amount > 500", steps: [{step: legal, owner: lawyer, checklist: [Read], due: 3 days after start}]}
    otherwise: [{step: note, owner: maker, checklist: [Noted]}]
  - choose: whose
    branches:
      - {if: "filled(supplier) and length(supplier) > 3", steps: [{step: tender, owner: lawyer, checklist: [Out]}]}
    otherwise: []
  - {step: check, owner: checker, checklist: [Checked]}
"""


@pytest.fixture
def engine(ready: str) -> Iterator[Engine]:
    found = Engine(ready, directory=StaticDirectory(PEOPLE), clock=VirtualClock(AT))
    found.deploy(PROCESS)
    yield found
    found.dispose()


def people(row: Ahead) -> list[list[str]]:
    return [[person.id for person in part.people] for part in row.parts]


def test_the_route_before_a_start_names_people_and_deadlines_and_writes_nothing(engine: Engine) -> None:
    rows = engine.forecast_start("purchase", {"amount": 600}, by="amy")
    assert [(row.node, row.now) for row in rows] == [("plan", True), ("legal", False), ("check", False)]
    plan, legal, check = rows
    assert people(plan) == [["amy"], ["bob"]]
    assert people(legal) == [["dee"]]
    assert legal.due is not None
    assert people(check) == [[]]
    assert [each.code for each in check.parts[0].unresolved] == ["nobody_yet"]
    assert not engine.instances()
    assert not engine.inbox("amy")


def test_conditions_decide_the_branch_and_the_entries_as_things_stand(engine: Engine) -> None:
    rows = engine.forecast_start("purchase", {"amount": 5000}, by="amy")
    assert people(rows[0]) == [["amy"], ["bob"], ["bob", "cho"]]
    small = engine.forecast_start("purchase", {"amount": 5}, by="amy")
    assert [row.node for row in small] == ["plan", "note", "check"]


def test_a_start_that_would_be_refused_has_no_route(engine: Engine) -> None:
    with pytest.raises(Invalid):
        engine.forecast_start("purchase", {}, by="amy")


def test_the_route_of_an_instance_follows_what_happens(engine: Engine) -> None:
    case = engine.start("purchase", {"amount": 600}, by="amy")
    gate = engine.submit(case.opened[0], by="amy", data={"checker": "cho", "supplier": "ACME"}).opened[0]
    before = len(engine.history(case.instance))
    rows = engine.forecast(case.instance)
    assert [row.node for row in rows] == ["plan", "legal", "tender", "check"]
    assert people(rows[-1]) == [["cho"]]
    engine.approve(gate, by="bob", seen=engine.subject(gate, "bob"))
    assert [(row.node, row.now) for row in engine.forecast(case.instance)] == [
        ("legal", True),
        ("tender", False),
        ("check", False),
    ]
    assert len(engine.history(case.instance)) == before + 1
