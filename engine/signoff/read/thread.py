"""What was said about an instance: comments, questions and answers, in their order.

Must import only kernel.events and the records of `read.history`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from signoff.kernel.events.aside import Commented, InformationAsked, InformationGiven
from signoff.read.history import Record


@dataclass(slots=True, frozen=True)
class Remark:
    """`kind`: comment, question or answer; `to` whom a question or an answer is for; `node` the step it is about."""

    at: datetime
    kind: str
    person: str
    name: str
    to: str
    node: str
    text: str
    effective: date | None = None  # from which day it is meant to hold


def thread(records: Iterable[Record]) -> Iterator[Remark]:
    """The remarks of these records."""
    for record in records:
        for event in record.events:
            match event:
                case Commented():
                    said = event.text, event.effective
                    yield Remark(record.at, "comment", event.person, event.name, "", event.node, *said)
                case InformationAsked():
                    yield Remark(
                        record.at, "question", event.by, event.name, event.person, event.node, event.text
                    )
                case InformationGiven():
                    yield Remark(
                        record.at, "answer", event.person, event.name, event.to, event.node, event.text
                    )
