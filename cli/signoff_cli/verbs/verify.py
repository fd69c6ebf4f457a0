"""verify: whether what is stored still is what was recorded."""

import click

from signoff.errors import UnreadableState
from signoff_cli.screen import Screen
from signoff_cli.session import Session
from signoff_cli.verb import Answer, verb
from signoff_cli.words import counted, t


@verb(
    "verify",
    details="Checks every hash of the chains, and derives every state again from its history. Without INSTANCE everything "
    "is checked, the chains of people and definitions too. Exit code 9 when something does not hold.",
)
@click.argument("instance", metavar="[INSTANCE]", required=False, default="")
def verify(session: Session, instance: str) -> Answer:
    engine = session.engine
    found = engine.verify(engine.find(instance) if instance else "")

    def show(screen: Screen) -> None:
        for finding in found.findings:
            place = f"{finding.where} #{finding.n}" if finding.n else finding.where
            screen.line(f"{place}: {finding.fault} {finding.detail}".rstrip(), "late")
        said = t(
            "{instances} verified, {findings}.",
            instances=counted("{n} instance", "{n} instances", found.instances),
            findings=counted("{n} finding", "{n} findings", len(found.findings)),
        )
        screen.line(said, "late" if found.findings else "good")

    document = {"instances": found.instances, "findings": found.findings, "ok": not found.findings}
    return Answer(document, show, UnreadableState.exit_code if found.findings else 0)
