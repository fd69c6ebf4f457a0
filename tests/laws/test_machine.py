"""Machine and kernel allow the same triggers in every situation (DESIGN §3)."""

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from signoff.model.definition import Definition
from signoff.notation.machine import ProcessMachine, machine
from signoff.notation.yaml import read
from tests.laws import campaign
from tests.laws.desk import Desk
from tests.laws.walk import Walk
from tests.notation import trees

LEAVES = [campaign.LEAVE_START, {**campaign.LEAVE_START, "last_day": "2026-10-20"}]


@cache
def shipped(name: str) -> tuple[Definition, ProcessMachine]:
    definition = read((campaign.SHIPPED / name).read_text("utf-8")).definition
    return definition, machine(definition)


def walk_campaign(seed: int) -> Walk:
    definition, chart = shipped("marketing_campaign.yaml")
    return Walk(
        definition, chart, Desk(campaign.VALUES, campaign.RESULTS), Random(seed), campaign.START
    ).run()


@pytest.mark.parametrize("seed", range(3))
def test_the_campaign_allows_the_same_on_both_sides(seed: int) -> None:
    walk_campaign(seed)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(3, 100))
def test_the_campaign_allows_the_same_on_many_ways(seed: int) -> None:
    walk_campaign(seed)


@pytest.mark.parametrize("seed", range(10))
def test_a_leave_request_allows_the_same_on_both_sides(seed: int) -> None:
    definition, chart = shipped("leave_request.yaml")
    Walk(definition, chart, Desk(campaign.LEAVE), Random(seed), LEAVES[seed % 2]).run()


@settings(max_examples=25, deadline=None)
@given(trees.trees, st.randoms(use_true_random=False))
def test_every_process_written_in_blocks_allows_the_same_on_both_sides(
    tree: list[dict[str, Any]], random: Random
) -> None:
    walk_tree(tree, random)


@pytest.mark.exhaustive
@settings(max_examples=600, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(trees.trees, st.randoms(use_true_random=False))
def test_very_many_processes_allow_the_same(tree: list[dict[str, Any]], random: Random) -> None:
    walk_tree(tree, random)


def walk_tree(tree: list[dict[str, Any]], random: Random) -> Walk:
    """One walk through a random process, in which gates send back to what came before them."""
    steps = trees.steps(tree)
    send_back(steps, [], random)
    data = {
        "amount": {"type": "integer", "default": random.choice([1, 2])},
        "items": {"list_of": "text", "default": random.choice([[], ["one"]])},
    }
    definition = trees.compiled({**trees.HEAD, "data": data, "steps": steps})
    return Walk(definition, machine(definition), Desk({}), random, {}).run()


def send_back(steps: list[dict[str, Any]], before: list[str], random: Random) -> None:
    """Give gates returns and noes that lead to blocks before them, in the same list or an enclosing one."""
    earlier = list(before)
    for block in steps:
        for inner in lists(block):
            send_back(inner, earlier, random)
        if "approve" in block:
            targets = random.sample(earlier, min(len(earlier), random.randrange(3)))
            block["return_to"] = [*targets, *([block["step"]] if "step" in block else [])]
            block["resume"] = random.choice(["smart", "restart"])
            ways = ["end", "continue", *(f"return to {target}" for target in targets)]
            block["approve"] = [
                {"by": by, "declined": random.choice(ways), "need": random.choice(["any", "all"])}
                for by in random.choice(["a", "b", "ab"])
            ]
            if not block["return_to"]:
                del block["return_to"]
        earlier += places(block)


def places(block: dict[str, Any]) -> Iterator[str]:
    """A block and what lies in it, as far as a later gate may send back to it."""
    kind = next(kind for kind in trees.KINDS if kind in block)
    yield str(block[kind])
    if kind in ("stage", "parallel"):
        yield from (id for inner in lists(block) for each in inner for id in places(each))


def lists(block: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """The lists of blocks inside a block; handlers are left as they are."""
    yield from ([block["steps"]] if "steps" in block else [])
    yield from (branch["steps"] for branch in block.get("branches", ()))
    yield from ([block["otherwise"]] if block.get("otherwise") else [])


@pytest.mark.parametrize("trigger", ["submit:hand-over", "approve:approval", "decline:approval"])
def test_a_demand_that_the_machine_forgets_is_noticed(trigger: str) -> None:
    definition = shipped("leave_request.yaml")[0]
    forgetful = machine(definition)
    for transitions in forgetful.events[trigger].transitions.values():
        for each in transitions:
            each.conditions.clear()
    walks = (Walk(definition, forgetful, Desk(campaign.LEAVE), Random(seed), LEAVES[1]) for seed in range(20))
    with pytest.raises(AssertionError, match=f"{trigger}: the kernel says False, the machine True"):
        any(walk.run().story == [] for walk in walks)
