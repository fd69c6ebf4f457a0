"""The agenda: everything owed at a time; who claims it, for how long, and what becomes of it. Looking: `backlog`.

Rows are claimed by state with a lease and a generation, never by a cursor; the attempt is counted in the
claiming transaction, which must be committed before the work. The database's clock says what is due; a test
kit passes `now` (microseconds) instead. May import store.schema and store.codec; never decides what an obligation
means.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import starmap
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    SmallInteger,
    Text,
    Update,
    bindparam,
    case,
    delete,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from signoff.kernel.effect import UNTOLD
from signoff.store import codec
from signoff.store.form import decode_value
from signoff.store.schema import agenda

READY, HELD, DONE, DEAD = "ready", "held", "done", "dead"
JOB = "job"  # the kind of the calls of handlers
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(hours=1)
ERROR_LENGTH = 2000  # characters kept of an error
NO_WAIT = timedelta()
_MICROSECOND = timedelta(microseconds=1)
ROW = (agenda.c.shard, agenda.c.instance, agenda.c.key)
_CLAIMED = (
    *ROW,
    agenda.c.kind,
    agenda.c.due_at,
    agenda.c.payload,
    agenda.c.generation,
    agenda.c.attempts,
    agenda.c.told,
)
# Within one statement these stand still, so an index can answer a comparison with them.
_CLOCKS = {
    "postgresql": "CAST(extract(epoch FROM statement_timestamp()) * 1000000 AS BIGINT)",
    "sqlite": "(CAST(strftime('%s', 'now') AS INTEGER) * 1000000"
    " + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER) * 1000)",
}

Instant: TypeAlias = ColumnElement[int]


@dataclass(slots=True, frozen=True)
class Obligation:
    """A claimed row. `due` is in microseconds; whoever ends it must still hold this `generation`."""

    shard: int
    instance: str
    key: str
    kind: str
    due: int
    written: str
    generation: int
    attempts: int
    told: str = ""  # of a notice: whom it has reached, as JSON

    @property
    def payload(self) -> Mapping[str, Any]:
        """What it was owed with. Raises UnreadableState, here and not when claiming, so that no other suffers."""
        return dict(decode_value(codec.parse(self.written or "{}")))


def backoff(attempts: int, chance: float) -> timedelta:
    """How long to wait after that many attempts: 2 s doubling to an hour, less up to half of it.

    `chance` in [0, 1) comes from outside and spreads those who failed together.
    """
    full = LONGEST_WAIT if attempts > 32 else min(LONGEST_WAIT, FIRST_WAIT * 2 ** max(attempts - 1, 0))
    return full * (1 - chance / 2)


def by_instance(obligations: Iterable[Obligation]) -> dict[str, list[Obligation]]:
    """The claimed rows of each instance, instances in the order in which they are locked."""
    found: dict[str, list[Obligation]] = {}
    for obligation in sorted(obligations, key=lambda each: (each.instance, each.due, each.key)):
        found.setdefault(obligation.instance, []).append(obligation)
    return found


# claiming -----------------------------------------------------------------------------------------------


def claim(
    connection: Connection,
    *,
    owner: str,
    lease: timedelta,
    limit: int,
    longest: timedelta | None = None,
    now: int | None = None,
    shard: int | None = None,
    kinds: Sequence[str] | None = None,
    handlers: Collection[str] | None = None,
) -> list[Obligation]:
    """Take up to `limit` due rows for as long as `lease`, the longest due first; one statement.

    With `longest` the lease doubles with every attempt before, up to that: what kills whoever works on it leaves the
    others their turn. Of the calls of handlers only those of `handlers` (None: of all), so that who lacks one uses
    up no attempt of who has it. A row whose lease ran out is taken again, so there is no other recovery. Commit
    before working.
    """
    calls_too = kinds is None or JOB in kinds
    statement = _claiming(
        connection.dialect.name,
        None if kinds is None else tuple(kinds),
        frozenset(handlers) if handlers is not None and calls_too else None,
        frozenset(name for name, given in (("now", now), ("shard", shard)) if given is not None),
    )
    steps = ((longest or lease) // lease).bit_length() - 1
    given = {"by": owner, "lease": _micros(lease), "steps": steps, "most": limit, "now": now, "within": shard}
    rows = connection.execute(statement, given).all()
    return sorted(starmap(Obligation, rows), key=lambda each: (each.due, each.instance, each.key))


@cache
def _claiming(
    dialect: str, kinds: tuple[str, ...] | None, handlers: frozenset[str] | None, given: frozenset[str]
) -> Any:
    """The statement of `claim`; `given`: which of `now` and `shard` are parameters."""
    at: Instant = (
        bindparam("now", type_=BigInteger) if "now" in given else literal_column(_CLOCKS[dialect], BigInteger)
    )
    shard = bindparam("within", type_=SmallInteger) if "shard" in given else None
    asked = [*wanted(shard, kinds, handlers), agenda.c.due_at <= at, free_at(at)]
    due = select(*ROW).where(*asked).order_by(agenda.c.due_at).limit(bindparam("most", type_=Integer))
    steps = bindparam("steps", type_=Integer)
    doubled = case((agenda.c.attempts < steps, agenda.c.attempts), else_=steps)
    held = bindparam("lease", type_=BigInteger).bitwise_lshift(doubled)
    statement = update(agenda).where(*_picked(dialect, due))
    statement = statement.values(
        owner=bindparam("by", type_=Text),
        generation=agenda.c.generation + literal_column("1"),
        lease_until=at + held,
        attempts=agenda.c.attempts + literal_column("1"),
    )
    return statement.returning(*_CLAIMED)


def renew(
    connection: Connection, obligation: Obligation, *, lease: timedelta, now: int | None = None
) -> bool:
    """Hold on to a row for another `lease` from now; False when somebody else has it."""
    return _change(connection, obligation, lease_until=clock(connection, now) + _micros(lease))


# ending -------------------------------------------------------------------------------------------------


def finish(connection: Connection, obligation: Obligation, *, now: int | None = None) -> bool:
    """Done. False when the row was taken by somebody else or settled: then roll back what was done for it.

    What a delivery brought stands with who got it, and no longer here.
    """
    statement = _finishing(
        connection.dialect.name, virtual=now is not None, emptied=obligation.kind in UNTOLD
    )
    return connection.execute(statement, _held(obligation, now)).rowcount == 1


def hold_fast(connection: Connection, obligations: Sequence[Obligation]) -> set[str]:
    """Keep these rows as they are until the transaction ends; the instances of those that nobody is owing anew now."""
    if not obligations or connection.dialect.name != "postgresql":
        return {each.instance for each in obligations}
    places = [(each.shard, each.instance, each.key) for each in obligations]
    rows = select(agenda.c.instance).where(tuple_(*ROW).in_(places)).with_for_update(skip_locked=True)
    return set(connection.execute(rows).scalars())


def finish_all(connection: Connection, notices: Iterable[Obligation], *, now: int | None = None) -> None:
    """As `finish`, for those that are still ours; one statement for all."""
    statement = _finishing(connection.dialect.name, virtual=now is not None, emptied=False)
    connection.execute(statement, [_held(each, now) for each in notices])


def _held(obligation: Obligation, now: int | None) -> dict[str, Any]:
    place = {"in_shard": obligation.shard, "of": obligation.instance, "named": obligation.key}
    return {**place, "held": obligation.generation, "now": now}


@cache
def _finishing(dialect: str, *, virtual: bool, emptied: bool) -> Update:
    """The statement of `finish`. A row that is done is dated, so that `sweep` knows its age."""
    at: Instant = (
        bindparam("now", type_=BigInteger) if virtual else literal_column(_CLOCKS[dialect], BigInteger)
    )
    statement = update(agenda).where(
        agenda.c.shard == bindparam("in_shard"),
        agenda.c.instance == bindparam("of"),
        agenda.c.key == bindparam("named"),
        agenda.c.generation == bindparam("held"),
        agenda.c.state == READY,
    )
    freed = {"owner": "", "lease_until": None, "due_at": at, "state": DONE, "last_error": ""}
    return statement.values({**freed, "payload": "{}"} if emptied else freed)


def give_back(
    connection: Connection, obligation: Obligation, *, wait: timedelta = NO_WAIT, now: int | None = None
) -> bool:
    """Nothing was tried: the attempt does not count, and the row stays due; not claimed again before `wait`."""
    until = clock(connection, now) + _micros(wait) if wait else None
    return _change(
        connection,
        obligation,
        owner="",
        lease_until=until,
        attempts=agenda.c.attempts - 1,
        generation=agenda.c.generation + 1,
    )


def retry(
    connection: Connection, obligation: Obligation, error: str, wait: timedelta, *, now: int | None = None
) -> bool:
    """It failed; what is left of it is due again after `wait`, so that it stands in nobody's way."""
    return _change(
        connection,
        obligation,
        owner="",
        lease_until=None,
        due_at=clock(connection, now) + _micros(wait),
        generation=agenda.c.generation + 1,
        told=obligation.told,
        last_error=error[:ERROR_LENGTH],
    )


