"""verify: whether what is stored still is what was recorded."""

from collections.abc import Sequence
from pathlib import Path

import click

from signoff import public_key
from signoff.errors import UnreadableState
from signoff_cli.screen import Screen
from signoff_cli.session import Misuse, Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.words import counted, t


@verb(
    "verify",
    details="Checks every hash of the chains and every signature, and derives every state again from its history. Without "
    "INSTANCE everything is checked, the chains of people, keys and definitions too. Exit code 9 when something does not "
    "hold.",
)
@click.argument("instance", metavar="[INSTANCE]", required=False, default="")
@option(
    "--checkpoint",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Compare with the checkpoints in this file: nothing below them may have changed.",
)
@option(
    "--key",
    "keys",
    metavar="FILE.pub",
    multiple=True,
    type=click.Path(path_type=Path),
    help="The public key that signed them; without it one that is registered in the database, which proves less.",
)
def verify(session: Session, instance: str, checkpoint: Path | None, keys: Sequence[Path]) -> Answer:
    engine = session.engine
    trusted = [public_key(file) for file in keys]
    text = "" if checkpoint is None else _text(checkpoint)
    found = engine.verify(engine.find(instance) if instance else "", checkpoints=text, trusted=trusted)

    def show(screen: Screen) -> None:
        for finding in found.findings:
            place = f"{finding.where} #{finding.n}" if finding.n else finding.where
            screen.line(f"{place}: {finding.fault} {finding.detail}".rstrip(), "late")
        for fault, each in sorted({str(finding.fault): finding for finding in found.findings}.items()):
            screen.line(f"  {fault}: {each.sentence(screen.lang)}")
        said = t(
            "{instances} verified, {findings}.",
            instances=counted("{n} instance", "{n} instances", found.instances),
            findings=counted("{n} finding", "{n} findings", len(found.findings)),
        )
        screen.line(said, "late" if found.findings else "good")

    document = {"instances": found.instances, "findings": found.findings, "ok": not found.findings}
    return Answer(document, show, UnreadableState.exit_code if found.findings else 0)


def _text(file: Path) -> str:
    """The checkpoints of a file; an empty one would compare nothing and say that all is well."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(t("--checkpoint {file} cannot be read: {why}", file=file, why=error)) from None
    return text or "\n"
