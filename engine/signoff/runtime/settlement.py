"""How a claimed obligation ends: done, put off, given back, or given up. One transaction each.

Retries spread by a chance from outside, so that nothing here is random by itself. Must not import `engine`.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeAlias

from sqlalchemy import Connection

from signoff.errors import Permanent, Retryable
from signoff.runtime.tally import Outcome
from signoff.runtime.text import visible
from signoff.store import agenda
from signoff.store.agenda import Obligation
from signoff.store.database import Database

LOCKED_WAIT = timedelta(seconds=1)  # before an instance is tried again that somebody else holds
ATTEMPTS = 10  # of what has no retry policy of its own
_log = logging.getLogger("signoff.worker")


Record: TypeAlias = Callable[[Connection, Obligation, str], None]


def _nowhere(_connection: Connection, _obligation: Obligation, _why: str) -> None:
    """Where there is no history."""


class Settlement:
    """Of one worker. `now` in microseconds, None: the database says; `chance` gives numbers in [0, 1).

    `record` puts what is given up into the history, in the same transaction.
    """

    def __init__(
        self,
        database: Database,
        now: Callable[[], int | None],
        chance: Callable[[], float],
        record: Record = _nowhere,
    ) -> None:
        self._database = database
        self._record = record
        self._now = now
        self._chance = chance

    def done(self, obligation: Obligation) -> Outcome:
        """No longer owed."""
        self._end(lambda connection: agenda.finish(connection, obligation, now=self._now()))
        return Outcome.DONE

    def all_done(self, notices: Sequence[Obligation]) -> None:
        """None of these is owed any longer: in one commit."""
        if notices:
            self._end(lambda connection: agenda.finish_all(connection, notices, now=self._now()))

    def later(self, obligation: Obligation, error: Exception, wait: timedelta) -> Outcome:
        """Due again after `wait`."""
        why = said(error)
        _log.warning(
            "put off %s of %s: %s", obligation.key, obligation.instance, why, extra=_facts(obligation)
        )
        self._end(lambda connection: agenda.retry(connection, obligation, why, wait, now=self._now()))
        return Outcome.FAILED

    def postpone(self, obligation: Obligation, error: Exception) -> Outcome:
        """Try again later, a longer while each time; after the last attempt, or one for good, it is a dead letter."""
        if obligation.attempts < ATTEMPTS and not isinstance(error, Permanent):
            wait = agenda.backoff(obligation.attempts, self._chance())
            return self.later(obligation, error, max(wait, _asked(error)))
        why = said(error)
        _log.error("gave up %s of %s: %s", obligation.key, obligation.instance, why, extra=_facts(obligation))
        self._bury(obligation, why)
        return Outcome.BURIED

    def _bury(self, obligation: Obligation, why: str) -> None:
        """Together with the record in the history; without it where the instance itself cannot be read."""

        def whole(connection: Connection) -> None:
            if agenda.bury(connection, obligation, why):
                self._record(connection, obligation, why)

        try:
            self._end(whole)
        except Exception:  # noqa: BLE001 - whatever keeps it out of the history must not keep it being tried
            _log.exception("not in the history: gave up %s of %s", obligation.key, obligation.instance)
            self._end(lambda connection: agenda.bury(connection, obligation, why))

    def give_back(self, untried: Sequence[Obligation], *, wait: timedelta = LOCKED_WAIT) -> None:
        """Nothing was tried, because somebody else holds their instances: that costs them no attempt."""

        def give_back(connection: Connection) -> None:
            for each in untried:
                agenda.give_back(connection, each, wait=wait, now=self._now())

        if untried:
            self._end(give_back)

    def _end(self, change: Callable[[Connection], object]) -> None:
        def own() -> None:
            with self._database.write() as handle:
                change(handle.connection)

        self._database.attempt(own)


def _asked(error: Exception) -> timedelta:
    """How long the other side asks us to wait."""
    return timedelta(seconds=(error.after or 0) if isinstance(error, Retryable) else 0)


def said(error: Exception) -> str:
    """What a handler or channel said, as a text that every database keeps."""
    return visible(f"{type(error).__name__}: {error}")


def _facts(obligation: Obligation) -> dict[str, object]:
    """What a log says of it beside the sentence."""
    facts = {
        name: getattr(obligation, name) for name in ("instance", "key", "kind", "attempts", "generation")
    }
    return {"facts": facts}
