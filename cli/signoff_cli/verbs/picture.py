"""diagram: a process, its states, or one instance on it, as SVG."""

from contextlib import suppress
from pathlib import Path

import click

from signoff import (
    Definition,
    Drawing,
    Engine,
    draw,
    lay_out,
    lay_out_states,
    read_diagram,
    sketch_definition,
    state_machine,
)
from signoff.errors import InvalidDefinition, NotFound, Refused
from signoff_cli.session import Session
from signoff_cli.source import BPMN, SUFFIXES, bytes_of, examined, is_bpmn, kind_of, text_of
from signoff_cli.verb import Answer, option, verb
from signoff_cli.words import t

_UNKNOWN_NAME = "N09"  # among others that of a process


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
    process, drawing, marks = _states(session, named) if states else _picture(session, named)
    output.write_text(draw(drawing, lang=session.lang, marks=marks), encoding="utf-8")
    document = {"process": process, "file": output, "states": states}
    return Answer(document, lambda screen: screen.line(t("Written: {file}", file=output), "good"))


Found = tuple[str, Drawing, dict[str, str]]
"""The id of a process, its picture, and what of it was done; the last is empty but for an instance."""


def _states(session: Session, named: str) -> Found:
    file = _file(named)
    definition = _of_file(file) if file is not None else _deployed(session.engine, named)[0]
    return definition.id, lay_out_states(state_machine(definition, session.lang)), {}


def _picture(session: Session, named: str) -> Found:
    """As the file itself is drawn where it is drawn in full; else in our own layout."""
    file = _file(named)
    if file is not None:
        drawing = read_diagram(bytes_of(file), file=named) if is_bpmn(file) else None
        drawing = drawing if drawing is not None else lay_out(_of_file(file))
        return drawing.id, drawing, {}
    engine = session.engine
    definition, id = _deployed(engine, named)
    drawn = read_diagram(engine.source_of(id or named), process=definition.id)
    return definition.id, drawn or lay_out(definition), engine.marks(id) if id else {}


def _file(named: str) -> Path | None:
    path = Path(named)
    if path.is_file():
        return path
    if path.suffix.lower() in (*SUFFIXES, *BPMN):
        raise NotFound("no_such_file", file=named)
    return None


def _deployed(engine: Engine, named: str) -> tuple[Definition, str]:
    """The definition of a process, or of an instance with its id."""
    try:
        return engine.definition(named), ""
    except NotFound as unknown:
        try:
            id = engine.find(named)
        except NotFound:
            raise unknown from None
    return engine.definition_of(id), id


def _of_file(path: Path) -> Definition:
    """What it calls may lie beside it; what does not is drawn as a box."""
    read = examined([path])
    if read[0].definition is not None:
        return read[0].definition
    if read[0].survey is not None and not read[0].errors and read[0].survey.drawn:
        return read[0].survey.drawn[0]
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
