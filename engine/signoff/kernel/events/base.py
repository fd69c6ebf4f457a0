"""The root of the events. Not frozen: building a frozen dataclass costs four times as much."""

from dataclasses import dataclass


@dataclass(slots=True)
class Event:
    """Something that happened; the journal row it stands in says when, by whom and on which request."""
