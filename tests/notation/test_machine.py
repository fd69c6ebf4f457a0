"""A definition as a state machine: which triggers there are, what each demands, and where each leads."""

import time
from pathlib import Path

import pytest
from transitions import MachineError
from transitions.extensions import HierarchicalMachine

import signoff_workflows
from signoff.errors import UnsupportedElement
from signoff.model.definition import Definition
from signoff.model.nodes import EndEvent, SequenceFlow, StartEvent, UserTask
from signoff.model.types import Text
from signoff.notation.machine import ProcessMachine, Situation, allowed, demands, everything, machine
from signoff.notation.yaml import read

SHIPPED = Path(signoff_workflows.__file__).parent
HEAD = "signoff: 1\nprocess: sample\nlang: en\nroles: {a: {group: a}, b: {group: b}, c: {group: c}}\n"


def process(steps: str, head: str = "") -> Definition:
    return read(f"{HEAD}{head}\nsteps:\n{steps}").definition


@pytest.fixture(scope="module")
def campaign() -> Definition:
    return read((SHIPPED / "marketing_campaign.yaml").read_text("utf-8")).definition


def walk(chart: ProcessMachine, situation: Situation, *triggers: str) -> None:
    for trigger in triggers:
        assert trigger in allowed(chart, situation), f"{trigger} at {chart.state}"
        chart.trigger(trigger, situation)


def at(chart: ProcessMachine) -> set[str]:
    return set(chart.active())


def test_the_campaign_is_built_in_less_than_two_seconds(campaign: Definition) -> None:
    begun = time.process_time()
    chart = machine(campaign)
    assert time.process_time() - begun < 2
    assert isinstance(chart, HierarchicalMachine)


def test_a_step_has_work_a_gate_and_passed(campaign: Definition) -> None:
    chart = machine(campaign)
    assert set(chart.get_state("preparation/confirm-goals").states) == {"work", "gate", "passed"}
    assert set(chart.get_state("preparation/build-team").states) == {"work", "passed"}
    assert set(chart.get_state("preparation/phase-1").states) == {"gate", "passed"}


def test_what_a_step_and_its_gate_demand_have_names(campaign: Definition) -> None:
    chart = machine(campaign)
    assert demands(chart, "submit:confirm-goals") == (
        "filled__purpose",
        "filled__goals",
        "document__goal_letter",
        "rule__R1",
    )
    assert demands(chart, "approve:confirm-goals") == (
        "signed__management",
        "rule__R1",
        "not stale__approvals",
    )
    assert "approved__finance_head" in demands(chart, "approve:draft-budget")
    assert "rule__R8" in demands(chart, "submit:draft-budget")
    assert demands(chart, "approve:detail-plan")[:3] == (
        "approved__execution_lead",
        "approved__promotion_lead",
        "approved__logistics_lead",
    )


def regular(trigger: str) -> bool:
    """Whether it goes on: neither back nor out of the way by what somebody asks for."""
    return not trigger.startswith(("return", "decline", "request")) and not trigger.endswith(".effect")


def test_the_campaign_runs_from_start_to_end_when_everything_holds(campaign: Definition) -> None:
    chart = machine(campaign)
    situation = everything(chart)
    seen = []
    while forward := sorted(filter(regular, allowed(chart, situation))):
        chart.trigger(forward[0], situation)
        seen.append(forward[0])
    assert chart.state == ".completed"
    assert len(seen) == len(set(seen))
    assert {"submit:set-up-site", "submit:set-up-platform", "approve:go-no-go", "finish:file-case"} <= {*seen}


def test_nothing_passes_a_gate_before_its_demands_hold(campaign: Definition) -> None:
    chart = machine(campaign)
    every = everything(chart)
    walk(chart, every, "start", "submit:confirm-goals")
    without = Situation(every.names - {"signed__management"})
    assert allowed(chart, without) == {"decline:confirm-goals", "return_to:confirm-goals"}
    assert chart.trigger("approve:confirm-goals", without) is False
    assert chart.state == "preparation/confirm-goals/gate"
    assert "approve:confirm-goals" in allowed(chart, every)
    stale = Situation({*every.names, "stale__approvals"})
    assert "approve:confirm-goals" not in allowed(chart, stale)


def test_a_name_can_hold_for_one_step_only() -> None:
    chart = machine(
        process(
            "  - step: x\n    owner: a\n    approve: [{by: b}]\n  - gate: z\n    approve: [{by: b, declined: end}]"
        )
    )
    here = Situation({"x:approved__b"})
    walk(chart, here, "start", "submit:x", "approve:x")
    assert chart.state == "z/gate"
    assert "approve:z" not in allowed(chart, here)


