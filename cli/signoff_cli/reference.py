"""docs/cli.md, made from the verbs themselves: run `python -m signoff_cli.reference > docs/cli.md`.

A test compares the page with what this gives. Must not run any verb.
"""

from collections.abc import Iterator

import click

from signoff_cli.main import cli
from signoff_cli.register import ENTRIES, SECTIONS
from signoff_cli.session import Session

WIDTH = 100
OPENING = """# The command line

This page is made from the program: `python -m signoff_cli.reference > docs/cli.md`.

Every verb takes the options of `signoff` itself, before or after the verb. With `--json` a verb prints one JSON
document, errors too. In a terminal tables have colours; elsewhere they are plain and aligned. `SIGNOFF_TRACEBACK=1`
shows the inside of a failure that nobody foresaw.
"""


def page() -> str:
    """The whole page, in English."""
    return "\n".join([OPENING, *_chapters()]).rstrip() + "\n"


def _chapters() -> Iterator[str]:
    session = Session(lang="en")
    root = click.Context(cli, info_name="signoff", obj=session, max_content_width=WIDTH, terminal_width=WIDTH)
    with root.scope(cleanup=False):
        yield _block(cli.get_help(root))
    for section in SECTIONS:
        yield f"## {section.title}\n"
        for name, _, _ in section.rows:
            yield f"### `signoff {name}`\n"
            yield _block(_help(name, root))


def _help(name: str, context: click.Context) -> str:
    assert name in ENTRIES, "the sections and the entries are one table"
    command: click.Command = cli
    for word in name.split():
        assert isinstance(command, click.Group), f"{word} has a group before it"
        found = command.get_command(context, word)
        assert found is not None, f"{name} is in the register"
        command = found
        context = click.Context(
            command, parent=context, info_name=word, max_content_width=WIDTH, terminal_width=WIDTH
        )
    with context.scope(cleanup=False):
        return command.get_help(context)


def _block(text: str) -> str:
    return f"```text\n{text.strip()}\n```\n"


if __name__ == "__main__":
    click.echo(page(), nl=False)
