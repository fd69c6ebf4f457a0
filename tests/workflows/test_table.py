"""docs/rows-and-rules.md says what is so, and every rule of the process table has its tests."""

import pytest

from tests.workflows import table
from tests.workflows.proofs import BROKEN_BY, KEPT_BY, breaking, keeping
from tests.workflows.table import APPROVALS, RULES, approvals, counted, document, text


def test_the_table_of_rows_and_rules_is_current() -> None:
    """`python -m tests.workflows.table` writes it anew."""
    assert document().read_text(encoding="utf-8") == text()


def test_the_rules_are_r1_to_r30() -> None:
    assert list(RULES) == [f"R{number}" for number in range(1, 31)]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_tested_broken_and_kept(rule: str) -> None:
    assert breaking(rule)
    assert keeping(rule)
    assert counted()[rule] >= 2


def test_every_proof_of_a_rule_is_a_test_that_is_there() -> None:
    known = {name.split("[")[0] for name in table.tests()}
    assert {name for found in (BROKEN_BY, KEPT_BY) for names in found.values() for name in names} <= known


@pytest.mark.parametrize("kind", APPROVALS)
def test_every_kind_of_approval_is_tested_taken_and_refused(kind: str) -> None:
    assert min(approvals()[kind]) >= 1
