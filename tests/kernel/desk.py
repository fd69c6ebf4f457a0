"""A desk at which a process is worked through: the pure kernel, a clock of its own, an inbox and an agenda.

No store and no engine: commands go to `decide`, questions are answered from `people`, effects keep inbox and agenda.
After every command the laws of `laws` are checked beside it, so every story proves them too.
"""

from collections import Counter
from datetime import datetime
from typing import Any, Self

from signoff.errors import Refused
from signoff.kernel import arrival, asides, motions, roster, seat
from signoff.kernel import commands as c
from signoff.kernel.decide import decide
from signoff.kernel.effect import Owe, Owed
from signoff.kernel.effects import effects_of
from signoff.kernel.events import Event
from signoff.kernel.missing import subject_of
from signoff.kernel.sight import Sight
from signoff.kernel.state import Decision, Place, State, Status
from signoff.kernel.world import World
from signoff.model.definition import Definition
from signoff.model.gate import NeedKind, Strength
from signoff.model.nodes import HumanTask
from signoff.time.relative import Span, parse_span
from tests.kernel import laws
from tests.kernel.books import Books
from tests.kernel.people import CALENDARS, GROUPS, NOON, actor, paper, person, process, resolve


class Instance:
    """One instance, its books, and what can be seen of it."""

    def __init__(self, *sources: str | Definition, at: datetime = NOON) -> None:
        definitions = [s if isinstance(s, Definition) else process(s) for s in sources]
        versions = {f"v-{d.id}": d for d in definitions}
        self.world = World(versions, CALENDARS, {d.id: v for v, d in versions.items()})
        self.definition = definitions[0]
        self.at = at
        self.state = State("i")
        self.record = laws.Record(self.world)
        self.events: list[Event] = []  # of the last command
        self.log: list[tuple[datetime, Event]] = []
        self.books = Books()
        self.inbox, self.agenda = self.books.inbox, self.books.agenda
        self.notices, self.involved = self.books.notices, self.books.involved
        self.directory_down = False
        self.unwatched = False  # the laws are not checked: for stories of a thousand passes

    # commands -----------------------------------------------------------------------------------------

    def do(self, command: c.Command) -> list[Event]:
        """Decide, answer what is asked, keep what is owed; a refusal leaves everything as it was."""
        before = self.state if self.unwatched else laws.copied(self.state)
        try:
            outcome = decide(self.world, self.state, command)
            events = list(outcome.events)
            while outcome.questions:
                question = outcome.questions[0]
                answer = self._answer(question.id, question.terms, command.at)
                outcome = decide(self.world, outcome.state, answer)
                events += outcome.events
        except Refused:
            self.state = before
            laws.refused_again(self.world, before, command)
            raise
        self._keep(events)
        if not self.unwatched:
            laws.same_again(self.world, before, command, events, self._answer)
            self.record.check(self.state, events, self.inbox, self.agenda)
        return events

    def _answer(self, id: str, terms: list[list[Any]], at: datetime) -> c.ResolveRoster:
        question = f"{self.state.id}:{id}"
        if self.directory_down:
            return c.ResolveRoster(by=c.SYSTEM, at=at, question=question, failure="no answer")
        people = tuple(p for term in terms for p in resolve(term))
        return c.ResolveRoster(by=c.SYSTEM, at=at, question=question, people=people, provenance="desk")

    def _keep(self, events: list[Event]) -> None:
        first = self.state.seq - len(events) + 1
        assert self.state.recorded_at is not None or not events
        for seq, event in enumerate(events, first):
            self.log.append((self.state.recorded_at or self.at, event))
            for effect in effects_of(event, seq):
                self.books.take(effect)
        self.events = events

    # looking -------------------------------------------------------------------------------------------

    @property
    def waiting(self) -> Counter[str]:
        """The ids of the elements at which something waits for somebody or something; not containers."""
        inside = {s.activity for s in self.state.scopes.values()}
        return Counter(
            a.node for a in self.state.activities.values() if a.id not in inside and a.multi is None
        )

    @property
    def status(self) -> Status:
        return self.state.status

    @property
    def incidents(self) -> list[str]:
        return [f"{i.node}: {i.code}" for i in self.state.incidents.values()]

    @property
    def data(self) -> dict[str, Any]:
        return next(iter(self.state.scopes.values())).data

    def values(self, name: str) -> Any:
        scope = next(iter(self.state.scopes))
        return Sight(self.world, self.state, scope, self.at).names.get(name)

    def task(self, node: str) -> str:
        """The id of the oldest open activity of that element, else of its gate, else of anything called so."""
        for activity in self.state.activities.values():
            if activity.node == node and activity.multi is None:
                return f"i:{activity.id}"
        for gate in self.state.gates.values():
            if gate.node == node:
                return f"i:{gate.id}"
        return f"i:{node}"

    def gate(self, node: str) -> Any:
        return next(g for g in self.state.gates.values() if g.node == node)

    def asked(self, node: str) -> set[str]:
        """Who is asked at the gate of that element now, and has not voted."""
        return {id for entry in self.gate(node).entries for id in seat.asked(entry)}

    def subject(self, node: str, by: str) -> str:
        gate = next((g for g in self.state.gates.values() if g.node == node), None)
        if gate is None:
            return ""
        sight = Sight(self.world, self.state, gate.scope, self.at)
        task = sight.node(node)
        assert isinstance(task, HumanTask)
        numbers = [n for n, e in enumerate(gate.entries) if by in seat.asked(e)]
        return subject_of(sight, gate, task, numbers[0]) if numbers else gate.subject

    def names(self, kind: type[Event]) -> list[Any]:
        """The events of a kind, over the whole story."""
        return [event for _, event in self.log if isinstance(event, kind)]

    def happened(self) -> list[str]:
        """What the last command brought about, by name."""
        return [type(event).__name__ for event in self.events]


