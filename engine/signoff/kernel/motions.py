"""Motions: what somebody who is asked wants besides voting: pass it on, hear another, add and remove signers.

Commands like those of `commands`, and judged like them by `decide`. What the shell looks up in the directory stands
in `holds`: person -> the roles of the definition that he holds. May import model values, commands and state.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from signoff.kernel.commands import Command, Signature
from signoff.kernel.state import Decision, Person, Place
from signoff.model.gate import NeedKind


@dataclass(slots=True, kw_only=True)
class Abstain(Command):
    """Be heard without a yes, where the definition offers that."""

    gate: str
    seen: str = ""
    note: str = ""
    signature: Signature | None = None


@dataclass(slots=True, kw_only=True)
class Transfer(Command):
    """Hand a task, or the own vote at a gate, over for good."""

    task: str
    person: Person
    note: str = ""
    holds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Delegate(Command):
    """Ask somebody for an opinion before voting; the vote stays with the one who asks first."""

    gate: str
    person: Person
    note: str = ""


@dataclass(slots=True, kw_only=True)
class Advise(Command):
    """Give the opinion one was asked for; `advice` None: neither for nor against."""

    gate: str
    note: str
    advice: Decision | None = None


@dataclass(slots=True, kw_only=True)
class AddSigners(Command):
    """Have others sign before, beside or after oneself; `need` of a group: any, all, all in turn (all)."""

    gate: str
    signers: tuple[Person, ...]
    place: Place
    need: NeedKind | None = None
    note: str = ""
    holds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class RemoveSigner(Command):
    """Take somebody off who has not voted: one whom oneself has added, or anybody as an administrator."""

    gate: str
    person: str
    reason: str


@dataclass(slots=True, kw_only=True)
class TakeBack(Command):
    """Take back the own vote, or the question one has passed on for an opinion."""

    gate: str
    reason: str = ""
