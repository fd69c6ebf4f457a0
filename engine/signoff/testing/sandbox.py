"""A sandbox: an engine on a database in memory, people, handlers, and a clock that only a test moves.

What a command makes due is worked off before the command returns; nothing sleeps. May import everything of
signoff but the command line.
"""

import sqlite3
import weakref
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from signoff.errors import NotFound
from signoff.kernel import arrival, commands, roster
from signoff.kernel.commands import SYSTEM, Actor
from signoff.kernel.effect import Owed
from signoff.kernel.events import flow
from signoff.kernel.state import Activity, ActivityStatus, Person
from signoff.model import nodes
from signoff.model.gate import Strength
from signoff.runtime import correlation
from signoff.runtime.clock import VirtualClock
from signoff.runtime.correlation import Sent
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.engine import Engine
from signoff.runtime.execution import Receipt
from signoff.runtime.intake import UNKNOWN
from signoff.runtime.reference import world
from signoff.store import definitions, migrations
from signoff.store.database import Handle
from signoff.store.definitions import Deployed
from signoff.store.organisation import Organisation
from signoff.store.schema import agenda, instant
from signoff.testing.bench import Bench, Post, handler
from signoff.testing.case import Case
from signoff.testing.situation import Situation
from signoff.time.calendar import Calendar
from signoff.time.relative import parse_span
from signoff.time.span import parse_iso_duration

TESTER = Actor("tester", name="tester", auth=Strength.ATTESTED, via="testing", admin=True)
_ALL = 1_000_000
_CALLS = (nodes.ServiceTask, nodes.IntermediateThrowEvent, nodes.EndEvent)
_COMPLETED = (nodes.ReceiveTask, nodes.AdHocSubProcess)
_SAID: Mapping[str, Any] = {"by": SYSTEM, "at": UNKNOWN}


