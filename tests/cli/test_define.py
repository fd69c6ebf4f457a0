"""check, deploy, definitions, schema, diagram, import: from a table to a deployed process."""

import csv
from pathlib import Path

import pytest

import signoff_workflows
from tests.cli.conftest import PEOPLE, Run, document
from tests.table.make import SEED

GOOD = """signoff: 1
process: tea
lang: en
roles: {all: {group: staff}}
start: {by: [all]}
steps:
  - {step: boil, owner: all, checklist: [Water is hot]}
"""
BAD = GOOD.replace("owner: all", "owner: nobody")
CALLER = """signoff: 1
process: breakfast
lang: en
roles: {all: {group: staff}}
start: {by: [all]}
steps:
  - {step: toast, owner: all, checklist: [Crisp]}
  - {call: tea, process: tea}
"""


@pytest.fixture
def files(folder: Path) -> Path:
    for name, text in {"good.yaml": GOOD, "bad.yaml": BAD, "people.yaml": PEOPLE}.items():
        folder.joinpath(name).write_text(text, encoding="utf-8")
    return folder


def test_a_problem_is_told_with_file_line_column_and_code(run: Run, files: Path) -> None:
    result = run("check", "bad.yaml")
    assert result.exit_code == 2
    assert "bad.yaml:7:" in result.stdout
    assert "N06" in result.stdout
    assert "1 file checked: 1 error, 0 warnings." in result.stdout


