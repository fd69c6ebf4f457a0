"""Timers, due dates and retries: ISO 8601 as BPMN writes it, or computed when it is needed.

May import time, model.trigger and the modules beside it that know no process.
"""

import re
from datetime import timedelta

from signoff.errors import UnreadablePhrase
from signoff.model.trigger import TimerEvent
from signoff.notation.bpmn_reader.context import Context
from signoff.notation.xml.element import Element
from signoff.sentences import Sentence
from signoff.time.relative import (
    Retry,
    Span,
    When,
    is_cron,
    parse_cycle,
    parse_iso_duration,
    parse_iso_when,
    parse_retry,
    parse_span,
)

TIMES = ("timeDate", "timeDuration", "timeCycle")
_FEEL_TEXT = re.compile(r"""=\s*(?:duration|date and time|date)\s*\(\s*"([^"]*)"\s*\)""")
_FEEL_MADE = re.compile(r"=\s*(?:duration|date and time|date)\s*\(\s*([\w.]+)\s*\)")
_RETRIES = re.compile(r"R(\d{1,3})/(P.+)")
TIMEOUT = parse_span("60 seconds")
RETRY = parse_retry("3 times every 1 minute doubling")
NEVER = Retry(0, timedelta(minutes=1))


def timer(context: Context, definition: Element) -> TimerEvent | None:
    """A timer event definition; None when it was refused."""
    found = [child for child in definition.all(*TIMES) if child.text.strip()]
    if len(found) != 1:
        context.report.refuse("bpmn_timer_times", definition, count=len(found))
        return None
    (time,) = found
    text = time.text.strip()
    if literal := _FEEL_TEXT.fullmatch(text):
        text = literal[1]
    elif wrapped := _FEEL_MADE.fullmatch(text):
        text = f"={wrapped[1]}"  # a timer reads the text itself
    if context.formulas.is_formula(text):
        computed = context.formulas.value(text, time)
        return TimerEvent(text=computed) if computed else None
    try:
        if time.name == "timeCycle" and (text.startswith("R") or is_cron(text)):
            return TimerEvent(every=parse_cycle(text))
        return TimerEvent(at=parse_iso_when(text))
    except UnreadablePhrase as error:
        code = "bpmn_timer_cron" if is_cron(text) else "bpmn_timer"
        context.report.refuse(code, time, text=text, what=Sentence(error.code, error.params))
        return None


def due(context: Context, element: Element, text: str) -> When | None:
    """A due date that is written out; one that is computed is kept, not read."""
    if literal := _FEEL_TEXT.fullmatch(text):
        text = literal[1]
    if context.formulas.is_formula(text):
        context.report.warn("bpmn_due_computed", element, text=text)
        return None
    try:
        return parse_iso_when(text)
    except UnreadablePhrase as error:
        context.report.refuse("bpmn_timer", element, text=text, what=Sentence(error.code, error.params))
        return None


def retry(context: Context, element: Element) -> Retry:
    """How often a call is tried again: `R3/PT10M` is three attempts in all, ten minutes apart."""
    for cycle in element.extensions("failedJobRetryTimeCycle"):
        return _cycle(context, cycle, cycle.text.strip())
    for task in element.extensions("taskDefinition"):
        if written := task.get("retries"):
            return _attempts(context, task, written)
    return RETRY


def _cycle(context: Context, element: Element, text: str) -> Retry:
    if context.formulas.is_formula(text):
        context.report.warn("bpmn_retry_computed", element, text=text)
        return RETRY
    found = _RETRIES.fullmatch(text)
    span = _span(found[2]) if found else None
    if found is None or span is None or span.fixed is None:
        context.report.refuse("bpmn_retry", element, text=text)
        return RETRY
    return Retry(max(int(found[1]) - 1, 0), span.fixed, text=text)


def _attempts(context: Context, element: Element, written: str) -> Retry:
    if context.formulas.is_formula(written):
        context.report.warn("bpmn_retry_computed", element, text=written)
        return RETRY
    if not written.isascii() or not written.isdigit():
        context.report.refuse("bpmn_retry", element, text=written)
        return RETRY
    return Retry(max(int(written) - 1, 0), RETRY.first, RETRY.doubling)


def _span(text: str) -> Span | None:
    try:
        return parse_iso_duration(text)
    except UnreadablePhrase:
        return None
