"""export: the approval sheet of an instance, its deadlines, or all its evidence with a program that checks it."""

import io
from pathlib import Path

import click

from signoff import Engine, Sheet, instance_calendar, sheet_docx, sheet_html, sheet_json
from signoff_cli.screen import Screen
from signoff_cli.session import Misuse, Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.verbs.look import INSTANCE
from signoff_cli.words import t


@verb(
    "export",
    details="The approval sheet says at each gate who decided what, when, in which role and on whose behalf, on what "
    "content, and how strongly that is proved. With --evidence everything that proves it goes into one .zip: records, "
    "documents, definitions, public keys, and a program that checks them without signoff.",
)
@INSTANCE
@option(
    "--format",
    "form",
    type=click.Choice(("json", "html", "docx", "ics")),
    default="json",
    help="What the sheet is written as; json.",
)
@option("--step", metavar="STEP", default="", help="Only the gates of this step.")
@option("--evidence", is_flag=True, help="The evidence instead of the sheet, as a .zip.")
@option(
    "--checkpoint",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Put the checkpoints of this file into the evidence.",
)
@option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where to write it; without it JSON is printed.",
)
def export(
    session: Session,
    instance: str,
    form: str,
    step: str,
    evidence: bool,
    checkpoint: Path | None,
    output: Path | None,
) -> Answer:
    engine = session.engine
    id = engine.find(instance)
    if output is None and (evidence or form != "json"):
        raise Misuse(t("Say where to write it: -o FILE."))
    if evidence:
        content = _bundle(engine, id, checkpoint)
    elif form == "ics":
        content = instance_calendar(engine, id, lang=session.lang).encode()
    else:
        whole = engine.sheet(id, reader=session.keeper)
        sheet = whole.only(step) if step else whole
        content = _written(sheet, form, session.lang)
    if output is None:
        return Answer(sheet, lambda screen: _print(screen, content.decode()))
    _write(output, content)
    document = {"instance": id, "file": output, "format": "evidence" if evidence else form}
    return Answer(document, lambda screen: screen.line(t("Written: {file}", file=output), "good"))


def _bundle(engine: Engine, id: str, checkpoint: Path | None) -> bytes:
    target = io.BytesIO()
    engine.bundle(id, target, checkpoints="" if checkpoint is None else _text(checkpoint))
    return target.getvalue()


def _written(sheet: Sheet, form: str, lang: str) -> bytes:
    if form == "docx":
        return sheet_docx(sheet, lang)
    return (sheet_html(sheet, lang) if form == "html" else sheet_json(sheet)).encode()


def _print(screen: Screen, text: str) -> None:
    for line in text.splitlines():
        screen.line(line)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(t("--checkpoint {file} cannot be read: {why}", file=file, why=error)) from None


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Misuse(t("{file} cannot be written: {why}", file=file, why=error)) from None
