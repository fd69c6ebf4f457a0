"""The verbs of `Engine` for what comes from outside: messages, signals, data, and what nobody's work does.

Every verb takes `connection=` to take part in the host's transaction.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from signoff.kernel import arrival
from signoff.kernel.commands import Actor
from signoff.runtime import correlation, gathering
from signoff.runtime.correlation import Sent
from signoff.runtime.execution import Receipt
from signoff.runtime.verbs import Verbs, said

By = str | Actor


class Sending(Verbs):
    """The half of `Engine` that the world outside calls."""

    def message(
        self,
        name: str,
        data: Mapping[str, Any] | None = None,
        *,
        by: By,
        key: str = "",
        keep: timedelta = timedelta(),
        id: str = "",
        connection: Connection | None = None,
    ) -> Receipt | None:
        """Send a message to the one who waits for it with that key, or whom it starts.

        `keep`: how long it waits for a taker, if there is none; then the answer is None, as for an `id` under which
        it was sent before. Raises NotFound for a message that nobody takes and that may not wait.
        """
        actor = self._actor(by, connection)
        sent = Sent(name=name, data=data or {}, key=key, keep=keep, id=id, by=actor)
        return correlation.send(self.core, sent, connection=connection)

    def signal(
        self, name: str, data: Mapping[str, Any] | None = None, *, connection: Connection | None = None
    ) -> int:
        """Let everybody hear a signal who listens for it now; how many that are. The worker tells them."""
        return correlation.broadcast(self.core, name, data or {}, connection=connection)

    def observe(
        self, data: Mapping[str, Any], *, by: By, connection: Connection | None = None
    ) -> list[Receipt]:
        """Tell what is so outside; every start condition that has become true starts an instance with these data.

        One that reads what is not told is not asked, and one that holds already starts nothing until it was false.
        """
        return gathering.observe(self.core, data, self._actor(by, connection), connection=connection)

    def enable(
        self, task: str, element: str, *, by: By, request_id: str = "", connection: Connection | None = None
    ) -> Receipt:
        """Begin an activity of an ad-hoc sub-process, whose id is `task`."""
        saying = said(self._actor(by, connection), request_id)
        return self.execute(arrival.Enable(task=task, element=element, **saying), connection=connection)

    def complete(
        self,
        task: str,
        data: Mapping[str, Any] | None = None,
        *,
        by: By,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Complete a receive task, or an ad-hoc sub-process in which nothing runs."""
        saying = said(self._actor(by, connection), request_id)
        return self.execute(arrival.Complete(task=task, data=data or {}, **saying), connection=connection)

    def fill(
        self,
        instance: str,
        data: Mapping[str, Any],
        *,
        by: By,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Write data of a running process; for administrators. Conditions that read them are asked again."""
        saying = said(self._actor(by, connection), request_id)
        return self.execute(arrival.Fill(instance=instance, data=data, **saying), connection=connection)
