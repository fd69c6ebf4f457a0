"""Small BPMN files from a drawing of their flows: `s > a > e; b > t`, and the elements that need more than a name.

An element that is only named is made by its first letter; everything else is given as XML. May import the sample files.
"""

import itertools
import re
from collections.abc import Iterator

from tests.bpmn.sample import file, flow, process

ROOTS = """
<message id='M' name='m'/><message id='N' name='n'/><signal id='S' name='s'/><signal id='R' name='r'/>
<error id='E' errorCode='E'/><error id='F' errorCode='F'/><escalation id='L' escalationCode='L'/>
<escalation id='K' escalationCode='K'/>
"""
_KINDS = {
    "s": "startEvent", "e": "endEvent", "x": "exclusiveGateway", "p": "parallelGateway", "i": "inclusiveGateway",
    "f": "endEvent", "g": "eventBasedGateway", "c": "complexGateway", "w": "serviceTask",
}  # fmt: skip
_ID = re.compile(r"<(?!sequenceFlow|association|dataObject|property)\w+ [^>]*?\bid='([^']+)'")
_CONDITION = re.compile(r"\[(.*?)\]")


def drawn(drawing: str, *elements: str) -> str:
    """The inside of a process or a sub-process."""
    given = {id for text in elements for id in _ID.findall(text)}
    steps = [part.strip() for chain in drawing.split(";") for part in chain.split(">")]
    plain = dict.fromkeys(_CONDITION.sub("", step).strip() for step in steps)
    made = [f"<{_KINDS.get(id[0], 'userTask')} id='{id}'/>" for id in plain if id and id not in given]
    return "\n".join([*made, *elements, *_flows(drawing)])


def _flows(drawing: str) -> Iterator[str]:
    """The flows of a drawing; `a > [x > 5] b` has a condition, in which `>` is written `gt`."""
    for chain in drawing.split(";"):
        steps = [step.strip() for step in chain.split(">")]
        for source, target in itertools.pairwise(steps):
            condition = _CONDITION.search(target)
            left, right = (_CONDITION.sub("", end).strip() for end in (source, target))
            text = (
                f"${{{condition[1].replace(' gt ', ' &gt; ').replace(' lt ', ' &lt; ')}}}"
                if condition
                else ""
            )
            yield flow(left, right, text)


def model(drawing: str, *elements: str, id: str = "p", more: str = "", attributes: str = "") -> str:
    """A file of one process; `more` are further roots."""
    return file(ROOTS, more, process(id, drawn(drawing, *elements), attributes=attributes))


def models(*processes: str, more: str = "") -> str:
    """A file of several processes."""
    return file(ROOTS, more, *processes)


def sub(id: str, drawing: str, *elements: str, attributes: str = "", kind: str = "subProcess") -> str:
    """A sub-process with its inside."""
    return f"<{kind} id='{id}' {attributes}>{drawn(drawing, *elements)}</{kind}>"


def beside(id: str, start: str, drawing: str, *elements: str, interrupting: bool = True) -> str:
    """An event sub-process that begins with this event definition, at `ID.s`."""
    flag = str(interrupting).lower()
    begin = f"<startEvent id='{id}.s' isInterrupting='{flag}'>{start}</startEvent>"
    return sub(id, f"{id}.s > {drawing}", begin, *elements, attributes="triggeredByEvent='true'")


def event(kind: str, id: str, inside: str = "", **attributes: str) -> str:
    """An event with its definitions: `event("boundaryEvent", "b", MESSAGE, attachedToRef="a")`."""
    given = " ".join(f"{name}='{value}'" for name, value in attributes.items())
    return f"<{kind} id='{id}' {given}>{inside}</{kind}>"


def boundary(id: str, host: str, inside: str, *, interrupting: bool = True, **attributes: str) -> str:
    """An event on an activity."""
    flag = str(interrupting).lower()
    return event("boundaryEvent", id, inside, attachedToRef=host, cancelActivity=flag, **attributes)
