"""calendar show, refresh, import: by which days deadlines are counted, and bringing that up to date."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import click

from signoff import (
    CalendarChange,
    Recounted,
    StoredCalendar,
    calendar_file,
    preview_calendar,
    recount_deadlines,
    refresh_calendar,
    stored_calendar,
    stored_calendars,
)
from signoff_cli.failure import found
from signoff_cli.screen import Screen
from signoff_cli.session import Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.words import counted, t

DAY = timedelta(days=1)
DRY_RUN = option("--dry-run", is_flag=True, help="Only say what would change.")


@verb(
    "calendar show",
    details="Without NAME all calendars that are kept. Deadlines of years that are not confirmed are provisional.",
)
@click.argument("name", metavar="[NAME]", required=False, default="")
@option("--year", type=click.IntRange(1, 9999), default=None, help="Its days off and workdays of this year.")
def show_calendar(session: Session, name: str, year: int | None) -> Answer:
    core = session.engine.core
    kept = [stored_calendar(core, name)] if name else stored_calendars(core)

    def show(screen: Screen) -> None:
        if not kept:
            screen.line(t("No calendar is kept; a deployment brings in the one that it names."))
            return
        titles = [
            t("Calendar"),
            t("Version"),
            t("Since"),
            t("Confirmed through"),
            t("Hours"),
            t("Of our own"),
        ]
        screen.table(titles, [_row(each) for each in kept])
        for each in kept if name else ():
            of = year or session.engine.now().year
            for title, days in (
                (t("Days off {year}", year=of), each.calendar.off),
                (t("Workdays {year}", year=of), each.calendar.work),
            ):
                screen.line(f"{title}: {_stretches(day for day in days if day.year == of)}")

    return Answer({"calendars": kept}, show)


def _row(each: StoredCalendar) -> tuple[str, ...]:
    calendar = each.calendar
    sure = t("every year") if not calendar.is_announced else str(calendar.confirmed_through)
    hours = f"{calendar.opens:%H:%M} – {calendar.closes:%H:%M}"
    own = ", ".join(
        f"{key} {len(value) if isinstance(value, list) else value}" for key, value in each.overrides.items()
    )
    return (calendar.name, calendar.version, f"{each.since:%Y-%m-%d}", sure, hours, own)


@verb(
    "calendar refresh",
    details="Days off and workdays come from the holidays library as it is installed, what an organisation made otherwise "
    "stays. Deadlines that come out otherwise move at once, each with an event of its own; what was told is not told again.",
)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@DRY_RUN
def refresh(session: Session, names: Sequence[str], dry_run: bool) -> Answer:
    core = session.engine.core
    wanted = names or [each.calendar.name for each in stored_calendars(core)]
    if dry_run:
        return _answer(session, [preview_calendar(core, name) for name in wanted], [], dry_run=True)
    changes = [refresh_calendar(core, name, by=session.operator) for name in wanted]
    return _answer(session, changes, recount_deadlines(core), dry_run=False)


@verb(
    "calendar import",
    details="YAML, or separated values (.csv) with the columns date and kind. The file says all that the organisation makes "
    "otherwise: what an earlier one said counts no more.",
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@option(
    "--calendar", "name", metavar="NAME", default="", help="Which calendar; else the file says it, else CN."
)
@DRY_RUN
def import_calendar(session: Session, file: Path, name: str, dry_run: bool) -> Answer:
    read = calendar_file(file)
    of = name or read.name or "CN"
    core = session.made.core
    if dry_run:
        return _answer(session, [preview_calendar(core, of, overrides=read.overrides)], [], dry_run=True)
    change = refresh_calendar(core, of, by=session.operator, overrides=read.overrides)
    for problem in read.warnings:
        click.echo(found(problem, session.lang), err=True)
    return _answer(session, [change], recount_deadlines(core), dry_run=False)


def _answer(
    session: Session, changes: Sequence[CalendarChange], moved: Sequence[Recounted], *, dry_run: bool
) -> Answer:
    def show(screen: Screen) -> None:
        for change in changes:
            _show_change(screen, change, dry_run=dry_run)
        for each in moved:
            row = session.engine.show(each.instance).row
            name = row.key or row.id
            screen.line(
                counted("{name}: {n} deadline moved.", "{name}: {n} deadlines moved.", each.moved, name=name)
            )
        if dry_run:
            screen.line(t("Nothing was changed."))

    return Answer({"changes": list(changes), "moved": list(moved), "dry_run": dry_run}, show)


def _show_change(screen: Screen, change: CalendarChange, *, dry_run: bool) -> None:
    if not change.changed:
        screen.line(t("{name} is as it was ({version}).", name=change.name, version=change.version), "good")
        return
    said = t("{name} would be {version}.") if dry_run else t("{name} is {version} now.")
    screen.line(said.format(name=change.name, version=change.version), "good")
    for title, days in ((t("Days off"), change.off), (t("Workdays"), change.work)):
        if days and change.before:
            screen.line(f"{title}: {_stretches(days)}")
    if change.hours[0] != change.hours[1]:
        screen.line(f"{t('Hours')}: {change.hours[1]}")
    if change.confirmed_through[0] != change.confirmed_through[1]:
        screen.line(t("Confirmed through {year}.", year=change.confirmed_through[1]))


def _stretches(days: Iterable[date]) -> str:
    """Days that follow one another as first – last."""
    ordered = sorted(days)
    if not ordered:
        return "–"
    ends = [(a, b) for a, b in pairwise(ordered) if b - a != DAY]
    firsts = [ordered[0], *(b for _, b in ends)]
    lasts = [*(a for a, _ in ends), ordered[-1]]
    return ", ".join(
        str(first) if first == last else f"{first} – {last}"
        for first, last in zip(firsts, lasts, strict=True)
    )
