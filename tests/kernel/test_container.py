"""What holds a scope: stages, occurrences, called processes; ends that terminate (traps 7, 9)."""

import pytest

from signoff.errors import Invalid
from signoff.kernel.events import flow
from signoff.kernel.run import Runaway
from signoff.kernel.state import Status
from signoff.model.nodes import (
    BoundaryEvent,
    CallActivity,
    ExclusiveGateway,
    MultiInstance,
    SubProcess,
    TerminateEndEvent,
)
from tests.kernel.desk import Desk
from tests.kernel.graphs import after, condition, graph, task

EACH = """
data:
  names: {{list_of: text, default: {names}}}
  got: {{list_of: text, default: []}}
steps:
  - each: who
    item: it
    in: names
    data: {{answer: {{type: text, optional: true}}}}
    collect: {{got: answer}}
    {more}
    steps:
      - {{step: ask, owner: worker, form: {{edit: [answer]}}}}
  - {{step: next, owner: worker, checklist: [done]}}
"""


def each(more: str = "", names: str = "[a, b, c]") -> Desk:
    return Desk(EACH.format(more=more, names=names)).start()


def occurrence(desk: Desk, number: int) -> str:
    """The task of the nth occurrence, by its id."""
    scope = next(s for s in desk.state.scopes.values() if s.position == number)
    return next(a.id for a in desk.state.activities.values() if a.scope == scope.id)


def test_every_element_of_the_list_has_its_own_occurrence_and_results_keep_the_order_of_the_list() -> None:
    desk = each()
    assert desk.waiting == {"ask": 3}
    for number in (3, 1, 2):
        desk.submit(occurrence(desk, number), answer=f"nr {number}")
    assert desk.values("got") == ["nr 1", "nr 2", "nr 3"]
    assert desk.waiting == {"next": 1}


def test_an_empty_list_is_done_at_once() -> None:
    assert each(names="[]").waiting == {"next": 1}


def test_in_turn_there_is_one_at_a_time() -> None:
    desk = each("in_turn: true")
    for number in range(1, 4):
        assert desk.waiting == {"ask": 1}
        desk.submit(occurrence(desk, number), answer="yes")
    assert desk.waiting == {"next": 1}


def test_the_list_is_frozen_when_it_begins() -> None:
    desk = Desk("""
data: {names: {list_of: text, default: [a, b]}}
steps:
  - parallel: both
    branches:
      - steps: [{step: change, owner: worker, form: {edit: [names]}}]
      - steps:
          - each: who
            item: it
            in: names
            in_turn: true
            steps: [{step: ask, owner: worker, form: {show: [it]}, checklist: [done]}]
""").start()
    desk.submit("change", names=["a", "b", "c", "d"])
    for _ in range(2):
        desk.submit("ask", ticks=["done"])
    assert desk.status is Status.COMPLETED


def test_once_it_is_enough_the_rest_is_cancelled() -> None:
    desk = each('until: "finished >= 2"')
    desk.submit(occurrence(desk, 2), answer="b")
    desk.submit(occurrence(desk, 3), answer="c")
    assert desk.waiting == {"next": 1}
    assert desk.values("got") == ["b", "c"]


def test_a_list_that_is_empty_in_the_sense_of_null_is_an_incident() -> None:
    desk = Desk("""
data: {names: {list_of: text, optional: true}}
steps:
  - {step: first, owner: worker, checklist: [done]}
  - each: who
    item: it
    in: names
    steps: [{step: ask, owner: worker, checklist: [done]}]
""").start()
    desk.submit("first", ticks=["done"])
    assert desk.incidents == ["who: null_value"]


def test_what_an_occurrence_cannot_hand_over_is_an_incident_there_and_retry_closes_it() -> None:
    desk = Desk("""
data: {names: {list_of: text, default: [a, b]}, got: {list_of: integer, default: []}, x: {type: integer, optional: true}}
steps:
  - parallel: both
    branches:
      - steps: [{step: fix, owner: worker, form: {edit: [x]}}]
      - steps:
          - each: who
            item: it
            in: names
            collect: {got: x + 1}
            steps: [{step: ask, owner: worker, checklist: [done]}]
""").start()
    desk.submit("ask", ticks=["done"])
    assert desk.incidents == ["who: null_value"]
    desk.submit("fix", x=1)
    desk.submit("ask", ticks=["done"])
    desk.retry()
    assert desk.values("got") == [2, 2]
    assert desk.status is Status.COMPLETED


