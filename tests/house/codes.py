"""Which codes the packages speak: every place that hands a code to an error, a problem or `sentences.render`.

Found in the syntax trees: an error class takes its code where its constructor does; a class with a `code`
field and a `sentence` method takes it there; a function that passes one of its parameters on as a code takes
it in that parameter. Must import nothing of signoff.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.house.source import Function, Module, called, calls, classes, dotted, functions, walked

ROOT_ERROR = "SignoffError"
# Methods that sets, lists and dicts have too: a function of this name counts in its own module only, as a private one does.
EVERYDAY = frozenset({"add", "append", "get", "insert", "pop", "remove", "setdefault", "update", "write"})
PREFIX = re.compile(r"[a-z]+(_[a-z]+)*_")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Something called with a code: the parameter's name and position; `home` limits it to one module."""

    parameter: str
    position: int
    home: str = ""
    kind: str = "function"


@dataclass(frozen=True, slots=True)
class Use:
    """A code at a place; `params` are the names given for its sentence, None where they cannot be read."""

    place: str
    code: str
    params: frozenset[str] | None = None


@dataclass(slots=True)
class Speakers:
    """All speakers by the name they are called by."""

    known: dict[str, list[Speaker]] = field(default_factory=dict)

    def add(self, name: str, speaker: Speaker) -> bool:
        found = self.known.setdefault(name, [])
        if speaker in found:
            return False
        found.append(speaker)
        return True

    def of(self, module: Module, call: ast.Call) -> Iterator[Speaker]:
        name = called(call)
        for speaker in self.known.get(name, ()):
            if not speaker.home or speaker.home == module.name:
                yield speaker


def speakers(modules: Iterable[Module]) -> Speakers:
    """Everything in these modules that takes a code, found by following codes upwards until nothing is new."""
    modules = list(modules)
    found = Speakers({"render": [Speaker("code", 0, kind="render")]})
    heads = {each.name: each for module in modules for each in classes(module.tree)}
    for head in heads.values():
        if (speaker := _error(head, heads)) or (speaker := _sentence(head)):
            found.add(head.name, speaker)
    while _round(modules, found):
        pass
    return found


def _round(modules: Iterable[Module], found: Speakers) -> bool:
    """Follow every function once; whether anything was new."""
    new = False
    for module in modules:
        for function in functions(module.tree):
            new |= _follow(module, function, found)
    return new


def _error(head: ast.ClassDef, heads: dict[str, ast.ClassDef]) -> Speaker | None:
    """How an error class takes its code: as its own constructor does, else as its parent's."""
    if not _is_error(head, heads):
        return None
    constructor = next(
        (each for each in head.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None
    )
    if constructor is None:
        parents = (heads[dotted(base)] for base in head.bases if dotted(base) in heads)
        return next((speaker for parent in parents if (speaker := _error(parent, heads))), None)
    if any(_own_code(call) for call in ast.walk(constructor)):
        return None
    names = [each.arg for each in constructor.args.args][1:]
    return Speaker("code", names.index("code"), kind="error") if "code" in names else None


def _is_error(head: ast.ClassDef, heads: dict[str, ast.ClassDef]) -> bool:
    parents = [dotted(base) for base in head.bases]
    return head.name == ROOT_ERROR or any(_is_error(heads[name], heads) for name in parents if name in heads)


def _own_code(node: ast.AST) -> str:
    """The code that a constructor hands to its parent by itself."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__"),
            args=[ast.Constant(value=str(code)), *_],
        ):
            return code
    return ""


def _sentence(head: ast.ClassDef) -> Speaker | None:
    fields = [
        each.target.id
        for each in head.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    ]
    speaks = any(isinstance(each, ast.FunctionDef) and each.name == "sentence" for each in head.body)
    return Speaker("code", fields.index("code"), kind="problem") if speaks and "code" in fields else None


def _follow(module: Module, function: Function, found: Speakers) -> bool:
    names = [each.arg for each in function.args.args + function.args.kwonlyargs]
    own = 1 if names[:1] in (["self"], ["cls"]) else 0
    home = module.name if function.name in EVERYDAY or function.name.startswith("_") else ""
    new = False
    for call in calls(function):
        for speaker in list(found.of(module, call)):
            given = _argument(call, speaker)
            if isinstance(given, ast.Name) and given.id in names and function.name != "__init__":
                new |= found.add(function.name, Speaker(given.id, names.index(given.id) - own, home))
    return new


def _argument(call: ast.Call, speaker: Speaker) -> ast.expr | None:
    if len(call.args) > speaker.position:
        return call.args[speaker.position]
    return next((each.value for each in call.keywords if each.arg == speaker.parameter), None)


def uses(modules: Iterable[Module]) -> Iterator[Use]:
    """Every code that can be read from the source, with what is given for its sentence."""
    modules = list(modules)
    found = speakers(modules)
    for module in modules:
        for node in walked(module.tree):
            if code := _own_code(node):
                yield Use(f"{module.place}:{node.lineno}", code)  # type: ignore[attr-defined] # a call has a line
            elif isinstance(node, ast.Call):
                yield from _said(module, node, found)
            elif isinstance(node, ast.FunctionDef):
                yield from _default(module, node)


def _said(module: Module, call: ast.Call, found: Speakers) -> Iterator[Use]:
    for speaker in found.of(module, call):
        for code in _values(_argument(call, speaker)):
            yield Use(f"{module.place}:{call.lineno}", code, _params(call, speaker))


def _default(module: Module, function: ast.FunctionDef) -> Iterator[Use]:
    arguments = function.args.args
    for argument, default in zip(reversed(arguments), reversed(function.args.defaults), strict=False):
        if argument.arg == "code" and function.name == "__init__":
            yield from (Use(f"{module.place}:{default.lineno}", code) for code in _values(default))


def _values(node: ast.expr | None) -> list[str]:
    match node:
        case ast.Constant(value=str(code)):
            return [code]
        case ast.IfExp(body=body, orelse=orelse):
            return _values(body) + _values(orelse)
    return []


def _params(call: ast.Call, speaker: Speaker) -> frozenset[str] | None:
    names = [each.arg for each in call.keywords]
    if speaker.kind == "error" and None not in names:
        return frozenset({str(name) for name in names} | {"count"})
    if speaker.kind == "problem":
        given = next((each.value for each in call.keywords if each.arg == "params"), None)
        return _keys(call.args[2] if len(call.args) > 2 else given, nothing=None not in names)
    return None


def _keys(node: ast.expr | None, *, nothing: bool) -> frozenset[str] | None:
    match node:
        case None if nothing:
            return frozenset()
        case ast.Dict(keys=keys) if all(isinstance(key, ast.Constant) for key in keys):
            return frozenset(str(key.value) for key in keys if isinstance(key, ast.Constant))
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords) if all(
            each.arg for each in keywords
        ):
            return frozenset(str(each.arg) for each in keywords)
    return None


def mentions(modules: Iterable[Module]) -> tuple[frozenset[str], frozenset[str]]:
    """All string constants, and the beginnings of f-strings that could make up a code (`refused_{reason}`)."""
    texts, beginnings = set(), set()
    for module in modules:
        for node in walked(module.tree):
            match node:
                case ast.Constant(value=str(text)):
                    texts.add(text)
                case ast.JoinedStr(values=[ast.Constant(value=str(text)), ast.FormattedValue(), *_]) if (
                    PREFIX.fullmatch(text)
                ):
                    beginnings.add(text)
    return frozenset(texts), frozenset(beginnings)
