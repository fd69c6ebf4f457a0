"""Guards: triggers that refuse to change or remove what is recorded, but for what an erasure takes from beside it.

They stop accidents and programs gone wrong. Who owns the tables can drop them: against him a checkpoint helps, kept
elsewhere. Must import nothing of signoff.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, text

TABLES = ("signoff_journal", "signoff_chain")
FUNCTION = "signoff_guard"
_KEYS = {"signoff_journal": ("shard", "instance", "n"), "signoff_chain": ("name", "n")}
# not the nonce: that it serves once is told by its own index
_UNIQUE = {"signoff_journal": (("shard", "instance", "request_id"),), "signoff_chain": ()}
_KEPT = {
    "signoff_journal": ("shard", "instance", "n", "request_id", "bytes", "hash", "recorded_at", "nonce"),
    "signoff_chain": ("name", "n", "bytes", "hash", "recorded_at"),
}
_SAYS = "signoff: records are kept as they were written"

_FEWER = """NEW.sealed IS NULL OR (OLD.sealed IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM {each}(NEW.sealed{cast}) n WHERE NOT EXISTS (
      SELECT 1 FROM {each}(OLD.sealed{cast}) o WHERE o.key = n.key AND o.value{text} = n.value{text})))"""


def create(connection: Connection) -> None:
    """Put the guards up, in the caller's transaction, on tables that have none."""
    for statement in _statements(connection.dialect.name, _prefix(connection)):
        connection.exec_driver_sql(statement)


def drop(connection: Connection) -> None:
    """Take them down, as the owner of the tables can."""
    prefix = _prefix(connection)
    for name, table in _names(connection.dialect.name):
        on = f" ON {prefix}{table}" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on}")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {prefix}{FUNCTION}()")


def missing(connection: Connection) -> tuple[str, ...]:
    """The names of guards that are not there, or on PostgreSQL not always on."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        there = {*found.scalars()}
    else:
        asked = text(
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_namespace s ON s.oid = c.relnamespace"
            " WHERE t.tgenabled = 'A' AND starts_with(t.tgname, c.relname || '_guard_') AND s.nspname = coalesce(CAST(:schema AS text), current_schema())"
        )
        schema = _schema(connection)
        there = {*connection.execute(asked, {"schema": schema}).scalars()}
    return tuple(name for name, _ in _names(connection.dialect.name) if name not in there)


def _names(dialect: str) -> Iterator[tuple[str, str]]:
    verbs = ("change", "truncate") if dialect == "postgresql" else ("update", "delete", "insert")
    for table in TABLES:
        yield from ((f"{table}_guard_{verb}", table) for verb in verbs)


def _statements(dialect: str, prefix: str) -> Iterator[str]:
    if dialect == "postgresql":
        yield from _postgresql(prefix)
        return
    for table in TABLES:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
        changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _KEPT[table])
        fewer = _FEWER.format(each="json_each", cast="", text="")
        allowed = f" OR NOT ({fewer})" if table == "signoff_journal" else ""
        yield f"CREATE TRIGGER {table}_guard_update BEFORE UPDATE ON {table} WHEN {changed}{allowed} {refuse}"
        yield f"CREATE TRIGGER {table}_guard_delete BEFORE DELETE ON {table} {refuse}"
        # INSERT OR REPLACE takes rows out without asking the guard of deletions; by the hidden rowid it does, too
        same = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} o WHERE {_equal(key)})"  # noqa: S608 - fixed names
            for key in (_KEYS[table], *_UNIQUE[table], ("rowid",))
        )
        yield f"CREATE TRIGGER {table}_guard_insert BEFORE INSERT ON {table} WHEN {same} {refuse}"


def _equal(key: tuple[str, ...]) -> str:
    return " AND ".join(f"o.{name} = NEW.{name}" for name in key)


def _postgresql(prefix: str) -> Iterator[str]:
    fewer = _FEWER.format(each="json_each", cast="::json", text="::text")
    yield f"""CREATE FUNCTION {prefix}{FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'signoff_journal' THEN
    IF (NEW.shard, NEW.instance, NEW.n, NEW.bytes, NEW.hash, NEW.recorded_at)
       = (OLD.shard, OLD.instance, OLD.n, OLD.bytes, OLD.hash, OLD.recorded_at)
       AND NEW.request_id IS NOT DISTINCT FROM OLD.request_id AND NEW.nonce IS NOT DISTINCT FROM OLD.nonce
       AND ({fewer}) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'restrict_violation';
END $guard$"""
    for table in TABLES:
        run = f"EXECUTE FUNCTION {prefix}{FUNCTION}()"
        yield (
            f"CREATE TRIGGER {table}_guard_change BEFORE UPDATE OR DELETE ON {prefix}{table} FOR EACH ROW {run}"
        )
        yield f"CREATE TRIGGER {table}_guard_truncate BEFORE TRUNCATE ON {prefix}{table} FOR EACH STATEMENT {run}"
        for verb in ("change", "truncate"):  # also for replication roles, which plain triggers do not see
            yield f"ALTER TABLE {prefix}{table} ENABLE ALWAYS TRIGGER {table}_guard_{verb}"


def _schema(connection: Connection) -> str | None:
    names = connection.get_execution_options().get("schema_translate_map") or {}
    found: str | None = names.get(None)
    return found


def _prefix(connection: Connection) -> str:
    schema = _schema(connection)
    return "" if schema is None else '"' + schema.replace('"', '""') + '".'
