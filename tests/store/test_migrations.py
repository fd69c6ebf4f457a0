"""Migrations: they make exactly the tables of the schema, on both databases, and only when asked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text

from signoff.errors import SchemaMismatch, Unavailable
from signoff.store import migrations, schema
from signoff.store.database import Database
from signoff.store.revision import REVISION


@pytest.fixture
def db(database: str) -> Iterator[Database]:
    found = Database(database)
    yield found
    found.dispose()


def test_migrations_make_exactly_the_tables_of_the_schema(db: Database) -> None:
    assert [step.revision for step in migrations.upgrade(db)] == [REVISION]
    with db.read() as handle:
        context = MigrationContext.configure(
            handle.connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, _kind, _parents: name != schema.VERSION_TABLE,
            },
        )
        assert compare_metadata(context, schema.metadata) == []
        migrated = _shape(handle.connection)
    with db.write() as handle:
        schema.metadata.drop_all(handle.connection)
        schema.metadata.create_all(handle.connection)
        assert _shape(handle.connection) == migrated
    assert migrations.upgrade(db) == ()
    assert migrations.status(db) == (REVISION, REVISION)


def _shape(connection: Connection) -> dict[str, Any]:
    """Everything a database knows of our tables, types as text."""
    found = inspect(connection)
    return {
        name: (
            [{**column, "type": str(column["type"])} for column in found.get_columns(name)],
            found.get_pk_constraint(name),
            sorted(map(_index, found.get_indexes(name))),
            sorted(map(str, found.get_unique_constraints(name))),
            _without_rowid(connection, name),
        )
        for name in schema.metadata.tables
    }


def _without_rowid(connection: Connection, name: str) -> bool:
    """Whether SQLite keeps the table in the order of its primary key."""
    if connection.dialect.name != "sqlite":
        return False
    made = text("SELECT sql FROM sqlite_master WHERE name = :name")
    return "WITHOUT ROWID" in str(connection.execute(made, {"name": name}).scalar())


def _index(index: Any) -> str:
    where = {name: str(option) for name, option in index.get("dialect_options", {}).items()}
    return str({**index, "dialect_options": where})


def test_every_table_index_and_constraint_is_named_as_ours() -> None:
    tables = schema.metadata.tables.values()
    names = [str(table.name) for table in tables]
    names += [str(index.name) for table in tables for index in table.indexes]
    names += [str(constraint.name) for table in tables for constraint in table.constraints]
    assert all(schema.owns(name) for name in names)
    assert len(set(names)) == len(names)
    assert schema.owns(schema.VERSION_TABLE)
    assert not schema.owns("orders")
    assert not schema.owns(None)


def test_the_newest_migration_is_the_revision_of_the_release() -> None:
    config = migrations._config()
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_a_dry_run_says_the_steps_and_creates_nothing(db: Database) -> None:
    assert [step.revision for step in migrations.upgrade(db, dry_run=True)] == [REVISION]
    assert migrations.status(db) == ("", REVISION)
    assert db.path is None or not db.path.exists()


def test_a_schema_of_its_own_holds_everything(postgres_database: str) -> None:
    own = Database(postgres_database, schema="approvals")
    migrations.create(own)
    engine = create_engine(postgres_database)
    names = inspect(engine).get_table_names(schema="approvals")
    assert set(names) == {*schema.metadata.tables, schema.VERSION_TABLE}
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    own.dispose()


def test_a_database_in_memory_is_a_copy_of_the_template() -> None:
    first, second = Database("sqlite://"), Database("sqlite:///:memory:")
    for db in (first, second):
        migrations.create(db)
        assert migrations.status(db) == (REVISION, REVISION)
    with first.write() as handle:
        handle.execute(text("INSERT INTO signoff_info VALUES ('x', 'y')"))
    with second.read() as handle:
        assert handle.execute(text("SELECT count(*) FROM signoff_info")).scalar() == 2


def test_a_missing_file_is_not_created(tmp_path: Path) -> None:
    path = tmp_path / "absent.db"
    db = Database(f"sqlite:///{path}")
    with pytest.raises(Unavailable) as caught, db.write():
        pass
    assert caught.value.code == "no_database"
    assert not db.is_ready()
    assert not path.exists()


def test_a_database_without_our_tables_is_left_alone(db: Database, database: str) -> None:
    host = create_engine(database)
    with host.begin() as connection:
        connection.execute(text("CREATE TABLE orders (id integer)"))
    with pytest.raises(SchemaMismatch) as caught, db.read():
        pass
    assert caught.value.code == "schema_missing"
    assert inspect(host).get_table_names() == ["orders"]
    host.dispose()


@pytest.mark.parametrize(("found", "code"), [("0000", "schema_older"), ("9999", "schema_newer")])
def test_another_schema_version_is_named(db: Database, database: str, found: str, code: str) -> None:
    migrations.create(db)
    with db.write() as handle:
        handle.execute(text("UPDATE signoff_version SET version_num = :found"), {"found": found})
    later = Database(database)
    with pytest.raises(SchemaMismatch) as caught:
        later.ensure()
    assert caught.value.code == code
    assert caught.value.params == {"found": found, "wanted": REVISION}
    later.dispose()
