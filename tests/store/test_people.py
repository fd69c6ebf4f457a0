"""What the built-in directory promises: imports that change only what differs, and look-ups that know who left."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from signoff.errors import Invalid
from signoff.store import chain, codec, people
from signoff.store.database import Database
from signoff.store.people import Import, Imported, Individual, People
from signoff.store.schema import login, membership, person

AT = datetime(2027, 1, 1, tzinfo=UTC)


def directory(*persons: Individual, **groups: str) -> People:
    return People({each.id: each for each in persons}, groups)


LIN = Individual(
    id="lin", name="林", groups=("staff",), manager="wang", logins=("lin", "linx"), mail="lin@example.org"
)
WANG = Individual(
    id="wang", name="王", groups=("staff", "management"), manager="chen", leads=("staff",), title="主管"
)
CHEN = Individual(id="chen", groups=("management",), admin=True, lang="en", department="D1")
GONE = Individual(id="gone", groups=("staff",), leads=("staff",), admin=True, active=False, logins=("gone",))
ALL = directory(LIN, WANG, CHEN, GONE, staff="员工", empty="空")


def take_in(db: Database, content: People, mode: Import = Import.REPLACE) -> Imported:
    with db.write() as handle:
        return people.take_in(handle.connection, content, mode=mode, by="chen", at=AT)


def ask(db: Database, look_up: Any, *arguments: Any) -> Any:
    with db.read() as handle:
        return look_up(handle.connection, *arguments)


def ids(found: list[Individual]) -> list[str]:
    return [each.id for each in found]


def records(db: Database) -> list[Any]:
    return [codec.parse(link.bytes)["content"] for link in ask(db, chain.links, "directory")]


def test_what_was_imported_is_there(db: Database) -> None:
    done = take_in(db, ALL)
    assert done.added == ("chen", "gone", "group empty", "group management", "group staff", "lin", "wang")
    found = ask(db, people.everybody)
    assert found.groups == {"empty": "空", "management": "management", "staff": "员工"}
    assert found.persons["lin"] == LIN
    assert found.persons["wang"] == Individual(
        id="wang", name="王", groups=("management", "staff"), manager="chen", leads=("staff",), title="主管"
    )
    assert found.persons["chen"].name == "chen"


def test_importing_the_same_again_changes_nothing_and_records_nothing(db: Database) -> None:
    take_in(db, ALL)
    before = ask(db, chain.head_of, "directory")
    for mode in Import:
        assert not take_in(db, ALL, mode)
    assert ask(db, chain.head_of, "directory") == before
    assert before[0] == 1


def test_replacing_removes_whom_the_import_does_not_name(db: Database) -> None:
    take_in(db, ALL)
    done = take_in(db, directory(CHEN, Individual(id="wang", name="王"), management=""))
    assert done == Imported((), ("wang",), ("gone", "group empty", "group staff", "lin"))
    assert list(ask(db, people.everybody).persons) == ["chen", "wang"]
    assert ask(db, people.members, "staff") == []
    with db.read() as handle:
        assert handle.execute(select(login)).all() == []
        assert [row.person for row in handle.execute(select(membership)).all()] == ["chen"]


def test_merging_leaves_alone_whom_the_import_does_not_name(db: Database) -> None:
    take_in(db, ALL)
    moved = Individual(id="lin", name="林", groups=("audit",), manager="chen")
    done = take_in(db, directory(moved), Import.MERGE)
    assert done == Imported(("group audit",), ("lin",), ())
    assert ids(ask(db, people.members, "staff")) == ["wang"]
    assert ids(ask(db, people.members, "audit")) == ["lin"]
    assert ask(db, people.by_login, "lin") is None


def test_the_record_names_what_changed_but_no_address(db: Database) -> None:
    take_in(db, ALL)
    take_in(
        db,
        directory(Individual(id="lin", name="林", groups=("staff",), manager="chen", mail="new@example.org")),
        Import.MERGE,
    )
    first, second = records(db)
    assert first["persons"]["lin"]["groups"] == ["staff"]
    assert second == {
        "kind": "people",
        "mode": "merge",
        "by": "chen",
        "groups": {},
        "persons": {"lin": {"manager": "chen", "logins": [], "mail": None}},
        "removed": [],
    }
    assert "example.org" not in str((first, second))


def test_only_active_people_are_found(db: Database) -> None:
    take_in(db, ALL)
    assert ids(ask(db, people.members, "staff")) == ["lin", "wang"]
    assert ids(ask(db, people.leads, "staff")) == ["wang"]
    assert ids(ask(db, people.admins)) == ["chen"]
    assert ask(db, people.by_login, "gone") is None
    assert ask(db, people.groups_of, "gone") == frozenset()
    gone = ask(db, people.one, "gone")
    assert gone is not None
    assert not gone.active


def test_who_leads_a_group_is_not_thereby_a_member(db: Database) -> None:
    take_in(db, directory(CHEN, Individual(id="boss", leads=("staff",))))
    assert ids(ask(db, people.leads, "staff")) == ["boss"]
    assert ask(db, people.members, "staff") == []
    assert ask(db, people.groups_of, "boss") == frozenset()


def test_people_are_found_with_their_groups(db: Database) -> None:
    take_in(db, ALL)
    assert ask(db, people.by_login, "linx").snapshot().groups == ("staff",)
    assert ask(db, people.members, "management")[1].groups == ("management", "staff")
    assert ask(db, people.groups_of, "wang") == {"management", "staff"}
    assert ask(db, people.one, "nobody") is None
    assert ask(db, people.members, "nothing") == []


def test_the_manager_is_found_some_levels_up(db: Database) -> None:
    take_in(db, ALL)
    assert ask(db, people.manager, "lin").id == "wang"
    assert ask(db, people.manager, "lin", 2).id == "chen"
    assert ask(db, people.manager, "lin", 3) is None
    assert ask(db, people.manager, "nobody") is None
    with db.write() as handle:
        handle.execute(update(person).where(person.c.id == "wang").values(active=False))
    assert ask(db, people.manager, "lin") is None
    assert ask(db, people.manager, "lin", 2).id == "chen"


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (directory(), ["directory_empty"]),
        (directory(Individual(id=" ")), ["directory_bad_id"]),
        (People({"a": Individual(id="b")}, {}), ["directory_bad_id"]),
        (directory(Individual(id="a", manager="z")), ["directory_unknown_manager"]),
        (directory(Individual(id="a", manager="a")), ["directory_manager_cycle"]),
        (
            directory(
                Individual(id="a", manager="b", logins=("x",)), Individual(id="b", manager="a", logins=("x",))
            ),
            ["directory_manager_cycle", "directory_manager_cycle", "directory_login_twice"],
        ),
    ],
)
def test_what_cannot_be_is_refused_whole_with_all_findings(
    db: Database, content: People, codes: list[str]
) -> None:
    take_in(db, ALL)
    with pytest.raises(Invalid) as refused:
        take_in(db, content)
    assert [each.code for each in refused.value.missing or (refused.value,)] == codes
    assert len(ask(db, people.everybody).persons) == 4


def test_a_large_directory_can_change_as_a_whole(db: Database) -> None:
    everybody = [Individual(id=f"p{n}", groups=("all",)) for n in range(2000)]
    take_in(db, directory(*everybody))
    assert (
        len(
            take_in(db, directory(*(Individual(id=each.id, groups=("other",)) for each in everybody))).changed
        )
        == 2000
    )
    assert len(ask(db, people.members, "other")) == 2000
