"""Every kind of activity: done once, again and again, several times at once or one after the other, and undone."""

import pytest

from signoff.errors import InvalidDefinition, WrongState
from signoff.testing import Case, Sandbox
from tests.bpmn.sample import process
from tests.matrix.cells import LOOP, ONCE, PARALLEL, SEQUENTIAL, UNDONE, each, shows
from tests.matrix.drawing import beside, boundary, drawn, event, model, models
from tests.matrix.story import COMPENSATE, ESCALATION, MESSAGE, SIGNAL, begun, story
from tests.matrix.work import CALLED, PASSED, WORK

TWICE = "<standardLoopCharacteristics loopMaximum='2'/>"
UNDO = "<boundaryEvent id='u1' attachedToRef='a'><compensateEventDefinition/></boundaryEvent>"
UNDO += "<userTask id='z' isForCompensation='true'/><association id='uz' sourceRef='u1' targetRef='z'/>"


def several(inside: str, *, sequential: bool = False, attributes: str = "") -> str:
    flag = str(sequential).lower()
    tag = "multiInstanceLoopCharacteristics"
    return f"<{tag} isSequential='{flag}' {attributes}>{inside}</{tag}>"


def doing(kind: str, loop: str = "", *more: str, drawing: str = "s > a > b > e") -> Case:
    called = (CALLED,) if kind == "call activity" else ()
    return begun(models(*called, process("p", drawn(drawing, WORK[kind].xml(loop), *more))))


@each(WORK, ONCE)
def test_an_activity_is_done_and_then_the_flow_goes_on(kind: str) -> None:
    case = doing(kind)
    WORK[kind].do(case.box)
    case.complete("b")
    assert story(case) == f"s +a {WORK[kind].step}=a +b =b e completed"


@each(WORK, LOOP)
def test_a_loop_does_an_activity_again_after_each_pass(kind: str) -> None:
    case = doing(kind, TWICE)
    for _ in range(2):
        WORK[kind].do(case.box)
    case.complete("b")
    assert story(case) == "s +a " + 2 * WORK[kind].each + "=a +b =b e completed"


@each(WORK, SEQUENTIAL)
def test_sequential_instances_begin_one_after_the_other_has_ended(kind: str) -> None:
    case = doing(kind, several("<loopCardinality>2</loopCardinality>", sequential=True))
    for _ in range(2):
        WORK[kind].do(case.box)
    case.complete("b")
    assert story(case) == "s +a " + 2 * WORK[kind].each + "=a +b =b e completed"


@each(WORK, PARALLEL)
def test_parallel_instances_all_begin_before_one_has_ended(kind: str) -> None:
    case = doing(kind, several("<loopCardinality>2</loopCardinality>"))
    for _ in range(2):
        WORK[kind].do(case.box)
    case.complete("b")
    seen = WORK[kind].each.split()
    told = [word for word in story(case).split() if word in (seen[0], seen[-1])]
    if seen[0] == "+a":
        assert told == ("+a +a =a +a =a =a" if kind in PASSED else "+a +a +a =a =a =a").split()
    else:
        assert told == [seen[0], seen[0], seen[-1], seen[-1]]
    assert story(case).endswith("=a +b =b e completed")


@each(WORK, UNDONE)
def test_a_completed_activity_is_undone_by_its_handler(kind: str) -> None:
    thrown = event("intermediateThrowEvent", "v", COMPENSATE)
    case = doing(kind, "", UNDO, thrown, drawing="s > a > v > b > e")
    WORK[kind].do(case.box)
    assert case.active == {"z": 1}
    case.complete("z")
    case.complete("b")
    assert story(case) == f"s +a {WORK[kind].step}=a +v +z =z =v +b =b e completed"


# what only some of them have -----------------------------------------------------------------------------


@shows(("service task", "by a handler that was registered"))
def test_a_call_is_made_with_the_handler_of_its_name_and_its_answer_becomes_data() -> None:
    box = Sandbox(calls={"w": lambda given: {"sum": given["x"] + 1}})
    box.deploy(model("s > w > a > e"))
    case = box.start("p", {"x": 2})
    assert (case.active, case.variables["sum"]) == ({"a": 1}, 3)


@shows(("standard loop", "its condition is asked before or after each pass"))
@pytest.mark.parametrize("before", ["true", "false"])
def test_a_loop_asks_its_condition_before_or_after_each_pass(before: str) -> None:
    loop = f"<standardLoopCharacteristics testBefore='{before}'><loopCondition>${{x &lt; 1}}</loopCondition>"
    case = begun(
        model("s > a > b > e", f"<userTask id='a'>{loop}</standardLoopCharacteristics></userTask>"), x=1
    )
    if before == "false":
        case.complete("a")
    case.complete("b")
    assert story(case) == "s +a " + ("+a =a " if before == "false" else "") + "=a +b =b e completed"


