"""A decision that is signed: with one's own key, over exactly what is recorded; everything else is refused."""

import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from signoff import Actor, Conflict, Invalid, NotAllowed, Refused, StaleSubject, Strength
from signoff.kernel.commands import Signature
from signoff.kernel.events.gate import GateReturned, VoteCast
from signoff.runtime.keys import add_key, list_keys, revoke_key
from signoff.store import codec
from signoff.store.schema import journal
from signoff.store.sealed import seal_of
from signoff.store.signed import FORM
from tests.evidence.office import PROCESS, Memory, Office


def last_row(office: Office, instance: str) -> Any:
    with office.engine.core.database.read() as handle:
        rows = select(journal).where(journal.c.instance == instance).order_by(journal.c.n)
        return handle.connection.execute(rows).all()[-1]


def code_of(office: Office, gate: str, person: str, **given: Any) -> str:
    """The code that this approval is refused with; nothing was changed by it."""
    instance = gate.partition(":")[0]
    before = last_row(office, instance)
    with pytest.raises(Refused) as refused:
        office.approve(gate, person, **given)
    assert last_row(office, instance) == before
    assert refused.value.sentence("zh") != refused.value.code
    return refused.value.code


def test_a_gate_that_demands_a_signature_takes_nothing_weaker(office: Office) -> None:
    gate = office.waiting()
    seen = office.engine.subject(gate, "bob")
    for auth in (Strength.ASSERTED, Strength.ATTESTED):
        with pytest.raises(NotAllowed) as refused:
            office.engine.approve(gate, by=office.engine.actor("bob", auth=auth), seen=seen)
        assert refused.value.code == "too_weak"


def test_nobody_is_signed_by_saying_so(office: Office) -> None:
    """approvals §3.17: no path makes a stronger decision than its proof."""
    gate = office.waiting()
    said = Actor("bob", frozenset({"bosses"}), "Bob", auth=Strength.SIGNED)
    with pytest.raises(NotAllowed) as refused:
        office.engine.approve(gate, by=said, seen=office.engine.subject(gate, "bob"))
    assert refused.value.code == "signed_by_saying_so"


def test_a_signature_makes_the_vote_signed_and_is_kept_with_it(office: Office) -> None:
    gate = office.waiting()
    receipt = office.approve(gate, "bob", note="fine")
    vote = next(event for event in receipt.events if isinstance(event, VoteCast))
    assert (vote.strength, vote.note, vote.name) == (Strength.SIGNED, "fine", "Bob")
    row = last_row(office, receipt.instance)
    envelope = codec.decode_entry(row.bytes, row.sealed).envelope
    assert envelope.signed is not None
    assert envelope.auth is Strength.SIGNED
    assert envelope.signed.key == office.signer["bob"].key
    assert row.nonce == envelope.signed.nonce
    assert office.engine.history(receipt.instance)[-1].auth is Strength.SIGNED


def test_the_statement_names_everything_that_the_decision_is_bound_to(office: Office) -> None:
    """approvals §3.1, §3.5; reliability §4, 3."""
    gate = office.waiting(price=7, key="K1")
    said = office.engine.to_sign(gate, by="bob", seen=office.engine.subject(gate, "bob"), note="同意")
    statement = json.loads(said.bytes)
    instance = gate.partition(":")[0]
    shown = office.engine.show(instance)
    record = next(iter(shown.state.gates.values()))
    assert statement["form"] == FORM
    assert statement["installation"]
    assert (statement["instance"], statement["process"]) == (instance, "purchase")
    assert statement["definition"] == shown.row.version
    assert (statement["node"], statement["activity"], statement["gate"]) == (
        "write",
        record.activity,
        record.id,
    )
    assert (statement["scope"], statement["round"]) == (record.scope, 1)
    assert (statement["subject"], statement["bound"]) == (record.subject, record.bound)
    assert statement["prev"] == office.engine.history(instance)[-1].hash
    assert statement["n"] == len(office.engine.history(instance)) + 1
    assert (statement["actor"], statement["name"], statement["on_behalf"]) == ("bob", "Bob", "")
    assert statement["authority"] == office.engine.history(instance)[-1].authority.replace("makers", "bosses")
    assert statement["at"] == "2027-01-04T01:01:00.000000Z"
    assert len(statement["nonce"]) == 32
    assert statement["decision"] == {
        "is": "VoteCast", "gate": record.id, "entry": 0, "person": "bob", "name": "Bob", "role": "boss",
        "decision": "yes", "subject": record.subject, "meaning": "approve", "strength": "signed",
        "note": {"$sealed": seal_of(said.salts[0], "同意")},
    }  # fmt: skip


