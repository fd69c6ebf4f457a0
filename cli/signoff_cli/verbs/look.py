"""list, show, why, history, inspect: what can be seen of instances. Nothing here changes anything."""

from typing import Any

import click

from signoff import InstanceRow, Missing, Record, State, TimelineRow
from signoff_cli import view, waits
from signoff_cli.moment import shown
from signoff_cli.screen import Cell, Screen
from signoff_cli.session import Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.words import listed, t

INSTANCE = click.argument("instance", metavar="INSTANCE")
STATUSES = ("running", "suspended", "completed", "declined", "cancelled", "terminated", "withdrawn")


@verb("list")
@option("--process", metavar="KEY", default="", help="Only instances of this process.")
@option(
    "--status",
    metavar="STATUS",
    type=click.Choice(STATUSES),
    help="Only these: running, suspended, completed, declined, cancelled …",
)
@option("--limit", type=click.IntRange(1), default=100, help="At most so many; 100.")
def list_instances(session: Session, process: str, status: str | None, limit: int) -> Answer:
    engine = session.engine
    rows = engine.instances(process, status=status or "", limit=limit)
    one_of = {row.version: row.id for row in rows}
    zones = {version: engine.definition_of(id).zone for version, id in one_of.items()}
    names = engine.names(row.starter for row in rows)

    def show(screen: Screen) -> None:
        if not rows:
            screen.line(t("There are no such instances; `signoff start KEY` makes one."))
            return
        titles = [t("Instance"), t("Title"), t("Process"), t("Status"), t("Started"), t("By")]
        screen.table(
            titles,
            [
                (
                    view.name_of(row),
                    row.title,
                    row.process,
                    _status(row),
                    shown(row.started_at, zones[row.version]),
                    names.get(row.starter, row.starter),
                )
                for row in rows
            ],
        )

    return Answer(rows, show)


def _status(row: InstanceRow) -> Cell:
    text = view.status(row.outcome or row.status)
    return (text, "good") if row.status == "running" else text


@verb("show")
@INSTANCE
def show(session: Session, instance: str) -> Answer:
    found = _Shown(session, instance)
    return Answer(found.document(), found.show)


@verb("why", details="Each line says what is missing, who can supply it and since when it is missing.")
@INSTANCE
def why(session: Session, instance: str) -> Answer:
    engine = session.engine
    row = engine.show(engine.find(instance)).row
    at = waits.standing(session, row)

    def show(screen: Screen) -> None:
        head(screen, row)
        if row.ended_at:
            screen.line(t("It has ended: {outcome}.", outcome=view.status(row.outcome or row.status)))
        else:
            waits.show_reasons(session, screen, at)

    return Answer({"instance": row, "reasons": at.reasons}, show)


def head(screen: Screen, row: InstanceRow) -> None:
    screen.line(f"{view.name_of(row)}  {row.title}  ({view.status(row.status)})", "head")


def show_timeline(session: Session, screen: Screen, rows: list[TimelineRow], zone: str) -> None:
    names = session.engine.names(row.by for row in rows if row.by)
    """The rows as a table; those on the critical path are marked."""
    titles = [t("Phase"), t("Step"), t("Status"), t("Due"), t("Float"), t("Done"), t("By"), t("Approvals")]
    screen.table(
        titles,
        [
            (
                row.phase.get(screen.lang),
                row.label.get(screen.lang) + (f" #{row.position}" if row.position else ""),
                (
                    view.status(row.status) + (f", {t('stale')}" if row.stale else ""),
                    "late" if row.stale else "",
                ),
                (
                    shown(row.decide_by or row.due, zone)
                    + (f" {t('late')}" if row.late else "")
                    + (f" {t('provisional')}" if row.provisional else ""),
                    "late" if row.late else "",
                ),
                _float(row),
                shown(row.done_at, zone),
                names.get(row.by, row.by),
                listed(
                    f"{each.name or each.person}: {_vote(each.decision, each.mode)}" for each in row.approvals
                ),
            )
            for row in rows
        ],
    )


def _float(row: TimelineRow) -> Cell:
    if row.slack is None:
        return ""
    return (f"{row.slack}!", "late" if row.slack < 0 else "soon") if row.critical else str(row.slack)


def _vote(decision: str, mode: str) -> str:
    said = {"yes": t("approved"), "no": t("declined"), "abstain": t("abstained")}[decision]
    return f"{said} ({t('by rule')})" if mode == "auto" else said


@verb(
    "history",
    details="Every recorded command: when, by whom, how well that person was known, and what it came to.",
)
@INSTANCE
def history(session: Session, instance: str) -> Answer:
    engine = session.engine
    id = engine.find(instance)
    row, zone = engine.show(id).row, engine.definition_of(id).zone
    records = engine.history(id, reader=session.keeper)

    def show(screen: Screen) -> None:
        head(screen, row)
        titles = ["#", t("At"), t("Command"), t("By"), t("Known"), t("Came to"), t("Hash")]
        screen.table(titles, [_recorded(record, zone) for record in records])

    return Answer({"instance": row, "records": [_as_document(record) for record in records]}, show)


def _recorded(record: Record, zone: str) -> tuple[str, ...]:
    events = ", ".join(dict.fromkeys(type(event).__name__ for event in record.events))
    who = record.name or record.by or "signoff"
    who = f"{who} ({record.by})" if record.by and record.by != who else who
    return (
        str(record.n),
        shown(record.at, zone),
        record.command,
        who,
        str(record.auth),
        events,
        record.hash[: view.SHORT],
    )


