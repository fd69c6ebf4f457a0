"""Runs one page of the documentation as a reader would: files, commands and Python, in order, in one folder.

A page is Markdown. `<!-- file: NAME -->` before a fenced block writes it; `<!-- clock: INSTANT -->` moves the
clock; `console` blocks are commands and what they print, a refusal with `Error:` or `# exit code N`; `python`
blocks share one namespace; `sh` blocks set a machine up and are only read. In shown output `…` stands for
anything, alone on a line for any lines.
"""

import logging
import os
import pwd
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import signoff_cli.main as command_line
from signoff import Engine, VirtualClock
from signoff_cli.register import ENTRIES
from signoff_cli.session import Session
from signoff_cli.verbs import daemon

START = "2027-01-11T09:00+08:00"
READER = "your-login"
_FENCE = re.compile(r"^(?P<mark>```+)(?P<kind>[\w-]*)\s*$")
_SAID = re.compile(r"^<!-- (?P<what>file|clock): (?P<value>.+?) -->$")
_EXIT = re.compile(r"^# exit code (\d+)$", re.MULTILINE)
#: What a machine is set up with; pages may show it, tests cannot run it again and again.
_SET_UP = tuple(
    "python3 -m pip install uv|python3 -m uv sync|python3 -m uv run |python3 -m venv .venv|.venv/bin/|export SIGNOFF_"
    "|pg_dump |sqlite3 ".split("|")
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, the line it begins on, the file and the clock said before it."""

    kind: str
    text: str
    line: int
    file: str = ""
    clock: str = ""


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    said: dict[str, str] = {}
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        if match := _SAID.match(line):
            said[match["what"]] = match["value"]
        elif match := _FENCE.match(line):
            body = []
            for _, inner in lines:
                if inner.strip() == match["mark"]:
                    break
                body.append(inner)
            yield Block(
                match["kind"], "\n".join(body) + "\n", number, said.get("file", ""), said.get("clock", "")
            )
            said = {}


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block with the output shown below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command.strip(), shown


def agrees(shown: str, printed: str) -> bool:
    """Whether the output is as shown, `…` standing for anything; runs of blanks count as one."""
    pattern = ""
    for line in _lines(shown):
        words = ".*?".join(re.escape(part) for part in line.split("…"))
        pattern += r"(?:[^\n]*\n)*?" if line == "…" else f"{words}\n"
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _lines(printed))) is not None


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def verb_of(arguments: list[str]) -> str:
    """The verb that a command names; empty when there is none."""
    words = [word for word in arguments if not word.startswith("-")]
    pairs = [" ".join(words[place : place + 2]) for place in range(len(words))]
    return next((each for each in (*pairs, *words) if each in ENTRIES), "")


@dataclass(slots=True)
class Reader:
    """Somebody who follows a page in an empty folder, at a time of the page's choosing."""

    folder: Path
    page: str
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(START))
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "page"})

    def follow(self, text: str) -> None:
        """Do what each block says; an AssertionError says where the page is wrong."""
        for block in blocks(text):
            place = f"{self.page}:{block.line}"
            if block.clock:
                self.clock.set(block.clock)
            if block.file:
                self._write(block, place)
            else:
                assert block.kind in _KINDS, f"{place}: nothing runs a block of the kind {block.kind!r}"
                _KINDS[block.kind](self, block, place)

    def run(self, command: str) -> tuple[int, str]:
        """One command line, in this process, at the page's time."""
        arguments = shlex.split(command)
        if arguments[0] == "python":
            ran = subprocess.run(  # the exit code is part of what is shown
                [sys.executable, *arguments[1:]], check=False, capture_output=True, text=True, timeout=60
            )
            return ran.returncode, ran.stdout + ran.stderr
        assert arguments[0] == "signoff", f"{command}: only signoff and python are run"
        logging.getLogger(
            "signoff"
        ).handlers = []  # those of the last command write where nobody reads any more
        result = CliRunner().invoke(command_line.cli, arguments[1:])
        return result.exit_code, result.output

    def _write(self, block: Block, place: str) -> None:
        path = self.folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text.replace(READER, pwd.getpwuid(os.getuid()).pw_name), encoding="utf-8")
        path.chmod(0o600)  # as files with passphrases have to be
        if block.text.startswith("signoff"):
            code, output = self.run("signoff check .")
            assert code == 0, f"{place}: {output}"

    def console(self, block: Block, place: str) -> None:
        for command, shown in commands(block.text):
            code, printed = self.run(command)
            said = _EXIT.search(shown)
            refused = any(line.startswith(("Error:", "错误：")) for line in shown.splitlines())
            fits = code == int(said[1]) if said else bool(code) == refused
            assert fits, f"{place}: $ {command}\nexit code {code}\n{printed}"
            assert agrees(_EXIT.sub("", shown), printed), (
                f"{place}: $ {command}\n--- shown\n{shown}--- printed\n{printed}"
            )

    def python(self, block: Block, place: str) -> None:
        code = compile("\n" * block.line + block.text, place, "exec", dont_inherit=True)
        exec(code, self.names)

    def setup(self, block: Block, place: str) -> None:
        for line in filter(None, map(str.strip, block.text.splitlines())):
            bare = line.partition("  #")[0].strip()
            assert bare.startswith((*_SET_UP, "#")), f"{place}: {line} is no known step of a set-up"
            if " signoff " in bare:
                assert verb_of(shlex.split(bare)), f"{place}: {line} names no verb"

    def nothing(self, block: Block, place: str) -> None:
        """Text that is only shown: a picture of files, a grammar."""


_KINDS: dict[str, Callable[[Reader, Block, str], None]] = {
    "console": Reader.console,
    "python": Reader.python,
    "sh": Reader.setup,
    "text": Reader.nothing,
}


def reader(folder: Path, page: str, patch: pytest.MonkeyPatch, lang: str) -> Reader:
    """A reader whose command line tells the page's time instead of the machine's."""
    found = Reader(folder, page)

    class Timed(Session):
        """A session whose engine lives at the reader's time."""

        @property
        def engine(self) -> Engine:
            if self._engine is None:
                self._engine = Engine(self.url, clock=found.clock)
            return self._engine

    found.names["clock"] = found.clock
    patch.setattr(command_line, "Session", Timed)
    patch.setattr(daemon, "Engine", partial(Engine, clock=found.clock))
    patch.setattr(logging.getLogger("signoff"), "handlers", [])
    patch.chdir(folder)
    for name in ("SIGNOFF_AS", "SIGNOFF_DB", "SIGNOFF_DB_FILE", "SIGNOFF_SMTP"):
        patch.delenv(name, raising=False)
    patch.setenv("SIGNOFF_LANG", lang)
    return found
