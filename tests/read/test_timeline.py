"""What the timeline promises: each step once per time that it counts, when it was due, done, by whom, how late."""

from collections.abc import Sequence
from datetime import datetime

from signoff.kernel.events import Event, flow, gate, task, time
from signoff.kernel.state import ActivityStatus, Decision, Status
from signoff.model.gate import Strength
from signoff.model.types import Text
from signoff.read.history import Record, history
from signoff.read.timeline import PLANNED, UNREACHED, TimelineRow, timeline
from signoff.store.database import Database
from tests.read import play
from tests.read.play import AT, DAY, PLAN, new_id, vote

Steps = list[tuple[datetime, Sequence[Event]]]


def rows(played: Steps, *, now: datetime = AT) -> list[TimelineRow]:
    records = [
        Record(n, at, "", "lin", "林", "", "", Strength.ASSERTED, "", "", tuple(events), "")
        for n, (at, events) in enumerate(played, start=1)
    ]
    return timeline(PLAN, records, now=now)


def entered(id: str = "a5", node: str = "draft", scope: str = "s2") -> flow.ElementEntered:
    return flow.ElementEntered(id, node, scope, "UserTask", ActivityStatus.OPEN, inbox=True)


def passed(id: str = "a5", node: str = "draft", scope: str = "s2") -> flow.ElementCompleted:
    return flow.ElementCompleted(id, node, scope, ActivityStatus.PASSED, "passed", "lin")


def opened(id: str = "s2", *, position: int = 0, home: str = "", version: str = "v1") -> flow.ScopeOpened:
    return flow.ScopeOpened(id, "", "", "", version, home or id, position=position)


GATE = gate.GateOpened("g10", "a5", "draft", "s2", 1, "subject", {}, 2)


def test_a_played_instance_has_its_timeline(db: Database) -> None:
    id = new_id()
    play.start(db, id)
    play.submit(db, id)
    play.approve(db, id)
    with db.read() as handle:
        records = history(handle.connection, id)
    draft, hand_over = timeline(PLAN, records, now=AT + 3 * DAY)
    assert (draft.phase, draft.label, draft.ref, draft.status) == (
        Text("准备"),
        Text("申请"),
        "1.1",
        "passed",
    )
    assert (draft.since, draft.due, draft.done_at, draft.by) == (AT, AT + 2 * DAY, AT + 3 * DAY, "林")
    assert draft.late
    (signed,) = draft.approvals
    assert (signed.name, signed.role, signed.decision, signed.at) == (
        "陈",
        "boss",
        Decision.YES,
        AT + 3 * DAY,
    )
    assert (hand_over.phase, hand_over.status, hand_over.opens) == (Text(), "scheduled", AT + 4 * DAY)


def test_steps_ahead_are_planned_and_after_the_end_unreached() -> None:
    first, second = rows([(AT, [opened(), entered()])])
    assert (first.status, second.status) == ("open", PLANNED)
    _, second = rows([(AT, [opened(), entered(), flow.InstanceEnded(Status.CANCELLED, "")])])
    assert second.status == UNREACHED


def test_an_open_step_is_late_once_its_due_date_has_passed() -> None:
    played: Steps = [(AT, [opened(), entered(), time.DueSet("a5", AT + DAY, AT + DAY, 0, None)])]
    assert not rows(played, now=AT + DAY)[0].late
    assert rows(played, now=AT + 2 * DAY)[0].late


def test_a_planned_step_may_be_told_its_due_date() -> None:
    (_, second) = timeline(PLAN, [], now=AT, planned={"hand-over": AT - DAY})
    assert (second.due, second.late) == (AT - DAY, True)


def test_a_step_done_again_after_a_return_stands_once() -> None:
    back = flow.RegionReturned("s2", "b", "draft", ["draft"], smart=False)
    done: Steps = [(AT, [opened(), entered()]), (AT + DAY, [passed()]), (AT + 2 * DAY, [back])]
    (first, _) = rows(done)
    assert first.status == "superseded"
    (first, _) = rows([*done, (AT + 3 * DAY, [entered("a9")]), (AT + 4 * DAY, [passed("a9")])])
    assert (first.status, first.activity, first.done_at) == ("passed", "a9", AT + 4 * DAY)
    (first, _) = rows([*done, (AT + 3 * DAY, [flow.ElementReused("draft", "s2")])])
    assert (first.status, first.done_at) == ("passed", AT + DAY)


