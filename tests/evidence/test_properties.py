"""Properties of approvals that no other test of this folder names, each through the engine as a host uses it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from signoff import DatabaseDocuments, Engine, NotAllowed, Receipt, Recorded, Refused, VirtualClock, VoteCast
from signoff.runtime.directory import StaticDirectory
from signoff.store.documents import sweep
from tests.evidence.office import AT

PEOPLE: Any = {
    "ann": {"name": "Ann", "groups": ("makers",)},
    "bob": {"name": "Bob", "groups": ("bosses", "makers")},
    "cid": {"name": "Cid", "groups": ("bosses",)},
    "root": {"name": "Root", "admin": True},
}
PROCESS = """
signoff: 1
process: order
lang: en
data:
  price: {type: integer}
  place: {type: text}
documents: {offer: {name: Offer}}
roles: {maker: {group: makers}, boss: {group: bosses}}
start: {by: [maker]}
steps:
  - step: write
    owner: maker
    form: {fill: [price]}
    delivers: [offer]
    approve:
      - {by: boss, need: 2, not_by: [], auto: price < 10}
    binds: [price]
  - step: correct
    owner: maker
    form: {fill: [place], edit: [price]}
    approve: [{by: boss, declined: end, not_by: [starter, preparer]}]
    binds: [place]
"""


@pytest.fixture
def engine(ready: str) -> Iterator[Engine]:
    engine = Engine(ready, directory=StaticDirectory(PEOPLE), clock=VirtualClock(AT))
    engine.deploy(PROCESS)
    yield engine
    engine.dispose()


def written(engine: Engine, price: int, by: str = "ann") -> Receipt:
    task = engine.start("order", by=by).opened[0]
    return engine.submit(task, by=by, data={"price": price}, documents={"offer": b"an offer"})


def clock_of(engine: Engine) -> VirtualClock:
    clock = engine.core.clock
    assert isinstance(clock, VirtualClock)
    return clock


def test_the_time_is_the_engines_and_never_runs_backwards(engine: Engine) -> None:
    """approvals §3.3."""
    receipt = written(engine, 50)
    clock_of(engine).set(datetime.fromisoformat(AT) - timedelta(days=1))
    engine.approve(receipt.opened[0], by="bob")
    times = [record.at for record in engine.history(receipt.instance)]
    assert times == sorted(times) == [datetime.fromisoformat(AT)] * 3
    assert engine.verify().findings == ()


def test_content_that_changes_after_the_decision_closes_the_gate_until_it_is_decided_again(
    engine: Engine,
) -> None:
    """approvals §3.9."""
    gate = written(engine, 50).opened[0]
    engine.approve(gate, by="bob")
    receipt = engine.approve(gate, by="cid")
    instance, task = receipt.instance, receipt.opened[0]
    second = engine.submit(task, by="bob", data={"place": "here", "price": 60})
    shown = engine.sheet(instance).gates[0]
    assert shown.status == "stale"
    assert [each.standing for each in shown.decisions] == ["void", "void"]
    last = next(open for open in second.opened if not open.startswith(gate))
    engine.approve(last, by="cid")
    assert engine.show(instance).row.status == "running"
    engine.approve(gate, by="bob")
    assert engine.approve(gate, by="cid").status == "completed"


def test_the_original_can_be_had_as_long_as_a_record_names_it(engine: Engine) -> None:
    """approvals §3.10."""
    instance = written(engine, 50).instance
    (paper,) = engine.show(instance).state.scopes["s2"].documents.values()
    documents = engine.core.documents
    assert isinstance(documents, DatabaseDocuments)
    documents.put(b"never handed in", media="text/plain")
    clock_of(engine).advance(timedelta(days=4000))
    assert sweep(engine.core.database, documents, before=datetime.fromisoformat("2999-01-01T00:00Z")) == 1
    assert documents.get(paper.sha256) == b"an offer"


def test_no_step_is_entered_without_the_records_of_what_comes_before(engine: Engine) -> None:
    """approvals §3.16."""
    receipt = written(engine, 50)
    before = engine.history(receipt.instance)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: engine.submit(engine.locate(f"{receipt.instance}/correct"), by="ann", data={"place": "x"}),
        lambda: engine.submit(f"{receipt.instance}:a999", by="ann", data={"place": "x"}),
        lambda: engine.approve(f"{receipt.instance}:g999", by="cid"),
    )
    for attempt in attempts:
        with pytest.raises(Refused):
            attempt()
    assert engine.history(receipt.instance) == before


def test_neither_who_started_nor_who_edited_decides_on_it(engine: Engine) -> None:
    """approvals §3.18."""
    gate = written(engine, 50, by="bob").opened[0]
    engine.approve(gate, by="bob")  # this gate lets the preparer
    task = engine.approve(gate, by="cid").opened[0]
    last = engine.submit(task, by="ann", data={"place": "here", "price": 50}).opened[0]
    with pytest.raises(NotAllowed):  # who started it
        engine.approve(last, by="bob")
    assert engine.approve(last, by="cid").status == "completed"


def test_so_many_approvals_are_so_many_persons(engine: Engine) -> None:
    """approvals §3.19."""
    gate = written(engine, 50).opened[0]
    engine.approve(gate, by="bob")
    with pytest.raises(Refused):
        engine.approve(gate, by="bob")
    with pytest.raises(Refused):
        engine.approve(gate, by="bob", request_id="another attempt")
    assert engine.show(gate.partition(":")[0]).state.gates[gate.partition(":")[2]].status == "open"


def test_an_administrator_ends_things_and_approves_nothing(engine: Engine) -> None:
    """approvals §3.20: no exemption."""
    receipt = written(engine, 50)
    with pytest.raises(NotAllowed):
        engine.approve(receipt.opened[0], by="root")
    assert engine.cancel(receipt.instance, by="root", reason="over").status == "cancelled"
    assert engine.sheet(receipt.instance).gates[0].decisions == []


def test_what_a_rule_decides_is_nobodys_and_names_the_rule(engine: Engine) -> None:
    """approvals §3.22."""
    instance = written(engine, 5).instance
    (row,) = engine.audit()
    assert (row.what, row.person, row.name, row.note) == ("rule", "", "", "write|approve|0|auto")
    assert engine.sheet(instance).gates[0].decisions == []


def test_what_refuses_a_decision_leaves_nothing_of_it(engine: Engine) -> None:
    """approvals §3.26: decision, record and what is owed are one."""
    gate = written(engine, 50).opened[0]
    engine.approve(gate, by="bob")
    before = engine.history(gate.partition(":")[0]), engine.inbox("cid"), list(engine.audit())

    def refuse(_recorded: Recorded, _connection: Connection) -> None:
        raise OSError("the host's own table is full")

    engine.on(VoteCast, refuse)
    with pytest.raises(OSError, match="full"):
        engine.approve(gate, by="cid")
    assert (engine.history(gate.partition(":")[0]), engine.inbox("cid"), list(engine.audit())) == before
    assert engine.verify().findings == ()
