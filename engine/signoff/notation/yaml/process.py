"""A file into a definition: loads, checks the shape, compiles, and has the result analysed.

The order of work of `read`. May import model, errors and its siblings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from signoff.errors import DefinitionError, InvalidDefinition, Place, Problem
from signoff.model.check import check
from signoff.model.definition import Definition, Document
from signoff.model.priority import Priority
from signoff.model.types import Declaration, Text
from signoff.notation.yaml import beginning, sections
from signoff.notation.yaml.authority import tables
from signoff.notation.yaml.blocks import BUILDERS
from signoff.notation.yaml.context import Context, Scope
from signoff.notation.yaml.decisions import rulings
from signoff.notation.yaml.gates import Gates
from signoff.notation.yaml.graph import Graph
from signoff.notation.yaml.handlers import handlers
from signoff.notation.yaml.keys import PROCESS_FILE, SCENARIO_FILE, SHAPES
from signoff.notation.yaml.loader import load
from signoff.notation.yaml.names import Names, collect
from signoff.notation.yaml.parts import Parts
from signoff.notation.yaml.report import Report
from signoff.notation.yaml.roles import roles
from signoff.notation.yaml.scenario import Scenario, scenarios
from signoff.notation.yaml.shape import Reader, Shape
from signoff.notation.yaml.tree import Keyed
from signoff.notation.yaml.types import Types
from signoff.sentences import Sentence
from signoff.time.calendar import Calendar

#: What these refuse is taken out of the definition, so that other things may seem to be missing.
_TAKEN_OUT = ("B01", "N02", "S01", "U01", "Y00", "Y02", "Y03")


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says: the definition, warnings that do not stop it, and the scenarios in the same file."""

    definition: Definition
    warnings: tuple[Problem, ...] = ()
    scenarios: tuple[Scenario, ...] = ()


def read(text: str, *, file: str = "<text>", known: Mapping[str, Definition] | None = None) -> Read:
    """The process that a YAML text defines; `known` are the processes it may call.

    Raises InvalidDefinition with all problems at once, each with file, line and column (reference §11).
    """
    report = Report(file)
    root = _shaped(text, report, PROCESS_FILE, "process")
    if root is None:
        raise InvalidDefinition(_sorted(report))
    context = Context(report, root, known or {}, lang=root.text("lang", "zh"))
    definition = _definition(context)
    report.extend(_analysed(definition, context))
    problems = _sorted(report)
    errors = [problem for problem in problems if not problem.warning]
    if errors:
        raise InvalidDefinition(problems)
    return Read(definition, problems, scenarios(root.nodes("scenarios")))


def sketch(text: str, *, file: str = "<text>", known: Mapping[str, Definition] | None = None) -> Definition:
    """The process as far as it can be drawn: a call of a process that is not known is a box like any other.

    For pictures only: nothing is analysed. Raises InvalidDefinition with every other problem of the text.
    """
    report = Report(file)
    root = _shaped(text, report, PROCESS_FILE, "process")
    if root is not None:
        definition = _definition(Context(report, root, known or {}, lang=root.text("lang", "zh")))
        if all(problem.warning or _calls_unknown(problem) for problem in report.problems):
            return definition
    raise InvalidDefinition(_sorted(report))


def _calls_unknown(problem: Problem) -> bool:
    what = problem.params.get("what")
    return isinstance(what, Sentence) and what.code == "process_unknown"


def _analysed(definition: Definition, context: Context) -> list[Problem]:
    """What the analysis of the model finds; what has no place in the file follows from an error that has one."""
    errors = {problem.code for problem in context.report.problems if not problem.warning}
    partial = not errors.isdisjoint(_TAKEN_OUT)
    found = check(definition, context.places, known=context.known, partial=partial)
    return [problem for problem in found if problem.place.line or not errors]


