"""The approval sheet as a Word file (.docx), byte for byte the same for the same sheet. Must not import `engine`."""

import io
import zipfile
from datetime import datetime
from typing import Any

from signoff.read.sheet import Sheet, Sheeted
from signoff.runtime.sheet.page import COLUMNS, cells, facts
from signoff.runtime.sheet.words import word
from signoff.runtime.text import one_line, visible

_SINCE = datetime(2000, 1, 1)  # noqa: DTZ001 - the file's own times, which say nothing; docx wants them without a zone
_ZIPPED = (1980, 1, 1, 0, 0, 0)
_TITLE = 255  # characters that the properties of a Word file hold
_FONT = "Microsoft YaHei"  # has both scripts; Word takes another where it is not installed


def as_docx(sheet: Sheet, lang: str = "zh") -> bytes:
    """The sheet as a Word file."""
    from docx import Document  # noqa: PLC0415 - a slow import that few need
    from docx.oxml.ns import qn  # noqa: PLC0415 - as above
    from docx.shared import Mm, Pt  # noqa: PLC0415 - as above

    document = Document()
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(9)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(14)
    properties = document.core_properties
    properties.created = properties.modified = _SINCE
    properties.author, properties.title = "signoff", one_line(sheet.title, limit=_TITLE)
    document.add_heading(word("sheet", lang), 0)
    document.add_paragraph(visible(sheet.title or sheet.key or sheet.instance))
    _table(document, None, facts(sheet, lang))
    for gate in sheet.gates:
        _gate(document, gate, sheet.zone, lang)
    if not sheet.gates:
        document.add_paragraph(word("nothing", lang))
    target = io.BytesIO()
    document.save(target)
    return _still(target.getvalue())


def _gate(document: Any, gate: Sheeted, zone: str, lang: str) -> None:
    document.add_heading(visible(gate.label[lang]), 1)
    document.add_paragraph(f"{word(f'status_{gate.status}', lang)} · {word('round', lang)} {gate.round}")
    parts = [
        (p.label[lang], p.shown[lang] + (f" ({word('document_version', lang)} {p.version})" if p.version else ""), p.hash)
        for p in gate.parts
    ]  # fmt: skip
    titles = (word("content", lang), word("value", lang), "SHA-256")
    _table(document, titles, [*parts, (word("subject", lang), "", gate.subject)])
    if gate.decisions:
        rows = [cells(each, zone, lang) for each in gate.decisions]
        _table(document, tuple(word(name, lang) for name in COLUMNS), rows)
    else:
        document.add_paragraph(word("nobody", lang))


def _table(document: Any, titles: tuple[str, ...] | None, rows: Any) -> None:
    rows = [*([titles] if titles else []), *rows]
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for line, row in zip(table.rows, rows, strict=True):
        for cell, text in zip(line.cells, row, strict=True):
            cell.text = visible(text)
    for cell in table.rows[0].cells if titles else ():
        cell.paragraphs[0].runs[0].bold = True
    document.add_paragraph()


def _still(content: bytes) -> bytes:
    """The same parts without the time at which they were packed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as still:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _ZIPPED)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            still.writestr(entry, source.read(name))
    return target.getvalue()
