"""What becomes of BPMN files: one line each, the worst blockers first, and the handlers that have to be registered.

What a file comes to is the library's to say. Must not write files.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from signoff import BpmnSurvey, BpmnVerdict
from signoff_cli.screen import Screen
from signoff_cli.source import Examined
from signoff_cli.words import counted, listed, t

_WORST = tuple(BpmnVerdict)
_COLOURS = {BpmnVerdict.REFUSED: "late", BpmnVerdict.BOUND: "soon", BpmnVerdict.RUNS: "good"}
#: What BPMN asks for and no modeler writes; `check --json` alone has it.
PEDANTIC = frozenset({"bpmn_no_operation", "bpmn_informal", "bpmn_collection_differs", "bpmn_message_item"})
_MOST = 5  # reasons below a file; --json has them all


def sorted_files(files: Sequence[Examined]) -> list[Examined]:
    """BPMN files by what becomes of them, the worst first; all other files after them, as they came."""
    drawn = [file for file in files if file.survey is not None]
    return [*sorted(drawn, key=_rank), *(file for file in files if file.survey is None)]


def _rank(file: Examined) -> tuple[int, int]:
    assert file.survey is not None
    verdict = file.survey.verdict
    return _WORST.index(verdict), -(len(file.errors) or len(file.survey.bindings))


def as_document(file: Examined) -> dict[str, Any]:
    """A file as JSON has it."""
    document: dict[str, Any] = {
        "file": file.path,
        "kind": file.kind,
        "process": file.definition.id if file.definition else None,
        "problems": file.problems,
    }
    if file.survey is not None:
        document |= {
            "verdict": file.survey.verdict.value,
            "processes": [each.id for each in file.survey.definitions],
            "bindings": file.survey.bindings,
            "kept": file.survey.kept,
        }
    return document


def show_triage(screen: Screen, files: Sequence[Examined]) -> None:
    """A line for each BPMN file; below it why it is refused, or what has to be bound."""
    for file in files:
        if file.survey is not None:
            screen.line(f"{file.path}: {_verdict(file.survey)}", _COLOURS.get(file.survey.verdict, ""))
            for line in _reasons(file, screen.lang):
                screen.line(f"  {line}")


def _verdict(survey: BpmnSurvey) -> str:
    match survey.verdict:
        case BpmnVerdict.REFUSED:
            reasons = counted("{n} reason", "{n} reasons", len(survey.errors))
            return t("refused ({reasons})", reasons=reasons)
        case BpmnVerdict.BOUND:
            return t("runs once bound: {handlers}", handlers=listed(_handlers(survey)))
        case BpmnVerdict.DRAWN:
            return t("only drawn: no process in it is to be run (isExecutable)")
    return t("runs")


def _handlers(survey: BpmnSurvey) -> Iterator[str]:
    """The handlers, each once, with what kind of name it is."""
    for binding in {each.handler: each for each in survey.bindings}.values():
        yield f"{binding.handler} ({binding.how.value})"


def _reasons(file: Examined, lang: str) -> Iterator[str]:
    told = file.errors or [each for each in file.warnings if each.code not in PEDANTIC]
    for problem in told[:_MOST]:
        yield f"{problem.place.line}:{problem.place.column} {problem.mark} {problem.sentence(lang)}"
    if len(told) > _MOST:
        yield counted("and {n} more", "and {n} more", len(told) - _MOST)
    assert file.survey is not None
    if file.survey.kept and not file.errors:
        names = Counter(each.name for each in file.survey.kept)
        yield t("Kept as it is, without effect: {names}", names=listed(sorted(names)))
