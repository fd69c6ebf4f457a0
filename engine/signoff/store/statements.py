"""Every statement on an instance, built in Core and compiled once per dialect and schema to text.

The hot path runs the texts on the driver's cursor with named parameters. SQLite has one statement per table
touched; PostgreSQL's single one stands in `saving`. May import store.schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Insert,
    Integer,
    Select,
    Table,
    Text,
    Update,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.sql.base import Executable

from signoff.store import schema
from signoff.store.schema import (
    agenda,
    candidate,
    chain_head,
    definition_current,
    instance,
    involvement,
    journal,
    task,
)

Values = Mapping[str, ColumnElement[Any]]

DIALECTS: Mapping[str, Any] = {
    "sqlite": partial(sqlite.dialect, paramstyle="named"),
    "postgresql": partial(psycopg.dialect, paramstyle="pyformat"),
}
# The clock of the database, in microseconds; SQLite's is the machine's, to the millisecond.
NOW: Mapping[str, str] = {
    "postgresql": "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
    "sqlite": (
        "(CAST(strftime('%s', 'now') AS INTEGER) * 1000000"
        " + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER) * 1000)"
    ),
}

LOADED = ("row_version", "n", "head", "status", "version", "state", "variables", "format")
INSTANCE_KEPT = ("shard", "id", "process", "key", "starter", "request_id")  # never change after the start
WITH_STATUS = frozenset({"status", "live", "outcome", "started_at", "ended_at"})  # change together only
WRITTEN = tuple(column.name for column in instance.columns)


def compiled(statement: Executable, dialect: str, name: str | None) -> str:
    """The text of a statement for a driver, tables in the schema `name`."""
    driver = DIALECTS[dialect]()
    made = driver.statement_compiler(
        driver,
        statement,
        schema_translate_map={None: name} if name else None,
        render_schema_translate=bool(name),
    )
    assert all(made.binds[bind].required for bind in made.binds), f"a constant became a parameter: {made}"
    return str(made.string)


def given(column: str, table: Table) -> ColumnElement[Any]:
    """A parameter of the column's type."""
    return bindparam(column, type_=table.c[column].type)


def word(text: str) -> ColumnElement[str]:
    """A constant of ours in the text of a statement, not a parameter."""
    assert text.isidentifier() or not text, "only our own words"
    return literal_column(f"'{text}'", Text)


# loading ------------------------------------------------------------------------------------------------


def _here() -> ColumnElement[bool]:
    return and_(instance.c.shard == given("shard", instance), instance.c.id == given("id", instance))


def _earlier() -> ColumnElement[Any]:
    """The journal row of the same request, if there is one."""
    return (
        select(journal.c.bytes)
        .where(
            journal.c.shard == given("shard", instance),
            journal.c.instance == given("id", instance),
            journal.c.request_id == given("request_id", journal),
        )
        .scalar_subquery()
    )


def _first() -> ColumnElement[Any]:
    """The journal row of the start of this process by this request, whatever shard its key led it to."""
    started = instance.alias("started").c
    same = [started.process == bindparam("process", type_=Text())]
    same += [started.request_id == given("request_id", journal), journal.c.n == literal_column("1")]
    same += [journal.c.shard == started.shard, journal.c.instance == started.id]
    return select(journal.c.bytes).where(*same).scalar_subquery()


def _heads(dialect: str) -> ColumnElement[Any]:
    """The heads of the system chains as `name=hash name=hash`."""
    join = func.string_agg if dialect == "postgresql" else func.group_concat
    pair = chain_head.c.name + literal_column("'='") + chain_head.c.hash
    return select(join(pair, literal_column("' '"))).select_from(chain_head).scalar_subquery()


def _shown(dialect: str) -> list[ColumnElement[Any]]:
    now: ColumnElement[Any] = literal_column(NOW[dialect])
    return [*(instance.c[name] for name in LOADED), _earlier(), _heads(dialect), now]


def load_locked(*, waiting: bool) -> Select[Any]:
    """PostgreSQL: lock the row, read it. The last column is its version before anybody was waited for."""
    other = instance.alias("seen")
    seen = (
        select(other.c.row_version)
        .where(other.c.shard == given("shard", instance), other.c.id == given("id", instance))
        .scalar_subquery()
    )
    found = select(*_shown("postgresql"), seen).where(_here())
    return found.with_for_update(of=instance, skip_locked=not waiting)


