"""What goes into an activity and what comes out of it: parameters, mappings, result variables, data associations.

May import model.expression and the modules beside it that know no process.
"""

import keyword
import re
from collections.abc import Iterator

from signoff.model.expression import Expression
from signoff.model.node import Assignments
from signoff.notation.bpmn_reader.context import Context
from signoff.notation.xml.element import Element
from signoff.notation.xml.namespace import JAVA

_RESULT = Expression("result")
_SIGNS = re.compile(r"^(?:[$#]\{|=)\s*|\s*\}$|\s")  # around an expression that only names something


def inputs(context: Context, activity: Element) -> Assignments:
    """Names inside -> values outside."""
    found = list(_parameters(context, activity, "inputParameter"))
    found += _zeebe(context, activity, "input")
    drawn = list(_associated(context, activity, "dataInputAssociation"))
    renamed = any(target != value.text for target, value in drawn)
    found += drawn if renamed else []  # names that stay the same are in sight anyhow
    return tuple(dict(found).items())


def outputs(context: Context, activity: Element) -> Assignments:
    """Names outside -> values inside: what is assigned when the activity is done."""
    found: list[tuple[str, Expression]] = []
    if name := result_variable(activity):
        found.append((name, _RESULT))
    found += _parameters(context, activity, "outputParameter")
    found += _zeebe(context, activity, "output")
    drawn = _associated(context, activity, "dataOutputAssociation")
    found += [(target, value) for target, value in drawn if target != value.text]
    return tuple(dict(found).items())


def result_variable(activity: Element) -> str:
    """The variable that takes the result as a whole."""
    name = activity.foreign("resultVariable", JAVA) or activity.foreign("resultVariableName", JAVA)
    for one in activity.extensions("calledDecision", "script"):
        name = name or one.get("resultVariable")
    return name


def caught(context: Context, event: Element) -> Assignments:
    """What a catching event assigns: its mappings, and the code where a vendor's variable asks for it.

    The code is known where the event names it; of an event that catches every code it is not, and that is refused.
    """
    found = list(outputs(context, event))
    for definition in context.index.definitions(event):
        for kind, reference in (("error", "errorRef"), ("escalation", "escalationRef")):
            name = definition.foreign(f"{kind}CodeVariable", JAVA)
            declared = context.index.find(definition.get(reference), kind) if name else None
            if name and declared is None:
                context.report.refuse("bpmn_extension", definition, name=f"{kind}CodeVariable", value=name)
            elif declared is not None and (code := declared.get(f"{kind}Code") or declared.id):
                literal = context.formulas.literal(code, definition)
                found += [(name, literal)] if literal is not None else []
    return tuple(dict(found).items())


def value(context: Context, name: str, text: str, element: Element) -> Iterator[tuple[str, Expression]]:
    """A name and its value, unless the value was refused."""
    found = context.formulas.value(text, element)
    if found is not None:
        yield name, found


def _parameters(context: Context, activity: Element, kind: str) -> Iterator[tuple[str, Expression]]:
    """Those of the activity, then those of the connector in it, which the same handler serves."""
    inside = [child for connector in activity.extensions("connector") for child in connector.children]
    for group in (*activity.extensions("inputOutput"), *inside):
        for parameter in group.children if group.name == "inputOutput" else ():
            if parameter.name != kind:
                continue
            found = _parameter(context, parameter)
            if found is not None:
                yield parameter.get("name"), found


def _parameter(context: Context, parameter: Element) -> Expression | None:
    """One expression, a list of them, or a map whose keys are names; a script is refused."""
    if not parameter.children:
        return context.formulas.value(parameter.text, parameter)
    (first, *more) = parameter.children
    if more or any(one.children for one in first.children):
        _refuse(context, parameter)
        return None
    if first.name == "list":
        items = [context.formulas.value(one.text, one) for one in first.children]
        return Expression.of(f"[{', '.join(one.text for one in items if one is not None)}]")
    if first.name == "map" and all(is_name(one.get("key")) for one in first.children):
        parts = [(one.get("key"), context.formulas.value(one.text, one)) for one in first.children]
        return Expression.of(f"record({', '.join(f'{key}={one.text}' for key, one in parts if one)})")
    _refuse(context, parameter)
    return None


def _refuse(context: Context, parameter: Element) -> None:
    context.report.refuse("bpmn_parameter", parameter, name=parameter.get("name"))


def _zeebe(context: Context, activity: Element, kind: str) -> Iterator[tuple[str, Expression]]:
    for group in activity.extensions("ioMapping"):
        for one in group.children:
            if one.name == kind:
                yield from value(context, one.get("target"), one.get("source"), one)


def _associated(context: Context, activity: Element, kind: str) -> Iterator[tuple[str, Expression]]:
    """Data associations: what they compute, else between what has a name on both sides; the others only draw a line."""
    for association in activity.all(kind):
        if _of_loop(activity, association):
            continue
        source, target = (_data(context, association.words(end)) for end in ("sourceRef", "targetRef"))
        if association.all("transformation", "assignment"):
            yield from _computed(context, association, target)
        elif is_name(source) and is_name(target):
            yield target, Expression(source)


def _of_loop(activity: Element, association: Element) -> bool:
    """Whether it brings what several instances run over, or takes what they give: that is said by their loop."""
    loops = activity.all("multiInstanceLoopCharacteristics")
    lists = {loop.words(end) for loop in loops for end in ("loopDataInputRef", "loopDataOutputRef")} - {""}
    return not lists.isdisjoint({association.words("sourceRef"), association.words("targetRef")})


def _computed(context: Context, association: Element, target: str) -> Iterator[tuple[str, Expression]]:
    """Its assignments, which say where to, else its transformation, which is the value of the target (§10.4.2)."""
    said = [(part.words("to"), part.first("from")) for part in association.all("assignment")]
    for written, source in said or [(target, association.first("transformation"))]:
        name = _data(context, written) or _SIGNS.sub("", written)
        found = _source(context, source)
        if all(map(is_name, name.split("."))) and found is not None:
            yield name, found
        elif found is not None or not context.report.errors:
            context.report.refuse("bpmn_association", association, name=written)


def _source(context: Context, source: Element | None) -> Expression | None:
    """An expression; in files for jBPM, whose texts are Java's, one without its signs is the text itself."""
    if (
        source is None
        or not _is_of_jbpm(context.index.root)
        or source.get("language")
        or _ACCESS.search(source.text)
    ):
        return context.formulas.condition(source)
    return context.formulas.value(source.text, source)


def _is_of_jbpm(root: Element) -> bool:
    languages = f"{root.get('typeLanguage')} {root.get('expressionLanguage')}"
    return "java" in languages or "mvel" in languages or DROOLS in root.source.nsmap.values()


DROOLS = "http://www.jboss.org/drools"
#: Functions of XPath by which BPMN reaches data (§10.4.3).
_ACCESS = re.compile(r"\bget(?:Data|Process|Activity|Event)\w*\s*\(")


def _data(context: Context, reference: str) -> str:
    """The name of a data object, property, input or output; of a data store, which lies outside, none."""
    found = context.index.find(reference)
    if found is not None and found.name == "dataObjectReference":
        found = context.index.find(found.get("dataObjectRef")) or found
    name = found.get("name") if found is not None and not found.name.startswith("dataStore") else ""
    return "" if name.startswith("__") else name  # what modelers put in where nothing has a name


def is_name(text: str) -> bool:
    """Whether an expression can name data so."""
    return text.isidentifier() and not keyword.iskeyword(text) and text not in {"true", "false", "null"}
