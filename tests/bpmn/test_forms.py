"""Forms of other modelers: what people type is read by the types that the file says."""

import pytest

from signoff.errors import SignoffError
from signoff.testing import Sandbox
from tests.bpmn.sample import file


def test_the_fields_of_forms_have_their_types() -> None:
    form = (
        "<extensionElements><camunda:formData>"
        "<camunda:formField id='agreed' type='boolean' label='Agreed?'/>"
        "<camunda:formField id='pieces' type='long'><camunda:validation>"
        "<camunda:constraint name='required'/><camunda:constraint name='max' config='10'/>"
        "</camunda:validation></camunda:formField>"
        "<camunda:formField id='size' type='enum'><camunda:value id='s' name='small'/>"
        "<camunda:value id='l' name='large'/></camunda:formField>"
        "<camunda:formField id='note' type='{note}'/>"
        "</camunda:formData></extensionElements>"
    )
    asked, again = (form.replace("{note}", kind) for kind in ("string", "date"))
    sandbox = Sandbox()
    sandbox.deploy(
        file(
            f"<process id='p'><startEvent id='s'/><userTask id='x'>{asked}</userTask>"
            f"<userTask id='y'>{again}</userTask><exclusiveGateway id='g' default='no'/><endEvent id='e'/><endEvent id='z'/>"
            "<sequenceFlow id='f1' sourceRef='s' targetRef='x'/><sequenceFlow id='f2' sourceRef='x' targetRef='g'/>"
            "<sequenceFlow id='f3' sourceRef='g' targetRef='y'><conditionExpression >"
            "${agreed &amp;&amp; pieces &gt; 5}</conditionExpression></sequenceFlow>"
            "<sequenceFlow id='no' sourceRef='g' targetRef='e'/><sequenceFlow id='f5' sourceRef='y' targetRef='z'/></process>"
        )
    )
    case = sandbox.start("p")
    for wrong in ({"pieces": "many"}, {"pieces": 11}, {"pieces": 6, "size": "m"}, {}):
        with pytest.raises(SignoffError):
            case.submit("x", data=wrong)
    case.submit(
        "x",
        data={"agreed": "true", "pieces": "6", "size": "s", "note": "as the forms differ, a text or a date"},
    )
    assert sandbox.active == {"y": 1}
    assert (case.variables["agreed"], case.variables["pieces"]) == (True, 6)
