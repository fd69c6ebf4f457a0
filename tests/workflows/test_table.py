"""docs/rows-and-rules.md says what is so, and every rule of the process table has its tests."""

import pytest

from tests.workflows.changes import BROKEN
from tests.workflows.table import APPROVALS, RULES, approvals, counted, document, text


def test_the_table_of_rows_and_rules_is_current() -> None:
    """`python -m tests.workflows.table` writes it anew."""
    assert document().read_text(encoding="utf-8") == text()


def test_the_rules_are_r1_to_r30() -> None:
    assert list(RULES) == [f"R{number}" for number in range(1, 31)]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_tested_broken_and_kept(rule: str) -> None:
    broken = sum(change.name.split("-")[0] == rule for change in BROKEN)
    assert counted()[rule] >= max(2, broken + 1)


@pytest.mark.parametrize("kind", APPROVALS)
def test_every_kind_of_approval_is_tested_taken_and_refused(kind: str) -> None:
    assert min(approvals()[kind]) >= 1
