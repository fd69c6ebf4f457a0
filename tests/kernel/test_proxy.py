"""Votes and work handed over for good, and opinions asked for and given."""

from itertools import pairwise

import pytest

from signoff.kernel.events import gate, seat
from signoff.kernel.missing import Missing, of_gate
from signoff.kernel.sight import Sight
from signoff.kernel.state import Decision, Status
from signoff.model.gate import Strength
from signoff.model.nodes import HumanTask
from tests.kernel.desk import Desk
from tests.kernel.test_signers import desk, passed, refusal

# transfer --------------------------------------------------------------------------------------------------


def test_a_transferred_vote_is_the_other_persons_and_no_longer_ones_own() -> None:
    story = desk("by: lawyer, need: all, transfer_to: [boss]")
    story.transfer("g", "leo", "xia")
    assert story.asked("g") == {"xia", "liu"}
    assert refusal(story.approve, "g", "leo") == "not_asked"
    story.approve("g", "xia")
    story.approve("g", "liu")
    assert passed(story)
    assert story.names(gate.GatePassed)[0].approvers == ("xia", "liu")


def test_a_vote_goes_only_to_who_holds_the_role_or_one_that_may_take_over() -> None:
    story = desk("by: [xia, lawyer], need: each")
    assert refusal(story.transfer, "g", "xia", "leo") == "asked_already"
    assert refusal(story.transfer, "g", "xia", "amy") == "not_eligible"
    other = desk("by: xia, transfer_to: [boss, worker-lead]")
    assert refusal(other.transfer, "g", "xia", "leo") == "not_eligible"
    other.transfer("g", "xia", "yan")
    assert other.asked("g") == {"yan"}


def test_a_vote_goes_not_to_oneself_nor_to_who_is_kept_away() -> None:
    story = Desk(
        "steps: [{gate: g, approve: {by: xia, declined: end, not_by: [starter], transfer_to: [worker]}}]"
    ).start(by="amy")
    assert refusal(story.transfer, "g", "xia", "xia") == "to_oneself"
    assert refusal(story.transfer, "g", "xia", "amy") == "own_work"
    assert refusal(story.transfer, "g", "yan", "ben") == "not_asked"
    story.transfer("g", "xia", "ben")


def test_a_transfer_keeps_the_place_in_the_order() -> None:
    story = desk("by: boss, need: all in turn, transfer_to: [lawyer]")
    assert refusal(story.transfer, "g", "yan", "leo") == "others_first"
    story.transfer("g", "xia", "leo")
    for who in ("leo", "yan", "zoe"):
        assert story.asked("g") == {who}
        story.approve("g", who)
    assert passed(story)


def test_the_deadline_stays_when_a_vote_is_handed_over() -> None:
    story = Desk(
        "steps: [{gate: g, due: within 3 days, approve: {by: xia, declined: end, transfer_to: [boss]}}]"
    ).start()
    before = {id: row.due for id, row in story.inbox.items()}
    story.advance("1 day")
    story.transfer("g", "xia", "yan")
    assert {id: row.due for id, row in story.inbox.items()} == before


def test_who_was_added_hands_his_vote_to_who_may_be_added() -> None:
    story = desk("by: xia, add_from: [lawyer]")
    story.add("g", "xia", "leo", place="before")
    assert refusal(story.transfer, "g", "leo", "amy") == "not_eligible"
    story.transfer("g", "leo", "liu")
    assert story.asked("g") == {"liu"}
    story.approve("g", "liu")
    story.approve("g", "xia")
    assert passed(story)


def test_those_added_stay_with_the_vote_that_is_handed_over() -> None:
    story = desk("by: xia, transfer_to: [boss]")
    story.add("g", "xia", "amy", place="after")
    story.transfer("g", "xia", "yan")
    story.approve("g", "yan")
    assert story.asked("g") == {"amy"}
    story.remove("g", "yan", "amy")
    assert passed(story)


def test_a_transfer_is_proved_like_a_vote_and_offered_by_the_entry() -> None:
    story = Desk(
        "data: {x: {type: integer, default: 1}}\nsteps:\n"
        "  - {gate: g, binds: [x], approve: {by: boss, sign: true, declined: end}}\n"
    ).start()
    assert refusal(story.transfer, "g", "xia", "yan", auth=Strength.ASSERTED) == "too_weak"
    other = Desk("steps: [{gate: g, approve: {by: xia, declined: end, allow: [delegate]}}]").start()
    assert refusal(other.transfer, "g", "xia", "yan") == "not_offered"


def test_work_is_handed_over_by_who_holds_it_to_who_may_own_it() -> None:
    story = Desk("steps: [{step: s, owner: worker, due: within 3 days, checklist: [Do it]}]").start()
    due = story.inbox[story.task("s")[2:]].due
    assert refusal(story.transfer, "s", "amy", "ben") == "claim_first"
    story.claim("s", "amy")
    assert refusal(story.transfer, "s", "ben", "amy") == "claimed_by_another"
    assert refusal(story.transfer, "s", "amy", "leo") == "not_eligible"
    assert refusal(story.transfer, "s", "leo", "amy") == "not_the_owner"
    assert refusal(story.transfer, "s", "amy", "amy") == "to_oneself"
    story.transfer("s", "amy", "ben")
    row = story.inbox[story.task("s")[2:]]
    assert (row.claimed, row.due) == ("ben", due)
    assert "amy" not in row.people
    assert refusal(story.submit, "s", by="amy", ticks=["Do it"]) == "claimed_by_another"
    story.submit("s", by="ben", ticks=["Do it"])
    assert passed(story)


