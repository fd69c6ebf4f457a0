"""What the inbox and the lists of involvement promise: the right rows, in order, page by page, from an index."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from signoff.read.inbox import InboxRow, inbox, unassigned
from signoff.read.involvement import copied, done, started
from signoff.store.database import Database
from signoff.store.schema import candidate, instance, involvement, task
from tests.read.rows import (
    NOON,
    Plans,
    a_candidate,
    a_task,
    an_instance,
    an_involvement,
    fill,
    put,
)


def look(db: Database, list_: Callable[..., list[Any]], *arguments: Any, **more: Any) -> list[Any]:
    with db.read() as handle:
        return list_(handle.connection, *arguments, **more)


def names(rows: list[InboxRow]) -> list[str]:
    return [row.task for row in rows]


def test_the_inbox_shows_what_a_person_may_do(db: Database) -> None:
    put(db, instance, [an_instance("i-1")])
    put(db, task, [a_task("i-1", "a3", due=60, node="draft"), a_task("i-1", "a4")])
    put(db, candidate, [a_candidate("i-1", "a3", "chen"), a_candidate("i-1", "a4", "wang")])
    (row,) = look(db, inbox, "chen")
    assert row == InboxRow(
        task="i-1:a3",
        instance="i-1",
        title="Title of i-1",
        process="leave",
        version="v1",
        node="draft",
        kind="task",
        due=datetime.fromtimestamp(NOON + 60, UTC),
        opened_at=datetime.fromtimestamp(NOON, UTC),
        claimed_by="",
        key="KEY-i-1",
        status="running",
        place=row.place,
    )


def test_what_is_done_gone_or_closed_is_not_in_the_inbox(db: Database) -> None:
    put(db, instance, [an_instance("i-1")])
    put(db, task, [a_task("i-1", "a1"), a_task("i-1", "a2"), a_task("i-1", "a3", open=False)])
    states = {"a1": "done", "a2": "gone", "a3": "open"}
    put(db, candidate, [a_candidate("i-1", id, "chen", state=state) for id, state in states.items()])
    assert look(db, inbox, "chen") == []


def test_what_another_has_claimed_leaves_the_inbox_and_what_i_claimed_stays(db: Database) -> None:
    put(db, instance, [an_instance("i-1")])
    put(db, task, [a_task("i-1", "a1", claimed_by="wang"), a_task("i-1", "a2", claimed_by="chen")])
    put(db, candidate, [a_candidate("i-1", id, who) for id in ("a1", "a2") for who in ("chen", "wang")])
    assert names(look(db, inbox, "chen")) == ["i-1:a2"]
    assert names(look(db, inbox, "wang")) == ["i-1:a1"]


def test_tasks_that_open_later_are_left_out_of_todays_inbox(db: Database) -> None:
    put(db, instance, [an_instance("i-1")])
    put(db, task, [a_task("i-1", "a1", opens=60), a_task("i-1", "a2")])
    put(db, candidate, [a_candidate("i-1", id, "chen") for id in ("a1", "a2")])
    assert names(look(db, inbox, "chen", now=datetime.fromtimestamp(NOON, UTC))) == ["i-1:a2"]
    assert names(look(db, inbox, "chen", now=datetime.fromtimestamp(NOON + 60, UTC))) == ["i-1:a1", "i-1:a2"]
    assert len(look(db, inbox, "chen")) == 2


def test_the_earliest_due_comes_first_and_what_has_no_date_last(db: Database) -> None:
    put(db, instance, [an_instance(id) for id in ("i-1", "i-2")])
    dues = {("i-1", "a1"): None, ("i-1", "a2"): 20.0, ("i-2", "a1"): 10.0, ("i-2", "a2"): 20.0}
    put(db, task, [a_task(i, id, due=due) for (i, id), due in dues.items()])
    put(db, candidate, [a_candidate(i, id, "chen") for i, id in dues])
    assert names(look(db, inbox, "chen")) == ["i-2:a1", "i-1:a2", "i-2:a2", "i-1:a1"]


def test_pages_follow_one_another_without_a_gap_and_a_gate_is_one_row(db: Database) -> None:
    put(db, instance, [an_instance("i-1")])
    ids = ["a1", "a2", "g7#0", "g7#1", "g7#2", "g9#0", "a3"]
    put(db, task, [a_task("i-1", id, due=5) for id in ids])
    put(db, candidate, [a_candidate("i-1", id, "chen") for id in ids])
    for limit in (1, 2, 3, 100):
        found: list[InboxRow] = []
        while page := look(db, inbox, "chen", limit=limit, after=found[-1].place if found else None):
            found += page
        assert sorted(names(found)) == ["i-1:a1", "i-1:a2", "i-1:a3", "i-1:g7", "i-1:g9"]


def test_what_nobody_can_do_is_unassigned(db: Database) -> None:
    put(db, instance, [an_instance("i-1")])
    put(db, task, [a_task("i-1", f"a{n}") for n in range(1, 5)] + [a_task("i-1", "a5", open=False)])
    put(
        db,
        candidate,
        [
            a_candidate("i-1", "a1", "chen"),
            a_candidate("i-1", "a2", "chen", state="gone"),
            a_candidate("i-1", "a3", "chen", state="done"),
            a_candidate("i-1", "a3", "wang"),
        ],
    )
    assert names(look(db, unassigned)) == ["i-1:a2", "i-1:a4"]


def test_involvement_is_listed_by_kind_the_latest_first(db: Database) -> None:
    put(db, instance, [an_instance(id) for id in ("i-1", "i-2", "i-3")])
    hows = {"i-1": "started", "i-2": "started", "i-3": "copied"}
    put(db, involvement, [an_involvement(id, "lin", how, at=n) for n, (id, how) in enumerate(hows.items())])
    put(db, task, [a_task("i-3", "g4#0", open=False, kind="gate", node="sign"), a_task("i-3", "a1")])
    put(
        db,
        candidate,
        [a_candidate("i-3", "g4#0", "lin", state="done", at=9), a_candidate("i-3", "a1", "lin")],
    )
    assert [row.instance for row in look(db, started, "lin")] == ["i-2", "i-1"]
    assert [row.instance for row in look(db, copied, "lin")] == ["i-3"]
    (acted,) = look(db, done, "lin")
    assert (acted.task, acted.node, acted.at) == ("i-3:g4", "sign", datetime.fromtimestamp(NOON + 9, UTC))


def test_involvement_is_paged_without_a_gap(db: Database) -> None:
    put(db, instance, [an_instance(f"i-{n}") for n in range(7)])
    put(db, involvement, [an_involvement(f"i-{n}", "lin", "started", at=n // 3) for n in range(7)])
    found: list[Any] = []
    while page := look(db, started, "lin", limit=2, after=found[-1].place if found else None):
        found += page
    assert sorted(row.instance for row in found) == [f"i-{n}" for n in range(7)]
    assert found == sorted(found, key=lambda row: row.place, reverse=True)


def test_an_inbox_among_ten_thousand_tasks_is_one_query_that_scans_no_table(db: Database) -> None:
    fill(db, instances=10_000, tasks=1, people=500)
    with db.read() as handle:
        plans = Plans(handle.connection)
        rows = inbox(handle.connection, "p3")
        assert len(rows) == 40
        assert plans.statements == 1
        assert "signoff_candidate_person_ix" in plans.text
        for table in ("signoff_candidate", "signoff_task", "signoff_instance"):
            assert not plans.scans(table), plans.text
        for list_ in (started, done, copied):
            list_(handle.connection, "p3", limit=20)
        for table in ("signoff_candidate", "signoff_involvement", "signoff_instance"):
            assert not plans.scans(table), plans.text
