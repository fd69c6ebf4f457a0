"""Random sound processes run to the end and agree, step by step, with the token game, which shares no code with the kernel.

After every step the state is saved and loaded, and made again from the journal: nothing changes. All 20,000 of them,
some ten minutes on two cores: `SIGNOFF_WALKS=20000 pytest -n 2 -m soak tests/walks`; others than the last time with
`SIGNOFF_WALKS_FROM=20000`.
"""

import os
from pathlib import Path

import pytest

from tests.walks.walk import Walk

CHUNK = 100
FIRST, ALL = int(os.environ.get("SIGNOFF_WALKS_FROM", "0")), int(os.environ.get("SIGNOFF_WALKS", "1000"))


@pytest.mark.parametrize("first", range(0, 180, 60))
def test_small_processes_run_as_in_the_token_game(first: int) -> None:
    for number in range(first, first + 60):
        Walk(number, size=4, wild=8).run()


@pytest.mark.exhaustive
@pytest.mark.parametrize("first", range(1000, 3000, CHUNK))
def test_processes_run_as_in_the_token_game(first: int) -> None:
    for number in range(first, first + CHUNK):
        Walk(number, size=10, wild=15).run()


@pytest.mark.soak
@pytest.mark.parametrize("first", range(FIRST, FIRST + ALL, CHUNK))
def test_large_processes_run_as_in_the_token_game(first: int) -> None:
    for number in range(first, first + CHUNK):
        Walk(number, size=20).run()


def test_a_process_runs_the_same_on_a_file_that_is_closed_after_every_step(tmp_path: Path) -> None:
    Walk(4, size=6, stored=f"sqlite:///{tmp_path / 'a.db'}").run()


@pytest.mark.exhaustive
@pytest.mark.parametrize("first", range(5000, 5060, 20))
def test_processes_run_the_same_on_a_file_that_is_closed_after_every_step(tmp_path: Path, first: int) -> None:
    for number in range(first, first + 20):
        Walk(number, size=10, stored=f"sqlite:///{tmp_path / str(number)}").run()
