"""A DMN file: its inputs, decisions and shared knowledge, and what each requires (DMN 1.3 chapters 6 and 12).

May import model, errors and its siblings.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from signoff.errors import InvalidDefinition, Place, Problem
from signoff.model.decision import (
    ANY,
    Decision,
    Decisions,
    DecisionTable,
    InputData,
    Knowledge,
    Literal,
    Procedure,
    Sort,
)
from signoff.model.feel import Feel
from signoff.notation.dmn_reader.context import Context, kid, kids, name_of
from signoff.notation.dmn_reader.logic import Logics
from signoff.notation.dmn_reader.types import Types, component_names
from signoff.notation.xml.element import Element, parse, text_of
from signoff.notation.xml.scan import Unreadable

_NAMESPACE = re.compile(r"https?://www\.omg\.org/spec/DMN/\d{8}/?(?:dmn(?:11|12|13)?\.xsd|MODEL/?)?")
#: Whose files read data of the process by their names, whether a requirement is drawn or not.
_ENGINES = ("camunda", "operaton", "flowable", "activiti", "dmn-js", "bpmn.io")
_REQUIRED = ("requiredInput", "requiredDecision", "requiredKnowledge")
_REFUSED = ("import",)
_SILENT = frozenset(
    "description extensionElements itemDefinition inputData decision businessKnowledgeModel knowledgeSource "
    "textAnnotation association artifact group elementCollection organizationUnit performanceIndicator "
    "decisionService businessContextElement".split()
)


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says, and warnings about it."""

    decisions: Decisions
    problems: tuple[Problem, ...] = ()


def read(source: str | bytes, file: str = "decisions.dmn") -> Read:
    """The decisions of DMN XML. Raises InvalidDefinition with every problem that was found."""
    try:
        root = parse(text_of(source, file), file)
    except Unreadable as fault:
        raise InvalidDefinition([fault.problem]) from None
    if root.name != "definitions" or not _NAMESPACE.fullmatch(root.space):
        raise InvalidDefinition(
            [Problem("dmn_no_dmn", Place(file, root.line, root.column), {"root": root.name})]
        )
    document = _Document(root)
    found = document.decisions()
    problems = document.context.report
    if problems.errors:
        raise InvalidDefinition(problems.sorted())
    return Read(found, problems.sorted())


