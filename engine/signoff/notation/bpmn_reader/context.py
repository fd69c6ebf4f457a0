"""What all readers of one file share: the index, the report, the expressions, and what was found on the way.

May import the model and the modules beside it that know no process.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from signoff.model.message import Code, Message, Signal
from signoff.model.role import Role
from signoff.model.types import Text
from signoff.notation.bpmn_reader.formula import Formulas
from signoff.notation.bpmn_reader.index import Index
from signoff.notation.xml.element import Element
from signoff.notation.xml.report import Report


class How(StrEnum):
    """By what the code is known that an element runs."""

    TOPIC = "topic"
    DELEGATE = "delegate"
    CLASS = "class"
    EXPRESSION = "expression"
    SCRIPT = "script"
    ELEMENT = "element"


@dataclass(frozen=True, slots=True)
class Binding:
    """A handler to register before an element can run."""

    handler: str
    element: str
    line: int
    how: How


@dataclass(frozen=True, slots=True)
class Kept:
    """What has no meaning here and is kept as it stands for the way out."""

    name: str
    element: str
    line: int


@dataclass(slots=True)
class Context:
    """One file while it is read. `roles` and the catalogues are of the process that is being read."""

    index: Index
    report: Report
    formulas: Formulas
    registered: frozenset[str] = frozenset()
    bindings: list[Binding] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    roles: dict[str, Role] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    signals: dict[str, Signal] = field(default_factory=dict)
    errors: dict[str, Code] = field(default_factory=dict)
    escalations: dict[str, Code] = field(default_factory=dict)
    initiators: set[str] = field(default_factory=set)  # variables that hold who started

    def keep(self, name: str, element: Element) -> None:
        """Note what is not read, but not lost either."""
        self.kept.append(Kept(name, element.id, element.line))

    def fresh(self) -> None:
        """Before the next process of the file."""
        self.roles, self.messages, self.signals = {}, {}, {}
        self.errors, self.escalations, self.initiators = {}, {}, set()


def label(element: Element, attribute: str = "name") -> Text:
    """The name of an element: in Chinese where it has Chinese signs, else in English."""
    name = element.attributes.get(attribute, "")
    return Text.of(name, "zh" if any("\u2e80" <= sign <= "\u9fff" for sign in name) else "en")
