"""I4: who wrote a definition may be kept from approving what runs on it."""

from collections.abc import Iterator

import pytest

from signoff import Actor, Engine, Strength, VirtualClock
from signoff.errors import Invalid, NotAllowed
from signoff.runtime.directory import StaticDirectory
from tests.read.play import AT

PROCESS = """
signoff: 1
process: buy
lang: en
calendar: PLAIN
zone: UTC
data: {price: {type: integer, default: 1}}
roles: {staff: {group: staff}, boss: {group: bosses}}
start: {by: [staff]}
steps:
  - step: ask
    owner: staff
    form: {edit: [price]}
    approve: [{by: boss, not_by: [preparer, author]}]
"""
PEOPLE = {"lin": {"groups": ("staff",)}, "bo": {"groups": ("bosses",)}, "cy": {"groups": ("bosses",)}}


@pytest.fixture
def engine(ready: str) -> Iterator[Engine]:
    found = Engine(ready, directory=StaticDirectory(PEOPLE), clock=VirtualClock(AT))
    yield found
    found.dispose()


def gate(engine: Engine) -> str:
    case = engine.start("buy", by="lin")
    return engine.submit(case.opened[0], by="lin").opened[0]


def approve(engine: Engine, gate: str, by: str) -> str:
    actor = Actor(by, groups=frozenset({"bosses"}), auth=Strength.ATTESTED)
    return engine.approve(gate, by=actor, seen=engine.subject(gate, by)).status


def test_the_author_of_a_definition_does_not_decide_what_runs_on_it(engine: Engine) -> None:
    """approvals §3.21: nor is he asked; whoever deployed an earlier version may."""
    engine.deploy(PROCESS.replace("default: 1", "default: 2"), by="cy")
    engine.deploy(PROCESS, by="bo")
    asked = gate(engine)
    assert [row.task for row in engine.inbox("bo")] == []
    with pytest.raises(NotAllowed) as refused:
        approve(engine, asked, "bo")
    assert refused.value.code == "own_work"
    assert approve(engine, asked, "cy") == "completed"
    assert engine.verify().findings == ()


def test_who_makes_an_old_version_current_again_has_not_written_it(engine: Engine) -> None:
    engine.deploy(PROCESS, by="bo")
    engine.deploy(PROCESS.replace("default: 1", "default: 2"), by="cy")
    engine.deploy(PROCESS, by="lin")
    with pytest.raises(NotAllowed):
        approve(engine, gate(engine), "bo")


@pytest.mark.parametrize("by", ["", "nobody"])
def test_a_definition_that_keeps_its_author_out_takes_one(engine: Engine, by: str) -> None:
    with pytest.raises(Invalid) as refused:
        engine.deploy(PROCESS, by=by)
    assert refused.value.code == "author_unknown"
