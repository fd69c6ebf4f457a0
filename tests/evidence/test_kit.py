"""The test kit signs for its people where a gate demands it, so that such a process can be tried like any other."""

import pytest

from signoff import Actor, NotAllowed, Strength
from signoff.kernel.events.gate import VoteCast
from signoff.testing import Case
from tests.evidence.office import PEOPLE, PROCESS


@pytest.fixture
def case() -> Case:
    case = Case.load(PROCESS, people=PEOPLE).start(by="ann")
    case.submit("write", {"price": 3}, by="ann")
    return case


def test_people_sign_with_keys_of_their_own(case: Case) -> None:
    votes = [event for event in case.approve("write", by="bob").events if isinstance(event, VoteCast)]
    assert [vote.strength for vote in votes] == [Strength.SIGNED]
    case.copy().return_to("write", "write", by="cid")
    case.approve("write", by="cid")
    assert case.status == "completed"
    assert case.box.engine.verify().findings == ()


def test_an_actor_brings_a_proof_of_its_own(case: Case) -> None:
    with pytest.raises(NotAllowed) as refused:
        case.approve("write", by=Actor("bob", frozenset({"bosses"}), "Bob", auth=Strength.ATTESTED))
    assert refused.value.code == "too_weak"


def test_what_is_refused_is_refused_as_ever(case: Case) -> None:
    with pytest.raises(NotAllowed) as refused:
        case.approve("write", by="ann")
    assert refused.value.code != "too_weak"
