"""Links of system chains that say something in no known form: found, and nothing stops because of them."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from signoff.runtime.enrolment import import_people
from signoff.runtime.keys import revoke_key
from signoff.runtime.people import read_people
from tests.evidence.forger import Rows, classes, rewrite_chain
from tests.evidence.office import Office

ODD: tuple[Any, ...] = (7, "2027-01-01", [1])
# What no row is compared with.
FREE = {"reason", "at", "mode", "by", "kind", "format", "new", "removed"}
PEOPLE = """
signoff_people: 1
groups: {makers: {name: Makers, limits: {budget: 5}}}
people:
  ann: {name: Ann, groups: [makers], limits: {budget: 10}}
  bob: {name: Bob, manager: ann, admin: true}
departments: {sales: {name: Sales, head: ann}}
"""


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    path = tmp_path / "signoff.db"
    path.write_bytes(sqlite_template.read_bytes())
    office = Office(f"sqlite:///{path}")
    import_people(office.engine.core, read_people(PEOPLE), by="root")
    import_people(office.engine.core, read_people(PEOPLE.replace("Ann", "Anna")), by="root")
    office.approve(office.waiting(), "bob")
    revoke_key(office.engine.core, office.signer["cid"].key, reason="lost", by="root")
    yield office
    office.close()


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if way:
        yield way
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*way, key))


@pytest.mark.parametrize("name", ["keys", "directory", "deployment"])
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_a_part_of_a_link_of_another_form_stops_no_check(office: Office, name: str, odd: Any) -> None:
    found: Rows = []
    rewrite_chain(office, name, lambda rows: found.extend(deepcopy(rows)))
    whole = {way[:2] for row in found for way in places(row) if way[0] == "content"}
    for way in sorted(whole, key=str):

        def forge(rows: Rows, way: tuple[Any, ...] = way) -> None:
            rows[:] = deepcopy(found)
            for row in rows:
                part = row if len(way) == 1 else row["content"]
                if way[-1] in part:
                    part[way[-1]] = odd

        rewrite_chain(office, name, forge)
        assert classes(office) or FREE & {*way}, way


@pytest.mark.parametrize("name", ["keys", "directory", "deployment"])
def test_a_link_that_says_nothing_is_named(office: Office, name: str) -> None:
    assert classes(office) == set()
    rewrite_chain(office, name, lambda rows: rows[0].update(content=None))
    assert "unreadable" in classes(office)
