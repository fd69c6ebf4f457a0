"""The leave of the language's first page: compiled as it is printed, agreed to, sent back to the start, handed over."""

import pytest

from signoff import NotAllowed
from signoff.testing import Case

LEAVE = """
signoff: 1
process: leave
name: 请假
data: {first_day: date, last_day: date, days_off: {type: integer, formula: "working_days(first_day - days(1), last_day)"}}
dates: {leave: {from: first_day, to: last_day, name: 假期}}
roles: {staff: {group: staff}, applicant: {is: starter}, boss: {manager_of: applicant}, hr: {group: hr}}
start: {by: [staff], form: {fill: [first_day, last_day]}}
steps:
  - gate: approval
    due: within 2 working days
    binds: [first_day, last_day]
    approve: [{by: boss, declined: end}, {by: hr, as: acknowledge, if: "days_off > 5"}]
    return_to: [start]
  - step: hand-over
    owner: applicant
    due: 1 working day before leave
    delivers: [工作交接单]
"""
PEOPLE = {
    "lin": {"groups": ["staff"], "manager": "chen"},
    "chen": {"groups": ["staff"]},
    "hua": {"groups": ["hr"]},
}


def leave(first: str, last: str) -> Case:
    case = Case.load(LEAVE, at="2026-08-31T10:00+08:00", people=PEOPLE)
    return case.start({"first_day": first, "last_day": last}, by="lin")


def test_the_leave_is_agreed_to_and_handed_over() -> None:
    case = leave("2026-09-14", "2026-09-15")
    case.approve("approval", by="chen")
    case.submit("hand-over", by="lin", documents=["工作交接单"])
    assert case.status == "completed"


def test_a_leave_that_is_sent_back_comes_again_with_other_days_and_is_asked_anew() -> None:
    case = leave("2026-09-14", "2026-09-15")
    case.return_to("approval", "start", by="chen", note="not that week")
    assert case.active == {"start": 1}
    with pytest.raises(NotAllowed):
        case.submit("start", {"first_day": "2026-09-21"}, by="hua")
    case.submit("start", {"first_day": "2026-09-21", "last_day": "2026-09-29"}, by="lin")
    case.approve("approval", by="chen")
    case.approve("approval", by="hua")  # more than five days: taken note of
    assert case.variables["first_day"].isoformat() == "2026-09-21"
    assert case.active == {"hand-over": 1}
