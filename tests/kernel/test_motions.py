"""Anybody does anything at a gate, at random: the laws hold, and a gate that is open always waits for somebody."""

from itertools import product
from random import Random

import pytest

from signoff.errors import Refused
from signoff.kernel import ballot, seat
from signoff.kernel.state import Decision, EntryStatus, GateStatus, Status
from signoff.model.nodes import HumanTask
from tests.kernel.desk import Desk

RIGHTS = "allow: [transfer, delegate, take_back, withdraw, abstain, add_before, add_beside, add_after]"
ENTRIES = (
    "by: boss, need: all",
    "by: boss, need: 2",
    "by: boss, need: 60%, veto: [xia]",
    "by: [boss, lawyer], need: 50%, weights: {boss: 1, lawyer: 2}, wait_all: true",
    "by: boss, need: all in turn, transfer_to: [worker]",
    "by: [boss, lawyer], need: each",
    "by: boss, need: first",
)
EVERYBODY = ("amy", "ben", "xia", "yan", "zoe", "leo", "liu", "root")


def begin(first: str, second: str) -> Desk:
    pair = ", ".join(f"{{{each}, not_by: [], declined: return to s, {RIGHTS}}}" for each in (first, second))
    return Desk(
        "data: {x: {type: integer, default: 1}}\nsteps:\n  - {step: s, owner: worker, form: {edit: [x]}}\n"
        f"  - {{gate: g, binds: [x], approve: [{pair}]}}\n  - {{step: e, owner: worker, checklist: [End]}}\n"
    ).start()


def act(story: Desk, random: Random) -> None:
    """One thing that somebody tries; most of it fits what is asked."""
    asked = sorted({id for g in story.state.gates.values() for e in g.entries for id in seat.asked(e)})
    by = random.choice(asked) if asked and random.random() < 0.8 else random.choice(EVERYBODY)
    to, gate = random.choice(EVERYBODY), _gate(story)
    tries = [
        lambda: story.approve("g", by),
        lambda: story.approve("g", by),
        lambda: story.approve("g", by),
        lambda: story.decline("g", by),
        lambda: story.abstain("g", by),
        lambda: story.transfer("g", by, to),
        lambda: story.delegate("g", by, to),
        lambda: story.advise("g", by, random.choice([None, *Decision])),
        lambda: story.advise("g", by),
        lambda: story.add("g", by, to, place=random.choice(["before", "beside", "after"])),
        lambda: story.add("g", by, "amy", "ben", place="before", need=random.choice(["any", "all in turn"])),
        lambda: story.remove("g", random.choice([by, "root"]), to),
        lambda: story.take_back("g", by, gate=gate),
        lambda: story.assign("g", to),
        lambda: story.submit("s", x=random.randint(1, 3)),
    ]
    random.choice(tries)()


def _gate(story: Desk) -> str:
    return next((f"i:{g.id}" for g in story.state.gates.values()), "i:g")


def check(story: Desk) -> None:
    """What has to hold whatever was done."""
    assert not story.state.incidents
    for record in story.state.gates.values():
        node = story.world.definition("v-p").nodes[record.node]
        assert isinstance(node, HumanTask)
        for approval, entry in zip(node.gate.approvals, record.entries, strict=True):
            if record.status is GateStatus.OPEN and entry.status is EntryStatus.OPEN:
                assert seat.asked(entry), "open, and nobody is asked"
                assert ballot.tally(approval, entry) is ballot.Verdict.OPEN
            people = [p.id for p in seat.people(entry)]
            assert {*entry.votes} <= {*people}, "a vote of somebody who has none"
            groups = [p.id for group in entry.groups for p in group.people]
            assert not {*groups} & {p.id for p in entry.roster}, "somebody is asked twice"
            if entry.status is EntryStatus.PASSED:
                assert any(vote.decision is Decision.YES for vote in entry.votes.values())


def play(pair: tuple[str, str], seed: int, acts: int) -> int:
    random, story, done, told = Random(seed), begin(*pair), 0, list[Refused]()
    story.submit("s")
    for _ in range(acts):
        try:
            act(story, random)
        except Refused as refusal:
            told.append(refusal)
            continue
        done += 1
        if story.status is not Status.RUNNING:
            break
        check(story)
    for refused in told:
        assert "{" not in refused.sentence()
        assert not refused.sentence("zh").startswith(f"{refused.code} ")
    return done


@pytest.mark.parametrize(
    "pair", list(zip(ENTRIES, (*ENTRIES[1:], ENTRIES[0]), strict=True)), ids=lambda p: p[0]
)
def test_whatever_people_do_the_laws_hold(pair: tuple[str, str]) -> None:
    assert sum(play(pair, seed, 50) for seed in range(3)) > 20


@pytest.mark.exhaustive
@pytest.mark.parametrize("pair", list(product(ENTRIES, repeat=2)), ids=" / ".join)
def test_they_hold_over_long_stories_of_every_pair_of_policies(pair: tuple[str, str]) -> None:
    # A gate that the first answer decides ends its stories soon: 335 acts are the fewest of all pairs.
    assert sum(play(pair, seed, 200) for seed in range(20)) > 300
