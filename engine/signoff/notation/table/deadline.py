"""Deadlines of a table as phrases of the time grammar; what the grammar does not know stays unread.

Owns the spellings that say the same as a phrase (之前 for 前, prior to for before) and the splitting of ranges. A
rewriting here never changes what a text means; 左右, about, 待定 are not understood. May import `signoff.time`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from signoff.errors import UnreadablePhrase
from signoff.notation.table.sheet import plain
from signoff.time.anchor import AnchorKind, Edge, Side
from signoff.time.relative import parse_every, parse_when
from signoff.time.words import Words


@dataclass(frozen=True, slots=True)
class Deadline:
    """What a time cell says: passed by `due`, not before `opens`, or again and again (`every`)."""

    due: str = ""
    opens: str = ""
    every: str = ""


_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_SAME_ZH = (
    (r"\s+", ""),
    (r"^[(（](.*)[)）]$", r"\1"),
    (r"[。;；,，]+$", ""),
    (r"^(?:最迟|最晚|不迟于|不晚于|应于|须于|需于|请于|于|在|需在|须在|应在|截止到|截止|截至)", ""),
    (r"^(.*[天日周月年时钟])(?:以)?前?(?:完成|办结|提交|交付|到位|结束|执行|进行|开展)$", r"\1"),
    (r"^(.*内)(?:完成|办结|提交|交付|到位)$", r"\1"),
    (r"^(.*\D[前后]\d+(?:天|日|周|个月|个?工作日))(?:之|以)?前$", r"\1"),
    (r"[之以](?=[前后内])", ""),
    (r"(?<=[前后])的?第(?=\d)", ""),
    (r"(?:举办|举行)?(?:日|当日|当天)(?=(?:开始|结束)?[前后])", ""),
    (r"(?:举办|举行|启动)(?=[前后日当])", ""),
    (r"(?<=\D)日$(?<!每日)(?<!作日)", "当天"),
    (r"当日", "当天"),
    (r"(?<=\d)日(?=$|内|前)", "天"),
    (r"(?<=\d)(?:个)?星期", "周"),
    (r"(?<=\d)工作日", "个工作日"),
    (r"(?<=\d)月(?=$|内)", "个月"),
)
_SAME_EN = (
    (r"\s+", " "),
    (r"^\((.*)\)$", r"\1"),
    (r"[.;,]+$", ""),
    (r"^(?:by|no later than|not later than|at the latest|latest|due|on|complete(?:d)? by|deadline:?) ", ""),
    (r" (?:at the latest|latest)$", ""),
    (r"\b(?:the|a date of) ", ""),
    *((rf"\b{word}\b", str(number)) for number, word in enumerate(_ONES, 1)),
    (r"^an? (?=(?:day|week|month|working day) )", "1 "),
    (r"\b(?:business|work(?:ing)?) ?days?\b", "working days"),
    (r"\bcalendar days?\b", "days"),
    (r"^within (.+? (?:after|of) )", r"\1"),
    (r"^(\d+ (?:working )?(?:hours?|days?|weeks?|months?)) of ", r"\1 after "),
    (r"\b(?:prior to|ahead of|in advance of)\b", "before"),
    (r"\b(?:following)\b", "after"),
    (r"\b(?:end of) (.+)$", r"\1 end"),
    (r"\b(?:start of|beginning of) (.+)$", r"\1 start"),
    (r" (?:ends|finishes|is over|closes)$", " end"),
    (r" (?:starts|begins|opens)$", " start"),
    (r"(?<=before |.after )(.+?) (?:date|day)$", r"\1"),
    (r"^(?:day of|same day as) (.+)$", r"\1 day"),
    (r"(\d+) (?:days?|d) (?:before|to) t$", r"T-\1"),
    (r"\b([td]) ?([-+]) ?(\d+)(?: ?(?:days?|d))?$", r"\1\2\3"),
)
_EVERY_EN = {
    "daily": "day", "every day": "day", "each day": "day", "weekly": "week", "every week": "week", "monthly": "month",
    "every month": "month", "each week": "week", "each month": "month", "hourly": "hour",
    "every working day": "working day", "each working day": "working day",
}  # fmt: skip
_RANGE = re.compile(
    r"\s*(?:起?至|起?到|—+|–|~+|～+|\bto\b|\buntil\b|\bthrough\b|(?<=[天日周月起])-|(?<=[\d)])\s-\s(?=\D))\s*"
)
_SHORT_RANGE = re.compile(
    r"^(.*?)(\d+)\s*(?:至|到|—+|–|~+|-|\bto\b)\s*(\d+)(\s*(?:天|日|周|个?工作日|(?:working )?days?|weeks?).*)$"
)
_BEFORE = re.compile(r"前|\b(?:before|prior to|ahead of)\b", re.IGNORECASE)
# 3-5个工作日内 is one deadline of two lengths, not a range of moments.
_STRETCH = re.compile(r"内|\bwithin\b", re.IGNORECASE)
_DATE = re.compile(
    r"^\D{0,12}(?:\d{4}\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2}日?)?|\d{1,2}月\d{1,2}[日号]?|\d{1,2}[/.]\d{1,2}[/.]\d{2,4})"
    r"|(?:\d{1,2}\S{0,2} )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,4}",
    re.IGNORECASE,
)
_LENGTH = re.compile(
    r"^(?:\d|[一二两三四五六七八九十半]|an? |one |two |three |four |five |six |seven |eight |nine |ten )",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"每|\b(?:every|each|daily|weekly|monthly|hourly)\b", re.IGNORECASE)


def understand(text: str, words: Words) -> Deadline | None:
    """What the cell says, in the cell's own words where they are a phrase; None when it is not understood."""
    if _AGAIN.search(text):
        found = _first(_recurrences(text), words, again=True)
        return Deadline(every=found) if found else None
    found = _first(_spellings(text, words), words)
    if found:
        return Deadline(due=found)
    return _range(text, words)


