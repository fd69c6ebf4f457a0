"""Who a user task is for: assignees and candidates of all vendors, resource roles of the standard, lanes.

Each becomes a role of the definition: a person, a group, or what data say when the task opens. May import the model
and the modules beside it that know no process.
"""

import re
from collections.abc import Iterator

from signoff.model.expression import Expression
from signoff.model.role import Role, RoleKind
from signoff.model.syntax import Path
from signoff.model.types import Text
from signoff.notation.bpmn_reader.context import Context
from signoff.notation.xml.element import Element
from signoff.notation.xml.namespace import JAVA

_RESOURCE = re.compile(r"\s*(?:(user|group)\s*\(\s*([^()]*)\s*\)|([^,()]+))\s*(?:,|$)")
_STARTER = ("$INITIATOR", "${INITIATOR}")  # what Flowable's and Activiti's modelers write for who started
_OF_DATA = (RoleKind.FIELD, RoleKind.COMPUTED, RoleKind.GROUPS)
_COMMA = re.compile(r",(?![^{]*\})")  # not inside ${…}


def owners(context: Context, task: Element) -> tuple[str, ...]:
    """The roles that may do a task: of whoever it is assigned to, else of its candidates."""
    assigned = [
        *(z.get("assignee") for z in _zeebe(task)),
        task.foreign("assignee", JAVA),
    ]  # migrated: the new one
    for text in filter(None, assigned):
        if role := _person(context, text, task):
            return (role,)
    found = list(_candidates(context, task))
    found += _resources(context, task)
    return tuple(dict.fromkeys(role for role in found if role))


def reads(context: Context, role: str) -> frozenset[str]:
    """The data that say who a role is."""
    found = context.roles.get(role)
    if found is None or found.kind not in _OF_DATA:
        return frozenset()
    return Expression(found.value).names


def lane(context: Context, element: Element) -> str:
    """The role of a lane: the group of its name."""
    name = element.get("name")
    return _group(context, name, element) if name else ""


def _zeebe(task: Element) -> list[Element]:
    return task.extensions("assignmentDefinition")


def _candidates(context: Context, task: Element) -> Iterator[str]:
    users = [task.foreign("candidateUsers", JAVA), *(z.get("candidateUsers") for z in _zeebe(task))]
    groups = [task.foreign("candidateGroups", JAVA), *(z.get("candidateGroups") for z in _zeebe(task))]
    for text in users:
        yield from (_person(context, one, task) for one in _listed(text))
    for text in groups:
        yield from (_group(context, one, task) for one in _listed(text))


def _resources(context: Context, task: Element) -> Iterator[str]:
    """`potentialOwner` and `humanPerformer`: `kermit`, `user(kermit), group(management)`, or a resource, which is a group."""
    for owner in task.all("potentialOwner", "humanPerformer", "performer"):
        for reference in owner.all("resourceRef"):
            resource = context.index.find(reference.text, "resource")
            if resource is not None and not owner.all("resourceAssignmentExpression"):
                yield _group(context, resource.get("name") or resource.id, owner)
        for around in owner.all("resourceAssignmentExpression"):
            for one in (*around.all("formalExpression", "expression"),):
                for match in _RESOURCE.finditer(one.text.strip()):
                    name = (match[2] or match[3] or "").strip()
                    is_person = match[1] == "user" or (not match[1] and owner.name != "potentialOwner")
                    if name:
                        yield (_person if is_person else _group)(context, name, owner)


def _listed(text: str) -> list[str]:
    if text.startswith("="):
        return [text]
    return [part.strip() for part in _COMMA.split(text) if part.strip()]


def _person(context: Context, text: str, element: Element) -> str:
    if text.upper() in _STARTER:
        return _role(context, Role("starter", RoleKind.STARTER))
    if not context.formulas.is_formula(text):
        return _role(context, Role(f"person:{text}", RoleKind.PERSON, text, Text.of(text, "en")))
    expression = context.formulas.value(text, element)
    if expression is None:
        return ""
    node = expression.node
    if isinstance(node, Path) and not node.fields and node.root in context.initiators:
        return _role(context, Role("starter", RoleKind.STARTER))
    if isinstance(node, Path):
        name = ".".join((node.root, *node.fields))
        return _role(context, Role(f"field:{name}", RoleKind.FIELD, name))
    return _role(context, Role(f"people:{expression.text}", RoleKind.COMPUTED, expression.text))


def _group(context: Context, text: str, element: Element) -> str:
    if context.formulas.is_formula(text):
        expression = context.formulas.value(text, element)
        if expression is None:
            return ""
        return _role(context, Role(f"groups:{expression.text}", RoleKind.GROUPS, expression.text))
    return _role(context, Role(f"group:{text}", RoleKind.GROUP, text, Text.of(text, "en")))


def _role(context: Context, role: Role) -> str:
    context.roles.setdefault(role.id, role)
    return role.id
