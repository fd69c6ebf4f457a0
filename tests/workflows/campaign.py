"""The flagship played with good data, up to the step that a test is about.

`WORK` is what each step takes to be passed, in an order in which they can be done.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from signoff.runtime import attachments
from signoff.testing import Case
from signoff.testing.paper import Wanted
from signoff_workflows import path

PROCESS = "marketing-campaign"
PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "lin": {"department": "市场部", "groups": ["marketing"]},
    "chen": {"groups": ["management"]},
    "fang": {"groups": ["management"]},
    "gao": {"groups": ["market-research"], "department": "市场部"},
    "wu": {"groups": ["finance"]},
    "zhou": {"groups": ["finance"], "leads": ["finance"]},
    "fa": {"groups": ["legal"]},
    **{name: {"groups": ["staff"]} for name in ("du", "su", "ma", "he", "jin", "tao", "wei", "pan", "qi")},
    "lu": {"groups": ["tech"]},
    "ke": {"groups": ["service"]},
}
CALLS = {
    "case_library.similarity": {"score": "0.35"},
    "erp.reserve": None,
    "case_library.add": None,
}
START = {"title": "夏日狂欢购", "event_start": "2026-10-15"}
BEGIN = "2026-08-31T10:00+08:00"
BUDGET = {"venue": 30000, "materials": 20000, "promotion": 60000, "staff": 20000, "contingency": 20000}
GOALS = [
    {"metric": "新增用户", "target": "1万", "unit": "人"},
    {"metric": "曝光量", "target": "50万+", "unit": "次"},
]
TEAMS = {
    "planning": {"lead": "su", "members": ["su", "ma"]},
    "execution": {"lead": "he", "members": ["he", "jin"]},
    "promotion": {"lead": "tao", "members": ["tao", "wei"]},
    "logistics": {"lead": "pan", "members": ["pan", "qi"]},
}
KICKOFF = {"held_on": "2026-09-01", "departments": ["销售", "产品", "设计", "技术", "客服"]}
MATERIAL = {"item": "海报", "owner": "tao", "ready_on": "2026-10-01", "use_on": "2026-10-08", "version": "V2"}
RISKS = [
    {"kind": "weather", "owner": "pan", "trigger": "暴雨预警", "measure": "启用备用场地"},
    {"kind": "system", "owner": "lu", "trigger": "错误率 > 1%", "measure": "切换备机"},
    {"kind": "traffic", "owner": "lu", "trigger": "排队 > 5 分钟", "measure": "限流"},
    {"kind": "opinion", "owner": "tao", "trigger": "负面 > 5%", "measure": "统一回应"},
]
KEY_VISUAL = attachments.read(b"\x89PNG, second draft", name="key-visual.png", sections=())
VISUAL = KEY_VISUAL.sha256
POSTS = [
    {"channel": "公众号", "day": "2026-10-08", "sha256": VISUAL},
    {"channel": "抖音", "day": "2026-10-09", "sha256": VISUAL},
]
PLANS = ["action-plan", "time-plan", "material-list"]
ONLINE = {"rules": "平台规则", "joining": "扫码", "prizes": "优惠券"}
OFFLINE = {"layout": "中庭", "routes": "单向", "sequence": "签到-开场-颁奖"}
ACTUALS = [
    {"metric": "新增用户", "value": 12000, "source": "后台"},
    {"metric": "曝光量", "value": "48万", "source": "平台"},
]


@dataclass(frozen=True, slots=True)
class Work:
    """What a step takes: who hands in what, and who then says yes. `at`: not before that time."""

    by: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    documents: Wanted = ()
    votes: tuple[str, ...] = ()
    at: str = ""


WORK: Mapping[str, Work] = {
    "confirm-goals": Work("lin", {"purpose": "拉新", "goals": GOALS}, ["goal-letter"], ("chen",)),
    "research": Work("gao", {}, ["research-report", "personas"]),
    "draft-budget": Work(
        "wu",
        {"resources": [{"item": "场地", "have": 0, "need": 1, "gap_owner": "pan"}], "initial": BUDGET},
        ["budget-draft"],
        ("zhou",),
    ),
    "build-team": Work("lin", {"lead": "du", "teams": TEAMS, "kickoff": KICKOFF}, ["team-chart"]),
    "design-theme": Work(
        "ma",
        {"theme": {"title": "夏日狂欢购", "highlight": "全城联动"}},
        {"theme-plan": {}, "key-visual": KEY_VISUAL},
        ("du",),
    ),
    "detail-plan": Work(
        "su",
        {
            "mode": "both",
            "event_days": 3,
            "preheat_days": 7,
            "followup_days": 3,
            "materials": [MATERIAL],
            "online": ONLINE,
            "offline": OFFLINE,
        },
        PLANS,
        ("he", "tao", "pan"),
    ),
    "formal-budget": Work("wu", {"formal": BUDGET}, ["budget-final"], ("zhou", "chen")),
    "allocate": Work(
        "wu",
        {"allocations": [{"team": "promotion", "item": "投放", "amount": 72000}]},
        ["allocation-sheet"],
    ),
    "plan-risks": Work("jin", {"risks": RISKS, "backup_venue": "体育馆"}, ["risk-plan"], ("du",)),
    "phase-2": Work(votes=("du",)),
    "publicity": Work("tao", {"posts": POSTS}, ["promo-schedule", "ad-report"], at="2026-10-08 09:30"),
    "set-up-site": Work("pan", {}, ["site-checklist"]),
    "set-up-platform": Work("lu", {}, ["load-test"]),
    "go-no-go": Work(votes=("du",)),
    "run-event": Work("du", {"checked_in": "2026-10-15 08:00"}, ["event-log"], at="2026-10-17 17:00"),
    "watch-users": Work("ke"),
    "collect-data": Work("gao", {"actuals": ACTUALS}, ["data-report", "survey-report"]),
    "review": Work("du", {"lessons": "提前锁定场地"}, ["review-report"], ("fang",)),
    "clear-up": Work(
        "pan", {"leftovers": [{"item": "礼品", "quantity": 30, "disposal": "store"}]}, ["disposal-sheet"]
    ),
    "archive": Work("lin", {"actual": BUDGET}, ["archive-list"]),
}
ORDER = (*WORK, "end")


def reach(step: str) -> Case:
    """A case of its own in which everything before `step` is done, and nothing of it."""
    return _before(ORDER.index(step)).copy()


@cache
def _before(number: int) -> Case:
    if not number:
        return Case.load(path("marketing_campaign"), at=BEGIN, people=PEOPLE, calls=CALLS).start(
            START, by="lin"
        )
    case = _before(number - 1).copy()
    done = ORDER[number - 1]
    hand_in(case, done)
    for person in WORK[done].votes:
        case.approve(done, by=person)
    after = WORK[ORDER[number]].at if number < len(WORK) else ""
    if after:
        case.move_to(after)
    return case


def hand_in(case: Case, step: str, data: Mapping[str, Any] | None = None, **said: Any) -> None:
    """Hand in a step's work, with other data or documents where they are given."""
    work = WORK[step]
    if work.by:
        given = {"by": work.by, "documents": work.documents, **said}
        case.submit(step, {**work.data, **(data or {})}, **given)


def drawn(case: Case, step: str, *, but: str = "") -> list[str]:
    """Everybody in the directory who can say yes at a step now, each tried on a copy."""
    return [person for person in PEOPLE if person != but and _may(case.copy(), step, person)]


def _may(case: Case, step: str, person: str) -> bool:
    from signoff import Refused

    try:
        case.approve(step, by=person)
    except Refused:
        return False
    return True
