"""The trace cases beside the project, played on a `Sandbox`: script tasks append to a trace.

Scripts and the two forms of conditions are read here, by the test, and never by the product.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from signoff.errors import BpmnError, InvalidDefinition, SignoffError
from signoff.model import nodes
from signoff.notation import bpmn_reader
from signoff.testing import Sandbox

_CONTAINS = re.compile(r'(!?)test\.contains\("(.)"\)>?')  # one model has a stray sign there
_LESS = re.compile(r"(>\s*)(integerVariable\s*(?:<|&lt;)\s*\d+)(\s*<)")
_SCRIPT = re.compile(r"<(?:\w+:)?scriptTask[^>]*\bid=\"([^\"]+)\".*?</(?:\w+:)?scriptTask>", re.DOTALL)
_TEXT = re.compile(r"<(?:\w+:)?script>(.*?)</", re.DOTALL)


def rewritten(text: str) -> str:
    """The model with its conditions in JUEL: a letter in `test` is a datum of its own."""
    text = _CONTAINS.sub(lambda m: f"${{{'!' if m[1] else ''}has_{m[2]}}}", text)
    return _LESS.sub(lambda m: f"{m[1]}${{{m[2]}}}{m[3]}", text)


class Tracer:
    """One case: its sandbox, what the scripts do, and the trace they leave."""

    def __init__(self, case: Mapping[str, Any], folder: Path) -> None:
        path = folder / case["file"]
        self.trace: list[str] = []
        self.text = rewritten(path.read_text("utf-8"))
        scripts = {
            id: found[1].strip()
            for id, body in ((m[1], m[0]) for m in _SCRIPT.finditer(self.text))
            if (found := _TEXT.search(body))
        }
        self.slow = {id for id, script in scripts.items() if script == "WAIT_TEN_SECONDS"}
        self.definitions = bpmn_reader.read(self.text.encode(), file=path.name).definitions
        calls = {
            node.handler: self._call(scripts.get(node.id, ""))
            for definition in self.definitions
            for node in definition.nodes.values()
            if isinstance(node, nodes.ServiceTask) and scripts.get(node.id) != "WAIT_TEN_SECONDS"
        }
        self.box = Sandbox(at="2024-01-01T00:00:00Z", calls=calls)

    def _call(self, script: str) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
        def call(data: dict[str, Any]) -> dict[str, Any] | None:
            if script == "THROW_ERROR":
                raise BpmnError("ERR_CODE", "thrown by the script")
            if script.startswith("SCRIPT_"):
                self.trace.append(script)
            if script == "INCREMENT_INTEGER_VARIABLE_AND_LOG":
                self.trace.append(script)
            if script.startswith("INCREMENT"):
                return {"integerVariable": int(data.get("integerVariable") or 0) + 1}
            return {"dataObject": "String"} if script == "SET_STRING_DATA" else None

        return call

    def play(self, case: Mapping[str, Any]) -> None:
        self.box.deploy(self.text)
        given = dict(case["vars"])
        given |= {f"has_{letter}": letter in given.get("test", "") for letter in "abcd"}
        processes = [each.process for each in self.box.engine.definitions()]
        helpers = [id for id in processes if id != case["process"]] if case["parallel_helper"] else []
        for process in (*helpers, case["process"]):
            self.box.start(process, given)
        self._enable()
        self.box.advance(timedelta(milliseconds=case["wait_ms"] or 0))
        self.box.advance("PT10S")
        for id in [id for id in self.box.active if id in self.slow]:
            self.box.complete(id)

    def _enable(self) -> None:
        """Nobody chooses here, so every activity of an ad-hoc sub-process is begun, one after the other."""
        for definition in self.definitions:
            for node in definition.nodes.values():
                around = definition.nodes.get(node.scope)
                if isinstance(around, nodes.AdHocSubProcess) and around.id in self.box.active:
                    self.box.enable(around.id, node.id)
            for node in definition.nodes.values():
                if isinstance(node, nodes.AdHocSubProcess) and node.id in self.box.active:
                    self.box.complete(node.id)


def play(case: Mapping[str, Any], folder: Path) -> str:
    """What is wrong with a case; nothing when the trace is as it must be."""
    try:
        tracer = Tracer(case, folder)
        tracer.play(case)
    except InvalidDefinition as error:
        if "any_error" in case["expect_flags"] and not case["trace"]:
            return ""
        return "refused: " + " · ".join(p.sentence() for p in error.problems if not p.warning)
    except SignoffError as error:
        return f"{type(error).__name__}: {error.sentence()}"
    if Counter(tracer.trace) != Counter(case["trace"]):
        return f"expected {sorted(case['trace'])}, left {sorted(tracer.trace)}"
    return ""
