"""What verifying promises: silence about what holds, and for every kind of change in the tables its name."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Executable, delete, insert, select, update

from signoff.read.deployment import verify_definitions
from signoff.read.document import lost
from signoff.read.finding import Finding
from signoff.read.ledger import verify_chains
from signoff.read.verify import Means, orphans, verify_instance, verify_instances
from signoff.store import chain, codec, people, rebuild
from signoff.store.chain import link_hash
from signoff.store.database import Database
from signoff.store.people import Individual, People
from signoff.store.schema import (
    agenda,
    candidate,
    chain_head,
    definition,
    instance,
    involvement,
    journal,
    task,
)
from signoff.store.schema import chain as chain_rows
from tests.read import play
from tests.read.play import AT, new_id
from tests.ready import unguard

MEANS = Means(rebuild.state_of, rebuild.rows_of, lost)


@pytest.fixture
def id(db: Database) -> str:
    found = new_id()
    version = play.deploy(db)
    play.start(db, found, key="K-1", version=version)
    play.submit(db, found)
    play.approve(db, found)
    return found


def check(db: Database, id: str) -> list[Finding]:
    with db.read() as handle:
        return verify_instance(handle.connection, id, MEANS)


def faults(found: Iterable[Finding]) -> set[str]:
    return {str(each.fault) for each in found}


def tamper(db: Database, *statements: Executable) -> None:
    with db.write() as handle:
        unguard(handle.connection)
        for statement in statements:
            handle.execute(statement)


def ask(db: Database, look_up: Any, *arguments: Any, **more: Any) -> Any:
    with db.read() as handle:
        return look_up(handle.connection, *arguments, **more)


# what holds ---------------------------------------------------------------------------------------------


def test_nothing_is_found_where_nothing_was_changed(db: Database, id: str) -> None:
    assert check(db, id) == []
    play.end(db, id)
    assert check(db, id) == []
    for verify in (verify_chains, verify_definitions, orphans):
        assert ask(db, verify) == []


def test_every_instance_is_looked_at_in_pages(db: Database, id: str) -> None:
    for n in range(4):
        play.start(db, new_id(f"n{n}"))
    looked, page = 0, ask(db, verify_instances, MEANS, limit=2)
    while page.after is not None:
        looked += page.instances
        page = ask(db, verify_instances, limit=2, after=page.after)
    assert looked + page.instances == 5
    assert page.findings == []


def test_what_the_worker_ends_by_itself_is_no_finding(db: Database, id: str) -> None:
    tamper(
        db,
        update(agenda).where(agenda.c.kind == "notice").values(state="done"),
        update(agenda)
        .where(agenda.c.key == "a20/open")
        .values(attempts=3, generation=3, due_at=agenda.c.due_at + 1, state="dead"),
    )
    assert check(db, id) == []


# records ------------------------------------------------------------------------------------------------


def record(n: int) -> Any:
    return journal.c.n == n


def test_changed_bytes_break_the_chain(db: Database, id: str) -> None:
    bytes = ask(db, lambda c: c.execute(select(journal.c.bytes).where(record(2))).scalar_one())
    tamper(db, update(journal).where(record(2)).values(bytes=bytes.replace("lin", "wang")))
    assert Finding(id, "changed", 2) in check(db, id)


def test_a_changed_hash_is_noticed_at_the_next_record_too(db: Database, id: str) -> None:
    tamper(db, update(journal).where(record(2)).values(hash="0" * 64))
    assert {(each.fault, each.n) for each in check(db, id)} >= {("changed", 2), ("unlinked", 3)}


def test_records_that_were_taken_out_are_missed(db: Database, id: str) -> None:
    tamper(db, delete(journal).where(record(2)))
    assert {"missing", "unlinked", "count"} <= faults(check(db, id))


def test_a_tail_that_was_cut_off_is_missed(db: Database, id: str) -> None:
    tamper(db, delete(journal).where(record(3)))
    assert {"cut", "count"} <= faults(check(db, id))


def test_a_tail_cut_off_with_its_head_differs_from_the_state(db: Database, id: str) -> None:
    hash = ask(db, lambda c: c.execute(select(journal.c.hash).where(record(2))).scalar_one())
    tamper(db, delete(journal).where(record(3)), update(instance).values(n=2, head=hash))
    assert "count" in faults(check(db, id))


def test_a_record_moved_to_another_instance_is_noticed(db: Database, id: str) -> None:
    other = new_id("other")
    play.start(db, other)
    tamper(
        db,
        delete(journal).where(journal.c.instance == id, journal.c.n > 1),
        delete(journal).where(journal.c.instance == other),
        update(journal).values(instance=other, shard=int(other[:2], 16)),
    )
    assert "elsewhere" in faults(check(db, other))
    assert "cut" in faults(check(db, id))


def test_a_whole_history_written_anew_differs_from_the_head_kept_elsewhere(db: Database, id: str) -> None:
    kept = ask(db, lambda c: c.execute(select(instance.c.n, instance.c.head)).one())
    rows = ask(db, lambda c: c.execute(select(journal).order_by(journal.c.n)).all())
    before = ""
    for row in rows:
        entry = codec.parse(row.bytes)
        entry |= {"prev": before, "actor": "mallory"}
        bytes = codec.compact(entry)
        before = link_hash(before, bytes)
        tamper(db, update(journal).where(record(row.n)).values(bytes=bytes, hash=before))
    tamper(db, update(instance).values(head=before))
    assert check(db, id) == [], "who can rewrite everything leaves no trace inside"
    links = [
        chain.Link(*row)
        for row in ask(
            db,
            lambda c: c.execute(
                select(journal.c.n, journal.c.bytes, journal.c.hash).order_by(journal.c.n)
            ).all(),
        )
    ]
    assert chain.verify_links(links, head=(kept.n, kept.head))


def test_bytes_that_are_no_record_are_named_unreadable(db: Database, id: str) -> None:
    tamper(db, update(journal).where(record(2)).values(bytes="{"))
    assert {"unreadable", "changed"} <= faults(check(db, id))


def test_a_column_beside_the_bytes_is_compared(db: Database, id: str) -> None:
    tamper(db, update(journal).where(record(1)).values(request_id="x", recorded_at=1))
    assert check(db, id) == [Finding(id, "column", 1, name) for name in ("request_id", "recorded_at")]


def test_time_that_runs_backwards_is_named(db: Database) -> None:
    id = new_id()
    play.start(db, id, at=AT)
    play.submit(db, id, at=AT - timedelta(microseconds=1))
    assert "backwards" in faults(check(db, id))


def test_records_without_their_instance_are_orphans(db: Database, id: str) -> None:
    tamper(db, delete(instance))
    assert check(db, id) == [Finding(id, "orphan")]
    assert ask(db, orphans) == [Finding(id, "orphan")]


# what is derived ----------------------------------------------------------------------------------------


def test_a_column_of_the_instance_is_compared_with_its_state(db: Database, id: str) -> None:
    texts = ("process", "version", "key", "title", "status", "outcome", "starter")
    for name in (*texts, "live", "started_at", "ended_at"):
        before = ask(db, lambda c, name=name: c.execute(select(instance.c[name])).scalar_one())
        other = "other" if name in texts else False if name == "live" else 1
        tamper(db, update(instance).values({name: other}))
        assert Finding(id, "column", detail=name) in check(db, id)
        tamper(db, update(instance).values({name: before}))
    assert check(db, id) == []


def test_a_changed_state_or_variable_is_not_what_the_records_lead_to(db: Database, id: str) -> None:
    state, variables = ask(db, lambda c: c.execute(select(instance.c.state, instance.c.variables)).one())
    tamper(db, update(instance).values(state=state.replace("chen", "wang")))
    assert faults(check(db, id)) == {"state"}
    tamper(db, update(instance).values(state=state, variables=variables.replace("3", "30")))
    assert faults(check(db, id)) == {"variables"}
    tamper(db, update(instance).values(variables="{"))
    assert faults(check(db, id)) == {"state"}


def test_a_row_beside_the_instance_is_compared_and_repaired(db: Database, id: str) -> None:
    cases: list[tuple[Executable, str]] = [
        (update(task).where(task.c.id == "a20").values(open=False), "task a20: open"),
        (update(task).where(task.c.id == "a5").values(due=None), "task a5: due"),
        (delete(task).where(task.c.id == "a20"), "task a20: missing"),
        (
            update(candidate).where(candidate.c.person == "chen").values(state="gone"),
            "candidate g10#0/chen: state",
        ),
        (
            update(candidate).where(candidate.c.person == "wang").values(person="eve"),
            "candidate a5/eve: left over",
        ),
        (delete(involvement).where(involvement.c.how == "copied"), "involvement wang/copied: missing"),
        (delete(agenda).where(agenda.c.key == "a20/open"), "agenda a20/open: missing"),
        (update(agenda).where(agenda.c.key == "a5/rung").values(state="ready"), "agenda a5/rung: left over"),
    ]
    for statement, detail in cases:
        tamper(db, statement)
        assert Finding(id, "projection", detail=f"signoff_{detail}") in check(db, id)
        with db.write() as handle:
            rows = handle.execute(select(journal).order_by(journal.c.n)).all()
            rebuild.repair(handle.connection, [codec.decode_entry(row.bytes, row.sealed) for row in rows])
        assert check(db, id) == []


# chains and definitions ---------------------------------------------------------------------------------


def test_a_changed_system_chain_is_named(db: Database, id: str) -> None:
    with db.write() as handle:
        everybody = People({"chen": Individual(id="chen", admin=True)}, {})
        people.take_in(handle.connection, everybody, by="chen", at=AT)
    bytes = ask(
        db,
        lambda c: c.execute(select(chain_rows.c.bytes).where(chain_rows.c.name == "directory")).scalar_one(),
    )
    where = chain_rows.c.name == "directory"
    tamper(db, update(chain_rows).where(where).values(bytes=bytes.replace("true", "false")))
    assert ask(db, verify_chains) == [Finding("directory", "changed", 1)]
    tamper(db, delete(chain_rows).where(where))
    assert ask(db, verify_chains) == [Finding("directory", "cut", 1)]
    tamper(db, delete(chain_head).where(chain_head.c.name == "deployment"))
    assert Finding("deployment", "cut", 1) in ask(db, verify_chains)


def test_a_changed_or_smuggled_definition_is_named(db: Database, id: str) -> None:
    row = ask(db, lambda c: c.execute(select(definition)).mappings().one())
    tamper(db, update(definition).values(source="other"))
    assert ask(db, verify_definitions) == [Finding(row["version"], "definition", detail="source")]
    tamper(db, update(definition).values(model="{}"))
    assert Finding(row["version"], "definition", detail="model") in ask(db, verify_definitions)
    smuggled = {**row, "version": codec.version_of("x"), "model": "x", "number": 2}
    tamper(db, insert(definition).values(**smuggled))
    assert Finding(codec.version_of("x"), "unrecorded") in ask(db, verify_definitions)
