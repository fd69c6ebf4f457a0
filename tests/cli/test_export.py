"""Handing out what was decided: the approval sheet, the evidence, and the list for an auditor."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Run, document

PURCHASE = """
signoff: 1
process: purchase
lang: en
data:
  price: {type: money, currency: CNY}
roles: {maker: {group: staff}, boss: {group: hr}}
start: {by: [maker]}
steps:
  - step: write
    owner: maker
    form: {fill: [price]}
    approve: [{by: boss, declined: end}]
    binds: [price]
"""


@pytest.fixture
def bought(office: Run, folder: Path) -> Run:
    """Two purchases, of 900 and of 60,000; the second with a comment that a spreadsheet would compute."""
    folder.joinpath("purchase.yaml").write_text(PURCHASE, encoding="utf-8")
    steps = [["deploy", "purchase.yaml"]]
    for key, price, note in (("P1", 900, "fine"), ("P2", 60000, "=1+1")):
        steps += [
            ["start", "purchase", "--key", key, "--as", "lin"],
            ["submit", f"{key}/write", "--set", f"price={price}", "--as", "lin"],
            ["approve", f"{key}/write", "--as", "hu", "--note", note],
        ]
    for arguments in steps:
        result = office(*arguments)
        assert result.exit_code == 0, result.output
    return office


def test_the_sheet_is_printed_as_json_and_written_as_page_or_word(bought: Run, folder: Path) -> None:
    sheet = document(bought("export", "P1"))
    assert sheet["gates"][0]["decisions"][0]["name"] == "Hu"
    assert document(bought("export", "P1", "--json"))["key"] == "P1"
    for form in ("json", "html", "docx"):
        result = bought("export", "P1", "--format", form, "-o", f"sheet.{form}", "--step", "write")
        assert result.exit_code == 0, result.output
    assert "Approval sheet" in folder.joinpath("sheet.html").read_text(encoding="utf-8")
    assert zipfile.is_zipfile(folder / "sheet.docx")


def test_the_sheet_speaks_chinese(bought: Run, folder: Path) -> None:
    assert bought("export", "P1", "--format", "html", "-o", "sheet.html", "--lang", "zh").exit_code == 0
    assert "审批单" in folder.joinpath("sheet.html").read_text(encoding="utf-8")


def test_the_evidence_checks_itself(bought: Run, folder: Path) -> None:
    assert bought("export", "P1", "--evidence", "-o", "bundle.zip").exit_code == 0
    with zipfile.ZipFile(folder / "bundle.zip") as bundle:
        bundle.extractall(folder / "bundle")
    checked = subprocess.run(
        [sys.executable, "-B", "bundle/verify.py"], capture_output=True, timeout=60, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert b"0 findings" in checked.stdout


@pytest.mark.parametrize("more", [["--evidence"], ["--format", "docx"], ["--step", "elsewhere"]])
def test_what_cannot_be_exported_is_refused(bought: Run, more: list[str]) -> None:
    result = bought("export", "P1", *more)
    assert result.exit_code != 0
    assert result.stderr


def test_the_auditor_sees_who_decided_what_over_all_instances(bought: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(bought("audit").stdout)))
    assert [(row["key"], row["person"], row["amount"], row["currency"]) for row in rows] == [
        ("P1", "hu", "900.00", "CNY"),
        ("P2", "hu", "60000.00", "CNY"),
    ]
    assert rows[0]["authority"]
    assert rows[1]["note"] == "'=1+1"


def test_the_auditor_asks_for_amounts_times_people_and_processes(bought: Run) -> None:
    def keys(*arguments: str) -> list[str]:
        result = bought("audit", "--format", "json", *arguments)
        assert result.exit_code == 0, result.output
        return [row["key"] for row in json.loads(result.stdout)]

    assert keys("--over", "50,000") == ["P2"]
    assert keys("--over", "60000") == []
    assert keys("--by", "lin") == []
    assert keys("--by", "hu", "--definition", "purchase") == ["P1", "P2"]
    assert keys("--definition", "leave-request") == []
    assert keys("--to", "2001-01-01") == []
    assert keys("--from", "2001-01-01") == ["P1", "P2"]


def test_the_audit_is_written_to_files(bought: Run, folder: Path) -> None:
    for form in ("csv", "xlsx", "json"):
        result = bought("audit", "--format", form, "-o", f"audit.{form}", "--json")
        assert document(result)["rows"] == 2
    sheet = openpyxl.load_workbook(folder / "audit.xlsx").active
    assert sheet is not None
    assert sheet.max_row == 3
    assert len(json.loads(folder.joinpath("audit.json").read_text(encoding="utf-8"))) == 2
    assert folder.joinpath("audit.csv").read_text(encoding="utf-8-sig").startswith("at,instance,key")


@pytest.mark.parametrize(
    "wrong", [["--over", "much"], ["--over", "NaN"], ["--from", "soon"], ["--format", "xlsx"]]
)
def test_what_the_audit_does_not_understand_is_refused(bought: Run, wrong: list[str]) -> None:
    result = bought("audit", *wrong)
    assert result.exit_code != 0
    assert result.stderr
