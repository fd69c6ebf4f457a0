"""The Chinese half of the time grammar (language §8); blanks between its parts mean nothing.

    时点 = ( 时长 "内" | 锚点 ("前"|"后") 时长 | 锚点 ["当天"] | "T" [("+"|"-") N] ) [ HH:MM ] [ 调整 ] ;
    重复 = [ 窗口 "期间" ] "每" ( 天 | 周一、四 | 月31日 | 时长 … ) [ HH:MM ] [ "共" N "次" ] ;

Also reads what tables write for the same: 活动前30日, 立项后5个工作日内, D-3 09:00, and 提前1天, 当天 where there
is exactly one date. May import `phrase`, `moment`, `recurrence` and what they build on.
"""

import re
from collections.abc import Callable

from signoff.time import hints
from signoff.time.anchor import Anchor, AnchorKind, Edge, Side
from signoff.time.english import Days, day_of_month, day_of_year
from signoff.time.hanging import hung, no_hours
from signoff.time.moment import Roll, When
from signoff.time.numeral import NUMERAL
from signoff.time.phrase import Phrase
from signoff.time.recurrence import Every, Pattern
from signoff.time.span import Span, Unit

_UNITS = {
    r"个?工作小时": Unit.WORKING_HOUR,
    r"个?工作日": Unit.WORKING_DAY,
    r"个?自然日|天|日": Unit.DAY,
    r"个?小时": Unit.HOUR,
    r"分钟": Unit.MINUTE,
    r"秒钟?": Unit.SECOND,
    r"周|个?星期": Unit.WEEK,
    r"个月": Unit.MONTH,
    r"年": Unit.YEAR,
}
_UNIT = re.compile("|".join(f"({pattern})" for pattern in _UNITS))
_BARE_UNITS = _UNITS | {r"月": Unit.MONTH}  # after 每: 每月 is every month
_BARE_UNIT = re.compile("|".join(f"({pattern})" for pattern in _BARE_UNITS))
_ROLLS = {"不调整": Roll.NONE, "遇节假日提前": Roll.BACK, "遇节假日顺延": Roll.FORWARD}
_ROLL = re.compile("|".join(_ROLLS))
_INSIDE = re.compile(r"[以之]?内")
_SIDE = re.compile(r"[之以]?([前后])")
_EDGE = re.compile(r"开始|结束|完成")
_SAME_DAY = re.compile(r"当[天日]")
_EARLY = re.compile(r"提前")
_COUNTED = re.compile(
    r"(?:([A-Za-z]) ?([+\-−–]) ?([0-9]+)(?: ?[天日])?|([TD])(?:日(?![前后之以])|(?=$| [0-9不遇])))(?![0-9A-Za-z_+-])"
)
_NUMBER = rf"(?:{NUMERAL.pattern})"
_NAMED = re.compile(
    rf"(?P<name>\S+?)(?:开始|结束|完成)?(?:[之以]?[前后] ?{_NUMBER} ?(?:{_UNIT.pattern})|当[天日])"
)
# 前 or 后 was taken for the end of a name, but a length follows.
_CUT_OFF = re.compile(rf"[前后] ?{_NUMBER} ?(?:{_UNIT.pattern})")
_NAMED_WINDOW = re.compile(r"(?P<name>\S+?)期间(?=每)")
_EVERY = re.compile(r"每")
_DURING = re.compile(r"期间|(?<=期)间|(?<=期)(?=每)|(?<=期间)(?=每)")
_PLAIN_DAY = re.compile(r"(个?工作日)|[天日]")
_WEEK = "一二三四五六日"
_WEEKDAYS = re.compile(r"(?:周|星期)[一二三四五六日天](?:[、,和及](?:周|星期)?[一二三四五六日天])*")
_MONTH_DAY = re.compile(r"月([0-9]+)[日号]")
_MONTH_LAST = re.compile(r"月最后一(?:(个工作日)|[天日])")
_YEAR_DAY = re.compile(r"年([0-9]{1,2})月([0-9]{1,2})日")
_TOTAL, _TIMES = re.compile(r"共"), re.compile(r"次")


