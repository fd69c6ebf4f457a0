"""people import, people list, people show: the built-in directory."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from signoff import (
    Band,
    Grant,
    Individual,
    Limit,
    Organisation,
    PeopleChange,
    PeopleMode,
    enrolled,
    people_file,
    preview_people,
)
from signoff import import_people as take_in
from signoff.errors import NotFound
from signoff_cli.failure import found
from signoff_cli.screen import Screen
from signoff_cli.session import Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.words import counted, listed, t


@verb(
    "people import",
    details="YAML, or separated values (.csv): people, departments, substitutes and authority, each in a file of its "
    "own, told by the heading. Who is not named is removed, and asked about first; --merge keeps them.",
)
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@option("--merge", is_flag=True, help="Keep those whom the file does not name.")
@option("--dry-run", is_flag=True, help="Only say what would change.")
@option("--yes", is_flag=True, help="Do not ask.")
def import_people(session: Session, files: Sequence[Path], merge: bool, dry_run: bool, yes: bool) -> Answer:
    read = people_file(*files)
    mode = PeopleMode.MERGE if merge else PeopleMode.REPLACE
    if dry_run and not session.exists:
        change = PeopleChange(added=tuple(read.people))
    else:
        change = preview_people(session.made.core, read, by=session.operator, mode=mode)
    if not dry_run:
        if change.removed:
            session.confirm(t("Remove {who}?", who=", ".join(change.removed)), yes=yes)
        change = take_in(session.engine.core, read, by=session.operator, mode=mode)

    def show(screen: Screen) -> None:
        for problem in read.warnings:
            screen.line(found(problem, screen.lang), "soon")
        for title, who in _changes(change):
            if who:
                screen.line(t("{title}: {who}", title=title, who=listed(who)))
        if dry_run:
            screen.line(t("Nothing was changed."))
        else:
            screen.line(counted("Imported {n} person.", "Imported {n} people.", len(read.people)), "good")

    return Answer({"change": change, "dry_run": dry_run, "warnings": read.warnings}, show)


def _changes(change: PeopleChange) -> list[tuple[str, tuple[str, ...]]]:
    return [(t("Added"), change.added), (t("Changed"), change.changed), (t("Removed"), change.removed)]


@verb("people list")
def list_people(session: Session) -> Answer:
    everybody = enrolled(session.engine.core)
    people = [everybody.persons[id] for id in sorted(everybody.persons)]
    organisation = everybody.organisation

    def show(screen: Screen) -> None:
        if not people:
            screen.line(t("Nobody is in the directory; `signoff people import FILE` brings people in."))
            return
        titles = [
            t("Person"),
            t("Name"),
            t("Department"),
            t("Groups"),
            t("Leads"),
            t("Manager"),
            t("Login"),
            "",
        ]
        screen.table(
            titles,
            [
                (each.id, each.name, each.department, ", ".join(each.groups), ", ".join(each.leads), each.manager,
                 ", ".join(each.logins), _remarks(admin=each.admin, active=each.active))
                for each in people
            ],
        )  # fmt: skip
        for title, rows in _offices(organisation):
            screen.line()
            screen.line(title)
            for row in rows:
                screen.line(f"  {row}")

    return Answer({"people": people, "groups": everybody.groups, "organisation": organisation}, show)


def _offices(organisation: Organisation) -> Iterator[tuple[str, list[str]]]:
    """What stands beside the people, a line for each."""
    departments = [
        " ".join(
            filter(None, (each.id, each.name if each.name != each.id else "", each.head and f"← {each.head}"))
        )
        + (f" ({each.parent})" if each.parent else "")
        for each in (organisation.departments or {}).values()
    ]
    limits = [
        f"{kind} {holder}: {', '.join(map(_limit, given))}"
        for (kind, holder), given in (organisation.limits or {}).items()
    ]
    grants = [_grant(each) for each in (organisation.grants or {}).values()]
    bands = [_band(each) for each in organisation.bands or ()]
    said = (
        (t("Departments"), departments),
        (t("Limits"), limits),
        (t("Substitutes"), grants),
        (t("Authority"), bands),
    )
    return ((title, rows) for title, rows in said if rows)


def _limit(limit: Limit) -> str:
    amount = t("without limit") if limit.amount is None else f"{limit.amount:f}"
    return f"{limit.category} {amount} {limit.currency}".strip()


def _grant(grant: Grant) -> str:
    """Who for whom, from when until when, and within what."""
    most = "" if grant.most is None else f"≤ {grant.most:f} {grant.currency}".strip()
    within = [*filter(None, (grant.process, grant.step, grant.category, most, grant.reason))]
    span = f"{grant.since:%Y-%m-%d %H:%M} … {grant.until:%Y-%m-%d %H:%M} UTC"
    return f"{grant.id}: {grant.substitute} → {grant.principal}, {span}" + (
        f" ({', '.join(within)})" if within else ""
    )


def _band(band: Band) -> str:
    end = "" if band.below is None else f"{band.below:f}"
    signers = ", ".join(f"{each.verb.value} {each.kind.value} {each.holder}" for each in band.signers)
    place = f" ({band.department})" if band.department else ""
    return f"{band.category} [{band.least:f}, {end}) {band.currency}{place}: {signers}"


@verb("people show")
@click.argument("person", metavar="PERSON")
def show_person(session: Session, person: str) -> Answer:
    everybody = enrolled(session.engine.core)
    found = everybody.persons.get(person)
    if found is None:
        raise NotFound("unknown_person", at="PERSON", person=person)
    grants = [
        each
        for each in (everybody.organisation.grants or {}).values()
        if person in (each.principal, each.substitute)
    ]

    def show(screen: Screen) -> None:
        screen.line(f"{found.name} ({found.id})")
        for title, value in _facts(found):
            if value:
                screen.line(f"{title}: {value}")
        for each in grants:
            screen.line(f"{t('Substitute')}: {_grant(each)}")

    return Answer({"person": found, "substitutes": grants}, show)


def _facts(each: Individual) -> list[tuple[str, str]]:
    return [
        (t("Department"), each.department),
        (t("Job title"), each.title),
        (t("Manager"), each.manager),
        (t("Groups"), ", ".join(each.groups)),
        (t("Leads"), ", ".join(each.leads)),
        (t("Limits"), ", ".join(map(_limit, each.limits))),
        (t("Login"), ", ".join(each.logins)),
        (t("Mail"), each.mail),
        (t("Remarks"), _remarks(admin=each.admin, active=each.active)),
    ]


def _remarks(*, admin: bool, active: bool) -> str:
    return ", ".join([*([t("administrator")] if admin else []), *([] if active else [t("inactive")])])
