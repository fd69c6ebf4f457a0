"""People read the names of people, scripts their ids; commands to copy work on the same database."""

from pathlib import Path

from tests.cli.conftest import KEY, PEOPLE, Run, document


def test_people_are_called_by_their_names(leave: Run) -> None:
    why = leave("why", KEY)
    assert "waits for 孙 since" in why.stdout
    assert "(from 孙, since" in why.stdout
    shown = leave("show", KEY).stdout
    assert "林" in shown.split("Started")[1].splitlines()[0]
    assert document(leave("why", KEY, "--json"))["reasons"][0]["who"] == ["sun"], "scripts go by ids"


def test_a_refusal_calls_people_by_their_names(leave: Run) -> None:
    refused = leave("approve", f"{KEY}/approval", "--as", "hu")
    assert refused.stderr.startswith("Error: It is not the turn of Hu at")
    told = document(leave("approve", f"{KEY}/approval", "--as", "hu", "--json"))["error"]
    assert told["params"]["person"] == "hu"
    assert told["sentence"].startswith("It is not the turn of Hu at")


def test_two_who_share_a_name_are_told_apart(leave: Run, folder: Path) -> None:
    more = PEOPLE.replace("hu: {name: Hu", "hu: {name: 孙")
    folder.joinpath("people.yaml").write_text(more, encoding="utf-8")
    assert leave("people", "import", "people.yaml", "--yes").exit_code == 0
    assert "waits for 孙 (sun) since" in leave("why", KEY).stdout


def test_what_to_type_next_names_the_database_where_it_was_named(leave: Run) -> None:
    db = "sqlite:///signoff.db"
    assert f"next: signoff approve {KEY}/approval --db {db}" in leave("why", KEY, "--db", db).stdout
    assert f"next: signoff approve {KEY}/approval\n" in leave("why", KEY).stdout


FORM = """signoff: 1
process: p
lang: en
data: {a: {type: text, name: Aim}, b: text}
roles: {all: {group: staff}}
start: {form: {fill: [a, b]}}
steps:
  - {step: s, owner: all}
"""


def test_what_is_missing_says_which_option_gives_it_and_is_told_once(office: Run, folder: Path) -> None:
    folder.joinpath("p.yaml").write_text(FORM, encoding="utf-8")
    assert "Start it: signoff start p --set a=… --set b=…" in office("deploy", "p.yaml").stdout
    one = office("start", "p", "--set", "b=x")
    assert one.stderr.splitlines() == ["Error: Aim is empty; fill it in. (--set a=…)"]
    two = office("start", "p").stderr.splitlines()
    assert two[0] == "Error: 2 things are missing:"
    assert [line.rpartition("(")[2] for line in two[1:]] == ["--set a=…)", "--set b=…)"]
