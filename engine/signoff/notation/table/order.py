"""The order of the steps: runs of one stage, neighbours side by side, recurrences beside the others.

Owns how rows become blocks. Must not write anything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from signoff.notation.table.draft import Step


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive steps of one stage: groups of one, or of neighbours side by side; `again` are recurrences."""

    stage: str
    groups: list[list[Step]]
    again: list[Step]


def runs(steps: Sequence[Step]) -> list[Run]:
    """The steps in row order, by stage."""
    found: list[tuple[str, list[Step]]] = []
    for step in steps:
        if found and found[-1][0] == step.stage:
            found[-1][1].append(step)
        else:
            found.append((step.stage, [step]))
    return [
        Run(
            stage,
            _groups([step for step in inside if not step.every]),
            [step for step in inside if step.every],
        )
        for stage, inside in found
    ]


def apart(found: Sequence[Run]) -> Iterator[Step]:
    """Steps that say they run beside a row, but do not stand next to it."""
    for run in found:
        for group in run.groups:
            yield from (s for s in group if s.beside and s.beside not in {other.number for other in group})
        yield from (step for step in run.again if step.beside)


def hostless(found: Sequence[Run]) -> Iterator[Step]:
    """Recurrences of a stage that has no other step."""
    for run in found:
        if not run.groups:
            yield from run.again


def pairs(found: Sequence[Run]) -> Iterator[tuple[Step, Step]]:
    """(step, the next that waits for it) along the whole process."""
    groups = [group for run in found for group in run.groups]
    for before, after in pairwise(groups):
        yield from ((one, other) for one in before for other in after)


def _groups(steps: list[Step]) -> list[list[Step]]:
    groups = [[step] for step in steps]
    for step in steps:
        mine = _at(groups, step.number)
        theirs = _at(groups, step.beside) if step.beside != step.number else -1
        if theirs >= 0 and abs(mine - theirs) == 1:
            first = min(mine, theirs)
            groups[first : first + 2] = [groups[first] + groups[first + 1]]
    return groups


def _at(groups: list[list[Step]], number: str) -> int:
    return next((at for at, group in enumerate(groups) if number in {step.number for step in group}), -1)
