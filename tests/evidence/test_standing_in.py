"""Who stands in for another signs with the own key, and what is signed says for whom and under which grant."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from signoff import NotAllowed, StaleSubject
from signoff.kernel.events.gate import VoteCast
from signoff.model.authority import Grant
from signoff.read.audit import audit
from signoff.store import codec
from signoff.store.organisation import Organisation
from signoff.testing import Case, Sandbox
from signoff.testing.keyring import Keyring
from tests.evidence.office import PROCESS
from tests.evidence.test_signing import last_row

PEOPLE: dict[str, dict[str, Any]] = {
    "ann": {"groups": ["makers"]},
    "bob": {"groups": ["bosses"]},
    "fay": {},
}
GRANT = Grant(
    "G7", "bob", "fay", since=datetime(2027, 1, 4, tzinfo=UTC), until=datetime(2027, 1, 11, tzinfo=UTC)
)


@pytest.fixture
def case() -> Case:
    """A gate that asks bob, for whom fay stands in."""
    box = Sandbox("2027-01-05T04:00Z", people=PEOPLE, organisation=Organisation(grants={GRANT.id: GRANT}))
    box.deploy(PROCESS)
    case = box.start("purchase", by="ann")
    case.submit("write", {"price": 5}, by="ann")
    return case


def test_both_names_and_the_grant_are_signed(case: Case) -> None:
    """approvals §3.23."""
    receipt = case.approve("write", by="fay")
    (vote,) = [event for event in receipt.events if isinstance(event, VoteCast)]
    assert (vote.person, vote.on_behalf_of, vote.grant, vote.strength) == ("fay", "bob", "G7", "signed")
    envelope = codec.decode_entry(last_row(case.box, receipt.instance).bytes, None).envelope  # type: ignore[arg-type]  # anything with an engine
    assert envelope.signed is not None
    said = json.loads(envelope.signed.statement)
    assert (said["actor"], said["on_behalf"]) == ("fay", "bob")
    assert (said["decision"]["on_behalf_of"], said["decision"]["grant"]) == ("bob", "G7")
    assert envelope.signed.key == Keyring(case.box.engine.core).signer("fay").key
    assert case.box.engine.verify().findings == ()


def test_the_key_of_the_one_who_is_away_signs_nothing_for_the_substitute(case: Case) -> None:
    engine = case.box.engine
    gate = f"{case.instance}:{next(iter(case.situation.state.gates))}"
    seen = engine.subject(gate, "fay")
    signer = Keyring(engine.core).signer("bob")
    signature = engine.to_sign(gate, by="fay", seen=seen).sign(signer)
    with pytest.raises(NotAllowed) as refused:
        engine.approve(gate, by="fay", seen=seen, signature=signature)
    assert refused.value.code == "key_of_another"


def test_what_is_signed_in_the_own_name_counts_for_nobody_else(case: Case) -> None:
    engine = case.box.engine
    gate = f"{case.instance}:{next(iter(case.situation.state.gates))}"
    seen = engine.subject(gate, "bob")
    mine = engine.to_sign(gate, by="bob", seen=seen).sign(Keyring(engine.core).signer("fay"))
    with pytest.raises((NotAllowed, StaleSubject)) as refused:
        engine.approve(gate, by="fay", seen=seen, signature=mine)
    assert refused.value.code == "signed_something_else"


def test_the_audit_of_a_person_tells_what_others_decided_in_his_stead(case: Case) -> None:
    case.approve("write", by="fay")
    told = {}
    for person in ("bob", "fay", "ann"):
        with case.box.engine.core.database.read() as handle:
            told[person] = [(row.person, row.on_behalf) for row in audit(handle.connection, by=person).rows]
    assert told == {"bob": [("fay", "bob")], "fay": [("fay", "bob")], "ann": []}
