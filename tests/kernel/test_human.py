"""Work: who may do it, taking it, handing it in, what may be written, what is wrong with it."""

from datetime import date
from decimal import Decimal

import pytest

from signoff.errors import AlreadyDecided, Invalid, NotAllowed, NotFound, Refused, WrongState
from signoff.kernel import commands as c
from signoff.kernel.events import flow, gate
from signoff.kernel.state import Status
from signoff.model.gate import Strength
from tests.kernel.desk import Desk
from tests.kernel.people import actor, person

WORK = """
data:
  count: {type: integer, min: 1}
  price: {type: money, optional: true}
  secret: {type: text, default: hidden}
documents: {plan: {}}
steps:
  - step: work
    owner: worker
    form: {fill: [count], edit: [price]}
    delivers: [plan]
"""


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.code


def test_only_who_is_on_the_roster_may_do_it() -> None:
    desk = Desk(WORK).start()
    with pytest.raises(NotAllowed) as refused:
        desk.submit("work", "leo", count=1)
    assert code(refused) == "not_the_owner"
    assert refused.value.params["roles"] == [{"en": "worker"}]


def test_one_takes_it_and_the_others_lose_it() -> None:
    desk = Desk(WORK).start()
    desk.claim("work", "ben")
    desk.claim("work", "ben")
    assert desk.events == [], "claiming twice is the same as once"
    with pytest.raises(AlreadyDecided) as late:
        desk.claim("work", "cat")
    assert code(late) == "claimed_by_another"
    with pytest.raises(NotAllowed) as other:
        desk.submit("work", "cat", count=1, documents={"plan": "x"})
    assert code(other) == "claimed_by_another"
    with pytest.raises(WrongState) as stranger:
        desk.release("work", "cat")
    assert code(stranger) == "not_claimed_by_you"
    desk.release("work", "ben")
    desk.claim("work", "cat")
    desk.release("work", "root")
    desk.submit("work", "amy", count=1, documents={"plan": "x"})
    assert desk.status is Status.COMPLETED


def test_who_is_not_on_the_roster_cannot_take_it() -> None:
    desk = Desk(WORK).start()
    with pytest.raises(NotAllowed) as refused:
        desk.claim("work", "leo")
    assert code(refused) == "not_the_owner"


def test_work_that_nobody_holds_is_assigned_by_an_administrator() -> None:
    desk = Desk(WORK.replace("owner: worker", "owner: nobody")).start()
    with pytest.raises(NotAllowed) as refused:
        desk.assign("work", "leo", by="amy")
    assert code(refused) == "administrators_only"
    desk.assign("work", "leo")
    desk.submit("work", "leo", count=1, documents={"plan": "x"})
    assert desk.status is Status.COMPLETED


def test_an_assignment_adds_a_person_and_takes_the_work_from_who_held_it() -> None:
    desk = Desk(WORK).start()
    desk.claim("work", "ben")
    desk.assign("work", "leo")
    assert set(desk.inbox["a4"].people) == {"amy", "ben", "cat", "leo"}
    desk.submit("work", "leo", count=1, documents={"plan": "x"})


def test_a_role_that_gives_nobody_falls_back() -> None:
    desk = Desk("""
signoff: 1
process: p
lang: en
roles:
  empty: {group: nobody, if_empty: boss}
  boss: {group: bosses}
steps:
  - {step: work, owner: empty, checklist: [done]}
""").start()
    assert {p.id for p in desk.state.activities["a4"].roster} == {"xia", "yan", "zoe"}


def test_only_the_form_is_written_and_only_the_documents_of_the_step_are_taken() -> None:
    desk = Desk(WORK).start()
    with pytest.raises(Invalid) as data:
        desk.submit("work", count=1, secret="told")
    assert code(data) == "not_on_the_form"
    assert data.value.params["names"] == ["secret"]
    with pytest.raises(Invalid) as paper:
        desk.submit("work", count=1, documents={"plan": "x", "photo": "y"})
    assert code(paper) == "not_to_deliver"


