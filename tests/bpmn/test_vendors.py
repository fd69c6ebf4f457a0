"""Extensions of Camunda 7, Camunda 8, Flowable and Activiti: read where they mean something, kept where they do not."""

from datetime import timedelta

import pytest

from signoff.model import nodes as m
from signoff.model.expression import Expression
from signoff.model.role import Role, RoleKind
from signoff.notation.bpmn_reader import read, survey
from tests.bpmn.sample import file, flow, process

START = "<startEvent id='s'/>" + flow("s", "x")
JAVA = ("camunda", "flowable", "activiti")


def definition(*parts):
    (found,) = read(file(process("p", START, *parts))).definitions
    return found


def node(*parts):
    return definition(*parts).nodes["x"]


def refused(*parts):
    return {(p.code, p.place.line) for p in survey(file(process("p", START, *parts))).errors}


@pytest.mark.parametrize("vendor", JAVA)
def test_an_assignee_owns_the_task(vendor):
    found = definition(f"<userTask id='x' {vendor}:assignee='kermit' {vendor}:candidateGroups='staff'/>")
    (role,) = (found.roles[id] for id in found.nodes["x"].owner)
    assert (role.kind, role.value) == (RoleKind.PERSON, "kermit")


@pytest.mark.parametrize("vendor", JAVA)
def test_candidates_own_the_task_together(vendor):
    found = definition(f"<userTask id='x' {vendor}:candidateUsers='amy, bob' {vendor}:candidateGroups='hr'/>")
    roles = [found.roles[id] for id in found.nodes["x"].owner]
    assert [(r.kind, r.value) for r in roles] == [
        (RoleKind.PERSON, "amy"),
        (RoleKind.PERSON, "bob"),
        (RoleKind.GROUP, "hr"),
    ]


def test_zeebe_assigns_too():
    found = definition(
        "<userTask id='x'><extensionElements><zeebe:assignmentDefinition assignee='=boss' candidateGroups='hr'/>"
        "</extensionElements></userTask>"
    )
    assert found.roles["field:boss"] == Role("field:boss", RoleKind.FIELD, "boss")
    assert found.nodes["x"].owner == ("field:boss",)


def test_the_initiator_is_who_started():
    parts = file(
        process(
            "p",
            "<startEvent id='s' camunda:initiator='init'/>",
            flow("s", "x"),
            "<userTask id='x' camunda:assignee='${init}'/>",
        )
    )
    (found,) = read(parts).definitions
    assert found.roles["starter"].kind is RoleKind.STARTER
    assert found.initial == (("init", Expression("starter.id")),)


def test_the_standard_words_for_owners_are_read():
    found = definition(
        "<userTask id='x'><potentialOwner><resourceAssignmentExpression><formalExpression>"
        "user(amy), group(hr), staff</formalExpression></resourceAssignmentExpression></potentialOwner></userTask>"
    )
    assert found.nodes["x"].owner == ("person:amy", "group:hr", "group:staff")


def test_a_due_date_is_a_deadline():
    assert node("<userTask id='x' camunda:dueDate='P3D'/>").due.span.days == 3
    assert (
        node("<userTask id='x' camunda:dueDate='2027-03-01T12:00:00Z'/>").due.anchor.id
        == "2027-03-01T12:00:00Z"
    )


def test_form_fields_are_the_form():
    task = node(
        "<userTask id='x'><extensionElements><camunda:formData>"
        "<camunda:formField id='amount' type='long'><camunda:validation><camunda:constraint name='required'/>"
        "</camunda:validation></camunda:formField><camunda:formField id='note' type='string'/>"
        "</camunda:formData></extensionElements></userTask>"
    )
    assert (task.form.fill, task.form.edit) == (("amount",), ("note",))


@pytest.mark.parametrize(
    ("attributes", "handler"),
    [
        ("camunda:type='external' camunda:topic='book'", "book"),
        ("camunda:delegateExpression='${bookingDelegate}'", "bookingDelegate"),
        ("flowable:class='org.example.Book'", "org.example.Book"),
        ("activiti:expression='${booking.book(order)}'", "booking.book"),
        ("flowable:type='mail'", "mail"),
        ("", "x"),
    ],
)
def test_a_service_task_is_bound_by_topic_delegate_class_method_or_id(attributes, handler):
    assert node(f"<serviceTask id='x' {attributes}/>").handler == handler


