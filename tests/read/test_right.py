"""A record that holds in every link may still say what could never have been decided: verify judges it again."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from signoff import Engine, Strength, VirtualClock
from signoff.kernel.effects import effects_of
from signoff.kernel.events.gate import VoteCast
from signoff.kernel.fold import apply
from signoff.kernel.state import Decision
from signoff.model.gate import Meaning
from signoff.runtime.directory import StaticDirectory
from signoff.store.codec import Envelope
from signoff.store.unit import Change, Unit
from tests.read.play import AT

PROCESS = """
signoff: 1
process: buy
lang: en
calendar: PLAIN
zone: UTC
data: {note: {type: text, optional: true}}
roles: {staff: {group: staff}, boss: {group: bosses}}
start: {by: [staff]}
steps:
  - step: ask
    owner: staff
    form: {edit: [note]}
    approve: [{by: boss, need: all, sign: true, not_by: [preparer]}]
"""
PEOPLE = {
    "lin": {"groups": ("staff", "bosses")},
    "bo": {"groups": ("bosses",)},
    "cy": {"groups": ("bosses",)},
}


@pytest.fixture
def engine(ready: str) -> Iterator[Engine]:
    found = Engine(ready, directory=StaticDirectory(PEOPLE), clock=VirtualClock(AT))
    found.deploy(PROCESS)
    yield found
    found.dispose()


def forge(engine: Engine, **more: object) -> list[tuple[str, int, str]]:
    """Record a vote of bo past the engine, with everything around it in order, and verify."""
    case = engine.start("buy", by="lin")
    (gate,) = engine.submit(case.opened[0], by="lin").opened
    envelope = Envelope(actor="bo", at=AT, command="Approve", auth=Strength.ATTESTED)
    sent = replace(envelope, **{k: v for k, v in more.items() if k in ("actor", "auth")})  # type: ignore[arg-type]  # by name
    with Unit(engine.core.database) as unit:
        loaded = unit.load(case.instance)
        assert loaded is not None
        record = loaded.state.gates[gate.partition(":")[2]]
        vote = VoteCast(
            record.id, 0, "bo", "bo", "boss", Decision.YES, record.subject, Meaning.APPROVE, Strength.ATTESTED
        )
        vote = replace(vote, **{k: v for k, v in more.items() if k not in ("actor", "auth")})  # type: ignore[arg-type]  # as above
        apply(loaded.state, vote, AT)
        effects = [*effects_of(vote, loaded.state.seq)]
        unit.put(Change(loaded.state, [vote], effects, sent, loaded))
    return [(str(each.fault), each.n, each.detail) for each in engine.verify().findings]


def test_a_vote_that_could_have_been_cast_so_is_no_finding(engine: Engine) -> None:
    assert forge(engine) == []


@pytest.mark.parametrize(
    ("forged", "said"),
    [
        ({"actor": "lin", "person": "lin"}, "lin is kept out by separation of duties"),
        ({"actor": "eve", "person": "eve"}, "eve was not asked"),
        ({"person": "cy"}, "cy did not act, bo did"),
        ({"auth": Strength.ASSERTED}, "bo was known less well than the vote says"),
        (
            {"auth": Strength.ASSERTED, "strength": Strength.ASSERTED},
            "bo proved less than the gate demands",
        ),
    ],
)
def test_a_vote_that_nobody_could_have_cast_is_named(
    engine: Engine, forged: dict[str, object], said: str
) -> None:
    found = forge(engine, **forged)
    assert {(fault, n) for fault, n, _ in found} == {("right", 3)}
    assert any(said in detail for _, _, detail in found)
