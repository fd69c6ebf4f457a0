"""Guards: what is recorded is neither changed nor removed by accident; only its owner, who drops them, still can."""

from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from signoff.store import chain, guards, migrations
from signoff.store.database import Database
from signoff.store.schema import chain as chains
from signoff.store.schema import journal
from signoff.store.unit import Unit
from tests.store.story import AT, new_id, start, vote

SALTED = '{"aa":["00","one"],"bb":["11","two"]}'


@pytest.fixture
def filled(db: Database) -> Database:
    """An instance with two records, and a system chain with one link."""
    id = new_id()
    with Unit(db) as unit:
        start(unit, id)
    with Unit(db) as unit:
        vote(unit, id, "amy", request_id="r1")
    with db.write() as handle:
        chain.append(handle.connection, "directory", {"a": 1}, at=AT)
        guards.drop(handle.connection)
        handle.execute(update(journal).values(sealed=SALTED))
        guards.create(handle.connection)
    return db


def refuses(db: Database, *statements: Any) -> bool:
    try:
        with db.engine.begin() as connection:
            for statement in statements:
                connection.execute(statement)
    except DBAPIError as error:
        return "signoff: records are kept" in str(error)
    return False


@pytest.mark.parametrize("name", ["bytes", "hash", "request_id", "nonce"])
def test_no_column_of_a_record_is_changed(filled: Database, name: str) -> None:
    assert refuses(filled, update(journal).where(journal.c.n == 1).values({name: "x"}))


def test_records_and_links_are_not_changed_or_removed(filled: Database) -> None:
    for statement in (
        delete(journal),
        update(journal).values(n=7),
        update(journal).values(recorded_at=1),
        delete(chains),
        update(chains).values(bytes="x"),
    ):
        assert refuses(filled, statement), statement
    with filled.read() as handle:
        assert len(handle.execute(select(journal)).all()) == 2


def test_the_detours_of_each_database_are_shut(filled: Database) -> None:
    place = f'"{filled.schema}".' if filled.schema else ""
    if filled.dialect == "postgresql":
        assert refuses(filled, text(f"TRUNCATE {place}signoff_journal"))
        assert refuses(filled, text(f"TRUNCATE {place}signoff_chain CASCADE"))
        assert refuses(filled, text("SET LOCAL session_replication_role = replica"), delete(journal))
        return
    with filled.read() as handle:
        row = dict(handle.execute(select(journal).where(journal.c.n == 2)).mappings().one())
        link = dict(handle.execute(select(chains)).mappings().one())
    assert refuses(filled, insert(journal).prefix_with("OR REPLACE").values({**row, "bytes": "x"}))
    assert refuses(filled, insert(journal).prefix_with("OR REPLACE").values({**row, "n": 9}))
    assert refuses(filled, insert(chains).prefix_with("OR REPLACE").values({**link, "bytes": "x"}))
    for table, given in ((journal, {**row, "n": 9, "request_id": "r9"}), (chains, {**link, "n": 9})):
        names, values = ", ".join(given), ", ".join(f":{name}" for name in given)
        over = f"INSERT OR REPLACE INTO {table.name} (rowid, {names}) VALUES (1, {values})"
        assert refuses(filled, text(over).bindparams(**given)), table.name


def test_beside_a_record_something_may_only_go(filled: Database) -> None:
    here = update(journal).where(journal.c.n == 1)
    for wrong in (
        '{"aa":["00","three"],"bb":["11","two"]}',
        '{"aa":["00","one"],"bb":["11","two"],"cc":["22","x"]}',
        '{"cc":["00","one"]}',
    ):
        assert refuses(filled, here.values(sealed=wrong)), wrong
    assert not refuses(filled, here.values(sealed='{"bb":["11","two"]}'))
    assert refuses(filled, here.values(sealed=SALTED)), "what is gone does not come back"
    assert not refuses(filled, here.values(sealed=None))
    assert refuses(filled, here.values(sealed="{}"))


def test_an_upgrade_keeps_them_and_what_is_missing_is_told(filled: Database) -> None:
    migrations.upgrade(filled)
    with filled.write() as handle:
        assert guards.missing(handle.connection) == ()
        guards.drop(handle.connection)
        assert len(guards.missing(handle.connection)) == (4 if filled.dialect == "postgresql" else 6)
        handle.execute(delete(journal))
        guards.create(handle.connection)
        assert guards.missing(handle.connection) == ()
