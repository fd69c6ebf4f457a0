"""A sandbox: an engine on a database in memory, people, handlers, and a clock that only a test moves.

What a command makes due is worked off before the command returns; nothing sleeps. May import everything of
signoff but the command line.
"""

import sqlite3
import weakref
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import literal_column, select

from signoff.errors import Invalid
from signoff.kernel import arrival, commands, roster
from signoff.kernel.commands import Actor
from signoff.kernel.state import Activity, Person
from signoff.model import nodes
from signoff.model.gate import Strength
from signoff.model.role import RoleKind
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.engine import Engine
from signoff.runtime.execution import Receipt
from signoff.runtime.intake import UNKNOWN
from signoff.runtime.reference import world
from signoff.store import definitions, migrations
from signoff.store.database import Handle
from signoff.store.definitions import Deployed
from signoff.store.organisation import Organisation
from signoff.store.schema import instance
from signoff.testing.bench import Bench, Post, handler
from signoff.testing.case import Case
from signoff.testing.outside import ALL, CALLS, COMPLETED, SAID, Outside
from signoff.testing.situation import Situation
from signoff.time.calendar import Calendar

TESTER = Actor("tester", name="tester", auth=Strength.ATTESTED, via="testing", admin=True)


class Sandbox(Outside):
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
        """Make files or texts current, together. Raises InvalidDefinition with every problem, and changes nothing.

        What demands that somebody else releases it is released at once.
        """
        try:
            return self.engine.deploy(*sources)
        except Invalid as error:
            if error.code != "deployer_unknown" or not self._people:
                raise
        deployed = self.engine.deploy(*sources, by=next(iter(self._people)))
        for each in self.engine.definitions():
            if each.waits:
                self.engine.release_definition(each.process, by=self._releaser(each.version))
        return deployed

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
        return len(self.engine.instances(status="running", limit=ALL))

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
        situation, activity = self._oldest(element, nodes.UserTask, *CALLS, *COMPLETED)
        node = situation.node(activity.scope, element)
        if isinstance(node, nodes.UserTask):
            case = Case(self, situation.state.process, situation.state.id)
            who = by or self._worker(situation, activity, node)
            return case.hand_in(activity, data, documents=node.delivers, by=who)
        task = f"{situation.state.id}:{activity.id}"
        if isinstance(node, COMPLETED):
            return self.execute(arrival.Complete(task=task, data=data or {}, **SAID))
        return self.execute(commands.FinishJob(task=task, result=data, **SAID))

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

    # inside ------------------------------------------------------------------------------------------------

    def _case(self, process: str, instance: str) -> Case:
        return Case(self, process, instance)

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

    def _releaser(self, version: str) -> Actor:
        """Somebody with every role that a version may be released by."""
        with self.engine.core.database.read() as handle:
            roles = self.engine.core.library.load(handle.connection, version).roles
        named = {role.value for role in roles.values() if role.kind is RoleKind.GROUP}
        return replace(TESTER, id="releasing", groups=frozenset(named))

    def _running(self) -> list[Situation]:
        """The running instances, the oldest first."""
        return [Situation.of(self.engine, id) for id, status in self._started() if status == "running"]

    def _started(self) -> list[tuple[str, str]]:
        """Instances with their status in the order in which they were started, also those of one moment."""
        rows = select(instance.c.id, instance.c.status).order_by(literal_column("rowid"))
        with self.engine.core.database.read() as handle:
            return [(id, status) for id, status in handle.connection.execute(rows)]

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
