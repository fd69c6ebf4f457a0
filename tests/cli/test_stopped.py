"""An instance that an incident has stopped says why, wherever it is shown."""

from pathlib import Path

from tests.bpmn.sample import file, flow, process
from tests.cli.conftest import Run


def test_what_stands_still_says_why_beside_what_to_type(office: Run) -> None:
    gateway = "<startEvent id='s'/><userTask id='x' camunda:assignee='lin'/><exclusiveGateway id='g' name='Which?' default='no'/><endEvent id='e'/><endEvent id='z'/>"
    flows = (flow("s", "x"), flow("x", "g"), flow("g", "e", "${amount &gt; 5}"), flow("g", "z", id="no"))
    Path("pick.bpmn").write_text(file(process("pick", gateway, *flows)), encoding="utf-8")
    assert office("deploy", "pick.bpmn").exit_code == 0
    assert office("start", "pick", "--key", "P-1").exit_code == 0
    told = office("submit", "P-1/x")
    assert told.exit_code == 0, told.output
    for shown in (told, office("show", "P-1")):
        assert "signoff retry P-1" in shown.stdout
        assert "Which?: Stopped by an incident. " in shown.stdout
        assert "amount" in shown.stdout
