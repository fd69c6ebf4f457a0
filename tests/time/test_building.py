"""Calendars built from the holidays library and an organisation's overrides."""

from datetime import date, time

import pytest

from signoff.errors import DefinitionError
from signoff.runtime.calendars import build

YEARS = range(2025, 2029)


def test_china_has_its_make_up_days_and_is_confirmed_as_far_as_they_are_known():
    cn = build("CN", range(2024, 2036))
    assert (cn.name, cn.zone, cn.confirmed_through) == ("CN", "Asia/Shanghai", 2026)
    assert cn.is_working(date(2026, 9, 20))
    assert not cn.is_working(date(2026, 9, 25))
    assert not cn.is_working(date(2027, 10, 1))  # the statutory days of later years are known
    assert len(cn.version) == 16
    assert build("CN", range(2024, 2026)).confirmed_through == 2025
    assert build("CN", range(2030, 2032)).confirmed_through == 0


def test_other_countries_are_confirmed_through_the_years_asked_for():
    de = build("DE", YEARS)
    assert de.confirmed_through == 2028
    assert not de.is_working(date(2027, 12, 25))
    assert de.is_working(date(2027, 5, 27))
    assert not build("DE-BY", YEARS).is_working(date(2027, 5, 27))  # Corpus Christi
    assert build("SA", YEARS).weekend == frozenset({4, 5})


def test_plain_is_monday_to_friday_in_every_year():
    for name in ("PLAIN", "none"):
        plain = build(name, YEARS)
        assert plain.name == "PLAIN"
        assert [plain.is_working(date(2027, 1, 1 + n)) for n in range(4)] == [True, False, False, True]
        assert plain.is_confirmed(date(2099, 1, 1))
    assert build("24x7", YEARS).is_working(date(2027, 1, 2))


def test_an_organisation_has_its_own_days_and_hours():
    own = build(
        "CN",
        YEARS,
        overrides={
            "off": ["2026-12-24", date(2026, 9, 20)],
            "work": ["2027-02-06", "2026-10-01"],
            "hours": "08:30 to 17:30",
            "confirmed_through": 2027,
        },
    )
    assert not own.is_working(date(2026, 12, 24))
    assert not own.is_working(date(2026, 9, 20))  # a make-up day that this house does not work
    assert own.is_working(date(2027, 2, 6))
    assert own.is_working(date(2026, 10, 1))
    assert (own.opens, own.closes, own.confirmed_through) == (time(8, 30), time(17, 30), 2027)
    assert own.version != build("CN", YEARS).version


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        ({"off": ["2027-01-04"], "work": ["2027-01-04"]}, "calendar_contradiction"),
        ({"hours": "18:00 to 09:00"}, "unreadable_when"),
        ({"hours": 9}, "calendar_override"),
        ({"holidays": []}, "calendar_override"),
        ({"off": ["4 January"]}, "calendar_override"),
        ({"off": "2027-01-04"}, "calendar_override"),
        ({"off": [17]}, "calendar_override"),
        ({"confirmed_through": "2027"}, "calendar_override"),
        ({"zone": "Asia/Peking"}, "unknown_zone"),
    ],
)
def test_overrides_that_contradict_or_cannot_be_read_are_refused(overrides, code):
    with pytest.raises(DefinitionError) as caught:
        build("CN", YEARS, overrides=overrides)
    assert caught.value.code == code
    assert "{" not in caught.value.sentence("en")


@pytest.mark.parametrize("name", ["XX", "", "China!", "DE-XX", "utils", "date", "cn"])
def test_a_calendar_that_nobody_knows_is_refused(name):
    with pytest.raises(DefinitionError) as caught:
        build(name, YEARS)
    assert caught.value.code == "unknown_calendar"


def test_building_twice_gives_the_same_version():
    assert build("CN", YEARS) == build("CN", YEARS)
