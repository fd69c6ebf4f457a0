"""Multi-instance by number, standard loops, ad-hoc sub-processes, complex gateways, quantities of tokens."""

from datetime import timedelta

import pytest

from signoff.errors import NotFound, WrongState
from signoff.kernel.state import Status
from signoff.model.nodes import (
    AbstractTask,
    AdHocSubProcess,
    BusinessRuleTask,
    CallActivity,
    ComplexGateway,
    EscalationEvent,
    ManualTask,
    MultiInstance,
    Notable,
    ReceiveTask,
    Remark,
    ScriptTask,
    StandardLoop,
    SubProcess,
)
from signoff.time.relative import Retry, Span
from tests.kernel.desk import Desk
from tests.kernel.graphs import call, condition, graph, sub, task
from tests.kernel.test_throwing import on, open_


def test_a_number_of_instances_runs_at_once_or_one_after_the_other() -> None:
    loop = MultiInstance(cardinality=condition("2 + 1"))
    desk = Desk(open_("start > t1 > t9 > end", task("t1", loop=loop))).start()
    assert desk.waiting == {"t1": 3}
    loop = MultiInstance(cardinality=condition("3"), sequential=True)
    desk = Desk(open_("start > t1 > t9 > end", task("t1", loop=loop))).start()
    for _ in range(3):
        assert desk.waiting == {"t1": 1}
        desk.submit("t1")
    assert desk.waiting == {"t9": 1}


def test_a_negative_number_of_instances_is_refused() -> None:
    with pytest.raises(Exception, match="0 - 1"):
        Desk(
            open_("start > t1 > end", task("t1", loop=MultiInstance(cardinality=condition("0 - 1"))))
        ).start()


def test_a_completion_condition_sees_the_counters_and_cancels_the_rest() -> None:
    until = condition("nrOfCompletedInstances / nrOfInstances >= 0.5")
    loop = MultiInstance(cardinality=condition("4"), until=until)
    desk = Desk(open_("start > t1 > t9 > end", task("t1", loop=loop))).start()
    desk.submit("t1")
    assert desk.waiting == {"t1": 3}
    desk.submit("t1")
    assert desk.waiting == {"t9": 1}


def test_a_completion_condition_on_instances_that_take_no_time_is_asked_after_each() -> None:
    loop = MultiInstance(cardinality=condition("4"), until=condition("numberOfCompletedInstances == 2"))
    desk = Desk(open_("start > m1 > t9 > end", ManualTask(id="m1", loop=loop))).start()
    assert desk.waiting == {"t9": 1}


def test_an_instance_knows_its_place_and_what_it_writes_goes_outward() -> None:
    drawing = "start > s1 > t9 > end\ns1: s1.start > s1.t > s1.end"
    inner = SubProcess(id="s1", loop=MultiInstance(cardinality=condition("2"), sequential=True))
    desk = Desk(open_(drawing, inner)).start()
    desk.submit("s1.t", seen=1)
    scope = next(s for s in desk.state.scopes.values() if s.node == "s1")
    assert scope.data["loopCounter"] == 1
    assert desk.data["seen"] == 1


@pytest.mark.parametrize(("which", "times"), [(Notable.NONE, 3), (Notable.ONE, 1), (Notable.COMPLEX, 2)])
def test_the_ends_of_instances_can_be_noted_on_the_boundary(which: Notable, times: int) -> None:
    remark = Remark(EscalationEvent("E"), condition("numberOfCompletedInstances > 1"))
    loop = MultiInstance(cardinality=condition("3"), behavior=which, remarks=(remark,))
    boundary = on("t1", EscalationEvent("E"), interrupting=False)
    desk = Desk(open_("start > t1 > t9 > end\nt1.b > t8 > end2", task("t1", loop=loop), boundary)).start()
    for _ in range(3):
        desk.submit("t1")
    assert desk.waiting == {"t9": 1, "t8": times}


def test_a_standard_loop_goes_round_while_its_condition_holds() -> None:
    loop = StandardLoop(condition=condition("x < 2"))
    desk = Desk(open_("start > t1 > t9 > end", task("t1", loop=loop))).start(x=5)
    desk.submit("t1", x=1)
    assert desk.waiting == {"t1": 1}, "tested after the first pass"
    desk.submit("t1", x=2)
    assert desk.waiting == {"t9": 1}


