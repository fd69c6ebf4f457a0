"""Each kind of block becomes the nodes, flows and blocks of the graph model."""

import pytest

from signoff.errors import InvalidDefinition
from signoff.model.block import BlockKind
from signoff.model.definition import Definition
from signoff.model.expression import Expression
from signoff.model.gate import Binding, Declined, DeclineKind, Meaning, NeedKind, Resume, Strength
from signoff.model.nodes import (
    BoundaryEvent,
    CallActivity,
    ErrorEvent,
    EventSubProcess,
    ExclusiveGateway,
    GateTask,
    InclusiveGateway,
    IntermediateCatchEvent,
    ParallelGateway,
    ServiceTask,
    SubProcess,
    TerminateEndEvent,
    UserTask,
)
from signoff.notation.yaml import read
from tests.notation.base import BASE

HEAD = """\
signoff: 1
process: p
lang: en
data: {size: {type: integer, default: 1}, xs: {list_of: text, default: []}, out: {list_of: text, default: []}}
roles: {r: {group: g}, s: {group: h}}
dates: {day: {day: start_day}}
"""


def compiled(steps: str, **more: str) -> Definition:
    head = HEAD.replace("data: {", "data: {start_day: {type: date}, ")
    extra = "".join(f"{key}: {value}\n" for key, value in more.items())
    return read(f"{head}start: {{form: {{fill: [start_day]}}}}\n{extra}steps:\n{steps}").definition


def flows(definition: Definition) -> set[str]:
    return set(definition.flows)


LOOK = "owner: r, checklist: [look]"


# blocks -----------------------------------------------------------------------------------------------------


def test_a_process_runs_from_its_start_to_its_end() -> None:
    definition = compiled(f"  - {{step: a, {LOOK}}}\n  - {{step: b, {LOOK}}}")
    assert flows(definition) == {"start->a", "a->b", "b->end"}
    assert [block.id for block in definition.children("/")] == ["a", "b"]
    assert definition.blocks["/"].entry == "start"
    assert definition.blocks["/"].exit == "end"


def test_a_step_takes_the_defaults_of_the_file() -> None:
    definition = compiled(
        f"  - {{step: a, {LOOK}, due: 3 days before day, approve: {{by: s}}}}\n  - {{run: b, handler: h}}",
        defaults="{resume: smart, not_by: [starter], timeout: 5 minutes, retry: never, day: '08:30 to 17:00', "
        "roll: back, escalate: [{at: due, level: L1, notify: [pending]}]}",
    )
    step, run = definition.nodes["a"], definition.nodes["b"]
    assert isinstance(step, UserTask)
    assert isinstance(run, ServiceTask)
    assert step.gate.resume is Resume.SMART
    assert step.gate.approvals[0].not_by == ("starter",)
    assert [rung.level for rung in step.escalate] == ["L1"]
    assert (run.timeout.seconds, run.retry.times) == (300, 0)
    assert (definition.opens, definition.closes, definition.roll) == ("08:30", "17:00", "back")


def test_the_default_ladder_holds_only_for_what_is_due() -> None:
    definition = compiled(f"  - {{step: a, {LOOK}}}", defaults="{escalate: [{at: due, notify: [pending]}]}")
    step = definition.nodes["a"]
    assert isinstance(step, UserTask)
    assert step.escalate == ()


def test_votes_of_a_step_are_bound_to_its_form_and_its_documents() -> None:
    draft = read(BASE).definition.nodes["draft"]
    assert isinstance(draft, UserTask)
    assert draft.gate.binds == Binding(("amount", "mode", "note"), ("plan",))
    assert draft.gate.return_to == ("draft",)


def test_votes_of_a_gate_are_bound_to_nothing_unless_it_says() -> None:
    definition = compiled("  - {gate: g, approve: {by: r, declined: continue}}")
    gate = definition.nodes["g"]
    assert isinstance(gate, GateTask)
    assert gate.gate.binds == Binding()
    assert gate.gate.return_to == ()
    assert gate.gate.approvals[0].declined == Declined(DeclineKind.CONTINUE)