def test_a_decline_and_a_return_are_signed_like_a_yes(office: Office) -> None:
    gate = office.waiting()
    seen = office.engine.subject(gate, "bob")
    no = office.signature(gate, "bob", decision="decline", note="too dear")
    receipt = office.engine.decline(gate, by="bob", seen=seen, note="too dear", signature=no)
    assert last_row(office, receipt.instance).nonce is not None
    other = office.waiting()
    back = office.signature(other, "cid", decision="return", to="write", note="again")
    receipt = office.engine.return_to(other, "write", by="cid", note="again", signature=back)
    returned = next(event for event in receipt.events if isinstance(event, GateReturned))
    assert (returned.entry, returned.name, returned.role) == (0, "Cid", "boss")
    assert returned.strength is Strength.SIGNED
    assert returned.subject
    assert last_row(office, receipt.instance).nonce is not None


def test_what_is_asked_for_twice_is_done_once_however_it_is_signed(office: Office) -> None:
    """approvals §3.25."""
    gate = office.waiting()
    signature = office.signature(gate, "bob")
    seen = office.engine.subject(gate, "bob")
    first = office.engine.approve(gate, by="bob", seen=seen, signature=signature, request_id="r1")
    again = office.engine.approve(gate, by="bob", seen=seen, signature=signature, request_id="r1")
    assert again.repeated
    assert again.head == first.head


# keys -----------------------------------------------------------------------------------------------------


def test_a_key_that_nobody_registered_signs_nothing(office: Office) -> None:
    gate = office.waiting()
    office.signer["bob"] = Memory("stranger")
    assert code_of(office, gate, "bob") == "key_not_registered"


def test_the_key_of_another_signs_nothing(office: Office) -> None:
    gate = office.waiting()
    signature = office.signature(gate, "bob", with_key_of="cid")
    assert code_of(office, gate, "bob", signature=signature) == "key_of_another"


def test_a_key_for_checkpoints_signs_no_decision(office: Office) -> None:
    gate, signer = office.waiting(), Memory("checkpoint")
    add_key(office.engine.core, signer.public, by="root")
    office.signer["bob"] = signer
    assert code_of(office, gate, "bob") == "key_of_another"


def test_a_key_counts_from_its_beginning_to_its_end(office: Office) -> None:
    gate, now = office.waiting(), office.clock.now()
    office.add("bob", "later", valid_from=now + timedelta(hours=1), valid_to=now + timedelta(hours=2))
    assert code_of(office, gate, "bob") == "key_not_in_force"
    office.pass_time(120)
    assert code_of(office, gate, "bob") == "key_not_in_force"
    office.clock.set(now + timedelta(hours=1))
    office.approve(gate, "bob")


def test_a_revoked_key_signs_nothing_more_at_once(office: Office) -> None:
    """approvals §3.15."""
    gate = office.waiting()
    office.approve(gate, "cid")
    revoke_key(office.engine.core, office.signer["bob"].key[:12], reason="lost", by="root")
    assert code_of(office, gate, "bob") == "key_not_in_force"
    office.add("bob", "another")
    office.approve(gate, "bob")


def test_a_key_is_registered_once_and_for_one_person(office: Office) -> None:
    """approvals §3.4."""
    with pytest.raises(Invalid) as refused:
        office.add("cid", "bob")
    assert refused.value.code == "key_known"
    revoke_key(office.engine.core, office.signer["bob"].key, reason="lost", by="root")
    with pytest.raises(Invalid):
        office.add("bob")


def test_only_an_administrator_registers_keys(office: Office) -> None:
    """Else anybody could make his own key sign for somebody else (approvals §3.14)."""
    mine = office.signer["cid"]
    for nobody in ("cid", "bob", "a-stranger"):
        with pytest.raises(NotAllowed) as refused:
            add_key(office.engine.core, bytes(32), "bob", by=nobody)
        assert refused.value.code == "administrators_only"
    with pytest.raises(NotAllowed):
        revoke_key(office.engine.core, mine.key, reason="spite", by="bob")
    assert not [each for each in list_keys(office.engine.core) if each.revoked_at]
    assert revoke_key(office.engine.core, mine.key, reason="lost", by="cid").person == "cid"


