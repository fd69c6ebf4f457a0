"""Every element of the model appears in every place where an element has to appear.

The elements are read from `model/nodes.py`.
"""

import dataclasses
import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import signoff_workflows
from signoff.kernel.elements.register import BEHAVIOURS
from signoff.model import activities, nodes
from signoff.model.course import Course
from signoff.model.definition import Definition
from signoff.notation.machine import ProcessMachine, machine
from signoff.notation.mermaid import flowchart
from signoff.notation.picture import place
from signoff.notation.yaml import read
from signoff.store.codec import decode_definition, encode_definition

ROOT = Path(__file__).resolve().parents[2]
ABSTRACT = {nodes.Node, nodes.Activity, nodes.HumanTask}
BPMN_ALONE = {  # of BPMN files; YAML has no word for them
    "AbstractTask",
    "AdHocSubProcess",
    "BusinessRuleTask",
    "ComplexGateway",
    "EventBasedGateway",
    "IntermediateThrowEvent",
    "ManualTask",
    "ReceiveTask",
    "ScriptTask",
    "SendTask",
    "StandardLoop",
    "Transaction",
}
OURS = {"GateTask", "RequestHandler", "RequestEffect"}  # of YAML alone; BPMN knows no such thing
WORDS: Mapping[str, str] = {  # what an element is called in YAML; an end event is the end of `steps`
    "StartEvent": "start",
    "EndEvent": "steps",
    "TerminateEndEvent": "end",
    "IntermediateCatchEvent": "wait",
    "BoundaryEvent": "upon",
    "ExclusiveGateway": "choose",
    "InclusiveGateway": "include",
    "ParallelGateway": "parallel",
    "UserTask": "step",
    "GateTask": "gate",
    "ServiceTask": "run",
    "CallActivity": "call",
    "SubProcess": "stage",
    "EventSubProcess": "upon",
    "MultiInstance": "each",
    "RequestHandler": "request",
    "RequestEffect": "request",
}
HEAD = "signoff: 1\nlang: en\nroles: {a: {group: a}}\ndata: {amount: {type: integer, default: 1}, items: {list_of: text, default: []}}\n"
CALLED = f"{HEAD}process: called\nsteps:\n  - {{step: x, owner: a, checklist: [x]}}\n"
SAMPLE = f"""{HEAD}process: sample
steps:
  - step: work
    owner: a
    checklist: [x]
    upon: [{{id: late, after: 3 days, interrupts: true}}]
  - gate: decide
    approve: {{by: a, declined: end}}
  - {{run: compute, handler: x.y}}
  - {{call: other, process: called}}
  - {{wait: pause, after: 3 days}}
  - stage: part
    steps: [{{step: inside, owner: a, checklist: [x]}}]
    upon: [{{id: instead, after: 3 days, interrupts: true, steps: [{{step: rescue, owner: a, checklist: [x]}}]}}]
  - each: one
    item: it
    in: items
    steps: [{{step: once, owner: a, checklist: [x]}}]
  - choose: way
    branches: [{{if: "amount > 1", steps: [{{step: b, owner: a, checklist: [x]}}]}}]
    otherwise: []
  - include: ways
    branches: [{{if: "amount > 1", steps: [{{step: c, owner: a, checklist: [x]}}]}}]
    otherwise: []
  - parallel: both
    branches:
      - steps: [{{step: d, owner: a, checklist: [x]}}]
      - steps: [{{step: e, owner: a, checklist: [x]}}]
  - {{end: enough, if: "amount > 1", outcome: stopped}}
upon:
  - {{request: more, by: [a], interrupts: true, approve: {{by: a}}, steps: [{{step: top-up, owner: a, checklist: [x]}}]}}
"""


def elements() -> list[type[Any]]:
    """The element classes of the model: concrete nodes, and what wraps an activity."""
    homes = {nodes.__name__, activities.__name__}
    found = [kind for _, kind in inspect.getmembers(nodes, inspect.isclass) if kind.__module__ in homes]
    loops = (nodes.MultiInstance, nodes.StandardLoop)
    return [k for k in found if (issubclass(k, nodes.Node) and k not in ABSTRACT) or k in loops]


# the places ----------------------------------------------------------------------------------------------


@cache
def sample() -> Definition:
    called = read(CALLED).definition
    return read(SAMPLE, known={"called": called}).definition


@cache
def chart() -> ProcessMachine:
    return machine(sample())


@cache
def known_where() -> Mapping[str, Any]:
    course = Course.of(sample())
    return course.at


@cache
def shapes() -> Mapping[str, Any]:
    return {shape.id: shape for shape in place(sample()).shapes}


