"""What is missing before a step or a gate can be left: all of it, with who can supply it and since when.

`decide` refuses with this list and `why` prints it: one function, so the explanation cannot disagree with the
engine. Must import model and kernel below `run`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from signoff import sentences
from signoff.errors import WrongState
from signoff.kernel import ballot, reach, roster, subject
from signoff.kernel.sight import Sight, texts
from signoff.kernel.state import Activity, ActivityStatus, EntryStatus, GateRecord, GateStatus
from signoff.model.definition import Definition
from signoff.model.expression import ExpressionFault
from signoff.model.gate import Check, Rule
from signoff.model.nodes import GateTask, HumanTask, UserTask
from signoff.model.types import Text
from signoff.sentences import Sentence

__all__ = ["Missing", "obstacles", "of_gate", "of_work", "stale", "subject_of", "texts"]

_RULES = frozenset({"rule_broken", "rule_field_empty"})
_UNDECIDED = frozenset({EntryStatus.WAITING, EntryStatus.ASKED, EntryStatus.OPEN})


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing: the code of its sentence, whose move it is (ids), since when."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    who: tuple[str, ...] = ()
    since: datetime | None = None

    def sentence(self, lang: str = "en") -> str:
        return sentences.render(self.code, self.params, lang)


def of_work(sight: Sight, activity: Activity, node: UserTask) -> list[Missing]:
    """Before the owner's work counts as handed in: fields, documents, checklist, rules."""
    return [
        *_fields(sight, node),
        *_documents(sight, node),
        *_ticks(sight, activity, node),
        *broken_rules(sight, None, activity, node),
    ]


def of_gate(sight: Sight, gate: GateRecord, activity: Activity | None, node: HumanTask) -> list[Missing]:
    """Before the gate opens: approvals of this round, then what else stands in the way."""
    return [*_approvals(sight, gate, node), *obstacles(sight, gate, activity, node)]


def obstacles(
    sight: Sight, gate: GateRecord | None, activity: Activity | None, node: HumanTask
) -> list[Missing]:
    """What stands in the way besides the gate's own votes: rules, absent documents, stale approvals elsewhere."""
    found = list(broken_rules(sight, gate, activity, node)) if node.gate.rules else []
    if node.gate.binds.documents and isinstance(node, GateTask):
        found += _absent(sight, activity, node)
    if sight.definition.asks(node):  # it would end or move what is stale
        return found
    found += _held(sight, node)
    if gate is None or gate.status is not GateStatus.STALE:  # those that ask again do not wait for each other
        found += stale(sight, gate.id if gate else "")
    return found


def _held(sight: Sight, node: HumanTask) -> Iterator[Missing]:
    """Late work that keeps this gate shut; that of a sibling occurrence does not."""
    for activity in sight.state.activities.values():
        if node.id in activity.holds and sight.state.scopes[activity.scope].home in sight.homes:
            params = {
                "step": texts(sight.node(activity.node).label, activity.node),
                "due": activity.due or "",
            }
            record = sight.state.gates.get(activity.gate)
            yield Missing("held_by_late", params, roster.pending(activity, record), activity.due)


def main(found: Sequence[Missing]) -> tuple[str, Mapping[str, Any]]:
    """The code and the parameters of a refusal for these: the rules that are broken, the one thing, or a list."""
    codes = list(dict.fromkeys(m.code for m in found))
    if all(code in _RULES for code in codes):
        return "rule", {"says": [m.params["says"] for m in found]}
    if len(codes) == 1:
        return found[0].code, found[0].params
    return "incomplete", {"count": len(found)}


def roles(definition: Definition, names: Sequence[str]) -> list[Any]:
    """Roles as people call them."""
    known = definition.roles
    return [texts(known[name].label if name in known else Text(), name) for name in names]


def check_open(activity: Activity, node: HumanTask) -> None:
    """Raises WrongState for a task that is not to be worked on now."""
    if activity.status is ActivityStatus.OPEN:
        return
    step = texts(node.label, node.id)
    if activity.status is ActivityStatus.SCHEDULED:
        raise WrongState("opens_later", step=step, at=activity.opens or "")
    raise WrongState("in_review", step=step)


def stale(sight: Sight, besides: str = "") -> list[Missing]:
    """Approvals given around here that have to be given again; those of a sibling occurrence do not count."""
    scopes = sight.state.scopes
    return [
        Missing(
            "stale_approval",
            {"step": texts(sight.node(gate.node).label, gate.node)},
            _voters(gate),
            gate.since,
        )
        for gate in sight.state.gates.values()
        if gate.status is GateStatus.STALE and gate.id != besides and scopes[gate.scope].home in sight.homes
    ]


def broken_rules(
    sight: Sight, gate: GateRecord | None, activity: Activity | None, node: HumanTask
) -> Iterable[Missing]:
    """Rules that block, are not waived and do not hold, with the sentence that people see."""
    holder = gate or activity
    if not node.gate.rules:
        return ()
    rules = [rule for rule in node.gate.rules if not waived(sight, holder, rule)]
    who = tuple(p.id for p in activity.roster) if activity else ()
    return broken(sight, rules, who, holder.since if holder else None)


