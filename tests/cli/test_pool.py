"""Work that several people could do, and several things that one person could do."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run, document

TEA = """signoff: 1
process: tea
lang: en
roles: {all: {group: staff}, none: {group: nobody-yet}}
start: {by: [all]}
steps:
  - parallel: both
    branches:
      - {name: one, steps: [{step: boil, owner: all, checklist: [Water is hot]}]}
      - {name: two, steps: [{step: pour, owner: none, checklist: [Cup is full]}]}
      - {name: three, steps: [{step: drink, owner: all, checklist: [Cup is empty]}]}
"""


@pytest.fixture
def tea(office: Run, folder: Path) -> Run:
    folder.joinpath("tea.yaml").write_text(TEA, encoding="utf-8")
    for arguments in (("deploy", "tea.yaml"), ("start", "tea", "--key", "T")):
        result = office(*arguments)
        assert result.exit_code == 0, result.output
    return office


def steps(run: Run, *arguments: str) -> list[str]:
    return sorted(row["node"] for row in document(run("inbox", "--json", *arguments))["tasks"])


def test_who_claims_a_task_has_it_until_it_is_released(tea: Run) -> None:
    assert steps(tea, "--for", "sun") == ["boil", "drink"]
    assert tea("claim", "T/boil").exit_code == 0
    assert steps(tea, "--for", "sun") == ["drink"]
    assert tea("claim", "T/boil", "--as", "sun").exit_code != 0
    assert tea("release", "T/boil").exit_code == 0
    assert steps(tea, "--for", "sun") == ["boil", "drink"]


def test_what_nobody_can_do_is_assigned_by_an_administrator(tea: Run) -> None:
    assert steps(tea, "--unassigned") == ["pour"]
    listed = document(tea("inbox", "--unassigned", "--json"))["tasks"]
    assert [each["next"] for each in listed] == ["signoff assign T/pour PERSON"]
    assert "next: signoff assign T/pour PERSON" in tea("why", "T").stdout
    assert tea("assign", "T/pour", "hu").exit_code == 5
    assert tea("assign", "T/pour", "hu", "--as", "root").exit_code == 0
    assert steps(tea, "--for", "hu") == ["pour"]
    assert tea("assign", "T/pour", "somebody", "--as", "root").exit_code == 4


def test_advance_asks_which_of_several_things_is_meant(tea: Run) -> None:
    unsaid = tea("advance", "T", "--tick-all")
    assert unsaid.exit_code == 2
    assert "1  boil" in unsaid.stderr
    assert "signoff submit" in unsaid.stderr
    chosen = tea("advance", "T", "--tick-all", input="2\n")
    assert chosen.exit_code == 0, chosen.output
    assert steps(tea) == ["boil"]
    assert tea("advance", "T", "--tick", "Water is hot").exit_code == 0
    assert steps(tea) == []


def test_a_checklist_wants_its_own_items(tea: Run) -> None:
    assert tea("submit", "T/boil", "--tick", "2").exit_code == 2
    assert tea("submit", "T/boil", "--tick", "Tea is cold").exit_code == 7