def test_a_standard_loop_tested_before_may_not_run_at_all_and_a_maximum_ends_it() -> None:
    before = StandardLoop(condition=condition("x < 2"), test_before=True)
    assert Desk(open_("start > t1 > t9 > end", task("t1", loop=before))).start(x=5).waiting == {"t9": 1}
    most = StandardLoop(condition=condition("x < 2"), maximum=condition("2"))
    desk = Desk(open_("start > t1 > t9 > end", task("t1", loop=most))).start()
    desk.submit("t1")
    desk.submit("t1")
    assert desk.waiting == {"t9": 1}


def test_a_loop_over_a_subprocess_gives_each_pass_a_scope_of_its_own() -> None:
    drawing = (
        "start > s1 > t9 > end\ns1: s1.start > s1.p1 > s1.t1 > s1.p2 > s1.end\ns1: s1.p1 > s1.t2 > s1.p2"
    )
    inner = SubProcess(id="s1", loop=StandardLoop(condition=condition("loopCounter < 3")))
    desk = Desk(open_(drawing, inner)).start()
    for _ in range(3):
        desk.submit("s1.t1")
        desk.submit("s1.t2")
    assert desk.waiting == {"t9": 1}


def ad_hoc(**more: object) -> Desk:
    drawing = "start > s1 > t9 > end\ns1: s1.b > s1.c"
    node = AdHocSubProcess(id="s1", **more)  # type: ignore[arg-type]  # settings of each test
    inside = (task("s1.a", "s1"), task("s1.b", "s1"), task("s1.c", "s1"))
    return Desk(open_(drawing, node, *inside)).start()


def test_the_activities_of_an_ad_hoc_subprocess_are_begun_by_people_in_any_order_and_number() -> None:
    desk = ad_hoc()
    assert not desk.waiting
    desk.enable("s1", "s1.b")
    desk.enable("s1", "s1.a")
    desk.enable("s1", "s1.a")
    assert desk.waiting == {"s1.a": 2, "s1.b": 1}
    with pytest.raises(NotFound):
        desk.enable("s1", "s1.c")
    with pytest.raises(WrongState):
        desk.complete("s1")
    for step in ("s1.a", "s1.a", "s1.b", "s1.c"):
        desk.submit(step)
    assert not desk.waiting, "without a condition somebody completes it"
    desk.complete("s1")
    assert desk.waiting == {"t9": 1}


def test_an_ad_hoc_subprocess_in_which_something_stopped_is_not_completed() -> None:
    inside = AdHocSubProcess(id="s1")
    work = call("s1.a", "s1", inputs=(("y", condition("1 / x")),))
    desk = Desk(open_("start > s1 > t9 > end", inside, work)).start()
    desk.enable("s1", "s1.a")
    assert desk.incidents == ["s1.a: division_by_zero"]
    with pytest.raises(WrongState):
        desk.complete("s1")
    desk.fill(x=1)
    desk.retry()
    desk.finish("s1.a")
    desk.complete("s1")
    assert desk.waiting == {"t9": 1}


def test_a_sequential_ad_hoc_subprocess_runs_one_at_a_time() -> None:
    desk = ad_hoc(sequential=True)
    desk.enable("s1", "s1.a")
    with pytest.raises(WrongState):
        desk.enable("s1", "s1.b")


def test_an_ad_hoc_subprocess_ends_when_its_condition_holds_with_or_without_the_rest() -> None:
    desk = ad_hoc(completion=condition("x == 1"))
    desk.enable("s1", "s1.a")
    desk.enable("s1", "s1.b")
    desk.submit("s1.a", x=1)
    assert desk.waiting == {"t9": 1}
    desk = ad_hoc(completion=condition("x == 1"), cancel_remaining=False)
    desk.enable("s1", "s1.a")
    desk.enable("s1", "s1.b")
    desk.submit("s1.a", x=1)
    assert desk.waiting == {"s1.b": 1}
    desk.submit("s1.b")
    desk.submit("s1.c")
    assert desk.waiting == {"t9": 1}


