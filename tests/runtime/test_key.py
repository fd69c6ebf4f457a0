"""Business keys: one running instance each, whether the key was given or made by the definition."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from signoff.errors import Conflict, NotAllowed
from signoff.kernel.events.flow import InstanceStarted
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.engine import Engine

KEYED = """
signoff: 1
process: order
lang: en
calendar: PLAIN
zone: UTC
data: {number: {type: text}}
roles: {staff: {group: staff}}
start: {by: [staff], form: {fill: [number]}, key: "'PO-' + number"}
steps:
  - step: check
    owner: staff
"""


@pytest.fixture
def engine(ready: str) -> Iterator[Engine]:
    people = StaticDirectory({"lin": {"groups": ("staff",)}})
    found = Engine(ready, directory=people, clock=VirtualClock("2027-01-04T09:00Z"))
    found.deploy(KEYED)
    yield found
    found.dispose()


def test_a_key_made_by_the_definition_is_used_once_while_it_runs(engine: Engine) -> None:
    first = engine.start("order", {"number": "1"}, by="lin")
    assert engine.show(first.instance).row.key == "PO-1"
    with pytest.raises(Conflict) as refused:
        engine.start("order", {"number": "1"}, by="lin")
    assert refused.value.code == "key_in_use"
    engine.submit(first.opened[0], by="lin")
    assert engine.start("order", {"number": "1"}, by="lin").instance != first.instance


def test_given_and_made_keys_are_the_same_keys(engine: Engine) -> None:
    engine.start("order", {"number": "1"}, by="lin")
    with pytest.raises(Conflict):
        engine.start("order", {"number": "2"}, by="lin", key="PO-1")


def test_the_same_request_is_one_instance_whatever_makes_its_key(engine: Engine) -> None:
    first = engine.start("order", {"number": "1"}, by="lin", request_id="r")
    second = engine.start("order", {"number": "1"}, by="lin", request_id="r")
    assert (second.instance, second.repeated) == (first.instance, True)


OPEN = """
signoff: 1
process: trip
lang: en
calendar: PLAIN
zone: UTC
data: {place: {type: text, optional: true}}
roles: {staff: {group: staff}}
start: {by: [staff], form: {edit: [place]}}
steps:
  - step: go
    owner: staff
"""
Start = dict[str, Any]
AT_A: Start = {"data": {"place": "A"}}


def test_a_request_id_used_for_another_start_is_refused_whatever_its_key_would_be(engine: Engine) -> None:
    first = engine.start("order", {"number": "1"}, by="lin", request_id="r")
    for data, key in (({"number": "2"}, ""), ({"number": "1"}, "PO-7"), ({"number": "2"}, "PO-7")):
        with pytest.raises(Conflict) as refused:
            engine.start("order", data, by="lin", key=key, request_id="r")
        assert refused.value.code == "request_id_reused"
    assert [row.id for row in engine.instances()] == [first.instance]
    assert engine.start("order", {"number": "2"}, by="lin", request_id="s").repeated is False


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (AT_A | {"key": "K"}, AT_A | {"key": "L"}),
        (AT_A | {"key": "K"}, AT_A),
        (AT_A, AT_A | {"key": "K"}),
        (AT_A, {"data": {"place": "B"}}),
        (AT_A | {"key": "K"}, {"data": {"place": "B"}, "key": "K"}),
        (AT_A, AT_A | {"title": "Another"}),
    ],
)
def test_one_request_id_starts_one_instance_of_a_process(engine: Engine, first: Start, second: Start) -> None:
    engine.deploy(OPEN)
    one = engine.start("trip", by="lin", request_id="r", **first)
    again = engine.start("trip", by="lin", request_id="r", **first)
    assert (again.instance, again.head, again.repeated) == (one.instance, one.head, True)
    with pytest.raises(Conflict) as refused:
        engine.start("trip", by="lin", request_id="r", **second)
    assert refused.value.code == "request_id_reused"
    engine.submit(one.opened[0], by="lin")
    assert engine.start("trip", by="lin", request_id="r", **first).repeated, "it has ended since"
    assert engine.start("order", {"number": "1"}, by="lin", request_id="r").repeated is False
    assert len(engine.instances()) == 2


def test_in_a_hosts_transaction_a_request_id_used_otherwise_leaves_it_usable(engine: Engine) -> None:
    engine.deploy(OPEN)
    engine.start("trip", {"place": "A"}, by="lin", key="K", request_id="r")
    with engine.core.database.engine.connect() as connection:
        connection.exec_driver_sql("BEGIN" if engine.core.database.dialect == "sqlite" else "SELECT 1")
        with pytest.raises(Conflict) as refused:
            engine.start("trip", {"place": "A"}, by="lin", key="L", request_id="r", connection=connection)
        assert refused.value.code == "request_id_reused"
        assert engine.start("trip", by="lin", key="L", request_id="s", connection=connection).instance
        connection.commit()
    assert len(engine.instances()) == 2


def test_starts_of_one_request_at_once_with_different_keys_leave_one_instance(engine: Engine) -> None:
    engine.deploy(OPEN)
    ready = threading.Barrier(4)

    def start(n: int) -> str:
        ready.wait()
        try:
            return engine.start("trip", {"place": str(n)}, by="lin", key=f"K{n}", request_id="r").instance
        except Conflict as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(start, range(4)))
    assert found.count("request_id_reused") == 3
    assert len(engine.instances()) == 1


def test_a_start_that_is_repeated_gets_its_receipt_even_when_it_would_be_refused_by_now(
    engine: Engine,
) -> None:
    first = engine.start("order", {"number": "1"}, by="lin", request_id="r")
    engine.deploy(
        KEYED.replace("by: [staff]", "by: [boss]").replace("roles: {", "roles: {boss: {group: bosses}, ")
    )
    again = engine.start("order", {"number": "1"}, by="lin", request_id="r")
    assert (again.instance, again.repeated) == (first.instance, True)
    with pytest.raises(NotAllowed):
        engine.start("order", {"number": "1"}, by="lin", request_id="new")
    with pytest.raises(Conflict):
        engine.start("order", {"number": "2"}, by="lin", request_id="r")


def test_hooks_are_told_of_a_repeated_start_once(engine: Engine) -> None:
    told: list[str] = []
    engine.on(InstanceStarted, lambda recorded, _connection: told.append(recorded.instance))
    first = engine.start("order", {"number": "1"}, by="lin", request_id="r")
    assert engine.start("order", {"number": "1"}, by="lin", request_id="r").repeated
    assert told == [first.instance]
