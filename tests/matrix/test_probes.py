"""Seventeen probes under which other engines broke, each with the correct answer."""

from datetime import UTC, datetime

import pytest

from signoff.kernel.events import time
from signoff.testing import Sandbox
from tests.bpmn.sample import process
from tests.matrix.drawing import beside, boundary, drawn, event, model, models, sub
from tests.matrix.story import COMPENSATE, ERROR, MESSAGE, SIGNAL, TERMINATE, begun, story, timer
from tests.matrix.test_activities import several
from tests.matrix.test_traps import firings, undone, waits_for_nothing

AGAIN = "<exclusiveGateway id='x2' default='x2-e'/>"


def test_probe_01_compensation_runs_backwards_and_then_the_signal_is_delivered() -> None:
    elements = [
        undone("a"),
        undone("b"),
        event("intermediateThrowEvent", "v", COMPENSATE),
        event("endEvent", "e", SIGNAL),
    ]
    hears = process("q", drawn("b2 > k > e2", event("startEvent", "b2", SIGNAL)))
    case = begun(models(process("p", drawn("s > a > b > v > e", *elements)), hears))
    for id in ("a", "b", "b.z", "a.z"):
        case.complete(id)
    assert story(case) == "s +a =a +b =b +v +b.z =b.z +a.z =a.z =v e !s completed"
    assert case.box.active == {"k": 1}


def test_probe_02_a_link_continues_at_its_catch_event() -> None:
    link = "<linkEventDefinition name='there'/>"
    ends = event("intermediateThrowEvent", "v", link), event("intermediateCatchEvent", "c1", link)
    assert story(begun(model("s > v; c1 > a > e", *ends))) == "s v c1 +a"


def test_probe_03_complex_gateways_and_ad_hoc_sub_processes_run() -> None:
    case = begun(model("s > c1 > t > e", "<adHocSubProcess id='t'><userTask id='a'/></adHocSubProcess>"))
    case.box.enable("t", "a")
    case.complete("a")
    case.complete("t")
    assert story(case) == "s c1 +t +a =a =t e completed"


def test_probe_04_of_two_tokens_on_one_flow_a_parallel_join_takes_one_and_the_surplus_stays() -> None:
    case = begun(model("s > p1; p1 > a > x1; p1 > b > x1 > p2; p1 > k > p2 > d > e"))
    for id in "abk":
        case.complete(id)
    assert case.active == {"d": 1}
    ((key, parked),) = case.situation.state.joins.items()
    assert (key.partition("|")[2], parked) == ("p2", {"x1-p2": 1})


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_probe_05_an_inclusive_join_after_a_parallel_split_waits_for_both(order: str) -> None:
    case = begun(model("s > p1; p1 > a > i1; p1 > b > i1 > d > e"))
    case.complete(order[0])
    assert case.active == {order[1]: 1}
    case.complete(order[1])
    assert story(case) == f"s p1 +a +b ={order[0]} ={order[1]} i1 +d"


@pytest.mark.parametrize("order", ["ab", "ba"])
@pytest.mark.parametrize("split", ["p1; p1 > a", "i2; i2 > a"])
def test_probe_06_and_so_in_the_second_and_third_pass_of_a_loop(order: str, split: str) -> None:
    gate = split[:2]
    case = begun(model(f"s > x1 > {split} > i1; {gate} > b > i1 > x2; x2 > [x gt 0] x1; x2 > e", AGAIN), x=9)
    for x in (2, 1, 0):
        case.complete(order[0], {"x": x})
        assert case.active == {order[1]: 1}
        case.complete(order[1])
    assert case.status == "completed"


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_probe_07_a_parallel_join_in_a_loop_joins_three_times(order: str) -> None:
    case = begun(model("s > x1 > p1; p1 > a > p2; p1 > b > p2 > x2; x2 > [x gt 0] x1; x2 > e", AGAIN), x=9)
    for x in (2, 1, 0):
        case.complete(order[0], {"x": x})
        case.complete(order[1])
    assert story(case).split().count("p2") == 3
    assert case.status == "completed"


def test_probe_08_terminate_inside_a_sub_process_ends_only_that() -> None:
    inside = sub("t", "s2 > p1; p1 > a > v; p1 > b > e2", event("endEvent", "v", TERMINATE))
    case = begun(model("s > p3; p3 > t > d > e; p3 > k > e", inside))
    case.complete("a")
    assert case.active == {"d": 1, "k": 1}


def test_probe_09_an_uncaught_error_stops_its_scope_and_is_an_incident() -> None:
    inside = sub("t", "s2 > p1; p1 > a > v; p1 > b > e2", event("endEvent", "v", ERROR))
    case = begun(model("s > t > e", inside))
    case.complete("a")
    assert story(case).endswith("=a v !E -b ?uncaught_error")
    assert not case.active


