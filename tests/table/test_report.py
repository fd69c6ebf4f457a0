"""The report is the reader's own document, with what was made of every cell beside it."""

import csv
from io import StringIO
from pathlib import Path

import pytest

from signoff.errors import UnreadableTable
from signoff.notation.table import report
from signoff.notation.table.importer import import_table
from tests.table.make import SEED, SEED_TEXT, csv_text, docx, markdown, write, xlsx


def annotated(path: Path, lang: str = "en") -> Path:
    target = path.with_name(f"report{path.suffix}")
    found = import_table(path)
    report.annotate(path, found.findings, target, lang, encoding=found.encoding)
    return target


def test_a_word_document_gets_real_comments(tmp_path: Path) -> None:
    import docx as word

    source = docx(tmp_path / "seed.docx", SEED)
    before = [[cell.text for cell in row.cells] for row in word.Document(str(source)).tables[0].rows]
    document = word.Document(str(annotated(source)))
    said = [comment.text for comment in document.comments]
    assert len(said) == sum(1 for row in SEED for cell in row if cell)
    assert "✓ decision: by: 管理层, sign: true" in said
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == before


def test_a_sheet_gets_a_comment_on_every_cell_and_keeps_its_own(tmp_path: Path) -> None:
    import openpyxl
    from openpyxl.comments import Comment

    source = xlsx(tmp_path / "seed.xlsx", SEED)
    book = openpyxl.load_workbook(source)
    book.active["C3"].comment = Comment("问过李总", "wang")
    book.save(source)
    sheet = openpyxl.load_workbook(annotated(source)).active
    texts = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert texts == [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert sheet["C3"].comment.text == "问过李总\n\n✓ owner: 经理"
    assert sheet["D3"].comment.text == "✓ due: 活动前30天"
    assert all(cell.comment for row in sheet.iter_rows() for cell in row if cell.value)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_separated_values_get_a_column_and_keep_their_lines(tmp_path: Path, encoding: str) -> None:
    rows = [[cell.replace("需管理层签字", '需管理层"签字",\n注意保密') for cell in row] for row in SEED]
    source = write(tmp_path / "seed.csv", csv_text(rows), encoding)
    text = annotated(source).read_bytes().decode(encoding)
    found = list(csv.reader(StringIO(text, newline="")))
    original = list(csv.reader(StringIO(source.read_bytes().decode(encoding), newline="")))
    assert [row[: len(old)] for row, old in zip(found, original, strict=True)] == original
    assert "✓ due: 活动前25天" in found[3][6]
    assert all(len(row) == 7 for row in found)


def test_a_markdown_table_gets_a_column(tmp_path: Path) -> None:
    source = write(tmp_path / "seed.md", markdown(SEED))
    lines = annotated(source).read_text("utf-8").splitlines()
    assert lines[0] == "# 企业营销活动策划通用流程表"
    assert all(line.count("|") == 8 for line in lines if line.startswith("|"))
    assert "✓ owner: 市场专员" in lines[5]


def test_a_text_gets_a_line_below_each_cell(tmp_path: Path) -> None:
    source = write(tmp_path / "seed.txt", SEED_TEXT)
    lines = annotated(source).read_text("utf-8").splitlines()
    assert [line for line in lines if "↳" not in line] == SEED_TEXT.splitlines()
    assert lines[lines.index("活动前30天") + 1] == "    ↳ ✓ due: 活动前30天"


def test_the_rows_to_print_say_place_cell_verdict_and_meaning(tmp_path: Path) -> None:
    rows = [*SEED[:2], ["", "调研", "市场", "下周", "", "随便"]]
    found = import_table(xlsx(tmp_path / "seed.xlsx", rows))
    lines = report.rows(found.findings, "en")
    assert ("seed.xlsx[Sheet1]!D3", "活动前30天", "understood", "due: 活动前30天") in lines
    assert [line[2] for line in lines if line[1] == "下周"] == ["unreadable"]
    assert [line[2] for line in lines if line[1] == "随便"] == ["note"]


def test_the_report_never_overwrites_the_table(tmp_path: Path) -> None:
    source = write(tmp_path / "seed.csv", csv_text(SEED))
    findings = import_table(source).findings
    with pytest.raises(UnreadableTable) as caught:
        report.annotate(source, findings, tmp_path / "." / "seed.csv")
    assert caught.value.code == "table_report_over_source"
    with pytest.raises(UnreadableTable) as caught:
        report.annotate(source, findings, tmp_path / "seed.docx")
    assert caught.value.code == "table_report_other_format"
