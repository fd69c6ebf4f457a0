"""A Gantt chart as SVG: a row per step under its phase, its deadline, its float, what is late, and today's line.

Knows bars and days, nothing of instances. May import the siblings figure, ink, lettering and palette.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from xml.sax.saxutils import escape

from signoff.notation.picture.figure import SMALL
from signoff.notation.picture.ink import words
from signoff.notation.picture.lettering import width, wrap
from signoff.notation.picture.palette import FONTS, INK, LINE, MARKS, PAPER, SEAL, SOFT

LEFT = 260  # where the days begin
TOP = 96
ROW = 26
_BAR = 14
_LEGEND = 44
_WEEKS = 4  # wide a day has to be for weeks to be ruled
_WORDS = {
    "zh": {
        "done": "已完成", "active": "进行中", "late": "已逾期", "waiting": "计划", "slack": "机动时间",
        "critical": "关键路径", "due": "期限", "today": "今天", "days": "{n} 个工作日",
        "overdue": "逾期时间", "provisional": "暂定期限",
    },
    "en": {
        "done": "done", "active": "active", "late": "late", "waiting": "planned", "slack": "float",
        "critical": "critical", "due": "deadline", "today": "today", "days": "{n} working days",
        "overdue": "overdue", "provisional": "provisional deadline",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """A step: from its begin to `ends`, then float until `due`. `mark`: done, active, late or waiting.

    `slack`: working days of float, None where no deadline lies ahead.
    """

    label: str
    begins: date
    ends: date
    mark: str
    due: date | None = None
    slack: int | None = None
    critical: bool = False
    gate: bool = False  # a moment rather than work
    provisional: bool = False  # the deadline may still move


@dataclass(frozen=True, slots=True)
class Phase:
    """Steps under one heading; `begins` to `ends` of all of them, also of those that have no bar."""

    label: str
    begins: date
    ends: date
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """One instance: its title, and its phases in their order."""

    title: str
    phases: tuple[Phase, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """Days to the right: where a day begins on the paper."""

    first: date
    last: date
    step: float

    def x(self, day: date) -> float:
        return LEFT + (day - self.first).days * self.step

    @property
    def right(self) -> float:
        return self.x(self.last + timedelta(days=1))


def chart(
    title: str, plans: Sequence[Plan], *, today: date, lang: str = "zh", free: Collection[date] = ()
) -> str:
    """The chart of one or several instances as one SVG text; `free` are days off, which are shaded."""
    said = _WORDS["zh" if lang == "zh" else "en"]
    scale = _scale(plans, today)
    lines = list(_rows(plans, scale, said))
    height = TOP + len(lines) * ROW + _LEGEND
    wide = int(scale.right) + 40
    box = f'viewBox="0 0 {wide} {height}" width="{wide}" height="{height}"'
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" font-family="{FONTS}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{wide}" height="{height}" fill="{PAPER}"/>',
        f'<text x="24" y="33" font-size="17" font-weight="600" fill="{INK}">{escape(title)}</text>',
        *_days(scale, height - _LEGEND, free),
    ]
    for n, line in enumerate(lines):
        body.append(f'<g transform="translate(0 {TOP + n * ROW})">{line}</g>')
    body += [*_today(scale, today, height - _LEGEND, said), *_legend(height - _LEGEND, said), "</svg>"]
    return "\n".join(body) + "\n"


def _scale(plans: Sequence[Plan], today: date) -> Scale:
    """All days that anything happens on, and a little more on both sides."""
    days = [today]
    for phase in (phase for plan in plans for phase in plan.phases):
        days += [phase.begins, phase.ends]
    for bar in (bar for plan in plans for phase in plan.phases for bar in phase.bars):
        days += [bar.begins, bar.ends, *([bar.due] if bar.due else [])]
    first, last = min(days) - timedelta(days=2), max(days) + timedelta(days=4)
    count = (last - first).days + 1
    return Scale(first, last, min(26.0, max(3.0, 1040 / count)))


def _days(scale: Scale, bottom: int, free: Collection[date]) -> Iterator[str]:
    """Days off shaded, months and weeks ruled and named."""
    day = scale.first
    while day <= scale.last:
        x = scale.x(day)
        if day in free:
            yield f'<rect x="{x:g}" y="{TOP}" width="{scale.step:g}" height="{bottom - TOP}" fill="#f1f5f9"/>'
        if day.day == 1 or (day == scale.first and day.day < 25):
            yield f'<path d="M{x:g} {TOP - 40}V{bottom}" stroke="#94a3b8" stroke-width="1"/>'
            yield words([f"{day:%Y-%m}"], x + 4, TOP - 28, size=SMALL, colour=INK, anchor="start")
        if day.weekday() == 0 and scale.step >= _WEEKS:
            yield f'<path d="M{x:g} {TOP - 20}V{bottom}" stroke="#cbd5e1" stroke-width="0.7"/>'
            yield words([str(day.day)], x + 3, TOP - 8, size=SMALL, colour=SOFT, anchor="start")
        day += timedelta(days=1)


def _rows(plans: Sequence[Plan], scale: Scale, said: dict[str, str]) -> Iterator[str]:
    for plan in plans:
        if len(plans) > 1:
            yield _heading(plan.title, scale)
        for phase in plan.phases:
            if phase.label:
                yield _phase(phase, scale)
            yield from (_step(bar, scale, said) for bar in phase.bars)


def _heading(title: str, scale: Scale) -> str:
    (line,) = wrap(title, room=scale.right - 40, size=14, most=1) or ("",)
    rule = f'<path d="M16 {ROW - 3}H{scale.right:g}" stroke="{LINE}" stroke-width="1"/>'
    return f'{rule}<text x="16" y="17" font-size="14" font-weight="600" fill="{INK}">{escape(line)}</text>'


def _phase(phase: Phase, scale: Scale) -> str:
    """A bracket over its steps."""
    begin, end = scale.x(phase.begins), scale.x(phase.ends) + scale.step
    line = wrap(phase.label, room=LEFT - 36, size=13, most=1)
    path = f"M{begin:g} 19V11H{end:g}V19L{end - 4:g} 15H{begin + 4:g}z"
    label = f'<text x="20" y="17" font-size="13" font-weight="600" fill="{INK}">{escape(line[0])}</text>'
    return f'<g class="phase">{label}<path d="{path}" fill="{LINE}"/></g>'


def _step(bar: Bar, scale: Scale, said: dict[str, str]) -> str:
    paint = MARKS[bar.mark]
    begin, end = scale.x(bar.begins), scale.x(bar.ends) + scale.step
    parts = [f"<title>{escape(_tip(bar, said))}</title>"]
    label = wrap(bar.label, room=LEFT - 52, size=12, most=1)
    weight = ' font-weight="600"' if bar.critical else ""
    parts.append(
        f'<text x="34" y="17" font-size="12"{weight} fill="{INK}">{escape(label[0] if label else "")}</text>'
    )
    if bar.due is not None and bar.due > bar.ends and bar.mark != "done":
        room = scale.x(bar.due) + scale.step - end
        parts.append(
            f'<rect class="slack" x="{end:g}" y="10" width="{room:g}" height="6" fill="{paint.fill}" '
            f'stroke="{paint.stroke}" stroke-width="0.7" stroke-dasharray="3 2"/>'
        )
    parts += _overdue(bar, scale, end)
    stroke = SEAL if bar.critical else paint.stroke
    if bar.gate:
        x = end - scale.step / 2
        parts.append(
            f'<path class="bar" d="M{x - 8:g} 13L{x:g} 5L{x + 8:g} 13L{x:g} 21z" fill="{paint.fill}" '
            f'stroke="{stroke}" stroke-width="{2.2 if bar.critical else 1.6}"/>'
        )
    else:
        parts.append(
            f'<rect class="bar" x="{begin:g}" y="6" width="{max(end - begin, 3):g}" height="{_BAR}" rx="3" '
            f'fill="{paint.fill}" stroke="{stroke}" stroke-width="{2.2 if bar.critical else 1.4}"/>'
        )
    if bar.due is not None:
        x = scale.x(bar.due) + scale.step
        colour = MARKS["late"].stroke if bar.mark == "late" else INK
        dashes = ' stroke-dasharray="4 2"' if bar.provisional else ""
        parts.append(f'<path class="due" d="M{x:g} 3V23" stroke="{colour}" stroke-width="2"{dashes}/>')
        parts += _room(bar, max(x, end))
    return f'<g class="{bar.mark}{" critical" if bar.critical else ""}">{"".join(parts)}</g>'


def _overdue(bar: Bar, scale: Scale, end: float) -> Iterator[str]:
    """From a deadline that has passed until the bar."""
    if bar.due is not None and bar.mark == "late" and bar.due < bar.ends:
        late, red = scale.x(bar.due) + scale.step, MARKS["late"]
        size = f'x="{late:g}" y="10" width="{end - late:g}" height="6"'
        yield f'<rect class="overdue" {size} fill="{red.fill}" stroke="{red.stroke}" stroke-width="0.7"/>'


def _room(bar: Bar, x: float) -> Iterator[str]:
    """How many working days of float there are, behind the deadline."""
    if bar.slack is not None and bar.mark != "done":
        colour = SEAL if bar.critical or bar.slack < 0 else SOFT
        yield words([f"{bar.slack:+d}"], x + 4, 17, size=SMALL, colour=colour, anchor="start")


def _tip(bar: Bar, said: dict[str, str]) -> str:
    found = [bar.label, said[bar.mark], f"{bar.begins} – {bar.ends}"]
    if bar.due is not None:
        found.append(f"{said['provisional' if bar.provisional else 'due']} {bar.due}")
    if bar.slack is not None and bar.mark != "done":
        found.append(f"{said['slack']} {said['days'].format(n=bar.slack)}")
    if bar.critical:
        found.append(said["critical"])
    return " · ".join(found)


def _today(scale: Scale, today: date, bottom: int, said: dict[str, str]) -> Iterator[str]:
    x = scale.x(today) + scale.step / 2
    yield f'<path class="today" d="M{x:g} {TOP - 46}V{bottom}" stroke="{SEAL}" stroke-width="1.6" stroke-dasharray="6 3"/>'
    yield words([f"{said['today']} {today}"], x, TOP - 50, size=SMALL, colour=SEAL)


def _legend(y: int, said: dict[str, str]) -> Iterator[str]:
    x = 24.0
    for mark, paint in MARKS.items():
        yield (
            f'<rect x="{x:g}" y="{y + 14}" width="22" height="12" rx="3" fill="{paint.fill}" stroke="{paint.stroke}"/>'
        )
        yield words([said[mark]], x + 28, y + 24, size=12, colour=INK, anchor="start")
        x += 28 + width(said[mark], 12) + 22
    marks = {
        "slack": f'<rect {{x}} y="{y + 17}" width="22" height="6" fill="none" stroke="{LINE}" stroke-dasharray="3 2"/>',
        "overdue": f'<rect {{x}} y="{y + 17}" width="22" height="6" fill="{MARKS["late"].fill}" stroke="{MARKS["late"].stroke}"/>',
        "critical": f'<rect {{x}} y="{y + 14}" width="22" height="12" rx="3" fill="none" stroke="{SEAL}" stroke-width="2.2"/>',
        "due": f'<rect {{x}} y="{y + 10}" width="2" height="20" fill="{INK}"/>',
        "provisional": f'<rect {{x}} y="{y + 10}" width="1.4" height="20" fill="none" stroke="{INK}" stroke-dasharray="4 2"/>',
    }
    for name, drawn in marks.items():
        yield drawn.replace("{x}", f'x="{x:g}"')
        room = 10 if name in ("due", "provisional") else 28
        yield words([said[name]], x + room, y + 24, size=12, colour=INK, anchor="start")
        x += room + width(said[name], 12) + 22
