"""Gantt charts: every step that counts has its bar, its deadline lies where it is due, and today is drawn once."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

from signoff.notation.picture.gantt import LEFT, Bar, Phase, Plan, chart
from tests.kernel.test_critical import show

TODAY = date(2026, 9, 14)


def plan(*bars: Bar) -> Plan:
    ends = max(bar.due or bar.ends for bar in bars)
    return Plan("A <b> & c", (Phase("Phase", min(bar.begins for bar in bars), ends, bars),))


def numbers(pattern: str, svg: str) -> list[float]:
    return [float(found) for found in re.findall(pattern, svg)]


def test_the_deadline_lies_as_far_to_the_right_as_its_day() -> None:
    due = TODAY + timedelta(days=10)
    svg = chart("x", [plan(Bar("s", TODAY, TODAY + timedelta(days=3), "active", due, 7))], today=TODAY)
    ET.fromstring(svg)
    (bar,) = numbers(r'class="bar" x="([\d.]+)"', svg)
    (line,) = numbers(r'class="due" d="M([\d.]+)', svg)
    (width,) = numbers(r'class="bar"[^>]* width="([\d.]+)"', svg)
    step = width / 4  # four days
    assert bar > LEFT
    assert abs(line - (bar + 11 * step)) < 0.1
    (slack,) = numbers(r'class="slack"[^>]* width="([\d.]+)"', svg)
    assert abs(slack - 7 * step) < 0.1


def test_what_is_done_late_and_critical_is_told_apart_and_texts_are_escaped() -> None:
    bars = (
        Bar("done", TODAY, TODAY, "done", TODAY),
        Bar(
            "late <i>", TODAY - timedelta(days=5), TODAY, "late", TODAY - timedelta(days=1), -1, critical=True
        ),
        Bar("gate", TODAY, TODAY, "waiting", TODAY, 0, gate=True),
    )
    svg = chart("t", [plan(*bars), plan(bars[0])], today=TODAY, lang="en")
    root = ET.fromstring(svg)
    assert "<i>" not in svg
    classes = [g.get("class") for g in root.iter("{http://www.w3.org/2000/svg}g") if g.get("class")]
    assert classes == ["phase", "done", "late critical", "waiting", "phase", "done"]
    assert svg.count('class="today"') == 1
    assert "A &lt;b&gt; &amp; c" in svg


def test_a_campaign_is_drawn_with_the_steps_that_count() -> None:
    case = show()
    case.submit("write", by="ann")
    case.request("help", by="ann")
    case.submit("assist", by="ann")
    svg = case.box.engine.gantt(case.instance, lang="en")
    ET.fromstring(svg)
    for step in ("write", "build", "print", "rehearse"):
        assert f">{step}</text>" in svg
    assert 'class="done"' in svg
    assert svg.count("critical") >= 2
    moved = case.box.engine.gantt(case.instance, dates={"day": "2026-12-11"})
    assert moved != svg
    assert "2026-12" in moved


def test_all_that_runs_is_one_chart_with_what_somebody_has_to_look_at() -> None:
    case = show()
    svg = case.box.engine.gantt(lang="en")
    assert ">write</text>" in svg
    assert ET.fromstring(svg) is not None


def test_float_overdue_time_and_provisional_deadlines_can_be_seen() -> None:
    day = timedelta(days=1)
    bars = (
        Bar("late", TODAY - 5 * day, TODAY, "late", TODAY - 3 * day, -2),
        Bar("sure", TODAY, TODAY + day, "active", TODAY + 4 * day, 3),
        Bar("unsure", TODAY, TODAY + day, "waiting", TODAY + 4 * day, 3, provisional=True),
    )
    svg = chart("x", [plan(*bars)], today=TODAY, lang="en")
    (late,) = numbers(r'class="overdue"[^>]* width="([\d.]+)"', svg)
    (step,) = set(numbers(r'class="slack"[^>]* width="([\d.]+)"', svg))
    assert abs(late - step) < 0.1  # three days each
    assert [">-2<" in svg, svg.count(">+3<")] == [True, 2]
    assert (
        svg.count('stroke-dasharray="4 2"/></g>') + svg.count('stroke-width="2" stroke-dasharray="4 2"') == 1
    )
    assert "provisional deadline" in svg
