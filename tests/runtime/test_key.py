"""Business keys: one running instance each, whether the key was given or made by the definition."""

from collections.abc import Iterator

import pytest

from signoff.errors import Conflict
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.engine import Engine
from signoff.store import migrations

KEYED = """
signoff: 1
process: order
lang: en
calendar: PLAIN
zone: UTC
data: {number: {type: text}}
roles: {staff: {group: staff}}
start: {by: [staff], form: {fill: [number]}, key: "'PO-' + number"}
steps:
  - step: check
    owner: staff
"""


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    people = StaticDirectory({"lin": {"groups": ("staff",)}})
    found = Engine(database, directory=people, clock=VirtualClock("2027-01-04T09:00Z"))
    migrations.create(found.core.database)
    found.deploy(KEYED)
    yield found
    found.dispose()


def test_a_key_made_by_the_definition_is_used_once_while_it_runs(engine: Engine) -> None:
    first = engine.start("order", {"number": "1"}, by="lin")
    assert engine.show(first.instance).row.key == "PO-1"
    with pytest.raises(Conflict) as refused:
        engine.start("order", {"number": "1"}, by="lin")
    assert refused.value.code == "key_in_use"
    engine.submit(first.opened[0], by="lin")
    assert engine.start("order", {"number": "1"}, by="lin").instance != first.instance


def test_given_and_made_keys_are_the_same_keys(engine: Engine) -> None:
    engine.start("order", {"number": "1"}, by="lin")
    with pytest.raises(Conflict):
        engine.start("order", {"number": "2"}, by="lin", key="PO-1")


def test_the_same_request_is_one_instance_whatever_makes_its_key(engine: Engine) -> None:
    first = engine.start("order", {"number": "1"}, by="lin", request_id="r")
    second = engine.start("order", {"number": "1"}, by="lin", request_id="r")
    assert (second.instance, second.repeated) == (first.instance, True)
