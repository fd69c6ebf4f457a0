"""Rules about operations and messages of service, send and receive tasks, and of message events (BPMN 2.0.2 §8.4.3, §10.3.3).

What is only about web services is told and does not stop a deployment. May import `index`, `report` and `rule.data`.
"""

from signoff.notation.bpmn_reader.index import Index, is_executable
from signoff.notation.bpmn_reader.rule.data import differ, item_of
from signoff.notation.xml.element import Element
from signoff.notation.xml.report import Report


def _operations(index: Index, report: Report) -> None:
    for task in index.all("serviceTask"):
        operation = index.find(task.get("operationRef"), "operation")
        if operation is None:
            continue
        specification = task.first("ioSpecification")
        sets = specification.all("inputSet") if specification is not None else []
        if len(sets) > 1:
            report.refuse("bpmn_one_input_set", task, count=len(sets))
        if not sets and operation.all("inMessageRef"):
            report.warn("bpmn_one_input_set", task, count=0)
        for child, reference in (("dataInput", "inMessageRef"), ("dataOutput", "outMessageRef")):
            _matches(index, report, task, child, index.find(operation.words(reference), "message"))


def _messages(index: Index, report: Report) -> None:
    for name, child, group in (
        ("sendTask", "dataInput", "inputSet"),
        ("receiveTask", "dataOutput", "outputSet"),
    ):
        for task in index.all(name):
            message = index.find(task.get("messageRef"), "message")
            specification = task.first("ioSpecification")
            if message is None or specification is None:
                continue
            if len(specification.all(group)) > 1:
                report.refuse("bpmn_one_set_at_most", task, name=group)
            _matches(index, report, task, child, message)


def _matches(index: Index, report: Report, task: Element, child: str, message: Element | None) -> None:
    """What goes in or comes out is what the message carries."""
    specification = task.first("ioSpecification")
    own = specification.all(child) if specification is not None else []
    carried = item_of(index, message, "itemRef")
    if own and message is not None and all(differ(carried, item_of(index, one)) for one in own):
        report.warn("bpmn_message_item", task, name=message.id)


def _no_operation(index: Index, report: Report) -> None:
    """Only web services need an operation; here a message goes by its name."""
    for definition in index.all("messageEventDefinition"):
        if (
            is_executable(definition)
            and not definition.words("operationRef")
            and not definition.get("operationRef")
        ):
            around = definition.parent
            named = definition.id or (around.id if around is not None else "")
            report.warn("bpmn_no_operation", definition, named=named)


def _interfaces(index: Index, report: Report) -> None:
    for callable_ in index.all(
        "process", "globalTask", "globalUserTask", "globalScriptTask", "globalManualTask"
    ):
        if callable_.all("supportedInterfaceRef") and not callable_.all("ioBinding"):
            report.refuse("bpmn_no_binding", callable_)


MESSAGE = (_operations, _messages, _no_operation, _interfaces)
