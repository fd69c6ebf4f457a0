"""What is certain, and what is possible, when a node is reached: data filled, steps done, documents delivered.

Walks the tree of blocks once. Certain is what holds on every way to a node, possible what holds on some way.
A graph without blocks has no course. May import the rest of model/.
"""

from dataclasses import dataclass, field, replace

from signoff.model import syntax
from signoff.model.block import SPLITS, Block, BlockKind
from signoff.model.definition import Definition
from signoff.model.nodes import (
    Activity,
    Assignments,
    BoundaryEvent,
    EndEvent,
    EventSubProcess,
    HumanTask,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    Node,
    RequestEffect,
    RequestEvent,
    SubProcess,
    TerminateEndEvent,
    UserTask,
)
from signoff.model.types import Declaration

_Names = frozenset[str]
_NONE: _Names = frozenset()
#: Names that are no data and always there.
GIVEN = frozenset({"result", "starter", "started_at", "process_key", "position", "round_no"})


@dataclass(frozen=True, slots=True)
class Known:
    """`data`: names certainly filled; `done`: nodes certainly completed; `before`: nodes that may have been."""

    data: _Names = _NONE
    done: _Names = _NONE
    before: _Names = _NONE
    documents: _Names = _NONE  # that may have been delivered

    def met(self, other: "Known") -> "Known":
        """What holds when the way led here or there."""
        return Known(
            self.data & other.data,
            self.done & other.done,
            self.before | other.before,
            self.documents | other.documents,
        )

    def both(self, other: "Known") -> "Known":
        """What holds when both ways were gone."""
        return Known(
            self.data | other.data,
            self.done | other.done,
            self.before | other.before,
            self.documents | other.documents,
        )

    def perhaps(self, other: "Known") -> "Known":
        """What holds when something may have happened."""
        return replace(self, before=self.before | other.before, documents=self.documents | other.documents)


