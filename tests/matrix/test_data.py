"""Data, correlation, participants and lanes: what goes where, and to whom (BPMN 2.0.2 §8.4.2, §9.4, §10.4, §10.8)."""

import pytest

from signoff.errors import InvalidDefinition, NotFound
from signoff.kernel.commands import SYSTEM
from signoff.testing import Sandbox
from tests.bpmn.sample import file, process
from tests.matrix.cells import shows
from tests.matrix.drawing import ROOTS, beside, drawn, event, model, models, sub
from tests.matrix.story import MESSAGE, begun, story

RUNS = "runs"
DATA = "<dataObject id='o1' name='amount'/><dataObject id='o2' name='total'/>"
VALUE = "<dataObject id='o3' name='limit' itemSubjectRef='xsd:int'><extensionElements><camunda:value>7</camunda:value></extensionElements></dataObject>"


def call(inside: str) -> str:
    spec = "<ioSpecification><dataInput id='i1' name='given'/><dataOutput id='o9' name='made'/>"
    spec += "<inputSet><dataInputRefs>i1</dataInputRefs></inputSet><outputSet><dataOutputRefs>o9</dataOutputRefs></outputSet>"
    return f"<serviceTask id='w'>{spec}</ioSpecification>{inside}</serviceTask>"


IN = "<dataInputAssociation><sourceRef>o1</sourceRef><targetRef>i1</targetRef>{}</dataInputAssociation>"
OUT = "<dataOutputAssociation><sourceRef>o9</sourceRef><targetRef>o2</targetRef>{}</dataOutputAssociation>"


def called(given: str, made: str) -> tuple[object, object]:
    """What a handler was given of `amount` 4, and what `total` became when it made 5."""
    seen: list[object] = []
    box = Sandbox(calls={"w": lambda variables: seen.append(dict(variables)) or {"made": 5}})
    box.deploy(model("s > w > a > e", DATA, call(IN.format(given) + OUT.format(made))))
    return box.start("p", {"amount": 4}).variables["total"], seen[0]


@shows(("data object", RUNS))
def test_a_data_object_begins_with_its_value_and_may_be_written() -> None:
    case = begun(
        model("s > x1 > [limit gt 6] a > e; x1 > b > e", "<exclusiveGateway id='x1' default='x1-b'/>", VALUE)
    )
    assert case.active == {"a": 1}
    case.complete("a", {"limit": 8})
    assert case.variables["limit"] == 8


@shows(("property of a process or a sub-process", RUNS))
def test_properties_of_a_sub_process_are_its_own() -> None:
    inside = "<property id='y' name='note'/>"
    case = begun(model("s > t > b > e", sub("t", "s2 > a > e2", inside)), note="outside")
    case.complete("a", {"note": "inside"})
    assert case.variables["note"] == "outside"


@shows(("data input and output association", RUNS))
def test_what_is_associated_goes_in_and_comes_out() -> None:
    assert called("", "") == (5, {"given": 4})


@shows(("transformation", RUNS))
def test_a_transformation_is_what_goes_in_and_comes_out() -> None:
    total, given = called(
        "<transformation>${amount + 1}</transformation>", "<transformation>${made + 10}</transformation>"
    )
    assert (total, given) == (15, {"given": 5})


@shows(("assignment", RUNS))
def test_assignments_say_what_goes_where() -> None:
    into = "<assignment><from>${amount + 2}</from><to>given</to></assignment>"
    out = "<assignment><from>${made + 20}</from><to>${total}</to></assignment>"
    assert called(into, out) == (25, {"given": 6})


def test_a_value_for_what_has_no_name_is_refused() -> None:
    out = OUT.format("<transformation>${made}</transformation>").replace("<targetRef>o2", "<targetRef>store")
    text = model("s > w > e", DATA, "<dataStoreReference id='store' name='db'/>", call(out))
    with pytest.raises(InvalidDefinition, match="bpmn_association"):
        Sandbox().deploy(text)


@shows(("data store", "drawn: handlers read and write it"))
def test_a_data_store_lies_outside_of_the_instance() -> None:
    out = OUT.format("").replace("<targetRef>o2", "<targetRef>store")
    case = begun(model("s > w > e", DATA, "<dataStoreReference id='store' name='db'/>", call(out)))
    case.complete("w", {"made": 5})
    assert "db" not in case.variables


