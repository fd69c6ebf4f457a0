"""A document is bound by its bytes; the headings found in it are what a gate asks for."""

import zipfile
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from signoff.errors import Invalid, NotFound
from signoff.runtime.attachments import MAX_BYTES, WORD, bare, read


def word(build: Callable[[Any], object]) -> bytes:
    document, stream = Document(), BytesIO()
    build(document)
    document.save(stream)
    return stream.getvalue()


def outlined(paragraph: Any, level: str) -> None:
    mark = OxmlElement("w:outlineLvl")
    mark.set(qn("w:val"), level)
    paragraph._p.get_or_add_pPr().append(mark)


def report(document: Any) -> None:
    document.add_heading("市场调研报告", 0)
    document.add_heading("一、行业趋势", 1)
    document.add_paragraph("二、不是标题")
    document.add_heading("2.1 竞品分析", 2)
    outlined(document.add_paragraph("机会与风险"), "0")
    outlined(document.add_paragraph("正文级别"), "9")
    own = document.styles.add_style("标题 3", WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("（三）渠道：", style=own)
    derived = document.styles.add_style("章名", WD_STYLE_TYPE.PARAGRAPH)
    derived.base_style = document.styles["Heading 2"]
    document.add_table(1, 1).cell(0, 0).paragraphs[0].style = derived
    document.tables[0].cell(0, 0).paragraphs[0].add_run("表内").bold = True
    document.tables[0].cell(0, 0).paragraphs[0].add_run("标题")


def test_a_document_is_read_with_its_hash_size_name_and_media(tmp_path: Path) -> None:
    path = tmp_path / "报告.pdf"
    path.write_bytes(b"%PDF-1.7 x")
    for source in (path, str(path)):
        loaded = read(source)
        assert loaded.data == b"%PDF-1.7 x"
        assert loaded.sha256 == sha256(loaded.data).hexdigest()
        assert (loaded.size, loaded.name, loaded.media) == (10, "报告.pdf", "application/pdf")
        assert loaded.sections == ()
    assert read(b"x", name="strange.xyz").media == "application/octet-stream"


def test_the_headings_of_a_word_file_come_without_their_numbers() -> None:
    loaded = read(word(report), name="报告.docx")
    assert loaded.media == WORD
    assert loaded.sections == ("行业趋势", "竞品分析", "机会与风险", "渠道", "表内标题")


def test_numbered_lines_stand_in_where_a_word_file_has_no_heading_styles() -> None:
    lines = ("目标达成情况：", "一、数据分析", "第二章 问题清单", "1. 只是一项", "三、" + "很长" * 50)

    def build(document: Any) -> None:
        for line in lines:
            document.add_paragraph(line)

    assert read(word(build), name="x.docx").sections == ("数据分析", "问题清单")


def test_the_headings_of_markdown_plain_text_and_html() -> None:
    markdown = "# 行业趋势 #\ntext\n```\n# code\n```\n### 2. **竞品分析**\n机会与风险\n===\n- item\n#no\n    # code\n"
    assert read(markdown.encode(), name="a.md").sections == ("行业趋势", "竞品分析", "机会与风险")
    plain = "标题\n一、行业趋势\n1.2 竞品分析\n# 机会\n（二）风险\n3、这是一句话。\n2026年计划\n"
    assert read(plain.encode("gb18030"), name="a.txt").sections == ("行业趋势", "竞品分析", "机会", "风险")
    page = (
        "<html><!-- <h1>no</h1> --><script>'<h1>no</h1>'</script><H1 class='a>b'>x</H1>"
        "<h2>竞品 &amp; <b>分析</b></h2><h3>open<h2>风险</h2></html>"
    )
    assert "竞品 & 分析" in read(page.encode(), name="a.html").sections
    assert "风险" in read(page.encode(), name="a.html").sections
    assert "no" not in read(page.encode(), name="a.html").sections


def test_the_submitter_may_say_which_headings_there_are() -> None:
    assert read(b"%PDF-1.7", name="a.pdf", sections=["一、目标", "预算"]).sections == ("目标", "预算")
    assert read(b"not a word file", name="a.docx", sections=[]).sections == ()


def test_bytes_without_a_name_are_told_by_their_content() -> None:
    assert (read(word(report)).media, read(word(report)).name) == (WORD, "document.docx")
    assert read("# 目标\n".encode()).sections == ("目标",)
    assert read(b"%PDF-1.4").media == "application/pdf"
    assert read(b"\x00\x01\x02").media == "application/octet-stream"


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("一、行业趋势", "行业趋势"),
        ("第三章　机会与风险", "机会与风险"),
        ("（二）渠道：", "渠道"),
        ("3.2.1 Risks", "Risks"),
        ("2) Risks", "Risks"),
        ("2026年计划", "2026年计划"),
        ("一致性", "一致性"),
        ("第三方支付", "第三方支付"),
        ("**目标**", "目标"),
        ("一、", "一、"),
    ],
)
def test_a_heading_loses_its_number_and_nothing_else(heading: str, text: str) -> None:
    assert bare(heading) == text


