"""Chinese remarks: 需管理层签字, 经财务审核后报总经理审批, 包含竞品分析, 提前1天完成.

Owns the Chinese words of demands (language §12). Must not know roles, steps or files; a clause it does not know is
a note.
"""

import re
from collections.abc import Iterator

from signoff.notation.table.demand import Deadline, Demand, Kind, Person
from signoff.notation.table.name import people
from signoff.notation.table.sheet import plain

_SIGN = ("签字", "签署", "签章", "签名", "签批", "签发")
_REVIEW = ("审核", "复核", "评审", "初审", "审查", "会审")
_APPROVE = ("审批", "批准", "核准", "审定", "批复", "核定")
_AGREE = ("确认", "同意", "认可", "验收")
_FILE = ("存档", "备案", "知悉", "知晓", "备查", "阅知")
_JOINT = ("会签", "会审")
_VERBS = "|".join((*_SIGN, *_REVIEW, *_APPROVE, *_AGREE, *_FILE, "会签"))
_CLAUSES = re.compile(r"[；;。\n！!，,]+")
# 经…审核后报…审批 and 财务审核、总经理审批 are two demands.
_NEXT = re.compile(
    rf"(?<={'|'.join(_VERBS.split('|'))})(?:(?:通过|同意|无误)?后[再并]?(?=[^、]*(?:{_VERBS}))|[、并及和](?=[^、]*(?:{_VERBS})))"
)
_DEMAND = re.compile(rf"^(?P<who>.*?)(?P<verbs>(?:{_VERBS})+)(?P<tail>.*)$")
_HARMLESS = re.compile(
    r"^(?:确认|通过|同意|认可|盖章|及盖章|并盖章|生效|后生效|无误|意见|手续|后?方可(?:进行|实施|执行|开展|生效)|后(?:印发|下发|发布))*$"
)
_LEAD = re.compile(
    r"^(?:需要|需(?!求)|须|必须|应当|应(?!急|用)|请|要|待(?!定|遇)|并|且|再|同时|均|最终|最后|由|经过|经(?!理|办|营|济|销)|报请|报送"
    r"|报(?!告|表|价|名|销|关|社|账|备)|呈报|呈送|呈|提请|提交给|提交|上报|送交|送(?!货)|交由|交(?!付|接|通|易)|通过|到|给|向)"
)
_MARK = re.compile(
    r"^.{2,}(?:需要?(?!求)|须|应当?(?!急|用)|由|经过?(?!理|办|营|济|销|过)|报(?:请|送)?(?!告|表|价|名|销|关|社|账|备|请|送)|提交给?(?!给)|呈报?(?!报)|送交?(?!交|货)|交由)(?P<who>.+)$"
)
_IN_TURN = re.compile(r"(?:依次|逐级|逐一|先后|分级|顺序)$")
_TOGETHER = re.compile(r"(?:共同|联合|一同|一起|均需?|都|分别|同时)$")
_ADVERB = re.compile(r"(?:书面|最终|统一|集体|正式|同步|及时|线上|线下|进行|予以|签字)$")
_EACH = re.compile(r"^(?:各|全体|所有|每[个位名]?)")
_COUNT = re.compile(r"^(?:至少)?(\d+|[两二三四五])[名位个](?P<who>.+)$")
_NOBODY = {
    "本人",
    "双方",
    "各方",
    "相关人员",
    "有关人员",
    "相关部门",
    "有关部门",
    "相关人",
    "责任人",
    "负责人",
    "专人",
    "对方",
    "他人",
    "多方",
}
_WITH = re.compile(r"^(?:与|和|同|跟|向)")
_CHECK = re.compile(r"^(?:需要?|须|必须|应当?|要|请|务必|做好|提前)*(?:明确|预留|召开|确认|检查|核对|落实)\S")
_INCLUDES = re.compile(
    r"^(?:\S{0,10}?(?:需要?|须|必须|应当?|要|中|里|内容))?(?:包含|包括|涵盖|含有|含)[:：]?(?P<items>.+)$"
)
_COPY = re.compile(r"^(?:需要?|须|应|并|同时|请)*(?:抄送|抄报|cc)[:：给至]?(?P<who>.+)$", re.IGNORECASE)
_EARLY = re.compile(
    r"^(?:需要?|须|必须|应当?|请|要|至少|最少)*提前(?P<span>[\d一二两三四五六七八九十]+(?:个自然日|天|日|周|个月|个?工作日))(?P<tail>(?:完成|到位|办结|做好|准备).*)?$"
)
_INSIDE = re.compile(
    r"^(?:需要?|须|必须|应当?|请|要)?(?:在|于)?(?P<phrase>\S+?内)(?P<tail>(?:完成|办结|提交|答复|反馈|回复).*)?$"
)
_PARALLEL = re.compile(
    r"^(?:可|需|须|应)?与第?(?P<row>[\dA-Za-z]+|[一二三四五六七八九十]+)(?:行|项|步|条|环节)?(?:同步|并行|同时)(?:进行|开展|推进|实施)?$"
)
_MODES = re.compile(
    r"^线上(?:活动)?[:：](?P<online>.+?)[；;。\n]+\s*线下(?:活动)?[:：](?P<offline>.+?)[。；;]*$", re.DOTALL
)
_MODES_BACK = re.compile(
    r"^线下(?:活动)?[:：](?P<offline>.+?)[；;。\n]+\s*线上(?:活动)?[:：](?P<online>.+?)[。；;]*$", re.DOTALL
)
_CONDITION = re.compile(
    r"超过|超出|以上|以下|不满|低于|高于|达到|大于|小于|如果|如有|若|倘|遇|涉及|除|[时的]$|情况|必要时|视"
)
# 总监批准或总经理批准: one verb said twice.
_EITHER = re.compile(rf"(?P<verb>{_VERBS})或者?(?:需要?|须|由|经)?(?P<other>[^、或]+?)(?P=verb)$")
_NUMERALS = {"两": "2", "二": "2", "三": "3", "四": "4", "五": "5"}


