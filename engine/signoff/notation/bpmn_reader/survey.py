"""A file as a whole: what it defines, what keeps it from running, what has to be bound, what was only kept.

`survey` never raises for what a file says; `read` refuses what does not run. May import the model and the readers.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from signoff.errors import InvalidDefinition, Problem, UnsupportedElement
from signoff.model.check import check
from signoff.model.definition import Definition
from signoff.notation.bpmn_reader import rule
from signoff.notation.bpmn_reader.context import Binding, Context, Kept
from signoff.notation.bpmn_reader.formula import Formulas
from signoff.notation.bpmn_reader.globally import GLOBAL_TASKS, as_process
from signoff.notation.bpmn_reader.index import Index
from signoff.notation.bpmn_reader.listener import extensions
from signoff.notation.bpmn_reader.process import definition, places
from signoff.notation.xml.element import Element, parse, text_of, wrapped
from signoff.notation.xml.namespace import MODEL
from signoff.notation.xml.report import Report
from signoff.notation.xml.scan import Unreadable

#: What cannot be known where data are open: names, the errors of code, what a form will ask for.
_CLOSED = frozenset({"N01", "F09", "F06", "N08"})


class Verdict(StrEnum):
    """What becomes of a file, worst first."""

    REFUSED = "refused"
    BOUND = "runs once bound"
    RUNS = "runs"
    DRAWN = "only drawn"  # nothing in it says that it is to be run


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file says. `definitions` are those to be run, `drawn` those that are only pictures (`isExecutable` false)."""

    definitions: tuple[Definition, ...] = ()
    drawn: tuple[Definition, ...] = ()
    problems: tuple[Problem, ...] = ()
    bindings: tuple[Binding, ...] = ()
    kept: tuple[Kept, ...] = ()
    root: Element | None = None
    text: str = ""

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.warning)

    @property
    def verdict(self) -> Verdict:
        if self.drawn and not self.definitions:
            return Verdict.DRAWN
        if self.errors:
            return Verdict.REFUSED
        if not self.definitions:
            return Verdict.DRAWN
        return Verdict.BOUND if self.bindings else Verdict.RUNS


@dataclass(frozen=True, slots=True)
class Read:
    """What a file defines that runs, and the warnings that do not stop it."""

    definitions: tuple[Definition, ...]
    warnings: tuple[Problem, ...]
    survey: Survey


def read(
    source: str | bytes,
    *,
    file: str = "<text>",
    known: Mapping[str, Definition] | None = None,
    registered: Collection[str] = (),
) -> Read:
    """The processes that a BPMN file defines. Raises InvalidDefinition with all problems, each with its place.

    `registered` as in `survey`.
    """
    found = survey(source, file=file, known=known, registered=registered)
    if found.errors:
        raise (
            UnsupportedElement(found.problems)
            if _all_unsupported(found)
            else InvalidDefinition(found.problems)
        )
    return Read(found.definitions, found.problems, found)


def _all_unsupported(found: Survey) -> bool:
    return all(
        problem.code in {"bpmn_listener", "bpmn_extension", "bpmn_element"} for problem in found.errors
    )


def survey(
    source: str | bytes,
    *,
    file: str = "<text>",
    known: Mapping[str, Definition] | None = None,
    registered: Collection[str] = (),
) -> Survey:
    """Everything about a file, whether it runs or not; `known` are the processes that it may call.

    `registered` are the handlers that there are: one of an element's own id goes before the name in the file.
    """
    try:
        text = text_of(source, file)
        root = parse(text, file)
    except Unreadable as error:
        return Survey(problems=(error.problem,))
    report = Report()
    if root.space != MODEL or root.name != "definitions":
        report.refuse("bpmn_root", root, name=root.name)
        return Survey(problems=report.sorted(), root=root, text=text)
    index = Index.of(root, report)
    rule.apply(index, report)
    formulas = Formulas(report, root.get("expressionLanguage"))
    context = Context(index, report, formulas, registered=frozenset(registered))
    extensions(index, context)
    return replace(_defined(context, known or {}), root=root, text=text)


@dataclass(frozen=True, slots=True)
class Sketch:
    """The definitions of a file as far as they can be read, and the ids of the elements that were refused."""

    definitions: Mapping[str, Definition]
    troubled: frozenset[str]


def sketch(root: Any) -> Sketch:
    """What a tree of lxml would be read as, judged by nobody: for whoever writes one."""
    report = Report()
    index = Index.of(wrapped(root), report)
    context = Context(index, report, Formulas(report))
    called = map(as_process, index.all(*GLOBAL_TASKS))
    read = (definition(context, process) for process in (*index.all("process"), *called))
    found = {each.id: each for each in read}
    return Sketch(found, frozenset(problem.params["element"] for problem in report.errors))


def _defined(context: Context, known: Mapping[str, Definition]) -> Survey:
    index, report = context.index, context.report
    running: list[Definition] = []
    drawn: list[Definition] = []
    called = [as_process(task) for task in index.all(*GLOBAL_TASKS)]
    for process in (*index.all("process"), *called):
        if process.flag("isExecutable", default=True):
            if not process.id:
                report.refuse("bpmn_process_nameless", process)
            running.append(_executable(context, process, known))
        else:
            drawn.append(_drawn(context, process))
    if not running and not drawn:
        report.warn("bpmn_no_process", index.root)
    return Survey(tuple(running), tuple(drawn), report.sorted(), tuple(context.bindings), tuple(context.kept))


def _executable(context: Context, process: Element, known: Mapping[str, Definition]) -> Definition:
    before = len(context.report.errors)
    made = definition(context, process)
    if len(context.report.errors) == before:
        around = {**known, made.id: made}
        found = check(made, places(process), known=around)
        context.report.found += [p for p in found if not (made.open and p.code in _CLOSED)]
    return made


def _drawn(context: Context, process: Element) -> Definition:
    """A process that is not to be run: its expressions may be in words, so nothing that is only about running counts."""
    report = Report()
    quiet = Context(context.index, report, Formulas(report, context.formulas.language))
    context.report.warn("bpmn_not_executable", process, name=process.id)
    return definition(quiet, process)
