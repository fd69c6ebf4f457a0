"""The tree of blocks of a process that was written in them: what `return to` moves in, and pictures are laid out along.

Must import nothing of signoff.
"""

from dataclasses import dataclass
from enum import StrEnum


class BlockKind(StrEnum):
    STEP = "step"  # one node
    SEQUENCE = "sequence"  # a list of blocks, one after the other
    PARALLEL = "parallel"
    CHOOSE = "choose"
    INCLUDE = "include"
    RACE = "race"  # of several branches the one whose event comes first
    STAGE = "stage"  # a sub-process, run once
    EACH = "each"  # a sub-process, run per element
    REPEAT = "repeat"  # a sub-process, run again until something holds
    HANDLER = "handler"  # the body of an event sub-process or of a boundary event, or what undoes an activity


SPLITS = frozenset({BlockKind.PARALLEL, BlockKind.CHOOSE, BlockKind.INCLUDE, BlockKind.RACE})


@dataclass(frozen=True, slots=True)
class Block:
    """A piece with one entry and one exit; the tree of blocks is what `return to` moves in.

    `order` is the position in the parent. A sequence that is a branch names the flow by which it leaves into
    the join (`exit_flow`).
    """

    id: str
    kind: BlockKind
    parent: str = ""
    order: int = 0
    entry: str = ""  # node
    exit: str = ""  # node
    exit_flow: str = ""
