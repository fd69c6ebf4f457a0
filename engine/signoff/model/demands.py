"""Static analysis of gates: what votes are bound to, and whether what is demanded can be met at all.

Codes G02, G03, G04, G09, G10, G11, G14, G15, F06. May import the rest of model/.
"""

from collections.abc import Iterable

from signoff.model.course import Course
from signoff.model.definition import Definition
from signoff.model.finding import Finder
from signoff.model.formula import computed_from
from signoff.model.gate import NEXT_GATE, Approval, Binding, Form, Rule, Strength
from signoff.model.nodes import Activity, GateTask, HumanTask, Node, UserTask
from signoff.model.role import ASKED, RoleKind
from signoff.model.voting import voting


def demands(definition: Definition, course: Course, finder: Finder, *, partial: bool) -> None:
    """Everything about gates; `partial`: not what may only be missing."""
    for node in definition.nodes.values():
        if isinstance(node, HumanTask):
            _gate(definition, node, finder, partial=partial)
            if not partial and node.id in course.at:
                _delivered(course, node, finder)
    if not partial:
        _reopened(definition, course, finder)


def _gate(definition: Definition, node: HumanTask, finder: Finder, *, partial: bool) -> None:
    if not partial and isinstance(node, GateTask) and not node.gate.approvals and not node.owner:
        finder.tell("G14", node.id, name=node.id)
    if node.lapses and node.gate.approvals:
        finder.tell("G04", f"{node.id}|lapses", "lapses_gate", name=node.id)
    for n, entry in enumerate(node.gate.approvals):
        voting(definition, node.id, n, entry, finder)
        if entry.least.reaches(Strength.ATTESTED) and _binding(node, entry) == Binding():
            finder.tell("G09", f"{node.id}|approve|{n}", name=node.id)
        _unasked(definition, f"{node.id}|approve|{n}", "not_by", entry.not_by, finder)
    if isinstance(node, UserTask):
        if node.least.reaches(Strength.ATTESTED) and node.gate.binds == Binding():
            finder.tell("G09", f"{node.id}|sign", name=node.id)
        gate = node.gate
        if not (node.form != Form() or node.delivers or node.checklist or gate.approvals or gate.rules):
            finder.warn("F06", node.id, name=node.id)
    _holds(definition, node, finder)
    for rule in node.gate.rules:
        _unasked(definition, f"{node.id}|require|{rule.id}", "waive", rule.waive, finder)
        _rule(definition, node, rule, finder)


def _holds(definition: Definition, node: HumanTask, finder: Finder) -> None:
    """N09: a rung holds what is no gate; that of the defaults is told once."""
    holding = [(n, rung) for n, rung in enumerate(node.escalate) if rung.hold not in ("", NEXT_GATE)]
    if not holding:  # as nearly always: the gates are looked for once a rung asks
        return
    gates = [g.id for g in definition.nodes.values() if isinstance(g, HumanTask) and _is_gate(g)]
    for n, rung in holding:
        if rung.hold not in gates:
            own = f"{node.id}|escalate|{n}|hold"
            mark = own if own in finder.places else f"defaults|escalate|{n}|hold"
            finder.strange("N09", mark, rung.hold, [NEXT_GATE, *gates], "step_unknown")


def _is_gate(node: HumanTask) -> bool:
    return isinstance(node, GateTask) or bool(node.gate.approvals)


def _unasked(definition: Definition, mark: str, key: str, names: Iterable[str], finder: Finder) -> None:
    """G02: whom to keep out, or who may set a rule aside, no directory is asked; such a role would fit nobody."""
    for name in names:
        role = definition.roles.get(name)
        led = definition.roles.get(role.value) if role and role.kind is RoleKind.LEAD_OF else None
        if role and (role.kind in ASKED or (led is not None and led.kind is not RoleKind.GROUP)):
            finder.tell("G02", mark, "role_unasked", name=name, key=key)


def _binding(node: HumanTask, entry: Approval) -> Binding:
    return node.gate.binds if entry.binds is None else entry.binds


def _rule(definition: Definition, node: HumanTask, rule: Rule, finder: Finder) -> None:
    """G10: it reads nothing; G11: nobody can make it hold here."""
    mark = f"{node.id}|require|{rule.id}"
    names, documents = rule.test.names, rule.test.documents
    if not (names or documents or rule.test.steps):
        finder.warn("G10", mark, name=rule.id)
        return
    if rule.warn or rule.waive or set(node.gate.return_to) - {node.id} or definition.asks(node):
        return
    own = set(node.form.writable) if isinstance(node, UserTask) else set()
    delivers = set(node.delivers) if isinstance(node, UserTask) else set()
    can_change = own | computed_from(definition, frozenset(own))
    if not (names & can_change or documents & delivers):
        finder.tell("G11", mark, name=node.id, names=sorted(names | documents))


def _delivered(course: Course, node: HumanTask, finder: Finder) -> None:
    """G03: a vote is bound to a document that nothing before delivers."""
    own = node.delivers if isinstance(node, UserTask) else ()
    known = course.at[node.id].documents.union(own)
    bindings = [node.gate.binds, *(e.binds for e in node.gate.approvals if e.binds)]
    for document in dict.fromkeys(d for binding in bindings for d in binding.documents):
        if document not in known:
            finder.tell("G03", f"{node.id}|binds|{document}", name=document, step=node.id)


def _reopened(definition: Definition, course: Course, finder: Finder) -> None:
    """G15: a later step writes what earlier votes are bound to."""
    bound: dict[str, set[str]] = {}  # data -> steps whose votes are bound to it
    for node in definition.nodes.values():
        if isinstance(node, HumanTask):
            for name in {name for entry in node.gate.approvals for name in _binding(node, entry).data}:
                bound.setdefault(name, set()).add(node.id)
    for node in definition.nodes.values():
        known = course.at.get(node.id)
        for mark, name in writes(node) if known else ():
            for step in sorted(bound.get(name, set()) & known.before - {node.id} if known else ()):
                finder.warn("G15", mark, name=name, step=step)


def writes(node: object) -> list[tuple[str, str]]:
    """What a node writes: where that is said, and the name of the data."""
    if not isinstance(node, Node):
        return []
    assigned = (*getattr(node, "assign", ()), *getattr(node, "accepts", ()))
    found = [(f"{node.id}|set|{target}", target.partition(".")[0]) for target, _ in assigned]
    if isinstance(node, UserTask):
        found += [(f"{node.id}|fill|{name}", name) for name in node.form.fill]
        found += [(f"{node.id}|edit|{name}", name) for name in node.form.edit]
    if isinstance(node, Activity) and node.multi:
        found += [
            (f"{node.id}|collect|{target}", target.partition(".")[0]) for target, _ in node.multi.collect
        ]
    return found
