"""How often and after how long something is tried again.

May import `english` and errors.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from signoff.errors import UnreadablePhrase
from signoff.time import english, hints
from signoff.time.numeral import number
from signoff.time.phrase import Phrase
from signoff.time.words import Words

_TIMES = re.compile(r"([0-9]+) times? every(?![\w-])", re.IGNORECASE)
_DOUBLING = re.compile(r"doubling(?![\w-])", re.IGNORECASE)
_LONGEST = timedelta(days=365)  # of one wait; doubling grows past every calendar otherwise
_MOST_TIMES = 1000


@dataclass(frozen=True, slots=True)
class Retry:
    """`times` further attempts; the first after `first`, each later wait the same or doubled."""

    times: int
    first: timedelta
    doubling: bool = False
    text: str = field(default="", compare=False)

    def wait(self, attempt: int) -> timedelta | None:
        """The wait before the nth further attempt, from 1; None when there is none left; a year at most."""
        assert attempt >= 1, "attempts count from 1"
        if attempt > self.times:
            return None
        doublings = min(attempt - 1, 60) if self.doubling else 0
        return timedelta(seconds=min(self.first.total_seconds() * 2**doublings, _LONGEST.total_seconds()))


def parse_retry(text: str) -> Retry:
    """`never`, or `3 times every 1 minute doubling`. Raises UnreadablePhrase."""
    phrase = Phrase(text, Words())
    if phrase.text.lower() == "never":
        return Retry(0, timedelta(), text=text)
    found = phrase.take(_TIMES)
    times = number(found[1]) if found else None
    span = english.span(phrase) if times else None
    if not times or times > _MOST_TIMES or span is None or span.fixed is None or span.fixed > _LONGEST:
        raise UnreadablePhrase("unreadable_when", text=text, offset=0, hint=hints.RETRY)
    doubling = phrase.take(_DOUBLING) is not None
    phrase.finish()
    return Retry(times, span.fixed, doubling, text=text)
