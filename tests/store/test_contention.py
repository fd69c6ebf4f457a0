"""Two writers and hosts: nobody is overwritten, nobody waits for ever, and the host's transaction stays its own."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from signoff.errors import Conflict, UnsafeDatabase
from signoff.store import chain, codec, database, ids
from signoff.store.codec import Kept
from signoff.store.database import Database
from signoff.store.schema import candidate, journal
from signoff.store.unit import LOCKED, Unit
from tests.store import story
from tests.store.story import new_id, rows, start, vote


def together(*works: Callable[[], Any]) -> list[Any]:
    """Run each in a thread of its own, all set off at once; results in order, errors among them."""
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        gate.wait(timeout=30)
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


# writers ------------------------------------------------------------------------------------------------


def test_writers_on_one_instance_follow_one_another(db: Database) -> None:
    id = new_id()
    with Unit(db) as unit:
        start(unit, id)

    def once(person: str) -> None:
        with Unit(db) as unit:
            vote(unit, id, person)

    people = [f"p{n}" for n in range(6)]
    found = together(*(lambda person=person: db.attempt(lambda: once(person)) for person in people))
    assert found == [None] * 6
    with db.read() as handle:
        links = [chain.Link(n, b, h) for n, b, h in rows(handle, journal, "n", "bytes", "hash")]
        assert chain.verify_links(sorted(links, key=lambda link: link.n)) == []
        assert len(links) == 7
        done = [person for person, state in rows(handle, candidate, "person", "state") if state == "done"]
    assert done == people


def test_one_request_sent_by_many_at_once_is_applied_once(db: Database) -> None:
    id = new_id()
    with Unit(db) as unit:
        start(unit, id)

    def once() -> Kept:
        with Unit(db) as unit:
            loaded = story.load(unit, id, request_id="r1", digest="d")
            if loaded.repeated is not None:
                return loaded.repeated
            sent = story.envelope("Approve", by="amy", request_id="r1")
            return unit.put(story.change(loaded, [], [], sent)).row

    found = together(*[lambda: db.attempt(once)] * 6)
    assert len(set(found)) == 1
    assert codec.decode_entry(found[0].bytes, found[0].sealed).n == 2


def test_one_start_sent_by_many_at_once_is_one_instance(db: Database) -> None:
    id = ids.new_instance("buy", key="K", request_id="r1")

    def once() -> Kept:
        with Unit(db) as unit:
            known = unit.expect(id, request_id="r1", digest="d")
            if known is not None:
                return known
            unit.put(story.start_change(id, key="K", request_id="r1"))
            return unit.save()[id].row

    found = together(*[lambda: db.attempt(once)] * 4)
    assert len(set(found)) == 1
    assert codec.decode_entry(found[0].bytes, found[0].sealed).n == 1


def test_one_business_key_wanted_by_many_at_once_is_given_once(db: Database) -> None:
    def once(name: str) -> None:
        with Unit(db) as unit:
            start(unit, ids.new_instance("buy", key="K", entropy=name), key="K")

    found = together(*(lambda name=name: db.attempt(lambda: once(name)) for name in "abcd"))
    assert sorted(str(getattr(error, "code", "")) for error in found) == ["", *["key_in_use"] * 3]


def test_who_does_not_wait_is_told_that_it_is_locked(on_postgres: Database) -> None:
    db, id = on_postgres, new_id()
    with Unit(db) as unit:
        start(unit, id)
    with Unit(db) as holder, Unit(db) as other:
        assert story.load(holder, id)
        assert other.load_free(id) is LOCKED
        assert other.load_free(new_id("nobody")) is None
    with Unit(db) as other:
        assert other.load_free(id) is not LOCKED


@pytest.fixture
def on_postgres(postgres: Any, postgres_template: str) -> Iterator[Database]:
    name = postgres.create(postgres_template)
    db = Database(postgres.url(name))
    yield db
    db.dispose()
    postgres.drop(name)


def test_an_attempt_is_repeated_whole_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "FIRST_PAUSE", 0.0)
    db, seen = Database("sqlite://"), []

    def busy() -> None:
        seen.append(1)
        raise Conflict("concurrent_change", detail="")

    def refused() -> None:
        seen.append(1)
        raise Conflict("key_in_use", key="K", process="p")

    with pytest.raises(Conflict):
        db.attempt(busy)
    assert 3 <= len(seen) <= 10
    seen.clear()
    with pytest.raises(Conflict):
        db.attempt(refused)
    assert seen == [1]


# the host's transaction ---------------------------------------------------------------------------------


@pytest.fixture
def host(ready: str) -> Iterator[Engine]:
    """The host's engine, as a host makes it: nothing of ours is set on it."""
    engine = create_engine(ready)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE orders (id integer)"))
    yield engine
    engine.dispose()


