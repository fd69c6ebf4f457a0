"""What just keeps a rule of the flagship: the edge of what is allowed."""

from tests.workflows.campaign import ACTUALS, KICKOFF, MATERIAL, RISKS
from tests.workflows.changes import (
    Change,
    budget,
    closing,
    gap,
    goal,
    leftover,
    personas,
    plan,
    posts,
    report,
    review,
    team,
)

KEPT = [
    Change("R1-thirty-percent", "confirm-goals", goal("30%")),
    Change("R1-ten-thousand", "confirm-goals", goal("1万")),
    Change("R1-at-least-half-a-million", "confirm-goals", goal("50万+")),
    Change("R1-at-most", "confirm-goals", goal("<= 2%")),
    Change("R4-all-sections", "research", report("行业趋势", "竞品分析", "机会与风险", "附录")),
    Change("R5-three-sections", "research", personas("需求", "偏好", "触达渠道")),
    Change("R6-no-gap", "draft-budget", gap(need=0)),
    Change("R6-gap-with-owner", "draft-budget", gap(gap_owner="pan")),
    Change("R7-zero-is-allowed", "draft-budget", {"data": {"initial": budget(venue=0, contingency=15000)}}),
    Change(
        "R8-ten-percent", "draft-budget", {"data": {"initial": budget(venue=20000, contingency="13333.34")}}
    ),
    Change(
        "R8-fifteen-percent", "draft-budget", {"data": {"initial": budget(venue=70000, contingency=30000)}}
    ),
    Change("R8-formal-enough", "formal-budget", {"data": {"formal": budget(contingency=22000)}}),
    Change("R9-all-there", "build-team", {"data": {"kickoff": KICKOFF}}),
    Change("R10-one-of-each", "build-team", team(members=["qi"])),
    Change("R10-a-head-who-also-leads-the-planning", "build-team", team(lead="su")),
    Change("R12-windows-of-its-own", "detail-plan", plan(event_days=1, preheat_days=1, followup_days=1)),
    Change("R13-online-only", "detail-plan", plan(mode="online", offline=None)),
    Change("R13-offline-only", "detail-plan", plan(mode="offline", online=None)),
    Change("R14-ready-on-the-day", "detail-plan", plan(materials=[{**MATERIAL, "ready_on": "2026-10-08"}])),
    Change("R15-ten-percent-more", "formal-budget", {"data": {"formal": budget(venue=45000)}}),
    Change(
        "R15-more-with-a-reason",
        "formal-budget",
        {"data": {"formal": budget(venue=46000, contingency=22000), "delta_reason": "场地涨价"}},
    ),
    Change(
        "R16-all-that-is-approved",
        "allocate",
        {"data": {"allocations": [{"team": "promotion", "item": "投放", "amount": 150000}]}},
    ),
    Change("R17-four-kinds", "plan-risks", {"data": {"risks": RISKS}}),
    Change("R18-first-and-last-day", "publicity", posts(day="2026-10-14")),
    Change("R21-everything-done", "run-event", {}),
    Change("R22-watched", "watch-users", {}),
    Change("R24-every-goal", "collect-data", {"data": {"actuals": ACTUALS}}),
    Change("R25-survey-attached", "collect-data", {"documents": ["data-report", "survey-report"]}),
    Change("R26-four-sections", "review", review("目标达成情况", "数据分析", "问题清单", "改进建议")),
    Change("R28-stored", "clear-up", leftover(disposal="store")),
    Change("R29-listed", "archive", closing()),
]
