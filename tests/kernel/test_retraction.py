"""Votes and approvals taken back: while nobody has acted on them, and never a signature."""

from typing import Any

from signoff.kernel.events import seat
from signoff.kernel.state import Status
from tests.kernel.desk import Desk
from tests.kernel.test_signers import desk, passed, refusal

X = "data: {x: {type: integer, default: 1}}\n"


def gate(name: str, by: str = "xia", more: str = "") -> str:
    return f"{{gate: {name}, binds: [x], approve: [{{by: {by}, declined: end, not_by: []{more}}}]}}"


def case(*steps: str) -> Desk:
    lines = "\n".join(f"  - {step}" for step in steps)
    return Desk(f"{X}steps:\n{lines}\n").start()


def back(story: Desk, node: str, by: str) -> Any:
    """Take back at the gate of that element, open or passed."""
    record = next(g for g in reversed(story.state.gates.values()) if g.node == node)
    return story.take_back(node, by, gate=f"i:{record.id}")


# while the entry is open -----------------------------------------------------------------------------------


def test_a_vote_is_withdrawn_where_the_entry_offers_it() -> None:
    story = desk("by: boss, need: all")
    story.approve("g", "xia")
    story.take_back("g", "xia")
    assert story.asked("g") == {"xia", "yan", "zoe"}
    story.decline("g", "xia")
    assert story.status is Status.DECLINED
    plain = case(gate("g", "boss", ", need: all"))
    plain.approve("g", "xia")
    assert refusal(plain.take_back, "g", "xia") == "not_offered"


def test_a_no_is_withdrawn_too() -> None:
    story = desk("by: boss, need: 2")
    story.decline("g", "xia")
    story.take_back("g", "xia")
    story.approve("g", "xia")
    story.approve("g", "yan")
    assert passed(story)


def test_in_turn_only_the_last_vote_is_withdrawn() -> None:
    story = desk("by: boss, need: all in turn")
    story.approve("g", "xia")
    story.approve("g", "yan")
    assert refusal(story.take_back, "g", "xia") == "acted_on"
    story.take_back("g", "yan")
    assert story.asked("g") == {"yan"}
    story.take_back("g", "xia")
    assert story.asked("g") == {"xia"}


def test_a_yes_is_not_withdrawn_after_those_added_behind_it_have_signed() -> None:
    story = desk("by: xia")
    story.add("g", "xia", "amy", "ben", place="after")
    story.approve("g", "xia")
    story.take_back("g", "xia")
    assert story.asked("g") == {"xia"}
    story.approve("g", "xia")
    story.approve("g", "amy")
    assert refusal(story.take_back, "g", "xia") == "acted_on"


def test_a_signer_withdraws_nothing_once_those_have_signed_who_were_asked_because_of_it() -> None:
    story = desk("by: boss, need: all in turn")
    story.add("g", "xia", "amy", place="after")
    for who in ("xia", "amy", "yan"):
        story.approve("g", who)
    assert refusal(story.take_back, "g", "amy") == "acted_on"
    story = desk("by: boss, need: all")
    story.add("g", "xia", "amy", "ben", place="before", need="all in turn")
    story.approve("g", "amy")
    story.approve("g", "ben")
    assert refusal(story.take_back, "g", "amy") == "acted_on"
    story.add("g", "xia", "leo", place="before")
    story.approve("g", "leo")
    assert refusal(story.take_back, "g", "ben") == "acted_on"
    story.take_back("g", "leo")


def test_what_counted_because_of_a_vote_falls_with_it() -> None:
    pair = "{by: boss, need: 2, declined: end, allow: [withdraw]}, {by: [xia, leo], need: all, same_person: skip, declined: end}"
    story = Desk(f"{X}steps: [{{gate: g, binds: [x], approve: [{{parallel: [{pair}]}}]}}]").start()
    story.approve("g", "xia")
    assert story.asked("g") == {"yan", "zoe", "leo"}
    story.take_back("g", "xia", gate=f"{story.task('g')}")
    assert story.asked("g") == {"xia", "yan", "zoe", "leo"}


