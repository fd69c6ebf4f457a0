"""The organisation beside the persons: departments, limits of groups and titles, substitutes, the table of authority.

Values, what cannot be, and how they are recorded and written; importing as a whole is `store.people`'s, looking up
`store.authority`'s. May import store.schema and model.authority.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select

from signoff.errors import Invalid
from signoff.model.authority import Band, Grant, Limit, Signer, SignerKind, Verb, circle
from signoff.store.schema import band, ceiling, department, instant, micros, substitute


@dataclass(frozen=True, slots=True)
class Department:
    """`head` is a person, `parent` the department above; both may be empty."""

    id: str
    name: str = ""
    parent: str = ""
    head: str = ""


Holder = tuple[str, str]  # person, group or title; which one


@dataclass(frozen=True, slots=True)
class Organisation:
    """None: nothing is said about it, and what is there stays.

    `limits` are those of groups and titles here; a person's stand with the person.
    """

    departments: Mapping[str, Department] | None = None
    limits: Mapping[Holder, tuple[Limit, ...]] | None = None
    grants: Mapping[str, Grant] | None = None
    bands: tuple[Band, ...] | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be, where: `part` and `id` name the thing it is about."""

    part: str
    id: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def refusal(self) -> Invalid:
        return Invalid(self.code, **self.params)


def completed(before: Organisation, given: Organisation, persons: Iterable[str]) -> Organisation:
    """What is given, and of what nothing is said that which was there, as far as its people still are."""
    known = {*persons}
    kept = {
        id: grant
        for id, grant in (before.grants or {}).items()
        if grant.principal in known and grant.substitute in known
    }
    heads = {
        id: each if each.head in known else replace(each, head="")
        for id, each in (before.departments or {}).items()
    }
    return Organisation(
        departments=_said(given.departments, heads),
        limits=_held(_said(given.limits, before.limits or {})),
        grants=_said(given.grants, kept),
        bands=given.bands if given.bands is not None else before.bands or (),
    )


def merged(before: Organisation, given: Organisation) -> Organisation:
    """What is given beside what was there; the table of authority is replaced by category."""
    categories = {each.category for each in given.bands or ()}
    rest = tuple(each for each in before.bands or () if each.category not in categories)
    return Organisation(
        departments={**(before.departments or {}), **(given.departments or {})},
        limits={**(before.limits or {}), **(given.limits or {})},
        grants={**(before.grants or {}), **(given.grants or {})},
        bands=(*rest, *(given.bands or ())),
    )


def _held(limits: Mapping[Holder, tuple[Limit, ...]]) -> Mapping[Holder, tuple[Limit, ...]]:
    return {
        held: tuple(sorted((replace(each, holder=held[1]) for each in given), key=place))
        for held, given in limits.items()
        if given
    }


def _said(given: Mapping[Any, Any] | None, otherwise: Mapping[Any, Any]) -> Mapping[Any, Any]:
    return otherwise if given is None else given


# what cannot be -----------------------------------------------------------------------------------------


def faults(organisation: Organisation, persons: Iterable[str]) -> Iterator[Fault]:
    """Everything that cannot be in an organisation of these persons."""
    known = {*persons}
    yield from _departments(organisation.departments or {}, known)
    yield from _grants(organisation.grants or {}, known)
    yield from _bands(organisation.bands or (), known, organisation.departments or {})


def _departments(departments: Mapping[str, Department], known: set[str]) -> Iterator[Fault]:
    for id, each in departments.items():
        if each.head and each.head not in known:
            yield Fault("department", id, "directory_unknown_head", {"department": id, "person": each.head})
        if each.parent and each.parent not in departments:
            params = {"department": id, "parent": each.parent}
            yield Fault("department", id, "directory_unknown_department", params)
        elif id in above(departments, id):
            yield Fault("department", id, "directory_department_cycle", {"department": id})