def test_an_empty_missing_or_oversized_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        read(b"", name="a.txt")
    assert refused.value.code == "attachment_empty"
    with pytest.raises(NotFound) as absent:
        read(tmp_path / "none.txt")
    assert absent.value.code == "no_such_file"
    with pytest.raises(Invalid) as refused:
        read(tmp_path)
    assert refused.value.code == "attachment_not_opened"
    with pytest.raises(Invalid, match="20 MB") as refused:
        read(b"x" * (MAX_BYTES + 1), name="a.bin")
    assert refused.value.code == "attachment_too_large"
    large = tmp_path / "large.bin"
    with large.open("wb") as stream:
        stream.truncate(3 * MAX_BYTES)
    with pytest.raises(Invalid, match="20 MB"):
        read(large)
    assert read(b"x" * MAX_BYTES, name="a.bin").size == MAX_BYTES


def zipped(**parts: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"not a zip",
        zipped(other_xml=b"<a/>"),
        zipped(word__document_xml=b"\x00" * 60_000_000),
        zipped(word__document_xml=b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"),
        zipped(word__document_xml=b"<a>" * 10_000),
        zipped(word__document_xml=b"<a/>"),
        word(report)[:-200],
    ],
    ids=["text", "other", "bomb", "entities", "depth", "bare", "cut"],
)
def test_a_broken_or_hostile_word_file_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read(data, name="a.docx")
    assert refused.value.code == "attachment_unreadable"
    assert "PDF" in refused.value.sentence("en")


def _replaced(part: str, content: bytes) -> bytes:
    """A Word file in which one part is something else."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(word(report))) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, content if entry == part else old.read(entry))
    return stream.getvalue()


@pytest.mark.parametrize(
    "content", [b"", b"<", b"<a/>", b"x", "<a>\u4e00</b>".encode("utf-16")], ids=range(5)
)
@pytest.mark.parametrize(
    "part", ["word/document.xml", "[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels"]
)
def test_a_word_file_with_a_spoilt_part_is_refused(part: str, content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read(_replaced(part, content), name="a.docx")
    assert refused.value.code == "attachment_unreadable"


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.html"])
@pytest.mark.parametrize(
    "piece", [b"<h1>", b"<h1 ", b"# ", b" ", b"#", b"1.1", b"<!--", b"=\n", b"(", "一".encode()], ids=repr
)
def test_no_text_makes_the_search_slow(name: str, piece: bytes) -> None:
    read(b"# " + piece * (1_000_000 // len(piece)), name=name)


@given(
    st.binary(min_size=1, max_size=200),
    st.sampled_from(["a.md", "a.txt", "a.html", "a.docx", "a.xlsx", None]),
)
def test_any_bytes_are_read_or_refused(data: bytes, name: str | None) -> None:
    try:
        loaded = read(data, name=name)
    except Invalid:
        return
    assert loaded.size == len(data)
    assert all(section.isprintable() for section in loaded.sections)