def waived(sight: Sight, holder: Activity | GateRecord | None, rule: Rule) -> bool:
    """Whether a rule is set aside, for what it reads now; a waiver falls when that has changed."""
    if holder is None or rule.id not in holder.waived:
        return False
    on = holder.waived_on.get(rule.id, "")
    return not on or on == subject.of_rule(sight, rule)


def broken(
    sight: Sight, rules: Iterable[Rule], who: tuple[str, ...] = (), since: datetime | None = None
) -> Iterator[Missing]:
    """Those of the rules that block and do not hold."""
    for rule in rules:
        failure = None if rule.warn else fails(sight, rule)
        if failure is not None:
            params = {"rule": rule.id, "says": texts(rule.says, rule.test.text), **failure}
            yield Missing("rule_field_empty" if failure else "rule_broken", params, who, since)


def warnings(sight: Sight, node: HumanTask) -> Iterator[Rule]:
    """Rules that only tell and do not hold."""
    return (rule for rule in node.gate.rules if rule.warn and fails(sight, rule) is not None)


def fails(sight: Sight, rule: Rule) -> Mapping[str, Any] | None:
    """None when the rule holds; else the empty field that kept it from being computed, if that is why."""
    try:
        return None if sight.value(rule.test) is True else {}
    except ExpressionFault as fault:
        name = str(fault.params.get("name") or fault.params.get("field") or rule.test.text)
        return {"field": texts(_declaration(sight, name), name)}


def _fields(sight: Sight, node: UserTask) -> Iterator[Missing]:
    for name in node.form.fill:
        if sight.names.get(name) is None:
            declared = _declaration(sight, name)
            yield Missing("field_empty", params={"field": texts(declared, name), "name": name})


def _declaration(sight: Sight, name: str) -> Text:
    owner = sight.owner_of(name)
    declared = sight.definition.declared(owner.node).get(name) if owner else None
    return declared.label if declared else Text()


def _documents(sight: Sight, node: UserTask) -> Iterator[Missing]:
    for id in node.delivers:
        document = sight.definition.documents.get(id)
        label = texts(document.label if document else Text(), id)
        found = sight.delivered(id)
        if found is None or found.step != node.id:
            yield Missing("document_missing", params={"document": label, "id": id})
            continue
        lacking = [s for s in (document.sections if document else ()) if s not in found.sections]
        if lacking:
            yield Missing("missing_section", params={"document": label, "id": id, "sections": lacking})
        formats = document.formats if document else ()
        if formats and found.name.rpartition(".")[2].lower() not in formats:
            yield Missing(
                "wrong_format", params={"document": label, "name": found.name, "formats": list(formats)}
            )


def _ticks(sight: Sight, activity: Activity, node: UserTask) -> Iterator[Missing]:
    for check in node.checklist:
        if _wanted(sight, check) and not {check.item.zh, check.item.en} & set(activity.ticks):
            yield Missing("unticked", params={"item": texts(check.item)})


def _wanted(sight: Sight, check: Check) -> bool:
    """Whether an item is to be ticked; one whose condition cannot be computed is, so that nothing is left out."""
    try:
        return sight.holds(check.condition)
    except ExpressionFault:
        return True


def _absent(sight: Sight, activity: Activity | None, node: GateTask) -> Iterator[Missing]:
    """Documents a gate binds whose step is at work or still to come; a step not taken delivers none."""
    for id in node.gate.binds.documents:
        if sight.delivered(id) is not None:
            continue
        for step in sight.definition.deliverers.get(id, ()):
            if reach.is_ahead(sight, step, node, activity.id if activity else ""):
                yield _document_missing(sight, id, step)


def _document_missing(sight: Sight, id: str, step: str) -> Missing:
    working = next((a for a in sight.state.activities.values() if a.node == step), None)
    document = sight.definition.documents.get(id)
    params = {"document": texts(document.label if document else Text(), id), "id": id}
    who = tuple(p.id for p in working.roster) if working else ()
    return Missing("document_missing", params, who, working.since if working else None)


def _approvals(sight: Sight, gate: GateRecord, node: HumanTask) -> Iterator[Missing]:
    for approval, entry in zip(node.gate.approvals, gate.entries, strict=True):
        if entry.status not in _UNDECIDED:
            continue
        params = {
            "roles": roles(sight.definition, approval.by),
            "meaning": Sentence(f"meaning_{approval.meaning.value}"),
            "yes": ballot.gathered(approval, entry),
            "needed": ballot.wanted(approval, entry),
        }
        if entry.status is not EntryStatus.OPEN:
            yield Missing("approval_later", params, (), gate.since)
        elif not ballot.possible(approval, entry):
            yield Missing("nobody_to_approve", params, (), entry.since)
        else:
            yield Missing("approval_missing", params, ballot.outstanding(entry), entry.since)
        for owner, chain in entry.delegated.items():
            asked = {"person": owner, "delegate": chain[-1].id}
            yield Missing("opinion_awaited", asked, (chain[-1].id,), entry.since)


def _voters(gate: GateRecord) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            id for e in gate.entries if e.status is EntryStatus.OPEN for id in ballot.outstanding(e)
        )
    )


def subject_of(sight: Sight, gate: GateRecord, node: HumanTask, entry: int) -> str:
    """The hash that a voter of this entry has to have seen."""
    return subject.of_entry(sight, gate.node, node.gate.approvals[entry], gate.bound)
