"""Who may not decide may not on any path: each rule of the integrity of approvals, tried on each way in.

A rule is an attempt that has to be refused, with its code; a path is a way by which a command comes in. The same
attempt goes every way, and nothing of it is kept.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from signoff import Actor, Engine
from signoff.errors import Refused
from signoff.kernel import asides, motions
from signoff.kernel import commands as c
from signoff.model.authority import Grant, Limit
from signoff.runtime import intake
from signoff.store import people as store
from signoff.store.organisation import Organisation
from signoff.store.people import Individual, People
from signoff_cli.main import cli

PROCESS = """
signoff: 1
process: buy
lang: en
data: {price: {type: money, default: 100}}
roles:
  staff: {group: staff}
  boss: {group: bosses}
  payer: {group: payers, limit: {for: budget, covers: price}}
start: {by: [staff]}
steps:
  - step: ask
    owner: staff
    form: {edit: [price]}
    approve:
      - {by: boss, need: 2, not_by: [preparer, starter, author]}
    return_to: [ask]
  - gate: pay
    binds: [price]
    approve: {by: payer, declined: end}
  - gate: sign
    binds: [price]
    approve: {by: boss, need: all, sign: true, declined: end}
"""
STAFF = {
    "ann": Individual(id="ann", groups=("staff", "bosses")),
    "bo": Individual(id="bo", groups=("bosses",)),
    "cy": Individual(id="cy", groups=("bosses",)),
    "dee": Individual(id="dee", groups=("bosses",)),
    "pay": Individual(id="pay", groups=("payers",), limits=(Limit("budget", None, "", "pay"),)),
    "eve": Individual(id="eve"),
    "root": Individual(id="root", admin=True),
}


class Office:
    """One instance that ann has started and prepared, on a definition of dee, waiting at its first gate."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'office.db'}"
        self.engine = Engine(self.url)
        core = self.engine.core
        with core.database.write() as handle:
            now = core.now(handle)
            far = {"since": now - timedelta(days=2), "until": now + timedelta(days=2)}
            over = {"since": now - timedelta(days=2), "until": now - timedelta(days=1)}
            grants = {
                "A": Grant("A", "bo", "ann", **far),  # type: ignore[arg-type]  # two instants, by name
                "O": Grant("O", "bo", "eve", **over),  # type: ignore[arg-type]  # as above
            }
            store.take_in(
                handle.connection, People(STAFF, {}, Organisation(grants=grants)), by="root", at=now
            )
        self.engine.deploy(PROCESS, by="dee")
        case = self.engine.start("buy", by="ann", key="B1")
        self.gate = self.engine.submit(case.opened[0], by="ann").opened[0]

    def grant(self, *grants: Grant) -> None:
        """The substitutions are these from now on."""
        given = Organisation(grants={each.id: each for each in grants})
        with self.engine.core.database.write() as handle:
            now = self.engine.core.now(handle)
            store.take_in(handle.connection, People({}, {}, given), by="root", at=now)

    def approve(self, *people: str) -> None:
        for person in people:
            receipt = self.engine.approve(self.gate, by=person, seen=self.seen(person))
            self.gate = next(iter(receipt.opened), self.gate)

    def seen(self, person: str) -> str:
        return self.engine.subject(self.gate, person)

    def to_pay(self) -> None:
        """On to the gate of the payer, who has been given a smaller limit since."""
        self.approve("bo", "cy")
        small = Individual(id="pay", groups=("payers",), limits=(Limit("budget", None, "USD", "pay"),))
        with self.engine.core.database.write() as handle:
            now = self.engine.core.now(handle)
            store.take_in(handle.connection, People({**STAFF, "pay": small}, {}), by="root", at=now)

    def to_sign(self) -> None:
        self.approve("bo", "cy", "pay")

    def on_other_terms(self) -> None:
        """One has voted, and a version is in force that asks three."""
        self.approve("bo")
        self.engine.deploy(PROCESS.replace("need: 2", "need: 3"), by="dee")

    @property
    def instance(self) -> str:
        return self.gate.partition(":")[0]

    @property
    def current(self) -> str:
        return next(each.version for each in self.engine.definitions() if each.current)