class Outside(Instance):
    """What arrives from outside, and what nobody's work does."""

    def hear(self, node: str, **data: Any) -> list[Event]:
        """What the oldest subscription of that element waits for arrives."""
        wait = next(w for w in self.state.waits.values() if w.node == node)
        return self.do(arrival.Deliver(by=c.SYSTEM, at=self.at, instance="i", wait=f"i:{wait.id}", data=data))

    def fill(self, **data: Any) -> list[Event]:
        return self.do(arrival.Fill(by=actor("root"), at=self.at, instance="i", data=data))

    def enable(self, node: str, element: str) -> list[Event]:
        return self.do(arrival.Enable(by=c.SYSTEM, at=self.at, task=self.task(node), element=element))

    def complete(self, node: str, **data: Any) -> list[Event]:
        return self.do(arrival.Complete(by=c.SYSTEM, at=self.at, task=self.task(node), data=data))

    def escalate(self, node: str, code: str) -> list[Event]:
        command = arrival.Escalated(by=c.SYSTEM, at=self.at, task=self.task(node), escalation=code)
        return self.do(command)

    def occur(self, event: str, **data: Any) -> Self:
        """A new instance begins upon this start event."""
        version = f"v-{self.definition.id}"
        start = c.Start(by=c.SYSTEM, at=self.at, instance="i", version=version, event=event, data=data)
        self.do(start)
        return self