def test_probe_10_a_completion_condition_and_an_interrupting_boundary_cancel_the_rest() -> None:
    loop = several(
        "<loopCardinality>3</loopCardinality><completionCondition>${nrOfCompletedInstances &gt;= 1}</completionCondition>"
    )
    text = model("s > a > e; n > r > f", f"<userTask id='a'>{loop}</userTask>", boundary("n", "a", MESSAGE))
    case = begun(text)
    case.complete("a")
    assert story(case) == "s +a +a +a +a =a -a -a =a e completed"
    case = begun(text)
    case.box.message("m")
    assert story(case) == "s +a +a +a +a -a -a -a -a n +r"


def test_probe_11_two_firings_of_an_event_sub_process_are_two_scopes_whose_joins_do_not_mix() -> None:
    handler = beside("h", SIGNAL, "p1; p1 > a > p2; p1 > b > p2 > d > f1", interrupting=False)
    case = begun(model("s > k > e", handler))
    case.box.signal("s")
    case.box.signal("s")
    case.complete("a")
    case.hand_in([each for each in case.situation.state.activities.values() if each.node == "b"][-1])
    assert case.active == {"k": 1, "a": 1, "b": 1}
    case.complete("a")
    assert case.active == {"k": 1, "b": 1, "d": 1}


def test_probe_12_when_the_timer_wins_behind_an_event_based_gateway_the_loser_is_cancelled() -> None:
    waits = (
        event("intermediateCatchEvent", "c1", timer("timeDuration", "PT1H")),
        event("intermediateCatchEvent", "c2", MESSAGE),
    )
    case = begun(model("s > g > c1 > a > e; g > c2 > b > f", *waits))
    case.advance("PT1H")
    assert case.active == {"a": 1}
    assert waits_for_nothing(case)
    with pytest.raises(Exception, match="Nobody takes"):
        case.box.message("m")


def test_probe_13_a_message_before_its_catch_event_is_kept() -> None:
    case = begun(model("s > a > c1 > b > e", event("intermediateCatchEvent", "c1", MESSAGE)))
    case.box.message("m", {"n": 1}, keep="PT1H")
    case.complete("a")
    assert (case.active, case.variables["n"]) == ({"b": 1}, 1)


def test_probe_14_r3_pt10h_is_three_firings_and_after_a_gap_one_for_all_that_was_missed() -> None:
    days = (
        "2027-01-01T09:59Z",
        "2027-01-01T10:00Z",
        "2027-01-01T20:00Z",
        "2027-01-02T06:00Z",
        "2027-01-09T00:00Z",
    )
    assert firings("R3/PT10H", "2027-01-01T00:00Z", days) == [0, 1, 2, 3, 3]
    case = begun(
        model("s > a > e; n > r > f", boundary("n", "a", timer("timeCycle", "R3/PT10H"), interrupting=False))
    )
    case.box.clock.set(datetime(2027, 1, 1, 21, tzinfo=UTC))
    case.advance("PT0S")
    assert case.active["r"] == 1, "one for the two that were missed"
    case.advance("P1D")
    assert case.active["r"] == 2, "and the third in its time"
    assert [each.occurrence for each in case.events if isinstance(each, time.TimerFired)][-1] == 3


def test_probe_15_a_month_is_a_month_of_the_calendar() -> None:
    days = (
        "2026-01-31T09:00Z",
        "2026-02-28T09:00Z",
        "2026-03-30T23:00Z",
        "2026-03-31T09:00Z",
        "2026-04-30T09:00Z",
        "2026-12-01T00:00Z",
    )
    assert firings("R4/2026-01-31T09:00Z/P1M", "2026-01-01T00:00Z", days) == [1, 2, 2, 3, 4, 4]


@pytest.mark.parametrize(("day", "utc"), [("2026-01-15", 8), ("2026-07-15", 7)])
def test_probe_16_nine_in_berlin_is_eight_in_winter_and_seven_in_summer(day: str, utc: int) -> None:
    moments = (f"{day}T0{utc - 1}:59Z", f"{day}T0{utc}:00Z")
    assert firings(f"R1/{day}T09:00:00/P1D", "2026-01-01T00:00Z", moments, "Europe/Berlin") == [0, 1]


def test_probe_17_of_two_branches_that_write_the_same_data_the_later_one_counts_whole() -> None:
    box = Sandbox()
    box.deploy(model("s > p1; p1 > a > p2; p1 > b > p2 > d > e"))
    for order in ("ab", "ba"):
        case = box.start("p", {"it": {}})
        for id in order:
            case.complete(id, {"it": {id: 1}})
        assert case.variables["it"] == {order[1]: 1}, "no merge that nobody has declared"
        case.complete("d")
