"""Files that people write: definitions (YAML and BPMN), decisions, scenarios, people, calendars: finding and reading.

What they mean is the library's to say. Must not write files.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from signoff import (
    BpmnSurvey,
    Definition,
    read_calendar,
    read_definition,
    read_dmn,
    read_people,
    read_scenarios,
    survey_bpmn,
)
from signoff.errors import Invalid, InvalidDefinition, NotFound, Problem

SUFFIXES = (".yaml", ".yml")
BPMN = (".bpmn", ".bpmn2", ".xml")
DMN = ".dmn"
_DECISIONS = b"www.omg.org/spec/DMN/"
_MODEL = b"http://www.omg.org/spec/BPMN/20100524/MODEL"  # in every file of BPMN 2.0, near its beginning
_KINDS = {"process": "process", "scenarios_of": "scenarios", "signoff_people": "people", "table": "table",
          "signoff_calendar": "calendar"}  # fmt: skip
_OTHER = re.compile(
    r"^signoff_(?!(?:people|calendar)\b)\w+[ \t]*:", re.MULTILINE
)  # files of other parts of signoff say so
_KEY = re.compile(rf"^({'|'.join(_KINDS)})[ \t]*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file came to. `kind`: process, bpmn, decisions, scenarios, people, calendar, or other: no key tells."""

    path: Path
    kind: str
    definitions: tuple[Definition, ...] = ()
    problems: tuple[Problem, ...] = ()
    survey: BpmnSurvey | None = None
    decisions: tuple[str, ...] = ()  # the ids of those of a DMN file

    @property
    def definition(self) -> Definition | None:
        """The definition of a file that has one; the first of several."""
        return next(iter(self.definitions), None)

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


def is_bpmn(path: Path) -> bool:
    """Whether a file is BPMN: by its suffix, and of plain XML by the namespace that it begins with."""
    if path.suffix.lower() != ".xml":
        return path.suffix.lower() in BPMN
    return _MODEL in _beginning(path)


def is_dmn(path: Path) -> bool:
    """Whether a file is DMN; a BPMN file may name FEEL in a namespace of DMN, too."""
    if path.suffix.lower() != ".xml":
        return path.suffix.lower() == DMN
    return _DECISIONS in _beginning(path) and not is_bpmn(path)


def _beginning(path: Path) -> bytes:
    with suppress(OSError), path.open("rb") as file:
        return file.read(4096).replace(b"\0", b"")
    return b""


def bytes_of(path: Path) -> bytes:
    """What stands in a file; raises NotFound."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NotFound("no_such_file", file=str(path)) from None


def gathered(paths: Iterable[Path]) -> list[Path]:
    """The files named, and those of the folders named that are definitions, scenarios, people or BPMN."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = list(_inside(path))
            found |= dict.fromkeys(p for p in inside if _is_xml(p) or kind_of(text_of(p)) != "other")
        else:
            found[path] = None
    return list(found)


def _is_xml(path: Path) -> bool:
    return is_bpmn(path) or is_dmn(path)


def _inside(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        wanted = path.suffix.lower() in SUFFIXES or _is_xml(path)
        if wanted and path.is_file() and not hidden:
            yield path


def kind_of(text: str) -> str:
    """What a file is, by the key at its top level that says so."""
    keys = [_KINDS[match[1]] for match in _KEY.finditer(text)]
    return keys[0] if keys and not _OTHER.search(text) else "other"


def examined(paths: Iterable[Path], known: Mapping[str, Definition] | None = None) -> list[Examined]:
    """Each file with its problems; definitions that others call stand before those."""
    files = gathered(paths)
    drawn = [_surveyed(path, known or {}) for path in files if is_bpmn(path)]
    decided = [_decided(path) for path in files if is_dmn(path)]
    texts = {path: text_of(path) for path in files if not _is_xml(path)}
    known = {**(known or {}), **{each.id: each for file in drawn for each in file.definitions}}
    definitions = [path for path, text in texts.items() if kind_of(text) in ("process", "other", "table")]
    found = _definitions(definitions, texts, known)
    return [
        *drawn,
        *decided,
        *found,
        *(_beside(path, text) for path, text in texts.items() if path not in definitions),
    ]


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
    return Examined(path, "process", (read.definition,), tuple(read.warnings))


def _surveyed(path: Path, known: Mapping[str, Definition]) -> Examined:
    found = survey_bpmn(bytes_of(path), file=str(path), known=known)
    definitions = () if found.errors else found.definitions
    return Examined(path, "bpmn", definitions, found.problems, found)


def _decided(path: Path) -> Examined:
    try:
        read = read_dmn(bytes_of(path), str(path))
    except InvalidDefinition as error:
        return Examined(path, "decisions", problems=tuple(error.problems))
    ids = tuple(each.id for each in read.decisions.decisions)
    return Examined(path, "decisions", problems=read.problems, decisions=ids)


def _beside(path: Path, text: str) -> Examined:
    kind = kind_of(text)
    try:
        if kind == "scenarios":
            read_scenarios(text, file=str(path))
            return Examined(path, kind)
        if kind == "calendar":
            return Examined(path, kind, problems=read_calendar(text, str(path)).warnings)
        return Examined(path, kind, problems=tuple(read_people(text, str(path)).warnings))
    except InvalidDefinition as error:
        return Examined(path, kind, problems=tuple(error.problems))
