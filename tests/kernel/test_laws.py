"""Random processes under random commands, legal and illegal: the laws hold, and a second interpreter agrees.

The laws themselves (journal and state agree, the codec, inbox and agenda, nothing lost) are those of `laws`,
which the desk checks after every command.
"""

import os
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from signoff.errors import Refused
from signoff.kernel import asides
from signoff.kernel import commands as c
from signoff.kernel.state import ActivityStatus, State, Status
from signoff.model.nodes import IntermediateCatchEvent, ServiceTask
from tests.kernel.desk import Desk
from tests.kernel.people import actor
from tests.kernel.reference import Offer, Path, Reference
from tests.kernel.trees import Handler, Seq, Split, Stage, Step, trees, written

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
BOSSES = ("xia", "yan", "zoe")


def path_of(state: State, scope: str) -> Path:
    """The positions of the occurrences around a scope, outermost first."""
    found = []
    while scope:
        inside = state.scopes[scope]
        found += [inside.position] if inside.position else []
        scope = inside.parent
    return tuple(reversed(found))


def offered(desk: Desk) -> dict[Offer, str]:
    """What the kernel has waiting, in the words of the reference, with the id to act on it."""
    state = desk.state
    found: dict[Offer, str] = {}
    insides = {s.activity for s in state.scopes.values()}
    stopped = {i.activity for i in state.incidents.values()}
    for activity in state.activities.values():
        if activity.id in insides:
            continue
        node = desk.definition.nodes[activity.node]
        waits, yes = "work", frozenset[str]()
        if isinstance(node, ServiceTask):
            waits = "incident" if activity.id in stopped else "call"
        elif isinstance(node, IntermediateCatchEvent):
            waits = "wait"
        elif activity.status is ActivityStatus.IN_REVIEW:
            waits, yes = "review", frozenset(state.gates[activity.gate].entries[0].votes)
        offer = Offer(activity.node, path_of(state, activity.scope), waits, yes)
        assert offer not in found, f"{offer} waits twice"
        found[offer] = activity.id
    for timer in state.timers.values():
        if not isinstance(desk.definition.nodes[timer.node], IntermediateCatchEvent):
            found[Offer(timer.node, path_of(state, timer.scope), "timer")] = timer.id
    return found


def gate_of(tree: Any, id: str) -> Any:
    """The gate of a step, wherever it stands in the tree."""
    if isinstance(tree, Step) and tree.id == id:
        return tree.gate
    if isinstance(tree, tuple):
        return next((found for part in tree if (found := gate_of(part, id))), None)
    if hasattr(tree, "__dataclass_fields__"):
        return gate_of(tuple(getattr(tree, name) for name in tree.__dataclass_fields__), id)
    return None