@shows(("call activity, mapping", RUNS))
def test_a_called_process_sees_what_it_is_handed_and_hands_back_what_is_asked_for() -> None:
    mapping = "<extensionElements><camunda:in source='x' target='inner'/><camunda:out source='inner' target='outer'/></extensionElements>"
    task = f"<callActivity id='k' calledElement='q'>{mapping}</callActivity>"
    case = begun(models(process("p", drawn("s > k > b > e", task)), process("q", drawn("s5 > u > e5"))), x=1)
    case.box.complete("u", {"inner": 2})
    assert case.variables["outer"] == 2
    assert "inner" not in case.variables


# correlation ---------------------------------------------------------------------------------------------

KEYS = """
<correlationProperty id='order'><correlationPropertyRetrievalExpression messageRef='M'><messagePath>${number}</messagePath>
</correlationPropertyRetrievalExpression></correlationProperty>
<collaboration id='c'><participant id='P' processRef='p'/>
<correlationKey id='key'><correlationPropertyRef>order</correlationPropertyRef></correlationKey></collaboration>
"""
SUBSCRIBES = """<correlationSubscription id='cs' correlationKeyRef='key'><correlationPropertyBinding id='cb' correlationPropertyRef='order'>
<dataPath>${mine}</dataPath></correlationPropertyBinding></correlationSubscription>"""


def correlated() -> Sandbox:
    box = Sandbox()
    wait = event("intermediateCatchEvent", "c1", MESSAGE)
    inside = drawn("s > c1 > a > e", wait)
    box.deploy(file(ROOTS, KEYS, process("p", inside, SUBSCRIBES)))
    return box


@shows(("correlation by a subscription of the process", RUNS))
def test_a_message_goes_to_the_instance_whose_key_it_carries() -> None:
    box = correlated()
    one, two = box.start("p", {"mine": 1}), box.start("p", {"mine": 2})
    box.engine.message("m", {"number": 2, "text": "two"}, by=SYSTEM)
    box.settle()
    assert (one.active, two.active) == ({"c1": 1}, {"a": 1})
    assert two.variables["text"] == "two"


def test_a_message_with_a_key_waits_for_the_instance_that_has_it() -> None:
    box = correlated()
    assert box.message("m", {"number": 3}, keep="PT1H") is None
    other, mine = box.start("p", {"mine": 4}), box.start("p", {"mine": 3})
    assert (other.active, mine.active) == ({"c1": 1}, {"a": 1})


def test_a_message_whose_key_nobody_waits_with_is_refused() -> None:
    box = correlated()
    box.start("p", {"mine": 1})
    with pytest.raises(Exception, match="Nobody takes"):
        box.message("m", {"number": 2})


TALK = KEYS.replace(
    "</correlationProperty>",
    """<correlationPropertyRetrievalExpression messageRef='N'><messagePath>${of}</messagePath>
</correlationPropertyRetrievalExpression></correlationProperty>""",
)
OTHER = MESSAGE.replace("'M'", "'N'")


@shows(("correlation by the key of the first message", RUNS))
def test_an_instance_waits_for_the_messages_of_its_conversation_only() -> None:
    box = Sandbox()
    begins, waits = event("startEvent", "b1", MESSAGE), event("intermediateCatchEvent", "c1", OTHER)
    handler = beside("h", OTHER, "d > f2", interrupting=False)
    box.deploy(file(ROOTS, TALK, process("p", drawn("b1 > a > c1 > b > e", begins, waits, handler))))
    one, two = box.message("m", {"number": 1}), box.message("m", {"number": 2})
    assert one is not None
    assert two is not None
    box.message("n", {"of": 2})
    assert (one.active, two.active) == ({"a": 1}, {"a": 1, "d": 1}), (
        "who listened from the beginning hears it, too"
    )
    one.complete("a")
    two.complete("a")
    with pytest.raises(NotFound):
        box.message("n", {"of": 3})
    box.message("n", {"of": 1})
    assert one.active["b"] + one.active["d"] == 1
    assert story(two).count("+d") == 1


