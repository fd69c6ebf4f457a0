"""How instances, waits and values look to people; the same pieces for show, why, inspect and every command.

Must not ask the engine for anything but questions.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from signoff_cli.failure import missing
from signoff_cli.moment import away, lateness, shown
from signoff_cli.screen import Screen
from signoff_cli.words import t

if typing.TYPE_CHECKING:
    from signoff import Definition, Engine, InstanceRow, Question, Reason

SHORT = 12  # characters of a hash that people compare


def text_in(texts: Mapping[str, str] | str, lang: str) -> str:
    """A text for people, in the reader's language where there is one."""
    if isinstance(texts, str):
        return texts
    return texts.get(lang) or next((each for each in texts.values() if each), "")


def name_of(row: InstanceRow) -> str:
    """What people call an instance: its business key, else its id."""
    return row.key or row.id


def value(given: Any, kind: Any = None, lang: str = "en") -> str:
    """A value of the data as people read it; `kind` is its declared type, for the titles of fields."""
    match given:
        case None | "":
            return "—"
        case bool():
            return t("yes") if given else t("no")
        case {"id": str(id), "name": str(name), **_rest} if "groups" in given:
            return name if name == id else f"{name} ({id})"
        case {"text": str(text), "compare": _, "number": _}:
            return text
        case Mapping():
            return "; ".join(_fields(given, getattr(kind, "index", {}), lang))
        case list() | tuple():
            return " | ".join(value(inner, getattr(kind, "item", None), lang) for inner in given) or "—"
    return str(given)


def _fields(given: Mapping[str, Any], declared: Mapping[str, Any], lang: str) -> Iterator[str]:
    for name, inner in given.items():
        field = declared.get(name)
        if inner is not None:
            said = value(inner, getattr(field, "type", None), lang)
            yield f"{field.title(lang) if field else name}: {said}"


def status(word: str) -> str:
    """A status or an outcome in the reader's language; what a definition calls its own outcome stays."""
    known = {
        "running": t("running"),
        "suspended": t("suspended"),
        "completed": t("completed"),
        "declined": t("declined"),
        "cancelled": t("cancelled"),
        "terminated": t("terminated"),
        "scheduled": t("scheduled"),
        "open": t("open"),
        "in_review": t("in review"),
        "passed": t("passed"),
        "lapsed": t("lapsed"),
        "skipped": t("skipped"),
        "superseded": t("superseded"),
        "planned": t("planned"),
        "unreached": t("never reached"),
    }
    return known.get(word, word)


def address(reason: Reason, name: str, reasons: Sequence[Reason]) -> str:
    """What commands may call this task or gate: INSTANCE/STEP, or the id where a step is open several times."""
    alone = sum(each.node == reason.node for each in reasons) == 1
    return f"{name}/{reason.node}" if alone else reason.task


def move(reason: Reason) -> str:
    """The verb that moves a wait on: submit, approve, retry, or nothing where nobody can."""
    if reason.status == "incident":
        return "retry"
    if reason.subject and reason.status != "open":
        return "approve"
    return "submit" if reason.who and reason.status == "open" else ""


def next_command(reason: Reason, name: str, reasons: Sequence[Reason]) -> str:
    """What to type to move this wait on."""
    verb = move(reason)
    if not verb:
        return ""
    return f"signoff {verb} {name if verb == 'retry' else address(reason, name, reasons)}"


def people(who: Sequence[str], lang: str) -> str:
    """Ids of people, in a row."""
    return ("、" if lang == "zh" else ", ").join(who)


def show_waits(screen: Screen, reasons: Sequence[Reason], name: str, zone: str, now: datetime) -> None:
    """A line for each place at which an instance waits."""
    if not reasons:
        screen.line(t("Nothing waits."))
        return
    rows = [
        (
            text_in(reason.label, screen.lang),
            address(reason, name, reasons),
            people(reason.who, screen.lang) or "—",
            (_due(reason, zone, now), lateness(reason.due, now)),
            next_command(reason, name, reasons),
        )
        for reason in reasons
    ]
    screen.table([t("Step"), t("Task or gate"), t("Waits for"), t("Due"), t("Next")], rows)


def _due(reason: Reason, zone: str, now: datetime) -> str:
    return f"{shown(reason.due, zone)} ({away(reason.due, now)})" if reason.due else ""


def show_reasons(screen: Screen, reasons: Sequence[Reason], name: str, zone: str, now: datetime) -> None:
    """Each wait with everything that is missing."""
    if not reasons:
        screen.line(t("Nothing waits."))
    for reason in reasons:
        screen.line(f"{text_in(reason.label, screen.lang)}  [{address(reason, name, reasons)}]", "head")
        for text, style in _reason(reason, screen.lang, zone, now):
            screen.line(f"  {text}", style)
        for each in reason.missing:
            screen.line(f"  - {missing(each, screen.lang, zone)}")
        command = next_command(reason, name, reasons)
        if command:
            screen.line(f"  {t('next')}: {command}", "dim")


def _reason(reason: Reason, lang: str, zone: str, now: datetime) -> Iterator[tuple[str, str]]:
    if reason.who:
        yield (
            t("waits for {who} since {since}", who=people(reason.who, lang), since=shown(reason.since, zone)),
            "",
        )
    else:
        yield t("waits since {since}", since=shown(reason.since, zone)), ""
    if reason.due:
        yield t("due {due}", due=_due(reason, zone, now)), lateness(reason.due, now)


def show_question(screen: Screen, asked: Question, definition: Definition) -> None:
    """What is decided on: title, step, data and documents with their hashes, and the subject over all of it."""
    zone = definition.zone
    screen.line(f"{asked.title} · {text_in(asked.label, screen.lang)}", "head")
    for part in asked.data:
        declared = definition.data.get(part.name)
        said = value(part.value, declared.type if declared else None, screen.lang)
        screen.line(f"  {text_in(part.label, screen.lang)}: {said}")
    for paper in asked.documents:
        name = text_in(paper.label, screen.lang)
        if not paper.sha256:
            screen.line(f"  {t('{document}: not handed in', document=name)}", "late")
            continue
        said = t(
            "{document}: {file}, version {version}, {size} bytes, by {by} at {at}, SHA-256 {hash}",
            document=name, file=paper.file, version=paper.version, size=paper.size, by=paper.by,
            at=shown(paper.at, zone), hash=paper.sha256,
        )  # fmt: skip
        screen.line(f"  {said}")
    screen.line(f"  {t('subject')}: {asked.subject}", "dim")


def standing(engine: Engine, id: str) -> tuple[InstanceRow, list[Reason], str]:
    """An instance, where it waits, and the zone of its process."""
    row = engine.show(id).row
    return row, engine.why(id), engine.definition_of(id).zone
