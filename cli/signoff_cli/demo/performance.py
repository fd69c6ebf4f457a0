"""A whole demo: the database, the people, one instance from its start to its end, one left open for the reader.

The first is played by a virtual clock, in days that are over; the second lives by the real one. Must not print.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from holidays import country_holidays
from sqlalchemy import Connection

from signoff import (
    Clock,
    Definition,
    Engine,
    InstanceRow,
    PeopleMode,
    Reason,
    Receipt,
    Strength,
    SystemClock,
    TimelineRow,
    VirtualClock,
    create_database,
    import_people,
    rehearse,
)
from signoff.errors import NotAllowed, Refused
from signoff_cli.demo import pace
from signoff_cli.demo.desk import Desk, Stuck
from signoff_cli.demo.form import TURNS, Filler
from signoff_cli.demo.handlers import Systems
from signoff_cli.demo.paper import Folder
from signoff_cli.demo.place import Home
from signoff_cli.demo.rehearsal import Rehearsal
from signoff_cli.demo.script import Opening, Reading, Script
from signoff_cli.demo.story import Happening, Naming, Story

DEMO = "signoff demo"
_AHEAD = (14, 37, 52, 67, 97, 127, 187, 277, 372)  # days from start to event, where no script says it
_AFTER = 30  # days after its event in which such a process is over
_THURSDAY, _FRIDAY = 3, 4
_CHOICE = 9  # weeks among which that of the event is chosen


@dataclass(frozen=True, slots=True)
class Played:
    """One instance and what became of it. `stuck`: why it could not be played on."""

    row: InstanceRow
    timeline: Sequence[TimelineRow]
    data: Mapping[str, Any]
    waits: Sequence[Reason]
    happened: Sequence[Happening]
    strengths: Mapping[str, int]
    stuck: Stuck | None = None


@dataclass(frozen=True, slots=True)
class Performance:
    """All that a demo came to. `reader` is the person of this login; `remarks`: cells that played no part."""

    naming: Naming
    first: Played
    second: Played
    cases: Sequence[Mapping[str, Any]]
    reader: str
    remarks: int


class Stage(Protocol):
    """Where a performance is shown."""

    def begin(self, engine: Engine, id: str, naming: Naming) -> None:
        """An instance has started."""

    def told(self, happening: Happening) -> None:
        """Something has happened."""

    def end(self) -> None:
        """The instance goes no further."""


class Show:
    """Performs one script on one process; `source` is what is deployed, its file or its text.

    `clock` stands for the real one; `seed` makes the ids of the instances.
    """

    def __init__(
        self,
        home: Home,
        script: Script,
        definition: Definition,
        source: Path | str,
        *,
        stage: Stage,
        lang: str,
        clock: Clock | None = None,
    ) -> None:
        self.home = home
        self.script = script
        self.definition = definition
        self.source = source
        self.stage = stage
        self.lang = lang
        self.clock = clock
        self.now = (clock or SystemClock()).now()
        self.zone = ZoneInfo(definition.zone)
        self.systems = Systems()
        self.reader = _reader(home.login, script)

    def perform(self) -> Performance:
        """Play it, and leave nothing behind but the database. Raises what the engine raises."""
        with tempfile.TemporaryDirectory() as folder, self.home.kept():
            first = self._first(Path(folder))
            second = self._second(Path(folder))
        return Performance(
            self._naming(), first, second, self.systems.cases, self.reader, self.script.remarks
        )

    # the first: days that are over -----------------------------------------------------------------------------

    def _first(self, folder: Path) -> Played:
        today = self.now.astimezone(self.zone).date()
        event = _event(self.script, self.definition.calendar, today)
        clock = VirtualClock(self._morning(event - timedelta(days=400)))
        if self.script.begins:
            begins = Reading(event, self.zone, {}).instant(self.script.begins)
            clock.set(self._morning(begins.date()))
        engine = self._engine(clock)
        try:
            create_database(engine.core.database)
            import_people(engine.core, self.script.people_file(), by=DEMO)
            engine.deploy(self.source, by=DEMO)
            if not self.script.begins:
                event = self._search(engine, clock, today)
            return self._play(engine, self.script.first, event, folder, clock=clock)
        finally:
            engine.dispose()

    def _search(self, engine: Engine, clock: VirtualClock, today: date) -> date:
        """An event far enough from the start that no deadline has passed when the process begins; moves the clock."""
        event = today - timedelta(days=_AFTER)
        for days in _AHEAD:
            clock.set(self._morning(event - timedelta(days=days)))
            if not rehearse(engine.core, self._begun(engine, self.script.first, event)).late:
                break
        return event

    # the second: now -------------------------------------------------------------------------------------------

    def _second(self, folder: Path) -> Played:
        engine = self._engine(self.clock)
        try:
            you = {"name": self.home.login, "groups": list(self.script.reader), "logins": [self.home.login],
                   "admin": True, "lang": self.lang}  # fmt: skip
            more = self.script.people_file({self.reader: you})
            import_people(engine.core, more, by=DEMO, mode=PeopleMode.MERGE)
            opening = self.script.second
            event = self.now.astimezone(self.zone).date() + timedelta(days=opening.days)
            return self._play(engine, opening, event, folder)
        finally:
            engine.dispose()

    # both ------------------------------------------------------------------------------------------------------

    def _play(
        self,
        engine: Engine,
        opening: Opening,
        event: date,
        folder: Path,
        *,
        clock: VirtualClock | None = None,
    ) -> Played:
        """Play on by this clock to the end; without one, now, until it is the reader's turn."""
        papers = Folder(folder, self.definition)
        reading = Reading(event, self.zone, papers.prints)
        call = self._begun(engine, opening, event)
        story = Story(engine, self._naming())
        id = call(None).instance
        self.stage.begin(engine, id, story.naming)
        try:
            desk = Desk(engine, self.script, story, reading=reading, papers=papers, told=self.stage.told)
            rehearsal = Rehearsal(engine, desk, story, clock=clock)
            if clock is None:
                return self._played(engine, id, story, rehearsal.play(id, reader=self.reader))
            stuck = rehearsal.play(id)
            rehearsal.settle()
            return self._played(engine, id, story, stuck)
        finally:
            self.stage.end()

    def _played(self, engine: Engine, id: str, story: Story, stuck: Stuck | None) -> Played:
        shown = engine.show(id)
        root = next((scope.data for scope in shown.state.scopes.values() if not scope.parent), {})
        rows = engine.timeline(id)
        return Played(shown.row, rows, root, engine.why(id), story.told, story.strengths, stuck)

    def _engine(self, clock: Clock | None) -> Engine:
        filler = Filler(self.definition.lang, list(self.script.people), self.now)
        return Engine(self.home.url, handlers=self.systems.handlers(self.definition, filler), clock=clock)

    def _naming(self) -> Naming:
        people = {id: str(person.get("name", id)) for id, person in self.script.people.items()}
        return Naming(self.definition, {**people, self.reader: self.home.login}, self.lang)

    def _morning(self, day: date) -> datetime:
        return datetime.combine(day, pace.OPENS, self.zone)

    def _begun(self, engine: Engine, opening: Opening, event: date) -> Callable[[Connection | None], Receipt]:
        """The call that starts an instance: by whom and with what the script says, else by the first who may."""
        reasons: list[Refused] = []
        for person in [opening.by] if opening.by else self.script.people:
            for data in self._data(opening, event):
                call = partial(self._start, engine, opening, person, data)
                try:
                    rehearse(engine.core, call)
                except NotAllowed as refusal:
                    reasons.append(refusal)
                    break
                except Refused as refusal:
                    reasons.append(refusal)
                else:
                    return call
        raise reasons[0]

    def _start(
        self,
        engine: Engine,
        opening: Opening,
        person: str,
        data: Mapping[str, Any],
        connection: Connection | None,
    ) -> Receipt:
        actor = engine.actor(person, auth=Strength.ATTESTED, via="demo")
        return engine.start(
            self.definition.id,
            data,
            by=actor,
            key=opening.key,
            request_id=f"demo-{opening.key}",
            connection=connection,
        )

    def _data(self, opening: Opening, event: date) -> Iterator[Mapping[str, Any]]:
        """The start data of the script; else values made up, turn by turn others."""
        if opening.data:
            yield Reading(event, self.zone, {}).value(opening.data)
            return
        form = self.definition.start.form
        for turn in range(TURNS):
            names = form.fill + (form.edit if turn else ())
            filler = Filler(self.definition.lang, list(self.script.people), self._morning(event), turn)
            data = filler.fields(self.definition.data[name] for name in names)
            named = {"title": self.definition.label.get(self.definition.lang)} if "title" in data else {}
            yield {**data, **named}


def _event(script: Script, calendar: str, today: date) -> date:
    """The first day of the event that is over; where no script says how long ago, a month."""
    if not script.ends:
        return today - timedelta(days=_AFTER)
    latest = today - timedelta(days=int(script.ends.removeprefix("event+")))
    last = latest - timedelta(days=(latest.weekday() - _THURSDAY) % 7)
    thursdays = [last - timedelta(weeks=n) for n in range(_CHOICE)]
    return min(thursdays, key=lambda event: _lost(event, calendar))


def _lost(event: date, calendar: str) -> int:
    """Working days that are holidays around an event: one step is meant to be late, and no other."""
    free = country_holidays(calendar, years=range(event.year - 1, event.year + 2))
    days = (event + timedelta(days=n) for n in range(-26, 10))
    return sum(day in free and day.weekday() <= _FRIDAY for day in days)


def _reader(login: str, script: Script) -> str:
    """The id of the reader: the login, unless somebody of the script is called so."""
    return login if login not in script.people else f"{login}-2"
