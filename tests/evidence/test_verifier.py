"""Fresh re-authentication: the host's verifier is asked before every signature and every attested decision."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from signoff import Attempt, NotAllowed, SessionVerifier, Strength
from signoff.runtime.verifier import Verifier
from signoff.store import codec
from tests.evidence.office import PROCESS, Office
from tests.evidence.test_signing import last_row


class Door:
    """Notes who was asked for what, and lets nobody in while it is shut."""

    def __init__(self) -> None:
        self.asked: list[Attempt] = []
        self.components: list[str] = []
        self.shut = False

    def __call__(self, attempt: Attempt, /) -> str:
        self.asked.append(attempt)
        if self.shut:
            raise PermissionError("no")
        return "card 7"

    def component(self, attempt: Attempt, component: str) -> str:
        self.components.append(component)
        return self(attempt)


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "signoff.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def office(url: str, door: Door) -> Iterator[Office]:
    verifier: Verifier = door
    office = Office(url, verifier=verifier)
    yield office
    office.close()


def test_it_is_asked_before_a_signature_and_what_it_says_is_kept(office: Office, door: Door) -> None:
    """approvals §3.12, §3.14."""
    gate = office.waiting()
    signature = office.signature(gate, "bob")
    assert door.asked == []
    receipt = office.approve(gate, "bob", signature)
    (attempt,) = door.asked
    assert (attempt.actor.id, attempt.gate, attempt.decision, attempt.signed) == (
        "bob",
        gate,
        "approve",
        True,
    )
    assert attempt.at == office.clock.now()
    assert codec.decode_entry(last_row(office, receipt.instance).bytes, None).envelope.proof == "card 7"
    assert office.engine.verify().findings == ()


def test_a_failure_changes_nothing_and_is_logged(
    office: Office, door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    """approvals §3.13."""
    gate = office.waiting()
    before = last_row(office, gate.partition(":")[0])
    door.shut = True
    with caplog.at_level(logging.WARNING, "signoff.audit"), pytest.raises(NotAllowed) as refused:
        office.approve(gate, "bob")
    assert refused.value.code == "not_verified"
    assert last_row(office, gate.partition(":")[0]) == before
    facts: Any = vars(caplog.records[-1])["facts"]
    assert (facts["code"], facts["actor"], facts["about"]) == ("not_verified", "bob", gate)


def test_it_is_asked_before_an_attested_vote_and_not_before_an_asserted_one(
    office: Office, door: Door
) -> None:
    office.engine.deploy(PROCESS.replace(", sign: key", ""))
    gate = office.waiting()
    office.engine.approve(gate, by="bob")
    assert door.asked == []
    attested = office.engine.actor("cid", auth=Strength.ATTESTED)
    office.engine.return_to(gate, "write", by=attested, note="no")
    assert [(each.decision, each.signed) for each in door.asked] == [("return", False)]


def test_nothing_else_asks_it(office: Office, door: Door) -> None:
    attested = office.engine.actor("ann", auth=Strength.ATTESTED)
    task = office.engine.start("purchase", by=attested).opened[0]
    office.engine.submit(task, by=attested, data={"price": 1})
    assert door.asked == []


def test_a_session_asks_for_everything_at_first_and_then_for_the_last(url: str, door: Door) -> None:
    """approvals §3.12: a gap, or a failure, begins a session anew."""
    verifier = SessionVerifier(door.component, components=("password", "code"), gap=timedelta(minutes=10))
    office = Office(url, verifier=verifier)

    def decide() -> list[str]:
        door.components.clear()
        office.approve(office.waiting(), "bob")
        return list(door.components)

    assert decide() == ["password", "code"]
    assert decide() == ["code"]
    office.pass_time(11)
    assert decide() == ["password", "code"]
    door.shut = True
    with pytest.raises(NotAllowed):
        decide()
    door.shut = False
    assert decide() == ["password", "code"]
    door.components.clear()
    office.approve(office.waiting(), "cid")
    assert door.components == ["password", "code"]  # the session of another is not his
    office.close()


@pytest.mark.parametrize("answer", [None, False, True, 7, b"card 7", {"card": 7}, "", "  "], ids=repr)
def test_an_answer_that_is_no_evidence_refuses(
    url: str, caplog: pytest.LogCaptureFixture, answer: Any
) -> None:
    """A check that says no with False, or says nothing, has verified nobody."""
    office = Office(url, verifier=lambda _attempt: answer)
    gate = office.waiting()
    signature = office.signature(gate, "bob")
    before = last_row(office, gate.partition(":")[0])
    with caplog.at_level(logging.WARNING, logger="signoff.audit"), pytest.raises(NotAllowed) as refused:
        office.approve(gate, "bob", signature)
    assert refused.value.code == "not_verified"
    assert last_row(office, gate.partition(":")[0]) == before
    assert len(caplog.records) == 1
    office.close()
