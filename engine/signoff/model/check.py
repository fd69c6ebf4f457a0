"""Static analysis of a definition before anything runs (reference §11): expressions, data flow, gates, roles, flow.

Language-independent: whoever read the file tells where its parts stand. What only a notation can see is checked
there. The analyses beside those of expressions stand in `parties`, `demands` and `passage`. May import the rest of model/ and errors.
"""

from collections.abc import Iterator, Mapping

from signoff.errors import Place, Problem
from signoff.model.course import Course
from signoff.model.definition import Definition
from signoff.model.demands import demands
from signoff.model.environment import OUTSIDE, Environment, Site
from signoff.model.finding import Finder
from signoff.model.inference import check as findings_of
from signoff.model.parties import parties
from signoff.model.passage import passage
from signoff.model.syntax import Path
from signoff.model.types import Declaration, ListOf, Record


def check(
    definition: Definition,
    places: Mapping[str, Place],
    *,
    known: Mapping[str, Definition] | None = None,
    partial: bool = False,
) -> list[Problem]:
    """All findings of a definition, errors and warnings, each once.

    `places`: node id, or `NODE|KEY|NAME`, or `data:NAME` `role:ID` `document:ID` `date:ID` -> where it is written;
    for an expression the place of its first character. `known`: the processes it may call. `partial`: parts were
    refused already, so what may only be missing because of them is not said.
    """
    environment = Environment(definition, known or {})
    course = Course.of(definition)
    finder = Finder(places)
    for site in environment.sites():
        _expression(environment, course, site, finder, partial=partial)
    _circles(definition, finder)
    demands(definition, course, finder, partial=partial)
    parties(environment, course, finder, partial=partial)
    passage(environment, course, finder, partial=partial)
    return finder.found


def _expression(
    environment: Environment, course: Course, site: Site, finder: Finder, *, partial: bool
) -> None:
    definition = environment.definition
    types = {**environment.types(site.scope), **site.local}
    passed = site.passes and isinstance(site.expression.node, Path)
    nullable = set() if partial or passed or not definition.blocks else _nullable(environment, course, site)
    found = findings_of(
        site.expression,
        types,
        want=site.want,
        nullable=nullable,
        key=site.key,
        open_data=not definition.data,
    )
    for finding in found:
        finder.tell(finding.code, site.mark, offset=finding.offset, **finding.params)
    for document in site.expression.documents - definition.documents.keys():
        finder.strange("N09", site.mark, document, definition.documents, "document_undeclared")
    for step in site.expression.steps - definition.nodes.keys():
        finder.strange("N09", site.mark, step, definition.blocks, "step_unknown")


def _nullable(environment: Environment, course: Course, site: Site) -> set[str]:
    """The names and paths that may still be empty where the expression is computed."""
    if site.node == OUTSIDE:
        return set()
    if not site.node:
        known = course.started
    elif site.node not in course.at:
        return set()
    else:
        known = course.within(site.node) if site.after else course.at[site.node]
    declared = environment.declared(site.scope)
    empty = {name for name, d in declared.items() if d.formula is None and name not in known.data}
    while more := {n for n, d in declared.items() if d.formula and d.formula.names & empty} - empty:
        empty |= more
    return empty | {path for name, d in declared.items() for path in _optional(name, d)}


def _optional(path: str, declared: Declaration) -> Iterator[str]:
    """The paths of fields that may stay empty."""
    inner = declared.type
    while isinstance(inner, ListOf):
        inner = inner.item
    for field in inner.fields if isinstance(inner, Record) else ():
        if field.optional and field.default is None:
            yield f"{path}.{field.name}"
        else:
            yield from _optional(f"{path}.{field.name}", field)


def _circles(definition: Definition, finder: Finder) -> None:
    """T07: a name that is computed from itself, directly or through others."""
    reads = {name: d.formula.names for name, d in definition.data.items() if d.formula}
    for name, names in reads.items():
        reached: set[str] = set()
        todo = list(names)
        while todo:
            one = todo.pop()
            if one not in reached:
                reached.add(one)
                todo.extend(reads.get(one, ()))
        if name in reached:
            finder.tell("T07", f"data:{name}", name=name)
