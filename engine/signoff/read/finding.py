"""What verifying can find: each class of fault by its name, so that nobody has to guess what was touched.

Must import nothing of signoff but `sentences`.
"""

from dataclasses import dataclass
from enum import StrEnum

from signoff import sentences


class Fault(StrEnum):
    """What can be wrong beside the links of a chain (those are `store.chain.Fault`)."""

    ELSEWHERE = "elsewhere"  # a record that names another instance, or a link another chain
    COLUMN = "column"  # a column says something else than the record or the state
    BACKWARDS = "backwards"  # a record is earlier than the one before
    ENCODING = "encoding"  # it says the same, but not in the bytes that signoff writes
    COUNT = "count"  # more or fewer events than the instance has counted
    STATE = "state"  # the state is not what the records lead to
    VARIABLES = "variables"
    PROJECTION = "projection"  # a row beside the instance is missing, left over or different
    ORPHAN = "orphan"  # records or rows of an instance that is not there
    RIGHT = "right"  # a decision by somebody who had no right to it
    SUBJECT = "subject"  # a gate asked, or somebody decided, about something else than was there
    DEFINITION = "definition"  # a model whose hash is not its version, or that is not as it was deployed
    UNRELEASED = "unreleased"  # a version in force that somebody else than who deployed it had to release
    UNRECORDED = "unrecorded"  # a definition that the chain of deployments does not know
    DOCUMENT = "document"  # bytes whose hash is not their name, or that are gone
    CALENDAR = "calendar"  # days whose hash is not their version
    RECORDED = "recorded"  # a version in force, a person or a group is not as the system chains have it


@dataclass(slots=True, frozen=True)
class Finding:
    """Something that does not hold. `where` is an instance, a chain or a definition, `n` a record or nothing."""

    where: str
    fault: str
    n: int = 0
    detail: str = ""

    def sentence(self, lang: str = "en") -> str:
        """What was done, in the reader's language."""
        return sentences.render(f"finding_{self.fault}", {}, lang)