def test_work_that_was_sent_back_is_handed_over_and_assigned_like_any_other() -> None:
    story = Desk("steps: [{step: s, owner: worker, checklist: [Do it], approve: {by: xia}}]").start()
    story.submit("s", by="amy", ticks=["Do it"])
    story.return_to("s", "s", "xia")
    story.claim("s", "amy")
    story.transfer("s", "amy", "ben")
    story.assign("s", "leo")
    story.submit("s", by="leo", ticks=["Do it"])
    story.approve("s", "xia")
    assert passed(story)


# opinions --------------------------------------------------------------------------------------------------


def test_an_opinion_binds_nobody_and_the_vote_stays_with_its_owner() -> None:
    story = desk("by: xia")
    story.delegate("g", "xia", "amy")
    assert story.asked("g") == {"amy"}
    assert refusal(story.approve, "g", "xia") == "others_first"
    assert refusal(story.approve, "g", "amy") == "opinion_only"
    assert refusal(story.return_to, "g", "g", "amy") == "opinion_only"
    story.advise("g", "amy", Decision.NO, "too dear")
    assert story.asked("g") == {"xia"}
    assert story.status is Status.RUNNING
    story.approve("g", "xia")
    assert passed(story)
    assert story.names(gate.GatePassed)[0].approvers == ("xia",)
    assert [(o.owner, o.person, o.advice) for o in story.names(seat.OpinionGiven)] == [
        ("xia", "amy", Decision.NO)
    ]


def test_a_delegate_passes_the_question_on_and_it_goes_back_to_the_first_owner() -> None:
    story = desk("by: xia")
    story.delegate("g", "xia", "amy")
    story.delegate("g", "amy", "ben")
    assert story.asked("g") == {"ben"}
    assert refusal(story.advise, "g", "amy") == "no_opinion_asked"
    story.advise("g", "ben")
    assert story.asked("g") == {"xia"}


def test_a_question_is_not_passed_on_in_a_circle() -> None:
    story = desk("by: xia")
    story.delegate("g", "xia", "amy")
    story.delegate("g", "amy", "ben")
    assert refusal(story.delegate, "g", "ben", "xia") == "delegated_in_circle"
    assert refusal(story.delegate, "g", "ben", "amy") == "delegated_in_circle"
    assert refusal(story.delegate, "g", "ben", "ben") == "delegated_in_circle"
    assert refusal(story.delegate, "g", "xia", "leo") == "others_first"


def test_a_question_is_passed_on_five_times_at_most() -> None:
    story = desk("by: xia")
    chain = ["xia", "amy", "ben", "leo", "liu", "yan"]
    for by, to in pairwise(chain):
        story.delegate("g", by, to)
    assert refusal(story.delegate, "g", "yan", "zoe") == "chain_too_long"


def test_who_votes_there_anyway_is_not_asked_for_an_opinion() -> None:
    story = desk("by: boss, need: all")
    assert refusal(story.delegate, "g", "xia", "yan") == "asked_already"
    story.delegate("g", "xia", "amy")
    assert refusal(story.delegate, "g", "yan", "amy") == "asked_already"
    assert refusal(story.add, "g", "yan", "amy", place="beside") == "asked_already"


def test_the_owner_may_stop_waiting() -> None:
    story = desk("by: xia")
    story.delegate("g", "xia", "amy")
    story.take_back("g", "xia")
    assert story.asked("g") == {"xia"}
    assert refusal(story.advise, "g", "amy") == "no_opinion_asked"
    story.approve("g", "xia")
    assert passed(story)


def test_an_opinion_says_something() -> None:
    story = desk("by: xia")
    story.delegate("g", "xia", "amy")
    assert refusal(story.advise, "g", "amy", None, " ") == "opinion_empty"
    assert refusal(story.advise, "g", "ben") == "no_opinion_asked"


def test_why_says_whose_opinion_is_awaited() -> None:
    story = desk("by: boss, need: all")
    story.delegate("g", "xia", "amy")
    record = story.gate("g")
    sight = Sight(story.world, story.state, record.scope, story.at)
    node = sight.node("g")
    assert isinstance(node, HumanTask)
    found: list[Missing] = of_gate(sight, record, None, node)
    assert [each.code for each in found] == ["approval_missing", "opinion_awaited"]
    assert found[1].who == ("amy",)
    for lang in ("en", "zh"):
        assert "{" not in found[1].sentence(lang)


@pytest.mark.parametrize("way", ["transfer", "delegate"])
def test_nothing_is_handed_on_after_the_gate_is_decided(way: str) -> None:
    story = Desk(
        "steps:\n  - {gate: g, approve: {by: boss, declined: end}}\n  - {gate: h, approve: {by: boss, declined: end}}\n"
    ).start()
    name = story.task("g")
    story.approve("g", "xia")
    story.task = lambda node: name  # type: ignore[method-assign]  # the id that stood in the inbox
    assert refusal(getattr(story, way), "g", "yan", "zoe") in {
        "gate_decided",
        "no_such_task",
        "step_not_open",
    }


def test_a_delegate_is_told_what_is_asked_and_the_owner_that_the_vote_is_back() -> None:
    story = desk("by: xia")
    story.delegate("g", "xia", "amy")
    told = story.notices[-1]
    assert (told["template"], told["people"], told["by"], told["note"]) == ("question", ["amy"], "Xia", "?")
    story.advise("g", "amy")
    assert (story.notices[-1]["template"], story.notices[-1]["people"]) == ("gate", ["xia"])
