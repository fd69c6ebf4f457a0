"""A table becomes a process and runs to its end by the command line alone, whatever kind of file it came in."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run, document, works_as
from tests.table import make

SHARED_SEED = Path(__file__).parents[3] / "shared" / "seed" / "seed.txt"
STEPS = [row[1] for row in make.SEED[1:]]
KEY = "MC-2035"
PAPER = "# 竞品分析\n\n三家竞品的价格与渠道。\n"
OWNERS = ("经理-1", "市场专员-1", "财务-1", "策划组-1")


def text(path: Path) -> Path:
    return make.write(path / "campaign.txt", make.SEED_TEXT)


def shared(path: Path) -> Path:
    if not SHARED_SEED.exists():
        pytest.skip("the seed lies outside of this repository: ../shared/seed/seed.txt is not there")
    return make.write(path / "campaign.txt", SHARED_SEED.read_text(encoding="utf-8"))


def word(path: Path) -> Path:
    return make.docx(path / "campaign.docx", make.SEED)


def workbook(path: Path) -> Path:
    return make.xlsx(path / "campaign.xlsx", make.SEED)


def separated(path: Path) -> Path:
    return make.write(path / "campaign.csv", make.csv_text(make.SEED))


def separated_by_excel(path: Path) -> Path:
    return make.write(path / "campaign.csv", make.csv_text(make.SEED), encoding="gb18030")


def markdown(path: Path) -> Path:
    return make.write(path / "campaign.md", make.markdown(make.SEED))


FORMS = [text, shared, word, workbook, separated, separated_by_excel, markdown]
Form = Callable[[Path], Path]


@pytest.fixture
def office(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Somebody whose login the people skeleton gives to the signer."""
    works_as(monkeypatch, "chen-login")
    return run


def prepared(office: Run, table: Path) -> None:
    """Import the table and the people that it asks for, and deploy."""
    for arguments in (
        (
            "import",
            table,
            "-o",
            "campaign.yaml",
            "--people",
            "people.yaml",
            "--report",
            f"report{table.suffix}",
        ),
        ("check", "campaign.yaml", "people.yaml"),
        ("people", "import", "people.yaml", "--yes"),
        ("deploy", "campaign.yaml"),
    ):
        result = office(*arguments)
        assert result.exit_code == 0, result.output


def started(office: Run) -> None:
    result = office(
        "start", "campaign", "--set", "title=夏日狂欢购", "--set", "event_start=2035-10-15", "--key", KEY
    )
    assert result.exit_code == 0, result.output
    assert "attested" in result.stdout


def waiting(office: Run) -> Any:
    """The one thing that the instance waits for; None when it has ended."""
    told = document(office("why", KEY, "--json"))
    if told["instance"]["status"] != "running":
        return None
    (reason,) = told["reasons"]
    return reason


def done(office: Run, reason: Any) -> None:
    """Do what the reason says is missing, as the person whom it names."""
    if reason["subject"]:
        assert "Approved" in office("advance", KEY, "--yes").stdout
        return
    papers = [each["params"]["id"] for each in reason["missing"] if each["code"] == "document_missing"]
    attached = [word for name in papers for word in ("--attach", f"{name}=paper.md")]
    (person,) = reason["who"]
    result = office("submit", f"{KEY}/{reason['node']}", *attached, "--tick-all", "--as", person)
    assert result.exit_code == 0, result.output


def test_every_kind_of_file_gives_the_same_definition(office: Run, folder: Path) -> None:
    versions = set()
    for number, form in enumerate(FORMS):
        if form is shared and not SHARED_SEED.exists():
            continue
        place = folder / str(number)
        place.mkdir()
        made = office("import", form(place), "-o", place / "campaign.yaml")
        assert made.exit_code == 0, made.output
        assert "0 not understood" in made.stdout
        (deployed,) = document(office("deploy", place / "campaign.yaml", "--json"))["deployed"]
        versions.add(deployed["version"])
        assert deployed["number"] == 1
    assert len(versions) == 1


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_table_runs_to_its_end_by_the_command_line_alone(office: Run, folder: Path, form: Form) -> None:
    folder.joinpath("paper.md").write_text(PAPER, encoding="utf-8")
    prepared(office, form(folder))
    started(office)
    steps, signers = [], []
    while reason := waiting(office):
        if reason["subject"]:
            signers += reason["who"]
        else:
            steps.append(reason["node"])
        done(office, reason)
    assert steps == STEPS
    assert signers == ["管理层-1"]
    ended(office)


