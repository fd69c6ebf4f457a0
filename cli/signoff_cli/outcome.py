"""What a command came to, told after every verb that changes something: done, what waits now, and for whom."""

from collections.abc import Callable, Sequence
from typing import Any

from signoff import Actor, Receipt, rehearse
from signoff_cli import view, waits
from signoff_cli.screen import Screen
from signoff_cli.session import Session
from signoff_cli.verb import Answer
from signoff_cli.words import t


def outcome(session: Session, receipt: Receipt, said: str, actor: Actor | None = None) -> Answer:
    """The answer of a verb that has carried out a command; `said` is its first line."""
    engine = session.engine
    engine.nudge()
    row = engine.show(receipt.instance).row
    at = waits.standing(session, row)

    def show(screen: Screen) -> None:
        screen.line(said, "good")
        if receipt.repeated:
            screen.line(t("This request had been carried out before; nothing was done again."))
        if actor is not None:
            screen.line(known(actor), "dim")
        if row.ended_at is not None:
            screen.line(
                t(
                    "{name} has ended: {outcome}.",
                    name=view.name_of(row),
                    outcome=view.status(row.outcome or row.status),
                )
            )
        else:
            waits.show_waits(session, screen, at)

    return Answer({**document(receipt, actor), "instance": row, "waits": at.reasons}, show)


def document(receipt: Receipt, actor: Actor | None = None) -> dict[str, Any]:
    """A receipt for scripts; events by their types."""
    named = {name: getattr(receipt, name) for name in ("status", "opened", "head", "repeated")}
    events = [{"type": type(event).__name__, "event": event} for event in receipt.events]
    by = {"by": actor.id, "auth": actor.auth} if actor is not None else {}
    return {"instance": receipt.instance, **named, **by, "events": events}


def known(actor: Actor) -> str:
    """How well the person is known for whom this was done."""
    if actor.auth == "asserted":
        return t("By {who}, asserted: --as proves nothing.", who=actor.name or actor.id)
    if actor.auth == "signed":
        return t("By {who}, signed with the key of this person.", who=actor.name or actor.id)
    return t("By {who}, attested by the login of this machine.", who=actor.name or actor.id)


def carried_out(
    session: Session,
    call: Callable[..., Receipt],
    about: Sequence[Any],
    said: str,
    *,
    dry_run: bool,
    **options: Any,
) -> Answer:
    """Carry a command out, or only say what it would come to."""
    actor = session.actor
    if dry_run:
        return rehearsed(session, call, *about, by=actor, **options)
    return outcome(session, call(*about, by=actor, **options), said, actor)


def rehearsed(session: Session, call: Callable[..., Receipt], *arguments: Any, **options: Any) -> Answer:
    """The answer of --dry-run: what the command would come to; nothing is kept."""
    found = rehearse(
        session.engine.core, lambda connection: call(*arguments, **options, connection=connection)
    )
    at = waits.told(session, found.name, found.waits, found.zone)

    def show(screen: Screen) -> None:
        screen.line(
            t("Nothing was done. It would come to: {status}.", status=view.status(found.receipt.status)),
            "soon",
        )
        waits.show_waits(session, screen, at)

    return Answer({"dry_run": True, **document(found.receipt), "waits": found.waits}, show)
