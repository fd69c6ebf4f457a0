"""One scope being drawn: its elements and flows, and how they are written as BPMN XML. Must import nothing of signoff."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"


@dataclass(slots=True)
class Element:
    """An element with its attributes and what stands in it, which is XML already."""

    tag: str
    settings: dict[str, str]
    inside: list[str] = field(default_factory=list)

    def written(self) -> str:
        said = "".join(f' {name}="{value}"' for name, value in self.settings.items())
        return f"<{self.tag}{said}>{''.join(self.inside)}</{self.tag}>"


class Sheet:
    """The elements of one scope, in the order drawn. `name` gives ids that are free in the whole file."""

    def __init__(self, name: Callable[[str], str]) -> None:
        self.name = name
        self.elements: dict[str, Element] = {}

    def add(self, tag: str, letter: str, *inside: str, **settings: str) -> str:
        """An element; its id, which begins with the letter."""
        id = self.name(letter)
        self.elements[id] = Element(tag, {"id": id, **settings}, list(inside))
        return id

    def flow(self, source: str, target: str, condition: str = "") -> str:
        """A sequence flow, with its condition; its id."""
        said = f"<conditionExpression>{formula(condition)}</conditionExpression>" if condition else ""
        return self.add("sequenceFlow", "f", said, sourceRef=source, targetRef=target)

    def default(self, source: str, target: str) -> None:
        """The flow that is taken when no condition holds."""
        self.elements[source].settings["default"] = self.flow(source, target)

    def written(self) -> str:
        return "\n".join(element.written() for element in self.elements.values())


def formula(text: str) -> str:
    """An expression as the file writes it."""
    return "${" + text.replace("<", "&lt;").replace(">", "&gt;") + "}"


def condition(text: str) -> str:
    return f"<conditionalEventDefinition><condition>{formula(text)}</condition></conditionalEventDefinition>"


def after(hours: int) -> str:
    return f"<timerEventDefinition><timeDuration>PT{hours}H</timeDuration></timerEventDefinition>"


def every(times: int, hours: int) -> str:
    return f"<timerEventDefinition><timeCycle>R{times}/PT{hours}H</timeCycle></timerEventDefinition>"


def event(kind: str, reference: str = "") -> str:
    """A message, signal, error or escalation event; without a reference it catches every code."""
    said = f' {kind}Ref="{reference}"' if reference else ""
    return f"<{kind}EventDefinition{said}/>"


def whole(processes: Mapping[str, str], names: Mapping[str, tuple[str, ...]]) -> str:
    """A file: what it declares (`names`: kind -> names), and its processes."""
    declared = [
        f'<{kind} id="{name}" name="{name}"{_code(kind, name)}/>' for kind in names for name in names[kind]
    ]
    drawn = [f'<process id="{id}" isExecutable="true">\n{text}\n</process>' for id, text in processes.items()]
    head = f'<definitions xmlns="{MODEL}" xmlns:camunda="{CAMUNDA}" targetNamespace="random">'
    return "\n".join([head, *declared, *drawn, "</definitions>"])


def _code(kind: str, name: str) -> str:
    return f' {kind}Code="{name}"' if kind in ("error", "escalation") else ""
