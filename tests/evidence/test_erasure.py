"""Erasing personal values: they are gone from everything, what was decided stays proved, and nobody takes it for tampering."""

import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from sqlalchemy import create_engine, select, update

from signoff import Event, FolderDocuments, Invalid, NotAllowed, WrongState, rehearse
from signoff.kernel.events import flow
from signoff.kernel.events.aside import PersonalErased
from signoff.kernel.events.data import VariablesSet
from signoff.kernel.events.gate import GateOpened, VoteCast
from signoff.model.erased import Erased
from signoff.store import codec
from signoff.store.schema import agenda, desk, document, journal
from tests.evidence.hiring import BORN, CHILD, HIRE, NOTE, PAPER, PHONE, SECRETS, erase, everything, hire
from tests.evidence.office import Office
from tests.evidence.test_bundle import bundled, run

# what stands in the records -------------------------------------------------------------------------------


def test_personal_values_and_what_people_wrote_stand_in_the_bytes_as_salted_hashes(
    hired: tuple[Office, str],
) -> None:
    office, instance = hired
    with office.engine.core.database.read() as handle:
        rows = handle.execute(select(journal.c.bytes, journal.c.sealed)).all()
    bytes = "\n".join(row.bytes for row in rows)
    assert not [secret for secret in SECRETS if secret in bytes]
    assert "Mr Zhao" not in bytes
    assert '"level":4' in bytes
    assert '"age":7' in bytes
    assert all(secret in "\n".join(row.sealed or "" for row in rows) for secret in SECRETS)
    assert office.engine.verify().findings == ()
    shown = office.engine.show(instance)
    assert shown.row.title == f"Mr Zhao, {PHONE}"


def test_the_events_come_back_with_their_values_while_those_exist(hired: tuple[Office, str]) -> None:
    office, instance = hired
    events = [event for record in office.engine.history(instance) for event in record.events]
    votes = [event for event in events if isinstance(event, VoteCast)]
    assert [vote.note for vote in votes] == [NOTE, ""]
    opened = next(event for event in events if isinstance(event, flow.ScopeOpened))
    assert (opened.data["phone"], opened.data["born"]) == (PHONE, date(1999, 12, 31))
    assert opened.data["children"] == [{"name": CHILD, "age": 7}]
    written = [event for event in events if isinstance(event, VariablesSet)]
    assert any(event.values.get("wage") == Decimal("91234.56") for event in written)


def test_equal_values_have_different_hashes_everywhere(office: Office) -> None:
    office.engine.deploy(HIRE)
    first, second = hire(office, "A"), hire(office, "B")
    with office.engine.core.database.read() as handle:
        rows = handle.execute(select(journal.c.instance, journal.c.sealed)).all()
    seals = [seal for row in rows for seal in codec.beside_of(row.sealed)]
    assert len(seals) == len({*seals})
    bound = [
        event.bound["phone"]
        for id in (first, second)
        for record in office.engine.history(id)
        for event in record.events
        if isinstance(event, GateOpened)
    ]
    assert len({*bound}) == 2, "nobody guesses a telephone number from what a vote is bound to"


def test_a_request_is_known_again_by_a_hash_that_is_hidden_too(hired: tuple[Office, str]) -> None:
    office, instance = hired
    data = {"phone": PHONE, "born": BORN, "children": [{"name": CHILD, "age": 7}]}
    same: Any = {"by": "ann", "key": "H-1", "request_id": "s-H-1"}
    again = office.engine.start("hire", data, title=f"Mr Zhao, {PHONE}", **same)
    assert (again.instance, again.repeated) == (instance, True)
    with office.engine.core.database.read() as handle:
        texts = handle.execute(select(journal.c.bytes)).scalars().all()
    digests = [codec.parse(text).get("digest") for text in texts]
    assert sum(isinstance(digest, dict) for digest in digests) == 2
    erase(office, instance)
    again = office.engine.start("hire", data, title=f"Mr Zhao, {PHONE}", **same)
    assert (again.instance, again.repeated) == (instance, True), "done once stays done once"


CODES = {
    "ElementCancelled.reason", "EntryRungFired.say", "EntryRungPassed.reason", "GateCancelled.reason",
    "PersonalErased.reason", "RequestRefused.reason", "RungFired.say", "RungPassed.reason",
}  # fmt: skip


def test_no_event_has_a_text_of_people_that_cannot_be_erased() -> None:
    """What is not marked is a code, a text of the definition, or says why something was erased."""
    words = {"note", "reason", "text", "message", "say", "title", "comment"}
    plain = {
        f"{kind.__name__}.{name}"
        for kind in Event.__subclasses__()
        for name, hint in get_type_hints(kind, include_extras=True).items()
        if name in words and hint is str
    }
    assert plain == CODES
    data = {
        f"{kind.__name__}.{name}"
        for kind in Event.__subclasses__()
        for name, hint in get_type_hints(kind, include_extras=True).items()
        if not hasattr(hint, "__metadata__") and ("Any" in str(hint) or "Undo" in str(hint))
    }
    assert data == {"RosterAsked.terms"}, "who was asked stays"


