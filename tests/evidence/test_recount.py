"""The votes counted by a bundle's own code come to what the engine's come to, for every policy: neither shares code."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from signoff.kernel import ballot
from signoff.kernel.state import Decision, Entry, EntryStatus, Group, Person, Place, Vote
from signoff.model.gate import Approval, Meaning, Need, NeedKind, Strength
from signoff.read.bundle import count

AT = datetime(2027, 1, 4, tzinfo=UTC)
ROLES = ("maker", "boss", "chair")


@st.composite
def ballots(draw: st.DrawFn) -> tuple[Approval, Entry]:
    """An entry with a roster of up to five, signers added around them, and some votes."""
    kind = draw(st.sampled_from(list(NeedKind)))
    number = {NeedKind.COUNT: st.integers(1, 5), NeedKind.PERCENT: st.integers(1, 100)}.get(kind, st.just(0))
    weights = tuple(draw(st.dictionaries(st.sampled_from(ROLES), st.integers(0, 3))).items())
    by = tuple(draw(st.lists(st.sampled_from(ROLES), min_size=1, unique=True)))
    approval = Approval(
        by,
        need=Need(kind, draw(number)),
        weights=weights if kind is NeedKind.PERCENT else (),
        veto=tuple(draw(st.sets(st.sampled_from(ROLES)))),
        wait_all=kind is not NeedKind.FIRST and draw(st.booleans()),
    )
    seats = draw(
        st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from(ROLES)), max_size=6, unique=True)
    )
    entry = Entry(EntryStatus.OPEN, roster=[Person(id, role=role) for id, role in seats])
    ids = sorted({person.id for person in entry.roster})
    if ids:
        entry.beside = (
            {id: ids[0] for id in draw(st.sets(st.sampled_from(ids[1:]))) if ids[1:]} if ids[1:] else {}
        )
        for n in range(draw(st.integers(0, 2))):
            added = [Person(f"x{n}{m}") for m in range(draw(st.integers(1, 2)))]
            place = draw(st.sampled_from([Place.BEFORE, Place.AFTER]))
            need = draw(st.sampled_from([NeedKind.ANY, NeedKind.ALL, NeedKind.IN_TURN]))
            entry.groups.append(Group(draw(st.sampled_from(ids)), place, need, added))
    voters = [*ids, *(person.id for group in entry.groups for person in group.people)]
    for id in voters:
        said = draw(st.sampled_from([None, *Decision]))
        if said is not None:
            entry.votes[id] = Vote(id, said, AT, "", Meaning.APPROVE, Strength.ASSERTED)
    return approval, entry


def written(approval: Approval, entry: Entry) -> tuple[count.Row, count.Entry]:
    """The same as a bundle has it."""
    rule = {
        "by": list(approval.by),
        "need": {"kind": approval.need.kind.value, "number": approval.need.number},
        "weights": [list(pair) for pair in approval.weights],
        "veto": list(approval.veto),
        "wait_all": approval.wait_all,
    }
    made = count.Entry()
    made.status, made.beside = "open", dict(entry.beside)
    made.roster = [{"id": person.id, "role": person.role} for person in entry.roster]
    made.groups = [
        {"by": g.by, "place": g.place.value, "need": g.need.value, "people": [{"id": p.id} for p in g.people]}
        for g in entry.groups
    ]
    made.votes = {id: {"decision": vote.decision.value} for id, vote in entry.votes.items()}
    return rule, made


@given(ballots())
def test_both_counts_come_to_the_same(drawn: tuple[Approval, Entry]) -> None:
    approval, entry = drawn
    rule, made = written(approval, entry)
    assert made.verdict(rule) == ballot.tally(approval, entry).value
