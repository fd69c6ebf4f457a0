"""request, reschedule: asking for what takes effect only once it is approved; and what other dates would come to."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from signoff import Foresight
from signoff.errors import Invalid
from signoff_cli.form import Form, data_form
from signoff_cli.moment import shown
from signoff_cli.outcome import carried_out, outcome
from signoff_cli.screen import Screen
from signoff_cli.session import Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.verbs.operate import INSTANCE, REASON
from signoff_cli.verbs.vote import DRY_RUN, REQUEST
from signoff_cli.view import text_in
from signoff_cli.words import t


@verb(
    "request",
    details="What may be asked for, by whom and what it takes, the definition says. Until it is approved everything goes "
    "on; refused, everything stays as it was.",
)
@INSTANCE
@click.argument("name", metavar="NAME")
@data_form
@REASON
@option(
    "--position", type=click.IntRange(1), default=None, help="In which occurrence, where there are several."
)
@REQUEST
@DRY_RUN
def request(
    session: Session,
    instance: str,
    name: str,
    form: Form,
    position: int | None,
    dry_run: bool,
    **more: Any,
) -> Answer:
    engine = session.engine
    about, said = (engine.find(instance), name), t("Asked for {name}.", name=name)
    options = {"data": form.data(), "position": position or 0, **more}
    return carried_out(session, engine.request, about, said, dry_run=dry_run, **options)


@verb(
    "reschedule",
    details="DATE is the new value of the date that the request reschedule moves, NAME=DATE of one among several. Every "
    "deadline is shown before and after, with what speaks against it and what would have to be approved again. Then it is "
    "asked for; it takes effect once it is approved, all of it or nothing. --dry-run only shows.",
)
@INSTANCE
@click.argument("date", metavar="DATE")
@data_form
@REASON
@REQUEST
@DRY_RUN
@option("--yes", is_flag=True, help="Do not ask.")
def reschedule(
    session: Session,
    instance: str,
    date: str,
    form: Form,
    dry_run: bool,
    yes: bool,
    **more: Any,
) -> Answer:
    engine = session.engine
    id = engine.find(instance)
    dates = moved([date]) if "=" in date else date
    foreseen, zone = engine.foresee(id, dates), engine.definition_of(id).zone
    if dry_run:
        document = {"dry_run": True, "instance": id, "foresight": foreseen}
        return Answer(document, lambda screen: show_foresight(screen, foreseen, zone))
    actor = session.actor
    if not yes:
        if not session.json:
            show_foresight(Screen.of(session.lang), foreseen, zone)
        session.confirm(t("Ask for it?"), yes=yes)
    options = {"by": actor, "data": form.data(), **more}
    receipt = engine.reschedule(id, dates, **options)
    return outcome(session, receipt, t("Asked for {name}.", name="reschedule"), actor)


def moved(said: Sequence[str]) -> Mapping[str, str]:
    """NAME=DATE, each once."""
    found: dict[str, str] = {}
    for each in said:
        name, sign, value = each.partition("=")
        if not sign or not name or not value:
            raise Invalid("not_a_date_given", given=each)
        found[name] = value
    return found


def show_foresight(screen: Screen, foreseen: Foresight, zone: str) -> None:
    """Deadlines before and after, what speaks against it, what would be stale."""
    rows = []
    for shift in foreseen.shifts:
        same = shift.before == shift.after
        unsure = f" {t('provisional')}" if shift.step in foreseen.provisional else ""
        after = "" if same else shown(shift.after, zone) + (f" {t('late')}" if shift.late else "") + unsure
        room = "" if shift.slack is None else str(shift.slack)
        standing = {"done": t("done"), "open": t("now"), "planned": t("ahead")}[shift.standing]
        name = text_in(shift.label, screen.lang)
        rows.append((name, standing, shown(shift.before, zone), (after, "late" if shift.late else ""), room))
    screen.table([t("Step"), t("When"), t("Due"), t("Would be due"), t("Float")], rows)
    for conflict in foreseen.conflicts:
        screen.line(conflict.sentence(screen.lang), "late")
    for crowd in foreseen.crowded:
        screen.line(crowd.sentence(screen.lang), "soon")
    for label in foreseen.approvals:
        screen.line(t("Would have to be approved again: {name}", name=text_in(label, screen.lang)), "soon")
    for label in foreseen.documents:
        screen.line(t("Was written for the old date: {name}", name=text_in(label, screen.lang)), "soon")
