"""The moments at which two may meet: each reached by commands, on a real engine.

Must import signoff's public names, the kernel's commands and the processes of this folder.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from signoff import Actor, Engine, Strength, VirtualClock
from signoff.kernel import commands as c
from signoff.kernel.arrival import Complete
from signoff.kernel.state import GateStatus, Person, State
from signoff.model.nodes import UserTask
from signoff.runtime import intake
from signoff.testing.situation import Situation

LATE = timedelta(days=8)  # by then every deadline of the processes has passed


class Moment:
    """The instance at one moment: what its parts are called, and what each of them has seen there."""

    def __init__(self, engine: Engine, instance: str) -> None:
        state = state_of(engine, instance)
        self.engine = engine
        self.instance = instance
        self.task, self.gate, self.timer, self.question, self.incident = (
            _last(instance, each)
            for each in (state.activities, state.gates, state.timers, state.inquiries, state.incidents)
        )
        self.other = _other(engine, state)
        self.wait = _last(instance, state.waits)
        self.pool = _last(instance, reversed(state.activities))  # what was begun first
        self.plan = intake.attach(engine.core, {"plan": b"our plan"}, None)["plan"]
        self.ticks = _ticks(engine, state)
        gate = state.gates.get(self.gate.rpartition(":")[2])
        asking = gate is not None and gate.status is GateStatus.OPEN
        self.about = self.gate if asking else self.task  # what waits for people
        people = [person.id for entry in gate.entries for person in entry.roster] if gate else []
        self.seen = {who: engine.subject(self.gate, who) for who in people}

    def by(self, who: str) -> dict[str, Any]:
        """Who says a command; an empty name is the engine's own."""
        actor = c.SYSTEM if not who else actor_of(self.engine, who)
        return {"by": actor, "at": intake.UNKNOWN}

    def person(self, who: str) -> Person:
        return intake.person(self.engine.core, who, None)

    def vote(self, kind: type[Any], who: str) -> c.Command:
        command: c.Command = kind(gate=self.gate, seen=self.seen.get(who, ""), **self.by(who))
        return command


def state_of(engine: Engine, instance: str) -> State:
    return Situation.of(engine, instance).state


def actor_of(engine: Engine, who: str) -> Actor:
    return engine.actor(who, auth=Strength.ATTESTED)


def _other(engine: Engine, state: State) -> str:
    """Another version of its process, where there is one."""
    found = (each.version for each in engine.definitions() if each.process == state.process)
    return next((version for version in found if version != state.version), "")


def _ticks(engine: Engine, state: State) -> tuple[str, ...]:
    """What is on the checklist of the last task."""
    nodes = engine.definition(state.process).nodes
    wanted = [nodes[activity.node] for activity in state.activities.values()]
    lists = [node.checklist for node in wanted if isinstance(node, UserTask)]
    return tuple(check.item.get("en") for check in lists[-1]) if lists else ()


def _last(instance: str, ids: Iterable[str]) -> str:
    found = list(ids)
    return f"{instance}:{found[-1]}" if found else f"{instance}:none"


# how they are reached -------------------------------------------------------------------------------------


def planning(engine: Engine, clock: VirtualClock) -> Moment:
    """A task that nobody has claimed, with a question about it, and its deadline passed."""
    receipt = engine.start("meeting", {"amount": 50}, by=actor_of(engine, "amy"), key="K", request_id="r")
    engine.ask(receipt.opened[0], "eve", "why?", by=actor_of(engine, "ann"))
    clock.advance(LATE)
    return Moment(engine, receipt.instance)


def working(engine: Engine, clock: VirtualClock) -> Moment:
    """A task that somebody has claimed, with rules, a timer and a ladder that are due."""
    moment = planning(engine, clock)
    engine.submit(moment.task, by=actor_of(engine, "amy"), ticks=["Planned"])
    moment = Moment(engine, moment.instance)
    engine.claim(moment.task, by=actor_of(engine, "amy"))
    clock.advance(LATE)
    return Moment(engine, moment.instance)


def asked(engine: Engine, clock: VirtualClock) -> Moment:
    """A gate at which nobody has voted."""
    moment = working(engine, clock)
    engine.submit(moment.task, by=actor_of(engine, "amy"), documents={"plan": b"our plan"})
    return Moment(engine, moment.instance)


