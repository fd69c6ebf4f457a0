"""How the votes of an entry count, as stories: whose turn it is, who decides alone, whose yes counts twice."""

import pytest

from signoff.kernel.events import data, gate
from signoff.kernel.state import Mode, Status
from tests.kernel.desk import Desk
from tests.kernel.test_signers import desk, passed, refusal

X = "data: {x: {type: integer, default: 1}}\n"


def two(first: str, second: str, *, same_turn: bool = False) -> Desk:
    """Two entries of one gate, one after the other or at the same time, bound to x."""
    pair = ", ".join(
        f"{{{each}, {'' if 'acknowledge' in each else 'declined: end, '}not_by: []}}"
        for each in (first, second)
    )
    approve = f"[{{parallel: [{pair}]}}]" if same_turn else f"[{pair}]"
    return Desk(f"{X}steps: [{{gate: g, binds: [x], approve: {approve}}}]").start()


# in turn, first, veto, wait_all ----------------------------------------------------------------------------


def test_in_turn_the_next_is_asked_after_the_yes_and_nobody_before() -> None:
    story = desk("by: boss, need: all in turn")
    told = [n["people"] for n in story.notices]
    assert (story.asked("g"), told) == ({"xia"}, [["xia"]])
    assert refusal(story.approve, "g", "yan") == "others_first"
    story.approve("g", "xia")
    assert story.asked("g") == {"yan"}
    assert story.notices[-1]["people"] == ["yan"]
    assert refusal(story.approve, "g", "xia") == "voted_already"
    story.decline("g", "yan")
    assert story.status is Status.DECLINED, "and zoe was never asked"


def test_in_turn_with_wait_all_everybody_is_heard() -> None:
    story = desk("by: boss, need: all in turn, wait_all: true")
    story.decline("g", "xia")
    story.approve("g", "yan")
    assert story.asked("g") == {"zoe"}
    story.approve("g", "zoe")
    assert story.status is Status.DECLINED


def test_the_first_answer_decides_and_an_abstention_is_none() -> None:
    story = desk("by: boss, need: first")
    story.abstain("g", "xia")
    story.approve("g", "yan")
    assert passed(story)
    other = desk("by: boss, need: first")
    other.decline("g", "zoe")
    assert other.status is Status.DECLINED


def test_when_all_abstain_nobody_has_said_yes() -> None:
    story = desk("by: boss, need: any")
    for who in ("xia", "yan", "zoe"):
        story.abstain("g", who)
    assert story.status is Status.DECLINED


def test_one_abstains_only_where_that_is_offered_and_not_from_taking_note() -> None:
    plain = Desk("steps: [{gate: g, approve: {by: xia, declined: end}}]").start()
    assert refusal(plain.abstain, "g", "xia") == "may_not_abstain"
    note = Desk("steps: [{gate: g, approve: {by: xia, as: acknowledge, allow: [abstain]}}]").start()
    assert refusal(note.abstain, "g", "xia") == "acknowledge_only"


def test_a_veto_is_one_no_that_decides_and_the_other_noes_are_counted() -> None:
    story = desk("by: [boss, leo], need: 2, veto: [leo]")
    story.decline("g", "xia")
    story.decline("g", "leo")
    assert story.status is Status.DECLINED
    other = desk("by: [boss, leo], need: 2, veto: [leo]")
    other.decline("g", "xia")
    other.approve("g", "yan")
    other.approve("g", "zoe")
    assert passed(other)


def test_with_wait_all_a_veto_waits_for_the_others() -> None:
    story = desk("by: boss, need: any, wait_all: true, veto: [boss]")
    story.decline("g", "xia")
    story.approve("g", "yan")
    assert not story.names(gate.EntryDeclined)
    story.approve("g", "zoe")
    assert story.status is Status.DECLINED


def test_the_decline_policy_is_independent_of_the_quorum() -> None:
    for way, told in (("end", Status.DECLINED), ("continue", Status.COMPLETED)):
        story = Desk(f"steps: [{{gate: g, approve: {{by: boss, need: 60%, declined: {way}}}}}]").start()
        story.decline("g", "xia")
        assert story.status is Status.RUNNING
        story.decline("g", "yan")
        assert story.status is told


# weights ---------------------------------------------------------------------------------------------------


def test_weights_are_frozen_with_the_roster_and_counted_exactly() -> None:
    story = desk("by: [xia, lawyer], need: 60%, weights: {xia: 3, lawyer: 1}")
    story.approve("g", "leo")
    story.approve("g", "xia")
    assert passed(story), "four of five"
    other = desk("by: [xia, lawyer], need: 61%, weights: {xia: 3, lawyer: 1}")
    other.decline("g", "leo")
    other.decline("g", "liu")
    assert other.status is Status.DECLINED, "three of five are less than 61%"