def test_who_asks_first_is_answered_in_the_same_conversation() -> None:
    box = Sandbox()
    asks = "<dataInputAssociation><sourceRef>o1</sourceRef><targetRef>i1</targetRef></dataInputAssociation>"
    asks = f"<dataInput id='i1' name='number'/>{asks}<inputSet><dataInputRefs>i1</dataInputRefs></inputSet>"
    sends = event("intermediateThrowEvent", "v", asks + MESSAGE)
    waits = event("intermediateCatchEvent", "c1", OTHER)
    data = "<dataObject id='o1' name='mine'/>"
    box.deploy(file(ROOTS, TALK, process("p", drawn("s > v > c1 > a > e", data, sends, waits))))
    one, two = box.start("p", {"mine": 1}), box.start("p", {"mine": 2})
    box.message("n", {"of": 2})
    assert (one.active, two.active) == ({"c1": 1}, {"a": 1})


@shows(("correlation by a key of the sender", RUNS))
def test_what_is_thrown_carries_the_key_of_its_process() -> None:
    box = correlated()
    text = file(
        ROOTS,
        KEYS.replace("processRef='p'", "processRef='o'"),
        process("o", drawn("s3 > v > e3", event("intermediateThrowEvent", "v", MESSAGE)), SUBSCRIBES),
    )
    box.deploy(text)
    one, two = box.start("p", {"mine": 1}), box.start("p", {"mine": 2})
    box.start("o", {"mine": 2})
    assert (one.active, two.active) == ({"c1": 1}, {"a": 1})


@shows(("message kept for a taker, and counted once under its id", RUNS))
def test_a_message_waits_as_long_as_it_says_and_counts_once() -> None:
    box = Sandbox()
    box.deploy(
        model(
            "s > c1 > a > c2 > b > e", *(event("intermediateCatchEvent", id, MESSAGE) for id in ("c1", "c2"))
        )
    )
    box.message("m", keep="PT1H", id="once")
    box.message("m", keep="PT1H", id="once")
    case = box.start("p")
    assert case.active == {"a": 1}
    case.complete("a")
    assert case.active == {"c2": 1}, "it was one message"
    box.message("m", keep="PT1H", id="two")
    assert case.active == {"b": 1}


def test_a_message_that_came_while_an_instance_stood_still_is_taken_when_it_goes_on() -> None:
    box = Sandbox()
    box.deploy(model("s > c1 > a > e", event("intermediateCatchEvent", "c1", MESSAGE)))
    case = box.start("p")
    case.suspend()
    with pytest.raises(NotFound):
        box.message("m")
    box.message("m", {"n": 1}, keep="PT1H")
    case.resume()
    assert (case.active, case.variables["n"]) == ({"a": 1}, 1)


def test_a_message_that_has_run_out_is_taken_by_nobody() -> None:
    box = Sandbox()
    box.deploy(model("s > c1 > a > e", event("intermediateCatchEvent", "c1", MESSAGE)))
    box.message("m", keep="PT1H")
    box.advance("PT2H")
    assert box.start("p").active == {"c1": 1}


# participants and lanes ----------------------------------------------------------------------------------

POOLS = """<collaboration id='c'><participant id='P' processRef='p'/><participant id='Q' processRef='q'/>
<messageFlow id='ask' sourceRef='v' targetRef='b2'/><messageFlow id='answer' sourceRef='e5' targetRef='c1'/></collaboration>"""
ANY = "<messageEventDefinition/>"


@shows(("message flow between participants", RUNS))
def test_two_participants_talk_over_their_message_flows() -> None:
    buyer = drawn(
        "s > v > c1 > a > e",
        event("intermediateThrowEvent", "v", ANY),
        event("intermediateCatchEvent", "c1", ANY),
    )
    seller = drawn("b2 > u > e5", event("startEvent", "b2", ANY), event("endEvent", "e5", ANY))
    box = Sandbox()
    box.deploy(file(ROOTS, POOLS, process("p", buyer), process("q", seller)))
    case = box.start("p")
    assert box.active == {"c1": 1, "u": 1}
    box.complete("u")
    assert case.active == {"a": 1}
    assert box.running == 1


@shows(("lanes", "the role of the innermost lane owns its user tasks"))
def test_a_lane_is_the_role_that_owns_its_tasks() -> None:
    lanes = "<laneSet id='ls'><lane id='l1' name='buyers'><flowNodeRef>a</flowNodeRef></lane></laneSet>"
    people = {"amy": {"groups": ["buyers"]}, "bob": {"groups": ["sellers"]}}
    box = Sandbox(people=people)
    box.deploy(file(ROOTS, process("p", lanes, drawn("s > a > e"))))
    box.start("p", by="amy")
    assert [row.node for row in box.engine.inbox("amy")] == ["a"]
    assert not list(box.engine.inbox("bob"))
