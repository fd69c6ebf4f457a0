"""What may be sent back to: what the flow came to in this round and has left, however it was left."""

import pytest

from signoff.errors import WrongState
from tests.kernel.desk import Desk

INTERRUPTED = """
steps:
  - run: call
    handler: h
    upon: [{after: 3 days, interrupts: true}]
  - step: look
    owner: worker
    checklist: [done]
    approve: {by: boss}
    return_to: [look, call]
"""


def test_what_its_own_event_interrupted_is_a_target_in_every_round() -> None:
    desk = Desk(INTERRUPTED).start()
    for ending in ("interrupted", "finished", "interrupted"):
        desk.advance("3 days") if ending == "interrupted" else desk.finish("call")
        desk.submit("look", ticks=["done"])
        desk.return_to("look", "call", "xia")
        assert desk.waiting == {"call": 1}


CUT_OFF = """
data: {count: {type: integer, default: 1}}
steps:
  - {step: first, owner: worker, form: {edit: [count]}}
  - parallel: both
    if: "count > 0"
    branches:
      - steps: [{step: beside, owner: worker, checklist: [done]}]
      - steps:
          - step: judged
            owner: worker
            checklist: [done]
            approve: {by: boss}
            return_to: [first]
  - gate: last
    approve: {by: leo, declined: end}
    return_to: [both, beside]
"""


def cut_off() -> Desk:
    """A return has cut off the step beside the one that was judged."""
    desk = Desk(CUT_OFF).start()
    desk.submit("first")
    desk.submit("judged", ticks=["done"])
    desk.return_to("judged", "first", "xia")
    return desk


def test_what_the_flow_came_to_only_before_a_return_is_no_target() -> None:
    desk = cut_off()
    desk.submit("first", count=0)
    with pytest.raises(WrongState) as refused:
        desk.return_to("last", "beside", "leo")
    assert refused.value.code == "not_done_here"


def test_after_a_return_into_a_branch_its_block_is_a_target_as_before() -> None:
    desk = cut_off()
    desk.submit("first")
    for target in ("beside", "both"):
        desk.submit("beside", ticks=["done"])
        if target == "beside":
            desk.submit("judged", ticks=["done"])
            desk.approve("judged", "xia")
        desk.return_to("last", target, "leo")
    assert desk.waiting == {"beside": 1, "judged": 1}
