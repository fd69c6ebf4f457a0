"""The approval sheet as text: JSON for programs, and one page of HTML without a link to anywhere.

The page is made in Jinja2's immutable sandbox from a template of this package, everything escaped. Must not import
`engine`.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from signoff.read.sheet import Decided, Sheet
from signoff.runtime.sheet.words import proof, what, when, who, word
from signoff.runtime.text import visible

COLUMNS = ("who", "role", "decision", "meaning", "when", "strength", "note", "record")
_TEMPLATE = Path(__file__).with_name("page.html")


def as_json(sheet: Sheet) -> str:
    """The sheet as one JSON document: instants in UTC, texts by language."""
    return (
        json.dumps({"signoff_sheet": 1, **asdict(sheet)}, ensure_ascii=False, indent=2, default=_said) + "\n"
    )


def as_html(sheet: Sheet, lang: str = "zh") -> str:
    """The sheet as one page of HTML, to be read and printed as it stands."""
    from jinja2 import StrictUndefined  # noqa: PLC0415 - a costly import that few need
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - as above

    made = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=_shown)
    template = made.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        sheet=sheet,
        lang=lang,
        facts=facts(sheet, lang),
        columns=COLUMNS,
        w=lambda name: word(name, lang),
        cells=lambda each: cells(each, sheet.zone, lang),
    )


def facts(sheet: Sheet, lang: str) -> list[tuple[str, str]]:
    """What stands at the top, name and value; without what there is not."""
    found: Mapping[str, str] = {
        "process": sheet.label[lang],
        "key": sheet.key,
        "instance": sheet.instance,
        "status": word(f"status_{sheet.status}", lang),
        "starter": sheet.starter,
        "started": when(sheet.started_at, sheet.zone),
        "ended": when(sheet.ended_at, sheet.zone),
        "version": sheet.version,
        "as_of": f"#{sheet.n} {sheet.hash}",
    }
    return [(word(name, lang), value) for name, value in found.items() if value]


def cells(each: Decided, zone: str, lang: str) -> tuple[str, ...]:
    """A decision as the texts of its columns."""
    return (
        who(each, lang),
        each.role_label[lang],
        what(each, lang),
        word(f"meaning_{each.meaning}", lang),
        when(each.at, zone),
        proof(each, lang),
        each.note,
        f"#{each.n}",
    )


def _shown(value: Any) -> Any:
    """Nothing that people wrote may reorder the text around it."""
    return visible(value) if type(value) is str else value


def _said(value: Any) -> Any:
    assert isinstance(value, datetime), f"no value of a sheet: {type(value).__name__}"
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
