"""A file of ten thousand flow elements: tasks, gateways that loop back, flows, and their diagram."""

from tests.bpmn.sample import flow

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
 xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t">
<process id="big" isExecutable="true">
<startEvent id="s"/>"""


def large(nodes=4750):
    """A chain; every tenth node chooses to go back a little."""
    lines = [_HEAD]
    for n in range(nodes):
        if n % 10 == 9:
            lines.append(f'<exclusiveGateway id="t{n}" default="f{n + 1}"/>')
            lines.append(flow(f"t{n}", f"t{n - 3}", f"${{amount &gt; {n}}}", id=f"g{n}"))
        else:
            lines.append(f'<userTask id="t{n}" name="Task {n}"/>')
        lines.append(flow(f"t{n - 1}" if n else "s", f"t{n}", id=f"f{n}"))
    lines.append(flow(f"t{nodes - 1}", "e", id=f"f{nodes}"))
    lines.append('<endEvent id="e"/></process>')
    lines.append('<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="p" bpmnElement="big">')
    lines.extend(
        f'<bpmndi:BPMNShape id="t{n}_di" bpmnElement="t{n}"><dc:Bounds x="{n * 120}" y="0" width="100" height="80"/>'
        f'</bpmndi:BPMNShape><bpmndi:BPMNEdge id="f{n}_di" bpmnElement="f{n}"><di:waypoint x="{n}" y="40"/>'
        f'<di:waypoint x="{n + 20}" y="40"/></bpmndi:BPMNEdge>'
        for n in range(nodes)
    )
    lines.append("</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>")
    return "\n".join(lines)
