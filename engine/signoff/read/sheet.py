"""The approval sheet of an instance: at each gate who decided what, when, in which role, on what content, how strongly.

Folds the records and looks nothing up, so that it says what was said then. Nothing is left out: what counts no longer
is marked. Must import only kernel.fold, kernel.events, kernel.state, kernel.sight, model, `read.amount` and the records
of `read.history`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from signoff.errors import NotFound
from signoff.kernel.events import Event, aside, flow, gate
from signoff.kernel.fold import apply
from signoff.kernel.override import VERDICT
from signoff.kernel.seat import person as seated
from signoff.kernel.sight import Sight
from signoff.kernel.state import Delivered, GateRecord, State, Vote
from signoff.kernel.subject import DOCUMENT
from signoff.model.definition import Definition
from signoff.model.display import plain, show
from signoff.model.gate import Approval
from signoff.model.nodes import HumanTask
from signoff.model.types import Text, Type
from signoff.read.amount import sight_of, value_of
from signoff.read.history import Record

LANGUAGES = ("zh", "en")
_ROUNDS = (gate.GateOpened, gate.VotesVoided, gate.GateReopened)


@dataclass(slots=True, frozen=True)
class Part:
    """What was decided on: a value of the data, or a version of a document; `hash` is what the vote is bound to.

    `shown` is the value, or the name of the file, as people read it, by language.
    """

    id: str
    label: Mapping[str, str]
    hash: str
    shown: Mapping[str, str]
    value: Any = None
    document: bool = False
    version: int = 0


@dataclass(slots=True)
class Decided:
    """A vote, a return (`to` says where), or an override, which is no approval. `n` and `hash` name the record that proves it.

    `standing`: counts, or void where what was decided on changed, the work went back, or it was taken back.
    """

    at: datetime
    round: int
    entry: int
    person: str
    name: str
    role: str
    role_label: Mapping[str, str]
    decision: str
    meaning: str
    strength: str
    subject: str
    n: int
    hash: str
    key: str = ""
    note: str = ""
    on_behalf: str = ""
    on_behalf_name: str = ""
    grant: str = ""
    authority: str = ""
    mode: str = "manual"
    to: str = ""
    standing: str = "counts"


@dataclass(slots=True)
class Sheeted:
    """A gate with all that was decided at it; `parts` as of its last round."""

    id: str
    step: str
    label: Mapping[str, str]
    ref: str
    since: datetime
    status: str = "open"
    round: int = 1
    subject: str = ""
    decided_at: datetime | None = None
    parts: list[Part] = field(default_factory=list)
    decisions: list[Decided] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """All gates of an instance in the order in which they opened; as of the record `n`."""

    instance: str
    key: str
    title: str
    process: str
    label: Mapping[str, str]
    version: str
    zone: str
    status: str
    starter: str
    started_at: datetime | None
    ended_at: datetime | None
    n: int
    hash: str
    gates: list[Sheeted]

    def only(self, step: str) -> "Sheet":
        """The same with the gates of one step alone. Raises NotFound where it has none."""
        found = [each for each in self.gates if step in (each.step, each.id)]
        if not found:
            raise NotFound("no_such_gate", gate=step)
        return replace(self, gates=found)


def sheet(instance: str, records: Iterable[Record], definition: Callable[[str], Definition]) -> Sheet:
    """The sheet that these records, from the first on, lead to; `definition` gives the one of a version."""
    drawn = _Drawing(State(instance), definition)
    last: Record | None = None
    for last in records:
        for event in last.events:
            drawn.take(event, last)
    state, root = drawn.state, definition(drawn.state.version)
    return Sheet(
        instance,
        state.key,
        state.title,
        state.process,
        _texts(root.label, root.id),
        state.version,
        root.zone,
        state.outcome or state.status.value,
        (state.starter.name or state.starter.id) if state.starter else "",
        state.started_at,
        state.ended_at,
        last.n if last else 0,
        last.hash if last else "",
        list(drawn.gates.values()),
    )


class _Drawing:
    """The sheet while the records are read."""

    def __init__(self, state: State, definition: Callable[[str], Definition]) -> None:
        self.state, self._definition = state, definition
        self.gates: dict[str, Sheeted] = {}
        self._votes: list[tuple[GateRecord, Decided, Vote]] = []

    def take(self, event: Event, record: Record) -> None:
        before = self.state.gates.get(getattr(event, "gate", ""))
        if isinstance(event, gate.GateReturned) and before is not None and event.entry is not None:
            self._add(before, self._returned(event, before, record))
        apply(self.state, event, record.at)
        if isinstance(event, _ROUNDS):
            id = event.id if isinstance(event, gate.GateOpened) else event.gate
            self._open(self.state.gates[id], record.at)
        elif isinstance(event, gate.VoteCast):
            self._vote(event, self.state.gates[event.gate], record)
        elif isinstance(event, aside.Overridden) and event.target in self.gates:
            self._overridden(event, record)
        if before is not None:
            self._settle(before, event, record.at)
        if not isinstance(event, flow.ElementPassed):
            self._void()

    def _settle(self, before: GateRecord, event: Event, at: datetime) -> None:
        """What has become of a gate."""
        shown = self.gates[before.id]
        shown.status = before.status.value
        if isinstance(event, gate.GateDeclined):
            shown.status = "declined"
        elif isinstance(event, gate.GateCancelled):
            shown.status = VERDICT if event.reason == VERDICT else "cancelled"
        if isinstance(event, gate.GatePassed | gate.GateDeclined):
            shown.decided_at = at

    def _void(self) -> None:
        """What does not stand in the state any more counts no longer; what ended with its gate stays as it was."""
        standing = []
        for record, decided, vote in self._votes:
            if self.state.gates.get(record.id) is not record:
                continue
            if any(vote is each for each in record.entries[decided.entry].votes.values()):
                standing.append((record, decided, vote))
            else:
                decided.standing = "void"
        self._votes = standing

    def _open(self, record: GateRecord, at: datetime) -> None:
        node, definition = self._node(record)
        shown = self.gates.get(record.id)
        if shown is None:
            label = _texts(node.label, node.id)
            shown = self.gates[record.id] = Sheeted(record.id, node.id, label, node.ref, at)
        shown.status, shown.round, shown.subject = record.status.value, record.round, record.subject
        sight = sight_of(self.state, record.scope, definition, at)
        shown.parts = [self._part(sight, record, name, hash) for name, hash in record.bound.items()]

    def _part(self, sight: Sight, record: GateRecord, name: str, hash: str) -> Part:
        definition = sight.definition
        if name.startswith(DOCUMENT):
            id = name.removeprefix(DOCUMENT)
            declared, found = definition.documents.get(id), self._delivered(record.scope, id)
            label = _texts(declared.label if declared else Text(), id)
            file = dict.fromkeys(LANGUAGES, found.name if found else "")
            return Part(id, label, hash, file, document=True, version=found.version if found else 0)
        value, type_ = value_of(sight, name), _type(definition, name)
        shown = {lang: show(value, type_, lang, zone=definition.zone) for lang in LANGUAGES}
        data = definition.data.get(name)
        label = {lang: data.title(lang) for lang in LANGUAGES} if data else _texts(Text(), name)
        return Part(name, label, hash, shown, plain(value))

    def _delivered(self, scope: str, id: str) -> Delivered | None:
        while scope and id not in self.state.scopes[scope].documents:
            scope = self.state.scopes[scope].parent if self.state.scopes[scope].node else ""
        return self.state.scopes[scope].documents[id] if scope else None

    def _node(self, record: GateRecord) -> tuple[HumanTask, Definition]:
        definition = self._definition(self.state.scopes[record.scope].version)
        node = definition.nodes[record.node]
        assert isinstance(node, HumanTask), "gates stand on what people do"
        return node, definition

    def _add(self, record: GateRecord, decided: Decided) -> None:
        self.gates[record.id].decisions.append(decided)

    def _vote(self, event: gate.VoteCast, record: GateRecord, source: Record) -> None:
        role, behalf, _ = self._asked(record, event.entry, event.role, event.on_behalf_of)
        decided = Decided(
            source.at, record.round, event.entry, event.person, event.name, event.role, role,
            event.decision.value, event.meaning.value, event.strength.value, event.subject, source.n, source.hash,
            source.key, event.note, event.on_behalf_of, behalf, event.grant, source.authority, event.mode.value,
        )  # fmt: skip
        vote = record.entries[event.entry].votes[event.on_behalf_of or event.person]
        self._votes.append((record, decided, vote))
        self._add(record, decided)

    def _overridden(self, event: aside.Overridden, source: Record) -> None:
        shown = self.gates[event.target]
        shown.decisions.append(
            Decided(
                source.at, shown.round, 0, event.by, event.name, "", _texts(None, ""), "override", "",
                source.auth.value, "", source.n, source.hash, note=event.reason,
            )
        )  # fmt: skip

    def _returned(self, event: gate.GateReturned, record: GateRecord, source: Record) -> Decided:
        number = event.entry or 0
        role, behalf, approval = self._asked(record, number, event.role, event.on_behalf_of)
        return Decided(
            source.at, record.round, number, event.by, event.name, event.role, role,
            "return", approval.meaning.value, event.strength.value, event.subject, source.n, source.hash,
            source.key, event.note, event.on_behalf_of, behalf, event.grant, source.authority, to=event.to,
        )  # fmt: skip

    def _asked(
        self, record: GateRecord, number: int, role: str, behalf: str
    ) -> tuple[Mapping[str, str], str, Approval]:
        """What the role is called, who was stood in for, and the entry of the definition."""
        node, definition = self._node(record)
        declared = definition.roles.get(role)
        label = _texts(declared.label if declared else Text(), role)
        principal = seated(record.entries[number], behalf) if behalf else None
        return label, principal.name if principal else behalf, node.gate.approvals[number]


def _texts(label: Text | None, id: str) -> dict[str, str]:
    return {lang: (label.get(lang) if label else "") or id for lang in LANGUAGES}


def _type(definition: Definition, name: str) -> Type | None:
    declared = definition.data.get(name)
    return declared.type if declared else None
