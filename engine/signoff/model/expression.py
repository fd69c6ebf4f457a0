"""An expression as a frozen value: its text, what it reads, and how it is evaluated.

Equal and hashable by the text; the compiled closures are made on first use and count in no comparison, copy or
pickle. May import the rest of model/ below it (grammar, syntax, closure, facts) and errors.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from signoff.model import grammar, syntax
from signoff.model.closure import Closure, Compiler, Frame
from signoff.model.facts import Facts
from signoff.model.fault import ExpressionFault

__all__ = ["Expression", "ExpressionFault", "Facts"]

_NO_PATH = ""


@dataclass(frozen=True, slots=True)
class _Program:
    """What a text became; sources say which path a name bound by `for` stands for."""

    node: syntax.Node
    run: Closure
    slots: int
    names: frozenset[str]
    paths: frozenset[str]
    documents: frozenset[str]
    steps: frozenset[str]


class _Compiled:
    """Room for what the text became; no part of the value."""

    __slots__ = ("_program",)

    _program: _Program


@dataclass(frozen=True, slots=True)
class Expression(_Compiled):
    """A text of the expression language (reference §10)."""

    text: str

    @classmethod
    def of(cls, text: str) -> "Expression":
        """Parses at once; raises UnsafeExpression(code, offset=..., text=...)."""
        expression = cls(text)
        expression._compile()
        return expression

    @property
    def node(self) -> syntax.Node:
        """The syntax tree. Raises UnsafeExpression, as do the properties below."""
        return self._compile().node

    @property
    def names(self) -> frozenset[str]:
        """The names it reads from outside; not those that its own `for` binds."""
        return self._compile().names

    @property
    def paths(self) -> frozenset[str]:
        """The dotted paths it reads; what it reads of an element of a list stands under the list's path."""
        return self._compile().paths

    @property
    def documents(self) -> frozenset[str]:
        """The ids in document('…')."""
        return self._compile().documents

    @property
    def steps(self) -> frozenset[str]:
        """The ids in verdict('…'), done_at('…') and done_by('…')."""
        return self._compile().steps

    def evaluate(self, names: Mapping[str, Any], facts: Facts) -> Any:
        """The value over these names; a fault says what could not be computed and in which expression.

        Raises ExpressionFault, and UnsafeExpression when the text was never parsed and cannot be.
        """
        program = self._compile()
        try:
            return program.run(Frame(names, facts, program.slots))
        except ExpressionFault as fault:
            fault.params = {"expression": self.text, **fault.params}
            raise
        except RecursionError:
            raise ExpressionFault("too_many_steps", most=0, expression=self.text) from None

    def _compile(self) -> _Program:
        try:
            return self._program
        except AttributeError:
            object.__setattr__(self, "_program", _program(self.text))
            return self._program

    def __reduce__(self) -> tuple[Callable[[str], "Expression"], tuple[str]]:
        return Expression, (self.text,)

    def __str__(self) -> str:
        return self.text


def _program(text: str) -> _Program:
    node = grammar.parse(text)
    compiler = Compiler(grammar.composed(text))
    run = compiler.build(node)
    reads = list(reads_of(node))
    calls = [part for part in _parts(node) if isinstance(part, syntax.Call) and part.name in grammar.NAMING]
    ids = [(call.name == "document", call.arguments[0].value) for call in calls]  # type: ignore[union-attr]  # the grammar takes nothing but a text there
    return _Program(
        node,
        run,
        compiler.slots,
        frozenset(read.root for read, _ in reads if read.slot is None),
        frozenset(path for _, path in reads if path),
        frozenset(str(name) for is_document, name in ids if is_document),
        frozenset(str(name) for is_document, name in ids if not is_document),
    )


def _parts(node: syntax.Node | syntax.Each) -> Iterator[syntax.Node | syntax.Each]:
    yield node
    for part in syntax.children(node):
        yield from _parts(part)


def reads_of(
    node: syntax.Node | syntax.Each, sources: Mapping[int, str] | None = None
) -> Iterator[tuple[syntax.Path, str]]:
    """Every look-up with its full path; empty when the list that it stands for is no path itself."""
    sources = sources or {}
    if isinstance(node, syntax.Path):
        yield node, path_of(node, sources)
    if isinstance(node, syntax.Each):
        source = path_of(node.source, sources) if isinstance(node.source, syntax.Path) else _NO_PATH
        yield from reads_of(node.source, sources)
        sources = {**sources, node.slot: source}
        for part in (*((node.test,) if node.test else ()), node.body):
            yield from reads_of(part, sources)
        return
    for part in syntax.children(node):
        yield from reads_of(part, sources)


def path_of(node: syntax.Path, sources: Mapping[int, str]) -> str:
    """The dotted path from the root name; `sources`: slot -> path of the list that a `for` runs over."""
    root = node.root if node.slot is None else sources.get(node.slot, _NO_PATH)
    return ".".join((root, *node.fields)) if root else _NO_PATH
