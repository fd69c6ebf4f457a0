"""What is computed: votes, deadlines and duties follow what a formula reads, wherever it is declared."""

import pytest

from signoff.errors import NotAllowed
from signoff.kernel.state import GateStatus
from tests.kernel.desk import Desk

STAGE = """
steps:
  - stage: inner
    data:
      price: {type: integer, default: 1}
      twice: {type: integer, formula: "price * 2"}
    steps:
      - {step: write, owner: [worker, boss], form: {edit: [price]}}
      - gate: check
        binds: [twice]
        approve: {by: boss, declined: end}
      - {step: raise, owner: worker, form: {edit: [price]}}
"""


def test_votes_on_what_a_stage_computes_are_given_again_when_what_it_reads_changes() -> None:
    desk = Desk(STAGE).start()
    desk.submit("write")
    desk.approve("check", "xia")
    desk.submit("raise", price=5)
    assert desk.gate("check").status is GateStatus.STALE


def test_who_wrote_what_a_stage_computes_from_has_no_vote_on_it() -> None:
    desk = Desk(STAGE).start()
    desk.submit("write", by="xia", price=2)
    assert desk.asked("check") == {"yan", "zoe"}
    with pytest.raises(NotAllowed) as refused:
        desk.approve("check", "xia")
    assert refused.value.code == "own_work"


RECORDS = """
types:
  line:
    fields:
      count: {type: integer}
      costs: {type: integer, formula: "count * rate"}
data:
  rate: {type: integer, default: 1}
  lines: {list_of: line, default: [{count: 3}]}
  total: {type: integer, formula: "sum(l.costs for l in lines)"}
steps:
  - {step: write, owner: [worker, boss], form: {edit: [lines]}}
  - gate: check
    binds: [total]
    approve: {by: boss, declined: end}
  - {step: raise, owner: worker, form: {edit: [rate]}}
"""


def test_votes_on_a_total_are_given_again_when_what_its_parts_are_computed_from_changes() -> None:
    desk = Desk(RECORDS).start()
    desk.submit("write")
    desk.approve("check", "xia")
    desk.submit("raise", rate=5)
    assert desk.gate("check").status is GateStatus.STALE


FACTS = """
documents: {plan: {name: Plan}}
data: {state: {type: STATE, formula: "FORMULA"}}
steps:
  - parallel: both
    branches:
      - steps: [{gate: check, binds: [state], approve: {by: boss, declined: end}}, {wait: bell, after: 9 days}]
      - steps: [{step: draw, owner: worker, delivers: [plan]}, {wait: ring, after: 9 days}]
"""


@pytest.mark.parametrize(
    ("formula", "kind"),
    [("verdict('draw') == 'passed'", "boolean"), ("document('plan').version", "integer")],
)
def test_votes_on_what_is_computed_from_what_happened_are_given_again_when_it_happens(
    formula: str, kind: str
) -> None:
    desk = Desk(FACTS.replace("FORMULA", formula).replace("STATE", kind)).start()
    desk.approve("check", "xia")
    desk.submit("draw", documents={"plan": "drawn"})
    assert desk.gate("check").status is GateStatus.STALE