def deciding(engine: Engine, clock: VirtualClock) -> Moment:
    """A gate at which the next yes decides; one asked for an opinion, another brought somebody in."""
    moment = asked(engine, clock)
    engine.execute(moment.vote(c.Approve, "ben"))
    engine.delegate(moment.gate, "amy", by=actor_of(engine, "bud"))
    engine.add_signers(moment.gate, ["ann"], place="beside", by=actor_of(engine, "bea"))
    return Moment(engine, moment.instance)


def passed(engine: Engine, clock: VirtualClock) -> Moment:
    """The gate is passed, and nobody has acted on that."""
    moment = deciding(engine, clock)
    engine.execute(moment.vote(c.Approve, "bea"))
    return Moment(engine, moment.instance)


def calling(engine: Engine, clock: VirtualClock) -> Moment:
    """A handler is called."""
    moment = passed(engine, clock)
    engine.submit(moment.task, by=actor_of(engine, "ann"), ticks=["Looked"])
    return Moment(engine, moment.instance)


def stopped(engine: Engine, clock: VirtualClock) -> Moment:
    """An incident stands."""
    moment = calling(engine, clock)
    engine.execute(c.FailJob(task=moment.task, code="broken", message="broken", **moment.by("")))
    return Moment(engine, moment.instance)


def suspended(engine: Engine, clock: VirtualClock) -> Moment:
    """An administrator made it stand still."""
    moment = deciding(engine, clock)
    engine.suspend(moment.instance, by=actor_of(engine, "dan"))
    return Moment(engine, moment.instance)


def scheduled(engine: Engine, clock: VirtualClock) -> Moment:
    """A task that opens later, and is due to."""
    receipt = engine.start("choice", by=actor_of(engine, "amy"))
    engine.submit(receipt.opened[0], by=actor_of(engine, "amy"), ticks=["Begun"])
    clock.advance(LATE)
    return Moment(engine, receipt.instance)


def lapsing(engine: Engine, clock: VirtualClock) -> Moment:
    """A task that lapses, and is due to."""
    moment = scheduled(engine, clock)
    engine.execute(c.OpenTask(task=moment.task, **moment.by("")))
    clock.advance(LATE)
    return Moment(engine, moment.instance)


def picking(engine: Engine, clock: VirtualClock) -> Moment:
    """A task whose role nobody has been picked for."""
    moment = lapsing(engine, clock)
    engine.submit(moment.task, by=actor_of(engine, "amy"), ticks=["Done"])
    return Moment(engine, moment.instance)


def offering(engine: Engine, clock: VirtualClock) -> Moment:
    """A task at which something may be asked for."""
    return Moment(engine, engine.start("favour", by=actor_of(engine, "amy")).instance)


def requested(engine: Engine, clock: VirtualClock) -> Moment:
    """Somebody has asked for it, and the next yes grants it."""
    moment = offering(engine, clock)
    engine.request(moment.instance, "skip", by=actor_of(engine, "amy"))
    return Moment(engine, moment.instance)


def sorting(engine: Engine, clock: VirtualClock) -> Moment:
    """Activities that people begin, one at a time; none has been begun."""
    return Moment(engine, engine.start("post", by=actor_of(engine, "amy")).instance)


def stamping(engine: Engine, clock: VirtualClock) -> Moment:
    """One of them is at work."""
    moment = sorting(engine, clock)
    engine.enable(moment.task, "stamp", by=actor_of(engine, "amy"))
    return Moment(engine, moment.instance)


def awaiting(engine: Engine, clock: VirtualClock) -> Moment:
    """A message is waited for, and the time for it is over."""
    moment = sorting(engine, clock)
    engine.complete(moment.task, by=actor_of(engine, "amy"))
    clock.advance(LATE)
    return Moment(engine, moment.instance)


def delivering(engine: Engine, clock: VirtualClock) -> Moment:
    """A handler is called whose escalation somebody catches."""
    moment = awaiting(engine, clock)
    engine.execute(Complete(task=moment.task, **moment.by("amy")))
    return Moment(engine, moment.instance)


REACHED: Mapping[str, Callable[[Engine, VirtualClock], Moment]] = {
    each.__name__: each
    for each in (
        planning,
        working,
        asked,
        deciding,
        passed,
        calling,
        stopped,
        suspended,
        scheduled,
        lapsing,
        picking,
        offering,
        requested,
        sorting,
        stamping,
        awaiting,
        delivering,
    )
}
