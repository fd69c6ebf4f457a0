"""What reaches a sandbox from outside: messages, signals, errors, escalations, and timers that are fired.

May import everything of signoff but the command line.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from signoff.errors import NotFound
from signoff.kernel import arrival, commands
from signoff.kernel.commands import SYSTEM
from signoff.kernel.effect import Owed
from signoff.kernel.events import flow
from signoff.kernel.state import Activity, ActivityStatus
from signoff.model import nodes
from signoff.runtime import correlation
from signoff.runtime.clock import VirtualClock
from signoff.runtime.correlation import Sent
from signoff.runtime.engine import Engine
from signoff.runtime.execution import Receipt
from signoff.runtime.intake import UNKNOWN
from signoff.store.schema import agenda, instant
from signoff.testing.bench import Bench
from signoff.testing.case import Case
from signoff.testing.situation import Situation
from signoff.time.calendar import Calendar
from signoff.time.relative import parse_span
from signoff.time.span import parse_iso_duration

ALL = 1_000_000
SAID: Mapping[str, Any] = {"by": SYSTEM, "at": UNKNOWN}
CALLS = (nodes.ServiceTask, nodes.IntermediateThrowEvent, nodes.EndEvent)
COMPLETED = (nodes.ReceiveTask, nodes.AdHocSubProcess)


class Outside:
    """The half of `Sandbox` that stands for the world around it."""

    engine: Engine
    clock: VirtualClock
    _bench: Bench

    def execute(self, command: commands.Command) -> Receipt:
        raise NotImplementedError

    def settle(self) -> None:
        raise NotImplementedError

    def _case(self, process: str, instance: str) -> Case:
        raise NotImplementedError

    def _running(self) -> list[Situation]:
        raise NotImplementedError

    def _started(self) -> list[tuple[str, str]]:
        raise NotImplementedError

    def _calendar(self) -> Calendar:
        raise NotImplementedError

    def enable(self, adhoc: str, element: str) -> Receipt:
        """Begin an activity of the oldest open ad-hoc sub-process of that id. Raises NotFound, WrongState."""
        situation, activity = self._oldest(adhoc, nodes.AdHocSubProcess)
        task = f"{situation.state.id}:{activity.id}"
        return self.execute(arrival.Enable(task=task, element=element, **SAID))

    def error(self, element: str, code: str, message: str = "") -> Receipt:
        """Let the oldest waiting service task of that id fail with a modelled error. Raises NotFound."""
        situation, activity = self._oldest(element, *CALLS)
        task = f"{situation.state.id}:{activity.id}"
        return self.execute(
            commands.FailJob(task=task, code="bpmn_error", error=code, message=message, **SAID)
        )

    def escalation(self, element: str, code: str) -> Receipt:
        """Let the oldest waiting activity of that id raise an escalation; it goes on unless that interrupts it."""
        situation, activity = self._oldest(element, nodes.UserTask, *CALLS, *COMPLETED)
        task = f"{situation.state.id}:{activity.id}"
        return self.execute(arrival.Escalated(task=task, escalation=code, **SAID))

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
        ranks = {instance: number for number, (instance, _) in enumerate(self._started())}
        sent = Sent(
            name=name, data=data or {}, key=key, node=self._element(at), keep=waits, id=id, ranks=ranks
        )
        receipt = correlation.send(self.engine.core, sent)
        self.settle()
        started = [e for e in receipt.events if isinstance(e, flow.InstanceStarted)] if receipt else []
        return self._case(started[0].process, receipt.instance) if receipt and started else None

    def signal(self, name: str, data: Mapping[str, Any] | None = None) -> Case | None:
        """Let everybody hear a signal who listens now; gives the last case that it started."""
        before = {row.id for row in self.engine.instances(limit=ALL)}
        self.engine.signal(name, data)
        self.settle()
        started = [row for row in self.engine.instances(limit=ALL) if row.id not in before]
        return self._case(started[0].process, started[0].id) if started else None

    def observe(self, data: Mapping[str, Any]) -> Case | None:
        """Tell what is so outside of all instances; gives the last case that a start condition has started."""
        begun = self.engine.observe(data, by=SYSTEM)
        self.settle()
        started = [(e, each) for each in begun for e in each.events if isinstance(e, flow.InstanceStarted)]
        return self._case(started[-1][0].process, started[-1][1].instance) if started else None

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

    # inside ----------------------------------------------------------------------------------------------

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
        due = min(
            (at for key, at in rows if key.rpartition("/")[2].partition("#")[0] == element), default=None
        )
        if due is None:
            return None
        before = {row.id for row in self.engine.instances(limit=ALL)}
        self.clock.set(max(self.clock.now(), instant(due)))
        self._bench.settle((Owed.START,))
        self.settle()
        new = next(row for row in self.engine.instances(limit=ALL) if row.id not in before)
        return Receipt(new.id, new.status, (), (), "")

    def _timers(self, element: str) -> Iterator[tuple[datetime, commands.Command]]:
        for situation in self._running():
            id, activities = situation.state.id, situation.state.activities
            for timer in situation.state.timers.values():
                host = activities[timer.host].node if timer.host in activities else ""
                inside = situation.starts_of(timer.scope, timer.node)
                if timer.at is not None and element in (timer.node, host, *inside):
                    yield timer.at, commands.FireTimer(timer=f"{id}:{timer.id}", **SAID)
            for activity in activities.values():
                scheduled = activity.status is ActivityStatus.SCHEDULED and activity.node == element
                if scheduled and activity.opens is not None:
                    yield activity.opens, commands.OpenTask(task=f"{id}:{activity.id}", **SAID)