def test_there_may_be_nothing_to_take_back() -> None:
    story = desk("by: boss, need: all")
    assert refusal(story.take_back, "g", "xia") == "nothing_to_take_back"
    assert refusal(story.take_back, "g", "leo") == "nothing_to_take_back"


# after the entry has passed --------------------------------------------------------------------------------


def test_an_approval_is_taken_back_while_the_next_has_not_voted() -> None:
    text = "[{by: xia, not_by: [], declined: end}, {by: boss, not_by: [], need: all, declined: end}]"
    story = Desk(f"{X}steps: [{{gate: g, binds: [x], approve: {text}}}]").start()
    story.approve("g", "xia")
    story.take_back("g", "xia")
    assert story.asked("g") == {"xia"}
    story.approve("g", "xia")
    story.approve("g", "yan")
    assert refusal(story.take_back, "g", "xia") == "acted_on"


def test_a_signature_stays() -> None:
    story = case(gate("g", "boss", ", sign: true, need: all, allow: [withdraw, take_back]"))
    story.approve("g", "xia")
    assert refusal(story.take_back, "g", "xia") == "signed_stays"


# after the gate has passed ---------------------------------------------------------------------------------


def test_the_next_step_is_cancelled_and_the_gate_asks_again() -> None:
    story = case(gate("g"), "{step: s, owner: worker, checklist: [Do it]}")
    story.approve("g", "xia")
    assert story.waiting == {"s": 1}
    back(story, "g", "xia")
    assert story.waiting == {"g": 1}
    assert story.asked("g") == {"xia"}
    assert story.names(seat.ApprovalTakenBack)[0].reason == "too early"
    story.approve("g", "xia")
    assert story.waiting == {"s": 1}
    story.submit("s", ticks=["Do it"])
    assert passed(story)


def test_the_votes_of_the_others_stand() -> None:
    story = case(gate("g", "boss", ", need: 2"), gate("h"))
    story.approve("g", "xia")
    story.approve("g", "yan")
    back(story, "g", "yan")
    assert story.asked("g") == {"yan", "zoe"}
    story.approve("g", "zoe")
    assert story.waiting == {"h": 1}


def test_nothing_is_taken_back_once_somebody_has_acted_on_it() -> None:
    story = case(gate("g"), gate("h", "boss", ", need: all"))
    story.approve("g", "xia")
    story.approve("h", "yan")
    assert refusal(back, story, "g", "xia") == "gone_on"
    other = case(gate("g"), "{step: s, owner: worker, checklist: [Do it]}", gate("h"))
    other.approve("g", "xia")
    other.claim("s", "amy")
    assert refusal(back, other, "g", "xia") == "gone_on"
    other.release("s", "amy")
    other.submit("s", ticks=["Do it"])
    assert refusal(back, other, "g", "xia") == "gone_on"


def test_a_call_that_may_be_under_way_has_been_acted_on() -> None:
    story = case(gate("g"), "{run: r, handler: h}")
    story.approve("g", "xia")
    assert refusal(back, story, "g", "xia") == "gone_on"


def test_what_a_gate_has_written_is_not_taken_back() -> None:
    story = Desk(
        f"data: {{x: {{type: integer, default: 1}}, z: {{type: integer, default: 1}}}}\n"
        f"steps: [{{gate: g, binds: [x], set: {{z: x + 1}}, approve: {{by: xia, declined: end}}}}, {gate('h')}]"
    ).start()
    story.approve("g", "xia")
    assert refusal(back, story, "g", "xia") == "too_late_to_take_back"


def test_a_whole_block_that_nobody_has_touched_is_cancelled() -> None:
    inner = f"{{parallel: p, branches: [{{name: one, steps: [{gate('b1')}]}}, {{name: two, steps: [{gate('b2')}]}}]}}"
    story = case(gate("g"), f"{{stage: st, steps: [{inner}]}}", gate("h"))
    story.approve("g", "xia")
    assert story.waiting == {"b1": 1, "b2": 1}
    back(story, "g", "xia")
    assert story.waiting == {"g": 1}
    story.approve("g", "xia")
    story.approve("b1", "xia")
    assert refusal(back, story, "g", "xia") == "gone_on"


