"""What people do beside work and votes: withdraw, urge, read copies, comment, ask and answer."""

from collections.abc import Callable, Sequence
from typing import Any

import click

from signoff import Receipt
from signoff_cli.moment import shown
from signoff_cli.outcome import outcome, rehearsed
from signoff_cli.screen import Screen
from signoff_cli.session import Misuse, Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.verbs.operate import INSTANCE, REASON
from signoff_cli.verbs.vote import DRY_RUN, NOTE, REQUEST
from signoff_cli.view import name_of
from signoff_cli.words import t

TEXT = click.argument("text", metavar="TEXT")


def _done(
    session: Session, call: Callable[..., Receipt], about: Sequence[str], said: str, given: dict[str, Any]
) -> Answer:
    """Carry a command out, or only say what it would come to."""
    actor, dry_run = session.actor, given.pop("dry_run")
    if dry_run:
        return rehearsed(session, call, *about, by=actor, **given)
    return outcome(session, call(*about, by=actor, **given), said, actor)


@verb(
    "withdraw",
    details="For who started it, until the step that the definition names. Everything open is cancelled; what was decided "
    "stays in the history.",
)
@INSTANCE
@REASON
@REQUEST
@DRY_RUN
@option("--yes", is_flag=True, help="Do not ask.")
def withdraw(session: Session, instance: str, yes: bool, **given: Any) -> Answer:
    engine = session.engine
    id = engine.find(instance)
    if not given["dry_run"]:
        row = engine.show(id).row
        session.confirm(t("Withdraw {name} ({title})?", name=name_of(row), title=row.title), yes=yes)
    return _done(session, engine.withdraw, [id], t("Withdrawn: {name}.", name=instance), given)


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
    return _done(session, engine.urge, [engine.locate(task)], said, given)


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
    return _done(session, engine.mark_read, [engine.find(instance)], t("Read: {name}.", name=instance), given)


@verb(
    "comment", details="About an instance, or about INSTANCE/STEP. Nothing moves; `signoff thread` shows it."
)
@click.argument("about", metavar="INSTANCE|TASK")
@TEXT
@REQUEST
@DRY_RUN
def comment(session: Session, about: str, text: str, **given: Any) -> Answer:
    engine = session.engine
    named = engine.locate(about) if "/" in about or ":" in about else engine.find(about)
    return _done(session, engine.comment, [named, text], t("Said about {about}.", about=about), given)


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
    return _done(session, engine.ask, [engine.locate(task), person, text], said, given)


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
    return _done(session, engine.answer, [named, text], t("Answered: {question}.", question=question), given)


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
            screen.line(f"{shown(row.at, zone)}  {names}{place}: {row.text}")

    return Answer({"instance": id, "thread": rows}, show)