def read_scenarios(text: str, file: str = "<text>") -> tuple[str, tuple[Scenario, ...]]:
    """The process that a file of scenarios is for, and its scenarios. Raises InvalidDefinition."""
    report = Report(file)
    root = _shaped(text, report, SCENARIO_FILE, "scenarios_of")
    if root is None or report.problems:
        raise InvalidDefinition(_sorted(report))
    return root.text("scenarios_of"), scenarios(root.nodes("scenarios"))


def _sorted(report: Report) -> tuple[Problem, ...]:
    return tuple(sorted(report.problems, key=lambda p: (p.place.line, p.place.column)))


def _shaped(text: str, report: Report, shape: Shape, kind: str) -> Keyed | None:
    """The tree as far as it has the right shape; None when it is no file of this kind."""
    tree = load(text, report)
    if tree is None:
        if not report.problems:
            report("Y03", Place(report.file, 1, 1))
        return None
    if isinstance(tree, Keyed) and kind not in tree:
        if "table" in tree:
            report("U01", (tree.key("table") or tree).place, key="table")
            return None
        report("S01", tree.place, "key_missing", name=kind)
        return None
    fitted = shape.fit(tree, Reader(report, SHAPES))
    return fitted if isinstance(fitted, Keyed) and fitted.leaf(kind) else None


def _definition(context: Context) -> Definition:
    root = context.root
    names = collect(context)
    types = Types(context)
    data = types.declarations(root.node("data"))
    for key, _ in root.node("data") or ():
        context.mark(f"data:{key.text}", key)
    defaults = sections.defaults(context)
    gates = Gates(context, names, defaults, tables(context, types))
    graph = Graph()
    parts = Parts(context, types, gates, graph, BUILDERS, rulings(context, types))
    scope = Scope("", data)
    start = beginning.start(context, gates, scope)
    pieces = beginning.put_first(graph, start, parts.sequence(root.nodes("steps"), scope, "/"))
    graph.body("", pieces, scope="", also=beginning.events(parts, scope))
    handlers(parts, "", root, scope)
    for compile_ in parts.later:
        compile_()
    return Definition(
        id=root.text("process"),
        label=context.label(root, root.text("process")),
        nodes=graph.nodes,
        flows=graph.flows,
        blocks=graph.blocks,
        data=data,
        dates=sections.dates(context),
        documents=_documents(context, names),
        roles=roles(context, names),
        notices=sections.notices(context),
        messages=sections.messages(context, types),
        signals=sections.signals(context, types),
        start=start,
        returns=_returns(context, data),
        lang=context.lang,
        calendar=root.text("calendar", "CN"),
        zone=_zone(context),
        currency=root.text("currency", "CNY"),
        **_pace(root, defaults),
        edition=root.text("edition"),
    )


def _pace(root: Keyed, defaults: sections.Defaults) -> dict[str, Any]:
    """When a day begins and ends, and how the process takes its time."""
    return {
        "opens": defaults.opens,
        "closes": defaults.closes,
        "roll": defaults.roll,
        "standstill": defaults.suspended,
        "urging": defaults.urge,
        "questions": defaults.asked,
        "priority": Priority(root.text("priority", Priority.NORMAL)),
    }


def _zone(context: Context) -> str:
    """The zone, if there is one of that name; money, people and times depend on it."""
    leaf = context.root.leaf("zone")
    zone = leaf.text if leaf else "Asia/Shanghai"
    try:
        Calendar("", zone)
    except DefinitionError as error:
        context.report("S01", leaf.place if leaf else context.root.place, error.code, zone=zone, name=zone)
    return zone


def _returns(context: Context, data: Mapping[str, Declaration]) -> tuple[str, ...]:
    return context.lookups("N01", context.root.leaves("returns"), data)


def _documents(context: Context, names: Names) -> dict[str, Document]:
    """The declared ones, and those that exist because a step delivers them."""
    found = sections.documents(context)
    for name in names.delivered:
        found.setdefault(name, Document(name, Text.of(name, context.lang)))
    return found
