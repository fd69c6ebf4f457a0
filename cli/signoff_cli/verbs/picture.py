"""diagram: a process, its states, or one instance on it, as SVG."""

from contextlib import suppress
from pathlib import Path

import click

from signoff import Definition, TimelineRow, draw, lay_out, lay_out_states, sketch_definition, state_machine
from signoff.errors import InvalidDefinition, NotFound, Refused
from signoff_cli.session import Session
from signoff_cli.source import SUFFIXES, examined, kind_of, text_of
from signoff_cli.verb import Answer, option, verb
from signoff_cli.words import t

_UNKNOWN_NAME = "N09"  # among others that of a process
MARKS = {
    "passed": "done",
    "skipped": "done",
    "lapsed": "done",
    "open": "active",
    "in_review": "active",
    "scheduled": "waiting",
}


@verb(
    "diagram",
    details="Of a deployed process by its key, of a definition in a file, or of an instance with what is done, "
    "active and late in colour.",
)
@click.argument("named", metavar="KEY|INSTANCE|FILE")
@option(
    "-o",
    "--output",
    metavar="FILE.svg",
    type=click.Path(path_type=Path),
    required=True,
    help="Where to write it.",
)
@option("--states", is_flag=True, help="The process as a state machine.")
def diagram(session: Session, named: str, output: Path, states: bool) -> Answer:
    definition, marks = _found(session, named)
    drawing = lay_out_states(state_machine(definition, session.lang)) if states else lay_out(definition)
    text = draw(drawing, lang=session.lang, marks={} if states else marks)
    output.write_text(text, encoding="utf-8")
    document = {"process": definition.id, "file": output, "states": states}
    return Answer(document, lambda screen: screen.line(t("Written: {file}", file=output), "good"))


def _found(session: Session, named: str) -> tuple[Definition, dict[str, str]]:
    """The definition of a file, a process or an instance; of the last with a mark for each step."""
    path = Path(named)
    if path.is_file():
        return _of_file(path), {}
    if path.suffix.lower() in SUFFIXES:
        raise NotFound("no_such_file", file=named)
    engine = session.engine
    try:
        return engine.definition(named), {}
    except NotFound as unknown:
        try:
            id = engine.find(named)
        except NotFound:
            raise unknown from None
    return engine.definition_of(id), {row.step: _mark(row) for row in engine.timeline(id)}


def _mark(row: TimelineRow) -> str:
    mark = MARKS.get(row.status, "")
    return "late" if row.late and mark != "done" else mark


def _of_file(path: Path) -> Definition:
    """What it calls may lie beside it; what does not is drawn as a box."""
    read = examined([path])
    if read[0].definition is not None:
        return read[0].definition
    if not any(problem.code == _UNKNOWN_NAME for problem in read[0].problems):
        raise InvalidDefinition(read[0].problems)
    known = {each.definition.id: each.definition for each in examined(_beside(path)) if each.definition}
    return sketch_definition(text_of(path), file=str(path), known=known)


def _beside(path: Path) -> list[Path]:
    """The other definitions of the folder; files that are none are left alone."""
    found = []
    for other in sorted(path.parent.iterdir()):
        if other.suffix.lower() in SUFFIXES and other.is_file() and not other.samefile(path):
            with suppress(Refused):
                found += [other] if kind_of(text_of(other)) == "process" else []
    return found
