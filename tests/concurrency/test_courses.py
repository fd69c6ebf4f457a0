"""Every order of the statements of two commands that the locks allow comes to one of the two that are right."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from signoff import Engine, VirtualClock
from signoff.kernel import commands as c
from tests.concurrency import drivers
from tests.concurrency.course import Course, courses
from tests.concurrency.meeting import Answer, Meeting, Outcome, answer, said
from tests.concurrency.moments import Moment, actor_of

PAIRS = (
    ("planning", "claim", "claim of another"),
    ("deciding", "approve", "approve of another"),
    ("deciding", "approve", "withdraw"),
    ("deciding", "approve", "timeout"),
)
EXHAUSTIVE = pytest.mark.exhaustive


class Stage:
    """A course on a database, each side with an engine on connections that stop."""

    def __init__(self, meeting: Meeting) -> None:
        self.meeting, self.arena = meeting, meeting.arena
        self.course = Course(lambda: not self.arena.sqlite and self.arena.somebody_waits())
        self.hosts = [drivers.engine(self.arena.url, side) for side in self.course.sides]
        self.engines = [self.arena.engine(host) for host in self.hosts]
        for engine in self.engines:
            engine.core.database.ensure()  # which it asks once only

    def dispose(self) -> None:
        for host in self.hosts:
            host.dispose()

    def own(self, side: int, command: c.Command) -> Answer:
        return answer(lambda: self.engines[side].execute(command))

    def drain(self, side: int) -> Answer:
        """A worker takes what is due, once."""
        self.engines[side].worker("w").drain(1)
        return Answer()

    def hosted(self, side: int, command: c.Command) -> Answer:
        with self.hosts[side].begin() as connection:
            return answer(lambda: self.engines[side].execute(command, connection=connection))


@pytest.fixture
def stage(meeting: Meeting) -> Iterator[Stage]:
    found = Stage(meeting)
    yield found
    found.dispose()


def compare(stage: Stage, moment: str, pair: Sequence[str], ways: Sequence[str]) -> int:
    """Go through all courses of two commands; how many there were."""
    meeting = stage.meeting
    legal = _both_orders(meeting, moment, *pair)

    def run(plan: Sequence[int]) -> tuple[list[int], list[bool]]:
        at = meeting.at(moment)
        works = [
            lambda side=side, way=way, name=name: getattr(stage, way)(side, said(name, at))
            for side, (way, name) in enumerate(zip(ways, pair, strict=True))
        ]
        answers, taken, free = stage.course.run(works, plan)
        assert Outcome(tuple(answers), stage.arena.rows()) in legal, (taken, answers)
        return taken, free

    return len(list(courses(run)))


def _both_orders(meeting: Meeting, moment: str, first: str, second: str) -> list[Outcome]:
    one = meeting.in_turn(moment, first, second)
    meeting.check(one)
    other = meeting.in_turn(moment, second, first)
    meeting.check(other)
    assert one.rows != other.rows, "it matters who is first"
    return [one, Outcome(tuple(reversed(other.answers)), other.rows)]


@pytest.mark.parametrize(
    ("moment", "first", "second"),
    [*PAIRS[:2], *(pytest.param(*pair, marks=EXHAUSTIVE) for pair in PAIRS[2:])],
)
def test_every_course_comes_to_a_right_end(stage: Stage, moment: str, first: str, second: str) -> None:
    assert compare(stage, moment, (first, second), ("own", "own")) >= 6


@pytest.mark.exhaustive
@pytest.mark.parametrize(("moment", "first", "second"), PAIRS)
@pytest.mark.parametrize("ways", [("own", "hosted"), ("hosted", "own"), ("hosted", "hosted")], ids="-".join)
def test_every_course_with_hosts_comes_to_a_right_end(
    stage: Stage, moment: str, first: str, second: str, ways: Sequence[str]
) -> None:
    assert compare(stage, moment, (first, second), ways) >= 6


# a worker ---------------------------------------------------------------------------------------------------


def overtime(engine: Engine, clock: VirtualClock) -> Moment:
    """A gate at which the next yes decides, and of all that is owed only its timer is due."""
    amy = actor_of(engine, "amy")
    instance = engine.start("meeting", {"amount": 50}, by=amy).instance
    engine.submit(Moment(engine, instance).task, by=amy, ticks=["Planned"])
    engine.submit(Moment(engine, instance).task, by=amy, documents={"plan": b"our plan"})
    moment = Moment(engine, instance)
    engine.execute(moment.vote(c.Approve, "ben"))
    clock.advance(timedelta(days=4))
    engine.worker().drain()
    clock.advance(timedelta(days=4))
    return moment


@pytest.mark.exhaustive
@pytest.mark.parametrize("way", ["own", "hosted"])
def test_a_vote_and_a_worker_never_both_decide(stage: Stage, way: str) -> None:
    """Whoever is first: the gate is passed and its timer gone, or the timer fired and the vote came too late."""
    seen = set()

    def run(plan: Sequence[int]) -> tuple[list[int], list[bool]]:
        at = stage.arena.at("overtime", overtime)
        works = [lambda: getattr(stage, way)(0, said("approve", at)), lambda: stage.drain(1)]
        answers, taken, free = stage.course.run(works, plan)
        seen.add(_decided(stage, at, answers[0]))
        return taken, free

    assert len(list(courses(run))) > 10
    assert seen == {("GatePassed", ""), ("TimerFired", "NotFound")}


def _decided(stage: Stage, at: Moment, vote: Answer) -> tuple[str, str]:
    """Which of the two decided, and what the voter was told; the worker comes once more."""
    engine = stage.meeting.engines[0]
    stage.arena.clock.advance(timedelta(minutes=10))
    engine.worker().drain()
    assert engine.verify(at.instance).findings == ()
    events = [type(event).__name__ for record in engine.history(at.instance) for event in record.events]
    (decided,) = [name for name in events if name in ("GatePassed", "TimerFired")]
    return decided, vote.refused
