"""People are called by their names, and by their ids too where two share one."""

import pytest

from signoff import Engine, StaticDirectory
from signoff.runtime.enrolment import import_people
from signoff.runtime.people import read_people
from signoff.store import migrations

PEOPLE = """signoff_people: 1
people:
  lin: {name: 林}
  wei: {name: 王伟}
  wei2: {name: 王伟, active: false}
  bare: {}
"""


@pytest.fixture
def engine(database: str) -> Engine:
    engine = Engine(database)
    migrations.create(engine.core.database)
    import_people(engine.core, read_people(PEOPLE, "p.yaml"), by="root")
    return engine


def test_people_are_called_by_their_names(engine: Engine) -> None:
    assert engine.names(["lin", "bare", "nobody"]) == {"lin": "林", "bare": "bare"}
    assert engine.names([]) == {}
    engine.dispose()


def test_who_shares_a_name_is_told_apart_even_from_who_is_not_shown(engine: Engine) -> None:
    assert engine.names(["wei"]) == {"wei": "王伟 (wei)"}
    engine.dispose()


def test_a_directory_that_cannot_count_compares_those_who_are_shown() -> None:
    people = StaticDirectory({"a": {"name": "Kim"}, "b": {"name": "Kim"}, "c": {"name": "Lee"}})
    engine = Engine("sqlite://", directory=people)
    assert engine.names(["a", "b", "c"]) == {"a": "Kim (a)", "b": "Kim (b)", "c": "Lee"}
    engine.dispose()
