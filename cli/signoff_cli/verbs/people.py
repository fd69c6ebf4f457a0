"""people import, people list: the built-in directory."""

from pathlib import Path

import click

from signoff import PeopleChange, PeopleMode, enrolled, people_file, preview_people
from signoff import import_people as take_in
from signoff_cli.failure import found
from signoff_cli.screen import Screen
from signoff_cli.session import Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.words import counted, listed, t


@verb(
    "people import",
    details="Who is not named in the file is removed, and asked about first; --merge keeps them.",
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@option("--merge", is_flag=True, help="Keep those whom the file does not name.")
@option("--dry-run", is_flag=True, help="Only say what would change.")
@option("--yes", is_flag=True, help="Do not ask.")
def import_people(session: Session, file: Path, merge: bool, dry_run: bool, yes: bool) -> Answer:
    read = people_file(file)
    mode = PeopleMode.MERGE if merge else PeopleMode.REPLACE
    if dry_run and not session.exists:
        change = PeopleChange(added=tuple(read.people))
    else:
        change = preview_people(session.made.core, read, by=session.operator, mode=mode)
    if not dry_run:
        if change.removed:
            session.confirm(t("Remove {who}?", who=", ".join(change.removed)), yes=yes)
        change = take_in(session.engine.core, read, by=session.operator, mode=mode)

    def show(screen: Screen) -> None:
        for problem in read.warnings:
            screen.line(found(problem, screen.lang), "soon")
        for title, who in _changes(change):
            if who:
                screen.line(t("{title}: {who}", title=title, who=listed(who)))
        if dry_run:
            screen.line(t("Nothing was changed."))
        else:
            screen.line(counted("Imported {n} person.", "Imported {n} people.", len(read.people)), "good")

    return Answer({"change": change, "dry_run": dry_run, "warnings": read.warnings}, show)


def _changes(change: PeopleChange) -> list[tuple[str, tuple[str, ...]]]:
    return [(t("Added"), change.added), (t("Changed"), change.changed), (t("Removed"), change.removed)]


@verb("people list")
def list_people(session: Session) -> Answer:
    everybody = enrolled(session.engine.core)
    people = [everybody.persons[id] for id in sorted(everybody.persons)]

    def show(screen: Screen) -> None:
        if not people:
            screen.line(t("Nobody is in the directory; `signoff people import FILE` brings people in."))
            return
        titles = [
            t("Person"),
            t("Name"),
            t("Department"),
            t("Groups"),
            t("Leads"),
            t("Manager"),
            t("Login"),
            "",
        ]
        screen.table(
            titles,
            [
                (each.id, each.name, each.department, ", ".join(each.groups), ", ".join(each.leads), each.manager,
                 ", ".join(each.logins), _remarks(admin=each.admin, active=each.active))
                for each in people
            ],
        )  # fmt: skip

    return Answer({"people": people, "groups": everybody.groups}, show)


def _remarks(*, admin: bool, active: bool) -> str:
    return ", ".join([*([t("administrator")] if admin else []), *([] if active else [t("inactive")])])
