"""Whether the directory is what its imports add up to: persons, groups, departments, limits, substitutes, authority.

What it says now is handed in, in the form in which an import is recorded. Must import only read.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from signoff.read.deployment import compared
from signoff.read.finding import Fault, Finding
from signoff.read.ledger import contents

CHAIN = "directory"
#: Parts that an import records whole; the last one counts.
WHOLE = ("departments", "limits", "substitutes", "authority")


def verify_directory(connection: Connection, standing: Mapping[str, Any]) -> list[Finding]:
    """Everything of `standing`, a record that says all of the directory, against the chain of imports."""
    persons: dict[str, dict[str, Any]] = {}
    groups: dict[str, str] = {}
    whole: dict[str, Any] = {}
    for content in contents(connection, CHAIN):
        for id, changes in content.get("persons", {}).items():
            persons.setdefault(id, {}).update(changes)
        groups |= content.get("groups", {})
        for name in content.get("removed", ()):
            persons.pop(name, None)
            if name.startswith("group "):
                groups.pop(name.removeprefix("group "), None)
        whole |= {name: content[name] for name in WHOLE if name in content}
    return [
        *_persons(standing["persons"], persons),
        *compared("group", standing["groups"], groups),
        *(
            Finding(name, Fault.RECORDED, detail="part")
            for name in WHOLE
            if standing.get(name, []) != whole.get(name, [])
        ),
    ]


def _persons(stored: Mapping[str, Any], recorded: Mapping[str, Any]) -> Iterator[Finding]:
    """Each person, with what is not as it was recorded."""
    for id in sorted({*stored, *recorded}):
        now, then = stored.get(id), recorded.get(id)
        if now is None or then is None:
            yield Finding(id, Fault.RECORDED, detail="person")
        elif names := sorted(name for name in {*now, *then} if now.get(name) != then.get(name)):
            yield Finding(id, Fault.RECORDED, detail=f"person: {', '.join(names)}")
