"""A PostgreSQL cluster of the tests' own, thrown away afterwards.

Owns finding the server's programs, starting a cluster in a temporary folder and making databases in it. The
cluster listens on a Unix socket in that folder and on no port. A shell holds it for as long as the tests hold
the shell's standard input, so it ends with them, however they end. Must import nothing of signoff.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

import psycopg

PROGRAMS = ("initdb", "pg_ctl", "postgres")
CHOSEN = "SIGNOFF_POSTGRES_BIN"
UNPRIVILEGED = ("postgres", "nobody")
# Nobody needs these data after a power cut, and a quiet server measures better.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "timezone": "UTC",
}
HOLD = """
exec 3>&1 >"$HOME/log" 2>&1
if "$BIN/initdb" -D "$HOME/data" -U signoff -A trust -E UTF8 --no-locale --no-sync </dev/null &&
   "$BIN/pg_ctl" -D "$HOME/data" -w -t 120 -o "$OPTIONS" start 3>&- </dev/null
then echo ready >&3; else echo failed >&3; fi
read -r _
"$BIN/pg_ctl" -D "$HOME/data" -m immediate -w stop </dev/null
cd /
rm -rf "$HOME"
"""


class MissingServer(Exception):
    """PostgreSQL's server programs are not on this machine, or no account may run them; the text says which."""


def programs() -> Path:
    """The folder with the server's programs: $SIGNOFF_POSTGRES_BIN alone where it is set, else those found."""
    chosen = os.environ.get(CHOSEN)
    for folder in [Path(chosen)] if chosen else _folders():
        if all(os.access(folder / name, os.X_OK) for name in PROGRAMS):
            return folder
    where = chosen or "pg_config --bindir, Debian's folders and PATH"
    raise MissingServer(f"PostgreSQL's server programs {', '.join(PROGRAMS)} were not found in {where}")


def _folders() -> list[Path]:
    found: list[Path] = []
    if config := shutil.which("pg_config"):
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        found.append(Path(answer.stdout.strip() or "."))
    debian = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    found += sorted(debian, key=lambda path: int(path.parent.name), reverse=True)
    if initdb := shutil.which("initdb"):
        found.append(Path(initdb).resolve().parent)
    return found


def account() -> pwd.struct_passwd | None:
    """Whom the server runs as: None is ourselves; PostgreSQL refuses root, so root lends it another account."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise MissingServer(f"root may not run PostgreSQL, and none of the accounts {UNPRIVILEGED} exists")


@dataclass(slots=True)
class Cluster:
    """A running server; `create` gives the URL of a new empty database, in about 30 ms."""

    folder: Path
    holder: subprocess.Popen[str]
    made: int = 0

    @classmethod
    def start(cls) -> Self:
        """Take about a second; raises MissingServer, or RuntimeError with the server's log."""
        home, owner = programs(), account()
        folder = Path(tempfile.mkdtemp(prefix="signoff-pg-"))
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        cluster = cls(folder, _hold(home, folder, owner))
        if _stream(cluster.holder.stdout).readline().strip() != "ready":
            log = (
                folder.joinpath("log").read_text(errors="replace") if folder.joinpath("log").exists() else ""
            )
            cluster.stop()
            raise RuntimeError(f"PostgreSQL in {home} did not start:\n{log[-3000:]}")
        return cluster

    def stop(self) -> None:
        """End the server and remove its folder; a second call does nothing."""
        if self.holder.returncode is None:
            _stream(self.holder.stdin).close()
            self.holder.wait(timeout=60)
            _stream(self.holder.stdout).close()

    def url(self, name: str = "postgres") -> str:
        """The SQLAlchemy URL of a database of this cluster."""
        return f"postgresql+psycopg://signoff@/{name}?host={self.folder}"

    def create(self, template: str = "template1") -> str:
        """The name of a new database: a copy of `template`, which nobody may be connected to."""
        self.made += 1
        name = f"test_{self.made}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        """Remove a database, with whoever is still connected to it."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        with psycopg.connect(
            host=str(self.folder), user="signoff", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())


def _hold(home: Path, folder: Path, owner: pwd.struct_passwd | None) -> subprocess.Popen[str]:
    options = " ".join(
        f"-c {name}='{value}'" for name, value in {**SETTINGS, "unix_socket_directories": folder}.items()
    )
    identity: dict[str, Any] = {}
    if owner:
        identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    return subprocess.Popen(
        ["/bin/sh", "-c", HOLD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "BIN": str(home), "OPTIONS": options},
        # A Ctrl-C at the tests must not end the shell before it has ended the server.
        start_new_session=True,
        **identity,
    )


def _stream(stream: IO[str] | None) -> IO[str]:
    assert stream is not None, "the holder is started with pipes"
    return stream
