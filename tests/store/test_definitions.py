"""What deploying promises: each version once, one current, nothing changed by doing it again; calendars too."""

import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select, update

from signoff.errors import NotFound, UnreadableState
from signoff.model.definition import Definition
from signoff.model.types import Text
from signoff.store import calendars, chain, codec, definitions
from signoff.store.database import Database
from signoff.store.definitions import Deployed, Library
from signoff.store.schema import definition
from signoff.time.calendar import Calendar

AT = datetime(2027, 1, 1, 8, tzinfo=UTC)


def model(process: str = "leave", edition: str = "") -> Definition:
    return Definition(process, Text("请假"), {}, {}, edition=edition)


def deploy(db: Database, what: Definition, *, by: str = "lin") -> Deployed:
    with db.write() as handle:
        return definitions.deploy(
            handle.connection,
            model=codec.encode_definition(what),
            process=what.id,
            source=f"process: {what.id}",
            label="请假",
            by=by,
            at=AT,
        )


def ask(db: Database, look_up: Any, *arguments: Any) -> Any:
    with db.read() as handle:
        return look_up(handle.connection, *arguments)


def test_what_is_deployed_is_current_and_can_be_loaded(db: Database) -> None:
    assert ask(db, definitions.current, "leave") is None
    done = deploy(db, model())
    assert (done.number, done.repeated) == (1, False)
    assert done.version == codec.version_of(codec.encode_definition(model()))
    assert ask(db, definitions.current, "leave") == done.version
    assert ask(db, Library().load, done.version) == model()
    assert ask(db, definitions.source, done.version) == "process: leave"
    (row,) = ask(db, definitions.listed)
    assert (row.process, row.number, row.current, row.label, row.deployed_by, row.deployed_at) == (
        "leave",
        1,
        True,
        "请假",
        "lin",
        AT,
    )


def test_deploying_the_same_twice_changes_nothing(db: Database) -> None:
    first = deploy(db, model())
    head = ask(db, chain.head_of, "deployment")
    assert deploy(db, model(), by="wang") == Deployed(first.version, 1, repeated=True)
    assert ask(db, chain.head_of, "deployment") == head
    assert [row.deployed_by for row in ask(db, definitions.listed)] == ["lin"]


def test_versions_are_counted_for_each_process(db: Database) -> None:
    assert [deploy(db, model(edition=each)).number for each in ("a", "b", "c")] == [1, 2, 3]
    assert deploy(db, model("purchase")).number == 1
    listed = ask(db, definitions.listed)
    assert [(row.process, row.number, row.current) for row in listed] == [
        ("leave", 3, True),
        ("leave", 2, False),
        ("leave", 1, False),
        ("purchase", 1, True),
    ]


def test_an_earlier_version_becomes_current_again_under_its_old_number(db: Database) -> None:
    first = deploy(db, model(edition="a"))
    deploy(db, model(edition="b"))
    assert deploy(db, model(edition="a")) == Deployed(first.version, 1, repeated=False)
    assert ask(db, definitions.current, "leave") == first.version
    contents = [codec.parse(link.bytes)["content"] for link in ask(db, chain.links, "deployment")]
    assert [(each["number"], each["new"]) for each in contents] == [(1, True), (2, True), (1, False)]


def test_two_who_deploy_at_once_follow_one_another(db: Database) -> None:
    found: list[Any] = []

    def work(edition: str) -> None:
        try:
            found.append(db.attempt(lambda: deploy(db, model(edition=edition))))
        except BaseException as error:  # noqa: BLE001 - a thread's failure must reach the test
            found.append(error)

    threads = [threading.Thread(target=work, args=(each,)) for each in "abca"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {type(each) for each in found} == {Deployed}
    assert {row.number for row in ask(db, definitions.listed)} == {1, 2, 3}
    with db.read() as handle:
        assert handle.execute(select(func.count()).select_from(definition)).scalar() == 3


def test_a_version_is_decoded_once(db: Database) -> None:
    library = Library()
    version = deploy(db, model()).version
    assert library.known(version) is None
    loaded = ask(db, library.load, version)
    assert library.known(version) is loaded
    assert ask(db, library.load, version) is loaded


def test_an_unknown_version_is_not_found(db: Database) -> None:
    for look_up in (Library().load, definitions.source, calendars.load):
        with pytest.raises(NotFound):
            ask(db, look_up, "0" * 64)


def test_a_definition_that_was_changed_in_the_table_is_not_run(db: Database) -> None:
    version = deploy(db, model()).version
    with db.write() as handle:
        handle.execute(update(definition).values(model=codec.encode_definition(model(edition="x"))))
    with pytest.raises(UnreadableState):
        ask(db, Library().load, version)


# calendars ----------------------------------------------------------------------------------------------

SPRING = Calendar("CN", "Asia/Shanghai", off=frozenset({date(2027, 2, 8)})).sealed()
AUTUMN = Calendar("CN", "Asia/Shanghai", off=frozenset({date(2027, 10, 1)})).sealed()


def put(db: Database, calendar: Calendar) -> bool:
    with db.write() as handle:
        return calendars.put(handle.connection, calendar, by="lin", at=AT)


def test_the_calendar_put_last_is_the_latest_and_older_ones_stay(db: Database) -> None:
    assert ask(db, calendars.latest, "CN") is None
    assert put(db, SPRING)
    assert put(db, AUTUMN)
    assert ask(db, calendars.latest, "CN") == AUTUMN
    assert ask(db, calendars.load, SPRING.version) == SPRING
    assert put(db, SPRING), "an older one becomes the latest again"
    assert ask(db, calendars.latest, "CN") == SPRING
    assert ask(db, calendars.names) == ["CN"]
    assert ask(db, chain.head_of, "deployment")[0] == 3


def test_putting_the_latest_calendar_again_changes_nothing(db: Database) -> None:
    put(db, SPRING)
    head = ask(db, chain.head_of, "deployment")
    assert not put(db, SPRING)
    assert ask(db, chain.head_of, "deployment") == head
