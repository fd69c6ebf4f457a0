"""Terms become a roster: in order, each person once per role, never somebody who left, and told how."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, event

from signoff.kernel.state import Person
from signoff.runtime.contact import Contact
from signoff.runtime.directory import Directory, SqlDirectory, Standing, StaticDirectory
from signoff.runtime.roster import Roster, resolve
from signoff.store.database import Database
from signoff.store.people import Individual, People, take_in

PEOPLE: dict[str, dict[str, Any]] = {
    "root": {"name": "总经理", "admin": True},
    "li": {"name": "李四", "groups": ["management"], "manager": "root", "leads": ["marketing"]},
    "zhang": {
        "groups": ["marketing"],
        "manager": "li",
        "department": "市场部",
        "logins": ["zs"],
        "mail": "z@x.cn",
    },
    "wang": {"groups": ["marketing", "management"], "manager": "left"},
    "left": {"groups": ["management", "marketing"], "manager": "root", "active": False, "admin": True},
}


@pytest.fixture
def directory() -> Directory:
    return StaticDirectory(PEOPLE)


def found(directory: Directory, *terms: list[Any]) -> list[tuple[str, str]]:
    return [(person.id, person.role) for person in resolve(directory, terms).people]


def test_a_person_is_given_as_a_snapshot(directory: Directory) -> None:
    assert directory.person("zhang") == Person("zhang", "zhang", "市场部", "", ("marketing",))
    assert directory.contact("zhang") == Contact("zhang", "zhang", "z@x.cn", active=True)
    assert directory.login("zs") == directory.person("zhang")
    assert directory.login("nobody") is None
    assert directory.standing("li") == Standing(
        "li", "李四", frozenset({"management"}), frozenset({"marketing"}), admin=False
    )
    assert directory.groups("wang") == {"marketing", "management"}


def test_somebody_who_left_is_found_only_as_a_contact(directory: Directory) -> None:
    assert directory.person("left") is None
    assert directory.groups("left") == frozenset()
    assert directory.standing("left") is None
    assert directory.contact("left") == Contact("left", "left", active=False)
    assert [person.id for person in directory.admins()] == ["root"]
    assert found(directory, ["group", "management"], ["person", "left"], ["people", ["left"], "x"]) == [
        ("li", ""),
        ("wang", ""),
    ]


def test_terms_are_united_in_order_with_one_entry_per_person_and_role(directory: Directory) -> None:
    terms = (
        ["role", "a", ["group", "management"]],
        ["role", "b", ["person", "li"]],
        ["role", "a", ["person", "li"]],
    )
    assert found(directory, *terms) == [("li", "a"), ("wang", "a"), ("li", "b")]


def test_people_whom_the_process_names_keep_their_id_when_nobody_knows_them(directory: Directory) -> None:
    assert found(directory, ["people", ["guest", "zhang"], "starter"]) == [
        ("guest", "starter"),
        ("zhang", "starter"),
    ]
    assert resolve(directory, [["people", ["zhang"], ""]]).people[0].department == "市场部"
    assert found(directory, ["person", "guest"]) == []


def test_the_lead_of_a_group_and_of_a_persons_groups(directory: Directory) -> None:
    assert found(directory, ["lead_of", ["group", "marketing"]]) == [("li", "")]
    assert found(directory, ["lead_of", ["role", "staff", ["group", "marketing"]]]) == [("li", "")]
    assert found(directory, ["lead_of", ["people", ["zhang"], ""]]) == [("li", "")]
    assert found(directory, ["lead_of", ["group", "unheard"]]) == []


def test_a_manager_is_found_by_levels_and_above_the_root_is_nobody(directory: Directory) -> None:
    zhang = ["people", ["zhang"], "starter"]
    assert found(directory, ["manager_of", zhang, 1]) == [("li", "")]
    assert found(directory, ["manager_of", zhang, 2]) == [("root", "")]
    assert found(directory, ["manager_of", zhang, 3]) == []
    assert found(directory, ["manager_of", ["person", "root"], 1]) == []


def test_a_manager_who_left_counts_as_a_level_but_is_nobody(directory: Directory) -> None:
    assert found(directory, ["manager_of", ["person", "wang"], 1]) == []
    assert found(directory, ["manager_of", ["person", "wang"], 2]) == [("root", "")]


def test_several_share_a_manager_who_stands_there_once(directory: Directory) -> None:
    assert found(directory, ["role", "boss", ["manager_of", ["people", ["zhang", "li"], ""], 1]]) == [
        ("li", "boss"),
        ("root", "boss"),
    ]
    assert found(directory, ["manager_of", ["group", "marketing"], 2]) == [("root", "")]


def test_a_fallback_counts_only_when_nobody_was_found(directory: Directory) -> None:
    assert found(directory, ["else", ["group", "management"], ["admins"]]) == [("li", ""), ("wang", "")]
    assert found(directory, ["role", "fin", ["else", ["group", "finance"], ["admins"]]]) == [("root", "fin")]


def test_people_are_left_out_where_a_term_says_so(directory: Directory) -> None:
    left_out = ["except", ["role", "boss", ["group", "management"]], ["li", "zhang"]]
    assert found(directory, left_out) == [("wang", "boss")]
    assert resolve(directory, [left_out]).provenance == "boss: group management → li, wang; without li"
    assert found(directory, ["else", ["except", ["person", "li"], ["li"]], ["admins"]]) == [("root", "")]
    assert found(directory, ["manager_of", ["except", ["people", ["li", "zhang"], ""], ["li"]], 1]) == [
        ("li", "")
    ]


def test_the_provenance_tells_how_each_was_found(directory: Directory) -> None:
    roster = resolve(
        directory,
        [
            ["role", "boss", ["else", ["manager_of", ["person", "root"], 1], ["group", "management"]]],
            ["admins"],
        ],
    )
    assert roster.provenance == (
        "boss: manager of root → nobody; boss: group management → li, wang; administrators → root"
    )


def test_the_provenance_of_a_large_group_stays_short() -> None:
    directory = StaticDirectory({f"p{n}": {"groups": ["all"]} for n in range(500)})
    roster = resolve(directory, [["group", "all"]])
    assert len(roster.people) == 500
    assert roster.provenance.endswith("p19, … 500 in all")


def test_no_terms_give_an_empty_roster(directory: Directory) -> None:
    assert resolve(directory, []) == Roster((), "")


def test_a_ring_of_managers_ends() -> None:
    directory = StaticDirectory({"a": {"manager": "b"}, "b": {"manager": "a"}})
    assert found(directory, ["manager_of", ["person", "a"], 5]) == [("b", "")]


def test_a_field_that_no_person_has_is_an_error() -> None:
    with pytest.raises(TypeError, match="group"):
        StaticDirectory({"a": {"group": ["x"]}})


def test_members_may_be_given_ready_made() -> None:
    assert StaticDirectory({"a": Individual(id="a", groups=("g",))}).groups("a") == {"g"}


_BASE = st.one_of(
    st.sampled_from(sorted(PEOPLE)).map(lambda who: ["person", who]),
    st.sampled_from(["management", "marketing", "none"]).map(lambda name: ["group", name]),
    st.lists(st.sampled_from([*sorted(PEOPLE), "guest"]), max_size=3).map(
        lambda ids: ["people", ids, "given"]
    ),
    st.just(["admins"]),
)
_TERM = st.recursive(
    _BASE,
    lambda inner: st.one_of(
        st.tuples(st.just("lead_of"), inner).map(list),
        st.tuples(st.just("manager_of"), inner, st.integers(1, 3)).map(list),
        st.tuples(st.just("role"), st.sampled_from("ab"), inner).map(list),
        st.tuples(st.just("except"), inner, st.lists(st.sampled_from(sorted(PEOPLE)), max_size=2)).map(list),
        st.tuples(st.just("else"), inner, inner).map(list),
    ),
    max_leaves=4,
)


@given(st.lists(_TERM, max_size=4))
def test_no_roster_holds_somebody_who_left_or_the_same_role_twice(terms: list[list[Any]]) -> None:
    roster = resolve(StaticDirectory(PEOPLE), terms)
    keys = [(person.id, person.role) for person in roster.people]
    assert len(keys) == len(set(keys))
    assert "left" not in {person.id for person in roster.people}
    assert all(
        person.role in ("a", "b")
        for person in resolve(StaticDirectory(PEOPLE), [["role", "a", term] for term in terms]).people
    )
    assert resolve(StaticDirectory(PEOPLE), terms) == roster


@pytest.fixture
def stored(db: Database) -> SqlDirectory:
    people = People({who: Individual(**{**given, "id": who}) for who, given in PEOPLE.items()}, {})
    with db.write() as handle:
        take_in(handle.connection, people, by="root", at=datetime(2027, 1, 1, tzinfo=UTC))
    return SqlDirectory(db)


@pytest.fixture(params=[None, "write"])
def connection(
    request: pytest.FixtureRequest, db: Database, stored: SqlDirectory
) -> Iterator[Connection | None]:
    """None: each look-up in a transaction of its own; else that of a command."""
    if request.param is None:
        yield None
        return
    with db.write() as handle:
        yield handle.connection


def test_the_stored_directory_answers_like_the_one_in_memory(
    stored: SqlDirectory, connection: Connection | None
) -> None:
    memory: Any = StaticDirectory(PEOPLE)
    for asked, values in (
        ("person", [*PEOPLE, "guest"]),
        ("contact", [*PEOPLE, "guest"]),
        ("groups", [*PEOPLE, "guest"]),
        ("standing", [*PEOPLE, "guest"]),
        ("members", ["management", "marketing", "none"]),
        ("leads", ["management", "marketing", "none"]),
        ("login", ["zs", "none"]),
    ):
        for value in values:
            given = getattr(stored, asked)(value, connection=connection)
            assert _comparable(given) == _comparable(getattr(memory, asked)(value)), (asked, value)
    for who in PEOPLE:
        for levels in (1, 2, 3):
            assert stored.manager(who, levels, connection=connection) == memory.manager(who, levels)
    assert stored.admins(connection=connection) == list(memory.admins())


def _comparable(given: Any) -> Any:
    """Without the order of persons and of the groups of one person, which the database keeps by id."""
    if isinstance(given, Person):
        return replace(given, groups=tuple(sorted(given.groups)))
    if isinstance(given, list | tuple):
        return sorted((_comparable(person) for person in given), key=lambda person: person.id)
    return given


def test_a_roster_is_resolved_from_the_database_in_the_commands_transaction(
    stored: SqlDirectory, connection: Connection | None
) -> None:
    terms: list[list[Any]] = [
        ["role", "lead", ["lead_of", ["group", "marketing"]]],
        ["role", "boss", ["else", ["manager_of", ["people", ["zhang"], "starter"], 3], ["admins"]]],
    ]
    roster = resolve(stored, terms, connection)
    assert [(person.id, person.name, person.role) for person in roster.people] == [
        ("li", "李四", "lead"),
        ("root", "总经理", "boss"),
    ]


def test_a_plain_question_costs_one_statement(db: Database, stored: SqlDirectory) -> None:
    counted: list[str] = []

    def count(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        counted.append(statement)

    questions: list[list[Any]] = [
        ["group", "management"],
        ["person", "li"],
        ["people", ["zhang"], "starter"],
        ["lead_of", ["group", "marketing"]],
        ["manager_of", ["people", ["zhang"], "starter"], 2],
        ["admins"],
    ]
    with db.write() as handle:
        stored.admins(connection=handle.connection)
        event.listen(handle.connection, "before_cursor_execute", count)
        for term in questions:
            counted.clear()
            assert resolve(stored, [["role", "r", term]], handle.connection).people
            assert len(counted) == 1, (term, counted)
