"""Events where BPMN does not let them stand are refused at deployment, at the element (BPMN 2.0.2, table 10.93)."""

import pytest

from signoff.errors import InvalidDefinition
from signoff.testing import Sandbox
from tests.matrix.cells import EVENTS, PLACES, TOLERATED
from tests.matrix.forbidden import CODES, sample

CELLS = [
    (row, column)
    for row, places in EVENTS.items()
    for column in PLACES
    if column not in places and (row, column) not in TOLERATED
]


@pytest.mark.parametrize(("row", "column"), CELLS)
def test_an_event_that_may_not_stand_there_is_refused_at_its_place(row: str, column: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        Sandbox().deploy(sample(row, column))
    told = {
        (problem.code, problem.params.get("element"))
        for problem in refused.value.problems
        if not problem.warning
    }
    assert told & {(code, at) for code in CODES[column] for at in ("x", "g-x")}