def test_a_branch_that_waits_at_its_join_is_taken_back_alone() -> None:
    story = case(
        f"{{parallel: p, branches: [{{name: one, steps: [{gate('a')}]}}, {{name: two, steps: [{gate('b')}]}}]}}",
        gate("c"),
    )
    story.approve("a", "xia")
    back(story, "a", "xia")
    assert story.waiting == {"a": 1, "b": 1}
    story.approve("b", "xia")
    story.approve("a", "xia")
    assert story.waiting == {"c": 1}


def test_after_the_join_a_branch_is_taken_back_and_the_others_stand() -> None:
    story = case(
        f"{{parallel: p, branches: [{{name: one, steps: [{gate('a')}]}}, {{name: two, steps: [{gate('b')}]}}]}}",
        gate("c"),
    )
    story.approve("b", "xia")
    story.approve("a", "xia")
    back(story, "a", "xia")
    assert story.waiting == {"a": 1}
    story.approve("a", "xia")
    assert story.waiting == {"c": 1}
    story.approve("c", "xia")
    assert passed(story)


def test_the_last_approval_of_a_stage_is_taken_back_into_it() -> None:
    story = case(f"{{stage: st, steps: [{gate('g')}]}}", gate("h"))
    story.approve("g", "xia")
    assert story.waiting == {"h": 1}
    back(story, "g", "xia")
    assert story.waiting == {"g": 1}
    story.approve("g", "xia")
    story.approve("h", "xia")
    assert passed(story)


def test_a_step_goes_back_into_review_and_from_there_to_who_did_it() -> None:
    story = Desk(
        f"{X}steps:\n  - {{step: s, owner: worker, form: {{edit: [x]}}, approve: {{by: xia, not_by: []}}}}\n  - {gate('h')}\n"
    ).start()
    story.submit("s", by="ben")
    story.approve("s", "xia")
    back(story, "s", "xia")
    assert story.asked("s") == {"xia"}
    story.decline("s", "xia")
    assert story.asked("s") == set()
    story.submit("s", by="ben", x=2)
    story.approve("s", "xia")
    assert story.waiting == {"h": 1}


def test_nothing_is_taken_back_of_an_instance_that_has_ended() -> None:
    story = case(gate("g"))
    name = f"i:{story.gate('g').id}"
    story.approve("g", "xia")
    assert refusal(story.take_back, "g", "xia", gate=name) == "instance_ended"


def test_a_yes_that_was_not_needed_is_taken_back_and_nothing_else_changes() -> None:
    story = case(gate("g", "[xia, lawyer]", ", need: each, allow: [take_back, add_beside]"), gate("h"))
    story.add("g", "xia", "amy", place="beside")
    for who in ("leo", "liu", "amy", "xia"):
        story.approve("g", who)
    back(story, "g", "leo")
    assert story.waiting == {"h": 1}, "the other lawyer has said yes"
    back(story, "g", "liu")
    assert story.waiting == {"g": 1}
    assert story.asked("g") == {"leo", "liu"}


def test_a_vote_taken_back_takes_its_copy_along_where_its_own_entry_still_passes() -> None:
    heavy = "{by: [xia, yan], need: 60%, weights: {xia: 1, yan: 9}, declined: end}"
    again = "{by: [xia, leo], same_person: skip, declined: end}"
    story = case(f"{{gate: check, binds: [x], approve: [{heavy}, {again}, {{by: ben, declined: end}}]}}")
    story.approve("check", "xia")
    story.approve("check", "yan")
    assert story.asked("check") == {"ben"}
    story.take_back("check", "xia")
    assert "ben" not in story.asked("check")
    story.approve("check", "leo")
    story.approve("check", "ben")
    assert story.status is Status.COMPLETED
