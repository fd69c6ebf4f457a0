"""The systems around the process, as small as they can be and still do something: a case library, a ledger.

For handlers of other processes an answer is made up by its declared type. Must not ask the engine.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from signoff import Declaration, Definition, ServiceTask
from signoff_cli.demo.form import Filler

Handler = Callable[[dict[str, Any]], Mapping[str, Any] | None]
STAND_INS = f"{__name__}:stand_ins"


def _earlier() -> list[dict[str, Any]]:
    return [
        {"id": "C-1", "title": "新春年货节", "highlight": "老字号联名"},
        {"id": "C-2", "title": "夏季清凉周", "highlight": "门店打卡"},
    ]


@dataclass(slots=True)
class Systems:
    """What lies outside of signoff: `cases`, the case library; `reserved`, what the ledger holds back."""

    cases: list[dict[str, Any]] = field(default_factory=_earlier)
    reserved: dict[str, Decimal] = field(default_factory=dict)

    def similarity(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """How close a theme is to the closest case, from 0 to 1."""
        told = _told(inputs)
        score = max(SequenceMatcher(None, told, _told(case)).ratio() for case in self.cases)
        return {"score": str(round(Decimal(score), 2))}

    def add(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """File a case; again under the same key changes nothing."""
        known = next((case for case in self.cases if case.get("key") == inputs.get("key")), None)
        if known is None:
            known = {"id": f"C-{len(self.cases) + 1}", **inputs}
            self.cases.append(known)
        return {"id": known["id"]}

    def reserve(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Hold back what the lines add up to."""
        lines = inputs.get("lines") or ()
        total = sum((Decimal(str(line["amount"])) for line in lines), Decimal())
        self.reserved[str(inputs.get("key"))] = total
        return {"reserved": str(total)}

    @property
    def known(self) -> dict[str, Handler]:
        """The handlers that the shipped processes call."""
        return {
            "case_library.similarity": self.similarity,
            "case_library.add": self.add,
            "erp.reserve": self.reserve,
        }

    def handlers(self, definition: Definition, filler: Filler) -> dict[str, Handler]:
        """A handler for each that the process calls."""
        called = (node for node in definition.nodes.values() if isinstance(node, ServiceTask))
        return {node.handler: self.known.get(node.handler) or _answering(node, filler) for node in called}


def stand_ins() -> dict[str, Handler]:
    """The systems around the shipped processes, for a daemon: `--handlers signoff_cli.demo.handlers:stand_ins`.

    They keep what they are told in memory, until the daemon ends; a real service brings its own.
    """
    return Systems().known


def _told(case: Mapping[str, Any]) -> str:
    return f"{case.get('title')} {case.get('highlight')}"


def _answering(node: ServiceTask, filler: Filler) -> Handler:
    answer = filler.value(Declaration("result", node.returns)) if node.returns is not None else None
    return lambda _inputs: answer
