"""convert: a definition in another notation."""

from pathlib import Path

import click

from signoff import write_bpmn
from signoff.errors import InvalidDefinition
from signoff_cli.session import Misuse, Session
from signoff_cli.source import BPMN, SUFFIXES, bytes_of, examined
from signoff_cli.verb import Answer, option, verb
from signoff_cli.words import t

PATH = click.Path(path_type=Path)


@verb(
    "convert",
    details="YAML becomes BPMN 2.0 with a diagram; gates, forms and deadlines stand in it as extensions, so that nothing "
    "is lost on the way back. A BPMN file comes back as it stands. A graph has no YAML.",
)
@click.argument("file", metavar="FILE", type=PATH)
@option("-o", "--output", metavar="FILE.bpmn", type=PATH, required=True, help="Where to write it.")
def convert(_session: Session, file: Path, output: Path) -> Answer:
    if output.suffix.lower() in SUFFIXES:
        raise Misuse(
            t("BPMN is not written as YAML: a graph need not be made of blocks. Write -o FILE.bpmn.")
        )
    if output.suffix.lower() not in BPMN:
        raise Misuse(t("Say by its suffix what {file} is to become: .bpmn.", file=output))
    (read, *_) = examined([file])
    found = read.survey
    definitions = (*found.definitions, *found.drawn) if found is not None else read.definitions
    if not definitions or (found is None and read.errors):
        raise InvalidDefinition(read.problems)
    origin = bytes_of(file) if found is not None else None
    output.write_text(write_bpmn(*definitions, origin=origin, file=str(file)), encoding="utf-8")
    document = {"processes": [each.id for each in definitions], "file": output}
    return Answer(document, lambda screen: screen.line(t("Written: {file}", file=output), "good"))
