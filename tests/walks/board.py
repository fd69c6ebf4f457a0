"""The board of the token game: scopes that are open, what takes time in them, who listens, and the data."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.walks.plan import Flow, Node, Plan

Path = tuple[tuple[str, int, int], ...]
Label = tuple[str, Path]
_COMPARISON = re.compile(r"(\w+) (>=|>|<) (\d+)")


@dataclass(eq=False)
class Done:
    """A completed activity that can be undone, with the data it had of its own; `once`: one time of several."""

    node: Node
    data: dict[str, Any] = field(default_factory=dict)
    inner: list["Done"] = field(default_factory=list)
    once: bool = False
    called: Plan | None = None


@dataclass(eq=False)
class Frame:
    """One opening of a scope. `host`: the activity whose inside it is; `border`: data are not seen through it."""

    label: str
    plan: Plan | None
    host: "Activity | None" = None
    parent: "Frame | None" = None
    position: int = 0
    border: bool = False
    data: dict[str, Any] = field(default_factory=dict)
    activities: list["Activity"] = field(default_factory=list)
    parked: dict[Node, Counter[str]] = field(default_factory=dict)
    late: dict[Node, set[str]] = field(
        default_factory=dict
    )  # complex gateways that have fired: by which flows
    done: list[Done] = field(default_factory=list)
    interrupted: bool = False
    undone: bool = False  # opened only to undo something in it
    ended: bool = False  # something in it has ended by itself

    @property
    def handlers(self) -> list[Node]:
        """The event sub-processes that may begin here."""
        return [] if self.plan is None or self.interrupted or self.undone else self.plan.handlers


@dataclass(eq=False)
class Activity:
    """What takes time: a task, a sub-process, an event that is waited for. `undoes`: who threw what it is done for."""

    node: Node
    frame: Frame
    frames: list[Frame] = field(default_factory=list)
    undoes: "Activity | None" = None
    items: list[Any] | None = None  # of one that repeats
    begun: int = 0
    ended: int = 0
    given: dict[int, Any] = field(default_factory=dict)
    undoing: Iterator[None] | None = None


@dataclass(eq=False)
class Listener:
    """Somebody waits for one event: a catch event, a boundary event of `host`, an event sub-process of the frame."""

    node: Node
    frame: Frame
    host: Activity | None
    part: int
    kind: str
    name: str = ""
    due: int = 0
    since: int = 0
    held: bool = False


@dataclass(eq=False)
class Token:
    frame: Frame
    node: Node
    via: Flow | None = None
    undoes: Activity | None = None


class Board:
    """What is on the board, and how it is read."""

    def __init__(self, plans: dict[str, Plan], process: str, data: dict[str, Any]) -> None:
        self.plans = plans
        self.now = 0  # hours since the start
        self.status = "running"
        self.root = Frame("", plans[process], border=True, data=dict(data))
        self.frames = [self.root]
        self.touched: dict[Frame, None] = {}  # in which something has come to an end, in that order
        self.queue: list[Token] = []
        self.listeners: list[Listener] = []
        self.met: dict[tuple[Node, Frame, Activity | None], set[int]] = {}
        self.changed = False
        self.log: Counter[str] = Counter()  # elements that have ended by themselves

    # data ------------------------------------------------------------------------------------------------

    def chain(self, frame: Frame) -> Iterator[Frame]:
        """The frames whose data are seen, the innermost first."""
        while True:
            yield frame
            if frame.border or frame.parent is None:
                return
            frame = frame.parent

    def value(self, frame: Frame, text: str, more: dict[str, Any] | None = None) -> Any:
        """A number, a name, or a comparison of a name with a number."""
        text = text.removeprefix("${").removesuffix("}")
        if text.isdigit():
            return int(text)
        names: dict[str, Any] = {}
        for each in reversed(list(self.chain(frame))):
            names |= each.data
        names |= more or {}
        found = _COMPARISON.fullmatch(text)
        if found is None:
            return names[text]
        left, right = names[found[1]], int(found[3])
        return {">": left > right, "<": left < right, ">=": left >= right}[found[2]]

    def write(self, frame: Frame, values: dict[str, Any]) -> None:
        """Each name where it is known, else to the process."""
        for name, value in values.items():
            frames = list(self.chain(frame))
            owner = next((each for each in frames if name in each.data), frames[-1])
            owner.data[name] = value
            self.changed = True

    # opening and closing -----------------------------------------------------------------------------------

    def open(self, label: str, plan: Plan | None, host: Activity, parent: Frame, **more: Any) -> Frame:
        frame = Frame(label, plan, host, parent, **more)
        host.frames.append(frame)
        self.frames.append(frame)
        return frame

    def shut(self, frame: Frame) -> None:
        self.listeners = [each for each in self.listeners if each.frame is not frame]
        self.met = {key: parts for key, parts in self.met.items() if key[1] is not frame}
        self.frames.remove(frame)
        if frame.host is not None:
            frame.host.frames.remove(frame)

    def clear(self, frame: Frame) -> None:
        """Everything in a frame ends, and nobody listens there any more; the frame stays open."""
        self.queue = [token for token in self.queue if token.frame is not frame]
        for activity in list(frame.activities):
            if activity in frame.activities:
                self.stop(activity)
        frame.parked.clear()
        frame.late.clear()
        self.listeners = [each for each in self.listeners if each.frame is not frame]
        self.met = {key: parts for key, parts in self.met.items() if key[1] is not frame}

    def stop(self, activity: Activity) -> None:
        """An activity ends from outside, with all that is inside, and all that undoes for it."""
        self.clear_inside(activity)
        for frame in list(self.frames):
            for other in list(frame.activities):
                if other.undoes is activity and other in frame.activities:
                    self.stop(other)
        self.let_go(activity)
        self.touched[activity.frame] = None

    def clear_inside(self, activity: Activity) -> None:
        for frame in list(activity.frames):
            self.clear(frame)
            self.shut(frame)

    def let_go(self, activity: Activity) -> None:
        activity.frame.activities.remove(activity)
        self.listeners = [each for each in self.listeners if each.host is not activity]
        self.met = {key: parts for key, parts in self.met.items() if key[2] is not activity}

    # what can be seen --------------------------------------------------------------------------------------

    def path(self, frame: Frame) -> Path:
        """Where a frame lies: by what each frame around it is called, which time it is, and which of several alike."""
        found = []
        at: Frame | None = frame
        while at is not None and at.parent is not None:
            alike = [
                f
                for f in self.frames
                if (f.parent, f.label, f.position) == (at.parent, at.label, at.position)
            ]
            found.append((at.label, at.position, alike.index(at)))
            at = at.parent
        return tuple(reversed(found))

    def waiting(self) -> list[Activity]:
        """The activities at which something waits, the oldest first in each frame."""
        return [a for frame in self.frames for a in frame.activities if a.items is None and waits(a)]

    def seen(self) -> dict[str, Any]:
        """All that the other side has to agree with."""
        if self.status != "running":
            return {"status": self.status, "data": {(): self.root.data}}
        path = {frame: self.path(frame) for frame in self.frames}
        return {
            "status": self.status,
            "waiting": Counter((a.node.id, path[a.frame]) for a in self.waiting()),
            "open": Counter((a.node.id, path[a.frame]) for frame in self.frames for a in frame.activities),
            "scopes": Counter(path.values()),
            "data": {path[frame]: frame.data for frame in self.frames},
            "parked": {
                (node.id, path[frame]): dict(flows)
                for frame in self.frames
                for node, flows in frame.parked.items()
            },
            "late": {
                (node.id, path[frame]): flows for frame in self.frames for node, flows in frame.late.items()
            },
            "met": sorted(
                (node.id, path[frame], sorted(parts)) for (node, frame, _), parts in self.met.items()
            ),
            "listening": Counter((x.node.id, path[x.frame], x.kind, x.part) for x in self.listeners),
            "due": Counter((x.node.id, path[x.frame], x.due) for x in self.listeners if x.kind == "timer"),
        }


def waits(activity: Activity) -> bool:
    tag = activity.node.tag
    if tag in {"intermediateThrowEvent", "endEvent"}:
        return False
    return tag not in ("callActivity", "subProcess", "transaction")
