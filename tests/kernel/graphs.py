"""Definitions from nodes and a drawing of their flows, for graphs that YAML cannot say."""

from datetime import timedelta
from typing import Any

from signoff.model.definition import Definition
from signoff.model.expression import Expression
from signoff.model.nodes import (
    EndEvent,
    ExclusiveGateway,
    InclusiveGateway,
    IntermediateCatchEvent,
    Node,
    ParallelGateway,
    SequenceFlow,
    ServiceTask,
    StartEvent,
    SubProcess,
    TimerEvent,
    UserTask,
)
from signoff.model.role import Role, RoleKind
from signoff.model.types import Declaration, Kind, Scalar, Text
from signoff.time.relative import Every, Retry, Span, When, parse_iso_every

ROLES = {
    "worker": Role("worker", RoleKind.GROUP, "workers"),
    "boss": Role("boss", RoleKind.GROUP, "bosses"),
}
DATA = {"x": Declaration("x", Scalar(Kind.INTEGER), default=0)}


def graph(drawing: str, *nodes: Node, inside: str = "", **settings: Any) -> Definition:
    """`drawing`: one chain a line, `start > a > join`, a condition on the way: `split [x > 1]> a`.

    An id that no node is given for becomes one by its first letter: t task, x exclusive, p parallel, i inclusive,
    e end; `start` and `end` are what they say. Chains behind `SUB:` lie in that sub-process.
    """
    known: dict[str, Node] = {node.id: node for node in nodes}
    flows: dict[str, SequenceFlow] = {}
    for line in drawing.strip().splitlines():
        scope, _, chain = line.rpartition(":")
        scope = scope.strip()
        parts = chain.split(">") if "[" not in chain else _conditional(chain)
        before = ""
        for part in parts:
            condition, id = part if isinstance(part, tuple) else ("", part.strip())
            known.setdefault(id, _node(id, scope))
            if before:
                flow = f"{before}-{id}"
                flow = flow if flow not in flows else f"{flow}-{len(flows)}"
                expression = Expression.of(condition) if condition else None
                flows[flow] = SequenceFlow(flow, before, id, expression)
            before = id
    return Definition(
        "p",
        Text(en="graph"),
        known,
        flows,
        roles=ROLES,
        data={**DATA, **settings.pop("data", {})},
        **settings,
    )


def _conditional(chain: str) -> list[Any]:
    found: list[Any] = []
    rest, condition = chain, ""
    while rest:
        head, arrow, rest = rest.partition("> ")
        id, bracket, said = head.partition("[")
        if bracket:
            while not said.rstrip().endswith("]"):
                more, arrow, rest = rest.partition("> ")
                said += "> " + more
            found.append((condition, id.strip()))
            condition = said.rstrip()[:-1]
        else:
            found.append((condition, id.strip()))
            condition = ""
        if not arrow:
            break
    return found


def sub(id: str, scope: str = "", kind: type[SubProcess] = SubProcess, **more: Any) -> SubProcess:
    return kind(id=id, scope=scope, **more)


def _node(id: str, scope: str) -> Node:
    word = id.rpartition(".")[2]
    if word == "start":
        return StartEvent(id=id, scope=scope)
    if word.startswith("end"):
        return EndEvent(id=id, scope=scope)
    match word[0]:
        case "x":
            return ExclusiveGateway(id=id, scope=scope)
        case "p":
            return ParallelGateway(id=id, scope=scope)
        case "i":
            return InclusiveGateway(id=id, scope=scope)
        case "e":
            return EndEvent(id=id, scope=scope)
        case "s":
            return SubProcess(id=id, scope=scope)
    return task(id, scope)


def task(id: str, scope: str = "", **more: Any) -> UserTask:
    return UserTask(id=id, scope=scope, owner=("worker",), **more)


def call(id: str, scope: str = "", **more: Any) -> ServiceTask:
    span = Span(seconds=60)
    return ServiceTask(
        id=id, scope=scope, handler=id, retry=Retry(1, timedelta(minutes=1)), timeout=span, **more
    )


def after(hours: int) -> TimerEvent:
    return TimerEvent(at=When.within(Span(seconds=hours * 3600)))


def every(text: str) -> TimerEvent:
    found: Every = parse_iso_every(text)
    return TimerEvent(every=found)


def catch(id: str, hours: int, scope: str = "", **more: Any) -> IntermediateCatchEvent:
    return IntermediateCatchEvent(id=id, scope=scope, event=after(hours), **more)


def condition(text: str) -> Expression:
    return Expression.of(text)
