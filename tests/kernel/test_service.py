"""Calls of registered code: results, failures, modelled errors and who catches them (trap 10)."""

from decimal import Decimal

import pytest

from signoff.errors import NotFound
from signoff.kernel import commands as c
from signoff.kernel.events import data
from signoff.kernel.state import Status
from signoff.model.nodes import BoundaryEvent, ErrorEvent, EventSubProcess, MultiInstance
from tests.kernel.desk import Desk
from tests.kernel.graphs import call, condition, graph

CALL = """
data: {{price: {{type: money, optional: true}}, note: {{type: text, default: ""}}}}
steps:
  - run: fetch
    handler: h
    with: {{what: "'x'"}}
    {more}
  - {{step: next, owner: worker, checklist: [done]}}
"""
TYPED = "returns: {fields: {price: money}}\n    set: {price: result.price}"


def fetch(more: str = TYPED) -> Desk:
    return Desk(CALL.format(more=more)).start()


def job(desk: Desk) -> dict[str, object]:
    (owed,) = [o for o in desk.agenda.values() if o.key.endswith("/job")]
    return dict(owed.payload)


def test_a_call_is_owed_with_its_inputs_and_its_result_is_read_as_its_type() -> None:
    desk = fetch()
    assert job(desk) == {"handler": "h", "inputs": {"what": "x"}, "node": "fetch"}
    desk.finish("fetch", {"price": "1,200.5"})
    assert desk.values("price") == Decimal("1200.50")
    assert desk.waiting == {"next": 1}


def test_a_result_that_does_not_fit_is_an_incident_and_retry_calls_again() -> None:
    desk = fetch()
    desk.finish("fetch", {"price": "dear"})
    assert desk.incidents == ["fetch: not_a_number"]
    desk.finish("fetch", {"price": 1})
    assert desk.events == [], "a late answer to a call that is an incident"
    desk.retry()
    assert desk.state.activities[next(iter(desk.state.activities))].attempts == 2
    desk.finish("fetch", {"price": 1})
    assert desk.waiting == {"next": 1}


def test_a_result_without_a_type_is_what_can_be_kept() -> None:
    desk = fetch('set: {note: "result.list"}')
    desk.finish("fetch", {"list": object()})
    assert desk.incidents == ["fetch: untyped_value"]


def test_a_failure_is_an_incident_that_says_what_went_wrong() -> None:
    desk = fetch()
    desk.fail("fetch", code="handler_permanent")
    assert desk.incidents == ["fetch: handler_permanent"]
    assert [n["template"] for n in desk.notices] == ["incident"]
    desk.retry()
    assert desk.incidents == []
    assert job(desk)


def test_retry_takes_one_incident_or_all_of_them() -> None:
    desk = Desk(graph("start > p1 > c1 > end\np1 > c2 > end2", call("c1"), call("c2"))).start()
    desk.fail("c1")
    desk.fail("c2")
    first = next(iter(desk.state.incidents))
    desk.retry(f"i:{first}")
    assert len(desk.incidents) == 1
    desk.retry()
    assert desk.incidents == []
    with pytest.raises(NotFound):
        desk.retry()


def test_a_modelled_error_goes_to_its_exact_code_before_a_catch_all() -> None:
    desk = fetch("""errors: [gone]
    upon:
      - {error: any, steps: [{step: anything, owner: boss, checklist: [done]}]}
      - {error: gone, steps: [{step: exact, owner: boss, checklist: [done]}]}""")
    desk.fail("fetch", error="gone")
    assert desk.waiting == {"exact": 1}
    other = fetch("""upon:
      - {error: any, steps: [{step: anything, owner: boss, checklist: [done]}]}
      - {error: gone, steps: [{step: exact, owner: boss, checklist: [done]}]}""")
    other.fail("fetch", error="strange")
    assert other.waiting == {"anything": 1}


def test_what_comes_with_an_error_is_written_where_it_is_declared() -> None:
    desk = fetch("upon: [{error: gone, steps: [{step: exact, owner: boss, checklist: [done]}]}]")
    desk.fail("fetch", error="gone", note="out of stock", stranger=5)
    assert desk.values("note") == "out of stock"
    assert "stranger" not in desk.data


def test_an_error_that_nothing_catches_is_an_incident() -> None:
    desk = fetch()
    desk.fail("fetch", error="gone")
    assert desk.incidents == ["fetch: uncaught_error"]
    assert [e.catcher for e in desk.names(data.ErrorRaised)] == [""]
    desk.retry()
    desk.finish("fetch", {"price": 1})
    assert desk.waiting == {"next": 1}


