"""A preview comes to what the command then comes to, and leaves nothing behind."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from signoff.errors import Refused
from signoff.kernel import commands as c
from signoff.runtime.execution import Receipt
from signoff.store import schema
from signoff.testing import Sandbox
from tests.laws.commands import Speaker, refusal
from tests.testing.base import ERRAND, PEOPLE, START

WEEK = timedelta(days=7)
PATIENCE = 10  # commands after the end


@pytest.fixture(scope="module")
def begun() -> tuple[Sandbox, str]:
    """A deployed process with one instance; its handler waits to be answered."""
    box = Sandbox("2027-02-01T08:00Z", people=PEOPLE)
    box.deploy(ERRAND)
    return box, box.start("errand", START, by="amy").instance


def rows(box: Sandbox) -> dict[str, list[Any]]:
    """Everything that is stored, table by table, as the driver gives it."""
    with box.engine.core.database.read() as handle:
        ask = handle.connection.exec_driver_sql
        return {name: [tuple(row) for row in ask(f"SELECT * FROM {name}")] for name in schema.metadata.tables}


def outcome(do: Callable[[c.Command], Receipt], command: c.Command) -> dict[str, Any]:
    """What a command comes to: its events, or its refusal."""
    try:
        receipt = do(command)
    except Refused as error:
        return dict(refusal(error))
    return {
        "instance": receipt.instance,
        "status": receipt.status,
        "events": receipt.events,
        "opened": receipt.opened,
        "repeated": receipt.repeated,
    }


def compare(box: Sandbox, command: c.Command) -> tuple[str, str]:
    """Preview, then execute; whether it was accepted, refused or repeated, and the code of a refusal."""
    before = rows(box)
    previewed = outcome(box.engine.preview, command)
    assert rows(box) == before, f"the preview of {command} left something behind"
    executed = outcome(box.engine.execute, command)
    assert previewed == executed, command
    if "code" in executed:
        assert rows(box) == before, f"the refusal of {command} left something behind"
    how = "refused" if "code" in executed else "repeated" if executed["repeated"] else "accepted"
    return how, executed.get("code", "")


def play(begun: tuple[Sandbox, str], seed: int, commands: int = 60) -> Counter[str]:
    """One story of random commands, time passing now and then; of those that come after its end, a few."""
    box, random = begun[0].copy(), Random(seed)
    speaker = Speaker(box, begun[1], tuple(PEOPLE), random)
    found: Counter[str] = Counter()
    late = 0
    for _ in range(commands):
        command = speaker.command()
        how, code = compare(box, command)
        found[f"{type(command).__name__} {how}"] += 1
        late += code == "instance_ended"
        if late > PATIENCE:
            break
        if random.random() < 0.1:
            box.clock.set(box.clock.now() + WEEK)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_a_preview_comes_to_what_the_command_comes_to(begun: tuple[Sandbox, str], seed: int) -> None:
    found = play(begun, seed)
    assert {how.partition(" ")[2] for how in found} >= {"accepted", "refused"}


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(4, 104))
def test_previews_agree_over_many_stories(begun: tuple[Sandbox, str], seed: int) -> None:
    play(begun, seed, 150)


def test_the_stories_meet_both_answers_to_the_verbs_of_people(begun: tuple[Sandbox, str]) -> None:
    found = sum((play(begun, seed, 100) for seed in (2, 5, 20)), Counter[str]())
    for verb in ("Start", "Submit", "Claim"):
        assert found[f"{verb} accepted"], verb
        assert found[f"{verb} refused"], verb
    assert any(how.endswith("repeated") for how in found)
