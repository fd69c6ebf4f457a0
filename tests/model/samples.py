"""What the tests of the model share: facts of one command, and short ways to write types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from signoff.model.expression import Expression
from signoff.model.types import Declaration, Kind, Record, Scalar, Type
from signoff.time.calendar import Calendar

#: 1 to 8 October 2026 are off, Saturday 10 October is worked.
CALENDAR = Calendar(
    "CN",
    "Asia/Shanghai",
    off=frozenset(date(2026, 10, day) for day in range(1, 8)),
    work=frozenset({date(2026, 10, 10)}),
)


@dataclass
class Answers:
    """Facts given as plain dictionaries."""

    now: datetime = datetime(2026, 9, 30, 16, 30, tzinfo=UTC)
    calendar: Calendar = CALENDAR
    documents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    verdicts: Mapping[str, str] = field(default_factory=dict)
    done: Mapping[str, tuple[datetime, str]] = field(default_factory=dict)
    groups: Mapping[str, set[str]] = field(default_factory=dict)

    def document(self, document: str, /) -> Mapping[str, Any] | None:
        return self.documents.get(document)

    def verdict(self, step: str, /) -> str | None:
        return self.verdicts.get(step)

    def done_at(self, step: str, /) -> datetime | None:
        return self.done[step][0] if step in self.done else None

    def done_by(self, step: str, /) -> str | None:
        return self.done[step][1] if step in self.done else None

    def member(self, person: str, group: str, /) -> bool:
        return person in self.groups.get(group, set())


FACTS = Answers()


def value_of(text: str, **names: Any) -> Any:
    return Expression.of(text).evaluate(names, FACTS)


def scalar(kind: str) -> Scalar:
    return Scalar(Kind(kind))


def declare(name: str, type_: Type | str, formula: str = "", **options: Any) -> Declaration:
    found = scalar(type_) if isinstance(type_, str) else type_
    return Declaration(name, found, formula=Expression.of(formula) if formula else None, **options)


def record(*fields: Declaration) -> Record:
    return Record(fields)


BUDGET = record(
    declare("venue", "money"),
    declare("materials", "money"),
    declare("contingency", "money"),
    declare("subtotal", "money", "venue + materials"),
    declare("total", "money", "subtotal + contingency"),
)
