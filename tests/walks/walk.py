"""One walk: steps drawn at random from what the token game offers, taken on both sides, which then look the same."""

from functools import lru_cache
from random import Random
from typing import Any

from signoff.testing.drawn import PROCESS, random_process
from tests.walks.board import Activity, Label, Listener
from tests.walks.game import Game
from tests.walks.mirror import Mirror, world_of
from tests.walks.plan import read
from tests.walks.stored import Stored

GIVEN = {"a": 0, "b": 0, "c": 0, "z": 0, "items": [7, 8, 9]}
TURNS = 3  # walks through each process
_CODES = ("E1", "E2", "E3")
_RAISED = ("C1", "C2", "C3")
_LONG = 600


class Walk:
    """A process, the game and its mirror; each process is walked through three times. `wild` steps at random, then only what leads to the end.

    `stored`: the URL of a database on which the engine itself plays the other side.
    """

    def __init__(self, number: int, *, size: int = 8, wild: int = 25, stored: str = "") -> None:
        self.number = number
        self.text = _process(number // TURNS, size)
        self.random = Random(number)
        self.wild, self.stored = wild, stored
        self.given = {**GIVEN, **{name: self.random.randint(0, 3) for name in "abc"}}
        self.game = Game(read(self.text), PROCESS, self.given)
        self.mirror = Stored(self.text, stored) if stored else Mirror(world_of(self.text), PROCESS)
        self.story: list[str] = []
        self.tame = False

    def run(self) -> "Walk":
        """To the end. Raises AssertionError with the story where the two sides differ."""
        try:
            begin = "" if self.stored else self.random.choice(["", *self._starts()])
            self._both(
                f"start {begin}", lambda: self.game.start(begin), lambda: self.mirror.start(self.given, begin)
            )
            while self.game.status == "running":
                assert len(self.story) < _LONG, "it does not end"
                self._step()
        except Exception as error:
            raise AssertionError(self.told(error)) from error
        return self

    def _starts(self) -> list[str]:
        """The start events at which something begins the process."""
        assert self.game.root.plan is not None
        return [n.id for n in self.game.root.plan.nodes.values() if n.tag == "startEvent" and n.triggers]

    def told(self, error: Exception) -> str:
        return "\n".join([f"{error}", f"walk {self.number}, process {self.number // TURNS}", *self.story])

    def _both(self, what: str, ours: Any, theirs: Any) -> None:
        self.story.append(what)
        ours()
        self.game.run()
        theirs()
        mine, other = self.game.seen(), self.mirror.seen()
        for name in mine:
            assert mine[name] == other.get(name), (
                f"{name}\n  game:   {mine[name]}\n  kernel: {other.get(name)}"
            )

    # steps -------------------------------------------------------------------------------------------------

    def _step(self) -> None:
        if not self.tame and len(self.story) > self.wild:
            self.tame = True
            self._write(dict.fromkeys("abc", 0))
            return
        waiting = self.game.waiting()
        events = [x for x in self.game.listeners if not self.tame or _leads_on(x)]
        events = [x for x in events if x.kind in ("message", "signal")]
        timers = [x for x in self.game.listeners if x.kind == "timer"]
        if self.tame and not any(_leads_on(x) for x in timers):
            timers = []
        work = [a for a in waiting if a.node.tag not in ("intermediateCatchEvent", "eventBasedGateway")]
        work = [a for a in work if not any(x.host is a and x.node is a.node for x in self.game.listeners)]
        doing = [(self._work, a) for a in work] * 2 + [(self._hear, x) for x in events]
        if timers:
            doing.append((self._fire, min(timers, key=lambda x: x.due)))
        if any(x.kind == "conditional" for x in self.game.listeners) or not doing:
            doing.append((self._let_know, None))
        do, what = self.random.choice(doing)
        do(what)

    def _label(self, of: Activity | Listener) -> Label:
        return of.node.id, self.game.path(of.frame)

    def _data(self) -> dict[str, Any]:
        if self.tame:
            return dict.fromkeys("abc", 0)  # a called process has its own
        names = self.random.sample("abc", self.random.choice([0, 1, 1, 2]))
        return {name: self.random.randint(0, 3) for name in names}

    def _write(self, data: dict[str, Any]) -> None:
        self._both(
            f"set {data}", lambda: self.game.write(self.game.root, data), lambda: self.mirror.write(data)
        )

    def _let_know(self, _: None) -> None:
        names = "z" if self.tame else self.random.choice(["z", "z", "a", "b", "c"])
        on = names == "z" and self.game.root.data["z"] == 0
        self._write({names: int(on) if names == "z" else self.random.randint(0, 3)})

    def _hear(self, one: Listener) -> None:
        """The oldest of those that look alike from outside."""
        same = (one.node, one.frame, one.kind, one.part)
        one = next(x for x in self.game.listeners if (x.node, x.frame, x.kind, x.part) == same)
        label, data = self._label(one), self._data()
        self._both(
            f"{one.kind} {label} {data}",
            lambda: self.game.deliver(one, data),
            lambda: self.mirror.deliver(label, one.kind, one.part, data),
        )

    def _fire(self, one: Listener) -> None:
        label = self._label(one)
        self._both(
            f"fire {label} at {one.due}",
            lambda: self.game.fire(one),
            lambda: self.mirror.fire(label, self.game.now),
        )

    def _work(self, one: Activity) -> None:
        """The oldest of those that look alike from outside."""
        one = next(a for a in self.game.waiting() if (a.node, a.frame) == (one.node, one.frame))
        if one.node.tag == "adHocSubProcess":
            self._among(one)
            return
        code = self.random.choice(_CODES)
        rolled = 1.0 if self.tame else self.random.random()
        called = one.node.tag in ("serviceTask", "scriptTask")
        if called and rolled < 0.3 and self.game.catcher("error", one.frame, one, code):
            label = self._label(one)
            self._both(
                f"error {label} {code}",
                lambda: self.game.raise_("error", one.frame, one, code),
                lambda: self.mirror.error(label, code),
            )
        elif rolled > 0.88 and not self.tame:
            codes = [c for c in _RAISED if self.game.catcher("escalation", one.frame, one, c)]
            self._escalate(one, self.random.choice([*codes, "C1"]))
        else:
            self._complete(one)

    def _escalate(self, one: Activity, code: str) -> None:
        label = self._label(one)
        self._both(
            f"escalate {label} {code}",
            lambda: self.game.raise_("escalation", one.frame, one, code),
            lambda: self.mirror.escalate(label, code),
        )

    def _complete(self, one: Activity) -> None:
        label, data = self._label(one), self._data()

        def ours() -> None:
            self.game.write(one.frame, data)
            self.game.finish(one)

        self._both(f"complete {label} {data}", ours, lambda: self.mirror.complete(label, data))

    def _among(self, one: Activity) -> None:
        """An ad-hoc sub-process: begin something in it, or end it when nothing runs there."""
        (inside,) = one.frames
        label = self._label(one)
        if inside.activities or (not self.tame and self.random.random() < 0.6):
            self._enable(one, label)
            return

        self._both(
            f"end {label}", lambda: self.game.end_inside(one, inside), lambda: self.mirror.complete(label, {})
        )

    def _enable(self, one: Activity, label: Label) -> None:
        (inside,) = one.frames
        if self.tame or (inside.activities and one.node.said.get("ordering") == "Sequential"):
            return
        assert inside.plan is not None
        if inside.ended and inside.plan.completion and self.game.value(inside, inside.plan.completion):
            return  # it only waits for what still runs
        node = self.random.choice([n for n in inside.plan.nodes.values() if not n.incoming])
        self._both(
            f"enable {node.id} in {label}",
            lambda: self.game.begin_in(inside, node),
            lambda: self.mirror.enable(label, node.id),
        )


@lru_cache(maxsize=8)
def _process(seed: int, size: int) -> str:
    return random_process(seed, size=size)


def _leads_on(one: Listener) -> bool:
    """Whether its event is on the way of the flow, not beside it."""
    return one.node.tag in ("intermediateCatchEvent", "receiveTask")
