"""Which version a start runs on when another process deploys: the one in force, whatever this process remembers."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import select

from signoff import Engine, NotAllowed
from signoff.runtime import intake
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from signoff.store import chain, codec
from signoff.store.schema import instance, journal

AT = datetime.fromisoformat("2026-08-31T12:00+08:00")
PEOPLE: Any = {"ann": {"groups": ("makers",)}, "bob": {"groups": ("bosses",)}}
PROCESS = """
signoff: 1
process: purchase
lang: en
roles: {maker: {group: makers}, boss: {group: bosses}}
start: {by: [maker]}
steps:
  - step: write
    owner: maker
"""
LONGER = PROCESS + "    approve: [{by: boss}]\n"
NOTHING = {"data": {}, "key": "", "title": "", "request_id": ""}
FOR_BOSSES = PROCESS.replace("by: [maker]", "by: [boss]")


@pytest.fixture
def engines(ready: str) -> Iterator[tuple[Engine, Engine]]:
    """Two engines that share nothing but the database, as two processes do; the first has started an instance."""
    here, there = (Engine(ready, directory=StaticDirectory(PEOPLE), clock=VirtualClock(AT)) for _ in range(2))
    here.deploy(PROCESS)
    here.start("purchase", by="ann")
    yield here, there
    here.dispose()
    there.dispose()


def version(engine: Engine, id: str) -> str:
    with engine.core.database.read() as handle:
        rows = handle.connection.execute(select(instance.c.version).where(instance.c.id == id))
        return str(rows.scalar_one())


def test_a_start_runs_on_the_version_that_another_process_has_deployed(
    engines: tuple[Engine, Engine],
) -> None:
    here, there = engines
    old = version(here, here.start("purchase", by="ann").instance)
    there.deploy(LONGER)
    new = there.start("purchase", by="ann").instance
    for _ in range(2):
        found = version(here, here.start("purchase", by="ann").instance)
        assert found == version(there, new)
        assert found != old
    there.deploy(PROCESS)  # and back again
    assert version(here, here.start("purchase", by="ann").instance) == old


def test_a_start_is_refused_by_the_version_in_force_and_by_no_other(engines: tuple[Engine, Engine]) -> None:
    here, there = engines
    with pytest.raises(NotAllowed):
        here.start("purchase", by="bob")
    there.deploy(FOR_BOSSES)
    assert here.start("purchase", by="bob").status == "running"
    with pytest.raises(NotAllowed):
        here.start("purchase", by="ann")
    there.deploy(PROCESS)
    with pytest.raises(NotAllowed):
        here.start("purchase", by="bob")


def test_a_preview_shows_the_version_in_force(engines: tuple[Engine, Engine]) -> None:
    here, there = engines
    there.deploy(FOR_BOSSES)
    assert here.preview(intake.start("purchase", here.actor("bob"), NOTHING)).events
    with pytest.raises(NotAllowed):
        here.preview(intake.start("purchase", here.actor("ann"), NOTHING))


def test_a_deployment_in_a_hosts_transaction_that_is_rolled_back_leaves_no_trace(ready: str) -> None:
    host = sqlalchemy.create_engine(ready)
    engine = Engine(host, directory=StaticDirectory(PEOPLE), clock=VirtualClock(AT))
    engine.deploy(PROCESS)
    old = version(engine, engine.start("purchase", by="ann").instance)
    with host.connect() as connection:
        if host.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        engine.deploy(LONGER, connection=connection)
        engine.start("purchase", by="ann", connection=connection)
        connection.rollback()
    assert version(engine, engine.start("purchase", by="ann").instance) == old
    host.dispose()


def test_a_start_records_the_heads_it_rests_on(engines: tuple[Engine, Engine]) -> None:
    here, there = engines
    there.deploy(LONGER)
    id = here.start("purchase", by="ann").instance
    with here.core.database.read() as handle:
        rows = handle.connection.execute(select(journal.c.bytes).where(journal.c.instance == id))
        (bytes,) = rows.scalars()
        _, head = chain.head_of(handle.connection, "deployment")
    assert codec.decode_entry(bytes, None).envelope.heads["deployment"] == head
