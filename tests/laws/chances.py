"""What somebody could do in a state: every command that fits what is open, with what holds when it is given.

Must import no machine: the triggers are names.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from signoff.kernel import ballot, missing
from signoff.kernel import commands as c
from signoff.kernel.elements.register import BEHAVIOURS
from signoff.kernel.events import gate
from signoff.kernel.fold import apply
from signoff.kernel.run import Run
from signoff.kernel.state import (
    Activity,
    ActivityStatus,
    Decision,
    EntryStatus,
    GateRecord,
    State,
)
from signoff.kernel.work import _deliver, _write
from signoff.kernel.world import World
from signoff.model.block import BlockKind
from signoff.model.definition import Definition
from signoff.model.gate import Strength
from signoff.model.nodes import (
    BoundaryEvent,
    ErrorEvent,
    EventSubProcess,
    GateTask,
    HumanTask,
    IntermediateCatchEvent,
    ServiceTask,
    UserTask,
)
from tests.kernel.laws import copied
from tests.laws.desk import Desk, actor, ids, person
from tests.laws.facts import Facts


@dataclass(slots=True)
class Candidate:
    """A command that somebody could give, what it is called on the machine, and what holds when it is given."""

    trigger: str
    command: c.Command
    names: frozenset[str]
    node: str = ""


@dataclass(frozen=True, slots=True)
class Chances:
    """One state, and whoever is there to act on it. `beside`: nodes that are left alone."""

    world: World
    state: State
    at: datetime
    desk: Desk
    random: Random
    beside: frozenset[str]

    @property
    def definition(self) -> Definition:
        return self.world.definition(self.state.version)

    def in_gate(self, activity: Activity) -> bool:
        node = self.definition.nodes[activity.node]
        return isinstance(node, GateTask) or activity.status is ActivityStatus.IN_REVIEW

    def activities(self) -> Iterator[Activity]:
        return (a for a in self.state.activities.values() if a.node not in self.beside and a.multi is None)

    def candidates(self) -> Iterator[Candidate]:
        base = Facts(self.world, self.state, self.at).names()
        for activity in self.activities():
            node = self.definition.nodes[activity.node]
            if isinstance(node, UserTask) and activity.status is not ActivityStatus.IN_REVIEW:
                yield self._submission(activity, node)
            if isinstance(node, HumanTask) and activity.lapses is not None:
                at = max(self.at, activity.lapses)
                lapse = c.Lapse(by=c.SYSTEM, at=at, task=f"i:{activity.id}")
                if not self.in_gate(activity) or isinstance(node, GateTask):
                    yield Candidate(f"lapse:{node.id}", lapse, base, node.id)
            if isinstance(node, ServiceTask):
                yield from self._answers(activity, node, base)
            if isinstance(node, GateTask) and not node.gate.approvals:
                yield from self._returns(f"i:{activity.id}", node, [p.id for p in activity.roster], base)
        for record in self.state.gates.values():
            if record.activity in self.state.activities and record.node not in self.beside:
                yield from self._votes(record, base)
        yield from self._timers(base)

    def _submission(self, activity: Activity, node: UserTask) -> Candidate:
        tray = self.desk.tray(self.random, self.definition, node)
        people = {id: person(id) for id in ids(tray.data)}
        by = actor(activity.roster[0].id if activity.roster else "nobody")
        submit = c.Submit(
            by=by,
            at=self.at,
            task=f"i:{activity.id}",
            data=tray.data,
            documents=tray.documents,
            ticks=tuple(tray.ticks),
            people=people,
        )
        written = copied(self.state)
        run = Run(self.world, written, BEHAVIOURS, actor=by, at=self.at)
        _write(run, submit, written.activities[activity.id], node, "")
        _deliver(run, submit, written.activities[activity.id], node, "")
        names = Facts(self.world, written, self.at, {node.id: tray.ticks}).names()
        return Candidate(f"submit:{node.id}", submit, names, node.id)

    def _answers(self, activity: Activity, node: ServiceTask, base: frozenset[str]) -> Iterator[Candidate]:
        task = f"i:{activity.id}"
        done = c.FinishJob(by=c.SYSTEM, at=self.at, task=task, result=self.desk.result(node))
        yield Candidate(f"finish:{node.id}", done, base, node.id)
        for event in self.definition.boundaries.get(node.id, ()):
            if isinstance(event.event, ErrorEvent):
                error = event.event.error or "any"
                failed = c.FailJob(by=c.SYSTEM, at=self.at, task=task, code="bpmn_error", error=error)
                yield Candidate(f"fire:{event.id}", failed, base, event.id)

    def _timers(self, base: frozenset[str]) -> Iterator[Candidate]:
        for timer in self.state.timers.values():
            node = self.definition.nodes[timer.node]
            beside = node.id in self.beside or (
                isinstance(node, BoundaryEvent | EventSubProcess) and not node.interrupting
            )
            if timer.at is not None and not beside:
                word = "finish" if isinstance(node, IntermediateCatchEvent) else "fire"
                fire = c.FireTimer(by=c.SYSTEM, at=max(self.at, timer.at), timer=f"i:{timer.id}")
                yield Candidate(f"{word}:{node.id}", fire, base, node.id)

    def _votes(self, record: GateRecord, base: frozenset[str]) -> Iterator[Candidate]:
        node = self.definition.nodes[record.node]
        assert isinstance(node, HumanTask)
        voters = {
            id: n
            for n, entry in enumerate(record.entries)
            if entry.status is EntryStatus.OPEN
            for id in ballot.outstanding(entry)
        }
        for id, number in voters.items():
            for decision in Decision:
                yield self._vote(record, node, number, id, decision)
        yield from self._returns(f"i:{record.id}", node, list(voters), base)

    def _vote(
        self, record: GateRecord, node: HumanTask, number: int, id: str, decision: Decision
    ) -> Candidate:
        cast, asked = copied(self.state), record.entries[number].roster
        role = next(p.role for p in asked if p.id == id)
        meaning = node.gate.approvals[number].meaning
        vote = gate.VoteCast(record.id, number, id, id, role, decision, "", meaning, Strength.SIGNED)
        apply(cast, vote, self.at)
        names = Facts(self.world, cast, self.at).names()
        seen = Facts(self.world, self.state, self.at).sight(self.state.scopes[record.scope].node)
        said = {"by": actor(id), "at": self.at, "gate": f"i:{record.id}#{number}", "note": "x"}
        said["seen"] = missing.subject_of(seen, record, node, number)
        if decision is Decision.YES:
            return Candidate(f"approve:{node.id}", c.Approve(**said), names, node.id)
        return Candidate(f"decline:{node.id}", c.Decline(**said), names, node.id)

    def _returns(
        self, gate_id: str, node: HumanTask, people: Iterable[str], base: frozenset[str]
    ) -> Iterator[Candidate]:
        for id in list(people)[:1]:
            for to in node.gate.return_to:
                back = c.ReturnTo(by=actor(id), at=self.at, gate=gate_id, to=to, note="again")
                yield Candidate(f"return_to:{to}", back, base, node.id)

    def beyond(self) -> Iterator[Candidate]:
        """What happens without a trigger: a step that opens later opens, a rule is waived."""
        for activity in self.activities():
            node = self.definition.nodes[activity.node]
            if activity.status is ActivityStatus.SCHEDULED and activity.opens is not None:
                at = max(self.at, activity.opens)
                yield Candidate(
                    "", c.OpenTask(by=c.SYSTEM, at=at, task=f"i:{activity.id}"), frozenset(), node.id
                )
            for rule in node.gate.rules if isinstance(node, HumanTask) else ():
                if rule.waive and rule.id not in activity.waived and not activity.gate:
                    group = self.definition.roles[rule.waive[0]].value
                    by = actor(f"{group}-1", group)
                    waive = c.Waive(
                        by=by, at=self.at, task=f"i:{activity.id}", rule=rule.id, reason="so be it"
                    )
                    yield Candidate("", waive, frozenset(), node.id)


def beside(definition: Definition) -> frozenset[str]:
    """The nodes of handlers that do not interrupt."""
    found: frozenset[str] = frozenset()
    for node in definition.nodes.values():
        if isinstance(node, BoundaryEvent | EventSubProcess) and not node.interrupting:
            block = node.id if isinstance(node, EventSubProcess) else f"{node.id}.body"
            if block in definition.blocks and definition.blocks[block].kind is BlockKind.HANDLER:
                found |= definition.nodes_in(block)
    return found
