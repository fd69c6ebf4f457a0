"""The twenty traps of process engines, each with the rule of BPMN 2.0.2 that this one follows."""

from datetime import timedelta

import pytest

from signoff.errors import InvalidDefinition, SignoffError
from signoff.model import nodes
from signoff.notation.bpmn_reader import read
from signoff.testing import Case, Sandbox
from tests.bpmn.sample import process
from tests.matrix.drawing import beside, boundary, drawn, event, model, models, sub
from tests.matrix.story import (
    COMPENSATE,
    CONDITION,
    ERROR,
    ESCALATION,
    MESSAGE,
    SIGNAL,
    TERMINATE,
    begun,
    story,
    timer,
)
from tests.matrix.test_activities import several

OTHER = MESSAGE.replace("'M'", "'N'")
TWO = several("<loopCardinality>2</loopCardinality>")


def undone(host: str) -> str:
    """A handler that undoes an activity, as `HOST.z`."""
    made = f"<boundaryEvent id='{host}.u' attachedToRef='{host}'>{COMPENSATE}</boundaryEvent>"
    made += f"<userTask id='{host}.z' isForCompensation='true'/>"
    return f"{made}<association id='{host}.v' sourceRef='{host}.u' targetRef='{host}.z'/>"


def waits_for_nothing(case: Case) -> bool:
    """Whether no timer and no subscription is left of what has ended."""
    state = case.situation.state
    return not state.timers and not state.waits


def test_trap_01_a_parallel_join_counts_flows_not_tokens() -> None:
    case = begun(model("s > p1; p1 > a > x1; p1 > b > x1 > p2; p1 > k > p2 > d > e"))
    case.complete("a")
    case.complete("b")
    assert case.active == {"k": 1}, "two tokens on one flow are no token on the other"
    case.complete("k")
    assert case.active == {"d": 1}
    case.complete("d")
    assert case.status == "running", "the surplus stays, and is told"
    assert [each.code for each in case.incidents] == ["deadlock"]


def test_trap_02_a_join_belongs_to_one_scope_and_begins_anew_when_it_has_fired() -> None:
    text = sub("t", "s2 > p1; p1 > a > p2; p1 > b > p2 > d > e2", TWO)
    case = begun(model("s > t > e", text))
    case.complete("a")
    last = [each for each in case.situation.state.activities.values() if each.node == "b"][-1]
    case.hand_in(last)
    assert case.active == {"a": 1, "b": 1}, "one token of each, but of two instances"
    case.complete("a")
    assert case.active == {"b": 1, "d": 1}


def test_trap_03_an_inclusive_join_looks_again_when_a_token_dies() -> None:
    drawing = "s > i1; i1 > [x gt 0] a > i2; i1 > [x gt 0] b > i2 > d > e; n > t > f"
    case = begun(model(drawing, boundary("n", "b", MESSAGE)), x=1)
    case.complete("a")
    assert case.active == {"b": 1}
    case.box.message("m")
    assert case.active == {"d": 1, "t": 1}


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_trap_04_an_inclusive_join_in_a_loop_waits_in_every_pass(order: str) -> None:
    drawing = "s > x1 > p1; p1 > a > i2; p1 > b > i2 > r > x2; x2 > [x gt 0] x1; x2 > e"
    case = begun(model(drawing, "<exclusiveGateway id='x2' default='x2-e'/>"), x=2)
    for x in (2, 1, 0):
        case.complete(order[0])
        assert case.active == {order[1]: 1}
        case.complete(order[1])
        assert case.active == {"r": 1}
        case.complete("r", {"x": x})
    assert case.status == "completed"


