"""Tasks and calls of the file as activities of the model. May import the model and the readers of parts."""

from collections.abc import Callable, Mapping
from typing import Any

from signoff.model import nodes as m
from signoff.model.expression import Expression
from signoff.model.node import Assignments, Node
from signoff.notation.bpmn_reader import mapping, moment, own, person
from signoff.notation.bpmn_reader.context import Context
from signoff.notation.bpmn_reader.form import form
from signoff.notation.bpmn_reader.handler import handler, named
from signoff.notation.bpmn_reader.index import plain
from signoff.notation.bpmn_reader.repetition import repetition
from signoff.notation.bpmn_reader.trigger import key_of, message
from signoff.notation.xml.element import Element
from signoff.notation.xml.namespace import JAVA
from signoff.time.relative import When

Settings = dict[str, Any]  # the fields of a node of which only its class knows the types


def activity(context: Context, element: Element, common: Settings) -> Settings:
    """What every activity has, beside what every node has."""
    wanted = element.get("startQuantity", "1") or "1"
    return {
        **common,
        "start_quantity": int(wanted)
        if wanted.isdecimal()
        else 1,  # what is no such number is refused by a rule
        "assign": mapping.outputs(context, element) if element.name not in _OWN_OUTPUTS else (),
        "loop": repetition(context, element),
        "default": default_of(context, element),
        "compensates": element.flag("isForCompensation"),
    }


def default_of(context: Context, element: Element) -> str:
    """The id of the default flow."""
    name = element.get("default")
    flow = context.index.find(name, "sequenceFlow") if name else None
    return own.flow_id(flow) if flow is not None else plain(name)


_OWN_OUTPUTS = frozenset({"callActivity"})


def _user(context: Context, element: Element, settings: Settings) -> Node:
    owner = person.owners(context, element)
    _unseen(context, element, settings["assign"], owner)
    return m.UserTask(**settings, owner=owner, form=form(element), due=_due(context, element))


def _unseen(context: Context, element: Element, assign: Assignments, owner: tuple[str, ...]) -> None:
    """What is handed in to a form under names of its own is shown to nobody; what reads such a name is refused."""
    inputs = mapping.inputs(context, element)
    changed = {name for name, value in inputs if value.text != name}
    reads = {name for _, value in assign for name in value.names}
    reads |= {name for role in owner for name in person.reads(context, role)}
    if changed & reads:
        context.report.refuse("bpmn_local_input", element, names=sorted(changed & reads))
    elif changed:
        context.report.warn("bpmn_input_unseen", element, names=sorted(changed))


def _due(context: Context, element: Element) -> When | None:
    written = [
        element.foreign("dueDate", JAVA),
        *(z.get("dueDate") for z in element.extensions("taskSchedule")),
    ]
    text = next(filter(None, written), "")
    return moment.due(context, element, text) if text else None


def _service(context: Context, element: Element, settings: Settings) -> Node:
    return m.ServiceTask(**settings, **_call(context, element), handler=handler(context, element))


def _call(context: Context, element: Element) -> Settings:
    return {
        "inputs": mapping.inputs(context, element),
        "retry": moment.retry(context, element),
        "timeout": moment.TIMEOUT,
    }


def _script(context: Context, element: Element, settings: Settings) -> Node:
    """A script is never evaluated; a FEEL expression of Zeebe is no script, but a value to be kept."""
    for script in element.extensions("script"):
        name, text = script.get("resultVariable"), script.get("expression")
        if name and text:
            found = context.formulas.value(text, script)
            kept = [(target, value) for target, value in settings["assign"] if target != name]
            own = ((name, found),) if found is not None else ()
            return m.AbstractTask(**{**settings, "assign": (*own, *kept)})
    return m.ScriptTask(**settings, **_call(context, element), handler=handler(context, element))


def _send(context: Context, element: Element, settings: Settings) -> Node:
    reference = element.get("messageRef")
    if reference and named(element) is None:
        id, key = message(context, reference, element), key_of(context, reference, element)
        return m.SendTask(**settings, **_call(context, element), handler="", message=id, key=key)
    return m.SendTask(**settings, **_call(context, element), handler=handler(context, element))


def _receive(context: Context, element: Element, settings: Settings) -> Node:
    reference = element.get("messageRef")
    id = message(context, reference, element) if reference else ""
    key = key_of(context, reference, element) if reference else None
    instantiate = element.flag("instantiate")
    if instantiate and not id:
        context.report.refuse("bpmn_message_unnamed", element)
    return m.ReceiveTask(**settings, message=id, key=key, instantiate=instantiate)


def _rule(context: Context, element: Element, settings: Settings) -> Node:
    decision = element.foreign("decisionRef", JAVA)
    for called in element.extensions("calledDecision"):
        decision = decision or called.get("decisionId")
    name = "" if decision else handler(context, element)
    return m.BusinessRuleTask(**settings, **_call(context, element), handler=name, decision=decision)


def _call_activity(context: Context, element: Element, settings: Settings) -> Node | None:
    name = element.get("calledElement")
    zeebe = next(iter(element.extensions("calledElement")), None)
    name = name or (zeebe.get("processId") if zeebe is not None else "")
    if not name or element.foreign("calledElementBinding", JAVA) not in {"", "latest", "deployment"}:
        code = "bpmn_called_version" if name else "bpmn_called_nothing"
        context.report.refuse(code, element, value=element.foreign("calledElementBinding", JAVA))
        return None
    computed = context.formulas.value(name, element) if context.formulas.is_formula(name) else None
    inputs, passes = _handed(context, element, "in")
    outputs, hands_back = _handed(context, element, "out")
    if zeebe is not None:
        if zeebe.get("bindingType", "latest") == "versionTag":
            context.report.refuse("bpmn_called_version", element, value="versionTag")
        passes = zeebe.get("propagateAllParentVariables", "true") != "false"
        hands_back = zeebe.get("propagateAllChildVariables", "true") != "false"
    return m.CallActivity(
        **settings,
        process="" if computed else plain(name),
        named=computed,
        inputs=(*inputs, *mapping.inputs(context, element)),
        outputs=(*outputs, *mapping.outputs(context, element)),
        passes=passes or element.foreign("inheritVariables", JAVA) == "true",
        hands_back=hands_back,
    )


def _handed(context: Context, element: Element, way: str) -> tuple[Assignments, bool]:
    """The mappings of one direction, and whether everything is handed over."""
    found: dict[str, Expression] = {}
    everything = False
    for one in element.extensions(way):
        everything = everything or one.get("variables") == "all"
        target, source = one.get("target"), one.get("source")
        text = one.get("sourceExpression")
        if target and (source or text):
            value = context.formulas.value(text, one) if text else context.formulas.read(source, one)
            if value is not None:
                found[target] = value
    return tuple(found.items()), everything


TASKS: Mapping[str, Callable[[Context, Element, Settings], Node | None]] = {
    "userTask": _user,
    "serviceTask": _service,
    "scriptTask": _script,
    "sendTask": _send,
    "receiveTask": _receive,
    "businessRuleTask": _rule,
    "callActivity": _call_activity,
    "manualTask": lambda _, _element, settings: m.ManualTask(**settings),
    "task": lambda _, _element, settings: m.AbstractTask(**settings),
}
