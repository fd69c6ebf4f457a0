"""What people do in a rehearsal: hand work in, vote, set rules aside, appoint somebody.

Values come from the script, else from the declared types. Must not know the clock's future: when something is
done is `rehearsal`'s to say.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from signoff import Actor, Engine, HumanTask, Reason, Strength, UserTask
from signoff.errors import Refused
from signoff_cli.demo import pace
from signoff_cli.demo.form import TURNS, Filler, declared
from signoff_cli.demo.paper import Folder
from signoff_cli.demo.script import Reading, Script
from signoff_cli.demo.story import Happening, Story


@dataclass(frozen=True, slots=True)
class Stuck:
    """Why a rehearsal could not go on: the step, and what is missing there."""

    step: str
    why: tuple[str, ...]


class Desk:
    """The hands of all the people of a script. `told` is called with each thing that happens."""

    def __init__(
        self,
        engine: Engine,
        script: Script,
        story: Story,
        *,
        reading: Reading,
        papers: Folder,
        told: Callable[[Happening], None],
    ) -> None:
        self.script = script
        self.reading = reading
        self._engine = engine
        self._story = story
        self._papers = papers
        self._told = told
        self._definition = story.naming.definition
        self._lang = story.naming.lang
        self._turns: Counter[str] = Counter()
        self._written: dict[str, dict[str, Path]] = {}  # for tasks that were refused

    def tell(self) -> None:
        """Pass on what has happened."""
        for each in self._story.tell():
            self._told(each)

    def submit(self, reason: Reason) -> Stuck | None:
        """Hand in the work of a step."""
        given = self.script.part(reason.node).data(self._turns[reason.node])
        self._turns[reason.node] += 1
        if given is not None:
            return self._rest(reason, self.attempt(reason, given))
        why: list[str] = []
        for values in self._made_up(reason):
            why = self._try(reason, values)
            if not why:
                return None
        return self._rest(reason, why)

    def attempt(self, reason: Reason, given: Mapping[str, Any]) -> list[str]:
        """Hand in what the script gives; what is missing where that is refused, which is told."""
        why = self._try(reason, self.reading.value(given))
        if why:
            at = self._engine.now()
            self._told(self._story.refused(at, reason.task, reason.node, self._owner(reason), why))
        return why

    def approve(self, reason: Reason) -> Stuck | None:
        """Say yes at a gate, to what is seen there."""
        return self._voted(reason, self._engine.approve, "")

    def decline(self, reason: Reason) -> Stuck | None:
        """Say no."""
        return self._voted(reason, self._engine.decline, self.script.note)

    def appoint(self, reasons: Sequence[Reason]) -> Stuck | None:
        """Nobody can act and nothing is owed: an administrator appoints somebody where that helps."""
        admins = [id for id, person in self.script.people.items() if person.get("admin") is True]
        for reason in (each for each in reasons if each.status != "incident"):
            for person in self.script.people if admins else ():
                try:
                    self._engine.assign(reason.task, person, by=self._actor(admins[0]))
                except Refused:
                    continue
                return None
        missing = tuple(each.sentence(self._lang) for reason in reasons for each in reason.missing)
        return Stuck(reasons[0].node if reasons else "", missing)

    # inside ----------------------------------------------------------------------------------------------------

    def _owner(self, reason: Reason) -> str:
        by = self.script.part(reason.node).by
        return by if by in reason.who else reason.who[0]

    def _made_up(self, reason: Reason) -> Iterator[Mapping[str, Any]]:
        """Values for what a form must fill; then, turn by turn, others, and what it may edit too."""
        node = self._task(reason)
        day = datetime.combine(self.reading.event, pace.OPENS, self.reading.zone)
        for turn in range(TURNS):
            names = node.form.fill + (node.form.edit if turn else ())
            filler = Filler(self._definition.lang, reason.who, day, turn)
            yield filler.fields(declared(self._definition, node, names))

    def _task(self, reason: Reason) -> UserTask:
        node = self._definition.nodes[reason.node]
        assert isinstance(node, UserTask), "only those are handed in"
        return node

    def _try(self, reason: Reason, data: Mapping[str, Any]) -> list[str]:
        """Hand in, with every document and every tick; what is missing where that is refused."""
        node = self._task(reason)
        papers = self._written.get(reason.task) or {each: self._papers.write(each) for each in node.delivers}
        self._written[reason.task] = papers
        ticks = [check.item.get(self._definition.lang) for check in node.checklist]
        by = self._actor(self._owner(reason))
        try:
            self._engine.submit(reason.task, by=by, data=data, documents=papers, ticks=ticks)
        except Refused as refusal:
            return self._why(refusal)
        del self._written[reason.task]
        self.tell()
        return []

    def _rest(self, reason: Reason, why: Sequence[str]) -> Stuck | None:
        """Where nothing that was tried would do, those who may set the rules aside do so, if there are any."""
        if not why:
            return None
        node = self._definition.nodes[reason.node]
        assert isinstance(node, HumanTask), "only those have rules"
        for rule in (each for each in node.gate.rules if each.waive):
            for person in self.script.people:
                try:
                    self._engine.waive(reason.task, rule.id, reason="demo", by=self._actor(person))
                except Refused:
                    continue
                return None
        return Stuck(reason.node, tuple(why))

    def _voted(self, reason: Reason, call: Callable[..., object], note: str) -> Stuck | None:
        by = reason.who[0]
        try:
            call(reason.task, by=self._actor(by), seen=self._engine.subject(reason.task, by), note=note)
        except Refused as refusal:
            return Stuck(reason.node, tuple(self._why(refusal)))
        self.tell()
        return None

    def _why(self, refusal: Refused) -> list[str]:
        missing = [each.sentence(self._lang) for each in getattr(refusal, "missing", ())]
        return missing or [refusal.sentence(self._lang)]

    def _actor(self, person: str) -> Actor:
        return self._engine.actor(person, auth=Strength.ATTESTED, via="demo")
