"""What the agenda promises: nothing twice, nothing lost, nothing early, and nobody in another's way."""

import threading
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, event, insert, select, text

from signoff.errors import UnreadableState
from signoff.store import agenda, backlog
from signoff.store.database import Database
from signoff.store.schema import agenda as table
from tests.postgres import Cluster

SECOND = 1_000_000
LEASE = timedelta(seconds=30)
NOON = 1_700_000_000 * SECOND


def owe(db: Database, key: str, *, due: int = NOON, instance: str = "i-01", **more: object) -> None:
    owe_all(db, [row(key, due=due, instance=instance, **more)])


def row(key: str, *, due: int = NOON, instance: str = "i-01", **more: object) -> dict[str, object]:
    plain = {"shard": 1, "instance": instance, "key": key, "kind": "timer", "due_at": due, "state": "ready"}
    return {**plain, "payload": "{}", **more}


def owe_all(db: Database, rows: list[dict[str, object]]) -> None:
    with db.write() as handle:
        handle.execute(insert(table), rows)


def take(db: Database, *, now: int | None = NOON, owner: str = "me", limit: int = 100, **more: object):  # type: ignore[no-untyped-def]  # the arguments are claim's
    with db.write() as handle:
        return agenda.claim(handle.connection, owner=owner, lease=LEASE, limit=limit, now=now, **more)  # type: ignore[arg-type]  # passed through


def do(db: Database, work, *arguments: object, **more: object):  # type: ignore[no-untyped-def]  # any function of the agenda
    with db.write() as handle:
        return work(handle.connection, *arguments, **more)


def keys(found: list[agenda.Obligation]) -> list[str]:
    return [each.key for each in found]


# claiming -----------------------------------------------------------------------------------------------


def test_a_claim_gives_what_is_owed_and_counts_the_attempt(db: Database) -> None:
    owe(db, "t1", payload='{"timer":"t1"}')
    (found,) = take(db)
    assert found == agenda.Obligation(1, "i-01", "t1", "timer", NOON, '{"timer":"t1"}', 1, 1)
    assert found.payload == {"timer": "t1"}


def test_a_payload_gives_values_and_one_that_cannot_be_read_harms_no_other_row(db: Database) -> None:
    owe_all(db, [row("a", payload='{"amount":{"$decimal":"1.50"}}'), row("b", payload="{", due=NOON - 1)])
    bad, good = take(db)
    assert good.payload == {"amount": Decimal("1.50")}
    with pytest.raises(UnreadableState):
        _ = bad.payload


def test_nothing_is_claimed_early(db: Database) -> None:
    owe(db, "t1", due=NOON + 1)
    assert take(db) == []
    assert keys(take(db, now=NOON + 1)) == ["t1"]


def test_the_databases_clock_decides_unless_a_virtual_one_is_given(db: Database) -> None:
    with db.read() as handle:
        here = int(handle.connection.execute(select(agenda.clock(handle.connection))).scalar_one())
    owe_all(db, [row("past", due=here - SECOND), row("future", due=here + 3600 * SECOND)])
    assert keys(take(db, now=None)) == ["past"]


def test_the_longest_due_come_first_and_the_rest_later(db: Database) -> None:
    owe_all(db, [row(f"t{n}", due=NOON - n) for n in range(10)])
    assert keys(take(db, limit=3)) == ["t9", "t8", "t7"]
    assert keys(take(db, limit=3)) == ["t6", "t5", "t4"]


def test_what_is_held_done_or_dead_is_left(db: Database) -> None:
    owe_all(db, [row(state, state=state) for state in ("held", "done", "dead")])
    assert take(db) == []


def test_a_claim_may_be_limited_to_kinds_and_to_a_shard(db: Database) -> None:
    owe_all(db, [row("a"), row("b", kind="job"), row("c", shard=2), row("d", kind="notice")])
    assert keys(take(db, kinds=["job", "notice"])) == ["b", "d"]
    assert keys(take(db, shard=2)) == ["c"]


def test_the_lease_doubles_with_every_worker_that_did_not_survive_it(db: Database) -> None:
    owe(db, "t1")
    held = [LEASE, 2 * LEASE, 4 * LEASE, 4 * LEASE]
    now = NOON
    for length in held:
        assert take(db, now=now, longest=5 * LEASE)
        now += length // timedelta(microseconds=1)
        assert not take(db, now=now - 1, longest=5 * LEASE)


