"""One run of the command line: which database, who acts, in which language and form; the engine when it is needed.

Must import nothing of signoff before the engine is asked for.
"""

from __future__ import annotations

import os
import typing
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from signoff_cli import login as account
from signoff_cli.program import typed
from signoff_cli.words import chosen, t

if typing.TYPE_CHECKING:
    from signoff import Actor, Engine

DEFAULT_DB = "sqlite:///signoff.db"


class Misuse(click.UsageError):
    """The command line itself cannot be carried out as it is written; the text is already in the reader's language."""


@dataclass(slots=True)
class Session:
    """What the common options say, whether they stand before or after the verb."""

    db: str = ""
    person: str = ""
    json: bool = False
    on_behalf_of: str = ""
    lang: str = field(default_factory=lambda: chosen((), os.environ))
    _engine: Engine | None = None

    @property
    def url(self) -> str:
        """--db, else SIGNOFF_DB, else what the file SIGNOFF_DB_FILE holds, else signoff.db in this folder."""
        if self.db or os.environ.get("SIGNOFF_DB"):
            return self.db or os.environ["SIGNOFF_DB"]
        file = os.environ.get("SIGNOFF_DB_FILE")
        return _held(file) if file else DEFAULT_DB

    @property
    def engine(self) -> Engine:
        """The engine on the database, which must be there."""
        if self._engine is None:
            from signoff import Engine  # noqa: PLC0415 - help and completion must answer without it

            self._engine = Engine(self.url)
        return self._engine

    @property
    def made(self) -> Engine:
        """The engine on the database; a SQLite file that does not exist is created."""
        if not self.exists:
            from signoff import create_database  # noqa: PLC0415 - as above

            create_database(self.engine.core.database)
        return self.engine

    @property
    def exists(self) -> bool:
        """Whether there is a database to look into; what is not a SQLite file always counts."""
        database = self.engine.core.database
        return not database.in_memory and (database.path is None or database.path.exists())

    @property
    def actor(self) -> Actor:
        """Who acts: --as is asserted; without it the person of this login, attested by the operating system."""
        from signoff import Strength  # noqa: PLC0415 - as above

        named = self.person or os.environ.get("SIGNOFF_AS", "")
        auth = Strength.ASSERTED if named else Strength.ATTESTED
        found = self.engine.actor(named or self._login(), auth=auth, via="cli")
        return replace(found, on_behalf_of=self.on_behalf_of) if self.on_behalf_of else found

    @property
    def operator(self) -> str:
        """Whose name stands beside what is done to the installation itself; proves nothing."""
        return self.person or os.environ.get("SIGNOFF_AS", "") or account.login()

    @property
    def keeper(self) -> str:
        """The operator as the directory knows him: without --as the person of this login, if anybody has it."""
        named = self.person or os.environ.get("SIGNOFF_AS", "")
        found = None if named else self.engine.core.directory.login(account.login())
        return found.id if found else self.operator

    def _login(self) -> str:
        name = account.login()
        found = self.engine.core.directory.login(name)
        if found is None:
            raise Misuse(
                t(
                    "Nobody in the people file has the login {login}. Say who acts with --as PERSON, or give a "
                    "person this login and run `signoff people import`.",
                    login=name,
                )
            )
        return found.id

    def command(self, *words: str) -> str:
        """What to type next, on the same database; where the program or --db have to be named, they are."""
        return typed(*words, *(("--db", self.db) if self.db else ()))

    def confirm(self, question: str, *, yes: bool) -> None:
        """Ask on the terminal before something that cannot be undone; raises Abort when the answer is no."""
        if not yes:
            click.confirm(question, abort=True, err=True)

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()


def _held(file: str) -> str:
    try:
        text = Path(file).read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(
            t("SIGNOFF_DB_FILE names {file}, which cannot be read: {why}", file=file, why=error)
        ) from None
    if not text:
        raise Misuse(
            t("SIGNOFF_DB_FILE names {file}, which is empty; write the database URL into it.", file=file)
        )
    return text
