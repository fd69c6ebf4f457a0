"""The people of a walk and what they hand in: groups that are never empty, trays with a piece missing at times.

Must import the model and the kernel's commands only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from signoff.kernel import commands as c
from signoff.kernel.state import Person
from signoff.model.definition import Definition
from signoff.model.gate import Strength
from signoff.model.nodes import ServiceTask, UserTask
from tests.kernel.people import paper

SEATS = 3  # people in each group


@dataclass(slots=True)
class Tray:
    """What is handed in with a piece of work, or given as the result of a call."""

    data: Mapping[str, Any] = field(default_factory=dict)
    documents: Mapping[str, c.Attachment] = field(default_factory=dict)
    ticks: Sequence[str] = ()
    result: Any = None


class Desk:
    """Fills trays: everything that a step asks for, at times with a piece missing. `values`: field -> what fits."""

    def __init__(self, values: Mapping[str, Sequence[Any]], results: Mapping[str, Any] | None = None) -> None:
        self.values = values
        self.results = results or {}

    def tray(self, random: Random, definition: Definition, node: UserTask) -> Tray:
        data = {name: random.choice(self.values[name]) for name in node.form.fill}
        data |= {
            n: random.choice(self.values[n])
            for n in node.form.edit
            if n in self.values and random.random() < 0.8
        }
        documents = {id: _attachment(random, definition, id) for id in node.delivers}
        ticks = [check.item.get(definition.lang) for check in node.checklist]
        if random.random() < 0.3:
            piece = random.choice([data, documents, dict.fromkeys(ticks)])
            for name in list(piece)[:1]:
                data.pop(name, None)
                documents.pop(name, None)
                ticks = [tick for tick in ticks if tick != name]
        return Tray(data, documents, ticks)

    def result(self, node: ServiceTask) -> Any:
        return self.results.get(node.handler)


def _attachment(random: Random, definition: Definition, id: str) -> c.Attachment:
    document = definition.documents.get(id)
    sections = document.sections if document and random.random() < 0.9 else ()
    suffix = document.formats[0] if document and document.formats else "pdf"
    return paper((f"{id}-{random.randrange(3)}", f"{id}.{suffix}", sections))


def person(id: str, role: str = "") -> Person:
    return Person(id, id.title(), groups=(id.rpartition("-")[0],) if "-" in id else (), role=role)


def actor(id: str, *groups: str) -> c.Actor:
    return c.Actor(id, frozenset({*person(id).groups, *groups}), id, Strength.SIGNED)


def resolve(term: list[Any]) -> list[Person]:
    """Groups have people, people have managers, whoever is asked for is there."""
    match term:
        case ["person", id]:
            return [person(id)]
        case ["people", ids]:
            return [person(id) for id in ids]
        case ["group", name]:
            return [person(f"{name}-{n}") for n in range(1, SEATS + 1)]
        case ["role", role, inner]:
            return [person(p.id, role) for p in resolve(inner)]
        case ["except", inner, ids]:
            return [p for p in resolve(inner) if p.id not in ids]
        case ["else", inner, fallback]:
            return resolve(inner) or resolve(fallback)
        case ["admins"]:
            return [person("root")]
        case ["lead_of", _]:
            return [person("leads-1"), person("leads-2")]
        case ["manager_of", _, _]:
            return [person("managers-1")]
    raise AssertionError(term)


def ids(value: Any) -> Iterator[str]:
    """Every text in the data may be the id of a person."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from ids(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from ids(part)
