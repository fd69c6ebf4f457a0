"""claim, release, submit, assign, pick: the work of tasks."""

from collections.abc import Sequence

import click

from signoff_cli.form import Form, whole_form
from signoff_cli.outcome import carried_out, outcome
from signoff_cli.session import Session
from signoff_cli.verb import Answer, option, standing_in, verb
from signoff_cli.words import t

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
    engine = session.engine
    id, names = engine.find(instance), engine.names(people)
    named = ", ".join(names.get(each, each) for each in people)
    said = t("{people} is now {role} of {name}.", people=named, role=role, name=instance)
    return carried_out(session, engine.pick, (id, role, people), said, dry_run=dry_run)


@verb(
    "submit",
    details="What was handed in before stays: only what is new or changed has to be given.\n"
    "Values are text as people write it; lists and mappings are YAML, e.g. --set "
    "'goals=[{metric: sales, target: 1万, unit: pcs}]'; --set teams.planning.lead=su sets one field of a record.",
)
@TASK
@whole_form
@option("--note", metavar="TEXT", default="", help="A remark, kept in the history.")
@option("--request-id", metavar="ID", default="", help="The same id and content again does nothing again.")
@option("--dry-run", is_flag=True, help="Only say what it would come to.")
@standing_in
def submit(
    session: Session,
    task: str,
    form: Form,
    note: str,
    request_id: str,
    dry_run: bool,
) -> Answer:
    engine = session.engine
    id, said = engine.locate(task), t("Submitted {task}.", task=task)
    options = {**form.filled(engine, id), "note": note, "request_id": request_id}
    return carried_out(session, engine.submit, (id,), said, dry_run=dry_run, **options)
