"""What is missing before a step or a gate can be left: all of it, with who can supply it and since when.

`decide` refuses with this list and `why` prints it: one function, so the explanation cannot disagree with the
engine. Must import model and kernel below `run`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from signoff import sentences
from signoff.kernel import ballot, subject
from signoff.kernel.sight import Sight
from signoff.kernel.state import Activity, EntryStatus, GateRecord, GateStatus
from signoff.model.expression import ExpressionFault
from signoff.model.gate import NeedKind, Rule
from signoff.model.nodes import GateTask, HumanTask, UserTask
from signoff.model.types import Text


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing: the code of its sentence, whose move it is (ids), since when."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    who: tuple[str, ...] = ()
    since: datetime | None = None

    def sentence(self, lang: str = "en") -> str:
        return sentences.render(self.code, self.params, lang)


def texts(text: Text, fallback: str = "") -> dict[str, str]:
    """A text as a sentence's parameter: rendered in the reader's language at the edge."""
    found = {lang: value for lang, value in (("zh", text.zh), ("en", text.en)) if value}
    return found or {"en": fallback}


def of_work(sight: Sight, activity: Activity, node: UserTask) -> list[Missing]:
    """Before the owner's work counts as handed in: fields, documents, checklist, rules."""
    return [
        *_fields(sight, node),
        *_documents(sight, node),
        *_ticks(sight, activity, node),
        *broken_rules(sight, activity, node),
    ]


def of_gate(sight: Sight, gate: GateRecord, activity: Activity | None, node: HumanTask) -> list[Missing]:
    """Before the gate opens: approvals of this round, then what else stands in the way."""
    return [*_approvals(gate, node), *obstacles(sight, gate.id, activity, node)]


def obstacles(sight: Sight, gate: str, activity: Activity | None, node: HumanTask) -> list[Missing]:
    """What stands in the way besides the gate's own votes: rules, absent documents, stale approvals elsewhere."""
    found = list(broken_rules(sight, activity, node))
    if isinstance(node, GateTask):
        found += _absent(sight, node)
    found += stale(sight, gate)
    return found


def stale(sight: Sight, besides: str = "") -> list[Missing]:
    """Approvals that were given and have to be given again."""
    return [
        Missing(
            "stale_approval",
            {"step": texts(sight.node(gate.node).label, gate.node)},
            _voters(gate),
            gate.since,
        )
        for gate in sight.state.gates.values()
        if gate.status is GateStatus.STALE and gate.id != besides
    ]


def broken_rules(sight: Sight, activity: Activity | None, node: HumanTask) -> Iterator[Missing]:
    """Rules that block and do not hold, with the sentence that people see."""
    waived = activity.waived if activity else {}
    for rule in node.gate.rules:
        if not rule.warn and rule.id not in waived:
            failure = fails(sight, rule)
            if failure is not None:
                who = tuple(p.id for p in activity.roster) if activity else ()
                params = {"rule": rule.id, "says": texts(rule.says, rule.test.text), **failure}
                code = "rule_field_empty" if failure else "rule_broken"
                yield Missing(code, params, who, activity.since if activity else None)


def warnings(sight: Sight, node: HumanTask) -> Iterator[Rule]:
    """Rules that only tell and do not hold."""
    return (rule for rule in node.gate.rules if rule.warn and fails(sight, rule) is not None)


def fails(sight: Sight, rule: Rule) -> Mapping[str, Any] | None:
    """None when the rule holds; else the empty field that kept it from being computed, if that is why."""
    try:
        return None if sight.value(rule.test) is True else {}
    except ExpressionFault as fault:
        return {"field": fault.params.get("name") or fault.params.get("field") or rule.test.text}


def _fields(sight: Sight, node: UserTask) -> Iterator[Missing]:
    for name in node.form.fill:
        if sight.names.get(name) is None:
            declared = _declaration(sight, name)
            yield Missing("field_empty", {"field": texts(declared, name), "name": name})


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
            yield Missing("document_missing", {"document": label, "id": id})
            continue
        lacking = [s for s in (document.sections if document else ()) if s not in found.sections]
        if lacking:
            yield Missing("missing_section", {"document": label, "id": id, "sections": lacking})
        formats = document.formats if document else ()
        if formats and found.name.rpartition(".")[2].lower() not in formats:
            yield Missing("wrong_format", {"document": label, "name": found.name, "formats": list(formats)})


def _ticks(sight: Sight, activity: Activity, node: UserTask) -> Iterator[Missing]:
    for check in node.checklist:
        wanted = sight.holds(check.condition)
        if wanted and not {check.item.zh, check.item.en} & set(activity.ticks):
            yield Missing("unticked", {"item": texts(check.item)})


def _absent(sight: Sight, node: GateTask) -> Iterator[Missing]:
    """Documents a gate binds whose step is still at work; a step not taken delivers none."""
    working = {a.node: a for a in sight.state.activities.values()}
    for id in node.gate.binds.documents:
        if sight.delivered(id) is None:
            for step, activity in working.items():
                task = sight.definition.nodes.get(step)
                if isinstance(task, UserTask) and id in task.delivers:
                    who = tuple(p.id for p in activity.roster)
                    document = sight.definition.documents.get(id)
                    label = texts(document.label if document else Text(), id)
                    yield Missing("document_missing", {"document": label, "id": id}, who, activity.since)


def _approvals(gate: GateRecord, node: HumanTask) -> Iterator[Missing]:
    for approval, entry in zip(node.gate.approvals, gate.entries, strict=True):
        if entry.status not in (EntryStatus.OPEN, EntryStatus.WAITING, EntryStatus.ASKED):
            continue
        people = len({p.id for p in entry.roster})
        yes = len(ballot.approvers(entry.votes))
        params = {
            "roles": list(approval.by),
            "meaning": approval.meaning.value,
            "yes": yes,
            "needed": len(approval.by)
            if approval.need.kind is NeedKind.EACH
            else ballot.needed(approval.need, people),
        }
        if entry.status is not EntryStatus.OPEN:
            yield Missing("approval_later", params, (), gate.since)
        elif not people:
            yield Missing("nobody_to_approve", params, (), entry.since)
        else:
            yield Missing("approval_missing", params, ballot.outstanding(entry), entry.since)


def _voters(gate: GateRecord) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            id for e in gate.entries if e.status is EntryStatus.OPEN for id in ballot.outstanding(e)
        )
    )


def subject_of(sight: Sight, gate: GateRecord, node: HumanTask, entry: int) -> str:
    """The hash that a voter of this entry has to have seen."""
    return subject.of_entry(sight, gate.node, node.gate.approvals[entry], gate.bound)
