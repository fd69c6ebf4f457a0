"""How tasks and gates are named on the command line: INSTANCE/STEP, an id, or the instance alone."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run, document

PAIR = """signoff: 1
process: pair
lang: en
roles: {all: {group: staff}, boss: {person: sun}}
start: {by: [all]}
steps:
  - step: boil
    owner: all
    checklist: [Water is hot]
  - parallel: both
    branches:
      - {name: one, steps: [{step: pour, owner: all, checklist: [Cup is full]}]}
      - {name: two, steps: [{step: drink, owner: all, checklist: [Cup is empty]}]}
  - {gate: good, approve: [{by: boss, declined: end}]}
"""


@pytest.fixture
def pair(office: Run, folder: Path) -> Run:
    folder.joinpath("pair.yaml").write_text(PAIR, encoding="utf-8")
    for arguments in (("deploy", "pair.yaml"), ("start", "pair", "--key", "P1")):
        result = office(*arguments)
        assert result.exit_code == 0, result.output
    return office


def test_an_instance_names_its_only_open_task(pair: Run) -> None:
    assert pair("submit", "P1", "--tick-all").exit_code == 0
    several = pair("submit", "P1", "--tick-all")
    assert several.exit_code == 7, several.output
    assert "P1/pour" in several.stderr
    assert "P1/drink" in several.stderr


def test_a_unique_part_of_the_id_of_a_task_names_it(pair: Run) -> None:
    task = document(pair("inbox", "--json"))["tasks"][0]["task"]
    instance, _, own = task.rpartition(":")
    assert pair("submit", f"{instance[-8:]}:{own}", "--tick-all").exit_code == 0


def test_a_word_that_names_no_instance_is_told_so(pair: Run) -> None:
    result = pair("submit", "P9", "--tick-all")
    assert result.exit_code == 4
    assert "No instance is called `P9`" in result.stderr


def test_a_gate_that_returns_nowhere_says_so(pair: Run) -> None:
    for step in ("boil", "pour", "drink"):
        assert pair("submit", f"P1/{step}", "--tick-all").exit_code == 0
    result = pair("return", "P1", "--to", "boil", "--note", "cold", "--as", "sun")
    assert result.exit_code == 5, result.output
    assert "names no step to return to" in result.stderr


def test_an_instance_that_is_over_has_nothing_open(pair: Run) -> None:
    for step in ("boil", "pour", "drink"):
        pair("submit", f"P1/{step}", "--tick-all")
    assert pair("approve", "P1", "--as", "sun").exit_code == 0
    result = pair("approve", "P1", "--as", "sun")
    assert result.exit_code == 4
    assert "Nothing in P1 waits" in result.stderr


def test_what_is_decided_on_is_shown_under_its_titles(office: Run, folder: Path) -> None:
    folder.joinpath("goal.yaml").write_text(
        """signoff: 1
process: goal
lang: en
data:
  goals: {name: Goals, list_of: {fields: {metric: {type: text, name: What is measured}}}}
documents: {sheet: {name: Goal sheet}}
roles: {all: {group: staff}, boss: {person: sun}}
start: {by: [all]}
steps:
  - {step: set, owner: all, form: {fill: [goals]}, delivers: [sheet], approve: [{by: boss}]}
""",
        encoding="utf-8",
    )
    folder.joinpath("s.md").write_text("# Goals", encoding="utf-8")
    for arguments in (("deploy", "goal.yaml"), ("start", "goal", "--key", "G")):
        assert office(*arguments).exit_code == 0
    goals = ("submit", "G", "--set", 'goals=[{"metric": "users"}]')
    wrong = office(*goals, "--attach", "plan=s.md")
    assert "it delivers Goal sheet." in wrong.stderr
    absent = office(*goals, "--attach", "Goal sheet=none.md")
    assert absent.exit_code == 4
    assert "There is no file none.md" in absent.stderr
    assert office(*goals, "--attach", "Goal sheet=s.md").exit_code == 0
    assert "What is measured: users" in office("approve", "G", "--dry-run", "--as", "sun").stdout


def test_a_list_and_a_show_tell_the_same_time(pair: Run) -> None:
    started = next(line for line in pair("show", "P1").stdout.splitlines() if line.startswith("Started"))
    assert " ".join(started.split()[1:3]) in pair("list").stdout


def test_a_status_that_there_is_not_is_refused(pair: Run) -> None:
    assert pair("list", "--status", "runing").exit_code == 2
    assert "P1" in pair("list", "--status", "running").stdout
