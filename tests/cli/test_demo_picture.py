"""docs/pictures/demo.svg shows what the program says."""

from pathlib import Path

import pytest

from signoff_cli.demo.picture import picture
from tests.house.source import ROOT


@pytest.mark.exhaustive
def test_the_picture_of_the_demo_is_current(folder: Path) -> None:
    kept = (ROOT / "docs" / "pictures" / "demo.svg").read_text(encoding="utf-8")
    assert kept == picture(), "run `python -m signoff_cli.demo.picture > docs/pictures/demo.svg`"
    assert not list(folder.iterdir())


def test_the_picture_fetches_nothing() -> None:
    kept = (ROOT / "docs" / "pictures" / "demo.svg").read_text(encoding="utf-8")
    assert "url(http" not in kept
    assert "@font-face" not in kept
    assert "<script" not in kept
