"""erase: personal values of an instance that has ended, out of everything that the database keeps of it."""

from collections.abc import Sequence

from signoff import PersonalErased
from signoff_cli.outcome import document, known
from signoff_cli.outcome import rehearsed as rehearse
from signoff_cli.reason import REASON, why
from signoff_cli.screen import Screen
from signoff_cli.session import Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.verbs.operate import INSTANCE
from signoff_cli.verbs.vote import DRY_RUN, REQUEST
from signoff_cli.view import name_of
from signoff_cli.words import t


@verb(
    "erase",
    details="For administrators, and for instances that have ended. Takes out what the definition declares personal, and "
    "without --name every text that people wrote there. The history keeps that it was erased, by whom and why; "
    "`signoff verify` says so, and still proves the rest. Backups and mails that were sent keep what they have.",
)
@INSTANCE
@option(
    "--name",
    "names",
    metavar="DATA",
    multiple=True,
    help="Only this data, field or document; may be repeated.",
)
@REASON
@REQUEST
@DRY_RUN
@option("--yes", is_flag=True, help="Do not ask.")
def erase(
    session: Session,
    instance: str,
    names: Sequence[str],
    reason: str,
    request_id: str,
    dry_run: bool,
    yes: bool,
) -> Answer:
    engine, actor, said = session.engine, session.actor, why(reason)
    id = engine.find(instance)
    given = {"by": actor, "names": names, "reason": said, "request_id": request_id}
    if dry_run:
        return rehearse(session, engine.erase, id, **given)
    row = engine.show(id).row
    session.confirm(t("Erase personal values of {name} for good?", name=name_of(row)), yes=yes)
    receipt = engine.erase(id, by=actor, names=names, reason=said, request_id=request_id)
    engine.purge()
    event = next(event for event in receipt.events if isinstance(event, PersonalErased))
    done = t(
        "Erased of {name}: {values} values, {documents} documents.",
        name=instance,
        values=len(event.seals),
        documents=len(event.documents),
    )

    def show(screen: Screen) -> None:
        screen.line(done, "good")
        screen.line(t("Backups, exports and mails from before still have them."))
        screen.line(known(actor), "dim")

    return Answer(document(receipt, actor), show)