def test_values_are_read_as_their_type_and_everything_wrong_is_said_at_once() -> None:
    desk = Desk(WORK).start()
    with pytest.raises(Invalid) as one:
        desk.submit("work", count=0, documents={"plan": "x"})
    assert code(one) == "too_small"
    with pytest.raises(Invalid) as both:
        desk.submit("work", count="many", price="dear", documents={"plan": "x"})
    assert code(both) == "several_findings"
    assert len(both.value.missing) == 2
    desk.submit("work", count="3", price="1,200", documents={"plan": "x"})
    assert desk.values("count") == 3
    assert desk.values("price") == Decimal("1200.00")


def test_what_was_written_before_need_not_be_written_again() -> None:
    desk = Desk(WORK.replace("count: {type: integer, min: 1}", "count: {type: integer, default: 4}")).start()
    desk.submit("work", price=3, documents={"plan": "x"})
    assert desk.values("count") == 4


def test_a_new_version_of_a_document_replaces_the_one_before() -> None:
    desk = Desk(WORK + "    approve: {by: boss}\n").start()
    desk.submit("work", count=1, documents={"plan": "x"})
    desk.decline("work", "xia")
    desk.decline("work", "yan")
    desk.decline("work", "zoe")
    desk.submit("work", documents={"plan": "better"})
    (scope,) = desk.state.scopes.values()
    assert (scope.documents["plan"].version, scope.documents["plan"].sha256) == (2, "sha-better")


def test_a_submission_that_is_a_signature_takes_a_verified_person() -> None:
    desk = Desk(WORK + "    sign: true\n").start()
    weak = c.Submit(by=actor("amy", Strength.ASSERTED), at=desk.at, task=desk.task("work"), data={"count": 1})
    with pytest.raises(NotAllowed) as refused:
        desk.do(weak)
    assert code(refused) == "too_weak"


def test_work_is_handed_in_once() -> None:
    desk = Desk(WORK + "    approve: {by: boss}\n").start()
    desk.submit("work", count=1, documents={"plan": "x"})
    with pytest.raises(WrongState) as refused:
        desk.submit("work", count=2)
    assert code(refused) == "in_review"


def test_ids_that_lead_nowhere_are_not_found() -> None:
    desk = Desk(WORK).start()
    for command in (
        c.Submit(by=actor("amy"), at=desk.at, task="i:a99"),
        c.Approve(by=actor("xia"), at=desk.at, gate="i:g99"),
        c.Claim(by=actor("amy"), at=desk.at, task="i:start"),
        c.ResolveRoster(by=c.SYSTEM, at=desk.at, question="i:q99"),
        c.Retry(by=actor("root"), at=desk.at, instance="i", incident="i:i99"),
    ):
        with pytest.raises(NotFound):
            desk.do(command)


def test_a_step_with_a_set_writes_through_the_scopes() -> None:
    desk = Desk("""
data:
  total: {type: money, default: 0}
  order:
    default: {price: 1, count: 2}
    fields: {price: {type: money}, count: {type: integer}}
steps:
  - stage: inside
    data: {total_here: {type: integer, default: 5}}
    steps:
      - step: work
        owner: worker
        checklist: [done]
        set: {total_here: total_here + 1, total: order.price / 3, order.count: order.count + 1}
      - {step: wait, owner: worker, form: {show: [total_here]}, checklist: [done]}
""").start()
    desk.submit("work", ticks=["done"])
    inner = next(s for s in desk.state.scopes.values() if s.node == "inside")
    assert inner.data == {"total_here": 6}
    assert desk.values("total") == Decimal("0.33"), "money is rounded as its type says"
    assert desk.values("order")["count"] == 3


