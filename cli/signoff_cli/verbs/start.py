"""start: a new instance. Deadlines that have passed already are told before anything is kept."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from signoff import Rehearsal, rehearse
from signoff_cli import given, view
from signoff_cli.form import Form, data_form
from signoff_cli.moment import shown
from signoff_cli.outcome import outcome, rehearsed
from signoff_cli.session import Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.words import counted, t


@verb("start")
@click.argument("process", metavar="KEY")
@data_form
@option(
    "--key",
    metavar="KEY",
    default="",
    help="The business key, unique among running instances of the process.",
)
@option(
    "--role",
    "roles",
    metavar="ROLE=PERSON",
    multiple=True,
    help="Who has a role that the starter picks; several persons with commas.",
)
@option("--request-id", metavar="ID", default="", help="The same id and content again does nothing again.")
@option("--dry-run", is_flag=True, help="Only say what it would come to.")
@option("--yes", is_flag=True, help="Do not ask.")
def start(
    session: Session,
    process: str,
    form: Form,
    key: str,
    roles: Sequence[str],
    request_id: str,
    dry_run: bool,
    yes: bool,
) -> Answer:
    actor = session.actor
    options: dict[str, Any] = {"by": actor, "key": key, "picks": given.picks(roles), "request_id": request_id}
    arguments = (process, form.data())
    found = rehearse(
        session.engine.core,
        lambda connection: session.engine.start(*arguments, **options, connection=connection),
    )
    _tell_late(session, found, process)
    _tell_uncertain(session, found)
    if dry_run:
        return rehearsed(session, session.engine.start, *arguments, **options)
    _ask(session, found, yes=yes)
    receipt = session.engine.start(*arguments, **options)
    row = session.engine.show(receipt.instance).row
    said = t("Started {name}: {title}.", name=view.name_of(row), title=row.title or process)
    return outcome(session, receipt, said, actor)


def _tell_late(session: Session, found: Rehearsal, process: str) -> None:
    """Say on the error output what is late before it begins."""
    if not found.late or found.receipt.repeated:
        return
    zone = session.engine.definition(process).zone
    for late in found.late:
        name = view.text_in(late.label, session.lang)
        click.echo(t("Late already: {step} was due {due}.", step=name, due=shown(late.due, zone)), err=True)


def _tell_uncertain(session: Session, found: Rehearsal) -> None:
    """Days on which deadlines come together, and that some may still move."""
    if found.receipt.repeated:
        return
    for crowd in found.crowded:
        click.echo(crowd.sentence(session.lang), err=True)
    if found.provisional:
        said = counted(
            "{n} deadline is provisional: its year is not confirmed in the calendar.",
            "{n} deadlines are provisional: their year is not confirmed in the calendar.",
            len(found.provisional),
        )
        click.echo(said, err=True)


def _ask(session: Session, found: Rehearsal, *, yes: bool) -> None:
    """Where something is late and somebody can answer, start only when told to."""
    if found.late and not found.receipt.repeated and sys.stdin.isatty() and not session.json:
        session.confirm(t("Start it all the same?"), yes=yes)