def ended(office: Run) -> None:
    """What is left to read of an instance that has ended says so everywhere."""
    shown = document(office("show", KEY, "--json"))
    assert (shown["instance"]["status"], shown["instance"]["outcome"]) == ("completed", "completed")
    rows = document(office("timeline", KEY, "--json"))["timeline"]
    assert [(row["step"], row["status"]) for row in rows] == [(step, "passed") for step in STEPS]
    assert rows[0]["due"].startswith("2035-09-14"), "30 days before is a Saturday: the Friday before it"
    records = document(office("history", KEY, "--json"))["records"]
    assert [record["command"] for record in records] == ["Start", "Submit", "Approve", *["Submit"] * 4]
    assert [record["auth"] for record in records[:3]] == ["attested", "asserted", "attested"]
    assert "has ended" in office("advance", KEY).stdout
    assert document(office("verify", "--json")) == {"instances": 1, "findings": [], "ok": True}
    assert document(office("doctor", "--json"))["ok"]
    for person in OWNERS:
        assert document(office("inbox", "--as", person, "--json"))["tasks"] == []


def test_a_signature_is_not_given_under_a_name_that_anybody_could_type(office: Run, folder: Path) -> None:
    folder.joinpath("paper.md").write_text(PAPER, encoding="utf-8")
    prepared(office, text(folder))
    started(office)
    done(office, waiting(office))
    refused = office("approve", f"{KEY}/{STEPS[0]}", "--as", "管理层-1")
    assert refused.exit_code == 5
    assert waiting(office)["who"] == ["管理层-1"]


def test_the_market_report_without_its_section_is_sent_back_at_the_door(office: Run, folder: Path) -> None:
    folder.joinpath("paper.md").write_text(PAPER, encoding="utf-8")
    folder.joinpath("bare.md").write_text("# 概述\n", encoding="utf-8")
    prepared(office, text(folder))
    started(office)
    done(office, waiting(office))
    done(office, waiting(office))
    attached = ("--attach", "市场调研报告=bare.md", "--attach", "用户画像=paper.md")
    refused = office("submit", f"{KEY}/{STEPS[1]}", *attached, "--as", "市场专员-1")
    assert refused.exit_code == 7
    assert "竞品分析" in refused.stderr
    assert waiting(office)["node"] == STEPS[1]


def test_the_installed_program_does_the_same_in_chinese(folder: Path) -> None:
    """The way of every command through a process of its own, on a console that cannot show Chinese."""
    text(folder)
    environment = {**os.environ, "SIGNOFF_LANG": "zh", "PYTHONIOENCODING": "ascii"}

    def signoff(*arguments: str) -> str:
        command = [sys.executable, "-m", "signoff_cli", *arguments]
        result = subprocess.run(
            command, check=False, cwd=folder, env=environment, capture_output=True, timeout=120
        )
        assert result.returncode == 0, result.stderr
        return result.stdout.decode("ascii")

    signoff("import", "campaign.txt", "-o", "campaign.yaml", "--people", "people.yaml")
    signoff("people", "import", "people.yaml", "--yes")
    signoff("deploy", "campaign.yaml")
    said = signoff(
        "start", "campaign", "--set", "title=café 🎉 夏日", "--set", "event_start=2035-10-15", "--key", KEY
    )
    assert KEY in said
    told = json.loads(signoff("why", KEY, "--json"))
    assert told["instance"]["title"] == "café 🎉 夏日"
    assert told["reasons"][0]["node"] == STEPS[0]
