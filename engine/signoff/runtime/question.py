"""What a person is asked at a gate: the data and the documents that the vote is bound to, and the subject over them.

What is shown here is what `seen` vouches for. Must not import `engine`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from signoff.errors import NotFound
from signoff.kernel import seat
from signoff.kernel.missing import subject_of, texts
from signoff.kernel.sight import Sight
from signoff.kernel.state import Entry, EntryStatus, GateRecord, Opinion, State
from signoff.model import argument
from signoff.model.expression import ExpressionFault
from signoff.model.gate import Approval, Meaning, Strength
from signoff.model.nodes import HumanTask
from signoff.model.value import plain
from signoff.model.view import full
from signoff.model.withheld import MARK
from signoff.read import instance
from signoff.runtime import reference
from signoff.runtime.capture import reaches
from signoff.runtime.core import Core
from signoff.runtime.reader import Reader


@dataclass(frozen=True, slots=True)
class Shown:
    """A value that a vote covers; None: empty, or what it is computed from is."""

    name: str
    label: dict[str, str]
    value: Any


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that a vote covers; without a hash it has not been delivered."""

    id: str
    label: dict[str, str]
    file: str = ""
    version: int = 0
    size: int = 0
    sha256: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """`gate` is the id that commands take; `asked`: whether this person's vote is asked for now.

    `opinions`: what those said whom voters here have asked for one; they bind nobody. `return_to`: the steps to which this person may send back; none for who only takes note, or is not asked.
    """

    gate: str
    instance: str
    title: str
    step: str
    label: dict[str, str]
    subject: str
    asked: bool
    meaning: Meaning | None
    least: Strength | None
    round: int
    data: tuple[Shown, ...]
    documents: tuple[Paper, ...]
    return_to: tuple[str, ...]
    opinions: tuple[Opinion, ...] = ()


def question(core: Core, gate: str, person: str) -> Question:
    """What this person would decide on at this gate now. `gate` as commands take it; raises NotFound."""
    gate, person = argument.text(gate, "gate"), argument.text(person, "person")
    with core.database.read() as handle:
        state = instance.show(handle.connection, gate.partition(":")[0]).state
        record = _gate(state, gate.rpartition(":")[2])
        world = reference.world(core, handle.connection)
        now = core.now(handle)
        sight = Sight(world, state, record.scope, now)
        found = _question(sight, record, _seat_of(core, handle.connection, sight, record, person))
        out = Reader(core, handle.connection, world, state, person).hidden(sight.scope.version)
        return found if found.asked or not out else _cut(found, out)


def _cut(found: Question, out: frozenset[str]) -> Question:
    """For who is not asked, without what is hidden from him."""
    data = tuple(replace(each, value=MARK) if each.name in out else each for each in found.data)
    papers = tuple(each for each in found.documents if each.id not in out)
    return replace(found, data=data, documents=papers)


def _seat_of(core: Core, connection: Connection, sight: Sight, record: GateRecord, person: str) -> str:
    """Whose decision this person would take: the own one, else that of somebody for whom he stands in."""
    if _asked(record.entries, person) is not None:
        return person
    reach = reaches(core.directory, person, sight.now, connection)
    for principal, reaching in reach.items():
        if _asked(record.entries, principal) is not None and reaching(sight.definition.id, record.node):
            return principal
    return person


def _question(sight: Sight, record: GateRecord, person: str) -> Question:
    node = sight.node(record.node)
    assert isinstance(node, HumanTask), "only those have gates"
    number = _asked(record.entries, person)
    approval: Approval | None = None if number is None else node.gate.approvals[number]
    binding = (approval.binds if approval else None) or node.gate.binds
    return Question(
        gate=f"{sight.state.id}:{record.id}",
        instance=sight.state.id,
        title=sight.state.title,
        step=node.id,
        label=texts(node.label, node.id),
        subject=record.subject if number is None else subject_of(sight, record, node, number),
        asked=approval is not None,
        meaning=approval.meaning if approval else None,
        least=approval.least if approval else None,
        round=record.round,
        data=tuple(_value(sight, name) for name in binding.data),
        documents=tuple(_paper(sight, id) for id in binding.documents),
        return_to=node.gate.return_to if _judges(node, record, person) else (),
        opinions=() if number is None else tuple(record.entries[number].opinions),
    )


def _asked(entries: list[Entry], person: str) -> int | None:
    """The first open entry in which it is this person's move, else one that concerns this person."""
    numbers = [n for n, entry in enumerate(entries) if person in seat.asked(entry)]
    numbers += [
        n
        for n, entry in enumerate(entries)
        if entry.status is EntryStatus.OPEN and person in seat.involved(entry)
    ]
    return next(iter(numbers), None)


def _judges(node: HumanTask, record: GateRecord, person: str) -> bool:
    """Whether this person is asked for more than to take note, and has not decided: only such a one sends back."""
    return any(
        approval.meaning is not Meaning.ACKNOWLEDGE and person in seat.voters(entry)
        for approval, entry in zip(node.gate.approvals, record.entries, strict=True)
    )


def _value(sight: Sight, name: str) -> Shown:
    owner = sight.owner_of(name)
    declared = sight.definition.declared(owner.node).get(name) if owner else None
    declared = declared or sight.definition.data.get(name)
    try:
        value = plain(full(sight.names.get(name)))
    except ExpressionFault:
        value = None
    return Shown(name, texts(declared.label, name) if declared else {"en": name}, value)


def _paper(sight: Sight, id: str) -> Paper:
    document = sight.definition.documents.get(id)
    label = texts(document.label, id) if document else {"en": id}
    found = sight.delivered(id)
    if found is None:
        return Paper(id, label)
    return Paper(id, label, found.name, found.version, found.size, found.sha256, found.by, found.at)


def _gate(state: State, name: str) -> GateRecord:
    """The gate of this id, or of the activity of this id."""
    own = name.partition("#")[0]
    activity = state.activities.get(own)
    record = state.gates.get(activity.gate if activity else own)
    if record is None:
        raise NotFound("no_such_gate", gate=f"{state.id}:{name}")
    return record