@dataclass(frozen=True)
class Rule:
    """An attempt: by whom, the command without its actor, the words of the command line, and how it is refused."""

    id: str
    by: str
    command: Callable[[Office, dict[str, Any]], c.Command]
    words: Callable[[Office], list[str]]
    code: str
    before: Callable[[Office], object] = lambda office: None


def yes(office: Office, said: dict[str, Any]) -> c.Command:
    return c.Approve(gate=office.gate, **said)


def seeing(office: Office, said: dict[str, Any]) -> c.Command:
    return c.Approve(gate=office.gate, seen=office.seen("bo"), **said)


def checked_once(office: Office) -> None:
    office.grant()
    office.approve("bo")


def says_yes(office: Office) -> list[str]:
    return ["approve", office.gate]


NOTHING = {"key": "", "title": "", "data": {}, "request_id": ""}
RULES = [
    Rule("I1 the requester", "ann", yes, says_yes, "own_work", lambda o: o.grant()),
    Rule("I6 a substitute who is the requester", "ann", yes, lambda o: [*says_yes(o), "--for", "bo"], "substitute_is_starter"),
    Rule("I2 the same person twice", "bo", yes, says_yes, "voted_already", lambda o: o.approve("bo")),
    Rule("I3 a maker who checks", "ann", yes, says_yes, "own_work", checked_once),
    Rule("I4 the author of the definition", "dee", yes, says_yes, "own_work"),
    Rule("I5 beyond the limit", "pay", yes, says_yes, "beyond_limit", Office.to_pay),
    Rule("I6 a grant that is over", "eve", yes, says_yes, "grant_over"),
    Rule("I8 an administrator for others", "root", yes, says_yes, "not_asked"),
    Rule(
        "I8 somebody brought in",
        "root",
        lambda o, said: c.Assign(task=o.gate, person=store.Individual(id="eve").snapshot(), **said),
        lambda o: ["assign", o.gate, "eve"],
        "enough_asked",
    ),
    Rule(
        "I8 an override of a signature",
        "root",
        lambda o, said: asides.Override(task=o.gate, reason="so", **said),
        lambda o: ["override", o.gate, "--reason", "so", "--yes"],
        "signature_demanded",
        Office.to_sign,
    ),
    Rule("I9 a decision that is taken", "dee", yes, says_yes, "instance_ended", lambda o: o.engine.cancel(
        o.gate.partition(":")[0], by="root", reason="over")),
    Rule(
        "I10 other content than was seen",
        "bo",
        lambda o, said: c.Approve(gate=o.gate, seen="0" * 64, **said),
        lambda o: ["approve", o.gate, "--seen", "0" * 64],
        "stale_subject",
    ),
    Rule(
        "I11 a no without a reason",
        "bo",
        lambda o, said: c.Decline(gate=o.gate, **said),
        lambda o: ["decline", o.gate],
        "reason_needed",
    ),
    Rule(
        "I11 a way back without a reason",
        "bo",
        lambda o, said: c.ReturnTo(gate=o.gate, to="ask", **said),
        lambda o: ["return", o.gate, "--to", "ask"],
        "reason_needed",
    ),
    Rule("I12 a name that nobody has proved", "bo", seeing, says_yes, "too_weak", Office.to_sign),
    Rule(
        "I1 a vote handed to the requester",
        "bo",
        lambda o, said: motions.Transfer(task=o.gate, person=store.Individual(id="ann").snapshot(), **said),
        lambda o: ["transfer", o.gate, "ann"],
        "own_work",
    ),
    Rule(
        "I13 a vote carried over to other terms",
        "root",
        lambda o, said: asides.Migrate(instance=o.instance, to=o.current, reason="so", **said),
        lambda o: ["migrate", o.instance, "--reason", "so", "--yes"],
        "cannot_migrate",
        Office.on_other_terms,
    ),
    Rule(
        "I14 a decision brought along as data",
        "ann",
        lambda o, said: intake.start("buy", said["by"], {**NOTHING, "data": {"verdict": "passed"}}),
        lambda o: ["start", "buy", "--set", "verdict=passed"],
        "not_on_the_form",
    ),
]  # fmt: skip
#: What the command line looks at first is said there in words of its own.
SAID_EARLIER = {"stale_subject": "subject_not_seen", "instance_ended": "no_such_gate"}


