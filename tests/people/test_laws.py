"""Laws of directories: both built-in ones answer alike, and no way of grants is longer, circular or out of time."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signoff.model.authority import HOPS, Band, Grant, Limit, Signer, SignerKind, Verb, circle, ways
from signoff.runtime.directory import SqlDirectory, StaticDirectory
from signoff.store import migrations, people
from signoff.store.database import Database
from signoff.store.organisation import Department, Organisation
from signoff.store.people import Individual, People

ZERO = datetime(2027, 1, 1, tzinfo=UTC)
IDS = ("a", "b", "c", "d", "e")
PLACES = ("x", "y", "z")
CATEGORIES = ("budget", "travel")
CURRENCIES = ("CNY", "USD")
amounts = st.integers(0, 5).map(Decimal)
days = st.integers(0, 4).map(lambda n: ZERO + timedelta(days=n))


@st.composite
def grants(draw: Any) -> dict[str, Grant]:
    found = {}
    for n in range(draw(st.integers(0, 7))):
        one, other = draw(st.permutations(IDS))[:2]
        since = draw(days)
        until = since + timedelta(days=draw(st.integers(1, 3)))
        found[f"G{n}"] = Grant(f"G{n}", one, other, since, until, onward=draw(st.booleans()))
    return found


@st.composite
def limits(draw: Any, holder: str) -> tuple[Limit, ...]:
    chosen = draw(
        st.dictionaries(
            st.tuples(st.sampled_from(CATEGORIES), st.sampled_from(CURRENCIES)),
            st.none() | amounts,
            max_size=2,
        )
    )
    return tuple(
        Limit(category, amount, currency, holder) for (category, currency), amount in sorted(chosen.items())
    )


@st.composite
def tables(draw: Any) -> tuple[Band, ...]:
    """A table of authority in which every amount lies in one band at most."""
    signers = st.tuples(st.sampled_from(SignerKind), st.sampled_from(Verb)).flatmap(_signer)
    return tuple(
        Band(
            category,
            Decimal(low),
            high,
            currency,
            tuple(draw(st.lists(signers, min_size=1, max_size=2))),
            place,
        )
        for category in CATEGORIES
        for currency in draw(st.sampled_from((CURRENCIES, CURRENCIES[:1])))
        for place in draw(st.sampled_from((("",), ("", "x"))))
        for low, high in ((0, Decimal(3)), (3, None))
    )


@st.composite
def firms(draw: Any) -> People:
    """Five people in three departments, some of whom have left; managers and departments form no ring."""
    persons = {
        id: Individual(
            id=id,
            name=id,
            manager=draw(st.sampled_from(("", *IDS[:n]))),
            department=draw(st.sampled_from(("", *PLACES))),
            title=draw(st.sampled_from(("", "chief"))),
            groups=tuple(sorted(draw(st.sets(st.sampled_from(("g", "h")))))),
            active=draw(st.sampled_from((True, True, True, False))),
            limits=draw(limits(id)),
        )
        for n, id in enumerate(IDS)
    }
    departments = {
        id: Department(id, id, draw(st.sampled_from(("", *PLACES[:n]))), draw(st.sampled_from(("", *IDS))))
        for n, id in enumerate(PLACES)
    }
    held = {("group", "g"): draw(limits("g")), ("title", "chief"): draw(limits("chief"))}
    given = draw(grants())
    return People(
        persons,
        {"g": "g", "h": "h"},
        Organisation(departments, held, {} if circle(given.values()) else given, draw(tables())),
    )


def _signer(chosen: tuple[SignerKind, Verb]) -> st.SearchStrategy[Signer]:
    kind, verb = chosen
    holders = {"person": IDS, "group": ("g", "h"), "title": ("chief",), "head": PLACES}[kind.value]
    return st.sampled_from(holders).map(lambda holder: Signer(kind, holder, verb))


DATABASE = Database("sqlite:///:memory:")
migrations.create(DATABASE)


def both(firm: People) -> tuple[SqlDirectory, StaticDirectory]:
    with DATABASE.write() as handle:
        people.take_in(handle.connection, firm, by="a", at=ZERO)
    with DATABASE.read() as handle:
        stored = people.everybody(handle.connection)
    assert stored.persons == firm.persons
    return SqlDirectory(DATABASE), StaticDirectory(stored.persons, stored.organisation)


def answers(directory: Any) -> dict[str, Any]:
    """Everything that may be asked, in a form that does not depend on an order nobody promised."""
    at = ZERO + timedelta(days=2)
    found: dict[str, Any] = {}
    for who in IDS:
        found[f"managers {who}"] = [p.id for p in directory.managers(who)]
        powers = directory.powers(who, at)
        found[f"grants {who}"] = sorted(grant.id for grant in powers.grants)
        found[f"limits {who}"] = sorted(map(repr, powers.limits))
        for levels in (1, 2):
            found[f"head {who} {levels}"] = [p.id for p in directory.heads(people=[who], levels=levels)]
    for place in PLACES:
        found[f"department {place}"] = sorted(p.id for p in directory.department(place))
        found[f"heads {place}"] = [p.id for p in directory.heads(departments=[place])]
    found["titled"] = sorted(p.id for p in directory.titled("chief"))
    found["limits"] = sorted(map(repr, directory.limits(IDS)))
    found["substitutes"] = [grant.id for grant in directory.substitutes(IDS, at)]
    for category in CATEGORIES:
        for amount in (Decimal(2), Decimal(3)):
            for whose in ((), ("a",), IDS):
                seats = directory.signing(category, amount, "CNY", people=whose)
                told = [(seat.verb, sorted(p.id for p in seat.people)) for seat in seats]
                found[f"signing {category} {amount} {whose}"] = told
    return found


@given(firms())
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_the_directory_in_the_database_answers_as_the_one_in_memory(firm: People) -> None:
    stored, held = both(firm)
    assert answers(stored) == answers(held)


@given(grants(), st.sampled_from(IDS), days)
def test_every_way_is_short_in_force_and_leads_from_its_principal_without_a_circle(
    given: dict[str, Grant], who: str, at: datetime
) -> None:
    for way in ways(given.values(), who, at):
        assert len(way.grants) <= HOPS
        assert all(grant.since <= at < grant.until for grant in way.grants)
        assert way.grants[0].principal == way.principal != who
        assert way.grants[-1].substitute == who
        assert all(one.substitute == other.principal for one, other in pairwise(way.grants))
        met = [way.principal, *(grant.substitute for grant in way.grants)]
        assert len({*met}) == len(met)


@given(grants(), st.sampled_from(IDS), days)
def test_no_way_is_left_out(given: dict[str, Grant], who: str, at: datetime) -> None:
    def walk(path: tuple[Grant, ...]) -> set[tuple[str, ...]]:
        """Every chain of at most HOPS grants from `path` on that ends at `who`, found by trying all."""
        found = {tuple(each.id for each in path)} if path[-1].substitute == who else set()
        met = {path[0].principal, *(each.substitute for each in path)}
        if len(path) == HOPS or len(met) <= len(path):
            return found if len(met) > len(path) else set()
        nexts = (g for g in live if g.principal == path[-1].substitute and g.substitute not in met)
        return found.union(*(walk((*path, each)) for each in nexts))

    live = [grant for grant in given.values() if grant.since <= at < grant.until]
    expected = set().union(*(walk((grant,)) for grant in live)) if live else set()
    assert {tuple(g.id for g in way.grants) for way in ways(given.values(), who, at)} == expected


@given(grants())
def test_a_circle_is_found_exactly_where_onward_grants_lead_back_at_one_time(given: dict[str, Grant]) -> None:
    def leads_back(path: tuple[Grant, ...]) -> bool:
        if max(g.since for g in path) >= min(g.until for g in path):
            return False
        if path[-1].substitute == path[0].principal:
            return True
        met = {each.principal for each in path}
        nexts = (
            g
            for g in onward
            if g.principal == path[-1].substitute and g.substitute not in met - {path[0].principal}
        )
        return any(leads_back((*path, each)) for each in nexts if each.id not in {g.id for g in path})

    onward = [grant for grant in given.values() if grant.onward]
    assert bool(circle(given.values())) == any(leads_back((grant,)) for grant in onward)
