"""Tables align with Chinese in them, data cannot steer a terminal, documents are JSON whatever is in them."""

import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import click
import pytest

from signoff_cli.moment import away, lateness, shown
from signoff_cli.screen import Screen, cleaned, width

NOW = datetime(2026, 9, 1, 10, tzinfo=UTC)


def printed(*, coloured: bool) -> str:
    out = io.StringIO()
    screen = Screen(out, "en", coloured)
    screen.table(["Name", "Due"], [("市场调研", ("today", "late")), ("a[b]\x1b[2J", "x")])
    return out.getvalue()


def test_plain_tables_count_chinese_characters_as_two_columns() -> None:
    lines = printed(coloured=False).splitlines()
    assert [
        width(line[: line.index(word)]) for line, word in zip(lines, ("Due", "today", "x"), strict=False)
    ][:2] == [13, 13]
    assert "\x1b" not in "".join(lines)
    assert all(line == line.rstrip() for line in lines)


def test_a_terminal_gets_colours_and_data_is_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    told = printed(coloured=True)
    assert "\x1b[31mtoday" in told
    assert "a[b]\\x1b[2J" in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\x1bb", "a\\x1bb"),
        ("a\nb\tc", "a b c"),
        ("\u202eabc", "\\u202eabc"),
        ("正常 text", "正常 text"),
        ("\ud800", "\\ud800"),
    ],
)
def test_control_characters_are_spelled_out(text: str, said: str) -> None:
    assert cleaned(text) == said


class Colour(StrEnum):
    RED = "red"


@dataclass
class Thing:
    at: datetime
    sum: Decimal
    colour: Colour
    names: frozenset[str]

    def sentence(self, lang: str) -> str:
        return f"said in {lang}"


def test_anything_becomes_one_json_document() -> None:
    out = io.StringIO()
    Screen(out, "zh", coloured=False).document(
        {1: [Thing(NOW, Decimal("0.10"), Colour.RED, frozenset("ba"))]}
    )
    assert json.loads(out.getvalue()) == {
        "1": [
            {
                "at": "2026-09-01T10:00:00+00:00",
                "sum": "0.10",
                "colour": "red",
                "names": ["a", "b"],
                "sentence": "said in zh",
            }
        ]
    }


@pytest.mark.parametrize(
    ("due", "style", "said"),
    [
        (NOW - timedelta(days=3), "late", "3 days late"),
        (NOW - timedelta(minutes=5), "late", "5 min late"),
        (NOW + timedelta(hours=5), "soon", "in 5 hours"),
        (NOW + timedelta(days=9), "", "in 9 days"),
        (NOW - timedelta(days=2), "late", "2 days late"),
        (NOW + timedelta(hours=47), "soon", "in 47 hours"),
        (None, "", ""),
    ],
)
def test_a_deadline_says_how_far_away_it_is(due: datetime | None, style: str, said: str) -> None:
    assert (lateness(due, NOW), away(due, NOW)) == (style, said)


def test_an_instant_is_shown_in_the_zone_of_its_process() -> None:
    assert shown(NOW, "Asia/Shanghai") == "2026-09-01 18:00"
    assert shown(None, "Asia/Shanghai") == ""


STEPS = ["Step", "Task or gate", "Due", "Next"]
WAITS = [
    ("需求发起与目标确认", "MC-2/confirm-goals", ("2026-06-19 18:00", "late"), "signoff approve MC-2/confirm-goals"),
    ("Moment", "MC-2/m", "", ""),
]  # fmt: skip


@pytest.mark.parametrize("columns", [40, 80])
def test_a_command_is_never_broken_where_the_terminal_is_narrow(columns: int) -> None:
    out = io.StringIO()
    Screen(out, "en", coloured=True, columns=columns).steps(STEPS, WAITS)
    assert click.unstyle(out.getvalue()).splitlines() == [
        "需求发起与目标确认  2026-06-19 18:00",
        "  signoff approve MC-2/confirm-goals",
        "Moment  MC-2/m",
    ]


@pytest.mark.parametrize(("coloured", "columns"), [(True, 100), (False, 80)])
def test_steps_are_a_table_where_there_is_room_or_no_terminal(*, coloured: bool, columns: int) -> None:
    out = io.StringIO()
    Screen(out, "en", coloured=coloured, columns=columns).steps(STEPS, WAITS)
    first, second, _ = click.unstyle(out.getvalue()).splitlines()
    assert first.split() == ["Step", "Task", "or", "gate", "Due", "Next"]
    assert second.endswith("signoff approve MC-2/confirm-goals")


def test_a_table_that_is_too_wide_stands_row_by_row_with_its_titles() -> None:
    out = io.StringIO()
    screen = Screen(out, "en", coloured=True, columns=40)
    titles = ["Phase", "Step", "Status", "Due", "Approvals"]
    screen.table(titles, [("One", "Write the plan", "open", "2026-09-01 18:00", "Chen: approved")])
    lines = [click.unstyle(line) for line in out.getvalue().splitlines()]
    assert lines == [
        "One",
        "Step       Write the plan",
        "Status     open",
        "Due        2026-09-01 18:00",
        "Approvals  Chen: approved",
        "",
    ]
