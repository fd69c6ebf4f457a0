"""docs/matrix.md, written from the tests: `python -m tests.docs.matrix`.

The tests in tests/matrix say which cell each of them shows; what is refused says so by the message it is refused with.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from signoff.notation.bpmn_reader import survey
from tests.matrix import cells
from tests.matrix.cells import EVENTS, PLACES, TOLERATED, WAYS
from tests.matrix.forbidden import CODES, sample
from tests.matrix.test_activities import TWICE, repeating
from tests.matrix.test_gateways import FLOWS
from tests.matrix.work import WORK

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "matrix.md"
MODULES = ("caught", "thrown", "activities", "gateways", "data")
GATEWAYS = tuple(
    f"{kind} gateway" for kind in ("exclusive", "parallel", "inclusive", "complex", "event-based")
)
TURNS = ("split", "join", "join and split", "in a loop")
_INTRODUCTION = """# The conformance matrix

Every element that BPMN 2.0.2 calls executable, in every place where it may stand (tables 10.84 to 10.93, chapter 13).
*runs*: the test that is named lets it happen and compares what happens, in its order. *refused*: BPMN does not let it
stand there, and the deployment stops with that message, at the element. No cell is empty; a test looks. The page is
made from the tests by `python -m tests.docs.matrix`. What each element does stands in [BPMN elements](bpmn.md), cases
of others that are passed in [Conformance](conformance.md).

The tests are in `tests/matrix/`.
"""


@cache
def modules() -> tuple[ModuleType, ...]:
    return tuple(import_module(f"tests.matrix.test_{name}") for name in MODULES)


@cache
def shown() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """(row, column) -> the tests that show it."""
    found: dict[tuple[str, str], list[str]] = {}
    for module in modules():
        for test in vars(module).values():
            for row, column, name in getattr(test, "shows", ()):
                found.setdefault((row, column), []).append(name)
    return {cell: tuple(names) for cell, names in found.items()}


def refusal(row: str, column: str) -> str:
    """The message with which an event is refused in a place, or for what is tolerated the warning."""
    problems = survey(sample(row, column)).problems
    wanted = ("bpmn_compensation_beside",) if (row, column) in TOLERATED else CODES[column]
    return next((each.sentence() for each in problems if each.code in wanted), "")


def named(prefix: str) -> list[tuple[str, str]]:
    """The tests of a module that are numbered: (number, name)."""
    module = import_module(f"tests.matrix.test_{prefix}s")
    found = [name for name in vars(module) if name.startswith(f"test_{prefix}_")]
    return [(name.split("_")[2], name) for name in sorted(found)]


def text() -> str:
    """The page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _INTRODUCTION
    yield from _events()
    yield from _grid("Activities", (*WORK, "event sub-process"), WAYS, _told())
    yield from _grid("Gateways", GATEWAYS, TURNS, "")
    yield from _list("Instantiating gateways", "event-based gateway", TURNS)
    yield from _list("Flows without a gateway", FLOWS, ())
    yield from _rest()
    for prefix, title in (("trap", "The twenty traps"), ("probe", "The seventeen probes")):
        yield f"\n## {title}\n"
        for number, name in named(prefix):
            said = name.removeprefix(f"test_{prefix}_{number}_").replace("_", " ")
            yield f"{int(number)}. {said}: `{name}`"


def _told() -> str:
    """Why an event sub-process does not repeat."""
    problems = survey(repeating(TWICE)).errors
    said = next(each.sentence() for each in problems if each.code == "bpmn_event_sub_process_loop")
    return f"Loops of an event sub-process are refused: {said} It is undone with the scope that it lies in."


def _events() -> Iterator[str]:
    yield "## Events\n"
    yield "| event | " + " | ".join(PLACES) + " |"
    yield "|---" * (len(PLACES) + 1) + "|"
    for row in EVENTS:
        yield f"| {row} | " + " | ".join(_word(row, column) for column in PLACES) + " |"
    for row in EVENTS:
        yield f"\n### {row.capitalize()}\n\n| place | | by |\n|---|---|---|"
        for column in PLACES:
            if EVENTS[row] >= {column}:
                yield f"| {column} | runs | {_tests((row, column))} |"
            else:
                yield f"| {column} | {_word(row, column)} | {refusal(row, column)} |"


def _word(row: str, column: str) -> str:
    if column in EVENTS[row]:
        return "runs"
    return "read" if (row, column) in TOLERATED else "refused"


def _tests(cell: tuple[str, str]) -> str:
    return ", ".join(f"`{name}`" for name in shown().get(cell, ()))


def _grid(title: str, rows: Sequence[str], columns: Sequence[str], said: str) -> Iterator[str]:
    yield f"\n## {title}\n"
    yield "| | " + " | ".join(columns) + " |"
    yield "|---" * (len(columns) + 1) + "|"
    for row in rows:
        yield f"| {row} | " + " | ".join(_state(row, each) for each in columns) + " |"
    yield f"\n{said}\n" if said else ""
    yield "| | | runs by |\n|---|---|---|"
    for row in rows:
        yield from (
            f"| {row} | {each} | {_tests((row, each))} |" for each in columns if (row, each) in shown()
        )


def _state(row: str, column: str) -> str:
    if shown().get((row, column)):
        return "runs"
    return "with its scope" if column == cells.UNDONE else "refused"


def _list(title: str, row: str, but: Sequence[str]) -> Iterator[str]:
    yield f"\n## {title}\n\n| | runs by |\n|---|---|"
    yield from (
        f"| {column} | {_tests((each, column))} |"
        for each, column in shown()
        if each == row and column not in but
    )


def _rest() -> Iterator[str]:
    """What has no table of its own."""
    known = {*EVENTS, *WORK, *GATEWAYS, "event sub-process", FLOWS}
    yield "\n## Data, messages, participants\n\n| | | by |\n|---|---|---|"
    yield from (
        f"| {row} | {column} | {_tests((row, column))} |" for row, column in shown() if row not in known
    )
    more = [cell for cell in shown() if cell[0] in WORK and cell[1] not in cells.WAYS]
    yield from (f"| {row} | {column} | {_tests((row, column))} |" for row, column in more)


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
