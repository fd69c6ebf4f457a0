"""Whether who acted for somebody else had a grant that led there, judged again from the chain `directory`.

Where the directory was the host's own, no chain says it, and only the record can be compared with itself. Must not
import `engine`.
"""

from collections.abc import Iterator
from typing import Protocol

from signoff.kernel import substitution
from signoff.kernel.sight import Sight
from signoff.kernel.state import Person
from signoff.model.authority import Way, ways
from signoff.store.codec import Envelope
from signoff.store.grants import CHAIN, Grants


class Stead(Protocol):
    """What an event says of who acted in whose place."""

    on_behalf_of: str
    grant: str


def reasons(
    grants: Grants, sight: Sight, step: str, event: Stead, sent: Envelope, seat: Person | None = None
) -> Iterator[str]:
    """Everything that speaks against it. `seat`: whose amount a decision is judged by; without it none is."""
    if not event.on_behalf_of:
        if event.grant:
            yield "names a grant and nobody who gave it"
        return
    if event.on_behalf_of != sent.on_behalf:
        yield f"acted for {event.on_behalf_of}, the record says {sent.on_behalf or 'for nobody'}"
    if not event.grant:
        yield f"acted for {event.on_behalf_of} without a grant"
    head = sent.heads.get(CHAIN, "")
    if not grants.fits(head, sent.at):
        yield f"rests on a directory that there never was{f', {head[:12]}' if head else ''}"
    standing = grants.at(head)
    if standing is None:
        return
    found = [
        way
        for given in standing
        for way in ways(given, sent.actor, sent.at)
        if (way.principal, way.id) == (event.on_behalf_of, event.grant)
    ]
    if not found:
        yield f"had no grant {event.grant} of {event.on_behalf_of} in force"
    elif not any(_leads(way, sight, step, sent.actor, seat) for way in found):
        yield f"went beyond the grant {event.grant} of {event.on_behalf_of}"


def _leads(way: Way, sight: Sight, step: str, actor: str, seat: Person | None) -> bool:
    starter = sight.state.starter
    return (
        way.passed_on
        and (starter is None or starter.id != actor)
        and all(grant.reaches(sight.definition.id, step) for grant in way.grants)
        and (seat is None or substitution.within(sight, seat, way))
    )
