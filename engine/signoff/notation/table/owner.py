"""Owners as roles: each distinct name of a table is one role, a group of that name.

Owns the roles of a draft: their ids, masks, and the words that mean whoever starts the process. Must not read
remarks.
"""

import re
from dataclasses import dataclass, field

from signoff.notation.table.name import identifier, people, unique, unmasked
from signoff.notation.table.sheet import plain

RESERVED = {"owner", "pending", "starter", "preparer", "admin"}
_STARTERS = {
    "发起人",
    "申请人",
    "提出人",
    "提交人",
    "流程发起人",
    "starter",
    "initiator",
    "requester",
    "requestor",
    "applicant",
    "originator",
    "submitter",
}
# How a person or a body is called; without it, 方案审批 would make the plan an approver.
_PERSON = re.compile(
    r"(部门?|组|员|层|长|经理|主管|总监|总|师|人|领导|主任|主席|董事会?|委员会|委|会|办|室|处|科|局|院|所|司|中心|老师|老板|客户"
    r"|甲方|乙方|业主|供应商|财务|法务|人事|人力资源|行政|采购|市场|销售|运营|技术|产品|设计|品牌|客服|后勤|审计|合规|风控|内控|监察"
    r"|质量|质检|安全|工程|生产|仓储|物流|信息|公关|纪检|工会|顾问|律师|会计|出纳|秘书|助理|代表|团队|上级|方|HR|IT|PMO|CEO|CFO|COO|CTO|CMO|VP)$",
    re.IGNORECASE,
)  # fmt: skip
_THING = re.compile(
    r"(方案|计划|报告|合同|预算|文件|资料|材料|内容|文案|设计|清单|草案|策划案|流程|制度|协议|台账|评审会|启动会|复盘会|会议)$"
)


@dataclass(slots=True)
class Roles:
    """The roles of a draft in the order they were met: id → (name as written, whoever starts it is)."""

    lang: str
    found: dict[str, str] = field(default_factory=dict)
    starters: set[str] = field(default_factory=set)
    _ids: dict[str, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=lambda: set(RESERVED))

    def role(self, name: str) -> str:
        """The id of the role of that name; upper and lower case and masks do not make another role."""
        name = unmasked(name)
        key = plain(name).lower()
        if key not in self._ids:
            self._ids[key] = unique(identifier(name) or "role", self._taken)
            self.found[self._ids[key]] = name
            if key in _STARTERS:
                self.starters.add(self._ids[key])
        return self._ids[key]

    def starter(self) -> str:
        """The role of whoever starts the process; made when there is none yet."""
        if not self.starters:
            self.role("发起人" if self.lang == "zh" else "initiator")
        return next(iter(sorted(self.starters)))

    def known(self, name: str) -> bool:
        return plain(unmasked(name)).lower() in self._ids

    def person(self, name: str) -> bool:
        """Whether a name is one of a person or a body: met as an owner, or called like one."""
        name = unmasked(name)
        if self.known(name):
            return True
        if not name or len(name) > 40 or _THING.search(name):
            return False
        return _english(name) if name.isascii() else bool(_PERSON.search(name)) and len(name) <= 20

    def read(self, text: str) -> list[str]:
        """The roles of an owner cell."""
        return [self.role(name) for name in people(text) if identifier(name)]


_ENGLISH = re.compile(
    r"(?:management|finance|legal|hr|it|pmo|qa|manager|director|head|lead|leader|team|board|officer|department|committee|counsel"
    r"|owner|client|customer|sponsor|supervisor|compliance|procurement|purchasing|marketing|sales|operations|security|accounting"
    r"|engineer|architect|controller|treasurer|accountant|auditor|audit|president|vp|chair|secretary|partner|vendor|editor"
    r"|assistant|specialist|coordinator|analyst|administrator|executive|employee|staff|group|office|unit|council|ceo|cfo|coo|cto"
    r"|cmo|cio|boss|principal|requester|applicant|initiator|starter|designer|developer|planner|buyer|reviewer|approver)s?",
    re.IGNORECASE,
)


def _english(name: str) -> bool:
    words = name.split()
    return 0 < len(words) <= 5 and bool(
        _ENGLISH.fullmatch(words[-1])
        or re.match(r"(?:(?:head|director|chair|vp) of|[se]?vp) ", name, re.IGNORECASE)
    )
