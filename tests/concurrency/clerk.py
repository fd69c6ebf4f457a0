"""A busy office as a program of its own: `python -m tests.concurrency.clerk URL SEED RECORDS`.

Works on a database that others work on too, until it has so many records of its own. What it does is legal or
refused; which clock it has is its own affair. Must import signoff's public names and what this folder has.
"""

import itertools
import logging
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

from signoff import Actor, Engine, Refused, Retryable, Strength, VirtualClock
from signoff.kernel.events.flow import ElementEntered
from signoff.kernel.events.gate import GateOpened
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.execution import Receipt

AT = "2027-01-04T08:00Z"
PEOPLE: dict[str, dict[str, Any]] = {
    "lin": {"groups": ["staff"]},
    "wang": {"groups": ["staff", "bosses"]},
    "bo": {"groups": ["bosses"]},
    "dan": {"admin": True},
}
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
    escalate: [{at: due, level: L1, notify: [boss]}]
    form: {edit: [note]}
    delivers: [offer]
    approve: [{by: boss, need: all, not_by: [preparer], declined: return}]
    upon: [{every: 3 days, steps: [{step: remind, owner: boss, checklist: [Done]}]}]
  - {run: order, handler: shop.order, with: {amount: amount}, retry: 2 times every 1 hour}
  - {step: file, owner: staff, opens: 1 day after ask, checklist: [Filed], approve: [{by: boss}]}
"""
TICKS = {"file": ["Filed"], "remind": ["Done"]}


class Clerk:
    """Starts instances and does what they ask for, the oldest first, with detours by chance."""

    def __init__(self, url: str, seed: int) -> None:
        self.chance, self.clock, self.seed = Random(seed), VirtualClock(AT), seed
        people = StaticDirectory(PEOPLE)
        self.engine = Engine(url, clock=self.clock, directory=people, handlers={"shop.order": self._order})
        self.people = {who: self.engine.actor(who, auth=Strength.ATTESTED) for who in PEOPLE}
        self.open: deque[tuple[str, str]] = deque()  # node or "", id of a task or gate
        self.numbers = itertools.count()
        self.records = 0

    def _order(self, _inputs: dict[str, Any]) -> None:
        if self.chance.random() < 0.1:
            raise Retryable("busy")

    def work(self, records: int) -> None:
        while self.records < records:
            verb = self.chance.choices(*zip(*self.VERBS, strict=True))[0]
            with suppress(Refused):
                verb(self)

    def _note(self, receipt: Receipt) -> None:
        self.records += bool(receipt.events) and not receipt.repeated
        for event in receipt.events:
            match event:
                case ElementEntered(inbox=True):
                    self.open.append((event.node, f"{receipt.instance}:{event.id}"))
                case GateOpened():
                    self.open.extend([("", f"{receipt.instance}:{event.id}")] * 2)

    def start(self) -> None:
        request = f"{self.seed}-{next(self.numbers)}"
        self._note(self.engine.start("buy", {"amount": 1}, by=self.people["lin"], request_id=request))

    def act(self) -> None:
        if not self.open:
            self.start()
            return
        node, id = self.open.popleft()
        self._note(self._hand_in(node, id) if node else self._vote(id))

    def _hand_in(self, node: str, task: str) -> Receipt:
        by = self.people["lin" if node != "remind" else "bo"]
        if self.chance.random() < 0.1:
            self._note(self.engine.claim(task, by=by))
        if node == "ask":
            offer = {"offer": bytes([self.chance.randrange(20)])}
            return self.engine.submit(task, by=by, data={"note": "x"}, documents=offer)
        return self.engine.submit(task, by=by, ticks=TICKS[node])

    def _vote(self, gate: str) -> Receipt:
        by: Actor = self.people[self.chance.choice(("wang", "bo"))]
        number = self.chance.randrange(20)
        if number == 0:
            return self.engine.decline(gate, by=by, note="no")
        if number == 1:
            return self.engine.return_to(gate, "ask", by=by, note="anew")
        return self.engine.approve(gate, by=by)

    def disturb(self) -> None:
        """Speak, remind, stop and go on, end."""
        if self.open:
            instance, dan = self.open[0][1].partition(":")[0], self.people["dan"]
            self._note(self.engine.comment(instance, "hm", by=self.people["lin"]))
            self._note(self.engine.suspend(instance, by=dan))
            self._note(self.engine.resume(instance, by=dan))
            if self.chance.random() < 0.1:
                self._note(self.engine.cancel(instance, by=dan, reason="enough"))

    def wait(self) -> None:
        """Time passes, what is due is worked off, whoever's it is; what has opened is seen."""
        self.clock.advance(timedelta(minutes=self.chance.choice((1, 90, 2000))))
        self.engine.worker().drain(limit=self.chance.choice((20, 300)))
        self.open.extend((row.node, row.task) for row in self.engine.inbox("lin", limit=200))

    VERBS: tuple[tuple[Callable[["Clerk"], None], int], ...] = (
        (start, 36),
        (act, 246),
        (disturb, 6),
        (wait, 1),
    )


def main() -> None:
    url, seed, records = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    clerk = Clerk(url, int(seed))
    clerk.work(int(records))
    clerk.engine.dispose()


if __name__ == "__main__":
    main()
