"""Files in the manner of the modelers that people use, run to their end: what they mean there they mean here."""

import pytest

from signoff import BpmnVerdict
from signoff.notation.bpmn_reader import survey
from signoff.testing import Sandbox
from tests.bpmn.sample import file, flow, process

PEOPLE = {"amy": {"groups": ["sales"]}, "bob": {"groups": ["ops"]}}


def chain(*parts, nodes="x"):
    """A process that comes to what is given and ends."""
    (first, *_, last) = nodes.split() * 2
    return process(
        "p", "<startEvent id='s'/>", flow("s", first), *parts, flow(last, "e"), "<endEvent id='e'/>"
    )


def codes(text):
    return {problem.code for problem in survey(text).errors}


def warned(text):
    return {problem.code for problem in survey(text).problems if problem.warning}


def test_a_global_task_is_called_like_a_process():
    text = file(
        "<globalUserTask id='sign' name='Sign'/><globalTask id='note'/>",
        chain(
            "<callActivity id='x' calledElement='sign'/>", flow("x", "y"),
            "<callActivity id='y' calledElement='note'/>", nodes="x y",
        ),
    )  # fmt: skip
    box = Sandbox()
    box.deploy(text)
    case = box.start("p")
    assert list(box.active) == ["sign.task"]
    box.complete("sign.task", {"signed": True})
    assert case.status == "completed"


@pytest.mark.parametrize(("teams", "seen"), [("sales", ["amy"]), (["sales", "ops"], ["amy", "bob"])])
def test_groups_can_be_named_by_data(teams, seen):
    task = "<userTask id='x' flowable:candidateGroups='${teams}'/>"
    box = Sandbox(people=PEOPLE)
    box.deploy(file(chain(task)))
    box.start("p", {"teams": teams})
    assert [who for who in PEOPLE if box.engine.inbox(who)] == seen


def test_the_sign_for_who_started_is_no_person():
    box = Sandbox(people=PEOPLE)
    box.deploy(file(chain("<userTask id='x' flowable:assignee='$INITIATOR'/>")))
    box.start("p", by="bob")
    assert [who for who in PEOPLE if box.engine.inbox(who)] == ["bob"]


def test_a_task_that_was_moved_to_camunda_8_is_assigned_as_there():
    task = """<userTask id='x' camunda:assignee='bob'><extensionElements>
    <zeebe:assignmentDefinition assignee='=boss'/></extensionElements></userTask>"""
    box = Sandbox(people=PEOPLE)
    box.deploy(file(chain(task)))
    box.start("p", {"boss": "amy"})
    assert [who for who in PEOPLE if box.engine.inbox(who)] == ["amy"]


CONNECTOR = """<serviceTask id='x'><extensionElements><camunda:connector><camunda:inputOutput>
 <camunda:inputParameter name='url'>http://host/${number}</camunda:inputParameter>
 <camunda:inputParameter name='headers'><camunda:map><camunda:entry key='Accept'>json</camunda:entry></camunda:map></camunda:inputParameter>
 <camunda:inputParameter name='tries'><camunda:list><camunda:value>1</camunda:value><camunda:value>${number}</camunda:value></camunda:list></camunda:inputParameter>
 <camunda:outputParameter name='status'>${statusCode}</camunda:outputParameter></camunda:inputOutput>
 <camunda:connectorId>http-connector</camunda:connectorId></camunda:connector></extensionElements></serviceTask>"""


def test_a_connector_gets_its_parameters_and_gives_its_results():
    got = []
    box = Sandbox(calls={"http-connector": lambda given: got.append(given) or {"statusCode": 200}})
    box.deploy(file(chain(CONNECTOR)))
    case = box.start("p", {"number": 7})
    assert got == [{"url": "http://host/7", "headers": {"Accept": "json"}, "tries": ["1", 7]}]
    assert case.variables["status"] == 200


@pytest.mark.parametrize(
    "inside",
    [
        "<camunda:script scriptFormat='groovy'>1</camunda:script>",
        "<camunda:map><camunda:entry key='Content-Type'>x</camunda:entry></camunda:map>",
        "<camunda:list><camunda:script>1</camunda:script><camunda:list><camunda:value>1</camunda:value></camunda:list></camunda:list>",
    ],
)
def test_parameters_that_cannot_be_handed_over_are_refused(inside):
    part = CONNECTOR.replace("http://host/${number}", inside)
    assert codes(file(chain(part))) == {"bpmn_parameter"}


FORM = """<userTask id='x'><extensionElements><zeebe:ioMapping><zeebe:input source='=order.total' target='total'/>
 <zeebe:output source='=%s' target='approved'/></zeebe:ioMapping></extensionElements></userTask>"""


def test_what_a_form_is_handed_under_other_names_is_told_and_runs():
    text = file(chain(FORM % "ok"))
    assert warned(text) == {"bpmn_input_unseen"}
    box = Sandbox()
    box.deploy(text)
    case = box.start("p", {"order": {"total": 5}})
    box.complete("x", {"ok": True})
    assert case.variables["approved"] is True


