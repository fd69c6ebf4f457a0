"""Whether a directory can be as an import says: ids, managers, logins, and the organisation around them.

Finds everything wrong at once. May import store.organisation.
"""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from signoff.errors import Invalid
from signoff.store import organisation

if TYPE_CHECKING:
    from signoff.store.people import People


def check(people: "People") -> None:
    """Raises Invalid with all findings."""
    strange = (fault.refusal() for fault in organisation.faults(people.organisation, people.persons))
    found = [*_unfit(people), *_shared_logins(people), *strange]
    if found:
        raise Invalid(found[0].code, missing=found if len(found) > 1 else (), **found[0].params)


def _unfit(people: "People") -> Iterable[Invalid]:
    if not people.persons:  # an empty file would lock everybody out
        yield Invalid("directory_empty")
    for id, each in people.persons.items():
        if id != each.id or not id.strip() or not id.isprintable():  # no sign that nobody sees
            yield Invalid("directory_bad_id", id=id, name=each.name)
        if each.manager and each.manager not in people.persons:
            yield Invalid("directory_unknown_manager", person=id, manager=each.manager)
        elif _answers_to_oneself(people, id):
            yield Invalid("directory_manager_cycle", person=id)


def _answers_to_oneself(people: "People", id: str) -> bool:
    seen: set[str] = set()
    above = people.persons[id].manager
    while above in people.persons and above not in seen and above != id:
        seen.add(above)
        above = people.persons[above].manager
    return above == id


def _shared_logins(people: "People") -> Iterable[Invalid]:
    counts = Counter(name for each in people.persons.values() for name in each.logins)
    for name, count in sorted(counts.items()):
        if count > 1:
            whose = sorted(each.id for each in people.persons.values() if name in each.logins)
            yield Invalid("directory_login_twice", login=name, people=whose)
