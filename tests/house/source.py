"""The project's source as data: modules with their syntax trees, their imports and their functions.

Owns reading; what is allowed is said by the tests beside it. Must import nothing of signoff, so that it can
judge code that does not even import.
"""

import ast
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE_ROOTS = {"signoff": "engine", "signoff_cli": "cli", "signoff_workflows": "workflows"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """A Python file: its dotted name, its place for messages, its text and tree."""

    name: str
    place: str
    text: str
    tree: ast.Module
    is_package: bool = False

    @property
    def package(self) -> str:
        return self.name if self.is_package else self.name.rpartition(".")[0]


def example(name: str, text: str) -> Module:
    """A made-up module, to show that a check can fail."""
    return Module(name, f"{name}.py", text, ast.parse(text))


@cache
def packages() -> tuple[Module, ...]:
    """Every module of the three packages."""
    with _uncollected():
        return tuple(
            module
            for package, folder in SOURCE_ROOTS.items()
            for module in _read(ROOT / folder, ROOT / folder / package)
        )


@cache
def suite() -> tuple[Module, ...]:
    """Every module of the tests."""
    with _uncollected():
        return tuple(_read(ROOT, ROOT / "tests"))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Trees are kept: looking for garbage among them costs five times the parsing, and all tests that follow."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _read(source_root: Path, folder: Path) -> Iterator[Module]:
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(source_root).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        text = path.read_text(encoding="utf-8")
        yield Module(name, str(path.relative_to(ROOT)), text, ast.parse(text), is_package)


@cache
def walked(tree: ast.AST) -> tuple[ast.AST, ...]:
    """The tree and everything in it; a dozen checks look through the same ones."""
    return tuple(ast.walk(tree))


@cache
def calls(tree: ast.AST) -> tuple[ast.Call, ...]:
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Call))


@dataclass(frozen=True, slots=True)
class Import:
    """One imported thing: `source` is the module, `name` what was taken from it (empty for `import x`)."""

    line: int
    source: str
    name: str = ""

    def target(self, known: frozenset[str]) -> str:
        """The module this reaches: `from a import b` reaches a.b where that is a module, else a."""
        inner = f"{self.source}.{self.name}"
        return inner if self.name and inner in known else self.source


def imports(module: Module) -> Iterator[Import]:
    """All imports, those inside functions and the constant ones of importlib too; relative ones resolved."""
    for node in walked(module.tree):
        match node:
            case ast.Import():
                yield from (Import(node.lineno, alias.name) for alias in node.names)
            case ast.ImportFrom():
                source = _absolute(module, node)
                yield from (Import(node.lineno, source, alias.name) for alias in node.names)
            case ast.Call(args=[ast.Constant(value=str(source)), *_]) if called(node) in {
                "import_module",
                "__import__",
            }:
                yield Import(node.lineno, source)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    base = module.package.split(".")
    kept = base[: len(base) - node.level + 1]
    return ".".join([*kept, node.module] if node.module else kept)


def called(node: ast.Call) -> str:
    """The last name of what is called: `f` for f(), x.f() and x.y.f()."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def dotted(node: ast.expr) -> str:
    """`a.b.c` as text; empty where something else than names is in it."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            base = dotted(value)
            return f"{base}.{attr}" if base else ""
    return ""


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in walked(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def classes(tree: ast.AST) -> Iterator[ast.ClassDef]:
    return (node for node in walked(tree) if isinstance(node, ast.ClassDef))


def length(node: Function | ast.ClassDef) -> int:
    """Lines from the first of its head to its last; decorators are not counted."""
    assert node.end_lineno is not None, "the parser sets it"
    return node.end_lineno - node.lineno + 1


def shown(findings: list[str]) -> str:
    return "\n" + "\n".join(findings)
