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


CALLED = """
signoff: 1
process: tendering
lang: en
data: {worth: {type: integer, default: 1}, winner: {type: text, optional: true}}
roles: {lawyer: {group: lawyers}, boss: {group: bosses}}
steps:
  - {step: invite, owner: lawyer, checklist: [Out]}
  - {gate: award, binds: [worth], approve: [{by: boss, if: "worth > 1000", declined: end}, {by: lawyer, declined: end}]}
"""
CALLER = """
signoff: 1
process: order
lang: en
data: {amount: integer, share: {type: integer, optional: true}}
roles: {maker: {group: makers}}
start: {by: [maker], form: {fill: [amount]}}
steps:
  - {step: plan, owner: maker, form: {edit: [share]}}
  - {call: bids, name: Bids, process: tendering, with: {worth: amount}}
  - {call: again, name: Again, process: tendering, with: {worth: share}, if: filled(share)}
  - {step: pay, owner: maker, checklist: [Paid]}
"""


def test_the_steps_of_a_called_process_are_on_the_route_before_it_is_called(engine: Engine) -> None:
    engine.deploy(CALLED, CALLER)
    rows = engine.forecast_start("order", {"amount": 5000}, by="amy")
    assert [(row.node, [text["en"] for text in row.inside]) for row in rows] == [
        ("plan", []),
        ("invite", ["Bids"]),
        ("award", ["Bids"]),
        ("pay", []),
    ]
    assert people(rows[1]) == [["dee"]]
    assert people(rows[2]) == [["bob", "cho"], ["dee"]], "by the data that it would be given"
    small = engine.forecast_start("order", {"amount": 5}, by="amy")
    assert people(small[2]) == [["dee"]]


def test_and_follow_what_happens_inside(engine: Engine) -> None:
    engine.deploy(CALLED, CALLER)
    case = engine.start("order", {"amount": 5}, by="amy")
    (invite,) = engine.submit(case.opened[0], by="amy", data={"share": 3}).opened
    assert [(row.node, row.now) for row in engine.forecast(case.instance)] == [
        ("invite", True),
        ("award", False),
        ("invite", False),
        ("award", False),
        ("pay", False),
    ]
    engine.submit(invite, by="dee", ticks=["Out"])
    assert [(row.node, row.now) for row in engine.forecast(case.instance)] == [
        ("award", True),
        ("invite", False),
        ("award", False),
        ("pay", False),
    ]


def test_a_process_that_calls_itself_is_shown_once(engine: Engine) -> None:
    engine.deploy(CALLED, CALLER)
    again = "  - {call: more, process: tendering, with: {worth: worth}, if: worth > 9000}\n"
    engine.deploy(CALLED.replace("  - {gate", f"{again}  - {{gate"))
    rows = engine.forecast_start("order", {"amount": 9999}, by="amy")
    assert [row.node for row in rows] == ["plan", "invite", "award", "pay"]
