"""What only looks like an erasure is named; and laws of what stands in a record as a hash."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from signoff import Invalid
from signoff.kernel.events import flow
from signoff.kernel.events.data import VariablesSet
from signoff.kernel.state import Status
from signoff.model.erased import Erased
from signoff.model.privacy import privacy_of
from signoff.read.finding import Fault
from signoff.store import codec, definitions
from signoff.store.schema import journal
from signoff.store.sealed import SEAL, Sealer, places
from signoff.testing import Sandbox
from tests.evidence.forger import Rows, classes, rewrite
from tests.evidence.hiring import HIRE, NOTE, erase, hire
from tests.evidence.office import Office
from tests.evidence.test_bundle import bundled, run
from tests.evidence.test_counting_again import mend
from tests.ready import unguard

# what only looks like an erasure ----------------------------------------------------------------------------


def column(office: Office, instance: str) -> list[Any]:
    with office.engine.core.database.read() as handle:
        here = select(journal).where(journal.c.instance == instance).order_by(journal.c.n)
        return list(handle.execute(here).mappings().all())


def put(office: Office, row: Any, sealed: str | None) -> None:
    with office.engine.core.database.write() as handle:
        unguard(handle.connection)
        here = (journal.c.instance == row["instance"], journal.c.n == row["n"])
        handle.execute(update(journal).where(*here).values(sealed=sealed))


@pytest.mark.parametrize("ends", [True, False])
def test_an_erasure_slipped_into_another_command_is_told(office: Office, ends: bool) -> None:
    """Who owns the database empties the column, and writes into a record that all of it was erased."""
    office.engine.deploy(HIRE)
    instance = hire(office, ends=ends)

    def forge(rows: Rows) -> None:
        seals = [seal for row in rows for _, seal in places(row)]
        erased = {
            "is": "PersonalErased",
            "by": "bob",
            "name": "Bob",
            "reason": "x",
            "names": [],
            "seals": seals,
        }
        rows[-1]["events"].append(erased)

    rewrite(office, instance, forge)
    for row in column(office, instance):
        put(office, row, None)
    mend(office, instance)
    assert Fault.RIGHT in {finding.fault for finding in office.engine.verify(instance).findings}


def test_a_value_taken_away_without_a_record_is_dropped_not_erased(
    hired: tuple[Office, str], tmp_path: Path
) -> None:
    office, instance = hired
    row = next(row for row in column(office, instance) if '"VoteCast"' in row["bytes"] and row["sealed"])
    put(office, row, None)
    assert classes(office, instance) == {"dropped"}
    code, found, _ = run(bundled(office, instance), tmp_path)
    assert (code, found) == (4, {"dropped"})


def test_another_value_another_salt_and_one_too_many_are_named(
    hired: tuple[Office, str], tmp_path: Path
) -> None:
    office, instance = hired
    row = next(row for row in column(office, instance) if '"VoteCast"' in row["bytes"] and row["sealed"])
    stood = row["sealed"]
    ((seal, (salt, value)),) = codec.beside_of(stood).items()
    assert value == NOTE
    other = "0" * 32
    for wrong in (
        {seal: (salt, "call him at work")},
        {seal: (other, value)},
        {seal: (salt, value), "0" * 64: (salt, value)},
    ):
        put(office, row, codec.written_beside(wrong))
        assert classes(office, instance) == {"seal"}
        assert run(bundled(office, instance), tmp_path)[1] == {"seal"}
    for wrong_text in (stood.replace(",", ", ", 1), stood + " ", "x", "{}", "[]", '{"a":1}'):
        put(office, row, wrong_text)
        assert "seal" in classes(office, instance), wrong_text
    put(office, row, stood)
    assert classes(office, instance) == set()


def test_a_value_put_back_after_its_erasure_is_named(hired: tuple[Office, str], tmp_path: Path) -> None:
    office, instance = hired
    rows = column(office, instance)
    erase(office, instance)
    row = next(row for row in rows if row["sealed"])
    put(office, row, row["sealed"])
    assert classes(office, instance) == {"unerased"}
    assert run(bundled(office, instance), tmp_path)[1] == {"unerased"}


def test_an_erasure_put_into_the_records_does_not_fit_them(hired: tuple[Office, str]) -> None:
    """With every hash mended: the state and the signatures after it say what was there."""
    office, instance = hired

    def forge(rows: list[dict[str, Any]]) -> None:
        seals = [event["note"][SEAL] for row in rows for event in row["events"] if event.get("note")]
        made = {
            "is": "PersonalErased", "by": "root", "name": "Root", "reason": "x", "names": [], "seals": seals,
        }  # fmt: skip
        rows[-1]["events"].append(made)

    rewrite(office, instance, forge)
    for row in column(office, instance):
        put(office, row, None)
    assert classes(office, instance) >= {"dropped", "count"}


# laws -----------------------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.dates()
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60)
@given(
    values=st.dictionaries(st.sampled_from(["phone", "born", "children", "level", "strange"]), VALUES),
    note=st.text(),
)
def test_whatever_is_hidden_comes_back_as_it_was_until_it_is_erased(
    hire_privacy: Any, values: dict[str, Any], note: str
) -> None:
    at = datetime(2027, 1, 4, tzinfo=UTC)
    events: list[Any] = [
        VariablesSet("s1", values),
        flow.InstanceEnded(Status.CANCELLED, "cancelled", note),
    ]
    entry = codec.Entry(
        "i", 1, "", codec.Envelope(actor="a", at=at, command="C", digest="d", request_id="r"), events
    )
    try:
        kept = codec.encode_entry(entry, Sealer([hire_privacy]))
    except Invalid:  # half characters
        return
    back = codec.decode_entry(kept.bytes, kept.sealed)
    assert back == entry
    assert codec.is_as_written(kept.bytes, back)
    for n, _ in enumerate(codec.beside_of(kept.sealed)):
        some = dict(list(codec.beside_of(kept.sealed).items())[:n])
        left = codec.decode_entry(kept.bytes, codec.written_beside(some))
        assert codec.is_as_written(kept.bytes, left)
    assert isinstance(codec.decode_entry(kept.bytes, None).envelope.digest, Erased)


@pytest.fixture(scope="module")
def hire_privacy() -> Any:
    box = Sandbox(people={"ann": {"groups": ("makers",)}, "bob": {"groups": ("bosses",)}})
    box.deploy(HIRE)
    engine = box.engine
    with engine.core.database.read() as handle:
        version = definitions.current(handle.connection, "hire")
        assert version
        return privacy_of(engine.core.library.load(handle.connection, version))
