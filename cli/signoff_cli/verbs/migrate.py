"""migrate: running instances go on with another version of their definition, after seeing what it comes to."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import click

from signoff import Engine, Migrated, NotFound
from signoff_cli.moment import shown
from signoff_cli.reason import REASON, why
from signoff_cli.screen import Screen
from signoff_cli.session import Misuse, Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.verbs.vote import DRY_RUN
from signoff_cli.words import counted, listed, t

REFUSED = 3  # the exit code where anything stays as it is


@verb(
    "migrate",
    details="For administrators. One instance, or all of a process that run on another version; each whole or not at all, "
    "recorded by itself. Tasks keep their people, timers their time; a deadline moves where the version says another. "
    "Approvals stand, are asked again where more is demanded, and are never lost. --dry-run says what it would come to.",
)
@click.argument("what", metavar="PROCESS|INSTANCE")
@option(
    "--to",
    metavar="VERSION",
    default="",
    help="A number of `definitions`, or the beginning of a version; without it the current one.",
)
@option(
    "--map", "renamed", metavar="OLD=NEW", multiple=True, help="An element that is called otherwise there."
)
@option(
    "--void-votes", is_flag=True, help="Votes at gates that are still open go void, and are asked for again."
)
@REASON
@DRY_RUN
@option("--yes", is_flag=True, help="Do not ask.")
def migrate(session: Session, what: str, to: str, dry_run: bool, yes: bool, **given: Any) -> Answer:
    engine = session.engine
    process, only = _meant(engine, what)
    plan = {"only": only, "by": session.actor, **_plan(**given)}
    rows = engine.to_migrate(process, to, **plan)
    fit = sum(row.refusal is None for row in rows)
    if not dry_run and fit:
        session.confirm(
            counted(
                "Migrate {n} instance of {process}?",
                "Migrate {n} instances of {process}?",
                fit,
                process=process,
            ),
            yes=yes,
        )
        rows = engine.migrate_all(process, to, **plan)
        engine.nudge()
    zone = engine.definition(process).zone

    def show(screen: Screen) -> None:
        for line, tone in _lines(rows, zone, screen.lang, dry_run=dry_run):
            screen.line(line, tone)

    document = {"process": process, "dry_run": dry_run, "instances": [_document(row) for row in rows]}
    return Answer(document, show, REFUSED if any(row.refusal for row in rows) else 0)


def _meant(engine: Engine, what: str) -> tuple[str, tuple[str, ...]]:
    """A process with all its instances, or one instance."""
    try:
        return engine.definition(what).id, ()
    except NotFound:
        id = engine.find(what)
        return engine.show(id).row.process, (id,)


def _plan(renamed: tuple[str, ...], void_votes: bool, reason: str) -> dict[str, Any]:
    votes = "void" if void_votes else "keep"
    return {"nodes": _renamed(renamed), "votes": votes, "reason": why(reason)}


def _renamed(said: tuple[str, ...]) -> Mapping[str, str]:
    pairs = [each.partition("=") for each in said]
    for (old, equals, new), each in zip(pairs, said, strict=True):
        if not (old.strip() and equals and new.strip()):
            raise Misuse(t("{given} is no OLD=NEW.", given=each))
    return {old.strip(): new.strip() for old, _, new in pairs}


def _lines(rows: list[Migrated], zone: str, lang: str, *, dry_run: bool) -> Iterator[tuple[str, str]]:
    if not rows:
        yield t("Everything runs on that version already."), ""
        return
    if dry_run:
        yield t("Nothing was done. It would come to this:"), "soon"
    for row in rows:
        name = f"{row.title} ({row.instance[:12]})" if row.title else row.instance
        if row.refusal is not None:
            yield f"- {name}: {row.refusal.sentence(lang)}", "late"
            for each in getattr(row.refusal, "missing", ()):
                yield f"    {each.sentence(lang)}", "late"
            continue
        yield f"+ {name}: {row.before[:8]} → {row.to[:8]}", "good"
        yield from ((f"    {line}", "") for line in _told(row, zone))


def _told(row: Migrated, zone: str) -> Iterator[str]:
    """What the migration comes to in one instance."""
    moved = (f"{old} → {new}" if old != new else old for old, new in row.steps.items())
    yield t("goes on at {steps}", steps=listed(moved))
    for text, steps in (
        (t("asked again: {steps}"), row.asked),
        (t("the votes begin anew: {steps}"), row.voided),
        (t("done before, and no step any more: {steps}"), row.gone),
        (t("new, and already behind: {steps}"), row.over),
    ):
        if steps:
            yield text.format(steps=listed(steps))
    for step, due in row.due.items():
        yield t("{step} is now due {at}", step=step, at=shown(due, zone) if due else "-")


def _document(row: Migrated) -> dict[str, Any]:
    """A row for scripts; `refused` is the code of why it stays, `problems` those of what stands in the way."""
    found = {each.name: getattr(row, each.name) for each in fields(Migrated) if each.name != "refusal"}
    problems = [each.code for each in getattr(row.refusal, "missing", ())]
    return {**found, "refused": row.refusal.code if row.refusal else "", "problems": problems}