def when(phrase: Phrase) -> When:
    """Read a whole phrase as a moment. Raises UnreadablePhrase."""
    start = _counted(phrase) or _implied(phrase) or _hanging(phrase)
    at = phrase.clock()
    found = phrase.take(_ROLL)
    phrase.finish()
    anchor, side, length, whole_day = start
    roll = _ROLLS[found[0]] if found else None
    return When(anchor, side, length, at, roll, whole_day and at is None, text=phrase.source)


_Start = tuple[Anchor, Side, Span | None, bool]


def _counted(phrase: Phrase) -> _Start | None:
    """T-30, T+2, T: days before the first day, after the first day, that day itself."""
    start = phrase.at
    found = phrase.take(_COUNTED)
    if found is None:
        return None
    sign, letter = found[2], found[1] or found[4]
    anchor = _lettered(phrase, letter)
    if anchor is None:
        if sign:
            raise phrase.unknown(letter)
        phrase.at = start
        return None
    if not sign:
        return hung(phrase, anchor, Edge.START, Side.AT), Side.AT, None, _lasts(anchor)
    side = Side.AFTER if sign == "+" else Side.BEFORE
    return hung(phrase, anchor, Edge.START, side), side, _days_of(phrase, found), False


def _days_of(phrase: Phrase, found: re.Match[str]) -> Span:
    """The N of T-N as days; the phrase stands behind it again afterwards."""
    end, phrase.at = phrase.at, found.start(3)
    start = phrase.at
    count = phrase.count(NUMERAL)
    assert count is not None, "the pattern holds digits"
    length = phrase.length(count, Unit.DAY, start)
    phrase.at = end
    return length


def _lettered(phrase: Phrase, letter: str) -> Anchor | None:
    """What the letter is declared to mean; undeclared, T and D are the one date there is."""
    anchor = phrase.named(letter)
    return phrase.words.only_date() if anchor is None and letter in "TD" else anchor


def _implied(phrase: Phrase) -> _Start | None:
    """提前1天 and 当天 leave the date unsaid, which is readable where there is exactly one."""
    start = phrase.at
    if phrase.take(_EARLY):
        length = _needed_span(phrase)
        anchor, side = phrase.words.only_date(), Side.BEFORE
    elif phrase.take(_SAME_DAY):
        length, anchor, side = None, phrase.words.only_date(), Side.AT
    else:
        return None
    if anchor is None:
        phrase.at = start
        raise phrase.error(hints.WHICH_DATE)
    return hung(phrase, anchor, Edge.START, side), side, length, False


def _anchor(phrase: Phrase, fits: Callable[[Anchor], bool]) -> Anchor | None:
    """The longest word that fits here, else the longest: 活动前7天 counts from 活动, though a stage be called 活动前."""
    start, longest = phrase.at, phrase.anchor()
    found, end = longest, phrase.at
    while found is not None and not fits(found):
        last, phrase.at = phrase.at, start
        found = phrase.anchor(before=last)
    if found is None:
        phrase.at = end
    return found or longest


def _hanging(phrase: Phrase) -> _Start:
    anchor = _anchor(phrase, lambda _: not _CUT_OFF.match(phrase.text, phrase.at - 1))
    if anchor is None:
        return _within(phrase)
    edge = _edge(phrase, anchor)
    if phrase.take(_SAME_DAY):
        edge = Edge.START if edge is Edge.EITHER else edge
        return hung(phrase, anchor, edge, Side.AT), Side.AT, None, _lasts(anchor)
    found = phrase.take(_SIDE)
    if found is None:
        return hung(phrase, anchor, edge, Side.AT), Side.AT, None, False
    side = Side.BEFORE if found[1] == "前" else Side.AFTER
    length = _needed_span(phrase)
    if side is Side.AFTER:
        phrase.take(
            _INSIDE
        )  # 立项后5个工作日内 names the same last moment; 前…内 would name a stretch of time
    return hung(phrase, anchor, edge, side), side, length, False


