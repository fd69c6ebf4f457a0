"""A signed yes that a rule lets count twice is no forgery; one that nobody gave is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from signoff.kernel.state import Mode
from signoff.read.signatures import Fault
from tests.evidence.forger import Rows, classes, rewrite, rows_of
from tests.evidence.office import Office

TWICE = """
signoff: 1
process: twice
lang: en
data: {price: {type: integer, default: 3}}
roles: {maker: {group: makers}, boss: {group: bosses}, anybody: {group: bosses}}
start: {by: [maker]}
steps:
  - gate: release
    binds: [price]
    approve:
      - {by: boss, need: all, sign: key, declined: end}
      - {by: anybody, need: all, same_person: skip, declined: end}
"""


@pytest.fixture
def office(sqlite_template: Path, tmp_path: Path) -> Iterator[Office]:
    path = tmp_path / "signoff.db"
    path.write_bytes(sqlite_template.read_bytes())
    office = Office(f"sqlite:///{path}")
    office.engine.deploy(TWICE)
    yield office
    office.close()


def test_a_yes_that_counts_twice_verifies_and_rests_on_its_signature(office: Office) -> None:
    gate = office.engine.start("twice", by="ann").opened[0]
    office.approve(gate, "bob")
    done = office.approve(gate, "cid")
    assert done.status == "completed"
    automatic = [each for each in done.events if getattr(each, "mode", None) is Mode.AUTO]
    assert len(automatic) == 2
    assert office.engine.verify().findings == ()

    def unsign(rows: Rows) -> None:
        rows[-2].pop("signed")

    rewrite(office, done.instance, unsign)
    assert Fault.UNSIGNED in classes(office)
    assert len(rows_of(office, done.instance)) == 3
