"""Deadlines as iCalendar: what RFC 5545 asks for, the same UID for the same deadline, and nothing that breaks a line."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.runtime.ical import Deadline, instance_calendar, person_calendar, written
from signoff.testing import Sandbox

AT = datetime(2027, 1, 4, 9, tzinfo=UTC)
PEOPLE: Any = {"ann": {"name": "安", "groups": ["makers"]}}
PROCESS = """
signoff: 1
process: pause
lang: en
calendar: PLAIN
zone: Asia/Shanghai
roles: {maker: {group: makers}}
start: {by: [maker]}
steps:
  - {step: write, name: 写文案, owner: maker, due: within 2 days, checklist: [written]}
  - {step: send, owner: maker, due: 3 days after start, checklist: [sent]}
"""


def read(text: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The calendar's properties and those of its events, as a reader of RFC 5545 unfolds and unescapes them."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    lines = re.sub(r"\r\n[ \t]", "", text).split("\r\n")[:-1]
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    head: dict[str, str] = {}
    events: list[dict[str, str]] = []
    into = head
    for line in lines[1:-1]:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append(into := {})
        elif line == "END:VEVENT":
            into = head
        else:
            assert name not in into, line
            into[name] = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], value)
    return head, events


@pytest.fixture
def box() -> Sandbox:
    box = Sandbox(at=AT, people=PEOPLE)
    box.deploy(PROCESS)
    return box


def test_a_campaign_is_exported_with_its_deadlines_in_utc(box: Sandbox) -> None:
    case = box.engine.start("pause", by="ann", key="MC;1", title="Launch; spring, \\ 2027").instance
    head, events = read(instance_calendar(box.engine, case, lang="zh"))
    assert head["VERSION"] == "2.0"
    assert head["PRODID"]
    rows = {row.step: row.due for row in box.engine.timeline(case)}
    assert [each["DTSTART"] for each in events] == [
        due.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") for due in sorted(filter(None, rows.values()))
    ]
    assert events[0]["SUMMARY"] == "写文案 · Launch; spring, \\ 2027"
    assert all(each["UID"].endswith("@signoff") and each["DTSTAMP"] for each in events)


def test_a_deadline_keeps_its_uid_and_a_tick_shows_that_it_is_done(box: Sandbox) -> None:
    case = box.engine.start("pause", by="ann").instance
    before = read(instance_calendar(box.engine, case))[1]
    (task,) = box.engine.inbox("ann")
    box.clock.advance(timedelta(hours=1))
    box.engine.submit(task.task, by="ann", ticks=["written"])
    after = read(instance_calendar(box.engine, case))[1]
    assert [each["UID"] for each in after] == [each["UID"] for each in before]
    assert len({each["UID"] for each in after}) == 2
    assert [each["SUMMARY"].startswith("✓ ") for each in after] == [True, False]


def test_a_person_gets_what_lies_with_him(box: Sandbox) -> None:
    for _ in range(3):
        box.engine.start("pause", by="ann")
    head, events = read(person_calendar(box.engine, "ann"))
    assert head["X-WR-CALNAME"] == "signoff: 安"
    assert len({each["UID"] for each in events}) == 3
    assert read(person_calendar(box.engine, "nobody"))[1] == []


@given(st.lists(st.tuples(st.text(), st.text()), max_size=3))
def test_no_text_breaks_a_line_or_is_too_long_for_one(texts: list[tuple[str, str]]) -> None:
    deadlines = [Deadline(f"k{n}", AT, summary, about) for n, (summary, about) in enumerate(texts)]
    text = written("x" * 200, deadlines, AT)
    for line in text.encode(errors="surrogatepass").split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # no character is cut
    assert len(read(text)[1]) == len(texts)


def test_what_people_wrote_comes_back_as_they_wrote_it() -> None:
    said = "a,b;c\\d\ne: 很长的标题 " + "字" * 60
    ((event),) = read(written("", [Deadline("k", AT, said)], AT))[1]
    assert event["SUMMARY"] == said
