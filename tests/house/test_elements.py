"""An element has its place everywhere: node, behaviour, notation, tests, documentation.

The register says which elements run. What reads and tests them is looked through for their names.
"""

from pathlib import Path

import pytest

from signoff.kernel.elements.register import BEHAVIOURS
from tests.house.source import ROOT

#: Where every element must be named, and what that place is for.
PLACES = {
    "engine/signoff/model": "its node",
    "engine/signoff/kernel/elements": "its behaviour",
    "engine/signoff/notation": "how it is written",
    "tests/kernel": "a story of it",
    "docs": "its documentation",
}
ELEMENTS = [each.__name__ for each in BEHAVIOURS]


def text(place: str) -> str:
    path = ROOT / place
    files = sorted(file for file in path.rglob("*") if file.suffix in {".py", ".md"})
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def absent(element: str, places: dict[str, str]) -> list[str]:
    return [f"{element} lacks {what}" for place, what in places.items() if element not in text(place)]


@pytest.mark.parametrize("element", ELEMENTS)
def test_an_element_that_runs_has_every_place(element: str) -> None:
    assert not absent(element, PLACES)


def test_a_missing_place_is_found(tmp_path: Path) -> None:
    tmp_path.joinpath("a.py").write_text("class Other: ...", encoding="utf-8")
    assert absent("Invented", {str(tmp_path): "its node"}) == ["Invented lacks its node"]
