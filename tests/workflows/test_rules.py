"""The rules R1-R30 of the flagship: what breaks one is refused at its step, what keeps it passes.

`changes` and `kept` hold those that are conditions on work; the others have tests of their own here.
"""

from datetime import datetime, timedelta

import pytest

from signoff import ElementCompleted, NotAllowed, Refused, Strength
from signoff.kernel.events.gate import RuleWarned
from signoff.testing import Case, Sandbox
from signoff.testing.matching import codes
from signoff_workflows import path
from tests.workflows.campaign import (
    BEGIN,
    CALLS,
    KICKOFF,
    PEOPLE,
    PROCESS,
    START,
    VISUAL,
    WORK,
    drawn,
    hand_in,
    reach,
)
from tests.workflows.changes import BROKEN, Change, budget, leftover
from tests.workflows.kept import KEPT


def named(changes: list[Change]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("change", changes, ids=[change.name for change in changes])


@named(BROKEN)
def test_work_that_breaks_a_rule_is_refused(change: Change) -> None:
    case = reach(change.step)
    before = case.active
    with pytest.raises(Refused) as refused:
        hand_in(case, change.step, **change.other)
    assert change.refused in codes(refused.value)
    assert case.active == before


@named(KEPT)
def test_work_that_keeps_a_rule_is_taken(change: Change) -> None:
    case = reach(change.step)
    hand_in(case, change.step, **change.other)
    for person in WORK[change.step].votes:
        case.approve(change.step, by=person)
    assert change.step not in case.active
    assert case.incidents == []


# rules that are no condition on work ----------------------------------------------------------------------


@pytest.mark.parametrize("person", ["wu", "chen", "gao", "du"])
def test_r2_nobody_outside_marketing_and_business_starts(person: str) -> None:
    case = reach("confirm-goals")
    with pytest.raises(NotAllowed):
        case.box.start(PROCESS, {**START, "title": "又一场"}, by=person)


@pytest.mark.parametrize("group", ["marketing", "business"])
def test_r2_marketing_and_business_start(group: str) -> None:
    box = Sandbox(BEGIN, people={"zhao": {"groups": [group]}}, calls=CALLS)
    box.deploy(path("marketing_campaign"))
    assert box.start(PROCESS, START).active == {"confirm-goals": 1}


def test_r3_a_name_alone_is_no_signature() -> None:
    case = reach("confirm-goals")
    hand_in(case, "confirm-goals")
    asserted = case.box.engine.actor("chen", auth=Strength.ASSERTED)
    with pytest.raises(NotAllowed):
        case.approve("confirm-goals", by=asserted)


def test_r3_management_signs_what_it_has_seen() -> None:
    case = reach("confirm-goals")
    hand_in(case, "confirm-goals")
    case.approve("confirm-goals", by="chen")
    assert case.active == {"research": 1, "draft-budget": 1}


def test_r8_the_base_may_be_the_subtotal() -> None:
    text = path("marketing_campaign").read_text(encoding="utf-8")
    case = Case.load(
        text.replace(
            "[total, subtotal], name: 应急资金比例的基数, default: total",
            "[total, subtotal], default: subtotal",
        ),
        at=BEGIN,
        people=PEOPLE,
        calls=CALLS,
    ).start(START, by="lin")
    hand_in(case, "confirm-goals")
    case.approve("confirm-goals", by="chen")
    with pytest.raises(Refused):
        hand_in(case, "draft-budget", {"initial": budget(contingency=20000)})
    hand_in(case, "draft-budget", {"initial": budget(contingency=19500)})


def test_r9_management_may_waive_who_was_absent() -> None:
    case = reach("build-team")
    absent = {"kickoff": {**KICKOFF, "departments": ["销售"]}}
    with pytest.raises(NotAllowed):
        case.waive("build-team", "R9", by="lin")
    case.waive("build-team", "R9", by="fang", reason="客服另行通知")
    hand_in(case, "build-team", absent)
    assert case.active == {"design-theme": 1}


def warned(case: Case) -> list[str]:
    return [event.rule for event in case.events if isinstance(event, RuleWarned)]


def test_r11_a_long_title_is_warned_of_and_never_blocks() -> None:
    case = reach("design-theme")
    hand_in(case, "design-theme", {"theme": {"title": "一个实在太长而不易传播的主题", "highlight": "无"}})
    assert warned(case) == ["R11"]
    case.approve("design-theme", by="du")
    assert case.active == {"detail-plan": 1}


def test_r11_what_resembles_an_earlier_case_is_warned_of() -> None:
    case = Case.load(
        path("marketing_campaign"),
        at=BEGIN,
        people=PEOPLE,
        calls={**CALLS, "case_library.similarity": {"score": "0.8"}},
    ).start(START, by="lin")
    for step in ("confirm-goals", "research", "draft-budget", "build-team", "design-theme"):
        hand_in(case, step)
        for person in WORK[step].votes:
            case.approve(step, by=person)
    hand_in(case, "detail-plan")
    assert warned(case) == ["R11b"]


def test_r11_a_short_title_of_its_own_is_not_warned_of() -> None:
    assert warned(reach("formal-budget")) == []


def test_r12_the_windows_follow_one_another_without_gap_or_overlap() -> None:
    days = reach("formal-budget").variables
    dates = [days[name].isoformat() for name in ("preheat_start", "preheat_end", "event_start", "event_end")]
    assert dates == ["2026-10-08", "2026-10-14", "2026-10-15", "2026-10-17"]
    assert [days[name].isoformat() for name in ("followup_start", "followup_end")] == [
        "2026-10-18",
        "2026-10-20",
    ]


@pytest.mark.parametrize(
    ("total", "asked"),
    [
        ("49999.99", [["chen", "fang"]]),
        ("50000", [["zhou"], ["chen", "fang"]]),
        ("199999.99", [["zhou"], ["chen", "fang"]]),
        ("200000", [["zhou"], ["chen", "fang"], ["fang"]]),
    ],
)
def test_r15_the_amount_decides_who_approves(total: str, asked: list[list[str]]) -> None:
    case = reach("formal-budget")
    part = f"{float(total) * 0.1:.2f}"
    rest = f"{float(total) - float(part):.2f}"
    formal = {"venue": rest, "materials": 0, "promotion": 0, "staff": 0, "contingency": part}
    hand_in(case, "formal-budget", {"formal": formal, "delta_reason": "重新测算"})
    for people in asked:
        assert drawn(case, "formal-budget") == people
        case.approve("formal-budget", by=people[0])
    assert "formal-budget" not in case.active


def test_r16_nothing_is_allocated_before_the_budget_is_approved() -> None:
    case = reach("formal-budget")
    hand_in(case, "formal-budget")
    with pytest.raises(Refused) as refused:
        hand_in(case, "allocate")
    assert "wrong_state" in codes(refused.value)


@pytest.mark.parametrize(("step", "released"), [("publicity", 1), ("allocate", 0)])
def test_r16_what_was_reserved_is_released_when_the_campaign_is_cancelled(step: str, released: int) -> None:
    case = reach(step)
    case.request("cancel", {"cancel_reason": "场地取消"}, by="lin")
    assert "stop-promotion" not in case.active  # until that is approved all goes on
    case.approve("cancel", by="chen")
    case.complete("stop-promotion")
    assert case.active["release-funds"] == released
    for _ in range(released):
        case.complete("release-funds")
    assert case.active == {"clear-up": 1}
    assert case.log.count("release-funds") == released


def recorded(clicks: int) -> Case:
    case = reach("publicity")
    case.move_to("2026-10-08 10:30")
    case.submit("record-readings", {"clicks": clicks, "shares": 20, "enquiries": 5}, by="wei")
    return case


def test_r19_below_the_floor_the_promotion_is_adjusted() -> None:
    case = recorded(300)
    assert case.active["adjust-promotion"] == 1
    assert [reading["clicks"] for reading in case.variables["readings"]] == [300]


def test_r19_at_the_floor_nothing_is_adjusted() -> None:
    assert "adjust-promotion" not in recorded(1000).active


def test_r19_readings_are_asked_for_every_day_until_publicity_is_handed_in() -> None:
    case = reach("publicity")
    case.move_to("2026-10-10 12:00")
    assert case.active["record-readings"] == 2
    assert case.log.count("record-readings") == 1  # that of two days ago lapsed
    hand_in(case, "publicity")
    case.move_to("2026-10-13 12:00")
    assert "record-readings" not in case.active


def test_r20_a_late_site_goes_to_the_top_at_once() -> None:
    case = reach("set-up-site")
    assert case.due("set-up-site") == datetime.fromisoformat("2026-10-14T18:00+08:00")
    case.move_to("2026-10-14 18:00")
    top = [each for each in case.notified if each[:2] == ("L4", "set-up-site")]
    assert {person for *_, person in top} == {"du", "chen", "fang"}
    with pytest.raises(Refused):
        case.approve("go-no-go", by="du")


def test_r20_a_late_site_holds_the_release() -> None:
    case = reach("set-up-site")
    case.move_to("2026-10-14 18:00")
    late = next(a for a in case.situation.state.activities.values() if a.node == "set-up-site")
    assert late.holds == ("go-no-go",)
    with pytest.raises(NotAllowed):
        case.waive("set-up-site", "hold", by="du")
    case.waive("set-up-site", "hold", by="chen")
    late = next(a for a in case.situation.state.activities.values() if a.node == "set-up-site")
    assert late.holds == ()


def test_r20_a_site_in_time_troubles_nobody() -> None:
    case = reach("set-up-platform")
    hand_in(case, "set-up-platform")
    case.move_to("2026-10-14 18:30")
    assert not [
        each for each in case.notified if each[:2] in (("L4", "set-up-site"), ("L4", "set-up-platform"))
    ]


def test_r22_a_problem_is_raised_and_dealt_with() -> None:
    case = reach("run-event")
    case.request("issue", {"what": "排队过长", "severity": "major"}, by="tao")
    assert {"activate-risk-plan", "run-event"} <= set(case.active)
    case.submit("activate-risk-plan", by="du")
    case.submit("resolve-issue", {"resolution": "加开入口"}, by="he")
    assert not {"activate-risk-plan", "resolve-issue"} & set(case.active)
    assert not [each for each in case.notified if each[1] == "resolve-issue" and each[0] != "task"]


def test_r22_a_problem_that_nobody_deals_with_in_time_goes_up() -> None:
    case = reach("run-event")
    case.request("issue", {"what": "物料短缺", "severity": "minor"}, by="pan")
    case.advance(timedelta(hours=6))
    told = [(level, person) for level, step, person in case.notified if step == "resolve-issue"]
    assert ("due", "du") in told
    assert {"chen", "fang"} <= {person for level, person in told if level == "2 hours after due"}


def test_r22_an_offline_event_has_nothing_to_watch() -> None:
    case = reach("detail-plan")
    hand_in(case, "detail-plan", {"mode": "offline", "online": None})
    for person in ("he", "tao", "pan"):
        case.approve("detail-plan", by=person)
    for step in (
        "formal-budget",
        "allocate",
        "plan-risks",
        "phase-2",
        "publicity",
        "set-up-site",
        "go-no-go",
    ):
        if WORK[step].at:
            case.move_to(WORK[step].at)
        hand_in(case, step)
        for person in WORK[step].votes:
            case.approve(step, by=person)
    assert "set-up-platform" not in case.log
    case.move_to("2026-10-15 12:00")
    assert case.active == {"run-event": 1}


def verdicts(case: Case, step: str) -> list[str]:
    return [
        event.verdict for event in case.events if isinstance(event, ElementCompleted) and event.node == step
    ]


def test_r23_a_stand_up_is_held_on_each_day_of_the_event() -> None:
    case = reach("run-event")
    assert case.log.count("stand-up") == 2  # by 17:00 of the third day
    case.move_to("2026-10-17 17:31")
    case.submit("stand-up", by="jin", documents=["standup-notes"])
    assert verdicts(case, "stand-up") == ["lapsed", "lapsed", "passed"]


def test_r23_a_stand_up_that_is_not_held_is_reminded_of_and_recorded_as_missed() -> None:
    case = reach("run-event")
    assert ("due", "stand-up", "he") in case.notified
    assert verdicts(case, "stand-up") == ["lapsed", "lapsed"]


def test_r24_whether_a_goal_was_met_is_computed() -> None:
    actuals = reach("review").variables["actuals"]
    assert {each["metric"]: each["met"] for each in actuals} == {"新增用户": True, "曝光量": False}


def test_r27_management_takes_note_and_cannot_decline() -> None:
    case = reach("review")
    hand_in(case, "review")
    assert drawn(case, "review") == ["chen", "fang"]
    with pytest.raises(NotAllowed):
        case.decline("review", by="fang")
    assert case.active["review"] == 1


def test_r27_what_management_took_note_of_is_archived() -> None:
    case = reach("end")
    assert case.log.index("review") < case.log.index("archive") < case.log.index("file-case")


def test_r28_scrap_takes_the_head_of_finance() -> None:
    case = reach("clear-up")
    hand_in(case, "clear-up", **leftover(disposal="scrap"))
    assert drawn(case, "clear-up") == ["zhou"]
    case.approve("clear-up", by="zhou")
    assert "clear-up" not in case.active


DUE = {
    "confirm-goals": "2026-09-15",
    "research": "2026-09-20",  # a Sunday that is worked
    "draft-budget": "2026-09-24",  # the 25th is a holiday
    "build-team": "2026-09-24",  # the 27th is a holiday
    "design-theme": "2026-09-30",
    "detail-plan": "2026-09-30",  # 1 to 7 October are holidays
    "formal-budget": "2026-09-30",
    "plan-risks": "2026-09-30",
    "publicity": "2026-10-14",
    "set-up-site": "2026-10-14",
    "set-up-platform": "2026-10-14",
    "run-event": "2026-10-17",
    "collect-data": "2026-10-20",
    "review": "2026-10-22",
    "clear-up": "2026-10-26",  # the 24th is a Saturday
    "archive": "2026-10-26",
}


@pytest.mark.parametrize("step", DUE)
def test_r30_every_row_has_its_deadline(step: str) -> None:
    due = reach(step).due(step)
    assert due is not None
    assert f"{due:%Y-%m-%d %H:%M}" == f"{DUE[step]} 18:00"


def test_r30_what_is_late_climbs_the_ladder() -> None:
    case = reach("research")
    case.move_to("2026-09-24 12:00")
    levels = [level for level, step, _ in case.notified if step == "research" and level.startswith("L")]
    assert list(dict.fromkeys(levels)) == ["L0", "L1", "L2", "L3", "L4"]


def test_r30_what_is_done_in_time_climbs_nothing() -> None:
    case = reach("build-team")
    case.move_to("2026-09-21 12:00")
    assert not [level for level, *_ in case.notified if level.startswith("L")]


def test_the_approved_draft_is_the_one_that_was_signed() -> None:
    assert reach("publicity").situation.state.scopes["s2"].documents["key-visual"].sha256 == VISUAL
