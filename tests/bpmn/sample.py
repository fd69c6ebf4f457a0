"""Small BPMN files, put together from their parts."""

import re

SPACES = {
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "flowable": "http://flowable.org/bpmn",
    "activiti": "http://activiti.org/bpmn",
}
_TAG = re.compile(r"(</?)(?=[a-z])(?![a-z]+:)")


def file(*parts, prefix="", attributes=""):
    """A file of these root elements; with a prefix, as some modelers write it."""
    spaces = " ".join(f'xmlns:{name}="{space}"' for name, space in SPACES.items())
    own = f"xmlns:{prefix}" if prefix else "xmlns"
    text = f'<definitions {own}="http://www.omg.org/spec/BPMN/20100524/MODEL" {spaces} {attributes} targetNamespace="t">'
    text = "\n".join([text, *parts, "</definitions>"])
    if prefix:
        text = _TAG.sub(rf"\1{prefix}:", text)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def process(id, *parts, attributes=""):
    return "\n".join([f'<process id="{id}" isExecutable="true" {attributes}>', *parts, "</process>"])


def flow(source, target, condition="", id=""):
    id = id or f"{source}-{target}"
    inside = f"<conditionExpression xsi:type='tFormalExpression'>{condition}</conditionExpression>"
    return f'<sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}">{inside if condition else ""}</sequenceFlow>'
