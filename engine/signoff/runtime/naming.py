"""What people are called where people read it. Asks the directory of now; must not import `engine`."""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Protocol, runtime_checkable

from signoff.runtime.directory import Directory


@runtime_checkable
class Namesakes(Protocol):
    """A directory that can tell who is called alike; without it only those who are shown together are compared."""

    def namesakes(self, names: Iterable[str], /) -> Collection[str]:
        """Those of the names that several persons bear."""


def names(directory: Directory, people: Iterable[str]) -> dict[str, str]:
    """id -> the name, with the id in brackets where several share it; the id of who is unknown or has no name."""
    found = {id: contact.name or id for id in dict.fromkeys(people) if (contact := directory.contact(id))}
    counted = Counter(found.values())
    shared = {name for name, number in counted.items() if number > 1}
    if isinstance(directory, Namesakes) and found:
        shared |= {*directory.namesakes(found.values())}
    return {id: f"{name} ({id})" if name in shared and name != id else name for id, name in found.items()}
