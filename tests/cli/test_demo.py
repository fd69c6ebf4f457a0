"""demo: a whole campaign from the goal document to the archive, and a second one that the reader moves."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import signoff_workflows
from signoff import DocumentDelivered, Engine, SystemClock, UserTask, VirtualClock
from signoff_cli.demo.desk import Desk
from signoff_cli.demo.flagship import flagship
from signoff_cli.demo.paper import Folder
from signoff_cli.demo.rehearsal import Rehearsal
from signoff_cli.demo.script import Reading
from signoff_cli.demo.story import Naming, Story
from signoff_cli.verbs.daemon import _handlers
from tests.cli.conftest import Run, works_as
from tests.table.make import SEED_TEXT

LIMIT = 200 * 1024  # kilobytes
MAIN = "import sys\nfrom signoff_cli.main import main\nmain()"
# Linux counts what the parent had into the child's ru_maxrss; VmHWM is the program's own.
MEASURED = """
import resource, sys
from signoff_cli.main import cli
cli.main(sys.argv[1:], standalone_mode=False)
if sys.platform == "linux":
    (most,) = (line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
else:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(most, file=sys.stderr)
"""


def typed(*words: str, cwd: Path, code: str = MAIN, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command line in a process of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SIGNOFF_")}
    env = {**clean, "SIGNOFF_LANG": "en", "PYTHONIOENCODING": "utf-8", **environment}
    return subprocess.run(
        [sys.executable, "-c", code, *words], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def told(place: Path) -> subprocess.CompletedProcess[str]:
    """The demo, played once for all tests here."""
    return typed("demo", "--json", cwd=place, code=MEASURED)


@pytest.fixture(scope="module")
def document(told: subprocess.CompletedProcess[str]) -> Any:
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def happened(document: Any, kind: str) -> list[Any]:
    return [each for each in document["first"]["happened"] if each["kind"] == kind]


def test_the_campaign_runs_from_the_goal_document_to_the_archive(document: Any, place: Path) -> None:
    assert document["first"]["instance"]["status"] == "completed"
    assert document["first"]["stuck"] is None
    engine = Engine(f"sqlite:///{place / 'signoff-demo.db'}")
    definition = engine.definition("marketing-campaign")
    asked_for = {handler.id for handler in definition.requests.values()}  # nobody had to
    steps = {n.id for n in definition.nodes.values() if isinstance(n, UserTask) and n.scope not in asked_for}
    papers = {id for node in definition.nodes.values() if isinstance(node, UserTask) for id in node.delivers}
    history = engine.history(document["first"]["instance"]["id"])
    engine.dispose()
    assert {each["step"] for each in happened(document, "submitted")} == steps
    events = [event for record in history for event in record.events]
    assert {event.document for event in events if isinstance(event, DocumentDelivered)} == papers


def test_every_gate_is_passed_by_people_it_names_and_each_vote_says_how_well_it_is_proved(
    document: Any,
) -> None:
    asked = {row["step"]: row["approvals"] for row in document["first"]["timeline"] if row["approvals"]}
    assert {"confirm-goals", "draft-budget", "detail-plan", "formal-budget", "phase-2", "go-no-go"} <= set(
        asked
    )
    assert all(vote["decision"] == "yes" for votes in asked.values() for vote in votes)
    assert len(asked["detail-plan"]) == 3
    assert set(document["strengths"]) == {"attested"}


def test_one_refusal_one_decline_and_one_missed_deadline_are_shown(document: Any) -> None:
    assert [each["step"] for each in happened(document, "refused")] == ["draft-budget"]
    assert [each["step"] for each in happened(document, "declined")] == ["design-theme"]
    assert [each["step"] for each in happened(document, "returned")] == ["design-theme"]
    levels = [each["facts"]["level"] for each in happened(document, "escalated")]
    assert levels == ["L1", "L2"]
    assert {row["step"] for row in document["first"]["timeline"] if row["late"]} == {"research"}


def test_both_branches_and_the_daily_stand_ups_are_played(document: Any) -> None:
    done = Counter(each["step"] for each in happened(document, "submitted"))
    assert {"set-up-site", "set-up-platform"} <= set(done)
    assert done["stand-up"] == 3
    assert done["record-readings"] >= 3


def test_goals_stand_against_actuals_and_the_case_is_filed(document: Any) -> None:
    assert [(goal["metric"], goal["met"]) for goal in document["goals"]] == [
        ("新增用户", True), ("曝光量", False), ("退货率", True)
    ]  # fmt: skip
    assert document["case"]["key"] == "MC-1"
    assert document["case"]["title"] == "夏日狂欢购"


def test_all_of_it_lies_in_the_past_and_nothing_is_owed(document: Any, place: Path) -> None:
    engine = Engine(f"sqlite:///{place / 'signoff-demo.db'}")
    assert document["first"]["instance"]["ended_at"] < document["second"]["instance"]["started_at"]
    engine.worker().drain()
    assert engine.show(document["second"]["instance"]["id"]).row.status == "running"
    assert not engine.verify().findings
    engine.dispose()


def test_a_demo_takes_little_memory(told: subprocess.CompletedProcess[str]) -> None:
    assert int(told.stderr.split()[-1]) < LIMIT * (1 if sys.platform == "linux" else 1024)


@pytest.mark.exhaustive
def test_a_second_run_leaves_the_first_alone_and_its_commands_work(
    document: Any, place: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    works_as(monkeypatch, "reader")
    before = (place / "signoff-demo.db").read_bytes()
    again = run("demo")
    assert again.exit_code == 0, again.stderr
    assert (place / "signoff-demo.db").read_bytes() == before
    commands = [line.strip() for line in again.stdout.splitlines() if line.startswith("  signoff ")]
    assert all("signoff-demo-2.db" in command for command in commands)
    assert len(document["next"]) == len(commands)
    for command in commands[:-1]:  # the last is the daemon, which waits for ever
        done = run(*shlex.split(command)[1:])
        assert done.exit_code == 0, f"{command}: {done.stderr}"


def test_the_first_command_it_prints_moves_the_second_campaign(document: Any, place: Path) -> None:
    words = shlex.split(document["next"][0]["command"])
    assert words[0] == "signoff"
    moved = typed(*words[1:], cwd=place)
    assert moved.returncode == 0, moved.stderr
    assert "attested" in moved.stdout
    engine = Engine(f"sqlite:///{place / 'signoff-demo.db'}")
    waits = {reason.node for reason in engine.why(document["second"]["instance"]["id"])}
    engine.dispose()
    assert waits == {"research", "draft-budget"}
    assert typed(*words[1:], cwd=place).returncode != 0


def test_the_second_campaign_can_be_played_on_to_its_end_with_what_is_printed(
    document: Any, place: Path, tmp_path: Path
) -> None:
    shutil.copy(place / "signoff-demo.db", tmp_path)
    *_, last = (shlex.split(each["command"]) for each in document["next"])
    assert last[1] == "daemon"
    clock = VirtualClock(SystemClock().now())
    served = _handlers(last[last.index("--handlers") + 1])
    engine = Engine(f"sqlite:///{tmp_path / 'signoff-demo.db'}", handlers=served, clock=clock)
    second = document["second"]["instance"]["id"]
    _, definition, script = flagship()
    event = engine.show(second).state.scopes
    story = Story(engine, Naming(definition, {}, "en"))
    papers = Folder(tmp_path, definition)
    start = next(iter(event.values())).data["event_start"]
    reading = Reading(start, ZoneInfo(definition.zone), papers.prints)
    desk = Desk(engine, script, story, reading=reading, papers=papers, told=lambda _: None)
    assert Rehearsal(engine, desk, story, clock=clock).play(second) is None
    assert engine.show(second).row.status == "completed"
    engine.dispose()


def test_what_happens_is_told_line_by_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "seed.txt").write_text(SEED_TEXT, encoding="utf-8")
    result = run("demo", "seed.txt", "--db", "sqlite:///here.db")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert "DEMO-1" in lines[0]
    assert any("declines" in line for line in lines)
    assert any("is overdue" in line for line in lines)
    assert any("--db sqlite:///here.db" in line for line in lines)


def test_nothing_that_exists_is_overwritten(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.db").write_bytes(b"mine")
    result = run("demo", "--db", "mine.db")
    assert result.exit_code == 2
    assert "overwrites nothing" in result.stderr
    assert (tmp_path / "mine.db").read_bytes() == b"mine"


@pytest.mark.parametrize(
    "named", ["sqlite:///absent/x.db", "file.txt/x.db", "postgresql://host/db", "sqlite://"]
)
def test_a_place_that_cannot_be_is_refused_in_one_sentence(named: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "file.txt").touch()
    result = run("demo", "--db", named)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file.txt"]


def test_the_script_names_only_what_the_process_has() -> None:
    from signoff_cli.demo.flagship import flagship

    source, definition, script = flagship()
    assert source == signoff_workflows.path("marketing_campaign")
    assert {*script.steps, script.late, script.decline} <= set(definition.nodes)
    groups = {role.value for role in definition.roles.values() if role.kind == "group"}
    assert groups <= set(script.groups)
    assert "marketing_campaign" in signoff_workflows.names()
    assert not [name for name in signoff_workflows.names() if "demo" in name]
