"""doctor: what is wrong with the installation, and what to do about it. Changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from signoff import Engine, database_status, enrolled, troubles
from signoff.errors import SignoffError, StoreError
from signoff_cli import login as account
from signoff_cli.moment import shown
from signoff_cli.screen import Screen
from signoff_cli.session import Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.verbs.database import guarded
from signoff_cli.words import counted, t

PATIENCE = timedelta(minutes=5)  # what is owed for longer is worked off by nobody
STYLES = {"ok": "good", "warning": "soon", "error": "late"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `state`: ok, warning, error."""

    what: str
    state: str
    said: str


@verb("doctor", details="Exit code 9 when something has to be repaired; a warning is no reason to stop.")
@option("--all", "every", is_flag=True, help="Also look into every running instance, and verify everything.")
def doctor(session: Session, every: bool) -> Answer:
    findings = list(_examined(session, every=every))
    bad = any(finding.state == "error" for finding in findings)

    def show(screen: Screen) -> None:
        states = {"ok": t("ok"), "warning": t("warning"), "error": t("error")}
        rows = [(f.what, (states[f.state], STYLES[f.state]), f.said) for f in findings]
        screen.table([t("Looked at"), t("State"), t("Finding")], rows)

    return Answer({"findings": findings, "ok": not bad}, show, StoreError.exit_code if bad else 0)


def _examined(session: Session, *, every: bool) -> Iterator[Finding]:
    engine = session.engine
    schema = _schema(engine, session.lang)
    yield schema
    if schema.state == "error":
        return
    yield Finding(t("Journal mode"), "ok", engine.core.database.mode)
    missing = engine.core.database.unguarded()
    yield Finding(t("Guards"), "warning" if missing else "ok", guarded(missing))
    yield from _people(engine)
    yield _definitions(engine)
    yield _owed(engine)
    yield _unhandled(engine)
    yield _given_up(engine)
    yield _unassigned(engine)
    if every:
        yield _incidents(engine)
        yield _verified(engine)


def _schema(engine: Engine, lang: str) -> Finding:
    what = t("Database")
    try:
        present, wanted = database_status(engine.core.database)
    except SignoffError as error:
        return Finding(what, "error", error.sentence(lang))
    if present == wanted:
        return Finding(what, "ok", t("its schema is {revision}", revision=present))
    said = t(
        "its schema is {present}, this release wants {wanted}: `signoff db upgrade`",
        present=present or t("none"),
        wanted=wanted,
    )
    return Finding(what, "error", said)


def _people(engine: Engine) -> Iterator[Finding]:
    persons = enrolled(engine.core).persons.values()
    active = [each for each in persons if each.active]
    what = t("People")
    if not active:
        yield Finding(what, "warning", t("nobody is in the directory: `signoff people import FILE`"))
        return
    yield Finding(what, "ok", t("{n} active", n=len(active)))
    if not any(each.admin for each in active):
        yield Finding(
            t("Administrators"), "warning", t("nobody: what nobody can do stays undone; write `admin: true`")
        )
    login = account.login()
    if not any(login in each.logins for each in active):
        said = t("nobody has the login {login}: without --as nobody acts from here", login=login)
        yield Finding(t("This login"), "warning", said)


def _definitions(engine: Engine) -> Finding:
    number = sum(each.current for each in engine.definitions())
    if not number:
        return Finding(t("Definitions"), "warning", t("nothing is deployed: `signoff deploy FILE`"))
    return Finding(t("Definitions"), "ok", t("{n} current", n=number))


def _owed(engine: Engine) -> Finding:
    what, due = t("Deadlines"), engine.worker().next_due()
    at = None if due is None else datetime.fromtimestamp(due / 1_000_000, UTC)
    if at is None or engine.now() - at < PATIENCE:
        return Finding(what, "ok", t("nothing is overdue for the daemon"))
    return Finding(what, "warning", t("owed since {at}: is `signoff daemon` running?", at=shown(at)))


def _unhandled(engine: Engine) -> Finding:
    what, now = t("Handlers"), engine.now()
    waiting = [each for each in engine.unhandled() if now - each.since >= PATIENCE]
    if not waiting:
        return Finding(what, "ok", t("no call waits for its handler"))
    first = min(waiting, key=lambda each: each.since)
    said = counted(
        "{n} call of {handler} waits since {at}: run a `signoff daemon` whose --handlers has it",
        "{n} calls of {handler} wait since {at}: run a `signoff daemon` whose --handlers has it",
        first.number,
        handler=", ".join(sorted(each.handler for each in waiting)),
        at=shown(first.since),
    )
    return Finding(what, "warning", said)


def _given_up(engine: Engine) -> Finding:
    what, dead = t("Given up"), engine.dead_letters()
    if not dead:
        return Finding(what, "ok", t("none"))
    first = dead[0]
    said = counted(
        "{n} obligation failed too often: {kind} of {id}: {why}. Repair the cause, then `signoff retry {id}`",
        "{n} obligations failed too often, e.g. {kind} of {id}: {why}. Repair the cause, then `signoff retry {id}`",
        len(dead),
        kind=first.kind,
        id=first.instance,
        why=first.error,
    )
    return Finding(what, "warning", said)


def _unassigned(engine: Engine) -> Finding:
    what, rows = t("Work of nobody"), engine.unassigned()
    if not rows:
        return Finding(what, "ok", t("none"))
    said = counted(
        "{n} task or gate, {task}: `signoff inbox --unassigned`",
        "{n} tasks or gates, e.g. {task}: `signoff inbox --unassigned`",
        len(rows),
        task=rows[0].task,
    )
    return Finding(what, "warning", said)


def _incidents(engine: Engine) -> Finding:
    what = t("Incidents")
    found = list(dict.fromkeys(each.instance for each in troubles(engine.core) if each.kind == "incident"))
    if not found:
        return Finding(what, "ok", t("none"))
    said = counted(
        "{n} instance stands still, {id}: `signoff why`, then `signoff retry`",
        "{n} instances stand still, e.g. {id}: `signoff why`, then `signoff retry`",
        len(found),
        id=found[0],
    )
    return Finding(what, "warning", said)


def _verified(engine: Engine) -> Finding:
    what, found = t("Evidence"), engine.verify()
    if not found.findings:
        return Finding(
            what, "ok", counted("{n} instance verified", "{n} instances verified", found.instances)
        )
    said = counted(
        "{n} finding: `signoff verify` shows it",
        "{n} findings: `signoff verify` lists them",
        len(found.findings),
    )
    return Finding(what, "error", said)
