"""The types of a decision model (item definitions), and whether a value is one of them (DMN 1.3 §7.3.2, §10.3.2.9).

May import `feel`.
"""

from dataclasses import dataclass

from signoff.model.feel import Scope, UnaryTests, Value
from signoff.model.feel.value import kind

_SAME = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "days and time duration": "days and time duration",
}


@dataclass(frozen=True, slots=True)
class Component:
    """A named part of a structure."""

    name: str
    sort: "Sort"


@dataclass(frozen=True, slots=True)
class Sort:
    """A type: a basic one by name (empty: anything), a structure, or a list of it; `allowed` narrows it."""

    base: str = ""
    components: tuple[Component, ...] = ()
    several: bool = False
    allowed: UnaryTests | None = None

    def fitted(self, value: Value) -> tuple[Value, bool]:
        """The value as one of this type, and whether it is; what does not fit is null (DMN 1.3 §10.3.2.9.4)."""
        if value is None:
            return None, True
        if not self.several:
            if isinstance(value, list) and len(value) == 1 and self.base not in ("", "Any", "list"):
                value = value[0]
            return self._one(value)
        items = value if isinstance(value, list) else [value]
        fitted = [self._one(item) for item in items]
        return ([item for item, _ in fitted], True) if all(fits for _, fits in fitted) else (None, False)

    def _one(self, value: Value) -> tuple[Value, bool]:
        if value is None:
            return None, True
        if self.components:
            return self._structure(value)
        base = _SAME.get(self.base, self.base)
        if base not in ("", "Any") and kind(value) != base:
            return None, False
        if self.allowed is not None and not self.allowed.hold(value, Scope({})):
            return None, False
        return value, True

    def _structure(self, value: Value) -> tuple[Value, bool]:
        if not isinstance(value, dict):
            return None, False
        found = dict(value)
        for component in self.components:
            if component.name in found:
                found[component.name], fits = component.sort.fitted(found[component.name])
                if not fits:
                    return None, False
        return found, True


ANY = Sort()