def clauses(text: str, *, person: Person, deadline: Deadline) -> Iterator[Demand]:
    """What each clause of the remark says, in order."""
    modes = _MODES.match(text) or _MODES_BACK.match(text)
    if modes:
        yield Demand(Kind.MODES, text, items=(modes["online"].strip(), modes["offline"].strip()))
        return
    for clause in _CLAUSES.split(text):
        flat = re.sub(r"\s+", "", plain(clause)).strip("、.")
        if flat:
            yield from _clause(flat, person, deadline)


def _clause(text: str, person: Person, deadline: Deadline) -> Iterator[Demand]:
    found = _direct(text, person, deadline)
    if found:
        yield found
        return
    parts = [_decision(part, person) for part in _NEXT.split(_EITHER.sub(r"或\g<other>\g<verb>", text))]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) and not any(part.kind is Kind.APPROVE for part in known):
        yield Demand(Kind.CHECK if _CHECK.match(text) else Kind.UNNAMED if known else Kind.NOTE, text)
        return
    for at, part in enumerate(known):
        rest = part.rest or (at == 0 and len(known) < len(parts))
        yield Demand(part.kind, text, part.names, part.need, part.meaning, part.sign, rest=rest)


def _direct(text: str, person: Person, deadline: Deadline) -> Demand | None:
    """The clauses that are recognised by how they begin."""
    if found := _COPY.match(text):
        names = tuple(people(found["who"]))
        return Demand(Kind.COPY, text, names) if names else Demand(Kind.NOTE, text)
    if (found := _INCLUDES.match(text)) and not _DEMAND.match(found["items"]):
        items = re.split(r"[、和及与/]", re.sub(r"(?:等内容|等方面|等)$", "", found["items"]))
        return Demand(Kind.SECTIONS, text, items=tuple(item for item in items if item))
    if found := _PARALLEL.match(text):
        return Demand(Kind.PARALLEL, text, phrase=found["row"])
    if found := _EARLY.match(text):
        return Demand(
            Kind.DUE,
            text,
            phrase=f"提前{found['span']}",
            rest=found["tail"] not in (None, "完成", "到位", "办结"),
        )
    if (found := _INSIDE.match(text)) and deadline(found["phrase"]):
        return Demand(
            Kind.DUE, text, phrase=found["phrase"], rest=bool(found["tail"]) and len(found["tail"]) > 2
        )
    if _CHECK.match(text) and not _decides(text, person):
        return Demand(Kind.CHECK, text)
    return None


