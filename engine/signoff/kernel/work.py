"""A person's work handed in: what may be written, what must be there, and on to the gate.

Everything is judged after it was written into the state under way; a refusal throws that state away.
Must import kernel below `elements`.
"""

from collections.abc import Mapping
from dataclasses import asdict

from signoff.errors import Invalid, NotAllowed, WrongState
from signoff.kernel import missing, review
from signoff.kernel.commands import Attachment, Submit
from signoff.kernel.events import data, gate, task
from signoff.kernel.run import Run, write
from signoff.kernel.state import Activity, ActivityStatus, Person
from signoff.model.nodes import UserTask
from signoff.model.types import Declaration, Text
from signoff.model.value import Value, coerce


def submit(run: Run, command: Submit, activity: Activity, node: UserTask) -> None:
    """Take the work in, or refuse with everything that is missing."""
    _authorize(run, activity, node)
    _write(run, command, activity, node)
    _deliver(run, command, activity, node)
    run.emit(
        task.WorkSubmitted(
            activity.id,
            node.id,
            command.by.id,
            command.by.name,
            activity.round + 1,
            command.ticks,
            command.note,
        )
    )
    found = missing.of_work(run.sight(activity.scope), activity, node)
    if found:
        raise Invalid(_main(found), found, task=activity.id, step=missing.texts(node.label, node.id))
    for rule in missing.warnings(run.sight(activity.scope), node):
        run.emit(gate.RuleWarned(activity.id, rule.id))
    review.copy(run, activity.scope, node, activity)
    if node.gate.approvals:
        review.open_round(run, activity, node)
    else:
        review.finish(run, activity, node)


def _main(found: list[missing.Missing]) -> str:
    """The code of the refusal: rules broken, or the first other thing."""
    codes = [m.code for m in found]
    if all(code.startswith("rule_") for code in codes):
        return "rule"
    return codes[0] if len(set(codes)) == 1 else "incomplete"


def _authorize(run: Run, activity: Activity, node: UserTask) -> None:
    step = missing.texts(node.label, node.id)
    if activity.status is not ActivityStatus.OPEN:
        raise WrongState("task_not_open", step=step, status=activity.status.value, opens=activity.opens)
    actor = run.actor
    if activity.assignee and activity.assignee != actor.id:
        raise NotAllowed("claimed_by_another", step=step, person=activity.assignee)
    if actor.id not in {p.id for p in activity.roster}:
        owners = [missing.texts(_role(run, activity, r), r) for r in node.owner]
        raise NotAllowed("not_the_owner", step=step, person=actor.id, roles=owners)
    if not actor.auth.reaches(node.least):
        raise NotAllowed("too_weak", step=step, least=node.least.value, auth=actor.auth.value)


def _role(run: Run, activity: Activity, role: str) -> Text:
    found = run.definition(activity.scope).roles.get(role)
    return found.label if found else Text()


def _write(run: Run, command: Submit, activity: Activity, node: UserTask) -> None:
    strangers = [name for name in command.data if name not in node.form.writable]
    if strangers:
        raise Invalid("not_on_the_form", names=strangers, allowed=list(node.form.writable))
    if not command.data:
        return
    sight = run.sight(activity.scope)
    values: dict[str, Value] = {}
    for name, raw in command.data.items():
        owner = sight.owner_of(name)
        assert owner is not None, f"{name} was declared when the definition was checked"
        declared = sight.definition.declared(owner.node)[name]
        values[name] = read(declared, raw, command.people, sight.definition.zone)
    write(run, activity.scope, values, node.id)


def read(declared: Declaration, raw: object, people: Mapping[str, Person], zone: str) -> Value:
    """A value as handed in, made one of the declared type; raises `Invalid` with the path."""
    if raw is None and declared.optional:
        return None
    known = {id: person.value() for id, person in people.items()}
    return coerce(declared.type, raw, at=declared.name, people=known, zone=zone)


def _deliver(run: Run, command: Submit, activity: Activity, node: UserTask) -> None:
    strangers = [id for id in command.documents if id not in node.delivers]
    if strangers:
        raise Invalid("not_to_deliver", names=strangers, allowed=list(node.delivers))
    sight = run.sight(activity.scope)
    home = sight.scope.home
    for id, attachment in command.documents.items():
        before = sight.delivered(id)
        version = before.version + 1 if before else 1
        run.emit(_delivered(home, id, version, attachment, command.by.id, node.id))
        run.changed.add(id)


def _delivered(
    home: str, id: str, version: int, attachment: Attachment, by: str, step: str
) -> data.DocumentDelivered:
    return data.DocumentDelivered(home, id, version, by=by, step=step, **asdict(attachment))