def test_a_roster_without_any_weight_is_an_incident_until_there_is_somebody_who_weighs() -> None:
    story = desk("by: [nobody, lawyer], need: 50%, weights: {nobody: 3, lawyer: 0}")
    assert story.incidents == ["g: weights_unreachable"]
    story.retry()
    assert story.incidents == ["g: weights_unreachable"], "the directory still says the same"
    story.assign("g", "yan")
    assert story.incidents == []
    story.approve("g", "yan")
    assert passed(story)


# by rule ---------------------------------------------------------------------------------------------------


def test_an_entry_passes_by_rule_where_its_rule_holds_and_says_which() -> None:
    story = two("by: xia, auto: x < 10", "by: yan")
    (event,) = story.names(gate.EntryPassed)
    assert (event.mode, event.rule) == (Mode.AUTO, "g|approve|0|auto")
    assert story.asked("g") == {"yan"}
    story.approve("g", "yan")
    assert story.names(gate.GatePassed)[0].approvers == ("yan",)


def test_a_rule_that_passed_an_entry_is_asked_again_when_the_content_has_changed() -> None:
    story = Desk(
        f"{X}steps: [{{step: s, owner: worker, form: {{edit: [x]}}, resume: smart, "
        "approve: [{by: xia, not_by: [], auto: x < 10}, {by: yan, not_by: []}]}]"
    ).start()
    story.submit("s")
    assert story.asked("s") == {"yan"}
    story.decline("s", "yan")
    story.submit("s", x=20)
    assert story.asked("s") == {"xia"}


# the same person -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("same_turn", [False, True])
def test_a_yes_counts_again_where_the_entry_says_skip(same_turn: bool) -> None:
    story = two("by: xia", "by: boss, need: all, same_person: skip", same_turn=same_turn)
    story.approve("g", "xia")
    assert story.asked("g") == {"yan", "zoe"}
    auto = next(v for v in story.names(gate.VoteCast) if v.mode is Mode.AUTO)
    assert (auto.person, auto.entry, auto.source) == ("xia", 1, f"{auto.gate}#0")
    story.approve("g", "yan")
    story.approve("g", "zoe")
    assert passed(story)


def test_skip_is_the_last_yes_that_was_missing() -> None:
    story = two("by: xia", "by: boss, same_person: skip")
    story.approve("g", "xia")
    assert passed(story)


def test_in_turn_each_earlier_yes_counts_when_its_turn_comes() -> None:
    story = two("by: [xia, zoe], need: each", "by: boss, need: all in turn, same_person: skip")
    story.approve("g", "xia")
    story.approve("g", "zoe")
    assert story.asked("g") == {"yan"}
    story.approve("g", "yan")
    assert passed(story)


def test_a_no_or_an_abstention_counts_nowhere_else() -> None:
    story = two("by: boss, need: 2", "by: xia, same_person: skip")
    story.decline("g", "xia")
    story.approve("g", "yan")
    story.approve("g", "zoe")
    assert story.asked("g") == {"xia"}


def test_a_yes_counts_only_for_the_content_it_was_given_on() -> None:
    story = Desk(
        "data: {x: {type: integer, default: 1}, z: {type: integer, default: 1}}\nsteps:\n"
        "  - gate: g\n    binds: [x]\n    approve: [{by: xia, binds: [x], declined: end}, "
        "{by: boss, binds: [x, z], same_person: skip, declined: end}]\n"
    ).start()
    story.approve("g", "xia")
    assert story.asked("g") == {"xia", "yan", "zoe"}


def test_to_have_taken_note_is_no_yes_to_approve() -> None:
    story = two("by: xia, as: acknowledge", "by: xia, same_person: skip")
    story.approve("g", "xia")
    assert story.asked("g") == {"xia"}


def test_other_asks_somebody_else() -> None:
    story = two("by: xia", "by: boss, need: all, same_person: other")
    story.approve("g", "xia")
    assert story.asked("g") == {"yan", "zoe"}
    assert refusal(story.assign, "g", "xia") == "enough_asked"


def test_other_holds_for_entries_that_are_open_at_the_same_time() -> None:
    story = two("by: boss", "by: boss, same_person: other", same_turn=True)
    story.approve("g", "xia")
    assert refusal(story.approve, "g", "xia") == "said_yes_already"
    story.approve("g", "yan")
    assert passed(story)


def test_ask_asks_again() -> None:
    story = two("by: xia", "by: xia")
    story.approve("g", "xia")
    assert story.asked("g") == {"xia"}


def test_a_yes_of_an_earlier_round_counts_nowhere() -> None:
    story = Desk(
        f"{X}steps: [{{step: s, owner: worker, form: {{edit: [x]}}, "
        "approve: [{by: xia, not_by: []}, {by: yan, not_by: []}, {by: xia, not_by: [], same_person: skip}]}]"
    ).start()
    story.submit("s")
    story.approve("s", "xia")
    story.decline("s", "yan")
    story.submit("s", x=2)
    story.approve("s", "xia")
    story.approve("s", "yan")
    assert passed(story), "by the yes of this round"
    assert not story.names(data.IncidentRaised)
