"""Jinja2 for people's texts, held to a subset that cannot explode.

Jinja2's own sandbox bounds neither memory nor time (one `'a' * 10**9`, two nested ranges). Rendering in a child
process with limits was the alternative; this project takes a subset instead in which each text costs a known
amount, because a definition that would be refused must be refused when it is deployed, and notices must not
need processes. Allowed: names, dotted look-ups in plain data, constants, comparisons, `and or not in`, `if`, `for`
over a name (not nested), and the filters and tests below. No arithmetic, no call, no assignment, no import, no
macro. What filters touch and what comes out is counted. Must not import store or kernel.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from types import CodeType
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, Undefined, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from signoff.errors import DefinitionError, Place, Problem
from signoff.model.display import show
from signoff.runtime.text import meant, visible
from signoff.sentences import LANGUAGES

MAX_TEMPLATE = 16 * 1024  # bytes
MAX_OUTPUT = 64 * 1024  # bytes
MAX_NODES = 2_000
MAX_DEPTH = 20
MAX_LOOPS = 5
MAX_LOOP_NODES = 200
MAX_ITEMS = 200
MAX_TEXT = 4_000  # characters of one value
MAX_SEPARATOR = 20  # characters
MAX_FACTS = 64 * 1024  # characters and parts of all values together
MAX_DIGITS = 40  # before or behind the point of a decimal
MAX_BITS = 128  # of an integer
MAX_WORK = 1_000_000  # characters that the filters of one rendering may touch

_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.List,
    nodes.Tuple,
    nodes.If,
    nodes.For,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
    nodes.Test,
    nodes.Keyword,
)
_WORDS: Mapping[type[nodes.Node], tuple[str, str]] = {
    nodes.Call: ("a call", "函数调用"),
    nodes.Getitem: ("an index", "下标"),
    nodes.Assign: ("set", "set"),
    nodes.AssignBlock: ("set", "set"),
    nodes.Macro: ("macro", "macro"),
    nodes.Include: ("include", "include"),
    nodes.Import: ("import", "import"),
    nodes.FromImport: ("import", "import"),
    nodes.Extends: ("extends", "extends"),
    nodes.Block: ("block", "block"),
    nodes.With: ("with", "with"),
    nodes.FilterBlock: ("a filter block", "过滤器块"),
    nodes.BinExpr: ("arithmetic", "运算"),
    nodes.UnaryExpr: ("arithmetic", "运算"),
    nodes.Concat: ("arithmetic", "运算"),
    nodes.Dict: ("a mapping", "映射"),
}
_RESERVED = ("self", "super", "caller", "varargs", "kwargs")
FILTERS = ("count", "d", "default", "first", "join", "last", "length", "lower", "trim", "upper")
TESTS = ("defined", "none", "undefined")
_LOOP = frozenset({"first", "index", "last", "length"})
_UNREADABLE = (TemplateError, RecursionError, MemoryError, ValueError, OverflowError)
_UNRENDERABLE = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError)


def check_template(text: str, names: Collection[str] | None = None, *, file: str = "") -> list[Problem]:
    """Everything that keeps a definition's template from being rendered safely; empty when all is well.

    With `names` also each name that is none of them. Lines count from 1 within the template.
    """
    if len(text.encode(errors="replace")) > MAX_TEMPLATE:
        return [Problem("template_too_large", Place(file), {"limit": MAX_TEMPLATE // 1024})]
    try:
        parsed = _Environment().parse(text)
    except TemplateSyntaxError as error:
        return [Problem("template_unreadable", Place(file, error.lineno), {"reason": error.message or ""})]
    except _UNREADABLE as error:
        return [Problem("template_unreadable", Place(file), {"reason": type(error).__name__})]
    found = [*_shape(parsed), *_loops(parsed), *_names(parsed, names)]
    return [
        Problem(code, Place(file, line), params) for line, code, params in sorted(found, key=lambda f: f[:2])
    ]


def render_template(text: str, facts: Mapping[str, Any], *, lang: str = "zh", zone: str = "UTC") -> str:
    """The text for these facts; DefinitionError when the template is not safe or a fact is missing.

    Values are shown as people read them in `lang`, instants in `zone`. Long values are cut, control and bidi
    characters written out.
    """
    problem = _first_problem(text)
    if problem is not None:
        spoken = {lang: problem.sentence(lang) for lang in LANGUAGES}
        raise DefinitionError("template_refused", problem=spoken)
    try:
        template = Template.from_code(_Environment(lang, zone), _compiled(text, lang, zone), {})
        return _collected(template.generate(_Facts().copied(facts)))
    except _UNRENDERABLE as error:
        raise DefinitionError("template_not_rendered", reason=str(error)) from error


# The same few templates are rendered for everybody, and to read one takes five times as long as to fill it in.
@lru_cache(maxsize=256)
def _first_problem(text: str) -> Problem | None:
    return next(iter(check_template(text)), None)


@lru_cache(maxsize=256)
def _compiled(text: str, lang: str, zone: str) -> CodeType:
    """Constants stand in the code as they are shown, so language and zone belong to it."""
    return _Environment(lang, zone).compile(text)


def _collected(chunks: Iterator[str]) -> str:
    parts, size = [], 0
    for chunk in chunks:
        size += len(chunk.encode(errors="replace"))
        if size > MAX_OUTPUT:
            raise DefinitionError("template_output_too_large", limit=MAX_OUTPUT // 1024)
        parts.append(chunk)
    return "".join(parts)


_Finding = tuple[int, str, dict[str, Any]]


def _shape(parsed: nodes.Template) -> Iterator[_Finding]:
    """What is not in the subset. Walks without recursion: the depth itself is what is measured."""
    waiting: list[tuple[nodes.Node, int]] = [(parsed, 0)]
    count = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if depth > MAX_DEPTH or count > MAX_NODES:
            yield node.lineno, "template_too_complex", {}
            return
        if isinstance(node, _ALLOWED):
            yield from _details(node)
            waiting.extend((child, depth + 1) for child in node.iter_child_nodes())
        else:
            yield _refused(node, *_word(node))


def _word(node: nodes.Node) -> tuple[str, str]:
    kind = type(node).__name__.lower()
    return next((words for kind, words in _WORDS.items() if isinstance(node, kind)), (kind, kind))


def _refused(node: nodes.Node, en: str, zh: str) -> _Finding:
    return node.lineno, "template_not_allowed", {"what": {"en": en, "zh": zh}}


def _details(node: nodes.Node) -> Iterator[_Finding]:
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        yield node.lineno, "template_unknown_filter", {"name": node.name, "known": list(FILTERS)}
    if isinstance(node, nodes.Test) and node.name not in TESTS:
        yield node.lineno, "template_unknown_test", {"name": node.name, "known": list(TESTS)}
    if isinstance(node, nodes.Filter | nodes.Test) and not _constant_arguments(node):
        yield (
            node.lineno,
            "template_not_allowed",
            {"what": f"{node.name} of something that is not a constant"},
        )
    if isinstance(node, nodes.Name) and node.name in _RESERVED:
        yield _refused(node, node.name, node.name)
    if isinstance(node, nodes.Filter) and node.node is None:
        yield _refused(node, "a filter block", "过滤器块")


def _constant_arguments(node: nodes.Filter | nodes.Test) -> bool:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        return False
    given = [*node.args, *(pair.value for pair in node.kwargs if isinstance(pair, nodes.Keyword))]
    return all(isinstance(value, nodes.Const) for value in given)


def _loops(parsed: nodes.Template) -> Iterator[_Finding]:
    loops = list(parsed.find_all(nodes.For)) if _shallow(parsed) else []
    if len(loops) > MAX_LOOPS:
        yield loops[MAX_LOOPS].lineno, "template_too_many_loops", {"limit": MAX_LOOPS}
    for loop in loops:
        if loop.recursive or any(True for _ in loop.find_all(nodes.For)):
            yield loop.lineno, "template_nested_loop", {}
        if not isinstance(loop.iter, nodes.Name | nodes.Getattr):
            yield _refused(loop, "a loop over anything but a name", "对名称以外内容的循环")
        if sum(1 for _ in loop.find_all(nodes.Node)) > MAX_LOOP_NODES:
            yield loop.lineno, "template_too_complex", {}


def _shallow(parsed: nodes.Template) -> bool:
    return all(code != "template_too_complex" for _, code, _ in _shape(parsed))


def _names(parsed: nodes.Template, names: Collection[str] | None) -> Iterator[_Finding]:
    if names is None or not _shallow(parsed):
        return
    found = list(parsed.find_all(nodes.Name))
    known = {*names, "loop", *(name.name for name in found if name.ctx == "store")}
    for name in found:
        if name.name not in known:
            params = {"name": name.name, "hint": meant(name.name, names)}
            yield name.lineno, "template_unknown_name", params


class _Facts:
    """A copy of the facts as plain data, cut to what a notice can carry. One object per rendering."""

    def __init__(self) -> None:
        self._left = MAX_FACTS

    def copied(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {str(name): self._value(value, 0) for name, value in facts.items()}

    def _value(self, value: Any, depth: int) -> Any:
        self._left -= 1
        if isinstance(value, str):
            return self._text(value)
        if value is None or isinstance(value, bool | float | date | datetime | timedelta):
            return value
        if isinstance(value, int | Decimal):
            return value if _writable(value) else "…"
        if depth > MAX_DEPTH or self._left <= 0:
            return "…"
        if isinstance(value, Mapping):
            pairs = list(value.items())[:MAX_ITEMS]
            return {self._text(str(name)): self._value(part, depth + 1) for name, part in pairs}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._value(part, depth + 1) for part in list(value)[:MAX_ITEMS]]
        raise TypeError(f"{type(value).__name__} is not plain data")

    def _text(self, value: str) -> str:
        room = max(min(MAX_TEXT, self._left), 0)
        self._left -= min(len(value), room)
        return visible(value if len(value) <= room else f"{value[:room]}…")


def _writable(value: int | Decimal) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite() and abs(value.adjusted()) <= MAX_DIGITS
    return value.bit_length() <= MAX_BITS


class _Environment(ImmutableSandboxedEnvironment):
    """Dotted names are look-ups in data, never Python attributes; nothing can be called. One per rendering."""

    def __init__(self, lang: str = "zh", zone: str = "UTC") -> None:
        super().__init__(
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            optimized=False,
            cache_size=0,
            finalize=self._shown,
        )
        self._lang, self._zone = lang, zone
        self._work = MAX_WORK
        self.globals.clear()
        self.filters = {name: self._counted(function) for name, function in self._functions().items()}
        self.tests = {name: test for name, test in self.tests.items() if name in TESTS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, LoopContext):
            return getattr(obj, attribute) if attribute in _LOOP else self.undefined(obj=obj, name=attribute)
        if obj is None:
            return None  # a field of null is null (language.md §10)
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return self.undefined(obj=obj, name=argument)

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ARG002 - the sandbox asks; the answer is always no
        return False

    def _shown(self, value: Any) -> Any:
        return value if isinstance(value, Undefined) else show(value, None, self._lang, zone=self._zone)

    def _functions(self) -> dict[str, Callable[..., Any]]:
        return {
            "count": len,
            "d": _default,
            "default": _default,
            "first": _first,
            "join": self._join,
            "last": _last,
            "length": len,
            "lower": lambda value: str(self._shown(value)).lower(),
            "trim": lambda value: str(self._shown(value)).strip(),
            "upper": lambda value: str(self._shown(value)).upper(),
        }

    def _join(self, value: Any, by: str = "") -> str:
        parts = value if isinstance(value, list) else [value]
        return str(by)[:MAX_SEPARATOR].join(str(self._shown(part)) for part in parts)

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(value: Any, *args: Any, **kwargs: Any) -> Any:
            result = function(value, *args, **kwargs)
            self._work -= 1 + sum(len(part) for part in (value, result) if isinstance(part, str | list))
            if self._work < 0:
                raise DefinitionError("template_too_much_work")
            return result

        return counted


def _first(value: Any) -> Any:
    return value[0] if value else None


def _last(value: Any) -> Any:
    return value[-1] if value else None


def _default(value: Any, fallback: Any = "", *_: Any) -> Any:
    return fallback if value is None or isinstance(value, Undefined) else value