def test_every_occurrence_has_a_row_with_its_position() -> None:
    scopes: list[Event] = [opened("s3", position=1), opened("s4", position=2)]
    played: Steps = [(AT, [opened(), *scopes, entered("a5", scope="s3"), entered("a6", scope="s4")])]
    assert [(row.activity, row.position) for row in rows(played) if row.step == "draft"] == [
        ("a5", 1),
        ("a6", 2),
    ]


def test_the_body_of_a_multi_instance_step_has_no_row_of_its_own() -> None:
    body = flow.ElementEntered("a4", "draft", "s2", "MultiInstance", ActivityStatus.OPEN, items=["x"])
    played: Steps = [(AT, [opened(), body, opened("s3", position=1), entered("a5", scope="s3")])]
    assert [row.activity for row in rows(played) if row.step == "draft"] == ["a5"]


def test_steps_of_a_called_process_are_left_out() -> None:
    played: Steps = [(AT, [opened(), opened("s3", version="other"), entered("a5", scope="s3")])]
    assert [row.status for row in rows(played)] == [PLANNED, PLANNED]


def test_votes_that_were_voided_no_longer_count() -> None:
    asked: Steps = [(AT, [opened(), entered(), GATE, vote()])]
    assert len(rows(asked)[0].approvals) == 1
    voided = gate.VotesVoided(
        gate="g10", node="draft", round=2, changed=["days"], voided=[0], subject="subject-2", bound={}
    )
    (first, _) = rows([*asked, (AT, [voided])])
    assert (first.approvals, first.status) == ((), "in_review")


def test_after_a_smart_return_the_votes_that_stand_count_for_the_new_activity() -> None:
    done: Steps = [(AT, [opened(), entered(), GATE, vote(), gate.EntryPassed("g10", 0), passed()])]
    back = flow.RegionReturned("s2", "b", "draft", ["draft"], smart=True)
    moved = gate.VotesVoided(
        gate="g10", node="draft", round=2, changed=[], voided=[1], subject="s", bound={}, activity="a9"
    )
    (first, _) = rows([*done, (AT + DAY, [back, entered("a9"), moved])])
    assert (first.activity, first.status, len(first.approvals)) == ("a9", "in_review", 1)


def test_a_returned_gate_keeps_the_entries_that_had_passed() -> None:
    other = gate.VoteCast("g10", 1, "wang", "王", "r", Decision.NO, "s", vote().meaning, Strength.ATTESTED)
    returned = gate.GateReturned("g10", "draft", "draft", "wang")
    again = task.WorkReopened("a5", "draft", 2)
    played: Steps = [
        (AT, [opened(), entered(), GATE, vote(), gate.EntryPassed("g10", 0), other, returned, again])
    ]
    (first, _) = rows(played)
    assert [signed.person for signed in first.approvals] == ["chen"]
    assert (first.status, first.round) == ("open", 2)


def test_a_passed_gate_whose_subject_changed_is_stale_until_it_passes_again() -> None:
    approved: list[Event] = [
        opened(),
        entered(),
        GATE,
        vote(),
        gate.EntryPassed("g10", 0),
        gate.GatePassed("g10", "draft"),
        passed(),
    ]
    reopened = gate.GateReopened(
        gate="g10", node="draft", round=2, changed=["days"], voided=[0], subject="subject-2", bound={}
    )
    (first, _) = rows([(AT, approved), (AT, [reopened])])
    assert (first.stale, first.status, first.approvals) == (True, "passed", ())
    (first, _) = rows([(AT, approved), (AT, [reopened, vote(), gate.GatePassed("g10", "draft")])])
    assert (first.stale, len(first.approvals)) == (False, 1)


def test_a_skipped_step_says_so_and_is_never_late() -> None:
    played: Steps = [(AT, [opened(), flow.ElementSkipped("draft", "s2")])]
    assert (rows(played)[0].status, rows(played)[0].late) == ("skipped", False)
