"""PostgreSQL's one statement that saves a batch of commands: one fixed text, one parameter per table.

Rows travel as JSON through jsonb_to_recordset, what is long beside them. Every write takes its rows from those
instances that could be written, so a stale version, or a key that is in use, writes nothing at all. May import
store.statements and store.codec.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from signoff.store import codec, statements
from signoff.store.schema import agenda, candidate, instance, involvement, journal, task

TABLES = ("instance", "journal", "task", "candidate", "involvement", "agenda", "hold", "subscription")
LONG = {"instance": "state", "journal": "bytes"}
_ID = ("shard", "instance")


def _given(name: str, table: Table, *more: tuple[str, Any]) -> CTE:
    """The rows of a parameter, as a table of that table's columns and these."""
    columns = [column(c.name, c.type) for c in table.columns] + [column(*extra) for extra in more]
    rows = func.jsonb_to_recordset(cast(bindparam(name, type_=Text()), JSONB)).table_valued(*columns)
    shown = rows.render_derived(name=f"{name}_rows", with_types=True)
    if name not in LONG:
        return select(*(shown.c[c.name] for c in columns)).cte(f"given_{name}")
    # The row says in its long column on which line that stands.
    long = shown.c[LONG[name]]
    parts = func.string_to_array(bindparam(f"{name}_lines", type_=Text()), literal_column("chr(10)"))
    lines = func.unnest(parts).table_valued(column("line", Text()), with_ordinality="place")
    lines = lines.render_derived(name=f"{name}_lines")
    said = {c.name: shown.c[c.name] for c in columns} | {long.name: lines.c.line.label(long.name)}
    both = shown.join(lines, cast(long, BigInteger()) == lines.c.place)
    return select(*said.values()).select_from(both).cte(f"given_{name}")


def parameters(tables: Mapping[str, list[dict[str, Any]]]) -> dict[str, str]:
    """The parameters of `text` for these rows. What is long is JSON itself, and to write it as a text in JSON, and read
    that again, costs more than all the rest: it travels beside, a line each, for no JSON of ours has a line feed.
    """
    found = {}
    for name, rows in tables.items():
        if (long := LONG.get(name)) is not None:
            found[f"{name}_lines"] = "\n".join(row[long] for row in rows)
            placed = [{**row, long: place} for place, row in enumerate(rows, start=1)]
        found[name] = codec.compact(rows if long is None else placed)
    return found


def _saved(given: CTE) -> tuple[CTE, list[CTE]]:
    """(shard, instance) of every instance that could be written, and the statements that wrote them."""
    row = dict(given.c)
    changed = (
        update(instance)
        .where(
            instance.c.shard == given.c.shard,
            instance.c.id == given.c.id,
            instance.c.row_version == given.c.row_version,
            given.c.created.is_(literal_column("false")),
        )
        .values(statements.change_values(row))
        .returning(instance.c.shard, instance.c.id)
        .cte("changed")
    )
    fresh = select(*(given.c[name] for name in statements.WRITTEN)).where(given.c.created)
    added = (
        insert(instance)
        .from_select(list(statements.WRITTEN), fresh)
        .on_conflict_do_nothing()
        .returning(instance.c.shard, instance.c.id)
        .cte("added")
    )
    both: Any = union_all(
        select(changed.c.shard, changed.c.id.label("instance")),
        select(added.c.shard, added.c.id.label("instance")),
    )
    return both.cte("saved"), [changed, added]


def _of(saved: CTE, rows: Any) -> ColumnElement[bool]:
    return and_(*(saved.c[name] == rows.c[name] for name in _ID))


def _let_go(given: CTE, saved: CTE) -> CTE:
    """Candidates of a cleared task who may still act, but for those named anew."""
    again = given.alias("again")
    named = exists().where(
        *(again.c[name] == candidate.c[name] for name in (*_ID, "task", "person")),
    )
    return (
        update(candidate)
        .where(
            _of(saved, given),
            *(candidate.c[name] == given.c[name] for name in (*_ID, "task")),
            given.c.person.is_(None),
            candidate.c.state == statements.word("open"),
            ~named,
        )
        .values(state=given.c.state, at=given.c.at)
        .cte("let_go")
    )


def _held(given: CTE, saved: CTE, owed: CTE) -> CTE:
    """What was owed before by instances that are suspended or resumed; rows written anew are as they should be."""
    anew = exists().where(*(owed.c[name] == agenda.c[name] for name in (*_ID, "key")))
    return (
        update(agenda)
        .where(
            _of(saved, given),
            *(agenda.c[name] == given.c[name] for name in _ID),
            agenda.c.state == given.c.before,
            ~anew,
        )
        .values(state=given.c.after)
        .cte("held")
    )


def _task_rows(row: statements.Values, source: FromClause) -> Select[Any]:
    """Tasks as they will be: new ones whole, others with what changes."""
    old, same = statements.before(task, row)
    due = case((row["due_set"], row["due"]), else_=old.c.due)
    opens = case((row["fresh"], row["opens"]), else_=old.c.opens)
    rest = ("node", "kind", "opened_at", "claimed_by", "subject", "rank", "open")
    changed = {name: func.coalesce(row[name], old.c[name]) for name in rest} | {"due": due, "opens": opens}
    return (
        statements.either(task, row, changed)
        .select_from(source.outerjoin(old, same))
        .where(or_(row["fresh"], old.c.id.is_not(None)))
    )


def save() -> Any:
    """Everything of a batch; returns which instances were written."""
    of_instance = _given("instance", instance, ("created", Boolean()))
    saved, writes = _saved(of_instance)
    rows = _given("journal", journal)
    entries = select(*(rows.c[c.name] for c in journal.columns)).where(_of(saved, rows))
    writes.append(insert(journal).from_select([c.name for c in journal.columns], entries).cte("entered"))

    tasks = _given("task", task, *statements.TASK_EXTRA)
    kept = _task_rows(dict(tasks.c), tasks.join(saved, _of(saved, tasks)))
    writes.append(statements.merge(insert, task, kept).cte("tasks"))

    people = _given("candidate", candidate)
    invited = select(*(people.c[c.name] for c in candidate.columns)).where(
        _of(saved, people), people.c.person.is_not(None)
    )
    writes += [_let_go(people, saved), statements.merge(insert, candidate, invited).cte("invited")]

    involved = _given("involvement", involvement)
    shown = select(*(involved.c[c.name] for c in involvement.columns)).where(_of(saved, involved))
    told = insert(involvement).from_select([c.name for c in involvement.columns], shown)
    writes.append(told.on_conflict_do_nothing().cte("told"))

    owed = _given("agenda", agenda, *statements.AGENDA_EXTRA)
    due = statements.agenda_rows(dict(owed.c), owed.join(saved, _of(saved, owed)))
    writes.append(statements.merge_agenda(insert, due).cte("owed"))
    hold = _given("hold", agenda, ("before", Text()), ("after", Text()))
    writes.append(_held(hold, saved, owed))
    return select(saved.c.instance).add_cte(*writes)


@cache
def text(name: str | None) -> str:
    """The statement, for tables in the schema `name`."""
    return statements.compiled(save(), "postgresql", name)
