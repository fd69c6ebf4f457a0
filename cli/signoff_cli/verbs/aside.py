"""What people do beside work and votes: withdraw, urge, read copies, comment, ask and answer."""

from datetime import datetime
from typing import Any

import click

from signoff import HandedOver
from signoff_cli.moment import shown
from signoff_cli.outcome import carried_out
from signoff_cli.reason import REASON as WHY
from signoff_cli.reason import why
from signoff_cli.screen import Screen
from signoff_cli.session import Misuse, Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.verbs.operate import INSTANCE, REASON
from signoff_cli.verbs.vote import DRY_RUN, NOTE, REQUEST
from signoff_cli.view import name_of
from signoff_cli.words import t

TEXT = click.argument("text", metavar="TEXT")


@verb(
    "withdraw",
    details="For who started it, until the step that the definition names. Everything open is cancelled; what was decided "
    "stays in the history.",
)
@INSTANCE
@WHY
@REQUEST
@DRY_RUN
@option("--yes", is_flag=True, help="Do not ask.")
@option("--request", "name", metavar="NAME", default="", help="Only what you asked for by this name.")
def withdraw(session: Session, instance: str, yes: bool, name: str, **given: Any) -> Answer:
    engine = session.engine
    id = engine.find(instance)
    if name:
        said = t("You ask for {name} no more.", name=name)
        return carried_out(session, engine.withdraw_request, [id, name], said, **given)
    if not given["dry_run"]:
        row = engine.show(id).row
        session.confirm(t("Withdraw {name} ({title})?", name=name_of(row), title=row.title), yes=yes)
    return carried_out(session, engine.withdraw, [id], t("Withdrawn: {name}.", name=instance), **given)


@verb(
    "urge",
    details="For who started it or prepared what is decided on. Each person is reminded at most once in four hours.",
)
@click.argument("task", metavar="TASK|GATE")
@NOTE
@REQUEST
@DRY_RUN
def urge(session: Session, task: str, **given: Any) -> Answer:
    engine = session.engine
    said = t("Those who are waited for at {task} are reminded.", task=task)
    return carried_out(session, engine.urge, [engine.locate(task)], said, **given)


@verb("copies", details="The latest first. `signoff read` says that you have read one.")
@option("--limit", type=click.IntRange(1), default=100, help="At most so many; 100.")
def copies(session: Session, limit: int) -> Answer:
    engine, person = session.engine, session.actor.id
    rows = engine.copied_to(person, limit=limit)

    def show(screen: Screen) -> None:
        if not rows:
            screen.line(t("Nothing was copied to you."))
            return
        zones = {row.instance: engine.definition_of(row.instance).zone for row in rows}
        titles = [t("Instance"), t("Title"), t("Copied"), t("Read")]
        screen.table(
            titles,
            [
                (
                    row.key or row.instance,
                    row.title,
                    shown(row.at, zones[row.instance]),
                    shown(row.read_at, zones[row.instance]),
                )
                for row in rows
            ],
        )

    return Answer({"person": person, "copies": rows}, show)


@verb("read", details="The receipt of a copy that was sent to you; it is given once.")
@INSTANCE
@REQUEST
@DRY_RUN
def read(session: Session, instance: str, **given: Any) -> Answer:
    engine = session.engine
    return carried_out(
        session, engine.mark_read, [engine.find(instance)], t("Read: {name}.", name=instance), **given
    )


@verb(
    "comment", details="About an instance, or about INSTANCE/STEP. Nothing moves; `signoff thread` shows it."
)
@click.argument("about", metavar="INSTANCE|TASK")
@TEXT
@option(
    "--effective",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    metavar="DATE",
    default=None,
    help="From which day it is meant to hold; the recorded time stays the true one.",
)
@REQUEST
@DRY_RUN
def comment(session: Session, about: str, text: str, effective: datetime | None, **given: Any) -> Answer:
    engine = session.engine
    given["effective"] = effective.date() if effective else None
    named = engine.locate(about) if "/" in about or ":" in about else engine.find(about)
    return carried_out(session, engine.comment, [named, text], t("Said about {about}.", about=about), **given)


@verb(
    "ask",
    details="The person finds the question in the inbox. The task or gate does not wait for the answer.",
)
@click.argument("task", metavar="TASK|GATE")
@click.argument("person", metavar="PERSON")
@TEXT
@REQUEST
@DRY_RUN
def ask(session: Session, task: str, person: str, text: str, **given: Any) -> Answer:
    engine = session.engine
    said = t("{person} is asked about {task}.", person=person, task=task)
    return carried_out(session, engine.ask, [engine.locate(task), person, text], said, **given)


