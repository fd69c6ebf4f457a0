"""Plays any deployed process: asks the engine what waits, lets people do it, and moves the clock when nobody can.

Knows nothing that a host could not ask: `why`, the definition, the worker. Must not print.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from signoff import Engine, Reason, UserTask, VirtualClock
from signoff_cli.demo import pace
from signoff_cli.demo.desk import Desk, Stuck
from signoff_cli.demo.story import Story

MOST = 2_000  # moves; a process that needs more turns in a circle
_ENOUGH = 2  # rungs after which a late step is handed in
_AGAIN = timedelta(minutes=35)  # between a refusal and the next attempt
_WORK, _VOTE = "open", "in_review"


class Rehearsal:
    """One engine, and a desk at which its people work.

    With a clock, time goes on when nobody can act; without one everything is done now, and nothing goes wrong.
    """

    def __init__(self, engine: Engine, desk: Desk, story: Story, *, clock: VirtualClock | None) -> None:
        self.engine = engine
        self.desk = desk
        self.story = story
        self.clock = clock
        self.definition = story.naming.definition
        self.zone = ZoneInfo(self.definition.zone)
        self.worker = engine.worker("demo")
        self._plans: dict[str, datetime] = {}
        self._late = self._decline = ""
        self._refusable = set[str]()
        if clock is not None:
            script, nodes = desk.script, list(self.definition.nodes.values())
            self._decline = script.decline or _first_declined(nodes)
            self._late = script.late or _first_late(nodes, self._decline)
            self._refusable |= {step for step, part in script.steps.items() if part.refused}

    def play(self, id: str, *, reader: str = "") -> Stuck | None:
        """Let it run to its end, or until it is the reader's turn; says why where that is impossible."""
        reasons: list[Reason] = []
        for _ in range(MOST):
            self.worker.drain()
            self.desk.tell()
            if self.engine.show(id).row.ended_at is not None:
                return None
            reasons = self.engine.why(id)
            if any(reader in reason.who for reason in reasons):
                return None
            stuck = self._step(reasons)
            if stuck is not None:
                return stuck
        return Stuck(reasons[0].node if reasons else "", ())

    def settle(self) -> None:
        """Work off what is still owed, notices above all."""
        while (due := self.worker.next_due()) is not None:
            self._move(_instant(due))
            if not self.worker.drain().done:
                break
        self.desk.tell()

    def _now(self) -> datetime:
        return self.clock.now() if self.clock is not None else self.engine.now()

    def _move(self, at: datetime) -> None:
        if self.clock is not None:
            self.clock.set(max(self.clock.now(), at))

    def _step(self, reasons: Sequence[Reason]) -> Stuck | None:
        """The next thing to happen: what is owed first, or what somebody does."""
        moves = sorted((self._planned(each), n) for n, each in enumerate(reasons) if _movable(each))
        due = self.worker.next_due() if self.clock is not None else None
        if due is not None and (not moves or _instant(due) <= moves[0][0]):
            self._move(_instant(due))
            return None
        if not moves:
            return self.desk.appoint(reasons)
        at, number = moves[0]
        self._move(at)
        self._plans.pop(reasons[number].task, None)
        return self._do(reasons[number])

    def _do(self, reason: Reason) -> Stuck | None:
        if reason.status != _WORK or not isinstance(self.definition.nodes[reason.node], UserTask):
            if reason.node != self._decline:
                return self.desk.approve(reason)
            self._decline = ""
            return self.desk.decline(reason)
        if reason.node not in self._refusable:
            return self.desk.submit(reason)
        self._refusable.discard(reason.node)
        self._plans[reason.task] = self._now() + _AGAIN
        self.desk.attempt(reason, self.desk.script.part(reason.node).refused or {})
        return None

    def _planned(self, reason: Reason) -> datetime:
        if reason.node == self._late and reason.status == _WORK and reason.due is not None:
            enough = self.story.overdue.get(reason.node, 0) >= _ENOUGH
            return pace.vote(self._now(), self.zone, "") if enough else pace.overdue(reason.due, self.zone)
        if reason.task not in self._plans:
            self._plans[reason.task] = self._plan(reason)
        return self._plans[reason.task]

    def _plan(self, reason: Reason) -> datetime:
        part, now = self.desk.script.part(reason.node), self._now()
        if reason.status != _WORK:
            return pace.vote(now, self.zone, reason.node)
        if part.after is not None:
            return now + timedelta(minutes=part.after)
        if part.at:
            return max(self.desk.reading.instant(part.at), now)
        return pace.work(now, reason.due, self.zone, reason.node)


def _movable(reason: Reason) -> bool:
    return bool(reason.who) and reason.status in (_WORK, _VOTE, "stale")


def _instant(micros: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=micros)


def _first_late(nodes: Sequence[object], besides: str) -> str:
    """The first step with a deadline and somebody to tell when it has passed; rather not the one that is declined."""
    due = [node for node in nodes if isinstance(node, UserTask) and node.due is not None]
    due.sort(key=lambda node: (node.id == besides, not node.escalate))
    return due[0].id if due else ""


def _first_declined(nodes: Sequence[object]) -> str:
    """The first step whose work goes back to its owner when somebody says no."""
    return next(
        (
            node.id
            for node in nodes
            if isinstance(node, UserTask)
            and any(
                entry.declined.kind == "return" and not entry.declined.to and entry.meaning != "acknowledge"
                for entry in node.gate.approvals
            )
        ),
        "",
    )
