"""What else a substitute does: claims, hands in, sends back; and what each of these is recorded as."""

import pytest

from signoff import Actor, Strength
from signoff.errors import NotAllowed
from signoff.kernel.events.gate import GateReturned
from signoff.kernel.events.task import WorkSubmitted
from signoff.runtime.question import question
from signoff.store.organisation import Organisation
from signoff.testing import Case, Sandbox
from tests.people.firm import grant
from tests.people.test_substitutes import PEOPLE, PROCESS


def start() -> Case:
    given = Organisation(grants={"G": grant("G", "ann", "gus"), "H": grant("H", "cat", "fay")})
    box = Sandbox("2027-01-05T04:00Z", people=PEOPLE, organisation=given)
    box.deploy(PROCESS.replace("NEED", "any"))
    return box.start("purchase", by="ben")


def task(case: Case) -> str:
    return f"{case.situation.state.id}:{next(iter(case.situation.state.activities))}"


def test_a_substitute_claims_and_hands_in_what_is_anothers() -> None:
    case = start()
    engine = case.box.engine
    engine.claim(task(case), by="gus")
    assert engine.inbox("ben") == []
    assert [row.claimed_by for row in engine.inbox("gus")] == ["gus"]
    with pytest.raises(NotAllowed):
        engine.submit(task(case), by="ben")
    engine.submit(task(case), by="gus")
    (work,) = [event for event in case.events if isinstance(event, WorkSubmitted)]
    assert (work.person, work.on_behalf_of, work.grant) == ("gus", "ann", "G")


def test_a_substitute_goes_on_with_what_the_principal_has_claimed_and_nobody_else_does() -> None:
    case = start()
    engine = case.box.engine
    engine.claim(task(case), by="ann")
    assert [row.on_behalf_of for row in engine.inbox("gus")] == ["ann"]
    with pytest.raises(NotAllowed) as refused:
        engine.submit(task(case), by="fay")
    assert refused.value.code in ("claimed_by_another", "not_the_owner")
    engine.submit(task(case), by="gus")


def test_a_substitute_sends_back_for_another() -> None:
    case = start()
    case.submit("ask", by="ann")
    case.return_to("ask", "ask", by="fay")
    (returned,) = [event for event in case.events if isinstance(event, GateReturned)]
    assert (returned.by, returned.on_behalf_of, returned.grant) == ("fay", "cat", "H")
    assert case.box.engine.history(case.situation.state.id)[-1].on_behalf == "cat"


def test_a_substitute_is_shown_what_the_principal_would_decide_on() -> None:
    case = start()
    case.submit("ask", by="ann")
    gate = f"{case.situation.state.id}:{next(iter(case.situation.state.gates))}"
    shown = question(case.box.engine.core, gate, "fay")
    assert shown.asked
    assert shown.subject == question(case.box.engine.core, gate, "cat").subject
    assert not question(case.box.engine.core, gate, "gus").asked


def test_nobody_acts_for_somebody_without_a_grant_by_saying_so() -> None:
    case = start()
    case.submit("ask", by="ann")
    for by, whose in (("gus", "cat"), ("fay", "dan"), ("eve", "cat")):
        with pytest.raises(NotAllowed) as refused:
            case.approve("ask", by=Actor(by, on_behalf_of=whose, auth=Strength.ATTESTED))
        assert refused.value.code == "no_grant"


def test_what_a_substitute_has_seen_is_what_the_principals_entry_binds() -> None:
    """An entry may bind less than its gate: the hash that is handed out is the one that the vote is compared with."""
    given = Organisation(grants={"H": grant("H", "cat", "fay")})
    box = Sandbox("2027-01-05T04:00Z", people=PEOPLE, organisation=given)
    entry = "{by: boss, need: any, binds: [amount], sign: true}"
    box.deploy(
        PROCESS.replace("data: {", "data: {why: {type: text, default: x}, ").replace(
            "{by: boss, need: NEED}]", f"{entry}]\n    binds: [amount, why]"
        )
    )
    case = box.start("purchase", by="ann")
    case.submit("ask", by="ann")
    engine = box.engine
    gate = engine.locate(f"{case.instance}/ask")
    fay = Actor("fay", auth=Strength.ATTESTED)
    assert engine.approve(gate, by=fay, seen=engine.subject(gate, "fay")).status == "completed"
