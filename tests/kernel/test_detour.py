"""`resume: direct`: the target again, then back to who sent it back, past all that stands in between."""

from signoff.kernel.events import flow
from tests.kernel.desk import Desk
from tests.kernel.test_signers import passed

DATA = "data: {x: {type: integer, default: 1}, z: {type: integer, default: 1}}\n"


def story(binds: str = "z", middle: str = "") -> Desk:
    """A step, something in between, and a gate that may send back to the step, directly."""
    between = middle or (
        f"  - {{gate: m, binds: [{binds}], approve: {{by: yan, not_by: [], declined: end}}}}\n"
        "  - {step: s, owner: worker, checklist: [Do it]}\n"
    )
    return Desk(
        f"{DATA}steps:\n  - {{step: t, owner: worker, form: {{edit: [x, z]}}}}\n{between}"
        "  - {gate: g, binds: [x], resume: direct, return_to: [t], "
        "approve: {by: xia, not_by: [], declined: return to t}}\n"
    ).start()


def up_to_g(desk: Desk) -> Desk:
    desk.submit("t")
    desk.approve("m", "yan")
    desk.submit("s", ticks=["Do it"])
    return desk


def test_after_the_target_the_one_who_sent_it_back_is_asked_again() -> None:
    desk = up_to_g(story())
    desk.return_to("g", "t", "xia")
    assert desk.waiting == {"t": 1}
    desk.submit("t", x=2)
    assert desk.waiting == {"g": 1}
    desk.approve("g", "xia")
    assert passed(desk)


def test_a_no_that_returns_goes_the_same_way() -> None:
    desk = up_to_g(story())
    desk.decline("g", "xia")
    desk.submit("t", x=2)
    assert desk.waiting == {"g": 1}


def test_when_what_votes_between_are_bound_to_has_changed_all_of_it_is_done_again() -> None:
    desk = up_to_g(story())
    desk.return_to("g", "t", "xia")
    desk.submit("t", z=2)
    assert desk.waiting == {"m": 1}
    (ended,) = desk.names(flow.DetourEnded)
    assert (ended.elements, ended.gates) == (["m", "s"], ["m"])
    desk.approve("m", "yan")
    assert desk.waiting == {"s": 1}, "also what nobody has voted on"
    desk.submit("s", ticks=["Do it"])
    assert desk.waiting == {"g": 1}


def test_a_vote_between_that_is_bound_to_nothing_new_stands_with_the_others() -> None:
    desk = up_to_g(story(binds="x, z"))
    desk.return_to("g", "t", "xia")
    desk.submit("t")
    assert desk.waiting == {"g": 1}, "nothing has changed"


def test_branches_between_are_passed_by_their_joins() -> None:
    middle = (
        "  - parallel: p\n    branches:\n"
        "      - {name: a, steps: [{gate: m, binds: [z], approve: {by: yan, not_by: [], declined: end}}]}\n"
        "      - {name: b, steps: [{step: s, owner: worker, checklist: [Do it]}]}\n"
    )
    desk = up_to_g(story(middle=middle))
    desk.return_to("g", "t", "xia")
    desk.submit("t", x=2)
    assert desk.waiting == {"g": 1}
    desk.return_to("g", "t", "xia")
    desk.submit("t", z=2)
    assert desk.waiting == {"m": 1, "s": 1}


def test_what_was_repeated_with_votes_inside_is_done_again() -> None:
    middle = (
        "  - each: e\n    item: one\n    in: \"['a', 'b']\"\n    steps:\n"
        "      - {gate: m, approve: {by: yan, not_by: [], declined: end}}\n"
    )
    desk = story(middle=middle)
    desk.submit("t")
    desk.approve("m", "yan")
    desk.approve("m", "yan")
    desk.return_to("g", "t", "xia")
    desk.submit("t", x=2)
    assert desk.waiting == {"m": 2}


def test_a_second_return_finds_the_way_again() -> None:
    desk = up_to_g(story())
    for value in (2, 3, 4):
        desk.return_to("g", "t", "xia")
        desk.submit("t", x=value)
        assert desk.waiting == {"g": 1}
    desk.approve("g", "xia")
    assert passed(desk)


def test_a_rule_between_that_no_longer_holds_is_met_again() -> None:
    middle = (
        "  - {gate: m, binds: [z], approve: {by: yan, not_by: [], declined: end}}\n"
        "  - {step: s, owner: worker, form: {edit: [z]}, checklist: [Do it], "
        "require: [{rule: x < 5, says: Too much, waive: [boss]}]}\n"
    )
    desk = up_to_g(story(middle=middle))
    desk.return_to("g", "t", "xia")
    desk.submit("t", x=7)
    assert desk.waiting == {"m": 1}
