"""The calendar file of an organisation: extra days off, extra workdays, working hours, and which years are certain.

YAML, or separated values with a line for each day. Everything wrong is found at once, with line and column; two lines
that contradict each other name one another. Must not import kernel.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path, PurePath
from typing import Any
from zoneinfo import available_timezones

from signoff.errors import InvalidDefinition, Place, Problem, UnreadablePhrase
from signoff.notation.yaml.loader import load
from signoff.notation.yaml.report import Report
from signoff.notation.yaml.tree import Broken, Items, Keyed, Leaf, Tree
from signoff.runtime import spreadsheet
from signoff.runtime.calendars import ALWAYS
from signoff.runtime.enrolment import text_of
from signoff.runtime.text import meant
from signoff.time.relative import parse_day

SECTIONS = {"days_off": "off", "workdays": "work"}  # `off` by itself is false to many readers of YAML
KEYS = ("signoff_calendar", "calendar", "confirmed_through", "hours", "zone", *SECTIONS)
SPAN = ("from", "to", "name")
LONGEST = 366  # days of one stretch
_KINDS = {
    **dict.fromkeys(("off", "holiday", "休", "休息", "放假", "假"), "off"),
    **dict.fromkeys(("work", "workday", "班", "上班", "补班", "调休上班"), "work"),
}
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("day", "from", "日期", "开始", "开始日期"),
    "to": ("until", "end", "至", "结束", "结束日期"),
    "kind": ("type", "类型", "休班", "休/班"),
    "name": ("note", "名称", "说明", "备注"),
}
_DAY = re.compile(r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?")
_TO = re.compile(r"\s*(?:\bto\b|至|到|~|—|–)\s*")


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """What the file says: of which calendar (empty: the file does not say), and what it makes otherwise.

    `overrides` are those that `calendars.build` takes; days are ISO 8601 dates, in order.
    """

    name: str
    overrides: Mapping[str, Any]
    warnings: tuple[Problem, ...] = ()


def calendar_file(path: Path | str) -> CalendarFile:
    """The calendar of a file; raises NotFound, Invalid, and InvalidDefinition with all problems at once."""
    return read_calendar(text_of(Path(path)), str(path))


def read_calendar(text: str, file: str = "") -> CalendarFile:
    """The same of a text; what it is the name of its file says: .csv and .tsv are separated values."""
    report = Report(PurePath(file).name)
    found = _Reader(report)
    if PurePath(file).suffix.lower() in (".csv", ".tsv"):
        found.separated(text)
    else:
        found.yaml(load(text, report))
    if any(not problem.warning for problem in report.problems):
        ordered = sorted(report.problems, key=lambda each: (each.place.line, each.place.column))
        raise InvalidDefinition(ordered, "invalid_calendar_file", file=report.file)
    return found.result()


@dataclass(slots=True)
class _Reader:
    """One reading; `days` remembers where each day stands, so that whoever contradicts it can name the line."""

    report: Report
    days: dict[date, tuple[str, Place]] = field(default_factory=dict)
    rest: dict[str, Any] = field(default_factory=dict)
    name: str = ""

    def result(self) -> CalendarFile:
        days = {
            kind: [day.isoformat() for day, (found, _) in sorted(self.days.items()) if found == kind]
            for kind in ("off", "work")
        }
        overrides = {key: value for key, value in (days | self.rest).items() if value}
        return CalendarFile(self.name, overrides, tuple(self.report.problems))

    # YAML --------------------------------------------------------------------------------------------------

    def yaml(self, tree: Tree | None) -> None:
        if not isinstance(tree, Keyed) or tree.text("signoff_calendar") != "1":
            if not isinstance(tree, Broken):
                self.report("calendar_file_shape", tree.place if tree else Place(self.report.file, 1, 1))
            return
        self._known(tree, KEYS)
        self.name = tree.text("calendar").strip()
        for key, kind in SECTIONS.items():
            for item in tree.items(key):
                self._stretch_of(item, kind)
        self._facts(tree)

    def _facts(self, tree: Keyed) -> None:
        if (leaf := tree.leaf("hours")) is not None:
            try:
                parse_day(leaf.text)
                self.rest["hours"] = leaf.text
            except UnreadablePhrase as problem:
                self.report(problem.code, leaf.place, **problem.params)
        if (leaf := tree.leaf("zone")) is not None:
            self.rest["zone"] = leaf.text
            if leaf.text not in available_timezones():
                self.report("unknown_zone", leaf.place, zone=leaf.text)
        if (leaf := tree.leaf("confirmed_through")) is not None:
            if re.fullmatch("[0-9]{4}", leaf.text) and int(leaf.text) <= ALWAYS:
                self.rest["confirmed_through"] = int(leaf.text)
            else:
                self.report("calendar_year", leaf.place, text=leaf.text)

    def _known(self, tree: Keyed, keys: Sequence[str]) -> None:
        for leaf, _ in tree:
            if leaf.text not in keys:
                hint = meant(leaf.text, keys)
                self.report("people_unknown_key", leaf.place, name=leaf.text, hint=hint, keys=sorted(keys))

    def _stretch_of(self, item: Tree, kind: str) -> None:
        """`2026-12-24`, `2027-02-01 to 2027-02-05`, or from and to as keys."""
        if isinstance(item, Keyed):
            self._known(item, SPAN)
            first, last = item.leaf("from"), item.leaf("to")
            if first is None:
                self.report("calendar_unreadable_day", item.place, text="")
            else:
                self._stretch(kind, first.place, first.text, (last or first).text)
        elif isinstance(item, Leaf):
            first_text, *more = _TO.split(item.text.strip(), maxsplit=1)
            self._stretch(kind, item.place, first_text, more[0] if more else first_text)
        elif isinstance(item, Items):
            self.report("calendar_unreadable_day", item.place, text="[…]")

    # separated values --------------------------------------------------------------------------------------

    def separated(self, text: str) -> None:
        rows = [row for row in spreadsheet.rows(text, self.report) if any(cell.text.strip() for cell in row)]
        keys = [_column(cell.text) for cell in rows[0]] if rows else []
        if "date" not in keys or "kind" not in keys:
            self.report("calendar_heading", Place(self.report.file, 1, 1))
            return
        for row in rows[1:]:
            cells = {key: cell for key, cell in zip(keys, row, strict=False) if key and cell.text.strip()}
            self._line(cells, row[0].place)

    def _line(self, cells: Mapping[str, Leaf], place: Place) -> None:
        said = cells.get("kind")
        kind = _KINDS.get(said.text.strip().lower()) if said is not None else None
        day = cells.get("date")
        if kind is None:
            self.report("calendar_kind", said.place if said else place, text=said.text if said else "")
        elif day is None:
            self.report("calendar_unreadable_day", place, text="")
        else:
            self._stretch(kind, day.place, day.text, cells.get("to", day).text)

    # days --------------------------------------------------------------------------------------------------

    def _stretch(self, kind: str, place: Place, first: str, last: str) -> None:
        begin, end = self._day(first, place), self._day(last, place)
        if begin is None or end is None:
            return
        if not 0 <= (end - begin).days < LONGEST:
            self.report("calendar_stretch", place, first=str(begin), last=str(end), longest=LONGEST)
            return
        for day in (begin + timedelta(days=n) for n in range((end - begin).days + 1)):
            self._put(kind, day, place)

    def _put(self, kind: str, day: date, place: Place) -> None:
        before, where = self.days.setdefault(day, (kind, place))
        if where is place:
            return
        code = "calendar_day_twice" if before == kind else "calendar_day_contradicts"
        self.report(code, place, day=str(day), line=where.line)

    def _day(self, text: str, place: Place) -> date | None:
        found = _DAY.fullmatch(text.strip())
        try:
            if found is not None:
                return date(*map(int, found.groups()))
        except ValueError:  # 31 February
            pass
        self.report("calendar_unreadable_day", place, text=text.strip())
        return None


def _column(text: str) -> str:
    plain = text.strip().lower().removeprefix("\ufeff")
    return next((key for key, others in _COLUMNS.items() if plain in (key, *others)), "")
