"""db upgrade, db status: the only way to change the tables of an existing database."""

from collections.abc import Sequence

from signoff import Database, database_status, upgrade_database
from signoff.errors import SchemaMismatch
from signoff_cli.screen import Screen
from signoff_cli.session import Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.words import t


@verb("db upgrade", details="Creates the database, or brings it to this release; all of it or nothing.")
@option("--dry-run", is_flag=True, help="Only say what would be done.")
def upgrade(session: Session, dry_run: bool) -> Answer:
    database = Database(session.url)
    try:
        steps = upgrade_database(database, dry_run=dry_run)
    finally:
        database.dispose()

    def show(screen: Screen) -> None:
        for step in steps:
            screen.line(f"{step.revision}  {step.title}")
        if not steps:
            screen.line(t("The database is up to date."), "good")
        elif dry_run:
            screen.line(t("Nothing was changed."))
        else:
            screen.line(t("The database was brought up to date."), "good")

    return Answer({"steps": steps, "dry_run": dry_run}, show)


@verb("db status", details="Exit code 9 when the database is missing or was made for another release.")
def status(session: Session) -> Answer:
    database = Database(session.url)
    try:
        present, wanted = database_status(database)
        missing = database.unguarded() if present else ()
    finally:
        database.dispose()
    current = present == wanted

    def show(screen: Screen) -> None:
        screen.pairs(
            [
                (t("Database"), database.url.render_as_string(hide_password=True)),
                (t("Its schema"), present or t("none")),
                (t("This release"), wanted),
                *([(t("Guards"), guarded(missing))] if present else []),
            ]
        )
        if not current:
            screen.line(t("`signoff db upgrade` brings it up to date."), "late")

    document = {"current": current, "schema": present, "wanted": wanted, "guards_missing": missing}
    return Answer(document, show, 0 if current else SchemaMismatch.exit_code)


def guarded(missing: Sequence[str]) -> str:
    """Whether the triggers are in place that refuse to change what is recorded."""
    if not missing:
        return t("in place: what is recorded is neither changed nor removed by accident")
    return t("missing: {names}", names=", ".join(missing))
