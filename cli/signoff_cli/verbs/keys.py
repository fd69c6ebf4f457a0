"""keys new, add, revoke, list: the keys that people sign with. Private halves stay in files of their owners."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from signoff import Key, add_key, list_keys, new_key, public_key
from signoff import revoke_key as revoke
from signoff_cli.moment import shown
from signoff_cli.passphrase import passphrase
from signoff_cli.screen import Screen
from signoff_cli.session import Misuse, Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.words import t

SHORT = 12  # characters of an id that are shown
PASSPHRASE: Callable[[Any], Any] = option(
    "--passphrase-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A file whose first line is the passphrase; without it the terminal asks.",
)


@verb(
    "keys new",
    details="Writes the private key, protected by a passphrase, to FILE, and the public one to FILE.pub. Needs no "
    "database. Keep the private file to yourself; have the public one registered.",
)
@option(
    "-o",
    "--output",
    "output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    required=True,
    help="Where to.",
)
@PASSPHRASE
def new(session: Session, output: Path, passphrase_file: Path | None) -> Answer:
    said = passphrase(t("A passphrase for the new key"), passphrase_file, twice=True)
    made = new_key(output, said)

    def show(screen: Screen) -> None:
        screen.line(
            t("Wrote {file}, readable by you alone, and {public}.", file=made.private, public=made.public),
            "good",
        )
        screen.line(t("The key is {key}.", key=made.key[:SHORT]))
        person = session.person or t("PERSON")
        screen.line(
            t("Have it registered: signoff keys add {file} --for {person}", file=made.public, person=person)
        )

    return Answer({"key": made.key, "private": str(made.private), "public": str(made.public)}, show)


@verb(
    "keys add",
    details="From now on, or from --from to --to. What the key signs counts as signed by that person: compare the id "
    "with the one that the person reads out.",
)
@click.argument("file", metavar="FILE.pub", type=click.Path(path_type=Path))
@option("--for", "person", metavar="PERSON", default="", help="Whose key it is.")
@option("--checkpoint", is_flag=True, help="A key that signs checkpoints; nobody's.")
@option("--from", "since", metavar="WHEN", default="", help="A date or an instant: from when it counts.")
@option(
    "--to", "until", metavar="WHEN", default="", help="A date or an instant: from when it counts no more."
)
def add(session: Session, file: Path, person: str, checkpoint: bool, since: str, until: str) -> Answer:
    if bool(person) == checkpoint:
        raise Misuse(t("Say whose key it is with --for PERSON, or --checkpoint."))
    public = public_key(file)
    given = {"valid_from": _when("--from", since), "valid_to": _when("--to", until)}
    key = add_key(session.engine.core, public, person, by=session.keeper, **given)

    def show(screen: Screen) -> None:
        whose = person or t("checkpoints")
        screen.line(t("Registered the key {key} for {person}.", key=key.id[:SHORT], person=whose), "good")

    return Answer({"key": key}, show)


@verb(
    "keys revoke",
    details="KEY is the id, its first 8 characters or more, or the file of the public key. What was signed before stays "
    "signed; from now on the key signs nothing.",
)
@click.argument("key", metavar="KEY")
@option("--reason", metavar="TEXT", required=True, help="Why; kept in the history.")
@option("--yes", is_flag=True, help="Do not ask.")
def revoke_key(session: Session, key: str, reason: str, yes: bool) -> Answer:
    session.confirm(t("Revoke the key {key} for good?", key=key), yes=yes)
    found = revoke(session.engine.core, _id(session, key), reason=reason, by=session.keeper)
    said = t("Revoked the key {key}.", key=found.id[:SHORT])
    return Answer({"key": found}, lambda screen: screen.line(said, "good"))


@verb("keys list")
def list_all(session: Session) -> Answer:
    found, now = list_keys(session.engine.core), session.engine.now()

    def show(screen: Screen) -> None:
        if not found:
            screen.line(t("No key is registered; `signoff keys new` makes one."))
            return
        titles = [t("Key"), t("Person"), t("From"), t("To"), t("State"), t("Reason")]
        screen.table(titles, [_row(each, now) for each in found])

    return Answer({"keys": found}, show)


def _id(session: Session, key: str) -> str:
    """The id of the key in a file; anything else as it is."""
    if not key.endswith(".pub"):
        return key
    public = public_key(key).hex()
    return next((each.id for each in list_keys(session.engine.core) if each.public == public), key)


def _row(key: Key, now: datetime) -> tuple[Any, ...]:
    states = {
        "valid": (t("valid"), "good"),
        "not_yet": (t("not yet"), "soon"),
        "over": (t("run out"), "dim"),
        "revoked": (t("revoked"), "late"),
    }
    until = shown(key.valid_to) if key.valid_to else ""
    who = key.person or t("checkpoints")
    return key.id[:SHORT], who, shown(key.valid_from), until, states[key.standing(now).value], key.reason


def _when(name: str, text: str) -> datetime | None:
    """A date or an instant; without an offset in the zone of this machine."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise Misuse(
            t("{name} {text} is no date; write 2027-01-31 or 2027-01-31T18:00+08:00.", name=name, text=text)
        ) from None
