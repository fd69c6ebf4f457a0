"""Random processes: trees of blocks, how they are written in YAML, and how hypothesis draws them."""

from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias

from hypothesis import strategies as st


@dataclass(frozen=True)
class Gate:
    """Approvals of a step by the three bosses: how many, what a no does, where it may be sent back."""

    need: int = 1
    declined: str = "return"  # return, end, continue
    back: str = ""


@dataclass(frozen=True)
class Handler:
    """What happens after two hours: beside the work or instead of it."""

    id: str
    interrupts: bool
    body: "Seq"


@dataclass(frozen=True)
class Step:
    """A person's work: done when x is at least `least`, skipped otherwise."""

    id: str
    least: int = 0
    gate: Gate | None = None
    handler: Handler | None = None


@dataclass(frozen=True)
class Call:
    """A handler's work, and what is done when it raises the error `gone` (None: nothing catches it)."""

    id: str
    caught: "Seq | None" = None


@dataclass(frozen=True)
class Wait:
    id: str


@dataclass(frozen=True)
class End:
    id: str
    least: int


@dataclass(frozen=True)
class Seq:
    blocks: tuple["Block", ...]


@dataclass(frozen=True)
class Split:
    """parallel, choose or include; for the last two a branch is taken when x is at least its number."""

    id: str
    kind: str
    branches: tuple[Seq, ...]
    least: tuple[int, ...] = ()
    otherwise: Seq = field(default_factory=lambda: Seq(()))


@dataclass(frozen=True)
class Stage:
    id: str
    body: Seq
    handler: Handler | None = None


@dataclass(frozen=True)
class Each:
    """Once per element of a list of `size`; the rest is cancelled once `enough` are finished (0: never)."""

    id: str
    size: int
    in_turn: bool
    enough: int
    body: Seq


Block: TypeAlias = Step | Call | Wait | End | Split | Stage | Each


def places(block: Block) -> tuple[str, ...]:
    """The steps in a block that a later gate may send back to: not those that the flow may have passed by."""
    inner: tuple[Seq, ...] = ()
    match block:
        case Step():
            return (block.id,)
        case Stage():
            inner = (block.body,)
        case Split():
            inner = block.branches if block.kind == "parallel" else ()
    return tuple(id for seq in inner for each in seq.blocks for id in places(each))


# writing ----------------------------------------------------------------------------------------------------


def written(tree: Seq) -> str:
    """The YAML of a process with this tree."""
    return "data: {x: {type: integer, default: 1}}\nsteps:\n" + _sequence(tree, "  ")


def _sequence(seq: Seq, pad: str) -> str:
    return "".join(_block(block, pad) for block in seq.blocks)


def _steps(key: str, seq: Seq, pad: str) -> str:
    return f"{pad}{key}:\n{_sequence(seq, pad + '  ')}" if seq.blocks else f"{pad}{key}: []\n"


def _upon(handler: Handler | None, pad: str) -> str:
    if handler is None:
        return ""
    flag = f"{pad}    interrupts: true\n" if handler.interrupts else ""
    body = _steps("steps", handler.body, pad + "    ")
    return f"{pad}upon:\n{pad}  - after: 2 hours\n{pad}    id: {handler.id}\n{flag}{body}"


def _block(block: Block, pad: str) -> str:
    match block:
        case Step():
            return _step(block, pad)
        case Call():
            caught = block.caught
            upon = (
                ""
                if caught is None
                else f"{pad}  upon:\n{pad}    - error: gone\n{_steps('steps', caught, pad + '      ')}"
            )
            return f"{pad}- run: {block.id}\n{pad}  handler: h\n{upon}"
        case Wait():
            return f"{pad}- {{wait: {block.id}, after: 3 hours}}\n"
        case End():
            return f"{pad}- {{end: {block.id}, outcome: early, if: x >= {block.least}}}\n"
        case Split():
            return _split(block, pad)
        case Stage():
            body = _steps("steps", block.body, pad + "  ")
            return f"{pad}- stage: {block.id}\n{_upon(block.handler, pad + '  ')}{body}"
        case Each():
            items = ", ".join(f"'{n}'" for n in range(block.size))
            enough = f"{pad}  until: finished >= {block.enough}\n" if block.enough else ""
            return (
                f'{pad}- each: {block.id}\n{pad}  item: it_{block.id}\n{pad}  in: "[{items}]"\n'
                f"{pad}  in_turn: {str(block.in_turn).lower()}\n{enough}{_steps('steps', block.body, pad + '  ')}"
            )