def on_library(office: Office, rule: Rule) -> str:
    return _code(lambda: office.engine.execute(_command(office, rule)))


def on_preview(office: Office, rule: Rule) -> str:
    return _code(lambda: office.engine.preview(_command(office, rule)))


def on_hosts_transaction(office: Office, rule: Rule) -> str:
    with office.engine.core.database.engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        found = _code(lambda: office.engine.execute(_command(office, rule), connection=connection))
        connection.exec_driver_sql("COMMIT")
        return found


def on_command_line(office: Office, rule: Rule) -> str:
    words = ["--db", office.url, "--as", rule.by, "--json", *rule.words(office)]
    result = CliRunner().invoke(cli, words)
    said = json.loads(result.stdout)
    return str(said["error"]["code"] if "error" in said else said["instances"][0]["refused"])


PATHS = {
    "library": on_library,
    "preview": on_preview,
    "host's transaction": on_hosts_transaction,
    "command line": on_command_line,
}


def _command(office: Office, rule: Rule) -> c.Command:
    return rule.command(office, {"by": office.engine.actor(rule.by), "at": intake.UNKNOWN})


def _code(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


@pytest.fixture
def office(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    for name in ("SIGNOFF_AS", "SIGNOFF_DB", "SIGNOFF_DB_FILE"):
        monkeypatch.delenv(name, raising=False)
    shutil.copy(sqlite_template, tmp_path / "office.db")
    found = Office(tmp_path)
    yield found
    found.engine.dispose()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_what_nobody_may_is_refused_on_every_path_and_leaves_nothing(office: Office, rule: Rule) -> None:
    """approvals §3.16, §3.17, §3.18, §3.20: the same attempt, every way in."""
    rule.before(office)
    before = [record.hash for record in office.engine.history(office.gate.partition(":")[0])]
    found = {name: path(office, rule) for name, path in PATHS.items()}
    for code in found.values():
        assert code in (rule.code, SAID_EARLIER.get(rule.code)), found
    assert [record.hash for record in office.engine.history(office.gate.partition(":")[0])] == before
    assert office.engine.verify().findings == ()


#: What is kept on every path, whoever says otherwise.
KEPT = {"I15 a time of one's own": "the database's time"}


@pytest.mark.parametrize("path", PATHS)
def test_a_decision_bears_the_time_of_the_database_whatever_it_says(office: Office, path: str) -> None:
    """I15, approvals §3.3: nor does it ever run backwards, whatever the command claims."""
    long_ago, far = datetime(2001, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
    begun = office.engine.now() - timedelta(minutes=10)
    for who, at in (("bo", long_ago), ("cy", far)):
        command = c.Approve(gate=office.gate, by=office.engine.actor(who), at=at)
        if path == "command line":
            CliRunner().invoke(cli, ["--db", office.url, "--as", who, "approve", office.gate])
        elif path == "host's transaction":
            with office.engine.core.database.engine.connect() as connection:
                connection.exec_driver_sql("BEGIN")
                office.engine.execute(command, connection=connection)
                connection.exec_driver_sql("COMMIT")
        else:
            (office.engine.execute if path == "library" else office.engine.preview)(command)
    records = office.engine.history(office.instance)
    assert len(records) == (2 if path == "preview" else 4)
    times = [record.at for record in records]
    assert begun <= times[0] <= times[-1] <= office.engine.now() + timedelta(minutes=10)
    assert times == sorted(times)


@pytest.mark.parametrize(
    "command",
    [
        lambda gate, said: c.FireTimer(timer=gate, **said),
        lambda gate, said: c.Escalate(task=gate, **said),
        lambda gate, said: c.Lapse(task=gate, **said),
        lambda gate, said: c.OpenTask(task=gate, **said),
        lambda gate, said: c.FinishJob(task=gate, **said),
        lambda gate, said: c.ResolveRoster(question=gate, **said),
    ],
)
def test_what_the_engine_owes_itself_nobody_sends(office: Office, command: Callable[..., c.Command]) -> None:
    """I7: neither a person nor an administrator lets something lapse, fire or be asked."""
    said = {"by": Actor("root", admin=True), "at": intake.UNKNOWN}
    assert _code(lambda: office.engine.execute(command(office.gate, said))) == "engine_only"
