"""How instances, values and questions look to people; the same pieces for every verb.

Must not ask the engine for anything but questions.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from typing import Any

from signoff_cli.moment import shown
from signoff_cli.screen import Screen
from signoff_cli.session import Session
from signoff_cli.words import t

if typing.TYPE_CHECKING:
    from signoff import InstanceRow, Question

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


def pressing(priority: str) -> str:
    """A priority in the reader's language."""
    known = {"urgent": t("urgent"), "high": t("high"), "normal": t("normal"), "low": t("low")}
    return known.get(priority, priority)


def status(word: str) -> str:
    """A status or an outcome in the reader's language; what a definition calls its own outcome stays."""
    known = {
        "running": t("running"),
        "suspended": t("suspended"),
        "completed": t("completed"),
        "declined": t("declined"),
        "cancelled": t("cancelled"),
        "terminated": t("terminated"),
        "withdrawn": t("withdrawn"),
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


def show_question(session: Session, screen: Screen, asked: Question) -> None:
    """What is decided on: title, step, data and documents with their hashes, and the subject over all of it."""
    definition = session.engine.definition_of(asked.instance)
    names = session.engine.names(paper.by for paper in asked.documents if paper.by)
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
            document=name, file=paper.file, version=paper.version, size=paper.size, by=names.get(paper.by, paper.by),
            at=shown(paper.at, zone), hash=paper.sha256,
        )  # fmt: skip
        screen.line(f"  {said}")
    called = session.engine.names(each.person for each in asked.opinions)
    for each in asked.opinions:
        stance = {"yes": t("for"), "no": t("against")}.get(each.advice or "", t("neither for nor against"))
        said = t(
            "Opinion of {person} ({stance}): {note}",
            person=called.get(each.person, each.person),
            stance=stance,
            note=each.note,
        )
        screen.line(f"  {said}")
    if asked.least == "signed":
        screen.line(f"  {t('to be signed with your own key: --sign KEYFILE')}", "soon")
    screen.line(f"  {t('subject')}: {asked.subject}", "dim")
