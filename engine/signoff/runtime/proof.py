"""What proves something: verifying, the approval sheet, the audit, and evidence to hand out. Reads only.

Must not import `engine` or `queries`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import BinaryIO

from signoff.kernel.commands import Actor
from signoff.read import audit, history, instance, sheet
from signoff.read.audit import AuditRow
from signoff.read.bundle import content
from signoff.read.sheet import Sheet
from signoff.runtime import evidence, reference
from signoff.runtime.core import Core
from signoff.runtime.evidence import Verified
from signoff.runtime.reader import Reader


class Proofs:
    """The part of `Engine` that an auditor asks."""

    def __init__(self, core: Core) -> None:
        self.core = core

    def verify(self, id: str = "", *, checkpoints: str = "", trusted: Sequence[bytes] = ()) -> Verified:
        """Fold what was recorded and compare: chains, hashes, signatures, state. Of one instance, or of everything.

        `checkpoints` is the text of a file of them; `trusted` are the public keys that may have signed it.
        """
        return evidence.verify(self.core, id, checkpoints=checkpoints, trusted=trusted)

    def audit(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        by: str | None = None,
        process: str | None = None,
        over: Decimal | None = None,
    ) -> Iterator[AuditRow]:
        """Decisions over all instances in the order in which they were recorded, a page in each transaction.

        From `since` on and before `until`, by one person, of one process, on more than an amount.
        """
        after: audit.Place | None = None
        while True:
            with self.core.database.read() as handle:
                load = partial(self.core.library.load, handle.connection)
                page = audit.audit(
                    handle.connection, since=since, until=until, by=by, process=process, over=over,
                    definition=load, after=after,
                )  # fmt: skip
            yield from page.rows
            after = page.after
            if after is None:
                return

    def sheet(self, id: str, *, reader: str | Actor | None = None) -> Sheet:
        """The approval sheet: who decided what, when, in which role, on what content, how strongly; raises NotFound.

        For a `reader` without the values that are hidden from that person; their hashes stay.
        """
        with self.core.database.read() as handle:
            state = instance.show(handle.connection, id).state
            records = history.history(handle.connection, id)
            found = sheet.sheet(id, records, lambda v: self.core.library.load(handle.connection, v))
            if reader is None:
                return found
            world = reference.world(self.core, handle.connection)
            return Reader(self.core, handle.connection, world, state, reader).sheet(found, records)

    def bundle(self, id: str, target: BinaryIO, *, checkpoints: str = "") -> None:
        """Write a .zip that proves this instance by itself, with a program that checks it; raises NotFound.

        `checkpoints` is the text of a file of them, to be put in.
        """
        with self.core.database.read() as handle:
            found = content.content(handle.connection, id, checkpoints)
        content.pack(found, self.core.documents.get, target)