def test_trap_05_an_interrupting_boundary_event_ends_everything_inside_before_its_flow_is_taken() -> None:
    late = event("intermediateCatchEvent", "c1", timer("timeDuration", "PT9H"))
    inside = sub(
        "t",
        "s2 > p1; p1 > a > e2; p1 > k > e2; p1 > c1 > e2",
        f"<userTask id='a'>{TWO}</userTask>",
        "<callActivity id='k' calledElement='q'/>",
        late,
        beside("h", SIGNAL, "h.t > f2", interrupting=False),
    )
    edge = boundary("n", "t", timer("timeDuration", "PT1H"))
    called = process("q", drawn("s5 > u > e5"))
    box = Sandbox()
    box.deploy(models(process("p", drawn("s > t > e; n > r > f", inside, edge)), called))
    case = box.start("p")
    box.advance("PT1H")
    told = story(case).split()
    at = told.index("n")
    assert {"-a", "-u", "-k", "-c1", "-t"} <= set(told[:at])
    assert not [word for word in told[at:] if word.startswith("-")]
    assert case.active == {"r": 1}
    assert waits_for_nothing(case)
    with pytest.raises(SignoffError):
        box.complete("a")


def test_trap_05_of_completion_and_timer_one_wins() -> None:
    case = begun(model("s > a > b > e; n > r > f", boundary("n", "a", timer("timeDuration", "PT1H"))))
    case.complete("a")
    case.advance("PT2H")
    assert case.active == {"b": 1}


def test_trap_06_an_event_sub_process_belongs_to_its_scope() -> None:
    first = beside("h", MESSAGE, "h.t > f1")
    second = beside("j", SIGNAL, "j.t > f2", interrupting=False)
    inside = sub("t", "s2 > a > e2", first, second)
    case = begun(model("s > t > d > e", inside))
    case.box.signal("s")
    case.box.signal("s")
    assert case.active == {"a": 1, "j.t": 2}, "each is a scope of its own"
    case.complete("a")
    assert case.active == {"j.t": 2}, "the scope waits for them"
    case.box.message("m")
    assert case.active == {"h.t": 1}, "everything in the scope stops"
    case.box.signal("s")
    assert case.active == {"h.t": 1}, "and nothing else in it begins"
    case.complete("h.t")
    assert case.active == {"d": 1}, "the scope ends as usual"


def test_trap_06_an_error_event_sub_process_goes_before_a_boundary_event() -> None:
    inside = sub("t", "s2 > w > e2", beside("h", ERROR, "h.t > f1"))
    case = begun(model("s > t > e; n > r > f", inside, boundary("n", "t", ERROR)))
    case.error("w", "E")
    assert case.active == {"h.t": 1}


def test_trap_07_several_instances_are_one_activity() -> None:
    loop = "<multiInstanceLoopCharacteristics camunda:collection='names' camunda:elementVariable='name'>"
    loop += "<completionCondition>${stop}</completionCondition></multiInstanceLoopCharacteristics>"
    text = model("s > a > e; n > r > f", f"<userTask id='a'>{loop}</userTask>", boundary("n", "a", MESSAGE))
    case = begun(text, names=["x", "y", "z"], stop=False)
    case.set({"names": ["x"]})
    assert case.active == {"a": 3}, "the list was frozen"
    case.complete("a")
    case.complete("a", {"stop": True})
    assert story(case) == "s +a +a +a +a =a =a -a =a e completed"
    case = begun(text, names=["x", "y"], stop=False)
    case.box.message("m")
    assert case.active == {"r": 1}, "the boundary event is the activity's"
    assert begun(text, names=[], stop=False).status == "completed"


def test_trap_08_compensation_undoes_what_was_completed_the_last_first_on_the_data_it_had() -> None:
    inside = sub("t", "s2 > a > e2", undone("a"), "<property id='y' name='note'/>")
    undo = event("intermediateThrowEvent", "v", COMPENSATE)
    drawing = "s > p1; p1 > t > b > v > d > e; p1 > k > e"
    case = begun(model(drawing, inside, undone("b"), undone("k"), undo))
    case.complete("a", {"note": "then"})
    case.complete("b")
    assert case.active == {"k": 1, "b.z": 1}, "the last first; k was not completed"
    case.complete("b.z")
    assert case.active == {"k": 1, "a.z": 1}, "the throw event waits"
    scope = next(each.scope for each in case.situation.state.activities.values() if each.node == "a.z")
    assert case.situation.state.scopes[scope].data["note"] == "then"
    case.complete("a.z")
    assert case.active == {"k": 1, "d": 1}


