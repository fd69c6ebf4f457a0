"""The scenarios of files and folders, each played on its own.

A process file brings its own scenarios; `NAME.scenarios.yaml` brings more, for a process among the files or
beside it. May import everything of signoff but the command line.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from signoff.errors import InvalidDefinition, Place
from signoff.model import nodes
from signoff.model.definition import Definition
from signoff.notation.yaml import Scenario, read, read_scenarios
from signoff.testing.result import Result
from signoff.testing.scenario import run

_SUFFIX = ".scenarios.yaml"


@dataclass(slots=True)
class Suite:
    """The processes of some files in an order in which they can be deployed, their scenarios, and what cannot be read."""

    files: dict[str, Path] = field(default_factory=dict)  # by process
    definitions: dict[str, Definition] = field(default_factory=dict)
    scenarios: list[tuple[str, Scenario]] = field(default_factory=list)  # with their process
    broken: list[Result] = field(default_factory=list)

    @classmethod
    def of(cls, paths: Iterable[str | Path]) -> "Suite":
        """The suite of files and folders; of a scenario file the process file beside it, too."""
        found = list(dict.fromkeys(file for path in paths for file in _files(Path(path))))
        suite = cls()
        suite._read_processes([file for file in found if not file.name.endswith(_SUFFIX)])
        beside = [_process_file(file) for file in found if file.name.endswith(_SUFFIX)]
        suite._read_processes(
            [file for file in beside if file not in found and file.is_file()], with_scenarios=False
        )
        for file in found:
            if file.name.endswith(_SUFFIX):
                suite._read_scenarios(file)
        return suite

    def results(self) -> Iterator[Result]:
        """What cannot be read, then each scenario played."""
        yield from self.broken
        for process, scenario in self.scenarios:
            yield self.play(process, scenario)

    def play(self, process: str, scenario: Scenario) -> Result:
        """One scenario, with what its process calls."""
        if process not in self.definitions:
            return Result(scenario.id, process, scenario.place, f"no process `{process}` among the files")
        known = {each.id: each for owner, each in self.scenarios if owner == process}
        needed = self._needed(process)
        sources = [file for name, file in self.files.items() if name in needed]
        return run(scenario, sources, self.definitions[process], known=known)

    def _needed(self, process: str) -> set[str]:
        """The process and all that it calls."""
        found, left = set[str](), [process]
        while left:
            name = left.pop()
            if name not in found and name in self.definitions:
                found.add(name)
                calls = self.definitions[name].nodes.values()
                left += [node.process for node in calls if isinstance(node, nodes.CallActivity)]
        return found

    def _read_processes(self, files: Sequence[Path], *, with_scenarios: bool = True) -> None:
        """Those that call others wait until the others are known."""
        left, problems = list(files), dict[Path, InvalidDefinition]()
        while left:
            before = len(left)
            for file in tuple(left):
                try:
                    self._read(file, with_scenarios=with_scenarios)
                    left.remove(file)
                except InvalidDefinition as error:
                    problems[file] = error
            if len(left) == before:
                break
        self.broken += [
            Result(file.stem, place=Place(str(file)), failure=str(problems[file])) for file in left
        ]

    def _read(self, file: Path, *, with_scenarios: bool) -> None:
        text = file.read_text(encoding="utf-8-sig")
        found = read(text, file=str(file), known=self.definitions)
        self.definitions[found.definition.id] = found.definition
        self.files[found.definition.id] = file
        if with_scenarios:
            self.scenarios += [(found.definition.id, scenario) for scenario in found.scenarios]

    def _read_scenarios(self, file: Path) -> None:
        try:
            process, scenarios = read_scenarios(file.read_text(encoding="utf-8-sig"), file=str(file))
        except InvalidDefinition as error:
            self.broken.append(Result(file.stem, place=Place(str(file)), failure=str(error)))
        else:
            self.scenarios += [(process, scenario) for scenario in scenarios]


def run_all(paths: Iterable[str | Path]) -> list[Result]:
    """Play every scenario of these files and folders; a file that cannot be read is a result that failed."""
    return list(Suite.of(paths).results())


def _files(path: Path) -> Sequence[Path]:
    return sorted(path.rglob("*.yaml")) if path.is_dir() else [path]


def _process_file(file: Path) -> Path:
    return file.with_name(file.name.removesuffix(_SUFFIX) + ".yaml")


def named(suite: Suite) -> Mapping[str, tuple[str, Scenario]]:
    """The scenarios by PROCESS/SCENARIO."""
    return {f"{process}/{scenario.id}": (process, scenario) for process, scenario in suite.scenarios}
