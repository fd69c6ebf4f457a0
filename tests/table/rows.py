"""Makes tables of a few rows and reads back the steps that they become; each file passes the check."""

from pathlib import Path

import yaml

from signoff.notation.table.importer import Imported, import_table
from signoff.notation.yaml import read
from tests.table.make import csv_text, write

HEAD = ["环节", "负责人", "时间节点", "输出成果", "备注"]
ENGLISH = ["Step", "Owner", "Deadline", "Deliverable", "Remarks"]


def table(path: Path, *rows: list[str], head: list[str] | None = None) -> Imported:
    return import_table(write(path / "t.csv", csv_text([head or HEAD, *rows], title="")))


def one(
    path: Path, *, due: str = "活动前9天", remark: str = "", owner: str = "经理", documents: str = "《方案》"
) -> dict:
    """The step of a row with this in it; the file passes the check."""
    found = table(path, ["立项", owner, due, documents, remark])
    read(found.yaml)
    tree = yaml.safe_load(found.yaml)
    return (tree.get("upon") or tree)["steps"][0] if isinstance(tree.get("upon"), dict) else tree["steps"][0]


def english(path: Path, remark: str, due: str = "9 days before event") -> dict:
    found = table(path, ["Set up", "Manager", due, "Plan", remark], head=ENGLISH)
    read(found.yaml)
    return yaml.safe_load(found.yaml)["steps"][0]
