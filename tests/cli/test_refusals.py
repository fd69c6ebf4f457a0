"""Bad input: a sentence that says what, where and what to do; an exit code by class; no traceback; nothing changed."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import KEY, LEAVE, PEOPLE, Run, document, works_as

GATE = f"{KEY}/approval"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["start", "no-such-process"], 4, "no-such-process"),
        (["start", "leave-request"], 7, ""),
        (["start", "leave-request", "--set", "first_day"], 2, "name=value"),
        (
            ["start", "leave-request", "--set", "first_day=tomorrow", "--set", "last_day=2035-01-01"],
            7,
            "tomorrow",
        ),
        (["start", "leave-request", "--set", "frist_day=2035-01-01"], 7, "frist_day"),
        (["start", "leave-request", *LEAVE, "--as", "nobody"], 5, "nobody"),
        (["start", "leave-request", *LEAVE, "--as", "hu"], 5, ""),
        (["start", "leave-request", "--data", "none.yaml"], 4, "none.yaml"),
        (["start", "leave-request", "--data", "list.yaml"], 7, "list.yaml"),
        (["start", "leave-request", "--data", "broken.json"], 7, "broken.json"),
        (["start", "leave-request", "--data", "alias.yaml"], 7, "alias.yaml"),
        (["start", "leave-request", "--data", "twice.yaml"], 7, "written twice"),
        (["show", "zz"], 4, "zz"),
        (["show", ""], 4, ""),
        (["approve", "nothing"], 4, "nothing"),
        (["approve", f"{KEY}/no-such-step", "--as", "sun"], 4, "no-such-step"),
        (["approve", GATE, "--as", "hu"], 5, ""),
        (["return", GATE, "--to", "nowhere", "--as", "sun"], 5, "names no step to return to"),
        (["submit", GATE, "--as", "sun"], 4, ""),
        (["submit", GATE, "--set", "a=[1,"], 2, "--set a"),
        (["submit", GATE, "--attach", "note"], 2, "NAME=FILE"),
        (["submit", GATE, "--tick", "7"], 2, "--tick 7"),
        (["claim", f"{KEY}/hand-over"], 4, "hand-over"),
        (["cancel", KEY, "--yes"], 5, ""),
        (["list", "--limit", "0"], 2, "--limit"),
        (["list", "--colour"], 2, "--colour"),
        (["inbox", "--lang", "fr"], 2, "--lang"),
        (["diagram", "nothing", "-o", "x.svg"], 4, "nothing"),
        (["diagram", "leave-request", "-o", "no/such/x.svg"], 1, "no/such/x.svg"),
        (["people", "import", "broken.json"], 2, ""),
        (["daemon", "--once", "--channel", "pigeon"], 8, "pigeon"),
        (["--db", "mysql://x/y", "list"], 9, "mysql"),
        (["--db", "nonsense", "list"], 9, "sqlite:///signoff.db"),
        (["--db", "postgresql+nosuch://x/y", "list"], 9, "nosuch"),
        (["--db", "sqlite:///none.db", "list"], 9, "none.db"),
        (["--db", "sqlite:///note.md", "list"], 9, "SQLite"),
    ],
)
def test_it_is_refused_with_a_sentence_and_the_code_of_its_class(
    leave: Run, folder: Path, arguments: list[str], code: int, said: str
) -> None:
    for name, text in {
        "list.yaml": "- a\n",
        "broken.json": "{",
        "alias.yaml": "a: &x [1]\nb: *x\n",
        "twice.yaml": "a: 1\na: 2\n",
        "note.md": "not a database",
    }.items():
        folder.joinpath(name).write_text(text, encoding="utf-8")
    before = dump(folder / "signoff.db")
    files = sorted(folder.iterdir())
    result = leave(*arguments)
    assert result.exit_code == code, result.output
    assert said in result.output
    assert "Traceback" not in result.output
    assert result.stderr.startswith("Error: ")
    told = document(leave("--json", *arguments))["error"]
    assert told["exit_code"] == code
    assert told["sentence"]
    assert dump(folder / "signoff.db") == before
    assert sorted(folder.iterdir()) == files


def dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def test_a_business_key_names_one_running_instance(office: Run) -> None:
    assert office("start", "leave-request", *LEAVE, "--key", "K1").exit_code == 0
    result = office("start", "leave-request", *LEAVE, "--key", "K1")
    assert result.exit_code == 6
    assert "K1" in result.stderr
    assert len(document(office("list", "--json"))) == 1


def test_without_a_login_in_the_people_file_nobody_acts(office: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    works_as(monkeypatch, "stranger")
    result = office("start", "leave-request", *LEAVE)
    assert result.exit_code == 2
    assert "stranger" in result.stderr
    assert "--as" in result.stderr


@pytest.mark.parametrize(
    "name", ["list", "inbox --for lin", "people list", "definitions", "verify", "doctor", "start x"]
)
def test_what_reads_never_makes_a_database(run: Run, folder: Path, name: str) -> None:
    result = run(*name.split(), "--as", "lin")
    assert result.exit_code == 9
    assert "signoff db upgrade" in result.output
    assert list(folder.iterdir()) == []


def test_four_verbs_make_a_database_and_a_dry_run_makes_none(run: Run, folder: Path) -> None:
    folder.joinpath("people.yaml").write_text(PEOPLE, encoding="utf-8")
    assert run("db", "status").exit_code == 9
    for dry in (("db", "upgrade"), ("people", "import", "people.yaml")):
        assert run(*dry, "--dry-run").exit_code == 0
        assert not folder.joinpath("signoff.db").exists()
    assert run("people", "import", "people.yaml").exit_code == 0
    assert run("db", "status").exit_code == 0
    assert run("db", "upgrade", "--db", "sqlite:///two.db").exit_code == 0
    assert document(run("db", "upgrade", "--db", "sqlite:///two.db", "--json"))["steps"] == []


def test_a_wrong_people_file_makes_no_database(run: Run, folder: Path) -> None:
    folder.joinpath("people.yaml").write_text(
        PEOPLE.replace("manager: sun", "manager: son"), encoding="utf-8"
    )
    result = run("people", "import", "people.yaml")
    assert result.exit_code == 2
    assert "people.yaml:" in result.stderr
    assert not folder.joinpath("signoff.db").exists()


def test_people_are_removed_only_after_a_question(office: Run, folder: Path) -> None:
    folder.joinpath("fewer.yaml").write_text(
        PEOPLE.replace("  hu: {name: Hu, groups: [hr]}\n", ""), encoding="utf-8"
    )
    assert office("people", "import", "fewer.yaml").exit_code == 1
    assert office("people", "import", "fewer.yaml", "--merge").exit_code == 0
    assert len(document(office("people", "list", "--json"))["people"]) == 4
    assert office("people", "import", "fewer.yaml", input="y\n").exit_code == 0
    assert len(document(office("people", "list", "--json"))["people"]) == 3


def test_the_database_is_named_by_option_variable_or_file(
    leave: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.joinpath("signoff.db").rename(folder / "other.db")
    folder.joinpath("url").write_text("sqlite:///other.db\n", encoding="utf-8")
    assert leave("list").exit_code == 9
    assert leave("list", "--db", "sqlite:///other.db").exit_code == 0
    monkeypatch.setenv("SIGNOFF_DB_FILE", "url")
    assert leave("list").exit_code == 0
    monkeypatch.setenv("SIGNOFF_DB", "sqlite:///none.db")
    assert leave("list").exit_code == 9
    monkeypatch.delenv("SIGNOFF_DB")
    monkeypatch.setenv("SIGNOFF_DB_FILE", "nowhere")
    result = leave("list")
    assert result.exit_code == 2
    assert "nowhere" in result.stderr


def test_a_password_is_never_shown(run: Run) -> None:
    for verb in ("list", "db status", "doctor"):
        result = run(*verb.split(), "--db", "postgresql+psycopg://u:secret@127.0.0.1:1/x")
        assert result.exit_code == 9
        assert "secret" not in result.output


def test_a_failure_nobody_foresaw_is_told_without_its_inside(
    office: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.joinpath("h.py").write_text("H = 1 / 0\n", encoding="utf-8")
    result = office("daemon", "--once", "--handlers", "h:H")
    assert result.exit_code == 70
    assert "Traceback" not in result.output
    assert "SIGNOFF_TRACEBACK=1" in result.stderr
    monkeypatch.setenv("SIGNOFF_TRACEBACK", "1")
    assert "Traceback" in office("daemon", "--once", "--handlers", "h:H").stderr


def test_data_cannot_steer_the_terminal(office: Run) -> None:
    office("start", "leave-request", *LEAVE, "--set", "reason=\x1b[31mred\x1b]0;title\x07")
    assert "\x1b" not in office("inspect", KEY).stdout


def test_an_interrupted_daemon_ends_cleanly(office: Run, folder: Path) -> None:
    import signal

    process = subprocess.Popen(
        [sys.executable, "-m", "signoff_cli", "daemon", "--json"],
        cwd=folder,
        env={**os.environ, "SIGNOFF_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert "started" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert '"failed": 0' in out


def test_no_variable_of_the_environment_makes_somebody_else_of_an_account(
    office: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    works_as(monkeypatch, "stranger")
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "lin-login")
    assert office("start", "leave-request", *LEAVE).exit_code == 2


def test_what_is_refused_is_kept_in_the_file_of_the_audit_log(
    leave: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = folder / "audit.jsonl"
    monkeypatch.setenv("SIGNOFF_AUDIT_LOG", str(log))
    refused = leave("cancel", KEY, "--as", "hu", "--yes")
    assert refused.exit_code == 5
    assert len(refused.stderr.splitlines()) == 1, "the sentence, and no line of a log"
    assert leave("approve", GATE, "--as", "nobody").exit_code == 5
    found = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [(each["command"], each["actor"], each["class"], each["code"]) for each in found] == [
        ("Cancel", "hu", "NotAllowed", "administrators_only"),
        ("Actor", "nobody", "NotAllowed", "unknown_actor"),
    ]
    assert {each["via"] for each in found} == {"cli"}


def test_without_that_file_a_refusal_is_one_sentence(leave: Run) -> None:
    refused = leave("cancel", KEY, "--as", "hu", "--yes")
    assert refused.exit_code == 5
    assert len(refused.stderr.splitlines()) == 1


def test_a_no_without_a_reason_is_refused_and_says_how_to_give_one(leave: Run) -> None:
    """I11: nobody can answer here, so the engine refuses."""
    result = leave("decline", GATE, "--as", "sun")
    assert result.exit_code == 7, result.output
    assert "Say it with --reason TEXT." in result.stderr
    assert leave("decline", GATE, "--as", "sun", "--reason", "too long").exit_code == 0


def test_a_process_that_is_not_there_is_told_with_the_one_that_is_close(leave: Run) -> None:
    result = leave("start", "leave-reqest")
    assert "did you mean `leave-request`?" in result.stderr
    assert "did you mean" not in leave("start", "something-else-altogether").stderr


def test_what_is_not_ticked_names_the_option_that_ticks_it(leave: Run) -> None:
    assert leave("approve", GATE, "--as", "sun").exit_code == 0
    assert leave("submit", f"{KEY}/choose-stand-in", "--set", "stand_in=sun").exit_code == 0
    refused = leave("submit", f"{KEY}/hand-over")
    assert '--tick "' in refused.stderr
