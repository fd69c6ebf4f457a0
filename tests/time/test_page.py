"""What the page on dates says of phrases is what they come to, in both languages."""

import re
from collections.abc import Iterator

import pytest

from signoff.time.relative import DateWord, Purpose, Words, parse_when
from tests.house.source import ROOT
from tests.time.conftest import shanghai

_ROW = re.compile(r"^\| (?P<phrases>`.*`) \| (?P<at>2026-[0-9: -]+) \|$", re.MULTILINE)
WORDS = Words(
    {"event": DateWord("window", ("活动", "T"))},
    {"confirm-goals": ("立项",)},
)


def rows() -> Iterator[tuple[str, str]]:
    page = (ROOT / "docs" / "dates.md").read_text(encoding="utf-8")
    for row in _ROW.finditer(page):
        yield from ((phrase, row["at"]) for phrase in re.findall(r"`([^`]+)`", row["phrases"]))


ROWS = list(rows())


def test_the_page_has_phrases_in_both_languages() -> None:
    assert len(ROWS) > 30
    assert sum(phrase.isascii() for phrase, _ in ROWS) > 12


@pytest.mark.parametrize(("phrase", "at"), ROWS)
def test_a_phrase_of_the_page_comes_to_what_it_says(phrase, at, stage):
    found = parse_when(phrase, WORDS).resolve(stage.facts, stage.calendar, purpose=Purpose.DUE)
    assert found == shanghai(at)