def discriminator(activation: str, *, late: str = "") -> Desk:
    out = f"g1 [{late}]> t9 > end" if late else "g1 > t9 > end"
    drawing = f"start > p1 > t1 > g1\np1 > t2 > g1\np1 > t3 > g1\n{out}"
    return Desk(graph(drawing, ComplexGateway(id="g1", activation=condition(activation)))).start()


def test_a_complex_gateway_fires_once_when_it_is_activated_and_takes_late_tokens_silently() -> None:
    desk = discriminator("activationCount >= 2")
    desk.submit("t1")
    assert desk.waiting == {"t2": 1, "t3": 1}
    desk.submit("t2")
    assert desk.waiting == {"t3": 1, "t9": 1}
    desk.submit("t3")
    assert desk.waiting == {"t9": 1}
    assert not desk.state.begun
    assert not desk.state.joins
    desk.submit("t9")
    assert desk.status is Status.COMPLETED


def test_conditions_behind_a_complex_gateway_tell_its_rounds_apart() -> None:
    desk = discriminator("activationCount >= 1", late="1 == 1")
    desk.submit("t1")
    desk.submit("t2")
    assert desk.waiting == {"t3": 1, "t9": 1}
    desk.submit("t3")
    assert desk.waiting == {"t9": 2}


def test_a_complex_gateway_splits_like_an_inclusive_one() -> None:
    drawing = "start > g1 [x == 0]> t1 > end\ng1 [x < 5]> t2 > end\ng1 > t3 > end"
    desk = Desk(graph(drawing, ComplexGateway(id="g1", default="g1-t3"))).start()
    assert desk.waiting == {"t1": 1, "t2": 1}


def test_tasks_that_nobody_waits_for_are_passed() -> None:
    desk = Desk(open_("start > m1 > a1 > t1 > end", ManualTask(id="m1"), AbstractTask(id="a1"))).start()
    assert desk.waiting == {"t1": 1}


def test_scripts_and_rules_are_calls_of_registered_code_on_everything_visible() -> None:
    more = {"handler": "h", "retry": Retry(1, timedelta(1)), "timeout": Span(seconds=9)}
    for kind in (ScriptTask, BusinessRuleTask):
        desk = Desk(open_("start > c1 > t1 > end", kind(id="c1", **more))).start(x=4)  # type: ignore[arg-type]  # the same for both
        (owed,) = desk.agenda.values()
        assert owed.payload["inputs"]["x"] == 4
        desk.finish("c1", {"x": 5, "y": 6})
        assert (desk.data["x"], desk.data["y"]) == (5, 6)


def test_as_many_tokens_as_are_wanted_begin_an_activity_and_as_many_leave_as_it_says() -> None:
    drawing = "start > p1 > x1 > t1 > t9 > end\np1 > x1"
    many = task("t1", start_quantity=2, completion_quantity=3)
    desk = Desk(open_(drawing, many)).start()
    assert desk.waiting == {"t1": 1}
    desk.submit("t1")
    assert desk.waiting == {"t9": 3}


def test_a_call_hands_over_and_back_what_it_says() -> None:
    called = graph("start > t5 > end", open=True)
    called = type(called)("q", called.label, called.nodes, called.flows, roles=called.roles, open=True)
    calling = CallActivity(
        id="c1",
        process="q",
        inputs=(("inner", condition("x + 1")),),
        outputs=(("outer", condition("inner * 2")),),
    )
    desk = Desk(open_("start > c1 > t9 > end", calling), called).start(x=1)
    desk.submit("t5")
    assert desk.data["outer"] == 4
    assert "inner" not in desk.data
    wide = CallActivity(id="c1", process="", named=condition("which"), passes=True, hands_back=True)
    desk = Desk(open_("start > c1 > t9 > end", wide), called).start(which="q", a=1)
    desk.submit("t5", b=2)
    assert (desk.data["a"], desk.data["b"]) == (1, 2)


def test_a_receive_task_without_a_message_waits_to_be_completed() -> None:
    desk = Desk(open_("start > r1 > t1 > end", ReceiveTask(id="r1"))).start()
    assert not desk.state.waits
    desk.complete("r1")
    assert desk.waiting == {"t1": 1}


def test_what_is_empty_is_finished_at_once() -> None:
    assert Desk(graph("start > s1 > t1 > end", sub("s1"))).start().waiting == {"t1": 1}