class Desk(Outside):
    """What people and machines do at an instance."""

    # what people do ------------------------------------------------------------------------------------

    def start(self, by: str = "amy", key: str = "", **data: Any) -> "Desk":
        people = {id: person(id) for ids in GROUPS.values() for id in ids}
        version = f"v-{self.definition.id}"
        self.do(
            c.Start(
                by=actor(by), at=self.at, instance="i", version=version, data=data, key=key, people=people
            )
        )
        return self

    def submit(
        self,
        node: str,
        by: str = "amy",
        *,
        documents: dict[str, Any] | None = None,
        ticks: Any = (),
        **data: Any,
    ) -> list[Event]:
        people = {id: person(id) for ids in GROUPS.values() for id in ids}
        attached = {id: paper(given) for id, given in (documents or {}).items()}
        return self.do(
            c.Submit(
                by=actor(by),
                at=self.at,
                task=self.task(node),
                data=data,
                documents=attached,
                ticks=tuple(ticks),
                people=people,
            )
        )

    def approve(
        self, node: str, by: str, seen: str | None = None, auth: Strength = Strength.ATTESTED
    ) -> list[Event]:
        seen = self.subject(node, by) if seen is None else seen
        return self.do(c.Approve(by=actor(by, auth), at=self.at, gate=self.task(node), seen=seen))

    def decline(self, node: str, by: str, note: str = "no") -> list[Event]:
        seen = self.subject(node, by)
        return self.do(c.Decline(by=actor(by), at=self.at, gate=self.task(node), seen=seen, note=note))

    def return_to(self, node: str, to: str, by: str, auth: Strength = Strength.ATTESTED) -> list[Event]:
        who = actor(by, auth)
        return self.do(c.ReturnTo(by=who, at=self.at, gate=self.task(node), to=to, note="again"))

    def abstain(self, node: str, by: str, auth: Strength = Strength.ATTESTED) -> list[Event]:
        seen = self.subject(node, by)
        return self.do(motions.Abstain(by=actor(by, auth), at=self.at, gate=self.task(node), seen=seen))

    def transfer(self, node: str, by: str, to: str, auth: Strength = Strength.ATTESTED) -> list[Event]:
        who, holds = actor(by, auth), self.holds(to)
        task = self.task(node)
        return self.do(motions.Transfer(by=who, at=self.at, task=task, person=person(to), holds=holds))

    def delegate(self, node: str, by: str, to: str) -> list[Event]:
        gate = self.task(node)
        return self.do(motions.Delegate(by=actor(by), at=self.at, gate=gate, person=person(to), note="?"))

    def advise(self, node: str, by: str, advice: Decision | None = None, note: str = "fine") -> list[Event]:
        gate = self.task(node)
        return self.do(motions.Advise(by=actor(by), at=self.at, gate=gate, note=note, advice=advice))

    def add(
        self, node: str, by: str, *who: str, place: str = "before", need: str = "", gate: str = ""
    ) -> list[Event]:
        command = motions.AddSigners(
            by=actor(by),
            at=self.at,
            gate=gate or self.task(node),
            signers=tuple(person(id) for id in who),
            place=Place(place),
            need=NeedKind(need) if need else None,
            holds=self.holds(*who),
        )
        return self.do(command)

    def remove(self, node: str, by: str, who: str, reason: str = "on leave") -> list[Event]:
        gate = self.task(node)
        return self.do(motions.RemoveSigner(by=actor(by), at=self.at, gate=gate, person=who, reason=reason))

    def take_back(self, node: str, by: str, gate: str = "") -> list[Event]:
        named = gate or self.task(node)
        return self.do(motions.TakeBack(by=actor(by), at=self.at, gate=named, reason="too early"))

    def aside(self, kind: type[c.Command], by: str, node: str = "", **given: Any) -> list[Event]:
        """A command beside work and votes, about the instance or the task or gate of an element."""
        about = {"task": self.task(node)} if node else {}
        if kind in (asides.Withdraw, asides.MarkRead) or (kind is asides.Comment and not node):
            about = {"instance": "i"}
        return self.do(kind(by=actor(by), at=self.at, **about, **given))

    def holds(self, *who: str) -> dict[str, tuple[str, ...]]:
        """The roles that people hold, as the shell would look them up."""
        scope = next(iter(self.state.scopes))
        sight = Sight(self.world, self.state, scope, self.at)
        found = {
            role: {p.id for p in resolve(roster.term(sight, role, roster.nobody))}
            for role in sight.definition.roles
        }
        return {id: tuple(role for role, ids in found.items() if id in ids) for id in who}

    def waive(self, node: str, rule: str, by: str, reason: str = "because") -> list[Event]:
        return self.do(c.Waive(by=actor(by), at=self.at, task=self.task(node), rule=rule, reason=reason))

    def claim(self, node: str, by: str) -> list[Event]:
        return self.do(c.Claim(by=actor(by), at=self.at, task=self.task(node)))

    def release(self, node: str, by: str) -> list[Event]:
        return self.do(c.Release(by=actor(by), at=self.at, task=self.task(node)))

    def assign(self, node: str, who: str, by: str = "root") -> list[Event]:
        return self.do(c.Assign(by=actor(by), at=self.at, task=self.task(node), person=person(who)))

    def suspend(self) -> list[Event]:
        return self.do(c.Suspend(by=actor("root"), at=self.at, instance="i"))

    def resume(self) -> list[Event]:
        return self.do(c.Resume(by=actor("root"), at=self.at, instance="i"))

    def cancel(self) -> list[Event]:
        return self.do(c.Cancel(by=actor("root"), at=self.at, instance="i", reason="enough"))

    def retry(self, incident: str = "") -> list[Event]:
        return self.do(c.Retry(by=actor("root"), at=self.at, instance="i", incident=incident))

    # what machines do ----------------------------------------------------------------------------------

    def finish(self, node: str, result: Any = None) -> list[Event]:
        return self.do(c.FinishJob(by=c.SYSTEM, at=self.at, task=self.task(node), result=result))

    def fail(
        self, node: str, *, error: str = "", code: str = "handler_failed", **variables: Any
    ) -> list[Event]:
        command = c.FailJob(
            by=c.SYSTEM,
            at=self.at,
            task=self.task(node),
            code="bpmn_error" if error else code,
            message="broken",
            error=error,
            variables=variables,
        )
        return self.do(command)

    def advance(self, to: str | datetime) -> list[str]:
        """Let time pass, firing what is due in the order of time; the keys that fired."""
        until = self._moment(to)
        fired = []
        while (due := self._next(until)) is not None:
            self.at = max(self.at, due.at or self.at)
            fired.append(due.key)
            self._fire(due)
        self.at = until
        return fired

    def idle(self, to: str | datetime) -> None:
        """Let time pass while nobody is there to fire anything."""
        self.at = self._moment(to)

    def fire(self, key: str) -> list[Event]:
        """What is owed under this key, now."""
        return self._fire(self.agenda[key])

    def _moment(self, to: str | datetime) -> datetime:
        if isinstance(to, datetime):
            return to
        if to[0].isdigit() and "-" in to:
            return datetime.fromisoformat(to if "T" in to else f"{to}T23:59+08:00")
        span: Span = parse_span(to)
        return span.add(self.at, CALENDARS["CN"].with_zone("Asia/Shanghai"))

    def _next(self, until: datetime) -> Owe | None:
        timed = [o for o in self.agenda.values() if o.at is not None and o.at <= until]
        return min(timed, key=lambda o: (o.at, o.key), default=None)

    def _fire(self, owed: Owe) -> list[Event]:
        id = f"i:{owed.key.partition('/')[0]}"
        commands: dict[Owed, Any] = {
            Owed.TIMER: lambda: c.FireTimer(by=c.SYSTEM, at=self.at, timer=id),
            Owed.RUNG: lambda: c.Escalate(by=c.SYSTEM, at=self.at, task=id),
            Owed.OPEN: lambda: c.OpenTask(by=c.SYSTEM, at=self.at, task=id),
            Owed.LAPSE: lambda: c.Lapse(by=c.SYSTEM, at=self.at, task=id),
        }
        kept = self.agenda.pop(owed.key, None)
        try:
            return self.do(commands[owed.kind]())
        except Refused:
            if kept is not None:
                self.agenda[owed.key] = kept
            raise