def test_what_reads_such_a_name_afterwards_is_refused():
    assert codes(file(chain(FORM % "total > 3"))) == {"bpmn_local_input"}
    assert codes(file(chain(FORM.replace("'total'", "'boss'").replace("<zeebe:ioM", "<zeebe:assignmentDefinition "
        "assignee='=boss'/><zeebe:ioM") % "ok"))) == {"bpmn_local_input"}  # fmt: skip


DATA = """<property id='amount' name='amount'/><property id='note' name='note'/>"""
JBPM = "typeLanguage='http://www.java.com/javaTypes' expressionLanguage='http://www.mvel.org/2.0'"
JOB = """<serviceTask id='x'><ioSpecification><dataInput id='x_kind' name='Kind'/><dataInput id='x_sum' name='sum'/>
 <dataInput id='x_amount' name='amount'/><dataOutput id='x_result' name='text'/>
 <inputSet><dataInputRefs>x_kind</dataInputRefs><dataInputRefs>x_sum</dataInputRefs><dataInputRefs>x_amount</dataInputRefs></inputSet>
 <outputSet><dataOutputRefs>x_result</dataOutputRefs></outputSet></ioSpecification>
 <dataInputAssociation><targetRef>x_kind</targetRef><assignment><from xsi:type='tFormalExpression'><![CDATA[Letter]]></from>
  <to xsi:type='tFormalExpression'><![CDATA[x_kind]]></to></assignment></dataInputAssociation>
 <dataInputAssociation><sourceRef>amount</sourceRef><targetRef>x_sum</targetRef>
  <transformation xsi:type='tFormalExpression' language='http://www.w3.org/1999/XPath'>${amount * 2}</transformation></dataInputAssociation>
 <dataInputAssociation><sourceRef>amount</sourceRef><targetRef>x_amount</targetRef></dataInputAssociation>
 <dataOutputAssociation><sourceRef>x_result</sourceRef><targetRef>note</targetRef></dataOutputAssociation></serviceTask>"""


KOGITO = "xmlns:drools='http://www.jboss.org/drools' exporter='jBPM Process Modeler'"


@pytest.mark.parametrize("written_by", [JBPM, KOGITO])
def test_data_associations_of_jbpm_assign_and_transform(written_by):
    got = []
    box = Sandbox(calls={"x": lambda given: got.append(given) or {"text": "done"}})
    box.deploy(file(chain(DATA, JOB), attributes=written_by))
    case = box.start("p", {"amount": 4})
    assert got == [{"Kind": "Letter", "sum": 8, "amount": 4}]
    assert case.variables["note"] == "done"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<![CDATA[x_kind]]>", "a/b", "bpmn_association"),
        ("<![CDATA[Letter]]>", "bpmn:getDataObject('amount')", "bpmn_script_condition"),
    ],
)
def test_assignments_in_other_languages_are_refused(old, new, code):
    assert code in codes(file(chain(DATA, JOB.replace(old, new)), attributes=JBPM))


def test_a_timer_may_be_made_of_a_variable():
    event = """<intermediateCatchEvent id='x'><timerEventDefinition>
    <timeDuration xsi:type='tFormalExpression'>=duration(pause)</timeDuration></timerEventDefinition></intermediateCatchEvent>"""
    box = Sandbox()
    box.deploy(file(chain(event)))
    case = box.start("p", {"pause": "P2D"})
    box.advance("P1D")
    assert case.status == "running"
    box.advance("P1D")
    assert case.status == "completed"


@pytest.mark.parametrize(
    ("attribute", "on"), [("flowable:endDate='2030-01-01'", "timeCycle"), ("activiti:businessCalendarName='b'", "timerEventDefinition")]
)  # fmt: skip
def test_what_would_end_or_move_a_timer_is_refused(attribute, on):
    event = """<intermediateCatchEvent id='x'><timerEventDefinition><timeCycle xsi:type='tFormalExpression'>R3/PT1H</timeCycle>
    </timerEventDefinition></intermediateCatchEvent>"""
    assert codes(file(chain(event.replace(f"<{on}", f"<{on} {attribute}")))) == {"bpmn_extension"}


def test_attempts_that_are_computed_are_told():
    task = "<serviceTask id='x'><extensionElements><zeebe:taskDefinition type='work' retries='=tries'/></extensionElements></serviceTask>"
    assert warned(file(chain(task))) == {"bpmn_retry_computed"}


def test_a_process_that_nothing_could_start_is_refused():
    text = file("<process isExecutable='true'><task id='x'/></process>")
    assert codes(text) == {"bpmn_process_nameless"}
    assert not codes(text.replace("'true'", "'false'"))


def test_a_picture_that_is_not_to_be_run_is_called_so_whatever_it_lacks():
    flows = flow("x", "y") + flow("x", "z")
    nodes = "<exclusiveGateway id='x'/><boundaryEvent id='y'/><task id='z'/>"
    drawn = file("<process id='p' isExecutable='false'>" + nodes + flows + "</process>")
    assert survey(drawn).verdict is BpmnVerdict.DRAWN


def test_the_eight_bits_of_windows_are_read():
    text = file(process("p", "<task id='x' name='Größe prüfen'/>")).replace("UTF-8", "windows-1252")
    (found,) = survey(text.encode("cp1252")).definitions
    assert found.nodes["x"].label.en == "Größe prüfen"
