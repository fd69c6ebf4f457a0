"""Deploying: twice changes nothing, a broken notice stops it, an instance stays on its version."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from signoff.errors import Invalid, InvalidDefinition, NotFound
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.engine import Engine
from signoff.store import migrations

NOTE = """
signoff: 1
process: note
lang: en
calendar: PLAIN
zone: UTC
data: {title: {type: text}}
roles: {staff: {group: staff}}
start: {by: [staff], form: {fill: [title]}}
notices:
  late: {subject: "Late: {{ title }}", text: "TEXT"}
steps:
  - step: write
    owner: staff
    due: within 1 day
    escalate: [{at: due, notify: [pending], say: late}]
"""


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    found = Engine(database, directory=StaticDirectory({"lin": {"groups": ("staff",)}}))
    migrations.create(found.core.database)
    yield found
    found.dispose()


def test_deploying_twice_changes_nothing(engine: Engine) -> None:
    text = NOTE.replace("TEXT", "{{ title }} is late")
    first, second = engine.deploy(text)[0], engine.deploy(text)[0]
    assert (first.version, first.repeated, second.repeated) == (second.version, False, True)
    assert len(engine.definitions()) == 1


def test_an_instance_stays_on_the_version_it_was_started_on(engine: Engine) -> None:
    engine.deploy(NOTE.replace("TEXT", "old"))
    instance = engine.start("note", {"title": "a"}, by="lin").instance
    engine.deploy(NOTE.replace("TEXT", "new"))
    assert engine.definition_of(instance).notices["late"].text.en == "old"
    assert engine.definition("note").notices["late"].text.en == "new"


@pytest.mark.parametrize("text", ["{{ nobody }}", "{% import 'os' %}", "{% for x in range(9) %}{% endfor %}"])
def test_a_notice_that_cannot_be_rendered_safely_stops_deployment(engine: Engine, text: str) -> None:
    with pytest.raises(InvalidDefinition):
        engine.deploy(NOTE.replace("TEXT", text))
    assert engine.definitions() == []


def test_one_bad_file_deploys_none(engine: Engine) -> None:
    with pytest.raises(InvalidDefinition):
        engine.deploy(
            NOTE, NOTE.replace("process: note", "process: other").replace("owner: staff", "owner: x")
        )
    assert engine.definitions() == []


def test_a_file_that_is_not_there_is_said(engine: Engine) -> None:
    with pytest.raises(NotFound):
        engine.deploy(Path("nowhere.yaml"))


CALLER = """
signoff: 1
process: caller
lang: en
calendar: PLAIN
zone: UTC
steps:
  - call: note
    process: callee
"""

CALLEE = """
signoff: 1
process: callee
lang: en
calendar: PLAIN
zone: UTC
roles: {staff: {group: staff}}
steps:
  - step: write
    owner: staff
"""


def test_a_caller_may_be_named_before_what_it_calls(engine: Engine) -> None:
    deployed = engine.deploy(CALLER, CALLEE)
    assert [each.number for each in deployed] == [1, 1]
    with pytest.raises(InvalidDefinition):
        engine.deploy(CALLER.replace("process: callee", "process: nowhere"))


def test_a_file_in_another_encoding_is_said(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "gb.yaml"
    file.write_bytes("name: 请假".encode("gb18030"))
    with pytest.raises(Invalid):
        engine.deploy(file)
