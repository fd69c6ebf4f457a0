"""One command from the outside to the journal: load, decide, ask the directory, tell the hooks, save.

In signoff's own transaction the whole is repeated when others were in the way; in a host's transaction nothing
is repeated, begun or ended. Must not import `engine`.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import NoReturn

from sqlalchemy import Connection

from signoff.errors import Invalid, NotFound, Refused, WrongState
from signoff.kernel import commands as c
from signoff.kernel.decide import decide
from signoff.kernel.effect import Effect
from signoff.kernel.effects import effects_of
from signoff.kernel.events import Event, aside, data, flow, gate, task
from signoff.kernel.opening import business_key, empty
from signoff.kernel.run import Runaway
from signoff.kernel.state import Purpose, State
from signoff.kernel.world import World
from signoff.runtime import desk, erasure, refusal, release, seal, supplement
from signoff.runtime.admission import admit, digest_of
from signoff.runtime.capture import authority, captured, on_behalf
from signoff.runtime.core import Core, Recorded
from signoff.runtime.erasure import Erasing
from signoff.runtime.reference import world as world_of
from signoff.runtime.roster import resolve
from signoff.runtime.verifier import proof_of
from signoff.store import codec, ids
from signoff.store.chain import link_hash
from signoff.store.codec import Envelope, Kept, Signed
from signoff.store.sealed import Sealer
from signoff.store.unit import Change, Loaded, Unit


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a command came to. `opened`: ids of tasks and gates that now wait; `head`: the journal's hash;
    `repeated`: the same request was carried out before, and this is what it came to then.
    """

    instance: str
    status: str
    events: tuple[Event, ...]
    opened: tuple[str, ...]
    head: str
    repeated: bool = False


def execute(core: Core, command: c.Command, *, connection: Connection | None = None) -> Receipt:
    """Carry out one command, all of it or nothing. What is refused is told to the log `signoff.audit`."""
    with refusal.told(command):
        command.proof = proof_of(core.verifier, command, lambda: core.moment(connection))
        if connection is not None:
            return _within(core, command, Unit(core.database, connection))
        return core.database.attempt(lambda: _within(core, copy(command), Unit(core.database)))


def _within(core: Core, command: c.Command, unit: Unit) -> Receipt:
    with unit:
        receipt = perform(core, unit, command)
    saved = unit.saved.get(receipt.instance)
    if saved is not None and saved.repeated:
        return _again(saved.row)
    return receipt


def to_sign(core: Core, command: c.Command, *, connection: Connection | None = None) -> seal.Drawn:
    """What has to be signed for a decision; refused for the same reasons as the decision."""
    drawn = replace(command, signature=seal.DRAW)  # type: ignore[call-arg]  # of those that are signed
    if connection is not None:
        return _drawn(core, drawn, Unit(core.database, connection))
    return core.database.attempt(lambda: _drawn(core, copy(drawn), Unit(core.database)))


def _drawn(core: Core, command: c.Command, unit: Unit) -> seal.Drawn:
    try:
        with unit:
            admit(command)
            _work_out(core, unit, command)
    except seal.Drawn as drawn:
        return drawn
    raise WrongState("nothing_to_sign", gate=getattr(command, "gate", ""))  # it ran away, and would stall


def preview(core: Core, command: c.Command) -> Receipt:
    """What a command would come to; nothing is kept. Hooks are not called: what they do may not be undone."""
    return core.database.attempt(lambda: _rolled_back(core, copy(command)))


