"""Every statement that writes an instance on SQLite, and what PostgreSQL's, in `saving`, has in common with them.

Built in Core, compiled once per dialect and schema to text; the hot path runs the texts on the driver's cursor
with named parameters. Those that load stand in `loading`. May import store.schema.
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


def here() -> ColumnElement[bool]:
    return and_(instance.c.shard == given("shard", instance), instance.c.id == given("id", instance))


def chain_heads(dialect: str) -> ColumnElement[Any]:
    """The heads of the system chains as `name=hash name=hash`."""
    join = func.string_agg if dialect == "postgresql" else func.group_concat
    pair = chain_head.c.name + literal_column("'='") + chain_head.c.hash
    return select(join(pair, literal_column("' '"))).select_from(chain_head).scalar_subquery()


def current_version() -> Select[Any]:
    """The version that new instances of a process run on."""
    return select(definition_current.c.version).where(
        definition_current.c.process == given("process", definition_current)
    )


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
        .where(here(), instance.c.row_version == row["row_version"])
        .values(change_values(row))
    )


def advance_instance() -> Update:
    """A change that leaves the status as it is: SQLite writes every index that an UPDATE names, changed or not."""
    row = from_parameters(instance)
    values = {name: value for name, value in change_values(row).items() if name not in WITH_STATUS}
    return update(instance).where(here(), instance.c.row_version == row["row_version"]).values(values)


def add_instance() -> Insert:
    """A new instance, unless what its start assumed (`assumed`, `heads`; null: nothing) holds no longer."""
    row = from_parameters(instance)
    assumed, heads = bindparam("assumed", type_=Text()), bindparam("heads", type_=Text())
    still = and_(
        current_version().scalar_subquery() == assumed,
        func.coalesce(chain_heads("sqlite"), word("")) == heads,
    )
    rows = select(*row.values()).where(or_(assumed.is_(None), still))
    return sqlite.insert(instance).from_select(list(row), rows).on_conflict_do_nothing()


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
        told=case((done, agenda.c.told), else_=word("")),
    )


def _upsert(table: Table) -> Any:
    """SQLite: the row given, whether one is there or not."""
    keys = [column.name for column in table.primary_key]
    statement = sqlite.insert(table).values(dict(from_parameters(table)))
    rest = {
        column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys
    }
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)


def _same(table: FromClause, row: Values) -> ColumnElement[bool]:
    return and_(*(table.c[key.name] == row[key.name] for key in table.primary_key))


def before(table: Table, row: Values) -> tuple[FromClause, ColumnElement[bool]]:
    old = table.alias("old")
    return old, and_(*(old.c[key.name] == row[key.name] for key in table.primary_key))


def agenda_rows(row: Values, source: FromClause) -> Select[Any]:
    """What is owed: new ones whole, settled ones as they were."""
    old, same = before(agenda, row)
    zero = literal_column("0", Integer)
    changed = {name: func.coalesce(row[name], old.c[name]) for name in ("kind", "due_at", "payload")} | {
        "owner": word(""),
        "generation": zero,
        "lease_until": null(),
        "attempts": zero,
        "last_error": word(""),
        "told": word(""),
    }
    rows = either(agenda, row, changed).select_from(source.outerjoin(old, same))
    return rows.where(or_(row["fresh"], old.c.key.is_not(None)))


def either(table: Table, row: Values, changed: Mapping[str, Any]) -> Select[Any]:
    return select(*(changed.get(column.name, row.get(column.name)) for column in table.columns))


TASK_EXTRA = (("fresh", Boolean()), ("due_set", Boolean()))
AGENDA_EXTRA = (("fresh", Boolean()),)


def _one() -> FromClause:
    return select(literal_column("1").label("one")).subquery("one")


def put_task() -> Any:
    """A new task whole, or what changes of one that is there; who is neither new nor there stays away."""
    row = from_parameters(task, *TASK_EXTRA)
    old = task.alias("old")
    there = select(literal_column("1")).where(_same(old, row)).exists()
    empty = {"due": row["due"], "opens": row["opens"]}
    whole = [empty.get(c.name, func.coalesce(row[c.name], _nothing(c))) for c in task.columns]
    keys = [column.name for column in task.primary_key]
    made = sqlite.insert(task).from_select(
        [column.name for column in task.columns], select(*whole).where(or_(row["fresh"], there))
    )
    rest = [c.name for c in task.columns if c.name not in keys and c.name not in empty]
    changed = {name: func.coalesce(row[name], task.c[name]) for name in rest} | {
        "due": case((row["due_set"], row["due"]), else_=task.c.due),
        "opens": case((row["fresh"], row["opens"]), else_=task.c.opens),
    }
    return made.on_conflict_do_update(index_elements=keys, set_=changed)


def _nothing(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """What stands for a value that is not given, in a row that is never inserted."""
    return word("") if isinstance(column.type, Text) else literal_column("0", Integer)


def put_agenda() -> Any:
    return merge_agenda(sqlite.insert, agenda_rows(from_parameters(agenda, *AGENDA_EXTRA), _one()))


def let_go() -> Update:
    """All who may still act on a task no longer do; those who are named anew follow."""
    row = from_parameters(candidate)
    of_task = (candidate.c[name] == row[name] for name in ("shard", "instance", "task"))
    still = candidate.c.state == word("open")
    return update(candidate).where(*of_task, still).values(state=row["state"], at=row["at"])


def put_candidate() -> Any:
    return _upsert(candidate)


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
class Writing:
    """SQLite's texts that write, in the order in which they run: who is let go before who is named anew, what is
    held before what is owed anew.
    """

    change: str
    advance: str
    add: str
    journal: str
    task: str
    let_go: str
    candidate: str
    involvement: str
    hold: str
    agenda: str


@cache
def writing(name: str | None) -> Writing:
    makers = (
        change_instance,
        advance_instance,
        add_instance,
        add_journal,
        put_task,
        let_go,
        put_candidate,
        put_involvement,
        hold,
        put_agenda,
    )
    return Writing(*(compiled(make(), "sqlite", name) for make in makers))


assert {column.name for column in schema.instance.columns} >= set(INSTANCE_KEPT), "columns that exist"