def look_up() -> Select[Any]:
    """PostgreSQL: what is known of an instance that need not exist yet."""
    now: ColumnElement[Any] = literal_column(NOW["postgresql"])
    earlier = func.coalesce(_earlier(), _first())
    return select(earlier, _heads("postgresql"), now, current_version().scalar_subquery())


def current_version() -> Select[Any]:
    """The version that new instances of a process run on."""
    return select(definition_current.c.version).where(
        definition_current.c.process == given("process", definition_current)
    )


def load_plain() -> Select[Any]:
    """SQLite, under the write lock of our own transaction."""
    return select(*_shown("sqlite")).where(_here())


def load_host() -> Any:
    """SQLite, in a host's transaction: it takes the write lock before it reads."""
    return (
        update(instance)
        .where(_here())
        .values(row_version=instance.c.row_version)
        .returning(*_shown("sqlite"))
    )


def earlier_row() -> Select[Any]:
    """Why an instance could not be inserted: does its id exist, and what did this request come to before?"""
    exists = select(instance.c.row_version).where(_here()).scalar_subquery()
    return select(exists, func.coalesce(_earlier(), _first()))


# writing ------------------------------------------------------------------------------------------------


def from_parameters(table: Table, *more: tuple[str, Any]) -> Values:
    """The values of a row as parameters."""
    columns = {column.name: given(column.name, table) for column in table.columns}
    return {**columns, **{name: bindparam(name, type_=kind) for name, kind in more}}


def change_values(row: Values) -> dict[str, Any]:
    """What an UPDATE of an instance sets; without new variables the old ones stay."""
    kept = {*INSTANCE_KEPT, "row_version", "variables"}
    values: dict[str, Any] = {name: row[name] for name in WRITTEN if name not in kept}
    values["variables"] = func.coalesce(row["variables"], instance.c.variables)
    values["row_version"] = instance.c.row_version + literal_column("1")
    return values


def change_instance() -> Update:
    row = from_parameters(instance)
    return (
        update(instance)
        .where(_here(), instance.c.row_version == row["row_version"])
        .values(change_values(row))
    )


def advance_instance() -> Update:
    """A change that leaves the status as it is: SQLite writes every index that an UPDATE names, changed or not."""
    row = from_parameters(instance)
    values = {name: value for name, value in change_values(row).items() if name not in WITH_STATUS}
    return update(instance).where(_here(), instance.c.row_version == row["row_version"]).values(values)


def add_instance() -> Insert:
    return sqlite.insert(instance).values(dict(from_parameters(instance))).on_conflict_do_nothing()


def add_journal() -> Insert:
    return sqlite.insert(journal).values(dict(from_parameters(journal)))


def merge(insert: Any, table: Table, rows: Select[Any], **other: ColumnElement[Any]) -> Any:
    """Insert these rows, or make the ones that are there like them; `other` columns become what they say."""
    keys = [column.name for column in table.primary_key]
    columns = [column.name for column in table.columns]
    statement = insert(table).from_select(columns, rows)
    excluded = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=excluded | other)


def merge_agenda(insert: Any, rows: Select[Any]) -> Any:
    """What is owed again is a new generation; who works on the old one learns so. What is done keeps its past.

    Claims do not wait for the instance, so the generation is that of the row as it is found, not as it was read.
    """
    done = insert(agenda).excluded.state == word("done")
    zero = literal_column("0", Integer)
    return merge(
        insert,
        agenda,
        rows,
        generation=case((done, agenda.c.generation), else_=agenda.c.generation + literal_column("1")),
        attempts=case((done, agenda.c.attempts), else_=zero),
        last_error=case((done, agenda.c.last_error), else_=word("")),
    )


def _old(table: Table, row: Values) -> tuple[FromClause, ColumnElement[bool]]:
    old = table.alias("old")
    return old, and_(*(old.c[key.name] == row[key.name] for key in table.primary_key))


def task_rows(row: Values, source: FromClause) -> Select[Any]:
    """Tasks as they will be: new ones whole, others with what changes."""
    old, same = _old(task, row)
    due = case((row["due_set"], row["due"]), else_=old.c.due)
    opens = case((row["fresh"], row["opens"]), else_=old.c.opens)
    rest = ("node", "kind", "opened_at", "claimed_by", "subject", "open")
    changed = {name: func.coalesce(row[name], old.c[name]) for name in rest} | {"due": due, "opens": opens}
    return (
        _either(task, row, changed)
        .select_from(source.outerjoin(old, same))
        .where(or_(row["fresh"], old.c.id.is_not(None)))
    )


