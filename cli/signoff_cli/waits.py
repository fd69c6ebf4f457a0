"""Where instances wait, and what to type to move them on: the same for show, why, inspect and every command.

Must not ask the engine for anything but questions.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from signoff_cli.failure import missing
from signoff_cli.moment import away, lateness, shown
from signoff_cli.screen import Cell, Screen
from signoff_cli.session import Session
from signoff_cli.view import name_of, text_in
from signoff_cli.words import listed, t

if typing.TYPE_CHECKING:
    from signoff import InstanceRow, Reason

_NOBODY = frozenset({"nobody_to_do", "nobody_to_approve"})
_INCIDENT = "incident"
_STOPPED = "incident_open"  # by an incident that trying again may repair
_OPINION = "opinion_awaited"
_GIVEN = {"assign": ("PERSON",), "advise": ("TEXT",)}  # what a verb wants beside the task


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an instance waits, and what is needed to show it: the zone of its process, the names of its people."""

    name: str
    reasons: Sequence[Reason]
    zone: str
    now: datetime
    names: Mapping[str, str]

    def called(self, who: Sequence[str]) -> str:
        """People by their names, in a row."""
        return listed([self.names.get(id, id) for id in who])

    def due(self, reason: Reason) -> str:
        """The deadline, and how far away it is."""
        return f"{shown(reason.due, self.zone)} ({away(reason.due, self.now)})" if reason.due else ""


def standing(session: Session, row: InstanceRow) -> Standing:
    """Where this instance waits now."""
    engine = session.engine
    return told(session, name_of(row), engine.why(row.id), engine.definition_of(row.id).zone)


def told(session: Session, name: str, reasons: Sequence[Reason], zone: str) -> Standing:
    """The same of reasons that are known already."""
    ids = [id for reason in reasons for id in reason.who]
    ids += [id for reason in reasons for each in reason.missing for id in each.who]
    return Standing(name, reasons, zone, session.engine.now(), session.engine.names(ids))


def address(reason: Reason, name: str, reasons: Sequence[Reason]) -> str:
    """What commands may call this task or gate: INSTANCE/STEP, or the id where a step is open several times."""
    alone = sum(each.node == reason.node for each in reasons) == 1
    return f"{name}/{reason.node}" if alone else reason.task


def move(reason: Reason) -> str:
    """The verb that moves a wait on: submit, approve, advise, assign, retry, or nothing where nobody has to act."""
    codes = {each.code for each in reason.missing}
    if reason.status == _INCIDENT:
        return "retry" if _STOPPED in codes else ""
    if not reason.who and codes & _NOBODY:
        return "assign"
    if reason.subject and reason.status != "open":
        advisers = {who for each in reason.missing if each.code == _OPINION for who in each.who}
        return "advise" if reason.who and advisers.issuperset(reason.who) else "approve"
    return "submit" if reason.who and reason.status == "open" else ""


def next_command(session: Session, reason: Reason, at: Standing) -> str:
    """What to type to move this wait on."""
    verb = move(reason)
    if not verb:
        return ""
    where = at.name if verb == "retry" else address(reason, at.name, at.reasons)
    return session.command(verb, where, *_GIVEN.get(verb, ()))


def show_waits(session: Session, screen: Screen, at: Standing) -> None:
    """A line for each place at which an instance waits."""
    if not at.reasons:
        screen.line(t("Nothing waits."))
        return
    rows: list[Sequence[Cell]] = [
        (
            text_in(reason.label, screen.lang),
            address(reason, at.name, at.reasons),
            at.called(reason.who) or "—",
            (at.due(reason), lateness(reason.due, at.now)),
            next_command(session, reason, at),
        )
        for reason in at.reasons
    ]
    screen.steps([t("Step"), t("Task or gate"), t("Waits for"), t("Due"), t("Next")], rows)
    for reason in at.reasons:
        for each in reason.missing if reason.status == _INCIDENT else ():
            screen.line(f"{text_in(reason.label, screen.lang)}: {each.sentence(screen.lang)}", "late")


def show_reasons(session: Session, screen: Screen, at: Standing) -> None:
    """Each wait with everything that is missing."""
    if not at.reasons:
        screen.line(t("Nothing waits."))
    for reason in at.reasons:
        where = address(reason, at.name, at.reasons)
        screen.line(f"{text_in(reason.label, screen.lang)}  [{where}]", "head")
        for text, style in _reason(reason, at):
            screen.line(f"  {text}", style)
        for each in reason.missing:
            screen.line(f"  - {missing(each, screen.lang, at.zone, at.names)}")
        command = next_command(session, reason, at)
        if command:
            screen.line(f"  {t('next')}: {command}", "dim")


def _reason(reason: Reason, at: Standing) -> Iterator[tuple[str, str]]:
    since = shown(reason.since, at.zone)
    if reason.who:
        yield t("waits for {who} since {since}", who=at.called(reason.who), since=since), ""
    else:
        yield t("waits since {since}", since=since), ""
    if reason.due:
        yield t("due {due}", due=at.due(reason)), lateness(reason.due, at.now)
