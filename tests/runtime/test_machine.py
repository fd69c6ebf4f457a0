"""A deployed definition can be had as a state machine of `transitions`."""

from pathlib import Path

import pytest
from transitions.extensions import HierarchicalMachine

import signoff
import signoff_workflows
from signoff.errors import NotFound
from signoff.notation.machine import Situation, allowed, demands
from signoff.testing import Sandbox

CAMPAIGN = Path(signoff_workflows.__file__).parent / "marketing_campaign.yaml"


@pytest.fixture(scope="module")
def box() -> Sandbox:
    found = Sandbox()
    found.deploy(CAMPAIGN)
    return found


def test_the_engine_hands_out_the_machine_of_what_is_deployed(box: Sandbox) -> None:
    chart = box.engine.machine("marketing-campaign")
    assert isinstance(chart, HierarchicalMachine)
    assert chart.state == ".start"
    assert {"submit:confirm-goals", "approve:confirm-goals", "return_to:detail-plan"} <= chart.events.keys()
    assert "signed__management" in demands(chart, "approve:confirm-goals")


def test_the_machine_can_be_asked_what_if(box: Sandbox) -> None:
    chart = box.engine.machine("marketing-campaign", "en")
    assert allowed(chart) == set()
    begun = Situation({"filled__title", "filled__event_start"})
    assert allowed(chart, begun) == {"start"}
    assert chart.trigger("start", begun)
    assert chart.state == "preparation/confirm-goals/work"


def test_a_process_that_is_not_deployed_has_no_machine(box: Sandbox) -> None:
    with pytest.raises(NotFound):
        box.engine.machine("no-such-process")


def test_the_package_exports_the_machine_of_a_definition(box: Sandbox) -> None:
    chart = signoff.state_machine(box.engine.definition("marketing-campaign"))
    assert chart.state == ".start"