def bury(connection: Connection, obligation: Obligation, error: str) -> bool:
    """Give it up: nobody claims it until it is revived."""
    return _change(
        connection,
        obligation,
        owner="",
        lease_until=None,
        state=DEAD,
        told=obligation.told,
        last_error=error[:ERROR_LENGTH],
    )


def revive(
    connection: Connection,
    *,
    shard: int | None = None,
    instance: str | None = None,
    key: str | None = None,
    now: int | None = None,
) -> int:
    """Make buried rows due at once with a fresh count of attempts; all of them, or those named. How many."""
    named = zip(ROW, (shard, instance, key), strict=True)
    statement = (
        update(agenda)
        .where(agenda.c.state == DEAD, *(column == value for column, value in named if value is not None))
        .values(
            state=READY,
            attempts=0,
            due_at=clock(connection, now),
            generation=agenda.c.generation + 1,
        )
    )
    return connection.execute(statement).rowcount


def sweep(connection: Connection, before: int, *, limit: int = 10_000) -> int:
    """Delete up to `limit` rows done before that instant (microseconds). How many. Two at once share the work."""
    old = select(*ROW).where(agenda.c.state == DONE, agenda.c.due_at < before).limit(limit)
    return connection.execute(delete(agenda).where(*_picked(connection.dialect.name, old))).rowcount