@verb(
    "answer",
    details="The question is named as the inbox names it, or by INSTANCE where it is the only one; who asked is told.",
)
@click.argument("question", metavar="QUESTION|INSTANCE")
@TEXT
@REQUEST
@DRY_RUN
def answer(session: Session, question: str, text: str, **given: Any) -> Answer:
    engine = session.engine
    named = _question(session, question)
    return carried_out(
        session, engine.answer, [named, text], t("Answered: {question}.", question=question), **given
    )


def _question(session: Session, named: str) -> str:
    """The question of this id, or the one that is open to who answers in this instance."""
    engine = session.engine
    if ":" in named:
        return engine.locate(named)
    id = engine.find(named)
    rows = engine.inbox(session.actor.id)
    open_ = [row.task for row in rows if row.kind == "question" and row.instance == id]
    if len(open_) != 1:
        raise Misuse(
            t(
                "{n} questions are open to you in {name}; name one as the inbox does.",
                n=len(open_),
                name=named,
            )
        )
    return open_[0]


@verb("thread", details="Comments, questions and answers, in the order in which they were said.")
@INSTANCE
def thread(session: Session, instance: str) -> Answer:
    engine = session.engine
    id = engine.find(instance)
    rows, zone = engine.thread(id), engine.definition_of(id).zone

    def show(screen: Screen) -> None:
        if not rows:
            screen.line(t("Nothing was said."))
        for row in rows:
            said = {"comment": "{who}", "question": "{who} → {to}", "answer": "{who} → {to}"}[row.kind]
            place = f" [{row.node}]" if row.node else ""
            names = said.format(who=row.name, to=row.to)
            since = f" ({t('effective {date}', date=row.effective)})" if row.effective else ""
            screen.line(f"{shown(row.at, zone)}  {names}{place}: {row.text}{since}")

    return Answer({"instance": id, "thread": rows}, show)


@verb(
    "override",
    details="For administrators who have nothing to do with it. It is recorded as what it is, never as an approval, and "
    "passes nothing that demands a signature.",
)
@click.argument("task", metavar="TASK|GATE")
@REASON
@REQUEST
@DRY_RUN
@option("--yes", is_flag=True, help="Do not ask.")
def override(session: Session, task: str, yes: bool, **given: Any) -> Answer:
    engine = session.engine
    named = engine.locate(task)
    given["reason"] = why(given["reason"])
    if not given["dry_run"]:
        session.confirm(t("Let {task} go on without its work or votes?", task=task), yes=yes)
    return carried_out(session, engine.override, [named], t("Overridden: {task}.", task=task), **given)


@verb(
    "handover",
    details="For administrators: all open tasks and votes of a person who has left, each recorded by itself. What cannot "
    "be handed over is told and stays. Substitutions that he gave or holds end.",
)
@click.argument("person", metavar="PERSON")
@option("--to", metavar="PERSON", required=True, help="Who takes over.")
@NOTE
@DRY_RUN
@option("--yes", is_flag=True, help="Do not ask.")
def handover(session: Session, person: str, to: str, note: str, dry_run: bool, yes: bool) -> Answer:
    engine, actor = session.engine, session.actor
    rows = engine.to_hand_over(person, to, by=actor, note=note)
    if not dry_run and rows:
        fit = sum(row.refusal is None for row in rows)
        session.confirm(t("Hand {n} tasks and votes over to {to}?", n=fit, to=to), yes=yes)
        rows = engine.hand_over(person, to, by=actor, note=note)
    said = t("Nothing was done. This would be handed over:") if dry_run else t("Handed over to {to}:", to=to)

    def show(screen: Screen) -> None:
        if not rows:
            screen.line(t("Nothing lies with {person}.", person=person))
            return
        screen.line(said, "soon" if dry_run else "good")
        for row in rows:
            why = f": {row.refusal.sentence(screen.lang)}" if row.refusal else ""
            screen.line(f"{'-' if why else '+'} {row.title} · {row.node}{why}", "late" if why else "")

    return Answer({"person": person, "to": to, "dry_run": dry_run, "tasks": [_moved(r) for r in rows]}, show)


def _moved(row: HandedOver) -> dict[str, Any]:
    """A row for scripts; `refused` is the code of why it stays."""
    found = {name: getattr(row, name) for name in HandedOver.__slots__ if name != "refusal"}
    return {**found, "refused": row.refusal.code if row.refusal else ""}
