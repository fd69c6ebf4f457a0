"""No false alarm: whatever people do, sign and change in the order that chance has it, `verify` finds nothing."""

import random
import shutil
from pathlib import Path

import pytest

from signoff import FileSigner, Refused, checkpoint, new_key
from signoff.runtime.keys import revoke_key
from tests.evidence.office import PROCESS, Office

ALLOWING = PROCESS.replace("sign: key}", "sign: key, allow: [abstain, transfer, delegate]}")


class Chance:
    """People who do this and that; which, the seed decides."""

    def __init__(self, office: Office, seed: int) -> None:
        self._office, self._random = office, random.Random(seed)
        self._seeds = 0
        self.gates = [office.waiting() for _ in range(3)]
        self.refused = self.done = 0

    def step(self) -> None:
        draw = self._random
        try:
            draw.choice([self._vote, self._vote, self._vote, self._begin, self._renew, self._interrupt])()
            self.done += 1
        except Refused:
            self.refused += 1
        self._office.pass_time(draw.randrange(3))

    def _vote(self) -> None:
        office, draw = self._office, self._random
        gate, person = draw.choice(self.gates), draw.choice(["bob", "cid"])
        which = draw.choice(["approve", "approve", "decline", "return", "abstain"])
        note = draw.choice(["", "好", "as agreed", 'a "quoted" \\ line'])
        if which == "return":
            signature = office.signature(gate, person, decision=which, to="write", note=note)
            office.engine.return_to(gate, "write", by=person, note=note, signature=signature)
            task = next(
                row.task for row in office.engine.inbox("ann") if row.task.startswith(gate.partition(":")[0])
            )
            office.engine.submit(task, by="ann", data={"price": draw.randrange(100)})
            return
        signature = office.signature(gate, person, decision=which, note=note)
        seen = office.engine.subject(gate, person)
        verb = {
            "approve": office.engine.approve,
            "decline": office.engine.decline,
            "abstain": office.engine.abstain,
        }
        verb[which](gate, by=person, seen=seen, note=note, signature=signature)

    def _begin(self) -> None:
        self.gates.append(self._office.waiting(self._random.randrange(100)))

    def _renew(self) -> None:
        """Somebody gets a new key; the old one may be revoked before or after."""
        person, old = self._random.choice(["bob", "cid"]), ""
        old = self._office.signer[person].key
        self._seeds += 1
        self._office.add(person, f"{person}{self._seeds}")
        if self._random.random() < 0.7:
            revoke_key(self._office.engine.core, old, reason="renewed", by="root")

    def _interrupt(self) -> None:
        instance = self._random.choice(self.gates).partition(":")[0]
        self._office.engine.suspend(instance, by="root", reason="wait")
        self._office.engine.resume(instance, by="root")


def silent(template: Path, folder: Path, seed: int, steps: int) -> None:
    shutil.copy(template, folder / "signoff.db")
    office = Office(f"sqlite:///{folder / 'signoff.db'}")
    office.engine.deploy(ALLOWING)
    new_key(folder / "checkpoint.key", "x")
    key = FileSigner(folder / "checkpoint.key", "x")
    chance, notes = Chance(office, seed), ""
    for number in range(steps):
        chance.step()
        if number % (steps // 4) == 0:
            notes += ("\n" if notes else "") + checkpoint(office.engine.core, key, notes)
    assert office.engine.verify(checkpoints=notes, trusted=[key.public]).findings == ()
    assert chance.done > steps // 3
    office.close()


@pytest.mark.parametrize("seed", range(3))
def test_verify_is_silent_about_what_chance_has_done(
    sqlite_template: Path, tmp_path: Path, seed: int
) -> None:
    silent(sqlite_template, tmp_path, seed, steps=60)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(100, 105))
def test_verify_is_silent_about_much_that_chance_has_done(
    sqlite_template: Path, tmp_path: Path, seed: int
) -> None:
    silent(sqlite_template, tmp_path, seed, steps=3000)