class _Enough(Exception):
    """No error: ends the transaction of a preview, so that nothing of it is kept."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(receipt.instance)
        self.receipt = receipt


def _rolled_back(core: Core, command: c.Command) -> Receipt:
    try:
        with Unit(core.database) as unit:
            _try(core, unit, command)
    except _Enough as seen:
        return seen.receipt


def _try(core: Core, unit: Unit, command: c.Command) -> NoReturn:
    """Save as well, for some conflicts show only then; raises _Enough."""
    admit(command)
    worked = _work_out(core, unit, command)
    if isinstance(worked, Receipt):
        raise _Enough(worked)
    if worked.events:
        unit.put(worked.change())
        saved = unit.save()[worked.state.id]
        if saved.repeated:
            raise _Enough(_again(saved.row))
    raise _Enough(worked.receipt(""))


def perform(
    core: Core,
    unit: Unit,
    command: c.Command,
    *,
    held: Loaded | None = None,
    around: World | None = None,
) -> Receipt:
    """Carry out a command inside a unit, which saves at its end; on the instance `held` if it is loaded already.

    `around`: the world as this transaction sees it, where several commands share one.
    """
    admit(command)
    asked = _asked_again(unit, command)
    try:
        worked = _work_out(core, unit, command, held, around)
    except Refused:
        if (before := asked()) is None:  # what was carried out before is not judged by what holds now
            raise
        return _again(before)
    if isinstance(worked, Receipt):
        return worked
    if core.hooks and (before := asked()) is not None:
        return _again(before)  # hooks are told once
    _tell(core, unit.connection, worked)
    if worked.erasing is not None:
        erasure.carry_out(core, unit.connection, worked.erasing)
    if not worked.events:
        return worked.receipt(worked.loaded.head if worked.loaded else "")
    desk.clear(unit.connection, worked.loaded, worked.state)
    return worked.receipt(unit.put(worked.change()).head)


@dataclass(frozen=True, slots=True)
class _Worked:
    """A command worked out, not saved yet."""

    command: c.Command
    state: State
    events: list[Event]
    effects: list[Effect]
    digest: str
    loaded: Loaded | None
    heads: Mapping[str, str]
    sealer: Sealer
    signed: Signed | None = None
    erasing: Erasing | None = None

    def receipt(self, head: str) -> Receipt:
        opened = tuple(_opened(self.state.id, self.events))
        return Receipt(self.state.id, self.state.status.value, tuple(self.events), opened, head)

    def change(self) -> Change:
        return Change(
            self.state,
            self.events,
            self.effects,
            self.envelope(),
            self.loaded,
            data_changed=any(isinstance(event, _CHANGE_DATA) for event in self.events),
            sealer=self.sealer,
        )

    def envelope(self) -> Envelope:
        actor = self.command.by
        return Envelope(
            actor=actor.id,
            at=self.state.recorded_at or self.command.at,
            command=type(self.command).__name__,
            digest=self.digest if self.command.request_id else "",
            name=actor.name,
            on_behalf=on_behalf(self.events),
            authority=authority(actor, self.events),
            auth=actor.auth,
            via=actor.via,
            request_id=self.command.request_id,
            heads=self.heads,
            proof=self.command.proof,
            signed=self.signed,
        )


_CHANGE_DATA = (data.VariablesSet, flow.ScopeOpened, flow.ScopeClosed, aside.PersonalErased)


def _asked_again(unit: Unit, command: c.Command) -> Callable[[], Kept | None]:
    """Looks up what a start was told before; of SQLite only, which is asked when it matters, for it costs a statement."""
    if not isinstance(command, c.Start) or not command.request_id or unit.database.dialect != "sqlite":
        return lambda: None
    process, asked = command.process, {"request_id": command.request_id, "digest": digest_of(command)}
    return lambda: unit.started(command.instance, process=process, **asked)


def _work_out(
    core: Core, unit: Unit, command: c.Command, held: Loaded | None = None, around: World | None = None
) -> _Worked | Receipt:
    """Load and decide; a receipt at once when the same request was carried out before."""
    instance, digest = c.instance_of(command), digest_of(command)
    asked = {"request_id": command.request_id, "digest": digest}
    loaded, repeated = None, None
    if isinstance(command, c.Start):
        repeated = unit.expect(instance, process=command.process, **asked)
        command.version = _version(unit, command)
        command.salt = core.salt()
    else:
        loaded = held or unit.load(instance, **asked)
        if loaded is None:
            raise NotFound("no_such_instance", instance=instance)
        repeated = loaded.repeated
    if repeated is not None:
        return _again(repeated)
    erasing = erasure.planned(core, unit.connection, loaded, command)
    state = erasing.state if erasing else loaded.state if loaded is not None else empty(instance)
    command.at = core.clock.now() if core.clock is not None else unit.now()
    heads = loaded.heads if loaded is not None else unit.heads
    world = around or world_of(core, unit.connection, heads)
    command = desk.taken_up(unit.connection, loaded, state, command)
    supplement.complete(core, unit.connection, world, state, command)
    command = captured(core, unit.connection, world, state, command)
    if isinstance(command, c.Start) and (key := business_key(world, command)):
        command.instance = ids.routed(instance, key)
        state = empty(command.instance)
    first, sealing, versions = state.seq, seal.sealing(command, state), erasure.versions(state)
    carried = sealing.command if sealing else command
    try:
        state, events = run(core, unit.connection, world, state, carried)
    except Runaway as runaway:
        carried, sealing = command, None
        state, events = _stall(world, loaded, command, runaway)
    effects = [e for n, event in enumerate(events, start=first + 1) for e in effects_of(event, n)]
    sealer = erasure.sealer(core, world, versions, events)
    worked = _Worked(carried, state, events, effects, digest, loaded, heads, sealer, erasing=erasing)
    return worked if sealing is None else _proved(core, unit, worked, sealing)


def _proved(core: Core, unit: Unit, worked: _Worked, sealing: seal.Sealing) -> _Worked:
    """The same with its signature, if that fits."""
    assert worked.loaded is not None, "a start is not signed"
    proof = seal.check(
        core, unit.connection, sealing, worked.loaded, worked.envelope(), worked.events, worked.sealer
    )
    return replace(worked, signed=proof)


def _version(unit: Unit, command: c.Start) -> str:
    """The version that the new instance runs on; raises NotFound, WrongState."""
    if command.version:
        release.refuse_unreleased(unit.connection, command.process, command.version)
    version = command.version or unit.current(command.process)
    if not version:
        raise release.not_in_force(unit.connection, command.process)
    return version


def _again(row: Kept) -> Receipt:
    """The receipt of a request that was carried out before."""
    entry = codec.decode_entry(row.bytes, row.sealed)
    opened = tuple(_opened(entry.instance, entry.events))
    head = link_hash(entry.prev, row.bytes)
    return Receipt(entry.instance, "", tuple(entry.events), opened, head, repeated=True)


def run(
    core: Core, connection: Connection, world: World, state: State, command: c.Command
) -> tuple[State, list[Event]]:
    """Decide, and ask the directory until no question is left."""
    outcome = decide(world, state, command)
    events = outcome.events
    while outcome.questions:
        question = outcome.questions[0]
        answer = c.ResolveRoster(by=command.by, at=command.at, question=f"{state.id}:{question.id}")
        try:
            at = command.at if question.purpose in _STOOD_IN_FOR else None
            roster = resolve(core.directory, question.terms, connection, at=at)
            answer.people, answer.provenance, answer.grants = roster.people, roster.provenance, roster.grants
        except Exception as error:  # noqa: BLE001 - whatever a host's directory raises becomes an incident
            answer.failure = f"{type(error).__name__}: {error}"
        outcome = decide(world, state, answer)
        events += outcome.events
    return outcome.state, events


_STOOD_IN_FOR = (Purpose.OWNER, Purpose.ENTRY)


def _stall(
    world: World, loaded: Loaded | None, command: c.Command, runaway: Runaway
) -> tuple[State, list[Event]]:
    """Beyond the step budget the command's events are dropped and one incident says where it went round."""
    if loaded is None:
        raise Invalid("start_failed", element=runaway.elements[-1], cause="runaway") from runaway
    fresh = loaded.again()
    stall = c.Stall(
        by=command.by,
        at=command.at,
        instance=fresh.id,
        scope=runaway.scope,
        elements=runaway.elements,
    )
    outcome = decide(world, fresh, stall)
    return outcome.state, outcome.events


def _tell(core: Core, connection: Connection, worked: _Worked) -> None:
    """Hooks run in the same transaction; one that raises refuses the command."""
    if not core.hooks:
        return
    state, command = worked.state, worked.command
    for event in worked.events:
        for hook in core.hooks.get(type(event), ()):
            recorded = Recorded(event, state.id, state.process, state.key, command.at, command.by)
            hook(recorded, connection)


def _opened(instance: str, events: Iterable[Event]) -> Iterable[str]:
    """The tasks and gates that these events opened, as ids that commands take."""
    for event in events:
        match event:
            case flow.ElementEntered(inbox=True) | flow.ElementOpened():
                yield f"{instance}:{event.id if isinstance(event, flow.ElementEntered) else event.activity}"
            case gate.GateOpened() | gate.GateReopened():
                yield f"{instance}:{event.id if isinstance(event, gate.GateOpened) else event.gate}"
            case task.WorkReopened():
                yield f"{instance}:{event.activity}"