def test_claimed_rows_are_grouped_by_instance_in_the_order_of_locking(db: Database) -> None:
    owe_all(db, [row("a", instance="i-2"), row("b"), row("c", instance="i-2", due=NOON - 1)])
    grouped = agenda.by_instance(take(db))
    assert {name: keys(rows) for name, rows in grouped.items()} == {"i-01": ["b"], "i-2": ["c", "a"]}
    assert list(grouped) == ["i-01", "i-2"]


def test_workers_that_claim_at_once_take_everything_once(db: Database) -> None:
    owe_all(db, [row(f"t{n}", instance=f"i-{n % 40}") for n in range(400)])
    taken: list[str] = []
    problems: list[BaseException] = []

    def done(each: agenda.Obligation) -> bool:
        return bool(db.attempt(lambda: do(db, agenda.finish, each, now=NOON)))

    def work(name: str) -> None:
        try:
            while found := db.attempt(lambda: take(db, owner=name, limit=7)):
                taken.extend(each.key for each in found if done(each))
        except BaseException as error:  # noqa: BLE001 - a thread's failure must reach the test
            problems.append(error)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert Counter(taken) == Counter(f"t{n}" for n in range(400))


def test_rows_that_another_transaction_is_claiming_are_passed_over(
    postgres: Cluster, postgres_template: str
) -> None:
    db = Database(postgres.url(postgres.create(postgres_template)))
    owe_all(db, [row("a", due=NOON - 1), row("b")])
    with db.write() as first:
        mine = agenda.claim(first.connection, owner="x", lease=LEASE, limit=1, now=NOON)
        assert keys(mine) == ["a"]
        assert keys(take(db)) == ["b"]
    db.dispose()


# leases -------------------------------------------------------------------------------------------------


def test_a_lease_that_ran_out_is_claimed_again_and_the_first_holder_refused(db: Database) -> None:
    owe(db, "t1")
    (first,) = take(db)
    late = NOON + 30 * SECOND
    assert take(db, now=late - 1) == []
    (second,) = take(db, now=late, owner="other")
    assert (second.generation, second.attempts) == (2, 2)
    assert not do(db, agenda.finish, first)
    assert not do(db, agenda.retry, first, "late", LEASE, now=late)
    assert not do(db, agenda.bury, first, "late")
    assert not do(db, agenda.give_back, first)
    assert do(db, agenda.finish, second, now=late)
    assert not do(db, agenda.finish, second, now=late)


def test_a_renewed_lease_holds_longer(db: Database) -> None:
    owe(db, "t1")
    (found,) = take(db)
    assert do(db, agenda.renew, found, lease=LEASE, now=NOON + 20 * SECOND)
    assert take(db, now=NOON + 49 * SECOND) == []
    assert keys(take(db, now=NOON + 50 * SECOND)) == ["t1"]
    assert not do(db, agenda.renew, found, lease=LEASE, now=NOON + 50 * SECOND)


def test_giving_back_counts_no_attempt_and_can_wait_a_little(db: Database) -> None:
    owe(db, "t1")
    (found,) = take(db)
    assert do(db, agenda.give_back, found, wait=timedelta(seconds=1), now=NOON)
    assert not do(db, agenda.finish, found)
    assert take(db) == []
    (again,) = take(db, now=NOON + SECOND)
    assert again.attempts == 1
    assert again.due == NOON, "it is as late as it was"


# failing ------------------------------------------------------------------------------------------------


def test_what_failed_is_due_later_and_stands_in_nobodys_way(db: Database) -> None:
    owe_all(db, [row(f"bad{n}", due=NOON - 10) for n in range(5)] + [row("good")])
    for each in take(db, limit=5):
        assert do(db, agenda.retry, each, "no answer", timedelta(minutes=1), now=NOON)
    assert keys(take(db, limit=5)) == ["good"]
    again = take(db, now=NOON + 60 * SECOND)
    assert {(each.key, each.attempts) for each in again} >= {(f"bad{n}", 2) for n in range(5)}


