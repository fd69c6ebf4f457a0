"""The console script `signoff`: arguments in, exit code out, every failure told and none shown raw.

Must import nothing that `--help` does not need: no SQLAlchemy, no transitions, no rich.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from signoff_cli.failure import report
from signoff_cli.screen import pipe_closed
from signoff_cli.session import Session
from signoff_cli.trail import followed
from signoff_cli.verb import Verbs
from signoff_cli.words import chosen

LINE = "Runs work that must be approved: a process table becomes a running, gated process."
DETAILS = (
    "An instance is named by its business key or any unique part of its id; a task or gate by its id or "
    "INSTANCE/STEP.\nExit codes: 0 done, 2 a definition or the command line is wrong, 3 refused, 4 not found, "
    "5 not allowed, 6 others were first, 7 what was handed in does not fit, 8 a handler failed, 9 the database "
    "cannot serve."
)


class Signoff(Verbs):
    """All verbs; the one place where errors become exit codes."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, and leave with the exit code; without `standalone_mode` return it."""
        given = list(args) if args is not None else sys.argv[1:]
        _survive()
        session = Session(lang=chosen(given, os.environ))
        try:
            with followed(os.environ):
                code = super().main(
                    given,
                    prog_name or "signoff",
                    complete_var,
                    standalone_mode=False,
                    obj=session,
                    **extra,
                )
            sys.stdout.flush()
        except BrokenPipeError:
            code = pipe_closed()
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last place to tell it
            code = self._at_last(error, session, given)
        finally:
            session.close()
        if standalone_mode:
            sys.exit(code)
        return code

    def _at_last(self, error: BaseException, session: Session, given: Sequence[str]) -> int:
        try:
            return self._told(error, session, given)
        except BrokenPipeError:
            return pipe_closed()

    def _told(self, error: BaseException, session: Session, given: Sequence[str]) -> int:
        if isinstance(error, click.exceptions.NoArgsIsHelpError):
            sys.stdout.write((error.ctx.get_help() if error.ctx else "") + "\n")
            return error.exit_code
        # Wrong arguments may have been found before --json was reached.
        session.json = session.json or "--json" in given
        return report(error, session)


def _survive() -> None:
    """A console that cannot show a character shows its number instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


cli = Signoff("signoff", line=LINE, details=DETAILS)


def main() -> None:
    """Run the command line with the arguments of this process."""
    cli()
