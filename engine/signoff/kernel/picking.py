"""Roles whose people somebody picks: who may pick, among whom, and when it has to be done.

Whether a person may be picked only the directory knows: it is asked, and what does not fit refuses the command.
Must import kernel below `decide`.
"""

from collections.abc import Iterable

from signoff.errors import Invalid, NotAllowed, NotFound
from signoff.kernel import missing, review, roster
from signoff.kernel.commands import Pick, ResolveRoster, Start
from signoff.kernel.deadline import words
from signoff.kernel.events import data, task
from signoff.kernel.run import Run
from signoff.kernel.sight import Sight
from signoff.kernel.state import Activity, ActivityStatus, EntryStatus, Purpose, Question
from signoff.model.definition import Definition
from signoff.model.nodes import HumanTask
from signoff.model.role import Role, RoleKind


def at_start(run: Run, scope: str, command: Start) -> None:
    """Take what the starter picks; a role that the starter picks and nobody stands in for has to be picked."""
    definition = run.definition(scope)
    for name in command.picks:
        _check_role(definition, name)
    for role in definition.roles.values():
        if role.kind is not RoleKind.PICKED_BY:
            continue
        if role.id in command.picks:
            _take(run, scope, role, command.picks[role.id])
        elif _by_starter(definition, role) and not role.if_empty:
            raise Invalid("pick_missing", roles=missing.roles(definition, (role.id,)))


def pick(run: Run, command: Pick) -> None:
    """The same later on, by whoever has the role that picks; asks again where nobody was found before."""
    scope = next(iter(run.state.scopes))
    role = _check_role(run.definition(scope), command.role)
    _take(run, scope, role, command.people)
    for activity in list(run.state.activities.values()):
        _ask_owner(run, activity, role.id)
    for record in list(run.state.gates.values()):
        node = run.node(record.scope, record.node)
        assert isinstance(node, HumanTask), "only those have gates"
        for number, entry in enumerate(record.entries):
            empty = entry.status is EntryStatus.OPEN and not entry.roster
            if empty and role.id in node.gate.approvals[number].by:
                review.look_up(run, record, node, number)


def _ask_owner(run: Run, activity: Activity, role: str) -> None:
    node = run.node(activity.scope, activity.node)
    if not isinstance(node, HumanTask) or activity.multi is not None or activity.roster:
        return
    if role in node.owner and activity.status is ActivityStatus.OPEN:
        terms = roster.terms(run.sight(activity.scope), node.owner, words(run, activity))
        run.emit(task.RosterAsked(run.next("q"), Purpose.OWNER, activity.id, node.id, terms))


def _check_role(definition: Definition, name: str) -> Role:
    role = definition.roles.get(name)
    if role is None or role.kind is not RoleKind.PICKED_BY:
        picked = [each.id for each in definition.roles.values() if each.kind is RoleKind.PICKED_BY]
        raise NotFound("no_such_pick", role=name, roles=picked)
    return role


def _by_starter(definition: Definition, role: Role) -> bool:
    picker = definition.roles.get(role.value)
    return role.value == "starter" or (picker is not None and picker.kind is RoleKind.STARTER)


def _take(run: Run, scope: str, role: Role, people: Iterable[str]) -> None:
    sight = run.sight(scope)
    ids = tuple(dict.fromkeys(people))
    mine = roster.may(sight.definition, run.actor, (role.value,), sight)
    starter = run.state.starter
    if not mine and not (_by_starter(sight.definition, role) and starter and starter.id == run.actor.id):
        picker = missing.roles(sight.definition, (role.value,))
        raise NotAllowed("may_not_pick", person=run.actor.id, roles=picker)
    if not ids:
        raise Invalid("pick_missing", roles=missing.roles(sight.definition, (role.id,)))
    run.emit(data.PeoplePicked(scope, role.id, ids, run.actor.id))
    run.emit(task.RosterAsked(run.next("q"), Purpose.PICK, f"{scope}|{role.id}", "", _pool(sight, role, ids)))


def _pool(sight: Sight, role: Role, ids: tuple[str, ...]) -> list[roster.Term]:
    """Among whom; without `among` everybody whom the directory knows."""
    if role.among:
        return [roster.term(sight, role.among, roster.nobody)]
    return [["person", id] for id in ids]


def answered(run: Run, question: Question, command: ResolveRoster) -> None:
    """The directory has said among whom; raises where somebody else was picked, or it could not say."""
    scope, _, role = question.target.partition("|")
    if command.failure:
        raise Invalid("directory_failed", failure=command.failure)
    known = {person.id for person in command.people}
    strangers = [id for id in run.state.scopes[scope].picks.get(role, ()) if id not in known]
    if strangers:
        roles = missing.roles(run.definition(scope), (role,))
        raise NotAllowed("not_among", people=strangers, roles=roles)
    run.emit(task.RosterResolved(question.id, Purpose.PICK, question.target, "", [], command.provenance))
