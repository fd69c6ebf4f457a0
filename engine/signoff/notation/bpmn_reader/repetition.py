"""How an activity repeats: standard loops and multi-instance, in the words of the standard and of the vendors.

May import model.activities and the modules beside it that know no process.
"""

from signoff.model.activities import MultiInstance, Notable, Remark, StandardLoop
from signoff.model.expression import Expression
from signoff.model.node import Assignments
from signoff.notation.bpmn_reader.context import Context
from signoff.notation.bpmn_reader.trigger import trigger
from signoff.notation.xml.element import Element
from signoff.notation.xml.namespace import JAVA

Loop = MultiInstance | StandardLoop


def repetition(context: Context, activity: Element) -> Loop | None:
    """The loop of an activity, if it has one."""
    if loop := activity.first("standardLoopCharacteristics"):
        return _standard(context, loop)
    loop = activity.first("multiInstanceLoopCharacteristics")
    return _multiple(context, activity, loop) if loop is not None else None


def _standard(context: Context, loop: Element) -> StandardLoop:
    maximum = loop.get("loopMaximum")
    return StandardLoop(
        condition=context.formulas.condition(loop.first("loopCondition")),
        test_before=loop.flag("testBefore"),
        maximum=context.formulas.read(maximum, loop) if maximum else None,
    )


def _multiple(context: Context, activity: Element, loop: Element) -> MultiInstance:
    cardinality = context.formulas.condition(loop.first("loopCardinality"))
    collection, item = _collection(context, loop)
    if cardinality is None and collection is None and not loop.all("loopCardinality"):
        context.report.refuse("bpmn_loop_over_nothing", loop)
    return MultiInstance(
        item=item,
        collection=collection if cardinality is None else None,
        cardinality=cardinality,
        sequential=loop.flag("isSequential"),
        until=_until(context, loop),
        collect=_collect(context, activity, loop),
        behavior=_behavior(loop),
        remarks=_remarks(context, loop),
    )


def _until(context: Context, loop: Element) -> Expression | None:
    return context.formulas.condition(loop.first("completionCondition"))


def _collection(context: Context, loop: Element) -> tuple[Expression | None, str]:
    """What it runs over, and what each element is called."""
    for zeebe in loop.extensions("loopCharacteristics"):
        return context.formulas.value(zeebe.get("inputCollection"), zeebe), zeebe.get("inputElement")
    if text := loop.foreign("collection", JAVA):
        return context.formulas.read(text, loop), loop.foreign("elementVariable", JAVA)
    reference = loop.words("loopDataInputRef")
    if not reference:
        return None, loop.foreign("elementVariable", JAVA)
    item = loop.first("inputDataItem")
    name = _name_of(context, reference)
    return context.formulas.read(name, loop), (item.get("name") or item.id) if item is not None else ""


def _name_of(context: Context, reference: str) -> str:
    """The variable behind a data input: what is associated with it, else its name, else the reference itself."""
    found = context.index.find(reference)
    if found is None:
        return reference
    for association in context.index.all("dataInputAssociation"):
        if association.words("targetRef") == found.id and (source := association.words("sourceRef")):
            return _name_of(context, source)
    if found.name == "dataObjectReference" and found.get("dataObjectRef"):
        return _name_of(context, found.get("dataObjectRef"))
    return found.get("name") or found.id


def _collect(context: Context, activity: Element, loop: Element) -> Assignments:
    for zeebe in loop.extensions("loopCharacteristics"):
        if (name := zeebe.get("outputCollection")) and (text := zeebe.get("outputElement")):
            found = context.formulas.value(text, zeebe)
            return ((name, found),) if found is not None else ()
    reference, item = loop.words("loopDataOutputRef"), loop.first("outputDataItem")
    if not reference or item is None:
        return ()
    found = context.formulas.read(item.get("name") or item.id, loop)
    return ((_list_of(context, activity, reference), found),) if found is not None else ()


def _list_of(context: Context, activity: Element, reference: str) -> str:
    """The variable that a data output goes to."""
    for association in activity.all("dataOutputAssociation"):
        if association.words("sourceRef") == reference:
            return _name_of(context, association.words("targetRef"))
    return _name_of(context, reference)


def _behavior(loop: Element) -> Notable:
    written = loop.get("behavior", "All").lower()
    return Notable(written) if written in set(Notable) else Notable.ALL


def _remarks(context: Context, loop: Element) -> tuple[Remark, ...]:
    """The events that the ends of instances throw."""
    found = []
    for definition in loop.all("complexBehaviorDefinition"):
        event = definition.first("event")
        thrown = trigger(context, event) if event is not None else None
        if thrown is not None:
            found.append(Remark(thrown, context.formulas.condition(definition.first("condition"))))
    for attribute in ("oneBehaviorEventRef", "noneBehaviorEventRef"):
        referred = context.index.find(loop.get(attribute)) if loop.get(attribute) else None
        around = referred.parent if referred is not None else None
        thrown = trigger(context, around) if around is not None else None
        if thrown is not None:
            found.append(Remark(thrown))
    return tuple(found)
