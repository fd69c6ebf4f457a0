"""forecast: the way that lies ahead of an instance, as things stand."""

from typing import Any

from signoff_cli.moment import shown
from signoff_cli.screen import Screen
from signoff_cli.session import Session
from signoff_cli.verb import Answer, verb
from signoff_cli.verbs.operate import INSTANCE
from signoff_cli.view import text_in
from signoff_cli.words import listed, t


@verb(
    "forecast",
    details="As things stand: the same conditions, people and deadlines as the engine would find now. What cannot be told "
    "yet says why; a question mark stands before what may not come.",
)
@INSTANCE
def forecast(session: Session, instance: str) -> Answer:
    engine = session.engine
    id = engine.find(instance)
    rows, zone = engine.forecast(id), engine.definition_of(id).zone

    def show(screen: Screen) -> None:
        if not rows:
            screen.line(t("Nothing lies ahead."))
            return
        table = []
        for row in rows:
            name = " › ".join(text_in(label, screen.lang) for label in (*row.inside, row.label))
            state = t("now") if row.now else t("ahead") if row.certain else t("? ahead")
            table.append(
                (name, state, "; ".join(_part(part, screen.lang) for part in row.parts), shown(row.due, zone))
            )
        screen.table([t("Step"), t("When"), t("Who"), t("Due")], table)

    return Answer({"instance": id, "ahead": rows}, show)


def _part(part: Any, lang: str) -> str:
    """Who works, or who votes in one entry; or why nobody can be named."""
    if part.unresolved:
        return " ".join(each.sentence(lang) for each in part.unresolved)
    names = listed([person.name or person.id for person in part.people])
    return names if part.kind == "work" else t("votes: {names}", names=names)