def test_trap_08_compensation_enters_called_processes_and_undoes_each_instance_once() -> None:
    called = process("q", drawn("s5 > u > e5", undone("u")))
    many = f"<userTask id='b'>{TWO}</userTask>"
    undo = event("endEvent", "v", COMPENSATE)
    inside = drawn("s > k > b > v", "<callActivity id='k' calledElement='q'/>", many, undone("b"), undo)
    case = begun(models(process("p", inside), called))
    for id in ("u", "b", "b", "b.z", "b.z", "u.z"):
        case.complete(id)
    assert story(case).endswith("+v +b.z =b.z +b.z =b.z +u.z =u.z =v completed")


def test_trap_09_terminate_ends_the_innermost_scope_with_tokens_that_wait_at_joins() -> None:
    inside = sub(
        "t", "s2 > p1; p1 > p2 > e2; p1 > a > p2; p1 > b > v", TWO, event("endEvent", "v", TERMINATE)
    )
    case = begun(model("s > t > d > e", inside))
    case.complete("b")
    assert case.active == {"a": 1, "b": 1}, "one instance ends, the other goes on"
    case.complete("b")
    assert case.active == {"d": 1}
    called = process("q", drawn("s5 > p5; p5 > u > f5; p5 > k > e5", event("endEvent", "f5", TERMINATE)))
    case = begun(
        models(process("p", drawn("s > c9 > d > e", "<callActivity id='c9' calledElement='q'/>")), called)
    )
    case.complete("u")
    assert case.active == {"d": 1}


def test_trap_10_an_error_climbs_to_the_nearest_catcher_and_an_exact_code_goes_first() -> None:
    called = process("q", drawn("s5 > p5; p5 > u > f5; p5 > k > e5", event("endEvent", "f5", ERROR)))
    call = "<callActivity id='c9' calledElement='q'/>"
    inside = sub("t", "s2 > c9 > e2; n1 > a > e3; n2 > b > e4", call,
                 boundary("n1", "c9", "<errorEventDefinition/>"), boundary("n2", "c9", ERROR))  # fmt: skip
    outer = drawn("s > t > e; n > r > f", inside, boundary("n", "t", ERROR))
    case = begun(models(process("p", outer), called))
    case.complete("u")
    assert case.active == {"b": 1}, "the siblings in the called process have stopped"


def test_trap_10_an_error_that_nobody_catches_stops_its_scope_and_is_an_incident() -> None:
    inside = sub("t", "s2 > p1; p1 > a > v; p1 > b > e2", event("endEvent", "v", ERROR))
    case = begun(model("s > p2; p2 > t > e; p2 > d > e", inside))
    case.complete("a")
    assert case.active == {"d": 1}
    assert [each.code for each in case.incidents] == ["uncaught_error"]


def test_trap_11_an_escalation_is_no_error() -> None:
    called = process("q", drawn("s5 > v > u > e5", event("intermediateThrowEvent", "v", ESCALATION)))
    call = "<callActivity id='c9' calledElement='q'/>"
    for edge, active in (
        (boundary("n", "c9", ESCALATION, interrupting=False), {"u": 1, "r": 1}),
        (boundary("n", "c9", ESCALATION), {"r": 1}),
        (boundary("n", "c9", ESCALATION.replace("'L'", "'K'")), {"u": 1}),
    ):
        case = begun(models(process("p", drawn("s > c9 > e; n > r > f", call, edge)), called))
        assert case.active == active
        assert not case.incidents


def test_trap_12_of_two_events_due_at_the_same_moment_one_wins() -> None:
    waits = [event("intermediateCatchEvent", id, timer("timeDuration", "PT1H")) for id in ("c1", "c2")]
    case = begun(model("s > g > c1 > a > e; g > c2 > b > f", *waits))
    case.advance("PT1H")
    assert sum(case.active.values()) == 1
    assert waits_for_nothing(case)


