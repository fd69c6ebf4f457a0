"""A process of the file as a definition of the model: its nodes, flows, lanes and data. May import the model and the readers."""

from collections.abc import Iterator
from dataclasses import replace

from signoff.errors import Place
from signoff.model.definition import Definition, Lane, Start
from signoff.model.expression import Expression
from signoff.model.gate import Form
from signoff.model.node import Node, SequenceFlow
from signoff.model.nodes import UserTask
from signoff.notation.bpmn_reader import own, person
from signoff.notation.bpmn_reader.context import Context, label
from signoff.notation.bpmn_reader.form import declared, form
from signoff.notation.bpmn_reader.index import FLOW_NODES, SUB_PROCESSES, nodes_of, plain, process_id
from signoff.notation.bpmn_reader.node import initial, node
from signoff.notation.xml.element import Element
from signoff.notation.xml.namespace import JAVA


def definition(context: Context, process: Element) -> Definition:
    """The process as far as it could be read; what could not stands in the report."""
    context.fresh()
    started = _initiators(context, process)
    nodes: dict[str, Node] = {}
    for element in _elements(process):
        made = node(context, element)
        if made is not None and (not made.scope or made.scope in nodes):  # else what is around it was refused
            nodes[made.id] = made
    flows = {flow.id: flow for flow in _flows(context, process, nodes)}
    lanes = {lane.id: lane for lane in _lanes(context, process)}
    nodes |= _owned(nodes, lanes)
    text = label(process)
    whole = Definition(
        id=process_id(process),
        label=text,
        nodes=nodes,
        flows=flows,
        data=declared(process),
        roles=context.roles,
        start=Start(form=_start_form(process)),
        lang="zh" if text.zh else "en",
        open=True,
        initial=(*started, *initial(context, process)),
        messages=context.messages,
        signals=context.signals,
        errors=context.errors,
        escalations=context.escalations,
        lanes=lanes,
    )
    return own.overlaid(context, own.settings(process), whole)


def places(process: Element) -> dict[str, Place]:
    """Where each element of a process stands, by its id."""
    return {element.id: element.place for element in process.walk() if element.id}


def _elements(scope: Element) -> Iterator[Element]:
    """All flow nodes, those of sub-processes after the sub-process itself."""
    for element in nodes_of(scope):
        yield element
        if element.name in SUB_PROCESSES:
            yield from _elements(element)


def _initiators(context: Context, process: Element) -> tuple[tuple[str, Expression], ...]:
    """The variables that a vendor fills with who started."""
    names = [start.foreign("initiator", JAVA) for start in process.all("startEvent")]
    context.initiators.update(filter(None, names))
    return tuple((name, Expression("starter.id")) for name in dict.fromkeys(filter(None, names)))


def _start_form(process: Element) -> Form:
    for start in process.all("startEvent"):
        if (found := form(start)).writable:
            return found
    return Form()


def _flows(context: Context, process: Element, nodes: dict[str, Node]) -> Iterator[SequenceFlow]:
    scopes = [process, *(one for one in _elements(process) if one.name in SUB_PROCESSES)]
    count = 0
    written = [flow for scope in scopes for flow in scope.all("sequenceFlow")]
    for element in sorted(written, key=own.flow_order):
        source, target = plain(element.get("sourceRef")), plain(element.get("targetRef"))
        count += 1
        if source not in nodes or target not in nodes:  # told elsewhere
            continue
        condition = own.flow_condition(element) or _condition(context, element, source)
        id = own.flow_id(element) or f"{source}.to.{target}.{count}"
        yield SequenceFlow(id, source, target, condition)
        for n in range(2, _tokens(context, source) + 1):
            yield SequenceFlow(f"{id}.{n}", source, target, condition)


_MOST_TOKENS = 100


def _tokens(context: Context, source: str) -> int:
    """How many tokens leave an activity on each flow (`completionQuantity`): so many flows do the same."""
    around = context.index.find(source)
    written = around.get("completionQuantity", "1") if around is not None else "1"
    if around is None or not written.isascii() or not written.isdigit():
        return 1
    if int(written) > _MOST_TOKENS:
        context.report.refuse("bpmn_quantity", around, name="completionQuantity", value=written)
        return 1
    return int(written)


def _condition(context: Context, flow: Element, source: str) -> Expression | None:
    """The condition of a flow; a gateway that takes every flow asks for none, nor does a default flow."""
    condition = flow.first("conditionExpression")
    around = context.index.find(source, *FLOW_NODES)
    if condition is None or around is None or around.name in {"parallelGateway", "eventBasedGateway"}:
        return None
    if flow.id and plain(around.get("default")) == flow.id:
        return None
    return context.formulas.condition(condition)


def _owned(nodes: dict[str, Node], lanes: dict[str, Lane]) -> dict[str, Node]:
    """The user tasks that name no owner: theirs is the role of the innermost lane that they lie in."""
    found: dict[str, Node] = {}
    for lane in lanes.values():  # an inner one stands behind the one around it
        for id in lane.nodes:
            task = nodes.get(id)
            if lane.role and isinstance(task, UserTask) and not task.owner:
                found[id] = replace(task, owner=(lane.role,))
    return found


def _lanes(context: Context, process: Element) -> Iterator[Lane]:
    for element in process.walk():
        if element.name != "lane" or not element.is_bpmn or not element.id:
            continue
        around = element.parent.parent if element.parent is not None else None
        inside = tuple(plain(reference.text) for reference in element.all("flowNodeRef"))
        yield Lane(
            element.id,
            label(element),
            role=person.lane(context, element),
            nodes=inside,
            parent=around.id if around is not None and around.name == "lane" else "",
        )