def _first(spellings: Iterator[str], words: Words, *, again: bool = False) -> str:
    return next((text for text in spellings if readable(text, words, again=again)), "")


def readable(text: str, words: Words, *, again: bool = False) -> bool:
    """Whether the time grammar takes the text as a moment, or as a recurrence."""
    if not text:
        return False
    try:
        (parse_every if again else parse_when)(text, words)
    except UnreadablePhrase:
        return False
    return True


def _spellings(text: str, words: Words) -> Iterator[str]:
    """The text itself, then the same in the words of the grammar."""
    yield text.strip()
    flat = plain(text)
    yield flat
    yield from _steps(flat, _SAME_ZH) if not flat.isascii() else _english(flat, words)


def _steps(text: str, same: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for pattern, spelling in same:
        changed = re.sub(pattern, spelling, text)
        if changed != text:
            text = changed
            yield text


def _english(text: str, words: Words) -> Iterator[str]:
    only = words.only_date()
    ids = {"day": only.id, "same day": only.id} if only else {}  # on the day
    ids |= {id_.lower(): id_ for id_ in (*words.dates, *words.steps)}
    names = {n.lower(): id_ for id_, word in words.dates.items() for n in word.names if n != "T"}
    names |= {n.lower(): id_ for id_, found in words.steps.items() for n in found}
    for step in (text.lower(), *_steps(text.lower(), _SAME_EN)):
        for spelling in (step, re.sub(r"^(.+) day$", r"\1", step)):
            yield from _named(spelling, ids | names, words)


def _named(text: str, ids: dict[str, str], words: Words) -> Iterator[str]:
    """The anchor at the end of the phrase by its id; an event's own day is its first."""
    yield re.sub(r"^[td](?=[-+]\d)", lambda letter: letter[0].upper(), text)
    found = re.match(r"^(?P<lead>.*?\b(?:before|after) |)(?P<name>.+?)(?P<edge> start| end|)$", text)
    id_ = ids.get(found["name"]) if found else None
    if found and id_:
        yield f"{found['lead']}{id_}{found['edge']}"
        if not found["lead"] and not found["edge"] and id_ in words.dates:
            yield f"{id_} start"


def _recurrences(text: str) -> Iterator[str]:
    flat = plain(text)
    yield text.strip()
    yield flat
    if flat.isascii():
        yield from _every_english(flat.lower().rstrip("."))
        return
    flat = re.sub(r"\s+", "", flat)
    flat = re.sub(r"[。;；,，]+$|一次$|召开$|进行$|更新$|汇报$", "", flat)
    yield flat
    flat = re.sub(r"每日", "每天", re.sub(r"^(每.+?)[(（](.+?期间)[)）]$", r"\2\1", flat))
    yield flat
    yield re.sub(r"^(.+?)(?:当天|期间)?每", r"\1期间每", flat)


def _every_english(text: str) -> Iterator[str]:
    text = re.sub(r"\bthe ", "", re.sub(r"\b(?:business|work) days?\b", "working day", text))
    for spelling, meaning in _EVERY_EN.items():
        if text.startswith(spelling):
            rest = text.removeprefix(spelling).strip(" ,")
            yield f"{meaning} {rest}".strip()
    yield re.sub(r"^(?:every|each) ", "", text)
    yield re.sub(r"^(?:every|each) (\w+?)s?$", r"\1", text)


def _range(text: str, words: Words) -> Deadline | None:
    flat = plain(text)
    if _STRETCH.search(flat):
        return None
    for first, last in _halves(flat):
        opens = _first(_spellings(first, words), words)
        due = _first(_spellings(last, words), words)
        if opens and due:
            return Deadline(due=due, opens=opens)
    return None


def _halves(text: str) -> Iterator[tuple[str, str]]:
    short = _SHORT_RANGE.match(text)
    if short and not _RANGE.search(short[1]):
        numbers = sorted((int(short[2]), int(short[3])), reverse=bool(_BEFORE.search(short[1] + short[4])))
        yield f"{short[1]}{numbers[0]}{short[4]}", f"{short[1]}{numbers[1]}{short[4]}"
    for cut in _RANGE.finditer(text):
        first, last = text[: cut.start()], text[cut.end() :]
        first = re.sub(r"^(?:从|自|from |between )|起$", "", first, flags=re.IGNORECASE).strip()
        last = (
            re.sub(r"(?:为?止|结束)$", "", last).strip()
            if not last.endswith(("活动结束", "期间结束"))
            else last
        )
        yield first, last
        # 活动前7天至前1天, 7 days to 1 day before event: one half says the date for both.
        if found := re.match(r"^(.+?)[之以]?[前后]", first):
            yield first, f"{found[1]}{last}"
        if found := re.search(r" (?:before|after|prior to) .+$", last, re.IGNORECASE):
            yield f"{first}{found[0]}", last


def is_date(text: str) -> bool:
    """Whether the cell names a day of the calendar, which a process that runs again and again cannot have."""
    return _DATE.match(plain(text)) is not None


def lengths(text: str, words: Words) -> tuple[str, str] | None:
    """A length without a beginning, said from the opening of the step and from the event; None for all else."""
    flat = plain(text).strip(" .。")
    chinese = not flat.isascii()
    within, before = (
        (f"{flat}内", f"活动前{flat}") if chinese else (f"within {flat}", f"{flat} before the event")
    )
    return (within, before) if _LENGTH.match(flat) and _first(_spellings(within, words), words) else None


def same(one: str, other: str, words: Words) -> bool:
    """Whether two phrases name the same moment, whatever they say about days that are not worked."""
    try:
        first, second = parse_when(one, words), parse_when(other, words)
    except UnreadablePhrase:
        return False
    return replace(first, roll=None) == replace(second, roll=None)


def offset(phrase: str, words: Words) -> tuple[str, float] | None:
    """What a phrase counts from, and about how many days from it; None where that cannot be said."""
    try:
        found = parse_when(phrase, words)
    except UnreadablePhrase:
        return None
    if found.anchor.kind is not AnchorKind.DATE:
        return None
    span = found.span
    days = (
        0.0
        if span is None
        else span.months * 30.4 + span.days + span.working_days * 1.4 + span.seconds / 86_400
    )
    end = found.anchor.edge is Edge.END or (found.anchor.edge is Edge.EITHER and found.side is Side.AFTER)
    # The length of a window is not known: its two ends are told apart, never compared.
    return f"{found.anchor.id} {'end' if end else 'start'}", -days if found.side is Side.BEFORE else days
