"""Timers: boundary events, recurrences, catch events; late, moved, gone (traps 5, 6, 13, 14, 16)."""

from datetime import datetime

import pytest

from signoff.errors import WrongState
from signoff.kernel import commands as c
from signoff.kernel.events import flow, time
from signoff.kernel.state import Status
from signoff.model.nodes import BoundaryEvent, EventSubProcess, StartEvent, SubProcess
from tests.kernel.desk import Desk
from tests.kernel.graphs import after, catch, every, graph, task


def guarded(keys: str) -> Desk:
    return Desk(f"""
data: {{seen: {{type: integer, default: 0}}}}
steps:
  - step: work
    owner: worker
    checklist: [done]
    upon: [{{{keys}, id: alarm, set: {{seen: seen + 1}}, steps: [{{step: rescue, owner: boss, checklist: [done]}}]}}]
  - {{step: next, owner: worker, checklist: [done]}}
""").start()


def test_an_interrupting_boundary_event_ends_its_host_before_its_flow_is_taken() -> None:
    desk = guarded("after: 2 hours, interrupts: true")
    desk.advance("1 hour")
    assert desk.waiting == {"work": 1}
    desk.advance("1 hour")
    assert desk.waiting == {"rescue": 1}
    names = desk.happened()
    assert names.index("ElementCancelled") < names.index("ElementPassed")
    desk.submit("rescue", "xia", ticks=["done"])
    assert desk.waiting == {"next": 1}


def test_completing_in_time_disarms_it() -> None:
    desk = guarded("after: 2 hours, interrupts: true")
    desk.submit("work", ticks=["done"])
    assert not desk.agenda
    desk.do(c.FireTimer(by=c.SYSTEM, at=desk.at, timer="i:t6"))
    assert desk.events == [], "a timer that is gone does nothing"


def test_a_boundary_event_that_does_not_interrupt_runs_beside_and_is_waited_for() -> None:
    desk = guarded("after: 2 hours")
    desk.advance("3 hours")
    assert desk.waiting == {"rescue": 1, "work": 1}
    desk.submit("work", ticks=["done"])
    desk.submit("next", ticks=["done"])
    assert desk.status is Status.RUNNING
    desk.submit("rescue", "xia", ticks=["done"])
    assert desk.status is Status.COMPLETED


def test_a_timer_never_fires_early() -> None:
    desk = guarded("after: 2 hours")
    key = next(iter(desk.agenda))
    with pytest.raises(WrongState) as refused:
        desk.fire(key)
    assert refused.value.code == "not_due"


def test_an_interrupting_event_takes_everything_inside_its_host_along() -> None:
    desk = Desk("""
data: {names: {list_of: text, default: [a, b]}}
steps:
  - stage: all
    steps:
      - each: who
        item: it
        in: names
        steps:
          - parallel: both
            branches:
              - steps:
                  - step: left
                    owner: worker
                    checklist: [done]
                    approve: {by: boss}
                    upon: [{after: 9 hours, steps: [{step: nag, owner: worker, checklist: [done]}]}]
              - steps: [{run: right, handler: h}]
    upon: [{after: 1 day, interrupts: true, steps: [{step: rescue, owner: boss, checklist: [done]}]}]
""").start()
    desk.submit("left", ticks=["done"])
    desk.fail("right")
    desk.advance("10 hours")
    desk.advance("1 day")
    assert desk.waiting == {"rescue": 1}
    assert desk.incidents == []
    desk.submit("rescue", "xia", ticks=["done"])
    assert desk.status is Status.COMPLETED


