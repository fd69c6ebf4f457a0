"""Imports only point down, as the layer table of the design says, and the lower layers are pure."""

import ast
from collections.abc import Iterable

import pytest

from tests.house.source import (
    Module,
    called,
    dotted,
    example,
    imports,
    packages,
    shown,
)

L0 = frozenset({"errors", "sentences"})
L1 = frozenset({"model", "time"})
L2 = frozenset({"kernel"})
L3 = frozenset({"notation", "store", "read"})
L4 = frozenset({"runtime"})
MAY_IMPORT = {
    "sentences": frozenset[str](),
    "errors": frozenset({"sentences"}),
    "time": L0,
    "model": L0 | {"time"},
    "kernel": L0 | L1,
    **dict.fromkeys(L3, L0 | L1 | L2),
    "runtime": L0 | L1 | L2 | L3,
    "": L0 | L1 | L2 | L3 | L4 | {"catalogue"},
    "bridge": L0,
    "catalogue": L0,
    "testing": L0 | L1 | L2 | L3 | L4 | {""},
}
EXCEPTIONS = {
    "read": (
        "signoff.store.schema",
        "signoff.store.codec",
        "signoff.store.ids",
        "signoff.store.chain",
        "signoff.store.keys",
        "signoff.store.sealed",
        "signoff.store.signed",
    )
}
# The command line and the pages are hosts like any other: these modules, and there no private name.
EDGES = ("signoff_cli", "signoff_workflows", "signoff.web")
PUBLIC_MODULES = frozenset(
    {"signoff", "signoff.errors", "signoff.sentences", "signoff.testing", "signoff.web"}
)
ONLY_FOR_TESTS = frozenset(
    {"tests", "pytest", "hypothesis", "babel", "aiosmtpd", "jsonschema", "SpiffWorkflow"}
)

PURE = ("signoff.kernel", "signoff.model", "signoff.time", "signoff.errors")
NO_CHANCE = frozenset({"time", "random", "uuid"})
NO_WORLD = NO_CHANCE | {
    "alembic",
    "asyncio",
    "click",
    "ctypes",
    "docx",
    "email",
    "fcntl",
    "glob",
    "http",
    "importlib",
    "io",
    "jinja2",
    "locale",
    "logging",
    "lxml",
    "multiprocessing",
    "openpyxl",
    "os",
    "pathlib",
    "platform",
    "psycopg",
    "requests",
    "rich",
    "secrets",
    "select",
    "shutil",
    "signal",
    "socket",
    "sqlalchemy",
    "sqlite3",
    "ssl",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "urllib",
    "yaml",
}
CLOCKS = frozenset({"now", "utcnow", "today"})
WORLDLY_CALLS = frozenset({"open", "print", "input", "breakpoint"})


def area(name: str) -> str:
    """The part of signoff that a module belongs to: `store` for signoff.store.schema, empty for the root."""
    return name.split(".")[1] if "." in name else ""


def points_up(module: Module, known: frozenset[str]) -> list[str]:
    found = []
    for each in imports(module):
        target = each.target(known)
        if target.split(".")[0] in ONLY_FOR_TESTS:
            found.append(f"{module.place}:{each.line} imports {target}, which is installed for tests only")
        elif (target + ".").startswith("signoff") and (reason := _forbidden(module.name, target, each.name)):
            found.append(f"{module.place}:{each.line} imports {target}: {reason}")
    return found


def _forbidden(name: str, target: str, taken: str) -> str:
    if name.startswith(EDGES):
        return _forbidden_at_the_edge(name, target, taken)
    mine, other = area(name), area(target)
    if mine not in MAY_IMPORT:
        return f"{name} stands in no layer; put it in one of the packages of the layer table"
    if not target.startswith("signoff.") and target != "signoff":
        return f"{target} stands above the engine"
    if (mine == other and (mine or name == target)) or target.startswith(EXCEPTIONS.get(mine, ("-",))):
        return ""
    if other in MAY_IMPORT[mine]:
        return ""
    if not other:
        return "internals never import the package root; import the module that defines the name"
    return (
        f"{mine or 'the root'} may import only {', '.join(sorted(MAY_IMPORT[mine])) or 'nothing of signoff'}"
    )


def _forbidden_at_the_edge(name: str, target: str, taken: str) -> str:
    own = name.split(".", maxsplit=1)[0] if not name.startswith("signoff.web") else "signoff.web"
    if (target + ".").startswith((own + ".", "signoff_workflows.")):
        return ""
    if target not in PUBLIC_MODULES or taken.startswith("_"):
        return f"{own} lives on public names, from {', '.join(sorted(PUBLIC_MODULES))}"
    return ""