def test_approvals_follow_one_another_and_those_under_parallel_stand_side_by_side() -> None:
    definition = compiled(
        f"""
  - step: a
    {LOOK.replace(", ", chr(10) + "    ")}
    approve:
      - {{by: r, as: review, need: 2}}
      - parallel: [{{by: r, need: each}}, {{by: [r, s], need: 60%}}]
      - {{by: s, as: acknowledge, sign: true, binds: [size], if: "size > 2"}}
"""
    )
    step = definition.nodes["a"]
    assert isinstance(step, UserTask)
    first, left, right, last = step.gate.approvals
    assert [entry.turn for entry in step.gate.approvals] == [0, 1, 1, 2]
    assert (first.meaning, first.need.kind, first.need.number) == (Meaning.REVIEW, NeedKind.COUNT, 2)
    assert (left.need.kind, right.need.kind, right.need.number) == (NeedKind.EACH, NeedKind.PERCENT, 60)
    assert (last.meaning, last.least, last.binds) == (
        Meaning.ACKNOWLEDGE,
        Strength.ATTESTED,
        Binding(("size",)),
    )
    assert last.condition == Expression.of("size > 2")


def test_a_table_of_authority_becomes_entries_under_conditions() -> None:
    release = read(BASE).definition.nodes["release"]
    assert isinstance(release, GateTask)
    found = [(e.turn, e.by, e.condition and e.condition.text, e.least) for e in release.gate.approvals]
    assert found == [
        (0, ("head",), "(amount) < 5000", Strength.ASSERTED),
        (0, ("head",), "(amount) >= 5000", Strength.ASSERTED),
        (1, ("chief",), "(amount) >= 5000", Strength.ATTESTED),
    ]
    assert {e.declined.kind for e in release.gate.approvals} == {DeclineKind.END}


def test_branches_split_and_join() -> None:
    definition = compiled(
        f"  - parallel: p\n    branches:\n      - steps: [{{step: a, {LOOK}}}, {{step: b, {LOOK}}}]\n      - steps: []"
    )
    assert flows(definition) == {"start->p", "p->a", "a->b", "b->p.join", "p->p.join", "p.join->end"}
    assert isinstance(definition.nodes["p"], ParallelGateway)
    branch, empty = definition.children("p")
    assert (branch.entry, branch.exit, branch.exit_flow) == ("a", "b", "b->p.join")
    assert (empty.entry, empty.exit, empty.exit_flow) == ("", "", "p->p.join")


@pytest.mark.parametrize(("kind", "gateway"), [("choose", ExclusiveGateway), ("include", InclusiveGateway)])
def test_the_default_flow_is_otherwise(kind: str, gateway: type) -> None:
    definition = compiled(
        f"  - {kind}: c\n    branches: [{{if: size > 1, steps: [{{step: a, {LOOK}}}]}}]\n    otherwise: []"
    )
    split = definition.nodes["c"]
    assert isinstance(split, gateway)
    assert isinstance(split, (ExclusiveGateway, InclusiveGateway))
    assert split.default == "c->c.join"
    assert definition.flows["c->a"].condition == Expression.of("size > 1")


def test_an_if_on_branches_leads_around_them() -> None:
    definition = compiled(
        f"  - parallel: p\n    if: size > 1\n    branches: [{{steps: [{{step: a, {LOOK}}}]}}, {{steps: []}}]"
    )
    assert {"start->p.if", "p.if->p", "p.if->p.fi", "p.join->p.fi", "p.fi->end"} <= flows(definition)
    assert definition.flows["p.if->p"].condition == Expression.of("size > 1")
    block = definition.blocks["p"]
    assert (block.entry, block.exit) == ("p.if", "p.fi")
    assert {"p", "p.join", "p.if", "p.fi", "a"} <= definition.nodes_in("p")


def test_a_stage_is_a_scope_with_its_own_data() -> None:
    definition = compiled(
        f"  - stage: s1\n    data: {{m: integer}}\n    steps: [{{step: a, {LOOK}, form: {{fill: [m]}}}}]"
    )
    stage = definition.nodes["s1"]
    assert isinstance(stage, SubProcess)
    assert [d.name for d in stage.data] == ["m"]
    assert definition.nodes["a"].scope == "s1"
    assert definition.starts["s1"] == "s1.start"
    assert definition.blocks["s1/"].parent == "s1"


def test_each_runs_once_per_element() -> None:
    definition = compiled(
        f"""
  - each: e
    item: x
    in: xs
    in_turn: true
    until: finished == 2
    collect: {{out: x}}
    steps: [{{step: a, {LOOK}, form: {{show: [x]}}}}]
"""
    )
    node = definition.nodes["e"]
    assert isinstance(node, SubProcess)
    assert node.loop is not None
    assert (node.loop.item, node.loop.collection.text, node.loop.sequential) == ("x", "xs", True)
    assert definition.blocks["e"].kind is BlockKind.EACH