@shows(("several instances", "over a list, frozen at entry; results in its order"))
def test_instances_run_over_a_list_that_is_frozen_at_entry_and_their_results_keep_its_order() -> None:
    loop = "<multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection='=names' "
    loop += (
        "inputElement='name' outputCollection='results' outputElement='=name + answer'/></extensionElements>"
    )
    loop += "</multiInstanceLoopCharacteristics>"
    case = begun(model("s > w > b > e", f"<serviceTask id='w'>{loop}</serviceTask>"), names=["x", "y", "z"])
    assert case.active == {"w": 3}
    case.set({"names": []})
    for answer in "321":
        case.box.complete("w", {"answer": answer})
    assert case.active == {"b": 1}
    assert case.variables["results"] == ["x3", "y2", "z1"]


@shows(("several instances", "of an empty list"))
def test_an_empty_list_is_done_at_once() -> None:
    loop = "<multiInstanceLoopCharacteristics camunda:collection='names' camunda:elementVariable='name'/>"
    case = begun(model("s > a > b > e", f"<userTask id='a'>{loop}</userTask>"), names=[])
    assert story(case) == "s +a =a +b"


@shows(("several instances", "until a completion condition holds"))
def test_a_completion_condition_cancels_the_instances_that_still_run() -> None:
    text = "<loopCardinality>3</loopCardinality><completionCondition>${numberOfCompletedInstances &gt;= 2}"
    case = doing("user task", several(f"{text}</completionCondition>"))
    case.complete("a")
    case.complete("a")
    assert story(case) == "s +a +a +a +a =a =a -a =a +b"


@shows(("several instances", "behaviour None, One, Complex and All"))
@pytest.mark.parametrize(("behavior", "times"), [("None", 2), ("One", 1), ("Complex", 1), ("All", 0)])
def test_the_ends_of_instances_throw_events_to_the_boundary_as_the_behaviour_says(
    behavior: str, times: int
) -> None:
    roots = "<signalEventDefinition id='SD' signalRef='S'/>"
    attributes = {
        "None": "behavior='None' noneBehaviorEventRef='SD'",
        "One": "behavior='One' oneBehaviorEventRef='SD'",
        "Complex": "behavior='Complex'",
        "All": "behavior='All'",
    }[behavior]
    complex_ = "<complexBehaviorDefinition><condition>${numberOfCompletedInstances == 2}</condition>"
    complex_ += "<event id='y'><signalEventDefinition signalRef='S'/></event></complexBehaviorDefinition>"
    inside = "<loopCardinality>2</loopCardinality>" + (complex_ if behavior == "Complex" else "")
    task = f"<userTask id='a'>{several(inside, attributes=attributes)}</userTask>"
    edge = boundary("n", "a", SIGNAL, interrupting=False)
    case = begun(model("s > a > b > e; n > t > f", task, edge, more=roots))
    case.complete("a")
    case.complete("a")
    assert case.active["t"] == times


@shows(("event sub-process", ONCE))
def test_an_event_sub_process_is_done_each_time_its_event_happens() -> None:
    case = begun(model("s > a > e", beside("h", SIGNAL, "t > f", interrupting=False)))
    case.box.signal("s")
    case.complete("t")
    case.box.signal("s")
    case.complete("t")
    case.complete("a")
    assert story(case) == "s +a " + 2 * "+h h.s +t =t f =h " + "=a e completed"


def repeating(loop: str) -> str:
    """An event sub-process that repeats, which none does."""
    handler = beside("x", SIGNAL, "t > f").replace("<startEvent", f"{loop}<startEvent", 1)
    return model("s > a > e", handler)


@pytest.mark.parametrize("loop", [TWICE, several("<loopCardinality>2</loopCardinality>")])
def test_an_event_sub_process_that_repeats_is_refused(loop: str) -> None:
    with pytest.raises(InvalidDefinition, match="bpmn_event_sub_process_loop"):
        Sandbox().deploy(repeating(loop))


@shows(("ad-hoc sub-process", "one at a time, until its condition holds"))
def test_activities_of_an_ad_hoc_sub_process_are_begun_one_at_a_time_where_it_says_so() -> None:
    inside = f"{drawn('t')}{drawn('t2')}<completionCondition>${{done}}</completionCondition>"
    text = model("s > a > e", f"<adHocSubProcess id='a' ordering='Sequential'>{inside}</adHocSubProcess>")
    case = begun(text, done=False)
    case.box.enable("a", "t2")
    with pytest.raises(Exception, match="one activity runs at a time"):
        case.box.enable("a", "t")
    case.complete("t2")
    case.box.enable("a", "t")
    case.complete("t", {"done": True})
    assert story(case) == "s +a +t2 =t2 +t =t =a e completed"


