"""Erasing from the command line: asked about, refused to others, told, and gone from the file."""

from pathlib import Path

from tests.cli.conftest import PEOPLE, Run, document

SECRET = "13912345678"
TEXT = """
signoff: 1
process: hire
lang: en
data: {phone: {type: text, personal: true}, level: {type: integer, default: 3}}
documents: {letter: {name: Letter, personal: true}}
roles: {staff: {group: staff}, hr: {group: hr}}
start: {by: [staff], form: {fill: [phone]}, key: "'H-' + text(level)"}
steps:
  - {step: ask, owner: staff, delivers: [letter], approve: [{by: hr}]}
"""


def ended(run: Run, folder: Path) -> None:
    (folder / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    (folder / "hire.yaml").write_text(TEXT, encoding="utf-8")
    (folder / "letter.txt").write_text(f"call {SECRET}", encoding="utf-8")
    for words in (
        "people import people.yaml",
        "deploy hire.yaml",
        f"start hire --set phone={SECRET}",
        "submit H-3/ask --attach letter=letter.txt",
        "approve H-3/ask --as hu",
    ):
        done = run(*words.split())
        assert done.exit_code == 0, done.stderr


def kept(folder: Path) -> bool:
    return SECRET.encode() in (folder / "signoff.db").read_bytes()


def test_what_is_erased_is_asked_about_told_and_gone(run: Run, folder: Path) -> None:
    ended(run, folder)
    words = ("erase", "H-3", "--reason", "asked to")
    assert "administrator" in run(*words, "--yes").stderr
    assert run("erase", "H-3", "--as", "root", "--yes").exit_code != 0, "a reason is needed"
    assert "Nothing was done" in run(*words, "--as", "root", "--dry-run").stdout
    assert run(*words, "--as", "root", input="n\n").exit_code != 0
    assert kept(folder)

    done = document(run(*words, "--as", "root", "--yes", "--json"))
    (event,) = done["events"]
    assert event["type"] == "PersonalErased"
    assert not kept(folder)
    assert SECRET not in run("show", "H-3").stdout
    assert event["event"]["reason"] == "asked to"
    assert "PersonalErased" in run("history", "H-3").stdout
    assert run("verify").exit_code == 0
    assert run(*words, "--as", "root", "--yes").exit_code != 0, "nothing is left"


def test_only_what_is_named_is_erased(run: Run, folder: Path) -> None:
    ended(run, folder)
    words = ("erase", "H-3", "--reason", "asked to", "--as", "root", "--yes")
    assert "level" in run(*words, "--name", "level").stderr
    assert "0 documents" in run(*words, "--name", "phone").stdout
    assert kept(folder), "the letter says it as well"
    assert "1 documents" in run(*words, "--name", "letter").stdout
    assert not kept(folder)
    assert run("verify").exit_code == 0
