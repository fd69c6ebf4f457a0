"""The conformance data beside the project, where it is there: models of others and the cases written against them."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "conformance"
needs_data = pytest.mark.skipif(not FOLDER.is_dir(), reason="the conformance data are not beside the project")


@cache
def cases(name: str) -> list[dict[str, Any]]:
    """The cases of one file; none where the data are not there."""
    path = FOLDER / f"cases-{name}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []


def models(folder: str) -> Iterator[Path]:
    """The BPMN files below a folder of the data."""
    for path in sorted((FOLDER / "bpmn" / folder).rglob("*")):
        if path.suffix in {".bpmn", ".xml"}:
            yield path
