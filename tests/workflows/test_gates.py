"""The gates of the flagship pass only with the people they name, and only when all is there."""

from collections.abc import Sequence

import pytest

from signoff import NotAllowed, Refused
from signoff.testing.matching import codes
from tests.workflows.campaign import BUDGET, PEOPLE, drawn, hand_in, reach

SIGNED = [
    ("G1", "confirm-goals", [["chen", "fang"]]),
    ("G2", "formal-budget", [["zhou"], ["chen", "fang"]]),
    ("P2", "phase-2", [["du"]]),
    ("G3", "go-no-go", [["du"]]),
]


@pytest.mark.parametrize(("gate", "step", "people"), SIGNED, ids=[gate for gate, *_ in SIGNED])
def test_a_gate_passes_only_with_the_people_it_names(
    gate: str, step: str, people: Sequence[Sequence[str]]
) -> None:
    case = reach(step)
    hand_in(case, step)
    for turn in people:
        assert case.active[step] == 1, f"{gate} is still closed"
        assert drawn(case, step) == turn
        case.approve(step, by=turn[-1])
    assert step not in case.active


@pytest.mark.parametrize(("gate", "step", "people"), SIGNED, ids=[gate for gate, *_ in SIGNED])
def test_a_gate_stays_closed_to_everybody_else(gate: str, step: str, people: Sequence[Sequence[str]]) -> None:
    case = reach(step)
    hand_in(case, step)
    for person in PEOPLE:
        if person not in people[0]:
            with pytest.raises(NotAllowed):
                case.approve(step, by=person)
    assert case.active[step] == 1, gate


def test_g1_declined_by_all_who_could_sign_ends_the_campaign() -> None:
    case = reach("confirm-goals")
    hand_in(case, "confirm-goals")
    case.decline("confirm-goals", by="fang")
    assert case.active == {"confirm-goals": 1}
    case.decline("confirm-goals", by="chen")
    assert (case.status, case.outcome) == ("declined", "declined")


def test_g2_is_closed_to_whoever_prepared_it() -> None:
    case = reach("formal-budget")
    hand_in(case, "formal-budget", by="zhou")  # the head of finance prepares it: nobody else can review it
    with pytest.raises(NotAllowed) as refused:
        case.approve("formal-budget", by="zhou")
    assert refused.value.code == "own_work"
    assert drawn(case, "formal-budget") == []


def test_g2_takes_two_of_management_from_two_hundred_thousand() -> None:
    case = reach("formal-budget")
    formal = {**BUDGET, "venue": 80000, "contingency": 25000}
    hand_in(case, "formal-budget", {"formal": formal, "delta_reason": "场地涨价"})
    case.approve("formal-budget", by="zhou")
    case.approve("formal-budget", by="chen")
    assert drawn(case, "formal-budget") == ["fang"]
    case.approve("formal-budget", by="fang")
    assert case.active == {"allocate": 1, "plan-risks": 1}


def test_g2_declined_goes_back_to_the_plan() -> None:
    case = reach("formal-budget")
    hand_in(case, "formal-budget")
    case.decline("formal-budget", by="zhou")
    assert case.active == {"detail-plan": 1}


def test_g3_opens_when_both_sites_are_ready() -> None:
    case = reach("set-up-platform")
    with pytest.raises(Refused) as refused:
        case.approve("go-no-go", by="du")
    assert "wrong_state" in codes(refused.value)
    hand_in(case, "set-up-platform")
    assert case.active == {"go-no-go": 1}


def test_g3_declined_sets_everything_up_again() -> None:
    case = reach("go-no-go")
    case.decline("go-no-go", by="du")
    assert case.active == {"set-up-site": 1, "set-up-platform": 1}


@pytest.mark.parametrize("last", ["research", "draft-budget", "build-team"])
def test_p1_stays_closed_until_everything_before_it_is_there(last: str) -> None:
    case = reach(last)
    assert "phase-1" not in case.log
    assert "design-theme" not in case.active


def test_p1_opens_by_itself_once_everything_is_there() -> None:
    case = reach("design-theme")
    assert case.log[-2:] == ["phase-1", "preparation"]
    assert case.active == {"design-theme": 1}


def test_p2_declined_goes_back_to_the_plan() -> None:
    case = reach("phase-2")
    case.decline("phase-2", by="du")
    assert case.active == {"detail-plan": 1}


@pytest.mark.parametrize("target", ["design-theme", "detail-plan", "formal-budget", "plan-risks"])
def test_p2_may_send_back_to_every_step_it_names(target: str) -> None:
    case = reach("phase-2")
    case.return_to("phase-2", target, by="du")
    assert case.active == {target: 1}


def test_p2_sends_back_nowhere_else() -> None:
    case = reach("phase-2")
    with pytest.raises(NotAllowed):
        case.return_to("phase-2", "confirm-goals", by="du")


def test_g4_stays_closed_until_the_archive_is_complete() -> None:
    case = reach("archive")
    with pytest.raises(Refused):
        hand_in(case, "archive", documents=[])
    assert (case.status, "close" in case.log) == ("running", False)


def test_g4_opens_by_itself_and_closes_the_campaign() -> None:
    case = reach("end")
    assert case.log[-3:] == ["close", "file-case", "closing"]
    assert (case.status, case.outcome) == ("completed", "completed")