def test_a_job_type_of_zeebe_is_a_topic():
    task = node(
        "<serviceTask id='x'><extensionElements><zeebe:taskDefinition type='book' retries='5'/>"
        "<zeebe:ioMapping><zeebe:input source='=order.id' target='id'/><zeebe:output source='=result.no' target='no'/>"
        "</zeebe:ioMapping></extensionElements></serviceTask>"
    )
    assert (task.handler, task.retry.times) == ("book", 4)
    assert task.inputs == (("id", Expression("order.id")),)
    assert task.assign == (("no", Expression("result.no")),)


def test_r3_pt10m_is_three_attempts_ten_minutes_apart():
    task = node(
        "<serviceTask id='x' camunda:asyncBefore='true'><extensionElements>"
        "<camunda:failedJobRetryTimeCycle>R3/PT10M</camunda:failedJobRetryTimeCycle></extensionElements></serviceTask>"
    )
    assert (task.retry.times, task.retry.first) == (2, timedelta(minutes=10))


def test_a_registered_handler_of_an_elements_own_id_goes_before_what_the_file_names():
    text = file(process("p", START, "<serviceTask id='x' camunda:class='a.B'/>"))
    (found,) = read(text, registered={"x"}).definitions
    assert found.nodes["x"].handler == "x"


@pytest.mark.parametrize("vendor", JAVA)
def test_multi_instance_over_a_collection(vendor):
    loop = node(
        f"<userTask id='x'><multiInstanceLoopCharacteristics isSequential='true' {vendor}:collection='people' "
        f"{vendor}:elementVariable='one'><completionCondition>${{nrOfCompletedInstances >= 2}}</completionCondition>"
        "</multiInstanceLoopCharacteristics></userTask>"
    ).loop
    assert (loop.collection, loop.item, loop.sequential) == (Expression("people"), "one", True)
    assert loop.until == Expression("nrOfCompletedInstances >= 2")


def test_multi_instance_of_zeebe_gathers_results():
    loop = node(
        "<serviceTask id='x'><multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics "
        "inputCollection='=items' inputElement='item' outputCollection='prices' outputElement='=result.price'/>"
        "</extensionElements></multiInstanceLoopCharacteristics></serviceTask>"
    ).loop
    assert (loop.collection, loop.item) == (Expression("items"), "item")
    assert loop.collect == (("prices", Expression("result.price")),)


def test_a_call_hands_over_what_its_mappings_say():
    call = node(
        "<callActivity id='x' calledElement='other'><extensionElements><camunda:in source='a' target='b'/>"
        "<camunda:in variables='all'/><camunda:out sourceExpression='${c + 1}' target='d'/></extensionElements></callActivity>"
    )
    assert (call.process, call.inputs, call.outputs) == (
        "other",
        (("b", Expression("a")),),
        (("d", Expression("c + 1")),),
    )
    assert (call.passes, call.hands_back) == (True, False)


def test_a_decision_is_called_by_its_id():
    task = node("<businessRuleTask id='x' camunda:decisionRef='rate' camunda:resultVariable='rating'/>")
    assert (task.decision, task.handler, task.assign) == ("rate", "", (("rating", Expression("result")),))


def test_a_feel_script_of_zeebe_is_a_value_and_no_script():
    task = node(
        "<scriptTask id='x'><extensionElements><zeebe:script expression='=a + b' resultVariable='sum'/>"
        "</extensionElements></scriptTask>"
    )
    assert isinstance(task, m.AbstractTask)
    assert task.assign == (("sum", Expression("a + b")),)


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("<camunda:executionListener event='start' class='a.B'/>", "bpmn_listener"),
        ("<flowable:taskListener event='create' delegateExpression='${spy}'/>", "bpmn_listener"),
        ("<zeebe:executionListeners><zeebe:executionListener eventType='start' type='x'/></zeebe:executionListeners>",
         "bpmn_listener"),
        (("<camunda:inputOutput><camunda:outputParameter name='y'><camunda:script scriptFormat='groovy'>1</camunda:script>"
         "</camunda:outputParameter></camunda:inputOutput>"), "bpmn_parameter"),
    ],
)  # fmt: skip
def test_what_would_act_unseen_is_refused(part, code):
    task = f"<userTask id='x'><extensionElements>{part}</extensionElements></userTask>"
    assert {each for each, _ in refused(task)} == {code}


