"""Sending back: to one's own work, to an earlier step, into stages and branches; restart and smart."""

import pytest

from signoff.errors import NotAllowed, WrongState
from signoff.kernel.events import flow
from signoff.kernel.state import GateStatus, Status
from signoff.model.gate import Strength
from tests.kernel.desk import Desk

CHAIN = """
defaults: {{resume: {resume}}}
data:
  x: {{type: integer, default: 1}}
  z: {{type: integer, default: 1}}
steps:
  - step: one
    owner: worker
    form: {{edit: [x]}}
  - step: two
    owner: worker
    form: {{edit: [z]}}
    approve: {{by: boss}}
  - step: three
    owner: worker
    form: {{show: [x]}}
    checklist: [done]
  - gate: last
    approve: {{by: leo, declined: return to one}}
    return_to: [one, two, last]
"""


def chain(resume: str = "restart") -> Desk:
    desk = Desk(CHAIN.format(resume=resume)).start()
    desk.submit("one")
    desk.submit("two")
    desk.approve("two", "xia")
    desk.submit("three", ticks=["done"])
    return desk


def test_a_step_may_be_sent_back_to_its_own_work() -> None:
    desk = Desk("""
steps:
  - step: write
    owner: worker
    checklist: [done]
    approve: {by: boss, need: all}
""").start()
    desk.submit("write", ticks=["done"])
    desk.approve("write", "xia")
    desk.return_to("write", "write", "yan")
    assert desk.gate("write").status is GateStatus.RETURNED
    desk.submit("write", ticks=["done"])
    assert desk.asked("write") == {"xia", "yan", "zoe"}


JUDGED = """
data: {{x: {{type: integer, default: 1}}}}
steps:
  - {{step: write, owner: worker, form: {{edit: [x]}}, approve: {approve}}}
"""


def judged(approve: str) -> Desk:
    desk = Desk(JUDGED.format(approve=approve)).start()
    desk.submit("write")
    return desk


def test_a_return_is_proved_as_strongly_as_the_vote() -> None:
    desk = judged("{by: boss, sign: true}")
    with pytest.raises(NotAllowed) as refused:
        desk.return_to("write", "write", "xia", auth=Strength.ASSERTED)
    assert refused.value.code == "too_weak"
    desk.return_to("write", "write", "xia")
    assert desk.gate("write").status is GateStatus.RETURNED


def test_who_is_asked_only_to_take_note_sends_nothing_back() -> None:
    desk = judged("[{by: boss, as: acknowledge}, {by: zoe}]")
    with pytest.raises(NotAllowed) as refused:
        desk.return_to("write", "write", "xia")
    assert refused.value.code == "acknowledge_only"


def test_who_takes_note_and_judges_as_well_may_send_back() -> None:
    desk = judged("[{parallel: [{by: boss, as: acknowledge}, {by: zoe}]}]")
    desk.return_to("write", "write", "zoe")
    assert desk.gate("write").status is GateStatus.RETURNED


def test_a_return_restarts_at_its_target_with_one_token() -> None:
    desk = chain()
    desk.return_to("last", "two", "leo")
    assert desk.waiting == {"two": 1}
    desk.submit("two")
    desk.approve("two", "yan")
    assert desk.waiting == {"three": 1}, "everything after the target is done again"


def test_a_no_returns_where_it_says() -> None:
    desk = chain()
    desk.decline("last", "leo")
    assert desk.waiting == {"one": 1}


def test_a_return_goes_only_where_the_gate_says_and_by_who_is_asked() -> None:
    desk = chain()
    with pytest.raises(NotAllowed) as place:
        desk.return_to("last", "three", "leo")
    assert place.value.code == "no_return_there"
    with pytest.raises(NotAllowed) as person:
        desk.return_to("last", "one", "xia")
    assert person.value.code == "not_asked"


def test_a_smart_return_passes_unasked_what_touches_nothing_that_changed() -> None:
    desk = chain("smart")
    desk.return_to("last", "one", "leo")
    desk.submit("one", x=1)
    assert [e.node for e in desk.names(flow.ElementReused)] == ["two", "three"]
    assert desk.waiting == {"last": 1}
    assert desk.gate("two").status is GateStatus.PASSED


def test_a_smart_return_does_again_what_reads_what_changed() -> None:
    desk = chain("smart")
    desk.return_to("last", "one", "leo")
    desk.submit("one", x=2)
    assert [e.node for e in desk.names(flow.ElementReused)] == ["two"]
    assert desk.waiting == {"three": 1}


