"""What a rehearsal plays: who takes part, what they hand in, who says no, which step is left late.

From the script that lies beside a shipped process, or made up for a table. Dates are written as seen from the
first day of the event. Must not ask the engine.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from signoff import PeopleFile, read_people

_DAY = re.compile(r"event(?P<days>[+-]\d+)?(?: (?P<clock>\d\d:\d\d))?")
_PRINT = "sha256:"


@dataclass(frozen=True, slots=True)
class Opening:
    """How an instance is started; `days`: how far ahead its event lies."""

    key: str
    by: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    days: int = 45


@dataclass(frozen=True, slots=True)
class Part:
    """What a step is played with. `turns`: data of each time it is done; `refused`: what is tried first, in vain.

    `at` is an instant as the script writes it, `after` so many minutes after it opened.
    """

    by: str = ""
    turns: tuple[Mapping[str, Any], ...] = ()
    refused: Mapping[str, Any] | None = None
    at: str = ""
    after: int | None = None

    def data(self, turn: int) -> Mapping[str, Any] | None:
        """What is handed in the so manieth time, from 0; None where the script leaves it open."""
        return self.turns[min(turn, len(self.turns) - 1)] if self.turns else None


@dataclass(frozen=True, slots=True)
class Script:
    """A rehearsal. Without `steps` everything is made up; empty `late` and `decline` are chosen while playing.

    `remarks`: how many cells of a table play no part.
    """

    people: Mapping[str, Mapping[str, Any]]
    groups: Mapping[str, Any]
    first: Opening
    second: Opening
    reader: tuple[str, ...] = ()
    begins: str = ""
    ends: str = ""
    late: str = ""
    decline: str = ""
    note: str = ""
    steps: Mapping[str, Part] = field(default_factory=dict)
    remarks: int = 0

    def part(self, step: str) -> Part:
        return self.steps.get(step, Part())

    def people_file(self, more: Mapping[str, Mapping[str, Any]] | None = None) -> PeopleFile:
        """The people as the directory takes them in, with `more` of them."""
        tree = {
            "signoff_people": 1,
            "groups": dict(self.groups),
            "people": {**self.people, **(more or {})},
        }
        return read_people(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False), "people.yaml")


def scripted(file: Path) -> Script:
    """The script of a shipped process."""
    tree = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - makes nothing but texts, lists and mappings
    decline = tree.get("decline", {})
    return Script(
        people=tree["people"],
        groups=tree["groups"],
        first=_opening(tree["first"]),
        second=_opening(tree["second"]),
        reader=tuple(tree["reader"]),
        begins=tree["begins"],
        ends=tree["ends"],
        late=tree.get("late", ""),
        decline=decline.get("step", ""),
        note=decline.get("note", ""),
        steps={step: _part(said) for step, said in tree["steps"].items()},
    )


def _opening(said: Mapping[str, Any]) -> Opening:
    return Opening(said["key"], said["by"], said["data"], int(said.get("days", 45)))


def _part(said: Mapping[str, Any]) -> Part:
    after = said.get("after")
    return Part(
        by=said.get("by", ""),
        turns=tuple(said.get("turns", [said["data"]] if "data" in said else ())),
        refused=said.get("refused"),
        at=said.get("at", ""),
        after=int(after) if after else None,
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads what a script writes: days from `event`, instants in `zone`, fingerprints of documents."""

    event: date
    zone: ZoneInfo
    prints: Mapping[str, str]

    def value(self, said: Any) -> Any:
        """The data that a text of the script, a list or a mapping stands for."""
        match said:
            case Mapping():
                return {name: self.value(inner) for name, inner in said.items()}
            case list() | tuple():
                return [self.value(inner) for inner in said]
            case str() if said.startswith(_PRINT):
                return self.prints.get(said.removeprefix(_PRINT), said)
            case str() if found := _DAY.fullmatch(said):
                at = self._instant(found)
                return at.isoformat() if found["clock"] else at.date().isoformat()
        return said

    def instant(self, said: str) -> datetime:
        """The instant that a text of the script names; a day alone is its midnight."""
        found = _DAY.fullmatch(said)
        assert found, f"{said} names no day of a script"
        return self._instant(found)

    def _instant(self, found: re.Match[str]) -> datetime:
        day = self.event + timedelta(days=int(found["days"] or 0))
        return datetime.combine(day, time.fromisoformat(found["clock"] or "00:00"), self.zone)
