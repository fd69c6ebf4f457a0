"""Where a demo lives: a SQLite file of its own, new each time; nothing that exists is ever overwritten.

Must not look into a database.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from signoff_cli import login as account
from signoff_cli.program import typed
from signoff_cli.session import DEFAULT_DB, Misuse
from signoff_cli.words import t

NAME = "signoff-demo"
_SCHEME = "sqlite:///"
_BESIDE = ("", "-journal", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Home:
    """The file of a demo, as it is named in commands, and who reads along."""

    file: Path
    login: str

    @property
    def url(self) -> str:
        return _SCHEME + self.file.as_posix()

    def command(self, *words: str) -> str:
        """What to type, with --db where the file is not the one that is taken anyway."""
        taken = os.environ.get("SIGNOFF_DB") or DEFAULT_DB
        named = () if taken == self.url and not os.environ.get("SIGNOFF_DB_FILE") else ("--db", self.url)
        return typed(*words, *named)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """What was begun here is removed again when the demo does not come to its end."""
        try:
            yield
        except BaseException:
            for ending in _BESIDE:
                self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
            raise


def home(named: str) -> Home:
    """The place that --db names, else the first free name in this folder. Raises Misuse."""
    file = _named(named) if named else _free()
    if file.exists():
        raise Misuse(
            t("{file} exists already, and demo overwrites nothing. Name another file with --db.", file=file)
        )
    folder = file.parent
    if not folder.is_dir():
        raise Misuse(t("{file} cannot be made: there is no folder {folder}.", file=file, folder=folder))
    _probe(file)
    return Home(file, _login())


def _probe(file: Path) -> None:
    """Whether a file can be made here, asked of the system rather than of the rights."""
    try:
        file.open("xb").close()
        file.unlink()
    except OSError as error:
        text = t(
            "{file} cannot be made: {why}. Go to a folder in which you may write, or name a file with --db.",
            file=file, why=error.strerror or error,
        )  # fmt: skip
        raise Misuse(text) from None


def _named(given: str) -> Path:
    path = given.removeprefix(_SCHEME)
    if "://" in path or path in ("", ":memory:"):
        raise Misuse(
            t("demo plays on a SQLite file of its own; {given} is none. Name a file with --db.", given=given)
        )
    return Path(path)


def _free() -> Path:
    names = (Path(f"{NAME}-{n}.db" if n > 1 else f"{NAME}.db") for n in count(1))
    return next(name for name in names if not name.exists())


def _login() -> str:
    try:
        return account.login()
    except (KeyError, OSError):
        raise Misuse(
            t("This machine has no name for the account that you work under; ask its administrator.")
        ) from None