def _step(step: Step, pad: str) -> str:
    text = f"{pad}- step: {step.id}\n{pad}  owner: worker\n{pad}  form: {{edit: [x]}}\n{pad}  binds: []\n"
    if step.least:
        text += f"{pad}  if: x >= {step.least}\n"
    if step.gate:
        text += f"{pad}  approve: {{by: boss, need: {step.gate.need}, not_by: [], declined: {step.gate.declined}}}\n"
        if step.gate.back:
            text += f"{pad}  return_to: [{step.gate.back}]\n"
    return text + _upon(step.handler, pad + "  ")


def _split(split: Split, pad: str) -> str:
    text = f"{pad}- {split.kind}: {split.id}\n{pad}  branches:\n"
    for n, branch in enumerate(split.branches):
        head = f"if: x >= {split.least[n]}" if split.least else f"name: b{n}"
        text += f"{pad}    - {head}\n{_steps('steps', branch, pad + '      ')}"
    return text + (_steps("otherwise", split.otherwise, pad + "  ") if split.least else "")


# drawing ----------------------------------------------------------------------------------------------------


@st.composite
def trees(draw: st.DrawFn, most: int = 12) -> Seq:
    """A process of at most so many blocks, with at least one step."""
    drawing = _Drawing(draw, most)
    first = Step(drawing.name("t"))
    return Seq((first, *drawing.sequence(depth=3, earlier=(first.id,)).blocks))


class _Drawing:
    def __init__(self, draw: st.DrawFn, most: int) -> None:
        self.draw = draw
        self.left = most
        self.names = count(1)

    def name(self, letter: str) -> str:
        return f"{letter}{next(self.names)}"

    def sequence(self, depth: int, earlier: tuple[str, ...] = ()) -> Seq:
        blocks: list[Block] = []
        for _ in range(self.draw(st.integers(0, 3))):
            if self.left > 0:
                self.left -= 1
                before = earlier + tuple(id for b in blocks for id in places(b))
                blocks.append(self.block(depth, before))
        return Seq(tuple(blocks))

    def block(self, depth: int, earlier: tuple[str, ...]) -> Block:
        kinds = ["step"] * 4 + ["call", "wait", "end"] + ["split", "split", "stage", "each"] * (depth > 0)
        match self.draw(st.sampled_from(kinds)):
            case "step":
                return self.step(depth, earlier)
            case "call":
                caught = self.sequence(0) if self.draw(st.booleans()) else None
                return Call(self.name("c"), caught)
            case "wait":
                return Wait(self.name("w"))
            case "end":
                return End(self.name("e"), self.draw(st.sampled_from([3, 3, 9])))
            case "split":
                return self.split(depth, earlier)
            case "stage":
                id, body = self.name("s"), self.sequence(depth - 1, earlier)
                body = body if body.blocks else Seq((Step(self.name("t")),))
                return Stage(id, body, self.handler())
        id, body = self.name("m"), self.sequence(depth - 1, earlier)
        body = body if body.blocks else Seq((Step(self.name("t")),))
        size, enough = self.draw(st.integers(0, 3)), self.draw(st.integers(0, 2))
        return Each(id, size, self.draw(st.booleans()), enough, body)

    def step(self, depth: int, earlier: tuple[str, ...]) -> Step:
        gate = None
        if self.draw(st.booleans()):
            back = self.draw(st.sampled_from(("", *earlier)))
            words = self.draw(st.sampled_from(["return", "return", "end", "continue"]))
            gate = Gate(self.draw(st.integers(1, 3)), words, back)
        handler = self.handler() if depth else None
        return Step(self.name("t"), self.draw(st.sampled_from([0, 0, 0, 2])), gate, handler)

    def handler(self) -> Handler | None:
        if not self.draw(st.sampled_from([False, False, True])):
            return None
        return Handler(self.name("h"), self.draw(st.booleans()), self.sequence(0))

    def split(self, depth: int, earlier: tuple[str, ...]) -> Split:
        kind = self.draw(st.sampled_from(["parallel", "choose", "include"]))
        id = self.name("p")
        branches = tuple(self.sequence(depth - 1, earlier) for _ in range(self.draw(st.integers(2, 3))))
        if kind == "parallel":
            return Split(id, kind, branches)
        least = tuple(self.draw(st.integers(0, 3)) for _ in branches)
        return Split(id, kind, branches, least, self.sequence(depth - 1, earlier))
