"""daemon, suspend, resume, cancel, retry: keeping instances going, and ending them."""

import importlib
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from signoff import Actor, Channel, CheckpointFile, Daemon, Engine, FileSigner, JsonFormatter, channels_from
from signoff_cli.outcome import outcome, rehearsed
from signoff_cli.passphrase import passphrase
from signoff_cli.reason import REASON as WHY
from signoff_cli.reason import why
from signoff_cli.session import Misuse, Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.verbs.keys import PASSPHRASE
from signoff_cli.view import name_of
from signoff_cli.words import counted, t

INSTANCE = click.argument("instance", metavar="INSTANCE")
REASON = option("--reason", metavar="TEXT", default="", help="Why; kept in the history.")


@verb(
    "daemon",
    details="Runs until it is stopped by SIGTERM or Ctrl-C; any number may run on one database. Notices go to the log, "
    "and by mail where SIGNOFF_SMTP names a server.",
)
@option("--once", is_flag=True, help="Work off what is due now and end.")
@option(
    "--handlers",
    metavar="MODULE:NAME",
    default="",
    help="The functions that service tasks call: a mapping from handler names, or a function that gives one.",
)
@option(
    "--channel", metavar="NAME[=SETTING]", multiple=True, help="A way to people, instead of log and mail."
)
@option(
    "--checkpoint",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Add a signed checkpoint to this file every day.",
)
@option(
    "--checkpoint-key",
    metavar="KEYFILE",
    type=click.Path(path_type=Path),
    help="The key that signs them, in a file that `keys new` made.",
)
@PASSPHRASE
@option(
    "--checkpoint-mail", metavar="PERSON", default="", help="Send each checkpoint to this person as well."
)
@option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), default="info", help="info")
def daemon(
    session: Session, once: bool, handlers: str, channel: Sequence[str], log_level: str, **checkpoints: Any
) -> Answer:
    _log_to_stderr(log_level)
    engine = Engine(session.url, handlers=_handlers(handlers), channels=_channels(channel))
    try:
        worker = engine.worker()
        chores = _chores(engine, **checkpoints)
        if once:
            drained = worker.drain()
            for chore in chores:
                chore()
            worker.tell_unhandled()
        else:
            engine.now()  # a database that is not there is told at once, not retried
            runs = Daemon(worker, chores=chores)
            with runs.signals():
                runs.run()
            drained = runs.drained
    finally:
        engine.dispose()
    said = t("{done} done, {failed} failed.", done=drained.done, failed=drained.failed)
    return Answer({"done": drained.done, "failed": drained.failed}, lambda screen: screen.line(said))


def _chores(
    engine: Engine,
    *,
    checkpoint: Path | None,
    checkpoint_key: Path | None,
    checkpoint_mail: str,
    passphrase_file: Path | None,
) -> tuple[Callable[[], None], ...]:
    """What the daemon does daily."""
    if checkpoint is None:
        return ()
    if checkpoint_key is None:
        raise Misuse(t("A checkpoint is signed: name its key with --checkpoint-key."))
    said = t("Passphrase of {file}, to sign checkpoints", file=checkpoint_key)
    signer = FileSigner(checkpoint_key, passphrase(said, passphrase_file))
    return (CheckpointFile(engine.core, checkpoint, signer, mail_to=checkpoint_mail).append_daily,)


def _log_to_stderr(level: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("signoff")
    logger.addHandler(handler)
    logger.setLevel(level.upper())


def _handlers(place: str) -> Mapping[str, Callable[[dict[str, Any]], Any]]:
    if not place:
        return {}
    module, _, name = place.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(importlib.import_module(module), name)
        found = found() if callable(found) else found
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise Misuse(t("--handlers {place} cannot be imported: {why}", place=place, why=error)) from None
    if not isinstance(found, Mapping):
        raise Misuse(t("--handlers {place} is no mapping from names to functions.", place=place))
    return found


def _channels(named: Sequence[str]) -> tuple[Channel, ...]:
    default = ["log", *(["mail"] if os.environ.get("SIGNOFF_SMTP") else [])]
    return channels_from({each.partition("=")[0]: each.partition("=")[2] for each in named or default})


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
    revived = 0 if incident else _revived(engine, id, actor)
    if revived and not engine.show(id).state.incidents:
        said = counted(
            "{n} thing given up in {name} is owed again; the daemon tries it.",
            "{n} things given up in {name} are owed again; the daemon tries them.",
            revived,
            name=instance,
        )
        return Answer({"instance": id, "revived": revived}, lambda screen: screen.line(said, "good"))
    receipt = engine.retry(id, incident.rpartition(":")[2], by=actor)
    return outcome(session, receipt, t("Tried {name} again.", name=instance), actor)


def _revived(engine: Engine, id: str, actor: Actor) -> int:
    """How many dead letters of the instance are owed again."""
    return engine.worker().revive(id, by=actor) if engine.dead_letters(id) else 0


@verb(
    "cancel",
    details="For administrators. What was decided stays in the history; nothing can be done there any more.",
)
@INSTANCE
@WHY
@option("--dry-run", is_flag=True, help="Only say what it would come to.")
@option("--yes", is_flag=True, help="Do not ask.")
def cancel(session: Session, instance: str, reason: str, dry_run: bool, yes: bool) -> Answer:
    actor, engine = session.actor, session.engine
    id, reason = engine.find(instance), why(reason)
    if dry_run:
        return rehearsed(session, engine.cancel, id, by=actor, reason=reason)
    row = engine.show(id).row
    session.confirm(t("End {name} ({title}) for good?", name=name_of(row), title=row.title), yes=yes)
    receipt = engine.cancel(id, by=actor, reason=reason)
    return outcome(session, receipt, t("Cancelled {name}.", name=instance), actor)