def test_trap_13_three_firings_are_three_in_all_and_an_interrupting_one_fires_once() -> None:
    cycle = timer("timeCycle", "R3/PT10H")
    case = begun(model("s > a > e; n > r > f", boundary("n", "a", cycle, interrupting=False)))
    for hours, fired in ((9, 0), (1, 1), (9, 1), (1, 2), (10, 3), (40, 3)):
        case.advance(timedelta(hours=hours))
        assert case.active.get("r", 0) == fired
    case = begun(model("s > a > e; n > r > f", boundary("n", "a", cycle)))
    case.advance("PT40H")
    assert case.active == {"r": 1}
    endless = timer("timeCycle", "R/PT10H")
    case = begun(model("s > a > b > e; n > r > f", boundary("n", "a", endless, interrupting=False)))
    case.advance("PT45H")
    assert case.active == {"a": 1, "r": 4}
    case.complete("a")
    case.advance("PT45H")
    assert case.active == {"b": 1, "r": 4}, "it ends with its activity"


def firings(cycle: str, at: str, days: tuple[str, ...], zone: str = "") -> list[int]:
    """How often a boundary event has fired at each of these moments."""
    text = model("s > a > e; n > r > f", boundary("n", "a", timer("timeCycle", cycle), interrupting=False))
    if zone:
        text = text.replace("<startEvent id='s'/>", f"{ZONE.format(zone)}<startEvent id='s'/>")
    box = Sandbox(at=at)
    box.deploy(text)
    box.start("p")
    found = []
    for day in days:
        box.move_to(day)
        found.append(box.active.get("r", 0))
    return found


ZONE = "<extensionElements><x:settings xmlns:x='https://signoff.dev/bpmn/1.0' zone='{}'/></extensionElements>"


def test_trap_14_the_nth_firing_is_counted_from_the_anchor_on_the_calendar() -> None:
    days = ("2026-01-31T09:00Z", "2026-02-28T08:59Z", "2026-02-28T09:00Z", "2026-03-31T08:59Z", "2026-03-31T09:00Z",
            "2026-04-30T08:59Z", "2026-04-30T09:00Z", "2026-09-01T00:00Z")  # fmt: skip
    cycle = "R4/2026-01-31T09:00:00Z/P1M"
    assert firings(cycle, "2026-01-01T00:00Z", days) == [1, 1, 2, 2, 3, 3, 4, 4]


def test_trap_15_a_day_is_a_day_of_the_calendar_and_24_hours_are_24_hours() -> None:
    days = ("2026-03-28T08:00Z", "2026-03-29T06:59Z", "2026-03-29T07:00Z", "2026-03-29T08:00Z")
    berlin = "Europe/Berlin"
    assert firings("R9/2026-03-28T09:00:00/P1D", "2026-03-01T00:00Z", days, berlin) == [1, 1, 2, 2]
    assert firings("R9/2026-03-28T09:00:00/PT24H", "2026-03-01T00:00Z", days, berlin) == [1, 1, 1, 2]


def test_trap_16_after_a_standstill_a_cycle_fires_once_for_all_it_has_missed() -> None:
    cycle = timer("timeCycle", "R/PT1H")
    case = begun(model("s > a > e; n > r > f", boundary("n", "a", cycle, interrupting=False)))
    case.box.clock.set(case.box.clock.now() + timedelta(minutes=330))  # nobody worked meanwhile
    case.advance("PT0S")
    assert case.active == {"a": 1, "r": 1}
    case.advance("PT30M")
    assert case.active == {"a": 1, "r": 2}, "and then goes on at the hours of its anchor"


def test_trap_17_a_signal_reaches_who_listens_now_everywhere_and_nobody_later() -> None:
    waiting = process("q", drawn("s2 > c1 > b > e2", event("intermediateCatchEvent", "c1", SIGNAL)))
    begins = process("o", drawn("b3 > k > e3", event("startEvent", "b3", SIGNAL)))
    throws = process("p", drawn("s > e", event("endEvent", "e", SIGNAL)))
    box = Sandbox()
    box.deploy(models(waiting, begins, throws))
    box.start("q")
    box.start("q")
    box.start("p")
    assert box.active == {"b": 2, "k": 1}
    assert box.start("q").active == {"c1": 1}, "it was thrown before"