def test_what_is_buried_stays_until_it_is_revived(db: Database) -> None:
    owe_all(db, [row("bad"), row("worse", due=NOON - 1)])
    for each in take(db):
        assert do(db, agenda.bury, each, "x" * 5000)
    assert take(db, now=NOON + 10**12) == []
    with db.read() as handle:
        dead = backlog.dead(handle.connection)
    assert [(each.key, each.attempts, len(each.error)) for each in dead] == [
        ("worse", 1, 2000),
        ("bad", 1, 2000),
    ]
    assert do(db, agenda.revive, shard=1, instance="i-01", key="bad", now=NOON) == 1
    (found,) = take(db)
    assert (found.key, found.attempts) == ("bad", 1)
    assert do(db, agenda.revive, now=NOON) == 1


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_the_wait_grows_with_the_attempts_and_stays_between_a_second_and_an_hour(
    n: int, chance: float
) -> None:
    wait = agenda.backoff(n, chance)
    assert timedelta(seconds=1) <= wait <= timedelta(hours=1)
    assert agenda.backoff(n + 1, chance) >= wait


# looking and cleaning up --------------------------------------------------------------------------------


def next_due(db: Database, now: int = NOON, **more: object) -> int | None:
    with db.read() as handle:
        return backlog.next_due(handle.connection, now, **more)  # type: ignore[arg-type]  # passed through


def test_the_next_due_time_is_that_of_the_next_claim_that_finds_something(db: Database) -> None:
    assert next_due(db) is None
    owe_all(db, [row("a", due=NOON - 5), row("b", due=NOON + 90 * SECOND, kind="job")])
    assert next_due(db) == NOON - 5
    (found,) = take(db)
    assert next_due(db) == NOON + 30 * SECOND, "when the lease ends"
    assert next_due(db, kinds=["job"]) == NOON + 90 * SECOND
    do(db, agenda.finish, found, now=NOON)
    assert next_due(db) == NOON + 90 * SECOND


def test_the_lag_says_how_much_is_late_and_by_how_long(db: Database) -> None:
    with db.read() as handle:
        assert backlog.lag(handle.connection, NOON) == backlog.Lag(0, 0, 0, timedelta())
    owe_all(db, [row("a", due=NOON - 5 * SECOND), row("b"), row("c", due=NOON + 1), row("d", state="dead")])
    take(db, limit=1)
    with db.read() as handle:
        assert backlog.lag(handle.connection, NOON) == backlog.Lag(2, 1, 1, timedelta(seconds=5))
        assert backlog.lag(handle.connection).due == 3


def test_sweeping_removes_only_what_was_done_long_ago(db: Database) -> None:
    owe_all(db, [row("a"), row("b"), row("c", due=NOON + 10**9), row("d", state="dead", due=1)])
    first, second = take(db)
    do(db, agenda.finish, first, now=NOON)
    do(db, agenda.finish, second, now=NOON + 60 * SECOND)
    assert do(db, agenda.sweep, NOON + 1) == 1
    with db.read() as handle:
        left = handle.connection.execute(table.select().order_by(table.c.key)).all()
    assert [(each.key, each.state) for each in left] == [("b", "done"), ("c", "ready"), ("d", "dead")]


# plans --------------------------------------------------------------------------------------------------


def test_a_claim_reads_the_index_and_not_the_table(db: Database) -> None:
    owe_all(
        db,
        [
            row(f"t{n}", instance=f"i-{n}", due=NOON + n, state="done" if n % 2 else "ready")
            for n in range(5000)
        ],
    )
    found: list[str] = []

    def explain(connection: Connection, statement: str, parameters: object) -> None:
        how = "EXPLAIN QUERY PLAN " if db.dialect == "sqlite" else "EXPLAIN "
        found.extend(str(line) for line in connection.exec_driver_sql(how + statement, parameters).all())  # type: ignore[arg-type]  # as the driver had them

    with db.write() as handle:
        if db.dialect == "postgresql":
            handle.connection.execute(text("ANALYZE signoff_agenda"))
        statements = recorded(handle.connection)
        agenda.claim(handle.connection, owner="me", lease=LEASE, limit=10, now=NOON)
        explain(handle.connection, *statements[0])
        assert len(statements) == 1, "one statement"
    plan = "\n".join(found)
    assert "signoff_agenda_claim_ix" in plan
    assert "SCAN signoff_agenda" not in plan
    assert "Seq Scan on signoff_agenda" not in plan


def recorded(connection: Connection) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []

    def note(
        _c: object, _cursor: object, statement: str, parameters: object, _x: object, _many: bool
    ) -> None:
        if not statement.startswith("EXPLAIN"):
            found.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    return found
