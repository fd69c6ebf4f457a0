"""What people keep for themselves: drafts and tasks put off; and how pressing they say something is."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from signoff import Engine, Invalid, NotAllowed, NotFound, Receipt, WrongState
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from signoff.store import desk as store
from signoff.store.documents import sweep

AT = datetime.fromisoformat("2026-08-31T12:00+08:00")
PEOPLE: Any = {
    "amy": {"groups": ("makers",)},
    "ann": {"groups": ("makers",)},
    "bob": {"groups": ("bosses",)},
    "cho": {"groups": ("bosses",)},
    "root": {"admin": True},
}
PROCESS = """
signoff: 1
process: purchase
lang: en
data: {amount: integer, lead: {type: person, optional: true}, why: {type: text, optional: true, max: 20}}
roles: {maker: {group: makers}, boss: {group: bosses}}
start: {by: [maker]}
steps:
  - step: plan
    owner: maker
    form: {fill: [amount], edit: [lead, why]}
    delivers: [sketch]
    checklist: [Measured, Compared]
    due: within 2 working days
    approve: [{by: boss, need: all}]
  - {step: pay, owner: maker, priority: high, checklist: [Paid]}
"""
BOTH = ["Measured", "Compared"]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(AT)


@pytest.fixture
def engine(ready: str, clock: VirtualClock) -> Iterator[Engine]:
    found = Engine(ready, directory=StaticDirectory(PEOPLE), clock=clock)
    found.deploy(PROCESS)
    yield found
    found.dispose()


def begun(engine: Engine, **given: Any) -> tuple[str, str]:
    """An instance, and the task that is open in it."""
    instance = engine.start("purchase", by="amy", **given).instance
    return instance, engine.locate(f"{instance}/plan")


def handed_in(engine: Engine, task: str) -> Receipt:
    return engine.submit(task, by="amy", data={"amount": 1}, documents={"sketch": b"x"}, ticks=BOTH)


def kept(engine: Engine, instance: str) -> list[str]:
    """Whose desks still bear something."""
    with engine.core.database.read() as handle:
        return [row.person for row in store.every(handle.connection, instance)]


def test_what_is_kept_is_handed_in_with_what_was_missing(engine: Engine) -> None:
    instance, task = begun(engine)
    engine.save(task, by="amy", data={"amount": "1,200", "lead": "ann"}, ticks=["Measured"])
    engine.save(task, by="amy", documents={"sketch": b"lines"}, note="as agreed")
    receipt = engine.submit(task, by="amy", ticks=["Compared"])
    data = next(iter(engine.show(instance).state.scopes.values())).data
    assert (data["amount"], data["lead"]["id"]) == (1200, "ann")
    (submitted,) = (e for e in receipt.events if type(e).__name__ == "WorkSubmitted")
    assert (sorted(submitted.ticks), submitted.note) == (sorted(BOTH), "as agreed")  # type: ignore[attr-defined]  # of this event
    assert not kept(engine, instance)


def test_what_is_handed_in_goes_before_what_was_kept(engine: Engine) -> None:
    instance, task = begun(engine)
    engine.save(task, by="amy", data={"amount": 5, "why": "old"}, documents={"sketch": b"old"})
    engine.submit(task, by="amy", data={"amount": 6}, documents={"sketch": b"new"}, ticks=BOTH)
    scope = next(iter(engine.show(instance).state.scopes.values()))
    assert (scope.data["amount"], scope.data["why"]) == (6, "old")
    assert engine.core.documents.get(scope.documents["sketch"].sha256) == b"new"


def test_a_draft_is_typed_and_nothing_of_it_has_to_be_there(engine: Engine) -> None:
    _, task = begun(engine)
    assert engine.save(task, by="amy", data={"why": "short"}).data == {"why": "short"}
    for wrong in ({"amount": "much"}, {"price": 1}, {"why": "x" * 21}, {"lead": "nobody"}):
        with pytest.raises(Invalid):
            engine.save(task, by="amy", data=wrong)
    with pytest.raises(Invalid):
        engine.save(task, by="amy", documents={"invoice": b"1"})
    found = engine.draft(task, "amy")
    assert found is not None
    assert found.data == {"why": "short"}


def test_a_draft_is_nobody_elses_and_of_who_may_do_the_work(engine: Engine) -> None:
    instance, task = begun(engine)
    for who in ("amy", "ann"):
        engine.save(task, by=who, data={"amount": 1})
    with pytest.raises(NotAllowed):
        engine.save(task, by="bob", data={"amount": 3})
    engine.claim(task, by="amy")
    with pytest.raises(NotAllowed):
        engine.save(task, by="ann", data={"amount": 4})
    assert engine.draft(task, "bob") is None
    handed_in(engine, task)
    assert not kept(engine, instance), "that of ann is gone with the task"


def test_a_draft_changes_nothing_that_is_recorded(engine: Engine) -> None:
    instance, task = begun(engine)
    before = engine.show(instance)
    engine.save(task, by="amy", data={"amount": 1}, documents={"sketch": b"x"})
    assert engine.show(instance) == before
    assert len(engine.history(instance)) == 1


def test_the_opinion_of_a_vote_is_kept_and_given_with_it(engine: Engine) -> None:
    instance, task = begun(engine)
    handed_in(engine, task)
    gate = engine.locate(f"{instance}/plan")
    subject = engine.subject(gate, "bob")
    engine.save(gate, by="bob", note="fine if cheap")
    engine.save(gate, by="cho", note="hm")
    assert engine.subject(gate, "bob") == subject, "what is decided on is the same"
    with pytest.raises(Invalid):
        engine.save(gate, by="bob", data={"amount": 2})
    engine.approve(gate, by="bob", seen=subject)
    vote = engine.show(instance).state.gates[gate.rpartition(":")[2]].entries[0].votes["bob"]
    assert vote.note == "fine if cheap"
    assert kept(engine, instance) == ["cho"]
    engine.approve(gate, by="cho", note="yes")
    assert not kept(engine, instance)


def test_a_draft_can_be_thrown_away_and_goes_with_its_instance(engine: Engine) -> None:
    instance, task = begun(engine)
    engine.save(task, by="amy", data={"amount": 1})
    engine.discard(task, by="amy")
    with pytest.raises(NotFound):
        engine.discard(task, by="amy")
    engine.save(task, by="amy", data={"amount": 1})
    engine.cancel(instance, by="root", reason="enough")
    assert not kept(engine, instance)
    with pytest.raises((NotFound, WrongState)):
        engine.save(task, by="amy", data={"amount": 1})


def test_a_request_sent_again_is_the_same_though_its_draft_is_gone(engine: Engine) -> None:
    _, task = begun(engine)
    engine.save(task, by="amy", data={"amount": 1}, documents={"sketch": b"x"}, ticks=BOTH)
    first = engine.submit(task, by="amy", request_id="r1")
    again = engine.submit(task, by="amy", request_id="r1")
    assert (again.repeated, again.head) == (True, first.head)


def test_what_a_refused_submission_would_have_taken_up_is_still_there(engine: Engine) -> None:
    _, task = begun(engine)
    engine.save(task, by="amy", data={"amount": 1})
    with pytest.raises(Invalid):
        engine.submit(task, by="amy")
    assert engine.draft(task, "amy") is not None


def test_a_document_of_a_draft_is_not_swept_away(engine: Engine) -> None:
    _, task = begun(engine)
    paper = engine.save(task, by="amy", documents={"sketch": b"precious"}).documents["sketch"]
    sweep(engine.core.database, engine.core.documents, before=AT + timedelta(days=4000))
    assert engine.core.documents.get(paper.sha256) == b"precious"


def test_what_is_put_off_comes_back_on_its_day(engine: Engine, clock: VirtualClock) -> None:
    _, task = begun(engine)
    due = engine.inbox("amy")[0].due
    engine.put_off(task, date(2026, 9, 2), by="amy")
    assert not engine.inbox("amy")
    (shown,) = engine.inbox("amy", off=True)
    assert (shown.until, shown.due) == (datetime.fromisoformat("2026-09-02T00:00+08:00"), due)
    assert len(engine.inbox("ann")) == 1, "it is hers as before"
    clock.set("2026-09-02T00:00+08:00")
    assert len(engine.inbox("amy")) == 1


def test_what_was_put_off_can_be_taken_back(engine: Engine) -> None:
    instance, task = begun(engine)
    engine.put_off(task, date(2026, 9, 2), by="amy")
    engine.put_off(task, None, by="amy")
    assert len(engine.inbox("amy")) == 1
    assert not kept(engine, instance)
    with pytest.raises(Invalid):
        engine.put_off(task, date(2026, 8, 30), by="amy")
    with pytest.raises(NotAllowed):
        engine.put_off(task, date(2026, 9, 2), by="bob")


def test_a_vote_or_a_question_is_put_off_by_one_and_stays_with_the_others(engine: Engine) -> None:
    instance, task = begun(engine)
    handed_in(engine, task)
    gate = engine.locate(f"{instance}/plan")
    engine.put_off(gate, date(2026, 9, 3), by="bob")
    assert not engine.inbox("bob")
    assert len(engine.inbox("bob", off=True)) == len(engine.inbox("cho")) == 1
    engine.ask(gate, "ann", "Why?", by="cho")
    (question,) = [row.task for row in engine.inbox("ann") if row.kind == "question"]
    engine.put_off(question, date(2026, 9, 3), by="ann")
    assert not [row for row in engine.inbox("ann") if row.kind == "question"]


def test_the_inbox_says_where_a_draft_is(engine: Engine) -> None:
    _, task = begun(engine)
    engine.save(task, by="amy", data={"amount": 1})
    assert engine.inbox("amy")[0].drafted_at == AT
    assert engine.inbox("ann")[0].drafted_at is None


def test_the_most_pressing_stand_first_and_then_the_earliest_due(engine: Engine, clock: VirtualClock) -> None:
    begun(engine, key="first")
    clock.advance(timedelta(days=1))
    second, task = begun(engine, key="second")
    assert [row.key for row in engine.inbox("amy")] == ["first", "second"]
    engine.prioritize(second, "urgent", by="amy")
    found = [(row.key, row.priority) for row in engine.inbox("amy")]
    assert found == [("second", "urgent"), ("first", "normal")]
    engine.prioritize(task, "low", by="root")
    assert [row.key for row in engine.inbox("amy")] == ["first", "second"]


def test_a_priority_holds_for_what_opens_later(engine: Engine) -> None:
    instance, task = begun(engine)
    engine.prioritize(instance, "low", by="amy")
    handed_in(engine, task)
    assert engine.inbox("bob")[0].priority == "low"
    for who in ("bob", "cho"):
        engine.approve(engine.locate(f"{instance}/plan"), by=who)
    assert engine.inbox("amy")[0].priority == "low", "what was said goes before what the definition says"


def test_the_definition_says_how_pressing_a_step_is(engine: Engine) -> None:
    instance, task = begun(engine)
    handed_in(engine, task)
    for who in ("bob", "cho"):
        engine.approve(engine.locate(f"{instance}/plan"), by=who)
    assert engine.inbox("amy")[0].priority == "high"


def test_not_everybody_says_what_is_pressing(engine: Engine) -> None:
    instance, _ = begun(engine)
    with pytest.raises(NotAllowed):
        engine.prioritize(instance, "urgent", by="bob")
    with pytest.raises(Invalid):
        engine.prioritize(instance, "at once", by="amy")
    (said,) = engine.prioritize(instance, "high", by="amy").events
    assert (said.target, said.priority, said.by) == ("", "high", "amy")  # type: ignore[attr-defined]  # of this event


def test_nothing_is_kept_where_a_host_rolls_back(engine: Engine, ready: str) -> None:
    instance, task = begun(engine)
    host = create_engine(ready)
    with host.connect() as connection, connection.begin() as transaction:
        engine.save(task, by="amy", data={"amount": 1}, connection=connection)
        assert connection.execute(text("SELECT count(*) FROM signoff_desk")).scalar() == 1
        transaction.rollback()
    host.dispose()
    assert not kept(engine, instance)
