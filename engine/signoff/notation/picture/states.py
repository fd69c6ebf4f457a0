"""The states of a machine laid out along the blocks: a box per step with work, gate and passed, and its demands.

Ways back are written in the step's box, not drawn, so that the picture stays readable. May import model, the
machine and its siblings.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from transitions import Transition

from signoff.model.block import Block, BlockKind
from signoff.model.nodes import TerminateEndEvent
from signoff.model.types import Text
from signoff.notation.machine import GO, ProcessMachine
from signoff.notation.picture.drawing import Drawing, Edge, Shape, ShapeKind
from signoff.notation.picture.figure import SMALL, TITLE, note_lines, title_width
from signoff.notation.picture.layout import MARGIN, STACK
from signoff.notation.picture.piece import Out, Piece, chain, rows
from signoff.notation.picture.row import broken
from signoff.notation.states.situation import Demand, Refusal, name_of

NAMES: Mapping[str, Text] = {
    "work": Text("办理", "Work"),
    "gate": Text("审批", "Gate"),
    "passed": Text("通过", "Passed"),
}
_STATE = (74, 30)
_ARROW = 74  # between states: room for the name of a trigger
_PAD = 14
_SIGNS = {BlockKind.PARALLEL: "+", BlockKind.INCLUDE: "○", BlockKind.CHOOSE: "×", BlockKind.RACE: "⬠"}
_ONE_OF = (BlockKind.CHOOSE, BlockKind.RACE)  # of their branches only one is entered
_HIDDEN = ("reused__", "stale__")
_ORDER = {verb: n for n, verb in enumerate(("submit", GO, "approve", "decline", "return_to", "fire"))}


def place_states(machine: ProcessMachine) -> Drawing:
    """The picture of a machine, for the same `render` as that of a process."""
    definition = machine.definition
    layout = StateLayout(machine, _by_source(machine))
    (root,) = definition.children("")
    pieces = [
        _round(".start", ShapeKind.START),
        *layout.pieces(root, ""),
        _round(".completed", ShapeKind.END),
    ]
    body = rows(broken(pieces), layout.wire)
    whole = Piece(0, 0, 0, "")
    whole.take(body, MARGIN, MARGIN + TITLE)
    return Drawing(
        id=definition.id,
        label=definition.label,
        width=max(body.width, title_width(definition.label)) + 2 * MARGIN,
        height=body.height + 2 * MARGIN + TITLE,
        shapes=tuple(whole.shapes),
        edges=tuple(whole.edges),
    )


Leaving = Mapping[str, Sequence[tuple[str, Transition]]]
"""state -> trigger and transition of each row that leaves it."""


def _by_source(machine: ProcessMachine) -> Leaving:
    found: dict[str, list[tuple[str, Transition]]] = {}
    for trigger, event in machine.events.items():
        for source, transitions in event.transitions.items():
            found.setdefault(source, []).extend((trigger, each) for each in transitions)
    return found


@dataclass(frozen=True, slots=True)
class StateLayout:
    """Lays out the states of one machine; `path` is where a block's state lies."""

    machine: ProcessMachine
    leaving: Leaving

    def wire(self, out: Out, target: str) -> Edge:
        label = "start" if out.source == ".start" else ""
        return Edge(
            id=f"{out.source}->{target}", source=out.source, target=target, points=out.points, label=label
        )

    def pieces(self, sequence: Block, path: str) -> list[Piece]:
        children = self.machine.definition.children(sequence.id)
        runs = self.machine.definition.blocks.get(sequence.parent)
        first = 1 if runs is not None and runs.kind is BlockKind.RACE else 0  # the event of a race's branch
        return [self.block(b, path) for b in children[first:] if b.kind is not BlockKind.HANDLER]

    def block(self, block: Block, path: str) -> Piece:
        found = _PLACE[block.kind](self, block, f"{path}/{block.id}" if path else block.id)
        fork = f"{path}/{block.id}.if" if path else f"{block.id}.if"
        if fork in self.leaving:
            found.shapes[0] = replace(found.shapes[0], optional=True)
        return found

    def label(self, id: str) -> Text:
        node = self.machine.definition.nodes[id]
        return node.label or Text(id, id)

    # kinds of blocks -----------------------------------------------------------------------------------

    def step(self, block: Block, path: str) -> Piece:
        node = self.machine.definition.nodes[block.id]
        if isinstance(node, TerminateEndEvent):
            return _round(path, ShapeKind.TERMINATE, node.label)
        states = [name for name in ("work", "gate", "passed") if f"{path}/{name}" in self.machine.kinds]
        inner = Piece(0, 0, 0, path)
        x = 0
        for name in states:
            kind = ShapeKind.PASSED if name == "passed" else ShapeKind.STATE
            inner.shapes.append(_shape(f"{path}/{name}", kind, (x, 0), _STATE, NAMES[name]))
            x += _STATE[0] + _ARROW
        inner.width, inner.height = x - _ARROW, _STATE[1]
        inner.edges += [
            self.arrow(f"{path}/{a}", f"{path}/{b}", n) for n, (a, b) in enumerate(pairwise(states))
        ]
        self.note(inner, path, states)
        return self.boxed(inner, path, self.label(block.id), ShapeKind.COMPOUND)

    def arrow(self, source: str, target: str, n: int) -> Edge:
        """Between two states of a step, named by its verb."""
        verbs = [t.partition(":")[0] for t, each in self.leaving.get(source, ()) if each.dest == target]
        verb = next((verb for verb in verbs if verb != GO), "")
        left, middle = n * (_STATE[0] + _ARROW) + _STATE[0], _STATE[1] // 2
        points = ((left, middle), (left + _ARROW, middle))
        return Edge(id=f"{source}->{target}", source=source, target=target, points=points, label=verb)

    def note(self, inner: Piece, path: str, states: Sequence[str]) -> None:
        """Below the states: what each trigger demands, and the ways back."""
        lines = [self.line(path, name, trigger, each) for name, trigger, each in self._triggers(path, states)]
        text = "\n".join(dict.fromkeys(filter(None, lines)))
        if not text:
            return
        inner.width = max(inner.width, 300)
        height = len(note_lines(text, inner.width)) * (SMALL + 3) + 2
        at = (0, inner.height + 12)
        inner.shapes.append(
            _shape(f"{path}/.note", ShapeKind.NOTE, at, (inner.width, height), Text(text, text))
        )
        inner.height += 12 + height

    def _triggers(self, path: str, states: Sequence[str]) -> list[tuple[str, str, Transition]]:
        places = [f"{path}/{name}" for name in states] + [path]
        found = [(place, trigger, each) for place in places for trigger, each in self.leaving.get(place, ())]
        return sorted(found, key=lambda row: _ORDER.get(row[1].partition(":")[0], len(_ORDER)))

    def line(self, path: str, source: str, trigger: str, row: Transition) -> str:
        names = [str(c.func) for c in row.conditions if isinstance(c.func, Demand | Refusal)]
        names = [name for name in names if not name.removeprefix("not ").startswith(_HIDDEN)]
        if str(row.dest).startswith(f"{path}/") and not source.endswith("/passed") and names:
            return f"{trigger.partition(':')[0]}: {', '.join(names)}"
        if trigger == GO or str(row.dest).startswith(f"{path}/passed"):
            return ""
        told = f" [{', '.join(names)}]" if names else ""
        verb = trigger if trigger.startswith("fire:") else trigger.partition(":")[0]
        return f"{verb} → {str(row.dest).removeprefix(path + '/').rpartition('/')[2]}{told}"

    def boxed(self, inner: Piece, path: str, label: Text, kind: ShapeKind) -> Piece:
        """A piece inside a titled box; the way in and the way out are at one height."""
        head = TITLE if label else 4
        width = max(inner.width + 2 * _PAD, title_width(label) if label else 0)
        height = head + inner.height + 2 * _PAD
        axis = head + _PAD + _STATE[1] // 2 if not inner.axis else head + _PAD + inner.axis
        shape = _shape(path, kind, (0, 0), (width, height), label)
        found = Piece(width, height, axis, path, [shape], [], (Out(path, ((width, axis),)),))
        found.take(inner, _PAD, head + _PAD)
        return found

    def stage(self, block: Block, path: str) -> Piece:
        (inside,) = self.machine.definition.children(block.id)
        pieces = self.pieces(inside, path)
        inner = rows(broken(pieces), self.wire) if pieces else Piece(0, 0, 0, path)
        return self.boxed(inner, path, self.label(block.id), ShapeKind.COMPOUND)

    def branches(self, block: Block, path: str) -> Piece:
        """Regions below one another, dashed; of a choice only one is entered."""
        inner = Piece(0, -STACK // 2, 0, path)
        for branch in self.machine.definition.children(block.id):
            inside = path if block.kind in _ONE_OF else f"{path}/{branch.order}"
            pieces = self.pieces(branch, inside)
            region = chain(pieces, self.wire) if pieces else Piece(120, _STATE[1], 0, "")
            text = self.condition(block, branch)
            placed = self.boxed(region, f"{path}/{branch.order}", text, ShapeKind.REGION)
            inner.take(placed, 0, inner.height + STACK // 2)
            inner.height += STACK // 2 + placed.height
            inner.width = max(inner.width, placed.width)
        return self.boxed(inner, path, self.titled(block), ShapeKind.COMPOUND)

    def titled(self, block: Block) -> Text:
        sign = _SIGNS[block.kind]
        label = self.label(block.id)
        given = "" if label.get("en") == block.id else " "
        return Text(*(f"{sign}{given}{label.get(lang) if given else ''}" for lang in ("zh", "en")))

    def condition(self, block: Block, branch: Block) -> Text:
        """The name of the demand under which a branch is entered."""
        if block.kind in (BlockKind.PARALLEL, BlockKind.RACE):
            return Text()
        name = name_of("when", block.id, str(branch.order))
        every = [str(c.func) for rows_ in self.leaving.values() for _, each in rows_ for c in each.conditions]
        said = name if name in every else "…"
        return Text(said, said)


def _shape(path: str, kind: ShapeKind, at: tuple[int, int], size: tuple[int, int], label: Text) -> Shape:
    return Shape(id=path, kind=kind, x=at[0], y=at[1], width=size[0], height=size[1], label=label)


def _round(path: str, kind: ShapeKind, label: Text | None = None) -> Piece:
    shape = _shape(path, kind, (0, 0), (30, 30), label or Text())
    outs = () if kind is ShapeKind.END else (Out(path, ((30, 15),)),)
    return Piece(30, 30, 15, path, [shape], [], outs)


_PLACE: Mapping[BlockKind, Callable[[StateLayout, Block, str], Piece]] = {
    BlockKind.STEP: StateLayout.step,
    BlockKind.PARALLEL: StateLayout.branches,
    BlockKind.CHOOSE: StateLayout.branches,
    BlockKind.INCLUDE: StateLayout.branches,
    BlockKind.RACE: StateLayout.branches,
    BlockKind.STAGE: StateLayout.stage,
    BlockKind.EACH: StateLayout.stage,
    BlockKind.REPEAT: StateLayout.stage,
}
