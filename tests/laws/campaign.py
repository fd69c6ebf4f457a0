"""What people hand in during the campaign, with variants that fit the rules and some that break them."""

from pathlib import Path

from signoff_workflows import __file__ as _shipped

SHIPPED = Path(_shipped).parent
START = {"title": "甲", "event_start": "2026-10-15"}
TEAMS = {
    name: {"lead": f"{name}-1", "members": [f"{name}-1", f"{name}-2"]}
    for name in ("planning", "execution", "promotion", "logistics")
}
KINDS = ("weather", "system", "traffic", "opinion")


def budget(total: int, contingency: int) -> dict[str, int]:
    return {"venue": total, "materials": 0, "promotion": 0, "staff": 0, "contingency": contingency}


def goal(metric: str) -> dict[str, str]:
    return {"metric": metric, "target": "1万", "unit": "人"}


def _kickoff(*departments: str) -> dict[str, object]:
    return {"held_on": "2026-09-01", "departments": [*departments]}


VALUES = {
    "purpose": ["拉新"],
    "goals": [[goal("新增")], [goal("新增"), goal("曝光")]],
    "resources": [
        [],
        [{"item": "场地", "have": 0, "need": 1, "gap_owner": "logistics-1"}],
        [{"item": "场地", "have": 0, "need": 1}],
    ],
    "initial": [budget(40000, 5000), budget(100000, 13000), budget(300000, 40000), budget(100000, 0)],
    "formal": [budget(40000, 5000), budget(100000, 13000), budget(300000, 40000)],
    "delta_reason": ["场地涨价"],
    "lead": ["lead-1"],
    "teams": [TEAMS],
    "kickoff": [_kickoff("销售", "产品", "设计", "技术", "客服"), _kickoff("销售")],
    "theme": [{"title": "夏日", "highlight": "全城"}],
    "mode": ["online", "offline", "both"],
    "event_days": [3],
    "preheat_days": [7],
    "followup_days": [3],
    "materials": [
        [],
        [
            {
                "item": "海报",
                "owner": "lead-1",
                "ready_on": "2026-10-01",
                "use_on": "2026-10-08",
                "version": "V2",
            }
        ],
    ],
    "online": [{"rules": "甲", "joining": "乙", "prizes": "丙"}],
    "offline": [{"layout": "甲", "routes": "乙", "sequence": "丙"}],
    "allocations": [
        [{"team": "logistics", "item": "场地", "amount": 100}],
        [{"team": "logistics", "item": "场地", "amount": 900000}],
    ],
    "risks": [[{"kind": kind, "owner": "lead-1", "trigger": "甲", "measure": "乙"} for kind in KINDS]],
    "backup_venue": ["体育馆"],
    "posts": [
        [{"channel": ch, "day": "2026-10-09", "sha256": f"sha-key-visual-{n}"} for ch in ("甲", "乙")]
        for n in range(3)
    ],
    "checked_in": ["2026-10-15T08:00+08:00"],
    "actuals": [[{"metric": m, "value": 5, "source": "后台"} for m in ("新增", "曝光")]],
    "lessons": ["提前"],
    "leftovers": [[], [{"item": "展架", "quantity": 4, "disposal": "scrap"}]],
    "actual": [budget(40000, 5000)],
}
RESULTS = {"case_library.similarity": {"score": "0.35"}}
LEAVE = {"stand_in": ["staff-2", "starter"]}
LEAVE_START = {"first_day": "2026-09-21", "last_day": "2026-09-23"}
