"""The people file: everything wrong is told at once, with line and column."""

from datetime import UTC, datetime

import pytest

from signoff.errors import InvalidDefinition
from signoff.runtime.contact import Contact
from signoff.runtime.directory import SqlDirectory, StaticDirectory
from signoff.runtime.people import read_people
from signoff.store.database import Database
from signoff.store.people import Individual, take_in

GOOD = """\
signoff_people: 1
groups: {管理层: {name: 公司管理层}, 市场专员: {}}
people:
  zhang-san:
    name: 张三
    groups: [市场专员]
    manager: li-si
    department: 市场部
    title: 经理
    logins: [zhang]
    mail: zhang@example.com
    leads: [财务]
    lang: en
  li-si: {name: 李四, groups: [管理层], admin: true}
  old: {active: false}
"""


def codes(text: str) -> list[tuple[str, int, int]]:
    with pytest.raises(InvalidDefinition) as refused:
        read_people(text, "people.yaml")
    return [(p.code, p.place.line, p.place.column) for p in refused.value.problems if not p.warning]


def test_a_whole_file_is_read() -> None:
    found = read_people(GOOD, "people.yaml")
    assert found.people["zhang-san"] == Individual(
        id="zhang-san",
        name="张三",
        groups=("市场专员",),
        manager="li-si",
        department="市场部",
        title="经理",
        logins=("zhang",),
        mail="zhang@example.com",
        leads=("财务",),
        lang="en",
    )
    assert found.people["old"] == Individual(id="old", name="old", active=False)
    assert found.warnings == ()
    assert StaticDirectory(found.people).manager("zhang-san") == StaticDirectory(found.people).person("li-si")


def test_a_group_that_only_a_person_names_is_created() -> None:
    assert read_people(GOOD).groups == {
        "管理层": "公司管理层",
        "市场专员": "市场专员",
        "财务": "财务",
    }


def test_all_problems_come_at_once_with_line_and_column() -> None:
    text = """\
signoff_people: 1
gruops: {}
people:
  a: {nmae: A, manager: bb, admin: yes, logins: [x]}
  b: {manager: c, logins: [x], lang: fr}
  c: {manager: b, groups: [{}], mail: [1]}
  d: x
"""
    assert codes(text) == [
        ("people_unknown_key", 2, 1),
        ("people_unknown_key", 4, 7),
        ("people_unknown_manager", 4, 25),
        ("Y04", 4, 36),
        ("people_manager_cycle", 5, 16),
        ("people_login_twice", 5, 28),
        ("people_unknown_lang", 5, 38),
        ("people_not_a_text", 6, 28),
        ("people_not_a_text", 6, 39),
        ("people_not_a_mapping", 7, 6),
    ]


def test_a_misspelt_key_or_manager_is_guessed() -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read_people(
            "signoff_people: 1\npeople:\n  lin: {admin: true}\n  ma: {managr: x, manager: linn}\n", "p.yaml"
        )
    by_code = {problem.code: problem.params["hint"]["en"] for problem in refused.value.problems}
    assert "manager" in by_code["people_unknown_key"]
    assert "lin" in by_code["people_unknown_manager"]


def test_a_ring_of_managers_is_told_once_and_in_full() -> None:
    text = "signoff_people: 1\npeople:\n  a: {manager: b}\n  b: {manager: c}\n  c: {manager: b}\n  d: {manager: d}\n"
    with pytest.raises(InvalidDefinition) as refused:
        read_people(text)
    assert [p.params["ring"] for p in refused.value.problems if p.code == "people_manager_cycle"] == [
        "b → c → b",
        "d → d",
    ]


def test_a_very_long_chain_of_managers_is_read_fast() -> None:
    lines = "".join(f"  p{n}: {{manager: p{n + 1}}}\n" for n in range(3_000))
    found = read_people(f"signoff_people: 1\npeople:\n{lines}  p3000: {{admin: true}}\n")
    assert len(found.people) == 3_001


@pytest.mark.parametrize("text", ["", "- a", "just text", "people: {}", "signoff_people: 2\npeople: {}"])
def test_another_file_is_refused(text: str) -> None:
    assert codes(text)


def test_a_people_list_instead_of_a_mapping_is_refused() -> None:
    assert codes("signoff_people: 1\npeople: [a, b]\n") == [("people_not_a_mapping", 2, 9)]


@pytest.mark.parametrize(
    "text",
    [
        "signoff_people: 1\npeople: {a: &x {}, b: *x}\n",
        "signoff_people: 1\npeople: {a: {}, a: {}}\n",
        "signoff_people: 1\npeople: !!python/object:os.system {}\n",
        "signoff_people: 1\npeople: " + "[" * 5_000,
        "signoff_people: 1\nx: '" + "y" * 1_100_000 + "'\n",
    ],
)
def test_what_harms_a_yaml_reader_is_refused(text: str) -> None:
    assert codes(text)


def test_a_file_without_an_administrator_is_read_with_a_warning() -> None:
    found = read_people("signoff_people: 1\npeople:\n  a: {admin: true, active: false}\n")
    assert [(warning.code, warning.place.line) for warning in found.warnings] == [("people_no_admin", 2)]


def test_a_group_close_to_a_declared_one_is_pointed_out() -> None:
    text = "signoff_people: 1\ngroups: {marketing: {}}\npeople:\n  a: {admin: true, groups: [marketng]}\n"
    found = read_people(text)
    assert [(warning.code, warning.params["near"]) for warning in found.warnings] == [
        ("people_group_near", "marketing")
    ]


def test_what_was_read_can_be_imported_and_found(db: Database) -> None:
    found = read_people(GOOD)
    with db.write() as handle:
        done = take_in(handle.connection, found.content(), by="root", at=datetime(2027, 1, 1, tzinfo=UTC))
    assert {"zhang-san", "li-si", "old", "group 财务"} <= set(done.added)
    directory = SqlDirectory(db)
    assert [person.name for person in directory.leads("财务")] == ["张三"]
    assert directory.login("zhang") == directory.person("zhang-san")
    assert directory.contact("zhang-san") == Contact("zhang-san", "张三", "zhang@example.com", "en")
    with db.write() as handle:
        assert not take_in(handle.connection, found.content(), by="root", at=datetime(2027, 1, 2, tzinfo=UTC))