def test_a_set_that_cannot_be_computed_is_an_incident_that_retry_repairs() -> None:
    desk = Desk("""
data: {x: {type: integer, optional: true}, z: {type: integer, optional: true}}
steps:
  - parallel: both
    branches:
      - steps: [{step: fix, owner: worker, form: {edit: [x]}}]
      - steps: [{step: work, owner: worker, checklist: [done], set: {z: x + 1}}]
""").start()
    desk.submit("work", ticks=["done"])
    assert desk.incidents == ["work: null_value"]
    assert desk.waiting == {"fix": 1, "work": 1}
    with pytest.raises(WrongState) as refused:
        desk.submit("work", ticks=["done"])
    assert code(refused) == "stopped_by_incident"
    desk.retry()
    assert desk.incidents == ["work: null_value"], "nothing was repaired yet"
    desk.submit("fix", x=4)
    desk.retry()
    assert desk.values("z") == 5
    assert desk.status is Status.COMPLETED


def test_a_copy_goes_to_whom_the_step_names_even_when_the_instance_ends_with_it() -> None:
    desk = Desk(WORK + "    cc: [lawyer]\n").start()
    desk.submit("work", count=1, documents={"plan": "x"})
    assert desk.status is Status.COMPLETED
    assert [i.person for i in desk.involved if i.how == "copied"] == ["leo", "liu"]


def test_a_directory_that_fails_is_an_incident_and_retry_asks_again() -> None:
    desk = Desk(WORK + "  - {step: after, owner: boss, checklist: [done]}\n").start()
    desk.directory_down = True
    desk.submit("work", count=1, documents={"plan": "x"})
    assert desk.incidents == ["after: directory_failed"]
    assert desk.inbox[desk.task("after")[2:]].people == ()
    desk.directory_down = False
    desk.retry()
    assert desk.incidents == []
    desk.submit("after", "zoe", ticks=["done"])
    assert desk.status is Status.COMPLETED


def test_a_directory_that_fails_for_an_entry_leaves_the_gate_to_be_asked_again() -> None:
    desk = Desk(WORK + "    approve: {by: boss}\n").start()
    desk.directory_down = True
    desk.submit("work", count=1, documents={"plan": "x"})
    assert desk.incidents == ["work: directory_failed"]
    desk.directory_down = False
    desk.retry()
    desk.approve("work", "xia")
    assert desk.status is Status.COMPLETED


def test_a_copy_that_nobody_can_be_found_for_keeps_nothing_waiting() -> None:
    desk = Desk(WORK + "    cc: [lawyer]\n").start()
    desk.directory_down = True
    desk.submit("work", count=1, documents={"plan": "x"})
    assert desk.status is Status.COMPLETED
    assert "QuestionDropped" in desk.happened()


def test_a_cancelled_step_takes_its_incident_and_its_question_along() -> None:
    desk = Desk(WORK + "    approve: {by: boss}\n").start()
    desk.directory_down = True
    desk.submit("work", count=1, documents={"plan": "x"})
    desk.cancel()
    assert desk.status is Status.CANCELLED


# starting ---------------------------------------------------------------------------------------------------

START = """
signoff: 1
process: p
lang: en
data:
  title: {type: text}
  day: {type: date, optional: true}
  size: {type: integer, default: 1}
roles:
  worker: {group: workers}
start:
  by: [worker]
  form: {fill: [title], edit: [day]}
  require: [{id: R1, rule: "title != 'bad'", says: not that title}]
  key: "'K-' + title"
steps:
  - {step: work, owner: worker, checklist: [done]}
"""


