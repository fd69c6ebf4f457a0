"""The system chains: whether each holds, link by link, and what their links say.

Each finding names its class, as in `read.finding`. Must import only store.schema, store.codec and store.chain.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from signoff.errors import UnreadableState
from signoff.read.finding import Fault, Finding
from signoff.read.history import PAGE
from signoff.store import chain, codec
from signoff.store.schema import chain as rows
from signoff.store.schema import chain_head, micros

_UNREADABLE = (UnreadableState, KeyError, TypeError, ValueError)


@dataclass(slots=True, frozen=True)
class Said:
    """What a readable link says, and when it was added."""

    n: int
    at: datetime
    content: Mapping[str, Any]


def verify_chains(connection: Connection) -> list[Finding]:
    """The system chains, each against its head; a chain without a head is one that was cut."""
    names = {*connection.execute(select(chain_head.c.name)).scalars()}
    names |= {*connection.execute(select(rows.c.name).distinct()).scalars()}
    return [finding for name in sorted(names) for finding in _chain(connection, name)]


def said(connection: Connection, name: str) -> Iterator[Said]:
    """What the readable links of a chain say, in their order."""
    for row in _rows(connection, name):
        with suppress(*_UNREADABLE):
            written = codec.parse(row.bytes)
            at, content = datetime.fromisoformat(written["at"]), written["content"]
            if at.tzinfo is not None and isinstance(content, Mapping):
                yield Said(row.n, at, content)


def within(name: str, check: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """What a check of this chain finds; a link whose parts are of no known form stops no other check."""
    try:
        return [*check()]
    except (*_UNREADABLE, AttributeError, OverflowError):
        return [Finding(name, chain.Fault.UNREADABLE)]


def contents(connection: Connection, name: str) -> Iterator[Mapping[str, Any]]:
    """What the readable links of a chain say, without when."""
    return (each.content for each in said(connection, name))


def _chain(connection: Connection, name: str) -> list[Finding]:
    links = (chain.Link(row.n, row.bytes, row.hash) for row in _rows(connection, name))
    broken = chain.verify_links(links, head=chain.head_of(connection, name))
    found = (Finding(name, each.fault, each.n) for each in broken)
    return [*dict.fromkeys((*found, *_read(connection, name)))]


def _read(connection: Connection, name: str) -> Iterator[Finding]:
    """What the links say of themselves, beside number and hash. Their order is that of their numbers, not of clocks."""
    for row in _rows(connection, name):
        try:
            written = codec.parse(row.bytes)
            at, named = micros(datetime.fromisoformat(written["at"])), written["chain"]
            readable = isinstance(written["content"], Mapping)
        except _UNREADABLE:
            readable = False
        if not readable:
            yield Finding(name, chain.Fault.UNREADABLE, row.n)
            continue
        if named != name:
            yield Finding(name, Fault.ELSEWHERE, row.n, str(named))
        if codec.compact(written) != row.bytes:
            yield Finding(name, Fault.ENCODING, row.n)
        if at != row.recorded_at:
            yield Finding(name, Fault.COLUMN, row.n, "recorded_at")


def _rows(connection: Connection, name: str) -> Iterator[Row[Any]]:
    """The rows of a chain, a page at a time."""
    after = 0
    while True:
        page = select(rows).where(rows.c.name == name, rows.c.n > after).order_by(rows.c.n).limit(PAGE)
        found = connection.execute(page).all()
        yield from found
        if len(found) < PAGE:
            return
        after = found[-1].n
