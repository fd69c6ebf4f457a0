"""The public surface: exactly what `signoff` lists, documented, with every name that users lean on."""

import importlib
import importlib.util
import inspect
from collections.abc import Iterable
from types import ModuleType

import pytest

import signoff
from tests.house.source import packages, shown

# Extend these; a name that disappears breaks somebody's service, script or test.
ROOT_NAMES = frozenset(
    [
        "Actor",
        "BpmnError",
        "Conflict",
        "DefinitionError",
        "Engine",
        "GatePassed",
        "HandlerError",
        "InvalidDefinition",
        "NotAllowed",
        "NotFound",
        "Permanent",
        "Receipt",
        "Refused",
        "Retryable",
        "SignoffError",
        "StaleSubject",
        "StoreError",
        "WrongState",
    ]
)
ENGINE = frozenset(
    [
        "approve",
        "decline",
        "deploy",
        "execute",
        "history",
        "inbox",
        "machine",
        "on",
        "request",
        "return_to",
        "start",
        "submit",
        "waive",
        "why",
        "worker",
    ]
)
# Promised, and built by later work: a name moves up when it is there, for it must never be a stub.
LATER = frozenset("delegate enable escalation message request set signal".split())
SANDBOX = frozenset(
    [
        "active",
        "advance",
        "complete",
        "deploy",
        "enable",
        "error",
        "escalation",
        "fire",
        "message",
        "running",
        "signal",
        "start",
    ]
)
CASE = SANDBOX - {"deploy", "running"} | frozenset(
    [
        "approve",
        "cancel",
        "decline",
        "delegate",
        "events",
        "incidents",
        "load",
        "log",
        "request",
        "return_to",
        "set",
        "status",
        "submit",
        "variables",
        "waive",
    ]
)
ENGINE_OPTIONS = ("directory", "handlers", "channels", "documents", "clock")


def surface(module: ModuleType) -> list[str]:
    """Where `__all__` and what the module really shows differ; submodules are reached by their own names."""
    listed = list(getattr(module, "__all__", ()))
    real = sorted(
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    )
    found = [f"{name} is public but not in __all__" for name in real if name not in listed]
    found += [f"{name} is in __all__ but not there" for name in listed if not hasattr(module, name)]
    found += [f"{name} stands twice in __all__" for name in sorted(set(listed)) if listed.count(name) > 1]
    return found + (["__all__ is not sorted"] if listed != sorted(listed) else [])


def undocumented(module: ModuleType) -> list[str]:
    """Public classes and functions without a contract."""
    found = []
    for name in getattr(module, "__all__", ()):
        thing = getattr(module, name, None)
        if isinstance(thing, type) or inspect.isroutine(thing):
            found += [] if _own_docstring(thing) else [f"{name} says nothing about its contract"]
    return found


def _own_docstring(thing: object) -> bool:
    # A dataclass without a docstring is given its signature as one.
    text = thing.__doc__ if not isinstance(thing, type) else thing.__dict__.get("__doc__")
    name = getattr(thing, "__name__", "")
    return bool(text and text.strip() and not text.startswith(f"{name}("))


def lacking(owner: object, names: Iterable[str]) -> list[str]:
    shows = getattr(owner, "__name__", str(owner))
    fields = getattr(owner, "__dataclass_fields__", {})
    return [
        f"{shows} lost {name}" for name in sorted(names) if not hasattr(owner, name) and name not in fields
    ]


def begun() -> bool:
    """Whether the root lists anything yet; from then on every promise of the surface is due."""
    return bool(next(module.text.strip() for module in packages() if module.name == "signoff"))


def breaches() -> list[str]:
    """All breaches of the promised surface; none while the package root is an empty file."""
    if not begun():
        return []
    testing = importlib.import_module("signoff.testing")
    engine = inspect.signature(signoff.Engine).parameters  # type: ignore[attr-defined,unused-ignore] # may be empty yet
    return [
        *lacking(signoff, ROOT_NAMES),
        *lacking(getattr(signoff, "Engine", None), ENGINE - LATER),
        *lacking(getattr(testing, "Sandbox", None), SANDBOX - LATER),
        *lacking(getattr(testing, "Case", None), CASE - LATER),
        *[
            f"Engine takes {name} by keyword only"
            for name in ENGINE_OPTIONS
            if name not in engine or engine[name].kind is not inspect.Parameter.KEYWORD_ONLY
        ],
    ]


def test_the_root_shows_exactly_what_it_lists() -> None:
    assert not surface(signoff), shown(surface(signoff))


def test_the_test_kit_shows_exactly_what_it_lists() -> None:
    if importlib.util.find_spec("signoff.testing"):
        testing = importlib.import_module("signoff.testing")
        assert {"Case", "Sandbox"} <= set(testing.__all__)
        assert not undocumented(testing), shown(undocumented(testing))


def test_every_public_name_states_its_contract() -> None:
    assert not undocumented(signoff), shown(undocumented(signoff))


def test_no_name_that_users_lean_on_is_lost() -> None:
    assert not breaches(), shown(breaches())


def made(text: str) -> ModuleType:
    module = ModuleType("made")
    exec(text, vars(module))
    return module


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("__all__ = ['B', 'A']\nclass A: ...\nclass B: ...", "not sorted"),
        ("__all__ = ['A']\nclass A: ...\nclass B: ...", "B is public but not in __all__"),
        ("__all__ = ['A']", "A is in __all__ but not there"),
        ("__all__ = ['A', 'A']\nclass A: ...", "A stands twice"),
    ],
)
def test_a_surface_that_differs_from_its_list_is_found(text: str, said: str) -> None:
    assert said in shown(surface(made(text)))


@pytest.mark.parametrize(
    "text",
    [
        "class A: ...",
        "def A(): ...",
        "class B:\n    'Said.'\nclass A(B): ...",
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int",
    ],
)
def test_a_name_without_a_contract_is_found(text: str) -> None:
    assert undocumented(made(f"__all__ = ['A']\n{text}")) == ["A says nothing about its contract"]


def test_what_is_listed_and_documented_is_left_alone() -> None:
    module = made("__all__ = ['A']\nimport json\n_own = 1\nclass A:\n    'Said.'")
    assert surface(module) == []
    assert undocumented(module) == []


def test_a_lost_name_is_found() -> None:
    assert lacking(made("Engine = 1"), ["Actor", "Engine"]) == ["made lost Actor"]
