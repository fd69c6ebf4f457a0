"""Notices that a person wants later, after quiet hours or once a day: put by, then told all at once.

Must not import `engine`.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from signoff.kernel.effect import Owed
from signoff.runtime.channels import Channel, Notice
from signoff.runtime.contact import Contact
from signoff.runtime.core import Core
from signoff.runtime.notices import Occasion, render
from signoff.runtime.tongue import of_machine
from signoff.store import basket
from signoff.store.agenda import Obligation
from signoff.store.schema import micros

DIGEST = "digest"


def contact_of(core: Core, id: str) -> Contact:
    """Where and when a person is reached; of a stranger only the id is known."""
    return core.directory.contact(id) or Contact(id)


def preferred(core: Core, to: Contact) -> Sequence[Channel]:
    """The channels that a person wants; all of them where none of those is here, so that nothing stays unsaid."""
    return [each for each in core.channels if each.name in to.channels] or core.channels


def put_by(core: Core, notice: Notice, until: datetime) -> None:
    """Keep a notice for its person until then; the same one twice is kept once."""
    line = {"id": notice.id, "subject": notice.subject, "task": notice.task}

    def own() -> None:
        with core.database.write() as handle:
            due = micros(until.astimezone(UTC))
            basket.put(handle.connection, notice.to.id, Owed.NOTICE, line, due=due)

    core.database.attempt(own)


def notices(core: Core, obligation: Obligation) -> Iterator[tuple[Channel, Notice]]:
    """All that was put by for a person, in one notice for each channel."""
    payload = obligation.payload
    (person,) = payload["people"]
    to = contact_of(core, person)
    lines = [f"{each['subject']} – {each['task']}".strip(" –") for each in payload["lines"]]
    facts = {"title": "signoff", "why": lines, "note": str(payload["more"] or "")}
    number = str(len(lines) + payload["more"])
    message = render(Occasion.DIGEST, {**facts, "level": number}, to.lang or of_machine())
    id = payload["lines"][0]["id"]
    for channel in preferred(core, to):
        told = f"{DIGEST}/{id}/{number}/{channel.name}"
        yield channel, Notice(told, to, message.subject, message.text, kind=DIGEST)
