"""docs/matrix.md says what is so, and no cell of it is empty."""

import pytest

from tests.docs.matrix import GATEWAYS, PAGE, TURNS, named, refusal, shown, text
from tests.matrix.cells import EVENTS, PLACES, WAYS
from tests.matrix.work import WORK


def test_the_matrix_is_current() -> None:
    """`python -m tests.docs.matrix` writes it anew."""
    assert PAGE.read_text("utf-8") == text()


@pytest.mark.parametrize("row", EVENTS)
def test_no_event_has_an_empty_cell(row: str) -> None:
    runs = {column for column in PLACES if shown().get((row, column))}
    assert runs == EVENTS[row]
    assert not [column for column in PLACES if column not in runs and not refusal(row, column)]


def test_every_activity_is_done_in_every_way() -> None:
    assert not [(row, way) for row in WORK for way in WAYS if (row, way) not in shown()]


def test_every_gateway_takes_every_turn() -> None:
    assert not [(row, turn) for row in GATEWAYS for turn in TURNS if (row, turn) not in shown()]


@pytest.mark.parametrize(("prefix", "count"), [("trap", 20), ("probe", 17)])
def test_every_trap_and_every_probe_has_its_test(prefix: str, count: int) -> None:
    assert {int(number) for number, _ in named(prefix)} == set(range(1, count + 1))
