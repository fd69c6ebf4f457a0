"""inbox: what a person has to do. Asks for rows only, so that it is as quick with many tasks as with few."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import click

from signoff import Engine, InboxRow, person_calendar
from signoff_cli import view
from signoff_cli.moment import away, lateness, shown
from signoff_cli.screen import Cell, Screen
from signoff_cli.session import Misuse, Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.words import t

VERBS = {"task": "submit", "gate": "approve", "question": "answer"}


@verb(
    "inbox", details="The most pressing first, then the earliest due. The last column is what to type next."
)
@option("--for", "whose", metavar="PERSON", help="Somebody else's; without it that of --as or of this login.")
@option("--unassigned", is_flag=True, help="What nobody can do: an administrator assigns it.")
@option("--all", "every", is_flag=True, help="Also what you have put off until later.")
@option("--limit", type=click.IntRange(1), default=500, help="At most so many; 500.")
@option(
    "--ics",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the deadlines into this file, for a calendar program.",
)
def inbox(
    session: Session, whose: str | None, unassigned: bool, every: bool, limit: int, ics: Path | None
) -> Answer:
    engine = session.engine
    person = "" if unassigned else whose or session.actor.id
    if ics is not None:
        return _calendar(session, person, ics)
    suggested = _Suggested(session, assign=unassigned)
    rows = engine.unassigned(limit=limit) if unassigned else engine.inbox(person, limit=limit, off=every)
    now = engine.now()
    for row in rows:
        suggested.open_at[row.instance, row.node] += 1

    def show(screen: Screen) -> None:
        if not rows:
            screen.line(
                t("Nobody is waited for in vain.")
                if unassigned
                else t("Nothing to do for {who}.", who=engine.names([person]).get(person, person))
            )
            return
        views = _Views(engine)
        titles = [t("Due"), "", t("Title"), t("Step"), t("Next")]
        screen.steps(titles, [_row(row, suggested, now, views, screen.lang) for row in rows])
        if len(rows) == limit:
            screen.line(t("There may be more; `--limit` shows them."), "dim")

    document = [
        {
            **{name: getattr(row, name) for name in InboxRow.__slots__ if name != "place"},
            "next": suggested.next(row),
        }
        for row in rows
    ]
    return Answer({"person": person, "tasks": document}, show)


def _calendar(session: Session, person: str, file: Path) -> Answer:
    """The deadlines of a person as a file that calendars read."""
    text = person_calendar(session.engine, person, lang=session.lang)
    try:
        file.write_bytes(text.encode())
    except OSError as error:
        raise Misuse(t("{file} cannot be written: {why}", file=file, why=error)) from None
    document = {"person": person, "file": file, "format": "ics"}
    return Answer(document, lambda screen: screen.line(t("Written: {file}", file=file), "good"))


def _row(row: InboxRow, suggested: "_Suggested", now: datetime, views: "_Views", lang: str) -> list[Cell]:
    style = lateness(row.due, now)
    step = views.label(row, lang) + (f" ({t('claimed')})" if row.claimed_by else "")
    step += f" ({t('for {who}', who=views.name(row.on_behalf_of))})" if row.on_behalf_of else ""
    step += f" ({t('draft')})" if row.drafted_at else ""
    step += f" ({t('until {at}', at=shown(row.until, views.zone(row)))})" if row.until else ""
    pressing = f"{view.pressing(row.priority)} · " if row.priority != "normal" else ""
    return [
        (shown(row.due, views.zone(row)), style),
        (away(row.due, now), style),
        pressing + row.title,
        step,
        suggested.next(row),
    ]


class _Suggested:
    """What to type for each row: its own verb, or to `assign` it to somebody."""

    def __init__(self, session: Session, *, assign: bool) -> None:
        self._session = session
        self._assign = assign
        self.open_at: Counter[tuple[str, str]] = Counter()

    def next(self, row: InboxRow) -> str:
        """INSTANCE/STEP is what people can type; the id where that would fit several."""
        alone = row.key and self.open_at[row.instance, row.node] == 1
        address = f"{row.key}/{row.node}" if alone else row.task
        if self._assign:
            return self._session.command("assign", address, "PERSON")
        if row.kind == "question":  # it has no step of its own
            return self._session.command("answer", row.task, "TEXT")
        return self._session.command(VERBS.get(row.kind, "submit"), address)


class _Views:
    """The names and zones of the definitions that an inbox names, each looked up once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {}

    def name(self, person: str) -> str:
        """What a person is called."""
        return self._engine.names([person]).get(person, person)

    def _of(self, row: InboxRow) -> tuple[str, dict[str, tuple[str, str]]]:
        if row.version not in self._known:
            found = self._engine.definition_of(row.instance)
            labels = {id: (node.label.zh, node.label.en) for id, node in found.nodes.items()}
            self._known[row.version] = (found.zone, labels)
        return self._known[row.version]

    def zone(self, row: InboxRow) -> str:
        return self._of(row)[0]

    def label(self, row: InboxRow, lang: str) -> str:
        zh, en = self._of(row)[1].get(row.node, ("", ""))
        return ((zh or en) if lang == "zh" else (en or zh)) or row.node
