"""One flow node of the file as one node of the model: events, gateways, tasks, sub-processes.

What has no meaning is refused here, at the element; whoever asks gets None then. May import the model and the other
readers of this package.
"""

from collections.abc import Callable, Mapping
from typing import Any

from signoff.model import nodes as m
from signoff.model.expression import Expression
from signoff.model.node import Node
from signoff.model.types import Text
from signoff.notation.bpmn_reader import mapping, own
from signoff.notation.bpmn_reader.context import Binding, Context, label
from signoff.notation.bpmn_reader.handler import handler, how, named
from signoff.notation.bpmn_reader.index import ACTIVITIES, SUB_PROCESSES, scope_of
from signoff.notation.bpmn_reader.task import TASKS, activity, default_of
from signoff.notation.bpmn_reader.trigger import trigger
from signoff.notation.xml.element import Element
from signoff.notation.xml.namespace import JAVA

Build = Callable[[Context, Element], Node | None]


def node(context: Context, element: Element) -> Node | None:
    """The node of an element; None when it was refused."""
    settings = own.settings(element)
    if settings is not None and own.is_whole(settings):
        made = own.whole(context, settings, common(element))
    else:
        made = _BUILDERS[element.name](context, element)
        made = own.overlaid(context, settings, made) if made is not None else None
    name = getattr(made, "handler", "")
    if name and not isinstance(made, m.BoundaryEvent):
        context.bindings.append(Binding(name, element.id, element.line, how(element, name)))
    return made


def common(element: Element) -> dict[str, Any]:
    """What every node has."""
    around = scope_of(element)
    text = element.words("documentation")
    return {
        "id": element.id,
        "label": label(element),
        "scope": around.id if around is not None and around.name in SUB_PROCESSES else "",
        "help": Text.of(text, "zh" if any("\u2e80" <= sign <= "\u9fff" for sign in text) else "en"),
    }


# events -------------------------------------------------------------------------------------------------


def _start(context: Context, element: Element) -> Node | None:
    around = scope_of(element)
    if around is not None and around.flag("triggeredByEvent"):  # its event stands on the sub-process
        return m.StartEvent(**common(element))
    event = trigger(context, element)
    if event is None and context.index.definitions(element):
        return None
    return m.StartEvent(**common(element), event=event, assign=mapping.outputs(context, element))


def _end(context: Context, element: Element) -> Node | None:
    kinds = context.index.kinds(element)
    if "terminate" in kinds:
        if len(kinds) > 1:
            context.report.refuse("bpmn_terminate_and_more", element, found=kinds)
        (definition, *_) = element.all("terminateEventDefinition") or context.index.definitions(element)
        whole = definition.foreign("terminateAll", JAVA) == "true"
        return m.TerminateEndEvent(**common(element), whole_process=whole)
    event = trigger(context, element)
    if event is None and kinds:
        return None
    inputs = mapping.inputs(context, element)
    return m.EndEvent(**common(element), event=event, inputs=inputs, handler=_sender(context, element))


def _catch(context: Context, element: Element) -> Node | None:
    event = trigger(context, element)
    if event is None:
        return None
    return m.IntermediateCatchEvent(**common(element), event=event, assign=mapping.outputs(context, element))


def _throw(context: Context, element: Element) -> Node | None:
    event = trigger(context, element)
    if event is None and context.index.kinds(element):
        return None
    inputs = mapping.inputs(context, element)
    return m.IntermediateThrowEvent(
        **common(element), event=event, inputs=inputs, handler=_sender(context, element)
    )


def _sender(context: Context, element: Element) -> str:
    """The code that sends a message, where a vendor's extension names it or the message has no name."""
    definition = element.first("messageEventDefinition")
    if definition is None:
        return ""
    nameless = not definition.get("messageRef") and f"{element.id}.message" in context.messages
    return handler(context, element) if named(element) or nameless else ""


def _boundary(context: Context, element: Element) -> Node | None:
    event = trigger(context, element)
    host = context.index.find(element.get("attachedToRef"), *ACTIVITIES)
    if event is None or host is None:
        return None
    return m.BoundaryEvent(
        **common(element),
        host=host.id,
        event=event,
        interrupting=element.flag("cancelActivity", default=True),
        assign=mapping.caught(context, element),
        handler=_undoing(context, element) if isinstance(event, m.CompensateEvent) else "",
    )


