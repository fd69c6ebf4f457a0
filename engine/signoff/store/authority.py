"""Looking up the organisation: chains of managers, departments and their heads, titles, limits, substitutes, bands.

One statement for each question. Persons are active ones only, as in `store.people`, whose look-ups these go beside.
May import store.people, store.organisation, store.schema and model.authority.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    String,
    Text,
    and_,
    case,
    cast,
    exists,
    literal,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)

from signoff.model.authority import HOPS, Authority, Band, Grant, Limit, SignerKind, Verb
from signoff.store.organisation import exact, grant_of, limit_of
from signoff.store.people import Individual, one_by_one
from signoff.store.schema import band, ceiling, department, membership, micros, person, substitute

MANAGERS = 100  # levels that a chain is followed at most


def managers(connection: Connection, who: str) -> list[Individual]:
    """Everybody above a person, the nearest first, up to the root or to where it turns back; those who left are out."""
    first = select(person.c.id, person.c.manager, literal(0).label("level")).where(person.c.id == who)
    chain = first.cte("managers", recursive=True)
    above = person.alias()
    chain = chain.union_all(
        select(above.c.id, above.c.manager, chain.c.level + 1)
        .join(chain, above.c.id == chain.c.manager)
        .where(chain.c.level < MANAGERS)
    )
    rows = (
        _persons(chain.c.level)
        .join(chain, chain.c.id == person.c.id)
        .where(chain.c.level > 0, person.c.active)
        .order_by(chain.c.level, membership.c.group_id)
    )
    found = one_by_one(connection.execute(rows).all())
    return [each for each in found if each.id != who]


def members(connection: Connection, name: str) -> list[Individual]:
    """Who is in a department, by id; those of the departments below are not."""
    return _where(connection, person.c.department == name)


def titled(connection: Connection, title: str) -> list[Individual]:
    """Who bears a title, by id."""
    return _where(connection, person.c.title == title)


def _where(connection: Connection, condition: Any) -> list[Individual]:
    rows = _persons().where(condition, person.c.active).order_by(person.c.id, membership.c.group_id)
    return one_by_one(connection.execute(rows).all())


def _persons(*more: Any) -> Select[Any]:
    return (
        select(person, membership.c.group_id, membership.c.belongs, membership.c.leads, *more)
        .select_from(person)
        .outerjoin(membership, membership.c.person == person.c.id)
    )


# heads --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One department on the way up from `start`: a person, or a department itself; `level` from 0."""

    start: str
    level: int
    department: str
    head: Individual | None


def upwards(connection: Connection, *, people: Sequence[str], departments: Sequence[str]) -> list[Step]:
    """The departments of these persons, and these departments, each with those above it, and who is at their head."""
    where = union_all(
        select(person.c.id.label("start"), person.c.department.label("at")).where(person.c.id.in_(people)),
        select(department.c.id, department.c.id).where(department.c.id.in_(departments)),
    ).subquery()
    way = (
        select(
            where.c.start, department.c.id, department.c.parent, department.c.head, literal(0).label("level")
        )
        .join(where, where.c.at == department.c.id)
        .cte("upwards", recursive=True)
    )
    above = department.alias()
    way = way.union_all(
        select(way.c.start, above.c.id, above.c.parent, above.c.head, way.c.level + 1)
        .join(way, above.c.id == way.c.parent)
        .where(way.c.level < MANAGERS)
    )
    rows = (
        select(
            way.c.start,
            way.c.level,
            way.c.id.label("place"),
            person,
            membership.c.group_id,
            membership.c.belongs,
            membership.c.leads,
        )
        .select_from(way)
        .outerjoin(person, and_(person.c.id == way.c.head, person.c.active))
        .outerjoin(membership, membership.c.person == person.c.id)
        .order_by(way.c.start, way.c.level, membership.c.group_id)
    )
    return _steps(connection.execute(rows).all())


def _steps(rows: Iterable[Any]) -> list[Step]:
    places: dict[tuple[str, int, str], list[Any]] = {}
    for row in rows:
        places.setdefault((row.start, row.level, row.place), []).append(row)
    return [
        Step(*place, head=one_by_one(found)[0] if found[0].id is not None else None)
        for place, found in places.items()
    ]


# limits and substitutes -----------------------------------------------------------------------------------


def limits(connection: Connection, people: Sequence[str]) -> list[Limit]:
    """Up to how much these persons decide, `holder` being the person: own limits, else those of groups and title."""
    rows = connection.execute(union_all(*_limits(person.c.id.in_(people)))).all()
    return _effective(rows)


def _limits(condition: Any) -> list[Select[Any]]:
    own = and_(ceiling.c.kind == "person", ceiling.c.holder == person.c.id)
    post = and_(ceiling.c.kind == "title", ceiling.c.holder == person.c.title)
    belongs = exists().where(
        membership.c.person == person.c.id,
        membership.c.belongs,
        membership.c.group_id == ceiling.c.holder,
    )
    crew = and_(ceiling.c.kind == "group", belongs)
    return [
        select(
            person.c.id.label("holder"),
            ceiling.c.kind,
            ceiling.c.category,
            ceiling.c.currency,
            ceiling.c.amount,
        )
        .select_from(person)
        .join(ceiling, or_(own, post, crew))
        .where(condition, person.c.active)
    ]


def _effective(rows: Iterable[Any]) -> list[Limit]:
    found = list(rows)
    own = {(row.holder, row.category, row.currency) for row in found if row.kind == "person"}
    return [
        limit_of(row)
        for row in found
        if row.kind == "person" or (row.holder, row.category, row.currency) not in own
    ]


