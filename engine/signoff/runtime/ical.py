"""Deadlines as iCalendar (RFC 5545), for calendars that subscribe: of one instance, or of one person.

Each deadline is an event without length that keeps nobody busy, for most calendars show no to-dos. It is written in
UTC, which is the same instant in every reader's zone and needs no table of zones. A deadline keeps its UID for ever,
so that one that moves moves. Must not import `engine`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from signoff.model.types import Text
from signoff.read.timeline import UNREACHED, TimelineRow
from signoff.runtime.queries import Queries
from signoff.runtime.text import visible

WIDTH = 75  # octets of a line, its end not counted (§3.1)
MOST = 5000  # deadlines of one person
_GONE = frozenset({UNREACHED, "superseded", "cancelled", "skipped"})


@dataclass(frozen=True, slots=True)
class Deadline:
    """One event. `key` names what is due, and is the same however often it is exported."""

    key: str
    at: datetime
    summary: str
    about: str = ""
    done: bool = False


def instance_calendar(engine: Queries, id: str, *, lang: str = "en") -> str:
    """The deadlines of an instance, those that are done marked with a tick. Raises NotFound."""
    row = engine.show(id).row
    title = row.title or row.key or row.id
    found = [
        Deadline(
            _key(id, each),
            each.due,
            f"{_named(each.label, each.step, lang)} · {title}",
            f"{row.key or id}",
            done=each.done_at is not None,
        )
        for each in engine.timeline(id)
        if each.due is not None and each.status not in _GONE
    ]
    return written(title, found, engine.now())


def person_calendar(engine: Queries, person: str, *, lang: str = "en") -> str:
    """The deadlines of what a person has to do now, substitutions included."""
    found = []
    for row in engine.inbox(person, limit=MOST):
        if row.due is not None:
            node = engine.definition_of(row.instance).nodes.get(row.node)
            step = _named(node.label, row.node, lang) if node is not None else row.node
            found.append(
                Deadline(row.task, row.due, f"{step} · {row.title or row.key}", row.key or row.instance)
            )
    name = engine.names([person]).get(person, person)
    return written(f"signoff: {name}", found, engine.now())


def written(name: str, deadlines: Iterable[Deadline], now: datetime) -> str:
    """The calendar as a text with the line ends that the standard asks for."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//signoff//deadlines//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for each in sorted(deadlines, key=lambda one: (one.at, one.key)):
        lines += _event(each, now)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line))


def _event(deadline: Deadline, now: datetime) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{sha256(deadline.key.encode()).hexdigest()[:40]}@signoff",
        f"DTSTAMP:{_instant(now)}",
        f"DTSTART:{_instant(deadline.at)}",
        f"SUMMARY:{_text('✓ ' * deadline.done + deadline.summary)}",
        f"DESCRIPTION:{_text(deadline.about)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _key(id: str, row: TimelineRow) -> str:
    return f"{id}/{row.step}/{row.position}"


def _named(label: Text, fallback: str, lang: str) -> str:
    return label.get(lang) or fallback


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """A TEXT value (§3.3.11): nothing in it ends the line, a list or the value."""
    for mark in ("\\", ";", ","):
        value = value.replace(mark, f"\\{mark}")
    return visible(value).replace("\t", " ").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most `WIDTH` octets, no character cut; every piece but the first begins with a space."""
    piece, room = "", WIDTH
    for letter in line:
        size = len(letter.encode())
        if size > room:
            yield piece
            piece, room = " ", WIDTH - 1
        piece, room = piece + letter, room - size
    yield piece
