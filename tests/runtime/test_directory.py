"""Terms become a roster: in order, each person once per role, never somebody who left, and told how."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.kernel.state import Person
from signoff.runtime.directory import Contact, Directory, Member, Roster, StaticDirectory, resolve

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
    assert directory.contact("zhang") == Contact("zhang", "zhang", "z@x.cn", "zh", active=True)
    assert directory.login("zs") == directory.person("zhang")
    assert directory.login("nobody") is None
    assert directory.groups("wang") == {"marketing", "management"}


def test_somebody_who_left_is_found_only_as_a_contact(directory: Directory) -> None:
    assert directory.person("left") is None
    assert directory.groups("left") == frozenset()
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
    assert StaticDirectory({"a": Member(id="a", groups=("g",))}).groups("a") == {"g"}


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
