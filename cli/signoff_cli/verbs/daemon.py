"""daemon: working off deadlines, escalations, handlers and notices; what it is given on the command line."""

import importlib
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click

from signoff import (
    Channel,
    CheckpointFile,
    Daemon,
    Endpoint,
    Engine,
    FileSigner,
    Health,
    JsonFormatter,
    Pool,
    TextFormatter,
    channels_from,
)
from signoff_cli.passphrase import passphrase
from signoff_cli.session import Misuse, Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.verbs.keys import PASSPHRASE
from signoff_cli.words import t


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
    "--threads",
    type=click.IntRange(1, 100),
    default=8,
    help="How many handlers and notices at a time; 8.",
)
@option("--poll", metavar="SECONDS", type=click.FloatRange(0.1, 3600), default=5.0, help="How often it looks by itself at least; 5.")  # fmt: skip
@option(
    "--http",
    metavar="[HOST:]PORT",
    default="",
    help="Serve /health and /metrics there; without HOST for this machine only.",
)
@option(
    "--health-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write how it is into this file at every poll.",
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
@option("--log", "form", type=click.Choice(["json", "text"]), default="json", help="How the log is written; json.")  # fmt: skip
@option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), default="info", help="info")
def daemon(
    session: Session,
    once: bool,
    handlers: str,
    channel: Sequence[str],
    form: str,
    log_level: str,
    threads: int,
    **more: Any,
) -> Answer:
    _log_to_stderr(form, log_level)
    engine = Engine(session.url, handlers=_handlers(handlers), channels=_channels(channel))
    try:
        engine.now()  # a database that is not there is told at once, not retried
        run = _Run(engine, Pool(threads), **more)
        drained = run.once() if once else run.on()
    finally:
        engine.dispose()
    said = t("{done} done, {failed} failed.", done=drained[0], failed=drained[1])
    return Answer({"done": drained[0], "failed": drained[1]}, lambda screen: screen.line(said))


@dataclass(slots=True, kw_only=True)
class _Given:
    """What the command line says beside handlers and channels."""

    poll: float
    http: str
    health_file: Path | None
    checkpoint: Path | None
    checkpoint_key: Path | None
    checkpoint_mail: str
    passphrase_file: Path | None

    def chores(self, engine: Engine) -> tuple[Callable[[], None], ...]:
        """What the daemon does daily."""
        if self.checkpoint is None:
            return ()
        if self.checkpoint_key is None:
            raise Misuse(t("A checkpoint is signed: name its key with --checkpoint-key."))
        said = t("Passphrase of {file}, to sign checkpoints", file=self.checkpoint_key)
        signer = FileSigner(self.checkpoint_key, passphrase(said, self.passphrase_file))
        file = CheckpointFile(engine.core, self.checkpoint, signer, mail_to=self.checkpoint_mail)
        return (file.append_daily,)


class _Run:
    """One run of the daemon."""

    def __init__(self, engine: Engine, pool: Pool, **given: Any) -> None:
        self._given = _Given(**given)
        self._worker = engine.worker(pool=pool)
        self._chores = self._given.chores(engine)
        self._daemon = Daemon(self._worker, poll=timedelta(seconds=self._given.poll), chores=self._chores)

    def once(self) -> tuple[int, int]:
        """Work off what is due: how much was done, and how much was not."""
        self._worker.drain_all()
        for chore in self._chores:
            chore()
        self._worker.tell_unhandled()
        return self._counts()

    def on(self) -> tuple[int, int]:
        """Run until it is stopped; the same counts."""
        given, health = self._given, Health(self._worker, self._daemon.poll)
        if given.health_file is not None:
            health.write(given.health_file)
            self._daemon.beats = (partial(health.write, given.health_file),)
        with _served(health, given.http), self._daemon.signals():
            self._daemon.run()
        return self._counts()

    def _counts(self) -> tuple[int, int]:
        return self._daemon.drained.done, self._daemon.drained.failed


@contextmanager
def _served(health: Health, address: str) -> Iterator[None]:
    """Answer monitors at this address inside the block; nowhere when there is none."""
    if not address:
        yield
        return
    endpoint = Endpoint(health, address)
    endpoint.start()
    logging.getLogger("signoff.daemon").info("health and metrics at %s", endpoint.url)
    try:
        yield
    finally:
        endpoint.stop()


def _log_to_stderr(form: str, level: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
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
