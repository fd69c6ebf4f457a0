"""Every class of finding that `verify` may name is explained on the page about operations."""

from pathlib import Path

from signoff.read.finding import Fault
from signoff.store import chain

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


def test_every_class_of_finding_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in (*Fault, *chain.Fault) if f"`{name}`" not in text] == []
