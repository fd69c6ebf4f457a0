"""advance: the one thing that a person may do at an instance. Says what is missing where there is none."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from signoff import Reason, Strength, question
from signoff.errors import Refused
from signoff_cli import view, waits
from signoff_cli.form import Form, whole_form
from signoff_cli.outcome import outcome
from signoff_cli.screen import Screen
from signoff_cli.session import Misuse, Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.verbs.keys import PASSPHRASE
from signoff_cli.verbs.vote import SIGN, Pen
from signoff_cli.words import t


@verb(
    "advance",
    details="Submits the task or approves the gate that waits for you; asks where several do, and before a vote on a "
    "terminal. Declining and returning are verbs of their own.",
)
@click.argument("instance", metavar="INSTANCE")
@whole_form
@option("--note", metavar="TEXT", default="", help="A remark, kept in the history.")
@SIGN
@PASSPHRASE
@option("--yes", is_flag=True, help="Do not ask.")
def advance(
    session: Session,
    instance: str,
    form: Form,
    note: str,
    sign: Path | None,
    passphrase_file: Path | None,
    yes: bool,
) -> Answer:
    actor, engine = session.actor, session.engine
    id = engine.find(instance)
    reasons = engine.why(id)
    mine = [reason for reason in reasons if actor.id in reason.who and waits.move(reason)]
    if not mine:
        return _nothing(session, id, reasons)
    reason = mine[0] if len(mine) == 1 else _chosen(session, mine)
    if waits.move(reason) == "approve":
        if not form.empty:
            raise Misuse(
                t(
                    "{step} asks for a vote; --set, --data, --attach and --tick are for tasks.",
                    step=reason.node,
                )
            )
        return _approve(session, reason, note, Pen(sign, passphrase_file), yes=yes)
    if sign is not None:
        raise Misuse(t("{step} is a task; --sign is for votes.", step=reason.node))
    receipt = engine.submit(reason.task, by=actor, note=note, **form.filled(engine, reason.task))
    return outcome(session, receipt, t("Submitted {task}.", task=reason.node), actor)


def _approve(session: Session, reason: Reason, note: str, pen: Pen, *, yes: bool) -> Answer:
    actor, engine = session.actor, session.engine
    asked = question(engine.core, reason.task, actor.id)
    if not session.json:
        view.show_question(session, Screen.of(session.lang), asked)
        if sys.stdin.isatty():
            session.confirm(t("Approve this?"), yes=yes)
    options: dict[str, Any] = {"by": actor, "seen": asked.subject, "note": note}
    if pen.key is not None:
        options["signature"] = pen.sign(engine.to_sign(asked.gate, **options), asked)
        actor = replace(actor, auth=Strength.SIGNED)
    receipt = engine.approve(asked.gate, **options)
    return outcome(session, receipt, t("Approved {gate}.", gate=reason.node), actor)


def _chosen(session: Session, reasons: Sequence[Reason]) -> Reason:
    """Ask which of several things is meant."""
    names = [f"{waits.move(reason)} {reason.task}" for reason in reasons]
    for number, (reason, name) in enumerate(zip(reasons, names, strict=True), start=1):
        click.echo(f"{number}  {view.text_in(reason.label, session.lang)}  ({name})", err=True)
    try:
        number = click.prompt(t("Which one?"), type=click.IntRange(1, len(reasons)), err=True)
    except click.Abort as abort:
        if isinstance(abort.__context__, KeyboardInterrupt):
            raise
        listed = "; ".join(f"signoff {name}" for name in names)
        raise Misuse(t("Several things wait for you here; name one: {listed}", listed=listed)) from None
    return reasons[number - 1]


def _nothing(session: Session, id: str, reasons: Sequence[Reason]) -> Answer:
    """Nothing here is this person's move: what is missing, and whose move it is."""
    row = session.engine.show(id).row
    at = waits.standing(session, row)
    who = session.actor.name or session.actor.id

    def show(screen: Screen) -> None:
        if row.ended_at is not None:
            screen.line(
                t(
                    "{name} has ended: {outcome}.",
                    name=view.name_of(row),
                    outcome=view.status(row.outcome or row.status),
                )
            )
            return
        text = t(
            "Nothing in {name} waits for {who}. What is missing:",
            name=view.name_of(row),
            who=who,
        )
        screen.line(text, "late")
        waits.show_reasons(session, screen, at)

    document = {"error": {"class": "Refused", "code": "nothing_to_advance", "exit_code": Refused.exit_code}}
    return Answer({**document, "instance": row, "reasons": reasons}, show, Refused.exit_code)