def test_a_handler_of_an_activity_is_a_boundary_event_with_a_body() -> None:
    definition = compiled(
        f"""
  - run: a
    handler: h
    errors: [boom]
    upon:
      - {{error: boom, steps: [{{step: repair, {LOOK}}}]}}
      - {{id: slow, after: 3 days, set: {{size: 2}}}}
  - {{step: b, {LOOK}}}
"""
    )
    caught, slow = definition.nodes["a.upon.1"], definition.nodes["slow"]
    assert isinstance(caught, BoundaryEvent)
    assert isinstance(slow, BoundaryEvent)
    assert (caught.host, caught.event, caught.interrupting) == ("a", ErrorEvent("boom"), True)
    assert (slow.interrupting, slow.assign) == (False, (("size", Expression.of("2")),))
    assert {"a.upon.1->a.upon.1.body", "a.upon.1.body->b", "a->b"} <= flows(definition)
    assert not definition.outgoing["slow"]
    assert definition.blocks["a.upon.1.body"].parent == "/"
    assert "repair" in definition.nodes_in("/")


def test_a_branch_with_two_ends_meets_before_its_join() -> None:
    definition = compiled(
        f"""
  - parallel: p
    branches:
      - steps:
          - {{run: a, handler: h, errors: [boom], upon: [{{error: boom}}]}}
      - steps: [{{step: b, {LOOK}}}]
"""
    )
    assert {"a->p/1.merge", "a.upon.1->p/1.merge", "p/1.merge->p.join"} <= flows(definition)
    assert len(definition.incoming["p.join"]) == 2
    assert definition.blocks["p/1"].exit_flow == "p/1.merge->p.join"


def test_a_handler_of_a_stage_or_the_process_is_an_event_sub_process() -> None:
    definition = compiled(
        f"  - stage: s1\n    upon: [{{every: day at 10:00, steps: [{{step: h, {LOOK}}}]}}]\n    steps: [{{step: a, {LOOK}}}]",
        upon="[{id: deadline, at: 3 days after day, interrupts: true, set: {size: 3}}]",
    )
    daily, deadline = definition.nodes["s1.upon.1"], definition.nodes["deadline"]
    assert isinstance(daily, EventSubProcess)
    assert isinstance(deadline, EventSubProcess)
    assert (daily.scope, daily.interrupting) == ("s1", False)
    assert (deadline.scope, deadline.interrupting) == ("", True)
    assert definition.blocks["s1.upon.1"].parent == "s1/"
    assert definition.blocks["deadline"].parent == "/"
    assert definition.blocks["deadline"].order == -1


def test_an_end_ends_the_process() -> None:
    definition = compiled(f"  - {{end: stop, if: size > 3, outcome: stopped}}\n  - {{step: a, {LOOK}}}")
    end = definition.nodes["stop"]
    assert isinstance(end, TerminateEndEvent)
    assert (end.outcome, end.condition) == ("stopped", Expression.of("size > 3"))
    assert "stop->a" in flows(definition)


def test_a_wait_is_a_catch_event() -> None:
    definition = compiled("  - {wait: w, after: 2 working days}")
    wait = definition.nodes["w"]
    assert isinstance(wait, IntermediateCatchEvent)
    assert wait.event.at is not None
    assert wait.event.at.text == "2 working days after opened"


def test_a_call_knows_what_it_calls() -> None:
    called = compiled(f"  - {{step: a, {LOOK}}}", returns="[size]")
    text = f"{HEAD}start: {{form: {{fill: [start_day]}}}}\nsteps:\n  - {{call: c, process: p, with: {{size: size}}, set: {{size: result.size}}}}"
    definition = read(
        text.replace("start_day}", "start_day}").replace("data: {", "data: {start_day: date, "),
        known={"p": called},
    ).definition
    call = definition.nodes["c"]
    assert isinstance(call, CallActivity)
    assert (call.process, call.inputs) == ("p", (("size", Expression.of("size")),))
    with pytest.raises(InvalidDefinition) as caught:
        read(
            text.replace("data: {", "data: {start_day: date, ").replace("result.size", "result.m"),
            known={"p": called},
        )
    assert [p.code for p in caught.value.problems if not p.warning] == ["E01"]


def test_several_ways_into_a_parallel_block_meet_before_it() -> None:
    handler = "upon: [{after: 3 days, interrupts: true}]"
    both = f"  - parallel: both\n    branches:\n      - steps: [{{step: b, {LOOK}}}]\n      - steps: [{{step: c, {LOOK}}}]"
    definition = compiled(f"  - {{step: a, {LOOK}, {handler}}}\n{both}")
    (into,) = definition.incoming["both"]
    assert {flow.source for flow in definition.incoming[into.source]} == {"a", "a.upon.1"}
    assert into.source in definition.nodes_in("both")