def test_trap_17_a_signal_may_interrupt_its_own_thrower() -> None:
    inside = sub("t", "s2 > v > a > e2", event("intermediateThrowEvent", "v", SIGNAL))
    case = begun(model("s > t > e; n > r > f", inside, boundary("n", "t", SIGNAL)))
    assert case.active == {"r": 1}
    assert "+a" not in story(case).split() or story(case).split().index("-a") < story(case).split().index("n")


def test_trap_18_a_message_has_one_taker_in_its_order_and_is_not_lost_between_two() -> None:
    catches = [event("intermediateCatchEvent", id, MESSAGE) for id in ("c1", "c2")]
    box = Sandbox()
    box.deploy(model("s > c1 > a > c2 > b > e", *catches))
    one, two = box.start("p"), box.start("p")
    box.message("m", {"n": 1})
    assert (one.active, two.active) == ({"a": 1}, {"c1": 1}), "the one that has waited longest"
    box.message("m", {"n": 2})
    for n in (3, 4):
        box.message("m", {"n": n}, keep="PT1H", id=f"m{n}")
        box.message("m", {"n": 9}, keep="PT1H", id=f"m{n}")
    one.complete("a")
    two.complete("a")
    assert (one.variables["n"], two.variables["n"]) == (3, 4), "kept, each once, the first first"


def test_trap_19_conditions_are_asked_on_entry_and_on_change_and_not_while_they_stay_true() -> None:
    edge = boundary("n", "a", CONDITION, interrupting=False)
    text = model("s > d > a > e; n > r > f", edge)
    case = begun(text, x=9)
    case.complete("d")
    assert case.active == {"a": 1, "r": 1}, "it held when it was armed"
    for x, times in ((10, 1), (1, 1), (7, 2)):
        case.set({"x": x})
        assert case.active["r"] == times
    case = begun(text)
    case.complete("d")
    assert [each.code for each in case.incidents] == ["unknown_name"], "never false"


LOST: tuple[tuple[str, type[nodes.Node], type | None], ...] = (
    (event("endEvent", "y", SIGNAL), nodes.EndEvent, nodes.SignalEvent),
    (event("endEvent", "y", MESSAGE), nodes.EndEvent, nodes.MessageEvent),
    (event("endEvent", "y", COMPENSATE), nodes.EndEvent, nodes.CompensateEvent),
    ("<complexGateway id='y'/>", nodes.ComplexGateway, None),
    ("<adHocSubProcess id='y'><task id='y2'/></adHocSubProcess>", nodes.AdHocSubProcess, None),
    (
        "<userTask id='y'><standardLoopCharacteristics loopMaximum='3'/></userTask>",
        nodes.UserTask,
        nodes.StandardLoop,
    ),
    ("<transaction id='y'/>", nodes.Transaction, None),
)


@pytest.mark.parametrize(
    ("xml", "kind", "part"), LOST, ids=[each[1].__name__ + str(n) for n, each in enumerate(LOST)]
)
def test_trap_20_nothing_is_quietly_taken_for_something_else(
    xml: str, kind: type[nodes.Node], part: type | None
) -> None:
    (definition,) = read(model("s > y", xml)).definitions
    node = definition.nodes["y"]
    assert type(node) is kind
    assert part is None or part in (type(getattr(node, "event", None)), type(getattr(node, "loop", None)))


@pytest.mark.parametrize(
    "xml",
    [
        "<teleportTask id='y'/>",
        "<choreographyTask id='y'/>",
        "<userTask id='y'><script>x</script></userTask>",
    ],
)
def test_trap_20_what_is_unknown_or_misplaced_stops_the_deployment(xml: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        Sandbox().deploy(model("s > y > e", xml))
    assert {each.code for each in refused.value.problems} & {"bpmn_element", "bpmn_misplaced"}