class Sandbox:
    """Several definitions and instances under test.

    `at`: where the clock stands, with an offset. `people` are those of the directory, by id:
    `{"amy": {"groups": ["finance"], "leads": ["finance"], "manager": "bob"}}`. `calls` are the handlers: a
    function of the inputs, a result, or a BpmnError to raise; a service task whose handler is not among them
    waits to be completed. `organisation` are departments, substitutes, limits of groups and the table of authority.
    """

    def __init__(
        self,
        at: datetime | str = "2027-01-01T00:00Z",
        *,
        people: Mapping[str, Mapping[str, Any]] | None = None,
        calls: Mapping[str, Any] | None = None,
        organisation: Organisation | None = None,
    ) -> None:
        self.clock = VirtualClock(at)
        self.post = Post()
        self.engine = Engine(
            "sqlite:///:memory:",
            directory=StaticDirectory(people or {}, organisation),
            handlers={name: handler(answer) for name, answer in (calls or {}).items()},
            channels=(self.post,),
            clock=self.clock,
        )
        migrations.create(self.engine.core.database)
        self._people, self._calls, self._organisation = people or {}, calls or {}, organisation
        self._bench = Bench(self.engine.core, self.clock)
        self.close = weakref.finalize(self, self.engine.dispose)

    def copy(self) -> "Sandbox":
        """Another sandbox in which everything has happened that has happened here; then they go their own ways."""
        other = Sandbox(
            self.clock.now(), people=self._people, calls=self._calls, organisation=self._organisation
        )
        mine, theirs = self.engine.core, other.engine.core
        with mine.database.unchecked("") as source, theirs.database.unchecked("") as target:
            _driver(target).deserialize(_driver(source).serialize())
        theirs.library, theirs.calendars = mine.library, dict(mine.calendars)
        other.post.sent += self.post.sent
        return other

    # definitions and instances -----------------------------------------------------------------------------

    def deploy(self, *sources: str | Path) -> list[Deployed]:
        """Make files or texts current, together. Raises InvalidDefinition with every problem, and changes nothing."""
        return self.engine.deploy(*sources)

    def start(
        self,
        process: str,
        data: Mapping[str, Any] | None = None,
        *,
        by: str | Actor = "",
        key: str = "",
        picks: Mapping[str, str | Sequence[str]] | None = None,
    ) -> Case:
        """Start an instance; without `by` the first of the people who may. `picks`: who has the roles to be picked."""
        return Case(self, process).start(data, by=by, key=key, picks=picks)

    def starter(self, process: str) -> Actor:
        """The first of the people who may start a process; the tester when there are none."""
        definition = self.engine.definition(process)
        may = definition.start.by
        people = (self.actor(id) for id in self._people)
        return next((actor for actor in people if not may or roster.may(definition, actor, may)), TESTER)

    @property
    def active(self) -> Counter[str]:
        """Ids of the elements at which something waits, over all running instances; scheduled steps do not."""
        return sum((situation.active() for situation in self._running()), Counter())

    @property
    def running(self) -> int:
        """How many instances run."""
        return len(self.engine.instances(status="running", limit=_ALL))

    # doing -------------------------------------------------------------------------------------------------

    def actor(self, by: str | Actor) -> Actor:
        """The actor of a person's id, attested; an `Actor` as it is. Raises NotAllowed."""
        return self.engine.actor(by, auth=Strength.ATTESTED, via="testing")

    def complete(
        self, element: str, data: Mapping[str, Any] | None = None, *, by: str | Actor = ""
    ) -> Receipt:
        """Complete the oldest waiting activity of that id: a user task, by anybody on its roster, or a service task.

        A user task is handed in with every document and tick; of a service task `data` is the result. Raises
        NotFound when nothing waits there.
        """
        situation, activity = self._oldest(element, nodes.UserTask, *_CALLS, *_COMPLETED)
        node = situation.node(activity.scope, element)
        if isinstance(node, nodes.UserTask):
            case = Case(self, situation.state.process, situation.state.id)
            who = by or self._worker(situation, activity, node)
            return case.hand_in(activity, data, documents=node.delivers, by=who)
        task = f"{situation.state.id}:{activity.id}"
        if isinstance(node, _COMPLETED):
            return self.execute(arrival.Complete(task=task, data=data or {}, **_SAID))
        return self.execute(commands.FinishJob(task=task, result=data, **_SAID))

    def enable(self, adhoc: str, element: str) -> Receipt:
        """Begin an activity of the oldest open ad-hoc sub-process of that id. Raises NotFound, WrongState."""
        situation, activity = self._oldest(adhoc, nodes.AdHocSubProcess)
        task = f"{situation.state.id}:{activity.id}"
        return self.execute(arrival.Enable(task=task, element=element, **_SAID))

    def error(self, element: str, code: str, message: str = "") -> Receipt:
        """Let the oldest waiting service task of that id fail with a modelled error. Raises NotFound."""
        situation, activity = self._oldest(element, *_CALLS)
        task = f"{situation.state.id}:{activity.id}"
        return self.execute(
            commands.FailJob(task=task, code="bpmn_error", error=code, message=message, **_SAID)
        )

    def escalation(self, element: str, code: str) -> Receipt:
        """Let the oldest waiting activity of that id raise an escalation; it goes on unless that interrupts it."""
        situation, activity = self._oldest(element, nodes.UserTask, *_CALLS, *_COMPLETED)
        task = f"{situation.state.id}:{activity.id}"
        return self.execute(arrival.Escalated(task=task, escalation=code, **_SAID))

    def message(
        self,
        name: str,
        data: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        at: str = "",
        keep: str = "",
        id: str = "",
    ) -> Case | None:
        """Send a message to one taker: the oldest subscription, at the element `at` if named; or it waits for `keep`.

        Gives the case that it started. Without a `key` any taker will do. Raises NotFound when nobody takes it.
        """
        waits = self._length(keep) if keep else timedelta()
        sent = Sent(name=name, data=data or {}, key=key, node=self._element(at), keep=waits, id=id)
        receipt = correlation.send(self.engine.core, sent)
        self.settle()
        started = [e for e in receipt.events if isinstance(e, flow.InstanceStarted)] if receipt else []
        return Case(self, started[0].process, receipt.instance) if receipt and started else None

    def signal(self, name: str, data: Mapping[str, Any] | None = None) -> Case | None:
        """Let everybody hear a signal who listens now; gives the last case that it started."""
        before = {row.id for row in self.engine.instances(limit=_ALL)}
        self.engine.signal(name, data)
        self.settle()
        started = [row for row in self.engine.instances(limit=_ALL) if row.id not in before]
        return Case(self, started[0].process, started[0].id) if started else None

    def execute(self, command: commands.Command) -> Receipt:
        """Carry out any command, and work off what it makes due."""
        receipt = self.engine.execute(command)
        self.settle()
        return receipt

    def settle(self) -> None:
        """Work off everything that is due now but timers, which fire when the clock moves or when they are fired."""
        self._bench.settle()

    # time --------------------------------------------------------------------------------------------------

    def advance(self, by: str | timedelta) -> None:
        """Let time pass: `P3D`, `3 days`, 3个工作日. What falls due meanwhile happens in order, each at its instant.

        Days are those of the process deployed last. Raises UnreadablePhrase.
        """
        self.move_to(self.clock.now() + (by if isinstance(by, timedelta) else self._length(by)))

    def move_to(self, at: datetime | str) -> None:
        """Let time pass until an instant, given with an offset; never backwards."""
        self._bench.go_to(VirtualClock(at).now())

    def fire(self, element: str) -> Receipt:
        """Fire the earliest timer of that event, or on that activity, now; the clock moves to its instant if later.

        A step that opens later opens. What else has become due follows. Raises NotFound.
        """
        found = min(self._timers(element), key=lambda each: each[0], default=None)
        if found is None and (begun := self._begin(element)) is not None:
            return begun
        if found is None:
            raise NotFound("nobody_waits", element=element)
        at, command = found
        self.clock.set(max(self.clock.now(), at))
        return self.execute(command)

    # inside ------------------------------------------------------------------------------------------------

    def _oldest(self, element: str, *kinds: type[nodes.Node]) -> tuple[Situation, Activity]:
        found = [
            (situation, activity)
            for situation in self._running()
            for activity in situation.waiting()
            if activity.node == element
            and activity.status is ActivityStatus.OPEN
            and isinstance(situation.node(activity.scope, element), kinds)
        ]
        if not found:
            raise NotFound("nobody_waits", element=element)
        return min(found, key=lambda each: each[1].since)

    def _worker(self, situation: Situation, activity: Activity, node: nodes.UserTask) -> Actor:
        """Somebody who may do a task, known to the directory or not; where nobody may, the tester is appointed."""
        someone = activity.assignee or next((person.id for person in activity.roster), "")
        if someone in self._people:
            return self.actor(someone)
        if someone:
            return Actor(someone, name=someone, auth=Strength.ATTESTED, via="testing")
        if node.owner:
            chief = Actor("appointing", auth=Strength.ATTESTED, via="testing", admin=True)
            task = f"{situation.state.id}:{activity.id}"
            person = Person(TESTER.id, TESTER.name)
            self.engine.execute(commands.Assign(task=task, person=person, by=chief, at=UNKNOWN))
        return TESTER

    def _length(self, text: str) -> timedelta:
        """A length of time, from now on in the calendar of the process deployed last."""
        span = parse_iso_duration(text) if text.strip().startswith("P") else parse_span(text)
        return span.add(self.clock.now(), self._calendar()) - self.clock.now()

    def _element(self, id: str) -> str:
        """The element that listens; of the start event of an event sub-process that is the sub-process."""
        if not id:
            return ""
        for each in self.engine.definitions():
            node = self.engine.definition(each.process).nodes.get(id) if each.current else None
            if isinstance(node, nodes.StartEvent) and node.scope:
                return node.scope
        return id

    def _begin(self, element: str) -> Receipt | None:
        """Fire a timer start event: the receipt of the start."""
        core = self.engine.core
        with core.database.read() as handle:
            rows = handle.connection.execute(
                select(agenda.c.key, agenda.c.due_at).where(
                    agenda.c.instance == "", agenda.c.state == "ready"
                )
            ).all()
        due = min((at for key, at in rows if key.rpartition("/")[2] == element), default=None)
        if due is None:
            return None
        before = {row.id for row in self.engine.instances(limit=_ALL)}
        self.clock.set(max(self.clock.now(), instant(due)))
        self._bench.settle((Owed.START,))
        self.settle()
        new = next(row for row in self.engine.instances(limit=_ALL) if row.id not in before)
        return Receipt(new.id, new.status, (), (), "")

    def _timers(self, element: str) -> Iterator[tuple[datetime, commands.Command]]:
        for situation in self._running():
            id, activities = situation.state.id, situation.state.activities
            for timer in situation.state.timers.values():
                host = activities[timer.host].node if timer.host in activities else ""
                inside = situation.starts_of(timer.scope, timer.node)
                if timer.at is not None and element in (timer.node, host, *inside):
                    yield timer.at, commands.FireTimer(timer=f"{id}:{timer.id}", **_SAID)
            for activity in activities.values():
                scheduled = activity.status is ActivityStatus.SCHEDULED and activity.node == element
                if scheduled and activity.opens is not None:
                    yield activity.opens, commands.OpenTask(task=f"{id}:{activity.id}", **_SAID)

    def _running(self) -> list[Situation]:
        """The running instances, the oldest first."""
        rows = self.engine.instances(status="running", limit=_ALL)
        return [Situation.of(self.engine, row.id) for row in reversed(rows)]

    def _calendar(self) -> Calendar:
        """The calendar of the process deployed last; before there is one, UTC."""
        core = self.engine.core
        with core.database.read() as handle:
            found = [each for each in definitions.listed(handle.connection) if each.current]
            if not found:
                return Calendar("", "UTC")
            last = max(found, key=lambda each: each.deployed_at)
            return world(core, handle.connection).calendar(last.version)


def _driver(handle: Handle) -> sqlite3.Connection:
    connection = handle.connection.connection.driver_connection
    assert isinstance(connection, sqlite3.Connection), "a sandbox lives in memory"
    return connection