# the erasure ----------------------------------------------------------------------------------------------


def test_erased_is_said_and_nothing_else_is_found(hired: tuple[Office, str]) -> None:
    office, instance = hired
    assert office.engine.verify().findings == ()
    event = erase(office, instance)
    assert (event.by, event.reason, event.names, len(event.documents)) == ("root", "asked to by him", (), 1)
    assert office.engine.verify().findings == ()
    assert office.engine.verify(instance).findings == ()
    found = everything(office.engine)
    assert not [secret for secret in (*SECRETS, "Mr Zhao") if secret in found]
    for record in office.engine.history(instance):
        for event_ in record.events:
            if isinstance(event_, VoteCast) and event_.person == "bob":
                assert isinstance(event_.note, Erased)
    root = next(scope for scope in office.engine.show(instance).state.scopes.values() if not scope.activity)
    assert isinstance(root.data["phone"], Erased)
    assert isinstance(root.data["children"][0]["name"], Erased)
    assert (root.data["level"], root.data["children"][0]["age"]) == (4, 7)
    assert office.engine.show(instance).row.title == "已擦除 (erased)"


def test_everything_that_shows_the_instance_still_does(hired: tuple[Office, str]) -> None:
    office, instance = hired
    erase(office, instance)
    engine = office.engine
    sheet = engine.sheet(instance)
    assert [vote.strength for vote in sheet.gates[0].decisions] == ["signed", "signed"]
    assert engine.timeline(instance)
    assert engine.thread(instance)[0].text == "已擦除 (erased)"
    assert engine.why(instance) == []
    assert next(row.note for row in engine.audit()) == "已擦除 (erased)"
    assert engine.instances()
    assert engine.forecast(instance) is not None


def test_signatures_and_a_bundle_verify_after_the_erasure(hired: tuple[Office, str], tmp_path: Path) -> None:
    """approvals §3.11: a full copy that is verified without the database says erased, too."""
    office, instance = hired
    before = run(bundled(office, instance), tmp_path)
    assert (before[0], before[1]) == (0, set()), before[2]
    assert NOTE.encode() in zipfile.ZipFile(io.BytesIO(bundled(office, instance))).read("journal.jsonl")
    erase(office, instance)
    after = bundled(office, instance)
    code, found, said = run(after, tmp_path)
    assert (code, found) == (0, set()), said
    content = b"".join(
        zipfile.ZipFile(io.BytesIO(after)).read(name)
        for name in zipfile.ZipFile(io.BytesIO(after)).namelist()
    )
    assert not [secret for secret in SECRETS if secret.encode() in content]
    assert PAPER not in content


def test_only_what_is_named_goes(hired: tuple[Office, str]) -> None:
    office, instance = hired
    event = erase(office, instance, "phone", "letter")
    assert event.names == ("phone", "letter")
    assert office.engine.verify().findings == ()
    found = everything(office.engine)
    gone = (PHONE, "Mr Zhao")
    assert not [secret for secret in gone if secret in found]
    assert all(secret in found for secret in (BORN, CHILD, NOTE, "he has moved", "91234.56"))
    with pytest.raises(WrongState) as refused:
        erase(office, instance, "phone")
    assert refused.value.code == "nothing_to_erase"
    erase(office, instance, "name")
    assert CHILD not in everything(office.engine)
    erase(office, instance)
    assert office.engine.verify().findings == ()
    assert not [secret for secret in SECRETS if secret in everything(office.engine)]
    with pytest.raises(WrongState):
        erase(office, instance)


def test_who_may_not_or_too_early_or_without_a_reason_is_refused_and_changes_nothing(office: Office) -> None:
    office.engine.deploy(HIRE)
    running, ended = hire(office, "R", ends=False), hire(office, "E")
    before = everything(office.engine)
    cases: list[tuple[str, dict[str, Any], str]] = [
        (running, {"by": "root", "reason": "x"}, "erase_while_running"),
        (ended, {"by": "ann", "reason": "x"}, "administrators_only"),
        (ended, {"by": "root", "reason": " "}, "erase_without_reason"),
        (ended, {"by": "root", "reason": "x", "names": ["level"]}, "not_personal"),
    ]
    for instance, asked, code in cases:
        with pytest.raises((WrongState, NotAllowed, Invalid)) as refused:
            office.engine.erase(instance, **asked)
        assert refused.value.code == code
    office.engine.suspend(running, by="root")
    with pytest.raises(WrongState):
        office.engine.erase(running, by="root", reason="x")
    office.engine.resume(running, by="root")
    assert PHONE in everything(office.engine)
    assert len(everything(office.engine)) >= len(before)
    assert office.engine.verify().findings == ()


def test_a_rehearsal_says_what_would_go_and_keeps_it(hired: tuple[Office, str]) -> None:
    office, instance = hired
    before = everything(office.engine)
    found = rehearse(
        office.engine.core,
        lambda connection: office.engine.erase(instance, by="root", reason="x", connection=connection),
    )
    assert isinstance(found.receipt.events[0], PersonalErased)
    assert everything(office.engine) == before


