"""Commands inside a host's transaction: kept together with the host's rows, dropped together, refused without harm.

The host owns tables called task, document, instance and alembic_version.
"""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest
import sqlalchemy as sa
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from signoff.bridge import django_connection as bridged
from signoff.errors import Invalid, NotAllowed, UnsafeDatabase
from signoff.kernel.events.gate import GatePassed
from signoff.runtime.engine import Engine
from signoff.store import migrations
from signoff.store.database import Database
from tests.host.leave import DIRECTORY, LEAVE, chen

HOST = sa.MetaData()
TASK = sa.Table("task", HOST, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))
for _name in ("document", "instance", "alembic_version"):
    sa.Table(_name, HOST, sa.Column("id", sa.Integer, primary_key=True))


@pytest.fixture
def host(database: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(database)
    HOST.create_all(engine)
    own = Database(database)
    migrations.create(own)
    own.dispose()
    yield engine
    engine.dispose()


@pytest.fixture
def engine(host: sa.Engine) -> Engine:
    found = Engine(host, directory=DIRECTORY)
    found.deploy(LEAVE)
    return found


def _names(host: sa.Engine) -> list[str]:
    with host.connect() as connection:
        return list(connection.execute(sa.select(TASK.c.name).order_by(TASK.c.id)).scalars())


def test_a_command_and_the_hosts_row_are_kept_together(host: sa.Engine, engine: Engine) -> None:
    with Session(host) as session, session.begin():
        session.execute(TASK.insert().values(name="mine"))
        receipt = engine.start("leave", {"days": 3}, by="lin", connection=session.connection())
    assert _names(host) == ["mine"]
    assert engine.show(receipt.instance).row.status == "running"


def test_a_rollback_of_the_host_takes_the_command_along(host: sa.Engine, engine: Engine) -> None:
    with Session(host) as session:
        session.execute(TASK.insert().values(name="mine"))
        engine.start("leave", {"days": 3}, by="lin", connection=session.connection())
        session.rollback()
    assert _names(host) == []
    assert engine.instances() == []


def test_a_refusal_leaves_the_hosts_transaction_usable(host: sa.Engine, engine: Engine) -> None:
    receipt = engine.start("leave", {"days": 3}, by="lin")
    with Session(host) as session, session.begin():
        session.execute(TASK.insert().values(name="before"))
        with pytest.raises(NotAllowed):
            engine.submit(receipt.opened[0], by="chen", connection=session.connection())
        with pytest.raises(Invalid):
            engine.submit(receipt.opened[0], by="lin", data={"days": "many"}, connection=session.connection())
        session.execute(TASK.insert().values(name="after"))
        engine.submit(receipt.opened[0], by="lin", connection=session.connection())
    assert _names(host) == ["before", "after"]
    assert [reason.status for reason in engine.why(receipt.instance)] == ["in_review"]


def test_a_hook_writes_the_hosts_row_with_the_decision(host: sa.Engine, engine: Engine) -> None:
    engine.on(GatePassed, lambda said, connection: connection.execute(TASK.insert().values(name=said.key)))
    started = engine.start("leave", {"days": 3}, by="lin", key="L-1")
    gate = engine.submit(started.opened[0], by="lin").opened[0]
    engine.approve(gate, by=chen(engine), seen=engine.subject(gate, "chen"))
    assert _names(host) == ["L-1"]


def test_a_hook_that_raises_refuses_the_command(host: sa.Engine, engine: Engine) -> None:
    def refuse(_said: object, _connection: sa.Connection) -> None:
        raise LookupError

    started = engine.start("leave", {"days": 3}, by="lin")
    gate = engine.submit(started.opened[0], by="lin").opened[0]
    engine.on(GatePassed, refuse)
    with pytest.raises(LookupError):
        engine.approve(gate, by=chen(engine), seen=engine.subject(gate, "chen"))
    assert engine.why(started.instance)[0].status == "in_review"


def test_a_request_sent_twice_counts_once(host: sa.Engine, engine: Engine) -> None:
    for _ in range(2):
        with Session(host) as session, session.begin():
            receipt = engine.start(
                "leave", {"days": 3}, by="lin", request_id="r1", connection=session.connection()
            )
    assert receipt.repeated
    assert len(engine.instances()) == 1


# Django ---------------------------------------------------------------------------------------------------


def test_django_keeps_both_or_neither(
    host: sa.Engine, engine: Engine, django_connection: BaseDatabaseWrapper
) -> None:
    with transaction.atomic():
        with django_connection.cursor() as cursor:
            cursor.execute("INSERT INTO task (id, name) VALUES (1, 'mine')")
        with bridged() as connection:
            receipt = engine.start("leave", {"days": 3}, by="lin", connection=connection)
    with suppress(LookupError), transaction.atomic():
        with django_connection.cursor() as cursor:
            cursor.execute("INSERT INTO task (id, name) VALUES (2, 'gone')")
        with bridged() as connection:
            engine.submit(receipt.opened[0], by="lin", connection=connection)
        raise LookupError
    assert _names(host) == ["mine"]
    assert [reason.status for reason in engine.why(receipt.instance)] == ["open"]


def test_a_refusal_leaves_djangos_transaction_usable(
    host: sa.Engine, engine: Engine, django_connection: BaseDatabaseWrapper
) -> None:
    receipt = engine.start("leave", {"days": 3}, by="lin")
    with transaction.atomic():
        with bridged() as connection, pytest.raises(NotAllowed):
            engine.submit(receipt.opened[0], by="chen", connection=connection)
        with django_connection.cursor() as cursor:
            cursor.execute("INSERT INTO task (id, name) VALUES (1, 'after')")
    assert _names(host) == ["after"]


def test_outside_atomic_django_has_no_transaction_to_take_part_in(
    django_connection: BaseDatabaseWrapper,
) -> None:
    with pytest.raises(UnsafeDatabase), bridged():
        raise AssertionError("not reached")


# asyncio --------------------------------------------------------------------------------------------------


def test_an_async_session_keeps_both_or_neither(host: sa.Engine, engine: Engine, async_database: str) -> None:
    async def work() -> str:
        running = create_async_engine(async_database)
        async with AsyncSession(running) as session, session.begin():
            await session.execute(TASK.insert().values(name="mine"))
            receipt = await session.run_sync(
                lambda sync: engine.start("leave", {"days": 3}, by="lin", connection=sync.connection())
            )
        async with AsyncSession(running) as session:
            await session.execute(TASK.insert().values(name="gone"))
            await session.run_sync(
                lambda sync: engine.submit(receipt.opened[0], by="lin", connection=sync.connection())
            )
            await session.rollback()
        await running.dispose()
        return receipt.instance

    instance = asyncio.run(work())
    assert _names(host) == ["mine"]
    assert [reason.status for reason in engine.why(instance)] == ["open"]
