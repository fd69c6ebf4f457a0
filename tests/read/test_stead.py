"""A record may say that somebody decided for another under a grant: verify looks the grant up as it stood then."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from signoff import Actor, Engine, Strength, VirtualClock
from signoff.errors import Conflict
from signoff.kernel.effects import effects_of
from signoff.kernel.events.gate import VoteCast
from signoff.kernel.fold import apply
from signoff.kernel.state import Decision
from signoff.model.authority import Grant
from signoff.model.gate import Meaning
from signoff.store import people as store
from signoff.store.codec import Envelope
from signoff.store.organisation import Organisation
from signoff.store.people import Individual, People
from signoff.store.unit import Change, Unit
from tests.people.firm import grant
from tests.read.play import AT
from tests.read.test_right import PROCESS

LATER = datetime.fromisoformat("2099-01-01T00:00Z")
GROUPS = {"lin": ("staff", "bosses"), "bo": ("bosses",), "cy": ("bosses",), "fay": (), "gus": ()}
STAFF = {id: Individual(id=id, groups=groups) for id, groups in GROUPS.items()}


class Office:
    """An engine whose directory is signoff's own, so that its chain says who stood in for whom."""

    def __init__(self, url: str) -> None:
        self.engine = Engine(url, clock=VirtualClock(AT))
        self.engine.deploy(PROCESS)

    def grant(self, *grants: Grant) -> None:
        given = Organisation(grants={each.id: each for each in grants})
        with self.engine.core.database.write() as handle:
            store.take_in(handle.connection, People(STAFF, {}, given), by="root", at=AT - timedelta(days=1))

    def gate(self, by: str = "lin") -> str:
        case = self.engine.start("buy", by=by)
        return self.engine.submit(case.opened[0], by=by).opened[0]

    def forge(self, gate: str, **said: str) -> None:
        """Record a vote of fay past the engine, resting on what the chains say now."""
        said = {"person": "fay", "on_behalf_of": "bo", "grant": "G", **said}
        with Unit(self.engine.core.database) as unit:
            loaded = unit.load(gate.partition(":")[0])
            assert loaded is not None
            record = loaded.state.gates[gate.partition(":")[2]]
            yes, least = Decision.YES, Strength.ATTESTED
            vote = VoteCast(
                record.id, 0, said["person"], "Fay", "boss", yes, record.subject, Meaning.APPROVE, least
            )
            vote = replace(vote, on_behalf_of=said["on_behalf_of"], grant=said["grant"])
            sent = Envelope(
                actor=said["person"], at=AT, command="Approve", auth=least,
                on_behalf=said.get("recorded", said["on_behalf_of"]), heads=loaded.heads,
            )  # fmt: skip
            if "head" in said:
                sent = replace(sent, heads={"directory": said["head"]} if said["head"] else {})
            apply(loaded.state, vote, AT)
            unit.put(Change(loaded.state, [vote], [*effects_of(vote, loaded.state.seq)], sent, loaded))

    def found(self) -> list[str]:
        return [each.detail for each in self.engine.verify().findings]


@pytest.fixture
def office(sqlite_template: Path, tmp_path: Path) -> Iterator[Office]:
    shutil.copy(sqlite_template, tmp_path / "office.db")
    found = Office(f"sqlite:///{tmp_path / 'office.db'}")
    yield found
    found.engine.dispose()


G = grant("G", "bo", "fay")


def test_a_vote_under_a_grant_that_stood_then_is_no_finding_even_when_it_has_gone(office: Office) -> None:
    """approvals §3.23: the grant is looked up where the record says that the directory stood."""
    office.grant(G)
    gate = office.gate()
    fay = Actor("fay", auth=Strength.ATTESTED)
    office.engine.approve(gate, by=fay, seen=office.engine.subject(gate, "fay"))
    office.forge(office.gate())
    office.grant()
    assert office.found() == []


@pytest.mark.parametrize(
    ("given", "forged", "said"),
    [
        ((), {}, "had no grant G of bo in force"),
        ((grant("G", "cy", "fay"),), {}, "had no grant G of bo in force"),
        ((grant("G", "bo", "gus"),), {}, "had no grant G of bo in force"),
        ((replace(G, since=LATER, until=LATER.replace(year=2100)),), {}, "had no grant G of bo in force"),
        ((replace(G, process="other"),), {}, "went beyond the grant G of bo"),
        ((replace(G, step="other"),), {}, "went beyond the grant G of bo"),
        ((replace(G, category="travel"),), {}, "went beyond the grant G of bo"),
        ((G,), {"recorded": "cy"}, "acted for bo, the record says cy"),
        ((G,), {"head": ""}, "rests on a directory that there never was"),
        ((G,), {"head": "0" * 64}, "rests on a directory that there never was, 000000000000"),
        ((G,), {"grant": ""}, "acted for bo without a grant"),
        ((G,), {"person": "lin"}, "had no grant G of bo in force"),
    ],
)
def test_a_vote_for_somebody_that_no_grant_led_to_is_named(
    office: Office, given: tuple[Grant, ...], forged: dict[str, str], said: str
) -> None:
    office.grant(*given)
    gate = office.gate()
    office.forge(gate, **forged)
    assert any(said in each for each in office.found()), office.found()


def test_who_started_it_acted_for_nobody(office: Office) -> None:
    office.grant(grant("G", "bo", "lin"))
    office.forge(office.gate(), person="lin")
    assert any("went beyond the grant G of bo" in each for each in office.found())


def test_a_principal_whom_separation_of_duties_keeps_out_sends_nobody(office: Office) -> None:
    """approvals §3.18: judged again."""
    office.grant(grant("G", "lin", "fay"))
    office.forge(office.gate(), on_behalf_of="lin")
    assert any("for lin is kept out by separation of duties" in each for each in office.found())


def test_the_same_request_for_somebody_else_is_another_one(office: Office) -> None:
    """I6: for whom somebody acts is part of what is asked for."""
    office.grant(G, grant("H", "cy", "fay"))
    gate = office.gate()
    seen = office.engine.subject(gate, "fay")

    def approve(principal: str) -> bool:
        fay = Actor("fay", auth=Strength.ATTESTED, on_behalf_of=principal)
        return office.engine.approve(gate, by=fay, seen=seen, request_id="r1").repeated

    assert not approve("bo")
    assert approve("bo")
    with pytest.raises(Conflict):
        approve("cy")
