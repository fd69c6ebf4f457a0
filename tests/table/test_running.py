"""The imported table runs unchanged, with the people of its skeleton, from the start to the end."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

from signoff.kernel.commands import Actor
from signoff.model.gate import Strength
from signoff.notation.table.importer import import_table
from signoff.notation.table.outline import blocks
from signoff.runtime.clock import VirtualClock
from signoff.runtime.engine import Engine
from signoff.runtime.people import read_people
from signoff.store.database import Database
from signoff.store.people import take_in
from tests.ready import sqlite_template
from tests.table.make import SEED_TEXT, write

__all__ = ["sqlite_template"]

AT = datetime(2026, 8, 31, 2, tzinfo=UTC)


def test_the_seed_runs_unchanged_to_its_end(tmp_path: Path, sqlite_template: Path) -> None:
    found = import_table(write(tmp_path / "seed.txt", SEED_TEXT))
    people = read_people(found.people)
    assert people.warnings == ()
    shutil.copy(sqlite_template, tmp_path / "signoff.db")
    db = Database(f"sqlite:///{tmp_path / 'signoff.db'}")
    with db.write() as handle:
        take_in(handle.connection, people.content(), by="setup", at=AT)
    db.dispose()
    engine = Engine(f"sqlite:///{tmp_path / 'signoff.db'}", clock=VirtualClock(AT))
    engine.deploy(found.yaml)
    engine.start("seed", {"title": "夏日狂欢购", "event_start": date(2026, 10, 15)}, by="经理-1")
    steps = {str(block["step"]): block for block in blocks(found.tree).values() if "step" in block}
    log = []
    while work := [(person, row) for person in people.people for row in engine.inbox(person)]:
        person, row = work[0]
        log.append((row.kind, row.node, row.due))
        if row.kind == "task":
            documents = {name: "# 竞品分析".encode() for name in steps[row.node]["delivers"]}
            engine.submit(
                row.task, by=person, documents=documents, ticks=steps[row.node].get("checklist", ())
            )
        else:
            actor = Actor(person, auth=Strength.ATTESTED)
            engine.approve(row.task, by=actor, seen=engine.subject(row.task, person))
    assert [entry.status for entry in engine.instances()] == ["completed"]
    assert [(kind, node) for kind, node, _ in log] == [
        ("task", "需求发起与目标确认"),
        ("gate", "需求发起与目标确认"),
        ("task", "市场与用户调研"),
        ("task", "资源评估与预算初定"),
        ("task", "跨部门沟通与团队组建"),
        ("task", "活动主题与创意设计"),
    ]
    assert log[0][2] == datetime(
        2026, 9, 15, 10, tzinfo=UTC
    )  # 30 days before 15 October, at close of business
    engine.dispose()
