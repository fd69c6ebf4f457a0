"""What is owed and listened for is verified as long as it stands: no alarm before the worker has looked, and none of it edited."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Table, delete, update

from signoff.store.schema import agenda, subscription
from signoff.testing import Sandbox
from tests.concurrency.process import AT, PEOPLE, POST


@pytest.fixture
def box() -> Iterator[Sandbox]:
    box = Sandbox(at=AT, people=PEOPLE)
    box.deploy(POST)
    yield box
    box.close()


def awaiting(box: Sandbox) -> str:
    """An instance that has begun to wait for a message; no worker has looked for one yet."""
    engine = box.engine
    receipt = engine.start("post", by="amy")
    task = engine.locate(f"{receipt.instance}/sorting")
    return engine.complete(task, by="amy").instance


def found(box: Sandbox) -> set[str]:
    return {f"{each.fault}: {each.detail}" for each in box.engine.verify().findings}


def put(box: Sandbox, table: Table, instance: str, **values: Any) -> None:
    with box.engine.core.database.write() as handle:
        here = table.c.instance == instance
        handle.execute(update(table).where(here).values(**values) if values else delete(table).where(here))


def test_an_instance_that_waits_for_a_message_is_no_finding_before_and_after_the_worker(box: Sandbox) -> None:
    instance = awaiting(box)
    assert found(box) == set()
    box.engine.suspend(instance, by="dan")
    assert found(box) == set()
    box.engine.resume(instance, by="dan")
    box.settle()
    assert found(box) == set()
    box.message("paid")
    assert found(box) == set()


@pytest.mark.parametrize(
    "values", [{"name": "other"}, {"key": "x"}, {"kind": "signal"}, {"at": 1}, {}], ids=str
)
def test_what_an_instance_listens_for_cannot_be_changed(box: Sandbox, values: dict[str, Any]) -> None:
    put(box, subscription, awaiting(box), **values)
    (said,) = found(box)
    assert said.startswith("projection: signoff_subscription"), said


@pytest.mark.parametrize("values", [{"payload": "{}"}, {"due_at": 1}], ids=str)
def test_what_is_only_to_be_told_cannot_be_changed_while_it_is_owed(
    box: Sandbox, values: dict[str, Any]
) -> None:
    put(box, agenda, awaiting(box), **values)
    assert any("match" in said for said in found(box))
