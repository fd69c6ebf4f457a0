"""The schema of the OMG, where the test environment has it: a file that signoff writes is valid by it."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lxml import etree


@cache
def schema() -> Any:
    """The compiled schema; None where no package brings it."""
    found = find_spec("SpiffWorkflow")
    if found is None or not found.submodule_search_locations:
        return None
    path = Path(next(iter(found.submodule_search_locations))) / "bpmn" / "parser" / "schema" / "BPMN20.xsd"
    return etree.XMLSchema(etree.parse(path)) if path.is_file() else None


def is_valid(text: str) -> bool:
    """Whether a file is valid; where there is no schema, whether it is well-formed."""
    tree = etree.fromstring(text.encode())
    compiled = schema()
    return compiled is None or bool(compiled.validate(tree))
