"""The reader's own table as a play: its definition, the people of its skeleton, nothing scripted.

Must not ask the engine.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from signoff import Definition, HumanTask, Problem, UserTask, import_table, read_definition
from signoff.errors import InvalidDefinition, NotFound, Place
from signoff_cli.demo.script import Opening, Script

KEYS = ("DEMO-1", "DEMO-2")


def adapted(table: Path) -> tuple[str, Definition, Script]:
    """Its text as YAML, its definition, and a script without lines.

    Raises NotFound, UnreadableTable, and InvalidDefinition with the cells that were not understood.
    """
    if not table.is_file():
        raise NotFound("no_such_file", file=str(table))
    found = import_table(table)
    unread = [each for each in found.findings if each.verdict == "unreadable"]
    if unread:
        raise InvalidDefinition(
            [Problem(each.code, Place(str(each.cell.place)), each.params) for each in unread]
        )
    definition = read_definition(found.yaml, file=f"{table.stem}.yaml").definition
    tree = yaml.safe_load(found.people)
    people = {id: {**person, "name": id} for id, person in tree["people"].items()}
    script = Script(
        people=people,
        groups=tree.get("groups", {}),
        first=Opening(KEYS[0]),
        second=Opening(KEYS[1]),
        reader=tuple(_reader(definition, people)),
        note="……" if definition.lang == "zh" else "…",
        remarks=sum(each.verdict == "note" for each in found.findings),
    )
    return found.yaml, definition, script


def _reader(definition: Definition, people: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The groups of the first that are asked for a yes; where nobody is, of the first that have work."""
    tasks = [node for node in definition.nodes.values() if isinstance(node, HumanTask)]
    asked = [role for node in tasks for entry in node.gate.approvals for role in entry.by]
    owners = [role for node in tasks if isinstance(node, UserTask) for role in node.owner]
    known = {group for person in people.values() for group in person["groups"]}
    for role in (*asked, *owners):
        group = definition.roles[role].value if role in definition.roles else role
        if group in known:
            yield group
            return