def test_a_stage_whose_set_fails_is_an_incident_there_and_retry_closes_it() -> None:
    desk = Desk("""
data: {x: {type: integer, optional: true}}
steps:
  - parallel: both
    branches:
      - steps: [{step: fix, owner: worker, form: {edit: [x]}}]
      - steps:
          - stage: inside
            set: {x: x + 1}
            steps: [{step: ask, owner: worker, checklist: [done]}]
""").start()
    desk.submit("ask", ticks=["done"])
    assert desk.incidents == ["inside: null_value"]
    desk.submit("fix", x=1)
    desk.retry()
    assert desk.values("x") == 2
    assert desk.status is Status.COMPLETED


def test_a_body_whose_set_fails_is_an_incident_and_retry_finishes_it() -> None:
    desk = Desk("""
data: {x: {type: integer, optional: true}}
steps:
  - {step: fix, owner: worker, form: {edit: [x]}}
  - each: who
    item: it
    in: "[1]"
    set: {x: x + 1}
    steps: [{step: ask, owner: worker, checklist: [done]}]
""").start()
    desk.submit("fix")
    desk.submit("ask", ticks=["done"])
    assert desk.incidents == ["who: null_value"]
    desk.retry()
    assert desk.incidents == ["who: null_value"]
    desk.cancel()


def test_documents_and_verdicts_of_an_occurrence_are_its_own() -> None:
    desk = Desk("""
data: {names: {list_of: text, default: [a, b]}}
documents: {plan: {}}
steps:
  - each: who
    item: it
    in: names
    steps:
      - {step: make, owner: worker, delivers: [plan]}
      - gate: check
        owner: boss
        binds: [plan]
        require: [{id: R, rule: "document('plan').sha256 == 'sha-good'", says: a bad plan}]
""").start()
    desk.submit("make", documents={"plan": "good"})
    assert desk.waiting == {"make": 1}
    desk.submit("make", documents={"plan": "bad"})
    assert desk.waiting == {"check": 1}


def test_a_task_may_itself_be_done_once_per_element() -> None:
    loop = MultiInstance(item="it", collection=condition("['a', 'b', 'c']"))
    late = BoundaryEvent(id="b1", host="t1", event=after(2), interrupting=False)
    desk = Desk(graph("start > t1 > t2 > end\nb1 > t3 > end", task("t1", loop=loop), late)).start()
    assert desk.waiting == {"t1": 3}
    assert len(desk.state.timers) == 1, "boundary events belong to the body"
    for number in (2, 1, 3):
        desk.submit(occurrence(desk, number))
    assert desk.waiting == {"t2": 1}
    assert not desk.state.timers


def test_interrupting_a_body_stops_all_its_instances() -> None:
    loop = MultiInstance(item="it", collection=condition("['a', 'b', 'c']"))
    late = BoundaryEvent(id="b1", host="t1", event=after(2))
    desk = Desk(graph("start > t1 > t2 > end\nb1 > t3 > end", task("t1", loop=loop), late)).start()
    desk.submit(occurrence(desk, 1))
    desk.advance("3 hours")
    assert desk.waiting == {"t3": 1}


# terminating ------------------------------------------------------------------------------------------------


def test_terminating_a_sub_process_ends_it_and_nothing_around_it() -> None:
    end = TerminateEndEvent(id="stop", scope="s1")
    drawing = """start > s1 > t4 > end
s1: s1.start > p1 > t1 > stop
s1: p1 > t2 > p2 > s1.end
s1: p1 > t3 > p2"""
    desk = Desk(graph(drawing, end)).start()
    desk.submit("t2")
    desk.submit("t1")
    assert desk.waiting == {"t4": 1}
    assert desk.state.joins == {}, "tokens parked at joins go too"


def test_terminating_one_instance_leaves_its_siblings() -> None:
    end = TerminateEndEvent(id="stop", scope="s1")
    loop = MultiInstance(item="it", collection=condition("['a', 'b']"))
    drawing = "start > s1 > t4 > end\ns1: s1.start > p1 > t1 > stop\ns1: p1 > t2 > s1.end"
    desk = Desk(graph(drawing, end, SubProcess(id="s1", loop=loop))).start()
    desk.submit("t1")
    assert desk.waiting == {"t1": 1, "t2": 1}


