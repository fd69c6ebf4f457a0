"""approve, decline, return, waive: decisions. What is decided on is shown, and its hash goes along as what was seen."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from signoff import FileSigner, Question, Signature, Strength, ToSign, question
from signoff.errors import StaleSubject
from signoff_cli import view
from signoff_cli.outcome import outcome, rehearsed
from signoff_cli.passphrase import passphrase
from signoff_cli.reason import NOTE as WHY
from signoff_cli.reason import REASON, why
from signoff_cli.screen import Screen
from signoff_cli.session import Misuse, Session
from signoff_cli.verb import Answer, option, standing_in, verb
from signoff_cli.verbs.keys import PASSPHRASE
from signoff_cli.words import t

SHORTEST = 8  # characters of a hash that still name it
GATE = click.argument("gate", metavar="GATE")
SEEN = option(
    "--seen",
    metavar="HASH",
    default="",
    help="The subject that was looked at, or its first 8 characters or more; refused when it has changed since.",
)
NOTE = option("--note", metavar="TEXT", default="", help="A remark, kept in the history.")
REQUEST = option(
    "--request-id", metavar="ID", default="", help="The same id and content again does nothing again."
)
DRY_RUN = option("--dry-run", is_flag=True, help="Only say what it would come to.")
SIGN = option(
    "--sign",
    metavar="KEYFILE",
    type=click.Path(path_type=Path),
    help="Sign with your own key, in a file that `keys new` made.",
)
DETAILS = "Shows what is decided on; the vote is bound to exactly that."


@verb("approve", details=DETAILS)
@GATE
@SEEN
@NOTE
@REQUEST
@SIGN
@PASSPHRASE
@DRY_RUN
@standing_in
def approve(session: Session, gate: str, **given: Any) -> Answer:
    return cast(session, "approve", gate, **given)


@verb("decline", details=DETAILS)
@GATE
@SEEN
@WHY
@REQUEST
@SIGN
@PASSPHRASE
@DRY_RUN
@standing_in
def decline(session: Session, gate: str, **given: Any) -> Answer:
    return cast(session, "decline", gate, **{**given, "note": why(given["note"])})


def cast(
    session: Session,
    which: str,
    gate: str,
    *,
    seen: str,
    note: str,
    request_id: str,
    sign: Path | None,
    passphrase_file: Path | None,
    dry_run: bool,
) -> Answer:
    """One vote: approve, decline or abstain; signed where a key is given."""
    actor, engine = session.actor, session.engine
    asked, subject = seen_and_asked(session, gate, seen)
    call = {"approve": engine.approve, "decline": engine.decline, "abstain": engine.abstain}[which]
    options: dict[str, Any] = {"by": actor, "seen": subject, "note": note, "request_id": request_id}
    if sign is not None:
        statement = engine.to_sign(asked.gate, by=actor, decision=which, seen=subject, note=note)
        options["signature"] = Pen(sign, passphrase_file).sign(statement, asked)
        actor = replace(actor, auth=Strength.SIGNED)
    if dry_run:
        return with_question(session, asked, rehearsed(session, call, asked.gate, **options))
    receipt = call(asked.gate, **options)
    said = {
        "approve": t("Approved {gate}.", gate=gate),
        "decline": t("Declined {gate}.", gate=gate),
        "abstain": t("Abstained at {gate}.", gate=gate),
    }
    return with_question(session, asked, outcome(session, receipt, said[which], actor))


@dataclass(frozen=True, slots=True)
class Pen:
    """What somebody signs with: the file of the own key, if one is given, and that of its passphrase."""

    key: Path | None
    passphrase_file: Path | None

    def sign(self, statement: ToSign, asked: Question) -> Signature:
        """The person's signature over the statement."""
        assert self.key is not None, "asked of who has a key only"
        said = t(
            "Passphrase of {file}, to sign {step} (subject {subject})",
            file=self.key,
            step=asked.step,
            subject=asked.subject[:SHORTEST],
        )
        return statement.sign(FileSigner(self.key, passphrase(said, self.passphrase_file)))


def seen_and_asked(session: Session, gate: str, seen: str) -> tuple[Question, str]:
    """What is decided on at a gate, and the subject of it that was seen."""
    asked = question(session.engine.core, session.engine.locate(gate), session.actor.id)
    return asked, checked(seen, asked)


def checked(seen: str, asked: Question) -> str:
    """The whole subject that was seen; without --seen that of now. Raises StaleSubject."""
    if not seen:
        return asked.subject
    seen = seen.strip().lower()
    if len(seen) < SHORTEST:
        raise Misuse(t("--seen {text}: give at least {n} characters of the subject.", text=seen, n=SHORTEST))
    if not asked.subject.startswith(seen):
        raise StaleSubject("subject_not_seen", seen=seen, subject=asked.subject, gate=asked.step)
    return asked.subject


def with_question(session: Session, asked: Question, answer: Answer) -> Answer:
    """The answer with what was decided on in front of it."""
    after = answer.show

    def show(screen: Screen) -> None:
        view.show_question(session, screen, asked)
        after(screen)

    return Answer({**answer.document, "decided_on": asked}, show, answer.exit_code)


@verb("return", details="The step starts again, and what was finished after it counts no more.")
@GATE
@option("--to", metavar="STEP", required=True, help="The step to return to, one that the gate names.")
@WHY
@REQUEST
@SIGN
@PASSPHRASE
@DRY_RUN
@standing_in
def return_to(
    session: Session,
    gate: str,
    to: str,
    note: str,
    request_id: str,
    sign: Path | None,
    passphrase_file: Path | None,
    dry_run: bool,
) -> Answer:
    actor, engine = session.actor, session.engine
    asked = question(engine.core, engine.locate(gate), actor.id)
    note = why(note)
    options: dict[str, Any] = {"by": actor, "note": note, "request_id": request_id}
    if sign is not None:
        statement = engine.to_sign(asked.gate, by=actor, decision="return", note=note, to=to)
        options["signature"] = Pen(sign, passphrase_file).sign(statement, asked)
        actor = replace(actor, auth=Strength.SIGNED)
    if dry_run:
        return with_question(session, asked, rehearsed(session, engine.return_to, asked.gate, to, **options))
    receipt = engine.return_to(asked.gate, to, **options)
    said = t("Returned {gate} to {step}.", gate=gate, step=to)
    return with_question(session, asked, outcome(session, receipt, said, actor))


@verb("waive")
@click.argument("task", metavar="STEP")
@click.argument("rule", metavar="RULE")
@REASON
@REQUEST
def waive(session: Session, task: str, rule: str, reason: str, request_id: str) -> Answer:
    actor, engine = session.actor, session.engine
    receipt = engine.waive(engine.locate(task), rule, reason=why(reason), by=actor, request_id=request_id)
    return outcome(session, receipt, t("Waived {rule} of {task}.", rule=rule, task=task), actor)
