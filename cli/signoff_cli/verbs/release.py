"""release-definition: letting a version run that somebody else has deployed."""

from collections.abc import Callable, Iterator
from difflib import unified_diff

import click

from signoff import Engine
from signoff.errors import WrongState
from signoff_cli.outcome import known
from signoff_cli.screen import Screen
from signoff_cli.session import Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.words import t


@verb(
    "release-definition",
    details="For a process whose start says `released_by`: what is deployed waits, and what was in force stays so, until "
    "one of those roles who has not deployed it lets it run. Look first: --dry-run shows what differs, and its hash.",
)
@click.argument("process", metavar="PROCESS")
@option(
    "--version",
    "version",
    metavar="HASH",
    default="",
    help="The version that was looked at; another is refused.",
)
@option("--dry-run", is_flag=True, help="Only show what waits, and how it differs from what is in force.")
@option("--yes", is_flag=True, help="Do not ask.")
def release_definition(session: Session, process: str, version: str, dry_run: bool, yes: bool) -> Answer:
    engine, actor = session.engine, session.actor
    rows = [each for each in engine.definitions() if each.process == process]
    found = next((each for each in rows if each.waits), None)
    if found is None:
        raise WrongState("nothing_to_release", process=process)
    document = {"process": process, "version": found.version, "number": found.number, "by": found.deployed_by}
    if dry_run:
        lines = list(_difference(engine, process, found.version))
        return Answer({**document, "difference": lines, "dry_run": True}, _shown(document, lines))
    said = t("Let version {number} of {process}, deployed by {by}, run?", **document)
    session.confirm(said, yes=yes)
    engine.release_definition(process, by=actor, version=version or found.version)

    def show(screen: Screen) -> None:
        screen.line(t("{process}: version {number} is current ({version}).", **document), "good")
        screen.line(known(actor), "dim")

    return Answer({**document, "released_by": actor.id, "auth": actor.auth, "dry_run": False}, show)


def _difference(engine: Engine, process: str, version: str) -> Iterator[str]:
    """The lines of the source that differ from those of the version in force."""
    current = next((e.version for e in engine.definitions() if e.process == process and e.current), "")
    before = engine.source(current).splitlines() if current else []
    names = (current[:12], version[:12])
    yield from unified_diff(before, engine.source(version).splitlines(), *names, lineterm="")


def _shown(document: dict[str, object], lines: list[str]) -> Callable[[Screen], None]:
    def show(screen: Screen) -> None:
        for line in lines:
            screen.line(line)
        screen.line(t("{process}: version {number} waits ({version}), deployed by {by}.", **document))
        screen.line(t("Nothing was changed."))

    return show
