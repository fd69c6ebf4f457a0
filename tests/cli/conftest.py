"""The command line in a folder of its own: a database with the shipped leave request and four people."""

import json
import os
import pwd
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import signoff_workflows
from signoff_cli.main import cli
from tests.ready import sqlite_template

__all__ = ["sqlite_template"]

PEOPLE = """signoff_people: 1
groups:
  staff: {name: Staff}
  hr: {name: Human resources}
people:
  lin: {name: 林, groups: [staff], manager: sun, logins: [lin-login]}
  sun: {name: 孙, groups: [staff]}
  hu: {name: Hu, groups: [hr]}
  root: {name: Root, groups: [], admin: true}
"""
LEAVE = ("--set", "first_day=2035-03-05", "--set", "last_day=2035-03-07")
KEY = "LEAVE-2035-03-05-lin"

Run = Callable[..., Result]


def works_as(monkeypatch: pytest.MonkeyPatch, login: str) -> None:
    """Let the system say that this account runs the tests; no variable of the environment can."""
    entry = pwd.struct_passwd((login, "x", 0, 0, "", "/", ""))
    monkeypatch.setattr(pwd, "getpwuid", lambda _uid: entry)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, and an environment that says nothing but English and the login."""
    for name in [each for each in os.environ if each.startswith("SIGNOFF_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SIGNOFF_LANG", "en")
    works_as(monkeypatch, "lin-login")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    """Run a command line; `exit_code`, `stdout` and `stderr` tell what came of it."""

    def run(*arguments: str | Path, input: str | None = None) -> Result:
        return CliRunner().invoke(cli, [str(each) for each in arguments], input=input)

    return run


@pytest.fixture(scope="session")
def staffed(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the people and the leave request; copy it, never open it."""
    place = tmp_path_factory.mktemp("staffed")
    shutil.copy(sqlite_template, place / "signoff.db")
    place.joinpath("people.yaml").write_text(PEOPLE, encoding="utf-8")
    db = f"sqlite:///{place / 'signoff.db'}"
    for arguments in (
        ["people", "import", str(place / "people.yaml"), "--yes"],
        ["deploy", str(signoff_workflows.path("leave_request"))],
    ):
        result = CliRunner().invoke(cli, ["--db", db, *arguments])
        assert result.exit_code == 0, result.output
    return place / "signoff.db"


@pytest.fixture
def office(folder: Path, run: Run, staffed: Path) -> Run:
    """The same, with people and the leave request in signoff.db of this folder."""
    shutil.copy(staffed, folder / "signoff.db")
    return run


@pytest.fixture
def leave(office: Run) -> Run:
    """The same, with one leave request that waits for sun."""
    result = office("start", "leave-request", *LEAVE)
    assert result.exit_code == 0, result.output
    return office


def document(result: Result) -> Any:
    """The one JSON document that was printed."""
    return json.loads(result.stdout)