def _undoing(context: Context, element: Element) -> str:
    """The activity that a compensation boundary is associated with."""
    found = [one for one in context.index.associated(element) if one.name in ACTIVITIES]
    if len(found) != 1:
        context.report.refuse("bpmn_compensation_none", element, count=len(found))
        return ""
    return found[0].id


# gateways -----------------------------------------------------------------------------------------------


def _exclusive(context: Context, element: Element) -> Node:
    flows = context.index.outgoing.get(element.id, [])
    default = default_of(context, element)
    for flow in flows if len(flows) > 1 else ():
        if own.flow_id(flow) != default and not flow.words("conditionExpression"):
            context.report.refuse("bpmn_flow_no_condition", flow, name=element.id)
    return m.ExclusiveGateway(**common(element), default=default)


def _event_based(context: Context, element: Element) -> Node:
    del context
    parallel = element.get("eventGatewayType") == "Parallel"
    return m.EventBasedGateway(**common(element), instantiate=element.flag("instantiate"), parallel=parallel)


def _complex(context: Context, element: Element) -> Node:
    condition = context.formulas.condition(element.first("activationCondition"))
    return m.ComplexGateway(**common(element), activation=condition, default=default_of(context, element))


# sub-processes ------------------------------------------------------------------------------------------


def _sub_process(context: Context, element: Element) -> Node | None:
    inside = activity(context, element, common(element))
    inside["initial"] = (*initial(context, element), *mapping.inputs(context, element))
    if element.name == "transaction":
        return m.Transaction(**inside)
    if not element.flag("triggeredByEvent"):
        return m.SubProcess(**inside)
    start = element.first("startEvent")
    event = trigger(context, start) if start is not None else None
    if start is None or event is None:
        return None
    interrupting = start.flag("isInterrupting", default=True)
    accepts = mapping.caught(context, start)
    return m.EventSubProcess(**inside, event=event, interrupting=interrupting, accepts=accepts)


def _ad_hoc(context: Context, element: Element) -> Node:
    inside = activity(context, element, common(element))
    return m.AdHocSubProcess(
        **inside,
        initial=(*initial(context, element), *mapping.inputs(context, element)),
        sequential=element.get("ordering") == "Sequential",
        completion=context.formulas.condition(element.first("completionCondition")),
        cancel_remaining=element.flag("cancelRemainingInstances", default=True),
    )


def initial(context: Context, scope: Element) -> m.Assignments:
    """The data objects and properties of a scope, each with the value that it begins with."""
    found: dict[str, Expression] = {}
    for element in scope.all("dataObject", "property"):
        name = element.get("name") or element.id
        given = element.extensions("value")
        if not mapping.is_name(name):
            continue
        if not given:
            found[name] = Expression("null")
        elif value := _value(context, element, given[0]):
            found[name] = value
    return tuple(found.items())


def _value(context: Context, element: Element, given: Element) -> Expression | None:
    kind = element.get("itemSubjectRef").rpartition(":")[2].lower()
    text = given.text.strip()
    if kind in {"int", "integer", "long", "double", "float", "decimal", "boolean"}:
        return context.formulas.read(text, given)
    return context.formulas.literal(text, given)


def _task(build: Callable[[Context, Element, dict[str, Any]], Node | None]) -> Build:
    return lambda context, element: build(context, element, activity(context, element, common(element)))


_BUILDERS: Mapping[str, Build] = {
    "startEvent": _start,
    "endEvent": _end,
    "intermediateCatchEvent": _catch,
    "intermediateThrowEvent": _throw,
    "boundaryEvent": _boundary,
    "exclusiveGateway": _exclusive,
    "inclusiveGateway": lambda context, e: m.InclusiveGateway(**common(e), default=default_of(context, e)),
    "parallelGateway": lambda _, e: m.ParallelGateway(**common(e)),
    "eventBasedGateway": _event_based,
    "complexGateway": _complex,
    "subProcess": _sub_process,
    "transaction": _sub_process,
    "adHocSubProcess": _ad_hoc,
    **{name: _task(build) for name, build in TASKS.items()},
}
