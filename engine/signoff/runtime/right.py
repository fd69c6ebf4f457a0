"""Whether those who decided had the right to, and their votes led on, judged again from what is recorded.

Folds the records and decides nothing. What only the moment knew, such as groups of an actor, is not judged again.
Must not import `engine`.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from signoff.errors import SignoffError
from signoff.kernel import ballot, override, roster, seat
from signoff.kernel.asides import Erase
from signoff.kernel.events import Event
from signoff.kernel.events.aside import Overridden, PersonalErased
from signoff.kernel.events.flow import ElementCompleted
from signoff.kernel.events.gate import (
    EntryPassed,
    EntryRungFired,
    EntrySkipped,
    GatePassed,
    GateReturned,
    VoteCast,
)
from signoff.kernel.events.task import WorkSubmitted
from signoff.kernel.fold import apply
from signoff.kernel.review import FINISHED
from signoff.kernel.sight import Sight
from signoff.kernel.state import LIVE, GateRecord, GateStatus, Mode, State
from signoff.kernel.world import World
from signoff.model.gate import Approval, DeclineKind, Ruling
from signoff.model.nodes import HumanTask
from signoff.read.finding import Fault
from signoff.runtime import stead
from signoff.runtime.core import Core
from signoff.runtime.reference import world as world_of
from signoff.runtime.scrutiny import Scrutiny
from signoff.store import chain, definitions
from signoff.store.codec import Entry, Envelope
from signoff.store.grants import CHAIN, Grants

Judge = Callable[[Connection, Sequence[Entry]], Iterator[tuple[int, Fault, str]]]
_NEVER = datetime.max.replace(tzinfo=UTC)
_IN_PLACE_OF = (VoteCast, GateReturned, WorkSubmitted)


def judge(core: Core) -> Judge:
    """The judge of the records of one instance: number, class and reason of each vote or passage that could not be so."""
    known: list[Grants] = []  # read when the first needs it
    never: list[frozenset[str]] = []  # the versions that nobody has released, read once

    def grants(connection: Connection, sent: Envelope) -> Grants:
        if not known or not known[0].fits(sent.heads.get(CHAIN, ""), sent.at):  # or an import came meanwhile
            known[:] = [Grants(chain.walk(connection, CHAIN))]
        return known[0]

    def judged(connection: Connection, entries: Sequence[Entry]) -> Iterator[tuple[int, Fault, str]]:
        world, state = world_of(core, connection), State(entries[0].instance)
        scrutiny = Scrutiny(world, state, erased=_is_erased(entries))
        never[:] = never or [definitions.unreleased(connection)]
        overridden: set[str] = set()
        for entry in entries:
            sent = entry.envelope
            for event in entry.events:
                if isinstance(event, _IN_PLACE_OF) and (event.on_behalf_of or event.grant):
                    for reason in _stead(world, state, event, sent, grants(connection, sent)):
                        yield entry.n, Fault.RIGHT, reason
                if getattr(event, "version", "") in never[0]:
                    yield entry.n, Fault.RIGHT, f"runs on {event.version[:12]}, which nobody has released"  # type: ignore[attr-defined]  # it has one, as just seen
                for reason in _against(world, state, event, sent, overridden):
                    yield entry.n, Fault.RIGHT, reason
                for fault, reason in _looked_into(scrutiny, event, sent):
                    yield entry.n, fault, reason
                if isinstance(event, Overridden):
                    overridden.add(event.node)
                apply(state, event, sent.at)

    return judged


def _is_erased(entries: Sequence[Entry]) -> bool:
    return any(isinstance(event, PersonalErased) for entry in entries for event in entry.events)


def _looked_into(scrutiny: Scrutiny, event: Event, sent: Envelope) -> Iterator[tuple[Fault, str]]:
    """What is not as it was; an unknown element is told elsewhere."""
    try:
        yield from ((Fault.RIGHT, reason) for reason in scrutiny.actor(event, sent.actor))
        yield from ((Fault.SUBJECT, reason) for reason in scrutiny.seen(event, sent.at))
        yield from ((Fault.RIGHT, reason) for reason in scrutiny.result(event, sent.at))
    except SignoffError:
        return


def _against(
    world: World, state: State, event: Event, sent: Envelope, overridden: Collection[str]
) -> Iterator[str]:
    """What speaks against an event, as everything stood before it."""
    match event:
        case VoteCast(mode=Mode.MANUAL):
            for reason in _reasons(world, state, event, sent):
                yield f"{event.gate}#{event.entry}: {event.person} {reason}"
        case EntryPassed() if not _counted(world, state, event, sent):
            yield f"{event.gate}#{event.entry}: passed without the votes that it takes"
        case EntryRungFired() if event.decides and not _in_time(state, event, sent):
            yield f"{event.target}: decided by a rung before its time"
        case EntrySkipped() if not _conditional(world, state, event, sent):
            yield f"{event.gate}#{event.entry}: skipped without a condition"
        case GatePassed() if not _finished(state, event):
            yield f"{event.gate}: passed before all its entries had"
        case ElementCompleted() if not _gated(world, state, event, sent, overridden):
            yield f"{event.scope}/{event.node}: {event.verdict} without its gate"
        case PersonalErased() if not _erased(state, event, sent):
            yield f"{event.by} erased what nobody could just then"


def _stead(
    world: World, state: State, event: VoteCast | GateReturned | WorkSubmitted, sent: Envelope, grants: Grants
) -> Iterator[str]:
    """What speaks against acting in somebody's place."""
    record = None if isinstance(event, WorkSubmitted) else state.gates.get(event.gate)
    activity = state.activities.get(event.activity) if isinstance(event, WorkSubmitted) else None
    scope = record.scope if record else activity.scope if activity else ""
    if scope not in state.scopes:
        return  # told as a vote that no gate asked for, or when the state is derived again
    seat_of = None
    if record is not None and not isinstance(event, WorkSubmitted) and event.entry is not None:
        entries = record.entries[event.entry : event.entry + 1]
        seat_of = seat.person(entries[0], event.on_behalf_of) if entries else None
    sight = Sight(world, state, scope, sent.at)
    step = record.node if record else activity.node if activity else ""
    try:
        for reason in stead.reasons(grants, sight, step, event, sent, seat_of):
            yield f"{scope}/{step}: {sent.actor} {reason}"
    except KeyError:
        return  # the definition is not there, which is told elsewhere


