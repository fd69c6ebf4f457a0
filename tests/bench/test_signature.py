"""What a signature costs on top of a vote, by processor time: made by the person, checked in the command, verified later.

Target: less than a millisecond each. Handing the statement out is a rehearsal of the vote; it is shown beside.
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest

from signoff import Strength
from signoff.read import signatures
from signoff.store import signed
from tests.bench.contest import Board, Figure, alternate, micros
from tests.evidence.office import PROCESS, Office

TARGET, VOTES, ROUNDS = 1e-3, 20, 7


class Desk:
    """Gates that wait for a vote, made beforehand and not counted; `cast` votes on all of them."""

    def __init__(self, office: Office, *, sign: bool) -> None:
        self._office, self._sign = office, sign
        self.seconds = 0.0

    def cast(self) -> int:
        office, engine = self._office, self._office.engine
        actor = engine.actor("bob", auth=Strength.ATTESTED)
        prepared = []
        for _ in range(VOTES):
            gate = office.waiting()
            seen = engine.subject(gate, "bob")
            prepared.append((gate, seen, office.signature(gate, "bob") if self._sign else None))
        before = time.process_time()
        for gate, seen, signature in prepared:
            engine.approve(gate, by=actor, seen=seen, signature=signature)
        self.seconds += time.process_time() - before
        return VOTES


def office_in(path: Path, template: Path, sign: str) -> Office:
    shutil.copy(template, path)
    office = Office(f"sqlite:///{path}")
    if sign != "key":
        office.engine.deploy(PROCESS.replace("sign: key", f"sign: {sign}"))
    return office


def repeated(work: Callable[[], object]) -> Callable[[], int]:
    def turn() -> int:
        for _ in range(VOTES):
            work()
        return VOTES

    return turn


@pytest.mark.bench
def test_a_signed_vote(board: Board, sqlite_template: Path, tmp_path: Path) -> None:
    weak = office_in(tmp_path / "weak.db", sqlite_template, "true")
    strong = office_in(tmp_path / "strong.db", sqlite_template, "key")
    attested, with_key = Desk(weak, sign=False), Desk(strong, sign=True)
    (plain,) = alternate([attested.cast], lambda: attested.seconds, ROUNDS)
    (signing,) = alternate([with_key.cast], lambda: with_key.seconds, ROUNDS)
    more = median(signing) - median(plain)

    gate, signer = strong.waiting(), strong.signer["bob"]
    given, public = strong.signature(gate, "bob"), signer.public.hex()
    made, checked, handed = alternate(
        [
            repeated(lambda: signer.sign(given.statement.encode())),
            repeated(lambda: signed.fits("ed25519", public, given.value, given.statement)),
            repeated(lambda: strong.signature(gate, "bob")),
        ],
        time.process_time,
        ROUNDS,
    )
    board.add(
        "A signature on a vote (SQLite, processor time)",
        Figure("a vote, attested", micros(plain), "", ""),
        Figure("the same, signed", micros(signing), f"+{more * 1e6:,.0f} µs", "< 1 ms more", more < TARGET),
        Figure("signing a statement", micros(made), "", "< 1 ms", median(made) < TARGET),
        Figure("checking the signature", micros(checked), "", "< 1 ms", median(checked) < TARGET),
        Figure("handing the statement out, and signing it", micros(handed), "", ""),
    )
    with strong.engine.core.database.read() as handle:
        instances, _ = signatures.signed_instances(handle.connection, limit=10_000)
        before = time.process_time()
        assert signatures.verify_signatures(handle.connection, instances, {}) == []
        each = (time.process_time() - before) / len(instances)
    board.add(
        "Verifying later (SQLite, processor time)",
        Figure("a signed record, with its instance folded", micros([each]), "", "< 1 ms", each < TARGET),
    )
    weak.close()
    strong.close()
