"""The verbs of `Engine` for what people ask for: request, withdraw a request.

Each builds its command and calls `execute`, like those of `verbs`.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from signoff.kernel import asides as a
from signoff.runtime.asides import Asides
from signoff.runtime.execution import Receipt
from signoff.runtime.verbs import By, said


class Requests(Asides):
    """What takes effect only once it is approved."""

    def request(
        self,
        instance: str,
        name: str,
        data: Mapping[str, Any] | None = None,
        *,
        by: By,
        reason: str = "",
        position: int = 0,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Ask for something that the definition offers by this name; all goes on until it is approved.

        `position`: in which occurrence of an `each`, where there are several.
        """
        command = a.Request(instance=instance, request=name, data=data or {}, reason=reason, position=position,
                            **said(self._actor(by, connection), request_id))  # fmt: skip
        return self.execute(command, connection=connection)

    def withdraw_request(
        self,
        instance: str,
        name: str,
        *,
        by: By,
        reason: str = "",
        position: int = 0,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Who asked asks no more, as long as it has not taken effect; everything is as if nobody had asked."""
        command = a.WithdrawRequest(instance=instance, request=name, reason=reason, position=position,
                                    **said(self._actor(by, connection), request_id))  # fmt: skip
        return self.execute(command, connection=connection)