def test_a_smart_return_never_passes_what_it_was_sent_back_to() -> None:
    desk = chain("smart")
    desk.return_to("last", "two", "leo")
    assert desk.waiting == {"two": 1}


def test_after_a_smart_return_votes_on_unchanged_content_stand() -> None:
    desk = chain("smart")
    desk.return_to("last", "two", "leo")
    desk.submit("two")
    assert [e.node for e in desk.names(flow.ElementReused)] == ["three"]
    assert desk.waiting == {"last": 1}, "xia's yes was given on the same content"


def test_a_second_smart_return_still_knows_what_was_done_before_the_first() -> None:
    desk = Desk("""
defaults: {resume: smart}
data: {x: {type: integer, default: 1}}
steps:
  - {step: one, owner: worker, form: {edit: [x]}}
  - step: two
    owner: worker
    form: {show: [x]}
    checklist: [done]
    binds: [x]
    approve: {by: boss}
    return_to: [one]
  - {step: three, owner: worker, form: {show: [x]}, checklist: [done]}
  - {gate: last, approve: {by: leo, declined: return to one}}
""").start()
    desk.submit("one")
    desk.submit("two", ticks=["done"])
    desk.approve("two", "xia")
    desk.submit("three", ticks=["done"])
    desk.decline("last", "leo")
    desk.submit("one", x=2)
    desk.submit("two", ticks=["done"])
    desk.return_to("two", "one", "xia")
    desk.submit("one", x=1)
    assert desk.waiting == {"last": 1}


STAGES = """
defaults: {{resume: {resume}}}
steps:
  - stage: first
    data: {{note: {{type: text, optional: true}}}}
    steps:
      - step: a
        owner: worker
        form: {{edit: [note]}}
      - step: b
        owner: worker
        form: {{show: [note]}}
        checklist: [done]
  - stage: second
    steps:
      - step: c
        owner: worker
        checklist: [done]
      - gate: last
        approve: {{by: leo, declined: end}}
        return_to: [a, b, first, c]
"""


def stages(resume: str = "restart") -> Desk:
    desk = Desk(STAGES.format(resume=resume)).start()
    desk.submit("a", note="kept")
    desk.submit("b", ticks=["done"])
    desk.submit("c", ticks=["done"])
    return desk


def test_a_return_out_of_a_stage_into_another_opens_it_again_with_its_data() -> None:
    desk = stages()
    desk.return_to("last", "b", "leo")
    assert desk.waiting == {"b": 1}
    (inner,) = [s for s in desk.state.scopes.values() if s.node == "first"]
    assert inner.data == {"note": "kept"}
    desk.submit("b", ticks=["done"])
    assert desk.waiting == {"c": 1}


def test_a_whole_stage_may_be_the_target() -> None:
    desk = stages()
    desk.return_to("last", "first", "leo")
    assert desk.waiting == {"a": 1}


def test_inside_its_own_stage_nothing_else_is_touched() -> None:
    desk = stages()
    desk.return_to("last", "c", "leo")
    assert desk.waiting == {"c": 1}
    assert [s.node for s in desk.state.scopes.values()] == ["", "second"]


BRANCHES = """
steps:
  - {kind}: both
    branches:
      - {cond}steps:
          - {{step: a1, owner: worker, checklist: [done]}}
          - {{step: a2, owner: worker, checklist: [done]}}
      - {cond}steps:
          - {{step: b1, owner: worker, checklist: [done]}}
          - step: b2
            owner: worker
            checklist: [done]
            approve: {{by: zoe}}
            return_to: [b2, a1]
{otherwise}
  - gate: last
    approve: {{by: leo, declined: return to both}}
    return_to: [a2, b1]
"""


def branches(kind: str) -> Desk:
    parallel = kind == "parallel"
    text = BRANCHES.format(
        kind=kind,
        cond="" if parallel else 'if: "1 == 1"\n        ',
        otherwise="" if parallel else "    otherwise: []",
    )
    return Desk(text).start()


@pytest.mark.parametrize("kind", ["parallel", "include"])
def test_a_return_into_an_earlier_branch_reopens_that_branch_only(kind: str) -> None:
    desk = branches(kind)
    for step in ("a1", "a2", "b1", "b2"):
        desk.submit(step, ticks=["done"])
    desk.approve("b2", "zoe")
    desk.return_to("last", "a2", "leo")
    assert desk.waiting == {"a2": 1}
    desk.submit("a2", ticks=["done"])
    assert desk.waiting == {"last": 1}, "the other branch stands"


