"""The bytes of an XML file as text: by byte order mark, else by the XML declaration, else UTF-8; never guessed.

May import errors only.
"""

import codecs
import re

from signoff.errors import Place, Problem

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be"))
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
#: Python knows them as text encodings, but no XML file is written in them.
_NO_ENCODINGS = frozenset({"unicode_escape", "raw_unicode_escape", "utf_7", "idna", "punycode", "undefined"})


class Undecodable(Exception):
    """The problem with a file that is not what it says it is."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def decoded(source: bytes, file: str) -> str:
    """The text of the file; raises Undecodable with the place of the first byte that does not fit."""
    body, name = _encoding(source, file)
    try:
        return body.decode(name)
    except UnicodeDecodeError as error:
        before = body[: error.start].decode(name, errors="replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        place = Place(file, line, column)
        raise Undecodable(Problem("bpmn_encoding", place, {"encoding": name})) from None


def _encoding(source: bytes, file: str) -> tuple[bytes, str]:
    for mark, name in _MARKS:
        if source.startswith(mark):
            return source[len(mark) :], name
    for start, name in _UNMARKED:
        if source.startswith(start):
            return source, name
    declared = _DECLARED.match(source[:512])
    if declared is None:
        return source, "utf-8"
    name = declared[1].decode("ascii")
    if not _is_text(name) or codecs.lookup(name).name.startswith(("utf-16", "utf-32")):
        raise Undecodable(Problem("bpmn_encoding_unknown", Place(file, 1, 1), {"encoding": name}))
    return source, name


def _is_text(name: str) -> bool:
    try:
        found = codecs.lookup(name)
        b"<".decode(name)
    except (LookupError, UnicodeDecodeError):
        return False
    return found.name.replace("-", "_") not in _NO_ENCODINGS
