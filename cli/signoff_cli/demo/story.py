"""What happens, as it happens: events of the engine as sentences for people.

Listens with hooks, as a host would; tells when asked to. Must not change anything.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from signoff import (
    Definition,
    DocumentDelivered,
    ElementCompleted,
    Engine,
    Event,
    GateOpened,
    GatePassed,
    IncidentRaised,
    InstanceEnded,
    InstanceStarted,
    OccurrenceMissed,
    Recorded,
    RungFired,
    ServiceTask,
    VoteCast,
    WorkReopened,
    WorkSubmitted,
)
from signoff_cli import view
from signoff_cli.words import listed, t


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. `kind` is a word for scripts, `style` one of the screen's."""

    at: datetime
    kind: str
    instance: str
    step: str
    by: str
    text: str
    style: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Naming:
    """What people call steps, documents and each other, in the reader's language."""

    definition: Definition
    people: Mapping[str, str]
    lang: str

    def step(self, id: str) -> str:
        """A step by its name in this language, else by its id."""
        node = self.definition.nodes.get(id)
        return self._said(node, id) if node is not None else id

    def paper(self, id: str) -> str:
        """A document, the same way."""
        found = self.definition.documents.get(id)
        return self._said(found, id) if found is not None else id

    def data(self, name: str) -> str:
        """A name of the data, the same way."""
        found = self.definition.data.get(name)
        return self._said(found, name) if found is not None else name

    def owner(self, step: str) -> str:
        """The roles whose work a step is."""
        roles = self.definition.roles
        owners = getattr(self.definition.nodes.get(step), "owner", ())
        return listed(self._said(roles[id], id) if id in roles else id for id in owners)

    def person(self, id: str) -> str:
        return self.people.get(id, id)

    def persons(self, ids: Iterable[str]) -> str:
        return listed(self.person(each) for each in ids)

    def _said(self, thing: Any, id: str) -> str:
        return (thing.label.zh if self.lang == "zh" else thing.label.en) or id


