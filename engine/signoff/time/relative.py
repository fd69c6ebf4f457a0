"""Relative times: the front door of the closed grammar of deadlines and recurrences (language §8).

Every reader here is total: a text is read as the grammar says, or UnreadablePhrase is raised, never a guess.
The grammar stands in `english` and `chinese`, the meaning in `moment` and `recurrence`. May import its siblings.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import TypeVar

from signoff.errors import UnreadablePhrase
from signoff.time import chinese, english, hints
from signoff.time.anchor import Anchor, AnchorKind, Edge, Moments, Side
from signoff.time.cron import is_cron, parse_cron
from signoff.time.moment import LONG_PAST, NEVER, Purpose, Roll, When
from signoff.time.phrase import Phrase
from signoff.time.recurrence import Every, Pattern
from signoff.time.retry import Retry, parse_retry
from signoff.time.span import Measure, Span, Unit, parse_iso_duration
from signoff.time.words import DateWord, Words, normal

__all__ = [
    "LONG_PAST",
    "NEVER",
    "Anchor",
    "AnchorKind",
    "DateWord",
    "Edge",
    "Every",
    "Measure",
    "Moments",
    "Pattern",
    "Purpose",
    "Retry",
    "Roll",
    "Side",
    "Span",
    "Unit",
    "When",
    "Words",
    "is_cron",
    "parse_cycle",
    "parse_day",
    "parse_every",
    "parse_iso_duration",
    "parse_iso_every",
    "parse_iso_when",
    "parse_retry",
    "parse_span",
    "parse_when",
    "split_range",
]

_Read = TypeVar("_Read")


def parse_when(text: str, words: Words) -> When:
    """A moment: `30 days before event`, 活动前30天, `within 2 working days`, `event start at 07:30`.

    Raises UnreadablePhrase: unknown_anchor, ambiguous_anchor, or unreadable_when with the offset and a hint.
    """
    return _either((english.when, chinese.when), text, words)


def parse_every(text: str, words: Words) -> Every:
    """A recurrence: `day at 17:30 during event`, 活动期间每天17:30, `10 hours for 3 times`. Raises like parse_when."""
    return _either((english.every, chinese.every), text, words)


def parse_span(text: str) -> Span:
    """A length of time: `60 seconds`, `30 days`, 5个工作日. Raises UnreadablePhrase."""
    return _either((_whole(english.span), _whole(chinese.span)), text, Words())


def parse_day(text: str) -> tuple[time, time]:
    """When a day opens and closes: `09:00 to 18:00`, the earlier first. Raises UnreadablePhrase."""
    phrase = Phrase(text, Words())
    opens = phrase.clock(digits=2)
    closes = phrase.clock(digits=2) if opens and phrase.take(_TO) else None
    if opens is None or closes is None or not opens < closes:
        raise UnreadablePhrase("unreadable_when", text=text, offset=0, hint=hints.HOURS)
    phrase.finish()
    return opens, closes


_TO = re.compile(r"to(?![\w-])", re.IGNORECASE)


def _either(readers: Sequence[Callable[[Phrase], _Read]], text: str, words: Words) -> _Read:
    """What the first grammar that can read the text makes of it, else the problem that got furthest."""
    problems = []
    for reader in readers:
        try:
            return reader(Phrase(text, words))
        except UnreadablePhrase as problem:
            problems.append(problem)
    raise max(problems, key=_telling) from None


def _telling(problem: UnreadablePhrase) -> tuple[bool, int]:
    return problem.code != "unreadable_when", problem.params["offset"]


def _whole(reader: Callable[[Phrase], Span | None]) -> Callable[[Phrase], Span]:
    def read(phrase: Phrase) -> Span:
        found = reader(phrase)
        if found is None:
            raise phrase.error(hints.SPAN_ONLY)
        phrase.finish()
        return found

    return read


def parse_iso_when(text: str) -> When:
    """A BPMN timer: a duration counted from when it was armed (days keep the time of day), or a date and time.

    A time without an offset is read in the calendar's zone. Raises UnreadablePhrase.
    """
    plain = text.strip()
    if plain.startswith("P"):
        return When.within(parse_iso_duration(text))
    if not _is_iso_time(plain):
        raise UnreadablePhrase("unreadable_when", text=text, offset=0, hint=hints.ISO_WHEN)
    return When(Anchor(AnchorKind.INSTANT, plain), text=text)


_CYCLE = re.compile(r"R([0-9]{0,9})/(?:([^/P][^/]*)/)?(P[^/]*)")


def parse_iso_every(text: str) -> Every:
    """A BPMN cycle: `R3/PT10H` is three firings, at +10 h, +20 h, +30 h; `R/…` has no end.

    `R3/2027-01-31T09:00:00Z/P1M` fires first at that time. Raises UnreadablePhrase.
    """
    found = _CYCLE.fullmatch(text.strip())
    if found is None or (found[2] and not _is_iso_time(found[2])):
        raise UnreadablePhrase("unreadable_when", text=text, offset=0, hint=hints.ISO_EVERY)
    span = parse_iso_duration(found[3])
    if not (span.months or span.days or span.seconds):
        raise UnreadablePhrase("unreadable_when", text=text, offset=found.start(3), hint=hints.ZERO)
    limit = int(found[1]) if found[1] else None
    return Every(Pattern.SPAN, span, limit=limit, start=found[2] or "", text=text)


def parse_cycle(text: str) -> Every:
    """What a BPMN file writes as timeCycle: a cycle of ISO 8601, or cron. Raises UnreadablePhrase."""
    return parse_cron(text) if is_cron(text) else parse_iso_every(text)


def _is_iso_time(text: str) -> bool:
    """Whether it is a date and time with a year that every zone can show."""
    try:
        return 2 <= datetime.fromisoformat(text).year <= 9998
    except ValueError:
        return False


_RANGES = (
    re.compile(r"(?:从|自)(?P<a>.+?)(?:起至|起到|至|到)(?P<b>.+)"),
    re.compile(r"from (?P<a>.+?) to (?P<b>.+)", re.IGNORECASE),
    re.compile(r"(?P<a>[^~—–]+?)(?:起至|起?[~—–]+|至)(?P<b>[^~—–]+)"),
)


def split_range(text: str) -> tuple[str, str] | None:
    """The two ends of a range such as 活动前7天起至活动前1天, `T-7 ~ T-1`, `from A to B`; None for a single moment."""
    plain = normal(text)
    for pattern in _RANGES:
        found = pattern.fullmatch(plain)
        if found:
            first, last = found["a"].strip(), found["b"].strip()
            return (first, last) if first and last and "至" not in last else None
    return None
