"""docs/approvals.md says what is so: each operation of approval with tests that are there."""

import re

import pytest

from signoff_cli.register import ENTRIES
from tests.docs.operations import OPERATIONS, PAGE, Operation, shown_by, text


def test_the_table_of_operations_is_current() -> None:
    """`python -m tests.docs.operations` writes it anew."""
    assert PAGE.read_text("utf-8") == text()


def test_there_are_thirty_four() -> None:
    assert len(OPERATIONS) == len({operation.name for operation in OPERATIONS}) == 34


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_every_operation_is_shown_by_a_test_in_every_file_it_names(operation: Operation) -> None:
    assert [file for file, names in shown_by(operation) if not names] == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_every_verb_it_names_is_there(operation: Operation) -> None:
    keys = {"cc", "assign", "limit", "tables", "roles", "substitutes", "delivers", "form", "readers"}
    words = re.findall(r"`([a-z-]+)`", operation.by)
    verbs = [word for word in words if not word.startswith("-") and word not in keys]
    language = {"first", "weights", "veto", "direct", "smart", "same_person", "not_by", "if_empty", "fill", "edit", "show",
                "due", "escalate", "lapses"}  # fmt: skip
    assert set(verbs) - language <= set(ENTRIES)
