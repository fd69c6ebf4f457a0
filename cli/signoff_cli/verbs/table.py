"""import: a process table becomes a definition, cell by cell; again over a file that people have edited."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from signoff import annotate, update_table
from signoff import import_table as read_table
from signoff.errors import DefinitionError, Invalid, NotFound
from signoff_cli import login as account
from signoff_cli.screen import Screen
from signoff_cli.session import Session
from signoff_cli.source import text_of
from signoff_cli.verb import Answer, option, verb
from signoff_cli.words import counted, t

FILE = click.Path(path_type=Path)
SIGNS = {"understood": "✓", "note": "…", "unreadable": "✗"}
STYLES = {"understood": "good", "note": "dim", "unreadable": "late"}


@verb(
    "import",
    details="Reads Word, Excel, CSV, Markdown and plain text, and says of every cell what was made of it. --update merges "
    "a changed table into the definition: what people wrote there is never lost.\nBeside the definition stands a people "
    "file to be filled in; one that is there already is kept. Exit code 2 when a deadline was not understood or "
    "lies before one that it waits for: the file is written, and `signoff check` refuses it.",
)
@click.argument("table", metavar="TABLE", type=FILE)
@option("-o", "--output", metavar="FILE", type=FILE, required=True, help="The definition to write.")
@option("--update", is_flag=True, help="Merge into the definition, which an import wrote before.")
@option("--report", metavar="FILE", type=FILE, help="Write the table with a comment on every cell.")
@option(
    "--people",
    metavar="FILE",
    type=FILE,
    help="The people file to write, instead of the one beside the definition.",
)
@option("--encoding", metavar="NAME", help="Of a text file, where it is not recognised.")
@option("--process", metavar="KEY", help="The key of the process, instead of the name of the file.")
@option("--dry-run", is_flag=True, help="Write nothing.")
@option("--yes", is_flag=True, help="Do not ask before a file is replaced.")
def import_table(
    session: Session,
    table: Path,
    output: Path,
    update: bool,
    report: Path | None,
    people: Path | None,
    encoding: str | None,
    process: str | None,
    dry_run: bool,
    yes: bool,
) -> Answer:
    if not table.is_file():
        raise NotFound("no_such_file", file=str(table))
    found = read_table(table, encoding=encoding, process=process, login=account.login())
    merged = update_table(text_of(output), found, file=str(output)) if update else None
    skeleton, kept = _people_file(output, people)
    files = [each for each in (output, report, skeleton) if each is not None and not dry_run]
    for file in files:
        _may_write(session, file, yes=yes or (update and file == output))
    if not dry_run:
        if report is not None:
            annotate(table, found.findings, report, session.lang, encoding=found.encoding)
        output.write_text(merged.yaml if merged else found.yaml, encoding="utf-8")
        if skeleton is not None:
            skeleton.write_text(found.people, encoding="utf-8")
    written = [str(each) for each in files]
    document = {**_as_document(found, merged), "written": written, "kept_people": kept}

    def show(screen: Screen) -> None:
        _show(screen, found, merged, written)
        if kept:
            screen.line(t("Kept as it is: {file}", file=kept))
        if found.unreadable:
            screen.line(_unread(found.unreadable, output), "late")
        elif not dry_run:
            _say_next(session, screen, kept or str(skeleton), output)

    return Answer(document, show, DefinitionError.exit_code if found.unreadable else 0)


def _say_next(session: Session, screen: Screen, people: str, output: Path) -> None:
    screen.line(t("Fill in who is who in {file}, then:", file=people))
    screen.line(f"  {session.command('people', 'import', people)}", "dim")
    screen.line(f"  {session.command('deploy', str(output))}", "dim")


def _people_file(output: Path, named: Path | None) -> tuple[Path | None, str]:
    """(the people file to write, the one that is kept): people who were filled in are not overwritten unasked."""
    beside = output.with_suffix(".people.yaml")
    if named is None and beside.exists():
        return None, str(beside)
    return named or beside, ""


def _unread(number: int, output: Path) -> str:
    return counted(
        "{n} deadline cannot be kept as it is written; correct it in {file}, or in the table and import it again. "
        "`signoff check {file}` names its line.",
        "{n} deadlines cannot be kept as they are written; correct them in {file}, or in the table and import it again. "
        "`signoff check {file}` names their lines.",
        number,
        file=output,
    )


def _may_write(session: Session, file: Path, *, yes: bool) -> None:
    """Before anything is written: whether all of it can be, and may replace what is there."""
    if not file.parent.is_dir():
        raise Invalid("no_such_folder", file=str(file), folder=str(file.parent))
    if file.exists():
        session.confirm(t("{file} exists. Replace it?", file=file), yes=yes)


def _show(screen: Screen, found: Any, merged: Any, written: Sequence[str]) -> None:
    for finding in found.findings:
        text = f"{SIGNS[finding.verdict]} {finding.cell.place}  {finding.sentence(screen.lang)}"
        screen.line(text, STYLES[finding.verdict])
    if merged:
        _show_merge(screen, merged)
    counts = {each: sum(f.verdict == each for f in found.findings) for each in SIGNS}
    screen.line(t("{understood} understood, {note} kept as notes, {unreadable} not understood.", **counts))
    if found.encoding:
        screen.line(t("Read as {encoding}.", encoding=found.encoding))
    for file in written:
        screen.line(t("Written: {file}", file=file), "good")


def _show_merge(screen: Screen, merged: Any) -> None:
    for change in merged.applied:
        screen.line(t("changed: {path}", path=change.path), "good")
    for change in merged.conflicts:
        said = t("conflict: {path}: the table says {table}, the file {file}; the file was kept", path=change.path,
                 table=change.table, file=change.file)  # fmt: skip
        screen.line(said, "late")
    for change in merged.kept:
        screen.line(t("gone from the table, kept in the file: {path}", path=change.path), "soon")


def _as_document(found: Any, merged: Any) -> dict[str, Any]:
    cells = [
        {
            "place": str(finding.cell.place),
            "text": finding.cell.text,
            "verdict": finding.verdict,
            "code": finding.code,
            "sentence": finding.sentence(),
        }
        for finding in found.findings
    ]
    parts = ("applied", "conflicts", "kept")
    merge = {name: getattr(merged, name) for name in parts} if merged else {}
    return {"cells": cells, "unreadable": found.unreadable, "encoding": found.encoding, **merge}
