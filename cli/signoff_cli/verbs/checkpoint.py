"""checkpoint: write down, signed, where every chain stands, to be kept out of reach of whoever rules the database."""

from pathlib import Path

import click

from signoff import CheckpointFile, FileSigner
from signoff import checkpoint as signed_note
from signoff_cli.passphrase import passphrase
from signoff_cli.screen import Screen
from signoff_cli.session import Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.verbs.keys import PASSPHRASE
from signoff_cli.words import t


@verb(
    "checkpoint",
    details="With -o it is added to FILE, and says what has moved since the last one there; without, the whole is printed. "
    "Keep the file, or copies of it, where nobody who can change the database can change it too.",
)
@option(
    "-o", "--output", "output", metavar="FILE", type=click.Path(path_type=Path), help="The file to add it to."
)
@option(
    "--sign",
    "key",
    metavar="KEYFILE",
    type=click.Path(path_type=Path),
    required=True,
    help="The key of checkpoints, in a file that `keys new` made; never a person's own.",
)
@PASSPHRASE
def checkpoint(session: Session, output: Path | None, key: Path, passphrase_file: Path | None) -> Answer:
    engine = session.engine
    signer = FileSigner(
        key, passphrase(t("Passphrase of {file}, to sign a checkpoint", file=key), passphrase_file)
    )
    text = (
        signed_note(engine.core, signer)
        if output is None
        else CheckpointFile(engine.core, output, signer).append()
    )

    def show(screen: Screen) -> None:
        if output is None:
            for line in text.splitlines():
                screen.line(line)
        else:
            screen.line(t("Added a checkpoint to {file}.", file=output), "good")

    return Answer({"checkpoint": text, "file": str(output or "")}, show)
