"""demo: a whole process from its start to its end on a real database, and a second one left for the reader."""

from pathlib import Path

import click

from signoff.errors import Refused
from signoff_cli.demo import ending, place
from signoff_cli.demo.flagship import flagship
from signoff_cli.demo.performance import Show, Stage
from signoff_cli.demo.stage import Lines, Silent, Table
from signoff_cli.demo.table import adapted
from signoff_cli.screen import Screen
from signoff_cli.session import Session
from signoff_cli.verb import Answer, verb


@verb(
    "demo",
    details="Plays the shipped marketing campaign, or the process of your own TABLE, on a new SQLite file: "
    "signoff-demo.db in this folder, or the one that --db names. Leaves a second instance for you to move on.",
)
@click.argument("table", metavar="[TABLE]", required=False, type=click.Path(path_type=Path))
def demo(session: Session, table: Path | None) -> Answer:
    home = place.home(session.db)
    source, definition, script = flagship() if table is None else adapted(table)
    show = Show(home, script, definition, source, stage=_stage(session), lang=session.lang)
    performance = show.perform()
    code = Refused.exit_code if performance.first.stuck else 0
    document = ending.document(performance, home)
    return Answer(document, lambda screen: ending.tell(screen, performance, home), code)


def _stage(session: Session) -> Stage:
    if session.json:
        return Silent()
    screen = Screen.of(session.lang)
    if not screen.coloured:
        return Lines(screen)
    from rich.console import Console  # noqa: PLC0415 - only on a terminal

    return Table(Console(file=screen.out, highlight=False), session.lang)
