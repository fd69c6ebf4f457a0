"""A bundle whose records lead past a gate without the votes it takes, every hash mended."""

from collections.abc import Callable

import pytest

from tests.evidence.test_bundle import Files, Rows, files, left, mended, named, vote

__all__ = ["files", "left"]


def _no_votes(rows: Rows) -> None:
    """As if an administrator had let it go on."""
    del rows[rows.index(vote(rows))]
    last = rows[-1]
    del last["signed"], last["auth"]
    last["actor"] = "root"
    last["events"] = [e for e in last["events"] if e["is"] not in ("VoteCast", "EntryPassed", "GatePassed")]


def _no_gate(rows: Rows) -> None:
    _no_votes(rows)
    rows[1]["events"] = rows[1]["events"][:-3]


def _overridden(rows: Rows) -> None:
    gate = rows[1]["events"][-3]["id"]
    _no_votes(rows)
    said = {"target": gate, "node": "write", "by": "root", "name": "Root", "reason": "late"}
    events = rows[-1]["events"]
    next(e for e in events if e["is"] == "ElementCompleted")["verdict"] = "overridden"
    rows[-1]["events"] = [
        {"is": "Overridden", **said}, {"is": "GateCancelled", "gate": gate, "reason": "overridden"}, *events
    ]  # fmt: skip


@pytest.mark.parametrize("forge", [_no_votes, _no_gate, _overridden])
def test_a_step_that_went_on_without_the_signatures_it_demands(
    files: Files,
    forge: Callable[[Rows], None],
) -> None:
    mended(files, forge)
    assert "recount" in named(files)
