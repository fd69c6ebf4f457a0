"""The people file: who there is, in which groups, who answers to whom. Text in, checked facts out.

Reads with the guarded loader of `notation.yaml`, and separated values with `spreadsheet`; finds everything wrong at
once, with line and column. What stands beside the people is read by `offices`. Must not import kernel.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from signoff.errors import InvalidDefinition, Place, Problem
from signoff.model.authority import Limit
from signoff.notation.yaml.loader import load
from signoff.notation.yaml.report import Report
from signoff.notation.yaml.tree import Items, Keyed, Leaf, Tree
from signoff.runtime import spreadsheet
from signoff.runtime.contact import clock_of, quiet_of
from signoff.runtime.offices import SECTIONS, Fields, Offices
from signoff.runtime.text import meant, nearest
from signoff.sentences import LANGUAGES
from signoff.store.organisation import Holder, Organisation
from signoff.store.people import Individual, People

TOP = ("signoff_people", "zone", "currency", "groups", "people", *SECTIONS)
GROUP = ("name", "limits")
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
    "limits",
    "channels",
    "quiet",
    "digest",
)


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """What the file says, in its order: persons by id, names of groups by id. `warnings` do not stop an import.

    A group that only a person names bears its id as its name.
    """

    people: Mapping[str, Individual]
    groups: Mapping[str, str]
    warnings: tuple[Problem, ...] = ()
    organisation: Organisation = field(default_factory=Organisation)

    def content(self) -> People:
        """As the store takes it in."""
        return People(self.people, self.groups, self.organisation)


def read_people(text: str, file: str = "") -> PeopleFile:
    """The people of a file, YAML or separated values by its name; InvalidDefinition with all problems at once."""
    return read_all([(text, file)])


def read_all(files: Sequence[tuple[str, str]]) -> PeopleFile:
    """What several files say together, each (text, name); InvalidDefinition with all problems of all at once."""
    names = [PurePath(file).name for _, file in files]
    reports = [Report(name) for name in names]
    trees = [_tree(text, report) for (text, _), report in zip(files, reports, strict=True)]
    report = Report(names[0])
    for each in reports:
        report.extend(each.problems)
    whole = spreadsheet.joined([tree for tree in trees if tree is not None], report)
    found = _Reader(report).read(whole) if whole is not None else PeopleFile({}, {})
    if any(not problem.warning for problem in report.problems):
        raise InvalidDefinition(
            sorted(report.problems, key=_standing), "invalid_people_file", file=", ".join(names)
        )
    return PeopleFile(found.people, found.groups, tuple(report.problems), found.organisation)


def _tree(text: str, report: Report) -> Keyed | None:
    if PurePath(report.file).suffix.lower() in (".csv", ".tsv"):
        return spreadsheet.read(text, report)
    tree = load(text, report)
    if not isinstance(tree, Keyed):
        report("people_not_a_file", tree.place if tree else Place(report.file, 1, 1))
        return None
    if tree.text("signoff_people") != "1":
        report("people_version", tree.place)
    return tree


def _standing(problem: Problem) -> tuple[str, int, int]:
    return problem.place.file, problem.place.line, problem.place.column


class _Reader(Fields):
    """One reading: what was found, and where each reference stands, to be judged when all is known."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.managers: dict[str, Leaf] = {}
        self.logins: dict[str, Leaf] = {}
        self.limits: dict[Holder, tuple[Limit, ...]] = {}
        self.offices = Offices(self)

    def read(self, tree: Keyed) -> PeopleFile:
        self.known(tree, TOP)
        self.offices.settle(tree)
        groups = {leaf.text: self.group(leaf, value) for leaf, value in self.named(tree, "groups")}
        people = {leaf.text: self.person(leaf, value) for leaf, value in self.named(tree, "people")}
        self.groups_of(tree, groups)
        organisation = self.offices.organisation(tree, self.limits)
        if "people" in tree:
            self.references(people)
            self.cycles(people)
            self.admins(people, tree)
            self.offices.judge(organisation, people)
        else:
            self.offices.judge(organisation, None)
        return PeopleFile(people, groups, (), organisation)

    def group(self, leaf: Leaf, value: Tree) -> str:
        if not isinstance(value, Keyed):
            self.wrong(value, "people_not_a_mapping", key=leaf.text)
            return leaf.text
        self.known(value, GROUP)
        if limits := self.offices.limits(value):
            self.limits["group", leaf.text] = limits
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
            limits=self.offices.limits(value),
            channels=self.list(value, "channels"),
            quiet=self.spelled(value, "quiet", quiet_of),
            digest=self.spelled(value, "digest", clock_of),
        )

    def spelled(self, tree: Keyed, key: str, reader: Callable[[str], object]) -> str:
        """A text that `reader` understands."""
        found = self.leaf(tree, key)
        if found is None:
            return ""
        if reader(found.text.strip()) is None:
            self.report(f"people_{key}", found.place, text=found.text)
        return found.text.strip()

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

    def lang(self, tree: Keyed) -> str:
        found = self.leaf(tree, "lang")
        if found is None:
            return ""
        if found.text not in LANGUAGES:
            self.report("people_unknown_lang", found.place, name=found.text, known=list(LANGUAGES))
        return found.text

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
            while who and who in people and who not in judged:
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
