"""Commands at random, on a real instance: most of them fit what is open, some come from the wrong person or too early."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from signoff.kernel import asides, motions
from signoff.kernel import commands as c
from signoff.kernel.missing import subject_of
from signoff.kernel.sight import Sight
from signoff.kernel.state import Person, Place, State
from signoff.model.gate import Strength
from signoff.model.nodes import HumanTask
from signoff.runtime import intake
from signoff.runtime.reference import world
from signoff.testing import Sandbox
from signoff.testing.paper import papers
from signoff.testing.situation import Situation

Say = Callable[["Speaker"], c.Command]


_ENGINES_OWN = (c.FireTimer, c.OpenTask, c.Lapse, c.Escalate, c.FinishJob, c.FailJob)


class Speaker:
    """Says one command after the other about one instance."""

    def __init__(self, box: Sandbox, instance: str, people: tuple[str, ...], random: Random) -> None:
        self.box = box
        self.instance = instance
        self.people = people
        self.random = random
        self.said: list[c.Command] = []

    def command(self) -> c.Command:
        """A new command, or an old one once more."""
        if self.said and self.random.random() < 0.1:
            return self.random.choice(self.said)
        command = self.random.choices([say for say, _ in _SAYINGS], [weight for _, weight in _SAYINGS])[0](
            self
        )
        if isinstance(command, _ENGINES_OWN) and self.random.random() < 0.8:
            command.by = c.SYSTEM
        named = self.random.random()
        if named < 0.6:  # most ids are new; some were used for something else
            command.request_id = f"r-{self.random.randrange(20) if named < 0.1 else 20 + len(self.said)}"
        self.said.append(command)
        return command

    @property
    def state(self) -> State:
        return Situation.of(self.box.engine, self.instance).state

    def by(self) -> dict[str, Any]:
        """Anybody; at times with too weak a proof, at times an administrator."""
        strength = self.random.choice([Strength.ATTESTED, Strength.ATTESTED, Strength.ASSERTED])
        actor = self.box.engine.actor(self.random.choice(self.people), auth=strength)
        if self.random.random() < 0.1:
            actor = c.Actor("root", name="root", auth=strength, admin=True)
        return {"by": actor, "at": intake.UNKNOWN}

    def task(self) -> str:
        return self._one([*self.state.activities])

    def gate(self) -> str:
        return self._one([*self.state.gates])

    def timer(self) -> str:
        return self._one([*self.state.timers])

    def question(self) -> str:
        return self._one([*self.state.inquiries])

    def _one(self, ids: list[str]) -> str:
        missing = ["a0"] if self.random.random() < 0.1 or not ids else []
        return f"{self.instance}:{self.random.choice(missing or ids)}"


def _start(speaker: Speaker) -> c.Command:
    data = {"amount": speaker.random.choice([50, 500, 5000, "?"]), "day": "2027-03-01"}
    given = {"data": data, "key": speaker.random.choice(["", "K1", "K2"]), "title": "", "request_id": ""}
    return intake.start("errand", speaker.by()["by"], given)


def _submit(speaker: Speaker) -> c.Command:
    definition = Situation.of(speaker.box.engine, speaker.instance).definition
    wanted = speaker.random.choice([["plan", "scan"], ["plan", "scan"], ["plan"], []])
    documents = intake.attach(speaker.box.engine.core, papers(definition, wanted), None)
    ticks = speaker.random.choice([("Packed", "Paid", "Back"), ("Packed",)])
    data = speaker.random.choice([{}, {"left": "x"}, {"number": 4}])
    return c.Submit(task=speaker.task(), documents=documents, ticks=ticks, data=data, **speaker.by())


def _vote(kind: type[c.Approve | c.Decline | motions.Abstain]) -> Say:
    def say(speaker: Speaker) -> c.Command:
        gate = speaker.gate()
        seen = _seen(speaker, gate) if speaker.random.random() < 0.8 else "something else"
        return kind(gate=gate, seen=seen, note="so", **speaker.by())

    return say


def _seen(speaker: Speaker, gate: str) -> str:
    state, engine = speaker.state, speaker.box.engine
    record = state.gates.get(gate.rpartition(":")[2])
    if record is None:
        return ""
    with engine.core.database.read() as handle:
        sight = Sight(world(engine.core, handle.connection), state, record.scope, speaker.box.clock.now())
        node = sight.node(record.node)
        assert isinstance(node, HumanTask)
        return subject_of(sight, record, node, 0)


def _about_instance(kind: type[Any], **more: Any) -> Say:
    return lambda speaker: kind(instance=speaker.instance, **more, **speaker.by())


def _about_task(kind: type[Any], **more: Any) -> Say:
    return lambda speaker: kind(task=speaker.task(), **more, **speaker.by())


def _claim(speaker: Speaker) -> c.Command:
    """By somebody who may, more often than not."""
    command = c.Claim(task=speaker.task(), **speaker.by())
    activity = speaker.state.activities.get(command.task.rpartition(":")[2])
    if activity is not None and activity.roster and speaker.random.random() < 0.6:
        command.by = speaker.box.engine.actor(speaker.random.choice(activity.roster).id)
    return command


def _assign(speaker: Speaker) -> c.Command:
    person = intake.person(speaker.box.engine.core, speaker.random.choice(speaker.people), None)
    return c.Assign(
        task=speaker.random.choice([speaker.task(), speaker.gate()]), person=person, **speaker.by()
    )


def _person(speaker: Speaker) -> Person:
    return intake.person(speaker.box.engine.core, speaker.random.choice(speaker.people), None)


def _transfer(speaker: Speaker) -> c.Command:
    about = speaker.random.choice([speaker.task(), speaker.gate()])
    return motions.Transfer(task=about, person=_person(speaker), **speaker.by())


def _hand_over(speaker: Speaker) -> c.Command:
    about = speaker.random.choice([speaker.task(), speaker.gate()])
    return asides.HandOver(task=about, person=_person(speaker), source=_person(speaker).id, **speaker.by())


def _add(speaker: Speaker) -> c.Command:
    place = speaker.random.choice([*Place])
    return motions.AddSigners(gate=speaker.gate(), signers=(_person(speaker),), place=place, **speaker.by())


_SAYINGS: tuple[tuple[Say, int], ...] = (
    (_start, 2),
    (_submit, 10),
    (_vote(c.Approve), 6),
    (_vote(c.Decline), 1),
    (lambda s: c.ReturnTo(gate=s.gate(), to=s.random.choice(["prepare", "book"]), note="so", **s.by()), 2),
    (_transfer, 2),
    (lambda s: motions.Delegate(gate=s.gate(), person=_person(s), **s.by()), 2),
    (lambda s: motions.Advise(gate=s.gate(), note="why not", **s.by()), 2),
    (_add, 1),
    (lambda s: motions.RemoveSigner(gate=s.gate(), person=_person(s).id, reason="away", **s.by()), 1),
    (lambda s: motions.TakeBack(gate=s.gate(), **s.by()), 2),
    (_vote(motions.Abstain), 1),
    (_about_task(c.Waive, rule="R1", reason="so be it"), 2),
    (_claim, 3),
    (_about_task(c.Release), 2),
    (_assign, 2),
    (_about_task(c.FinishJob, result={"number": 7}), 3),
    (_about_task(c.FailJob, code="bpmn_error", error="full"), 1),
    (_about_task(c.FailJob, code="broken"), 1),
    (lambda s: c.FireTimer(timer=s.timer(), **s.by()), 3),
    (_about_task(c.OpenTask), 1),
    (_about_task(c.Escalate), 2),
    (_about_task(c.Lapse), 1),
    (_about_instance(c.Retry), 2),
    (_about_instance(c.Suspend), 1),
    (_about_instance(c.Resume), 3),
    (_about_instance(c.Cancel, reason="over"), 1),
    (_about_instance(asides.Withdraw), 1),
    (_about_instance(asides.MarkRead), 1),
    (_about_instance(asides.Comment, text="hm"), 1),
    (_about_task(asides.Urge), 2),
    (_about_task(asides.Override, reason="because"), 1),
    (lambda s: asides.Ask(task=s.gate(), person=_person(s), text="why?", **s.by()), 2),
    (lambda s: asides.Answer(question=s.question(), text="so", **s.by()), 2),
    (_hand_over, 1),
)


def refusal(error: Any) -> Mapping[str, Any]:
    """What a refusal says."""
    return {"class": type(error).__name__, "code": error.code, "said": error.sentence("en")}