@pytest.mark.parametrize("kind", ["parallel", "include"])
def test_a_return_to_a_block_of_branches_restarts_them_all(kind: str) -> None:
    desk = branches(kind)
    for step in ("a1", "a2", "b1", "b2"):
        desk.submit(step, ticks=["done"])
    desk.approve("b2", "zoe")
    desk.decline("last", "leo")
    assert desk.waiting == {"a1": 1, "b1": 1}


@pytest.mark.parametrize("kind", ["parallel", "include"])
def test_a_return_to_a_sibling_branch_restarts_the_branches_that_were_at_work(kind: str) -> None:
    desk = branches(kind)
    for step in ("a1", "b1", "b2"):
        desk.submit(step, ticks=["done"])
    desk.return_to("b2", "a1", "zoe")
    assert desk.waiting == {"a1": 1, "b1": 1}
    for step in ("a1", "a2", "b1", "b2"):
        desk.submit(step, ticks=["done"])
    desk.approve("b2", "zoe")
    assert desk.waiting == {"last": 1}, "one token, not two"


def test_a_branch_that_was_not_taken_is_no_target() -> None:
    desk = Desk("""
data: {x: {type: integer, default: 1}}
steps:
  - choose: way
    branches:
      - if: "x > 5"
        steps: [{step: high, owner: worker, checklist: [done]}]
    otherwise: [{step: low, owner: worker, checklist: [done]}]
  - gate: last
    approve: {by: leo, declined: return to high}
    return_to: [high, low]
""").start()
    desk.submit("low", ticks=["done"])
    with pytest.raises(WrongState) as refused:
        desk.return_to("last", "high", "leo")
    assert refused.value.code == "not_done_here"
    desk.decline("last", "leo")
    assert desk.waiting == {"low": 1}, "a no leads to the choice around what was not taken"


def test_a_guarded_parallel_block_joins_where_it_always_does() -> None:
    desk = Desk("""
steps:
  - parallel: both
    if: "1 == 1"
    branches:
      - steps: [{step: a, owner: worker, checklist: [done]}]
      - steps: [{step: b, owner: worker, checklist: [done]}]
  - gate: last
    approve: {by: leo, declined: end}
    return_to: [a]
""").start()
    desk.submit("a", ticks=["done"])
    desk.submit("b", ticks=["done"])
    desk.return_to("last", "a", "leo")
    assert desk.waiting == {"a": 1}
    desk.submit("a", ticks=["done"])
    desk.approve("last", "leo")
    assert desk.status is Status.COMPLETED


def test_a_return_inside_one_occurrence_leaves_the_others_alone() -> None:
    desk = Desk("""
data: {names: {list_of: text, default: [p, q]}}
steps:
  - each: name
    item: who
    in: names
    steps:
      - {step: do, owner: worker, checklist: [done]}
      - step: check
        owner: worker
        checklist: [done]
        approve: {by: boss}
        return_to: [check, do]
""").start()
    desk.submit("do", ticks=["done"])
    desk.submit("check", ticks=["done"])
    desk.return_to("check", "do", "xia")
    assert desk.waiting == {"do": 2}
    for _ in range(2):
        desk.submit("do", ticks=["done"])
    for _ in range(2):
        task = desk.task("check")
        desk.submit("check", ticks=["done"])
        assert desk.task("check") == task
        desk.approve("check", "xia")
    assert desk.status is Status.COMPLETED


def test_a_smart_return_does_not_pass_a_gate_whose_rule_or_condition_reads_what_changed() -> None:
    desk = Desk("""
defaults: {resume: smart}
data: {x: {type: integer, default: 1}, z: {type: integer, default: 1}}
steps:
  - step: one
    owner: worker
    form: {edit: [x]}
  - step: two
    owner: worker
    form: {edit: [z]}
    require: [{id: R, rule: "x < 10", says: Too much.}]
    approve: {by: boss}
  - gate: middle
    binds: [z]
    approve: [{by: lawyer, if: "x > 5", declined: end}, {by: boss, declined: end}]
  - gate: last
    binds: [z]
    approve: {by: leo, declined: return to one}
    return_to: [one]
""").start()
    desk.submit("one")
    desk.submit("two")
    desk.approve("two", "xia")
    desk.approve("middle", "xia")
    desk.return_to("last", "one", "leo")
    desk.submit("one", x=7)
    assert desk.waiting == {"two": 1}, "its rule reads x"
    desk.submit("two")
    assert desk.asked("middle") == {"leo", "liu"}, "more than 5 is for a lawyer too"
