"""What a notice says: the engine's own words for each occasion, or a definition's; pure on given facts.

Facts are plain data under these names, each may be left out: `title process process_key instance task link`,
`step` (`name due pending`), `starter` and `started_at`, `why` and `bound` (lists of sentences), `level`, `by`,
`note`, `missing` (a list), `problem` and `element` (of an incident). A definition's own notice also reads the process's data. Must not
import store, kernel or channels.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from signoff.errors import Problem
from signoff.model.definition import Notice
from signoff.runtime.template import check_template, render_template
from signoff.runtime.text import one_line
from signoff.sentences import LANGUAGES

MAX_SUBJECT = 200
_FOLDER = Path(__file__).resolve().parent / "templates"
_STEP: Mapping[str, Any] = MappingProxyType({"name": "", "due": None, "pending": ""})
_ABSENT: Mapping[str, Any] = MappingProxyType(
    {
        **dict.fromkeys(("title", "process", "process_key", "instance", "task", "link"), ""),
        **dict.fromkeys(("level", "by", "note", "problem", "element"), ""),
        "starter": None,
        "started_at": None,
        "why": [],
        "bound": [],
        "missing": [],
    }
)
FACTS = frozenset({*_ABSENT, "step"})


class Occasion(StrEnum):
    """What the engine tells of in its own words; the name of the template."""

    TASK = "task"  # something to do
    GATE = "gate"  # your approval is asked
    OVERDUE = "overdue"  # a rung of a ladder
    RETURNED = "returned"  # sent back to you
    COPY = "copy"  # for your information: handed in
    DECIDED = "decided"  # the same: decided
    URGE = "urge"  # somebody waits for your move
    QUESTION = "question"  # somebody asks you something
    ANSWER = "answer"  # your question was answered
    INCIDENT = "incident"  # for administrators
    DIGEST = "digest"  # what a person wanted later, all at once


@dataclass(frozen=True, slots=True)
class Message:
    """One line and a text; nothing in them breaks a line, hides or reorders."""

    subject: str
    text: str


def render(template: Occasion | Notice, facts: Mapping[str, Any], lang: str, *, zone: str = "UTC") -> Message:
    """The notice in the reader's language, instants in `zone`.

    DefinitionError when a definition's own template is not safe or needs a fact that is not there.
    """
    subject, text = _wording(template, lang)
    known = _completed(facts)
    return Message(
        one_line(render_template(subject, known, lang=lang, zone=zone), limit=MAX_SUBJECT),
        render_template(text, known, lang=lang, zone=zone).strip() + "\n",
    )


def check_notice(notice: Notice, data: Collection[str], *, file: str = "") -> list[Problem]:
    """What keeps a definition's notice from being rendered safely: for deployment. `data`: the names declared in any scope."""
    names = {*FACTS, *data}
    texts = dict.fromkeys(
        text for part in (notice.subject, notice.text) for text in (part.zh, part.en) if text
    )
    return [problem for text in texts for problem in check_template(text, names, file=file)]


def _wording(template: Occasion | Notice, lang: str) -> tuple[str, str]:
    if isinstance(template, Notice):
        return template.subject.get(lang), template.text.get(lang)
    return wording(template, lang if lang in LANGUAGES else "en")


@cache
def wording(occasion: Occasion, lang: str) -> tuple[str, str]:
    """The engine's own templates of an occasion: subject and text, as they stand in the file."""
    subject, _, text = (_FOLDER / lang / f"{occasion}.txt").read_text(encoding="utf-8").partition("\n\n")
    return subject, text


def _completed(facts: Mapping[str, Any]) -> dict[str, Any]:
    step = facts.get("step")
    named = step if isinstance(step, Mapping) else {} if step is None else {"name": str(step)}
    return {**_ABSENT, **facts, "step": {**_STEP, **named}}