def test_who_may_start_with_what_under_which_key() -> None:
    with pytest.raises(NotAllowed) as who:
        Desk(START).start("leo", title="x")
    assert code(who) == "may_not_start"
    with pytest.raises(Invalid) as nothing:
        Desk(START).start()
    assert code(nothing) == "field_empty"
    with pytest.raises(Invalid) as rule:
        Desk(START).start(title="bad")
    assert code(rule) == "rule"
    with pytest.raises(Invalid) as stranger:
        Desk(START).start(title="x", size=3)
    assert code(stranger) == "not_on_the_form"
    desk = Desk(START).start(title="x", day="2026-10-15")
    assert (desk.state.key, desk.state.title) == ("K-x", "x")
    assert desk.values("day") == date(2026, 10, 15)
    assert desk.values("size") == 1


def test_an_instance_starts_once_and_ends_once() -> None:
    desk = Desk(START)
    with pytest.raises(NotFound) as early:
        desk.submit("work")
    assert code(early) == "no_such_instance"
    desk.start(title="x")
    with pytest.raises(WrongState) as twice:
        desk.start(title="x")
    assert code(twice) == "already_started"
    desk.submit("work", ticks=["done"])
    with pytest.raises(WrongState) as late:
        desk.submit("work", ticks=["done"])
    assert code(late) == "instance_ended"
    assert late.value.sentence().startswith("The instance i is completed")


def test_a_suspended_instance_takes_nothing_but_resume_and_cancel() -> None:
    desk = Desk(START).start(title="x")
    with pytest.raises(WrongState) as running:
        desk.resume()
    assert code(running) == "not_suspended"
    desk.suspend()
    with pytest.raises(WrongState) as refused:
        desk.submit("work", ticks=["done"])
    assert code(refused) == "instance_suspended"
    desk.resume()
    desk.submit("work", ticks=["done"])
    assert desk.status is Status.COMPLETED


def test_only_administrators_suspend_and_cancel() -> None:
    desk = Desk(START).start(title="x")
    for command in (
        c.Suspend(by=actor("amy"), at=desk.at, instance="i"),
        c.Resume(by=actor("amy"), at=desk.at, instance="i"),
        c.Cancel(by=actor("amy"), at=desk.at, instance="i"),
    ):
        with pytest.raises(NotAllowed):
            desk.do(command)
    desk.cancel()
    assert desk.status is Status.CANCELLED
    assert desk.inbox == {}


def test_a_command_that_runs_away_leaves_an_incident_that_names_where() -> None:
    desk = Desk(START).start(title="x")
    desk.do(c.Stall(by=actor("amy"), at=desk.at, instance="i", scope="s99", elements=("start", "work")))
    assert desk.incidents == ["work: runaway"]
    desk.retry()
    desk.submit("work", ticks=["done"])
    assert desk.status is Status.COMPLETED


def test_an_appointed_person_keeps_what_the_directory_says_of_him() -> None:
    desk = Desk(WORK.replace("owner: worker", "owner: nobody")).start()
    desk.assign("work", "leo")
    assert desk.state.activities["a4"].roster == [person("leo")]


def test_a_reused_gate_of_a_second_pass_is_a_new_one() -> None:
    desk = Desk("""
data: {names: {list_of: text, default: [p, q]}}
steps:
  - each: name
    item: who
    in: names
    in_turn: true
    steps: [{step: work, owner: worker, checklist: [done], approve: {by: boss}}]
""").start()
    for _ in range(2):
        desk.submit("work", ticks=["done"])
        desk.approve("work", "xia")
    assert len(desk.names(gate.GateOpened)) == 2
    assert [e.verdict for e in desk.names(flow.ElementCompleted)] == ["passed"] * 3


def test_an_item_whose_condition_cannot_be_computed_is_to_be_ticked() -> None:
    desk = Desk("""
data: {v: {type: integer, default: 1}}
steps:
  - step: write
    owner: worker
    form: {edit: [v]}
    checklist: [{item: Checked, if: "10 / (v - 1) > 1"}]
""").start()
    with pytest.raises(Invalid) as refused:
        desk.submit("write")
    assert refused.value.code == "unticked"
    desk.submit("write", ticks=["Checked"])
    assert desk.status is Status.COMPLETED
