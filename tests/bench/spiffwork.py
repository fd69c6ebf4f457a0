"""The same approval process in the SpiffWorkflow package: five user tasks, an exclusive gateway behind each.

The gateway looks at `approved`; its default flow ends the process as declined. Used as its documentation shows:
take the ready task, give it data, run it, let the engine go on; kept as JSON by its own serializer. There are two
ways to let the engine go on: the loop of its documentation, which looks at waiting events after every task, and
`do_engine_steps()`, which does so once and is faster. Targets are measured against the faster one.
"""

import json
import sqlite3
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

bpmn = pytest.importorskip(
    "SpiffWorkflow.bpmn", reason="SpiffWorkflow is not installed: it is in the dependency group `bench`"
)

from SpiffWorkflow.bpmn.parser import BpmnParser  # noqa: E402 - only where the package is installed
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer  # noqa: E402 - as above
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent  # noqa: E402 - as above
from SpiffWorkflow.util.task import TaskState  # noqa: E402 - as above

STEPS = 5
_HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="bench">'
    '<process id="approval" isExecutable="true"><startEvent id="s"/>'
    '<sequenceFlow id="f0" sourceRef="s" targetRef="t1"/>'
)
_STEP = (
    '<userTask id="t{n}"/><exclusiveGateway id="g{n}" default="d{n}"/>'
    '<sequenceFlow id="a{n}" sourceRef="t{n}" targetRef="g{n}"/>'
    '<sequenceFlow id="b{n}" sourceRef="g{n}" targetRef="{next}">'
    '<conditionExpression xsi:type="tFormalExpression">approved == True</conditionExpression></sequenceFlow>'
    '<sequenceFlow id="d{n}" sourceRef="g{n}" targetRef="declined"/>'
)
_TAIL = '<endEvent id="e"/><endEvent id="declined"/></process></definitions>'


def specification() -> Any:
    """The process, parsed."""
    steps = (_STEP.format(n=n, next=f"t{n + 1}" if n < STEPS else "e") for n in range(1, STEPS + 1))
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.parse(StringIO(_HEAD + "".join(steps) + _TAIL)), filename="approval.bpmn")
    return parser.get_spec("approval")


GoOn = Callable[[Any], None]


def as_documented(workflow: Any) -> None:
    """Run what needs nobody; after each task look whether events have come (`doc/bpmn/workflows.rst`).

    `refresh_timers` is what the release calls `refresh_waiting_tasks`, without its warning.
    """
    while (task := workflow.get_next_task(state=TaskState.READY, manual=False)) is not None:
        task.run()
        workflow.refresh_timers()
        while (event := workflow.get_next_task(state=TaskState.READY, spec_class=CatchingEvent)) is not None:
            event.run()


def at_once(workflow: Any) -> None:
    workflow.do_engine_steps()


def begin(spec: Any, go_on: GoOn = at_once) -> Any:
    workflow = bpmn.BpmnWorkflow(spec)
    go_on(workflow)
    return workflow


def step(workflow: Any, go_on: GoOn = at_once) -> None:
    """Complete the user task that is ready, and let the engine go on."""
    task = workflow.get_next_task(state=TaskState.READY, manual=True)
    task.set_data(approved=True)
    task.run()
    go_on(workflow)


class Memory:
    """Workflows that live in memory only."""

    def __init__(self, go_on: GoOn = at_once) -> None:
        self._spec = specification()
        self._go_on = go_on

    def run(self) -> int:
        workflow = begin(self._spec, self._go_on)
        for _ in range(STEPS):
            step(workflow, self._go_on)
        assert workflow.is_completed()
        return STEPS


class Shelf:
    """Workflows kept as JSON in a SQLite table: every step is loaded, made and saved in one transaction."""

    def __init__(self, path: Path, synchronous: str) -> None:
        self._spec = specification()
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute(f"PRAGMA synchronous={synchronous}")
        self._db.execute("CREATE TABLE workflow (id INTEGER PRIMARY KEY, state TEXT NOT NULL)")

    def close(self) -> None:
        self._db.close()

    def run(self) -> int:
        workflow = begin(self._spec)
        self._db.execute("BEGIN IMMEDIATE")
        text = self._serializer.serialize_json(workflow)
        id = self._db.execute("INSERT INTO workflow (state) VALUES (?)", (text,)).lastrowid
        self._db.execute("COMMIT")
        for _ in range(STEPS):
            self._step(id)
        (text,) = self._db.execute("SELECT state FROM workflow WHERE id = ?", (id,)).fetchone()
        assert json.loads(text)["completed"]
        return STEPS

    def _step(self, id: int | None) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        (text,) = self._db.execute("SELECT state FROM workflow WHERE id = ?", (id,)).fetchone()
        workflow = self._serializer.deserialize_json(text)
        step(workflow)
        text = self._serializer.serialize_json(workflow)
        self._db.execute("UPDATE workflow SET state = ? WHERE id = ?", (text, id))
        self._db.execute("COMMIT")