def _orders(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM orders")).scalar_one())


def test_host_and_instance_are_committed_together(host: Engine) -> None:
    db, id = Database(host), new_id()
    with host.begin() as connection:
        connection.execute(text("INSERT INTO orders VALUES (1)"))
        with Unit(db, connection) as unit:
            start(unit, id)
        assert connection.in_transaction()
    with host.connect() as connection, Unit(db, connection) as unit:
        assert story.load(unit, id).n == 1
        assert _orders(connection) == 1


def test_host_and_instance_are_rolled_back_together(host: Engine) -> None:
    db, id = Database(host), new_id()
    with host.connect() as connection:
        connection.execute(text("INSERT INTO orders VALUES (1)"))
        with Unit(db, connection) as unit:
            start(unit, id)
        connection.rollback()
    with Unit(db) as unit:
        assert unit.load(id) is None
        assert _orders(unit.connection) == 0


def test_a_connection_that_has_done_nothing_yet_commits_what_signoff_did(host: Engine) -> None:
    db, id = Database(host), new_id()
    with host.connect() as connection:
        with Unit(db, connection) as unit:
            start(unit, id)
        connection.commit()
    with Unit(db) as unit:
        assert unit.load(id) is not None


@pytest.mark.parametrize("wrong", ["key", "request", "stale", "refused"])
def test_a_refusal_leaves_the_hosts_transaction_usable(host: Engine, wrong: str) -> None:
    db = Database(host)
    first, second = (ids.new_instance("buy", key="K", entropy=name) for name in "ab")
    with Unit(db) as unit:
        start(unit, first, key="K")
        unit.save()
        vote(unit, first, "amy", request_id="r1")
    with host.begin() as connection:
        connection.execute(text("INSERT INTO orders VALUES (1)"))
        with pytest.raises(Conflict):
            _wrong(db, connection, wrong, first, second)
        connection.execute(text("INSERT INTO orders VALUES (2)"))
        with Unit(db, connection) as unit:
            vote(unit, first, "bob", request_id="r2")
    with Unit(db) as unit:
        assert _orders(unit.connection) == 2
        assert story.load(unit, first).n == 3


def _wrong(db: Database, connection: Connection, wrong: str, first: str, second: str) -> None:
    with Unit(db, connection) as unit:
        if wrong == "key":
            start(unit, second, key="K")
        elif wrong == "request":
            unit.load(first, request_id="r1", digest="other")
        elif wrong == "stale":
            loaded = story.load(unit, first)
            loaded.row_version -= 1
            unit.put(story.change(loaded, [], [], story.envelope("Approve")))
        else:
            story.load(unit, first)
            raise Conflict("concurrent_change", detail="the kernel refuses")


def test_nothing_of_ours_is_set_on_the_hosts_engine(host: Engine) -> None:
    before = _settings(host)
    db = Database(host)
    with Unit(db) as unit:
        start(unit, new_id())
    assert db.engine.pool is host.pool
    assert _settings(host) == before
    db.dispose()
    with host.connect() as connection:
        assert _orders(connection) == 0


def _settings(host: Engine) -> list[Any]:
    names = ("synchronous", "journal_mode", "busy_timeout", "foreign_keys")
    with host.connect() as connection:
        if host.dialect.name == "postgresql":
            return [connection.execute(text("SHOW ALL")).fetchall()]
        return [connection.execute(text(f"PRAGMA {name}")).scalar() for name in names]


def test_a_connection_that_commits_by_itself_is_refused(host: Engine) -> None:
    db = Database(host)
    committing = host.execution_options(isolation_level="AUTOCOMMIT")
    with committing.connect() as connection, pytest.raises(UnsafeDatabase) as caught, Unit(db, connection):
        pass
    assert caught.value.code == "no_transaction"


def test_a_host_that_waits_too_long_gets_a_conflict(tmp_path: Any, sqlite_template: Any) -> None:
    path = tmp_path / "busy.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 0})
    db = Database(engine)
    blocker = sqlite3.connect(path, isolation_level=None)
    with engine.connect() as connection:
        db.ensure()
        blocker.execute("BEGIN IMMEDIATE")
        with pytest.raises(Conflict) as caught, Unit(db, connection) as unit:
            unit.load(new_id())
        assert caught.value.code == "database_locked"
        blocker.execute("ROLLBACK")
        with Unit(db, connection) as unit:
            start(unit, new_id())
    blocker.close()
    engine.dispose()


def test_a_deadlock_reaches_the_host_as_a_conflict(on_postgres: Database) -> None:
    db = on_postgres
    first, second = sorted([new_id("a"), new_id("b")])
    with Unit(db) as unit:
        start(unit, first)
        start(unit, second)
    host = create_engine(db.url, connect_args={"options": "-c deadlock_timeout=20ms"})
    both_hold = threading.Barrier(2)

    def lock(one: str, other: str) -> None:
        with host.begin() as connection:
            with Unit(db, connection) as unit:
                story.load(unit, one)
            both_hold.wait(timeout=30)
            with Unit(db, connection) as unit:
                story.load(unit, other)

    found = together(lambda: lock(first, second), lambda: lock(second, first))
    refused = [error for error in found if error is not None]
    assert [error.code for error in refused] == ["concurrent_change"]
    host.dispose()


def test_a_serializable_host_gets_a_conflict(on_postgres: Database) -> None:
    db, id = on_postgres, new_id()
    with Unit(db) as unit:
        start(unit, id)
    host = create_engine(db.url, isolation_level="SERIALIZABLE")
    with host.connect() as connection:
        connection.execute(text("SELECT count(*) FROM signoff_instance")).scalar()
        with Unit(db) as unit:
            vote(unit, id, "amy")
        with pytest.raises(Conflict) as caught, Unit(db, connection) as unit:
            unit.load(id)
        assert caught.value.code == "concurrent_change"
        connection.rollback()
        with Unit(db, connection) as unit:
            vote(unit, id, "bob")
        connection.commit()
    host.dispose()
