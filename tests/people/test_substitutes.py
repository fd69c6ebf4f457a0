"""Standing in: who may act for whom, when and where; what is recorded; and why somebody may not."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from signoff import Actor, Engine, Strength
from signoff.errors import AlreadyDecided, Invalid, NotAllowed, Refused
from signoff.kernel.events.gate import VoteCast
from signoff.kernel.events.task import RosterResolved, WorkSubmitted
from signoff.model.authority import Grant
from signoff.store import people as store
from signoff.store.database import Database
from signoff.store.organisation import Organisation
from signoff.store.people import Individual, People
from signoff.testing import Case, Sandbox
from tests.people.firm import grant, up_to

PROCESS = """
signoff: 1
process: purchase
lang: en
data: {amount: {type: money, default: 100}}
roles:
  clerk: {group: clerks}
  boss: {group: bosses, limit: {for: budget, covers: amount}}
start: {by: [clerk], form: {edit: [amount]}}
steps:
  - step: ask
    owner: clerk
    form: {edit: [amount]}
    approve: [{by: boss, need: NEED}]
"""
PEOPLE: dict[str, dict[str, Any]] = {
    "ann": {"groups": ["clerks"]},
    "ben": {"groups": ["clerks"]},
    "cat": {"groups": ["bosses"], "limits": {"budget": 1000}},
    "dan": {"groups": ["bosses"], "limits": {"budget": 1000}},
    "eve": {"admin": True},
    "fay": {},
    "gus": {},
}


def play(*grants: Grant, need: str = "any", amount: str = "100", people: Any = PEOPLE) -> Case:
    """A purchase that ann has asked for, waiting for its bosses."""
    given = Organisation(grants={each.id: each for each in grants})
    box = Sandbox("2027-01-05T04:00Z", people=people, organisation=given)
    box.deploy(PROCESS.replace("NEED", need))
    case = box.start("purchase", {"amount": amount}, by="ann")
    case.submit("ask", by="ann")
    return case


def replaced(case: Case, person: Individual) -> None:
    """The directory says something else of a person from now on."""
    held: Any = case.box.engine.core.directory
    held._people[person.id] = person


def refused(case: Case, by: str | Actor, verb: str = "approve", step: str = "ask") -> str:
    with pytest.raises(Refused) as found:
        getattr(case, verb)(step, by=by)
    return found.value.code


def votes(case: Case) -> list[tuple[str, str, str]]:
    return [(e.person, e.on_behalf_of, e.grant) for e in case.events if isinstance(e, VoteCast)]


def test_a_substitute_decides_for_another_and_both_names_are_recorded() -> None:
    case = play(grant("G", "cat", "fay"))
    case.approve("ask", by="fay")
    assert votes(case) == [("fay", "cat", "G")]
    assert case.status == "completed"
    last = case.box.engine.history(case.situation.state.id)[-1]
    assert (last.by, last.on_behalf) == ("fay", "cat")
    assert last.authority == "limits: cat budget 1000; grants: G"


def test_whom_a_substitute_replaces_was_told_and_so_was_he() -> None:
    case = play(grant("G", "cat", "fay"), grant("H", "cat", "gus", process="other"))
    (asked,) = [e for e in case.events if isinstance(e, RosterResolved) and e.target.startswith("g")]
    assert [p.id for p in asked.people] == ["cat", "dan"]
    assert asked.substitutes == ("fay",)
    assert "fay stands in for cat (G)" in asked.provenance


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ((), "not_asked"),
        (
            (grant("G", "cat", "fay", since=datetime.fromisoformat("2027-01-05T04:00:01Z")),),
            "grant_not_begun",
        ),
        ((grant("G", "cat", "fay", until=datetime.fromisoformat("2027-01-05T04:00:00Z")),), "grant_over"),
        ((grant("G", "eve", "fay"),), "not_asked"),
        ((grant("G", "cat", "fay", process="other"),), "grant_elsewhere"),
        ((grant("G", "cat", "fay", step="other"),), "grant_elsewhere"),
        ((grant("G", "cat", "fay", category="travel"),), "grant_too_small"),
        ((grant("G", "cat", "fay", most=up_to(99).amount),), "grant_too_small"),
        ((grant("G", "cat", "fay", most=up_to(100).amount, currency="USD"),), "grant_too_small"),
        ((grant("G", "cat", "gus"), grant("H", "gus", "fay")), "grant_not_onward"),
        ((grant("G", "cat", "fay"), grant("H", "dan", "fay")), "say_for_whom"),
    ],
)
def test_a_grant_reaches_no_further_than_it_says(given: tuple[Grant, ...], code: str) -> None:
    assert refused(play(*given), "fay") == code


@pytest.mark.parametrize(
    "given",
    [
        (grant("G", "cat", "fay", since=datetime.fromisoformat("2027-01-05T04:00:00Z")),),
        (
            grant(
                "G", "cat", "fay", process="purchase", step="ask", category="budget", most=up_to(100).amount
            ),
        ),
        (grant("G", "cat", "gus", onward=True), grant("H", "gus", "fay")),
    ],
)
def test_a_grant_reaches_all_that_it_says(given: tuple[Grant, ...]) -> None:
    case = play(*given)
    case.approve("ask", by="fay")
    assert votes(case) == [("fay", "cat", " > ".join(each.id for each in given))]


def test_a_way_of_grants_is_no_longer_than_three() -> None:
    chain = [("cat", "p1"), ("p1", "p2"), ("p2", "p3"), ("p3", "p4")]
    people = {**PEOPLE, **{f"p{n}": {} for n in range(1, 5)}}
    grants = [grant(f"G{n}", *each, onward=True) for n, each in enumerate(chain)]
    assert refused(play(*grants, people=people), "p4") == "not_asked"
    play(*grants, people=people).approve("ask", by="p3")


def test_whoever_started_it_decides_for_nobody() -> None:
    assert refused(play(grant("G", "cat", "ann")), "ann") == "substitute_is_starter"


def test_who_stands_in_for_several_says_for_whom() -> None:
    case = play(grant("G", "cat", "fay"), grant("H", "dan", "fay"), need="all")
    case.approve("ask", by=Actor("fay", on_behalf_of="dan", auth=Strength.ATTESTED))
    assert votes(case) == [("fay", "dan", "H")]
    assert refused(case, Actor("fay", on_behalf_of="cat", auth=Strength.ATTESTED)) == "no_grant"
    case.approve("ask", by="cat")
    assert case.status == "completed"


def test_every_vote_is_another_natural_persons() -> None:
    """approvals §3.19: also when substitutes are resolved."""
    case = play(grant("G", "cat", "dan"), need="all")
    case.approve("ask", by="dan")
    with pytest.raises((AlreadyDecided, NotAllowed)):
        case.approve("ask", by=Actor("dan", on_behalf_of="cat", auth=Strength.ATTESTED))
    assert votes(case) == [("dan", "", "")]


def test_a_seat_is_taken_once() -> None:
    case = play(grant("G", "cat", "fay"), need="all")
    case.approve("ask", by="fay")
    assert refused(case, "cat") == "voted_already"


def test_a_substitute_inherits_the_conflicts_of_the_principal_and_keeps_his_own() -> None:
    people = {**PEOPLE, "cat": {"groups": ["bosses", "clerks"], "limits": {"budget": 1000}}}
    given = Organisation(grants={"G": grant("G", "cat", "fay"), "H": grant("H", "dan", "ben")})
    box = Sandbox("2027-01-05T04:00Z", people=people, organisation=given)
    box.deploy(PROCESS.replace("NEED", "any"))
    case = box.start("purchase", by="ann")
    case.submit("ask", by="cat")
    assert refused(case, "fay") == "not_asked"
    other = box.start("purchase", by="ann")
    other.submit("ask", by="ben")
    assert refused(other, "ben") == "own_work"


def test_work_is_done_for_another_and_is_then_both_ones_work() -> None:
    people = {**PEOPLE, "ben": {}, "cat": {"groups": ["bosses"], "limits": {"budget": 1000}}}
    given = Organisation(grants={"G": grant("G", "ann", "cat")})
    box = Sandbox("2027-01-05T04:00Z", people=people, organisation=given)
    box.deploy(PROCESS.replace("NEED", "any"))
    case = box.start("purchase", by="ann")
    case.submit("ask", by="cat")
    (work,) = [e for e in case.events if isinstance(e, WorkSubmitted)]
    assert (work.person, work.on_behalf_of, work.grant) == ("cat", "ann", "G")
    assert refused(case, "cat") == "own_work"
    case.approve("ask", by="dan")


def test_nobody_says_yes_beyond_the_limit_and_a_substitute_only_within_the_principals() -> None:
    """approvals §3.15."""
    case = play(grant("G", "cat", "fay"))
    replaced(case, Individual(id="cat", groups=("bosses",), limits=(up_to(99, holder="cat"),)))
    assert refused(case, "cat") == "beyond_limit"
    assert refused(case, "fay") == "beyond_limit"
    case.decline("ask", by="cat")


def test_who_has_left_the_group_since_is_not_asked_any_more() -> None:
    """approvals §3.15."""
    case = play()
    replaced(case, Individual(id="cat", limits=(up_to(1000, holder="cat"),)))
    assert refused(case, "cat") == "role_lost"


def test_who_has_left_the_group_since_sends_nobody_for_it_either() -> None:
    case = play(grant("G", "cat", "fay"))
    replaced(case, Individual(id="cat", limits=(up_to(1000, holder="cat"),)))
    assert refused(case, "fay") == "role_lost"
    assert refused(case, standing_in("fay", "cat")) == "role_lost"
    case.approve("ask", by="dan")


def test_who_has_left_altogether_sends_nobody() -> None:
    case = play(grant("G", "cat", "fay"), grant("H", "dan", "gus", onward=True), grant("I", "gus", "eve"))
    replaced(
        case, Individual(id="cat", groups=("bosses",), limits=(up_to(1000, holder="cat"),), active=False)
    )
    replaced(case, Individual(id="gus", active=False))
    assert refused(case, "fay") == "not_asked"
    assert refused(case, "eve") == "not_asked"


def test_the_inbox_of_a_substitute_says_for_whom() -> None:
    case = play(grant("G", "cat", "fay"), grant("H", "dan", "gus", step="other"))
    engine = case.box.engine
    assert [(row.node, row.on_behalf_of) for row in engine.inbox("fay")] == [("ask", "cat")]
    assert [(row.node, row.on_behalf_of) for row in engine.inbox("cat")] == [("ask", "")]
    assert engine.inbox("gus") == []
    case.approve("ask", by="fay")
    assert engine.inbox("cat") == engine.inbox("fay") == []
    assert len(engine.done_by("fay")) == 1
    assert engine.done_by("cat") == []


def test_both_databases_keep_who_acted_for_whom_under_which_authority(db: Database) -> None:
    persons = {
        id: Individual(id=id, groups=tuple(each.get("groups", ())), admin=each.get("admin", False))
        for id, each in PEOPLE.items()
    }
    persons["cat"] = Individual(id="cat", groups=("bosses",), limits=(up_to(1000),))
    span = {
        "since": datetime.fromisoformat("2020-01-01T00:00Z"),
        "until": datetime.fromisoformat("2999-01-01T00:00Z"),
    }
    organisation = Organisation(grants={"G": grant("G", "cat", "fay", **span)})
    with db.write() as handle:
        at = datetime.fromisoformat("2027-01-05T04:00Z")
        store.take_in(handle.connection, People(persons, {}, organisation), by="eve", at=at)
    engine = Engine(db.engine)
    engine.deploy(PROCESS.replace("NEED", "any"))
    receipt = engine.start("purchase", by="ann")
    gate = engine.submit(receipt.opened[0], by="ann").opened[0]
    assert [row.on_behalf_of for row in engine.inbox("fay")] == ["cat"]
    engine.approve(gate, by="fay")
    last = engine.history(receipt.instance)[-1]
    assert (last.by, last.on_behalf) == ("fay", "cat")
    assert last.authority == "limits: cat budget 1000 CNY; grants: G"
    assert engine.verify().findings == ()


def test_a_host_that_brings_the_authority_along_is_taken_at_its_word() -> None:
    case = play()
    with pytest.raises((NotAllowed, Invalid)):
        case.approve("ask", by=Actor("fay", auth=Strength.ATTESTED))


# one natural person, one vote (I2) -------------------------------------------------------------------------

CROWD = {
    **PEOPLE,
    "hal": {"groups": ["bosses"], "limits": {"budget": 1000}},
    "leo": {"groups": ["lawyers"]},
}
RIGHTS = "[transfer, add_beside, abstain]"


def crowd(approve: str, *grants: Grant) -> Case:
    """The same with three bosses and other entries."""
    box = Sandbox(
        "2027-01-05T04:00Z",
        people=CROWD,
        organisation=Organisation(grants={each.id: each for each in grants}),
    )
    text = PROCESS.replace("{by: boss, need: NEED}", approve)
    box.deploy(text.replace("  boss:", "  lawyer: {group: lawyers}\n  first: {person: cat}\n  boss:"))
    case = box.start("purchase", by="ann")
    case.submit("ask", by="ann")
    return case


def standing_in(person: str, principal: str) -> Actor:
    return Actor(person, on_behalf_of=principal, auth=Strength.ATTESTED)


@pytest.mark.parametrize("need", ["all", "all in turn", "2", "60%"])
def test_who_has_decided_for_another_has_no_second_vote_of_his_own(need: str) -> None:
    case = crowd(f"{{by: boss, need: {need}}}", grant("G", "cat", "dan"))
    case.approve("ask", by=standing_in("dan", "cat"))
    assert refused(case, "dan") == "voted_already"
    assert refused(case, "dan", "decline") == "voted_already"


def test_who_has_decided_for_another_gets_no_seat_of_his_own_either() -> None:
    entry = f"{{by: boss, need: all, allow: {RIGHTS}, transfer_to: [lawyer]}}"
    case = crowd(entry, grant("G", "cat", "leo"))
    case.approve("ask", by="leo")
    ways: list[Callable[[], object]] = [
        lambda: case.transfer("ask", "leo", by="dan"),
        lambda: case.add_signers("ask", "leo", by="dan", place="beside"),
    ]
    for way in ways:
        with pytest.raises(AlreadyDecided) as found:
            way()
        assert found.value.code == "asked_already"
    with pytest.raises(NotAllowed):
        case.assign("ask", "leo")


def test_an_earlier_yes_does_not_count_beside_one_given_for_another() -> None:
    entries = "{parallel: [{by: first}, {by: boss, need: 2, same_person: skip}]}"
    case = crowd(entries, grant("G", "dan", "cat"))
    case.approve("ask", by=standing_in("cat", "dan"))
    case.approve("ask", by="cat")
    assert votes(case) == [("cat", "dan", "G"), ("cat", "", "")]
    assert case.status == "running"


def test_a_yes_that_somebody_else_has_to_give_is_not_given_for_the_same_person() -> None:
    entries = "{parallel: [{by: boss}, {by: boss, same_person: other}]}"
    case = crowd(entries, grant("G", "cat", "fay"))
    case.approve("ask", by="cat")
    assert refused(case, standing_in("fay", "cat")) == "said_yes_already"
    case.approve("ask", by="dan")
    assert case.status == "completed"


def test_a_substitute_abstains_where_that_is_offered() -> None:
    case = crowd("{by: boss, need: 2, allow: [abstain]}", grant("G", "cat", "fay"))
    case.abstain("ask", by="fay")
    assert votes(case) == [("fay", "cat", "G")]


def test_the_owner_of_a_step_is_also_for_whom_it_was_done() -> None:
    people = {**PEOPLE, "cat": {"groups": ["bosses", "clerks"]}}
    given = Organisation(grants={"G": grant("G", "cat", "gus")})
    box = Sandbox("2027-01-05T04:00Z", people=people, organisation=given)
    entry = "{by: boss, declined: end, not_by: [owner of ask]}"
    box.deploy(LATER.replace("{by: boss, declined: end}", entry).replace("BOUND", "[plan]"))
    case = box.start("purchase", by="ann")
    case.submit("ask", {"amount": "5"}, by="gus", documents=["plan"])
    case.submit("go", by="ben")
    assert refused(case, "cat", step="look") == "own_work"


def test_what_was_prepared_for_another_is_his_work_at_a_later_gate_too() -> None:
    """approvals §3.18."""
    people = {**PEOPLE, "cat": {"groups": ["bosses", "clerks"]}}
    given = Organisation(grants={"G": grant("G", "cat", "gus")})
    for bound in ("[amount]", "[plan]"):
        box = Sandbox("2027-01-05T04:00Z", people=people, organisation=given)
        box.deploy(LATER.replace("BOUND", bound))
        case = box.start("purchase", by="ann")
        case.submit("ask", {"amount": "5"}, by="gus", documents=["plan"])
        case.submit("go", by="ben")
        assert refused(case, "cat", step="look") == "own_work"
        assert refused(case, "gus", step="look") == "not_asked"
        case.approve("look", by="dan")


LATER = """
signoff: 1
process: purchase
lang: en
data: {amount: {type: money, default: 100}}
documents: {plan: {name: Plan}}
roles:
  clerk: {group: clerks}
  boss: {group: bosses}
start: {by: [clerk]}
steps:
  - {step: ask, owner: clerk, form: {edit: [amount]}, delivers: [plan]}
  - {step: go, owner: clerk}
  - gate: look
    binds: BOUND
    approve: [{by: boss, declined: end}]
"""
