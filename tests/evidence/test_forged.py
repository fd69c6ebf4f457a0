"""What an administrator writes into unsigned records, with hashes, state and rows beside mended: found all the same.

Without a signature and without a checkpoint only the records themselves contradict it: what stood before each of them.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.forger import Rows, classes, rewrite
from tests.evidence.office import PROCESS, Office
from tests.evidence.test_counting_again import mend

OPEN = PROCESS.replace("need: all, sign: key", "need: all, not_by: [preparer, starter], declined: end")
RULED = PROCESS.replace("need: all, sign: key", "need: all, auto: price < 3")
NOBODY = "0" * 64
Forge = Callable[[Rows], None]


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    path = tmp_path / "signoff.db"
    path.write_bytes(sqlite_template.read_bytes())
    office = Office(f"sqlite:///{path}")
    yield office
    office.close()


def asked(office: Office) -> str:
    return office.waiting().partition(":")[0]


def half(office: Office) -> str:
    """One has said yes, and another is waited for."""
    gate = office.waiting()
    return office.engine.approve(gate, by="bob", seen=office.engine.subject(gate, "bob")).instance


def passed(office: Office) -> str:
    gate = half(office)
    (only,) = office.engine.show(gate).state.gates
    return office.engine.approve(f"{gate}:{only}", by="cid").instance


def declined(office: Office) -> str:
    gate = office.waiting()
    return office.engine.decline(gate, by="bob", note="no").instance


def returned(office: Office) -> str:
    return office.engine.return_to(office.waiting(), "write", by="bob", note="no").instance


def events(rows: Rows, kind: str) -> list[dict[str, Any]]:
    return [event for row in rows for event in row["events"] if event["is"] == kind]


def says(kind: str, **values: Any) -> Forge:
    """Every event of this kind says something else."""
    return lambda rows: [event.update(values) for event in events(rows, kind)] and None


def acted(kind: str, who: str) -> Forge:
    """Somebody else is written down as who acted."""

    def forge(rows: Rows) -> None:
        next(row for row in rows if any(each["is"] == kind for each in row["events"]))["actor"] = who

    return forge


def both(*forges: Forge) -> Forge:
    return lambda rows: [forge(rows) for forge in forges] and None


def adds(**event: Any) -> Forge:
    """Something more happened in the last record, at its gate."""

    def forge(rows: Rows) -> None:
        (gate,) = events(rows, "GateOpened")
        rows[-1]["events"].append({"is": event.pop("is"), "gate": gate["id"], **event})

    return forge


def binds_something_else(rows: Rows) -> None:
    for event in events(rows, "GateOpened"):
        event["bound"]["price"] = NOBODY


def nobody_prepared(rows: Rows) -> None:
    for event in events(rows, "GateOpened"):
        del event["preparers"]


FORGED: dict[str, tuple[str, Callable[[Office], str], Forge, str]] = {
    "a vote on something else": (OPEN, half, says("VoteCast", subject=NOBODY), "subject"),
    "a gate about something else": (OPEN, asked, says("GateOpened", subject=NOBODY), "subject"),
    "both about something else": (OPEN, half, both(
        says("GateOpened", subject=NOBODY), says("VoteCast", subject=NOBODY)), "subject"),
    "a gate that binds other data": (OPEN, asked, binds_something_else, "subject"),
    "a gate that binds nothing": (OPEN, asked, says("GateOpened", bound={}), "subject"),
    "a gate that nobody prepared": (OPEN, asked, nobody_prepared, "subject"),
    "a gate that somebody else prepared": (OPEN, half, says("GateOpened", preparers=["cid"]), "subject"),
    "a way back about something else": (OPEN, returned, says("GateReturned", subject=NOBODY), "subject"),
    "a vote of another meaning": (OPEN, half, says("VoteCast", meaning="review"), "right"),
    "a vote in another role": (OPEN, half, says("VoteCast", role="maker"), "right"),
    "a vote under a look-alike name": (OPEN, half, says("VoteCast", name="B\u043eb"), "right"),
    "a vote that was another's": (OPEN, half, acted("VoteCast", "cid"), "right"),
    "a yes made a no": (OPEN, passed, says("VoteCast", decision="no"), "right"),
    "a no made a yes": (OPEN, declined, says("VoteCast", decision="yes"), "right"),
    "an entry declined by nobody": (OPEN, asked, adds(**{"is": "EntryDeclined", "entry": 0}), "right"),
    "an entry passed by a rule that does not hold": (RULED, asked, adds(
        **{"is": "EntryPassed", "entry": 0, "mode": "auto", "rule": "write|approve|0|auto"}), "right"),
    "others named as having said yes": (OPEN, passed, says("GatePassed", approvers=["bob"]), "right"),
    "work that was another's": (OPEN, asked, says("WorkSubmitted", person="cid"), "right"),
    "work that another sent": (OPEN, asked, acted("WorkSubmitted", "cid"), "right"),
    "a start that was another's": (OPEN, asked, acted("InstanceStarted", "cid"), "right"),
    "a way back by another": (OPEN, returned, says("GateReturned", by="cid"), "right"),
}  # fmt: skip


@pytest.mark.parametrize("what", FORGED)
def test_records_that_contradict_what_stood_before_them_are_named(office: Office, what: str) -> None:
    """approvals §3.9, §3.16, §3.18: also with every hash, the state and all rows made to fit."""
    text, reach, forge, wanted = FORGED[what]
    office.engine.deploy(text)
    instance = reach(office)
    rewrite(office, instance, lambda _rows: None)
    mend(office, instance)
    assert classes(office, instance) == set()
    rewrite(office, instance, forge)
    mend(office, instance)
    assert wanted in classes(office, instance)
