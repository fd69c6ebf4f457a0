"""Rules about events: which definitions they may have where, and what may touch them (BPMN 2.0.2 §10.5)."""

from signoff.notation.bpmn_reader.index import ACTIVITIES, Index, scope_of
from signoff.notation.xml.element import Element
from signoff.notation.xml.report import Report

_TOP_START = frozenset({"message", "timer", "conditional", "signal"})  # what is waited for
_EVENT_SUB_PROCESS_START = _TOP_START | {"error", "escalation", "compensate"}
_CATCH = frozenset({"message", "timer", "conditional", "link", "signal"})
_THROW = frozenset({"message", "escalation", "compensate", "link", "signal"})
_END = frozenset({"message", "escalation", "error", "cancel", "compensate", "signal", "terminate"})
_INTERRUPTING = frozenset(
    {"message", "timer", "error", "escalation", "cancel", "compensate", "conditional", "signal"}
)
_BESIDE = _INTERRUPTING - {"error", "cancel", "compensate"}


def _starts(index: Index, report: Report) -> None:
    for event in index.all("startEvent"):
        scope = scope_of(event)
        kinds = index.kinds(event)
        if index.incoming.get(event.id):
            report.refuse("bpmn_start_incoming", event)
        if scope is None or scope.name == "adHocSubProcess":
            continue
        if scope.name == "process":
            _allowed(report, event, kinds, _TOP_START, "bpmn_start_event")
        elif scope.flag("triggeredByEvent"):
            _event_sub_process(report, event, kinds)
        elif kinds:
            report.refuse("bpmn_sub_process_start", event, found=kinds)


def _all_of(report: Report, event: Element, kinds: list[str]) -> None:
    """What must all happen has to be something that is waited for: an error ends its thrower at once (§10.5.5.9)."""
    if event.flag("parallelMultiple") and (found := [kind for kind in kinds if kind not in _TOP_START]):
        report.refuse("bpmn_parallel_part", event, found=found, allowed=sorted(_TOP_START))


def _event_sub_process(report: Report, event: Element, kinds: list[str]) -> None:
    _all_of(report, event, kinds)
    _allowed(report, event, kinds, _EVENT_SUB_PROCESS_START, "bpmn_event_start")
    if not kinds:
        report.refuse("bpmn_event_start_none", event)
    if event.flag("isInterrupting", default=True):
        return
    if "error" in kinds:
        report.refuse("bpmn_event_start_beside", event, found="error")
    if kinds == ["compensate"]:
        report.warn("bpmn_compensation_beside", event, attribute="isInterrupting")


def _ends(index: Index, report: Report) -> None:
    for event in index.all("endEvent"):
        kinds = index.kinds(event)
        if index.outgoing.get(event.id):
            report.refuse("bpmn_end_outgoing", event)
        _allowed(report, event, kinds, _END, "bpmn_end_event")
        _thrown(report, event)
        scope = scope_of(event)
        if "cancel" in kinds and (scope is None or scope.name != "transaction"):
            report.refuse("bpmn_cancel_outside", event)


def _intermediate(index: Index, report: Report) -> None:
    for event in index.all("intermediateCatchEvent"):
        kinds = index.kinds(event)
        if not kinds:
            report.refuse("bpmn_catch_none", event)
        _allowed(report, event, kinds, _CATCH, "bpmn_catch_event")
        if not index.outgoing.get(event.id):
            report.refuse("bpmn_event_no_outgoing", event)
    for event in index.all("intermediateThrowEvent"):
        kinds = index.kinds(event)
        _allowed(report, event, kinds, _THROW, "bpmn_throw_event")
        _thrown(report, event)
        if not index.outgoing.get(event.id) and "link" not in kinds:
            report.refuse("bpmn_event_no_outgoing", event)


def _thrown(report: Report, event: Element) -> None:
    if event.flag("parallelMultiple"):
        report.refuse("bpmn_throw_parallel", event)


def _boundaries(index: Index, report: Report) -> None:
    for event in index.all("boundaryEvent"):
        kinds = index.kinds(event)
        interrupting = event.flag("cancelActivity", default=True)
        if not kinds:
            report.refuse("bpmn_boundary_none", event)
        if kinds == ["compensate"] and not interrupting:
            report.warn(
                "bpmn_compensation_beside", event, attribute="cancelActivity"
            )  # there is nothing left to interrupt
            interrupting = True
        code = "bpmn_boundary_event" if interrupting else "bpmn_boundary_beside"
        _allowed(report, event, kinds, _INTERRUPTING if interrupting else _BESIDE, code)
        host = index.find(event.get("attachedToRef"), *ACTIVITIES)
        _all_of(report, event, kinds)
        if host is None:
            report.refuse("bpmn_boundary_host", event, name=event.get("attachedToRef"))
        elif host.flag("triggeredByEvent"):
            report.refuse("bpmn_boundary_aside", event, name=host.id)
        elif scope_of(host) is not scope_of(event):
            report.refuse("bpmn_boundary_scope", event, name=host.id)
        elif "cancel" in kinds and host.name != "transaction":
            report.refuse("bpmn_cancel_boundary", event, name=host.id)
        if index.incoming.get(event.id) or event.all("incoming"):
            report.refuse("bpmn_boundary_incoming", event)
        if kinds == ["compensate"]:
            _compensation(index, report, event)


def _compensation(index: Index, report: Report, event: Element) -> None:
    if index.outgoing.get(event.id):
        report.refuse("bpmn_compensation_outgoing", event)
    for handler in index.associated(event):
        if handler.name in ACTIVITIES and not handler.flag("isForCompensation"):
            report.refuse("bpmn_compensation_handler", event, name=handler.id)


def _allowed(report: Report, event: Element, kinds: list[str], allowed: frozenset[str], code: str) -> None:
    found = [kind for kind in kinds if kind not in allowed]
    if found:
        report.refuse(code, event, found=found, allowed=sorted(allowed))


EVENT = (_starts, _ends, _intermediate, _boundaries)
