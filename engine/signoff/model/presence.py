"""Which paths an expression reads without making sure that something is there (reference §10, Null; D01).

`filled(x)`, `default(x, …)`, `x == null` may meet null; behind `filled(x) and …`, `x == null or …`, in the
branch of a choice and behind the `if` of a `for` the path counts as there. May import the rest of model/.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from signoff.model import syntax
from signoff.model.expression import Expression, path_of
from signoff.model.syntax import Call, Comparison, Denial, Each, Literal, Logic, Node, Path

_Paths = frozenset[str]
_NONE: _Paths = frozenset()


def unguarded(expression: Expression) -> Mapping[str, int]:
    """Path -> offset of its first read that a null would break or make pointless."""
    walk = _Walk()
    walk.visit(expression.node, _NONE)
    return walk.found


@dataclass(slots=True)
class _Walk:
    found: dict[str, int] = field(default_factory=dict)
    sources: dict[int, str] = field(default_factory=dict)

    def visit(self, node: Node | Each, there: _Paths) -> None:
        match node:
            case Path():
                self._read(node, there)
            case Logic():
                self._logic(node, there)
            case syntax.Choice():
                self.visit(node.test, there)
                self.visit(node.then, there | self._given(node.test, truth=True))
                self.visit(node.otherwise, there | self._given(node.test, truth=False))
            case Each():
                self._each(node, there)
            case Call(name="filled" | "default") | Comparison():
                for part in self._needed(node):
                    self.visit(part, there)
            case _:
                for part in syntax.children(node):
                    self.visit(part, there)

    def _read(self, node: Path, there: _Paths) -> None:
        path = path_of(node, self.sources)
        if path and not any(path == known or path.startswith(known + ".") for known in there):
            self.found.setdefault(path, node.start)

    def _logic(self, node: Logic, there: _Paths) -> None:
        for part in node.parts:
            self.visit(part, there)
            there |= self._given(part, truth=node.word == "and")

    def _each(self, node: Each, there: _Paths) -> None:
        self.visit(node.source, there)
        self.sources[node.slot] = path_of(node.source, self.sources) if isinstance(node.source, Path) else ""
        if node.test is not None:
            self.visit(node.test, there)
            there |= self._given(node.test, truth=True)
        self.visit(node.body, there)

    def _needed(self, node: Node) -> Iterator[Node | Each]:
        """The parts that must be there: a plain path that is asked about null need not be."""
        may_be_null: tuple[Node | Each, ...] = ()
        if isinstance(node, Call):
            may_be_null = node.arguments[:1]
        elif isinstance(node, Comparison) and (asked := _asked(node)):
            may_be_null = (asked,)
        for part in syntax.children(node):
            if not (part in may_be_null and isinstance(part, Path)):
                yield part

    def _given(self, node: Node, *, truth: bool) -> _Paths:
        """The paths that are there whenever the node turns out so."""
        match node:
            case Denial():
                return self._given(node.of, truth=not truth)
            case Logic() if (node.word == "and") is truth:
                return _NONE.union(*(self._given(part, truth=truth) for part in node.parts))
            case Call(name="filled", arguments=(Path() as path,)) if truth:
                return frozenset({path_of(path, self.sources)}) - {""}
            case Comparison(rest=((sign, _),)) if (asked := _asked(node)) and truth is (sign == "!="):
                return frozenset({path_of(asked, self.sources)}) - {""}
        return _NONE


def _asked(node: Comparison) -> Path | None:
    """The path of `path == null` and `path != null`."""
    if len(node.rest) != 1 or node.rest[0][0] not in {"==", "!="}:
        return None
    first, second = node.first, node.rest[0][1]
    if isinstance(first, Literal) and first.value is None:
        first, second = second, first
    null = isinstance(second, Literal) and second.value is None
    return first if null and isinstance(first, Path) else None
