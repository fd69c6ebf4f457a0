"""An instance played by hand: a step with a deadline and a gate, through the real fold, effects and store."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from signoff.kernel.effects import effects_of
from signoff.kernel.events import Event, flow, gate, task, time
from signoff.kernel.fold import apply
from signoff.kernel.state import ActivityStatus, Decision, Person, Purpose, State, Status
from signoff.model.definition import Definition
from signoff.model.gate import Approval, Gate, Meaning, Strength
from signoff.model.nodes import EndEvent, SequenceFlow, StartEvent, SubProcess, UserTask
from signoff.model.types import Text
from signoff.store import codec, definitions, ids
from signoff.store.codec import Envelope
from signoff.store.database import Database
from signoff.store.unit import Change, Unit

AT = datetime(2027, 1, 4, 9, tzinfo=UTC)
DAY = timedelta(days=1)
LIN, WANG, CHEN = Person("lin", "林"), Person("wang", "王"), Person("chen", "陈")

PLAN = Definition(
    "leave",
    Text("请假"),
    {
        "start": StartEvent(id="start"),
        "prepare": SubProcess(id="prepare", label=Text("准备")),
        "inner": StartEvent(id="inner", scope="prepare"),
        "draft": UserTask(
            id="draft", label=Text("申请"), scope="prepare", gate=Gate((Approval(("boss",)),)), ref="1.1"
        ),
        "hand-over": UserTask(id="hand-over", label=Text("交接")),
        "end": EndEvent(id="end"),
    },
    {"f1": SequenceFlow("f1", "start", "prepare"), "f2": SequenceFlow("f2", "prepare", "hand-over")},
)


def new_id(name: str = "a") -> str:
    return ids.new_instance("leave", entropy=name)


def deploy(db: Database) -> str:
    with db.write() as handle:
        done = definitions.deploy(
            handle.connection,
            model=codec.encode_definition(PLAN),
            process="leave",
            source="source",
            label="请假",
            by="lin",
            at=AT,
        )
    return done.version


def play(db: Database, id: str, command: str, events: Sequence[Event], *, by: Person, at: datetime) -> None:
    """Record these events as one command."""
    sent = Envelope(
        actor=by.id, name=by.name, at=at, command=command, digest="d", via="library", auth=Strength.ATTESTED
    )
    with Unit(db) as unit:
        loaded = unit.load(id)
        state = State(id) if loaded is None else loaded.state
        effects: list[Any] = []
        for event in events:
            apply(state, event, at)
            effects += effects_of(event, state.seq)
        unit.put(Change(state, events, effects, sent, loaded))


def start(db: Database, id: str, *, key: str = "", version: str = "v1", at: datetime = AT) -> None:
    """The step `draft` is open to lin and wang, due in two days."""
    events = [
        flow.InstanceStarted("leave", version, f"Leave {key}", key, LIN, "c1"),
        flow.ScopeOpened("s2", "", "", "", version, "s2", data={"days": 3}),
        flow.ElementEntered("a3", "prepare", "s2", "SubProcess", ActivityStatus.OPEN),
        flow.ScopeOpened("s4", "prepare", "s2", "a3", version, "s2"),
        flow.ElementEntered("a5", "draft", "s4", "UserTask", ActivityStatus.OPEN, inbox=True),
        task.RosterAsked("q6", Purpose.OWNER, "a5", "draft", []),
        task.RosterResolved("q6", Purpose.OWNER, "a5", "draft", [LIN, WANG], "group staff"),
        time.DueSet("a5", at + 2 * DAY, at + 2 * DAY, 0, at + DAY),
    ]
    play(db, id, "Start", events, by=LIN, at=at)


def submit(db: Database, id: str, *, at: datetime = AT + DAY) -> None:
    """lin hands the work in; chen is asked."""
    events = [
        task.WorkSubmitted("a5", "draft", "lin", "林", 1),
        gate.GateOpened("g10", "a5", "draft", "s4", 1, "subject-1", {"days": "x"}, 1, ("lin",)),
        task.RosterAsked("q11", Purpose.ENTRY, "g10#0", "draft", []),
        task.RosterResolved("q11", Purpose.ENTRY, "g10#0", "draft", [CHEN], "boss"),
        time.RungPassed("a5", 0, "handed in", None),
    ]
    play(db, id, "Submit", events, by=LIN, at=at)


def vote(decision: Decision = Decision.YES) -> gate.VoteCast:
    return gate.VoteCast(
        "g10", 0, "chen", "陈", "boss", decision, "subject-1", Meaning.APPROVE, Strength.ATTESTED, "fine"
    )


def approve(db: Database, id: str, *, at: datetime = AT + 3 * DAY) -> None:
    """chen says yes; the stage is done and the next step opens later."""
    events = [
        vote(),
        gate.EntryPassed("g10", 0),
        gate.GatePassed("g10", "draft", ("chen",)),
        flow.ElementCompleted("a5", "draft", "s4", ActivityStatus.PASSED, "passed", "lin", ("chen",)),
        flow.ScopeClosed("s4"),
        flow.ElementCompleted("a3", "prepare", "s2", ActivityStatus.PASSED, "passed"),
        flow.ElementEntered(
            "a20", "hand-over", "s2", "UserTask", ActivityStatus.SCHEDULED, at + DAY, inbox=True
        ),
        task.CopySent("draft", [WANG]),
    ]
    play(db, id, "Approve", events, by=CHEN, at=at)


def end(db: Database, id: str, *, at: datetime = AT + 9 * DAY) -> None:
    events = [
        flow.ElementCancelled("a20", "hand-over", "s2", "cancelled", inbox=True),
        flow.InstanceEnded(Status.CANCELLED, "", "no longer needed"),
    ]
    play(db, id, "Cancel", events, by=CHEN, at=at)
