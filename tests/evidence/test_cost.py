"""A signature costs no statement: the head of the chain of keys comes with the load, and a key is asked for once per head."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy

from signoff.runtime.keys import revoke_key
from tests.evidence.office import PROCESS, Office
from tests.store.counting import Log, counted


class Counted(Office):
    """An office whose statements are counted."""

    def __init__(self, host: sqlalchemy.Engine, log: Log) -> None:
        super().__init__(host)  # type: ignore[arg-type]  # an engine takes either
        self.log = log

    def vote(self, person: str, *, signed: bool) -> int:
        """The statements of one vote at a gate that takes both."""
        gate = self.waiting()
        seen = self.engine.subject(gate, person)
        given: Any = {"signature": self.signature(gate, person)} if signed else {}
        actor = self.engine.actor(person)
        self.log.clear()
        self.engine.approve(gate, by=actor, seen=seen, **given)
        return len(self.log)


@pytest.fixture
def office(ready: str) -> Iterator[Counted]:
    host, log = counted(ready)
    office = Counted(host, log)
    yield office
    host.dispose()


def test_a_signed_vote_costs_no_more_statements_than_any_other(office: Counted) -> None:
    office.engine.deploy(PROCESS.replace(", sign: key", ""))
    plain = office.vote("bob", signed=False)
    office.vote("bob", signed=True)
    assert office.vote("bob", signed=True) == plain
    assert office.vote("bob", signed=False) == plain


def test_after_a_change_of_keys_each_is_asked_for_once(office: Counted) -> None:
    office.vote("bob", signed=True)
    usual = office.vote("bob", signed=True)
    revoke_key(office.engine.core, office.signer["cid"].key, reason="lost", by="root")
    assert office.vote("bob", signed=True) == usual + 1
    assert office.vote("bob", signed=True) == usual
