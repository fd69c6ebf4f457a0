"""Every text of the command line that people read, found in its source: the messages of domain `signoff_cli`.

Must import nothing of signoff but the register.
"""

import ast
from collections.abc import Iterator

from signoff_cli.register import GROUPS, SECTIONS
from tests.house.source import Module, called, packages

SPEAKERS = frozenset({"t", "translated"})
COUNTERS = frozenset({"counted"})
KEYWORDS = frozenset({"help", "details"})
CONSTANTS = frozenset({"LINE", "DETAILS"})


def messages() -> set[str]:
    """All message ids."""
    modules = [module for module in packages() if module.name.startswith("signoff_cli")]
    found = {line for module in modules for text in _texts(module) for line in text.split("\n")}
    found |= {section.title for section in SECTIONS} | set(GROUPS.values())
    return found | {help for section in SECTIONS for _, _, help in section.rows}


def _texts(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(args=[ast.Constant(value=str(text)), *_]) if called(node) in SPEAKERS:
                yield text
            case ast.Call(args=[ast.Constant(value=str(one)), ast.Constant(value=str(many)), *_]) if (
                called(node) in COUNTERS
            ):
                yield from (one, many)
            case ast.keyword(arg=str(name), value=ast.Constant(value=str(text))) if name in KEYWORDS:
                yield text
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))) if (
                name in CONSTANTS
            ):
                yield text
