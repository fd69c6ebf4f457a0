"""Every scenario of the shipped processes is so."""

import pytest

from signoff.testing import Suite
from signoff_workflows import path

SUITE = Suite.of([path("leave_request").parent])
NAMED = {f"{process}/{scenario.id}": (process, scenario) for process, scenario in SUITE.scenarios}


def test_every_shipped_file_can_be_read() -> None:
    assert SUITE.broken == []


def test_every_shipped_process_has_scenarios() -> None:
    assert {process for process, _ in SUITE.scenarios} == set(SUITE.definitions)


@pytest.mark.parametrize("name", NAMED)
def test_the_scenario_is_so(name: str) -> None:
    result = SUITE.play(*NAMED[name])
    assert result.passed, str(result)
