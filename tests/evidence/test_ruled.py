"""What a rung decided, counted again: nobody voted, so the rule of the definition and its time have to bear it."""

from pathlib import Path

import pytest

from signoff.read.finding import Fault
from tests.evidence.forger import Rows, classes, rewrite
from tests.evidence.office import Office
from tests.evidence.test_bundle import bundled, run
from tests.evidence.test_counting_again import mend

RULED = """
signoff: 1
process: ruled
lang: en
data: {price: {type: integer}}
roles: {maker: {group: makers}, boss: {group: bosses}}
start: {by: [maker]}
steps:
  - step: write
    owner: maker
    form: {fill: [price]}
    approve: [{by: boss, need: all, due: within 1 hour, escalate: [{at: due, decide: %s}]}]
    return_to: [write]
"""


def ruled(office: Office, decides: str, minutes: int = 300) -> str:
    """An instance whose gate nobody has voted on in that time."""
    office.engine.deploy(RULED % decides)
    begun = office.engine.start("ruled", by="ann")
    office.engine.submit(begun.opened[0], by="ann", data={"price": 3})
    office.pass_time(minutes)
    office.engine.worker().drain()
    return begun.instance


@pytest.mark.parametrize(("decides", "verdict"), [("approve", "EntryPassed"), ("decline", "EntryDeclined")])
def test_nobody_takes_what_a_rung_decides_for_a_forgery(
    office: Office, tmp_path: Path, decides: str, verdict: str
) -> None:
    instance = ruled(office, decides)
    said = {type(event).__name__ for record in office.engine.history(instance) for event in record.events}
    assert verdict in said
    assert office.engine.verify().findings == ()
    code, found, told = run(bundled(office, instance), tmp_path)
    assert (code, found) == (0, set()), told


@pytest.mark.parametrize(
    "rule", ["auto", "write", "escalate|0", "write|approve|0|escalate", "write|approve|0|escalate|x"]
)
def test_a_rule_that_is_none_passes_nothing(office: Office, rule: str) -> None:
    """It stopped the whole check, which then spoke of a state that cannot be derived."""
    instance = ruled(office, "decline", minutes=1)

    def forge(rows: Rows) -> None:
        gate = next(e["id"] for e in rows[-1]["events"] if e["is"] == "GateOpened")
        rows[-1]["events"].append(
            {"is": "EntryPassed", "gate": gate, "entry": 0, "mode": "auto", "rule": rule}
        )

    rewrite(office, instance, forge)
    mend(office, instance)
    assert Fault.RIGHT in classes(office, instance)
    assert Fault.STATE not in classes(office, instance)


def test_a_rung_that_decides_something_else_is_told(office: Office, tmp_path: Path) -> None:
    instance = ruled(office, "decline", minutes=1)

    def forge(rows: Rows) -> None:
        gate = next(e["id"] for e in rows[-1]["events"] if e["is"] == "GateOpened")
        rung = {"is": "EntryRungFired", "target": f"{gate}#0", "node": "write", "rung": 0, "level": "", "say": "",
                "due": rows[-1]["at"], "people": [], "decides": "approve"}  # fmt: skip
        rule = "write|approve|0|escalate|0"
        passed = {"is": "EntryPassed", "gate": gate, "entry": 0, "mode": "auto", "rule": rule}
        rows[-1]["events"] += [rung, passed]

    rewrite(office, instance, forge)
    mend(office, instance)
    office.engine.core.keys.clear()
    told = [
        finding.detail for finding in office.engine.verify(instance).findings if finding.fault is Fault.RIGHT
    ]
    assert len(told) == 2, "before its time, and not what the definition says"
    assert "recount" in run(bundled(office, instance), tmp_path)[1]
    assert classes(office, instance)
