"""A process as understood from a table: its steps, roles, dates and documents, and the findings about cells.

Owns the data that `drafting` fills and `tree` writes. Must not understand cells itself.
"""

from dataclasses import dataclass, field

from signoff.notation.table.document import Documents
from signoff.notation.table.event import Events
from signoff.notation.table.finding import Finding
from signoff.notation.table.owner import Roles
from signoff.notation.table.sheet import Cell


@dataclass(slots=True)
class Step:
    """One step as understood; `every` makes it a recurrence, `beside` names a row it runs beside."""

    id: str
    text: str
    number: str
    stage: str
    owners: list[str] = field(default_factory=list)
    opens: str = ""
    due: str = ""
    unread: str = ""
    every: str = ""
    delivers: list[str] = field(default_factory=list)
    approve: list[dict[str, object]] = field(default_factory=list)
    cc: list[str] = field(default_factory=list)
    checklist: list[object] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    beside: str = ""
    cell: Cell | None = None
    backwards: bool = False  # due before a step that it waits for

    def keep(self, text: str, heading: str = "") -> None:
        """Keep a text as a note, once."""
        text = f"{heading}{'：' if not heading.isascii() else ': '}{text}" if heading else text
        if text not in self.notes:
            self.notes.append(text)


@dataclass(slots=True)
class Draft:
    """The whole process as understood, with the findings about every cell."""

    id: str
    name: str
    lang: str
    roles: Roles
    events: Events
    documents: Documents = field(default_factory=Documents)
    stages: dict[str, str] = field(default_factory=dict)  # id → name
    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    modes: bool = False

    @property
    def unreadable(self) -> int:
        """How many deadlines `check` will refuse: those marked unreadable, and those before one they wait for."""
        return sum(1 for step in self.steps if step.unread or step.backwards)