# what was signed ------------------------------------------------------------------------------------------


def test_a_changed_byte_is_found(office: Office) -> None:
    """approvals §3.5."""
    gate = office.waiting()
    given = office.signature(gate, "bob")
    turned = f"{int(given.value[:2], 16) ^ 1:02x}{given.value[2:]}"
    assert code_of(office, gate, "bob", signature=replace(given, value=turned)) == "signature_wrong"
    text = given.statement.replace('"round":1', '"round":2')
    assert code_of(office, gate, "bob", signature=replace(given, statement=text)) == "signature_wrong"
    assert code_of(office, gate, "bob", signature=replace(given, value="none")) == "signature_wrong"
    assert code_of(office, gate, "bob", signature=replace(given, method="rsa")) == "signature_wrong"


def test_a_signature_fits_no_other_note(office: Office) -> None:
    gate = office.waiting()
    given = office.signature(gate, "bob", note="yes")
    assert (
        code_of(office, gate, "bob", signature=given, note="yes, and twice as much")
        == "signed_something_else"
    )


def test_a_signature_fits_no_other_decision(office: Office) -> None:
    gate = office.waiting()
    given = office.signature(gate, "bob", decision="decline", note="no")
    assert code_of(office, gate, "bob", signature=given) == "signed_something_else"


def test_a_signature_fits_no_other_instance(office: Office) -> None:
    """approvals §3.6."""
    first, second = office.waiting(), office.waiting()
    given = office.signature(first, "bob")
    assert code_of(office, second, "bob", signature=given) == "signed_something_else"


def test_a_signature_fits_no_later_round(office: Office) -> None:
    """approvals §3.6."""
    gate = office.waiting()
    given = office.signature(gate, "bob")
    back = office.signature(gate, "cid", decision="return", to="write", note="no")
    receipt = office.engine.return_to(gate, "write", by="cid", note="no", signature=back)
    office.engine.submit(receipt.opened[0], by="ann", data={"price": 5})
    assert code_of(office, gate, "bob", signature=given) == "signed_something_else"


def test_whoever_signs_has_seen_all_that_happened_before(office: Office) -> None:
    gate = office.waiting()
    given = office.signature(gate, "bob")
    office.approve(gate, "cid")
    assert code_of(office, gate, "bob", signature=given) == "history_moved_on"
    assert office.approve(gate, "bob").status == "completed"


def test_a_signature_does_not_decide_twice(office: Office) -> None:
    gate = office.waiting()
    given = office.signature(gate, "bob")
    office.approve(gate, "bob", signature=given)
    assert code_of(office, gate, "bob", signature=given) == "voted_already"


def test_a_statement_that_lay_about_for_days_is_not_taken(office: Office) -> None:
    gate = office.waiting()
    given = office.signature(gate, "bob")
    office.clock.advance(timedelta(days=2))
    assert code_of(office, gate, "bob", signature=given) == "statement_too_old"


def test_what_is_no_statement_is_not_taken(office: Office) -> None:
    gate, signer = office.waiting(), office.signer["bob"]
    good = office.signature(gate, "bob")
    for text in (
        "",
        "{}",
        "[]",
        "null",
        '{"at":"soon"}',
        good.statement.replace('"nonce":"', '"nonce":"' + "a" * 200),
    ):
        given = replace(good, statement=text, value=signer.sign(text.encode()).hex())
        assert code_of(office, gate, "bob", signature=given) == "no_statement"


def test_the_same_words_written_otherwise_are_not_taken(office: Office) -> None:
    gate, signer = office.waiting(), office.signer["bob"]
    good = office.signature(gate, "bob")
    text = json.dumps(json.loads(good.statement), indent=1, ensure_ascii=False)
    given = replace(good, statement=text, value=signer.sign(text.encode()).hex())
    assert code_of(office, gate, "bob", signature=given) == "signed_something_else"


