"""People as separated values: one line for each person, substitute, department or row of authority, told by the heading.

A file becomes the tree that the same in YAML would be, each leaf with its line and column, so that one reader judges
both. Must not import kernel.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from signoff.errors import Place
from signoff.notation.yaml.report import Report
from signoff.notation.yaml.tree import Items, Keyed, Leaf, Tree

_SEPARATORS = (",", "\t", ";", "，")
_WITHIN = re.compile(r"[;；、|]")
_TRUTHS = {"是": "true", "否": "false", "yes": "true", "no": "false", "true": "true", "false": "false"}
_FLAGS = ("admin", "active", "onward")
_LISTS = ("groups", "leads", "logins", "channels")

# heading -> key, by what a line is.
_PERSON: Mapping[str, tuple[str, ...]] = {
    "id": ("工号", "账户", "人员"),
    "name": ("姓名",),
    "groups": ("组", "角色", "用户组"),
    "manager": ("上级", "直属上级", "主管"),
    "department": ("部门",),
    "title": ("职务", "职位", "岗位"),
    "logins": ("login", "登录名", "账号"),
    "mail": ("email", "e-mail", "邮箱"),
    "leads": ("负责的组",),
    "admin": ("管理员",),
    "lang": ("language", "语言"),
    "active": ("在职",),
    "limits": ("审批额度", "额度"),
    "channels": ("通知渠道", "通知方式"),
    "quiet": ("免打扰", "免打扰时段"),
    "digest": ("汇总时间", "汇总通知"),
}
_SUBSTITUTE: Mapping[str, tuple[str, ...]] = {
    "id": ("编号",),
    "for": ("被代理人",),
    "by": ("代理人",),
    "from": ("开始", "起"),
    "until": ("结束", "止"),
    "process": ("流程",),
    "step": ("步骤", "环节"),
    "category": ("类别",),
    "up_to": ("上限", "金额上限"),
    "onward": ("可再代理",),
    "reason": ("原因", "事由"),
}
_DEPARTMENT: Mapping[str, tuple[str, ...]] = {
    "id": ("部门", "编号"),
    "name": ("名称", "部门名称"),
    "parent": ("上级部门",),
    "head": ("负责人", "部门负责人"),
}
_BAND: Mapping[str, tuple[str, ...]] = {
    "for": ("类别", "事项"),
    "from": ("下限", "起"),
    "below": ("不满", "上限"),
    "currency": ("币种",),
    "department": ("部门",),
    "approve": ("审批", "审批人"),
}


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a file of this kind lists: `told_by` are the keys that only it has, all of which must be there."""

    section: str
    keys: Mapping[str, tuple[str, ...]]
    told_by: tuple[str, ...]


_KINDS = (
    _Kind("substitutes", _SUBSTITUTE, ("for", "by", "until")),
    _Kind("authority", _BAND, ("for", "approve")),
    _Kind("departments", _DEPARTMENT, ("id", "head")),
    _Kind("departments", _DEPARTMENT, ("id", "parent")),
    _Kind("people", _PERSON, ("id",)),
)


def read(text: str, report: Report) -> Keyed | None:
    """The tree of a file; None, with a finding, where its heading says nothing known."""
    lines = [
        row for row in rows(text.removeprefix("\ufeff"), report) if any(cell.text.strip() for cell in row)
    ]
    heading = lines[0] if lines else []
    kind, keys = _told(heading)
    if kind is None:
        place = heading[0].place if heading else Place(report.file, 1, 1)
        report("people_heading", place, file=report.file)
        return None
    for cell, key in zip(heading, keys, strict=True):
        if not key and cell.text.strip():
            report("people_unknown_key", cell.place, name=cell.text.strip(), hint="", keys=sorted(kind.keys))
    _refuse_twice(heading, keys, report)
    found = [_line(keys, row, report) for row in lines[1:]]
    section = Leaf(kind.section, heading[0].place)
    if kind.section in ("people", "departments"):
        return Keyed(((section, _by_id(found, heading[0].place, report)),), heading[0].place)
    return Keyed(((section, Items(tuple(found), heading[0].place)),), heading[0].place)


def _refuse_twice(heading: Sequence[Leaf], keys: Sequence[str], report: Report) -> None:
    """Two columns for the same: which of them counts nobody can tell."""
    for number, (cell, key) in enumerate(zip(heading, keys, strict=True)):
        if key and key in keys[:number]:
            first = heading[keys.index(key)].place
            report("people_twice", cell.place, id=cell.text.strip(), file=first.file, line=first.line)


def joined(trees: Sequence[Keyed], report: Report) -> Keyed | None:
    """Several files as one: sections of the same name one after the other; who stands in two is told."""
    if not trees:
        return None
    found: dict[str, tuple[Leaf, Tree]] = {}
    for leaf, value in (entry for tree in trees for entry in tree):
        before = found.get(leaf.text)
        found[leaf.text] = (leaf, value) if before is None else (before[0], _both(before[1], value, report))
    return Keyed(tuple(found.values()), trees[0].place)


def _both(first: Tree, second: Tree, report: Report) -> Tree:
    if isinstance(first, Items) and isinstance(second, Items):
        return Items((*first.items, *second.items), first.place)
    if isinstance(first, Keyed) and isinstance(second, Keyed):
        return Keyed(_once((*first.entries, *second.entries), report), first.place)
    return first


