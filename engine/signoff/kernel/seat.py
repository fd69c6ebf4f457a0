"""Who sits in an entry, what each seat says, and whose move it is. Pure.

A seat is a person of the roster with the signers added before and after him: it says yes when all of them do, no as
soon as one of them does. Must import kernel.state and model.gate only.
"""

from collections.abc import Iterator

from signoff.kernel.state import Decision, Entry, EntryStatus, Group, Person, Place
from signoff.model.gate import NeedKind


def asked(entry: Entry) -> tuple[str, ...]:
    """Whose move it is, in the order of the roster: voters, and delegates who owe an opinion."""
    if entry.status is not EntryStatus.OPEN:
        return ()
    if not (entry.groups or entry.delegated or entry.in_turn):
        return tuple(dict.fromkeys([p.id for p in entry.roster if p.id not in entry.votes]))
    found: dict[str, None] = {}
    for id in dict.fromkeys(p.id for p in entry.roster):
        now = _asked_at(entry, id)
        found.update(dict.fromkeys(now))
        if now and entry.in_turn:
            break
    return tuple(found)


def _asked_at(entry: Entry, id: str) -> tuple[str, ...]:
    """Whose move it is at one seat; nobody's where it has said all."""
    if says(entry, id) is not None:
        return ()
    for group in _of(entry, id, Place.BEFORE):
        if group_says(entry, group) is None:
            return tuple(_heard(entry, one) for one in _turn(entry, group))
    if id not in entry.votes:
        return (_heard(entry, id),)
    pending = [g for g in _of(entry, id, Place.AFTER) if group_says(entry, g) is None]
    return tuple(_heard(entry, one) for group in pending for one in _turn(entry, group))


def _turn(entry: Entry, group: Group) -> list[str]:
    """Who of an added group is to vote now."""
    waiting = [p.id for p in group.people if p.id not in entry.votes]
    return waiting[:1] if group.need is NeedKind.IN_TURN else waiting


def _heard(entry: Entry, id: str) -> str:
    """Who is asked in the place of this person: the last one the question was passed on to, else himself."""
    chain = entry.delegated.get(id)
    return chain[-1].id if chain else id


def voters(entry: Entry) -> tuple[str, ...]:
    """Who may vote now: those asked, without delegates, who only give their opinion."""
    return tuple(id for id in asked(entry) if owner(entry, id) == "")


def owner(entry: Entry, id: str) -> str:
    """For whom this person owes an opinion; empty for nobody."""
    return next((o for o, chain in entry.delegated.items() if chain[-1].id == id), "")


def says(entry: Entry, id: str) -> Decision | None:
    """What the seat of a person of the roster says; None while it is open."""
    vote = entry.votes.get(id)
    if not entry.groups:
        return None if vote is None else vote.decision
    if any(group_says(entry, g) is Decision.NO for g in _of(entry, id, Place.BEFORE)):
        return Decision.NO
    if vote is None or vote.decision is not Decision.YES:
        return None if vote is None else vote.decision
    after = [group_says(entry, g) for g in _of(entry, id, Place.AFTER)]
    if Decision.NO in after:
        return Decision.NO
    return None if None in after else Decision.YES


def said(entry: Entry, ids: frozenset[str]) -> dict[str, Decision]:
    """What the seats of these people say; those that are open are left out."""
    if not entry.groups:
        return {id: vote.decision for id, vote in entry.votes.items() if id in ids}
    return {id: what for id in ids if (what := says(entry, id)) is not None}


def group_says(entry: Entry, group: Group) -> Decision | None:
    """Yes when enough of an added group have said so, no as soon as enough no longer can; None while it is open."""
    votes = [entry.votes.get(p.id) for p in group.people]
    yes = [vote for vote in votes if vote is not None and vote.decision is Decision.YES]
    waiting = votes.count(None)
    if group.need is NeedKind.ANY:
        return Decision.YES if yes else None if waiting else Decision.NO
    if len(yes) + waiting < len(votes):
        return Decision.NO
    return None if waiting else Decision.YES


def _of(entry: Entry, id: str, place: Place) -> Iterator[Group]:
    return (group for group in entry.groups if group.by == id and group.place is place)


def group_of(entry: Entry, id: str) -> Group | None:
    """The added group that a person is in."""
    return next((g for g in entry.groups if any(p.id == id for p in g.people)), None)


def people(entry: Entry) -> Iterator[Person]:
    """Everybody who has a vote in an entry: its roster and the signers added to it."""
    yield from entry.roster
    for group in entry.groups:
        yield from group.people


def roles(entry: Entry, id: str) -> list[Person]:
    """Somebody who has a vote in an entry, once for each of his roles there."""
    return [one for one in people(entry) if one.id == id]


def person(entry: Entry, id: str) -> Person | None:
    """Somebody who has a vote in an entry, in the first of his roles."""
    for one in people(entry):
        if one.id == id:
            return one
    return None


def involved(entry: Entry) -> frozenset[str]:
    """Everybody whom an entry concerns: those with a vote or asked for an opinion, and who has voted for others."""
    asked_now = [p.id for p in (*people(entry), *delegates(entry))]
    return frozenset([*asked_now, *(vote.person for vote in entry.votes.values())])


def has_voted(entry: Entry, id: str) -> bool:
    """Whether this natural person has a vote here, be it for another: every vote of an entry is another's (I2)."""
    return any(vote.person == id for vote in entry.votes.values())


def delegates(entry: Entry) -> Iterator[Person]:
    """Everybody who was asked for an opinion that is still awaited."""
    return (person for chain in entry.delegated.values() for person in chain)


def deciders(entry: Entry) -> frozenset[str]:
    """Everybody who has voted in an entry, and for whom."""
    return frozenset([who for v in entry.votes.values() for who in (v.person, v.on_behalf_of) if who])
