"""A definition, and the state machine of one, as Mermaid text for READMEs.

Ids are numbered, so that no id of a file can be read as syntax; labels are quoted and escaped. May import model
and the sibling machine.
"""

import re
from collections.abc import Iterator, Mapping

from transitions.extensions.nesting import NestedState

from signoff.model.definition import Definition
from signoff.model.nodes import (
    BoundaryEvent,
    BusinessRuleTask,
    ComplexGateway,
    EndEvent,
    EventBasedGateway,
    ExclusiveGateway,
    GateTask,
    HumanTask,
    InclusiveGateway,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    Node,
    ParallelGateway,
    ScriptTask,
    SendTask,
    ServiceTask,
    StartEvent,
    SubProcess,
    TerminateEndEvent,
)
from signoff.notation.machine import GO, ProcessMachine

_FORMS: Mapping[type[Node], tuple[str, str]] = {
    StartEvent: ("((", "))"),
    EndEvent: ("(((", ")))"),
    TerminateEndEvent: ("(((", ")))"),
    IntermediateCatchEvent: ("((", "))"),
    IntermediateThrowEvent: ("((", "))"),
    BoundaryEvent: ("((", "))"),
    ExclusiveGateway: ("{", "}"),
    ParallelGateway: ("{", "}"),
    InclusiveGateway: ("{", "}"),
    EventBasedGateway: ("{", "}"),
    ComplexGateway: ("{", "}"),
    GateTask: ("{{", "}}"),
    ServiceTask: ("[[", "]]"),
    SendTask: ("[[", "]]"),
    ScriptTask: ("[[", "]]"),
    BusinessRuleTask: ("[[", "]]"),
}
_SIGNS: Mapping[type[Node], str] = {
    ExclusiveGateway: "×",
    ParallelGateway: "+",
    InclusiveGateway: "○",
    EventBasedGateway: "⬠",
    ComplexGateway: "✱",
    StartEvent: " ",
    EndEvent: " ",
    IntermediateCatchEvent: "⏱",
    BoundaryEvent: "⏱",
}
_STATES: Mapping[str, Mapping[str, str]] = {
    "zh": {"work": "办理", "gate": "审批", "passed": "通过", "done": "完成", "choice": "?"},
    "en": {"work": "work", "gate": "gate", "passed": "passed", "done": "done", "choice": "?"},
}
_HIDDEN = ("reused__", "not stale__", "not reused__")


# processes ----------------------------------------------------------------------------------------------


def flowchart(definition: Definition, lang: str) -> str:
    """The process as a Mermaid flowchart: stages as subgraphs, approvals marked, conditions on their flows."""
    names = {id: f"n{n}" for n, id in enumerate(definition.nodes)}
    lines = ["flowchart LR", *_scope(definition, "", names, lang, "  ")]
    for flow in definition.flows.values():
        label = f'|"{_safe(flow.condition.text)}"|' if flow.condition else ""
        lines.append(f"  {names[flow.source]} -->{label} {names[flow.target]}")
    events = (node for node in definition.nodes.values() if isinstance(node, BoundaryEvent))
    lines += [f"  {names[node.host]} -.- {names[node.id]}" for node in events]
    return "\n".join(lines) + "\n"


def _scope(
    definition: Definition, scope: str, names: Mapping[str, str], lang: str, indent: str
) -> Iterator[str]:
    for node in definition.nodes.values():
        if node.scope != scope:
            continue
        if isinstance(node, SubProcess):
            yield f'{indent}subgraph {names[node.id]}["{_title(node, lang)}"]'
            yield from _scope(definition, node.id, names, lang, indent + "  ")
            yield f"{indent}end"
        else:
            before, after = _FORMS.get(type(node), ("[", "]"))
            yield f'{indent}{names[node.id]}{before}"{_title(node, lang)}"{after}'


def _title(node: Node, lang: str) -> str:
    """The label, a sign where there is none, and a mark where approvals are asked for."""
    label = node.label.get(lang)
    if not label or (label == node.id and type(node) in _SIGNS):
        return _SIGNS.get(type(node), _safe(node.id))
    sealed = " ✔" if isinstance(node, HumanTask) and node.gate.approvals else ""
    return _safe(label) + sealed


def _safe(text: str) -> str:
    """Nothing that ends a quoted label or begins markup; Mermaid's own escapes are numeric."""
    return re.sub(r"[\"#<>&;`\\\n|]", lambda found: f"#{ord(found[0])};", text)


# states -------------------------------------------------------------------------------------------------


def machine_mermaid(machine: ProcessMachine) -> str:
    """The machine as a Mermaid state diagram; demands stand in brackets behind their trigger."""
    names = {path: f"s{n}" for n, path in enumerate(machine.kinds)}
    lines = ["stateDiagram-v2", f"  [*] --> {names['.start']}"]
    for state in machine.states.values():
        lines += _state(machine, state, state.name, names, "  ")
    for trigger, event in machine.events.items():
        for source, transitions in event.transitions.items():
            for row in transitions:
                demands = [str(c.func) for c in row.conditions if not _hides(str(c.func))]
                if trigger == GO and any(str(c.func).startswith("reused__") for c in row.conditions):
                    continue
                said = "" if trigger == GO else trigger.partition(":")[0]
                label = f"{said} [{', '.join(demands)}]".strip() if demands else said
                target = names[str(row.dest)]
                lines.append(f"  {names[source]} --> {target}" + (f": {_plain(label)}" if label else ""))
    lines += [f"  {names[path]} --> [*]" for path, kind in machine.kinds.items() if _is_end(path, kind)]
    return "\n".join(lines) + "\n"


def _hides(name: str) -> bool:
    return name.startswith((*_HIDDEN, "functools"))


def _is_end(path: str, kind: str) -> bool:
    return kind == "end" and path.startswith(".")


def _state(
    machine: ProcessMachine, state: NestedState, path: str, names: Mapping[str, str], indent: str
) -> Iterator[str]:
    """A state with those inside it; the branches of a parallel block are set apart by two dashes."""
    yield f'{indent}state "{_plain(_named(machine, path))}" as {names[path]}'
    children = list(state.states.values())
    if not children:
        return
    yield f"{indent}state {names[path]} {{"
    parallel = isinstance(state.initial, list)
    for n, child in enumerate(children):
        if parallel and n:
            yield f"{indent}  --"
        inner = f"{path}/{child.name}"
        if child.name == state.initial or parallel:
            yield f"{indent}  [*] --> {names[inner]}"
        yield from _state(machine, child, inner, names, indent + "  ")
    yield f"{indent}}}"


def _named(machine: ProcessMachine, path: str) -> str:
    """The label of a state in the machine's language, else what kind of state it is."""
    words = _STATES["zh" if machine.lang == "zh" else "en"]
    last = path.rpartition("/")[2]
    return machine.labels.get(path) or words.get(machine.kinds[path], last)


def _plain(text: str) -> str:
    return re.sub(r"[\"#;<>&\n:]", lambda found: f"#{ord(found[0])};", text)
