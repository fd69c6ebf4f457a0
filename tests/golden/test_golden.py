"""What an earlier release wrote is read, verified and worked to its end; and written again as it stands."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from signoff.store import codec, migrations
from signoff.store.database import Database
from signoff.store.schema import definition, instance, instant, journal
from tests.golden import make
from tests.golden.make import Office

GOLDEN = sorted(make.FOLDER.glob("*.sql"))
ENDS = {
    "open": "completed", "claimed": "completed", "voted": "completed", "waived": "completed",
    "scheduled": "completed", "stale": "completed", "suspended": "completed", "catch": "completed",
    "reminded": "completed", "boundary": "completed", "daily": "completed", "failed": "completed",
    "owed": "completed", "parallel": "completed", "inclusive": "completed", "each": "completed",
    "in-turn": "completed", "calling": "completed", "completed": "completed", "declined": "declined",
    "cancelled": "cancelled",
}  # fmt: skip
FORMS: dict[str, dict[str, Any]] = {
    "draft": make.DRAFT,
    "prepare": {"ticks": ["就绪"]},
    "then": {"ticks": ["好"]},
    "ask": {"data": {"word": "话"}},
    "inside": {"data": {"answer": "是"}},
}
PATIENCE = 100  # moments
PEOPLE = ("lin", "wang", "chen", "fang")


def after(office: Office) -> None:
    """Stand where the last record of the database stands."""
    last = max(row.recorded_at for row in office.engine.instances())
    office.clock.set(last)


@pytest.fixture(scope="module", params=GOLDEN, ids=lambda path: path.stem)
def golden(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A restored database, at the schema of this release; copy it, never open it."""
    path = tmp_path_factory.mktemp("golden") / "golden.db"
    make.restore(request.param.read_text(encoding="utf-8"), path)
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database)
    database.dispose()
    return path


@pytest.fixture
def office(golden: Path, tmp_path: Path) -> Iterator[Office]:
    """The people at work on it, with a line that is up again."""
    path = shutil.copy(golden, tmp_path / "golden.db")
    office = Office(f"sqlite:///{path}", send=lambda inputs: f"{inputs['price']} 元")
    after(office)
    yield office
    office.engine.dispose()


def test_there_is_one_for_every_release() -> None:
    assert [path.stem for path in GOLDEN][:1] == ["0.1"]


def test_it_comes_out_the_same_each_time(tmp_path: Path) -> None:
    assert make.build(tmp_path / "one.db") == make.build(tmp_path / "two.db")


def test_what_is_restored_is_what_was_dumped(tmp_path: Path) -> None:
    for path in GOLDEN:
        text = path.read_text(encoding="utf-8")
        make.restore(text, tmp_path / "restored.db")
        assert make.dump(tmp_path / "restored.db") == text


def test_it_verifies_and_every_instance_is_shown(office: Office) -> None:
    assert office.engine.verify().findings == ()
    rows = office.engine.instances()
    assert {row.key for row in rows} == set(ENDS)
    for row in rows:
        engine = office.engine
        assert engine.show(row.id).row.key == row.key
        assert engine.history(row.id)
        assert engine.timeline(row.id) is not None
        waits = engine.why(row.id)
        assert bool(waits) == (row.ended_at is None), row.key


def test_what_was_written_is_written_again_byte_for_byte(office: Office) -> None:
    with office.engine.core.database.read() as handle:
        rows = handle.connection.execute(select(instance)).all()
        records = handle.connection.execute(select(journal)).all()
        models = handle.connection.execute(select(definition)).all()
    for row in rows:
        state = codec.decode_state(row.state, row.variables, row.format)
        assert codec.encode_state(state) == (row.state, row.variables), row.key
    for record in records:
        entry = codec.decode_entry(record.bytes, record.sealed)
        assert codec.is_as_written(record.bytes, entry), record.instance
    for model in models:
        assert codec.encode_definition(codec.decode_definition(model.model)) == model.model, model.process


def test_what_waits_is_finished_from_where_it_stands(office: Office) -> None:
    for _ in range(PATIENCE):
        living = [row for row in office.engine.instances() if row.ended_at is None]
        if not living:
            break
        _day(office, living)
    ends = {row.key: row.outcome for row in office.engine.instances()}
    assert ends == ENDS, [office.engine.why(row.id) for row in living]
    assert office.engine.verify().findings == ()


def test_all_may_be_cancelled_wherever_they_stand(office: Office) -> None:
    for row in office.engine.instances():
        if row.ended_at is None:
            office.engine.cancel(row.id, by="root", reason="over")
    assert {row.outcome for row in office.engine.instances()} == {"completed", "declined", "cancelled"}
    assert office.engine.verify().findings == ()
    assert not any(office.engine.inbox(person) for person in PEOPLE)


def _day(office: Office, living: list[Any]) -> None:
    """Everybody does what is to be done; then it is the next moment at which anything is due."""
    engine = office.engine
    for row in living:
        if row.status == "suspended":
            engine.resume(row.id, by="root")
        if engine.show(row.id).state.incidents:
            engine.retry(row.id, by="root")
    for person in PEOPLE:
        for row in engine.inbox(person):
            if not (row.claimed_by and row.claimed_by != person):
                _do(office, row, person)
    worker = engine.worker("golden")
    due = worker.next_due()
    office.clock.set(max(office.clock.now(), instant(due)) if due is not None else office.clock.now())
    worker.drain()


def _do(office: Office, row: Any, person: str) -> None:
    if row.kind == "gate":
        office.vote(row.key, row.node, person)
        return
    waiting = [each for each in office.engine.inbox(person) if each.task == row.task]
    if waiting:  # two of them may have been asked
        office.engine.submit(row.task, by=person, **FORMS.get(row.node, {}))