def test_a_recurrence_with_a_limit_fires_so_often_and_at_multiples() -> None:
    recurring = BoundaryEvent(id="b1", host="t1", event=every("R3/PT10H"), interrupting=False)
    desk = Desk(graph("start > t1 > end\nb1 > t2 > end2", recurring)).start()
    start = desk.at
    desk.advance("5 days")
    assert desk.waiting == {"t1": 1, "t2": 3}
    fired = [at - start for at, event in desk.log if isinstance(event, time.TimerFired)]
    assert [int(f.total_seconds() // 3600) for f in fired] == [10, 20, 30]


def test_an_interrupting_recurrence_fires_once() -> None:
    recurring = BoundaryEvent(id="b1", host="t1", event=every("R/PT10H"))
    desk = Desk(graph("start > t1 > end\nb1 > t2 > end2", recurring)).start()
    desk.advance("5 days")
    assert desk.waiting == {"t2": 1}


def test_lateness_of_one_firing_does_not_shift_the_next_and_what_was_missed_fires_once() -> None:
    recurring = BoundaryEvent(id="b1", host="t1", event=every("R/PT10H"), interrupting=False)
    desk = Desk(graph("start > t1 > end\nb1 > t2 > end2", recurring)).start()
    desk.idle("35 hours")
    desk.advance("1 second")
    assert desk.waiting == {"t1": 1, "t2": 1}, "three occurrences were due, one fired"
    desk.advance("5 hours")
    assert desk.waiting == {"t1": 1, "t2": 2}, "the next one is due at +40 hours"


MEETING = """
data: {day: {type: date, optional: true}}
dates: {event: {from: day, to: day, name: Event}}
steps:
  - stage: live
    upon:
      - every: day at 17:30 during event
        id: daily
        steps: [{step: meet, owner: worker, checklist: [done]}]
    steps:
      - {step: plan, owner: worker, form: {edit: [day]}}
      - {step: move, owner: worker, form: {edit: [day]}}
      - {step: run, owner: worker, checklist: [done]}
"""


def test_a_recurrence_sleeps_until_its_dates_are_known_and_moves_with_them() -> None:
    desk = Desk(MEETING).start()
    assert [t.at for t in desk.state.timers.values()] == [None]
    desk.submit("plan", day="2026-09-20")
    desk.submit("move", day="2026-09-22")
    desk.advance("2026-09-21")
    assert desk.waiting == {"run": 1}
    desk.advance("2026-09-30")
    assert desk.waiting == {"meet": 1, "run": 1}


def test_open_occurrences_are_closed_as_missed_with_their_host() -> None:
    desk = Desk(MEETING).start()
    desk.submit("plan", day="2026-09-20")
    desk.submit("move")
    desk.advance("2026-09-30")
    desk.submit("run", ticks=["done"])
    assert desk.status is Status.COMPLETED
    assert [e.node for e in desk.names(flow.OccurrenceMissed)] == ["daily"]


def test_occurrences_on_an_activity_are_missed_however_it_ends() -> None:
    text = """
steps:
  - step: work
    owner: worker
    lapses: within 50 hours
    checklist: [done]
    upon:
      - {every: 10 hours, steps: [{step: report, owner: worker, checklist: [done]}]}
      - {after: 55 hours, interrupts: true}
  - {step: next, owner: worker, checklist: [done]}
"""
    done = Desk(text).start()
    done.advance("25 hours")
    assert done.waiting == {"work": 1, "report": 2}
    done.submit("work", ticks=["done"])
    lapsed = Desk(text).start()
    lapsed.advance("51 hours")
    stopped = Desk(text.replace("    lapses: within 50 hours\n", "")).start()
    stopped.advance("65 hours")
    for desk, missed in ((done, 2), (lapsed, 4), (stopped, 5)):
        assert desk.waiting == {"next": 1}
        assert len(desk.names(flow.OccurrenceMissed)) == missed


def test_in_a_graph_tokens_of_a_recurring_boundary_keep_their_scope() -> None:
    recurring = BoundaryEvent(id="b1", host="t1", event=every("R/PT10H"), interrupting=False)
    desk = Desk(graph("start > t1 > end\nb1 > t2 > end2", recurring)).start()
    desk.advance("12 hours")
    desk.submit("t1")
    assert desk.waiting == {"t2": 1}
    desk.submit("t2")
    assert desk.status is Status.COMPLETED


def test_a_catch_event_waits_for_its_moment_and_one_in_the_past_is_there_at_once() -> None:
    desk = Desk(graph("start > c1 > t1 > end", catch("c1", 5))).start()
    assert desk.waiting == {"c1": 1}
    desk.advance("5 hours")
    assert desk.waiting == {"t1": 1}


def test_a_wait_for_a_date_sleeps_until_it_is_known() -> None:
    desk = Desk("""
data: {day: {type: date, optional: true}}
dates: {event: {day: day, name: Event}}
steps:
  - parallel: both
    branches:
      - steps: [{step: plan, owner: worker, form: {edit: [day]}}]
      - steps: [{wait: pause, at: 2 days before event, set: {day: day}}]
""").start()
    assert not desk.agenda
    desk.submit("plan", day="2026-09-20")
    assert next(iter(desk.agenda.values())).at == datetime.fromisoformat("2026-09-18T09:00+08:00")
    desk.advance("2026-09-18")
    assert desk.status is Status.COMPLETED


def test_a_wait_whose_set_fails_is_an_incident_and_retry_goes_on() -> None:
    desk = Desk("""
data: {x: {type: integer, optional: true}}
steps:
  - parallel: both
    branches:
      - steps: [{step: fix, owner: worker, form: {edit: [x]}}]
      - steps:
          - step: work
            owner: worker
            checklist: [done]
            upon: [{after: 2 hours, interrupts: true, id: alarm, set: {x: x + 1}}]
      - steps: [{wait: pause, after: 2 hours, set: {x: x + 1}}]
""").start()
    desk.advance("2 hours")
    assert sorted(desk.incidents) == ["alarm: null_value", "pause: null_value"]
    assert desk.waiting == {"fix": 1, "work": 1, "pause": 1}
    desk.submit("fix", x=1)
    desk.retry()
    assert desk.values("x") == 3
    assert desk.status is Status.COMPLETED


def handler(*, interrupting: bool) -> Desk:
    """A handler of the whole process."""
    body = EventSubProcess(id="h1", event=after(2), interrupting=interrupting)
    inside = StartEvent(id="h1.start", scope="h1")
    drawing = "start > t1 > t2 > end\nh1: h1.start > t3 > h1.end"
    return Desk(graph(drawing, body, inside)).start()


def test_a_handler_of_the_process_runs_beside_it_and_is_waited_for() -> None:
    desk = handler(interrupting=False)
    desk.advance("3 hours")
    assert desk.waiting == {"t1": 1, "t3": 1}
    desk.submit("t1")
    desk.submit("t2")
    assert desk.status is Status.RUNNING
    desk.submit("t3")
    assert desk.status is Status.COMPLETED


def test_an_interrupting_handler_of_the_process_runs_instead_of_it() -> None:
    desk = handler(interrupting=True)
    desk.advance("3 hours")
    assert desk.waiting == {"t3": 1}
    assert not desk.state.timers, "nothing else of the scope may start"
    desk.submit("t3")
    assert desk.status is Status.COMPLETED


def test_two_timers_due_at_the_same_moment_have_one_winner() -> None:
    first = BoundaryEvent(id="b1", host="t1", event=after(2))
    second = BoundaryEvent(id="b2", host="t1", event=after(2))
    desk = Desk(graph("start > t1 > end\nb1 > t2 > end2\nb2 > t3 > end3", first, second)).start()
    desk.advance("3 hours")
    assert sum(desk.waiting.values()) == 1


def test_boundary_events_of_a_sub_process_end_it_whole() -> None:
    late = BoundaryEvent(id="b1", host="s1", event=after(2))
    drawing = "start > s1 > end\ns1: s1.start > t1 > s1.end\nb1 > t2 > end2"
    desk = Desk(graph(drawing, late, SubProcess(id="s1"), task("t1", "s1"))).start()
    desk.advance("3 hours")
    assert desk.waiting == {"t2": 1}
    desk.submit("t2")
    assert desk.status is Status.COMPLETED


def test_what_could_not_lapse_because_of_an_incident_lapses_when_that_is_repaired() -> None:
    desk = Desk("""
data: {v: {type: integer, default: 1}}
steps:
  - step: first
    owner: worker
    form: {edit: [v]}
    lapses: within 1 day
  - step: next
    owner: worker
    form: {edit: [v]}
""")
    desk.directory_down = True
    desk.start()
    desk.advance("3 days")
    assert (desk.waiting, desk.incidents) == ({"first": 1}, ["first: directory_failed"])
    desk.directory_down = False
    desk.retry()
    desk.advance("1 hour")
    assert desk.waiting == {"next": 1}
