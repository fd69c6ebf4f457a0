"""How this program is typed: its name or its path, and words quoted for the shell. Must import nothing of signoff."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

_SAFE = re.compile(r"[\w@%+=:,./…-]+")


def typed(*words: str) -> str:
    """A command line of this program, ready to be copied."""
    line = [_program(), *words]
    return subprocess.list2cmdline(line) if os.name == "nt" else " ".join(map(_quoted, line))


def _quoted(word: str) -> str:
    """As a shell wants it; letters of any script stand for themselves."""
    return word if _SAFE.fullmatch(word) else shlex.quote(word)


def _program() -> str:
    """What this program has to be called as: by its name where a shell finds it so, else by its path."""
    script = Path(sys.argv[0])
    if script.stem != "signoff":
        return "signoff"
    found = shutil.which("signoff")
    # `uv run` adds a folder to the path that the reader's shell does not have.
    if found and Path(found).resolve() == script.resolve() and "UV_RUN_RECURSION_DEPTH" not in os.environ:
        return "signoff"
    path, here = script.absolute(), Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
