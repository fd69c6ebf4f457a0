"""Why: the reason that a refusal, a way back or an end takes. The terminal asks for one that was not given.

Where nobody can answer, the engine refuses. Must not import verbs.
"""

import sys
from collections.abc import Callable
from typing import Any

import click

from signoff_cli.verb import option
from signoff_cli.words import t

REASON: Callable[[Any], Any] = option(
    "--reason", metavar="TEXT", default="", help="Why; kept in the history. The terminal asks for it."
)
#: The same for votes, whose remark it is.
NOTE: Callable[[Any], Any] = option(
    "--reason",
    "--note",
    "note",
    metavar="TEXT",
    default="",
    help="Why; kept in the history. The terminal asks for it.",
)


def why(said: str) -> str:
    """What was given; else what the person on the terminal answers."""
    if said.strip() or not sys.stdin.isatty():
        return said
    answer: str = click.prompt(t("Why?"), err=True)
    return answer
