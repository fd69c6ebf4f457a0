"""A second interpreter, written from the language reference alone: it shares no code with the kernel.

A situation is what is left of the tree: a residue. Doing something gives the residue after it; what a residue
offers is what may be done next. No tokens, no joins, no events.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.kernel.trees import Block, Call, Each, End, Gate, Handler, Seq, Split, Stage, Step, Wait, places

Path = tuple[int, ...]  # the positions of the occurrences that something lies in


class Over(Exception):
    """The whole process has ended early: declined or terminated."""


@dataclass(frozen=True)
class Offer:
    """Something that waits: an element, the occurrence it is in, what it waits for, who has said yes."""

    id: str
    path: Path
    waits: str  # work, review, call, incident, wait, timer
    yes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Task:
    """A step at work or in review."""

    step: Step
    path: Path
    review: bool = False
    votes: tuple[tuple[str, bool], ...] = ()
    armed: bool = True


@dataclass(frozen=True)
class Called:
    call: Call
    path: Path
    failed: bool = False


@dataclass(frozen=True)
class Waiting:
    wait: Wait
    path: Path


@dataclass(frozen=True)
class Line:
    """A sequence: the blocks, which one is under way, what is left of it."""

    seq: Seq
    at: int
    path: Path
    now: "Residue"


@dataclass(frozen=True)
class Sides:
    """Branches side by side; the finished ones are left out."""

    parts: tuple["Residue", ...]


@dataclass(frozen=True)
class Area:
    """A scope: its flow, what runs beside it and for whom, the handler that is still armed."""

    main: "Residue | None"
    beside: tuple[tuple[str, "Residue"], ...] = ()
    handler: Handler | None = None
    path: Path = ()


@dataclass(frozen=True)
class Many:
    """Occurrences: those under way by position, how many were begun and are finished."""

    each: Each
    path: Path
    running: tuple[tuple[int, Area], ...]
    begun: int
    finished: int


Residue = Task | Called | Waiting | Line | Sides | Area | Many
Change = Callable[[Any], Residue | None]


@dataclass
class Entering:
    """What a block becomes when it is reached, at the present x."""

    tree: Seq
    x: int = 1
    came: set[tuple[str, Path]] = field(default_factory=set)  # steps that the flow came to in this round

    def _whole(self, area: Area | None) -> Area | None:
        return area if area and (area.main or area.beside) else None

    def _many(self, many: Many, ran: list[tuple[int, Residue | None]]) -> Many | None:
        running: list[tuple[int, Area]] = []
        finished, begun = many.finished, many.begun
        todo = list(ran)
        while todo:
            position, area = todo.pop(0)
            if isinstance(area, Area):
                running.append((position, area))
                continue
            finished += 1
            if many.each.enough and finished >= many.each.enough:
                return None
            if many.each.in_turn and begun < many.each.size:
                begun += 1
                todo.append((begun, self._area(many.each.body, None, (*many.path, begun))))
        if not running and begun == many.each.size:
            return None
        return replace(many, running=tuple(running), begun=begun, finished=finished)

    def _area(self, seq: Seq, handler: Handler | None, path: Path) -> Area | None:
        return self._whole(Area(self._enter(seq, path), (), handler, path))

    def _enter(self, seq: Seq, path: Path) -> Residue | None:
        return self._from(seq, 0, path)

    def _from(self, seq: Seq, index: int, path: Path) -> Residue | None:
        for at in range(index, len(seq.blocks)):
            now = self._begin(seq.blocks[at], path)
            if now is not None:
                return Line(seq, at, path, now)
        return None

    def _down(self, seq: Seq, index: int, target: str, path: Path) -> Residue | None:
        """Back to a target in this block: stages around it are opened again, branches beside it stand."""
        block = seq.blocks[index]
        later = _steps(Seq(seq.blocks[index + 1 :]), inside=True)
        self.came -= {(id, at) for id, at in self.came if id in later and at[: len(path)] == path}
        if isinstance(block, Step):
            return self._from(seq, index, path)
        now: Residue | None = None
        if isinstance(block, Stage):
            inner = self._down(block.body, holder(block.body, target), target, path)
            now = self._whole(Area(inner, (), block.handler, path))
        elif isinstance(block, Split):
            branch = next(b for b in block.branches if any(target in places(each) for each in b.blocks))
            inner = self._down(branch, holder(branch, target), target, path)
            now = Sides((inner,)) if inner else None
        return Line(seq, index, path, now) if now else self._from(seq, index + 1, path)

    def _begin(self, block: Block, path: Path) -> Residue | None:
        match block:
            case Step():
                self.came.add((block.id, path))
                return Task(block, path) if self.x >= block.least else None
            case Call():
                return Called(block, path)
            case Wait():
                return Waiting(block, path)
            case End():
                if self.x >= block.least:
                    raise Over("terminated")
                return None
            case Stage():
                return self._area(block.body, block.handler, path)
            case Split():
                return self._split(block, path)
            case Each():
                first = min(block.size, 1) if block.in_turn else block.size
                ran = [(n, self._area(block.body, None, (*path, n))) for n in range(1, first + 1)]
                return self._many(Many(block, path, (), first, 0), [*ran])

    def _split(self, split: Split, path: Path) -> Residue | None:
        taken = list(split.branches)
        if split.kind != "parallel":
            pairs = zip(split.branches, split.least, strict=True)
            taken = [b for b, least in pairs if self.x >= least] or [split.otherwise]
        if split.kind == "choose":
            return self._enter(taken[0], path)
        parts = tuple(part for branch in taken if (part := self._enter(branch, path)))
        return Sides(parts) if parts else None


@dataclass
class Reference(Entering):
    """The situation of one instance."""

    root: Area | None = None
    status: str = "running"
    spawned: list[tuple[str, Residue]] = field(default_factory=list)
    returning: str = ""
    restarted: Seq | None = None

    def start(self) -> None:
        self._run(lambda: self._area(self.tree, None, ()))

    # what is offered -----------------------------------------------------------------------------------

    def offers(self) -> set[Offer]:
        return set(_offers(self.root)) if self.root else set()

    # what is done --------------------------------------------------------------------------------------

    def submit(self, offer: Offer, x: int) -> None:
        self.x = x
        self._act(offer, lambda t: replace(t, review=True, votes=()) if t.step.gate else None)

    def vote(self, offer: Offer, person: str, *, yes: bool) -> None:
        def cast(task: Task) -> Residue | None:
            gate = task.step.gate
            assert gate is not None
            votes = (*task.votes, (person, yes))
            said = [vote for _, vote in votes]
            if said.count(True) >= gate.need:
                return None
            if 3 - said.count(False) >= gate.need:
                return replace(task, votes=votes)
            return self._declined(task, gate)

        self._act(offer, cast)

    def _declined(self, task: Task, gate: Gate) -> Residue | None:
        if gate.declined == "end":
            raise Over("declined")
        return replace(task, review=False, votes=()) if gate.declined == "return" else None

    def may_go_back(self, offer: Offer, target: str) -> bool:
        """Whether the flow came to the target in this round."""
        return any((target, offer.path[:depth]) in self.came for depth in range(len(offer.path) + 1))

    def send_back(self, offer: Offer) -> None:
        """To the step that its gate names."""

        def back(task: Task) -> Residue | None:
            assert task.step.gate is not None
            self.returning = task.step.gate.back
            return task

        self._act(offer, back)
        assert not self.returning, "somewhere around it the target must lie"

    def finish(self, offer: Offer) -> None:
        self._act(offer, lambda _: None)

    def fail(self, offer: Offer, *, error: bool) -> None:
        def failed(called: Called) -> Residue | None:
            caught = called.call.caught
            if error and caught is not None:
                return self._enter(caught, called.path)
            return replace(called, failed=True)

        self._act(offer, failed)

    def retry(self) -> None:
        def again(found: Residue) -> Residue | None:
            return replace(found, failed=False) if isinstance(found, Called) else found

        self._run(lambda: self._step(self.root, None, again))

    def fire(self, offer: Offer) -> None:
        """The handler of a task or of an area."""

        def alarm(found: Residue) -> Residue | None:
            if isinstance(found, Task):
                handler = found.step.handler
                assert handler is not None
                body = self._handled(handler, found.path)
                if handler.interrupts:
                    return body
                self.spawned += [(found.step.id, body)] if body else []
                return replace(found, armed=False)
            assert isinstance(found, Area)
            assert found.handler is not None
            body = self._handled(found.handler, found.path)
            if found.handler.interrupts:
                return Area(body, (), None, found.path) if body else None
            beside = (*found.beside, ("", body)) if body else found.beside
            return replace(found, handler=None, beside=beside)

        self._act(offer, alarm)

    def _handled(self, handler: Handler, path: Path) -> Residue | None:
        return self._area(handler.body, None, path)

    # the machinery -------------------------------------------------------------------------------------

    def _act(self, offer: Offer, change: Change) -> None:
        self._run(lambda: self._step(self.root, offer, change))

    def _run(self, work: Callable[[], "Area | Residue | None"]) -> None:
        try:
            self.root = work()
        except Over as over:
            self.root, self.status = None, str(over)
            return
        if self.root is None:
            self.status = "completed"

    def _step(self, found: Residue | None, offer: Offer | None, change: Change) -> "Residue | None":
        """The residue after `change` was done to what offers `offer` (None: to every leaf)."""
        match found:
            case Task() | Called() | Waiting():
                hit = offer is None or offer in set(_offers(found))
                return change(found) if hit else found
            case Line():
                return self._line(found, self._step(found.now, offer, change))
            case Sides():
                parts = [self._step(part, offer, change) for part in found.parts]
                kept = tuple(part for part in parts if part is not None)
                return Sides(kept) if kept else None
            case Area():
                if offer is not None and offer in set(_own(found)):
                    return self._whole(change(found))
                around = self.spawned, self.restarted  # of the area around this one: not for this one to take
                self.spawned, self.restarted = [], None
                main = self._step(found.main, offer, change)
                spawned, restarted = self.spawned, self.restarted
                self.spawned, self.restarted = around
                ran = [(host, self._step(part, offer, change)) for host, part in found.beside]
                beside = [(host, part) for host, part in ran if part] + spawned
                if restarted is not None:
                    beside = [(h, part) for h, part in beside if not _inside(found, restarted, h)]
                return self._whole(replace(found, main=main, beside=tuple(beside)))
            case Many():
                ran = [(n, self._step(area, offer, change)) for n, area in found.running]
                return self._many(found, ran)
        return None

    def _line(self, line: Line, now: Residue | None) -> Residue | None:
        if self.returning:
            for index, block in enumerate(line.seq.blocks):
                if self.returning in places(block):
                    target, self.returning, self.restarted = self.returning, "", line.seq
                    return self._down(line.seq, index, target, line.path)
            return line
        if now is not None:
            return replace(line, now=now)
        return self._from(line.seq, line.at + 1, line.path)


def holder(seq: Seq, target: str) -> int:
    """Which block of a sequence the target of a return lies in."""
    return next(index for index, block in enumerate(seq.blocks) if target in places(block))


def _offers(found: Residue | None) -> Iterator[Offer]:
    match found:
        case Task():
            yes = frozenset(p for p, _ in found.votes)
            yield Offer(found.step.id, found.path, "review" if found.review else "work", yes)
            if found.step.handler and found.armed:
                yield Offer(found.step.handler.id, found.path, "timer")
        case Called():
            yield Offer(found.call.id, found.path, "incident" if found.failed else "call")
        case Waiting():
            yield Offer(found.wait.id, found.path, "wait")
        case Line():
            yield from _offers(found.now)
        case Sides():
            for part in found.parts:
                yield from _offers(part)
        case Area():
            yield from _own(found)
            for part in (found.main, *(part for _, part in found.beside)):
                yield from _offers(part)
        case Many():
            for _, area in found.running:
                yield from _offers(area)


def _own(area: Area) -> Iterator[Offer]:
    if area.handler:
        yield Offer(area.handler.id, area.path, "timer")


def _inside(area: Area, restarted: Seq, host: str) -> bool:
    """Whether a handler that runs for this step (or for the area: nobody) is part of what restarts."""
    whole = isinstance(area.main, Line) and area.main.seq is restarted
    return whole or host in _steps(restarted)


def _steps(seq: Seq, *, inside: bool = False) -> set[str]:
    """The steps of a sequence, in its branches too; those of scopes in it only when asked for."""
    found: set[str] = set()
    for block in seq.blocks:
        if isinstance(block, Step):
            found.add(block.id)
        for branch in (*block.branches, block.otherwise) if isinstance(block, Split) else ():
            found |= _steps(branch, inside=inside)
        if inside and isinstance(block, Stage | Each):
            found |= _steps(block.body, inside=True)
    return found
