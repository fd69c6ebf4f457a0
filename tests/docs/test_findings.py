"""Every class of finding that `verify` may name is explained on the page about operations."""

from itertools import chain as joined
from pathlib import Path

import pytest

from signoff.read import checkpoints, signatures
from signoff.read.finding import Fault, Finding
from signoff.store import chain

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "operations.md"
EVERY = [*joined(Fault, chain.Fault, signatures.Fault, checkpoints.Fault)]


def test_every_class_of_finding_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in (*Fault, *chain.Fault) if f"`{name}`" not in text] == []


def test_every_class_about_signatures_and_checkpoints_is_explained() -> None:
    text = (DOCS / "evidence.md").read_text(encoding="utf-8")
    named = (*signatures.Fault, *checkpoints.Fault)
    assert [name for name in named if f"`{name}`" not in text + PAGE.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("fault", EVERY)
def test_every_class_has_its_sentence_in_both_languages(fault: str) -> None:
    said = {Finding("", fault).sentence(lang) for lang in ("en", "zh")}
    assert len(said) == 2
    assert not any(sentence.startswith("finding_") for sentence in said)