def test_a_trigger_that_the_state_does_not_know_is_an_error(campaign: Definition) -> None:
    with pytest.raises(MachineError):
        machine(campaign).trigger("submit:archive", Situation())


def test_parallel_branches_wait_for_one_another(campaign: Definition) -> None:
    chart = machine(campaign)
    every = everything(chart)
    walk(chart, every, "start", "submit:confirm-goals", "approve:confirm-goals", "submit:research")
    assert at(chart) == {"preparation/groundwork/1/.done", "preparation/groundwork/2/draft-budget/work"}
    walk(chart, every, "submit:draft-budget", "approve:draft-budget")
    assert chart.state == "preparation/build-team/work"


def test_a_gate_that_asks_nobody_opens_by_itself_once_all_is_there() -> None:
    chart = machine(
        process('  - gate: ready\n    owner: a\n    require: [{id: R1, rule: "1 == 1", says: x}]')
    )
    chart.trigger("start", Situation())
    assert chart.state == "ready/gate"
    chart.settle(Situation({"rule__R1"}))
    assert chart.state == ".completed"


def test_a_decline_ends_goes_back_or_goes_on_as_the_gate_says(campaign: Definition) -> None:
    chart = machine(campaign)
    every = everything(chart)
    walk(chart, every, "start", "submit:confirm-goals", "decline:confirm-goals")
    assert chart.state == ".declined"
    steps = "  - step: x\n    owner: a\n    approve: [{by: b}, {by: c, declined: continue}]"
    two = machine(process(steps))
    walk(two, Situation({"declined__b"}), "start", "submit:x", "decline:x")
    assert two.state == "x/work"
    walk(two, Situation({"declined__c"}), "submit:x", "decline:x")
    assert two.state == ".completed"


def test_a_return_out_of_a_branch_takes_its_siblings_along(campaign: Definition) -> None:
    chart = machine(campaign)
    every = everything(chart)
    walk(chart, every, "start", "submit:confirm-goals", "approve:confirm-goals", "submit:research")
    walk(chart, every, "submit:draft-budget", "approve:draft-budget", "submit:build-team")
    walk(chart, every, "submit:design-theme", "approve:design-theme", "finish:check-similarity")
    walk(chart, every, "submit:detail-plan", "approve:detail-plan", "submit:formal-budget")
    assert len(chart.active()) == 2
    walk(chart, every, "return_to:detail-plan")
    assert chart.state == "planning/detail-plan/work"


TWO_GATES = """  - step: first
    owner: a
    checklist: [done]
  - parallel: both
    branches:
      - steps:
          - step: left
            owner: a
            checklist: [done]
            approve: {by: b}
            return_to: [first]
      - steps:
          - step: right
            owner: a
            checklist: [done]
            approve: {by: b}
            return_to: [first]
"""


def test_a_return_that_two_branches_could_ask_for_happens_once() -> None:
    chart = machine(process(TWO_GATES))
    walk(chart, everything(chart), "start", "submit:first", "submit:left", "submit:right")
    only_left = Situation({"right:unasked__anybody"})
    assert chart.trigger("return_to:first", only_left), "the other gate's not yet does not undo it"
    assert at(chart) == {"first/work"}


def test_an_end_in_one_branch_leaves_nothing_moving_in_another() -> None:
    chart = machine(
        process("""  - parallel: both
    branches:
      - steps: [{stage: work, steps: [{wait: bell, after: 1 day}, {end: drop, outcome: dropped, if: "1 == 1"}]}]
      - steps: [{gate: free, owner: a}, {step: late, owner: a, checklist: [done]}]
""")
    )
    chart.set_state(["both/1/work/drop", "both/2/free/passed"])
    chart.settle(Situation({"when__drop"}))
    assert chart.state == ".dropped"


def test_a_return_into_a_branch_leaves_the_others_done(campaign: Definition) -> None:
    chart = machine(campaign)
    every = everything(chart)
    chart.set_state("planning/phase-2/gate")
    walk(chart, every, "return_to:plan-risks")
    assert chart.state == "planning/budget-and-risk/2/plan-risks/work"
    walk(chart, every, "submit:plan-risks", "approve:plan-risks")
    assert chart.state == "planning/phase-2/gate"


def test_after_a_smart_return_unchanged_steps_pass_unasked(campaign: Definition) -> None:
    chart = machine(campaign)
    every = everything(chart)
    chart.set_state("planning/phase-2/gate")
    walk(chart, every, "return_to:design-theme")
    kept = Situation({*every.names, "reused__check_similarity", "reused__detail_plan"})
    walk(chart, kept, "submit:design-theme", "approve:design-theme")
    assert at(chart) == {
        "planning/budget-and-risk/1/formal-budget/work",
        "planning/budget-and-risk/2/plan-risks/work",
    }


