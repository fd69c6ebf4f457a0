"""suspend, resume, cancel, retry: keeping instances going, and ending them."""

import click

from signoff import Actor, Engine
from signoff_cli.outcome import carried_out, outcome
from signoff_cli.reason import REASON as WHY
from signoff_cli.reason import why
from signoff_cli.session import Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.view import name_of
from signoff_cli.words import counted, t

INSTANCE = click.argument("instance", metavar="INSTANCE")
REASON = option("--reason", metavar="TEXT", default="", help="Why; kept in the history.")


@verb("suspend")
@INSTANCE
@REASON
def suspend(session: Session, instance: str, reason: str) -> Answer:
    actor, engine = session.actor, session.engine
    receipt = engine.suspend(engine.find(instance), by=actor, reason=reason)
    return outcome(session, receipt, t("Suspended {name}.", name=instance), actor)


@verb("resume")
@INSTANCE
def resume(session: Session, instance: str) -> Answer:
    actor, engine = session.actor, session.engine
    receipt = engine.resume(engine.find(instance), by=actor)
    return outcome(session, receipt, t("{name} goes on.", name=instance), actor)


@verb(
    "retry",
    details="For administrators. Also what was given up after its last attempt, a notice or a handler, is owed again.",
)
@INSTANCE
@click.argument("incident", metavar="INCIDENT", required=False, default="")
def retry(session: Session, instance: str, incident: str) -> Answer:
    actor, engine = session.actor, session.engine
    id = engine.find(instance)
    revived = _revived(engine, id, actor, incident)
    if revived and (incident or not engine.show(id).state.incidents):
        said = counted(
            "{n} thing given up in {name} is owed again; the daemon tries it.",
            "{n} things given up in {name} are owed again; the daemon tries them.",
            revived,
            name=instance,
        )
        return Answer({"instance": id, "revived": revived}, lambda screen: screen.line(said, "good"))
    receipt = engine.retry(id, incident.rpartition(":")[2], by=actor)
    return outcome(session, receipt, t("Tried {name} again.", name=instance), actor)


def _revived(engine: Engine, id: str, actor: Actor, key: str) -> int:
    """How many dead letters of the instance are owed again: the one of that key, or all."""
    wanted = any(not key or each.key == key for each in engine.dead_letters(id))
    return engine.worker().revive(id, by=actor, key=key) if wanted else 0


@verb(
    "cancel",
    details="For administrators. What was decided stays in the history; nothing can be done there any more.",
)
@INSTANCE
@WHY
@option("--dry-run", is_flag=True, help="Only say what it would come to.")
@option("--yes", is_flag=True, help="Do not ask.")
def cancel(session: Session, instance: str, reason: str, dry_run: bool, yes: bool) -> Answer:
    engine = session.engine
    id, reason = engine.find(instance), why(reason)
    if not dry_run:
        row = engine.show(id).row
        session.confirm(t("End {name} ({title}) for good?", name=name_of(row), title=row.title), yes=yes)
    said = t("Cancelled {name}.", name=instance)
    return carried_out(session, engine.cancel, (id,), said, dry_run=dry_run, reason=reason)
