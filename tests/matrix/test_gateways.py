"""Gateways: what splits and what joins, both at once, and again in a loop (BPMN 2.0.2 §13.4); and flows without them."""

import pytest

from signoff.errors import InvalidDefinition
from signoff.testing import Sandbox
from tests.bpmn.sample import flow
from tests.matrix.cells import shows
from tests.matrix.drawing import event, model, sub
from tests.matrix.story import MESSAGE, SIGNAL, begun, story

SPLIT, JOIN, MIXED, AGAIN = "split", "join", "join and split", "in a loop"
DEFAULT = "<exclusiveGateway id='x1' default='x1-b'/>"
LOOP = "<exclusiveGateway id='x2' default='x2-e'/>"


@shows(("exclusive gateway", SPLIT))
def test_an_exclusive_gateway_takes_the_first_flow_that_holds_else_the_default() -> None:
    text = model("s > x1 > [x gt 1] a > e; x1 > [x gt 0] c2 > e; x1 > b > e", DEFAULT, "<userTask id='c2'/>")
    assert begun(text, x=2).active == {"a": 1}
    assert begun(text, x=1).active == {"c2": 1}
    assert begun(text, x=0).active == {"b": 1}


def test_an_exclusive_gateway_of_which_nothing_holds_is_an_incident() -> None:
    case = begun(model("s > a > x1 > [x gt 1] b > e; x1 > [x gt 2] d > e"), x=0)
    case.complete("a")
    assert [each.code for each in case.incidents] == ["no_flow_holds"]


@shows(("exclusive gateway", JOIN))
def test_an_exclusive_gateway_passes_every_token_on() -> None:
    case = begun(model("s > p1 > a > x1; p1 > b > x1 > d > e"))
    case.complete("b")
    case.complete("a")
    assert case.active == {"d": 2}


@shows(("exclusive gateway", MIXED), ("exclusive gateway", AGAIN))
def test_an_exclusive_gateway_that_joins_and_splits_leads_back() -> None:
    case = begun(model("s > x1 > [x lt 2] a > x1; x1 > b > e", DEFAULT), x=0)
    for passes in (1, 2):
        case.complete("a", {"x": passes})
    case.complete("b")
    assert story(case) == "s x1 " + 2 * "+a =a x1 " + "+b =b e completed"


@shows(("parallel gateway", SPLIT), ("parallel gateway", JOIN))
@pytest.mark.parametrize("first", ["a", "b"])
def test_a_parallel_gateway_begins_all_and_waits_for_one_token_of_each_flow(first: str) -> None:
    case = begun(model("s > p1 > a > p2; p1 > b > p2 > d > e"))
    assert case.active == {"a": 1, "b": 1}
    case.complete(first)
    other = "b" if first == "a" else "a"
    assert case.active == {other: 1}
    case.complete(other)
    assert story(case) == f"s p1 +a +b ={first} ={other} p2 +d"


@shows(("parallel gateway", MIXED))
def test_a_parallel_gateway_joins_and_splits_at_once() -> None:
    case = begun(model("s > p1 > a > p2; p1 > b > p2; p2 > d > e; p2 > k > f"))
    case.complete("a")
    case.complete("b")
    assert case.active == {"d": 1, "k": 1}


@shows(("parallel gateway", AGAIN))
def test_a_parallel_gateway_joins_anew_in_each_pass() -> None:
    case = begun(model("s > x1 > p1 > a > p2; p1 > b > p2 > x2; x2 > [x gt 0] x1; x2 > e", LOOP), x=1)
    case.complete("a")
    case.complete("b")
    assert case.active == {"a": 1, "b": 1}
    case.complete("b", {"x": 0})
    assert case.active == {"a": 1}
    case.complete("a")
    assert story(case) == "s x1 p1 +a +b =a =b p2 x2 x1 p1 +a +b =b =a p2 x2 e completed"


INCLUSIVE = "s > i1 > [x gt 0] a > i2; i1 > [x gt 1] b > i2; i1 > [x gt 2] k > i2 > d > e"


@shows(("inclusive gateway", SPLIT), ("inclusive gateway", JOIN))
def test_an_inclusive_gateway_begins_what_holds_and_waits_for_no_more() -> None:
    case = begun(model(INCLUSIVE), x=2)
    assert case.active == {"a": 1, "b": 1}
    case.complete("b")
    assert case.active == {"a": 1}
    case.complete("a")
    assert story(case) == "s i1 +a +b =b =a i2 +d"


