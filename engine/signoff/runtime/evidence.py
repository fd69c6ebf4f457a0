"""verify: fold what was recorded and compare it with what is stored. Never decides anything again.

The checks themselves stand in `read.verify`, how a journal becomes rows again in `store.rebuild`. Must not
import `engine`.
"""

from dataclasses import dataclass

from signoff.read import foundation
from signoff.read import verify as checks
from signoff.read.verify import Finding
from signoff.runtime.core import Core
from signoff.store import rebuild


@dataclass(frozen=True, slots=True)
class Verified:
    """How many instances were looked at, and everything that does not hold."""

    instances: int
    findings: tuple[Finding, ...]


def verify(core: Core, instance: str = "") -> Verified:
    """One instance, or everything: chains, hashes, definitions, and states derived again. Reads page by page."""
    if instance:
        with core.database.read() as handle:
            found = checks.verify_instance(
                handle.connection, instance, replay=rebuild.state_of, project=rebuild.rows_of
            )
        return Verified(1, tuple(found))
    count, findings = 0, _beside(core)
    after: checks.Place | None = None
    while True:
        with core.database.read() as handle:
            page = checks.verify_instances(
                handle.connection, replay=rebuild.state_of, project=rebuild.rows_of, after=after
            )
        count, after = count + page.instances, page.after
        findings += page.findings
        if after is None:
            return Verified(count, tuple(findings))


def _beside(core: Core) -> list[Finding]:
    """The system chains, what they record, the documents, and rows of instances that are not there."""
    with core.database.read() as handle:
        connection = handle.connection
        return [
            *checks.verify_chains(connection),
            *checks.verify_definitions(connection),
            *checks.orphans(connection),
            *foundation.verify_documents(connection),
            *foundation.verify_current(connection),
            *foundation.verify_people(connection),
        ]
