"""The root of the events. Not frozen: building a frozen dataclass costs four times as much."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, TypeAlias

from signoff.model.value import Value


class Hidden(StrEnum):
    """How a field may be erased later: what it is marked with stands in the record as a salted hash."""

    SAID = "said"  # a text that a person wrote: always
    DATA = "data"  # data by name: what is declared personal
    DERIVED = "derived"  # may hold parts of data: where the process declares anything personal
    UNDONE = "undone"  # data inside of what can be undone: as derived
    PAPER = "paper"  # of a document that is declared personal


Said: TypeAlias = Annotated[str, Hidden.SAID]
Data: TypeAlias = Annotated[dict[str, Value], Hidden.DATA]


@dataclass(slots=True)
class Event:
    """Something that happened; the journal row it stands in says when, by whom and on which request."""
