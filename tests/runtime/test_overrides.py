"""An organisation's calendar file: what it says is taken over whole, or refused with the line of everything wrong."""

import pytest

from signoff import InvalidDefinition, calendar_file, read_calendar

GOOD = """signoff_calendar: 1
calendar: CN
confirmed_through: 2027
hours: 08:30 to 17:30
days_off:
  - "2026-12-24"
  - "2027-02-01 to 2027-02-03"
  - {from: "2027-05-06", to: "2027-05-07", name: 公司年假}
workdays: ["2026-12-26"]
"""
OVERRIDES = {
    "off": ["2026-12-24", "2027-02-01", "2027-02-02", "2027-02-03", "2027-05-06", "2027-05-07"],
    "work": ["2026-12-26"],
    "hours": "08:30 to 17:30",
    "confirmed_through": 2027,
}


def problems(text: str, file: str = "days.yaml") -> list[tuple[str, int]]:
    with pytest.raises(InvalidDefinition) as caught:
        read_calendar(text, file)
    assert caught.value.code == "invalid_calendar_file"
    return [(problem.code, problem.place.line) for problem in caught.value.problems]


def test_a_file_says_days_off_workdays_hours_and_what_is_certain() -> None:
    found = read_calendar(GOOD.replace("08:30 to 17:30", '"08:30 to 17:30"'), "days.yaml")
    assert (found.name, found.overrides) == ("CN", OVERRIDES)


def test_separated_values_say_the_same_in_chinese() -> None:
    text = "日期,至,类型,名称\n2026-12-24,,休,\n2027/2/1,2027/2/3,放假,\n2027年5月6日,2027年5月7日,休,年假\n2026-12-26,,班,\n"
    found = read_calendar(text, "days.csv")
    assert found.overrides == {key: OVERRIDES[key] for key in ("off", "work")}


def test_days_that_contradict_each_other_are_told_with_both_lines() -> None:
    text = 'signoff_calendar: 1\ndays_off: ["2026-12-24"]\nworkdays:\n  - "2026-12-20 to 2026-12-26"\n'
    with pytest.raises(InvalidDefinition) as caught:
        read_calendar(text, "days.yaml")
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.line) == ("calendar_day_contradicts", 4)
    assert problem.params == {"day": "2026-12-24", "line": 2}


def test_everything_wrong_is_told_at_once_with_its_line() -> None:
    text = """signoff_calendar: 1
hours: "18:00 to 09:00"
zone: Asia/Peking
confirmed_through: soon
holidays: []
days_off:
  - "2027-02-31"
  - "2027-03-02 to 2027-03-01"
  - "2027-04-01"
  - "2027-04-01"
  - tomorrow
  - {to: "2027-01-01"}
"""
    assert problems(text) == [
        ("unreadable_when", 2),
        ("unknown_zone", 3),
        ("calendar_year", 4),
        ("people_unknown_key", 5),
        ("calendar_unreadable_day", 7),
        ("calendar_stretch", 8),
        ("calendar_day_twice", 10),
        ("calendar_unreadable_day", 11),
        ("calendar_unreadable_day", 12),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [("calendar_heading", 1)]),
        ("日期,名称\n2027-01-01,x\n", [("calendar_heading", 1)]),
        ("date,kind\n2027-01-01,maybe\n", [("calendar_kind", 2)]),
        ("date,kind\n2027-01-01\n", [("calendar_kind", 2)]),
        ("date,kind\n,off\n", [("calendar_unreadable_day", 2)]),
        ("date,kind\n2027-01-01,off\n2027-01-01,work\n", [("calendar_day_contradicts", 3)]),
    ],
)
def test_a_line_that_says_nothing_sensible_is_refused(text: str, found: list[tuple[str, int]]) -> None:
    assert problems(text, "days.csv") == found


@pytest.mark.parametrize("text", ["", "[1]", "signoff_people: 1\n", "signoff_calendar: 2\n"])
def test_what_is_no_calendar_file_is_refused_as_such(text: str) -> None:
    assert [code for code, _ in problems(text)] == ["calendar_file_shape"]


def test_a_file_in_the_encoding_of_a_spreadsheet_is_read(tmp_path) -> None:  # type: ignore[no-untyped-def]  # pytest's
    path = tmp_path / "days.csv"
    path.write_bytes("日期,类型\n2026-12-24,休\n".encode("gb18030"))
    assert calendar_file(path).overrides == {"off": ["2026-12-24"]}
