"""Signers added before, beside and after, and signers removed."""

from typing import Any

import pytest

from signoff.errors import AlreadyDecided, Invalid, NotAllowed, NotFound, Refused
from signoff.kernel.events import gate
from signoff.kernel.state import Status
from signoff.model.gate import Strength
from tests.kernel.desk import Desk

ADDING = "allow: [transfer, delegate, add_before, add_beside, add_after, withdraw, abstain, take_back]"


def desk(entry: str = "by: boss, need: all", more: str = "") -> Desk:
    """A gate at which the bosses xia, yan and zoe are asked, unless the entry says otherwise."""
    text = (
        f"steps:\n  - gate: g\n    approve:\n      - {{{entry}, declined: end, not_by: [], {ADDING}}}\n{more}"
    )
    return Desk(text).start()


def refusal(call: Any, *given: Any, **named: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(*given, **named)
    assert "{" not in refused.value.sentence()
    return refused.value.code


def passed(story: Desk) -> bool:
    return story.status is Status.COMPLETED


# before ----------------------------------------------------------------------------------------------------


def test_who_adds_a_signer_before_himself_is_asked_again_after_the_yes() -> None:
    story = desk("by: xia")
    story.add("g", "xia", "amy", place="before")
    assert story.asked("g") == {"amy"}
    assert refusal(story.approve, "g", "xia") == "others_first"
    story.approve("g", "amy")
    assert story.asked("g") == {"xia"}
    assert not passed(story), "nobody passes a gate by the yes of those who were added before him"
    story.approve("g", "xia")
    assert passed(story)


def test_a_no_of_a_signer_before_is_the_no_of_the_vote() -> None:
    story = desk("by: xia")
    story.add("g", "xia", "amy", "ben", place="before", need="all")
    story.decline("g", "ben")
    assert story.status is Status.DECLINED


def test_of_a_group_that_needs_any_the_first_yes_is_enough_and_the_last_no_decides() -> None:
    story = desk("by: xia")
    story.add("g", "xia", "amy", "ben", place="before", need="any")
    story.decline("g", "amy")
    assert story.asked("g") == {"ben"}
    story.approve("g", "ben")
    assert story.asked("g") == {"xia"}


def test_a_group_in_turn_is_asked_one_after_the_other() -> None:
    story = desk("by: xia")
    story.add("g", "xia", "ben", "amy", place="before", need="all in turn")
    assert story.asked("g") == {"ben"}
    assert refusal(story.approve, "g", "amy") == "others_first"
    story.approve("g", "ben")
    assert story.asked("g") == {"amy"}


def test_the_others_of_the_roster_are_asked_all_the_while() -> None:
    story = desk()
    story.add("g", "xia", "amy", place="before")
    assert story.asked("g") == {"amy", "yan", "zoe"}
    story.approve("g", "yan")
    story.approve("g", "zoe")
    story.approve("g", "amy")
    assert not passed(story)
    story.approve("g", "xia")
    assert passed(story)


def test_the_first_group_before_is_asked_before_the_second() -> None:
    story = desk("by: xia")
    story.add("g", "xia", "amy", place="before")
    assert refusal(story.add, "g", "xia", "ben", place="before") == "others_first"
    story.approve("g", "amy")
    story.add("g", "xia", "ben", place="before")
    story.approve("g", "ben")
    story.approve("g", "xia")
    assert passed(story)


# after -----------------------------------------------------------------------------------------------------


def test_a_yes_with_signers_after_it_counts_when_they_have_said_yes() -> None:
    story = desk("by: xia")
    story.add("g", "xia", "amy", place="after")
    assert story.asked("g") == {"xia"}
    story.approve("g", "xia")
    assert story.asked("g") == {"amy"}
    assert not passed(story)
    story.approve("g", "amy")
    assert passed(story)
    assert story.names(gate.GatePassed)[0].approvers == ("xia", "amy")


def test_a_no_leaves_the_signers_after_it_unasked() -> None:
    story = desk("by: boss, need: 2")
    story.add("g", "xia", "amy", place="after")
    story.decline("g", "xia")
    assert story.asked("g") == {"yan", "zoe"}


def test_before_and_after_stand_together() -> None:
    story = desk("by: xia")
    story.add("g", "xia", "ben", place="after")
    story.add("g", "xia", "amy", place="before")
    for who in ("amy", "xia", "ben"):
        assert story.asked("g") == {who}
        story.approve("g", who)
    assert passed(story)


# beside ----------------------------------------------------------------------------------------------------


def test_signers_beside_are_counted_with_the_others() -> None:
    story = desk("by: boss, need: 50%")
    story.approve("g", "xia")
    story.add("g", "yan", "amy", "ben", place="beside")
    story.approve("g", "amy")
    assert not passed(story), "two of five are less than half"
    story.approve("g", "zoe")
    assert passed(story)


def test_who_was_added_beside_each_role_has_to_say_yes_as_well() -> None:
    story = desk("by: [xia, leo], need: each")
    story.add("g", "leo", "amy", place="beside")
    story.approve("g", "xia")
    story.approve("g", "leo")
    assert story.asked("g") == {"amy"}
    story.approve("g", "amy")
    assert passed(story)


def test_who_was_added_beside_in_turn_comes_next() -> None:
    story = desk("by: boss, need: all in turn")
    story.add("g", "xia", "amy", place="beside")
    for who in ("xia", "amy", "yan", "zoe"):
        assert story.asked("g") == {who}
        story.approve("g", who)
    assert passed(story)


def test_who_was_added_has_neither_the_veto_nor_the_weight_of_the_one_who_added() -> None:
    story = desk("by: [xia, lawyer], need: 50%, weights: {xia: 5}, veto: [xia]")
    story.add("g", "xia", "amy", place="beside")
    story.decline("g", "amy")
    story.approve("g", "xia")
    assert passed(story), "five of eight, and the no of who was added is no veto"


# what is refused ------------------------------------------------------------------------------------------


def test_an_added_signer_adds_nobody() -> None:
    story = desk("by: boss, need: all")
    story.add("g", "xia", "amy", place="before")
    story.add("g", "yan", "ben", place="beside")
    assert refusal(story.add, "g", "amy", "leo", place="before") == "added_adds_none"
    assert refusal(story.add, "g", "ben", "leo", place="beside") == "added_adds_none"


@pytest.mark.parametrize("place", ["before", "beside", "after"])
def test_nobody_is_asked_twice(place: str) -> None:
    story = desk()
    story.add("g", "xia", "amy", place="before")
    assert refusal(story.add, "g", "yan", "amy", place=place) == "asked_already"
    assert refusal(story.add, "g", "yan", "zoe", place=place) == "asked_already"
    assert refusal(story.add, "g", "yan", "yan", place=place) == "to_oneself"
    assert refusal(story.add, "g", "yan", "ben", "ben", place=place) == "signers_twice"
    assert refusal(story.add, "g", "yan", place=place) == "no_signers"


def test_only_what_the_entry_allows_is_offered() -> None:
    story = Desk("steps: [{gate: g, approve: {by: xia, declined: end, allow: [add_after]}}]").start()
    for place in ("before", "beside"):
        assert refusal(story.add, "g", "xia", "amy", place=place) == "not_offered"
    story.add("g", "xia", "leo", place="after")


def test_only_people_of_certain_roles_are_added_where_the_entry_says_so() -> None:
    story = desk("by: xia, add_from: [lawyer]")
    assert refusal(story.add, "g", "xia", "amy") == "not_eligible"
    story.add("g", "xia", "leo")


def test_whom_separation_of_duties_keeps_away_is_not_added() -> None:
    story = Desk(
        "steps: [{gate: g, approve: {by: xia, declined: end, not_by: [starter], allow: [add_before]}}]"
    ).start(by="amy")
    assert refusal(story.add, "g", "xia", "amy") == "own_work"


def test_an_added_signer_proves_himself_as_the_vote_has_to_be_proved() -> None:
    story = Desk(
        "data: {x: {type: integer, default: 1}}\n"
        "steps: [{gate: g, binds: [x], approve: {by: xia, sign: true, declined: end, allow: [add_before]}}]"
    ).start()
    story.add("g", "xia", "leo")
    with pytest.raises(NotAllowed):
        story.approve("g", "leo", auth=Strength.ASSERTED)
    story.approve("g", "leo")
    story.approve("g", "xia")
    assert passed(story)


def test_how_many_of_a_group_is_one_of_three_words_and_nothing_beside() -> None:
    story = desk()
    assert refusal(story.add, "g", "xia", "amy", need="percent") == "need_of_signers"
    assert refusal(story.add, "g", "xia", "amy", place="beside", need="any") == "need_beside"


def test_a_new_round_asks_the_roster_of_the_definition() -> None:
    story = Desk(
        "data: {x: {type: integer, default: 1}}\n"
        "steps: [{step: s, owner: worker, form: {edit: [x]}, "
        "approve: {by: xia, not_by: [], allow: [add_before]}}]"
    ).start()
    story.submit("s")
    story.add("s", "xia", "ben")
    story.decline("s", "ben")
    story.submit("s", x=2)
    assert story.asked("s") == {"xia"}


# removing --------------------------------------------------------------------------------------------------


def test_who_added_a_signer_takes_him_off_again_and_is_asked_himself() -> None:
    story = desk("by: xia")
    story.add("g", "xia", "amy", place="before")
    story.remove("g", "xia", "amy")
    assert story.asked("g") == {"xia"}
    assert not passed(story), "taking off those before is no yes"
    story.approve("g", "xia")
    assert passed(story)


def test_without_the_last_of_those_after_the_recorded_yes_counts() -> None:
    story = desk("by: xia")
    story.add("g", "xia", "amy", "ben", place="after")
    story.approve("g", "xia")
    story.remove("g", "xia", "amy")
    assert not passed(story)
    story.remove("g", "xia", "ben")
    assert passed(story)


def test_who_is_taken_off_beside_counts_for_neither_side() -> None:
    story = desk("by: boss, need: 60%")
    story.add("g", "xia", "amy", "ben", place="beside")
    story.approve("g", "xia")
    story.approve("g", "yan")
    assert not passed(story), "two of five"
    story.remove("g", "xia", "amy")
    assert not passed(story), "two of four"
    story.remove("g", "xia", "ben")
    assert passed(story), "two of three"


def test_taking_somebody_off_can_leave_too_few_to_say_yes() -> None:
    story = desk("by: boss, need: 60%")
    story.add("g", "xia", "amy", "ben", place="beside")
    story.decline("g", "yan")
    story.decline("g", "zoe")
    assert not story.names(gate.EntryDeclined)
    story.remove("g", "xia", "ben")
    assert story.status is Status.DECLINED, "two of four against, and three are needed"


def test_an_administrator_takes_somebody_off_the_roster_but_never_the_last() -> None:
    story = desk("by: boss, need: all")
    story.approve("g", "xia")
    story.remove("g", "root", "yan")
    assert story.asked("g") == {"zoe"}
    assert refusal(story.remove, "g", "root", "zoe") == "removal_passes"
    alone = desk("by: xia")
    assert refusal(alone.remove, "g", "root", "xia") == "too_few_left"


def test_an_administrator_leaves_enough_to_pass() -> None:
    story = desk("by: boss, need: 3")
    assert refusal(story.remove, "g", "root", "zoe") == "too_few_left"


def test_those_whom_somebody_has_added_go_with_him() -> None:
    story = desk("by: boss, need: all")
    story.add("g", "zoe", "amy", "ben", place="before")
    story.approve("g", "amy")
    story.remove("g", "root", "zoe")
    assert story.asked("g") == {"xia", "yan"}
    story.approve("g", "xia")
    story.approve("g", "yan")
    assert passed(story)
    assert story.names(gate.GatePassed)[0].approvers == ("xia", "yan")


def test_those_beside_go_with_him_too_unless_they_have_voted() -> None:
    story = desk("by: boss, need: all")
    story.add("g", "zoe", "amy", "ben", place="beside")
    story.approve("g", "amy")
    story.remove("g", "root", "zoe")
    assert story.asked("g") == {"xia", "yan"}
    assert "amy" in story.gate("g").entries[0].votes


@pytest.mark.parametrize("voted", [False, True])
def test_those_who_were_added_do_not_pass_it_alone(voted: bool) -> None:
    story = desk("by: xia, need: all")
    story.add("g", "xia", "amy", place="beside")
    if voted:
        story.approve("g", "amy")
    assert refusal(story.remove, "g", "root", "xia") == "too_few_left"


def test_nobody_else_takes_a_signer_off_nor_one_who_has_voted() -> None:
    story = desk("by: boss, need: all")
    story.add("g", "xia", "amy", "ben", place="before")
    assert refusal(story.remove, "g", "yan", "amy") == "may_not_remove"
    assert refusal(story.remove, "g", "xia", "yan") == "may_not_remove"
    assert refusal(story.remove, "g", "xia", "leo") == "no_such_signer"
    assert refusal(story.remove, "g", "xia", "amy", reason=" ") == "reason_needed"
    assert refusal(story.remove, "g", "amy", "amy") == "removes_himself"
    story.approve("g", "amy")
    assert refusal(story.remove, "g", "xia", "amy") == "signer_has_voted"


def test_an_administrator_who_is_asked_himself_says_nothing_about_the_others() -> None:
    story = desk("by: boss, need: all")
    story.add("g", "xia", "root", place="beside")
    assert refusal(story.remove, "g", "root", "zoe") == "own_entry"


@pytest.mark.parametrize("need", ["all, wait_all: true", "60%"])
def test_a_no_that_was_said_is_not_removed_with_the_one_whose_signer_said_it(need: str) -> None:
    story = desk(f"by: boss, need: {need}")
    story.add("g", "xia", "amy", place="before")
    story.decline("g", "amy")
    assert refusal(story.remove, "g", "root", "xia") == "signer_has_voted"


def test_an_administrator_says_nothing_about_who_decides_on_his_own_work() -> None:
    text = "steps:\n  - step: s\n    owner: requester\n    approve: [{by: boss, need: all}]\n"
    story = Desk(text).start(by="root")
    story.submit("s", "root")
    story.approve("s", "xia")
    assert refusal(story.remove, "s", "root", "zoe") == "own_work"
    assert refusal(story.assign, "s", "leo") == "enough_asked"


def test_the_refusals_are_of_the_kinds_that_say_whose_move_it_is() -> None:
    story = desk("by: boss, need: all")
    with pytest.raises(NotFound):
        story.remove("g", "root", "leo")
    with pytest.raises(Invalid):
        story.add("g", "xia")
    with pytest.raises(AlreadyDecided):
        story.add("g", "xia", "zoe")


def test_an_administrator_passes_no_gate_by_taking_people_off_not_even_who_was_added() -> None:
    """I8: whatever it takes to prove a vote, and whoever brought the signer in."""
    story = desk("by: boss, need: all")
    story.approve("g", "xia")
    story.remove("g", "root", "yan")
    assert refusal(story.remove, "g", "root", "zoe") == "removal_passes"
    story.approve("g", "zoe")
    assert passed(story)
    after = desk("by: xia")
    after.add("g", "xia", "leo", place="after")
    after.approve("g", "xia")
    assert refusal(after.remove, "g", "root", "leo") == "removal_passes"
    after.remove("g", "xia", "leo")
    assert passed(after), "whose yes waited for his own question only"
