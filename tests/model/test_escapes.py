"""Hostile texts: every one is refused with UnsafeExpression, and none with anything else (S1, S22)."""

import random
import unicodedata
import warnings
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signoff.errors import UnsafeExpression
from signoff.model.expression import Expression, ExpressionFault
from signoff.sentences import catalogue
from tests.model.hostile import CORPUS
from tests.model.samples import FACTS


def test_the_corpus_is_large_and_without_repetition() -> None:
    assert len(set(CORPUS)) >= 700


@pytest.mark.parametrize("part", range(10))
def test_every_hostile_text_is_refused_in_one_way(part: int) -> None:
    passed = [text for text in CORPUS[part::10] if not is_refused(text)]
    assert passed == []


def is_refused(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        refusal = refusal_of(text)
    if refusal is None:
        return False
    assert refusal.code in catalogue()
    assert refusal.params["text"] == unicodedata.normalize("NFC", text)
    assert 0 <= refusal.params["offset"] <= len(text)
    return True


def refusal_of(text: str) -> UnsafeExpression | None:
    try:
        Expression.of(text)
    except UnsafeExpression as error:
        return error
    return None


@pytest.mark.parametrize(
    "text", ["x == 1", "x.y == 1", "[x] == [1]", "x in [1]", "text(x) == ''", "x < 1", "x + 1 == 2"]
)
def test_what_the_host_puts_under_a_name_is_never_reached_into(text: str) -> None:
    trap = Trap()
    with pytest.raises(ExpressionFault):
        Expression.of(text).evaluate({"x": trap}, FACTS)
    assert trap.touched == []


class Trap:
    """An object of the host that must never be reached into."""

    def __init__(self) -> None:
        self.touched: list[str] = []

    def __getattr__(self, name: str) -> object:
        self.touched.append(name)
        raise AttributeError(name)


PIECES = [
    "x",
    "goals",
    "1",
    "2.5",
    "'a'",
    "(",
    ")",
    "[",
    "]",
    ".",
    ",",
    "+",
    "-",
    "*",
    "/",
    "==",
    "<",
    "in",
    "not",
    "and",
]
PIECES += [
    "or",
    "if",
    "else",
    "for",
    "all",
    "sum",
    "record",
    "=",
    "lambda",
    "__class__",
    "\\",
    "\0",
    "{",
    "}",
    ":",
    "null",
    "≥",
]


def soup() -> Iterator[str]:
    dice = random.Random(20261015)  # the same texts on every run
    for _ in range(3_000):
        yield " ".join(dice.choices(PIECES, k=dice.randint(1, 14)))


def test_any_mixture_of_tokens_parses_or_is_refused() -> None:
    for text in soup():
        is_refused(text)


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_parses_or_is_refused(text: str) -> None:
    refusal_of(text)


def test_nothing_in_the_language_reaches_an_evaluator() -> None:
    """The words eval, exec and compile are called nowhere in the modules that expressions run through."""
    import ast
    from pathlib import Path

    import signoff.model

    for module in Path(signoff.model.__path__[0]).glob("*.py"):
        calls = [node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Call)]
        names = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
        assert not names & {"eval", "exec", "compile", "getattr_static", "__import__", "open"}, module.name
