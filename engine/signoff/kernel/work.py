"""A person's work handed in: what may be written, what must be there, and on to the gate.

Everything is judged after it was written into the state under way; a refusal throws that state away.
Must import kernel below `elements`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, Protocol

from signoff.errors import Invalid, NotAllowed, WrongState
from signoff.kernel import copies, missing, review, subject, substitution
from signoff.kernel.commands import Submit
from signoff.kernel.events import data, gate, task
from signoff.kernel.run import Run, stopped, write
from signoff.kernel.sight import texts
from signoff.kernel.state import Activity, Person
from signoff.model.authority import Way
from signoff.model.definition import Definition
from signoff.model.nodes import HumanTask, UserTask
from signoff.model.types import Declaration, Text
from signoff.model.value import Value, coerce


def submit(run: Run, command: Submit, activity: Activity, node: UserTask) -> None:
    """Take the work in, or refuse with everything that is missing."""
    way = _authorize(run, activity, node)
    principal = way.principal if way else ""
    _write(run, command, activity, node, principal)
    _deliver(run, command, activity, node, principal)
    run.emit(
        task.WorkSubmitted(
            activity.id,
            node.id,
            command.by.id,
            command.by.name,
            activity.round + 1,
            command.ticks,
            command.note,
            _waived(run, activity, node),
            principal,
            way.id if way else "",
        )
    )
    found = missing.of_work(run.sight(activity.scope), activity, node)
    if found:
        code, params = missing.main(found)
        raise Invalid(code, found, **{**params, "step": missing.texts(node.label, node.id)})
    for rule in missing.warnings(run.sight(activity.scope), node):
        run.emit(gate.RuleWarned(activity.id, rule.id))
    copies.ask(run, activity.scope, node, activity, copies.SUBMISSION)
    if node.gate.approvals:
        review.open_round(run, activity, node)
    else:
        review.finish(run, activity, node)


def _waived(run: Run, activity: Activity, node: UserTask) -> dict[str, str]:
    """What the waivers given before this work was handed in count for from now on."""
    if not activity.waived:
        return {}
    fresh = [r for r in node.gate.rules if r.id in activity.waived and r.id not in activity.waived_on]
    return {rule.id: subject.of_rule(run.sight(activity.scope), rule) for rule in fresh}


def _authorize(run: Run, activity: Activity, node: UserTask) -> Way | None:
    """Raises where the work is not this actor's to hand in; gives the way on which it is somebody else's."""
    missing.check_open(activity, node)
    if stopped(run, activity.id):
        raise WrongState("stopped_by_incident", step=missing.texts(node.label, node.id))
    actor, way = run.actor, holder(run, activity, node)
    if not actor.auth.reaches(node.least):
        step = missing.texts(node.label, node.id)
        raise NotAllowed("too_weak", step=step, least=node.least.value, auth=actor.auth.value)
    return way


def holder(run: Run, activity: Activity, node: HumanTask) -> Way | None:
    """As `whose`, of a task that somebody may have claimed."""
    if activity.assignee in ("", run.actor.id):
        return whose(run, activity, node)
    way = substitution.works(run, activity.scope, node, activity.roster)
    if way is None or way.principal != activity.assignee:
        step = missing.texts(node.label, node.id)
        raise NotAllowed("claimed_by_another", step=step, person=activity.assignee)
    return way


def whose(run: Run, activity: Activity, node: HumanTask) -> Way | None:
    """None where the actor is among those who may do it; else the way on which he stands in for one of them."""
    actor = run.actor
    if not node.owner and not activity.roster:  # a BPMN file need not say who; then anybody may
        return None
    if actor.id in {p.id for p in activity.roster} and actor.on_behalf_of in ("", actor.id):
        return None
    way = substitution.works(run, activity.scope, node, activity.roster)
    if way is None:
        step = missing.texts(node.label, node.id)
        if reason := substitution.lapsed(run, (p.id for p in activity.roster), step):
            raise reason
        if run.actor.on_behalf_of:
            principal = run.actor.on_behalf_of
            raise NotAllowed("no_grant", step=step, person=run.actor.id, principal=principal)
        roles = missing.roles(run.definition(activity.scope), node.owner)
        raise NotAllowed("not_the_owner", step=step, person=run.actor.id, roles=roles)
    return way


def _write(run: Run, command: Submit, activity: Activity, node: UserTask, principal: str) -> None:
    """What is written for another is both ones' work."""
    values = read_form(run, command, activity, node)
    if not values:
        return
    authors = (command.by.id, principal) if principal else (command.by.id,)
    write(run, activity.scope, values, node.id, by=authors)


