"""calendar show, refresh, import: which days count, what a file makes otherwise, and what moves with it."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run, document

TRIP = """
signoff: 1
process: trip
lang: en
data: {day: {type: date, name: Day}}
dates: {trip: {day: day}}
roles: {staff: {group: staff}}
start: {by: [staff], form: {fill: [day]}}
steps:
  - {step: book, owner: staff, due: 5 working days before trip, checklist: [booked]}
  - {step: pack, owner: staff, due: 13 days before trip, checklist: [bag]}
  - {step: load, owner: staff, due: 12 days before trip, checklist: [bag]}
upon:
  - {request: reschedule, by: [staff], moves: [day]}
"""
DAYS = 'signoff_calendar: 1\ncalendar: CN\nconfirmed_through: 2035\ndays_off: ["2035-10-15 to 2035-10-16"]\n'


@pytest.fixture
def trip(office: Run, folder: Path) -> Run:
    folder.joinpath("trip.yaml").write_text(TRIP, encoding="utf-8")
    assert office("deploy", "trip.yaml").exit_code == 0
    folder.joinpath("days.yaml").write_text(DAYS, encoding="utf-8")
    return office


def test_a_start_says_what_is_provisional_and_what_comes_crowded(trip: Run) -> None:
    started = trip("start", "trip", "--key", "T1", "--set", "day=2035-10-19")
    assert started.exit_code == 0, started.output
    assert "3 deadlines are provisional" in started.stderr
    assert "come together, for the days that they name are not worked: pack, load" in started.stderr
    shown = trip("timeline", "T1")
    assert "provisional" in shown.stdout
    assert "come together" in shown.stdout


def test_a_file_moves_what_runs_and_makes_its_years_certain(trip: Run) -> None:
    assert trip("start", "trip", "--key", "T1", "--set", "day=2035-10-19").exit_code == 0
    before = document(trip("timeline", "T1", "--json"))["timeline"][0]["due"]
    assert "would be" in trip("calendar", "import", "days.yaml", "--dry-run").stdout
    taken = trip("calendar", "import", "days.yaml")
    assert taken.exit_code == 0, taken.output
    assert "Days off: 2035-10-15 – 2035-10-16" in taken.stdout
    assert "Confirmed through 2035." in taken.stdout
    assert "T1: 1 deadline moved." in taken.stdout
    row = document(trip("timeline", "T1", "--json"))["timeline"][0]
    assert row["due"] < before
    assert row["provisional"] is False
    assert "CalendarTaken" in trip("history", "T1").stdout
    assert "is as it was" in trip("calendar", "refresh").stdout
    assert "2035-10-15" in trip("calendar", "show", "CN", "--year", "2035").stdout


def test_what_a_date_comes_to_says_what_comes_crowded(trip: Run) -> None:
    assert trip("start", "trip", "--key", "T1", "--set", "day=2035-11-20").exit_code == 0
    assert "come together" not in trip("timeline", "T1").stdout
    for verb in (
        ["timeline", "T1", "--if", "day=2035-10-19"],
        ["reschedule", "T1", "2035-10-19", "--dry-run"],
    ):
        assert "come together" in trip(*verb).stdout


def test_a_definition_is_checked_for_a_date(trip: Run) -> None:
    checked = trip("check", "trip.yaml", "--if", "day=2035-10-19")
    assert checked.exit_code == 0, checked.output
    assert "come together" in checked.stdout
    assert "2035-10-" in checked.stdout
    assert "come together" not in trip("check", "trip.yaml", "--if", "day=2035-11-20").stdout
    wrong = trip("check", "trip.yaml", "--if", "other=2035-11-20")
    assert wrong.exit_code == 7
    assert "day" in wrong.stderr


def test_a_file_that_contradicts_itself_is_refused_with_its_lines(trip: Run, folder: Path) -> None:
    folder.joinpath("days.csv").write_text("日期,类型\n2035-10-09,休\n2035-10-09,班\n", encoding="utf-8")
    refused = trip("calendar", "import", "days.csv")
    assert refused.exit_code == 2
    assert "days.csv:3" in refused.stderr
    assert "line 2" in refused.stderr
    assert document(trip("calendar", "show", "CN", "--json"))["calendars"][0]["overrides"] == {}
