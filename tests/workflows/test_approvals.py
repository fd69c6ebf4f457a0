"""What the gates of the flagship take and what they refuse, one kind of approval after the other.

A test is named after the kind: `docs/rows-and-rules.md` counts for each what it takes and what it refuses.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from signoff import Actor, Refused, Strength, question
from signoff.model.authority import Grant
from signoff.runtime.directory import StaticDirectory
from signoff.store.organisation import Organisation
from signoff.testing import Case
from signoff.testing.matching import codes
from tests.workflows.campaign import BUDGET, PEOPLE, WORK, drawn, hand_in, reach

HEADS = ("he", "tao", "pan")  # of execution, promotion, logistics
LARGE = {"formal": {**BUDGET, "venue": 80000, "contingency": 25000}, "delta_reason": "场地涨价"}
SMALL_SUM = {"venue": 36000, "materials": 0, "promotion": 0, "staff": 0, "contingency": 4000}
SMALL = {"formal": SMALL_SUM, "delta_reason": "改为线上"}
SIGNED = ("confirm-goals", "formal-budget", "go-no-go")


def handed_in(step: str, *grants: Grant, by: str = "", data: Mapping[str, Any] | None = None) -> Case:
    """A case whose step has been handed in. `grants`: who stands in for whom; `by`: who was appointed to do it."""
    case = reach(step)
    given = Organisation(grants={each.id: each for each in grants})
    case.box.engine.core.directory = StaticDirectory(PEOPLE, given)
    if by:
        case.assign(step, by)
    hand_in(case, step, data, **({"by": by} if by else {}))
    return case


def standing_in(substitute: str, principal: str, *, until: int = 30) -> Grant:
    """Somebody stands in for another in September, up to a day of it."""
    since = datetime(2026, 8, 1, tzinfo=UTC)
    return Grant(
        f"{substitute}-{principal}", principal, substitute, since, datetime(2026, 9, until, tzinfo=UTC)
    )


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return codes(refused.value)[0]


def shown(case: Case, step: str, person: str) -> str:
    """What somebody is shown at a gate."""
    gate = case.situation.gate(step, by=person)
    return case.box.engine.subject(f"{case.instance}:{gate}", person)


# signature ------------------------------------------------------------------------------------------------


def test_signature_takes_management_that_has_seen_the_letter() -> None:
    case = handed_in("confirm-goals")
    case.approve("confirm-goals", by="fang", seen=shown(case, "confirm-goals", "fang"))
    assert "confirm-goals" not in case.active


def test_signature_takes_who_stands_in_for_management() -> None:
    case = handed_in("confirm-goals", standing_in("fa", "chen"))
    case.approve("confirm-goals", by="fa")
    last = case.box.engine.history(case.instance)[-1]
    assert (last.by, last.on_behalf) == ("fa", "chen")


def test_signature_takes_the_letter_that_was_handed_in_again() -> None:
    case = handed_in("confirm-goals")
    case.return_to("confirm-goals", "confirm-goals", by="chen")
    hand_in(case, "confirm-goals", documents={"goal-letter": {"content": "V2"}})
    case.approve("confirm-goals", by="chen")
    assert "confirm-goals" not in case.active


def test_signature_refuses_who_does_not_say_what_was_seen() -> None:
    case = handed_in("confirm-goals")
    assert refusal(lambda: case.approve("confirm-goals", by="chen", seen="")) == "seen_missing"


def test_signature_refuses_who_saw_the_letter_before_it_was_replaced() -> None:
    case = handed_in("confirm-goals")
    seen = shown(case, "confirm-goals", "chen")
    case.return_to("confirm-goals", "confirm-goals", by="fang")
    hand_in(case, "confirm-goals", documents={"goal-letter": {"content": "V2"}})
    assert refusal(lambda: case.approve("confirm-goals", by="chen", seen=seen)) == "stale_subject"
    assert case.active == {"confirm-goals": 1}


@pytest.mark.parametrize("step", SIGNED)
def test_signature_refuses_a_name_that_proves_nothing(step: str) -> None:
    case = reach(step)
    hand_in(case, step)
    *before, person = WORK[step].votes
    for other in before:
        case.approve(step, by=other)
    asserted = case.box.engine.actor(person, auth=Strength.ASSERTED)
    assert refusal(lambda: case.approve(step, by=asserted)) == "too_weak"


def test_signature_refuses_who_stands_in_no_longer() -> None:
    case = handed_in("confirm-goals", standing_in("fa", "chen", until=1))
    case.move_to("2026-09-02 09:00")
    assert refusal(lambda: case.approve("confirm-goals", by="fa")) == "grant_over"


def test_signature_refuses_the_starter_who_stands_in_for_management() -> None:
    case = handed_in("confirm-goals", standing_in("lin", "chen"))
    assert refusal(lambda: case.approve("confirm-goals", by="lin")) == "substitute_is_starter"


# authority ------------------------------------------------------------------------------------------------


def test_authority_takes_one_of_management_below_fifty_thousand() -> None:
    case = handed_in("formal-budget", data=SMALL)
    case.approve("formal-budget", by="chen")
    assert "formal-budget" not in case.active


def test_authority_takes_two_of_management_for_a_large_budget() -> None:
    case = handed_in("formal-budget", data=LARGE)
    for person in ("zhou", "fang", "chen"):
        case.approve("formal-budget", by=person)
    assert "formal-budget" not in case.active


def test_authority_refuses_management_before_finance_has_reviewed() -> None:
    case = handed_in("formal-budget")
    assert refusal(lambda: case.approve("formal-budget", by="chen")) == "not_your_turn"


def test_authority_refuses_to_let_one_of_management_pass_a_large_budget() -> None:
    case = handed_in("formal-budget", data=LARGE)
    case.approve("formal-budget", by="zhou")
    case.approve("formal-budget", by="chen")
    assert refusal(lambda: case.approve("formal-budget", by="chen")) == "voted_already"
    assert case.active["formal-budget"] == 1


def test_authority_refuses_one_person_in_the_place_of_two() -> None:
    case = handed_in("formal-budget", standing_in("fa", "chen"), standing_in("fa", "fang"), data=LARGE)
    case.approve("formal-budget", by="zhou")
    case.approve("formal-budget", by=_for(case, "fa", "chen"))
    assert refusal(lambda: case.approve("formal-budget", by=_for(case, "fa", "fang"))) == "no_grant"
    assert case.active["formal-budget"] == 1


def test_authority_refuses_the_earlier_approval_once_the_amount_has_grown_into_another_band() -> None:
    case = reach("phase-2")
    case.return_to("phase-2", "formal-budget", by="du")
    hand_in(case, "formal-budget", LARGE)
    case.approve("formal-budget", by="zhou")
    case.approve("formal-budget", by="chen")
    assert drawn(case, "formal-budget") == ["fang"]


def test_whoever_decides_on_a_budget_is_shown_its_total() -> None:
    case = handed_in("formal-budget")
    gate = f"{case.instance}:{case.situation.gate('formal-budget', by='zhou')}"
    shown = {part.name: part.value for part in question(case.box.engine.core, gate, "zhou").data}
    assert Decimal(shown["formal"]["total"]) == sum(BUDGET.values())


# duties ---------------------------------------------------------------------------------------------------


def test_duties_takes_one_of_management_who_prepared_nothing() -> None:
    case = _first_budget_by("chen")
    case.approve("formal-budget", by="fang")
    assert "formal-budget" not in case.active


def test_duties_refuses_whoever_prepared_the_formal_budget() -> None:
    case = handed_in("formal-budget", by="chen")
    case.approve("formal-budget", by="zhou")
    assert refusal(lambda: case.approve("formal-budget", by="chen")) == "own_work"


def test_duties_refuses_whoever_prepared_the_first_budget() -> None:
    case = _first_budget_by("chen")
    assert refusal(lambda: case.approve("formal-budget", by="chen")) == "own_work"


def test_duties_refuses_the_preparer_who_stands_in_for_management() -> None:
    case = handed_in("formal-budget", standing_in("wu", "chen"))
    case.approve("formal-budget", by="zhou")
    assert refusal(lambda: case.approve("formal-budget", by="wu")) == "own_work"


def test_duties_refuses_who_stands_in_for_the_preparer() -> None:
    case = handed_in("formal-budget", standing_in("fa", "chen"), by="chen")
    case.approve("formal-budget", by="zhou")
    assert refusal(lambda: case.approve("formal-budget", by="fa")) == "not_asked"


# countersigning -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["-".join(order) for order in permutations(HEADS)])
def test_countersigning_takes_the_three_heads_in_any_order(order: str) -> None:
    case = handed_in("detail-plan")
    for person in order.split("-"):
        assert case.active == {"detail-plan": 1}
        case.approve("detail-plan", by=person)
    assert "detail-plan" not in case.active


@pytest.mark.parametrize("missing", HEADS)
def test_countersigning_refuses_to_pass_without_one_of_them(missing: str) -> None:
    case = handed_in("detail-plan")
    for person in HEADS:
        if person != missing:
            case.approve("detail-plan", by=person)
    assert drawn(case, "detail-plan") == [missing]
    assert case.active == {"detail-plan": 1}


def test_countersigning_refuses_a_head_who_has_signed_already() -> None:
    case = handed_in("detail-plan")
    case.approve("detail-plan", by="he")
    assert refusal(lambda: case.approve("detail-plan", by="he")) == "voted_already"


@pytest.mark.parametrize("person", HEADS)
def test_countersigning_refuses_the_plan_when_one_head_says_no(person: str) -> None:
    case = handed_in("detail-plan")
    others = [head for head in HEADS if head != person]
    case.approve("detail-plan", by=others[0])
    case.decline("detail-plan", by=person)
    hand_in(case, "detail-plan")
    assert drawn(case, "detail-plan") == sorted(HEADS, key=list(PEOPLE).index)  # and everybody is asked again


# acknowledgement ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["chen", "fang"])
def test_acknowledgement_takes_anybody_of_management(person: str) -> None:
    case = handed_in("review")
    case.approve("review", by=person)
    assert "review" not in case.active


def test_acknowledgement_refuses_a_no() -> None:
    case = handed_in("review")
    assert refusal(lambda: case.decline("review", by="chen")) == "acknowledge_only"


def test_acknowledgement_refuses_to_send_the_report_back() -> None:
    case = handed_in("review")
    assert refusal(lambda: case.return_to("review", "review", by="chen")) == "acknowledge_only"


def test_acknowledgement_refuses_to_archive_what_nobody_took_note_of() -> None:
    case = handed_in("review")
    hand_in(case, "clear-up")
    assert case.active == {"review": 1}
    assert refusal(lambda: hand_in(case, "archive")) == "step_not_open"


# release --------------------------------------------------------------------------------------------------


def test_release_takes_the_one_in_charge_when_both_sites_are_ready() -> None:
    case = reach("go-no-go")
    case.approve("go-no-go", by="du")
    assert "go-no-go" not in case.active


def test_release_takes_a_second_go_after_a_no_go() -> None:
    case = reach("go-no-go")
    case.decline("go-no-go", by="du")
    hand_in(case, "set-up-site")
    hand_in(case, "set-up-platform")
    case.approve("go-no-go", by="du")
    assert "go-no-go" not in case.active


@pytest.mark.parametrize("ready", ["set-up-site", "set-up-platform"])
def test_release_refuses_before_both_sites_are_ready(ready: str) -> None:
    case = reach("set-up-site")
    hand_in(case, ready)
    assert refusal(lambda: case.approve("go-no-go", by="du")) == "step_not_open"


def test_release_refuses_everybody_but_the_one_in_charge() -> None:
    assert drawn(reach("go-no-go"), "go-no-go", but="du") == []


def test_release_refuses_to_begin_the_event_without_it() -> None:
    case = reach("go-no-go")
    case.move_to("2026-10-15 10:00")
    assert case.active["go-no-go"] == 1
    assert "run-event" not in case.active


# inside ---------------------------------------------------------------------------------------------------


def _for(case: Case, person: str, principal: str) -> Actor:
    return case.box.engine.actor(Actor(person, on_behalf_of=principal, auth=Strength.ATTESTED))


def _first_budget_by(person: str) -> Case:
    """The formal budget as finance hands it in and reviews it, after somebody prepared the first one."""
    case = handed_in("draft-budget", by=person)
    case.approve("draft-budget", by="zhou")
    for step in ("build-team", "design-theme", "detail-plan", "formal-budget"):
        hand_in(case, step)
        for voter in WORK[step].votes[: 1 if step == "formal-budget" else None]:
            case.approve(step, by=voter)
    return case
