"""claim, release, submit, assign, pick: the work of tasks."""

from collections.abc import Sequence
from pathlib import Path

import click

from signoff import Engine
from signoff_cli import given
from signoff_cli.outcome import outcome, rehearsed
from signoff_cli.session import Misuse, Session
from signoff_cli.verb import Answer, option, standing_in, verb
from signoff_cli.words import counted, t

TASK = click.argument("task", metavar="TASK")


@verb("claim")
@TASK
@standing_in
def claim(session: Session, task: str) -> Answer:
    actor = session.actor
    receipt = session.engine.claim(session.engine.locate(task), by=actor)
    return outcome(session, receipt, t("Claimed {task}.", task=task), actor)


@verb("release")
@TASK
def release(session: Session, task: str) -> Answer:
    actor = session.actor
    receipt = session.engine.release(session.engine.locate(task), by=actor)
    return outcome(session, receipt, t("Released {task}.", task=task), actor)


@verb("assign", details="For administrators, where a task or gate has nobody who can act.")
@TASK
@click.argument("person", metavar="PERSON")
def assign(session: Session, task: str, person: str) -> Answer:
    actor = session.actor
    receipt = session.engine.assign(session.engine.locate(task), person, by=actor)
    name = session.engine.names([person]).get(person, person)
    return outcome(session, receipt, t("{task} is now {person}'s.", task=task, person=name), actor)


@verb("pick", details="For a role whose people somebody picks, by whoever may; at the start say --role.")
@click.argument("instance", metavar="INSTANCE")
@click.argument("role", metavar="ROLE")
@click.argument("people", metavar="PERSON…", nargs=-1, required=True)
@option("--dry-run", is_flag=True, help="Only say what it would come to.")
def pick(session: Session, instance: str, role: str, people: Sequence[str], dry_run: bool) -> Answer:
    actor, engine = session.actor, session.engine
    id, names = engine.find(instance), engine.names(people)
    if dry_run:
        return rehearsed(session, engine.pick, id, role, people, by=actor)
    receipt = engine.pick(id, role, people, by=actor)
    said = t("{people} is now {role} of {name}.", people=", ".join(names.get(p, p) for p in people), role=role,
             name=instance)  # fmt: skip
    return outcome(session, receipt, said, actor)


@verb(
    "submit",
    details="What was handed in before stays: only what is new or changed has to be given.\n"
    "Values are text as people write it; lists and mappings are YAML, e.g. --set "
    "'goals=[{metric: sales, target: 1万, unit: pcs}]'; --set teams.planning.lead=su sets one field of a record.",
)
@TASK
@option(
    "--set",
    "sets",
    metavar="NAME=VALUE",
    multiple=True,
    help="A field of the form; lists and mappings as YAML.",
)
@option(
    "--data", "file", metavar="FILE", type=click.Path(path_type=Path), help="Fields from a YAML or JSON file."
)
@option("--attach", metavar="NAME=FILE", multiple=True, help="A document, by its name or id.")
@option("--tick", metavar="ITEM", multiple=True, help="An item of the checklist, by its text or number.")
@option("--tick-all", is_flag=True, help="Every item of the checklist.")
@option("--note", metavar="TEXT", default="", help="A remark, kept in the history.")
@option("--request-id", metavar="ID", default="", help="The same id and content again does nothing again.")
@option("--dry-run", is_flag=True, help="Only say what it would come to.")
@standing_in
def submit(
    session: Session,
    task: str,
    sets: Sequence[str],
    file: Path | None,
    attach: Sequence[str],
    tick: Sequence[str],
    tick_all: bool,
    note: str,
    request_id: str,
    dry_run: bool,
) -> Answer:
    actor, engine = session.actor, session.engine
    id = engine.locate(task)
    options = {
        "by": actor,
        "data": given.data(sets, file),
        "documents": given.attachments(attach),
        "ticks": ticks(engine, id, tick, every=tick_all),
        "note": note,
        "request_id": request_id,
    }
    if dry_run:
        return rehearsed(session, engine.submit, id, **options)
    receipt = engine.submit(id, **options)  # type: ignore[arg-type]  # named as submit names them
    return outcome(session, receipt, t("Submitted {task}.", task=task), actor)


def ticks(engine: Engine, task: str, said: Sequence[str], *, every: bool) -> list[str]:
    """The items of the checklist that are ticked, by text; a number counts from 1."""
    if not said and not every:
        return []
    items = checklist(engine, task)
    if every:
        return items
    return [_item(each, items) for each in said]


def checklist(engine: Engine, task: str) -> list[str]:
    """The items of a task's checklist, as the definition writes them."""
    id, _, own = task.partition(":")
    definition = engine.definition_of(id)
    activity = engine.show(id).state.activities.get(own)
    node = definition.nodes.get(activity.node) if activity is not None else None
    return [each.item.get(definition.lang) for each in getattr(node, "checklist", ())]


def _item(said: str, items: Sequence[str]) -> str:
    if said.isdecimal():
        if 1 <= int(said) <= len(items):
            return items[int(said) - 1]
        raise Misuse(
            counted(
                "--tick {said}: the checklist has {n} item.",
                "--tick {said}: the checklist has {n} items.",
                len(items),
                said=said,
            )
        )
    return said
