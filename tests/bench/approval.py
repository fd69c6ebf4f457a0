"""The approval process of the benchmarks in signoff: five decisions one after another, a no ends it.

Two ways to write it. `GATES` is how one writes an approval here: five gates, each asking one group. `FORMS` is the
literal twin of the BPMN of `spiffwork`: five user tasks whose form asks `approved`, each with a choice behind it.
In both each user task is the decision of one person, named by the directory, checked, and written to the events.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy

from signoff import Engine
from signoff.kernel import commands as c
from signoff.kernel.decide import Outcome, decide
from signoff.kernel.state import Person, State, Status
from signoff.kernel.world import World
from signoff.model.definition import Definition
from signoff.notation import yaml
from signoff.runtime.calendars import build
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory

STEPS = 5
AT = datetime.fromisoformat("2026-08-31T12:00+00:00")
_HEAD = """
signoff: 1
process: {process}
lang: en
calendar: PLAIN
zone: UTC
data: {{approved: {{type: boolean, default: false}}}}
roles: {{boss: {{group: bosses}}, requester: {{group: staff}}}}
start: {{by: [requester]}}
steps:
"""
GATES = _HEAD.format(process="gates") + "".join(
    f"""
  - gate: t{n}
    approve: [{{by: boss, declined: end}}]
"""
    for n in range(1, STEPS + 1)
)
FORMS = _HEAD.format(process="forms") + "".join(
    f"""
  - step: t{n}
    owner: boss
    form: {{fill: [approved]}}
  - choose: g{n}
    branches: [{{if: "not approved", steps: [{{end: no{n}, outcome: declined}}]}}]
    otherwise: []
"""
    for n in range(1, STEPS + 1)
)
BOSS = Person("boss", "Boss", groups=("bosses",))
_BOSS = c.Actor("boss", frozenset({"bosses"}), "Boss")
_REQUESTER = c.Actor("amy", frozenset({"staff"}), "Amy")


def approve(task: str) -> c.Command:
    return c.Approve(by=_BOSS, at=AT, gate=task)


def fill_in(task: str) -> c.Command:
    return c.Submit(by=_BOSS, at=AT, task=task, data={"approved": True})


Step = Callable[[str], c.Command]


class Table:
    """The pure kernel at work: instances of one definition in memory, the directory a constant."""

    def __init__(self, source: str, step: Step) -> None:
        self.definition = _compiled(source)
        self.world = World({"v": self.definition}, {"PLAIN": build("PLAIN", range(2026, 2028))})
        self._step = step

    def start(self) -> State:
        command = c.Start(by=_REQUESTER, at=AT, instance="i", version="v", data={})
        return self._answered(decide(self.world, State("i"), command))

    def step(self, state: State) -> None:
        """The decision that is open now."""
        open_now = next(iter(state.activities))
        self._answered(decide(self.world, state, self._step(f"i:{open_now}")))

    def _answered(self, outcome: Outcome) -> State:
        while outcome.questions:
            question = f"i:{outcome.questions[0].id}"
            answer = c.ResolveRoster(by=_BOSS, at=AT, question=question, people=(BOSS,))
            outcome = decide(self.world, outcome.state, answer)
        return outcome.state

    def run(self) -> int:
        """One instance from its start to its end; how many user tasks that were."""
        state = self.start()
        for _ in range(STEPS):
            self.step(state)
        assert state.status is Status.COMPLETED, state.status
        return STEPS


def _compiled(source: str) -> Definition:
    return yaml.read(source, file="bench.yaml").definition


class Office:
    """The engine at work on a database: every step is loaded, decided, journalled and saved in its transaction."""

    def __init__(self, db: str | sqlalchemy.Engine) -> None:
        people: dict[str, Any] = {"boss": {"groups": ("bosses",)}, "amy": {"groups": ("staff",)}}
        self.engine = Engine(db, directory=StaticDirectory(people), clock=VirtualClock(AT))
        self.engine.deploy(GATES)
        self.boss, self.amy = self.engine.actor("boss"), self.engine.actor("amy")

    def run(self) -> int:
        """One instance from its start to its end; how many user tasks that were."""
        receipt = self.engine.start("gates", by=self.amy)
        for _ in range(STEPS):
            receipt = self.engine.approve(receipt.opened[0], by=self.boss)
        assert receipt.status == Status.COMPLETED, receipt.status
        return STEPS


def many(run: Callable[[], int], times: int) -> Callable[[], int]:
    """A turn of so many runs."""
    return lambda: sum(run() for _ in range(times))


def host(path: Path, synchronous: str) -> sqlalchemy.Engine:
    """A host's engine with the write-ahead log forced, which signoff leaves as it is."""
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")

    @sqlalchemy.event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")

    return engine