def test_an_error_climbs_to_the_innermost_catcher_and_stops_all_beside_it() -> None:
    catcher = BoundaryEvent(id="b1", host="s1", event=ErrorEvent("gone"))
    outer = BoundaryEvent(id="b2", host="s0", event=ErrorEvent(""))
    drawing = """start > s0 > end
s0: s0.start > s1 > s0.end
s1: s1.start > p1 > c1 > s1.end
s1: p1 > t1 > s1.end
s0: b1 > t2 > s0.end
b2 > t3 > end"""
    b1 = BoundaryEvent(id="b1", host="s1", event=catcher.event, scope="s0")
    desk = Desk(graph(drawing, b1, outer, call("c1", "s1"))).start()
    desk.fail("c1", error="gone")
    assert desk.waiting == {"t2": 1}
    other = Desk(graph(drawing, b1, outer, call("c1", "s1"))).start()
    other.fail("c1", error="else")
    assert other.waiting == {"t3": 1}


def test_an_error_handler_of_a_scope_beats_the_boundary_event_around_it() -> None:
    outer = BoundaryEvent(id="b1", host="s1", event=ErrorEvent(""))
    inner = EventSubProcess(id="h1", scope="s1", event=ErrorEvent("gone"), interrupting=True)
    drawing = """start > s1 > end
s1: s1.start > p1 > c1 > s1.end
s1: p1 > t1 > s1.end
h1: h1.start > c2 > h1.end
b1 > t3 > end"""
    desk = Desk(graph(drawing, outer, inner, call("c1", "s1"), call("c2", "h1"))).start()
    desk.fail("c1", error="gone")
    assert desk.waiting == {"c2": 1}
    desk.fail("c2", error="gone")
    assert desk.waiting == {"t3": 1}, "an error out of the handler goes further out"


def test_an_error_of_one_instance_is_caught_on_the_body_and_stops_the_others() -> None:
    loop = MultiInstance(item="it", collection=condition("['a', 'b']"))
    catcher = BoundaryEvent(id="b1", host="c1", event=ErrorEvent("gone"))
    desk = Desk(graph("start > c1 > end\nb1 > t1 > end2", catcher, call("c1", loop=loop))).start()
    inner = next(a.id for a in desk.state.activities.values() if a.multi is None)
    desk.do(c.FailJob(by=c.SYSTEM, at=desk.at, task=f"i:{inner}", code="bpmn_error", error="gone"))
    assert desk.waiting == {"t1": 1}
    assert desk.incidents == []


def test_an_error_crosses_out_of_a_called_process() -> None:
    inner = """
signoff: 1
process: inner
lang: en
data: {given: {type: text, default: x}}
steps: [{run: fetch, handler: h}]
"""
    desk = Desk(
        """
steps:
  - call: sub
    process: inner
    upon: [{error: gone, steps: [{step: rescue, owner: boss, checklist: [done]}]}]
""",
        inner,
    ).start()
    desk.fail("fetch", error="gone")
    assert desk.waiting == {"rescue": 1}
    assert len(desk.state.scopes) == 2


def test_an_answer_for_a_call_that_is_over_is_a_recorded_nothing() -> None:
    desk = fetch()
    task = desk.task("fetch")
    desk.finish("fetch", {"price": 1})
    desk.do(c.FinishJob(by=c.SYSTEM, at=desk.at, task=task, result={"price": 2}))
    desk.do(c.FailJob(by=c.SYSTEM, at=desk.at, task=task, code="x"))
    assert desk.events == []
    with pytest.raises(NotFound):
        desk.do(c.FinishJob(by=c.SYSTEM, at=desk.at, task=desk.task("next")))


def test_inputs_that_cannot_be_computed_refuse_a_start_and_are_an_incident_later() -> None:
    desk = Desk(
        """
data: {x: {type: integer, optional: true}}
steps:
  - {step: first, owner: worker, form: {edit: [x]}}
  - {run: fetch, handler: h, with: {n: x + 1}}
""".replace("{n:", "{count:")
    ).start()
    desk.submit("first")
    assert desk.incidents == ["fetch: null_value"]
    desk.retry()
    assert desk.incidents == ["fetch: null_value"]
    desk.cancel()
    assert desk.status is Status.CANCELLED


def test_open_data_keeps_exact_numbers() -> None:
    definition = graph("start > c1 > end", call("c1", assign=(("seen", condition("result.rate")),)))
    object.__setattr__(definition, "data", {})
    desk = Desk(definition).start()
    desk.finish("c1", {"rate": 0.1})
    assert desk.data["seen"] == Decimal("0.1")


def test_an_event_beside_a_call_that_fails_does_not_keep_its_answer_out() -> None:
    desk = Desk("""
data: {v: {type: integer, default: 1}}
steps:
  - run: call
    handler: office.call
    upon:
      - after: 1 hour
        interrupts: false
        set: {v: "10 / (v - 1)"}
        steps: [{step: remind, owner: worker, form: {edit: [v]}}]
  - step: next
    owner: worker
    form: {edit: [v]}
""").start()
    desk.advance("2 hours")
    assert desk.incidents == ["call.upon.1: division_by_zero"]
    desk.finish("call")
    assert (desk.waiting, desk.incidents) == ({"next": 1}, [])
