"""The passphrase of a private key: asked for on the terminal, or the first line of a file. Kept nowhere."""

from pathlib import Path

import click

from signoff_cli.session import Misuse
from signoff_cli.words import t


def passphrase(question: str, file: Path | None, *, twice: bool = False) -> str:
    """What the person answers; `twice` for a new one. A file is for machines, and must be readable by its owner alone."""
    if file is None:
        said: str = click.prompt(question, hide_input=True, confirmation_prompt=twice, err=True)
        return said
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(t("--passphrase-file {file} cannot be read: {why}", file=file, why=error)) from None
    return lines[0] if lines else ""
