"""No false alarm: whatever is commanded in whatever order, what the engine has recorded verifies, and so does its bundle.

The commands are those that the pairs meet with: every one that anybody can send, so a new one takes part by itself.
"""

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from signoff import Engine, VirtualClock
from signoff.errors import SignoffError
from signoff.kernel import commands as c
from signoff.read.bundle import verify
from signoff.runtime.directory import StaticDirectory
from tests.concurrency.moments import REACHED, Moment
from tests.concurrency.operations import MET, SAID
from tests.concurrency.process import AT, CHOICE, FAVOUR, MEETING, PEOPLE, POST
from tests.concurrency.test_pairs import NOT_HERE, commands

LENGTHS = [timedelta(minutes=1), timedelta(hours=5), timedelta(days=2), timedelta(days=9)]


@pytest.fixture(scope="module")
def deployed(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database file with the processes, one of them in two versions."""
    path = tmp_path_factory.mktemp("deployed") / "signoff.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = opened(path, VirtualClock(AT))
    engine.deploy(MEETING.replace("within 2 days", "within 3 days"))
    engine.deploy(MEETING, CHOICE, FAVOUR, POST)
    engine.dispose()
    return path.read_bytes()


def opened(path: Path, clock: VirtualClock) -> Engine:
    people, handlers = StaticDirectory(PEOPLE), {"office.book": lambda _inputs: {"number": 7}}
    return Engine(f"sqlite:///{path}", directory=people, handlers=handlers, clock=clock)


class Story:
    """One instance to which things happen by chance; most of what fits the moment, some of what does not."""

    def __init__(self, engine: Engine, clock: VirtualClock, chance: Random, moment: str) -> None:
        self.engine, self.clock, self.chance = engine, clock, chance
        self.done: set[type[c.Command]] = set()
        self.moment = moment or chance.choice([*REACHED])
        self.instance = REACHED[self.moment](engine, clock).instance

    def tell(self, length: int, first: str) -> Iterator[str]:
        if first:
            self._say(first)
            yield first
        for _ in range(length):
            name = self.chance.choice(MET[self.moment] if self.chance.random() < 0.6 else [*SAID])
            self._say(name)
            if self.chance.random() < 0.15:
                self.clock.advance(self.chance.choice(LENGTHS))
            if self.chance.random() < 0.1:
                self.engine.worker().drain()
            yield name

    def _say(self, name: str) -> None:
        try:
            command = SAID[name](Moment(self.engine, self.instance))
            receipt = self.engine.execute(command)
        except SignoffError:
            return
        if receipt.events and not receipt.repeated:
            self.done.add(type(command))


def holds(engine: Engine, story: Story, said: list[str]) -> None:
    found = engine.verify().findings
    assert found == (), (story.moment, said, found)
    target = io.BytesIO()
    engine.bundle(story.instance, target)
    with zipfile.ZipFile(target) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    wrong = verify.verify(files.get, "", ())[0]
    assert wrong == [], (story.moment, said, wrong)


def told(
    path: Path, deployed: bytes, seed: int, length: int, moment: str = "", first: str = ""
) -> set[type[c.Command]]:
    path.write_bytes(deployed)
    clock = VirtualClock(AT)
    engine = opened(path, clock)
    story, said = Story(engine, clock, Random(seed), moment), []
    for number, name in enumerate(story.tell(length, first)):
        said.append(name)
        if number % 12 == 11:
            holds(engine, story, said)
    holds(engine, story, said)
    engine.dispose()
    return story.done


@pytest.mark.parametrize("seed", range(2))
def test_what_chance_has_commanded_verifies(deployed: bytes, tmp_path: Path, seed: int) -> None:
    told(tmp_path / "signoff.db", deployed, seed, 10)


@pytest.mark.exhaustive
def test_every_command_in_any_order_leaves_nothing_to_find(deployed: bytes, tmp_path: Path) -> None:
    """approvals §3.7: no false alarm; and hardly any of the commands was left out."""
    done: set[type[c.Command]] = set()
    for seed in range(100, 120):
        done |= told(tmp_path / "signoff.db", deployed, seed, 30)
    named = {name: moment for moment, names in MET.items() for name in names}
    for seed, (name, moment) in enumerate(named.items()):
        done |= told(tmp_path / "signoff.db", deployed, seed, 4, moment, name)
    assert commands() - done <= {*NOT_HERE, c.Recalculate}, "every calendar is as it was"
