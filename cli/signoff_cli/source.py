"""Files that people write: definitions, scenarios, people. Finding them, reading them, telling what they are.

What they mean is the library's to say. Must not write files.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from signoff import Definition, read_definition, read_people, read_scenarios
from signoff.errors import Invalid, InvalidDefinition, NotFound, Problem

SUFFIXES = (".yaml", ".yml")
_KINDS = {"process": "process", "scenarios_of": "scenarios", "signoff_people": "people", "table": "table"}
_OTHER = re.compile(
    r"^signoff_(?!people\b)\w+[ \t]*:", re.MULTILINE
)  # files of other parts of signoff say so
_KEY = re.compile(rf"^({'|'.join(_KINDS)})[ \t]*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file came to. `kind`: process, scenarios, people, or other for what no key tells."""

    path: Path
    kind: str
    definition: Definition | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.warning]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.warning]


def text_of(path: Path) -> str:
    """The text of a file in UTF-8; raises NotFound, Invalid."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise NotFound("no_such_file", file=str(path)) from None
    except UnicodeDecodeError as error:
        raise Invalid("file_not_utf8", file=str(path), offset=error.start) from None


def gathered(paths: Iterable[Path]) -> list[Path]:
    """The files named, and the YAML files of the folders named that are definitions, scenarios or people."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found |= dict.fromkeys(each for each in _inside(path) if kind_of(text_of(each)) != "other")
        else:
            found[path] = None
    return list(found)


def _inside(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in SUFFIXES and path.is_file() and not hidden:
            yield path


def kind_of(text: str) -> str:
    """What a file is, by the key at its top level that says so."""
    keys = [_KINDS[match[1]] for match in _KEY.finditer(text)]
    return keys[0] if keys and not _OTHER.search(text) else "other"


def examined(paths: Iterable[Path], known: Mapping[str, Definition] | None = None) -> list[Examined]:
    """Each file with its problems; definitions that others call stand before those."""
    texts = {path: text_of(path) for path in gathered(paths)}
    definitions = [path for path, text in texts.items() if kind_of(text) in ("process", "other", "table")]
    found = _definitions(definitions, texts, dict(known or {}))
    return [*found, *(_beside(path, text) for path, text in texts.items() if path not in definitions)]


def _definitions(
    paths: list[Path], texts: Mapping[Path, str], known: dict[str, Definition]
) -> list[Examined]:
    """Read again what was refused as long as that makes more processes known: files may call one another."""
    good: list[Examined] = []
    left = paths
    while left:
        read = [_definition(path, texts[path], known) for path in left]
        new = [each for each in read if each.definition is not None]
        good += new
        known |= {each.definition.id: each.definition for each in new if each.definition}
        left = [each.path for each in read if each.definition is None]
        if not new:
            return [*good, *read]
    return good


def _definition(path: Path, text: str, known: Mapping[str, Definition]) -> Examined:
    try:
        read = read_definition(text, file=str(path), known=known)
    except InvalidDefinition as error:
        return Examined(path, "process", problems=tuple(error.problems))
    return Examined(path, "process", read.definition, tuple(read.warnings))


def _beside(path: Path, text: str) -> Examined:
    kind = kind_of(text)
    try:
        if kind == "scenarios":
            read_scenarios(text, file=str(path))
            return Examined(path, kind)
        return Examined(path, kind, problems=tuple(read_people(text, str(path)).warnings))
    except InvalidDefinition as error:
        return Examined(path, kind, problems=tuple(error.problems))
