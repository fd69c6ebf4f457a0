"""Plays any deployed process: asks the engine what waits, lets people do it, and moves the clock when nobody can.

Knows nothing that a host could not ask: `why`, `subject`, the definition, the worker. What it says of values
comes from the script, else from the declared types. Must not print.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from signoff import Engine, HumanTask, Reason, Strength, UserTask, VirtualClock
from signoff.errors import Refused
from signoff_cli.demo import pace
from signoff_cli.demo.form import TURNS, Filler, declared
from signoff_cli.demo.paper import Folder
from signoff_cli.demo.script import Reading, Script
from signoff_cli.demo.story import Happening, Story

MOST = 2_000  # moves; a process that needs more turns in a circle
_ENOUGH = 2  # rungs after which a late step is handed in
_WORK, _VOTE = "open", "in_review"


@dataclass(frozen=True, slots=True)
class Stuck:
    """Why a rehearsal could not go on: the step, and what is missing there."""

    step: str
    why: tuple[str, ...]


class Rehearsal:
    """One engine with a script. `told` is called with each thing that happens.

    With a clock, time goes on when nobody can act; without one everything is done now, and nothing goes wrong.
    """

    def __init__(
        self,
        engine: Engine,
        script: Script,
        story: Story,
        *,
        clock: VirtualClock | None,
        reading: Reading,
        papers: Folder,
        told: Callable[[Happening], None],
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.script = script
        self.story = story
        self.reading = reading
        self.papers = papers
        self.told = told
        self.definition = story.naming.definition
        self.zone = ZoneInfo(self.definition.zone)
        self.worker = engine.worker("demo")
        self._turns: Counter[str] = Counter()
        self._plans: dict[str, datetime] = {}
        self._late = self._decline = ""
        self._refusable = set[str]()
        if clock is not None:
            nodes = list(self.definition.nodes.values())
            self._decline = script.decline or _first_declined(nodes)
            self._late = script.late or _first_late(nodes, self._decline)
            self._refusable |= {step for step, part in script.steps.items() if part.refused}

    def play(self, id: str, *, reader: str = "") -> Stuck | None:
        """Let it run to its end, or until it is the reader's turn; says why where that is impossible."""
        for _ in range(MOST):
            self.worker.drain()
            self._tell()
            if self.engine.show(id).row.ended_at is not None:
                return None
            reasons = self.engine.why(id)
            if any(reader in reason.who for reason in reasons):
                return None
            stuck = self._step(reasons)
            if stuck is not None:
                return stuck
        return Stuck("", ())

    def settle(self) -> None:
        """Work off what is still owed, notices above all."""
        while (due := self.worker.next_due()) is not None:
            self._move(_instant(due))
            if not self.worker.drain().done:
                break
        self._tell()

    def _now(self) -> datetime:
        return self.clock.now() if self.clock is not None else self.engine.now()

    def _move(self, at: datetime) -> None:
        if self.clock is not None:
            self.clock.set(max(self.clock.now(), at))

    def _step(self, reasons: Sequence[Reason]) -> Stuck | None:
        """The next thing to happen: what is owed first, or what somebody does."""
        moves = sorted(((self._planned(each), n) for n, each in enumerate(reasons) if _movable(each)))
        due = self.worker.next_due() if self.clock is not None else None
        if due is not None and (not moves or _instant(due) <= moves[0][0]):
            self._move(_instant(due))
            return None
        if not moves:
            return self._appoint(reasons)
        at, number = moves[0]
        self._move(at)
        reason = reasons[number]
        self._plans.pop(reason.task, None)
        works = reason.status == _WORK and isinstance(self.definition.nodes[reason.node], UserTask)
        return self._submit(reason) if works else self._vote(reason)

    # when ------------------------------------------------------------------------------------------------------

    def _planned(self, reason: Reason) -> datetime:
        if reason.node == self._late and reason.status == _WORK and reason.due is not None:
            enough = self.story.overdue.get(reason.node, 0) >= _ENOUGH
            return pace.vote(self._now(), self.zone, "") if enough else pace.overdue(reason.due, self.zone)
        if reason.task not in self._plans:
            self._plans[reason.task] = self._plan(reason)
        return self._plans[reason.task]

    def _plan(self, reason: Reason) -> datetime:
        part, now = self.script.part(reason.node), self._now()
        if reason.status != _WORK:
            return pace.vote(now, self.zone, reason.node)
        if part.after is not None:
            return now + timedelta(minutes=part.after)
        if part.at:
            return max(self.reading.instant(part.at), now)
        return pace.work(now, reason.due, self.zone, reason.node)

    # work ------------------------------------------------------------------------------------------------------

    def _submit(self, reason: Reason) -> Stuck | None:
        part = self.script.part(reason.node)
        by = part.by if part.by in reason.who else reason.who[0]
        if reason.node in self._refusable:
            self._refusable.discard(reason.node)
            self._try(reason, by, self.reading.value(part.refused))
            self._move(self._now() + timedelta(minutes=35))
        given = part.data(self._turns[reason.node])
        data = self.reading.value(given) if given is not None else None
        self._turns[reason.node] += 1
        why: list[str] = []
        for values in [data] if data is not None else self._made_up(reason):
            why = self._try(reason, by, values, say=data is not None)
            if not why:
                return None
        return self._waive(reason, why)

    def _made_up(self, reason: Reason) -> Iterator[Mapping[str, Any]]:
        """Values for what a form must fill; then, turn by turn, others, and what it may edit too."""
        node = self.definition.nodes[reason.node]
        assert isinstance(node, UserTask), "only those are handed in"
        for turn in range(TURNS):
            names = node.form.fill + (node.form.edit if turn else ())
            filler = Filler(self.definition.lang, reason.who, self._day(), turn)
            yield filler.fields(declared(self.definition, node, names))

    def _day(self) -> datetime:
        return datetime.combine(self.reading.event, pace.OPENS, self.zone)

    def _try(self, reason: Reason, by: str, data: Mapping[str, Any], *, say: bool = True) -> list[str]:
        """Hand in; what is missing where that is refused."""
        node = self.definition.nodes[reason.node]
        assert isinstance(node, UserTask), "only those are handed in"
        papers = {document: self.papers.write(document) for document in node.delivers}
        ticks = [check.item.get(self.definition.lang) for check in node.checklist]
        lang = self.story.naming.lang
        try:
            self.engine.submit(reason.task, by=self._actor(by), data=data, documents=papers, ticks=ticks)
        except Refused as refusal:
            why = [each.sentence(lang) for each in getattr(refusal, "missing", ())] or [
                refusal.sentence(lang)
            ]
            if say:
                self.told(self.story.refused(self._now(), reason.task, reason.node, by, why))
            return why
        self._tell()
        return []

    def _waive(self, reason: Reason, why: Sequence[str]) -> Stuck | None:
        """Nothing made up would do: let those who may set the rules aside, if there are any."""
        node = self.definition.nodes[reason.node]
        assert isinstance(node, HumanTask), "only those have rules"
        for rule in (each for each in node.gate.rules if each.waive):
            for person in self.script.people:
                try:
                    self.engine.waive(reason.task, rule.id, reason="demo", by=self._actor(person))
                except Refused:
                    continue
                return None
        return Stuck(reason.node, tuple(why))

    # votes -----------------------------------------------------------------------------------------------------

    def _vote(self, reason: Reason) -> Stuck | None:
        by = reason.who[0]
        seen = self.engine.subject(reason.task, by)
        try:
            if reason.node == self._decline:
                self._decline = ""
                self.engine.decline(reason.task, by=self._actor(by), seen=seen, note=self.script.note)
            else:
                self.engine.approve(reason.task, by=self._actor(by), seen=seen)
        except Refused as refusal:
            lang = self.story.naming.lang
            why = [each.sentence(lang) for each in getattr(refusal, "missing", ())]
            return Stuck(reason.node, tuple(why) or (refusal.sentence(lang),))
        self._tell()
        return None

    def _appoint(self, reasons: Sequence[Reason]) -> Stuck | None:
        """Nobody can act and nothing is owed: an administrator appoints somebody where that helps."""
        admins = [id for id, person in self.script.people.items() if person.get("admin") is True]
        for reason in (each for each in reasons if each.status != "incident"):
            for person in self.script.people if admins else ():
                try:
                    self.engine.assign(reason.task, person, by=self._actor(admins[0]))
                except Refused:
                    continue
                return None
        lang = self.story.naming.lang
        missing = tuple(each.sentence(lang) for reason in reasons for each in reason.missing)
        return Stuck(reasons[0].node if reasons else "", missing)

    def _actor(self, person: str) -> Any:
        return self.engine.actor(person, auth=Strength.ATTESTED, via="demo")

    def _tell(self) -> None:
        for each in self.story.tell():
            self.told(each)


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
