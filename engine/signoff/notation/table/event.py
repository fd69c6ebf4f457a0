"""The dates that deadlines of a table hang on: 活动, launch, T.

Owns the closed list of words that are taken for such a date. Any other word is not understood: a date that
nobody named is never made up. Must not know the grammar of phrases.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from signoff.notation.table.sheet import plain
from signoff.time.words import DateWord

# Chinese word → (id, it may last several days); the longest word that fits is taken.
_ZH: dict[str, tuple[str, bool]] = {
    "活动": ("event", True), "会议": ("会议", True), "大会": ("大会", True), "年会": ("年会", True), "峰会": ("峰会", True),
    "论坛": ("论坛", True), "展会": ("展会", True), "展览": ("展览", True), "培训": ("培训", True), "比赛": ("比赛", True),
    "赛事": ("赛事", True), "考试": ("考试", True), "演出": ("演出", True), "假期": ("假期", True), "出差": ("出差", True),
    "发布会": ("发布会", False), "启动会": ("启动会", False), "项目启动": ("项目启动", False), "开业": ("开业", False),
    "开幕": ("开幕", False), "上市": ("上市", False), "上线": ("上线", False), "发布": ("发布", False), "首发": ("首发", False),
    "开工": ("开工", False), "竣工": ("竣工", False), "交付": ("交付", False), "投产": ("投产", False), "搬迁": ("搬迁", False),
    "入职": ("入职", False), "离职": ("离职", False), "开学": ("开学", False), "婚礼": ("婚礼", False), "典礼": ("典礼", False),
    "庆典": ("庆典", False), "直播": ("直播", False), "投标": ("投标", False), "开标": ("开标", False), "签约": ("签约", False),
    "体检": ("体检", True), "开班": ("开班", False), "开营": ("开营", False), "开盘": ("开盘", False), "开机": ("开机", False),
    "到货": ("到货", False), "出发": ("出发", False), "路演": ("路演", True), "促销": ("促销", True), "团建": ("团建", True),
    "运动会": ("运动会", True), "研讨会": ("研讨会", True), "座谈会": ("座谈会", False), "招聘会": ("招聘会", True),
    "讲座": ("讲座", False), "沙龙": ("沙龙", False), "开会": ("会议", True), "会": ("会议", True),
}  # fmt: skip
_EN: dict[str, tuple[str, bool]] = {
    "event": ("event", True), "campaign": ("campaign", True), "conference": ("conference", True), "meeting": ("meeting", True),
    "exhibition": ("exhibition", True), "fair": ("fair", True), "training": ("training", True), "show": ("show", True),
    "leave": ("leave", True), "trip": ("trip", True), "launch": ("launch", False), "product launch": ("product-launch", False),
    "go-live": ("go-live", False), "release": ("release", False), "webinar": ("webinar", False), "opening": ("opening", False),
    "kickoff": ("kickoff", False), "kick-off": ("kick-off", False), "wedding": ("wedding", False), "ceremony": ("ceremony", False),
    "exam": ("exam", False), "move": ("move", False), "first day": ("first-day", False), "start date": ("start-date", False),
    "submission": ("submission", False), "delivery": ("delivery", False), "hire date": ("hire-date", False),
}  # fmt: skip
# A lone 会 is the meeting; in 董事会后 it is the end of another word.
_WORDS_ZH = [rf"(?<!\w){w}" if w == "会" else w for w in sorted(_ZH, key=len, reverse=True)]
_WORD_ZH = re.compile(
    rf"({'|'.join(_WORDS_ZH)})(?=(?:日|当日|举办|举行)?(?:开始|结束)?(?:前|后|之前|之后|以前|以后|当天|当日|期间|日$))"
)
_WORD_EN = re.compile(
    rf"\b(?:before|after|during|of|on|to|from|until|prior to|following|ahead of|by) (?:the )?({'|'.join(sorted(_EN, key=len, reverse=True))})\b"
    rf"|^(?:the )?({'|'.join(sorted(_EN, key=len, reverse=True))})(?= (?:day|date|start|end|begins|ends)| ?[-+] ?\d|$)",
    re.IGNORECASE,
)
_T = re.compile(r"(?:^|[^A-Za-z])[TD] ?[-+] ?\d|^T$|(?:^|[^A-Za-z])[TD]日")


@dataclass(frozen=True, slots=True)
class Event:
    """A date deadlines hang on: id, name as people read it, whether it lasts several days, further words."""

    id: str
    name: str
    window: bool
    also: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        """The first part of the names of its data."""
        return self.id.replace("-", "_")

    def data(self, lang: str) -> dict[str, object]:
        """The data it needs; a window is its first day and a number of days, one unless somebody says more."""
        zh = lang == "zh"
        first = {"type": "date", "name": f"{self.name}{'开始日' if zh else ' starts on'}"}
        if not self.window:
            return {f"{self.stem}_date": {"type": "date", "name": f"{self.name}{'日' if zh else ' date'}"}}
        end = f"{self.stem}_start + days({self.stem}_days - 1)"
        return {
            f"{self.stem}_start": first,
            f"{self.stem}_days": {
                "type": "integer", "name": f"{self.name}{'天数' if zh else ' days'}", "min": 1, "default": 1,
            },
            f"{self.stem}_end": {
                "type": "date", "name": f"{self.name}{'结束日' if zh else ' ends on'}", "formula": end,
            },
        }  # fmt: skip

    def tree(self) -> dict[str, object]:
        """Its entry under `dates`."""
        window = {"from": f"{self.stem}_start", "to": f"{self.stem}_end"}
        found: dict[str, object] = dict(window) if self.window else {"day": f"{self.stem}_date"}
        if self.name != self.id:
            found["name"] = self.name
        if self.also:
            found["also"] = list(self.also)
        return found


@dataclass(slots=True)
class Events:
    """The dates of a draft, by the word that the table uses for them."""

    lang: str
    found: dict[str, Event] = field(default_factory=dict)
    counted: bool = False

    def scan(self, texts: Iterable[str]) -> None:
        """Take in the words of all deadlines of a table."""
        for text in map(plain, texts):
            for word in _WORD_ZH.findall(text):
                self._take(word, *_ZH[word])
            for one, two in _WORD_EN.findall(text):
                self._take((one or two).lower(), *_EN[(one or two).lower()])
            self.counted = self.counted or bool(_T.search(text))
        if self.counted:
            self._count_down()

    def _take(self, word: str, id_: str, window: bool) -> None:
        also = () if word.lower() in (id_, id_.replace("-", " ")) else (word,)
        name = word if not word.isascii() else id_.replace("-", " ") if id_ != word else id_
        known = self.found.get(id_)
        if known is None:
            self.found[id_] = Event(id_, name, window, tuple(w for w in also if w != name))
        elif set(also) - {known.name, *known.also}:
            self.found[id_] = replace(known, also=(*known.also, *also))

    def name(self, word: str, id_: str) -> None:
        """Take a word of the table itself for a date: a row that others count back from."""
        self._take(word, id_, window=False)

    def _count_down(self) -> None:
        """T counts down to the one date there is, else to the event."""
        if not self.found:
            self._take("活动" if self.lang == "zh" else "event", "event", True)
        if len(self.found) == 1:
            id_, event = next(iter(self.found.items()))
            self.found[id_] = Event(id_, event.name, event.window, (*event.also, "T"))

    def keep(self, used: set[str], *, early: bool) -> None:
        """Forget the dates that nothing hangs on; 提前N天 (`early`) hangs on the one there is, else on the event."""
        self.found = {
            id_: Event(id_, e.name, e.window, tuple(word for word in e.also if word != "T"))
            for id_, e in self.found.items()
            if id_ in used
        }
        if early and not self.found:
            self._take("活动" if self.lang == "zh" else "event", "event", True)
        if self.counted:
            self._count_down()

    def only(self) -> Event | None:
        return next(iter(self.found.values())) if len(self.found) == 1 else None

    def words(self) -> dict[str, DateWord]:
        """The dates as the time grammar knows them."""
        return {
            event.id: DateWord("window" if event.window else "day", (event.name, *event.also))
            for event in self.found.values()
        }