@dataclass(slots=True)
class _Document:
    root: Element
    context: Context = field(init=False)
    _types: Types = field(init=False)
    _logics: Logics = field(init=False)
    _by_id: dict[str, Element] = field(init=False)
    _open: bool = field(init=False)
    _implied: dict[str, str] = field(default_factory=dict)  # name -> id of the input that it stands for

    def __post_init__(self) -> None:
        said = f"{self.root.get('exporter')} {self.root.get('namespace')}".lower()
        self._open = any(engine in said for engine in _ENGINES)
        self.context = Context(parts=component_names(self.root))
        self._types = Types(self.context, self.root)
        self._logics = Logics(self.context, self._types)
        self._by_id = self._identified()

    def decisions(self) -> Decisions:
        """Everything in it; what open decisions read beside what they require follows the inputs of the file."""
        root = self.root
        for child in root.children:
            foreign = child.space != root.space
            if not foreign and (child.name in _REFUSED or child.name not in _SILENT | {"DMNDI"}):
                self.context.report.refuse("dmn_not_run", child)
        self._types.read_all()
        self._circles()
        inputs = tuple(InputData(e.id, _name(e), self._sort(e)) for e in kids(root, "inputData"))
        knowledge = tuple(self._knowledge(e) for e in kids(root, "businessKnowledgeModel"))
        found = tuple(self._decision(e) for e in kids(root, "decision"))
        implied = tuple(InputData(id, name) for name, id in self._implied.items())
        return Decisions(
            id=root.get("id") or root.get("name"),
            name=root.get("name"),
            inputs=(*inputs, *implied),
            knowledge=knowledge,
            decisions=found,
        )

    def _identified(self) -> dict[str, Element]:
        found: dict[str, Element] = {}
        for element in kids(self.root, "inputData", "decision", "businessKnowledgeModel"):
            if not element.id or not name_of(element):
                self.context.report.refuse("dmn_nameless", element)
            elif element.id in found:
                self.context.report.refuse("dmn_same_id", element, id=element.id)
            found[element.id] = element
        return found

    def _sort(self, element: Element) -> Sort:
        variable = kid(element, "variable")
        return self._types.of(variable) if variable is not None else ANY

    def _decision(self, element: Element) -> Decision:
        needs = self._needs(element)
        self.context.open, self.context.implied = self._open or not needs, {}
        logic = self._logics.inside(element, self._names(needs))
        if logic is None:
            self.context.report.warn("dmn_no_logic", element)
        if self.context.implied:
            self.context.report.warn("dmn_input_implied", element, names=list(self.context.implied))
        needs += tuple(self._input(name) for name in self.context.implied)
        self.context.open = False
        sort = ANY if self._open and isinstance(logic, DecisionTable) else self._sort(element)
        return Decision(element.id, _name(element), logic, sort, needs, self._outputs(element))

    def _input(self, name: str) -> str:
        """The id of an input that no file declares."""
        return self._implied.setdefault(name, f"input.{len(self._implied) + 1}")

    def _outputs(self, element: Element) -> tuple[str, ...]:
        """By which names an open file reads what a decision came to."""
        if not self._open:
            return ()
        table, variable = kid(element, "decisionTable"), kid(element, "variable")
        if table is not None:
            return tuple(filter(None, (name_of(column) for column in kids(table, "output"))))
        return (name_of(variable),) if variable is not None and name_of(variable) else ()

    def _knowledge(self, element: Element) -> Knowledge:
        needs = self._needs(element)
        body = kid(element, "encapsulatedLogic")
        if body is None:
            self.context.report.refuse("dmn_no_logic", element)
            return Knowledge(element.id, _name(element), Procedure((), Literal(Feel("null"))), needs)
        names = frozenset({*self._names(needs), _name(element)})
        return Knowledge(element.id, _name(element), self._logics.procedure(body, names), needs)

    # requirements -----------------------------------------------------------------------------------------

    def _needs(self, element: Element) -> tuple[str, ...]:
        found = []
        for reference in self._references(element):
            href = reference.get("href")
            if not href.startswith("#") or href[1:] not in self._by_id:
                self.context.report.refuse("dmn_unknown_requirement", reference, href=href, named=element.id)
            else:
                found.append(href[1:])
        return tuple(dict.fromkeys(found))

    def _references(self, element: Element) -> list[Element]:
        requirements = kids(element, "informationRequirement", "knowledgeRequirement")
        return [reference for requirement in requirements for reference in kids(requirement, *_REQUIRED)]

    def _names(self, needs: tuple[str, ...]) -> list[str]:
        required = [self._by_id[need] for need in needs]
        others = [name for each in required for name in (each.id, *self._outputs(each)) if self._open]
        return [*(_name(each) for each in required), *others]

    def _circles(self) -> None:
        """Requirements never lead back (DMN 1.3 §6.3.2.1); what would is reported once."""
        graph = {
            id: [r.get("href")[1:] for r in self._references(element) if r.get("href")[1:] in self._by_id]
            for id, element in self._by_id.items()
        }
        for ring in _rings(graph):
            self.context.report.refuse("dmn_circle", self._by_id[ring[0]], ring=ring)


def _rings(graph: Mapping[str, list[str]]) -> list[list[str]]:
    """Circles of requirements, each from where it was found and back to there."""
    found: list[list[str]] = []
    left = dict(graph)
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as fault:
            ring: list[str] = fault.args[1]
            found.append(ring)
            left.pop(ring[0])
        else:
            return found


def _name(element: Element) -> str:
    """What others call it: the name of its variable, which has to be its own (DMN 1.3 §6.3.7)."""
    return name_of(element)
