"""What verifying promises of what decisions rest on: documents, versions in force, calendars and people."""

import pytest
from sqlalchemy import Executable, delete, update

from signoff.read.foundation import verify_current, verify_documents, verify_people
from signoff.read.verify import Finding
from signoff.runtime.calendars import build
from signoff.store import calendars, people
from signoff.store.database import Database
from signoff.store.documents import DatabaseDocuments
from signoff.store.people import Individual, People
from signoff.store.schema import (
    calendar,
    definition,
    definition_current,
    document,
    document_chunk,
    membership,
    person,
)
from tests.read import play
from tests.read.play import AT


@pytest.fixture
def sha256(db: Database) -> str:
    """Something of each kind; the hash of the document."""
    play.deploy(db)
    chen = Individual(id="chen", groups=("management",), leads=("management",), logins=("c",), admin=True)
    wang = Individual(id="wang", manager="chen", groups=("finance",))
    with db.write() as handle:
        calendars.put(handle.connection, build("PLAIN", range(2027, 2028)), by="chen", at=AT)
        people.take_in(handle.connection, People({"chen": chen}, {}), by="chen", at=AT)
        people.take_in(handle.connection, People({"chen": chen, "wang": wang}, {}), by="chen", at=AT)
    return DatabaseDocuments(db).put(b"what was approved", media="text/plain")[0]


def found(db: Database) -> list[Finding]:
    with db.read() as handle:
        connection = handle.connection
        return [*verify_documents(connection), *verify_current(connection), *verify_people(connection)]


def tamper(db: Database, statement: Executable) -> None:
    with db.write() as handle:
        handle.connection.execute(statement)


def test_nothing_is_found_where_nothing_was_changed(db: Database, sha256: str) -> None:
    assert found(db) == []


@pytest.mark.parametrize(
    ("statement", "fault", "detail"),
    [
        (update(document_chunk).values(bytes=b"what was not"), "document", "bytes"),
        (delete(document_chunk), "document", "bytes"),
        (update(document).values(size=1), "document", "size"),
        (delete(document), "document", "without a row"),
        (update(definition_current).values(version=""), "recorded", "current version"),
        (delete(definition), "definition", "is gone"),
        (update(calendar).values(data="{}"), "calendar", "unreadable"),
        (delete(calendar), "recorded", "calendar"),
        (update(person).where(person.c.id == "wang").values(admin=True), "recorded", "person"),
        (update(person).where(person.c.id == "wang").values(manager=""), "recorded", "person"),
        (delete(person).where(person.c.id == "wang"), "recorded", "person"),
        (update(membership).values(leads=True), "recorded", "person"),
        (
            update(membership).where(membership.c.person == "wang").values(group_id="management"),
            "recorded",
            "person",
        ),
    ],
)
def test_what_was_changed_is_named(
    db: Database, sha256: str, statement: Executable, fault: str, detail: str
) -> None:
    tamper(db, statement)
    assert (fault, detail) in {(each.fault, each.detail) for each in found(db)}
