"""Messages and signals between instances on a real database, with two who write at the same moment.

Each is delivered once: whoever commits last is seen, whatever came first. Nothing here knows which of the two wins.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from signoff import Engine
from signoff.errors import NotFound
from signoff.kernel.commands import SYSTEM
from signoff.kernel.events.wait import WaitMet
from signoff.testing.situation import Situation
from tests.bpmn.sample import process
from tests.matrix.drawing import drawn, event, models
from tests.matrix.story import CONDITION, MESSAGE, SIGNAL
from tests.matrix.test_data import KEYS, SUBSCRIBES

KEPT = timedelta(hours=1)
WAITS = process("p", drawn("s > c1 > a > e", event("intermediateCatchEvent", "c1", MESSAGE)), SUBSCRIBES)
HEARS = process("h", drawn("s2 > c2 > a2 > e2", event("intermediateCatchEvent", "c2", SIGNAL)))
BEGINS = process("b", drawn("b3 > a3 > e3", event("startEvent", "b3", MESSAGE.replace("'M'", "'N'"))))
BOTH = process(
    "both",
    drawn(
        "b4 > a4 > e4",
        event(
            "startEvent",
            "b4",
            MESSAGE.replace("'M'", "'O'") + SIGNAL.replace("'S'", "'R'"),
            parallelMultiple="true",
        ),
    ),
)
WARM = process("warm", drawn("b5 > a5 > e5", event("startEvent", "b5", CONDITION)))
THROWS = process(
    "t",
    drawn("s6 > v > e6", event("intermediateThrowEvent", "v", MESSAGE), event("endEvent", "e6", SIGNAL)),
    SUBSCRIBES.replace("'cs'", "'cs6'").replace("'cb'", "'cb6'"),
)
FILE = models(WAITS, HEARS, BEGINS, BOTH, WARM, THROWS, more=KEYS + "<message id='O' name='o'/>")


@pytest.fixture
def engine(ready: str) -> Iterator[Engine]:
    made = Engine(ready)
    made.deploy(FILE)
    yield made
    made.dispose()


@pytest.fixture
def two(ready: str) -> Iterator[tuple[Engine, Engine]]:
    """Two engines on one PostgreSQL, as in two processes."""
    engines = Engine(ready), Engine(ready)
    engines[0].deploy(FILE)
    yield engines
    for each in engines:
        each.dispose()


on_postgresql = pytest.mark.parametrize("ready", ["postgresql"], indirect=True)


def begin(engine: Engine, process: str, **data: Any) -> str:
    return engine.start(process, data, by=SYSTEM).instance


def send(engine: Engine, name: str, **data: Any) -> Callable[[], Any]:
    return lambda: engine.message(name, data, by=SYSTEM)


def at(engine: Engine) -> Counter[str]:
    """The elements at which the running instances stand."""
    rows = engine.instances(status="running", limit=1000)
    return sum((Situation.of(engine, row.id).active() for row in rows), Counter())


def met(engine: Engine) -> Counter[str]:
    """How often each subscription was met, of all instances."""
    found: Counter[str] = Counter()
    for row in engine.instances(limit=1000):
        events = (event for record in engine.history(row.id) for event in record.events)
        found.update(f"{row.id}/{each.id}" for each in events if isinstance(each, WaitMet))
    return found


def at_once(*doing: Callable[[], Any]) -> list[Any]:
    """Let all of them begin at the same moment; what each gave, or the refusal it got."""
    gate = threading.Barrier(len(doing))

    def one(do: Callable[[], Any]) -> Any:
        gate.wait(30)
        try:
            return do()
        except NotFound as refused:
            return refused

    with ThreadPoolExecutor(len(doing)) as pool:
        return list(pool.map(one, doing))


# one writer -----------------------------------------------------------------------------------------------


def test_a_message_finds_the_instance_with_its_key_and_a_signal_everybody(engine: Engine) -> None:
    for mine in (1, 2):
        begin(engine, "p", mine=mine)
        begin(engine, "h")
    receipt = engine.message("m", {"number": 2}, by=SYSTEM)
    assert receipt is not None
    assert engine.message("m", {}, key="1", by=SYSTEM) is not None
    assert engine.signal("s") == 2
    engine.worker().drain()
    assert at(engine) == {"a": 2, "a2": 2}
    assert set(met(engine).values()) == {1}


def test_a_message_waits_for_its_taker_counts_once_and_runs_out(engine: Engine) -> None:
    for _ in range(2):
        assert engine.message("m", {"number": 3}, by=SYSTEM, keep=KEPT, id="once") is None
    engine.message("m", {"number": 4}, by=SYSTEM, keep=timedelta(microseconds=1))
    for mine in (3, 3, 4):
        begin(engine, "p", mine=mine)
    engine.worker().drain()
    assert at(engine) == {"a": 1, "c1": 2}


def test_what_one_instance_throws_another_takes_and_a_signal_starts_nothing_of_what_needs_more(
    engine: Engine,
) -> None:
    begin(engine, "h")
    begin(engine, "p", mine=5)
    begin(engine, "t", mine=5)
    engine.worker().drain()
    assert at(engine) == {"a": 1, "a2": 1}
    engine.signal("r")
    engine.worker().drain()
    assert at(engine) == {"a": 1, "a2": 1}
    assert engine.message("o", {"n": 1}, by=SYSTEM) is not None
    assert at(engine) == {"a": 1, "a2": 1, "a4": 1}


def test_a_start_condition_begins_an_instance_when_it_becomes_true(engine: Engine) -> None:
    told = [len(engine.observe({"x": x}, by=SYSTEM)) for x in (1, 9, 10, 2, 7)]
    assert told == [0, 1, 0, 0, 1]
    assert at(engine) == {"a5": 2}


# two at the same moment -----------------------------------------------------------------------------------

ROUNDS = range(3)


@on_postgresql
def test_a_message_sent_twice_under_one_id_is_delivered_once(two: tuple[Engine, Engine]) -> None:
    for each in two:
        begin(each, "p", mine=1)
    for n in ROUNDS:
        begin(two[0], "p", mine=1)
        at_once(
            *(lambda e=e, id=f"m{n}": e.message("m", {"number": 1}, by=SYSTEM, keep=KEPT, id=id) for e in two)
        )
        assert at(two[0])["a"] == n + 1
    assert set(met(two[0]).values()) == {1}


@on_postgresql
def test_two_messages_for_two_instances_reach_one_each(two: tuple[Engine, Engine]) -> None:
    for n in ROUNDS:
        for each in two:
            begin(each, "p", mine=1)
        given = at_once(*(send(each, "m", number=1) for each in two))
        assert len({receipt.instance for receipt in given}) == 2
        assert at(two[0]) == {"a": 2 * n + 2}


@on_postgresql
def test_of_two_messages_for_one_instance_one_finds_nobody(two: tuple[Engine, Engine]) -> None:
    for n in ROUNDS:
        begin(two[0], "p", mine=1)
        given = at_once(*(send(each, "m", number=1) for each in two))
        assert [type(each) for each in given].count(NotFound) == 1
        assert at(two[0]) == {"a": n + 1}


@on_postgresql
def test_a_message_and_its_taker_that_come_at_the_same_moment_find_each_other(
    two: tuple[Engine, Engine],
) -> None:
    sender, taker = two
    for n in ROUNDS:
        at_once(
            lambda: sender.message("m", {"number": 1}, by=SYSTEM, keep=KEPT),
            lambda: begin(taker, "p", mine=1),
        )
        at_once(lambda: sender.worker("one").drain(), lambda: taker.worker("two").drain())
        assert at(sender) == {"a": n + 1}
    assert set(met(sender).values()) == {1}


@on_postgresql
def test_two_messages_kept_and_two_takers_with_two_workers_come_to_one_each(
    two: tuple[Engine, Engine],
) -> None:
    for n in ROUNDS:
        at_once(
            *(lambda e=e: e.message("m", {"number": 1}, by=SYSTEM, keep=KEPT) for e in two),
            *(lambda e=e: begin(e, "p", mine=1) for e in two),
        )
        at_once(*(lambda e=e: e.worker().drain() for e in two))
        two[0].worker().drain()
        assert at(two[0]) == {"a": 2 * n + 2}


@on_postgresql
def test_a_signal_reaches_each_that_listens_once_whoever_works_it_off(two: tuple[Engine, Engine]) -> None:
    for _ in range(6):
        begin(two[0], "h")
    given = at_once(*(lambda e=e: e.signal("s") for e in two))
    at_once(*(lambda e=e: e.worker().drain() for e in two))
    assert 6 in given
    assert at(two[0]) == {"a2": 6}
    assert set(met(two[0]).values()) == {1}


@on_postgresql
def test_two_messages_start_two_instances_and_two_parts_of_one_start_one(two: tuple[Engine, Engine]) -> None:
    at_once(*(send(each, "n") for each in two))
    assert at(two[0]) == {"a3": 2}
    for n in ROUNDS:
        at_once(send(two[0], "o", n=n), lambda: two[1].signal("r"))
        at_once(*(lambda e=e: e.worker().drain() for e in two))
        assert at(two[0]) == {"a3": 2, "a4": n + 1}


@on_postgresql
def test_what_two_tell_at_once_begins_one_instance(two: tuple[Engine, Engine]) -> None:
    begun = at_once(*(lambda e=e: e.observe({"x": 9}, by=SYSTEM) for e in two))
    assert sorted(map(len, begun)) == [0, 1]
    assert at(two[0]) == {"a5": 1}
