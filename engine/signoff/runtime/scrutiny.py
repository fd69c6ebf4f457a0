"""Whether what was recorded of a gate is what was there: on what it asked, who had prepared that, what the votes came to.

Each is computed again from the state as it stood before the event, with the kernel's own functions, and compared; nothing
is decided. What was erased cannot be hashed again, so of an erased instance only the rest is compared. Must not import
`engine`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from signoff.kernel import ballot, review, seat, subject
from signoff.kernel.events import Event, aside, flow, gate, migration, request, task
from signoff.kernel.events import seat as seats
from signoff.kernel.sight import Sight
from signoff.kernel.state import Entry, EntryStatus, GateRecord, Mode, State
from signoff.kernel.world import World
from signoff.model.expression import ExpressionFault
from signoff.model.gate import Approval, Ruling
from signoff.model.nodes import HumanTask

Round = gate.GateOpened | gate.VotesVoided | gate.GateReopened

#: Events that name who acted, and where.
_BY: Mapping[type[Event], str] = {
    task.WorkSubmitted: "person",
    task.TaskClaimed: "person",
    task.TaskAssigned: "by",
    gate.GateReturned: "by",
    gate.RuleWaived: "person",
    seats.VoteTakenBack: "person",
    seats.ApprovalTakenBack: "person",
    aside.Overridden: "by",
    aside.Moved: "by",
    aside.Commented: "person",
    request.RequestRaised: "by",
    migration.InstanceMigrated: "by",
}


class Scrutiny:
    """Of one instance, event by event; `erased`: values of it are gone."""

    def __init__(self, world: World, state: State, *, erased: bool) -> None:
        self.world, self.state, self.erased = world, state, erased
        self.declined: set[str] = set()  # entries that a rung has declined

    def actor(self, event: Event, actor: str) -> Iterator[str]:
        """Somebody else is named than who acted."""
        named: str | None = None
        if isinstance(event, flow.InstanceStarted):
            named = event.starter.id if event.starter else ""
        elif (where := _BY.get(type(event))) is not None:
            named = getattr(event, where)
        if named is not None and named != actor:
            yield f"names {named or 'nobody'}, and {actor or 'nobody'} acted"

    def seen(self, event: Event, at: datetime) -> Iterator[str]:
        """A gate asked about something else than was there, or somebody decided on something else than it asked."""
        if isinstance(event, Round):
            yield from self._asked(event, at)
        elif isinstance(event, (gate.VoteCast, gate.GateReturned)) and event.entry is not None:
            yield from self._decided(event, event.entry, at)

    def result(self, event: Event, at: datetime) -> Iterator[str]:
        """What the votes, or a rule, did not come to."""
        match event:
            case gate.VoteCast(mode=Mode.MANUAL):
                yield from self._as_asked(event, at)
            case gate.EntryRungFired(decides=Ruling.DECLINE):
                self.declined.add(event.target)
            case gate.EntryDeclined() if not self._is_declined(event, at):
                yield f"{event.gate}#{event.entry}: declined without the votes that it takes"
            case gate.EntryPassed(mode=Mode.AUTO) if not self._holds(event, at):
                yield f"{event.gate}#{event.entry}: passed by a rule that did not hold"
            case gate.GatePassed():
                record = self.state.gates.get(event.gate)
                if record is not None and event.approvers != review.approvers(record):
                    yield f"{event.gate}: names others than have said yes"

    # inside ----------------------------------------------------------------------------------------------------

    def _asked(self, event: Round, at: datetime) -> Iterator[str]:
        record = None if isinstance(event, gate.GateOpened) else self.state.gates.get(event.gate)
        scope = event.scope if isinstance(event, gate.GateOpened) else record.scope if record else ""
        sight, node = self._node(scope, event.node, at)
        if sight is None or node is None:
            return
        name = record.id if record else getattr(event, "id", "")
        if subject.subject(sight, node.id, event.bound) != event.subject:
            yield f"{name}: its subject is not the hash of what it binds"
        if not self.erased and subject.bound(sight, node.gate.covers) != event.bound:
            yield f"{name}: it binds something else than was there"
        if event.preparers not in self._preparers(event, record, sight, node):
            yield f"{name}: others have prepared it than are named"

    def _preparers(
        self, event: Round, record: GateRecord | None, sight: Sight, node: HumanTask
    ) -> list[tuple[str, ...]]:
        """Who may be named: by those who edited the work that is judged, or those before where it is judged again."""
        activities = self.state.activities
        if isinstance(event, gate.GateOpened):
            work = [activities[event.activity].editors] if event.activity in activities else []
        else:
            work = [a.editors for a in activities.values() if a.node == node.id]
        known = [*work, *([record.preparers] if record else [])]
        return [review.preparers(sight, editors, node) for editors in known]

    def _decided(self, event: gate.VoteCast | gate.GateReturned, number: int, at: datetime) -> Iterator[str]:
        found = self._entry(event.gate, number, at)
        if found is None:
            return
        sight, record, approval, _ = found
        if approval.binds is not None and self.erased:
            return
        seen = record.subject
        if approval.binds is not None:
            seen = subject.of_entry(sight, record.node, approval, record.bound)
        if event.subject != seen:
            who = event.person if isinstance(event, gate.VoteCast) else event.by
            yield f"{event.gate}#{number}: {who} decided on something else than was asked"

    def _as_asked(self, vote: gate.VoteCast, at: datetime) -> Iterator[str]:
        found = self._entry(vote.gate, vote.entry, at)
        if found is None:
            return
        _, _, approval, entry = found
        if vote.meaning is not approval.meaning:
            yield f"{vote.gate}#{vote.entry}: the vote means something else than was asked for"
        person = seat.person(entry, vote.on_behalf_of or vote.person)
        if person is not None and not vote.grant and person.name and vote.name != person.name:
            yield f"{vote.gate}#{vote.entry}: {vote.person} has another name than when asked"
        roles = {each.role for each in seat.people(entry) if each.id == (vote.on_behalf_of or vote.person)}
        if roles and vote.role not in roles:
            yield f"{vote.gate}#{vote.entry}: {vote.person} has another role than when asked"

    def _is_declined(self, event: gate.EntryDeclined, at: datetime) -> bool:
        found = self._entry(event.gate, event.entry, at)
        if found is None or f"{event.gate}#{event.entry}" in self.declined:
            return True
        _, _, approval, entry = found
        return ballot.tally(approval, entry) is ballot.Verdict.DECLINED

    def _holds(self, event: gate.EntryPassed, at: datetime) -> bool:
        """Of a rule that reads data; that of a rung is judged by its time."""
        found = self._entry(event.gate, event.entry, at)
        if found is None or self.erased or not event.rule.endswith("|auto"):
            return True
        sight, _, approval, entry = found
        try:
            return (
                entry.status is EntryStatus.WAITING
                and approval.auto is not None
                and sight.holds(approval.auto)
            )
        except ExpressionFault:
            return False

    def _entry(self, id: str, number: int, at: datetime) -> tuple[Sight, GateRecord, Approval, Entry] | None:
        """None for what there is not, which is told elsewhere."""
        record = self.state.gates.get(id)
        if record is None or not 0 <= number < len(record.entries):
            return None
        sight, node = self._node(record.scope, record.node, at)
        if sight is None or node is None or number >= len(node.gate.approvals):
            return None
        return sight, record, node.gate.approvals[number], record.entries[number]

    def _node(self, scope: str, id: str, at: datetime) -> tuple[Sight | None, HumanTask | None]:
        sight = Sight(self.world, self.state, scope, at)
        try:
            node: Any = sight.node(id)
        except KeyError:
            return None, None
        return (sight, node) if isinstance(node, HumanTask) else (None, None)
