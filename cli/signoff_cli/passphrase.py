"""The passphrase of a private key: asked for on the terminal, or the first line of a file. Kept nowhere."""

import os
import stat
from pathlib import Path

import click

from signoff_cli.session import Misuse
from signoff_cli.words import t


def passphrase(question: str, file: Path | None, *, twice: bool = False) -> str:
    """What the person answers; `twice` for a new one. A file is for machines; who reads along is warned of."""
    if file is None:
        said: str = click.prompt(question, hide_input=True, confirmation_prompt=twice, err=True)
        return said
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        if _is_shared(file):
            click.echo(
                t("Warning: others can read {file}; let only its owner: chmod 600 {file}", file=file),
                err=True,
            )
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(t("--passphrase-file {file} cannot be read: {why}", file=file, why=error)) from None
    return lines[0] if lines else ""


def _is_shared(file: Path) -> bool:
    """Whether anybody but its owner may read it, as far as the system says so by the bits of the mode."""
    return os.name == "posix" and bool(file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
