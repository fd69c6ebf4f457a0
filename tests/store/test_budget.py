"""What a command costs in statements, exactly: one of them less is as surprising as one more."""

from collections.abc import Callable, Iterator
from datetime import UTC

import pytest

from signoff.store import ids
from signoff.store.database import Database
from signoff.store.unit import Unit
from tests.store import story
from tests.store.counting import Log, counted
from tests.store.story import AT, new_id, start, vote

Counted = tuple[Database, Log]


@pytest.fixture
def watched(ready: str) -> Iterator[Counted]:
    """A database that has been used before, and the log of its statements."""
    engine, log = counted(ready)
    db = Database(engine, clock=lambda: AT)
    db.ensure()
    log.clear()
    yield db, log
    engine.dispose()


def cost(watched: Counted, work: Callable[[Unit], object]) -> int:
    db, log = watched
    log.clear()
    with Unit(db) as unit:
        work(unit)
        assert unit.now().tzinfo is UTC  # asked with every command
    return len(log)


def test_a_command_costs_two_statements_on_postgresql_and_one_per_table_on_sqlite(watched: Counted) -> None:
    sqlite = watched[0].dialect == "sqlite"
    id, key = new_id(), ids.new_instance("buy", key="K", request_id="r")
    assert cost(watched, lambda unit: start(unit, id)) == (6 if sqlite else 2)
    assert cost(watched, lambda unit: start(unit, key, key="K", request_id="r")) == (6 if sqlite else 2)
    assert cost(watched, lambda unit: vote(unit, id, "amy")) == (4 if sqlite else 2)
    assert cost(watched, lambda unit: vote(unit, id, "bob", request_id="r1")) == (4 if sqlite else 2)
    assert cost(watched, lambda unit: story.decide(unit, id, "cid")) == (8 if sqlite else 2)
    assert cost(watched, lambda unit: story.suspend(unit, id)) == (4 if sqlite else 2)


def test_a_batch_costs_a_load_each_and_one_save(watched: Counted) -> None:
    db, _ = watched
    several = sorted(new_id(name) for name in "abcde")
    with Unit(db) as unit:
        for id in several:
            start(unit, id)

    def decide_all(unit: Unit) -> None:
        for id in several:
            story.decide(unit, id, "amy")

    # SQLite asks each instance by itself whether it was stale; everything beside goes together.
    assert cost(watched, decide_all) == (5 + 5 + 6 if db.dialect == "sqlite" else 5 + 1)


def test_the_cost_does_not_grow_with_the_age_of_the_instance(watched: Counted) -> None:
    id = new_id()
    cost(watched, lambda unit: start(unit, id))
    costs = {cost(watched, lambda unit: vote(unit, id, "amy")) for _ in range(30)}
    assert len(costs) == 1


def test_in_a_hosts_transaction_the_first_statement_is_the_locked_load(watched: Counted) -> None:
    db, log = watched
    id = new_id()
    with Unit(db) as unit:
        start(unit, id)
    with db.engine.connect() as connection:
        connection.begin()
        log.clear()
        with Unit(db, connection) as unit:
            vote(unit, id, "amy")
        assert len(log) == (4 if db.dialect == "sqlite" else 2)
        lock = "UPDATE signoff_instance SET row_version=" if db.dialect == "sqlite" else "FOR UPDATE"
        assert lock in log[0]
        connection.commit()
