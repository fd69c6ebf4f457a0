"""The daemon as an operator runs it: a process that says what it does, fires what is due and stops when asked."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from signoff import Engine, VirtualClock
from tests.cli.conftest import Run, document

PATIENCE = 120  # seconds: only a hang takes so long
WATCH = """signoff: 1
process: watch
lang: en
calendar: PLAIN
zone: UTC
data: {day: date, sum: {type: integer, optional: true}}
dates: {event: {day: day, name: the event}}
roles: {staff: {group: staff}}
start: {by: [staff], form: {fill: [day]}}
steps:
  - {wait: for-the-day, at: event}
  - {run: add, handler: add, returns: integer, set: {sum: result}}
  - {step: look, owner: staff, checklist: [Seen]}
"""
HANDLERS = """def add(inputs):
    return 41 + 1


HANDLERS = {"add": add}
"""
KEYS = ["one", "two", "three", "four", "five", "six"]


@pytest.fixture
def due(office: Run, folder: Path) -> Run:
    """Six instances whose moment came long ago, and the handlers of the service task."""
    folder.joinpath("watch.yaml").write_text(WATCH, encoding="utf-8")
    folder.joinpath("handlers.py").write_text(HANDLERS, encoding="utf-8")
    assert office("deploy", "watch.yaml").exit_code == 0
    for key in KEYS:
        started = office("start", "watch", "--set", "day=2021-03-01", "--key", key)
        assert started.exit_code == 0, started.output
    return office


class Daemon:
    """`signoff daemon` as a process of its own; each line of its log is JSON."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "signoff_cli", "daemon", "--handlers", "handlers:HANDLERS", *options],
            cwd=folder,
            env={**os.environ, "SIGNOFF_LANG": "en", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def lines(self) -> Iterator[dict[str, Any]]:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            yield json.loads(line)

    def wait_for(self, logger: str, said: str) -> dict[str, Any]:
        return next(line for line in self.lines() if line["logger"] == logger and said in line["message"])

    def stop(self, number: signal.Signals) -> tuple[int, str, list[dict[str, Any]]]:
        self._process.send_signal(number)
        out, err = self._process.communicate(timeout=PATIENCE)
        return self._process.returncode, out, [json.loads(line) for line in err.splitlines()]

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def daemons(folder: Path) -> Iterator[list[Daemon]]:
    started: list[Daemon] = []
    yield started
    for each in started:
        each.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_that_it_runs_does_what_is_due_and_stops_cleanly(
    due: Run, folder: Path, daemons: list[Daemon], number: signal.Signals
) -> None:
    daemon = Daemon(folder, "--json")
    daemons.append(daemon)
    first = daemon.wait_for("signoff.daemon", "started")
    assert "SQLite" in first["message"], "which journal mode it found, and why"
    for _ in KEYS:
        daemon.wait_for("signoff.notices", "look")
    code, out, rest = daemon.stop(number)
    assert code == 0
    assert json.loads(out)["failed"] == 0
    assert "stopped" in rest[-1]["message"]
    for key in KEYS:
        (reason,) = document(due("why", key, "--json"))["reasons"]
        assert reason["node"] == "look"
        assert document(due("show", key, "--json"))["data"]["sum"] == 42
    assert due("verify").exit_code == 0


def test_two_of_them_do_everything_once(due: Run, folder: Path, daemons: list[Daemon]) -> None:
    daemons += [Daemon(folder, "--json"), Daemon(folder, "--json")]
    for each in daemons:
        each.wait_for("signoff.daemon", "started")
    results = [each.stop(signal.SIGTERM) for each in daemons]
    assert [code for code, _, _ in results] == [0, 0]
    assert document(due("daemon", "--once", "--handlers", "handlers:HANDLERS", "--json"))["failed"] == 0
    for key in KEYS:
        commands = [each["command"] for each in document(due("history", key, "--json"))["records"]]
        assert commands == ["Start", "FireTimer", "FinishJob"]


def test_once_works_off_what_is_due_and_ends(due: Run, folder: Path) -> None:
    first = due("daemon", "--once", "--handlers", "handlers:HANDLERS")
    assert first.exit_code == 0
    assert f"{3 * len(KEYS)} done, 0 failed." in first.stdout, "six moments, six calls, six notices"
    assert "0 done, 0 failed." in due("daemon", "--once", "--handlers", "handlers:HANDLERS").stdout


def test_without_the_handler_it_says_so_and_goes_on_with_the_rest(due: Run, folder: Path) -> None:
    result = due("daemon", "--once", "--json")
    assert document(result) == {"done": len(KEYS), "failed": 0}
    assert {each["reasons"][0]["node"] for each in _whys(due)} == {"add"}
    assert "no handler is registered for add" in result.stderr
    assert "Traceback" not in result.output
    assert due("daemon", "--once", "--handlers", "handlers:HANDLERS").exit_code == 0
    assert {each["reasons"][0]["node"] for each in _whys(due)} == {"look"}, "no attempt was used up"


def test_a_call_that_nobody_can_make_is_found_by_the_doctor(due: Run, folder: Path) -> None:
    assert "no call waits for its handler" in due("doctor").stdout
    clock = VirtualClock("2021-03-02T00:00Z")
    engine = Engine(f"sqlite:///{folder / 'signoff.db'}", clock=clock)
    case = engine.start("watch", {"day": "2021-03-01"}, by="lin", key="long ago")
    engine.worker().drain()
    engine.dispose()
    assert "7 calls of add wait since 2021-03-02" in due("doctor").stdout.replace("\n", " ")
    (reason,) = document(due("why", case.instance, "--json"))["reasons"]
    assert reason["missing"][0]["params"]["handler"] == "add"


def _whys(run: Run) -> list[Any]:
    return [document(run("why", key, "--json")) for key in KEYS]


def test_a_daemon_on_a_database_that_is_not_there_ends_at_once(folder: Path, daemons: list[Daemon]) -> None:
    folder.joinpath("handlers.py").write_text(HANDLERS, encoding="utf-8")
    daemon = Daemon(folder, "--json")
    daemons.append(daemon)
    out, _ = daemon._process.communicate(timeout=PATIENCE)
    assert daemon._process.returncode == 9
    assert json.loads(out)["error"]["code"] == "no_database"


def test_a_reader_beside_the_daemon_is_not_kept_out(due: Run, folder: Path, daemons: list[Daemon]) -> None:
    daemon = Daemon(folder)
    daemons.append(daemon)
    daemon.wait_for("signoff.daemon", "started")
    engine = Engine(f"sqlite:///{folder / 'signoff.db'}")
    assert len(engine.instances()) == len(KEYS)
    engine.dispose()
    assert daemon.stop(signal.SIGTERM)[0] == 0
