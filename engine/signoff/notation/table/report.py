"""The report of an import: the reader's own document with a comment on every cell, or rows to print.

Owns how findings are put beside cells, per format, with nothing of the document lost. Office files are saved by
openpyxl and python-docx: macros, and pictures in sheets, do not come along. Must not understand cells.
"""

from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from signoff.errors import UnreadableTable
from signoff.notation.table import markdown, separated, word, workbook
from signoff.notation.table.archive import content
from signoff.notation.table.encoding import decoded
from signoff.notation.table.finding import SIGNS, Finding
from signoff.notation.table.reader import sensible

AUTHOR = "signoff"
Remarks = dict[tuple[int, ...], str]


def rows(findings: Sequence[Finding], lang: str = "en") -> list[tuple[str, str, str, str]]:
    """(place, text of the cell, verdict, sentence) of every finding, in the order of the document."""
    return [(str(f.cell.place), f.cell.text, f.verdict.value, f.sentence(lang)) for f in findings]


def annotate(
    source: Path, findings: Sequence[Finding], target: Path, lang: str = "en", *, encoding: str = ""
) -> None:
    """Write the document to `target` with a comment on every cell that has a finding.

    `encoding`: of a text file, as the import found it. UnreadableTable when the target is the source itself or
    of another format.
    """
    suffix = source.suffix.lower()
    if target.suffix.lower() != suffix:
        raise UnreadableTable("table_report_other_format", file=target.name, suffix=suffix)
    if target.resolve() == source.resolve():
        raise UnreadableTable("table_report_over_source", file=target.name)
    if suffix == ".docx":
        _word(source, remarks(findings, lang, "\n"), target)
    elif suffix == ".xlsx":
        _workbook(source, remarks(findings, lang, "\n"), target)
    else:
        _text(source, findings, target, lang, encoding)


def remarks(findings: Sequence[Finding], lang: str, joint: str) -> Remarks:
    """What is said about each cell, by its key."""
    found: dict[tuple[int, ...], list[str]] = {}
    for finding in findings:
        text = f"{SIGNS[finding.verdict]} {finding.sentence(lang)}"
        said = found.setdefault(finding.cell.key, [])
        if text not in said:
            said.append(text)
    return {key: joint.join(said) for key, said in found.items()}


def _word(source: Path, said: Remarks, target: Path) -> None:
    from docx.text.paragraph import Paragraph  # noqa: PLC0415 - a slow import

    document = word.document(source)
    body = document.element.body
    for number, table in enumerate(word.tables(body), 1):
        for r, row in enumerate(word.rows(table)):
            for c, (element, _, _) in enumerate(row):
                text = said.get((number, r, c))
                if text and element is not None:
                    paragraph = Paragraph(next(word.paragraphs(element)), document._body)  # noqa: SLF001 - a paragraph needs its part, which has no public name
                    runs = paragraph.runs or [paragraph.add_run()]
                    document.add_comment([runs[0], runs[-1]], text=text, author=AUTHOR, initials="s")
    document.save(str(target))


def _workbook(source: Path, said: Remarks, target: Path) -> None:
    from openpyxl.comments import Comment  # noqa: PLC0415 - a slow import

    book: Any = workbook.opened(source, results=False)
    for (number, row, column), text in said.items():
        cell = book.worksheets[number].cell(row, column)
        before = f"{cell.comment.text}\n\n" if cell.comment else ""
        cell.comment = Comment(before + text, AUTHOR, width=320, height=60 + 18 * text.count("\n"))
    book.save(str(target))


def _text(source: Path, findings: Sequence[Finding], target: Path, lang: str, encoding: str) -> None:
    suffix = source.suffix.lower()
    data = content(source)
    text, encoding = decoded(
        data, source.name, encoding=encoding or None, sensible=lambda t: sensible(t, suffix, source.name)
    )
    said = remarks(findings, lang, "；" if lang == "zh" else "; ")
    columns = any(finding.cell.place.column for finding in findings)
    if suffix in (".csv", ".tsv") or (columns and not markdown.tables(text)):
        text = _separated(text, source.name, said)
    elif columns:
        text = _markdown(text, said)
    else:
        text = _lines(text, findings, said)
    try:
        target.write_bytes(text.encode(encoding))
    except UnicodeEncodeError:
        target.write_bytes(text.encode("utf-8-sig"))


def _separated(text: str, file: str, said: Remarks) -> str:
    """One more column at the right; the rest of each line as it was, short rows filled up."""
    separator = separated.separator(text, file)
    found = list(separated.rows(text.removeprefix("\ufeff"), file, separator))
    lines = list(StringIO(text, newline=""))
    width = max((len(row) for _, row in found), default=0)
    done = []
    for number, (line, row) in enumerate(found):
        last = found[number + 1][0] - 1 if number + 1 < len(found) else len(lines)
        raw = "".join(lines[line - 1 : last])
        body = raw.rstrip("\r\n")
        note = " | ".join(said[key] for key in _of_row(said, number)).replace('"', '""').replace("\n", " ")
        fill = separator * (width - max(len(row), 1) + 1)
        done.append(f'{body}{fill}"{note}"{raw[len(body) :]}' if note and row else raw)
    return "".join(done)


def _of_row(said: Remarks, row: int, table: int = 0) -> list[tuple[int, ...]]:
    return sorted(key for key in said if key[:2] == (table, row))


def _markdown(text: str, said: Remarks) -> str:
    """One more column at the right of every table."""
    lines = text.splitlines(keepends=True)
    for number, (_, rows_) in enumerate(markdown.tables(text), 1):
        width = len(markdown.cells(rows_[0][1]))
        for row, (line, source) in enumerate(rows_):
            note = (
                " ".join(said[key] for key in _of_row(said, row, number))
                .replace("|", "\\|")
                .replace("\n", " ")
            )
            short = "| " * max(width - len(markdown.cells(source)), 0)
            lines[line - 1] = _widened(lines[line - 1], short, note or " ")
            if row == 0:
                lines[line] = _widened(lines[line], "", "---")
    return "".join(lines)


def _widened(line: str, short: str, note: str) -> str:
    body = line.rstrip()
    end = line[len(body) :] or "\n"
    body = body if body.endswith("|") and not body.endswith("\\|") else body + " |"
    return f"{body}{short} {note} |{end}"


def _lines(text: str, findings: Sequence[Finding], said: Remarks) -> str:
    """A line below each line that holds a cell."""
    by_line: dict[int, list[str]] = {}
    for finding in findings:
        note = said[finding.cell.key]
        notes = by_line.setdefault(finding.cell.place.line, [])
        if note not in notes:
            notes.append(note)
    done = []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        done.append(line)
        end = "" if line.endswith(("\n", "\r")) else "\n"
        done += [f"{end}    ↳ {note}\n" for note in by_line.get(number, ())]
    return "".join(done)
