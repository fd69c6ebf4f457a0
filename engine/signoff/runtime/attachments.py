"""A document on its way in: its bytes, their hash, and the headings found in it.

Headings are what a gate's `sections` are compared with, so they are given without their numbers (`二、行业趋势`
is `行业趋势`). Reads Word, Markdown, HTML and plain text; in other formats nothing is looked for. Must not
import store or kernel.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePath

from signoff.errors import Invalid, NotFound, SignoffError, UnreadableTable
from signoff.notation.table.archive import guarded
from signoff.notation.table.encoding import decoded
from signoff.runtime.text import one_line
from signoff.sentences import LANGUAGES

MAX_BYTES = 20_000_000
MAX_SECTIONS = 1_000
MAX_HEADING = 200  # characters
MAX_LINE = 60  # characters of a line of plain text that may be a heading
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BODY = "word/document.xml"
_MEDIA: Mapping[str, str] = {
    ".csv": "text/csv",
    ".doc": "application/msword",
    ".docm": "application/vnd.ms-word.document.macroEnabled.12",
    ".docx": WORD,
    ".gif": "image/gif",
    ".htm": "text/html",
    ".html": "text/html",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".txt": "text/plain",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".zip": "application/zip",
}
_NUMERAL = "一二三四五六七八九十百零〇"
_NUMBER = re.compile(
    rf"第[{_NUMERAL}\d]+(?:(?:章|节|部分|篇)[\s、.:：]*|条[\s、.:：]+)"
    rf"|[（(](?:[{_NUMERAL}]+|\d+)[）)]\s*"
    rf"|[{_NUMERAL}]+[、.．]\s*"
    r"|\d{1,3}(?:[.．]\d{1,3})*(?:[、.．)）]\s*|\s+)"
)
_CHINESE_NUMBER = re.compile(rf"第[{_NUMERAL}\d]+[章节部篇]|[（(][{_NUMERAL}]+[）)]|[{_NUMERAL}]+[、.．]")
_ATX = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_PARTS = re.compile(r"<!--|-->|<(/?)(script|style|h[1-6])\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_MARKS = re.compile(r"^[*_`]+|[*_`]+$")
_STYLES = re.compile(r"(?:heading|标题)\s*[1-9]?", re.IGNORECASE)
_DEEPEST = 8  # outline levels 0 to 8 are headings, 9 is body text (ECMA-376 §17.3.1.20)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document that was read. `sections` are its headings in order, each once, without numbers."""

    data: bytes
    sha256: str
    size: int
    name: str
    media: str
    sections: tuple[str, ...] = ()


