"""Guards of the core: only fold writes state, the facade only hands over, Run has its verbs and no more."""

import ast

import pytest

from tests.house.source import Function, Module, called, classes, example, functions, packages, shown, walked

STATE = "signoff.kernel.state"
WRITERS = frozenset(
    [
        "append",
        "add",
        "pop",
        "popitem",
        "remove",
        "discard",
        "clear",
        "update",
        "extend",
        "insert",
        "setdefault",
        "sort",
        "reverse",
        "__setitem__",
    ]
)
VERBS = frozenset({"emit", "enter", "leave", "stop", "incident", "settle"})


def writes_state(module: Module) -> list[str]:
    """Assignments to, and mutating calls on, anything reached through `state`, outside the fold functions."""
    if not module.name.startswith("signoff.kernel") or module.name.startswith(("signoff.kernel.fold", STATE)):
        return []
    found = []
    for node in walked(module.tree):
        targets: list[ast.expr] = []
        match node:
            case ast.Assign(targets=targets) | ast.Delete(targets=targets):
                pass
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                targets = [target]
            case ast.Call(func=ast.Attribute(value=value)) if called(node) in WRITERS:
                targets = [value] if _through_state(value) else []
        if any(not isinstance(target, ast.Name) and _through_state(target) for target in targets):
            found.append(f"{module.place}:{node.lineno} writes state; only kernel/fold does")  # type: ignore[attr-defined] # the matched ones have it
    return found


def _through_state(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(attr="state", ctx=ast.Load()) | ast.Name(id="state"):
            return True
        case ast.Attribute(value=value) | ast.Subscript(value=value):
            return _through_state(value)
    return False


def long_methods(module: Module, budget: int = 6) -> list[str]:
    """Methods of the facade that do more than build a command and hand it over."""
    found = []
    for engine in (each for each in classes(module.tree) if each.name == "Engine"):
        for method in functions(engine):
            body = method.body[1:] if ast.get_docstring(method) else method.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            if lines > budget and method.name != "__init__":
                found.append(
                    f"{module.place}:{method.lineno} Engine.{method.name} has {lines} lines, budget {budget}"
                )
    return found


def extra_verbs(module: Module) -> list[str]:
    """Public methods of Run that act (they return nothing) beyond the verbs; questions may be as many as needed."""
    return [
        f"{module.place}:{method.lineno} Run.{method.name} is a verb too many; it needs a decision record"
        for run in classes(module.tree)
        if run.name == "Run"
        for method in functions(run)
        if not method.name.startswith("_") and method.name not in VERBS and _acts(method)
    ]


def _acts(method: Function) -> bool:
    return method.returns is None or (
        isinstance(method.returns, ast.Constant) and method.returns.value is None
    )


def test_only_fold_writes_state() -> None:
    findings = [finding for module in packages() for finding in writes_state(module)]
    assert not findings, shown(findings)


def test_the_facade_only_hands_over() -> None:
    findings = [
        each
        for module in packages()
        if module.name == "signoff.runtime.engine"
        for each in long_methods(module)
    ]
    assert not findings, shown(findings)


def test_run_has_five_verbs_and_settle() -> None:
    findings = [
        each for module in packages() if module.name == "signoff.kernel.run" for each in extra_verbs(module)
    ]
    assert not findings, shown(findings)


@pytest.mark.parametrize(
    "text",
    [
        "state.status = 1",
        "run.state.tokens[3] = 1",
        "del state.tokens[3]",
        "state.seq += 1",
        "run.state.waits.pop(3)",
    ],
)
def test_a_second_writer_of_state_is_found(text: str) -> None:
    assert len(writes_state(example("signoff.kernel.elements.task", text))) == 1
    assert writes_state(example("signoff.kernel.fold.task", text)) == []


def test_reading_state_and_keeping_it_is_left_alone() -> None:
    text = "state = load()\nself.state = state\ntokens = state.tokens\nfound.append(state.seq)"
    assert writes_state(example("signoff.kernel.run", text)) == []


def test_a_facade_that_grows_is_found() -> None:
    body = "\n".join(f"        x{n} = {n}" for n in range(7))
    text = f'class Engine:\n    def start(self):\n        """Start."""\n{body}\n    def stop(self):\n        return 1\n'
    assert long_methods(example("signoff.runtime.engine", text)) == [
        "signoff.runtime.engine.py:2 Engine.start has 7 lines, budget 6"
    ]


def test_a_sixth_verb_is_found() -> None:
    text = "class Run:\n    def emit(self): ...\n    def jump(self) -> None: ...\n    def node(self) -> Node: ...\n"
    assert extra_verbs(example("signoff.kernel.run", text)) == [
        "signoff.kernel.run.py:3 Run.jump is a verb too many; it needs a decision record"
    ]
