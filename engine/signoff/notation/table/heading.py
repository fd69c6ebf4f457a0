"""The heading row: which column holds what, in Chinese and English, in any order.

Owns the synonyms and the choice between columns that claim the same content. Must not look at other rows.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from signoff.notation.table.sheet import plain


class Column(StrEnum):
    """What a column of a process table holds."""

    STAGE = "stage"
    STEP = "step"
    OWNER = "owner"
    OPENS = "opens"
    DUE = "due"
    DOCUMENT = "document"
    REMARK = "remark"
    APPROVER = "approver"
    REVIEWER = "reviewer"
    COPY = "copy"
    NUMBER = "number"
    OTHER = "other"


NAMES: dict[Column, dict[str, str]] = {
    Column.STAGE: {"zh": "阶段", "en": "phase"},
    Column.STEP: {"zh": "环节", "en": "step"},
    Column.OWNER: {"zh": "负责人", "en": "owner"},
    Column.OPENS: {"zh": "开始时间", "en": "start"},
    Column.DUE: {"zh": "时间节点", "en": "deadline"},
    Column.DOCUMENT: {"zh": "输出成果", "en": "deliverable"},
    Column.REMARK: {"zh": "备注", "en": "remark"},
    Column.APPROVER: {"zh": "审批人", "en": "approver"},
    Column.REVIEWER: {"zh": "审核人", "en": "reviewer"},
    Column.COPY: {"zh": "抄送", "en": "copied to"},
    Column.NUMBER: {"zh": "序号", "en": "number"},
    Column.OTHER: {"zh": "其他", "en": "other"},
}

# Where several columns of one table claim the same content, the earlier word wins.
SYNONYMS: dict[Column, tuple[str, ...]] = {
    Column.STAGE: (
        "阶段",
        "所属阶段",
        "流程阶段",
        "项目阶段",
        "工作阶段",
        "活动阶段",
        "phase",
        "stage",
        "project phase",
        "milestone",
        "workstream",
    ),
    Column.STEP: (
        "关键环节",
        "环节",
        "工作环节",
        "流程环节",
        "步骤",
        "流程步骤",
        "关键步骤",
        "操作步骤",
        "任务",
        "任务名称",
        "关键任务",
        "工作任务",
        "事项",
        "工作事项",
        "工作项",
        "流程节点",
        "工作内容",
        "主要工作",
        "主要内容",
        "具体工作",
        "流程",
        "内容",
        "step",
        "key step",
        "process step",
        "task",
        "task name",
        "activity",
        "key activity",
        "action",
        "action item",
        "work item",
        "item",
        "what",
    ),
    Column.OWNER: (
        "负责人",
        "责任人",
        "主要负责人",
        "主责人",
        "主责",
        "责任岗位",
        "负责岗位",
        "执行人",
        "经办人",
        "责任部门",
        "负责部门",
        "主责部门",
        "牵头部门",
        "主办部门",
        "责任主体",
        "责任单位",
        "负责单位",
        "执行部门",
        "岗位",
        "部门",
        "owner",
        "step owner",
        "task owner",
        "process owner",
        "responsible",
        "responsible person",
        "responsible party",
        "person responsible",
        "person in charge",
        "in charge",
        "pic",
        "responsibility",
        "assignee",
        "assigned to",
        "accountable",
        "lead",
        "role",
        "who",
        "department",
    ),
    Column.OPENS: (
        "开始时间",
        "开始日期",
        "起始时间",
        "启动时间",
        "start",
        "start date",
        "starts",
        "begin",
        "opens",
        "from",
    ),
    Column.DUE: (
        "时间节点",
        "完成时间",
        "完成期限",
        "完成时限",
        "完成日期",
        "截止时间",
        "截止日期",
        "截止",
        "期限",
        "时限",
        "办理时限",
        "办结时限",
        "结束时间",
        "结束日期",
        "时间要求",
        "时间安排",
        "时间",
        "日期",
        "进度",
        "周期",
        "deadline",
        "due",
        "due date",
        "due by",
        "finish",
        "end date",
        "complete by",
        "completion date",
        "target date",
        "when",
        "by when",
        "timing",
        "time",
        "timeline",
        "time limit",
        "schedule",
        "frequency",
        "date",
    ),
    Column.DOCUMENT: (
        "输出成果",
        "输出",
        "交付物",
        "交付成果",
        "输出物",
        "输出文档",
        "输出文件",
        "成果",
        "产出",
        "产出物",
        "工作成果",
        "成果文件",
        "文档",
        "文件",
        "表单",
        "deliverable",
        "deliverables",
        "output",
        "outputs",
        "document",
        "documents",
        "outcome",
        "result",
        "artifact",
        "artefact",
        "work product",
    ),
    Column.REMARK: (
        "备注",
        "备注说明",
        "要求",
        "审批要求",
        "工作要求",
        "注意事项",
        "说明",
        "其他说明",
        "质量要求",
        "审批",
        "remark",
        "remarks",
        "note",
        "notes",
        "requirement",
        "requirements",
        "comment",
        "comments",
        "approval requirement",
        "approval requirements",
        "approval",
        "approvals",
        "conditions",
    ),
    Column.APPROVER: ("审批人", "批准人", "审定人", "approver", "approvers", "approved by", "approval by"),
    Column.REVIEWER: ("审核人", "复核人", "reviewer", "reviewers", "reviewed by"),
    Column.COPY: ("抄送", "抄送人", "cc", "copied to", "copy to", "informed"),
    Column.NUMBER: (
        "序号",
        "编号",
        "no",
        "no.",
        "number",
        "#",
        "id",
        "s/n",
        "sn",
        "step no",
        "step no.",
        "ref",
    ),
}

_MANY = (Column.REMARK, Column.DOCUMENT, Column.APPROVER, Column.REVIEWER, Column.COPY)
_KNOWN = {word: (kind, rank) for kind, words in SYNONYMS.items() for rank, word in enumerate(words)}
_SIMPLIFIED = str.maketrans(
    "階環節負責時間點輸備註驟務審執辦門標單抄項內說開啟結議進動權",
    "阶环节负责时间点输备注骤务审执办门标单抄项内说开启结议进动权",
)
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")
_ENDS = (
    ("阶段", Column.STAGE),
    ("环节", Column.STEP),
    ("步骤", Column.STEP),
    ("负责人", Column.OWNER),
    ("责任人", Column.OWNER),
    ("部门", Column.OWNER),
    ("时间", Column.DUE),
    ("期限", Column.DUE),
    ("时限", Column.DUE),
    ("成果", Column.DOCUMENT),
    ("交付物", Column.DOCUMENT),
    ("备注", Column.REMARK),
)


def named(text: str) -> tuple[Column, int] | None:
    """What a heading names, with the rank of the synonym (0 = strongest); None for any other text."""
    word = re.sub(r"\s*[:*]+$", "", plain(_BRACKETS.sub("", plain(text))).lower()).translate(_SIMPLIFIED)
    if not word or len(word) > 40:
        return None
    for spelling in (
        word,
        word.replace(" ", ""),
        *(part.strip() for part in re.split(r"[/&、]| and |与|及|和", word)),
    ):
        if spelling in _KNOWN:
            return _KNOWN[spelling]
    if len(word) <= 8:
        return next(((kind, 99) for end, kind in _ENDS if word.endswith(end)), None)
    return None


def columns(texts: Sequence[str]) -> list[Column] | None:
    """The columns of a heading row; None when the row names no step, or neither an owner nor a time.

    The strongest synonym takes a kind; what is left over is `OTHER` and kept as notes.
    """
    found = [named(text) for text in texts]
    best: dict[Column, int] = {}
    for hit in found:
        if hit:
            best[hit[0]] = min(hit[1], best.get(hit[0], 100))
    if not sufficient(best) or sum(1 for text in texts if text.strip()) > 2 * len(best) + 2:
        return None
    chosen: list[Column] = []
    for hit in found:
        kind = hit[0] if hit and (hit[0] in _MANY or hit[1] == best[hit[0]]) else Column.OTHER
        chosen.append(Column.OTHER if kind in chosen and kind not in _MANY else kind)
    return chosen


def sufficient(kinds: object) -> bool:
    """A process table has a step and at least one of owner and time."""
    return (
        isinstance(kinds, (set, dict))
        and Column.STEP in kinds
        and bool({Column.OWNER, Column.DUE, Column.OPENS} & set(kinds))
    )


def recognised(row: Sequence[str]) -> bool:
    """Whether the row is the heading row of a process table."""
    return columns(row) is not None