def agenda_rows(row: Values, source: FromClause) -> Select[Any]:
    """What is owed: new ones whole, settled ones as they were."""
    old, same = _old(agenda, row)
    zero = literal_column("0", Integer)
    changed = {name: func.coalesce(row[name], old.c[name]) for name in ("kind", "due_at", "payload")} | {
        "owner": word(""),
        "generation": zero,
        "lease_until": null(),
        "attempts": zero,
        "last_error": word(""),
    }
    rows = _either(agenda, row, changed).select_from(source.outerjoin(old, same))
    return rows.where(or_(row["fresh"], old.c.key.is_not(None)))


def _either(table: Table, row: Values, changed: Mapping[str, Any]) -> Select[Any]:
    return select(*(changed.get(column.name, row.get(column.name)) for column in table.columns))


TASK_EXTRA = (("fresh", Boolean()), ("due_set", Boolean()))
AGENDA_EXTRA = (("fresh", Boolean()),)


def _one() -> FromClause:
    return select(literal_column("1").label("one")).subquery("one")


def put_task() -> Any:
    return merge(sqlite.insert, task, task_rows(from_parameters(task, *TASK_EXTRA), _one()))


def put_agenda() -> Any:
    return merge_agenda(sqlite.insert, agenda_rows(from_parameters(agenda, *AGENDA_EXTRA), _one()))


def put_candidate() -> Any:
    """A row without a person lets go all who may still act; rows with one follow."""
    row = from_parameters(candidate)
    old = candidate.alias("old")
    everybody = select(old.c.shard, old.c.instance, old.c.task, old.c.person, row["state"], row["at"]).where(
        row["person"].is_(None),
        *(old.c[name] == row[name] for name in ("shard", "instance", "task")),
        old.c.state == word("open"),
    )
    one = select(*(row[column.name] for column in candidate.columns)).where(row["person"].is_not(None))
    both: Any = union_all(everybody, one)
    return merge(sqlite.insert, candidate, both)


def put_involvement() -> Any:
    return sqlite.insert(involvement).values(dict(from_parameters(involvement))).on_conflict_do_nothing()


def hold() -> Update:
    """What is owed by an instance that is suspended or resumed."""
    return (
        update(agenda)
        .where(
            agenda.c.shard == given("shard", agenda),
            agenda.c.instance == given("instance", agenda),
            agenda.c.state == bindparam("before", type_=Text()),
        )
        .values(state=bindparam("after", type_=Text()))
    )


# texts --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Loading:
    """The texts of one dialect and schema that read."""

    waiting: str
    skipping: str
    host: str
    look_up: str
    earlier: str
    current: str


@dataclass(frozen=True, slots=True)
class Writing:
    """SQLite's texts that write, one per table."""

    change: str
    advance: str
    add: str
    journal: str
    task: str
    candidate: str
    involvement: str
    agenda: str
    hold: str

    def after_instance(self) -> tuple[tuple[str, str], ...]:
        """(table, text) in the order in which rows are written; holding comes before what is owed anew."""
        names = ("journal", "task", "candidate", "involvement", "hold", "agenda")
        return tuple((name, getattr(self, name)) for name in names)


@cache
def loading(dialect: str, name: str | None) -> Loading:
    others = (earlier_row, current_version)
    if dialect == "sqlite":
        plain, host = (compiled(make(), dialect, name) for make in (load_plain, load_host))
        return Loading(plain, plain, host, "", *(compiled(make(), dialect, name) for make in others))
    waiting, skipping = (compiled(load_locked(waiting=waits), dialect, name) for waits in (True, False))
    return Loading(
        waiting, skipping, waiting, *(compiled(make(), dialect, name) for make in (look_up, *others))
    )


@cache
def writing(name: str | None) -> Writing:
    makers = (
        change_instance,
        advance_instance,
        add_instance,
        add_journal,
        put_task,
        put_candidate,
        put_involvement,
        put_agenda,
        hold,
    )
    return Writing(*(compiled(make(), "sqlite", name) for make in makers))


assert {column.name for column in schema.instance.columns} >= set(INSTANCE_KEPT), "columns that exist"