def above(departments: Mapping[str, Department], id: str) -> list[str]:
    """The departments above one, the nearest first; each once, also in a ring."""
    found: list[str] = []
    while (found_parent := departments[id].parent if id in departments else "") and found_parent not in found:
        found.append(found_parent)
        id = found_parent
    return found


def _grants(grants: Mapping[str, Grant], known: set[str]) -> Iterator[Fault]:
    for id, grant in grants.items():
        strange = next((who for who in (grant.principal, grant.substitute) if who not in known), "")
        if strange:
            yield Fault("substitute", id, "directory_unknown_person", {"person": strange, "grant": id})
        if grant.principal == grant.substitute:
            params = {"person": grant.principal, "grant": id}
            yield Fault("substitute", id, "directory_substitute_self", params)
        if grant.since >= grant.until:
            span: dict[str, Any] = {"grant": id, "since": grant.since, "until": grant.until}
            yield Fault("substitute", id, "directory_substitute_dates", span)
    if ring := circle(grants.values()):
        last = next(id for id, g in grants.items() if (g.principal, g.substitute) == ring[-2:])
        yield Fault("substitute", last, "directory_substitute_circle", {"ring": " → ".join(ring)})


def _bands(
    bands: tuple[Band, ...], known: set[str], departments: Mapping[str, Department]
) -> Iterator[Fault]:
    for number, each in enumerate(bands):
        row = {"row": number + 1, "category": each.category}
        if each.below is not None and each.least >= each.below:
            yield Fault("authority", str(number), "directory_band_empty", row)
        if not each.signers:
            yield Fault("authority", str(number), "directory_band_nobody", row)
        for signer in each.signers:
            if not _is_known(signer, known, departments):
                params = {**row, "kind": signer.kind.value, "holder": signer.holder}
                yield Fault("authority", str(number), "directory_band_stranger", params)
        for other, before in enumerate(bands[:number]):
            if _overlap(before, each):
                yield Fault("authority", str(number), "directory_band_overlap", {**row, "other": other + 1})


def _is_known(signer: Signer, known: set[str], departments: Mapping[str, Department]) -> bool:
    if signer.kind is SignerKind.PERSON:
        return signer.holder in known
    return signer.kind is not SignerKind.HEAD or signer.holder in departments


def _overlap(one: Band, other: Band) -> bool:
    same = (one.category, one.department, one.currency) == (other.category, other.department, other.currency)
    ends = [each.below for each in (one, other) if each.below is not None]
    return same and (not ends or max(one.least, other.least) < min(ends))


# rows ---------------------------------------------------------------------------------------------------


def everything(connection: Connection) -> Organisation:
    """The organisation as it is stored; nothing in it is None."""
    departments = {row.id: Department(*row) for row in connection.execute(select(department)).all()}
    grants = {row.id: grant_of(row) for row in connection.execute(select(substitute)).all()}
    limits: dict[Holder, tuple[Limit, ...]] = {}
    for row in connection.execute(select(ceiling).where(ceiling.c.kind != "person")).all():
        limits[row.kind, row.holder] = (*limits.get((row.kind, row.holder), ()), limit_of(row))
    return Organisation(departments, limits, grants, bands_of(connection.execute(_BANDS).all()))


_BANDS = select(band).order_by(band.c.line, band.c.seat)


def limits_of_persons(connection: Connection) -> dict[str, tuple[Limit, ...]]:
    """The limits that hang on persons themselves."""
    found: dict[str, tuple[Limit, ...]] = {}
    for row in connection.execute(select(ceiling).where(ceiling.c.kind == "person")).all():
        found[row.holder] = (*found.get(row.holder, ()), limit_of(row))
    return {who: tuple(sorted(limits, key=place)) for who, limits in found.items()}


def place(limit: Limit) -> tuple[str, str]:
    """In which order limits of one holder stand."""
    return limit.category, limit.currency


def limit_of(row: Any) -> Limit:
    return Limit(row.category, exact(row.amount), row.currency, row.holder)


