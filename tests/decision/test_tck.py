"""The DMN Technology Compatibility Kit, level 2, as third parties wrote it: every case of every model.

Read where it is present beside the project; numbers agree to 8 digits after the point, as the kit's runners take it.
"""

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from signoff.model.feel.moment import months, span
from signoff.notation import dmn_reader

KIT = Path(__file__).parents[3] / "shared" / "conformance" / "dmn" / "compliance-level-2"
CASES = "{http://www.omg.org/spec/DMN/20160719/testcase}"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
CLOSE = Decimal("1E-8")

pytestmark = pytest.mark.skipif(not KIT.is_dir(), reason="the DMN kit is not beside the project")


def cases() -> list[Any]:
    found = []
    for file in sorted(KIT.glob("*/*.xml")):
        root = etree.parse(file).getroot()
        model = file.parent / root.findtext(f"{CASES}modelName")
        for case in root.iter(f"{CASES}testCase"):
            for result in case.iter(f"{CASES}resultNode"):
                name = f"{file.stem}-{case.get('id')}-{result.get('name')}"
                found.append(pytest.param(model, case, result, id=name))
    return found


def value(element: Any) -> Any:
    """The value that an input or an expectation writes."""
    parts = element.findall(f"{CASES}component")
    if parts:
        return {part.get("name"): value(part) for part in parts}
    listed = element.find(f"{CASES}list")
    if listed is not None:
        return [value(item) for item in listed.findall(f"{CASES}item")]
    single = element.find(f"{CASES}value")
    if single is None or single.get(NIL) == "true":
        return None
    return READ[(single.get(TYPE) or "xsd:string").rpartition(":")[2]](single.text or "")


READ = {
    "string": str,
    "boolean": lambda text: text.strip() in ("true", "1"),
    "decimal": Decimal, "double": Decimal, "integer": Decimal, "long": Decimal, "int": Decimal,
    "date": date.fromisoformat, "time": time.fromisoformat, "dateTime": datetime.fromisoformat,
    "duration": lambda text: months(text) or span(text),
}  # fmt: skip


def alike(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, Decimal):
        return isinstance(found, Decimal) and abs(found - wanted) <= CLOSE * max(1, abs(wanted))
    if isinstance(wanted, dict):
        return (
            isinstance(found, dict)
            and found.keys() == wanted.keys()
            and all(alike(found[k], wanted[k]) for k in wanted)
        )
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(alike, found, wanted))
    return found == wanted and type(found) is type(wanted)


@pytest.mark.parametrize(("model", "case", "result"), cases())
def test_the_kit_is_passed(model: Path, case: Any, result: Any) -> None:
    decisions = dmn_reader.read(model.read_bytes(), model.name).decisions
    given = {node.get("name"): value(node) for node in case.iter(f"{CASES}inputNode")}
    found = decisions.decide(result.get("name"), given)
    assert alike(found.value, value(result.find(f"{CASES}expected"))), found
