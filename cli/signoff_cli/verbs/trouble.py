"""incidents: what waits for an operator, over all instances or in one."""

import click

from signoff import Trouble, troubles
from signoff_cli.moment import shown
from signoff_cli.screen import Screen
from signoff_cli.session import Session
from signoff_cli.verb import Answer, verb
from signoff_cli.words import counted, t


@verb(
    "incidents",
    details="Incidents, at which an instance stands still, and what was owed and given up after its last attempt: notices, "
    "calls of handlers, timers. `signoff retry INSTANCE ID` tries one of them again, without ID all of an instance.",
)
@click.argument("instance", metavar="[INSTANCE]", required=False, default="")
def incidents(session: Session, instance: str) -> Answer:
    engine = session.engine
    found = troubles(engine.core, engine.find(instance) if instance else "")

    def show(screen: Screen) -> None:
        if not found:
            screen.line(t("Nothing stands still, and nothing was given up."), "good")
            return
        titles = [t("Instance"), t("What"), "Id", t("Step"), t("Since"), t("Why")]
        screen.table(titles, [_row(each, screen.lang) for each in found])
        again = session.command("retry", "INSTANCE", "ID")
        screen.line(counted("{n} thing; {again}", "{n} things; {again}", len(found), again=again), "dim")

    return Answer({"incidents": found}, show)


def _row(each: Trouble, lang: str) -> tuple[str, ...]:
    what = t("given up") if each.kind == "given up" else t("incident")
    return (each.name, what, each.id, each.step, shown(each.since, "UTC"), each.cause.sentence(lang))
