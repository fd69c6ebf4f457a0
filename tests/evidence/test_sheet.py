"""The approval sheet says who, when, with which meaning, on what, in which role, for whom and how strongly; in print too."""

import io
import json
import re
from datetime import timedelta

import pytest
from docx import Document

from signoff import NotFound, sheet_docx, sheet_html, sheet_json
from signoff.runtime.directory import StaticDirectory
from tests.evidence.office import PEOPLE, Office

NASTY = '<script>alert("x")</script> \u202eevil'


@pytest.fixture
def gate(office: Office) -> str:
    """A gate at which bob has said yes, cid has sent back, and bob has said yes to the new price."""
    gate = office.waiting(price=5, key="P-1")
    office.approve(gate, "bob", note="fine")
    office.pass_time()
    back = office.signature(gate, "cid", decision="return", to="write", note=NASTY)
    task = office.engine.return_to(gate, "write", by="cid", note=NASTY, signature=back).opened[0]
    office.engine.submit(task, by="ann", data={"price": 7})
    office.pass_time()
    office.approve(gate, "bob", note="fine again")
    return gate


def test_the_sheet_says_what_was_decided_by_whom(office: Office, gate: str) -> None:
    """approvals §3.1: signer, printed name, time, meaning, decision, comment."""
    instance = gate.partition(":")[0]
    sheet = office.engine.sheet(instance)
    first, back = sheet.gates[0].decisions[:2]
    assert (first.person, first.name, first.decision, first.meaning) == ("bob", "Bob", "yes", "approve")
    assert (first.strength, first.key, first.note) == ("signed", office.signer["bob"].key, "fine")
    assert (first.role, first.authority) == ("boss", "groups: bosses")
    assert first.at == office.clock.now() - timedelta(minutes=2)
    assert (back.person, back.decision, back.to, back.note) == ("cid", "return", "write", NASTY)
    records = {record.n: record.hash for record in office.engine.history(instance)}
    assert all(records[each.n] == each.hash for each in sheet.gates[0].decisions)


def test_what_counts_no_longer_stays_on_the_sheet_and_is_marked(office: Office, gate: str) -> None:
    """approvals §3.7: corrections keep the old value visible."""
    decisions = [
        each for shown in office.engine.sheet(gate.partition(":")[0]).gates for each in shown.decisions
    ]
    assert [(each.person, each.standing) for each in decisions if each.decision == "yes"] == [
        ("bob", "void"),
        ("bob", "counts"),
    ]


def test_the_sheet_shows_the_content_with_the_hash_that_votes_are_bound_to(office: Office, gate: str) -> None:
    shown = office.engine.sheet(gate.partition(":")[0]).gates[-1]
    (part,) = shown.parts
    assert (part.id, part.value, part.shown["en"], len(part.hash)) == ("price", 7, "7", 64)
    assert shown.decisions[-1].subject == shown.subject


def test_every_form_of_the_sheet_names_signer_time_and_meaning(office: Office, gate: str) -> None:
    """approvals §3.2: in every human-readable export."""
    sheet = office.engine.sheet(gate.partition(":")[0])
    page = sheet_html(sheet, "en")
    document = Document(io.BytesIO(sheet_docx(sheet, "en")))
    word = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    for text in (page, word):
        for wanted in ("Bob (bob)", "approve", "2027-01-04 09:01:00 Asia/Shanghai (2027-01-04T01:01:00Z)", "fine again",
                       "signed, key", "boss", sheet.gates[-1].subject):  # fmt: skip
            assert wanted in text
    chinese = sheet_html(sheet, "zh")
    for wanted in ("审批单", "批准", "本人密钥签名", "同意", "已失效"):
        assert wanted in chinese


def test_the_page_is_one_file_and_nothing_in_it_acts(office: Office, gate: str) -> None:
    page = sheet_html(office.engine.sheet(gate.partition(":")[0]), "en")
    assert not re.search(r"https?:|src=|href=|url\(|@import|<script", page)
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page
    assert "\\u202e" in page


def test_the_same_sheet_gives_the_same_bytes(office: Office, gate: str) -> None:
    one, other = (office.engine.sheet(gate.partition(":")[0]) for _ in range(2))
    assert sheet_json(one) == sheet_json(other)
    assert sheet_html(one) == sheet_html(other)
    assert sheet_docx(one) == sheet_docx(other)
    assert json.loads(sheet_json(one))["gates"][0]["decisions"][0]["at"] == "2027-01-04T01:01:00.000000Z"


def test_a_sheet_can_be_of_one_step(office: Office, gate: str) -> None:
    sheet = office.engine.sheet(gate.partition(":")[0])
    assert sheet.only("write").gates == sheet.gates
    with pytest.raises(NotFound):
        sheet.only("elsewhere")


def test_a_renamed_person_keeps_the_old_name_on_old_sheets(office: Office, gate: str) -> None:
    """approvals §3.4."""
    before = office.engine.sheet(gate.partition(":")[0])
    renamed = {**PEOPLE, "bob": {"name": "Robert", "groups": ("bosses",)}}
    office.engine.core.directory = StaticDirectory(renamed)
    assert office.engine.names(["bob"]) == {"bob": "Robert"}
    assert office.engine.sheet(gate.partition(":")[0]) == before


@pytest.mark.parametrize("title", ["t" * 300, "one\x07two\nthree", "\u202eevil"])
def test_a_title_of_any_length_and_kind_goes_on_paper(office: Office, title: str) -> None:
    instance = office.engine.start("purchase", by="ann", title=title).instance
    sheet = office.engine.sheet(instance)
    assert Document(io.BytesIO(sheet_docx(sheet, "en"))).core_properties.title
    assert sheet_html(sheet, "en")