def _counted(world: World, state: State, passed: EntryPassed, sent: Envelope) -> bool:
    """Whether the votes add up; of an entry that passed by a rule, whether the definition has one there."""
    record = state.gates.get(passed.gate)
    if record is None or not 0 <= passed.entry < len(record.entries):
        return False
    node = _node(world, state, record, sent)
    if node is None:
        return True
    approval = node.gate.approvals[passed.entry]
    if passed.mode is Mode.AUTO:
        return _ruled(state, approval, passed)
    return ballot.tally(approval, record.entries[passed.entry]) is ballot.Verdict.PASSED


def _ruled(state: State, approval: Approval, passed: EntryPassed) -> bool:
    """Whether the rule that is named stands in the definition, and where it is a rung's whether that has fired."""
    if passed.rule.endswith("|auto"):
        return approval.auto is not None
    _, how, rung = passed.rule.rpartition("|escalate|")
    if not how:
        return False
    clock, number = state.clocks.get(f"{passed.gate}#{passed.entry}"), int(rung) if rung.isdecimal() else -1
    if clock is None or not 0 <= number < min(clock.rung, len(approval.escalate)):
        return False
    return approval.escalate[number].decide is Ruling.APPROVE


def _in_time(state: State, fired: EntryRungFired, sent: Envelope) -> bool:
    """Whether the rung that decides was the next, and due."""
    clock = state.clocks.get(fired.target)
    return clock is not None and clock.rung == fired.rung and (clock.rung_at or _NEVER) <= sent.at


def _erased(state: State, event: PersonalErased, sent: Envelope) -> bool:
    """Whether it is a command of its own, of who is named, on what had ended."""
    return (sent.command, sent.actor) == (Erase.__name__, event.by) and state.status not in LIVE


def _finished(state: State, passed: GatePassed) -> bool:
    record = state.gates.get(passed.gate)
    return record is not None and FINISHED.issuperset(entry.status for entry in record.entries)


def _conditional(world: World, state: State, skipped: EntrySkipped, sent: Envelope) -> bool:
    """Whether the definition lets this entry be skipped at all."""
    record = state.gates.get(skipped.gate)
    if record is None or not 0 <= skipped.entry < len(record.entries):
        return False
    node = _node(world, state, record, sent)
    return node is None or node.gate.approvals[skipped.entry].condition is not None


def _gated(
    world: World, state: State, done: ElementCompleted, sent: Envelope, overridden: Collection[str]
) -> bool:
    """Whether what stood at a gate with approvals went on because the gate let it."""
    activity = state.activities.get(done.activity)
    node = _element(world, state, done.scope, done.node, sent)
    if activity is None or activity.multi is not None or node is None or not node.gate.approvals:
        return True
    match done.verdict:
        case "passed":
            record = state.gates.get(activity.gate)
            return record is not None and record.status in (GateStatus.PASSED, GateStatus.STALE)
        case "declined":
            return any(each.declined.kind is DeclineKind.CONTINUE for each in node.gate.approvals)
        case override.VERDICT:
            return node.id in overridden and not override.demands_signature(node)
    return False


def _node(world: World, state: State, record: GateRecord, sent: Envelope) -> HumanTask | None:
    """What the gate stands on; none where the definition is not there, which is told elsewhere."""
    return _element(world, state, record.scope, record.node, sent)


def _element(world: World, state: State, scope: str, id: str, sent: Envelope) -> HumanTask | None:
    """What people do there; none for anything else, and where the definition is not there."""
    try:
        node = Sight(world, state, scope, sent.at).node(id)
    except (SignoffError, KeyError):
        return None
    return node if isinstance(node, HumanTask) else None


def _reasons(world: World, state: State, vote: VoteCast, sent: Envelope) -> Iterator[str]:
    """Everything that speaks against this vote, as it stood before it."""
    record = state.gates.get(vote.gate)
    if record is None or not 0 <= vote.entry < len(record.entries):
        yield "was asked by no such gate"
        return
    if vote.person != sent.actor:
        yield f"did not act, {sent.actor} did"
    if not sent.auth.reaches(vote.strength):
        yield "was known less well than the vote says"
    entry = record.entries[vote.entry]
    if (vote.on_behalf_of or vote.person) not in seat.voters(entry):
        yield "was not asked"
    elif seat.has_voted(entry, vote.person):
        yield "had a vote there already"
    yield from _rules(world, state, vote, record, sent)


def _rules(world: World, state: State, vote: VoteCast, record: GateRecord, sent: Envelope) -> Iterator[str]:
    """What the definition says against it; one that is not there is told elsewhere."""
    node = _node(world, state, record, sent)
    if node is None:
        return
    approval, sight = node.gate.approvals[vote.entry], Sight(world, state, record.scope, sent.at)
    if not vote.strength.reaches(approval.least):
        yield "proved less than the gate demands"
    if approval.not_by:
        out = roster.left_out(sight, approval.not_by, record.preparers)[0]
        for who in dict.fromkeys((vote.person, vote.on_behalf_of)):
            if who in out:
                yield f"{'' if who == vote.person else f'for {who} '}is kept out by separation of duties"
