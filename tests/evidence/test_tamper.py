"""What somebody with all rights on the database does to signed decisions, with every hash mended: found by its name."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from signoff.read import signatures
from signoff.read.signatures import Fault
from signoff.runtime.keys import revoke_key
from signoff.store import chain, keys, schema
from tests.evidence.forger import Rows, classes, rewrite, rewrite_chain, rows_of
from tests.evidence.office import Memory, Office
from tests.ready import unguard

LATER = "2027-01-04T09:10+08:00"


@pytest.fixture(scope="module")
def left(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, str]:
    """A database with an instance that bob and cid have signed, and its id."""
    path = tmp_path_factory.mktemp("left") / "signoff.db"
    path.write_bytes(sqlite_template.read_bytes())
    office = Office(f"sqlite:///{path}")
    gate = office.waiting()
    office.approve(gate, "bob", note="fine")
    office.pass_time()
    instance = office.approve(gate, "cid").instance
    office.close()
    return path.read_bytes(), instance


@pytest.fixture
def office(left: tuple[bytes, str], tmp_path: Path) -> Iterator[Office]:
    path = tmp_path / "signoff.db"
    path.write_bytes(left[0])
    office = Office(f"sqlite:///{path}", at=LATER)
    yield office
    office.close()


@pytest.fixture
def case(left: tuple[bytes, str]) -> str:
    """The instance that bob and cid have signed."""
    return left[1]


def signed_rows(rows: Rows) -> Rows:
    return [row for row in rows if "signed" in row]


def test_what_is_untouched_verifies(office: Office, case: str) -> None:
    """approvals §3.7: no false alarm."""
    open_gate = office.waiting()
    back = office.signature(open_gate, "bob", decision="return", to="write", note="no")
    office.engine.return_to(open_gate, "write", by="bob", note="no", signature=back)
    assert office.engine.verify().findings == ()
    assert office.engine.verify(case).findings == ()


def test_signatures_stay_valid_after_their_key_is_revoked_or_replaced(office: Office, case: str) -> None:
    revoke_key(office.engine.core, office.signer["bob"].key, reason="lost", by="root")
    office.add("bob", "another")
    assert office.engine.verify().findings == ()


def test_two_signatures_swapped(office: Office, case: str) -> None:
    def swap(rows: Rows) -> None:
        one, other = signed_rows(rows)
        one["signed"]["value"], other["signed"]["value"] = other["signed"]["value"], one["signed"]["value"]

    rewrite(office, case, swap)
    assert Fault.FORGED in classes(office)


def test_two_signed_statements_swapped(office: Office, case: str) -> None:
    def swap(rows: Rows) -> None:
        one, other = signed_rows(rows)
        one["signed"], other["signed"] = other["signed"], one["signed"]

    rewrite(office, case, swap)
    assert {Fault.FOREIGN_KEY, Fault.HISTORY} <= classes(office)


def test_a_signature_taken_out(office: Office, case: str) -> None:
    rewrite(office, case, lambda rows: signed_rows(rows)[0].pop("signed"))
    assert Fault.UNSIGNED in classes(office)


def test_a_vote_made_signed_by_writing_so(office: Office, case: str) -> None:
    gate = office.waiting()
    office.approve(gate, "bob")

    def forge(rows: Rows) -> None:
        forged = deepcopy(rows[-1])
        del forged["signed"]
        forged["actor"] = forged["events"][0]["person"] = "cid"
        rows.append(forged)

    instance = gate.partition(":")[0]
    rewrite(office, instance, forge)
    assert Fault.UNSIGNED in classes(office, instance)


@pytest.mark.parametrize("bit", range(8))
def test_a_bit_of_the_signature(office: Office, case: str, bit: int) -> None:
    def flip(rows: Rows) -> None:
        given = signed_rows(rows)[0]["signed"]
        given["value"] = f"{int(given['value'][:2], 16) ^ (1 << bit):02x}{given['value'][2:]}"

    rewrite(office, case, flip)
    assert Fault.FORGED in classes(office, case)


CHANGES: dict[str, tuple[Any, set[Fault]]] = {
    "note": (lambda row: row["events"][0].update(note="at half the price"), {Fault.DECISION}),
    "decision": (lambda row: row["events"][0].update(decision="no"), {Fault.DECISION}),
    "person": (lambda row: row["events"][0].update(person="cid"), {Fault.DECISION}),
    "name": (lambda row: row["events"][0].update(name="Bоb"), {Fault.DECISION}),  # with a Cyrillic o
    "role": (lambda row: row["events"][0].update(role="chair"), {Fault.DECISION}),
    "meaning": (lambda row: row["events"][0].update(meaning="review"), {Fault.DECISION}),
    "subject": (lambda row: row["events"][0].update(subject="0" * 64), {Fault.DECISION}),
    "strength": (lambda row: row["events"][0].update(strength="attested"), {Fault.DECISION}),
    "auth": (lambda row: row.update(auth="attested"), {Fault.DECISION}),
    "actor": (lambda row: row.update(actor="cid"), {Fault.DECISION, Fault.FOREIGN_KEY}),
    "printed name": (lambda row: row.update(name="Bobby"), {Fault.DECISION}),
    "on behalf": (lambda row: row.update(on_behalf="root"), {Fault.DECISION}),
    "authority": (lambda row: row.update(authority="grant 7"), {Fault.DECISION}),
    "entry": (lambda row: row["events"][0].update(entry=1), {Fault.DECISION}),
    "key": (lambda row: row["signed"].update(key="0" * 64), {Fault.UNKNOWN_KEY}),
    "method": (lambda row: row["signed"].update(method="rsa"), {Fault.FORGED}),
    "keys head": (lambda row: row["heads"].update(keys="0" * 64), {Fault.KEYS}),
    "statement": (
        lambda row: row["signed"].update(statement=row["signed"]["statement"].replace('"yes"', '"no"')),
        {Fault.FORGED, Fault.DECISION},
    ),
    "no statement": (lambda row: row["signed"].update(statement="x"), {Fault.FORGED, Fault.DECISION}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_field_changed(office: Office, case: str, what: str) -> None:
    """approvals §3.5, §3.7."""
    change, wanted = CHANGES[what]
    rewrite(office, case, lambda rows: change(signed_rows(rows)[0]))
    assert wanted <= classes(office, case), what


def test_what_came_before_rewritten(office: Office, case: str) -> None:
    """A signature holds the whole history before it."""
    rewrite(office, case, lambda rows: rows[0].update(via="elsewhere"))
    assert Fault.HISTORY in classes(office, case)


def test_a_record_before_it_taken_out(office: Office) -> None:
    gate = office.waiting()
    instance = gate.partition(":")[0]
    office.engine.suspend(instance, by="root", reason="wait")
    office.engine.resume(instance, by="root")
    office.approve(gate, "bob")

    def cut(rows: Rows) -> None:
        del rows[2:4]

    rewrite(office, instance, cut)
    assert Fault.HISTORY in classes(office, instance)


def test_a_signing_that_counts_twice(office: Office, case: str) -> None:
    rewrite(office, case, lambda rows: rows.append(deepcopy(rows[-1])))
    assert Fault.NONCE in classes(office, case)


def test_a_signed_approval_moved_to_another_instance(office: Office, case: str) -> None:
    """approvals §3.6."""
    gate = office.waiting()
    instance = gate.partition(":")[0]
    office.approve(gate, "bob")
    taken = next(row["signed"] for row in rows_of(office, case) if "signed" in row)
    rewrite(office, instance, lambda rows: rows[-1].update(signed=taken))
    assert {Fault.INSTANCE, Fault.NONCE} <= classes(office)


def test_a_signed_approval_moved_to_another_task(office: Office) -> None:
    """approvals §3.6."""
    gate = office.waiting()
    instance = gate.partition(":")[0]
    office.approve(gate, "bob")
    back = office.signature(gate, "cid", decision="return", to="write", note="no")
    task = office.engine.return_to(gate, "write", by="cid", note="no", signature=back).opened[0]
    office.engine.submit(task, by="ann", data={"price": 5})
    office.approve(gate, "bob")

    def move(rows: Rows) -> None:
        first, _, second = signed_rows(rows)
        second["signed"] = {**first["signed"], "nonce": "0" * 32}

    rewrite(office, instance, move)
    assert Fault.TASK in classes(office, instance)


def test_a_signed_approval_moved_to_another_installation(office: Office, case: str) -> None:
    """approvals §3.6."""
    with office.engine.core.database.write() as handle:
        named = update(schema.info).where(schema.info.c.name == "installation")
        handle.connection.execute(named.values(value="elsewhere"))
    assert Fault.INSTALLATION in classes(office, case)


def test_the_nonce_taken_from_the_column(office: Office, case: str) -> None:
    with office.engine.core.database.write() as handle:
        unguard(handle.connection)
        handle.connection.execute(update(schema.journal).values(nonce=None))
    assert classes(office) == {Fault.COLUMN}


# keys -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [{"person": "cid"}, {"public": "00" * 32}, {"valid_from": 0}, {"valid_to": 1}, {"revoked_at": 1},
     {"reason": "why not"}, {"purpose": "checkpoint"}, {"purpose": "any"}, {"method": "rsa"}],
    ids=str,
)  # fmt: skip
def test_a_row_of_a_key_changed(office: Office, case: str, values: dict[str, Any]) -> None:
    table = schema.key
    with office.engine.core.database.write() as handle:
        here = table.c.id == office.signer["bob"].key
        handle.connection.execute(update(table).where(here).values(**values))
    assert classes(office) == {Fault.KEY}
    with office.engine.core.database.write() as handle:
        keys.rebuild(handle.connection)
    assert office.engine.verify().findings == ()


def test_a_row_of_a_key_taken_out_or_added(office: Office, case: str) -> None:
    with office.engine.core.database.write() as handle:
        handle.connection.execute(delete(schema.key).where(schema.key.c.person == "bob"))
    assert classes(office) == {Fault.KEY}
    with office.engine.core.database.write() as handle:
        keys.rebuild(handle.connection)
        rewrite = update(schema.key).where(schema.key.c.person == "bob")
        handle.connection.execute(rewrite.values(id="0" * 64))
    assert classes(office) == {Fault.KEY}


def put_right(office: Office) -> None:
    """The table of keys follows the chain that was rewritten."""
    with office.engine.core.database.write() as handle:
        keys.rebuild(handle.connection)


def test_the_chain_of_keys_rewritten_with_another_public_key(office: Office, case: str) -> None:
    other = Memory("forger")

    def replace(rows: Rows) -> None:
        rows[0]["content"].update(key=other.key, public=other.public.hex())

    rewrite_chain(office, keys.CHAIN, replace)
    put_right(office)
    assert {Fault.KEYS, Fault.UNKNOWN_KEY} <= classes(office)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"person": "cid"}, Fault.FOREIGN_KEY),
        ({"from": {"$datetime": "2030-01-01T00:00:00.000000Z"}}, Fault.NOT_YET),
        ({"to": {"$datetime": "2027-01-04T01:01:00.000000Z"}}, Fault.OVER),
        ({"purpose": "checkpoint"}, Fault.FOREIGN_KEY),
    ],
    ids=str,
)
def test_the_chain_of_keys_rewritten(office: Office, case: str, change: dict[str, Any], fault: Fault) -> None:
    rewrite_chain(office, keys.CHAIN, lambda rows: rows[0]["content"].update(change))
    put_right(office)
    assert {Fault.KEYS, fault} <= classes(office)


def test_a_revocation_taken_out(office: Office, case: str) -> None:
    revoke_key(office.engine.core, office.signer["bob"].key, reason="lost", by="root")
    gate = office.waiting()
    office.approve(gate, "cid")
    rewrite_chain(office, keys.CHAIN, lambda rows: rows.pop())
    put_right(office)
    assert Fault.KEYS in classes(office)


def test_a_revocation_put_in_before(office: Office, case: str) -> None:
    revoke_key(office.engine.core, office.signer["bob"].key, reason="lost", by="root")

    def earlier(rows: Rows) -> None:
        rows[-1]["at"] = "2027-01-04T00:00:00.000000Z"
        rows.insert(1, rows.pop())

    rewrite_chain(office, keys.CHAIN, earlier)
    put_right(office)
    assert {Fault.REVOKED, Fault.KEYS} <= classes(office)


def test_a_decision_dated_after_the_revocation_that_it_records(office: Office, case: str) -> None:
    """Signed while the key was revoked: the engine refuses, so a record of it was forged."""
    revoke_key(office.engine.core, office.signer["bob"].key, reason="lost", by="root")
    with office.engine.core.database.read() as handle:
        head = chain.head_of(handle.connection, keys.CHAIN)[1]
    late = "2027-01-04T01:30:00.000000Z"

    def forge(rows: Rows) -> None:
        row = signed_rows(rows)[0]
        row["heads"]["keys"], row["at"] = head, late
        signed_rows(rows)[1]["at"] = late

    rewrite(office, case, forge)
    assert Fault.REVOKED in classes(office, case)


def test_a_nonce_that_counts_twice_is_found_over_pages_of_instances(office: Office, case: str) -> None:
    others = [office.approve(office.waiting(), "bob").instance for _ in range(4)]
    ordered = sorted([case, *others])
    first, last = ordered[0], ordered[-1]
    taken = signed_rows(rows_of(office, first))[0]["signed"]["nonce"]
    rewrite(office, last, lambda rows: signed_rows(rows)[0]["signed"].update(nonce=taken))
    nonces: signatures.Nonces = {}
    pages, found, after = 0, [], None
    with office.engine.core.database.read() as handle:
        while pages == 0 or after is not None:
            page, after = signatures.signed_instances(handle.connection, limit=2, after=after)
            found += signatures.verify_signatures(handle.connection, page, nonces)
            pages += 1
    assert pages == 3
    assert [(each.where, each.detail.partition(" #")[0]) for each in found if each.fault == Fault.NONCE] == [
        (last, f"as in {first}")
    ]