@cache
def schema_words() -> frozenset[str]:
    path = Path(signoff_workflows.__file__).parent / "signoff.schema.json"

    def keys(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            yield from part.get("properties", ())
            for inner in part.values():
                yield from keys(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from keys(inner)

    return frozenset(keys(json.loads(path.read_text("utf-8"))))


@cache
def said(folder: str, pattern: str) -> str:
    texts = (ROOT / folder).rglob(pattern)
    return "\n".join(path.read_text("utf-8") for path in texts if path != Path(__file__))


def written(element: type[Any]) -> list[nodes.Node]:
    """The elements of this very kind in the sample."""
    found = sample().nodes.values()
    if element is nodes.MultiInstance:
        return [node for node in found if isinstance(node, nodes.Activity) and node.loop is not None]
    return [node for node in found if type(node) is element]


def in_node(element: type[Any]) -> bool:
    parameters = getattr(element, "__dataclass_params__", None)
    return parameters is not None and parameters.frozen and hasattr(element, "__slots__")


def in_check(element: type[Any]) -> bool:
    """The analysis comes to it: it knows what holds there, or where it sits."""
    return _each(element, lambda node: (getattr(node, "host", "") or node.id) in known_where())


def in_behaviour(element: type[Any]) -> bool:
    if element is nodes.BoundaryEvent:  # entered by what happens, wrapped around its host
        return not hasattr(element, "enter") and element not in BEHAVIOURS
    behaviour = BEHAVIOURS.get(element)
    return behaviour is not None and all(
        callable(getattr(behaviour, verb)) for verb in ("enter", "resume", "stop")
    )


def in_yaml(element: type[Any]) -> bool:
    return bool(written(element))


def in_schema(element: type[Any]) -> bool:
    return WORDS.get(element.__name__) in schema_words()


def in_store(element: type[Any]) -> bool:
    kept = decode_definition(encode_definition(sample()))
    return _each(element, lambda node: kept.nodes[node.id] == node)


def in_picture(element: type[Any]) -> bool:
    return _each(element, lambda node: node.id in shapes())


def in_mermaid(element: type[Any]) -> bool:
    lines = flowchart(sample(), "en")
    names = {id: f"n{n}" for n, id in enumerate(sample().nodes)}
    return _each(element, lambda node: re.search(rf"\b{names[node.id]}[\[({{>]", lines) is not None)


def in_machine(element: type[Any]) -> bool:
    return any(_has_state(node) for node in written(element))


def in_tests(element: type[Any]) -> bool:
    return re.search(rf"\b{element.__name__}\b", said("tests", "*.py")) is not None


def in_bpmn_reader(element: type[Any]) -> bool:
    return (
        re.search(rf"\b{element.__name__}\b", said("engine/signoff/notation/bpmn_reader", "*.py")) is not None
    )


def in_bpmn_writer(element: type[Any]) -> bool:
    return (
        re.search(rf"\b{element.__name__}\b", said("engine/signoff/notation/bpmn_writer", "*.py")) is not None
    )


def in_docs(element: type[Any]) -> bool:
    """By its name in BPMN, or by its word in YAML."""
    name = re.sub(r"(?<!^)(?=[A-Z])", " ", element.__name__).lower()
    text, word = said("docs", "*.md").lower(), WORDS.get(element.__name__)
    return (
        name in text
        or f"`{element.__name__.lower()}`" in text
        or (word is not None and (f"`{word}`" in text or f"{word}:" in text))
    )


def _each(element: type[Any], holds: Callable[[nodes.Node], bool]) -> bool:
    found = written(element)
    return bool(found) and all(holds(node) for node in found)


def _has_state(node: nodes.Node) -> bool:
    """A state of its own, or the beginning, an end, or a trigger that leads to it."""
    if isinstance(node, nodes.StartEvent | nodes.EndEvent):
        return (".start" if isinstance(node, nodes.StartEvent) else ".completed") in chart().kinds
    states = {path.rpartition("/")[2] for path in chart().kinds}
    return node.id in states or f"fire:{node.id}" in chart().events


PLACES: Mapping[str, Callable[[type[Any]], bool]] = {
    "node": in_node,
    "check": in_check,
    "behaviour": in_behaviour,
    "yaml": in_yaml,
    "schema": in_schema,
    "store": in_store,
    "picture": in_picture,
    "mermaid": in_mermaid,
    "machine": in_machine,
    "tests": in_tests,
    "bpmn_reader": in_bpmn_reader,
    "bpmn_writer": in_bpmn_writer,
}


WITHOUT_WORD = ("node", "behaviour", "tests", "bpmn_reader", "bpmn_writer")


def missing(element: type[Any]) -> list[str]:
    """The places in which an element does not appear."""
    name = element.__name__
    places = WITHOUT_WORD if name in BPMN_ALONE else PLACES
    return [
        each for each in places if not ((each == "bpmn_reader" and name in OURS) or PLACES[each](element))
    ]


@pytest.mark.parametrize("element", elements(), ids=lambda element: str(element.__name__))
def test_an_element_appears_in_every_place(element: type[Any]) -> None:
    assert missing(element) == []


@pytest.mark.parametrize("element", elements(), ids=lambda element: str(element.__name__))
def test_an_element_is_documented(element: type[Any]) -> None:
    assert in_docs(element)


def test_the_elements_are_those_of_the_model() -> None:
    assert {element.__name__ for element in elements()} == WORDS.keys() | BPMN_ALONE


def test_the_register_holds_nothing_but_elements() -> None:
    assert BEHAVIOURS.keys() <= set(elements())


def test_an_element_that_was_added_to_the_model_alone_is_found_out() -> None:
    novel = dataclasses.make_dataclass(
        "NovelTask", [], bases=(nodes.Activity,), frozen=True, slots=True, kw_only=True
    )
    assert missing(novel) == [name for name in PLACES if name != "node"]
    assert not in_docs(novel)
    thawed = type("ThawedTask", (), {})
    assert missing(thawed) == list(PLACES)
