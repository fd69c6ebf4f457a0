"""docs/pictures/demo.svg, the end of a demo in a terminal: `python -m signoff_cli.demo.picture > docs/pictures/demo.svg`.

A test compares the picture with what this gives; it depends on no clock, no login and no terminal.
"""

import re
import tempfile
from datetime import datetime
from io import StringIO
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from signoff import VirtualClock
from signoff_cli.demo import ending
from signoff_cli.demo.flagship import flagship
from signoff_cli.demo.performance import Show
from signoff_cli.demo.place import Home
from signoff_cli.demo.stage import Silent
from signoff_cli.main import cli
from signoff_cli.screen import Screen
from signoff_cli.session import Session

AT = "2026-06-01T09:00+08:00"
READER = "you"
COLUMNS = 132
_FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)  # they would be fetched from elsewhere


def picture() -> str:
    """The picture as SVG."""
    out = StringIO()
    with (
        click.Context(cli, obj=Session(lang="en")).scope(cleanup=False),
        tempfile.TemporaryDirectory() as folder,
    ):
        source, definition, script = flagship()
        home = Home(Path(folder, "signoff-demo.db"), READER)
        clock = VirtualClock(datetime.fromisoformat(AT))
        show = Show(home, script, definition, source, stage=Silent(), lang="en", clock=clock)
        performance = show.perform()
        ending.tell(
            Screen(out, "en", coloured=True, columns=COLUMNS), performance, Home(Path(home.file.name), READER)
        )
    console = Console(
        record=True, file=StringIO(), width=COLUMNS, force_terminal=True, color_system="standard"
    )
    console.print(Text.from_ansi(out.getvalue().strip("\n")))
    svg = _FONTS.sub("", console.export_svg(title="signoff demo", unique_id="demo"))
    svg = svg.replace(
        "<svg ", '<svg xml:space="preserve" ', 1
    )  # some viewers drop blanks at the edges of a text
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


if __name__ == "__main__":
    click.echo(picture(), nl=False)
