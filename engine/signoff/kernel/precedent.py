"""A yes that was given earlier in the same gate and round: what it means for an entry that comes after. Pure.

Must import kernel.seat, kernel.state, kernel.subject and model.gate only.
"""

from signoff.kernel import seat
from signoff.kernel.state import Decision, Entry, EntryStatus, GateRecord, Mode, Vote
from signoff.model.gate import Approval, Meaning, SamePerson, Strength

_WEIGHT = (Meaning.ACKNOWLEDGE, Meaning.REVIEW, Meaning.DRAFT, Meaning.APPROVE)  # what says less stands first


def approvers(record: GateRecord, besides: int) -> frozenset[str]:
    """Who has said yes in another entry of this gate."""
    return frozenset(
        who
        for number, entry in enumerate(record.entries)
        if number != besides
        for vote in entry.votes.values()
        if vote.decision is Decision.YES
        for who in (vote.person, vote.on_behalf_of)
        if who
    )


def left_out(approval: Approval, record: GateRecord, number: int) -> frozenset[str]:
    """Whom this entry does not ask because they have said yes already."""
    return approvers(record, number) if approval.same_person is SamePerson.OTHER else frozenset()


def counts_again(
    approval: Approval, record: GateRecord, number: int, seen: str
) -> tuple[str, int, Vote] | None:
    """The next of those asked whose earlier yes counts here, and which: given on the same content, this round.

    Never where a signature is demanded, nor a yes that says less; who was added, has added others, or waits for an
    opinion is asked.
    """
    entry = record.entries[number]
    if approval.same_person is not SamePerson.SKIP or approval.least.reaches(Strength.ATTESTED):
        return None
    if entry.status is not EntryStatus.OPEN:
        return None
    for id in seat.voters(entry):
        if _plain(entry, id) and not seat.has_voted(entry, id):
            for other, vote in _given(record, number, id):
                if vote.subject == seen and _WEIGHT.index(vote.meaning) >= _WEIGHT.index(approval.meaning):
                    return id, other, vote
    return None


def _plain(entry: Entry, id: str) -> bool:
    on_roster = any(p.id == id for p in entry.roster) and id not in entry.beside
    return on_roster and not any(group.by == id for group in entry.groups)


def _given(record: GateRecord, besides: int, id: str) -> list[tuple[int, Vote]]:
    """What a person has said yes to by himself in the other entries, in this round."""
    found = []
    for number, entry in enumerate(record.entries):
        vote = entry.votes.get(id)
        if number == besides or vote is None or vote.decision is not Decision.YES or vote.person != id:
            continue  # another's, by substitution, is no yes of this person
        if vote.mode is Mode.MANUAL and not vote.on_behalf_of and vote.at >= record.since:
            found.append((number, vote))
    return found