def test_in_the_hosts_transaction_it_goes_with_the_host(hired: tuple[Office, str]) -> None:
    office, instance = hired
    engine = create_engine(office.engine.core.database.url)
    with engine.connect() as connection:
        transaction = connection.begin()
        office.engine.erase(instance, by="root", reason="x", connection=connection)
        transaction.rollback()
    assert PHONE in everything(office.engine)
    with engine.begin() as connection:
        office.engine.erase(instance, by="root", reason="x", connection=connection)
    engine.dispose()
    assert PHONE not in everything(office.engine)
    assert office.engine.verify().findings == ()


def kept(office: Office) -> int:
    """The number of documents whose bytes are there."""
    with office.engine.core.database.read() as handle:
        return len(handle.execute(select(document)).all())


def test_a_document_goes_with_the_last_instance_that_has_it(office: Office) -> None:
    office.engine.deploy(HIRE)
    first, second = hire(office, "A"), hire(office, "B")
    assert len(erase(office, first).documents) == 1
    assert kept(office) == 2
    assert office.engine.verify().findings == ()
    erase(office, second)
    assert kept(office) == 1, "the plan is not personal"
    assert office.engine.verify().findings == ()


def test_a_document_that_somebody_keeps_in_a_draft_stays(office: Office) -> None:
    office.engine.deploy(HIRE)
    first, other = hire(office, "A"), hire(office, "B", ends=False)
    task = office.engine.start("hire", {"phone": PHONE, "born": BORN}, by="ann").opened[0]
    office.engine.save(task, by="ann", documents={"letter": PAPER})
    office.engine.cancel(other, by="root", reason="nobody needs it")
    erase(office, first)
    erase(office, other)
    assert kept(office) == 2
    office.engine.submit(task, by="ann", data={"level": 1}, documents={"plan": b"a plan"})
    assert office.engine.verify().findings == ()


def test_a_document_that_is_something_else_as_well_stays(office: Office) -> None:
    office.engine.deploy(HIRE.replace("sign: key", "sign: false"))
    begun = office.engine.start("hire", {"phone": PHONE, "born": BORN}, by="ann")
    papers = {"letter": PAPER, "plan": PAPER}
    office.engine.submit(begun.opened[0], by="ann", data={"level": 4}, documents=papers)
    office.engine.cancel(begun.instance, by="root", reason="nobody needs it")
    assert erase(office, begun.instance).documents == ()
    assert kept(office) == 1


def test_drafts_and_what_was_put_off_leave_no_trace(office: Office) -> None:
    office.engine.deploy(HIRE)
    instance = hire(office, ends=False)
    (vote,) = (row.task for row in office.engine.inbox("bob"))
    for asked in [row.task for row in office.engine.inbox("cid")]:
        office.engine.put_off(asked, date(2030, 1, 1), by="cid")
    office.engine.save(vote, by="bob", note="he drinks")
    begun = office.engine.start("hire", {"phone": PHONE, "born": BORN}, by="ann")
    office.engine.save(
        begun.opened[0], by="ann", data={"wage": "7"}, documents={"letter": b"never handed in"}
    )
    for each in (instance, begun.instance):
        office.engine.cancel(each, by="root", reason="nobody needs it")
        erase(office, each)
    with office.engine.core.database.write() as handle:
        assert handle.execute(select(desk)).all() == []
        handle.execute(update(document).values(created_at=0))
    office.engine.purge()
    assert kept(office) == 1, "the plan, which a record names"
    assert office.engine.verify().findings == ()


def test_documents_outside_of_the_database_go_when_that_is_recorded(ready: str, tmp_path: Path) -> None:
    kept = FolderDocuments(tmp_path)
    office = Office(ready, documents=kept)
    office.engine.deploy(HIRE)
    instance = hire(office)
    (sha256,) = erase(office, instance).documents
    assert not (tmp_path / sha256).exists()
    assert office.engine.verify().findings == ()
    office.close()


def test_no_byte_is_left_in_the_file_when_the_database_has_given_it_up(
    sqlite_database: str, sqlite_template: Path
) -> None:
    path = Path(sqlite_database.removeprefix("sqlite:///"))
    path.write_bytes(sqlite_template.read_bytes())
    office = Office(sqlite_database)
    office.engine.deploy(HIRE)
    instance = hire(office)
    erase(office, instance)
    office.engine.purge()
    office.close()
    for file in path.parent.glob(f"{path.name}*"):
        content = file.read_bytes()
        assert not [secret for secret in SECRETS if secret.encode() in content], file
        assert PAPER not in content


def test_what_is_owed_forgets_it_as_well(hired: tuple[Office, str]) -> None:
    office, instance = hired
    owed = select(agenda.c.payload).where(agenda.c.instance == instance)
    with office.engine.core.database.read() as handle:
        assert "really so?" in "".join(handle.execute(owed).scalars())
    erase(office, instance)
    with office.engine.core.database.read() as handle:
        assert "really so?" not in "".join(handle.execute(owed).scalars())
    office.engine.worker().drain()
    assert office.engine.verify().findings == ()
