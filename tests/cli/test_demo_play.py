"""A rehearsal finds its own way through any process, says where it cannot, and is seen on a terminal."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import click
import pytest
from rich.console import Console

from signoff import Engine, VirtualClock, read_definition
from signoff_cli.demo.performance import Performance, Show, Stage
from signoff_cli.demo.place import Home
from signoff_cli.demo.script import Opening, Script
from signoff_cli.demo.stage import Silent, Table
from signoff_cli.main import cli
from signoff_cli.session import Session

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
PROCESS = """
signoff: 1
process: trial
lang: en
calendar: CN
data:
  title: {type: text}
  amount: {type: money}
  mode: {one_of: [fast, slow, safe]}
  risks: {min: 1, list_of: {fields: {kind: {one_of: [rain, wind]}}}}
  score: {type: decimal, optional: true}
roles:
  ann: {group: writers}
  bob: {group: readers}
  boss: {group: bosses}
start: {form: {fill: [title]}}
steps:
  - step: write
    owner: ann
    form: {fill: [amount, mode, risks]}
    require:
      - {id: R1, rule: "amount > 500", says: at least 500}
      - {id: R2, rule: "mode == 'safe'", says: safely}
      - {id: R3, rule: "all(any(r.kind == k for r in risks) for k in ['rain', 'wind'])", says: both}
    approve:
      - {by: bob, as: review}
      - {by: boss, sign: true, need: 2}
  - run: rate
    handler: elsewhere.rate
    returns: {fields: {score: decimal}}
    set: {score: result.score}
  - step: read
    owner: bob
    due: 3 working days after write
    checklist: [twice]
"""
BLOCKED = PROCESS.replace("amount > 500", "amount < 0 and amount > 0")
WAIVED = BLOCKED.replace("says: at least 500", "says: at least 500, waive: [boss]")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trial")


@pytest.fixture(scope="module")
def play(place: Path) -> Callable[..., Performance]:
    def play(text: str, stage: Stage | None = None, *, name: str = "") -> Performance:
        people = {
            "ann": {"name": "Ann", "groups": ["writers"]},
            "bob": {"name": "Bob", "groups": ["readers"]},
            "cy": {"name": "Cy", "groups": ["bosses"]},
            "di": {"name": "Di", "groups": ["bosses"]},
        }
        script = Script(people, {}, Opening("T-1"), Opening("T-2"), reader=("bosses",), note="again")
        home = Home(place / f"{name or len(list(place.iterdir()))}.db", "ann")
        definition = read_definition(text).definition
        clock = VirtualClock(NOW)
        show = Show(home, script, definition, text, stage=stage or Silent(), lang="en", clock=clock)
        with click.Context(cli, obj=Session(lang="en")).scope(cleanup=False):
            return show.perform()

    return play


@pytest.fixture(scope="module")
def found(play: Callable[..., Performance]) -> Performance:
    return play(PROCESS, name="found")


def test_values_are_tried_until_the_rules_hold(found: Performance) -> None:
    assert found.first.row.status == "completed"
    assert found.first.data["mode"] == "safe"
    assert found.first.data["amount"] > 500
    kinds = [each.kind for each in found.first.happened]
    assert "called" in kinds
    assert kinds.count("declined") == 1
    assert not [each for each in found.first.happened if each.kind == "refused"]


def test_a_step_is_late_and_its_people_are_told(found: Performance) -> None:
    late = [row.step for row in found.first.timeline if row.late]
    assert late == ["read"]


def test_the_reader_is_somebody_else_than_a_person_of_the_same_name(found: Performance) -> None:
    assert found.reader == "ann-2"
    assert any(found.reader in reason.who for reason in found.second.waits)


def test_where_no_value_will_do_it_says_so_and_stops(play: Callable[..., Performance]) -> None:
    found = play(BLOCKED)
    assert found.first.row.status == "running"
    assert found.first.stuck is not None
    assert found.first.stuck.step == "write"
    assert any("at least 500" in each for each in found.first.stuck.why)


def test_a_rule_that_can_be_waived_is_waived(play: Callable[..., Performance]) -> None:
    assert play(WAIVED).first.row.status == "completed"


def test_nothing_lies_ahead_of_the_real_clock_but_what_is_left_open(found: Performance, place: Path) -> None:
    engine = Engine(f"sqlite:///{place / 'found.db'}", clock=VirtualClock(NOW))
    assert max(record.at for record in engine.history(found.first.row.id)) < NOW
    assert min(record.at for record in engine.history(found.second.row.id)) == NOW
    assert not engine.verify().findings
    engine.dispose()


def test_a_terminal_shows_the_steps_and_what_happened_last(play: Callable[..., Performance]) -> None:
    out = StringIO()
    console = Console(file=out, width=90, height=24, force_terminal=True, color_system=None)
    play(PROCESS, Table(console, "en"))
    shown = out.getvalue()
    assert "Owner" in shown
    assert "passed" in shown
    assert "Ann starts" in shown
    assert "T-1" in shown