class Story:
    """Collects what is recorded on one engine, and tells it.

    `overdue`: of each step, how often somebody was told that it is overdue; `strengths`: of all votes.
    """

    def __init__(self, engine: Engine, naming: Naming) -> None:
        self.naming = naming
        self.told: list[Happening] = []
        self.overdue: dict[str, int] = {}
        self.strengths: dict[str, int] = {}
        self._taken: list[Recorded] = []
        self._gates: dict[str, str] = {}
        engine.on(GateOpened, self._gate)
        engine.on(DocumentDelivered, self._take)
        for event in _TELLERS:
            engine.on(event, self._take)

    def tell(self) -> list[Happening]:
        """What has happened since this was asked last."""
        taken, self._taken = self._taken, []
        papers = [each for each in taken if isinstance(each.event, DocumentDelivered)]
        found = [
            told
            for recorded in taken
            if (teller := _TELLERS.get(type(recorded.event)))
            and (told := teller(self, recorded, recorded.event, papers))
        ]
        self.told += found
        return found

    def refused(self, at: datetime, task: str, step: str, by: str, why: Iterable[str]) -> Happening:
        """That somebody's work was refused, and why."""
        reasons = list(why)
        text = t("{who} hands in {step} and is refused: {why}", who=self.naming.person(by),
                 step=self.naming.step(step), why=" ".join(reasons))  # fmt: skip
        found = Happening(at, "refused", task.partition(":")[0], step, by, text, "late", {"why": reasons})
        self.told.append(found)
        return found

    def _take(self, recorded: Recorded, _connection: Connection) -> None:
        self._taken.append(recorded)

    def _gate(self, recorded: Recorded, _connection: Connection) -> None:
        event = recorded.event
        assert isinstance(event, GateOpened)
        self._gates[f"{recorded.instance}:{event.id}"] = event.node

    def _made(
        self, recorded: Recorded, kind: str, step: str, text: str, style: str = "", **facts: Any
    ) -> Happening:
        return Happening(recorded.at, kind, recorded.instance, step, recorded.by.id, text, style, facts)

    # a teller for each kind of event --------------------------------------------------------------------------

    def started(self, recorded: Recorded, event: InstanceStarted, _papers: list[Recorded]) -> Happening:
        who = self.naming.person(recorded.by.id)
        text = t("{who} starts {title} ({key}).", who=who, title=event.title, key=event.key)
        return self._made(recorded, "started", "", text, "head", title=event.title, key=event.key)

    def submitted(self, recorded: Recorded, event: WorkSubmitted, papers: list[Recorded]) -> Happening:
        brought = [self._paper(each.event) for each in papers if each.at == recorded.at
                   and each.event.step == event.node]  # type: ignore[attr-defined] # fmt: skip # all are DocumentDelivered
        said = {"who": self.naming.person(event.person), "step": self.naming.step(event.node)}
        text = t("{who} hands in {step}.", **said)
        if brought:
            text = t("{who} hands in {step}: {papers}", **said, papers=listed(brought))
        return self._made(recorded, "submitted", event.node, text, documents=brought, ticks=event.ticks)

    def _paper(self, event: Event) -> str:
        assert isinstance(event, DocumentDelivered)
        return self.naming.paper(event.document) + (f" V{event.version}" if event.version > 1 else "")

    def voted(self, recorded: Recorded, event: VoteCast, _papers: list[Recorded]) -> Happening:
        step = self._gates.get(f"{recorded.instance}:{event.gate}", "")
        self.strengths[event.strength] = self.strengths.get(event.strength, 0) + 1
        said = {"who": self.naming.person(event.person), "step": self.naming.step(step),
                "strength": strength(event.strength)}  # fmt: skip
        facts = {"strength": event.strength, "meaning": event.meaning, "decision": event.decision}
        if event.decision == "no":
            text = t("{who} declines {step} [{strength}]: {note}", **said, note=event.note or "—")
            return self._made(recorded, "declined", step, text, "late", **facts, note=event.note)
        return self._made(recorded, "approved", step, _yes(event, said), "good", **facts)

    def passed(self, recorded: Recorded, event: GatePassed, _papers: list[Recorded]) -> Happening | None:
        if event.approvers:
            return None
        text = t("{step} opens by itself: all that it demands is there.", step=self.naming.step(event.node))
        return self._made(recorded, "passed", event.node, text, "good")

    def reopened(self, recorded: Recorded, event: WorkReopened, _papers: list[Recorded]) -> Happening:
        step = self.naming.step(event.node)
        text = t("{step} goes back to its owner, round {n}.", step=step, n=event.round)
        return self._made(recorded, "returned", event.node, text, "soon", round=event.round)

    def escalated(self, recorded: Recorded, event: RungFired, _papers: list[Recorded]) -> Happening:
        people = self.naming.persons(person.id for person in event.people)
        facts = {"level": event.level, "due": event.due, "people": [person.id for person in event.people]}
        said = {"step": self.naming.step(event.node), "people": people, "level": event.level}
        if recorded.at < event.due:
            text = t("Reminder of {step}: {people}", **said)
            return self._made(recorded, "reminder", event.node, text, "dim", **facts)
        self.overdue[event.node] = self.overdue.get(event.node, 0) + 1
        text = t("{step} is overdue: {people}", **said)
        if event.level:
            text = t("{step} is overdue, level {level}: {people}", **said)
        return self._made(recorded, "escalated", event.node, text, "late", **facts)

    def completed(
        self, recorded: Recorded, event: ElementCompleted, _papers: list[Recorded]
    ) -> Happening | None:
        node = self.naming.definition.nodes.get(event.node)
        if isinstance(node, ServiceTask):
            text = t(
                "{step}: {handler} has answered.", step=self.naming.step(event.node), handler=node.handler
            )
            return self._made(recorded, "called", event.node, text, handler=node.handler)
        if event.status == "lapsed":
            text = t(
                "{step} was not done in its time and is closed as missed.", step=self.naming.step(event.node)
            )
            return self._made(recorded, "missed", event.node, text, "soon")
        return None

    def missed(self, recorded: Recorded, event: OccurrenceMissed, _papers: list[Recorded]) -> Happening:
        text = t(
            "{step} was not done in its time and is closed as missed.", step=self.naming.step(event.node)
        )
        return self._made(recorded, "missed", event.node, text, "soon")

    def stopped(self, recorded: Recorded, event: IncidentRaised, _papers: list[Recorded]) -> Happening:
        text = t("{step} has stopped: {code}", step=self.naming.step(event.node), code=event.code)
        return self._made(recorded, "stopped", event.node, text, "late", code=event.code)

    def ended(self, recorded: Recorded, event: InstanceEnded, _papers: list[Recorded]) -> Happening:
        name, outcome = recorded.key or recorded.instance, view.status(event.outcome or event.status)
        text = t("{name} has ended: {outcome}.", name=name, outcome=outcome)
        return self._made(recorded, "ended", "", text, "head", outcome=event.outcome or event.status)


# The one erased register: each method takes its own event class.
_Teller = Callable[[Story, Recorded, Any, list[Recorded]], Happening | None]
_TELLERS: Mapping[type[Event], _Teller] = {
    InstanceStarted: Story.started,
    WorkSubmitted: Story.submitted,
    VoteCast: Story.voted,
    GatePassed: Story.passed,
    WorkReopened: Story.reopened,
    RungFired: Story.escalated,
    ElementCompleted: Story.completed,
    OccurrenceMissed: Story.missed,
    IncidentRaised: Story.stopped,
    InstanceEnded: Story.ended,
}


def strength(word: str) -> str:
    """How well a decision proves who took it, in the reader's language."""
    known = {"asserted": t("asserted"), "attested": t("attested"), "signed": t("signed")}
    return known.get(word, word)


def _yes(event: VoteCast, said: Mapping[str, str]) -> str:
    if event.meaning == "acknowledge":
        return t("{who} takes note of {step} [{strength}].", **said)
    if event.meaning == "review":
        return t("{who} has reviewed {step} and agrees [{strength}].", **said)
    return t("{who} approves {step} [{strength}].", **said)
