"""Taking back what was approved: for so long, and by a new approval only; until that has passed nothing has changed."""

from datetime import timedelta

import pytest

from signoff.errors import InvalidDefinition
from signoff.kernel import asides
from signoff.kernel.events import Event, flow
from signoff.kernel.state import Status
from signoff.notation.yaml.process import read
from tests.kernel.desk import Desk
from tests.kernel.people import HEAD, actor
from tests.kernel.test_signers import refusal

ROAD = """
data: {amount: {type: integer, default: 5}, cause: {type: text, optional: true}}
steps:
  - {gate: check, binds: [amount], approve: [{by: boss, declined: end}]}
upon:
  - request: withdraw
    name: Recall
    by: requester
    form: {fill: [cause]}
    within: 3 days
    approve: [{by: leo}]
"""


def completed(road: str = ROAD) -> Desk:
    desk = Desk(road).start(by="amy")
    desk.approve("check", "xia")
    assert desk.status is Status.COMPLETED
    return desk


def recall(desk: Desk, by: str = "amy", **data: object) -> list[Event]:
    said = {"cause": "sold out"} | data
    return desk.do(
        asides.Request(by=actor(by), at=desk.at, instance="i", request="withdraw", data=said, reason="x")
    )


def test_what_has_ended_is_opened_again_and_withdrawn_once_that_is_approved() -> None:
    desk = completed()
    desk.at += timedelta(days=2)
    recall(desk)
    assert desk.status is Status.RUNNING
    assert {row.node for row in desk.inbox.values()} == {"withdraw"}
    assert desk.asked("withdraw") == {"leo"}
    desk.approve("withdraw", "leo")
    assert (desk.status, desk.state.outcome) == (Status.WITHDRAWN, "withdrawn")
    assert desk.data["cause"] == "sold out"


def test_until_that_is_approved_nothing_has_changed_and_refused_it_stands_as_before() -> None:
    desk = completed()
    ended = desk.state.ended_at
    desk.at += timedelta(days=1)
    recall(desk)
    assert "cause" not in desk.data
    desk.decline("withdraw", "leo")
    assert (desk.status, desk.state.outcome) == (Status.COMPLETED, "completed")
    assert "cause" not in desk.data
    desk.at += timedelta(days=1)
    recall(desk)
    desk.do(asides.WithdrawRequest(by=actor("amy"), at=desk.at, instance="i", request="withdraw"))
    assert desk.status is Status.COMPLETED
    assert desk.state.first_ended == ended


def test_the_time_counts_from_when_it_ended_first() -> None:
    desk = completed()
    desk.at += timedelta(days=2)
    recall(desk)
    desk.decline("withdraw", "leo")
    desk.at += timedelta(days=1, seconds=1)
    assert refusal(recall, desk) == "recall_too_late"
    assert desk.status is Status.COMPLETED


def test_only_who_may_ask_and_only_what_is_offered() -> None:
    desk = completed()
    assert refusal(recall, desk, "ben") == "may_not_ask"
    assert refusal(desk.aside, asides.Withdraw, "amy") == "ask_instead"
    plain = completed(ROAD.split("upon:", maxsplit=1)[0])
    assert refusal(recall, plain) == "instance_ended"
    assert refusal(plain.aside, asides.Withdraw, "amy") == "instance_ended"
    without = completed(ROAD.replace("    within: 3 days\n", ""))
    assert refusal(recall, without) == "instance_ended"
    withdrawn = Desk(ROAD).start(by="amy")
    recall(withdrawn)
    withdrawn.approve("withdraw", "leo")
    assert refusal(recall, withdrawn) == "instance_ended", "it is withdrawn already"


def test_while_it_runs_it_is_recalled_by_the_same_approvals() -> None:
    desk = Desk(ROAD).start(by="amy")
    recall(desk)
    assert {row.node for row in desk.inbox.values()} == {"check", "withdraw"}
    desk.approve("withdraw", "leo")
    assert desk.status is Status.WITHDRAWN
    assert not desk.inbox
    assert not desk.names(flow.InstanceReopened)


def test_a_recall_that_is_asked_when_the_process_ends_goes_on() -> None:
    desk = Desk(ROAD).start(by="amy")
    recall(desk)
    desk.approve("check", "xia")
    assert desk.status is Status.RUNNING, "the process waits for what was asked"
    desk.decline("withdraw", "leo")
    assert desk.status is Status.COMPLETED


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("    approve: [{by: leo}]\n", "", "within_without_approval"),
        ("request: withdraw", "request: cancel", "within_elsewhere"),
    ],
)
def test_a_recall_after_the_end_takes_approvals_and_is_of_withdraw_only(
    old: str, new: str, code: str
) -> None:
    text = HEAD.format(key="p").replace("requester:", "boss2: {group: bosses}\n  requester:") + ROAD
    with pytest.raises(InvalidDefinition) as refused:
        read(text.replace(old, new))
    assert code in {getattr(problem.params.get("what"), "code", "") for problem in refused.value.problems}


OTHERS = """
  - request: cancel
    name: Cancel
    by: requester
    approve: [{by: ben}]
"""


def test_what_is_open_for_a_recall_is_open_for_no_other_request() -> None:
    desk = completed(ROAD + OTHERS.lstrip("\n"))
    recall(desk)
    cancel = asides.Request(by=actor("amy"), at=desk.at, instance="i", request="cancel", reason="x")
    assert refusal(lambda: desk.do(cancel)) == "request_not_now"
    desk.decline("withdraw", "leo")
    assert desk.status is Status.COMPLETED
