"""Forms filled in by the declared types alone, for processes that have no script.

Each `turn` gives other values: more in lists, other words, other numbers, so that rules which nobody here has
read may come to hold. Must not ask the engine.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from signoff import Declaration, Definition, HumanTask, ListOf, OneOf, RecordType, Scalar

TURNS = 30  # five numbers meet three words after fifteen
_NUMBERS = (10, 100, 1, 10_000, 0)
_DAYS = (0, 1, -1, 7)


@dataclass(frozen=True, slots=True)
class Filler:
    """Makes values up: in the language of the process, about these people, around this day."""

    lang: str
    people: Sequence[str]
    day: datetime
    turn: int = 0

    def fields(self, declared: Iterable[Declaration]) -> dict[str, Any]:
        """A value for each; optional ones from the second turn on, what is computed never."""
        return {
            each.name: self.value(each)
            for each in declared
            if each.formula is None and (self.turn or not each.optional)
        }

    def value(self, declared: Declaration) -> Any:
        return self.of(declared.type, declared.title(self.lang))

    def of(self, type: Any, title: str) -> Any:
        """A value of this type; texts say the title."""
        match type:
            case OneOf(options=options):
                return options[self.turn % len(options)]
            case ListOf():
                return self._list(type, title)
            case RecordType(fields=fields):
                return self.fields(fields)
            case Scalar():
                return self._scalar(type, title)
        raise AssertionError(f"no type: {type!r}")

    def _list(self, type: ListOf, title: str) -> list[Any]:
        """As many as must be; one for each word of a choice inside."""
        least = max(type.min or 0, 1, self._choices(type.item))
        count = min(least, type.max if type.max is not None else least)
        fillers = (replace(self, turn=self.turn + n) for n in range(count))
        return [filler.of(type.item, f"{title} {n}") for n, filler in enumerate(fillers, start=1)]

    def _choices(self, type: Any) -> int:
        if isinstance(type, OneOf):
            return len(type.options)
        if isinstance(type, RecordType):
            return max((self._choices(each.type) for each in type.fields), default=0)
        return 0

    def _scalar(self, type: Scalar, title: str) -> Any:
        match str(type.kind):
            case "boolean":
                return self.turn % 2 == 0
            case "integer" | "decimal" | "money":
                return str(self._number(type))
            case "date":
                return (self.day + timedelta(days=_DAYS[self.turn % len(_DAYS)])).date().isoformat()
            case "datetime":
                return self.day.isoformat()
            case "duration":
                return "1 day"
            case "person":
                return self.people[self.turn % len(self.people)]
            case "target":
                return "10%"
        most = int(type.max) if type.max is not None else len(title)
        return (title or "…")[:most]

    def _number(self, type: Scalar) -> Decimal:
        found = Decimal(_NUMBERS[self.turn % len(_NUMBERS)])
        found = max(found, type.min) if type.min is not None else found
        return min(found, type.max) if type.max is not None else found


def declared(definition: Definition, node: HumanTask, names: Iterable[str]) -> list[Declaration]:
    """The declarations of what a step's form names, from the step outwards."""
    scopes = [definition.declared(scope) for scope in (*definition.scope_chain(node.scope), "")]
    found = (next((scope[name] for scope in scopes if name in scope), None) for name in names)
    return [each for each in found if each is not None]
