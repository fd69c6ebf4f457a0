"""Who has left signs nothing any more, and nobody else gets the id."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from signoff import Actor, Engine, Strength
from signoff.errors import Invalid, NotAllowed
from signoff.model.authority import Grant
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.evidence import verify
from signoff.runtime.keys import add_key, list_keys
from signoff.store import people as store
from signoff.store.keys import Standing
from signoff.store.organisation import Organisation
from signoff.store.people import Import, Individual, People
from tests.evidence.office import AT, PROCESS, Memory

STAFF = {
    "ann": Individual(id="ann", name="Ann", groups=("makers",)),
    "bob": Individual(id="bob", name="Bob", groups=("bosses",)),
    "cid": Individual(id="cid", name="Cid"),
    "root": Individual(id="root", name="Root", admin=True),
}


class Firm:
    """A database whose directory is its own; bob has a key, and a gate waits for him."""

    def __init__(self, url: str) -> None:
        self.clock = VirtualClock(AT)
        self.engine = Engine(url, clock=self.clock)
        self.take_in(STAFF)
        self.engine.deploy(PROCESS, by="root")
        self.bob = Memory("bob")
        add_key(self.engine.core, self.bob.public, "bob", by="root")
        receipt = self.engine.start("purchase", by="ann")
        self.gate = self.engine.submit(receipt.opened[0], by="ann", data={"price": 5}).opened[0]

    def take_in(self, persons: dict[str, Individual], mode: Import = Import.REPLACE) -> Any:
        self.clock.advance(timedelta(minutes=1))
        with self.engine.core.database.write() as handle:
            return store.take_in(
                handle.connection, People(persons, {}), mode=mode, by="root", at=self.clock.now()
            )

    def without_bob(self) -> dict[str, Individual]:
        return {id: each for id, each in STAFF.items() if id != "bob"}

    def sign(self, actor: Actor | str = "bob") -> Any:
        seen = self.engine.subject(self.gate, "bob")
        signature = self.engine.to_sign(self.gate, by=actor, seen=seen).sign(self.bob)
        return self.engine.approve(self.gate, by=actor, seen=seen, signature=signature)


BOB = Actor("bob", name="Bob", groups=frozenset({"bosses"}), auth=Strength.ATTESTED)
Leave = Callable[[Firm], Any]
LEAVINGS: list[Leave] = [
    lambda firm: firm.take_in(firm.without_bob()),
    lambda firm: firm.take_in({"bob": Individual(id="bob", name="Bob", active=False)}, Import.MERGE),
]


@pytest.fixture
def firm(sqlite_template: Path, tmp_path: Path) -> Iterator[Firm]:
    shutil.copy(sqlite_template, tmp_path / "firm.db")
    found = Firm(f"sqlite:///{tmp_path / 'firm.db'}")
    yield found
    found.engine.dispose()


def codes(firm: Firm) -> list[str]:
    return [f"{each.fault} {each.detail}".strip() for each in verify(firm.engine.core).findings]


@pytest.mark.parametrize("leave", LEAVINGS, ids=["removed", "inactive"])
def test_the_key_of_who_has_left_signs_nothing_whoever_the_host_says_he_is(firm: Firm, leave: Leave) -> None:
    """approvals §3.4, §3.15: the key belongs to the person, and does not outlive him."""
    leave(firm)
    with pytest.raises(NotAllowed) as refused:
        firm.sign(BOB)
    assert refused.value.code == "key_not_in_force"
    assert [each.standing(firm.clock.now()) for each in list_keys(firm.engine.core)] == [Standing.REVOKED]
    assert not codes(firm)


def test_what_was_signed_before_stays_signed_and_the_chain_says_when_the_key_ended(firm: Firm) -> None:
    assert firm.sign().status == "completed"
    firm.take_in(firm.without_bob())
    assert not codes(firm)


def test_who_comes_back_registers_a_new_key(firm: Firm) -> None:
    firm.take_in(firm.without_bob())
    firm.take_in(STAFF)
    with pytest.raises(NotAllowed):
        firm.sign()
    firm.bob = Memory("another of bob")
    add_key(firm.engine.core, firm.bob.public, "bob", by="root")
    assert firm.sign().status == "completed"
    assert not codes(firm)


@pytest.mark.parametrize("mode", Import)
def test_an_id_is_never_given_to_somebody_else(firm: Firm, mode: Import) -> None:
    """approvals §3.4: who comes later under the id of a leaver would stand under his old decisions."""
    firm.take_in(firm.without_bob())
    with pytest.raises(Invalid) as refused:
        firm.take_in({**STAFF, "bob": Individual(id="bob", name="Bobby Tables")}, mode)
    assert refused.value.code == "directory_id_taken"
    assert refused.value.params["was"] == "Bob"
    firm.take_in({**STAFF, "bob": Individual(id="bob", name="Bob", groups=("makers",))}, mode)


def test_who_is_renamed_keeps_the_id_and_the_key(firm: Firm) -> None:
    firm.take_in({**STAFF, "bob": Individual(id="bob", name="Bob Builder", groups=("bosses",))})
    assert firm.sign().status == "completed"


def test_a_directory_of_the_host_is_asked_whether_the_person_is_still_there(firm: Firm) -> None:
    held = {id: {"name": each.name, "groups": each.groups} for id, each in STAFF.items()}
    away = StaticDirectory({**held, "bob": {"active": False}})
    firm.engine = Engine(firm.engine.core.database.engine, directory=away)
    with pytest.raises(NotAllowed) as refused:
        firm.sign(BOB)
    assert refused.value.code == "signer_left"


def test_somebody_is_appointed_in_the_place_of_a_leaver_who_was_the_only_one_asked(firm: Firm) -> None:
    """I8: while he is there he decides; when he has gone the gate need not stand still for ever."""
    root = Actor("root", auth=Strength.ATTESTED, admin=True)
    with pytest.raises(NotAllowed) as refused:
        firm.engine.assign(firm.gate, "cid", by=root)
    assert refused.value.code == "enough_asked"
    firm.take_in(firm.without_bob())
    firm.engine.assign(firm.gate, "cid", by=root)
    assert [row.task.partition("#")[0] for row in firm.engine.inbox("cid")] == [firm.gate]


def test_the_grants_that_a_leaver_gave_and_holds_end_with_the_handover_and_are_listed_first(
    firm: Firm,
) -> None:
    """approvals row 10: others stay as they are, and the chain says what ended."""
    now = firm.clock.now()
    far: Any = {"since": now - timedelta(days=1), "until": now + timedelta(days=9)}
    given = {
        "A": Grant("A", "bob", "cid", **far),
        "B": Grant("B", "ann", "bob", **far),
        "C": Grant("C", "ann", "cid", **far),
        "D": Grant("D", "bob", "ann", since=now + timedelta(days=2), until=now + timedelta(days=3)),
    }
    with firm.engine.core.database.write() as handle:
        store.take_in(handle.connection, People(STAFF, {}, Organisation(grants=given)), by="root", at=now)
    root = Actor("root", auth=Strength.ATTESTED, admin=True)
    listed = [row.task for row in firm.engine.to_hand_over("bob", "cid", by=root) if row.kind == "grant"]
    assert listed == ["A", "B", "D"]
    refused = firm.engine.hand_over("bob", "cid", by="ann")
    assert {row.refusal.code for row in refused if row.refusal} == {"administrators_only"}
    firm.engine.hand_over("bob", "cid", by=root)
    with firm.engine.core.database.read() as handle:
        held = store.everybody(handle.connection).organisation.grants or {}
    assert {id: each.in_force(firm.clock.now()) for id, each in held.items()} == {
        "A": False,
        "B": False,
        "C": True,
    }
    assert not codes(firm)