CHOICE = """
  - choose: way
    branches:
      - if: "amount > 5"
        steps: [{step: long, owner: a}]
      - if: "amount > 2"
        steps: [{step: middle, owner: a}]
    otherwise: []
  - step: last
    owner: a
    if: "amount > 1"
"""
AMOUNT = "data: {amount: {type: integer, default: 1}}"


@pytest.mark.parametrize(
    ("names", "state"),
    [
        ({"when__way__1", "when__way__2"}, "way/long/work"),
        ({"when__way__2"}, "way/middle/work"),
        ({"when__last"}, "last/work"),
        (set(), ".completed"),
    ],
)
def test_a_choice_takes_the_first_branch_whose_condition_holds(names: set[str], state: str) -> None:
    chart = machine(process(CHOICE, AMOUNT))
    chart.trigger("start", Situation(names))
    assert chart.state == state


INCLUDE = """
  - include: way
    branches:
      - if: "amount > 5"
        steps: [{step: one, owner: a}]
      - if: "amount > 2"
        steps: [{step: two, owner: a}]
    otherwise: [{step: neither, owner: a}]
"""


@pytest.mark.parametrize(
    ("names", "working"),
    [
        ({"when__way__1", "when__way__2"}, {"submit:one", "submit:two"}),
        ({"when__way__2"}, {"submit:two"}),
        (set(), {"submit:neither"}),
    ],
)
def test_an_include_takes_every_branch_whose_condition_holds(names: set[str], working: set[str]) -> None:
    chart = machine(process(INCLUDE, AMOUNT))
    situation = Situation(names)
    chart.trigger("start", situation)
    assert allowed(chart, situation) == working
    walk(chart, situation, *sorted(working))
    assert chart.state == ".completed"


def test_a_guarded_parallel_block_is_passed_by() -> None:
    block = (
        '  - parallel: both\n    if: "amount > 2"\n    branches:\n      - steps: [{step: one, owner: a}]\n'
        "      - steps: [{step: two, owner: a}]\n"
    )
    chart = machine(process(block, AMOUNT))
    chart.trigger("start", Situation())
    assert chart.state == ".completed"
    chart = machine(process(block, AMOUNT))
    chart.trigger("start", Situation({"when__both"}))
    assert at(chart) == {"both/1/one/work", "both/2/two/work"}


def test_an_interrupting_timer_leaves_its_host_for_the_steps_of_its_handler() -> None:
    steps = """
  - step: x
    owner: a
    upon:
      - id: late
        after: 3 days
        interrupts: true
        steps: [{step: rescue, owner: b}]
  - step: z
    owner: a
"""
    chart = machine(process(steps))
    walk(chart, Situation(), "start", "fire:late")
    assert chart.state == "late.body/rescue/work"
    walk(chart, Situation(), "submit:rescue")
    assert chart.state == "z/work"


def test_an_end_in_the_middle_ends_the_process_with_its_outcome() -> None:
    steps = '  - end: enough\n    if: "amount > 2"\n    outcome: too-much\n  - step: z\n    owner: a'
    chart = machine(process(steps, AMOUNT))
    chart.trigger("start", Situation({"when__enough"}))
    assert chart.state == ".too-much"
    chart = machine(process(steps, AMOUNT))
    chart.trigger("start", Situation())
    assert chart.state == "z/work"


def test_a_loop_shows_one_element_and_asks_whether_another_follows() -> None:
    head = "data: {items: {list_of: text, default: []}}"
    steps = "  - each: all\n    in: items\n    item: one\n    steps: [{step: do, owner: a}]"
    chart = machine(process(steps, head))
    walk(chart, Situation({"more__all"}), "start", "submit:do")
    assert chart.state == "all/do/work"
    walk(chart, Situation(), "submit:do")
    assert chart.state == ".completed"


def test_labels_come_in_the_language_asked_for(campaign: Definition) -> None:
    assert machine(campaign, "zh").labels["planning/budget-and-risk/1/formal-budget"] == "预算确认"


def test_a_graph_that_is_not_written_in_blocks_has_no_machine() -> None:
    nodes = {n.id: n for n in (StartEvent(id="s"), UserTask(id="t"), EndEvent(id="e"))}
    flows = {f.id: f for f in (SequenceFlow("1", "s", "t"), SequenceFlow("2", "t", "e"))}
    graph = Definition("graph", Text("图"), nodes, flows)
    with pytest.raises(UnsupportedElement) as raised:
        machine(graph)
    assert raised.value.code == "no_machine"
    assert "graph" in raised.value.sentence("en")