@shows(("inclusive gateway", MIXED))
def test_an_inclusive_gateway_joins_and_splits_at_once() -> None:
    drawing = "s > p1 > a > i1; p1 > b > i1; i1 > [x gt 0] d > e; i1 > [x gt 1] k > e"
    case = begun(model(drawing), x=2)
    case.complete("a")
    case.complete("b")
    assert case.active == {"d": 1, "k": 1}


@shows(("inclusive gateway", AGAIN))
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_an_inclusive_gateway_waits_for_both_in_every_pass(order: str) -> None:
    drawing = "s > x1 > i1 > [x gt 0] a > i2; i1 > [x gt 0] b > i2 > x2; x2 > [x gt 1] x1; x2 > e"
    case = begun(model(drawing, LOOP), x=3)
    for x in (3, 2, 1):
        assert case.active == {"a": 1, "b": 1}
        case.complete(order[0], {"x": x})
        assert case.active == {order[1]: 1}
        case.complete(order[1])
    assert case.status == "completed"


COMPLEX = "<complexGateway id='c1'><activationCondition>${activationCount &gt;= 2}</activationCondition></complexGateway>"


@shows(("complex gateway", JOIN))
def test_a_complex_gateway_goes_on_when_its_condition_holds_and_takes_what_comes_late() -> None:
    case = begun(model("s > p1 > a > c1; p1 > b > c1; p1 > k > c1 > d > e", COMPLEX))
    case.complete("k")
    assert case.active == {"a": 1, "b": 1}
    case.complete("a")
    assert case.active == {"b": 1, "d": 1}
    case.complete("b")
    case.complete("d")
    assert story(case) == "s p1 +a +b +k =k =a c1 +d =b =d e completed"


@shows(("complex gateway", SPLIT))
def test_a_complex_gateway_takes_every_flow_that_holds() -> None:
    case = begun(model("s > c1 > [x gt 0] a > e; c1 > [x gt 1] b > e; c1 > [x gt 2] k > e"), x=2)
    assert case.active == {"a": 1, "b": 1}


@shows(("complex gateway", MIXED))
def test_a_complex_gateway_tells_its_first_round_from_the_late_one() -> None:
    drawing = "s > p1 > a > c1; p1 > b > c1; p1 > k > c1; c1 > [waitingForStart] d > e; c1 > [!waitingForStart] t > e"
    case = begun(model(drawing, COMPLEX))
    case.complete("a")
    case.complete("b")
    assert case.active == {"k": 1, "d": 1}
    case.complete("k")
    assert case.active == {"d": 1, "t": 1}


@shows(("complex gateway", AGAIN))
def test_a_complex_gateway_begins_a_new_round_in_each_pass() -> None:
    drawing = "s > x1 > p1 > a > c1; p1 > b > c1 > x2; x2 > [x gt 0] x1; x2 > e"
    case = begun(model(drawing, COMPLEX, LOOP), x=1)
    case.complete("a")
    case.complete("b")
    assert case.active == {"a": 1, "b": 1}
    case.complete("a", {"x": 0})
    case.complete("b")
    assert case.status == "completed"


RACE = [event("intermediateCatchEvent", "c1", MESSAGE), event("intermediateCatchEvent", "c2", SIGNAL)]


@shows(("event-based gateway", SPLIT))
def test_an_event_based_gateway_goes_on_with_the_first_event_or_receive_task() -> None:
    receive = "<receiveTask id='t' messageRef='M'/>"
    case = begun(model("s > g > t > a > e; g > c2 > b > f", receive, RACE[1]))
    case.box.message("m")
    assert story(case) == "s +g =g g t +a"


@shows(("event-based gateway", JOIN), ("event-based gateway", MIXED))
def test_an_event_based_gateway_waits_anew_for_every_token_that_reaches_it() -> None:
    case = begun(model("s > p1 > a > g; p1 > b > g; g > c1 > d > e; g > c2 > k > f", *RACE))
    case.complete("a")
    case.complete("b")
    assert case.active == {"g": 2}
    case.box.message("m")
    assert case.active == {"g": 1, "d": 1}
    case.box.signal("s")
    assert case.active == {"d": 1, "k": 1}


