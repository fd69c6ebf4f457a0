"""Votes that nobody cast and passages that no votes led to: what an administrator writes into records, hashes mended."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, update

from signoff.kernel.state import LIVE
from signoff.read.finding import Fault
from signoff.read.history import links
from signoff.read.signatures import Fault as SignatureFault
from signoff.runtime.keys import revoke_key
from signoff.store import codec, rebuild
from signoff.store.chain import link_hash
from signoff.store.schema import instance as table
from signoff.store.schema import journal, micros
from tests.evidence.forger import Rows, classes, rewrite, rows_of
from tests.evidence.office import PROCESS, Office
from tests.ready import unguard

UNSIGNED = PROCESS.replace(", sign: key", "")
SAME_SAYS_IT_ONCE = UNSIGNED.replace(
    "[{by: boss, need: all}]", "[{by: boss, need: any}, {by: boss, need: any, same_person: skip}]"
)


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    path = tmp_path / "signoff.db"
    path.write_bytes(sqlite_template.read_bytes())
    office = Office(f"sqlite:///{path}")
    yield office
    office.close()


def completed(office: Office) -> str:
    """An instance whose gate both have passed."""
    gate = office.waiting()
    office.approve(gate, "bob")
    return office.approve(gate, "cid").instance


def mend(office: Office, instance: str) -> None:
    """Make the state and every row beside the records fit them."""
    with office.engine.core.database.write() as handle:
        connection = handle.connection
        rows = connection.execute(links(instance)).all()
        entries = [codec.decode_entry(row.bytes, row.sealed) for row in rows]
        rebuild.repair(connection, entries)
        state, counted = rebuild.state_of(entries), sum(len(entry.events) for entry in entries)
        texts = {"state": codec.state_text(state), "variables": codec.variables_text(state), "seq": counted}
        ended = {"status": state.status.value, "outcome": state.outcome, "live": state.status in LIVE}
        ended["title"] = str(state.title)
        ends = None if state.ended_at is None else micros(state.ended_at)
        at = micros(entries[-1].envelope.at)
        connection.execute(
            update(table)
            .where(table.c.id == instance)
            .values(**texts, **ended, ended_at=ends, recorded_at=at)
        )


def without(rows: Rows, *kinds: str) -> None:
    rows[-1]["events"] = [event for event in rows[-1]["events"] if event["is"] not in kinds]


def test_a_vote_put_into_the_record_that_somebody_else_signed(office: Office) -> None:
    """A rule may let an earlier yes count again; where there is none, nobody has signed it."""
    instance = completed(office)

    def forge(rows: Rows) -> None:
        last = rows.pop()["events"]
        last[0]["mode"] = "auto"
        rows[-1]["events"] += last

    rewrite(office, instance, forge)
    mend(office, instance)
    assert SignatureFault.UNSIGNED in classes(office, instance)


def test_a_vote_put_beside_the_one_that_was_signed(office: Office) -> None:
    instance = completed(office)

    def forge(rows: Rows) -> None:
        last = rows.pop()["events"]
        rows[-1]["events"] += last

    rewrite(office, instance, forge)
    mend(office, instance)
    assert {SignatureFault.UNSIGNED, Fault.RIGHT} <= classes(office, instance)


@pytest.mark.parametrize("gone", [("VoteCast",), ("VoteCast", "EntryPassed")])
def test_a_gate_that_passed_without_the_votes_it_takes(office: Office, gone: tuple[str, ...]) -> None:
    office.engine.deploy(UNSIGNED)
    gate = office.waiting()
    for person in ("bob", "cid"):
        receipt = office.engine.approve(gate, by=person, seen=office.engine.subject(gate, person))
    assert classes(office, receipt.instance) == set()
    rewrite(office, receipt.instance, lambda rows: without(rows, *gone))
    mend(office, receipt.instance)
    assert Fault.RIGHT in classes(office, receipt.instance)


def unasked(rows: Rows) -> None:
    """As if nobody had been needed."""
    rows[-2:-1] = []
    last = rows[-1]
    del last["signed"], last["auth"]
    without(rows, "VoteCast", "EntryPassed", "GatePassed")


def skipped(rows: Rows) -> None:
    gate = rows[-1]["events"][0]["gate"]
    events = rows[-1]["events"]
    unasked(rows)
    passed = next(e for e in events if e["is"] == "GatePassed")
    del passed["approvers"]
    rows[-1]["events"][:0] = [{"is": "EntrySkipped", "gate": gate, "entry": 0}, passed]


def overridden(rows: Rows) -> None:
    """What no administrator can do where a signature is demanded."""
    gate = rows[-1]["events"][0]["gate"]
    unasked(rows)
    rows[-1]["actor"] = "root"
    rows[-1]["events"][0]["verdict"] = "overridden"
    said = {"target": gate, "node": "write", "by": "root", "name": "Root", "reason": "late"}
    rows[-1]["events"][:0] = [
        {"is": "Overridden", **said}, {"is": "GateCancelled", "gate": gate, "reason": "overridden"}
    ]  # fmt: skip


@pytest.mark.parametrize("forge", [unasked, skipped, overridden])
def test_a_step_that_went_on_without_the_signatures_it_demands(office: Office, forge: Any) -> None:
    """approvals §3.16: the flow is no proof that its gate has let it through."""
    instance = completed(office)
    rewrite(office, instance, forge)
    mend(office, instance)
    assert Fault.RIGHT in classes(office, instance)


def test_an_earlier_signed_yes_that_counts_again_is_no_finding(office: Office) -> None:
    office.engine.deploy(SAME_SAYS_IT_ONCE)
    gate = office.waiting()
    receipt = office.approve(gate, "bob")
    assert [type(event).__name__ for event in receipt.events].count("VoteCast") == 2
    assert classes(office, receipt.instance) == set()


def test_mending_alone_changes_nothing_that_is_found(office: Office) -> None:
    instance = completed(office)
    rewrite(office, instance, lambda _rows: None)
    mend(office, instance)
    assert classes(office, instance) == set()


@pytest.mark.parametrize("odd", [7, [1]], ids=repr)
@pytest.mark.parametrize(
    "way",
    [
        ("heads",),
        ("heads", "keys"),
        ("signed",),
        *(("signed", part) for part in ("key", "method", "nonce", "statement", "value")),
        *(("events", 0, part) for part in ("gate", "entry", "person", "strength", "subject", "decision")),
        ("actor",),
        ("auth",),
        ("n",),
    ],
    ids=lambda way: ".".join(map(str, way)),
)
def test_a_signed_record_of_another_form_is_found_and_hides_nothing(
    office: Office, way: tuple[str | int, ...], odd: Any
) -> None:
    """One odd part must not end the check with an error: then nobody would see what else was done."""
    gate = office.waiting()
    instance = office.approve(gate, "bob").instance

    def put(connection: Connection, rows: Rows) -> None:
        bytes = codec.compact(rows[-1])
        head = link_hash(rows[-1]["prev"], bytes)
        last = (journal.c.instance == instance, journal.c.n == len(rows))
        unguard(connection)
        connection.execute(update(journal).where(*last).values(bytes=bytes, hash=head))
        connection.execute(update(table).where(table.c.id == instance).values(head=head))

    rows = rows_of(office, instance)
    part: Any = rows[-1]
    for key in way[:-1]:
        part = part[key]
    part[way[-1]] = odd
    with office.engine.core.database.write() as handle:
        put(handle.connection, rows)
    assert classes(office) != set()


@pytest.mark.parametrize("hours", [2, 0])
def test_a_stolen_key_that_signs_under_a_head_from_before_its_revocation(office: Office, hours: int) -> None:
    """The head is not signed: an administrator may name an old one, but hours later nobody decides on that."""
    gate = office.waiting()
    office.approve(gate, "cid")
    stolen = office.signer["bob"]
    revoke_key(office.engine.core, stolen.key, reason="stolen", by="root")
    office.add("bob", "another")
    office.pass_time(60 * hours)
    instance = office.approve(gate, "bob").instance

    def forge(rows: Rows) -> None:
        last = rows[-1]
        last["heads"]["keys"] = rows[-2]["heads"]["keys"]
        value = stolen.sign(last["signed"]["statement"].encode()).hex()
        last["signed"].update(key=stolen.key, value=value)

    rewrite(office, instance, forge)
    assert classes(office, instance) == ({SignatureFault.REVOKED} if hours else set())