class Play:
    """The kernel and the reference, side by side."""

    def __init__(self, tree: Seq) -> None:
        self.tree = tree
        self.desk = Desk(written(tree))
        self.reference = Reference(tree)

    def start(self) -> None:
        self.reference.start()
        self.desk.start()
        self.compare()

    def compare(self) -> None:
        found = offered(self.desk)
        assert set(found) == self.reference.offers()
        assert self.desk.status.value == self.reference.status

    def act(self, draw: Any) -> None:
        found = offered(self.desk)
        offer = draw(st.sampled_from(sorted(found, key=repr)))
        note(f"{offer}")
        self._take(draw, offer)

    def take(self, element: str, answer: Any = 1) -> None:
        """What waits at this element is done, in a story told by hand; `answer`: whatever is asked on the way."""
        self._take(lambda _: answer, next(offer for offer in offered(self.desk) if offer.id == element))

    def _take(self, draw: Any, offer: Offer) -> None:
        getattr(self, f"_{offer.waits}")(draw, offer, offered(self.desk)[offer])
        self.compare()

    def _work(self, draw: Any, offer: Offer, id: str) -> None:
        x = draw(st.integers(0, 3))
        self.desk.submit(id, x=x)
        self.reference.submit(offer, x)

    def _review(self, draw: Any, offer: Offer, id: str) -> None:
        person = draw(st.sampled_from(sorted(set(BOSSES) - offer.yes)))
        gate = gate_of(self.tree, offer.id)
        what = draw(st.sampled_from(["yes", "yes", "no"] + ["back"] * bool(gate.back)))
        record = self.desk.state.activities[id].gate
        if what == "back":
            command = c.ReturnTo(
                by=actor(person), at=self.desk.at, gate=f"i:{record}", to=gate.back, note="no"
            )
            if self.reference.may_go_back(offer, gate.back):
                self.desk.do(command)
                self.reference.send_back(offer)
            else:
                assert self._refused(command) == "not_done_here"
            return
        kind = c.Approve if what == "yes" else c.Decline
        self.desk.do(kind(by=actor(person), at=self.desk.at, gate=f"i:{record}#0", note="so"))
        self.reference.vote(offer, person, yes=what == "yes")

    def _call(self, draw: Any, offer: Offer, id: str) -> None:
        what = draw(st.sampled_from(["finish", "finish", "fail", "error"]))
        if what == "finish":
            self.desk.finish(id)
            self.reference.finish(offer)
        else:
            error = "gone" if what == "error" else ""
            self.desk.do(c.FailJob(by=c.SYSTEM, at=self.desk.at, task=f"i:{id}", code="broken", error=error))
            self.reference.fail(offer, error=bool(error))

    def _incident(self, draw: Any, offer: Offer, id: str) -> None:
        self.desk.retry()
        self.reference.retry()

    def _wait(self, draw: Any, offer: Offer, id: str) -> None:
        timer = next(t for t in self.desk.state.timers.values() if t.host == id)
        self._fire(timer.id)
        self.reference.finish(offer)

    def _timer(self, draw: Any, offer: Offer, id: str) -> None:
        self._fire(id)
        self.reference.fire(offer)

    def _fire(self, timer: str) -> None:
        self.desk.at = max(self.desk.at, self.desk.state.timers[timer].at or self.desk.at)
        self.desk.fire(timer)

    def meddle(self, draw: Any) -> None:
        """A command that may well be illegal: it is refused and changes nothing, or keeps the laws."""
        ids = [*self.desk.state.activities, *self.desk.state.gates, *self.desk.state.timers, "a0", "t1"]
        id = f"i:{draw(st.sampled_from(ids))}"
        by, at = actor(draw(st.sampled_from(["amy", "xia", "leo", "root"]))), self.desk.at
        command = draw(
            st.sampled_from(
                [
                    c.Claim(by=by, at=at, task=id),
                    c.Release(by=by, at=at, task=id),
                    c.FireTimer(by=by, at=at, timer=id),
                    c.Escalate(by=by, at=at, task=id),
                    c.OpenTask(by=by, at=at, task=id),
                    c.Lapse(by=by, at=at, task=id),
                    c.ReturnTo(by=actor("leo"), at=at, gate=id, to="t1", note="no"),
                    c.Approve(by=actor("leo"), at=at, gate=id),
                    c.Waive(by=by, at=at, task=id, rule="r", reason="x"),
                    c.Submit(by=actor("leo"), at=at, task=id),
                    c.Resume(by=by, at=at, instance="i"),
                ]
            )
        )
        note(f"meddles: {command}")
        due = self.desk.state.timers.get(id[2:])
        if isinstance(command, c.FireTimer) and due is not None and (due.at or at) <= at:
            return  # that would be legal
        self._refused(command)
        self.compare()

    def migrate(self) -> None:
        """The same definition as another version: whatever is at work goes on, unless votes would be lost."""
        desk, versions = self.desk, cast("dict[str, Any]", self.desk.world.definitions)
        version = f"v{len(versions)}"
        versions[version] = replace(desk.definition, edition=version)
        before = self._at_work()
        self._refused(asides.Migrate(by=actor("root"), at=desk.at, instance="i", to=version, reason="x"))
        votes = any(e.votes for g in desk.state.gates.values() if g.status == "open" for e in g.entries)
        assert votes or desk.state.version == version
        assert self._at_work() == before, "every token, timer and approval is where it was"
        self.compare()

    def _at_work(self) -> tuple[object, ...]:
        state = self.desk.state
        passed = [(g.id, g.subject, g.entries) for g in state.gates.values() if g.status == "passed"]
        tasks = [(a.id, a.node, a.status, a.due, a.assignee) for a in state.activities.values()]
        return tasks, state.timers, state.joins, state.waits, state.incidents, passed

    def _refused(self, command: c.Command) -> str:
        """The code it is refused with, if it is; the sentence has everything it needs."""
        try:
            self.desk.do(command)
        except Refused as refused:
            code, sentence = refused.code, refused.sentence()
        else:
            return ""
        assert "{" not in sentence
        assert not sentence.startswith(f"{code} ")
        return code


def play(data: st.DataObject, most: int, commands: int, *, migrating: bool = False) -> None:
    tree = data.draw(trees(most))
    note(written(tree))
    game = Play(tree)
    game.start()
    for _ in range(commands):
        if game.desk.status is not Status.RUNNING:
            break
        if migrating and data.draw(st.booleans()):
            game.migrate()
        if data.draw(st.integers(0, 4)) == 0:
            game.meddle(data.draw)
        else:
            game.act(data.draw)
    for key in list(game.desk.agenda):
        assert game.desk.agenda[key].key == key


def test_what_a_step_starts_beside_itself_outlives_a_stage_in_the_next_branch() -> None:
    step = Step("t1", handler=Handler("h1", interrupts=False, body=Seq((Step("t2"),))))
    stage = Stage("s1", Seq((Step("t3"),)))
    game = Play(Seq((Split("p1", "parallel", (Seq((step,)), Seq((stage, Step("t4"))))),)))
    game.start()
    game.take("h1")
    game.take("t3")
    assert game.desk.waiting == {"t1": 1, "t2": 1, "t4": 1}


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(st.data())
def test_the_kernel_and_the_reference_agree_after_every_command(data: st.DataObject) -> None:
    play(data, most=10, commands=14)


@settings(max_examples=12, deadline=None, suppress_health_check=QUIET)
@given(st.data())
def test_they_agree_whenever_the_definition_is_replaced_by_another_version(data: st.DataObject) -> None:
    play(data, most=10, commands=12, migrating=True)


@pytest.mark.exhaustive
@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(st.data())
def test_migrations_lose_nothing_of_larger_processes(data: st.DataObject) -> None:
    play(data, most=18, commands=30, migrating=True)


@pytest.mark.exhaustive
@settings(
    max_examples=int(os.environ.get("SIGNOFF_EXAMPLES", "3000")), deadline=None, suppress_health_check=QUIET
)
@given(st.data())
def test_they_agree_on_larger_processes_and_longer_courses(data: st.DataObject) -> None:
    play(data, most=18, commands=40)