@pytest.mark.parametrize(
    "task",
    [
        "<callActivity id='x' calledElement='p2' camunda:variableMappingClass='a.B'/>",
        "<userTask id='x' flowable:skipExpression='${true}'/>",
        "<serviceTask id='x' flowable:triggerable='true'/>",
        "<endEvent id='x'><terminateEventDefinition activiti:terminateMultiInstance='true'/></endEvent>",
        "<serviceTask id='x'><extensionElements><camunda:errorEventDefinition expression='${true}'/></extensionElements></serviceTask>",
    ],
)
def test_what_would_change_the_meaning_is_refused(task):
    assert {code for code, _ in refused(task)} == {"bpmn_extension"}


def test_a_signal_that_stays_in_its_instance_is_refused():
    signal = "<signal id='g' name='go' flowable:scope='{}'/>"
    text = file(signal, process("p", START, "<task id='x'/>"))
    assert [p.code for p in survey(text.format("processInstance")).errors] == ["bpmn_extension"]
    assert not survey(text.format("global")).errors


def test_the_code_of_an_error_is_assigned_where_it_is_known():
    text = file(
        "<error id='e' errorCode='LATE'/>",
        process(
            "p",
            START,
            "<serviceTask id='x'/><boundaryEvent id='b' attachedToRef='x'><errorEventDefinition errorRef='e' "
            "camunda:errorCodeVariable='code'/></boundaryEvent>",
        ),
    )
    (found,) = read(text).definitions
    assert found.nodes["b"].assign == (("code", Expression("'LATE'")),)


def test_the_code_of_any_error_and_its_message_are_refused():
    boundary = (
        "<serviceTask id='x'/><boundaryEvent id='b' attachedToRef='x'><errorEventDefinition "
        "camunda:errorCodeVariable='code' camunda:errorMessageVariable='text'/></boundaryEvent>"
    )
    assert {code for code, _ in refused(boundary)} == {"bpmn_extension"}


def test_a_call_of_one_version_is_refused():
    call = "<callActivity id='x' calledElement='o' camunda:calledElementBinding='version' camunda:calledElementVersion='3'/>"
    assert {code for code, _ in refused(call)} == {"bpmn_extension", "bpmn_called_version"}


def test_what_means_nothing_here_is_kept_and_listed():
    text = file(
        process(
            "p",
            START,
            "<userTask id='x' camunda:formKey='embedded:x.html' camunda:priority='50' camunda:asyncAfter='true'>"
            "<extensionElements><camunda:properties><camunda:property name='a' value='b'/></camunda:properties>"
            "</extensionElements></userTask>",
        )
    )
    found = survey(text)
    assert not found.errors
    assert [each.name for each in found.kept] == ["formKey", "priority", "properties"]


def test_a_condition_in_a_script_language_is_refused():
    parts = (
        "<exclusiveGateway id='x' default='x-a'/>",
        flow("x", "a"),
        (
            "<sequenceFlow id='f' sourceRef='x' targetRef='b'><conditionExpression language='groovy'>a</conditionExpression>"
            "</sequenceFlow>"
        ),
        "<task id='a'/><task id='b'/>",
    )
    assert {code for code, _ in refused(*parts)} == {"bpmn_script_condition"}


def test_messages_are_declared_and_correlated():
    text = file(
        "<message id='m' name='paid'><extensionElements><zeebe:subscription correlationKey='=order.id'/></extensionElements></message>",
        process("p", START, "<receiveTask id='x' messageRef='m'/>"),
    )
    (found,) = read(text).definitions
    assert found.messages["m"].name == "paid"
    assert found.nodes["x"].key == Expression("order.id")


def test_a_completion_quantity_is_so_many_flows():
    found = definition("<task id='x' completionQuantity='3'/>", flow("x", "y"), "<task id='y'/>")
    assert [each.id for each in found.outgoing["x"]] == ["x-y", "x-y.2", "x-y.3"]


@pytest.mark.parametrize("prefix", ["", "bpmn", "bpmn2", "semantic", "model"])
def test_any_prefix_is_read(prefix):
    text = file(process("p", START, "<userTask id='x' name='Work'/>"), prefix=prefix)
    (found,) = read(text).definitions
    assert found.nodes["x"].label.en == "Work"
