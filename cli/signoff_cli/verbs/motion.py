"""What somebody who is asked may do besides voting: abstain, transfer, delegate, advise, signers, take back."""

from collections.abc import Sequence
from typing import Any

import click

from signoff_cli.outcome import carried_out
from signoff_cli.reason import REASON, why
from signoff_cli.session import Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.verbs.keys import PASSPHRASE
from signoff_cli.verbs.vote import DETAILS, DRY_RUN, GATE, NOTE, REQUEST, SEEN, SIGN, cast
from signoff_cli.words import t

PERSON = click.argument("person", metavar="PERSON")


@verb("abstain", details=DETAILS)
@GATE
@SEEN
@NOTE
@REQUEST
@SIGN
@PASSPHRASE
@DRY_RUN
def abstain(session: Session, gate: str, **given: Any) -> Answer:
    return cast(session, "abstain", gate, **given)


@verb(
    "transfer",
    details="For good: the other one has the duty and the right from then on, and the deadline stays. A vote goes to "
    "somebody of the same role, or of one that the gate names for it.",
)
@click.argument("task", metavar="TASK|GATE")
@PERSON
@NOTE
@REQUEST
@DRY_RUN
def transfer(session: Session, task: str, person: str, note: str, request_id: str, dry_run: bool) -> Answer:
    engine = session.engine
    said = t("{task} is now {person}'s.", task=task, person=person)
    options = {"note": note, "request_id": request_id}
    return carried_out(
        session, engine.transfer, [engine.locate(task), person], said, dry_run=dry_run, **options
    )


@verb("delegate", details="The vote stays yours: you are asked again when the opinion is there.")
@GATE
@PERSON
@NOTE
@REQUEST
@DRY_RUN
def delegate(session: Session, gate: str, person: str, note: str, request_id: str, dry_run: bool) -> Answer:
    engine = session.engine
    said = t("{person} is asked for an opinion on {gate}.", person=person, gate=gate)
    options = {"note": note, "request_id": request_id}
    return carried_out(
        session, engine.delegate, [engine.locate(gate), person], said, dry_run=dry_run, **options
    )


@verb("advise", details="An opinion binds nobody; who asked for it decides.")
@GATE
@click.argument("opinion", metavar="TEXT")
@option("--for", "favour", flag_value="yes", default=None, help="You would say yes.")
@option("--against", "favour", flag_value="no", help="You would say no.")
@REQUEST
@DRY_RUN
def advise(
    session: Session, gate: str, opinion: str, favour: str | None, request_id: str, dry_run: bool
) -> Answer:
    engine = session.engine
    said = t("Your opinion on {gate} is given.", gate=gate)
    options = {"advice": favour, "request_id": request_id}
    return carried_out(
        session, engine.advise, [engine.locate(gate), opinion], said, dry_run=dry_run, **options
    )


@verb(
    "add-signer",
    details="Before: you are asked again when they have said yes. After: your yes counts when they have. Beside: they "
    "join those asked. A no of theirs is yours; beside you it is their own.",
)
@GATE
@click.argument("people", metavar="PERSON...", nargs=-1, required=True)
@option("--before", "place", flag_value="before", default=None, help="They sign before you.")
@option("--beside", "place", flag_value="beside", help="They sign at the same time as you.")
@option("--after", "place", flag_value="after", help="They sign after you.")
@option(
    "--need",
    type=click.Choice(["any", "all", "all in turn"]),
    default=None,
    help="How many of them, before or after you: all, unless you say so.",
)
@NOTE
@REQUEST
@DRY_RUN
def add_signer(
    session: Session,
    gate: str,
    people: Sequence[str],
    place: str | None,
    need: str | None,
    note: str,
    request_id: str,
    dry_run: bool,
) -> Answer:
    engine = session.engine
    said = t("{people} sign at {gate} as well.", people=", ".join(people), gate=gate)
    options = {"place": place or "before", "need": need, "note": note, "request_id": request_id}
    return carried_out(
        session, engine.add_signers, [engine.locate(gate), list(people)], said, dry_run=dry_run, **options
    )


@verb(
    "remove-signer",
    details="Somebody who has not voted: whom you have added, or anybody as an administrator. The votes are counted again.",
)
@GATE
@PERSON
@REASON
@REQUEST
@DRY_RUN
def remove_signer(
    session: Session, gate: str, person: str, reason: str, request_id: str, dry_run: bool
) -> Answer:
    engine = session.engine
    said = t("{person} signs no more at {gate}.", person=person, gate=gate)
    options = {"reason": why(reason), "request_id": request_id}
    return carried_out(
        session, engine.remove_signer, [engine.locate(gate), person], said, dry_run=dry_run, **options
    )


@verb(
    "take-back",
    details="Your vote, as long as nobody has acted on it and where the gate offers it; or the question that you have "
    "passed on for an opinion. A signature stays.",
)
@GATE
@option("--reason", metavar="TEXT", default="", help="Why; kept in the history.")
@REQUEST
@DRY_RUN
def take_back(session: Session, gate: str, reason: str, request_id: str, dry_run: bool) -> Answer:
    engine = session.engine
    said = t("Taken back at {gate}.", gate=gate)
    options = {"reason": reason, "request_id": request_id}
    return carried_out(session, engine.take_back, [engine.locate(gate)], said, dry_run=dry_run, **options)
