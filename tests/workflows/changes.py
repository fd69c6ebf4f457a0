"""One change of good work each: what breaks a rule of the flagship, and what just keeps it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.workflows.campaign import ACTUALS, BUDGET, GOALS, KICKOFF, MATERIAL, POSTS, RISKS, TEAMS


class Change(NamedTuple):
    """A change of good work: at which step, what is other, and how it is refused (a rule, or a code)."""

    name: str
    step: str
    other: Mapping[str, Any]
    refused: str = ""


def goal(target: str) -> dict[str, Any]:
    return {"data": {"goals": [{**GOALS[0], "target": target}]}}


def budget(**other: Any) -> dict[str, Any]:
    return {**BUDGET, **other}


def without(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != name}


def team(**other: Any) -> dict[str, Any]:
    return {"data": {"teams": {**TEAMS, "logistics": {**TEAMS["logistics"], **other}}}}


def gap(**other: Any) -> dict[str, Any]:
    return {"data": {"resources": [{"item": "场地", "have": 0, "need": 1, **other}]}}


def plan(**other: Any) -> dict[str, Any]:
    return {"data": other}


def report(*sections: str) -> dict[str, Any]:
    return {"documents": {"research-report": {"sections": sections}, "personas": {}}}


def personas(*sections: str) -> dict[str, Any]:
    return {"documents": {"research-report": {}, "personas": {"sections": sections}}}


def posts(**other: Any) -> dict[str, Any]:
    return {"data": {"posts": [POSTS[0], {**POSTS[1], **other}]}}


def review(*sections: str) -> dict[str, Any]:
    return {"documents": {"review-report": {"sections": sections}}}


def leftover(**other: Any) -> dict[str, Any]:
    return {"data": {"leftovers": [{"item": "礼品", "quantity": 30, **other}]}}


def closing(**other: Any) -> dict[str, Any]:
    return {"data": {"actual": budget(**other)}}


BROKEN = [
    Change("R1-not-a-number", "confirm-goals", goal("很多"), "not_a_target"),
    Change("R1-nothing-to-reach", "confirm-goals", goal("0"), "R1"),
    Change("R1-no-goal", "confirm-goals", {"data": {"goals": []}}, "too_few"),
    Change("R1-no-unit", "confirm-goals", {"data": {"goals": [without(GOALS[0], "unit")]}}, "missing_field"),
    Change("R3-no-letter", "confirm-goals", {"documents": []}, "document_missing"),
    Change("R4-no-rivals", "research", report("行业趋势", "机会与风险"), "missing_section"),
    Change("R5-no-channels", "research", personas("需求", "偏好"), "missing_section"),
    Change("R6-gap-of-nobody", "draft-budget", gap(), "R6"),
    Change(
        "R7-category-empty", "draft-budget", {"data": {"initial": without(BUDGET, "staff")}}, "missing_field"
    ),
    Change("R7-below-zero", "draft-budget", {"data": {"initial": budget(staff=-1)}}, "too_small"),
    Change("R8-just-under", "draft-budget", {"data": {"initial": budget(contingency="14444.43")}}, "R8"),
    Change("R8-just-over", "draft-budget", {"data": {"initial": budget(contingency="22941.18")}}, "R8"),
    Change("R8-formal-too-little", "formal-budget", {"data": {"formal": budget(contingency=7000)}}, "R8f"),
    Change(
        "R9-one-absent",
        "build-team",
        {"data": {"kickoff": {**KICKOFF, "departments": KICKOFF["departments"][:4]}}},
        "R9",
    ),
    Change("R10-nobody-in-charge", "build-team", {"data": {"lead": None}}, "missing_field"),
    Change("R10-no-group-lead", "build-team", team(lead=None), "missing_field"),
    Change("R10-no-members", "build-team", team(members=[]), "too_few"),
    Change(
        "R10-group-missing", "build-team", {"data": {"teams": without(TEAMS, "logistics")}}, "missing_field"
    ),
    Change("R10-one-head-for-two-groups-that-countersign", "build-team", team(lead="tao"), "R10"),
    Change("R12-no-event-day", "detail-plan", plan(event_days=0), "too_small"),
    Change("R12-no-preheat-day", "detail-plan", plan(preheat_days=0), "too_small"),
    Change("R12-no-followup-day", "detail-plan", plan(followup_days=0), "too_small"),
    Change("R13-online-plan-missing", "detail-plan", plan(mode="online", online=None), "R13a"),
    Change("R13-offline-plan-missing", "detail-plan", plan(mode="offline", offline=None), "R13b"),
    Change("R13-both-need-both", "detail-plan", plan(offline=None), "R13b"),
    Change("R13-no-prizes", "detail-plan", plan(online={"rules": "甲", "joining": "乙"}), "missing_field"),
    Change(
        "R14-ready-too-late", "detail-plan", plan(materials=[{**MATERIAL, "ready_on": "2026-10-09"}]), "R14"
    ),
    Change(
        "R14-nobody-owns-it", "detail-plan", plan(materials=[without(MATERIAL, "owner")]), "missing_field"
    ),
    Change("R14-no-version", "detail-plan", plan(materials=[without(MATERIAL, "version")]), "missing_field"),
    Change(
        "R15-more-without-reason",
        "formal-budget",
        {"data": {"formal": budget(venue=46000, contingency=22000)}},
        "R15",
    ),
    Change(
        "R16-more-than-approved",
        "allocate",
        {"data": {"allocations": [{"team": "promotion", "item": "投放", "amount": "150000.01"}]}},
        "R16",
    ),
    *(
        Change(
            f"R17-no-{r['kind']}",
            "plan-risks",
            {"data": {"risks": [*without_kind, RISKS[0] | {"kind": "other"}]}},
            "R17a",
        )
        for r in RISKS
        if (without_kind := [other for other in RISKS if other is not r])
    ),
    Change("R17-too-few", "plan-risks", {"data": {"risks": RISKS[:3]}}, "too_few"),
    Change(
        "R17-no-measure",
        "plan-risks",
        {"data": {"risks": [*RISKS[:3], without(RISKS[3], "measure")]}},
        "missing_field",
    ),
    Change("R17-no-backup-venue", "plan-risks", {"data": {"backup_venue": None}}, "R17b"),
    Change("R18-one-channel", "publicity", posts(channel="公众号"), "R18a"),
    Change("R18-before-the-preheat", "publicity", posts(day="2026-10-07"), "R18b"),
    Change("R18-on-the-event-day", "publicity", posts(day="2026-10-15"), "R18b"),
    Change("R18-not-the-approved-draft", "publicity", posts(sha256="kv1"), "R18c"),
    Change("R20-not-set-up", "set-up-site", {"ticks": ["场地搭建", "物料布置"]}, "unticked"),
    Change("R20-no-acceptance", "set-up-site", {"documents": []}, "document_missing"),
    Change("R21-owner-not-there", "run-event", {"data": {"checked_in": None}}, "missing_field"),
    Change("R21-no-prizes-given", "run-event", {"ticks": ["签到", "流程引导", "互动执行"]}, "unticked"),
    Change("R22-nobody-answered", "watch-users", {"ticks": ["用户参与数据监控"]}, "unticked"),
    Change("R24-goal-without-actual", "collect-data", {"data": {"actuals": ACTUALS[:1]}}, "R24"),
    Change("R25-no-survey", "collect-data", {"documents": ["data-report"]}, "document_missing"),
    *(
        Change(
            f"R26-without-section-{n}",
            "review",
            review(*(s for s in SECTIONS if s != section)),
            "missing_section",
        )
        for SECTIONS in [("目标达成情况", "数据分析", "问题清单", "改进建议")]
        for n, section in enumerate(SECTIONS, 1)
    ),
    Change("R28-left-lying", "clear-up", leftover(), "missing_field"),
    Change("R28-neither-stored-nor-scrapped", "clear-up", leftover(disposal="lose"), "not_an_option"),
    Change("R29-no-archive-list", "archive", {"documents": []}, "document_missing"),
    Change("R29-no-actual-budget", "archive", {"data": {"actual": None}}, "missing_field"),
]