def test_an_ad_hoc_sub_process_that_waits_for_what_still_runs_begins_nothing_more() -> None:
    inside = f"{drawn('t; t2')}<completionCondition>${{done}}</completionCondition>"
    text = f"<adHocSubProcess id='a' cancelRemainingInstances='false'>{inside}</adHocSubProcess>"
    case = begun(model("s > a > e", text), done=True)
    case.box.enable("a", "t")
    case.box.enable("a", "t2")
    case.complete("t")
    assert case.active == {"a": 1, "t2": 1}
    with pytest.raises(WrongState):
        case.box.enable("a", "t")
    case.complete("t2")
    assert story(case) == "s +a +t +t2 =t =t2 =a e completed"


def test_an_escalation_of_a_call_crosses_it_and_its_message_starts_somebody_else() -> None:
    inner = process("q", drawn("s5 > v > u > e5", event("intermediateThrowEvent", "v", ESCALATION)))
    other = process("o", drawn("b2 > w2 > e2", event("startEvent", "b2", MESSAGE)))
    call = "<callActivity id='a' calledElement='q'/>"
    mail = event("intermediateThrowEvent", "v2", MESSAGE)
    edge = boundary("n", "a", ESCALATION, interrupting=False)
    case = begun(
        models(inner, other, process("p", drawn("s > a > e; n > v2 > t > f", call, mail, edge))), process="p"
    )
    assert case.box.active == {"u": 1, "t": 1, "w2": 1}


@pytest.mark.parametrize(
    "kind", ["globalTask", "globalManualTask", "globalUserTask", "globalScriptTask", "globalBusinessRuleTask"]
)
@shows(("call activity", "of a global task"))
def test_a_global_task_is_done_by_whoever_calls_it(kind: str) -> None:
    called = f"<{kind} id='once' name='Look'/>"
    case = begun(
        models(
            process("p", drawn("s > a > b > e", "<callActivity id='a' calledElement='once'/>")), more=called
        )
    )
    if kind not in ("globalTask", "globalManualTask"):
        case.box.complete("once.task")
    assert story(case) == "s +a +once.task =once.task =a +b"


OVER = """<{0} id='a'><ioSpecification><dataInput id='di' name='names' isCollection='true'/>
<dataOutput id='do' name='answers' isCollection='true'/><inputSet><dataInputRefs>di</dataInputRefs></inputSet>
<outputSet><dataOutputRefs>do</dataOutputRefs></outputSet></ioSpecification>
<dataInputAssociation><sourceRef>o1</sourceRef><targetRef>di</targetRef></dataInputAssociation>
<dataOutputAssociation><sourceRef>do</sourceRef><targetRef>o2</targetRef></dataOutputAssociation>
<multiInstanceLoopCharacteristics><loopDataInputRef>di</loopDataInputRef><loopDataOutputRef>do</loopDataOutputRef>
<inputDataItem id='it' name='name'/><outputDataItem id='ot' name='answer'/></multiInstanceLoopCharacteristics></{0}>
<dataObject id='o1' name='people' isCollection='true'/><dataObject id='o2' name='results' isCollection='true'/>"""


@pytest.mark.parametrize("kind", ["userTask", "serviceTask"])
@shows(("several instances", "over a data input, into a data output"))
def test_instances_run_over_a_data_object_and_give_another(kind: str) -> None:
    case = begun(model("s > a > b > e", OVER.format(kind)), people=["x", "y"])
    for answer in (1, 2):
        case.complete("a", {"answer": answer})
    assert case.active == {"b": 1}
    assert case.variables["results"] == [1, 2]


@shows(("user task", "for its potential owners"))
@pytest.mark.parametrize(
    "said",
    [
        "<resourceAssignmentExpression><formalExpression>buyers</formalExpression></resourceAssignmentExpression>",
        "<resourceRef>res</resourceRef>",
    ],
)
def test_a_user_task_is_for_its_potential_owners(said: str) -> None:
    box = Sandbox(people={"amy": {"groups": ["buyers"]}, "bob": {"groups": ["sellers"]}})
    task = f"<userTask id='a'><potentialOwner>{said}</potentialOwner></userTask>"
    box.deploy(model("s > a > e", task, more="<resource id='res' name='buyers'/>"))
    box.start("p", by="amy")
    assert [row.node for row in box.engine.inbox("amy")] == ["a"]
    assert not list(box.engine.inbox("bob"))
