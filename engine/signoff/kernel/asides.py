"""Asides: what people do beside work and votes: withdraw, urge, read a copy, comment, ask, answer; override, hand over,
migrate, erase.

Commands like those of `commands`, and judged like them by `decide`; `margin` says by whom each is carried out.
May import commands, motions and state.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from signoff.kernel.commands import Command
from signoff.kernel.motions import Transfer
from signoff.kernel.state import Person
from signoff.model.priority import Priority


@dataclass(slots=True, kw_only=True)
class Withdraw(Command):
    """Who started it takes it back, as far as the definition lets them."""

    instance: str
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class Request(Command):
    """Ask for something that the definition offers; it takes effect once approved.

    `position`: in which occurrence, where it is offered in several. `people` are the persons that `data` names.
    """

    instance: str
    request: str
    data: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    position: int = 0
    people: Mapping[str, Person] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class WithdrawRequest(Command):
    """Who asked for something asks for it no more."""

    instance: str
    request: str
    reason: str = ""
    position: int = 0


@dataclass(slots=True, kw_only=True)
class Urge(Command):
    """Ask those whose move it is at a task or gate to make it."""

    task: str
    note: str = ""


@dataclass(slots=True, kw_only=True)
class MarkRead(Command):
    """Say that one has read the copy one was sent."""

    instance: str


@dataclass(slots=True, kw_only=True)
class Comment(Command):
    """Say something about an instance, or about one of its tasks or gates; nothing moves.

    `effective`: from which day it is meant to hold; beside the recorded time, which nobody sets.
    """

    text: str
    instance: str = ""
    task: str = ""
    effective: date | None = None


@dataclass(slots=True, kw_only=True)
class Ask(Command):
    """Ask a person for information about a task or gate; it does not wait for the answer."""

    task: str
    person: Person
    text: str


@dataclass(slots=True, kw_only=True)
class Answer(Command):
    """Give the information one was asked for."""

    question: str
    text: str


@dataclass(slots=True, kw_only=True)
class Override(Command):
    """An administrator lets a task or gate go on without its work or its votes; never an approval."""

    task: str
    reason: str


@dataclass(slots=True, kw_only=True)
class Move(Command):
    """An administrator lets the flow go on at another step; never an approval of what lies between."""

    task: str
    to: str
    reason: str


@dataclass(slots=True, kw_only=True)
class Prioritize(Command):
    """Say how pressing an instance is, or one of its tasks or gates."""

    priority: Priority
    instance: str = ""
    task: str = ""


@dataclass(slots=True, kw_only=True)
class HandOver(Transfer):
    """An administrator hands on what lies with `source`, who has left: one task, or one vote."""

    source: str


@dataclass(slots=True, kw_only=True)
class Erase(Command):
    """An administrator has personal values of an instance that has ended erased: all, or what is named.

    `seals` are the hashes that stand for them, `papers` the documents whose bytes go: the shell finds both.
    """

    instance: str
    reason: str
    names: tuple[str, ...] = ()
    seals: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()


class OpenVotes(StrEnum):
    """What becomes of the votes at open gates when what they are bound to is replaced."""

    KEEP = "keep"  # where there are any, it is refused
    VOID = "void"  # they count no more, and who gave them is asked again


@dataclass(slots=True, kw_only=True)
class Migrate(Command):
    """An administrator lets an instance go on with another version of its definition; `nodes`: what is called otherwise."""

    instance: str
    to: str
    reason: str
    nodes: Mapping[str, str] = field(default_factory=dict)
    votes: OpenVotes = OpenVotes.KEEP


@dataclass(slots=True, kw_only=True)
class GiveUp(Command):
    """What was owed under this key failed too often and is tried no more; said by the daemon."""

    instance: str
    key: str
    kind: str
    attempts: int
    why: str


@dataclass(slots=True, kw_only=True)
class OweAgain(Command):
    """An administrator has what was given up under these keys tried again."""

    instance: str
    keys: tuple[str, ...]
