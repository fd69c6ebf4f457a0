"""Two commands at one gate or task, at the same instant: it comes to what one after the other comes to."""

from collections.abc import Callable

import pytest

from signoff import NotAllowed
from signoff.kernel import commands as c
from signoff.kernel.decide import decide
from signoff.runtime import intake
from tests.concurrency.meeting import Answer, Meeting
from tests.concurrency.moments import REACHED
from tests.concurrency.operations import MET, SAID

# What nobody can send: each is refused to everybody, the engine included, and only said inside another command.
NOT_HERE: dict[type[c.Command], Callable[[str], c.Command]] = {
    # the directory's answer, asked for and given before the command that needs it is saved
    c.ResolveRoster: lambda id: c.ResolveRoster(question=f"{id}:q1", by=c.SYSTEM, at=intake.UNKNOWN),
    # what is recorded in the place of a command that ran away
    c.Stall: lambda id: c.Stall(instance=id, scope="", elements=("plan",), by=c.SYSTEM, at=intake.UNKNOWN),
}
VAIN = {"approve something else", "assign a vote", "erase", "recalculate"}
LATE = frozenset({"AlreadyDecided", "WrongState", "StaleSubject", "Conflict", "NotFound"})
# What somebody is told whose move it was no more: the other one had made it, or it had gone to somebody else.
NOT_ANY_MORE = frozenset(
    """not_asked others_first not_the_owner claimed_by_another nothing_to_take_back gone_on no_opinion_asked
    not_concerned may_not_remove enough_asked""".split()
)
SAMPLE = (
    ("planning", "claim", "claim of another"),
    ("planning", "claim", "submit of another"),
    ("planning", "start", "start another"),
    ("planning", "withdraw", "submit"),
    ("deciding", "approve", "approve of another"),
    ("deciding", "approve", "approve"),
    ("deciding", "approve", "decline"),
    ("deciding", "approve", "withdraw"),
    ("deciding", "approve", "timeout"),
    ("deciding", "timeout", "approve"),
    ("deciding", "take back", "approve"),
    ("deciding", "transfer a vote", "approve of another"),
    ("deciding", "add before", "approve of another"),
)


def meet(meeting: Meeting, moment: str, first: str, second: str, *, host: bool) -> None:
    """B comes before, after, or while A is at it; whether B works in a host's transaction does not matter."""
    alone, serial = meeting.alone(moment, second), meeting.in_turn(moment, first, second)
    meeting.check(serial)
    blocked = meeting.behind(moment, first, second, ends="commit", as_host=host)
    assert blocked == serial, "it came to what one after the other comes to"
    undone = meeting.behind(moment, first, second, ends="rollback", as_host=not host)
    assert undone.answers[1] == alone.answers[0], "as if nobody else had come"
    assert undone.rows == alone.rows
    check_loser(serial.answers[1], alone.answers[0])


def check_loser(told: Answer, alone: Answer) -> None:
    """Who came second and could no longer is told so; nothing else is the matter."""
    if told.refused and not alone.refused:
        assert told.refused in LATE or (told.refused == "NotAllowed" and told.code in NOT_ANY_MORE), told


@pytest.mark.parametrize(("moment", "first", "second"), SAMPLE)
@pytest.mark.parametrize("host", [False, True], ids=["own", "host"])
def test_two_at_one_instant(meeting: Meeting, moment: str, first: str, second: str, host: bool) -> None:
    meet(meeting, moment, first, second, host=host)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("moment", "first"), [(moment, first) for moment in MET for first in MET[moment]])
def test_any_two_at_one_instant(meeting: Meeting, moment: str, first: str) -> None:
    for number, second in enumerate(MET[moment], start=MET[moment].index(first)):
        meet(meeting, moment, first, second, host=bool(number % 2))


def test_exactly_one_of_two_deciding_votes_decides(meeting: Meeting) -> None:
    outcome = meeting.behind("deciding", "approve", "approve of another", ends="commit")
    one, other = outcome.answers
    assert not one.refused
    assert (other.refused, other.code) == ("AlreadyDecided", "gate_decided")


def test_exactly_one_of_two_who_claim_has_the_task(meeting: Meeting) -> None:
    outcome = meeting.behind("planning", "claim", "claim of another", ends="commit")
    one, other = outcome.answers
    assert not one.refused
    assert (other.refused, other.code) == ("AlreadyDecided", "claimed_by_another")


def test_every_command_meets_others(on_sqlite: Meeting) -> None:
    said = {type(SAID[each](on_sqlite.at(moment))) for moment, met in MET.items() for each in met}
    assert MET.keys() == REACHED.keys()
    assert {name for met in MET.values() for name in met} == SAID.keys()
    assert commands() - said == NOT_HERE.keys(), "a new command has a place among SAID and MET"


@pytest.mark.parametrize("kind", NOT_HERE, ids=lambda kind: kind.__name__)
def test_what_meets_nobody_can_be_sent_by_nobody(on_sqlite: Meeting, kind: type[c.Command]) -> None:
    engine, instance = on_sqlite.engines[0], on_sqlite.at("planning").instance
    with pytest.raises(NotAllowed) as told:
        engine.execute(NOT_HERE[kind](instance))
    assert told.value.code == "engine_only"
    with engine.core.database.write() as handle, pytest.raises(NotAllowed):
        engine.execute(NOT_HERE[kind](instance), connection=handle.connection)
    assert engine.verify(instance).findings == ()


def commands() -> set[type[c.Command]]:
    """Every command that the kernel knows."""
    return set(decide.__globals__["_HANDLERS"])


@pytest.mark.exhaustive
def test_every_command_comes_to_something_somewhere(meeting: Meeting) -> None:
    vain = set(SAID)
    for moment, met in MET.items():
        vain -= {each for each in met if meeting.alone(moment, each).answers[0].events}
    assert vain == VAIN, "nobody lacks a seat, it goes on, and the calendars are as they were"