def _decides(text: str, person: Person) -> bool:
    found = _decision(text, person)
    return found is not None and found.kind is Kind.APPROVE


def _decision(text: str, person: Person) -> Demand | None:
    """A demand for a decision; UNNAMED when nobody is named; None when the text demands none."""
    found = _DEMAND.match(text)
    if found is None:
        return None
    verbs = re.findall(_VERBS, found["verbs"])
    weak = all(verb in _AGREE for verb in verbs)
    harmless = bool(_HARMLESS.match(found["tail"]))
    if weak and (found["tail"] or not found["who"] or _WITH.match(found["who"])):
        return None
    who = _who(found["who"], person)
    joint = any(verb in _JOINT for verb in verbs)
    if who is None and joint and found["tail"]:
        who, harmless = _who(re.sub(r"^[:：由]", "", found["tail"]), person), True
    if who is None:
        filed = all(verb in _FILE for verb in verbs)
        return None if weak or filed else Demand(Kind.UNNAMED, text)
    names, need = who
    if need == "list":
        need = "each" if len(names) > 1 else "all" if joint else "any"
    sign = any(verb in _SIGN for verb in verbs)
    harmless = harmless and not _conditional(found["who"], names)
    return Demand(Kind.APPROVE, text, names, need, _meaning(verbs), sign, rest=not harmless)


def _conditional(text: str, names: tuple[str, ...]) -> bool:
    """Whether what stands before the people says when they decide: 超过5万元需总经理审批."""
    return bool(_CONDITION.search(text.partition(names[0])[0]))


def _meaning(verbs: list[str]) -> str:
    for meaning, words in (("approve", (*_APPROVE, *_AGREE)), ("review", _REVIEW), ("acknowledge", _FILE)):
        if any(verb in words and verb not in _AGREE for verb in verbs):
            return meaning
    return "approve"


def _who(text: str, person: Person) -> tuple[tuple[str, ...], str] | None:
    """(names, how many of them); None when the text names nobody."""
    forms = [text]
    while lead := _LEAD.match(forms[-1]):
        forms.append(forms[-1][lead.end() :])
    if forms[-1] in _NOBODY and not person.known(forms[-1]):
        return None
    # 预算表须经财务主管复核: what stands before the word that leads to the person is what he decides on.
    marked = [found["who"]] if (found := _MARK.match(forms[-1])) else []
    for candidate in [*(form for form in forms if person.known(form)), *marked, *forms[::-1]]:
        names = _names(candidate, person)
        if names:
            return names
    return None


def _names(text: str, person: Person) -> tuple[tuple[str, ...], str] | None:
    need = "list"
    if _IN_TURN.search(text):
        text, need = _IN_TURN.sub("", text), "in turn"
    elif _TOGETHER.search(text):
        text = _TOGETHER.sub("", text)
    text = _ADVERB.sub("", text)
    if counted := _COUNT.match(text):
        text, need = counted["who"], _NUMERALS.get(counted[1], counted[1])
    elif _EACH.match(text):
        need = "all" if need == "list" else need
    if "或" in text:
        names, need = people(text.replace("或者", "、").replace("或", "、")), "any"
    else:
        names = people(text)
    if not names or any(
        name in _NOBODY or name.startswith("跨") or not person.person(name) for name in names
    ):
        return None
    return tuple(names), need
