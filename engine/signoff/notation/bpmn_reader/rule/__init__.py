"""The static constraints of BPMN 2.0.2: what a model must obey before anybody asks whether it can be run.

Each rule is a function of the index and the report; all are applied in one pass. They are about the file, not
about the definition that is made of it. May import `index`, `element` and `report`.
"""

from collections.abc import Callable

from signoff.notation.bpmn_reader.index import Index
from signoff.notation.bpmn_reader.rule.collaboration import COLLABORATION
from signoff.notation.bpmn_reader.rule.data import DATA
from signoff.notation.bpmn_reader.rule.event import EVENT
from signoff.notation.bpmn_reader.rule.flow import FLOW
from signoff.notation.bpmn_reader.rule.link import LINK
from signoff.notation.bpmn_reader.rule.message import MESSAGE
from signoff.notation.bpmn_reader.rule.structure import STRUCTURE
from signoff.notation.xml.report import Report

Rule = Callable[[Index, Report], None]

RULES: tuple[Rule, ...] = (*STRUCTURE, *FLOW, *EVENT, *LINK, *DATA, *MESSAGE, *COLLABORATION)


def apply(index: Index, report: Report) -> None:
    """Every finding of every rule."""
    for rule in RULES:
        rule(index, report)