def touches_the_world(module: Module) -> list[str]:
    """What a pure module may not have: I/O, clocks, chance; above the kernel only clocks and chance are out."""
    pure = (module.name + ".").startswith(tuple(each + "." for each in PURE))
    if not pure and area(module.name) not in L3:
        return []
    banned = NO_WORLD if pure else NO_CHANCE
    found = [
        (each.line, f"imports {each.source}")
        for each in imports(module)
        if each.source.split(".")[0] in banned
    ]
    for call in (node for node in ast.walk(module.tree) if isinstance(node, ast.Call)):
        if pure and isinstance(call.func, ast.Name) and call.func.id in WORLDLY_CALLS:
            found.append((call.lineno, f"calls {call.func.id}()"))
        if called(call) in CLOCKS and dotted(call.func).split(".")[-2:-1] in (["datetime"], ["date"]):
            found.append((call.lineno, f"asks the clock with {dotted(call.func)}()"))
    layer = "pure" if pure else "below the runtime"
    return [f"{module.place}:{line} {what}; {area(module.name)} is {layer}" for line, what in found]


def names(modules: Iterable[Module]) -> frozenset[str]:
    return frozenset(module.name for module in modules)


def test_imports_only_point_down() -> None:
    known = names(packages())
    findings = [finding for module in packages() for finding in points_up(module, known)]
    assert not findings, shown(findings)


def test_the_lower_layers_are_pure() -> None:
    findings = [finding for module in packages() for finding in touches_the_world(module)]
    assert not findings, shown(findings)


KNOWN = frozenset(
    [
        "signoff",
        "signoff.store",
        "signoff.store.schema",
        "signoff.store.unit",
        "signoff.read",
        "signoff.kernel",
        "signoff.model",
        "signoff.kernel.run",
        "signoff.time",
        "signoff.errors",
        "signoff.sentences",
        "signoff.runtime",
        "signoff.notation",
    ]
)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "signoff.kernel.run",
            "from signoff.store import schema",
            "imports signoff.store.schema: kernel may import",
        ),
        ("signoff.kernel.run", "def f():\n    import signoff.runtime", ":2 imports signoff.runtime"),
        ("signoff.kernel.run", "from ..store import unit", "imports signoff.store.unit"),
        ("signoff.time.calendar", "from signoff import model", "imports signoff.model: time may import"),
        ("signoff.model.gate", "from signoff import Engine", "never import the package root"),
        ("signoff.model.gate", "import signoff", "never import the package root"),
        (
            "signoff.read.inbox",
            "from signoff.store import unit",
            "imports signoff.store.unit: read may import",
        ),
        ("signoff.notation.yaml", "import signoff.read", "notation may import"),
        ("signoff.errors", "from signoff.model import gate", "errors may import only sentences"),
        (
            "signoff.runtime.engine",
            "from importlib import import_module as i\nimport_module('signoff_cli')",
            "above",
        ),
        ("signoff.extras", "from signoff import errors", "stands in no layer"),
        ("signoff_cli.main", "from signoff.store.unit import Unit", "signoff_cli lives on public names"),
        ("signoff_cli.main", "from signoff.errors import _hidden", "signoff_cli lives on public names"),
        ("signoff.web.pages", "from signoff.runtime import engine", "signoff.web lives on public names"),
        ("signoff_cli.main", "from tests import postgres", "for tests only"),
        ("signoff.testing", "import pytest", "for tests only"),
    ],
)
def test_an_upward_import_is_found(name: str, text: str, said: str) -> None:
    assert said in shown(points_up(example(name, text), KNOWN))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("signoff.errors", "from signoff import sentences"),
        (
            "signoff.model.gate",
            "from signoff.time import relative\nfrom signoff.model.nodes import Task\nimport time",
        ),
        ("signoff.read.inbox", "from signoff.store import schema\nfrom signoff.store.codec import load"),
        ("signoff", "from signoff.runtime.engine import Engine\nfrom signoff import errors"),
        ("signoff.testing", "from signoff import Engine\nfrom signoff.runtime import engine"),
        (
            "signoff_cli.main",
            "from signoff import Engine\nfrom signoff.errors import Refused\nimport signoff_cli.words",
        ),
        ("signoff_cli.demo", "import signoff_workflows"),
    ],
)
def test_a_downward_import_is_left_alone(name: str, text: str) -> None:
    assert points_up(example(name, text), KNOWN) == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("signoff.kernel.run", "import os.path", "imports os.path; kernel is pure"),
        ("signoff.kernel.run", "import logging", "imports logging"),
        ("signoff.model.gate", "def f():\n    from sqlalchemy import text", ":2 imports sqlalchemy"),
        (
            "signoff.time.calendar",
            "from datetime import date\ndate.today()",
            "asks the clock with date.today()",
        ),
        ("signoff.kernel.run", "import datetime\ndatetime.datetime.now()", "datetime.datetime.now()"),
        ("signoff.store.unit", "from datetime import datetime\ndatetime.now()", "below the runtime"),
        ("signoff.store.unit", "from uuid import uuid4", "imports uuid; store is below the runtime"),
        ("signoff.model.gate", "open('x')", "calls open()"),
    ],
)
def test_a_touch_of_the_world_is_found(name: str, text: str, said: str) -> None:
    assert said in shown(touches_the_world(example(name, text)))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("signoff.store.unit", "import logging\nfrom sqlalchemy import func\nfunc.now()"),
        ("signoff.kernel.run", "from signoff.time import calendar"),
        ("signoff.runtime.clock", "from datetime import datetime\ndatetime.now()"),
    ],
)
def test_what_a_layer_needs_is_left_alone(name: str, text: str) -> None:
    assert touches_the_world(example(name, text)) == []
