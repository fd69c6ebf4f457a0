"""The people file: who there is, in which groups, who answers to whom. Text in, checked facts out.

Reads with the guarded loader of `notation.yaml`; finds everything wrong at once, with line and column. Writing
to the database is `store.people`'s, whose records it fills. Must not import kernel.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from signoff.errors import InvalidDefinition, Place, Problem
from signoff.notation.yaml.loader import load
from signoff.notation.yaml.report import Report
from signoff.notation.yaml.tree import Broken, Items, Keyed, Leaf, Tree
from signoff.runtime.text import meant, nearest
from signoff.sentences import LANGUAGES
from signoff.store.people import Individual, People

TOP = ("signoff_people", "groups", "people")
GROUP = ("name",)
PERSON = (
    "name",
    "groups",
    "manager",
    "department",
    "title",
    "logins",
    "mail",
    "leads",
    "admin",
    "lang",
    "active",
)
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """What the file says, in its order: persons by id, names of groups by id. `warnings` do not stop an import.

    A group that only a person names bears its id as its name.
    """

    people: Mapping[str, Individual]
    groups: Mapping[str, str]
    warnings: tuple[Problem, ...] = ()

    def content(self) -> People:
        """As the store takes it in."""
        return People(self.people, self.groups)


def read_people(text: str, file: str = "") -> PeopleFile:
    """The people of a file; InvalidDefinition with all problems at once."""
    report = Report(PurePath(file).name)
    tree = load(text, report)
    if isinstance(tree, Keyed):
        found = _Reader(report).read(tree)
    else:
        report("people_not_a_file", tree.place if tree else Place(report.file, 1, 1))
        found = PeopleFile({}, {})
    errors = [problem for problem in report.problems if not problem.warning]
    if errors:
        raise InvalidDefinition(
            sorted(report.problems, key=_standing), "invalid_people_file", file=report.file
        )
    return PeopleFile(found.people, found.groups, tuple(report.problems))


def _standing(problem: Problem) -> tuple[int, int]:
    return problem.place.line, problem.place.column


class _Reader:
    """One reading: what was found, and where each reference stands, to be judged when all is known."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.managers: dict[str, Leaf] = {}
        self.logins: dict[str, Leaf] = {}

    def read(self, tree: Keyed) -> PeopleFile:
        self.known(tree, TOP)
        if tree.text("signoff_people") != "1":
            self.report("people_version", tree.place)
        groups = {leaf.text: self.group(leaf, value) for leaf, value in self.named(tree, "groups")}
        people = {leaf.text: self.person(leaf, value) for leaf, value in self.named(tree, "people")}
        self.references(people)
        self.cycles(people)
        self.admins(people, tree)
        self.groups_of(tree, groups)
        return PeopleFile(people, groups)

    def named(self, tree: Keyed, key: str) -> Iterable[tuple[Leaf, Tree]]:
        found = tree.get(key)
        if isinstance(found, Keyed):
            return tuple(found)
        if found is not None and not isinstance(found, Broken):
            self.report("people_not_a_mapping", found.place, key=key)
        return ()

    def known(self, tree: Keyed, keys: Iterable[str]) -> None:
        for leaf, _ in tree:
            if leaf.text not in keys:
                self.report(
                    "people_unknown_key",
                    leaf.place,
                    name=leaf.text,
                    hint=meant(leaf.text, keys),
                    keys=sorted(keys),
                )

    def group(self, leaf: Leaf, value: Tree) -> str:
        if not isinstance(value, Keyed):
            self.wrong(value, "people_not_a_mapping", key=leaf.text)
            return leaf.text
        self.known(value, GROUP)
        return self.text(value, "name") or leaf.text

    def person(self, leaf: Leaf, value: Tree) -> Individual:
        if not leaf.text.strip():
            self.report("people_no_id", leaf.place)
        if not isinstance(value, Keyed):
            self.wrong(value, "people_not_a_mapping", key=leaf.text)
            return Individual(id=leaf.text)
        self.known(value, PERSON)
        self.login(value)
        if manager := self.leaf(value, "manager"):
            self.managers[leaf.text] = manager
        return Individual(
            id=leaf.text,
            name=self.text(value, "name") or leaf.text,
            groups=self.list(value, "groups"),
            manager=manager.text if manager else "",
            department=self.text(value, "department"),
            title=self.text(value, "title"),
            logins=self.list(value, "logins"),
            mail=self.text(value, "mail"),
            leads=self.list(value, "leads"),
            admin=self.truth(value, "admin", otherwise=False),
            lang=self.lang(value),
            active=self.truth(value, "active", otherwise=True),
        )

    def leaf(self, tree: Keyed, key: str) -> Leaf | None:
        found = tree.get(key)
        if isinstance(found, Leaf) or found is None:
            return found
        self.wrong(found, "people_not_a_text", key=key)
        return None

    def text(self, tree: Keyed, key: str) -> str:
        found = self.leaf(tree, key)
        return found.text.strip() if found else ""

    def list(self, tree: Keyed, key: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(leaf.text for leaf in self.leaves(tree, key)))

    def leaves(self, tree: Keyed, key: str) -> Iterable[Leaf]:
        found = tree.get(key)
        if found is None:
            return
        for item in found if isinstance(found, Items) else (found,):
            if isinstance(item, Leaf):
                yield item
            else:
                self.wrong(item, "people_not_a_text", key=key)

    def truth(self, tree: Keyed, key: str, *, otherwise: bool) -> bool:
        found = self.leaf(tree, key)
        if found is None:
            return otherwise
        if found.text not in _BOOLEANS or not found.plain:
            self.report("people_not_a_truth", found.place, key=key, value=found.text)
        return _BOOLEANS.get(found.text, otherwise)

    def lang(self, tree: Keyed) -> str:
        found = self.leaf(tree, "lang")
        if found is None:
            return ""
        if found.text not in LANGUAGES:
            self.report("people_unknown_lang", found.place, name=found.text, known=list(LANGUAGES))
        return found.text

    def wrong(self, tree: Tree, code: str, **params: Any) -> None:
        if not isinstance(tree, Broken):
            self.report(code, tree.place, **params)

    def login(self, tree: Keyed) -> None:
        for leaf in self.leaves(tree, "logins"):
            first = self.logins.setdefault(leaf.text, leaf)
            if first is not leaf:
                self.report("people_login_twice", leaf.place, login=leaf.text, line=first.place.line)

    def groups_of(self, tree: Keyed, groups: dict[str, str]) -> None:
        """Adds the groups that only persons name; a warning where one is close to a group that is declared."""
        declared = tuple(groups)
        for person in (value for _, value in self.named(tree, "people") if isinstance(value, Keyed)):
            for leaf in (*self.leaves(person, "groups"), *self.leaves(person, "leads")):
                if leaf.text in groups:
                    continue
                groups[leaf.text] = leaf.text
                if near := nearest(leaf.text, declared):
                    self.report.warn("people_group_near", leaf.place, name=leaf.text, near=near)

    def references(self, people: Mapping[str, Individual]) -> None:
        for leaf in self.managers.values():
            if leaf.text not in people:
                self.report(
                    "people_unknown_manager", leaf.place, name=leaf.text, hint=meant(leaf.text, people)
                )

    def cycles(self, people: Mapping[str, Individual]) -> None:
        """Each ring of managers once, at its member that stands first in the file."""
        order = {who: position for position, who in enumerate(people)}
        judged: set[str] = set()
        for start in people:
            path: dict[str, int] = {}
            who = start
            while who in people and who not in judged:
                judged.add(who)
                path[who] = len(path)
                who = people[who].manager
            ring = list(path)[path[who] :] if who in path else []
            if ring:
                first = ring.index(min(ring, key=order.__getitem__))
                told = [*ring[first:], *ring[: first + 1]]
                self.report("people_manager_cycle", self.managers[told[0]].place, ring=" → ".join(told))

    def admins(self, people: Mapping[str, Individual], tree: Keyed) -> None:
        if not any(member.admin and member.active for member in people.values()):
            key = tree.key("people")
            self.report.warn("people_no_admin", key.place if key else tree.place)
