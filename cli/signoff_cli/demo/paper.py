"""Documents for a rehearsal: small real files in a format that the definition allows, with the headings it demands.

Must import nothing of signoff but its public names.
"""

import struct
import zlib
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

from signoff import Definition

_SIDE = 32  # pixels of a picture


class Folder:
    """A folder in which documents are written; `prints` are the fingerprints of the latest, by document."""

    def __init__(self, place: Path, definition: Definition) -> None:
        self._place = place
        self._definition = definition
        self._versions: dict[str, int] = {}
        self.prints: dict[str, str] = {}

    def write(self, document: str) -> Path:
        """A new version of a document, different from the one before."""
        version = self._versions[document] = self._versions.get(document, 0) + 1
        declared = self._definition.documents.get(document)
        title = (declared.label.get(self._definition.lang) if declared else "") or document
        sections = declared.sections if declared else ()
        suffix = next((each for each in (declared.formats if declared else ()) if each in _WRITERS), "md")
        data = _WRITERS[suffix](title, sections, version)
        self.prints[document] = sha256(data).hexdigest()
        folder = self._place / str(version)
        folder.mkdir(exist_ok=True)
        file = folder / f"{document}.{suffix}"
        file.write_bytes(data)
        return file


def _markdown(title: str, sections: tuple[str, ...], version: int) -> bytes:
    body = "".join(f"\n## {section}\n\n……\n" for section in sections)
    return f"# {title}\n\nV{version}\n{body}".encode()


def _html(title: str, sections: tuple[str, ...], version: int) -> bytes:
    body = "".join(f"<h2>{section}</h2>" for section in sections)
    return f"<!doctype html><meta charset=utf-8><h1>{title}</h1><p>V{version}</p>{body}".encode()


def _word(title: str, sections: tuple[str, ...], version: int) -> bytes:
    from io import BytesIO  # noqa: PLC0415 - only beside the import below

    from docx import Document  # noqa: PLC0415 - a slow import that few processes need

    word, file = Document(), BytesIO()
    word.add_heading(title, level=1)
    word.add_paragraph(f"V{version}")
    for section in sections:
        word.add_heading(section, level=2)
    word.save(file)
    return file.getvalue()


def _sheet(title: str, sections: tuple[str, ...], version: int) -> bytes:
    from io import BytesIO  # noqa: PLC0415 - only beside the import below

    from openpyxl import Workbook  # noqa: PLC0415 - a slow import that few processes need

    book, file = Workbook(), BytesIO()
    sheet = book.worksheets[0]
    for row in (title, f"V{version}", *sections):
        sheet.append([row])
    book.save(file)
    return file.getvalue()


def _picture(title: str, _sections: tuple[str, ...], version: int) -> bytes:
    """A PNG of one colour, which the title and the version choose (PNG specification, §11.2)."""
    colour = sha256(f"{title} {version}".encode()).digest()[:3]
    pixels = zlib.compress((b"\0" + colour * _SIDE) * _SIDE)
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_WRITERS: Mapping[str, Callable[[str, tuple[str, ...], int], bytes]] = {
    "md": _markdown,
    "txt": _markdown,
    "html": _html,
    "docx": _word,
    "xlsx": _sheet,
    "png": _picture,
    **dict.fromkeys(("pdf", "jpg", "jpeg", "doc", "xls", "ppt", "pptx", "csv"), _markdown),
}