def substitutes(connection: Connection, principals: Sequence[str], at: datetime) -> list[Grant]:
    """The grants of these persons that are in force at that instant, by id; to active substitutes only."""
    rows = (
        select(substitute)
        .join(person, and_(person.c.id == substitute.c.substitute, person.c.active))
        .where(substitute.c.principal.in_(principals), *_in_force(substitute, at))
        .order_by(substitute.c.id)
    )
    return [grant_of(row) for row in connection.execute(rows).all()]


def lapsed(connection: Connection, who: str, at: datetime) -> list[Grant]:
    """The grants to this person that are over or still to come, what ended last first; no more than twenty."""
    rows = select(substitute).where(substitute.c.substitute == who, not_(and_(*_in_force(substitute, at))))
    latest = rows.order_by(substitute.c.until.desc(), substitute.c.id).limit(20)
    return [grant_of(row) for row in connection.execute(latest).all()]


def _in_force(table: Any, at: datetime) -> tuple[Any, Any]:
    return table.c.since <= micros(at), table.c.until > micros(at)


_GRANT = ("id", "principal", "substitute", "process", "step", "category", "most", "currency", "reason")


def powers(connection: Connection, who: str, at: datetime) -> Authority:
    """What a person may do at that instant beyond belonging to groups: every grant that leads here, and the limits.

    In one statement: grants by the way they take, and the limits of everybody whom they may come from.
    """
    lead = _leading(who, at)
    principals = select(lead.c.principal)
    mine = person.c.id == who
    held = _limits(or_(mine, person.c.id.in_(principals)))[0].subquery()
    as_grants = select(
        *(lead.c[name] for name in _GRANT),
        lead.c.since,
        lead.c.until,
        case((lead.c.onward, 1), else_=0).label("onward"),
        literal_column("''").label("kind"),
    ).distinct()
    empty = cast(literal(""), Text)
    as_limits = select(
        empty,
        held.c.holder,
        empty,
        empty,
        empty,
        held.c.category,
        held.c.amount,
        held.c.currency,
        empty,
        literal(0),
        literal(0),
        literal(0),
        cast(held.c.kind, String),
    )
    rows = connection.execute(union_all(as_grants, as_limits)).all()
    grants = tuple(grant_of(row) for row in rows if not row.kind)
    return Authority(tuple(_effective([_Held.of(row) for row in rows if row.kind])), grants)


@dataclass(frozen=True, slots=True)
class _Held:
    """A limit in a row of grants."""

    holder: str
    kind: str
    category: str
    currency: str
    amount: str | None

    @staticmethod
    def of(row: Any) -> "_Held":
        return _Held(row.principal, row.kind, row.category, row.currency, row.most)


def _leading(who: str, at: datetime) -> Any:
    """The grants in force that lead to a person, at most HOPS long; who has left sends nobody."""
    first = select(substitute, literal(1).label("hop")).where(
        substitute.c.substitute == who, _sends(substitute), *_in_force(substitute, at)
    )
    lead = first.cte("leading", recursive=True)
    before = substitute.alias()
    return lead.union_all(
        select(before, lead.c.hop + 1)
        .join(lead, before.c.substitute == lead.c.principal)
        .where(lead.c.hop < HOPS, _sends(before), *_in_force(before, at))
    )


def _sends(table: Any) -> Any:
    return exists().where(person.c.id == table.c.principal, person.c.active)


# the table of authority -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs in one seat of a band."""

    band: Band
    verb: Verb
    people: tuple[Individual, ...]


def signing(
    connection: Connection, category: str, amount: Decimal, currency: str, people: Sequence[str]
) -> list[Signing]:
    """The seats of the band that an amount falls in, in their order, with the active persons who fill them.

    A row of the department of one of `people` goes before those that name no department.
    """
    crew, own = membership.alias(), person.alias()
    groups = select(crew.c.person).where(crew.c.group_id == band.c.holder, crew.c.belongs).correlate(band)
    heads = select(department.c.head).where(department.c.id == band.c.holder).correlate(band)
    theirs = select(own.c.department).where(own.c.id.in_(people))
    fills = or_(
        and_(band.c.kind == SignerKind.PERSON.value, person.c.id == band.c.holder),
        and_(band.c.kind == SignerKind.TITLE.value, person.c.title == band.c.holder),
        and_(band.c.kind == SignerKind.GROUP.value, person.c.id.in_(groups)),
        and_(band.c.kind == SignerKind.HEAD.value, person.c.id.in_(heads)),
    )
    rows = (
        select(
            *(column.label(f"band_{column.name}") for column in band.c),
            person,
            membership.c.group_id,
            membership.c.belongs,
            membership.c.leads,
        )
        .select_from(band)
        .outerjoin(person, and_(person.c.active, fills))
        .outerjoin(membership, membership.c.person == person.c.id)
        .where(
            band.c.category == category,
            band.c.currency.in_(("", currency)),
            or_(band.c.department == "", band.c.department.in_(theirs)),
        )
        .order_by(band.c.line, band.c.seat, person.c.id, membership.c.group_id)
    )
    return _seats(connection.execute(rows).all(), amount)


def _seats(rows: Iterable[Any], amount: Decimal) -> list[Signing]:
    seats: dict[tuple[int, int], list[Any]] = {}
    for row in rows:
        seats.setdefault((row.band_line, row.band_seat), []).append(row)
    found = [Signing(_band(same[0]), Verb(same[0].band_verb), _filling(same)) for same in seats.values()]
    fitting = [each for each in found if each.band.holds(amount)]
    return [each for each in fitting if each.band.department] or fitting


def _filling(rows: Iterable[Any]) -> tuple[Individual, ...]:
    return tuple(one_by_one(row for row in rows if row.id is not None))


def _band(row: Any) -> Band:
    least = exact(row.band_least) or Decimal(0)
    below = exact(row.band_below)
    return Band(row.band_category, least, below, row.band_currency, (), row.band_department)
