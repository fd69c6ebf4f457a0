"""What the views of instances promise: found by what people call them, shown as they are, whole on paper."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signoff.errors import Invalid, NotFound
from signoff.kernel.events import flow, gate
from signoff.kernel.state import ActivityStatus, Decision, GateStatus
from signoff.model.gate import Strength
from signoff.read.audit import AuditRow, audit
from signoff.read.history import history, pages
from signoff.read.instance import find, listed, row_of, show
from signoff.store.database import Database
from signoff.store.schema import instance
from tests.read import play
from tests.read.play import AT, CHEN, DAY, new_id
from tests.read.rows import an_instance, put


def ask(db: Database, look_up: Any, *arguments: Any, **more: Any) -> Any:
    with db.read() as handle:
        return look_up(handle.connection, *arguments, **more)


@pytest.fixture
def id(db: Database) -> str:
    """An instance whose first step was approved."""
    found = new_id()
    version = play.deploy(db)
    play.start(db, found, key="K-1", version=version)
    play.submit(db, found)
    play.approve(db, found)
    return found


# finding ------------------------------------------------------------------------------------------------


def test_an_instance_is_found_by_its_id_its_key_or_part_of_its_id(db: Database, id: str) -> None:
    for text in (id, f" {id} ", f"{id}:g10", "K-1", id[:8], id[4:9].upper()):
        assert ask(db, find, text) == id


def test_what_names_no_instance_is_not_found(db: Database, id: str) -> None:
    for text in ("", "K-2", "%", "___", "00" + "a" * 16, "ab"):
        with pytest.raises(NotFound):
            ask(db, find, text)


def test_a_text_that_fits_several_names_them(db: Database, id: str) -> None:
    others = [f"{id[:6]}{n}{id[7:]}" for n in (2, 3, 4, 5, 6, 7)]
    put(db, instance, [an_instance(other) for other in others])
    with pytest.raises(Invalid) as refused:
        ask(db, find, id[:6])
    assert len(refused.value.params["instances"]) == 6
    assert refused.value.params["instances"][-1] == "…"


def test_a_running_instance_goes_before_ended_ones_of_its_key(db: Database) -> None:
    running, ended, older = new_id("x"), new_id("y"), new_id("z")
    put(
        db,
        instance,
        [
            an_instance(running, key="K"),
            an_instance(ended, key="K", live=False, status="completed"),
            an_instance(older, key="L", live=False, status="completed"),
        ],
    )
    assert ask(db, find, "K") == running
    assert ask(db, find, "L") == older


# listing and showing ------------------------------------------------------------------------------------


def test_instances_are_listed_the_latest_first_page_by_page(db: Database) -> None:
    names = [new_id(str(n)) for n in range(7)]
    put(
        db, instance, [an_instance(name, started=n // 2, starter=f"p{n % 2}") for n, name in enumerate(names)]
    )
    found: list[Any] = []
    while page := ask(db, listed, limit=3, after=found[-1].place if found else None):
        found += page
    assert {row.id for row in found} == set(names)
    assert found == sorted(found, key=lambda row: row.place, reverse=True)
    assert {row.id for row in ask(db, listed, starter="p1")} == set(names[1::2])
    assert ask(db, listed, process="leave", status="running", live=True, limit=99) == found
    assert ask(db, listed, live=False) == []


def test_an_instance_is_shown_as_its_decoded_state(db: Database, id: str) -> None:
    shown = ask(db, show, id)
    assert (shown.row.title, shown.row.key, shown.row.records, shown.number, shown.label) == (
        "Leave K-1",
        "K-1",
        3,
        1,
        "请假",
    )
    assert shown.row == ask(db, row_of, id)
    assert shown.row.started_at == AT
    assert shown.state.scopes["s2"].data == {"days": 3}
    assert shown.state.gates["g10"].status is GateStatus.PASSED
    assert shown.state.scopes["s2"].done["draft"].status is ActivityStatus.PASSED
    for look_up in (show, row_of):
        with pytest.raises(NotFound):
            ask(db, look_up, new_id("other"))


# history, audit -----------------------------------------------------------------------------------------


def test_the_history_says_who_did_what_when(db: Database, id: str) -> None:
    records = ask(db, history, id)
    assert [(each.n, each.command, each.by, each.name, each.at) for each in records] == [
        (1, "Start", "lin", "林", AT),
        (2, "Submit", "lin", "林", AT + DAY),
        (3, "Approve", "chen", "陈", AT + 3 * DAY),
    ]
    assert isinstance(records[0].events[0], flow.InstanceStarted)
    assert isinstance(records[2].events[0], gate.VoteCast)
    assert (records[2].auth, records[2].via) == (Strength.ATTESTED, "library")
    assert ask(db, history, id, after=1, limit=1) == records[1:2]
    assert ask(db, lambda connection: list(pages(connection, id))) == [records]


def test_the_audit_lists_decisions_over_all_instances(db: Database, id: str) -> None:
    other = new_id("other")
    play.start(db, other, at=AT + 5 * DAY)
    play.submit(db, other, at=AT + 6 * DAY)
    play.approve(db, other, at=AT + 7 * DAY)
    first, second = ask(db, audit).rows
    head = ask(db, row_of, id).head
    assert first == AuditRow(
        at=AT + 3 * DAY,
        instance=id,
        title="Leave K-1",
        process="leave",
        version=first.version,
        key="K-1",
        what="vote",
        node="draft",
        gate="g10",
        person="chen",
        name="陈",
        role="boss",
        decision=Decision.YES,
        meaning=first.meaning,
        strength=Strength.ATTESTED,
        note="fine",
        subject="subject-1",
        on_behalf="",
        authority="",
        via="library",
        n=3,
        hash=head,
    )
    assert ask(db, audit, since=AT + 4 * DAY).rows == [second]
    assert ask(db, audit, until=AT + 7 * DAY).rows == [first]
    assert ask(db, audit, by="lin").rows == []
    assert ask(db, audit, by="chen", process="leave").rows == [first, second]
    assert ask(db, audit, process="other").rows == []


def test_the_audit_comes_in_pages(db: Database, id: str) -> None:
    for n in range(3):
        other = new_id(f"n{n}")
        play.start(db, other)
        play.submit(db, other)
        play.approve(db, other)
    found, page = [], ask(db, audit, limit=3)
    while page.after is not None:
        found += page.rows
        page = ask(db, audit, limit=3, after=page.after)
    found += page.rows
    assert [row.instance for row in found] == [row.instance for row in ask(db, audit).rows]
    assert len(found) == 4


def test_a_waiver_is_a_decision_too(db: Database, id: str) -> None:
    other = new_id("waived")
    play.start(db, other)
    play.play(db, other, "Waive", [gate.RuleWaived("a5", "too-late", "chen", "an emergency")], by=CHEN, at=AT)
    (row,) = [row for row in ask(db, audit).rows if row.what == "waiver"]
    assert (row.node, row.person, row.note, row.decision) == ("too-late", "chen", "an emergency", None)


def test_instants_survive_to_the_microsecond(db: Database) -> None:
    at = datetime(2027, 3, 28, 1, 59, 59, 999_999, tzinfo=UTC)
    found = new_id()
    play.start(db, found, at=at)
    assert ask(db, row_of, found).started_at == at
    assert ask(db, history, found)[0].at == at
    assert at + timedelta(microseconds=1) > ask(db, row_of, found).recorded_at
