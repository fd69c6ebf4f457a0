"""The sandbox: the real engine with a clock that only the test moves."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signoff import (
    Actor,
    AlreadyDecided,
    BpmnError,
    Invalid,
    InvalidDefinition,
    NotAllowed,
    NotFound,
    StaleSubject,
    WrongState,
)
from signoff.testing import Case, Sandbox
from tests.testing.base import ERRAND, PEOPLE, START

AT = "2027-02-01T08:00Z"


@pytest.fixture(scope="module")
def deployed() -> Sandbox:
    box = Sandbox(AT, people=PEOPLE, calls={"office.book": {"number": 7}})
    box.deploy(ERRAND)
    return box


@pytest.fixture
def box(deployed: Sandbox) -> Sandbox:
    return deployed.copy()


@pytest.fixture
def case(box: Sandbox) -> Case:
    return box.start("errand", START, by="amy")


def ready(case: Case) -> Case:
    case.submit("prepare", by="amy", documents=["plan", "scan"])
    case.approve("prepare", by="bob")
    return case


def test_a_case_goes_from_its_start_to_its_end(case: Case) -> None:
    assert case.active == {"prepare": 1}
    ready(case)
    assert case.variables["number"] == 7
    assert case.active == {"on-the-day": 1}
    case.advance("P40D")
    assert case.active == {"travel": 1}
    case.submit("travel", by="ann")
    assert (case.status, case.outcome, case.incidents) == ("completed", "completed", [])
    assert case.log == ["prepare", "book", "on-the-day", "travel"]


def test_several_cases_are_counted_together(box: Sandbox, case: Case) -> None:
    other = box.start("errand", START)
    assert (box.running, box.active) == (2, Counter(prepare=2))
    ready(other)
    assert box.active == {"prepare": 1, "on-the-day": 1}
    assert case.active == {"prepare": 1}


def test_the_oldest_waiting_task_is_completed_by_anybody_who_may(box: Sandbox, case: Case) -> None:
    box.advance("PT1M")
    other = box.start("errand", START)
    box.complete("prepare", {"left": "a coat"})
    assert case.variables["left"] == "a coat"
    assert "left" not in other.variables


def test_without_a_starter_the_first_who_may_starts() -> None:
    case = Case.load(ERRAND, people={"bob": PEOPLE["bob"], "ann": PEOPLE["ann"]}).start(START)
    assert case.box.engine.show(case.instance).row.starter == "ann"


def test_a_call_without_a_handler_waits_to_be_completed() -> None:
    case = ready(Case.load(ERRAND, at=AT, people=PEOPLE).start(START))
    assert case.active == {"book": 1}
    case.advance("1 week")
    assert case.active == {"book": 1}
    case.complete("book", {"number": 3})
    assert case.variables["number"] == 3
    assert case.active == {"on-the-day": 1}


def test_a_waiting_call_can_fail_with_a_modelled_error() -> None:
    case = ready(Case.load(ERRAND, people=PEOPLE).start(START))
    case.error("book", "full")
    assert case.active == {"by-hand": 1}


def test_a_handler_may_raise_a_modelled_error() -> None:
    calls = {"office.book": BpmnError("full")}
    case = ready(Case.load(ERRAND, people=PEOPLE, calls=calls).start(START))
    assert case.active == {"by-hand": 1}


def test_a_handler_that_fails_is_tried_again_and_then_an_incident() -> None:
    tried: list[object] = []

    def book(inputs: dict[str, object]) -> None:
        tried.append(inputs)
        raise KeyError("absent")

    case = ready(Case.load(ERRAND, people=PEOPLE, calls={"office.book": book}).start(START))
    assert (len(tried), case.incidents) == (1, [])
    case.advance("P1D")
    assert len(tried) > 1
    assert [(i.node, i.code) for i in case.incidents] == [("book", "handler_failed")]


def test_a_handler_gets_its_inputs() -> None:
    seen: list[dict[str, object]] = []

    def book(inputs: dict[str, object]) -> dict[str, int]:
        seen.append(inputs)
        return {"number": 1}

    ready(Case.load(ERRAND, people=PEOPLE, calls={"office.book": book}).start(START))
    assert len(seen) == 1
    assert str(seen[0]["sum"]) == "50.00"


def test_what_falls_due_happens_in_order_each_at_its_instant(case: Case) -> None:
    assert case.due("prepare") == datetime(2027, 2, 3, 17, tzinfo=UTC)
    case.advance("10 days")
    told = [each for each in case.notified if each[0] != "task"]
    # One day after the deadline is the next morning: the day begins when the office opens.
    assert told == [("due", "prepare", "amy"), ("due", "prepare", "ann"), ("L2", "prepare", "bob")]
    at = [record.at for record in case.box.engine.history(case.instance)[1:]]
    assert at == [datetime(2027, 2, 3, 17, tzinfo=UTC), datetime(2027, 2, 4, 8, tzinfo=UTC)]
    assert case.box.clock.now() == datetime(2027, 2, 11, 8, tzinfo=UTC)


def test_days_pass_by_the_clock_of_the_process(case: Case) -> None:
    case.move_to("2027-03-27 12:00")
    assert case.box.clock.now() == datetime(2027, 3, 27, 11, tzinfo=UTC)
    case.advance("1 day")  # summer time begins that night
    assert case.box.clock.now() == datetime(2027, 3, 28, 10, tzinfo=UTC)


def test_a_timer_can_be_fired_at_once(case: Case) -> None:
    ready(case).fire("on-the-day")
    assert case.box.clock.now() == datetime(2027, 3, 1, 8, tzinfo=UTC)
    assert case.active == {}
    case.fire("travel")
    assert case.active == {"travel": 1}


def test_what_does_not_wait_cannot_be_completed_or_fired(box: Sandbox, case: Case) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: box.complete("travel"),
        lambda: box.fire("prepare"),
        lambda: case.error("book", "x"),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound) as refused:
            attempt()
        assert refused.value.code == "nobody_waits"


def test_votes_are_attested_and_see_what_is_there_now(case: Case) -> None:
    case.submit("prepare", by="amy", documents=["plan", "scan"])
    with pytest.raises(NotAllowed) as refused:
        case.approve("prepare", by=Actor("bob", groups=frozenset({"heads"})))
    assert refused.value.code == "too_weak"
    with pytest.raises(StaleSubject):
        case.approve("prepare", by="bob", seen="something else")
    case.approve("prepare", by="bob")


def test_documents_by_name_are_made_as_they_are_demanded(case: Case) -> None:
    case.submit("prepare", by="amy", documents=["Plan", "scan"])
    scope = next(iter(case.situation.state.scopes.values()))
    plan, scan = scope.documents["plan"], scope.documents["scan"]
    assert plan.sections == ("Plan", "Why", "How")
    assert (scan.name, scan.sections) == ("scan.docx", ("Scan",))
    kept = case.box.engine.core.documents
    assert kept.get(scan.sha256).startswith(b"PK")


def test_documents_may_lack_what_is_demanded(case: Case, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        case.submit("prepare", by="amy", documents={"plan": {"sections": ["Why"]}, "scan": {}})
    assert refused.value.missing[0].code == "missing_section"
    with pytest.raises(Invalid) as refused:
        case.submit("prepare", by="amy", documents={"plan": {}, "scan": {"format": "pdf"}})
    assert refused.value.missing[0].code == "wrong_format"
    file = tmp_path / "plan.md"
    file.write_text("# Why\n# How\n")
    case.submit("prepare", by="amy", documents={"plan": file, "scan": None})


def test_checklists_are_ticked_unless_it_is_said_which(case: Case) -> None:
    with pytest.raises(Invalid) as refused:
        case.submit("prepare", by="amy", documents=["plan", "scan"], ticks=["Packed"])
    assert [missing.code for missing in refused.value.missing] == ["unticked"]


def test_rules_are_waived_and_warned_of(box: Sandbox) -> None:
    case = box.start("errand", {**START, "amount": 2000})
    with pytest.raises(Invalid):
        case.submit("prepare", documents=["plan", "scan"])
    case.waive("prepare", "R1", by="bob")
    case.submit("prepare", documents=["plan", "scan"])
    assert [type(event).__name__ for event in case.events].count("RuleWarned") == 1


def test_tasks_are_claimed_released_and_assigned(case: Case) -> None:
    case.claim("prepare", by="ann")
    with pytest.raises(NotAllowed):
        case.submit("prepare", by="amy", documents=["plan", "scan"])
    case.release("prepare", by="ann")
    case.assign("prepare", "bob")
    case.submit("prepare", by="bob", documents=["plan", "scan"])


def test_an_instance_stands_still_goes_on_and_ends(case: Case) -> None:
    case.suspend()
    assert (case.status, case.box.running) == ("suspended", 0)
    case.resume()
    case.cancel(reason="enough")
    assert case.status == "cancelled"


def test_a_step_that_is_not_at_work_is_the_wrong_state(case: Case) -> None:
    with pytest.raises(WrongState) as refused:
        case.submit("travel", by="amy")
    assert refused.value.code == "step_not_open"
    with pytest.raises(NotFound):
        case.submit("trave", by="amy")
    ready(case)
    with pytest.raises(AlreadyDecided):
        case.approve("prepare", by="bob")


def test_definitions_are_deployed_together_or_not_at_all(box: Sandbox) -> None:
    fine, broken = (
        ERRAND.replace("process: errand", "process: other"),
        ERRAND.replace("owner: staff", "owner: stuff"),
    )
    with pytest.raises(InvalidDefinition):
        box.deploy(fine, broken)
    assert [each.process for each in box.engine.definitions()] == ["errand"]


def test_what_was_recorded_verifies(case: Case) -> None:
    ready(case)
    assert not case.box.engine.verify().findings


def test_a_copy_goes_its_own_way(case: Case) -> None:
    ready(case)
    copy = case.copy()
    assert (copy.active, copy.notified, copy.variables) == (case.active, case.notified, case.variables)
    copy.advance("P40D")
    assert (copy.active, case.active) == ({"travel": 1}, {"on-the-day": 1})
    case.cancel()
    assert copy.status == "running"
