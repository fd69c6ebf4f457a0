"""Sending back to the start: who started it gets the start form again, and everything follows anew."""

import pytest

from signoff.errors import Invalid, NotAllowed
from signoff.kernel.events import flow, task
from signoff.kernel.state import ActivityStatus, Status
from tests.kernel.desk import Desk

LEAVE = """
defaults: {{resume: {resume}}}
data: {{days: integer, why: {{type: text, optional: true}}, plan: {{type: text, optional: true}}}}
start:
  by: [worker]
  form: {{fill: [days], edit: [why]}}
  require: [{{rule: "days > 0", says: some days}}]
steps:
  - gate: agree
    binds: [days]
    approve: {{by: boss, declined: return to start}}
    return_to: [start]
  - step: plan
    owner: worker
    form: {{fill: [plan]}}
    approve: {{by: leo, binds: [plan]}}
    return_to: [start, plan]
"""


def leave(resume: str = "restart", days: int = 3) -> Desk:
    return Desk(LEAVE.format(resume=resume)).start(days=days)


def test_a_start_asks_nobody_for_what_came_with_it() -> None:
    desk = leave()
    assert desk.waiting == {"agree": 1}
    assert not desk.names(task.WorkSubmitted)
    (entered, completed) = (e for _, e in desk.log if getattr(e, "node", "") == "start")
    assert isinstance(entered, flow.ElementEntered)
    assert not entered.inbox
    assert isinstance(completed, flow.ElementCompleted)
    assert (completed.status, completed.by) == (ActivityStatus.PASSED, "amy")


def test_whoever_started_it_gets_the_start_form_again_and_nobody_else() -> None:
    desk = leave()
    desk.return_to("agree", "start", "xia")
    assert desk.waiting == {"start": 1}
    with pytest.raises(NotAllowed):
        desk.submit("start", by="ben", days=2)
    desk.submit("start", by="amy", days=2)
    assert desk.waiting == {"agree": 1}
    assert desk.data["days"] == 2
    assert desk.asked("agree") == {"xia", "yan", "zoe"}


def test_what_the_start_demands_holds_again() -> None:
    desk = leave()
    desk.return_to("agree", "start", "xia")
    with pytest.raises(Invalid):
        desk.submit("start", days=0)
    with pytest.raises(Invalid):
        desk.submit("start", plan="not on the form")


def test_a_no_leads_to_the_start() -> None:
    desk = leave()
    for who in ("xia", "yan", "zoe"):
        desk.decline("agree", who)
    assert desk.waiting == {"start": 1}
    assert desk.status is Status.RUNNING


def test_from_a_step_behind_the_gate_everything_is_done_again() -> None:
    desk = leave()
    desk.approve("agree", "xia")
    desk.submit("plan", plan="rest")
    desk.return_to("plan", "start", "leo")
    desk.submit("start")
    assert desk.waiting == {"agree": 1}


def test_a_smart_return_passes_the_gate_unasked_when_the_form_stays_as_it_was() -> None:
    desk = leave("smart")
    desk.approve("agree", "xia")
    desk.submit("plan", plan="rest")
    desk.return_to("plan", "start", "leo")
    desk.submit("start", why="a wedding")
    assert desk.waiting == {"plan": 1}


def test_a_smart_return_asks_the_gate_again_when_what_it_binds_has_changed() -> None:
    desk = leave("smart")
    desk.approve("agree", "xia")
    desk.submit("plan", plan="rest")
    desk.return_to("plan", "start", "leo")
    desk.submit("start", days=5)
    assert desk.waiting == {"agree": 1}


def test_a_direct_return_goes_back_to_who_sent_it_unless_votes_between_do_not_fit() -> None:
    desk = leave("direct")
    desk.approve("agree", "xia")
    desk.submit("plan", plan="rest")
    desk.return_to("plan", "start", "leo")
    desk.submit("start", why="a wedding")
    assert desk.waiting == {"plan": 1}
    desk.submit("plan")
    desk.return_to("plan", "start", "leo")
    desk.submit("start", days=4)
    assert desk.waiting == {"agree": 1}


def test_out_of_a_branch_the_start_comes_back_alone() -> None:
    desk = Desk("""
data: {x: integer}
start: {form: {fill: [x]}}
steps:
  - parallel: both
    branches:
      - steps: [{step: left, owner: worker, approve: {by: leo}, return_to: [start]}]
      - steps: [{step: right, owner: worker}]
""").start(x=1)
    desk.submit("left")
    desk.return_to("left", "start", "leo")
    assert desk.waiting == {"start": 1}
    desk.submit("start", x=2)
    assert desk.waiting == {"left": 1, "right": 1}


def test_who_filled_in_the_start_form_again_has_prepared_what_is_voted_on() -> None:
    desk = Desk("""
data: {x: integer}
start: {form: {fill: [x]}}
steps:
  - gate: agree
    binds: [x]
    approve: {by: worker, declined: end}
    return_to: [start]
""").start(x=1)
    assert desk.asked("agree") == {"ben", "cat"}
    desk.return_to("agree", "start", "ben")
    desk.submit("start", x=2)
    assert desk.asked("agree") == {"ben", "cat"}
    assert desk.gate("agree").preparers == ("amy",)


def test_a_definition_that_never_returns_there_has_no_start_form() -> None:
    desk = Desk("""
data: {x: integer}
start: {form: {fill: [x]}}
steps: [{step: one, owner: worker}]
""").start(x=1)
    assert [type(e).__name__ for _, e in desk.log].count("ElementCompleted") == 0
