"""A state is as large after a thousand passes, stand-ups and documents as after ten (DESIGN §3)."""

from collections.abc import Callable

import pytest

from signoff.kernel.state import State
from signoff.model.nodes import ExclusiveGateway
from signoff.store.codec import encode_state
from tests.kernel.desk import Desk
from tests.kernel.graphs import graph, task


def size(state: State) -> int:
    """Characters as stored, without the counters, which grow by a digit."""
    text = "".join(encode_state(state))
    return len("".join(c for c in text if not c.isdigit()))


def loop() -> tuple[Desk, Callable[[Desk], None]]:
    """Work, two branches that join, and back."""
    drawing = "start > x0 > p1 > t1 > i2 > t3 > x3 [x == 9]> end\np1 > t2 > i2\nx3 > x0"
    desk = Desk(graph(drawing, ExclusiveGateway(id="x3", default="x3-x0"), task("t1"))).start()

    def once(desk: Desk) -> None:
        for node in ("t1", "t2", "t3"):
            desk.submit(node)

    return desk, once


def stand_ups() -> tuple[Desk, Callable[[Desk], None]]:
    """A meeting every hour, held or missed."""
    desk = Desk("""
data: {note: {type: text, default: ""}}
documents: {notes: {}}
steps:
  - step: work
    owner: worker
    checklist: [done]
    upon:
      - every: 2 hours
        data: {said: {type: text, optional: true}}
        steps:
          - step: meet
            owner: worker
            form: {edit: [said]}
            delivers: [notes]
            lapses: within 1 hour
            set: {note: said}
""").start()

    def once(desk: Desk) -> None:
        desk.advance("2 hours")
        desk.submit("meet", said="hello", documents={"notes": "x"})
        desk.advance("2 hours")

    return desk, once


def documents() -> tuple[Desk, Callable[[Desk], None]]:
    """Handed in, declined, handed in again."""
    desk = Desk("""
documents: {plan: {}}
steps:
  - {step: work, owner: worker, delivers: [plan], approve: {by: xia}}
""").start()

    def once(desk: Desk) -> None:
        desk.submit("work", documents={"plan": "x"})
        desk.decline("work", "xia")

    return desk, once


def standstills() -> tuple[Desk, Callable[[Desk], None]]:
    """Stopped and let go on, in between declined; what is counted goes on later."""
    desk = Desk("""
defaults: {suspended: shift}
steps:
  - {step: work, owner: worker, due: within 24 hours, approve: {by: xia}}
  - {step: late, owner: worker, due: 3 days after start}
""").start()

    def once(desk: Desk) -> None:
        desk.submit("work")
        for _ in range(2):
            desk.suspend()
            desk.idle("1 hour")
            desk.resume()
        desk.decline("work", "xia")

    return desk, once


@pytest.mark.parametrize("passes", [200, pytest.param(1_000, marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("story", [loop, stand_ups, documents, standstills])
def test_a_state_does_not_grow_with_its_age(
    story: Callable[[], tuple[Desk, Callable[[Desk], None]]], passes: int
) -> None:
    desk, once = story()
    desk.unwatched = True
    for _ in range(10):
        once(desk)
    young = size(desk.state)
    for _ in range(passes - 10):
        once(desk)
    assert size(desk.state) <= young * 1.02


def test_a_step_costs_the_same_whatever_the_age() -> None:
    """Counted in events, not in time."""
    desk, once = loop()
    once(desk)
    first = len(desk.events)
    for _ in range(20):
        once(desk)
    assert len(desk.events) == first
