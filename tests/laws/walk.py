"""A walk through a process on two sides at once: the kernel and the state machine of the same definition.

Before every step each command that somebody could give is tried on a copy of the state, and the machine is asked
about the same trigger in the same situation. What runs beside its host has no states and is left alone.
"""

from collections.abc import Mapping
from random import Random
from typing import Any

from signoff.errors import Refused
from signoff.kernel import commands as c
from signoff.kernel import missing
from signoff.kernel.decide import decide
from signoff.kernel.events import Event, gate
from signoff.kernel.sight import Sight
from signoff.kernel.state import (
    LIVE,
    Scope,
    State,
    Status,
)
from signoff.kernel.work import read_all
from signoff.kernel.world import World
from signoff.model.definition import Definition
from signoff.model.gate import DeclineKind, Strength
from signoff.model.nodes import (
    HumanTask,
)
from signoff.model.role import RoleKind
from signoff.notation.machine import ProcessMachine, Situation, allowed
from signoff.notation.states.situation import name_of
from tests.kernel.laws import copied
from tests.kernel.people import CALENDARS, NOON
from tests.laws.chances import Candidate, Chances, beside
from tests.laws.desk import Desk, ids, person, resolve
from tests.laws.facts import Facts, moved

_PATIENCE = 30  # trays with a piece missing that are handed in, one after the other
_OF_A_GATE = ("unasked__", "open__no", "skipped__")
_BACKWARD = ("decline:", "return_to:", "fire:", "lapse:")


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
        self.beside = beside(definition)
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
        candidates = list(self._chances().candidates())
        triggers = {each.trigger for each in candidates}
        open_ = [each for each in candidates if self._agree(each)]
        self._nothing_more(triggers)
        votes = [each for each in candidates if each not in open_ and self._counts(each)]
        open_ = [each for each in open_ if not self._forgotten(each)] + votes + list(self._chances().beyond())
        if not open_:
            return False
        weights = [1 if _goes_back(each) else 6 for each in open_]
        self._take(self.random.choices(open_, weights)[0])
        return True

    def _chances(self) -> Chances:
        return Chances(self.world, self.state, self.at, self.desk, self.random, self.beside)

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
            _, events = carry(self.world, copied(self.state), candidate.command)
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
            carry(self.world, copied(self.state), candidate.command)
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
            (a.node, "gate" if self._chances().in_gate(a) else "work")
            for a in self._chances().activities()
            if a.node not in containers
        }


def _goes_back(candidate: Candidate) -> bool:
    return candidate.trigger.startswith(_BACKWARD) or isinstance(candidate.command, c.Decline)
