"""Random processes written in blocks: a tree of lists and dictionaries, as YAML has it, and the definition read from it."""

from itertools import count
from typing import Any

import yaml
from hypothesis import strategies as st

from signoff.model.definition import Definition
from signoff.notation.yaml import read

HEAD = {
    "signoff": 1,
    "process": "sample",
    "name": {"zh": "样例流程", "en": "A sample"},
    "lang": "en",
    "roles": {"a": {"group": "a", "name": "Apprentices"}, "b": {"group": "b"}},
    "data": {
        "amount": {"type": "integer", "default": 1},
        "items": {"list_of": "text", "default": []},
    },
}
KINDS = ("step", "gate", "run", "wait", "parallel", "choose", "include", "stage", "each")
LABELS = st.sampled_from(["活动方案细化与评审", "Draft the agreement and all its annexes", "<b>&\"'", "短"])

handlers = st.fixed_dictionaries(
    {"event": st.sampled_from(["timer", "every"]), "interrupts": st.booleans(), "steps": st.booleans()}
)
leaves = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["step", "step", "gate", "run", "wait"]),
        "name": LABELS,
        "if": st.booleans(),
        "approve": st.booleans(),
        "upon": st.lists(handlers, max_size=3),
    }
)


def _composite(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(inner, min_size=1, max_size=4)
    splits = st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["parallel", "choose", "include"]),
            "name": LABELS,
            "if": st.booleans(),
            "branches": st.lists(lists, min_size=2, max_size=3),
            "otherwise": st.booleans(),
        }
    )
    nested = st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["stage", "each"]),
            "name": LABELS,
            "if": st.booleans(),
            "steps": lists,
            "upon": st.lists(handlers, max_size=1),
        }
    )
    return st.one_of(inner, splits, nested)


trees = st.lists(st.recursive(leaves, _composite, max_leaves=9), min_size=1, max_size=6)


def definition(tree: list[dict[str, Any]]) -> Definition:
    """The definition that a random tree stands for."""
    return compiled({**HEAD, "steps": steps(tree)})


def steps(tree: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The blocks that a random tree stands for, as YAML has them."""
    numbers = count(1)
    return [_block(each, numbers) for each in tree]


def compiled(process: dict[str, Any]) -> Definition:
    return read(yaml.safe_dump(process, allow_unicode=True, sort_keys=False)).definition


def _block(drawn: dict[str, Any], numbers: "count[int]") -> dict[str, Any]:
    kind = drawn["kind"]
    found: dict[str, Any] = {kind: f"{kind}{next(numbers)}", "name": drawn["name"]}
    if drawn["if"]:
        found["if"] = "amount > 1"
    if kind in ("parallel", "choose", "include"):
        branches = [{"steps": [_block(each, numbers) for each in steps]} for steps in drawn["branches"]]
        if kind != "parallel":
            for n, branch in enumerate(branches):
                branch["if"] = f"amount > {n} and amount < 1000"  # type: ignore[assignment] # a branch mixes types
            found["otherwise"] = [_step(numbers)] if drawn["otherwise"] else []
        return {**found, "branches": branches}
    if kind in ("stage", "each"):
        found["steps"] = [_block(each, numbers) for each in drawn["steps"]]
        found |= {"in": "items", "item": f"one{next(numbers)}"} if kind == "each" else {}
        return _upon(found, drawn, numbers, nested=True)
    extras: dict[str, dict[str, Any]] = {
        "step": {"owner": "a", "checklist": ["x"]},
        "gate": {"owner": "a"},
        "run": {"handler": "x.run"},
        "wait": {"after": "3 days"},
    }
    found |= extras[kind]
    if drawn["approve"] and kind in ("step", "gate"):
        found["approve"] = [{"by": "b", "declined": "end"}]
    if kind == "wait":
        return found
    return _upon(found, drawn, numbers, nested=False)


def _upon(
    found: dict[str, Any], drawn: dict[str, Any], numbers: "count[int]", *, nested: bool
) -> dict[str, Any]:
    handlers = [_handler(each, numbers, nested=nested) for each in drawn["upon"]]
    return {**found, "upon": handlers} if handlers else found


def _handler(drawn: dict[str, Any], numbers: "count[int]", *, nested: bool) -> dict[str, Any]:
    if drawn["event"] == "every":
        return {"every": "day at 10:00", "steps": [_step(numbers)]}
    found: dict[str, Any] = {"after": "3 days", "interrupts": drawn["interrupts"]}
    if drawn["steps"] or nested or not drawn["interrupts"]:
        found["steps"] = [_step(numbers)]
    return found


def _step(numbers: "count[int]") -> dict[str, Any]:
    return {"step": f"s{next(numbers)}", "owner": "a", "checklist": ["x"]}
