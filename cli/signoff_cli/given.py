"""What people hand in on the command line: `--set name=value`, `--data FILE`, `--attach NAME=FILE`.

Text stays text, for the engine reads it by its declared type (`1万`, `30%`, `2026-10-15`); only lists and
mappings are read as YAML, of which nothing but null, true and false is interpreted. Must not know definitions.
"""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from signoff.errors import Invalid
from signoff_cli.session import Misuse
from signoff_cli.source import text_of
from signoff_cli.words import t

_PLAIN = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))
_WORDS = {"null": None, "true": True, "false": False}


class _Loader(yaml.BaseLoader):
    """Plain YAML: texts, lists, mappings; no aliases, no tags, and no key twice."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.constructor.ConstructorError(problem="aliases are not read here")
        node: yaml.Node | None = super().compose_node(parent, index)
        if node is not None and node.tag not in _PLAIN:
            raise _refused("tags are not read here", node)
        return node

    def construct_scalar(self, node: yaml.ScalarNode) -> Any:
        return _WORDS.get(node.value, node.value) if node.style is None else node.value

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: ARG002 - PyYAML's form
        found: dict[Any, Any] = {}
        for key, inner in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _refused("a name is expected here", key)
            name = str(key.value)
            if name in found:
                raise _refused(f"{name} is written twice", key)
            found[name] = self.construct_object(inner, deep=True)
        return found


def _refused(problem: str, node: yaml.Node) -> yaml.YAMLError:
    return yaml.constructor.ConstructorError(problem=problem, problem_mark=node.start_mark)


_Loader.add_constructor("tag:yaml.org,2002:str", _Loader.construct_scalar)
_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_mapping)


def data(sets: Iterable[str], file: Path | None) -> dict[str, Any]:
    """The data of a file, with what `--set` says on top; `a.b=c` sets the field b of a."""
    found = from_file(file) if file is not None else {}
    seen: set[str] = set()
    for each in sets:
        name, sign, text = each.partition("=")
        name = name.strip()
        if not sign or not name:
            raise Misuse(t("--set {text}: write name=value.", text=each))
        if name in seen:
            raise Misuse(t("--set {name} is given twice; say it once.", name=name))
        seen.add(name)
        _put(found, name.split("."), value(text, name))
    return found


def _put(into: dict[str, Any], path: list[str], given: Any) -> None:
    for name in path[:-1]:
        inner = into.get(name)
        into[name] = inner = dict(inner) if isinstance(inner, Mapping) else {}
        into = inner
    into[path[-1]] = given


def value(text: str, name: str = "") -> Any:
    """A list or a mapping where the text looks like one, else the text."""
    if not text.lstrip().startswith(("[", "{")):
        return text
    try:
        return _loaded(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise Misuse(t("--set {name}: the value cannot be read: {why}", name=name, why=_why(error))) from None


def from_file(path: Path) -> dict[str, Any]:
    """The mapping that a YAML or JSON file holds."""
    text = text_of(path)
    try:
        found = json.loads(text, parse_float=Decimal) if path.suffix.lower() == ".json" else _loaded(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Invalid("data_unreadable", file=str(path), why=_why(error)) from None
    if not isinstance(found, dict):
        raise Invalid("data_not_a_mapping", file=str(path))
    return found


def _loaded(text: str) -> Any:
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a loader that makes nothing but texts, lists and mappings


def _why(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return t("it is nested too deeply")
    mark = getattr(error, "problem_mark", None)
    said = str(getattr(error, "problem", "") or error).replace("\n", " ")
    return f"{said} ({mark.line + 1}:{mark.column + 1})" if mark else said


def attachments(given: Iterable[str]) -> dict[str, str | Path | bytes]:
    """Documents by name: `NAME=FILE`."""
    found: dict[str, str | Path | bytes] = {}
    for each in given:
        name, sign, file = each.partition("=")
        if not sign or not name.strip() or not file:
            raise Misuse(t("--attach {text}: write NAME=FILE.", text=each))
        if name.strip() in found:
            raise Misuse(t("--attach {name} is given twice; say it once.", name=name.strip()))
        found[name.strip()] = Path(file)
    return found


def picks(roles: Iterable[str]) -> dict[str, list[str]]:
    """Who is picked for each role, of `ROLE=PERSON`; several persons with commas, or the role said again."""
    found: dict[str, list[str]] = {}
    for each in roles:
        name, sign, people = each.partition("=")
        if not sign or not name.strip():
            raise Misuse(t("--role {text}: write ROLE=PERSON.", text=each))
        found.setdefault(name.strip(), []).extend(who.strip() for who in people.split(",") if who.strip())
    return found