@dataclass(slots=True)
class Course:
    """`at`: what is known when a node is entered; `unreached`: node -> the end that keeps it from being reached."""

    definition: Definition
    at: dict[str, Known] = field(default_factory=dict)
    unreached: dict[str, str] = field(default_factory=dict)
    _ending: set[str] = field(default_factory=set)  # lists whose end is never reached

    @classmethod
    def of(cls, definition: Definition) -> "Course":
        course = cls(definition)
        start = course.started
        if "/" in definition.blocks:
            after = course._sequence(definition.blocks["/"], start) or start
            course._beside("/", start, after)
        return course

    @property
    def started(self) -> Known:
        """What is known once the process was started."""
        given = frozenset(name for name, d in self.definition.data.items() if _is_given(d))
        known = Known(data=given.union(self.definition.start.form.fill))
        for id in self.definition.events_at_start.get("", ()) if self.definition.blocks else ():
            brought = filled(getattr(self.definition.nodes[id], "assign", ()), Known(data=given))
            known = known.met(Known(data=given | brought))
        return known

    def within(self, node: str) -> Known:
        """What is known once the node's own form was filled."""
        known = self.at[node]
        found = self.definition.nodes[node]
        fill = found.form.fill if isinstance(found, UserTask) else ()
        return replace(known, data=known.data.union(fill))

    # blocks ------------------------------------------------------------------------------------------------

    def _sequence(self, block: Block, known: Known) -> Known | None:
        """What is known after a list of blocks; None when its end is never reached."""
        if block.entry in self.definition.nodes:
            self.at.setdefault(block.entry, known)
        first, lands = known, self.definition.landings
        ended = ""
        for child in self.definition.children(block.id):
            if child.order < 0:
                continue
            if child.id in lands:
                known, ended = known.met(first), ""
            if ended:
                self.unreached[child.entry] = ended
            after = self._block(child, known)
            if after is None:
                ended = ended or child.exit
                known = self.at[child.entry]
            else:
                known = after
        if block.exit in self.definition.nodes:
            self.at.setdefault(block.exit, known)
        if ended:
            self._ending.add(block.id)
        return None if ended else known

    def _block(self, block: Block, known: Known) -> Known | None:
        self.at[block.entry] = known
        if block.kind in SPLITS:
            return self._split(block, known)
        node = self.definition.nodes[block.entry]
        if isinstance(node, TerminateEndEvent | EndEvent):
            return known if getattr(node, "condition", None) else None
        inner = self._inside(block, node, known) if isinstance(node, SubProcess) else known
        return self._after(node, known, inner)

    def _inside(self, block: Block, node: SubProcess, known: Known) -> Known:
        """What is known once the steps of a sub-process are done; its handlers are walked, too."""
        sequence = self.definition.blocks[f"{block.id}/"]
        given = {d.name for d in node.data if _is_given(d)} | ({node.multi.item} if node.multi else set())
        given |= asked(node)
        fresh = replace(known, data=known.data - {d.name for d in node.data} | given)
        if isinstance(node, EventSubProcess):
            fresh = replace(fresh, data=fresh.data | filled(node.accepts, fresh))
        after = self._sequence(sequence, fresh) or fresh
        if node.multi:  # perhaps over nothing
            after = fresh.perhaps(after)
        return self._beside(sequence.id, fresh, after)

    def _beside(self, sequence: str, fresh: Known, after: Known) -> Known:
        """What is known after a list of blocks and the handlers beside it."""
        for child in self.definition.children(sequence):
            handler = self.definition.nodes[child.entry] if child.entry else None
            if isinstance(handler, EventSubProcess):
                end = self._handler(child, fresh.perhaps(after))
                ends = handler.interrupting and not getattr(handler, "host", "")
                lands = getattr(handler, "continue_at", "")  # what it skips is counted there
                lands = lands or f"{child.id}/" in self._ending
                after = after.met(end) if ends and not lands else after.perhaps(end)
        return after

    def _handler(self, block: Block, known: Known) -> Known:
        self.at[block.entry] = known
        node = self.definition.nodes[block.entry]
        assert isinstance(node, SubProcess)
        after = self._inside(block, node, known)
        return replace(after, data=after.data | filled(node.assign, after))

    def _after(self, node: Node, known: Known, inner: Known) -> Known:
        """What is known after a node, its handlers counted."""
        done = self._done(node, inner)
        for event in self.definition.boundaries.get(node.id, ()):
            if event.handler:
                self._undone(event.handler, done)
        if any(r.interrupting and r.host == node.id for r in self.definition.requests.values()):
            done = done.met(known.perhaps(inner))
        for event in self.definition.boundaries.get(node.id, ()):
            if event.handler:
                continue
            end = self._boundary(event, known, inner)
            ended = any(f"{flow.target}/" in self._ending for flow in self.definition.outgoing[event.id])
            goes_on = event.interrupting and not event.continue_at and not ended
            done = done.met(end) if goes_on else done.perhaps(end)
        return done

    def _undone(self, handler: str, done: Known) -> None:
        """What undoes a node runs some time after it."""
        self.at[handler] = done
        node = self.definition.nodes[handler]
        if isinstance(node, SubProcess) and handler in self.definition.blocks:
            self._inside(self.definition.blocks[handler], node, done)

    def _done(self, node: Node, inner: Known) -> Known:
        done = replace(inner, before=inner.before | {node.id})
        if isinstance(node, UserTask):
            done = replace(done, documents=done.documents.union(node.delivers))
        if getattr(node, "condition", None) is not None:
            return self.at[node.id].perhaps(done)
        if isinstance(node, HumanTask) and node.lapses is not None:
            return done
        if isinstance(node, UserTask):
            done = replace(done, data=done.data.union(node.form.fill))
        if isinstance(node, (Activity, IntermediateCatchEvent, IntermediateThrowEvent, RequestEffect)):
            done = replace(done, data=done.data | filled(node.assign, done), done=done.done | {node.id})
        if isinstance(node, SubProcess) and node.multi:
            done = replace(done, data=done.data.union(target for target, _ in node.multi.collect))
        return done

    def _boundary(self, event: BoundaryEvent, known: Known, inner: Known) -> Known:
        known = known.perhaps(inner)
        self.at[event.id] = known
        known = replace(known, data=known.data | filled(event.assign, known))
        for flow in self.definition.outgoing[event.id]:
            body = self.definition.nodes[flow.target]
            if flow.target in self.definition.blocks and isinstance(body, SubProcess):
                self.at[body.id] = known
                return self._inside(self.definition.blocks[body.id], body, known)
        return known

    def _split(self, block: Block, known: Known) -> Known | None:
        """Branches: all of them, one of them, or some of them."""
        self.at[block.id] = known
        branches = [b for b in self.definition.children(block.id) if b.order > 0]
        ends = [end for branch in branches if (end := self._sequence(branch, known)) is not None]
        guarded = block.entry == f"{block.id}.if"
        self.at[block.entry] = known
        if not ends:
            return known if guarded or not branches else None
        after = ends[0]
        for end in ends[1:]:
            after = after.both(end) if block.kind is BlockKind.PARALLEL else after.met(end)
        join = f"{block.id}.join"
        self.at[join] = after
        return known.perhaps(after) if guarded else after


def asked(node: Node) -> _Names:
    """What a request must bring."""
    event = node.event if isinstance(node, EventSubProcess) else None
    return frozenset(event.form.fill) if isinstance(event, RequestEvent) else _NONE


def _is_given(declared: Declaration) -> bool:
    """Whether a name has a value from the start, or one that is computed."""
    return declared.default is not None or declared.formula is not None


def filled(assign: Assignments, known: Known) -> _Names:
    """The names that assignments certainly fill: a plain name that may be empty hands its emptiness on."""
    return frozenset(
        target
        for target, value in assign
        if "." not in target
        and not (isinstance(value.node, syntax.Path) and value.node.root not in known.data | GIVEN)
    )
