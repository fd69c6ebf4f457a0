"""What reaches a case from outside, by the verbs of its sandbox: messages, signals, errors, time.

Must import of the test kit nothing but `course`.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from signoff.kernel.commands import Actor
from signoff.runtime.execution import Receipt
from signoff.testing.course import Course

if TYPE_CHECKING:
    from signoff.testing.case import Case

By = str | Actor


class Surroundings(Course):
    """The part of `Case` that stands for the world around it, as in the sandbox."""

    def complete(self, element: str, data: Mapping[str, Any] | None = None, *, by: By = "") -> Receipt:
        """`Sandbox.complete`."""
        return self.box.complete(element, data, by=by)

    def error(self, element: str, code: str, message: str = "") -> Receipt:
        """`Sandbox.error`."""
        return self.box.error(element, code, message)

    def escalation(self, element: str, code: str) -> Receipt:
        """`Sandbox.escalation`."""
        return self.box.escalation(element, code)

    def enable(self, adhoc: str, element: str) -> Receipt:
        """`Sandbox.enable`."""
        return self.box.enable(adhoc, element)

    def message(
        self,
        name: str,
        data: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        at: str = "",
        keep: str = "",
        id: str = "",
    ) -> "Case | None":
        """`Sandbox.message`."""
        return self.box.message(name, data, key=key, at=at, keep=keep, id=id)

    def signal(self, name: str, data: Mapping[str, Any] | None = None) -> "Case | None":
        """`Sandbox.signal`."""
        return self.box.signal(name, data)

    def fire(self, element: str) -> Receipt:
        """`Sandbox.fire`."""
        return self.box.fire(element)

    def advance(self, by: str | timedelta) -> None:
        """`Sandbox.advance`."""
        self.box.advance(by)

    def move_to(self, at: datetime | str) -> None:
        """`Sandbox.move_to`; without an offset a time of day is that of the process."""
        found = datetime.fromisoformat(at) if isinstance(at, str) else at
        self.box.move_to(found if found.tzinfo else found.replace(tzinfo=self.zone))
