"""The guard before a .docx or .xlsx is opened: what a hostile file could do is refused here.

Owns the limits on the ZIP container (declared and counted sizes, ratios, names, encryption, DOCTYPE, merged
areas). Must not import the libraries that read the documents.
"""

import re
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

from signoff.errors import UnreadableTable

MAX_FILE = 20 * 1024 * 1024
MAX_UNPACKED = 50 * 1024 * 1024
MAX_RATIO = 100
RATIO_FROM = 1024 * 1024
MAX_ENTRIES = 2_000
MAX_CELLS = 200_000
MAX_MERGED = 100_000
MAX_DEPTH = 200

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCODING = re.compile(rb"""^[^>]*?<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
_PLAIN = (b"utf-8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252")
_CHUNK = 64 * 1024
_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""")
_TAG = re.compile(rb"<(/?)[A-Za-z_][^<>]*?(/?)>")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def content(path: Path) -> bytes:
    """The bytes of a file, at most `MAX_FILE`; UnreadableTable when it is missing, empty or larger."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE + 1)
    except OSError as error:
        raise UnreadableTable(
            "table_not_opened", file=path.name, reason=error.strerror or str(error)
        ) from None
    if not data.strip():
        raise UnreadableTable("table_empty", file=path.name)
    if len(data) > MAX_FILE:
        raise UnreadableTable("table_file_too_large", file=path.name, limit=MAX_FILE // 1024 // 1024)
    return data


def guarded(data: bytes, file: str, *, main: str) -> BytesIO:
    """The container, safe to hand to a library; `main` is the part that makes it that kind of document."""
    if data.startswith(_OLE):
        raise UnreadableTable("table_encrypted", file=file)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _declared(archive, file)
            names = archive.namelist()
            _counted(archive, file)
    except _BROKEN as error:
        raise UnreadableTable("table_broken", file=file, reason=str(error) or type(error).__name__) from None
    if main not in names:
        raise UnreadableTable("table_other_kind", file=file, part=main)
    return BytesIO(data)


def _declared(archive: zipfile.ZipFile, file: str) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise UnreadableTable("table_bomb", file=file, what=f"{len(entries)} entries, limit {MAX_ENTRIES}")
    if len({entry.filename for entry in entries}) < len(entries):
        raise UnreadableTable("table_bomb", file=file, what="two entries of one name")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise UnreadableTable(
            "table_bomb", file=file, what=f"unpacks to more than {MAX_UNPACKED // 1024**2} MB"
        )
    for entry in entries:
        _entry(entry, file)


def _entry(entry: zipfile.ZipInfo, file: str) -> None:
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or ":" in name:
        raise UnreadableTable("table_bomb", file=file, what=f"an entry outside the document: {name!r}")
    if entry.flag_bits & 1:
        raise UnreadableTable("table_encrypted", file=file)
    if (entry.external_attr >> 28) == 0xA:
        raise UnreadableTable("table_bomb", file=file, what=f"a link instead of content: {name!r}")
    if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise UnreadableTable("table_bomb", file=file, what=f"{name!r} is packed more than {MAX_RATIO} times")


def _counted(archive: zipfile.ZipFile, file: str) -> None:
    # Headers lie: what counts is what comes out.
    total = 0
    for entry in archive.infolist():
        parts: list[bytes] = []
        keep = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                total += len(chunk)
                if total > MAX_UNPACKED:
                    raise UnreadableTable(
                        "table_bomb", file=file, what=f"unpacks to more than {MAX_UNPACKED // 1024**2} MB"
                    )
                if keep:
                    parts.append(chunk)
        if keep:
            _part(b"".join(parts), entry.filename, file)


def _part(text: bytes, name: str, file: str) -> None:
    # UTF-16 and UTF-32 of either order show their ASCII once the zeros are gone; rarer encodings could hide a DOCTYPE.
    text = text.replace(b"\x00", b"")
    declared = _ENCODING.search(text[:200])
    if declared and declared[1].lower() not in _PLAIN:
        raise UnreadableTable("table_doctype", file=file, part=name)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise UnreadableTable("table_doctype", file=file, part=name)
    depth = 0
    for tag in _TAG.finditer(text):
        if tag[1]:
            depth -= 1
        elif not tag[2]:
            depth += 1
            if depth > MAX_DEPTH:
                raise UnreadableTable("table_bomb", file=file, what=f"{name!r} nests deeper than {MAX_DEPTH}")
    if "/worksheets/" in name:
        _worksheet(text, name, file)


def _worksheet(text: bytes, name: str, file: str) -> None:
    cells = len(re.findall(rb"<(?:\w+:)?c[ >/]", text))
    if cells > MAX_CELLS:
        raise UnreadableTable("table_bomb", file=file, what=f"{cells} cells in {name!r}, limit {MAX_CELLS}")
    merged = 0
    for area in _MERGE.finditer(text):
        columns = abs(_number(area[3]) - _number(area[1])) + 1
        merged += columns * (abs(int(area[4]) - int(area[2])) + 1)
    if merged > MAX_MERGED:
        raise UnreadableTable("table_bomb", file=file, what=f"merged cells over {merged} cells in {name!r}")


def _number(column: bytes) -> int:
    number = 0
    for letter in column[:4]:
        number = number * 26 + letter - 64
    return number