def _within(phrase: Phrase) -> _Start:
    length = span(phrase)
    if length is None:
        found = phrase.take(_NAMED)
        raise phrase.unknown(found["name"]) if found else phrase.error(hints.PHRASE)
    if not phrase.take(_INSIDE):
        raise phrase.error(hints.SIDE)
    return Anchor(AnchorKind.OPENED), Side.AFTER, length, False


def _edge(phrase: Phrase, anchor: Anchor) -> Edge:
    start = phrase.at
    found = phrase.take(_EDGE)
    if found is None:
        return Edge.EITHER
    wanted = AnchorKind.STEP if found[0] == "完成" else AnchorKind.DATE
    if anchor.kind is not wanted:
        phrase.at = start
        raise phrase.error(hints.ONLY_WINDOW)
    return {"开始": Edge.START, "结束": Edge.END}.get(found[0], Edge.EITHER)


def _lasts(anchor: Anchor) -> bool:
    """Whether 当天 turns this anchor's instant into a day; a date is a day already."""
    return anchor.kind is not AnchorKind.DATE


def span(phrase: Phrase) -> Span | None:
    """A number and its unit here, or None."""
    start = phrase.at
    count = phrase.count(NUMERAL)
    if count is None:
        return None
    found = phrase.take(_UNIT)
    if found is None:
        raise phrase.error(hints.UNIT)
    return phrase.length(count, _unit(found), start)


def _unit(found: re.Match[str]) -> Unit:
    return list(_BARE_UNITS.values())[(found.lastindex or 1) - 1]


def _needed_span(phrase: Phrase) -> Span:
    found = span(phrase)
    if found is None:
        raise phrase.error(hints.SPAN)
    return found


def every(phrase: Phrase) -> Every:
    """Read a whole phrase as a recurrence. Raises UnreadablePhrase."""
    window = _window(phrase)
    if not phrase.take(_EVERY):
        raise phrase.error(hints.EVERY)
    days = _days(phrase)
    at = phrase.clock()
    if at is not None:
        no_hours(phrase, days.span)
    limit = None
    if phrase.take(_TOTAL):
        limit = phrase.count(NUMERAL)
        if limit is None or not phrase.take(_TIMES):
            raise phrase.error(hints.NUMBER)
    phrase.finish()
    return Every(
        days.pattern, days.span, days.weekdays, days.day, days.month, at, window, limit, text=phrase.source
    )


def _window(phrase: Phrase) -> str:
    anchor = _anchor(phrase, phrase.words.is_window)
    if anchor is None:
        if found := phrase.take(_NAMED_WINDOW):
            raise phrase.unknown(found["name"])
        return ""
    if not phrase.words.is_window(anchor) or not phrase.take(_DURING):
        raise phrase.error(hints.ONLY_WINDOW)
    return anchor.id


def _days(phrase: Phrase) -> Days:
    if found := phrase.take(_PLAIN_DAY):
        return Days(Pattern.WORKING_DAY if found[1] else Pattern.DAY)
    if found := phrase.take(_WEEKDAYS):
        names = re.sub(r"周|星期", "", found[0]).replace("天", "日")
        return Days(Pattern.WEEKDAYS, weekdays=tuple(sorted({_WEEK.index(n) for n in names if n in _WEEK})))
    if found := phrase.take(_MONTH_DAY):
        return Days(Pattern.MONTH_DAY, day=day_of_month(phrase, found[1]))
    if found := phrase.take(_MONTH_LAST):
        return Days(Pattern.MONTH_LAST_WORKING_DAY if found[1] else Pattern.MONTH_DAY, day=31)
    if found := phrase.take(_YEAR_DAY):
        month, day = day_of_year(phrase, found[1], found[2])
        return Days(Pattern.YEAR_DAY, month=month, day=day)
    start = phrase.at
    if found := phrase.take(_BARE_UNIT):
        return Days(Pattern.SPAN, phrase.length(1, _unit(found), start))
    length = span(phrase)
    if length is None:
        raise phrase.error(hints.EVERY)
    return Days(Pattern.SPAN, length)
