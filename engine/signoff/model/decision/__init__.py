"""Decisions: tables and what they rest on, as frozen values, and what they come to (DMN 1.3 chapters 6 to 9).

`table` is one decision table, `boxed` every other form of logic, `graph` the decisions of a file and how they hang together,
`sort` the types of their values. Pure; may import `feel` and errors.
"""

from signoff.model.decision.boxed import Conclusion, Entries, Invocation, Literal, Procedure, Series, Sheet
from signoff.model.decision.graph import Decided, Decision, Decisions, InputData, Knowledge
from signoff.model.decision.sort import ANY, Component, Sort
from signoff.model.decision.table import Aggregator, DecisionTable, HitPolicy, Input, Output, Rule

__all__ = [
    "ANY",
    "Aggregator",
    "Component",
    "Conclusion",
    "Decided",
    "Decision",
    "DecisionTable",
    "Decisions",
    "Entries",
    "HitPolicy",
    "Input",
    "InputData",
    "Invocation",
    "Knowledge",
    "Literal",
    "Output",
    "Procedure",
    "Rule",
    "Series",
    "Sheet",
    "Sort",
]
