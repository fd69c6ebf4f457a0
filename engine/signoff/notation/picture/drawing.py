"""Shapes and edges with coordinates: what a layout makes, and what SVG and BPMN's diagram interchange are written from.

Whole units, the origin at the top left, y downwards. Containers stand before what lies in them. May import model.
"""

from dataclasses import dataclass
from enum import StrEnum

from signoff.model.types import Text

Point = tuple[int, int]


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
    STATE = "state"
    PASSED = "passed"
    COMPOUND = "compound"
    REGION = "region"
    CHOICE = "choice"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A figure. `phase` is the outermost stage around it, `lane` the first role that does it.

    `sealed`: approvals are asked for here. `event`: what it waits for or throws, as BPMN calls it. `optional`: passed by when its `if` is false.
    `caption` is a small line: who, or what a state says. `skirt` is the height at the lower border that boundary
    events cover.
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

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A flow as a polyline at right angles, from the border of its source to that of its target."""

    id: str
    source: str
    target: str
    points: tuple[Point, ...]
    label: str = ""
    default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A whole picture."""

    id: str
    label: Text
    width: int
    height: int
    shapes: tuple[Shape, ...]
    edges: tuple[Edge, ...]
