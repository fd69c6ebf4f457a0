"""The cases that are not passed, each with its reason; a test fails when one of them passes after all."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

_WAITS = "A compensation throw event waits until its handlers have ended, and only then goes on (BPMN 2.0.2 §10.5.5.1, waitForCompletion)."
_DECLARED = "Refers to an escalation that the file does not declare (§10.5.5.4 wants the escalation): refused at deployment."
_CHANGE = "Conditions are asked when data that they read change (§10.5.5.2); nobody has to ask for their evaluation."
_ONCE = "A non-interrupting conditional event happens when its condition becomes true (§10.5.5.2), not again while it stays true."
_SCOPE = "A vendor's attribute that ends every instance of a multi-instance activity; terminate ends the innermost scope (§13.5.6), so the attribute is refused at deployment."
_ONE_START = "An event sub-process has exactly one start event (§10.3.5.2): refused at deployment."

FLOWABLE: Mapping[str, str] = {
    "InclusiveGatewayTest.testJoinAfterParallelGateway": "A flow of an exclusive gateway has no condition and is not its default (§10.6.2): refused at deployment.",
    "TerminateMultiInstanceEndEventTest.testMultiInstanceEmbeddedSubprocess": _SCOPE,
    "TerminateMultiInstanceEndEventTest.testMultiInstanceEmbeddedSubprocessSequential": _SCOPE,
    "CompensateEventTest.testCompensateSubprocessWithUserTask": _WAITS,
    "CompensateEventTest.testCompensateSubprocessWithUserTask2": _WAITS,
    "ErrorEventSubProcessTest.testMultipleCatchErrorInTopLevelProcess": _ONE_START,
    "ErrorEventSubProcessTest.testMultipleCatchErrorInTopLevelProcessFirst": _ONE_START,
    "BoundaryEscalationEventTest.testCatchEscalationOnCallActivity": _DECLARED,
    "EscalationEventSubProcessTest.testCatchChildProcessInEventSubprocess": _DECLARED,
    "EscalationEventSubProcessTest.testCatchChildProcessThrowEventInEventSubprocess": _DECLARED,
    "BoundaryConditionalEventTest.testCatchConditionalOnEmbeddedSubprocess": _CHANGE,
    "BoundaryConditionalEventTest.testCatchNonInterruptingConditionalOnEmbeddedSubprocessWithEvaluation": _ONCE,
    "ConditionalEventSubprocessTest.testNonInterruptingSubProcess": _ONCE,
    "ConditionalEventSubprocessTest.testNonInterruptingNestedSubProcess": _ONCE,
    "SignalEventTest.testSignalWithProcessInstanceScope": "A vendor's attribute that keeps a signal within its instance; a signal reaches everybody who listens (§10.5.5.8), so the attribute is refused at deployment.",
    "BoundaryErrorEventTest.testUncaughtError": "An error that nobody catches is an incident, and the scope that threw it stops (§10.5.5.3); the command before it is kept.",
}
_INTERRUPTS = "The boundary event interrupts (cancelActivity, §10.5.4), so the first end of an instance ends the activity and all other instances."
PATTERNS: Mapping[str, str] = {
    "WCP09_Structured_Discriminator_MultiInstance/1": _INTERRUPTS,
    "WCP12_MultipleInstancesWithoutSynchronization/1": _INTERRUPTS,
    "Timer_IntermediateTimeCycleEvent/1": "An intermediate catch event passes one token on for each that arrives (§13.5.2): a cycle there is waited for once.",
}
_WORDS = (
    "The text is marked as a formal expression, which BPMN wants to be executable in the language that the file names "
    "(§8.4.4); these words are none in XPath, nor in any language read here: refused at deployment."
)
_WAY = (
    "Of several flows that leave an exclusive gateway each but the default has a condition, and the first that holds is "
    "taken (§10.6.2, §13.4.2); with none of either nobody can say which: refused at deployment."
)
_TIME = "A timer fires at its timeDate, timeCycle or timeDuration (§10.5.5, TimerEventDefinition); this one has none, so it would silently never fire: refused at deployment."
_NAME = "A signal is heard by the name of what signalRef refers to (§10.5.5, SignalEventDefinition); this one refers to nothing, so it would silently never be heard: refused at deployment."
#: Of the constraint cases the valid models that are refused: the codes, and why nobody could say what they would do.
CONSTRAINTS: Mapping[str, tuple[frozenset[str], str]] = {
    "012/EXT012_success_multiInstanceLoopCharacteristics.bpmn": (frozenset({"bpmn_expression"}), _WORDS),
    "012/EXT012_success_sequenceFlow.bpmn": (frozenset({"bpmn_expression"}), _WORDS),
    "022/success_gateways.bpmn": (frozenset({"bpmn_flow_no_condition"}), _WAY),
    "098/success_multiple.bpmn": (
        frozenset({"bpmn_timer_times", "bpmn_signal_undeclared"}),
        f"{_TIME} {_NAME}",
    ),
    "098/success_signal.bpmn": (frozenset({"bpmn_signal_undeclared"}), _NAME),
    "098/success_timer.bpmn": (frozenset({"bpmn_timer_times"}), _TIME),
}
CONFLICTING = (
    "The file of this case is the model of another one: with these data it leaves another trace, which is that of "
    "other cases on the same file."
)


def of_flowable(case: Mapping[str, Any]) -> str:
    """Why a behaviour case is not passed; nothing for one that is."""
    return FLOWABLE.get(case["id"].partition("/")[2], "")


def of_pattern(case: Mapping[str, Any]) -> str:
    """Why a trace case is not passed; nothing for one that is."""
    id = case["id"].partition("/")[2]
    model = id.partition("/")[0]
    if model in ("CallActivity_Process", "ExclusiveGateway") and _differs(case):
        return CONFLICTING
    return PATTERNS.get(id, "")


def _differs(case: Mapping[str, Any]) -> bool:
    """Whether the model, as one reads it, cannot leave this trace."""
    return Counter(case["trace"]) != Counter(_read_from_model(case))


def _read_from_model(case: Mapping[str, Any]) -> list[str]:
    """What these two models leave: the called process logs task 2, and of the gateway's branches those that hold."""
    if "CallActivity" in case["file"]:
        return ["SCRIPT_task2"]
    letters = case["vars"].get("test", "")
    if "a" in letters:
        return ["SCRIPT_task1", "SCRIPT_task3"]
    return ["SCRIPT_task2", "SCRIPT_task3"] if "b" in letters else []
