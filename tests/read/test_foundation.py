"""What verifying promises of what decisions rest on: documents, versions in force, calendars and people."""

from decimal import Decimal

import pytest
from sqlalchemy import Executable, delete, insert, update

from signoff.model.authority import Limit
from signoff.read.deployment import verify_current
from signoff.read.directory import verify_directory
from signoff.read.document import verify_documents
from signoff.read.finding import Finding
from signoff.runtime.calendars import build
from signoff.store import calendars, codec, people
from signoff.store.database import Database
from signoff.store.documents import DatabaseDocuments
from signoff.store.organisation import Department, Organisation
from signoff.store.people import Individual, People
from signoff.store.schema import (
    calendar,
    ceiling,
    definition,
    definition_current,
    department,
    document,
    document_chunk,
    login,
    membership,
    people_group,
    person,
)
from tests.read import play
from tests.read.play import AT
from tests.ready import unguard

LIMIT = Limit("travel", Decimal(100), "CNY", "management")
OFFICE = Organisation(
    {"d1": Department("d1", "D1", head="chen")}, {("group", "management"): (LIMIT,)}, None, None
)


@pytest.fixture
def sha256(db: Database) -> str:
    """Something of each kind; the hash of the document."""
    play.deploy(db)
    chen = Individual(id="chen", groups=("management",), leads=("management",), logins=("c",), admin=True)
    wang = Individual(id="wang", manager="chen", groups=("finance",))
    with db.write() as handle:
        calendars.put(handle.connection, build("PLAIN", range(2027, 2028)), by="chen", at=AT)
        people.take_in(handle.connection, People({"chen": chen}, {}), by="chen", at=AT)
        both = People({"chen": chen, "wang": wang, "old": Individual(id="old", groups=("gone",))}, {}, OFFICE)
        people.take_in(handle.connection, both, by="chen", at=AT)
        both = People({"chen": chen, "wang": wang}, {})
        people.take_in(handle.connection, both, by="chen", at=AT)
    return DatabaseDocuments(db).put(b"what was approved", media="text/plain")[0]


def found(db: Database) -> list[Finding]:
    with db.read() as handle:
        connection = handle.connection
        standing = codec.parse(codec.canonical(people.standing(connection)))
        return [
            *verify_documents(connection),
            *verify_current(connection),
            *verify_directory(connection, standing),
        ]


def tamper(db: Database, statement: Executable) -> None:
    with db.write() as handle:
        unguard(handle.connection)
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
        (update(person).where(person.c.id == "wang").values(admin=True), "recorded", "person: admin"),
        (update(person).where(person.c.id == "wang").values(manager=""), "recorded", "person: manager"),
        (delete(person).where(person.c.id == "wang"), "recorded", "person"),
        (update(membership).values(leads=True), "recorded", "person: leads"),
        (
            update(membership).where(membership.c.person == "wang").values(group_id="management"),
            "recorded",
            "person: groups",
        ),
        (update(person).where(person.c.id == "wang").values(name="王\u2f08"), "recorded", "person: name"),
        (update(person).where(person.c.id == "wang").values(title="boss"), "recorded", "person: title"),
        (update(person).values(department="x"), "recorded", "person: department"),
        (update(person).values(active=False), "recorded", "person: active"),
        (update(login).values(person="wang"), "recorded", "person: logins"),
        (delete(login), "recorded", "person: logins"),
        (insert(person).values(id="eve", active=True, admin=True), "recorded", "person"),
        (update(people_group).where(people_group.c.id == "finance").values(name="f"), "recorded", "group"),
        (delete(people_group).where(people_group.c.id == "finance"), "recorded", "group"),
        (insert(people_group).values(id="eve", name="eve"), "recorded", "group"),
        (update(department).values(head="eve"), "recorded", "part"),
        (update(ceiling).values(amount="1000000"), "recorded", "part"),
    ],
)
def test_what_was_changed_is_named(
    db: Database, sha256: str, statement: Executable, fault: str, detail: str
) -> None:
    tamper(db, statement)
    assert (fault, detail) in {(each.fault, each.detail) for each in found(db)}
