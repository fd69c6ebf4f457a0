"""A walk through a process on two sides at once: the kernel and the state machine of the same definition.

Before every step each command that somebody could give is tried on a copy of the state, and the machine is asked
about the same trigger in the same situation. What runs beside its host has no states and is left alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Any

from signoff.errors import Refused
from signoff.kernel import ballot, missing
from signoff.kernel import commands as c
from signoff.kernel.decide import decide
from signoff.kernel.elements.register import BEHAVIOURS
from signoff.kernel.events import Event, gate
from signoff.kernel.fold import apply
from signoff.kernel.run import Run
from signoff.kernel.sight import Sight
from signoff.kernel.state import (
    LIVE,
    Activity,
    ActivityStatus,
    Decision,
    EntryStatus,
    GateRecord,
    Scope,
    State,
    Status,
)
from signoff.kernel.work import _deliver, _write, read_all
from signoff.kernel.world import World
from signoff.model.definition import BlockKind, Definition, RoleKind
from signoff.model.gate import DeclineKind, Strength
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
from signoff.notation.machine import ProcessMachine, Situation, allowed
from signoff.notation.states.situation import name_of
from tests.kernel.people import CALENDARS, NOON
from tests.laws.desk import Desk, actor, ids, person, resolve
from tests.laws.facts import Facts, moved

_PATIENCE = 30  # trays with a piece missing that are handed in, one after the other
_OF_A_GATE = ("unasked__", "open__no", "skipped__")
_BACKWARD = ("decline:", "return_to:", "fire:", "lapse:")


@dataclass(slots=True)
class Candidate:
    """A command that somebody could give, what it is called on the machine, and what holds when it is given."""

    trigger: str
    command: c.Command
    names: frozenset[str]
    node: str = ""


def carry(world: World, state: State, command: c.Command) -> tuple[State, list[Event]]:
    """Decide and answer what is asked; raises Refused. The state given is used up."""
    outcome = decide(world, state, command)
    events = list(outcome.events)
    while outcome.questions:
        question = outcome.questions[0]
        people = tuple(p for term in question.terms for p in resolve(term))
        answer = c.ResolveRoster(by=c.SYSTEM, at=command.at, question=f"i:{question.id}", people=people)
        outcome = decide(world, outcome.state, answer)
        events += outcome.events
    return outcome.state, events


class Walk:
    """One instance, on both sides."""

    def __init__(
        self,
        definition: Definition,
        chart: ProcessMachine,
        desk: Desk,
        random: Random,
        data: Mapping[str, Any],
    ) -> None:
        self.definition = definition
        self.chart = chart
        self.desk = desk
        self.random = random
        self.data = data
        self.at = NOON
        self.state = State("i")
        self.world = World({"v": definition}, CALENDARS, {definition.id: "v"})
        self.beside = _beside(definition)
        self.story: list[str] = []
        self.seen: set[str] = set()  # TRIGGER yes|no: what was compared
        chart.set_state(".start")

    def run(self, steps: int = 150) -> "Walk":
        """Walk until the end, or as far as so many steps lead; every step is compared."""
        self._start()
        vain = 0
        while self.state.status in LIVE and len(self.story) < steps and vain < _PATIENCE:
            vain = 0 if self._step() else vain + 1
        return self

    def _start(self) -> None:
        """Not without what the form asks for; then with it."""
        for name in self.definition.start.form.fill:
            self._agree(self._beginning({n: value for n, value in self.data.items() if n != name}))
        beginning = self._beginning(self.data)
        assert self._agree(beginning)
        self._take(beginning)

    def _beginning(self, data: Mapping[str, Any]) -> Candidate:
        start = self.definition.start
        groups = frozenset(r.value for r in self.definition.roles.values() if r.kind is RoleKind.GROUP)
        by = c.Actor("starter", groups, "Starter", Strength.SIGNED)
        people = {id: person(id) for id in ids(data)}
        command = c.Start(by=by, at=self.at, instance="i", version="v", data=data, people=people)
        defaults = {d.name: d.default for d in self.definition.data.values() if d.default is not None}
        values = defaults | read_all(self.definition.data, data, people, self.definition.zone)
        scope = Scope("s0", "", "", "", "v", "s0", data=values)
        sight = Sight(self.world, State("i", starter=person(by.id), scopes={"s0": scope}), "s0", self.at)
        names = {name_of("filled", n) for n in start.form.fill if sight.names.get(n) is not None}
        names |= {name_of("rule", rule.id) for rule in start.rules if missing.fails(sight, rule) is None}
        return Candidate("start", command, frozenset(f"start:{name}" for name in names))

    def _step(self) -> bool:
        candidates = list(self._candidates())
        triggers = {each.trigger for each in candidates}
        open_ = [each for each in candidates if self._agree(each)]
        self._nothing_more(triggers)
        votes = [each for each in candidates if each not in open_ and self._counts(each)]
        open_ = [each for each in open_ if not self._forgotten(each)] + votes + list(self._world())
        if not open_:
            return False
        weights = [1 if _goes_back(each) else 6 for each in open_]
        self._take(self.random.choices(open_, weights)[0])
        return True

    # comparing -----------------------------------------------------------------------------------------

    def _agree(self, candidate: Candidate) -> bool:
        """Both sides say the same of one trigger; what they say."""
        kernel = self._kernel_allows(candidate)
        chart = candidate.trigger in allowed(self.chart, Situation(candidate.names))
        self.seen.add(f"{candidate.trigger} {'yes' if kernel else 'no'}")
        assert kernel == chart, self._told(
            f"{candidate.trigger}: the kernel says {kernel}, the machine {chart}", candidate
        )
        return kernel

    def _nothing_more(self, triggers: set[str]) -> None:
        """What nobody could do the machine does not allow, either."""
        names = Facts(self.world, self.state, self.at).names()
        extra = allowed(self.chart, Situation(names)) - triggers
        assert not extra, self._told(f"only the machine allows {sorted(extra)}")

    def _told(self, what: str, candidate: Candidate | None = None) -> str:
        lines = [what, f"machine: {self.chart.state}", f"kernel: {sorted(self._places())}"]
        step = candidate.node + ":" if candidate else ""
        lines += [f"names: {sorted(n for n in candidate.names if n.startswith(step))}"] if candidate else []
        return "\n".join([*lines, *self.story])

    def _kernel_allows(self, candidate: Candidate) -> bool:
        """Accepted, and it is the transition that the trigger stands for: a vote has to decide."""
        try:
            _, events = carry(self.world, deepcopy(self.state), candidate.command)
        except Refused:
            return False
        match candidate.command:
            case c.Approve():
                return any(isinstance(e, gate.GatePassed) and e.node == candidate.node for e in events)
            case c.Decline():
                return any(isinstance(e, gate.EntryDeclined) for e in events)
        return bool(events)

    def _counts(self, candidate: Candidate) -> bool:
        """A vote that is taken and decides nothing: no transition."""
        if not isinstance(candidate.command, c.Approve | c.Decline):
            return False
        try:
            carry(self.world, deepcopy(self.state), candidate.command)
        except Refused:
            return False
        candidate.trigger = ""
        return True

    def _forgotten(self, candidate: Candidate) -> bool:
        """A no that would lead to a block that was passed by: the machine does not remember, so it would go there."""
        if not isinstance(candidate.command, c.Decline):
            return False
        node, facts = self.definition.nodes[candidate.node], Facts(self.world, self.state, self.at)
        assert isinstance(node, HumanTask)
        targets = [a.declined.to for a in node.gate.approvals if a.declined.kind is DeclineKind.RETURN]
        return any(facts.skipped(node.scope, to) for to in targets if to and to != node.id)

    # moving --------------------------------------------------------------------------------------------

    def _take(self, candidate: Candidate) -> None:
        """One step on both sides; then they are at the same places."""
        before = set(candidate.names)
        self.state, events = carry(self.world, self.state, candidate.command)
        self.at = self.state.recorded_at or self.at
        asked = candidate.node if isinstance(candidate.command, c.Approve) else ""
        after = Facts(self.world, self.state, self.at).names()
        left = tuple(f"{candidate.node}:{kind}" for kind in _OF_A_GATE)
        over = {name for name in after if name.startswith(left)} - before  # what a gate is after it was left
        situation = Situation((before | after | {*moved(events, asked=asked)}) - over)
        self.story.append(f"{candidate.trigger or type(candidate.command).__name__} ({candidate.node})")
        if candidate.trigger:
            assert self.chart.trigger(candidate.trigger, situation), self._told(
                "the machine stood still", candidate
            )
        else:
            self.chart.settle(situation)
        assert not self.state.incidents, (self.state.incidents, self.story)
        self._same_places()

    def _same_places(self) -> None:
        if self.state.status in LIVE:
            ours = {
                (path.split("/")[-2], self.chart.kinds[path])
                for path in self.chart.active()
                if self.chart.kinds[path] in ("work", "gate")
            }
            assert ours == self._places(), self._told(f"the machine is at {sorted(ours)}")
        else:
            outcome = "completed" if self.state.status is Status.COMPLETED else self.state.outcome
            assert self.chart.state == f".{outcome}", self._told(f"the kernel ended: {outcome}")

    def _places(self) -> set[tuple[str, str]]:
        containers = self.definition.starts
        return {
            (a.node, "gate" if self._in_gate(a) else "work")
            for a in self._activities()
            if a.node not in containers
        }

    def _in_gate(self, activity: Activity) -> bool:
        node = self.definition.nodes[activity.node]
        return isinstance(node, GateTask) or activity.status is ActivityStatus.IN_REVIEW

    def _activities(self) -> Iterator[Activity]:
        return (a for a in self.state.activities.values() if a.node not in self.beside and a.multi is None)

    # what somebody could do ----------------------------------------------------------------------------

    def _candidates(self) -> Iterator[Candidate]:
        base = Facts(self.world, self.state, self.at).names()
        for activity in self._activities():
            node = self.definition.nodes[activity.node]
            if isinstance(node, UserTask) and activity.status is not ActivityStatus.IN_REVIEW:
                yield self._submission(activity, node)
            if isinstance(node, HumanTask) and activity.lapses is not None:
                at = max(self.at, activity.lapses)
                lapse = c.Lapse(by=c.SYSTEM, at=at, task=f"i:{activity.id}")
                if not self._in_gate(activity) or isinstance(node, GateTask):
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
        written = deepcopy(self.state)
        run = Run(self.world, written, BEHAVIOURS, actor=by, at=self.at)
        _write(run, submit, written.activities[activity.id], node)
        _deliver(run, submit, written.activities[activity.id], node)
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
        cast, asked = deepcopy(self.state), record.entries[number].roster
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

    def _world(self) -> Iterator[Candidate]:
        """What happens without a trigger: a step that opens later opens, a rule is waived."""
        for activity in self._activities():
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


def _goes_back(candidate: Candidate) -> bool:
    return candidate.trigger.startswith(_BACKWARD) or isinstance(candidate.command, c.Decline)


def _beside(definition: Definition) -> frozenset[str]:
    """The nodes of handlers that do not interrupt."""
    found: frozenset[str] = frozenset()
    for node in definition.nodes.values():
        if isinstance(node, BoundaryEvent | EventSubProcess) and not node.interrupting:
            block = node.id if isinstance(node, EventSubProcess) else f"{node.id}.body"
            if block in definition.blocks and definition.blocks[block].kind is BlockKind.HANDLER:
                found |= definition.nodes_in(block)
    return found
