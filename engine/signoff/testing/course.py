"""What has come of an instance under test: where it waits, its data, deadlines, events and notices.

The reading half of `Case`. May import everything of signoff but the command line.
"""

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from signoff.kernel.events import Event, flow
from signoff.kernel.pending import Incident
from signoff.testing.notified import Told, told
from signoff.testing.situation import Situation

if TYPE_CHECKING:
    from signoff.testing.sandbox import Sandbox


class Course:
    """One instance of one process in a sandbox, read anew for every question."""

    def __init__(self, box: "Sandbox", process: str, instance: str = "") -> None:
        self.box = box
        self.process = process
        self._instance = instance

    @property
    def instance(self) -> str:
        """The id of the instance; AssertionError before it is started."""
        assert self._instance, f"start a case of {self.process} first"
        return self._instance

    @property
    def situation(self) -> Situation:
        """The state of the instance now, with its definitions."""
        return Situation.of(self.box.engine, self.instance)

    @property
    def active(self) -> Counter[str]:
        """Ids of the elements at which the instance waits; scheduled steps are not among them."""
        return self.situation.active()

    @property
    def status(self) -> str:
        """running, suspended, completed, declined, cancelled or terminated."""
        return self.situation.state.status.value

    @property
    def outcome(self) -> str:
        """How it ended; empty while it runs."""
        return self.situation.state.outcome

    @property
    def variables(self) -> dict[str, Any]:
        """The data of the process, computed ones included."""
        return dict(self.situation.variables)

    @property
    def incidents(self) -> list[Incident]:
        """What has stopped and is not repaired."""
        return list(self.situation.state.incidents.values())

    @property
    def events(self) -> list[Event]:
        """Everything that happened, in order."""
        return [event for record in self.box.engine.history(self.instance) for event in record.events]

    @property
    def log(self) -> list[str]:
        """Ids of the completed activities and catch events, in order; sub-processes too."""
        return [event.node for event in self.events if isinstance(event, flow.ElementCompleted)]

    @property
    def notified(self) -> list[Told]:
        """Who was told, in order: (level of the rung or kind of the notice, step, person)."""
        return told(self.box.post.sent, self.instance, self.events, self.situation)

    @property
    def zone(self) -> ZoneInfo:
        """Where the process's days begin and end."""
        return ZoneInfo(self.box.engine.definition(self.process).zone)

    def due(self, step: str) -> datetime | None:
        """When a step that is at work or scheduled is due, in the zone of the process; None without a deadline."""
        at = self.situation.activity(step).due
        return at.astimezone(self.zone) if at is not None else None
