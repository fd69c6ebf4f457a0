"""The verbs beside work and votes on a real engine: kept in the journal, told by notices, seen in lists, verified."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from signoff import Conflict, Engine, NotAllowed, Notice, WrongState, sheet_html
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory

AT = datetime.fromisoformat("2026-08-31T12:00+08:00")
PEOPLE: Any = {
    "amy": {"groups": ("makers",)},
    "ann": {"groups": ("makers",)},
    "bob": {"groups": ("bosses",)},
    "cho": {"groups": ("bosses",)},
    "dee": {"groups": ("lawyers",)},
    "root": {"admin": True},
}
PROCESS = """
signoff: 1
process: purchase
lang: en
data: {amount: {type: integer, default: 5}}
roles: {maker: {group: makers}, boss: {group: bosses}, lawyer: {group: lawyers}}
start: {by: [maker], withdraw: until file}
steps:
  - {step: plan, owner: maker, checklist: [Planned], cc: [lawyer], approve: [{by: boss, declined: end}]}
  - {step: file, owner: maker, checklist: [Filed], cc: [lawyer]}
  - {step: pay, owner: maker, checklist: [Paid]}
"""


class Post:
    """A channel that keeps what is sent."""

    name = "post"

    def __init__(self) -> None:
        self.sent: list[Notice] = []

    def send(self, notice: Notice) -> None:
        self.sent.append(notice)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def engine(ready: str, post: Post) -> Iterator[Engine]:
    found = Engine(ready, directory=StaticDirectory(PEOPLE), clock=VirtualClock(AT), channels=(post,))
    found.deploy(PROCESS)
    yield found
    found.dispose()


def told(engine: Engine, post: Post) -> list[tuple[str, str]]:
    """Who was told of what since the last time."""
    engine.worker().drain()
    found = [(notice.kind, notice.to.id) for notice in post.sent]
    post.sent.clear()
    return sorted(found)


def planned(engine: Engine) -> str:
    case = engine.start("purchase", by="amy")
    engine.claim(case.opened[0], by="amy")
    return engine.submit(case.opened[0], by="amy", ticks=["Planned"]).opened[0]


def test_urged_people_are_told_with_the_words_of_who_urges(engine: Engine, post: Post) -> None:
    gate = planned(engine)
    told(engine, post)
    engine.urge(gate, by="amy", note="Friday")
    engine.worker().drain()
    assert sorted(notice.to.id for notice in post.sent) == ["bob", "cho"]
    assert "They say: Friday" in post.sent[0].text
    with pytest.raises(WrongState, match="wait until 2026-08-31 16:00"):
        engine.urge(gate, by="amy")


def test_a_copy_at_submission_and_decision_is_listed_once_and_read_once(engine: Engine, post: Post) -> None:
    gate = planned(engine)
    assert ("copy", "dee") in told(engine, post)
    engine.approve(gate, by="bob", seen=engine.subject(gate, "bob"))
    assert ("decided", "dee") in told(engine, post)
    (row,) = engine.copied_to("dee")
    assert row.read_at is None
    assert engine.mark_read(row.instance, by="dee").events
    assert not engine.mark_read(row.instance, by="dee").events
    assert engine.copied_to("dee")[0].read_at == AT
    with pytest.raises(NotAllowed):
        engine.mark_read(row.instance, by="cho")
    assert not engine.verify().findings


def test_a_question_is_work_of_who_is_asked_until_it_is_answered(engine: Engine, post: Post) -> None:
    gate = planned(engine)
    instance = gate.partition(":")[0]
    told(engine, post)
    engine.ask(gate, "dee", "Is it legal?", by="bob")
    assert told(engine, post) == [("question", "dee")]
    (row,) = engine.inbox("dee")
    assert row.kind == "question"
    engine.answer(row.task, "Yes.", by="dee")
    assert told(engine, post) == [("answer", "bob")]
    assert not engine.inbox("dee")
    engine.comment(instance, "Good.", by="amy")
    assert [(each.kind, each.person, each.text) for each in engine.thread(instance)] == [
        ("question", "bob", "Is it legal?"),
        ("answer", "dee", "Yes."),
        ("comment", "amy", "Good."),
    ]
    assert not engine.verify().findings


def test_withdrawn_is_a_status_of_its_own_and_leaves_nothing_to_do(engine: Engine) -> None:
    gate = planned(engine)
    receipt = engine.withdraw(gate.partition(":")[0], by="amy", reason="a double")
    assert receipt.status == "withdrawn"
    assert [row.id for row in engine.instances(status="withdrawn")] == [receipt.instance]
    assert not any(engine.inbox(who) for who in PEOPLE)
    assert not engine.verify().findings


def test_what_lies_with_a_leaver_is_listed_first_and_then_moved_each_by_itself(engine: Engine) -> None:
    for _ in range(2):
        case = engine.start("purchase", by="amy")
        engine.claim(case.opened[0], by="amy")
    pool = engine.start("purchase", by="amy")
    rows = engine.to_hand_over("amy", "ann", by="root")
    refused = {row.task: row.refusal.code for row in rows if row.refusal}
    assert len(rows) == 3
    assert refused == {pool.opened[0]: "pool_stays"}
    assert len(engine.inbox("amy")) == 3
    engine.hand_over("amy", "ann", by="root", note="left")
    assert [row.task for row in engine.inbox("amy")] == [pool.opened[0]]
    assert len(engine.inbox("ann")) == 3
    assert not engine.verify().findings
    with pytest.raises(NotAllowed):
        engine.override(pool.opened[0], by="cho", reason="x")


def test_an_override_is_told_in_the_history_as_what_it_is(engine: Engine) -> None:
    gate = planned(engine)
    instance = gate.partition(":")[0]
    engine.override(gate, by="root", reason="the board is away")
    record = engine.history(instance)[-1]
    assert record.command == "Override"
    assert type(record.events[0]).__name__ == "Overridden"
    assert [row.node for row in engine.inbox("ann")] == ["file"]
    assert not engine.verify().findings


def test_an_override_stands_in_the_audit_and_on_the_sheet_and_is_no_approval(engine: Engine) -> None:
    gate = planned(engine)
    instance, _, own = gate.partition(":")
    engine.override(gate, by="root", reason="the board is away")
    (row,) = engine.audit()
    assert (row.what, row.node, row.gate, row.person) == ("override", "plan", own, "root")
    assert (row.decision, row.note) == (None, "the board is away")
    (shown,) = engine.sheet(instance).gates
    (said,) = shown.decisions
    assert (shown.status, shown.decided_at) == ("overridden", None)
    assert (said.decision, said.person, said.note) == ("override", "root", "the board is away")
    page = sheet_html(engine.sheet(instance), "en")
    assert "let go on by an administrator, not approved" in page


def test_a_jump_stands_in_the_audit(engine: Engine) -> None:
    gate = planned(engine)
    engine.move(gate, "file", by="root", reason="no time")
    assert [(row.what, row.node, row.person, row.note) for row in engine.audit()] == [
        ("move", "plan", "root", "no time")
    ]


def test_a_vote_that_was_taken_back_does_not_stand_alone_in_the_audit(engine: Engine) -> None:
    engine.deploy(PROCESS.replace("{by: boss, ", "{by: boss, need: all, allow: [withdraw], "))
    gate = planned(engine)
    engine.approve(gate, by="bob")
    engine.take_back(gate, by="bob", reason="too soon")
    assert [(row.what, row.person) for row in engine.audit()] == [("vote", "bob"), ("taken back", "bob")]


RECALL = """
signoff: 1
process: claim
lang: en
roles: {maker: {group: makers}, boss: {group: bosses}, lawyer: {group: lawyers}}
start: {by: [maker]}
steps:
  - {gate: check, approve: [{by: boss, declined: end}]}