def test_a_nonce_serves_once(office: Office) -> None:
    gate = office.waiting()
    first = office.signature(gate, "bob")
    receipt = office.approve(gate, "bob", signature=first)
    nonce = json.loads(first.statement)["nonce"]
    fresh = office.signature(gate, "cid")
    text = fresh.statement.replace(json.loads(fresh.statement)["nonce"], nonce)
    again = replace(fresh, statement=text, value=office.signer["cid"].sign(text.encode()).hex())
    seen = office.engine.subject(gate, "cid")
    with pytest.raises(Conflict) as refused:
        office.engine.approve(gate, by="cid", seen=seen, signature=again)
    assert refused.value.code == "nonce_used"
    assert last_row(office, receipt.instance).n == receipt_n(office, receipt.instance)


def receipt_n(office: Office, instance: str) -> int:
    return len(office.engine.history(instance))


def test_what_could_not_be_decided_is_not_handed_out_to_be_signed(office: Office) -> None:
    gate = office.waiting()
    with pytest.raises(NotAllowed):
        office.engine.to_sign(gate, by="ann", seen=office.engine.subject(gate, "ann"))
    with pytest.raises(StaleSubject):
        office.engine.to_sign(gate, by="bob", seen="0" * 64)
    with pytest.raises(Invalid) as refused:
        office.engine.to_sign(gate, by="bob", decision="perhaps")
    assert refused.value.code == "no_such_decision"


def test_handing_out_a_statement_changes_nothing(office: Office) -> None:
    gate = office.waiting()
    before = last_row(office, gate.partition(":")[0])
    one = office.engine.to_sign(gate, by="bob", seen=office.engine.subject(gate, "bob"))
    other = office.engine.to_sign(gate, by="bob", seen=office.engine.subject(gate, "bob"))
    assert last_row(office, gate.partition(":")[0]) == before
    assert json.loads(one.bytes)["nonce"] != json.loads(other.bytes)["nonce"]


def test_a_refused_attempt_is_told_to_the_log_with_its_class(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """approvals §3.24."""
    gate = office.waiting()
    given = office.signature(gate, "bob", with_key_of="cid")
    with caplog.at_level(logging.WARNING, "signoff.audit"), pytest.raises(NotAllowed):
        office.approve(gate, "bob", signature=given, note="a secret of the firm")
    (record,) = [each for each in caplog.records if each.name == "signoff.audit"]
    facts: dict[str, str] = vars(record)["facts"]
    assert (facts["class"], facts["code"], facts["actor"]) == ("NotAllowed", "key_of_another", "bob")
    assert "secret" not in str(facts)


def test_abstaining_is_signed_like_a_vote(office: Office) -> None:
    office.engine.deploy(PROCESS.replace("sign: key}", "sign: key, allow: [abstain]}"))
    gate = office.waiting()
    seen = office.engine.subject(gate, "bob")
    signature = office.signature(gate, "bob", decision="abstain", note="not my field")
    receipt = office.engine.abstain(gate, by="bob", seen=seen, note="not my field", signature=signature)
    (vote,) = [event for event in receipt.events if isinstance(event, VoteCast)]
    assert (vote.decision, vote.strength) == ("abstain", Strength.SIGNED)
    assert office.engine.verify(receipt.instance).findings == ()


def test_signing_takes_part_in_the_hosts_transaction(office: Office) -> None:
    gate = office.waiting()
    engine, seen = office.engine, office.engine.subject(gate, "bob")
    with engine.core.database.engine.connect() as connection:
        if engine.core.database.dialect == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.begin()
        for person in ("bob", "cid"):
            asked = engine.to_sign(gate, by=person, seen=seen, connection=connection)
            signature = asked.sign(office.signer[person])
            done = engine.approve(gate, by=person, seen=seen, signature=signature, connection=connection)
        assert done.status == "completed"
        connection.rollback()
    assert engine.show(done.instance).row.status == "running"
    assert office.approve(gate, "bob").head != done.head


@pytest.mark.parametrize(
    "given",
    [
        "abc",
        {"key": "x"},
        Signature(key="x", statement="y", value=None),  # type: ignore[arg-type]  # what a careless host hands in
        Signature(key="\ud800", statement="y", value="00"),
        Signature(key="x", statement="\0", value="00"),
        Signature(key="x", statement="y", value="00", method=7),  # type: ignore[arg-type]  # as above
    ],
)
def test_what_is_no_signature_is_refused_as_such(office: Office, given: Any) -> None:
    gate = office.waiting()
    with pytest.raises(Invalid) as refused:
        office.engine.approve(gate, by="bob", seen=office.engine.subject(gate, "bob"), signature=given)
    assert refused.value.code == "signature_malformed"
