"""Verifying raises no false alarm: whatever people, workers and clocks do, what was recorded properly holds."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from signoff import Actor, Engine, Refused, Retryable, Strength, VirtualClock
from signoff.runtime.daemon import Daemon
from signoff.store import people
from signoff.store.people import Import, Individual, People
from tests.read.play import AT

PROCESS = """
signoff: 1
process: buy
lang: en
calendar: PLAIN
zone: UTC
data: {amount: money, note: {type: text, optional: true}}
documents: {offer: {name: Offer}}
roles: {staff: {group: staff}, boss: {group: bosses}}
start: {by: [staff], form: {fill: [amount]}}
steps:
  - step: ask
    owner: staff
    due: within 2 days
    escalate: [{at: due, level: L1, notify: [boss]}, {at: 1 day after due, level: L2, notify: [boss]}]
    form: {edit: [note]}
    delivers: [offer]
    approve: [{by: boss, need: all, not_by: [preparer], declined: return}]
    upon: [{every: 3 days, steps: [{step: remind, owner: boss, checklist: [Done]}]}]
  - run: order
    handler: shop.order
    with: {amount: amount}
    retry: 2 times every 1 hour
  - step: file
    owner: staff
    opens: 1 day after ask
    checklist: [Filed]
    approve: [{by: boss}]
"""
OFFICE = {
    "lin": Individual(id="lin", groups=("staff",)),
    "wang": Individual(id="wang", groups=("staff", "bosses")),
    "bo": Individual(id="bo", groups=("bosses",)),
    "dan": Individual(id="dan", admin=True),
}


class Walk:
    """An office in which things happen by chance; most of what is tried is refused, and leaves no trace."""

    def __init__(self, url: str, chance: Random) -> None:
        self.chance, self.clock = chance, VirtualClock(AT)
        self.engine = Engine(url, clock=self.clock, handlers={"shop.order": self._order})
        self.records = 0
        self.staff(Import.REPLACE)
        self.engine.deploy(PROCESS, by="dan")

    def staff(self, mode: Import = Import.MERGE) -> None:
        named = {f"n{n}": Individual(id=f"n{n}", name=f"N{n}") for n in range(self.chance.randrange(1, 4))}
        with self.engine.core.database.write() as handle:
            people.take_in(
                handle.connection, People({**OFFICE, **named}, {}), mode=mode, by="dan", at=self.clock.now()
            )

    def _order(self, _inputs: dict[str, Any]) -> None:
        if self.chance.random() < 0.5:
            raise Retryable("busy")

    def actor(self) -> Actor:
        who = self.chance.choice(("lin", "wang", "bo", "dan"))
        return self.engine.actor(who, auth=Strength.ATTESTED)

    def step(self) -> None:
        """One thing that might happen."""
        do = self.chance.choices(*zip(*self.DEEDS, strict=True))[0]
        try:
            receipt = do(self)
        except Refused:
            return
        self.records += bool(receipt is not None and receipt.events)

    def start(self) -> Any:
        request = self.chance.choice(("", "", f"r{self.chance.randrange(9)}"))
        return self.engine.start("buy", {"amount": 1}, by=self.actor(), request_id=request)

    def act(self) -> Any:
        """The first thing that waits for somebody, if chance does not take the next."""
        actor, engine = self.actor(), self.engine
        for row in engine.inbox(actor.id):
            match row.kind, self.chance.randrange(7):
                case _, number if number == 0 or row.status == "suspended":
                    continue
                case "task", 1:
                    return (engine.release if row.claimed_by else engine.claim)(row.task, by=actor)
                case "gate", 1:
                    return engine.decline(row.task, by=actor, seen=row.subject, note="no")
                case "gate", 2:
                    return engine.return_to(row.task, "ask", by=actor, note="no")
                case "gate", _:
                    return engine.approve(row.task, by=actor, seen=row.subject)
                case _:
                    return self.hand_in(row.task, row.node, actor)
        return None

    def hand_in(self, task: str, node: str, actor: Actor) -> Any:
        if node == "ask":
            offer = {"offer": bytes([self.chance.randrange(20)])}
            return self.engine.submit(task, by=actor, data={"note": "x"}, documents=offer)
        return self.engine.submit(task, by=actor, ticks=["Filed" if node == "file" else "Done"])

    def administer(self) -> Any:
        listed = self.engine.instances()
        id = self.chance.choice(listed).id if listed else "zz"
        verb = self.chance.choice(("suspend", "resume", "resume", "retry", "retry", "cancel"))
        why = {"reason": "over"} if verb == "cancel" else {}
        return getattr(self.engine, verb)(id, by=self.engine.actor("dan"), **why)

    def wait(self) -> None:
        self.clock.advance(timedelta(minutes=self.chance.choice((1, 90, 2000))))
        self.engine.worker().drain(limit=self.chance.choice((3, None)))

    def redeploy(self) -> None:
        self.engine.deploy(PROCESS.replace("within 2", f"within {self.chance.randrange(2, 5)}"), by="dan")

    DEEDS: tuple[tuple[Callable[["Walk"], Any], int], ...] = (
        (start, 12),
        (act, 60),
        (administer, 4),
        (wait, 8),
        (redeploy, 1),
        (staff, 1),
    )


@pytest.fixture
def walk(ready: str, request: pytest.FixtureRequest) -> Iterator[Walk]:
    found = Walk(ready, Random(request.param))
    yield found
    found.engine.dispose()


@pytest.mark.parametrize("walk", [1], indirect=True)
def test_a_history_that_came_about_properly_holds(walk: Walk) -> None:
    for _ in range(2):
        for _ in range(90):
            walk.step()
        assert walk.engine.verify().findings == ()
    assert len(walk.engine.instances()) > 5


@pytest.mark.exhaustive
@pytest.mark.parametrize("walk", [3], indirect=True)
def test_a_long_history_holds(walk: Walk) -> None:
    while walk.records < 700:
        for _ in range(500):
            walk.step()
        assert walk.engine.verify().findings == ()


def test_a_daemon_leaves_nothing_to_find(ready: str) -> None:
    walk = Walk(ready, Random(4))
    for n in range(8):
        walk.engine.start("buy", {"amount": n}, by="lin")
        walk.clock.advance(timedelta(days=1))
        Daemon(walk.engine.worker())._turn()
    assert walk.engine.verify().findings == ()
    walk.engine.dispose()