class Filled(Protocol):
    """What is said of the fields of a form: by a submission, or by a draft of one."""

    data: Mapping[str, Any]
    people: Mapping[str, Person]


def read_form(run: Run, given: Filled, activity: Activity, node: UserTask) -> dict[str, Value]:
    """The fields that were filled in, as values; raises Invalid for what is not on the form or no such value."""
    open_data = run.definition(activity.scope).open
    strangers = [] if open_data else [n for n in given.data if n not in node.form.writable]
    if strangers:
        raise Invalid("not_on_the_form", names=strangers, allowed=list(node.form.writable))
    sight = run.sight(activity.scope)
    declared: dict[str, Declaration] = {}
    for name in given.data:
        owner = sight.owner_of(name)
        known = {} if owner is None else sight.definition.declared(owner.node)
        if name in known:
            declared[name] = known[name]
        else:
            assert open_data, f"{name} was declared when the definition was checked"
    return read_all(declared, given.data, given.people, sight.definition.zone)


def read_all(
    declared: Mapping[str, Declaration], given: Mapping[str, Any], people: Mapping[str, Person], zone: str
) -> dict[str, Value]:
    """What was handed in, as values; raises Invalid with every finding at once."""
    values: dict[str, Value] = {}
    faults: list[Invalid] = []
    for name, raw in given.items():
        try:
            values[name] = (
                read(declared[name], raw, people, zone) if name in declared else undeclared(name, raw)
            )
        except Invalid as fault:
            faults.append(fault)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        found = [m for f in faults for m in (f.missing or (missing.Missing(f.code, f.params),))]
        raise Invalid("several_findings", found, count=len(found))
    return values


def read(declared: Declaration, raw: object, people: Mapping[str, Person], zone: str) -> Value:
    """A value as handed in, made one of the declared type; raises `Invalid` with the path."""
    if raw is None and declared.optional:
        return None
    known = {id: person.value() for id, person in people.items()}
    return coerce(declared.type, raw, at=declared.name, people=known, zone=zone)


def undeclared(name: str, raw: object) -> Value:
    """A value without a declared type: what JSON can say, and exact numbers and dates; nothing else."""
    if raw is None or isinstance(raw, bool | int | str | Decimal):
        return raw
    if isinstance(raw, float) and isfinite(raw):
        return Decimal(repr(raw))
    if isinstance(raw, datetime) and raw.tzinfo is not None:
        return raw.astimezone(UTC)
    if isinstance(raw, date | timedelta) and not isinstance(raw, datetime):
        return raw
    if isinstance(raw, Mapping):
        return {str(part): undeclared(f"{name}.{part}", value) for part, value in raw.items()}
    if isinstance(raw, list | tuple):
        return [undeclared(name, value) for value in raw]
    raise Invalid("untyped_value", at=name, type=type(raw).__name__)


def _papers(definition: Definition, node: UserTask) -> list[dict[str, str]]:
    """What the step delivers, by the names that people know."""
    declared = definition.documents
    return [texts(declared[id].label if id in declared else Text(), id) for id in node.delivers]


def check_papers(run: Run, documents: Iterable[str], activity: Activity, node: UserTask) -> None:
    """Raises Invalid for documents that the step does not deliver."""
    strangers = [id for id in documents if id not in node.delivers]
    if strangers:
        raise Invalid(
            "not_to_deliver", names=strangers, allowed=_papers(run.definition(activity.scope), node)
        )


def _deliver(run: Run, command: Submit, activity: Activity, node: UserTask, principal: str) -> None:
    if not command.documents:
        return
    check_papers(run, command.documents, activity, node)
    sight = run.sight(activity.scope)
    home = sight.scope.home
    for id, attachment in command.documents.items():
        before = sight.delivered(id)
        version = before.version + 1 if before else 1
        run.emit(
            data.DocumentDelivered(
                home,
                id,
                version,
                by=command.by.id,
                step=node.id,
                on_behalf_of=principal,
                **asdict(attachment),
            )
        )
        run.changed.add(id)
