"""docs/errors.md, made from the errors and their sentences: run `python -m tests.docs.errors`.

A test compares the page with what this gives.
"""

import inspect
from collections.abc import Iterator, Sequence

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from signoff import errors, sentences
from tests.house.source import ROOT

PAGE = ROOT / "docs" / "errors.md"
OPENING = """# Errors

This page is made from the program: `python -m tests.docs.errors`.

Every error that signoff raises on purpose is a `SignoffError`: a stable `code`, its `params`, and `sentence(lang)`,
which says what happened and what to do, in English or Chinese. Its class says whose move it is, and gives the exit
code of the command line and a status for HTTP.
"""
TITLES = {
    "definition": "Definitions",
    "expression": "Expressions",
    "time": "Phrases of time and calendars",
    "table": "Process tables",
    "refused": "Refusals",
    "handler": "Handlers",
    "store": "The database",
    "notice": "Notices and people",
    "bpmn": "BPMN files",
    "decision": "Decisions",
}


def classes() -> list[type[errors.SignoffError]]:
    """Every class of error, roots first, as the module draws them."""
    found = [each for each in vars(errors).values() if inspect.isclass(each)]
    return [each for each in found if issubclass(each, errors.SignoffError)]


def page() -> str:
    """The whole page."""
    return "\n".join([OPENING, *_classes(), *_codes()])


def _classes() -> Iterator[str]:
    yield "## Classes\n"
    yield "| class | is a | exit code | HTTP | meaning |"
    yield "|---|---|---|---|---|"
    for each in classes():
        meaning = " ".join((inspect.getdoc(each) or "").split("\n\n")[0].split())
        base = each.__bases__[0].__name__
        yield f"| `{each.__name__}` | `{base}` | {each.exit_code} | {each.http_status} | {meaning} |"
    yield ""


def _codes() -> Iterator[str]:
    for family in sentences.FAMILIES:
        yield f"## {TITLES[family]}\n"
        yield "| code | sentence | 中文 |"
        yield "|---|---|---|"
        for code, (owner, text) in sentences.catalogue().items():
            if owner == family:
                yield f"| `{code}` | {_cell(text)} | {_cell(_chinese(family, text))} |"
        yield ""


def _chinese(family: str, english: str) -> str:
    found = {_last(entry.id): _last(entry.string) for entry in _catalogue(family)}
    return found.get(english, "")


def _last(text: str | Sequence[str]) -> str:
    """A text; of one that counts, that for many."""
    return text if isinstance(text, str) else text[-1]


def _catalogue(family: str) -> Iterator[Message]:
    path = ROOT / "engine" / "signoff" / "locale" / "zh" / "LC_MESSAGES" / f"{family}.po"
    with path.open("rb") as file:
        yield from read_po(file)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