def _by_id(lines: Iterable[Keyed], place: Place, report: Report) -> Keyed:
    named = []
    for line in lines:
        id = line.leaf("id") or Leaf("", line.place)
        rest = tuple((leaf, value) for leaf, value in line if leaf.text != "id")
        named.append((Leaf(id.text.strip(), id.place), Keyed(rest, line.place)))
    return Keyed(_once(named, report), place)


def _once(entries: Iterable[tuple[Leaf, Tree]], report: Report) -> tuple[tuple[Leaf, Tree], ...]:
    found: dict[str, tuple[Leaf, Tree]] = {}
    for leaf, value in entries:
        first = found.setdefault(leaf.text, (leaf, value))[0]
        if first is not leaf:
            report("people_twice", leaf.place, id=leaf.text, file=first.place.file, line=first.place.line)
    return tuple(found.values())


# lines ---------------------------------------------------------------------------------------------------


def _told(heading: Sequence[Leaf]) -> tuple[_Kind | None, list[str]]:
    for kind in _KINDS:
        names = {said: key for key, also in kind.keys.items() for said in (key, *also)}
        keys = [names.get(_plain(cell.text), "") for cell in heading]
        if all(key in keys for key in kind.told_by):
            return kind, keys
    return None, []


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower().replace(" ", "_")


def _line(keys: Sequence[str], row: Sequence[Leaf], report: Report) -> Keyed:
    if len(row) > len(keys) and any(cell.text.strip() for cell in row[len(keys) :]):
        report("people_cells", row[len(keys)].place, count=len(row), most=len(keys))
    found = []
    for key, cell in zip(keys, row, strict=False):
        if key and cell.text.strip():
            found.append((Leaf(key, cell.place), _value(key, cell, report)))
    return Keyed(tuple(found), row[0].place)


def _value(key: str, cell: Leaf, report: Report) -> Tree:
    bare = Leaf(cell.text.strip(), cell.place)
    if key in _FLAGS:
        return Leaf(_TRUTHS.get(bare.text.lower(), bare.text), cell.place)
    if key in _LISTS:
        return Items(tuple(_parts(bare)), cell.place)
    if key == "limits":
        return Keyed(tuple(_pair(part, report) for part in _parts(bare)), cell.place)
    if key == "approve":
        return Items(tuple(_signer(part) for part in _parts(bare)), cell.place)
    return bare


def _parts(cell: Leaf) -> Iterator[Leaf]:
    """What stands between semicolons in one cell."""
    for part in _WITHIN.split(cell.text):
        if part.strip():
            yield Leaf(part.strip(), cell.place)


def _pair(part: Leaf, report: Report) -> tuple[Leaf, Tree]:
    """`budget 5000`: a category and what is said of it."""
    name, _, rest = re.sub(r"\s*[:：=]\s*", " ", part.text).partition(" ")
    if not rest.strip():
        report("people_not_an_amount", part.place, value=part.text)
    return Leaf(name, part.place), Leaf(rest.strip(), part.place)


def _signer(part: Leaf) -> Keyed:
    """`title 总监`, `review group finance`: what is asked (approve, unless it is said), and of whom."""
    words = part.text.split()
    entries = []
    if words and words[0] in ("review", "approve", "acknowledge"):
        entries.append((Leaf("as", part.place), Leaf(words.pop(0), part.place)))
    if len(words) > 1:
        entries.append((Leaf(words[0], part.place), Leaf(" ".join(words[1:]), part.place)))
    return Keyed(tuple(entries), part.place)


# cells ---------------------------------------------------------------------------------------------------


def rows(text: str, report: Report) -> Iterator[list[Leaf]]:
    """The cells of each line, with where they begin; quotes as in a spreadsheet, doubled inside."""
    separator = _separator(text)
    line, start, at, row = 1, 0, 0, []  # type: int, int, int, list[Leaf]
    while at <= len(text):
        place = Place(report.file, line, at - start + 1)
        if text[at : at + 1] == '"':
            cell, end = _quoted(text, at, place, report)
            after = text[end : _end(text, end, separator)]
            if after.strip():
                report("people_quotes", place)
            end += len(after)
        else:
            end = _end(text, at, separator)
            cell = text[at:end]
        row.append(Leaf(cell, place))
        breaks = [found.end() for found in re.finditer(r"\r\n|\r|\n", text[at:end])]
        if breaks:
            line, start = line + len(breaks), at + breaks[-1]
        if text[end : end + 1] == separator:
            at = end + 1
            continue
        yield row
        row = []
        if end >= len(text):
            return
        at = end + (2 if text[end : end + 2] == "\r\n" else 1)
        line, start = line + 1, at


def _separator(text: str) -> str:
    first = text.splitlines()[0] if text else ""
    return max(_SEPARATORS, key=lambda sign: (first.count(sign), -_SEPARATORS.index(sign)))


def _end(text: str, at: int, separator: str) -> int:
    while at < len(text) and text[at] not in (separator, "\r", "\n"):
        at += 1
    return at


def _quoted(text: str, at: int, place: Place, report: Report) -> tuple[str, int]:
    found = re.compile(r'"((?:[^"]|"")*)"').match(text, at)
    if found is None:
        report("people_quotes", place)
        return text[at + 1 :], len(text)
    return found[1].replace('""', '"'), found.end()
