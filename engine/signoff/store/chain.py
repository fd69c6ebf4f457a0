"""Hash chains: one per instance in the journal, and the system chains `directory`, `keys` and `deployment`.

hash = SHA-256(domain, hash before, bytes), in hex; the bytes are stored as written and carry their number and the
hash before. A chain proves nothing against who can rewrite all of it: compare its head with one written down
elsewhere. May import store.schema and store.codec.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, insert, literal, select, update

from signoff.errors import UnreadableState
from signoff.store import codec
from signoff.store.form import encode_value, moment, utf8
from signoff.store.schema import chain, chain_head, micros
from signoff.store.upsert import upsert

DOMAIN = b"signoff/journal/v1\0"
FORMAT = 1


@dataclass(slots=True, frozen=True)
class Link:
    """A row of a chain, `n` from 1; `bytes` as written."""

    n: int
    bytes: str
    hash: str


class Fault(StrEnum):
    """What can be wrong with a link."""

    MISSING = "missing"  # a number is left out
    REPEATED = "repeated"  # a number stands twice, or goes back
    UNREADABLE = "unreadable"
    MOVED = "moved"  # the bytes name another number
    UNLINKED = "unlinked"  # the bytes name another hash before
    CHANGED = "changed"  # the hash is not that of the bytes
    CUT = "cut"  # the chain ends before the head, or with another hash


@dataclass(slots=True, frozen=True)
class Break:
    """Where a chain does not hold, and how."""

    n: int
    fault: Fault


def link_hash(before: str, bytes: str) -> str:
    """The hash of a link after the one with the hash `before` (empty: the first)."""
    return hashlib.sha256(DOMAIN + before.encode() + utf8(bytes)).hexdigest()


def append(connection: Connection, name: str, content: Mapping[str, Any], *, at: datetime) -> Link:
    """Add a link to a system chain in the caller's transaction; its head row is locked until that ends."""
    head = chain_head.c
    row = upsert(connection, chain_head).values(name=name, n=1, hash="")
    step = row.on_conflict_do_update(index_elements=[head.name], set_={"n": head.n + 1})
    n, before = connection.execute(step.returning(head.n, head.hash)).one()
    bytes = codec.compact(
        {
            "format": FORMAT,
            "chain": name,
            "n": n,
            "prev": before,
            "at": moment(at),
            "content": encode_value(dict(content)),
        }
    )
    link = Link(n, bytes, link_hash(before, bytes))
    connection.execute(
        insert(chain).values(name=name, n=n, bytes=bytes, hash=link.hash, recorded_at=micros(at))
    )
    connection.execute(update(chain_head).where(head.name == name).values(hash=link.hash))
    return link


def lock(connection: Connection, name: str) -> None:
    """Make whoever appends to this chain wait until the transaction ends; for who reads before appending."""
    row = upsert(connection, chain_head).values(name=name, n=0, hash="")
    same = row.on_conflict_do_update(index_elements=[chain_head.c.name], set_={"n": chain_head.c.n})
    connection.execute(same)


def head_of(connection: Connection, name: str) -> tuple[int, str]:
    """Number and hash of the last link of a system chain; (0, "") for an empty one."""
    head = chain_head.c
    row = connection.execute(select(head.n, head.hash).where(head.name == name)).first()
    return (row.n, row.hash) if row else (0, "")


def links(connection: Connection, name: str, *, after: int = 0, limit: int = 1000) -> list[Link]:
    """A page of a system chain."""
    columns = chain.c
    rows = (
        select(columns.n, columns.bytes, columns.hash)
        .where(columns.name == name, columns.n > literal(after))
        .order_by(columns.n)
        .limit(limit)
    )
    return [Link(*row) for row in connection.execute(rows)]


def walk(connection: Connection, name: str) -> Iterator[Link]:
    """Every link of a system chain, read page by page."""
    after = 0
    while page := links(connection, name, after=after):
        yield from page
        after = page[-1].n


def length(connection: Connection, name: str) -> int:
    """How many links a system chain has, counted."""
    found = connection.execute(select(func.count()).select_from(chain).where(chain.c.name == name))
    return int(found.scalar_one())


def verify_links(rows: Iterable[Link], *, head: tuple[int, str] | None = None) -> list[Break]:
    """Every place where a whole chain does not hold; with `head`, also whether it ends there."""
    found: list[Break] = []
    n, before = 0, ""
    for row in rows:
        found += [Break(row.n, fault) for fault in _faults(row, n, before)]
        n, before = max(n, row.n), row.hash
    if head is not None and head != (n, before):
        found.append(Break(n + 1 if head[0] > n else n, Fault.CUT))
    return found


def _faults(row: Link, n: int, before: str) -> Iterable[Fault]:
    if row.n > n + 1:
        yield Fault.MISSING
    elif row.n <= n:
        yield Fault.REPEATED
    try:
        content = codec.parse(row.bytes)
        named = content["n"], content["prev"]
    except (UnreadableState, KeyError, TypeError):
        yield Fault.UNREADABLE
    else:
        if named[0] != row.n:
            yield Fault.MOVED
        if named[1] != before:
            yield Fault.UNLINKED
    if link_hash(before, row.bytes) != row.hash:
        yield Fault.CHANGED