def _as_document(record: Record) -> dict[str, Any]:
    named = {name: getattr(record, name) for name in Record.__slots__ if name != "events"}
    return {**named, "events": [{"type": type(event).__name__, "event": event} for event in record.events]}


@verb("inspect")
@INSTANCE
def inspect(session: Session, instance: str) -> Answer:
    found = _Shown(session, instance)
    rows = session.engine.timeline(found.row.id)

    def show(screen: Screen) -> None:
        found.show(screen)
        screen.heading(t("Why it waits"))
        waits.show_reasons(session, screen, found.at)
        screen.heading(t("Timeline"))
        show_timeline(session, screen, rows, found.zone)

    return Answer({**found.document(), "timeline": rows}, show)


class _Shown:
    """What `show` knows of an instance."""

    def __init__(self, session: Session, named: str) -> None:
        engine = session.engine
        shown_ = engine.show(engine.find(named), reader=session.keeper)
        self.row: InstanceRow = shown_.row
        self.state: State = shown_.state
        self.number = shown_.number
        self.definition = engine.definition_of(self.row.id)
        self.zone = self.definition.zone
        self.session = session
        self.at = waits.standing(session, self.row)
        scopes = self.state.scopes.values()
        self.data = {
            name: value for scope in scopes if not scope.parent for name, value in scope.data.items()
        }
        self.offers = engine.offers(self.row.id)
        self.papers = [paper for scope in scopes for paper in scope.documents.values()]
        self.names = engine.names([self.row.starter, *(paper.by for paper in self.papers)])

    def document(self) -> dict[str, Any]:
        return {
            "instance": self.row,
            "version": {"number": self.number, "label": self.definition.label},
            "data": self.data,
            "documents": self.papers,
            "waits": self.at.reasons,
            "incidents": list(self.state.incidents.values()),
            "questions": list(self.state.inquiries.values()),
            "offers": self.offers,
        }

    def show(self, screen: Screen) -> None:
        row = self.row
        screen.line(row.title or view.name_of(row), "head")
        process = (
            f"{self.definition.label.get(screen.lang)} ({row.process}, {t('version {n}', n=self.number)})"
        )
        screen.pairs(
            [
                (t("Key"), row.key),
                (t("Id"), row.id),
                (t("Process"), process),
                (t("Status"), view.status(row.status)),
                (t("Outcome"), view.status(row.outcome)),
                (
                    t("Started"),
                    f"{shown(row.started_at, self.zone)} {self.names.get(row.starter, row.starter)}".strip(),
                ),
                (t("Ended"), shown(row.ended_at, self.zone)),
            ]
        )
        self._show_data(screen)
        self._show_papers(screen)
        if row.ended_at is None:
            screen.heading(t("What waits"))
            waits.show_waits(self.session, screen, self.at)
            for asked in self.state.inquiries.values():
                who = self.session.engine.names([asked.person]).get(asked.person, asked.person)
                screen.line(
                    t("{who} is asked about {node}: {text}", who=who, node=asked.node, text=asked.text)
                )
            for reason in self.at.reasons:
                if reason.subject:
                    screen.line(f"{t('subject')} {reason.node}: {reason.subject}", "dim")
            self._show_offers(screen)

    def _show_offers(self, screen: Screen) -> None:
        """What may be asked for, and what has been asked with what speaks against it."""
        if not self.offers:
            return
        screen.heading(t("What may be asked for"))
        for offer in self.offers:
            name = f"{view.text_in(offer.label, screen.lang)}  [{offer.name}]"
            roles = listed(view.text_in(role, screen.lang) for role in offer.roles)
            if offer.by:
                who = self.session.engine.names([offer.by]).get(offer.by, offer.by)
                screen.line(t("{name}: asked for by {who}", name=name, who=who), "soon")
            else:
                screen.line(t("{name}: by {roles}", name=name, roles=roles))
            for each in offer.objections:
                screen.line(f"  - {Missing(each.code, each.params).sentence(screen.lang)}", "late")

    def _show_data(self, screen: Screen) -> None:
        filled = {name: each for name, each in self.data.items() if each is not None}
        if not filled:
            return
        screen.heading(t("Data"))
        declared = self.definition.data
        screen.pairs([_titled(name, each, declared.get(name), screen.lang) for name, each in filled.items()])

    def _show_papers(self, screen: Screen) -> None:
        if not self.papers:
            return
        screen.heading(t("Documents"))
        titles = [t("Document"), t("File"), t("Version"), t("Size"), t("By"), t("At"), "SHA-256"]
        rows = []
        for paper in self.papers:
            document = self.definition.documents.get(paper.document)
            label = document.label.get(screen.lang) if document else paper.document
            rows.append(
                (label, paper.name, str(paper.version), str(paper.size), self.names.get(paper.by, paper.by), shown(paper.at, self.zone),
                 paper.sha256[: view.SHORT])
            )  # fmt: skip
        screen.table(titles, rows)


def _titled(name: str, given: Any, declared: Any, lang: str) -> tuple[str, str]:
    """A value under its title, and its fields under theirs."""
    if declared is None:
        return name, view.value(given)
    return declared.title(lang), view.value(given, declared.type, lang)
