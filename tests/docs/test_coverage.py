"""What there is, is documented: verbs, public names, elements, keys of the language, errors, rows of the README."""

import re
import shlex
from collections.abc import Iterator, Mapping
from functools import cache

import pytest

import signoff
from signoff.kernel.elements.register import BEHAVIOURS
from signoff.model.nodes import HumanTask, UserTask
from signoff.notation.yaml import clauses, keys, kinds
from signoff.notation.yaml.shape import Option, Shape
from signoff.testing import __all__ as kit
from signoff_cli.register import ENTRIES
from tests.docs import errors
from tests.docs.page import blocks, commands, verb_of
from tests.house.source import ROOT
from tests.workflows.table import definition, row_of

DOCS = ROOT / "docs"
SAYS_WHAT_COMES_LATER = "## Not yet"


@cache
def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def code(page: str) -> set[str]:
    """The words that a page shows as code, within a line or in a block."""
    fenced = re.findall(r"^```.*?^```", page, re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", page)
    return {word for each in (*fenced, *inline) for word in re.findall(r"\w+", each)}


def shapes() -> Iterator[Shape]:
    """Every shape of a definition, whoever holds it."""
    for module in (keys, kinds, clauses):
        yield from (each for each in vars(module).values() if isinstance(each, Shape))
    yield from kinds.BLOCK_SHAPES.values()


def written(later: bool) -> set[str]:
    found = {key.name for shape in shapes() for key in shape.keys if key.later == later}
    for shape in shapes():
        for key in shape.keys:
            if isinstance(key.value, Option):
                found |= set() if later else set(key.value.words)
    return found if later else found | set(kinds.BLOCK_SHAPES)


@pytest.mark.parametrize("verb", ENTRIES)
def test_every_verb_stands_in_the_reference(verb: str) -> None:
    assert f"### `signoff {verb}`" in text("docs/cli.md")


@cache
def executed() -> frozenset[str]:
    """The verbs that the pages run."""
    pages = [*DOCS.glob("*.md"), *ROOT.glob("*.md")]
    consoles = [
        block.text
        for page in pages
        for block in blocks(page.read_text(encoding="utf-8"))
        if block.kind == "console"
    ]
    return frozenset(verb_of(shlex.split(command)) for text in consoles for command, _ in commands(text))


@pytest.mark.parametrize("verb", ENTRIES)
def test_every_verb_is_run_on_a_page(verb: str) -> None:
    assert verb in executed()


def test_every_public_name_is_documented() -> None:
    known = code(text("docs/embedding.md")) | code(text("docs/errors.md"))
    assert not sorted(set(signoff.__all__) - known)


def test_every_name_of_the_test_kit_is_documented() -> None:
    assert not sorted(set(kit) - code(text("docs/testing.md")))


def test_every_element_that_runs_is_documented() -> None:
    assert not sorted(
        {each.__name__ for each in BEHAVIOURS} - code(text("docs/language.md")) - code(text("docs/bpmn.md"))
    )


def test_every_key_and_word_of_the_language_is_documented() -> None:
    now = text("docs/language.md").replace(_not_yet(), "")
    assert not sorted(word for word in written(later=False) if word not in code(now))


def test_what_is_not_run_is_listed_as_such() -> None:
    assert not sorted(word for word in written(later=True) if word not in code(_not_yet()))


def _not_yet() -> str:
    return text("docs/language.md").partition(SAYS_WHAT_COMES_LATER)[2].partition("\n## ")[0]


def test_every_variable_of_the_environment_is_documented() -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("engine", "cli")
        for path in (ROOT / folder).rglob("*.py")
    )
    told = "".join(page.read_text(encoding="utf-8") for page in DOCS.glob("*.md"))
    assert not sorted(name for name in set(re.findall(r'"(SIGNOFF_[A-Z_]+)"', source)) if name not in told)


def test_the_page_of_errors_is_current() -> None:
    assert text("docs/errors.md") == errors.page(), "run `python -m tests.docs.errors`"


def test_every_class_of_error_is_public() -> None:
    missing = {each.__name__ for each in errors.classes()} - set(signoff.__all__)
    assert not missing


def test_the_page_on_the_language_uses_every_block() -> None:
    page = text("docs/language.md")
    assert not [
        block for block in keys.BLOCK_SHAPES if not re.search(rf"(^|[\[{{ -]){block}: ", page, re.MULTILINE)
    ]


def rows(page: str) -> Mapping[str, str]:
    found = re.findall(r"^\| (\d+[ab]?) \| (.*) \|$", page, re.MULTILINE)
    return dict(found)


def test_the_readme_tells_the_fifteen_rows() -> None:
    assert list(rows(text("README.md"))) == [*map(str, range(1, 10)), "10a", "10b", *map(str, range(11, 16))]


STEPS = [node for node in definition().nodes.values() if isinstance(node, UserTask) and row_of(node)]


@pytest.mark.parametrize("node", STEPS, ids=lambda node: node.id)
def test_each_row_of_the_readme_says_what_its_gate_demands(node: UserTask) -> None:
    row = rows(text("README.md"))[row_of(node)]
    names = {id: document.label.zh or id for id, document in definition().documents.items()}
    assert node.label.zh in row
    for document in node.delivers:
        assert f"《{names[document]}》" in row
    for rule in node.gate.rules:
        assert re.search(rf"\b{rule.id}\b", row), rule.id
    for role in _roles(node):
        assert role in row


def _roles(node: HumanTask) -> set[str]:
    return {definition().roles[role].label.zh for entry in node.gate.approvals for role in entry.by}
