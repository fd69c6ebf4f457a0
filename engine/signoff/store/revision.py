"""Whether a database has the tables that this release reads and writes.

Must import nothing of signoff but the store's handle and schema, and `errors`.
"""

from sqlalchemy import text

from signoff.errors import SchemaMismatch
from signoff.store.handle import Handle
from signoff.store.schema import VERSION_TABLE

REVISION = "0001"  # the newest migration


def revision_of(handle: Handle) -> str:
    """The migration the database is at; empty: none. No statement of it can fail."""
    name = VERSION_TABLE
    if handle.dialect == "sqlite":
        question = "SELECT 1 FROM sqlite_master WHERE name = :name"
    else:
        question = "SELECT to_regclass(:name)"
        if handle.schema:
            name = f"{_quoted(handle.schema)}.{name}"
    if handle.connection.execute(text(question), {"name": name}).scalar() is None:
        return ""
    version = text(f"SELECT version_num FROM {name}")  # noqa: S608 - a fixed name in a quoted schema
    return str(handle.connection.execute(version).scalar() or "")


def check(handle: Handle) -> None:
    """Raises SchemaMismatch when the tables are missing, older or newer."""
    found = revision_of(handle)
    if not found:
        raise SchemaMismatch("schema_missing")
    if found < REVISION:
        raise SchemaMismatch("schema_older", found=found, wanted=REVISION)
    if found > REVISION:
        raise SchemaMismatch("schema_newer", found=found, wanted=REVISION)


def _quoted(schema: str) -> str:
    return '"' + schema.replace('"', '""') + '"'