@shows(("event-based gateway", AGAIN))
def test_an_event_based_gateway_waits_anew_in_each_pass() -> None:
    case = begun(model("s > x1 > g > c1 > x1; g > c2 > e", *RACE))
    case.box.message("m")
    case.box.message("m")
    case.box.signal("s")
    assert story(case) == "s x1 " + 2 * "+g =g g c1 x1 " + "+g =g g c2 e completed"


@shows(("event-based gateway", "instantiating, exclusive"))
def test_an_instantiating_gateway_may_stand_behind_a_start_event_without_a_trigger() -> None:
    box = Sandbox()
    gate = "<eventBasedGateway id='g' instantiate='true'/>"
    box.deploy(model("s > g > c1 > a > e; g > c2 > b > f", gate, *RACE))
    case = box.message("m")
    assert case is not None
    assert story(case) == "g c1 +a"
    assert box.start("p").active == {"g": 1}


@shows(("event-based gateway", "instantiating, parallel"))
def test_all_events_behind_a_parallel_instantiating_gateway_belong_to_one_instance() -> None:
    box = Sandbox()
    gate = "<eventBasedGateway id='g' instantiate='true' eventGatewayType='Parallel'/>"
    other = event("intermediateCatchEvent", "c2", MESSAGE.replace("'M'", "'N'"))
    box.deploy(model("g > c1 > a > e; g > c2 > b > f", gate, RACE[0], other))
    case = box.message("m")
    assert case is not None
    assert case.active == {"a": 1, "c2": 1}
    box.message("n")
    assert case.active == {"a": 1, "b": 1}
    assert box.running == 1


# flows without gateways ----------------------------------------------------------------------------------

FLOWS = "without a gateway"


@shows((FLOWS, SPLIT), (FLOWS, JOIN))
def test_several_flows_are_all_taken_and_each_token_runs_an_activity() -> None:
    case = begun(model("s > a > b > d > e; a > k > d"))
    case.complete("a")
    case.complete("k")
    case.complete("b")
    assert case.active == {"d": 2}


@shows((FLOWS, MIXED))
def test_conditional_flows_of_an_activity_are_taken_as_they_hold_else_the_default() -> None:
    task = "<userTask id='a' default='a-t'/>"
    for x, active in ((2, {"b": 1, "k": 1}), (1, {"k": 1}), (0, {"t": 1})):
        case = begun(model("s > a > [x gt 1] b > e; a > [x gt 0] k > e; a > t > e", task))
        case.complete("a", {"x": x})
        assert case.active == active


@shows((FLOWS, AGAIN))
def test_a_flow_may_lead_back_to_an_activity() -> None:
    case = begun(model("s > a; a > [x gt 0] a; a > e", "<userTask id='a' default='a-e'/>"))
    case.complete("a", {"x": 1})
    case.complete("a", {"x": 0})
    assert story(case) == "s +a =a +a =a e completed"


@shows((FLOWS, "start and completion quantity"))
def test_an_activity_takes_and_gives_as_many_tokens_as_it_says() -> None:
    tasks = ["<userTask id='a' completionQuantity='2'/>", "<userTask id='b' startQuantity='2'/>"]
    case = begun(model("s > a > b > e", *tasks))
    case.complete("a")
    assert case.active == {"b": 1}
    case.complete("b")
    assert story(case) == "s +a =a +b =b e completed"


@shows((FLOWS, "several start events"))
def test_each_start_event_of_a_process_begins_an_instance_of_its_own() -> None:
    box = Sandbox()
    box.deploy(
        model(
            "s > a > e; b1 > k > e; b2 > d > e",
            event("startEvent", "b1", MESSAGE),
            event("startEvent", "b2", SIGNAL),
        )
    )
    box.start("p")
    box.message("m")
    box.signal("s")
    assert box.active == {"a": 1, "k": 1, "d": 1}
    assert box.running == 3


@shows((FLOWS, "no start and no end event"))
def test_what_no_flow_leads_to_begins_and_what_leads_nowhere_ends() -> None:
    case = begun(model("a > b; k", sub("t", "d")))
    assert case.active == {"a": 1, "k": 1, "d": 1}
    for id in "dakb":
        case.complete(id)
    assert story(case) == "+a +k +t +d =d =t =a +b =k =b completed"


def test_a_flow_that_leaves_its_scope_is_refused() -> None:
    with pytest.raises(InvalidDefinition, match="bpmn_flow_crosses"):
        Sandbox().deploy(model("s > t > e", sub("t", "a > b"), flow("b", "e")))
