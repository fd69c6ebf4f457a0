"""What an instance keeps beside its activities: timers, subscriptions, incidents, and what can be undone.

Parts of the state: only `fold/` assigns to these objects. Must import nothing but model values.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from signoff.model.value import Value


@dataclass(slots=True)
class Timer:
    """A timer of a catch or boundary event (`host`: its activity) or of an event sub-process; `at` None: it sleeps."""

    id: str
    node: str
    scope: str
    host: str
    at: datetime | None
    occurrence: int
    since: datetime
    part: int = 0  # the place of its event among several


@dataclass(slots=True)
class Incident:
    """Something that stopped and has to be repaired; `retry` says what `retry` does again.

    enter: the element, by the flow `via` · open: what lies in the scope, from the beginning · begin: the same where
    what came with its event could not be taken · complete: the end of an activity, with the verdict `via` · close: the
    end of a scope · leave: the choice of flows · split: the same of an inclusive join · fire: a boundary event
    `node` of the activity · ask: the condition of the wait `via` · throw: a throw event · gate: asking the entries of gate `via` · entry: who is asked in GATE#entry `via` · job: the handler · roster: question `via` ·
    none: nothing.
    """

    id: str
    node: str
    scope: str
    activity: str
    code: str
    params: dict[str, Any]
    at: datetime
    retry: str
    via: str = ""
    origin: str = ""  # of the token that could not enter


@dataclass(slots=True)
class Objection:
    """What spoke against a request when it was raised: the code of a sentence, with its parameters."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


class Hears(StrEnum):
    """What a subscription waits for."""

    MESSAGE = "message"
    SIGNAL = "signal"
    CONDITION = "condition"


@dataclass(slots=True)
class Wait:
    """A subscription of a catch or boundary event (`host`: its activity) or of an event sub-process.

    `part` is the place of its event among several. `holds`: whether its condition was true when last asked.
    """

    id: str
    node: str
    scope: str
    host: str
    kind: Hears
    since: datetime
    name: str = ""
    key: str = ""
    part: int = 0
    holds: bool = False


@dataclass(slots=True)
class Undo:
    """A completed activity that can be undone: the data it had of its own, and what was done inside it.

    `version` is that of a called process, `once` tells one instance of a repeated activity.
    """

    node: str
    data: dict[str, Value] = field(default_factory=dict)
    inner: list["Undo"] = field(default_factory=list)
    version: str = ""
    once: bool = False


@dataclass(slots=True)
class Level:
    """A scope in which things are being undone, the last of `todo` first; `opened` for that alone."""

    scope: str
    todo: list[Undo]
    opened: bool = False