def _picked(dialect: str, rows: Select[Any]) -> list[ColumnElement[bool]]:
    """That a row is one of these, which nobody else has locked."""
    if dialect != "postgresql":
        return [tuple_(*ROW).in_(rows)]
    # A CTE that locks is worked out once, a sub-select may not be. Where a locked row lies nobody can change, and by
    # its place it is found without a look at any other, whatever the planner thinks of the table.
    place: ColumnElement[Any] = literal_column("ctid")
    picked = rows.with_only_columns(place.label("place")).with_for_update(skip_locked=True).cte("picked")
    return [literal_column(f"{agenda.name}.ctid").in_(select(picked.c.place))]


# what the statements share ------------------------------------------------------------------------------


def clock(connection: Connection, now: int | None = None) -> Instant:
    """The instant that decides what is due, in microseconds: the database's own unless `now` is given."""
    if now is not None:
        return literal(now, BigInteger)
    return literal_column(_CLOCKS[connection.dialect.name], BigInteger)


def wanted(
    shard: ColumnElement[int] | int | None,
    kinds: Sequence[str] | None,
    handlers: Collection[str] | None,
) -> list[ColumnElement[bool]]:
    """That a row is to be worked off, and by whoever asks; None: whichever it is."""
    found: list[ColumnElement[bool]] = [agenda.c.state == READY]
    if shard is not None:
        found.append(agenda.c.shard == shard)
    if kinds is not None:
        found.append(agenda.c.kind.in_(kinds))
    if handlers is not None:
        found.append(or_(agenda.c.kind != JOB, calls(handlers)))
    return found


def calls(handlers: Collection[str]) -> ColumnElement[bool]:
    """Calls of these handlers, by the beginning of the payload: nothing is parsed, so nothing can fail."""
    begins: dict[int, list[str]] = {}
    for name in handlers:
        text = codec.canonical({"handler": name})[:-1]
        begins.setdefault(len(text), []).append(text)
    beginning = (func.substr(agenda.c.payload, 1, length).in_(texts) for length, texts in begins.items())
    return or_(false(), *beginning)


def free_at(at: Instant) -> ColumnElement[bool]:
    """That nobody has the row in hand at that instant."""
    return or_(agenda.c.lease_until.is_(None), agenda.c.lease_until <= at)


def _change(connection: Connection, obligation: Obligation, **values: Any) -> bool:
    """Compare and set: only whoever claimed this generation last may end it."""
    statement: Update = (
        update(agenda)
        .where(
            agenda.c.shard == obligation.shard,
            agenda.c.instance == obligation.instance,
            agenda.c.key == obligation.key,
            agenda.c.generation == obligation.generation,
            agenda.c.state == READY,
        )
        .values(**values)
    )
    return connection.execute(statement).rowcount == 1


def _micros(length: timedelta) -> int:
    return length // _MICROSECOND