def read(
    source: Path | str | bytes, *, name: str | None = None, sections: Iterable[str] | None = None
) -> Loaded:
    """The document at a path (text is a path), or in these bytes.

    With `sections` the submitter says which headings it has, and it is not opened. Without a name the format is
    told from the content. Invalid when it is missing, empty, larger than 20 MB, or a Word file that is broken
    or hostile.
    """
    title = name if name is not None else "" if isinstance(source, bytes) else PurePath(source).name
    data = _bytes(source, title)
    if not data:
        raise Invalid("attachment_empty", name=title)
    if len(data) > MAX_BYTES:
        raise Invalid("attachment_too_large", name=title, limit=MAX_BYTES // 1_000_000)
    suffix = PurePath(title).suffix.lower() or _sniffed(data)
    found = _headings(data, title, suffix) if sections is None else sections
    return Loaded(
        data=data,
        sha256=sha256(data).hexdigest(),
        size=len(data),
        name=one_line(title) or f"document{suffix}",
        media=_MEDIA.get(suffix, "application/octet-stream"),
        sections=_cleaned(found),
    )


def _bytes(source: Path | str | bytes, name: str) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        with Path(source).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise NotFound("no_such_file", file=str(source)) from None
    except (OSError, ValueError) as error:  # a path with a NUL is a ValueError
        reason = getattr(error, "strerror", None) or str(error)
        raise Invalid("attachment_not_opened", name=name or str(source), reason=reason) from None


def _sniffed(data: bytes) -> str:
    if data.startswith(b"PK\x03\x04"):
        return ".docx" if _BODY.encode() in data else ".zip"
    if data.startswith(b"%PDF-"):
        return ".pdf"
    if b"\x00" in data[:1000]:
        return ""
    start = data[:1000].lstrip().lower()
    return ".html" if start.startswith((b"<!doctype html", b"<html")) else ".md"


def _headings(data: bytes, name: str, suffix: str) -> Iterable[str]:
    reader = _READERS.get(suffix)
    if reader is None:
        return ()
    try:
        return list(reader(data, name))
    except UnreadableTable as error:
        raise Invalid("attachment_unreadable", name=name, reason=_spoken(error)) from error


def _spoken(error: SignoffError) -> dict[str, str]:
    return {lang: error.sentence(lang) for lang in LANGUAGES}


def _cleaned(found: Iterable[str]) -> tuple[str, ...]:
    texts = (bare(text) for text in found)
    return tuple(dict.fromkeys(text for text in texts if text))[:MAX_SECTIONS]


def bare(heading: str) -> str:
    """A heading as it is compared: on one line, without its number, a colon at its end and Markdown's marks."""
    line = _MARKS.sub("", one_line(heading, limit=MAX_HEADING))
    number = _NUMBER.match(line)
    rest = line[number.end() :] if number else line
    return _MARKS.sub("", rest.strip()).rstrip(":： ") or line


def _word(data: bytes, name: str) -> Iterable[str]:
    """Paragraphs with a heading style or an outline level; where there is none, lines that begin 一、 or 第一章."""
    container = guarded(data, name, main=_BODY)
    try:
        return _paragraphs(container)
    except Exception as error:  # noqa: BLE001 - a damaged file may raise anything inside the library
        raise UnreadableTable("table_broken", file=name, reason=type(error).__name__) from None


def _paragraphs(container: BytesIO) -> list[str]:
    from docx import Document  # noqa: PLC0415 - a slow import that most submissions never need
    from docx.oxml.ns import qn  # noqa: PLC0415 - as above

    document = Document(container)
    styled = {style.style_id for style in document.styles if _is_heading(style)}
    plain: list[str] = []
    headings: list[str] = []
    for paragraph in document.element.body.iter(qn("w:p")):
        text = "".join(part.text or "" for part in paragraph.iter(qn("w:t")))
        level = paragraph.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        if level is not None:
            heading = _level(level.get(qn("w:val"))) <= _DEEPEST
        else:
            heading = paragraph.style in styled
        (headings if heading else plain).append(text)
    return headings or [text for text in plain if _CHINESE_NUMBER.match(text) and len(text) <= MAX_LINE]


def _is_heading(style: object) -> bool:
    """Whether a paragraph style, or one that it is based on, is a heading."""
    seen = 0
    while style is not None and seen < 20:
        element = getattr(style, "element", None)
        levels = [] if element is None else element.xpath("w:pPr/w:outlineLvl/@w:val")
        if levels:
            return _level(levels[0]) <= _DEEPEST
        if _STYLES.fullmatch(str(getattr(style, "name", "") or "")):
            return True
        style, seen = getattr(style, "base_style", None), seen + 1
    return False


def _level(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else _DEEPEST + 1


def _text(data: bytes, name: str) -> str:
    return decoded(data, name, encoding=None, sensible=lambda text: text.isprintable() or "\n" in text)[0]


def _lines(data: bytes, name: str) -> Iterator[str]:
    return (line for line in _text(data, name).splitlines() if len(line) <= MAX_HEADING)


def _markdown(data: bytes, name: str) -> Iterator[str]:
    fence, before = "", ""
    for line in _lines(data, name):
        mark = _FENCE.match(line)
        if fence or mark:
            if mark and (not fence or (mark[1].startswith(fence) and not line.strip().strip(fence[0]))):
                fence = "" if fence else mark[1]
            before = ""
            continue
        if found := _ATX.match(line):
            yield found[1]
        elif before and _UNDERLINE.match(line):
            yield before
        before = "" if found or not line.strip() else line


def _plain(data: bytes, name: str) -> Iterator[str]:
    for line in _lines(data, name):
        text = line.strip()
        if found := _ATX.match(text):
            yield found[1]
        elif (
            len(text) <= MAX_LINE and _NUMBER.match(text) and not text.endswith(("。", "；", ";", "，", ","))
        ):
            yield text


def _html(data: bytes, name: str) -> Iterator[str]:
    """The texts of h1 to h6; one pass over the marks, so that no text can make it slow."""
    text = _text(data, name)
    hidden, start, level = "", -1, ""
    for found in _PARTS.finditer(text):
        what = (found[2] or found[0]).lower()
        if hidden:
            hidden = "" if what == hidden and (found[1] or what == "-->") else hidden
        elif what in ("<!--", "script", "style"):
            hidden = "-->" if what == "<!--" else what if not found[1] else ""
        elif what != "-->" and not found[1]:
            start, level = found.end(), what
        elif what == level and found[1] and start >= 0:
            yield html.unescape(_TAG.sub("", text[start : found.start()]))
            start = -1


_READERS: Mapping[str, Callable[[bytes, str], Iterable[str]]] = {
    ".docm": _word,
    ".docx": _word,
    ".htm": _html,
    ".html": _html,
    ".markdown": _markdown,
    ".md": _markdown,
    ".txt": _plain,
}
