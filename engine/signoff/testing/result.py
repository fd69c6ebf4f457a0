"""How a scenario went. Must import nothing of signoff but `errors`."""

from dataclasses import dataclass

from signoff.errors import Place


@dataclass(frozen=True, slots=True)
class Result:
    """How a scenario went: its name, its process, where it failed and why; an empty `failure` says it passed.

    `place` is the step that failed, else the scenario itself.
    """

    scenario: str
    process: str = ""
    place: Place = Place()
    failure: str = ""

    @property
    def passed(self) -> bool:
        return not self.failure

    def __str__(self) -> str:
        name = f"{self.process}/{self.scenario}" if self.process else self.scenario
        return f"{self.place}: {name}: {self.failure or 'passed'}"
