"""A definition that demands it is started only once somebody else than who deployed it has released it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, update

from signoff import Actor, Engine, Strength, VirtualClock
from signoff.errors import Invalid, InvalidDefinition, NotAllowed, Refused, WrongState
from signoff.kernel import commands as c
from signoff.runtime import intake
from signoff.runtime.directory import StaticDirectory
from signoff.store import definitions, migrations, schema
from signoff.testing import Case
from tests.evidence.forger import Rows, mend_chain
from tests.read.play import AT
from tests.ready import unguard

PROCESS = """
signoff: 1
process: buy
lang: en
calendar: PLAIN
zone: UTC
data: {price: {type: integer, default: 1}}
roles: {staff: {group: staff}, boss: {group: bosses}}
start: {by: [staff], released_by: [boss]}
steps:
  - step: ask
    owner: staff
    form: {edit: [price]}
    approve: [{by: boss}]
"""
SECOND = PROCESS.replace("default: 1", "default: 2")
LOOSE = PROCESS.replace(", released_by: [boss]", "")
PEOPLE: Any = {
    "lin": {"groups": ("staff",)},
    "bo": {"groups": ("bosses",)},
    "cy": {"groups": ("bosses",)},
    "root": {"admin": True},
}


def opened(url: str) -> Engine:
    return Engine(url, directory=StaticDirectory(PEOPLE), clock=VirtualClock(AT))


@pytest.fixture
def engine() -> Iterator[Engine]:
    found = opened("sqlite:///:memory:")
    migrations.create(found.core.database)
    yield found
    found.dispose()


@pytest.fixture
def either(ready: str) -> Iterator[Engine]:
    """On SQLite and on PostgreSQL."""
    found = opened(ready)
    yield found
    found.dispose()


def faults(engine: Engine) -> set[str]:
    return {f"{each.fault}: {each.detail}" for each in engine.verify().findings}


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as told:
        act()
    return told.value.code


def test_it_is_started_only_once_somebody_else_has_released_it(engine: Engine) -> None:
    """approvals §3.21: who deployed it is not the only one who decides that it runs."""
    (deployed,) = engine.deploy(PROCESS, by="bo")
    assert deployed.waits
    assert refused(lambda: engine.start("buy", by="lin")) == "not_released"
    assert refused(lambda: engine.release_definition("buy", by="bo")) == "own_deployment"
    assert refused(lambda: engine.release_definition("buy", by="lin")) == "may_not_release"
    assert refused(lambda: engine.release_definition("buy", by="root")) == "may_not_release"
    assert refused(lambda: engine.start("buy", by="lin")) == "not_released"
    released = engine.release_definition("buy", by="cy")
    assert (released.version, released.waits) == (deployed.version, False)
    assert engine.start("buy", by="lin").status == "running"
    assert refused(lambda: engine.release_definition("buy", by="cy")) == "nothing_to_release"
    assert engine.verify().findings == ()


def test_until_then_what_was_in_force_stays_in_force(engine: Engine) -> None:
    engine.deploy(PROCESS, by="bo")
    engine.release_definition("buy", by="cy")
    (second,) = engine.deploy(SECOND, by="cy")
    assert (second.number, second.waits) == (2, True)
    assert [(each.number, each.current, each.waits) for each in engine.definitions()] == [
        (2, False, True),
        (1, True, False),
    ]
    assert engine.definition("buy").data["price"].default == 1
    (again,) = engine.deploy(SECOND, by="bo")
    assert (again.repeated, again.waits) == (True, True), "it waits already, and cy has brought it"
    assert refused(lambda: engine.release_definition("buy", by="cy")) == "own_deployment"
    engine.release_definition("buy", by="bo", version=second.version)
    assert engine.definition("buy").data["price"].default == 2
    assert engine.verify().findings == ()


def test_the_demand_cannot_be_deployed_away_nor_an_old_version_brought_back_alone(engine: Engine) -> None:
    engine.deploy(LOOSE, by="bo")
    engine.deploy(PROCESS, by="bo")
    engine.release_definition("buy", by="cy")
    for text in (LOOSE, LOOSE.replace("default: 1", "default: 7")):
        (deployed,) = engine.deploy(text, by="bo")
        assert deployed.waits
    engine.release_definition("buy", by="cy")
    (last,) = engine.deploy(SECOND.replace(", released_by: [boss]", ""), by="bo")
    assert not last.waits, "the version in force demands it no more"
    assert engine.verify().findings == ()


def test_what_waits_is_taken_back_by_deploying_what_is_in_force(engine: Engine) -> None:
    engine.deploy(PROCESS, by="bo")
    engine.release_definition("buy", by="cy")
    engine.deploy(SECOND, by="bo")
    (back,) = engine.deploy(PROCESS, by="bo")
    assert (back.number, back.waits) == (1, False)
    assert refused(lambda: engine.release_definition("buy", by="cy")) == "nothing_to_release"
    (same,) = engine.deploy(PROCESS, by="bo")
    assert same.repeated
    assert engine.verify().findings == ()


def test_another_version_than_was_looked_at_is_not_released(engine: Engine) -> None:
    (first,) = engine.deploy(PROCESS, by="bo")
    engine.deploy(SECOND, by="bo")
    assert refused(lambda: engine.release_definition("buy", by="cy", version=first.version)) == "other_waits"


def test_no_command_names_a_version_that_was_never_released(engine: Engine) -> None:
    engine.deploy(PROCESS, by="bo")
    engine.release_definition("buy", by="cy")
    (second,) = engine.deploy(SECOND, by="bo")
    given = {"key": "", "title": "", "data": {}, "request_id": ""}
    start = intake.start("buy", engine.actor("lin"), given)
    start.version = second.version
    assert refused(lambda: engine.execute(start)) == "version_not_released"
    assert isinstance(start, c.Start)
    case = engine.start("buy", by="lin").instance
    assert refused(lambda: engine.migrate(case, "2", reason="better", by="root")) == "version_not_released"
    engine.release_definition("buy", by="cy")
    assert engine.migrate(case, "2", reason="better", by="root").status == "running"
    engine.deploy(PROCESS, by="bo")  # waits, though it was in force before
    assert engine.migrate(case, "1", reason="back", by="root").status == "running"
    assert engine.verify().findings == ()


def test_an_instance_on_a_version_that_nobody_released_is_found(engine: Engine) -> None:
    engine.deploy(PROCESS, by="bo")
    engine.release_definition("buy", by="cy")
    engine.start("buy", by="lin")
    with engine.core.database.write() as handle:
        unguard(handle.connection)
        mend_chain(handle.connection, definitions.CHAIN, lambda rows: rows.pop())
        handle.execute(update(schema.definition_current).values(version=""))
    assert any("which nobody has released" in said for said in faults(engine)), faults(engine)


def test_who_deploys_it_has_to_be_somebody(engine: Engine) -> None:
    for by in ("", "nobody"):
        with pytest.raises(Invalid) as told:
            engine.deploy(PROCESS, by=by)
        assert told.value.code == "deployer_unknown"
    assert engine.definitions() == []


def test_a_release_that_nobody_could_give_is_refused_when_it_is_read(engine: Engine) -> None:
    text = PROCESS.replace("boss: {group: bosses}", "boss: {manager_of: starter}")
    with pytest.raises(InvalidDefinition) as told:
        engine.deploy(text, by="bo")
    assert "G02" in {problem.code for problem in told.value.problems}


def test_in_the_hosts_transaction_it_goes_with_the_host(either: Engine) -> None:
    engine = either
    engine.deploy(PROCESS, by="bo")
    host = create_engine(engine.core.database.url)
    with host.connect() as connection:
        transaction = connection.begin()
        engine.release_definition("buy", by="cy", connection=connection)
        transaction.rollback()
    assert refused(lambda: engine.start("buy", by="lin")) == "not_released"
    with host.begin() as connection:
        engine.release_definition("buy", by="cy", connection=connection)
    host.dispose()
    assert engine.start("buy", by="lin").status == "running"


def test_a_version_put_in_force_without_its_release_is_found(engine: Engine) -> None:
    engine.deploy(PROCESS, by="bo")
    (deployed,) = engine.deploy(SECOND, by="bo")
    with engine.core.database.write() as handle:
        current = schema.definition_current
        handle.execute(update(current).where(current.c.process == "buy").values(version=deployed.version))
    assert faults(engine) == {"recorded: current version"}


def _by_the_deployer(rows: Rows) -> None:
    rows[-1]["content"]["by"] = "bo"


def _without(rows: Rows) -> None:
    rows.pop()
    del rows[-1]["content"]["waits"]


def _of_another(rows: Rows) -> None:
    rows[-1]["content"]["version"] = "0" * 64


@pytest.mark.parametrize("forge", [_by_the_deployer, _without, _of_another])
def test_a_release_forged_with_every_hash_mended_is_found(
    engine: Engine, forge: Callable[[Rows], None]
) -> None:
    engine.deploy(PROCESS, by="bo")
    engine.release_definition("buy", by="cy")
    with engine.core.database.write() as handle:
        unguard(handle.connection)
        mend_chain(handle.connection, definitions.CHAIN, forge)
    assert any(said.startswith("unreleased") for said in faults(engine)), faults(engine)


def test_the_test_kit_puts_it_in_force_at_once() -> None:
    case = Case.load(PROCESS, people=PEOPLE).start(by="lin")
    assert case.active == {"ask": 1}


def test_a_release_is_recorded_with_who_gave_it_and_how_that_was_proved(engine: Engine) -> None:
    engine.deploy(PROCESS, by="bo")
    cy = Actor("cy", name="Cy", groups=frozenset({"bosses"}), auth=Strength.ATTESTED)
    engine.release_definition("buy", by=cy)
    with engine.core.database.read() as handle:
        *_, last = definitions.recorded(handle.connection)
    assert (last["kind"], last["by"], last["name"], last["auth"]) == ("release", "cy", "Cy", "attested")
    assert issubclass(WrongState, Refused)
    assert issubclass(NotAllowed, Refused)