upon:
  - {request: withdraw, by: maker, within: 7 days, approve: [{by: lawyer}]}
"""


def test_what_was_approved_is_recalled_by_an_approval_of_its_own_and_verifies(engine: Engine) -> None:
    engine.deploy(RECALL)
    gate = engine.start("claim", by="amy", key="C-1").opened[0]
    case = gate.partition(":")[0]
    engine.approve(gate, by="bob", seen=engine.subject(gate, "bob"))
    assert engine.show(case).row.status == "completed"
    second = engine.start("claim", by="amy", key="C-1").instance
    with pytest.raises(Conflict) as taken:
        engine.request(case, "withdraw", by="amy", reason="sold out")
    assert taken.value.code == "key_in_use"
    engine.cancel(second, by="root", reason="x")
    (asked,) = engine.request(case, "withdraw", by="amy", reason="sold out").opened
    assert engine.show(case).row.status == "running"
    engine.approve(asked, by="dee", seen=engine.subject(asked, "dee"))
    assert engine.show(case).row.status == "withdrawn"
    assert not engine.verify(case).findings
    assert [gate.status for gate in engine.sheet(case).gates] == ["passed", "passed"]
    assert [(row.step, row.status) for row in engine.timeline(case) if row.approvals] == [
        ("check", "passed"),
        ("withdraw", "passed"),
    ]


def test_a_vote_that_waits_for_an_opinion_goes_along(engine: Engine) -> None:
    gate = planned(engine)
    engine.delegate(gate, "dee", by="bob")
    assert engine.inbox("bob") == []
    (row,) = engine.hand_over("bob", "cho", by="root")
    assert (row.task, row.refusal and row.refusal.code) == (gate, "asked_already"), "cho has a vote there"


DEADLINES = """
signoff: 1
process: board
lang: en
roles: {maker: {group: makers}, boss: {group: bosses}}
start: {by: [maker]}
steps:
  - parallel: all
    branches:
      - steps: [{step: other, owner: boss, checklist: [x], due: 3 days after opened}]
      - steps:
          - gate: check
            approve:
              - parallel:
                  - {by: boss, need: all, declined: end, due: 1 day after opened}
                  - {by: boss, need: all, declined: end, due: 5 days after opened}
"""


def test_a_gate_whose_entries_have_deadlines_of_their_own_is_one_row_on_every_page(engine: Engine) -> None:
    engine.deploy(DEADLINES)
    for _ in range(2):
        engine.start("board", by="amy")
    whole = engine.inbox("bob")
    assert [row.node for row in whole] == ["check", "check", "other", "other"]
    paged, after = [], None
    while page := engine.inbox("bob", limit=1, after=after):
        paged += page
        after = page[-1].place
    assert [row.task for row in paged] == [row.task for row in whole]
