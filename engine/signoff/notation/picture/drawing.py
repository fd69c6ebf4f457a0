"""Shapes and edges with coordinates: what a layout makes or a file's own diagram says, and what SVG is written from.

Whole units, the origin at the top left, y downwards. Containers stand before what lies in them. May import model.
"""

from dataclasses import dataclass
from enum import StrEnum

from signoff.model.types import Text

Point = tuple[int, int]
Box = tuple[int, int, int, int]  # x, y, width, height


class ShapeKind(StrEnum):
    """How a shape looks; the first ones are BPMN's, the last ones belong to drawings of states."""

    START = "start"
    END = "end"
    TERMINATE = "terminate"
    CATCH = "catch"
    THROW = "throw"
    BOUNDARY = "boundary"
    EXCLUSIVE = "exclusive"
    PARALLEL = "parallel"
    INCLUSIVE = "inclusive"
    EVENT_BASED = "event-based"
    COMPLEX = "complex"
    TASK = "task"
    GATE = "gate"
    SERVICE = "service"
    SEND = "send"
    RECEIVE = "receive"
    SCRIPT = "script"
    RULE = "rule"
    MANUAL = "manual"
    ABSTRACT = "abstract"
    CALL = "call"
    STAGE = "stage"
    EACH = "each"
    TRANSACTION = "transaction"
    LANE = "lane"
    BODY = "body"  # the steps of a boundary event
    HANDLER = "handler"  # an event sub-process
    COLLAPSED = "collapsed"  # a sub-process of which only the outside is drawn
    POOL = "pool"
    DATA = "data"
    STORE = "store"
    MESSAGE = "message"
    ANNOTATION = "annotation"
    GROUP = "group"
    HEADING = "heading"  # above the second picture and those after it
    STATE = "state"
    PASSED = "passed"
    COMPOUND = "compound"
    REGION = "region"
    CHOICE = "choice"
    NOTE = "note"


class Marker(StrEnum):
    """What BPMN draws small at the lower border of an activity."""

    LOOP = "loop"
    PARALLEL = "parallel"
    SEQUENTIAL = "sequential"
    COMPENSATION = "compensation"
    AD_HOC = "ad-hoc"
    COLLAPSED = "collapsed"


class EdgeKind(StrEnum):
    """How a line looks."""

    FLOW = "flow"
    MESSAGE = "message"
    ASSOCIATION = "association"
    DATA = "data"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A figure. `phase` is the outermost stage around it, `lane` the first role that does it.

    `sealed`: approvals are asked for here. `event`: what it waits for or throws, as BPMN calls it. `optional`: passed by when its `if` is false.
    `caption` is a small line: who, or what a state says. `skirt` is the height at the lower border that boundary
    events cover. `words` is where a file wants the label of an event, a gateway or data; without it below.
    `upright`: a pool or lane has its name at the top, not at the left; `blank`: there is nothing in it.
    """

    id: str
    kind: ShapeKind
    x: int
    y: int
    width: int
    height: int
    label: Text = Text()
    caption: Text = Text()
    phase: str = ""
    lane: str = ""
    event: str = ""
    sealed: bool = False
    optional: bool = False
    interrupting: bool = True
    skirt: int = 0
    markers: tuple[Marker, ...] = ()
    words: Box | None = None
    upright: bool = False
    blank: bool = False

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A line from the border of its source to that of its target; our own layouts keep to right angles.

    `conditional`: BPMN's diamond where it leaves an activity; `tips`: arrowheads at its end (1), at both (2), none (0).
    """

    id: str
    source: str
    target: str
    points: tuple[Point, ...]
    label: str = ""
    default: bool = False
    kind: EdgeKind = EdgeKind.FLOW
    conditional: bool = False
    tips: int = 1
    words: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A whole picture."""

    id: str
    label: Text
    width: int
    height: int
    shapes: tuple[Shape, ...]
    edges: tuple[Edge, ...]
