"""save, put-off, prioritize, move: a person's own desk, how pressing something is, and where an administrator puts it."""

from datetime import datetime

import click

from signoff import Draft
from signoff_cli.form import Form, task_form
from signoff_cli.moment import shown
from signoff_cli.outcome import carried_out
from signoff_cli.reason import REASON, why
from signoff_cli.screen import Screen
from signoff_cli.session import Misuse, Session
from signoff_cli.verb import Answer, option, standing_in, verb
from signoff_cli.verbs.vote import DRY_RUN, REQUEST
from signoff_cli.view import pressing, value
from signoff_cli.words import t

PRIORITIES = ("urgent", "high", "normal", "low")
_TASK = click.argument("task", metavar="TASK|GATE")


@verb(
    "save",
    details="What was kept before stays beside it. `submit`, or the vote, takes it up and erases it; nobody else sees it, "
    "and it changes nothing. Without anything to keep, what is kept is shown.",
)
@_TASK
@task_form
@option(
    "--note", metavar="TEXT", default="", help="A remark, or the opinion you want to give with your vote."
)
@option("--discard", is_flag=True, help="Throw away what is kept.")
@standing_in
def save(
    session: Session,
    task: str,
    form: Form,
    note: str,
    discard: bool,
) -> Answer:
    actor, engine = session.actor, session.engine
    id = engine.locate(task)
    if discard:
        engine.discard(id, by=actor)
        return _kept(session, id, None, t("Thrown away: the draft of {task}.", task=task))
    if form.empty and not note:
        return _kept(session, id, engine.draft(id, actor.id), "")
    draft = engine.save(id, by=actor, note=note, **form.filled(engine, id))
    return _kept(session, id, draft, t("Kept for {task}; `submit` or your vote takes it up.", task=task))


def _kept(session: Session, id: str, draft: Draft | None, said: str) -> Answer:
    zone = session.engine.definition_of(id.partition(":")[0]).zone

    def show(screen: Screen) -> None:
        if said:
            screen.line(said, "good")
        elif draft is None:
            screen.line(t("You keep no draft of it."))
        if draft is not None:
            rows = [(name, value(each)) for name, each in draft.data.items()]
            rows += [(name, paper.name) for name, paper in draft.documents.items()]
            rows += [("✓", each) for each in draft.ticks]
            screen.pairs([*rows, (t("Remark"), draft.note), (t("Saved"), shown(draft.saved_at, zone))])

    return Answer({"task": id, "draft": draft}, show)


@verb(
    "put-off",
    details="Out of your inbox until then; `inbox --all` shows it. Deadlines, reminders and what others see stay as they are.",
)
@_TASK
@option(
    "--until",
    metavar="DATE",
    type=click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%d %H:%M"]),
    default=None,
    help="That day, or moment: 2026-10-15 or '2026-10-15 09:30'.",
)
@option("--back", is_flag=True, help="Back into the inbox at once.")
@standing_in
def put_off(session: Session, task: str, until: datetime | None, back: bool) -> Answer:
    engine = session.engine
    if back == (until is not None):
        raise Misuse(t("Say either --until DATE or --back."))
    id = engine.locate(task)
    then = engine.put_off(id, until, by=session.actor)
    zone = engine.definition_of(id.partition(":")[0]).zone

    def show(screen: Screen) -> None:
        if then is None:
            screen.line(t("{task} is back in your inbox.", task=task), "good")
        else:
            screen.line(t("{task} is put off until {at}.", task=task, at=shown(then, zone)), "good")

    return Answer({"task": id, "until": then}, show)


@verb(
    "prioritize",
    details="Of a whole instance, or of INSTANCE/STEP: urgent, high, normal or low. For administrators and for who started it.",
)
@click.argument("about", metavar="INSTANCE|TASK")
@click.argument("priority", metavar="PRIORITY", type=click.Choice(PRIORITIES))
@REQUEST
@DRY_RUN
def prioritize(session: Session, about: str, priority: str, request_id: str, dry_run: bool) -> Answer:
    engine = session.engine
    named = engine.locate(about) if "/" in about or ":" in about else engine.find(about)
    said = t("{about} is {priority} now.", about=about, priority=pressing(priority))
    return carried_out(
        session, engine.prioritize, (named, priority), said, dry_run=dry_run, request_id=request_id
    )


@verb(
    "move",
    details="For administrators who have nothing else to do with it. What is active in between is cancelled, what is jumped "
    "over is not done, and nothing that demands a signature is jumped over; --dry-run says what it would come to.",
)
@click.argument("task", metavar="INSTANCE|TASK")
@option("--to", metavar="STEP", required=True, help="Where the flow goes on.")
@REASON
@REQUEST
@DRY_RUN
@option("--yes", is_flag=True, help="Do not ask.")
def move(
    session: Session, task: str, to: str, reason: str, request_id: str, dry_run: bool, yes: bool
) -> Answer:
    engine = session.engine
    about, said = (engine.locate(task), to), t("{task} goes on at {to}.", task=task, to=to)
    options = {"reason": why(reason), "request_id": request_id}
    if not dry_run:
        session.confirm(t("Let {task} go on at {to}?", task=task, to=to), yes=yes)
    return carried_out(session, engine.move, about, said, dry_run=dry_run, **options)
