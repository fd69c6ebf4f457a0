"""verify: fold what was recorded and compare it with what is stored. Never decides anything again.

The checks themselves stand in `read`, how a journal becomes rows again in `store.rebuild`. Must not
import `engine`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from signoff.errors import NotFound, UnreadableState
from signoff.read import deployment, directory, document, ledger, signatures
from signoff.read import verify as checks
from signoff.read.checkpoints import verify_checkpoints
from signoff.read.finding import Finding
from signoff.read.ledger import within
from signoff.read.verify import Means
from signoff.runtime import right
from signoff.runtime.core import Core
from signoff.store import codec, keys, people, rebuild
from signoff.store.documents import DatabaseDocuments, Documents


@dataclass(frozen=True, slots=True)
class Verified:
    """How many instances were looked at, and everything that does not hold."""

    instances: int
    findings: tuple[Finding, ...]


def verify(
    core: Core, instance: str = "", *, checkpoints: str = "", trusted: Sequence[bytes] = ()
) -> Verified:
    """One instance, or everything: chains, hashes, definitions, and states derived again. Reads page by page."""
    means = _means(core)
    outside = _outside(core, checkpoints, trusted, instance)
    if instance:
        with core.database.read() as handle:
            found = checks.verify_instance(handle.connection, instance, means)
            found += signatures.verify_signatures(handle.connection, [instance], {})
        return Verified(1, tuple(outside + found))
    count, findings = 0, outside + _beside(core) + _signatures(core)
    after: checks.Place | None = None
    while True:
        with core.database.read() as handle:
            page = checks.verify_instances(handle.connection, means, after=after)
        count, after = count + page.instances, page.after
        findings += page.findings
        if after is None:
            return Verified(count, tuple(findings))


def _outside(core: Core, text: str, trusted: Sequence[bytes], instance: str) -> list[Finding]:
    """Against what was written down elsewhere, if anything was."""
    if not text:
        return []
    with core.database.read() as handle:
        return verify_checkpoints(handle.connection, text, trusted, about=instance)


def _signatures(core: Core) -> list[Finding]:
    """Of all instances, a page in each transaction."""
    found: list[Finding] = []
    nonces: signatures.Nonces = {}
    after: signatures.Place | None = None
    while True:
        with core.database.read() as handle:
            page, after = signatures.signed_instances(handle.connection, after=after)
            found += signatures.verify_signatures(handle.connection, page, nonces)
        if after is None:
            return found


def _beside(core: Core) -> list[Finding]:
    """The system chains, what they record, the documents, and rows of instances that are not there."""
    with core.database.read() as handle:
        connection = handle.connection
        standing = codec.parse(codec.canonical(people.standing(connection)))
        return [
            *ledger.verify_chains(connection),
            *within(deployment.CHAIN, lambda: deployment.verify_definitions(connection)),
            *checks.orphans(connection),
            *document.verify_documents(connection),
            *within(deployment.CHAIN, lambda: deployment.verify_current(connection)),
            *within(deployment.CHAIN, lambda: deployment.verify_releases(connection)),
            *within(directory.CHAIN, lambda: directory.verify_directory(connection, standing)),
            *within(keys.CHAIN, lambda: signatures.verify_keys(connection)),
        ]


def _means(core: Core) -> Means:
    inside = isinstance(core.documents, DatabaseDocuments)
    lost = document.lost if inside else _Kept(core.documents).lost
    return Means(rebuild.state_of, rebuild.rows_of, lost, right.judge(core))


class _Kept:
    """Documents that are kept elsewhere: each is read once, which is how its store finds out that it was changed."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._seen: dict[str, bool] = {}

    def lost(self, _connection: Connection, named: Collection[str]) -> set[str]:
        """Which of these documents are gone or changed."""
        for sha256 in named:
            if sha256 not in self._seen:
                self._seen[sha256] = self._is_there(sha256)
        return {sha256 for sha256 in named if not self._seen[sha256]}

    def _is_there(self, sha256: str) -> bool:
        try:
            self._documents.get(sha256)
        except (NotFound, UnreadableState):
            return False
        return True
