"""The behaviour cases beside the project, played on a `Sandbox`: one adapter, and what a step must come to."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from signoff.errors import InvalidDefinition, SignoffError
from signoff.kernel.commands import Actor
from signoff.model import nodes
from signoff.model.gate import Strength
from signoff.testing import Case, Sandbox
from signoff.testing.situation import Situation

MOST = 200  # stubs worked off after one step

_CALLS = (nodes.ServiceTask, nodes.IntermediateThrowEvent, nodes.EndEvent)


class Player:
    """A sandbox at 2024-01-01 in which calls are answered by the stubs of a case."""

    def __init__(self, stubs: Mapping[str, Mapping[str, Any]]) -> None:
        self.box = Sandbox(at="2024-01-01T00:00:00Z")
        self.stubs = stubs
        self.first: Case | None = None

    def deploy(self, files: list[Path]) -> None:
        self.box.deploy(*files)

    def step(self, step: Mapping[str, Any]) -> None:
        """Carry out one step; raises whatever the engine raises."""
        getattr(self, step["do"])(step)
        self._work_off()

    def start(self, step: Mapping[str, Any]) -> None:
        definition = self.box.engine.definition(step["process"])
        may = [definition.roles[id].value for id in definition.start.by if id in definition.roles]
        by = Actor(may[0], frozenset(may), auth=Strength.ATTESTED, via="testing") if may else ""
        self._begun(self.box.start(step["process"], step.get("vars"), by=by))

    def startmsg(self, step: Mapping[str, Any]) -> None:
        case = self.box.message(step["name"], step.get("vars"))
        assert case is not None, "a message must start an instance"
        self._begun(case)

    def _begun(self, case: Case) -> None:
        self.first = self.first or case

    def complete(self, step: Mapping[str, Any]) -> None:
        self.box.complete(step["activity"], step.get("vars"))

    def trigger(self, step: Mapping[str, Any]) -> None:
        id = step["activity"]
        kinds = {
            type(each.node(a.scope, id))
            for each in self._situations()
            for a in each.waiting()
            if a.node == id
        }
        assert kinds == {nodes.ReceiveTask}, f"{id} is no receive task that waits"
        self.complete(step)

    def timer(self, step: Mapping[str, Any]) -> None:
        self.box.fire(step["activity"])

    def advance(self, step: Mapping[str, Any]) -> None:
        self.box.advance(step["by"])

    def message(self, step: Mapping[str, Any]) -> None:
        case = self.box.message(step["name"], step.get("vars"), at=step.get("activity", ""))
        if case is not None:
            self._begun(case)

    def signal(self, step: Mapping[str, Any]) -> None:
        case = self.box.signal(step["name"], step.get("vars"))
        if case is not None:
            self._begun(case)

    def set(self, step: Mapping[str, Any]) -> None:
        assert self.first is not None
        self.first.set(step.get("vars") or {})

    evaluate = set

    def cancel(self, _step: Mapping[str, Any]) -> None:
        assert self.first is not None
        self.first.cancel()

    def adhoc(self, step: Mapping[str, Any]) -> None:
        self.box.enable(step["activity"], step["enable"])

    def adhoccomplete(self, step: Mapping[str, Any]) -> None:
        self.box.complete(step["activity"])

    def _work_off(self) -> None:
        """Answer every call that a stub is for, until none waits."""
        for _ in range(MOST):
            found = next(self._calls(), None)
            if found is None:
                return
            self._answer(*found)
        raise AssertionError("calls without end")

    def _calls(self) -> Any:
        for situation in self._situations():
            for activity in situation.waiting():
                node = situation.node(activity.scope, activity.node)
                held = any(i.activity == activity.id for i in situation.state.incidents.values())
                if isinstance(node, _CALLS) and not held:
                    yield situation, activity.node

    def _answer(self, situation: Situation, id: str) -> None:
        stub = self.stubs.get(id, {"do": "noop"})
        match stub["do"]:
            case "set":
                self.box.complete(id, stub["vars"])
            case "inc":
                name = stub["var"]
                self.box.complete(id, {name: int(situation.variables.get(name) or 0) + 1})
            case "error":
                self.box.error(id, stub["code"])
            case "fail":
                raise RuntimeError(f"{id} fails")
            case _:
                self.box.complete(id)

    def _situations(self) -> list[Situation]:
        return self.box._running()

    def state(self) -> tuple[Counter[str], int, Mapping[str, Any]]:
        variables = self.first.variables if self.first is not None else {}
        return self.box.active, self.box.running, variables


def play(case: Mapping[str, Any], folder: Path) -> str:
    """What is wrong with a case; nothing when every step comes to what it must."""
    player = Player(case["stubs"])
    rejected = case["steps"][0]["expect"].get("rejected", False)
    try:
        player.deploy([folder / file for file in case["files"]])
    except InvalidDefinition as error:
        return "" if rejected else "refused: " + " · ".join(p.sentence() for p in error.problems)[:300]
    if rejected:
        return "must be refused"
    for number, step in enumerate(case["steps"]):
        wrong = _wrong(player, step)
        if wrong:
            return f"step {number} {step['do']} {step.get('activity') or step.get('name') or ''}: {wrong}"
    return ""


def _wrong(player: Player, step: Mapping[str, Any]) -> str:
    expected = step["expect"]
    if step["do"] != "deploy":
        try:
            player.step(step)
        except (SignoffError, RuntimeError, AssertionError) as error:
            said = error.sentence() if isinstance(error, SignoffError) else str(error)
            return "" if expected.get("fails") else f"{type(error).__name__}: {said[:300]}"
    if expected.get("fails"):
        return "must fail"
    active, running, variables = player.state()
    waiting = sorted(active.elements())
    if "active" in expected and waiting != expected["active"]:
        return f"expected {expected['active']}, waits at {waiting}"
    if "ended" in expected and (running == 0) != expected["ended"]:
        return f"{running} running"
    differing = {n: variables.get(n) for n, v in expected.get("vars", {}).items() if variables.get(n) != v}
    return f"data {differing}" if differing else ""