def test_an_end_with_an_outcome_ends_the_whole_process_from_inside_a_stage() -> None:
    desk = Desk("""
steps:
  - parallel: both
    branches:
      - steps: [{step: other, owner: worker, checklist: [done]}]
      - steps:
          - stage: inside
            steps:
              - {step: work, owner: worker, checklist: [done]}
              - {end: dropped, outcome: dropped}
""").start()
    desk.submit("work", ticks=["done"])
    assert (desk.status, desk.state.outcome) == (Status.TERMINATED, "dropped")


def test_an_end_under_a_condition_that_is_false_is_passed_by() -> None:
    desk = Desk("""
data: {x: {type: integer, default: 1}}
steps:
  - {end: early, outcome: dropped, if: "x > 5"}
  - {step: work, owner: worker, checklist: [done]}
""").start()
    assert desk.waiting == {"work": 1}


# calling ----------------------------------------------------------------------------------------------------

INNER = """
signoff: 1
process: inner
lang: en
data:
  given: {type: text}
  result: {type: text, default: none}
  shared: {type: text, default: own}
roles: {worker: {group: workers}, owner-of: {is: starter}}
returns: [answer, shared]
steps:
  - {step: inside, owner: worker, form: {edit: [answer]}}
"""
OUTER = """
data: {answer: {type: text, default: nothing}, shared: {type: text, default: mine}}
steps:
  - call: sub
    process: inner
    with: {given: "'hello'"}
    set: {answer: result.answer}
    upon: [{after: 2 hours, interrupts: true, steps: [{step: rescue, owner: boss, checklist: [done]}]}]
  - {step: next, owner: worker, checklist: [done]}
"""


def calling() -> Desk:
    inner = INNER.replace("result: {type: text, default: none}", "answer: {type: text, default: none}")
    return Desk(OUTER, inner).start()


def test_a_called_process_runs_inside_with_data_of_its_own() -> None:
    desk = calling()
    assert desk.waiting == {"inside": 1}
    called = next(s for s in desk.state.scopes.values() if s.version == "v-inner")
    assert called.data["given"] == "hello"
    assert called.data["shared"] == "own"
    desk.submit("inside", answer="forty-two")
    assert desk.values("answer") == "forty-two"
    assert desk.values("shared") == "mine"
    assert desk.waiting == {"next": 1}


def test_interrupting_a_call_takes_the_called_process_along() -> None:
    desk = calling()
    desk.advance("3 hours")
    assert desk.waiting == {"rescue": 1}
    assert len(desk.state.scopes) == 2


def test_an_end_in_a_called_process_ends_only_that() -> None:
    inner = INNER.replace("result:", "answer:") + "  - {end: enough, outcome: enough}\n"
    desk = Desk(OUTER, inner).start()
    desk.submit("inside", answer="x")
    assert desk.waiting == {"next": 1}


def test_a_process_that_is_not_deployed_refuses_a_start() -> None:
    with pytest.raises(Invalid) as refused:
        Desk(graph("start > call > end", CallActivity(id="call", process="gone"))).start()
    assert refused.value.code == "start_failed"


# running away -----------------------------------------------------------------------------------------------


def test_a_loop_without_a_wait_runs_away_and_names_its_last_elements() -> None:
    gateway = ExclusiveGateway(id="x1", default="x1-x0")
    desk = Desk(graph("start > t1 > x0 > x1 [x == 9]> end\nx1 > x0", gateway)).start()
    with pytest.raises(Runaway) as runaway:
        desk.submit("t1")
    assert set(runaway.value.elements) == {"x0", "x1"}
    assert len(runaway.value.elements) == 20


def test_the_instances_of_a_long_list_are_no_runaway() -> None:
    names = f"[{', '.join(f'it{n}' for n in range(3_500))}]"
    desk = Desk(f"""
data: {{names: {{list_of: text, default: {names}}}, x: {{type: integer, default: 1}}}}
steps:
  - each: who
    item: it
    in: names
    steps: [{{step: ask, owner: worker, if: "x > 5", checklist: [done]}}]
""")
    desk.start()
    assert desk.status is Status.COMPLETED


def test_occurrences_are_numbered_from_one() -> None:
    desk = each()
    assert sorted(e.position for e in desk.names(flow.ScopeOpened)) == [0, 1, 2, 3]