def grant_of(row: Any) -> Grant:
    return Grant(
        row.id,
        row.principal,
        row.substitute,
        instant(row.since),
        instant(row.until),
        row.process,
        row.step,
        row.category,
        exact(row.most),
        row.currency,
        row.onward,
        row.reason,
    )


def bands_of(rows: Iterable[Any]) -> tuple[Band, ...]:
    """Bands of their rows, which come in order."""
    found: dict[int, Band] = {}
    for row in rows:
        signer = Signer(SignerKind(row.kind), row.holder, Verb(row.verb))
        below = exact(row.below)
        least = exact(row.least) or Decimal(0)
        band_ = found.get(row.line) or Band(row.category, least, below, row.currency, (), row.department)
        found[row.line] = replace(band_, signers=(*band_.signers, signer))
    return tuple(found.values())


def exact(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def written(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def write(connection: Connection, after: Organisation, limits: Mapping[str, tuple[Limit, ...]]) -> None:
    """Replace all rows; `limits` are those of persons. An organisation is small, and changes seldom."""
    _fill(connection, department, [asdict(each) for each in (after.departments or {}).values()])
    _fill(connection, substitute, [_grant_row(grant) for grant in (after.grants or {}).values()])
    holders = {**(after.limits or {}), **{("person", who): given for who, given in limits.items()}}
    _fill(
        connection,
        ceiling,
        [_limit_row(*holder, each) for holder, given in holders.items() for each in given],
    )
    _fill(connection, band, [row for n, each in enumerate(after.bands or ()) for row in _band_rows(n, each)])


def _fill(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    connection.execute(delete(table))
    if rows:
        connection.execute(insert(table), rows)


def _grant_row(grant: Grant) -> dict[str, Any]:
    instants = {"since": micros(grant.since), "until": micros(grant.until), "most": written(grant.most)}
    return {**asdict(grant), **instants}


def _limit_row(kind: str, holder: str, limit: Limit) -> dict[str, Any]:
    return {
        "kind": kind,
        "holder": holder,
        "category": limit.category,
        "currency": limit.currency,
        "amount": written(limit.amount),
    }


def _band_rows(number: int, each: Band) -> Iterator[dict[str, Any]]:
    for seat, signer in enumerate(each.signers):
        yield {
            "line": number,
            "seat": seat,
            "category": each.category,
            "department": each.department,
            "currency": each.currency,
            "least": written(each.least),
            "below": written(each.below),
            "verb": signer.verb.value,
            "kind": signer.kind.value,
            "holder": signer.holder,
        }


# the record ---------------------------------------------------------------------------------------------


def recorded(before: Organisation, after: Organisation) -> dict[str, Any]:
    """The parts that changed, each whole, as the chain keeps them; the rows can be made again of the last of each."""
    old, new = parts(before), parts(after)
    return {name: value for name, value in new.items() if old[name] != value}


def parts(organisation: Organisation) -> dict[str, list[dict[str, Any]]]:
    """Each part as rows, in a fixed order."""
    limits = (organisation.limits or {}).items()
    return {
        "departments": [asdict(each) for _, each in sorted((organisation.departments or {}).items())],
        "limits": [
            _limit_row(*holder, each) for holder, given in sorted(limits) for each in sorted(given, key=place)
        ],
        "substitutes": [_grant_row(grant) for _, grant in sorted((organisation.grants or {}).items())],
        "authority": [row for n, each in enumerate(organisation.bands or ()) for row in _band_rows(n, each)],
    }


def names(organisation: Organisation) -> dict[str, Any]:
    """Everything in it by the name that an import tells it by."""
    limits = {
        f"limits of {kind} {holder}": each for (kind, holder), each in (organisation.limits or {}).items()
    }
    bands: dict[str, tuple[Band, ...]] = {}
    for each in organisation.bands or ():
        bands[f"authority {each.category}"] = (*bands.get(f"authority {each.category}", ()), each)
    return {
        **{f"department {id}": each for id, each in (organisation.departments or {}).items()},
        **limits,
        **{f"substitute {id}": each for id, each in (organisation.grants or {}).items()},
        **bands,
    }
