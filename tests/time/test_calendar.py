"""Working days, opening hours, clock changes and the stored form of a calendar."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from signoff.errors import DefinitionError
from signoff.time.calendar import Calendar
from tests.time.conftest import shanghai

BERLIN = Calendar("DE", "Europe/Berlin")


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_time_that_the_clock_skips_moves_on_by_the_gap():
    assert BERLIN.local(date(2027, 3, 28), time(2, 30)) == utc("2027-03-28 01:30")  # shown as 03:30
    assert BERLIN.here(utc("2027-03-28 01:30")).time() == time(3, 30)


def test_of_a_time_shown_twice_the_first_is_meant():
    assert BERLIN.local(date(2027, 10, 31), time(2, 30)) == utc("2027-10-31 00:30")


def test_a_day_keeps_the_hour_across_a_clock_change_and_hours_are_hours():
    from signoff.time.relative import Purpose, Words, parse_iso_when, parse_when
    from tests.time.conftest import Facts

    facts = Facts(opened=utc("2027-03-27 11:00"))  # noon in Berlin, on the day before the clocks go forward

    def at(when):
        return when.resolve(facts, BERLIN, purpose=Purpose.POINT)

    assert at(parse_iso_when("P1D")) == utc("2027-03-28 10:00")
    assert at(parse_iso_when("PT24H")) == utc("2027-03-28 11:00")
    assert at(parse_when("within 1 day at 12:00", Words())) == utc("2027-03-28 10:00")
    assert at(parse_when("within 24 hours", Words())) == utc("2027-03-28 11:00")


def test_the_date_of_an_instant_is_the_date_there():
    assert BERLIN.day_of(utc("2027-01-01 23:30")) == date(2027, 1, 2)
    assert Calendar("x", "America/New_York").day_of(utc("2027-01-01 03:00")) == date(2026, 12, 31)


def test_the_nth_working_day_lies_strictly_after_or_before(cn):
    assert cn.add_working(date(2026, 9, 16), 3) == date(2026, 9, 20)
    assert cn.add_working(date(2026, 10, 15), -20) == date(2026, 9, 11)
    assert cn.add_working(date(2026, 10, 3), 1) == date(2026, 10, 8)
    assert cn.add_working(date(2026, 10, 3), 0) == date(2026, 10, 3)


def test_working_days_are_counted_after_a_up_to_b(cn):
    assert cn.count_working(date(2026, 9, 30), date(2026, 10, 10)) == 3
    assert cn.count_working(date(2026, 10, 10), date(2026, 9, 30)) == -3
    assert cn.count_working(date(2026, 10, 1), date(2026, 10, 1)) == 0


def test_opening_hours_are_counted_over_closed_ones(cn):
    assert cn.add_working_hours(shanghai("2026-09-30 16:00"), 2) == shanghai("2026-09-30 18:00")
    assert cn.add_working_hours(shanghai("2026-09-30 16:00"), 6) == shanghai("2026-10-08 13:00")
    assert cn.add_working_hours(shanghai("2026-09-30 20:00"), 1) == shanghai("2026-10-08 10:00")
    assert cn.add_working_hours(shanghai("2026-10-08 10:00"), -2) == shanghai("2026-09-30 17:00")
    assert cn.add_working_hours(shanghai("2026-10-03 10:00"), -9) == shanghai("2026-09-30 09:00")
    assert cn.add_working_hours(shanghai("2026-10-03 10:00"), 0) == shanghai("2026-10-03 10:00")
    assert cn.add_working_hours(shanghai("2026-10-08 09:00"), 0.5) == shanghai("2026-10-08 09:30")


def test_a_process_has_its_own_day_and_zone(cn):
    own = cn.with_hours(time(8, 30), time(17)).with_zone("Europe/Berlin")
    assert (own.opens, own.closes, own.zone) == (time(8, 30), time(17), "Europe/Berlin")
    assert own.version == cn.version
    assert (cn.opens, cn.zone) == (time(9), "Asia/Shanghai")


def test_a_year_that_is_not_confirmed_is_provisional(cn):
    assert cn.is_confirmed(date(2026, 12, 31))
    assert not cn.is_confirmed(date(2027, 1, 1))


def test_a_calendar_survives_its_stored_form(cn):
    import json

    stored = json.loads(json.dumps(cn.to_json()))
    assert Calendar.from_json(stored) == cn
    assert Calendar.from_json(stored).to_json() == cn.to_json()


def test_the_version_names_the_content():
    plain = Calendar("x", "UTC").sealed()
    assert len(plain.version) == 16
    assert plain.sealed().version == plain.version
    assert plain == Calendar("x", "UTC").sealed()
    assert plain.version != Calendar("x", "UTC", off=frozenset({date(2027, 1, 1)})).sealed().version
    assert plain.version != plain.with_hours(time(8), time(18)).sealed().version


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (
            {"off": frozenset({date(2027, 1, 2)}), "work": frozenset({date(2027, 1, 2)})},
            "calendar_contradiction",
        ),
        ({"opens": time(18), "closes": time(9)}, "calendar_hours"),
        ({"weekend": frozenset(range(7))}, "calendar_weekend"),
        ({"weekend": frozenset({7})}, "calendar_weekend"),
        ({"zone": "Asia/Peking"}, "unknown_zone"),
        ({"zone": "../../etc/passwd"}, "unknown_zone"),
        ({"zone": "Asia"}, "unknown_zone"),
        ({"zone": ""}, "unknown_zone"),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(changes, code):
    with pytest.raises(DefinitionError) as caught:
        Calendar(**{"name": "x", "zone": "UTC"} | changes)
    assert caught.value.code == code
    assert "{" not in caught.value.sentence("zh")


def test_long_counts_agree_with_counting_day_by_day(cn):
    start = date(2024, 3, 5)
    for days in (59, 60, 61, 62, 67, 400, 1234):
        end = start + timedelta(days=days)
        slowly = sum(cn.is_working(start + timedelta(days=n)) for n in range(1, days + 1))
        assert cn.count_working(start, end) == slowly
