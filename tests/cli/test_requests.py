"""request, reschedule, timeline on the command line: asked for, foreseen, drawn."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run, document

TRIP = """
signoff: 1
process: trip
lang: en
calendar: PLAIN
zone: UTC
data: {day: {type: date, name: Day}}
dates: {trip: {day: day}}
roles: {staff: {group: staff}, boss: {group: hr}}
start: {by: [staff], form: {fill: [day]}}
steps:
  - {step: book, owner: staff, due: 5 days before trip, takes: 2 working days, checklist: [booked]}
  - {step: pack, owner: staff, due: 1 day before trip, checklist: [bag]}
upon:
  - {request: reschedule, name: Another day, by: [staff], moves: [day], approve: [{by: boss}]}
  - request: cancel
    by: [staff]
    data: {why: text}
    form: {fill: [why]}
    approve: [{by: boss}]
"""


@pytest.fixture
def trip(office: Run, folder: Path) -> Run:
    folder.joinpath("trip.yaml").write_text(TRIP, encoding="utf-8")
    for arguments in (["deploy", "trip.yaml"], ["start", "trip", "--key", "T1", "--set", "day=2035-03-15"]):
        result = office(*arguments)
        assert result.exit_code == 0, result.output
    return office


def test_another_day_is_foreseen_asked_for_and_takes_effect_once_approved(trip: Run) -> None:
    foreseen = trip("reschedule", "T1", "2035-03-22", "--dry-run").stdout
    assert "2035-03-09 18:00" in foreseen
    assert "2035-03-16 18:00" in foreseen
    asked = trip("reschedule", "T1", "day=2035-03-22", "--yes")
    assert asked.exit_code == 0, asked.output
    assert "Another day" in asked.stdout
    assert document(trip("timeline", "T1", "--json"))["timeline"][0]["due"].startswith("2035-03-09")
    assert trip("--as", "hu", "approve", "T1/reschedule").exit_code == 0
    assert document(trip("timeline", "T1", "--json"))["timeline"][0]["due"].startswith("2035-03-16")


def test_without_a_yes_nothing_is_asked_for(trip: Run) -> None:
    refused = trip("reschedule", "T1", "2035-03-22", input="n\n")
    assert refused.exit_code != 0
    assert "2035-03-16 18:00" in refused.stdout
    assert "Another day" not in trip("why", "T1").stdout


def test_a_request_is_withdrawn_by_who_asked(trip: Run) -> None:
    assert trip("request", "T1", "cancel", "--set", "why=rain").exit_code == 0
    assert "T1/cancel" in trip("why", "T1").stdout
    assert trip("--as", "sun", "withdraw", "T1", "--request", "cancel").exit_code != 0
    assert trip("withdraw", "T1", "--request", "cancel").exit_code == 0
    assert "T1/cancel" not in trip("why", "T1").stdout


def test_the_plain_verb_says_which_request_to_raise(trip: Run) -> None:
    refused = trip("--as", "root", "cancel", "T1", "--reason", "rain", "--yes")
    assert refused.exit_code != 0
    assert "signoff request" in refused.stderr


def test_the_timeline_shows_float_and_what_other_dates_come_to(trip: Run) -> None:
    rows = document(trip("timeline", "T1", "--json"))["timeline"]
    later = document(trip("timeline", "T1", "--if", "day=2035-04-19", "--json"))["timeline"]
    assert [row["critical"] for row in rows] == [True, False]
    assert later[0]["slack"] > rows[0]["slack"]
    assert "Float" in trip("timeline", "T1").stdout


def test_charts_are_written_of_one_and_of_all(trip: Run, folder: Path) -> None:
    assert trip("timeline", "T1", "-o", "one.svg").exit_code == 0
    assert trip("timeline", "--all", "-o", "all.svg").exit_code == 0
    for name in ("one.svg", "all.svg"):
        assert folder.joinpath(name).read_text(encoding="utf-8").startswith("<svg")
    for wrong in (["timeline"], ["timeline", "--all"], ["timeline", "T1", "--if", "tomorrow"]):
        assert trip(*wrong).exit_code != 0


def test_show_says_what_may_be_asked_for_and_what_speaks_against_what_was_asked(
    trip: Run, folder: Path
) -> None:
    offered = trip("show", "T1").stdout
    assert "What may be asked for" in offered
    assert "Another day  [reschedule]" in offered
    assert "cancel" in offered
    folder.joinpath("trip.yaml").write_text(TRIP.replace("5 days", "3 days").replace("1 day ", "2 days "))
    assert trip("deploy", "trip.yaml").exit_code == 0
    assert trip("start", "trip", "--key", "T2", "--set", "day=2035-03-15").exit_code == 0
    assert trip("reschedule", "T2", "2035-03-19", "--yes").exit_code == 0  # a Monday: both are due on Friday
    shown = trip("show", "T2")
    assert "asked for by lin" in shown.stdout or "asked for by 林" in shown.stdout
    (asked,) = [each for each in document(trip("show", "T2", "--json"))["offers"] if each["by"]]
    assert asked["name"] == "reschedule"
    assert {each["code"] for each in asked["objections"]} == {"move_pressed", "deadlines_crowded"}
    assert "2035-03-16" in shown.stdout
