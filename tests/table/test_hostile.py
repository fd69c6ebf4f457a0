"""Broken, hostile and foreign files give one typed error each, and it says what, where and what to do."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from signoff.errors import UnreadableTable
from signoff.notation.table.importer import import_table
from signoff.notation.table.sheet import CellPlace, clean
from tests.table.make import SEED, csv_text, docx, markdown, write, xlsx


def refused(path: Path) -> UnreadableTable:
    with pytest.raises(UnreadableTable) as caught:
        import_table(path)
    assert path.name in str(caught.value)
    assert "{" not in caught.value.sentence("zh") + caught.value.sentence("en")
    return caught.value


def repacked(
    path: Path, *, change: dict[str, bytes] | None = None, add: dict[str, bytes] | None = None
) -> Path:
    """The container with some parts changed or added."""
    source = zipfile.ZipFile(BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, (change or {}).get(entry.filename, source.read(entry.filename)))
        for name, data in (add or {}).items():
            target.writestr(name, data)
    return path


@pytest.mark.parametrize("suffix", [".doc", ".wps", ".xls", ".et", ".xlsm", ".pdf", ".rtf"])
def test_older_formats_are_refused_with_what_to_save_as(tmp_path: Path, suffix: str) -> None:
    found = refused(write(tmp_path / f"t{suffix}", "x"))
    assert found.code == "table_older_format"
    assert ".docx" in str(found) or ".xlsx" in str(found)


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".csv", ".md", ".txt"])
def test_an_empty_file_is_refused(tmp_path: Path, suffix: str) -> None:
    assert refused(write(tmp_path / f"t{suffix}", "")).code == "table_empty"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "nothing.csv").code == "table_not_opened"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").mkdir()
    assert refused(tmp_path / "t.csv").code == "table_not_opened"


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    assert refused(write(tmp_path / "t.png", "x")).code == "table_unknown_format"


@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
def test_an_encrypted_document_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000))
    assert refused(path).code == "table_encrypted"


@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
@pytest.mark.parametrize("keep", [10, 100, 1_000, -30])
def test_a_truncated_document_is_refused(tmp_path: Path, suffix: str, keep: int) -> None:
    path = tmp_path / f"t{suffix}"
    (docx if suffix == ".docx" else xlsx)(path, SEED)
    path.write_bytes(path.read_bytes()[:keep])
    assert refused(path).code == "table_broken"


@pytest.mark.parametrize(("make", "part"), [(docx, "word/document.xml"), (xlsx, "xl/worksheets/sheet1.xml")])
def test_damaged_parts_are_refused(tmp_path: Path, make, part: str) -> None:
    path = make(tmp_path / f"t.{make.__name__}", SEED)
    for damage in (b"", b"<a><b></a>", b"\x00\xff\xfe", b"<x xmlns='y'/>"):
        found = refused(repacked(path, change={part: damage}))
        assert found.code in ("table_broken", "table_without_heading")


@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
def test_a_document_of_the_other_kind_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    (xlsx if suffix == ".docx" else docx)(path, SEED)
    assert refused(path).code == "table_other_kind"
    assert refused(write(tmp_path / f"u{suffix}", "no zip at all")).code == "table_broken"


def test_an_office_file_called_csv_is_refused(tmp_path: Path) -> None:
    assert refused(xlsx(tmp_path / "t.csv", SEED)).code == "table_not_text"


@pytest.mark.parametrize(
    "add",
    [
        {"word/media/bomb.xml": bytes(60 * 1024 * 1024)},
        {"word/media/bomb.bin": bytes(5 * 1024 * 1024)},
        {"../outside.xml": b"<a/>"},
        {"/etc/outside.xml": b"<a/>"},
        {f"word/{n}.xml": b"<a/>" for n in range(2_100)},
        {"word/deep.xml": b"<a>" * 5_000 + b"</a>" * 5_000},
    ],
    ids=["size", "ratio", "parent", "absolute", "entries", "depth"],
)
def test_a_container_that_could_do_harm_is_refused(tmp_path: Path, add: dict[str, bytes]) -> None:
    path = repacked(docx(tmp_path / "t.docx", SEED), add=add)
    assert refused(path).code == "table_bomb"


def test_sizes_are_counted_because_headers_lie(tmp_path: Path) -> None:
    path = repacked(docx(tmp_path / "t.docx", SEED), add={"word/bomb.bin": bytes(3 * 1024 * 1024)})
    data = path.read_bytes()
    # The central directory says 1,000 bytes where three million come out.
    path.write_bytes(data.replace((3 * 1024 * 1024).to_bytes(4, "little"), (1_000).to_bytes(4, "little")))
    assert refused(path).code in ("table_bomb", "table_broken")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-7"])
def test_a_doctype_is_refused(tmp_path: Path, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    path = repacked(docx(tmp_path / "t.docx", SEED), add={"word/extra.xml": text.encode(encoding)})
    assert refused(path).code == "table_doctype"


def test_a_merged_area_over_the_whole_sheet_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "t.xlsx", SEED)
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    sheet = sheet.replace(b'<mergeCell ref="A1:F1"', b'<mergeCell ref="A1:XFD1048576"')
    assert refused(repacked(path, change={"xl/worksheets/sheet1.xml": sheet})).code == "table_bomb"


def test_a_sheet_with_absurdly_many_cells_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "t.xlsx", SEED)
    cells = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(100, 250_100))
    sheet = (
        zipfile.ZipFile(path)
        .read("xl/worksheets/sheet1.xml")
        .replace(b"</sheetData>", cells + b"</sheetData>")
    )
    assert refused(repacked(path, change={"xl/worksheets/sheet1.xml": sheet})).code == "table_bomb"


def test_a_cell_at_the_far_end_of_a_sheet_costs_nothing(tmp_path: Path) -> None:
    import openpyxl

    path = xlsx(tmp_path / "t.xlsx", SEED)
    book = openpyxl.load_workbook(path)
    book.active["A1048576"] = "注：最后一行"
    book.save(path)
    assert "需求发起与目标确认" in import_table(path).yaml


@pytest.mark.parametrize("form", [csv_text, markdown])
def test_nul_is_refused_with_its_place(tmp_path: Path, form) -> None:
    text = form(SEED).replace("经理", "经\x00理")
    suffix = "csv" if form is csv_text else "md"
    found = refused(write(tmp_path / f"t.{suffix}", text))
    assert (found.code, found.params["sign"]) == ("table_bad_sign", "U+0000")


def test_lone_surrogates_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(csv_text(SEED).encode("utf-16").replace("经理".encode("utf-16-le"), b"\x00\xd8\x00\xd8"))
    assert refused(path).code == "table_encoding_wrong"
    with pytest.raises(UnreadableTable) as caught:
        clean("\ud800", CellPlace("t.xlsx", sheet="Sheet1", row=2, column=28))
    assert (caught.value.code, caught.value.params["place"]) == ("table_bad_sign", "t.xlsx[Sheet1]!AB2")


def test_a_table_without_a_heading_says_what_was_found_and_what_is_needed(tmp_path: Path) -> None:
    found = refused(write(tmp_path / "t.csv", "姓名,电话\n张三,123\n"))
    assert found.code == "table_without_heading"
    assert "姓名" in str(found)
    assert "负责人" in str(found)


def test_a_heading_without_rows_is_refused(tmp_path: Path) -> None:
    assert refused(write(tmp_path / "t.csv", csv_text(SEED[:1]))).code == "table_without_rows"


def test_too_many_rows_columns_or_signs_are_refused(tmp_path: Path) -> None:
    rows = [*SEED, *[["", f"第{n}步", "经理", "", "", ""] for n in range(6_000)]]
    assert refused(write(tmp_path / "a.csv", csv_text(rows))).code == "table_too_large"
    assert (
        refused(write(tmp_path / "b.csv", csv_text([SEED[0] + [""] * 300, *SEED[1:]]))).code
        == "table_too_large"
    )
    long = [[cell.replace("经理", "经" * 20_000) for cell in row] for row in SEED]
    assert refused(write(tmp_path / "c.csv", csv_text(long))).code == "table_cell_too_long"


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a," * 11 * 1024 * 1024)
    assert refused(path).code == "table_file_too_large"


def test_an_open_quote_is_refused_with_its_line(tmp_path: Path) -> None:
    found = refused(write(tmp_path / "t.csv", csv_text(SEED) + '"open,1\n2'))
    assert found.code == "table_broken"
    assert "t.csv:8" in str(found)
