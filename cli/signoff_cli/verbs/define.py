"""check, deploy, definitions, schema: writing processes down and making them current."""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from signoff import Calendar, Definition, Prospect, prospect, stored_calendars
from signoff.errors import InvalidDefinition
from signoff_cli.failure import found
from signoff_cli.moment import shown
from signoff_cli.screen import Screen
from signoff_cli.session import Misuse, Session
from signoff_cli.source import Examined, examined
from signoff_cli.triage import PEDANTIC, as_document, show_triage, sorted_files
from signoff_cli.verb import Answer, option, verb
from signoff_cli.verbs.request import moved
from signoff_cli.view import text_in
from signoff_cli.words import counted, t

PATHS = click.Path(path_type=Path)


@verb(
    "check",
    details="Reads definitions, BPMN, DMN, scenarios, people and calendar files; folders are searched for them. Of BPMN files it says, the worst first, whether they run, run once handlers are bound, or are refused. With --if it shows the deadlines that a date comes to, and where days off press several onto one day.",
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=PATHS)
@option("--if", "dates", metavar="NAME=DATE", multiple=True, help="Show the deadlines for this date.")
def check(session: Session, paths: Sequence[Path], dates: Sequence[str]) -> Answer:
    files = sorted_files(examined(paths))
    if not files:
        raise Misuse(
            t("No definition, BPMN, scenario or people file was found in {paths}.", paths=_listed(paths))
        )
    errors = sum(len(file.errors) for file in files)
    warnings = sum(len(file.warnings) for file in files)
    foreseen = [prospect(each, moved(dates), calendar=_kept(session, each)) for file in files for each in file.definitions] if dates else []  # fmt: skip

    def show(screen: Screen) -> None:
        show_triage(screen, files)
        _show_problems(screen, [file for file in files if file.survey is None])
        for each in foreseen:
            _show_prospect(screen, each)
        screen.line(
            t(
                "{files} checked: {errors}, {warnings}.",
                files=counted("{n} file", "{n} files", len(files)),
                errors=counted("{n} error", "{n} errors", errors),
                warnings=counted("{n} warning", "{n} warnings", warnings),
            ),
            "late" if errors else "good",
        )

    document = {"files": [as_document(file) for file in files], "errors": errors, "warnings": warnings}
    document |= {"if": moved(dates), "deadlines": foreseen} if dates else {}
    return Answer(document, show, InvalidDefinition.exit_code if errors else 0)


def _kept(session: Session, definition: Definition) -> Calendar | None:
    """The calendar of the database, which may hold an organisation's own days; None where there is none."""
    kept = stored_calendars(session.engine.core) if session.exists else []
    return next((each.calendar for each in kept if each.calendar.name == definition.calendar), None)


def _show_prospect(screen: Screen, found: Prospect) -> None:
    screen.heading(found.process)
    rows = [
        (
            text_in(each.label, screen.lang),
            shown(each.due, found.zone) + (f" {t('provisional')}" if each.provisional else ""),
        )
        for each in found.planned
    ]
    screen.table([t("Step"), t("Due")], rows)
    for crowd in found.crowded:
        screen.line(crowd.sentence(screen.lang), "soon")


def _show_problems(screen: Screen, files: Sequence[Examined], but: Collection[str] = ()) -> None:
    for file in files:
        for problem in (each for each in file.problems if each.code not in but):
            screen.line(found(problem, screen.lang), "soon" if problem.warning else "late")


def _listed(paths: Sequence[Path]) -> str:
    return ", ".join(str(path) for path in paths)


@verb("deploy", details="New instances run on what was deployed last; running ones stay on their version.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=PATHS)
def deploy(session: Session, files: Sequence[Path]) -> Answer:
    known: dict[str, Definition] = {}
    if session.exists:
        engine = session.engine
        known = {
            each.process: engine.definition(each.process) for each in engine.definitions() if each.current
        }
    read = examined(files, known)
    problems = [problem for file in read for problem in file.problems]
    if any(file.errors for file in read):
        raise InvalidDefinition(problems)
    processes = [(file, definition) for file in read for definition in file.definitions]
    brought = [file for file in read if file.definitions or file.decisions]
    if not brought:
        raise Misuse(t("There is no process in {paths}.", paths=_listed(files)))
    deployed = session.made.deploy(*(file.path for file in brought), by=session.keeper)
    names = [name for file in brought for name in (*(each.id for each in file.definitions), *file.decisions)]
    rows = [
        {
            "process": name,
            "version": each.version,
            "number": each.number,
            "repeated": each.repeated,
            "waits": each.waits,
        }
        for name, each in zip(names, deployed, strict=True)
    ]

    def show(screen: Screen) -> None:
        _show_problems(screen, read, but=PEDANTIC)
        for row in rows:
            screen.line(_said(row), "good")
        for _, definition in processes:
            screen.line(t("Start it: {command}", command=_starting(session, definition)), "dim")

    return Answer({"deployed": rows, "warnings": problems}, show)


def _said(row: Mapping[str, Any]) -> str:
    """What became of one."""
    if row["waits"]:
        said = t("{process}: version {number} waits to be released ({version}); somebody else does that with {command}.",
                 command=f"signoff release-definition {row['process']}", **row)  # fmt: skip
    elif row["repeated"]:
        said = t("{process}: version {number} was current already.", **row)
    else:
        said = t("{process}: version {number} is current ({version}).", **row)
    return said


def _starting(session: Session, definition: Definition) -> str:
    """How to start it, with a place for each field that has to be filled."""
    given = [word for name in definition.start.form.fill for word in ("--set", f"{name}=…")]
    return session.command("start", definition.id, *given)


@verb("definitions")
@option("--all", "every", is_flag=True, help="Older versions too.")
def definitions(session: Session, every: bool) -> Answer:
    rows = [each for each in session.engine.definitions() if every or each.current or each.waits]
    standing = [
        t("yes") if each.current else t("waits to be released") if each.waits else "" for each in rows
    ]

    tables = [each for each in session.engine.decisions() if every or each.current]

    def show(screen: Screen) -> None:
        if not rows and not tables:
            screen.line(t("Nothing is deployed; `signoff deploy FILE` does that."))
            return
        titles = [t("Process"), t("Name"), t("Version"), t("Current"), t("Deployed"), t("By"), t("Hash")]
        screen.table(
            titles,
            [
                (each.process, each.label, str(each.number), current,
                 shown(each.deployed_at), each.deployed_by, each.version[:12])
                for each, current in zip(rows, standing, strict=True)
            ] + [
                (each.decision, t("Decision"), str(each.number), t("yes") if each.current else "",
                 shown(each.deployed_at), each.deployed_by, each.version[:12])
                for each in tables
            ],
        )  # fmt: skip

    return Answer([*rows, *tables], show)


@verb(
    "schema",
    details="Editors complete and check definitions with it; see the first line of a shipped definition.",
)
@option("-o", "--output", type=PATHS, help="Write to this file instead of the console.")
def schema(_session: Session, output: Path | None) -> Answer:
    from signoff import json_schema  # noqa: PLC0415 - only this verb needs it

    document = json_schema()
    text = json.dumps(document, ensure_ascii=False, indent=2)
    if output is None:
        return Answer(document, lambda screen: screen.line(text))
    output.write_text(text + "\n", encoding="utf-8")
    return Answer({"file": output}, lambda screen: screen.line(t("Written: {file}", file=output)))