DECISIONS = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="D"><decision id="fee" name="Fee">
<decisionTable><input><inputExpression><text>age</text></inputExpression></input><output name="fee"/>
<rule><inputEntry><text>&lt; 18</text></inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable></decision>
</definitions>"""


def test_decisions_are_checked_and_deployed_like_processes(run: Run, files: Path) -> None:
    files.joinpath("fee.dmn").write_text(DECISIONS, encoding="utf-8")
    files.joinpath("other.xml").write_text(DECISIONS.replace('"fee"', '"toll"'), encoding="utf-8")
    found = document(run("check", ".", "--json"))["files"]
    assert {each["file"] for each in found if each["kind"] == "decisions"} == {"fee.dmn", "other.xml"}
    result = run("deploy", "fee.dmn", "other.xml", "good.yaml")
    assert result.exit_code == 0, result.output
    assert "fee: version 1 is current" in result.stdout
    listed = document(run("definitions", "--json"))
    assert {each.get("decision") for each in listed} == {"fee", "toll", None}
    assert "Decision" in run("definitions").stdout
    files.joinpath("fee.dmn").write_text(DECISIONS.replace("&lt; 18", "&lt;"), encoding="utf-8")
    assert "fee.dmn:3:" in run("check", "fee.dmn").stdout


def test_folders_are_searched_for_definitions_scenarios_and_people(run: Run, files: Path) -> None:
    files.joinpath("notes.yaml").write_text("shopping: [milk]", encoding="utf-8")
    files.joinpath("inner").mkdir()
    files.joinpath("inner", "more.yml").write_text(GOOD.replace("tea", "more"), encoding="utf-8")
    found = document(run("check", ".", "--json"))
    assert {(each["file"], each["kind"]) for each in found["files"]} == {
        ("good.yaml", "process"),
        ("bad.yaml", "process"),
        ("inner/more.yml", "process"),
        ("people.yaml", "people"),
    }
    assert found["errors"] == 1


def test_the_shipped_processes_are_clean(run: Run) -> None:
    folder = signoff_workflows.path("leave_request").parent
    result = run("check", folder)
    assert result.exit_code == 0, result.stdout


def test_definitions_that_call_one_another_may_stand_in_any_order(run: Run, files: Path) -> None:
    files.joinpath("a_caller.yaml").write_text(CALLER, encoding="utf-8")
    assert run("check", "a_caller.yaml", "good.yaml").exit_code == 0
    assert run("check", "a_caller.yaml").exit_code == 2
    assert run("deploy", "a_caller.yaml", "good.yaml").exit_code == 0


def test_a_file_that_is_not_there_and_one_in_another_encoding_are_told(run: Run, files: Path) -> None:
    files.joinpath("gbk.yaml").write_bytes("signoff: 1\nname: 流程\n".encode("gbk"))
    assert run("check", "nowhere.yaml").exit_code == 4
    result = run("check", "gbk.yaml")
    assert result.exit_code == 7
    assert "UTF-8" in result.stderr


def test_deploying_something_wrong_deploys_nothing_and_makes_no_database(run: Run, files: Path) -> None:
    result = run("deploy", "good.yaml", "bad.yaml")
    assert result.exit_code == 2
    assert "N06" in result.stderr
    assert not files.joinpath("signoff.db").exists()


def test_what_is_deployed_is_listed_and_deploying_it_again_changes_nothing(run: Run, files: Path) -> None:
    assert run("deploy", "good.yaml").exit_code == 0
    again = document(run("deploy", "good.yaml", "--json"))
    assert again["deployed"][0]["repeated"] is True
    files.joinpath("good.yaml").write_text(GOOD.replace("boil", "heat"), encoding="utf-8")
    run("deploy", "good.yaml")
    assert [each["number"] for each in document(run("definitions", "--json"))] == [2]
    assert len(document(run("definitions", "--all", "--json"))) == 2


def test_the_schema_is_printed_or_written(run: Run, folder: Path) -> None:
    assert document(run("schema"))["$schema"].startswith("https://json-schema.org")
    assert run("schema", "-o", "s.json").exit_code == 0
    assert folder.joinpath("s.json").read_text(encoding="utf-8").startswith("{")


@pytest.mark.parametrize("what", ["leave-request", "LEAVE-2035-03-05-lin", "good.yaml"])
@pytest.mark.parametrize("states", [(), ("--states",)])
def test_a_diagram_is_drawn_of_a_process_an_instance_or_a_file(
    leave: Run, files: Path, what: str, states: tuple[str, ...]
) -> None:
    result = leave("diagram", what, "-o", "x.svg", *states)
    assert result.exit_code == 0, result.output
    assert files.joinpath("x.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_table_becomes_a_definition_that_can_be_checked_and_updated(run: Run, folder: Path) -> None:
    with folder.joinpath("表.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(SEED)
    result = run("import", "表.csv", "-o", "p.yaml", "--people", "people.yaml", "--report", "report.csv")
    assert result.exit_code == 0, result.output
    assert "✓ 表.csv:2:1" in result.stdout
    assert run("check", "p.yaml", "people.yaml").exit_code == 0
    assert folder.joinpath("report.csv").exists()
    assert run("import", "表.csv", "-o", "p.yaml").exit_code == 1, "a file is not replaced unasked"
    assert run("import", "表.csv", "-o", "p.yaml", "--update").exit_code == 0


def test_the_people_file_stands_beside_the_definition_and_is_not_overwritten(run: Run, folder: Path) -> None:
    with folder.joinpath("t.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(SEED)
    first = run("import", "t.csv", "-o", "p.yaml")
    assert first.exit_code == 0, first.output
    people = folder.joinpath("p.people.yaml")
    assert "signoff_people: 1" in people.read_text(encoding="utf-8")
    people.write_text("signoff_people: 1\npeople: {}\n", encoding="utf-8")
    second = run("import", "t.csv", "-o", "p.yaml", "--update")
    assert second.exit_code == 0, second.output
    assert "Kept as it is: p.people.yaml" in second.stdout
    assert people.read_text(encoding="utf-8").endswith("people: {}\n")
    run("import", "t.csv", "-o", "p.yaml", "--update", "--people", "others.yaml")
    assert "signoff_people: 1" in folder.joinpath("others.yaml").read_text(encoding="utf-8")


def test_an_import_with_a_deadline_that_was_not_understood_fails_but_writes_it(
    run: Run, folder: Path
) -> None:
    text = "Step,Owner,Deadline,Deliverable\nPlan,Manager,when the moon is full,Plan\n"
    folder.joinpath("t.csv").write_text(text, encoding="utf-8")
    result = run("import", "t.csv", "-o", "p.yaml")
    assert result.exit_code == 2
    assert "1 deadline cannot be kept as it is written; correct it in p.yaml" in result.stdout
    assert "unreadable: when the moon is full" in folder.joinpath("p.yaml").read_text(encoding="utf-8")
    assert document(run("import", "t.csv", "-o", "q.yaml", "--json"))["unreadable"] == 1


def test_a_table_that_cannot_be_read_writes_nothing(run: Run, folder: Path) -> None:
    folder.joinpath("t.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    result = run("import", "t.csv", "-o", "p.yaml")
    assert result.exit_code == 2
    assert not folder.joinpath("p.yaml").exists()
    assert run("import", "none.csv", "-o", "p.yaml").exit_code == 4


def test_an_import_whose_deadlines_go_backwards_fails_but_writes_it(run: Run, folder: Path) -> None:
    rows = [
        ["step", "owner", "deadline"],
        ["Plan", "Boss", "3 days before event"],
        ["Do", "Boss", "9 days before event"],
    ]
    with folder.joinpath("t.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    result = run("import", "t.csv", "-o", "p.yaml")
    assert result.exit_code == 2
    assert "1 deadline cannot be kept as it is written; correct it in p.yaml" in result.stdout
    assert "✗ t.csv:3:1" in result.stdout
    assert "P05" in run("check", "p.yaml").stdout
