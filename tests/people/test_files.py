"""Files of people: the whole organisation in YAML or in separated values, and every fault told at its place."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from signoff.errors import InvalidDefinition
from signoff.model.authority import Band, Grant, Limit, Signer, SignerKind, Verb
from signoff.runtime.enrolment import people_file
from signoff.runtime.people import PeopleFile, read_people
from signoff.store import people
from signoff.store.database import Database
from signoff.store.organisation import Department
from tests.people.firm import AT

WHOLE = """\
signoff_people: 1
currency: CNY
groups: {finance: {name: 财务, limits: {budget: 2万}}, board: {}}
titles: {总监: {limits: {budget: "50,000", contract: 10000 USD}}}
departments:
  hq: {name: 总部, head: gm}
  sales: {parent: hq, head: lin}
people:
  gm: {admin: true, department: hq, title: 总经理, limits: {budget: unlimited}}
  lin: {groups: [board], manager: gm, department: sales, title: 总监}
  chen: {groups: [finance], manager: lin, department: sales, limits: {budget: 500}}
substitutes:
  - {for: lin, by: chen, from: "2026-10-01", until: "2026-10-08", process: campaign, up_to: 5000, category: budget}
  - {id: G2, for: gm, by: lin, from: "2026-10-01 12:00", until: "2026-10-02", onward: true, reason: 出差}
authority:
  - {for: ads, below: 5000, approve: [{head: sales}]}
  - {for: ads, from: 5000, department: sales, approve: [{title: 总监, as: review}, {person: gm}]}
"""
PEOPLE_CSV = """\
工号,姓名,组,上级,部门,职务,管理员,额度
gm,总经理,,,hq,总经理,是,budget unlimited
lin,林,board,gm,sales,总监,,
chen,"陈 ""小"" 军",finance；board,lin,sales,,否,budget 500; travel: 300 USD
"""
SUBSTITUTES_CSV = """\
for,by,from,until,process,up_to,category
lin,chen,2026-10-01,2026-10-08,campaign,5000,budget
"""
AUTHORITY_CSV = """\
for,from,below,department,approve
ads,,5000,,head sales
ads,5000,,sales,review title 总监; person gm
"""
DEPARTMENTS_CSV = """\
id,name,parent,head
hq,总部,,gm
sales,,hq,lin
"""
TENTH = datetime(2026, 9, 30, 16, tzinfo=UTC)


def codes(text: str, name: str = "people.yaml") -> list[tuple[str, int, int]]:
    with pytest.raises(InvalidDefinition) as refused:
        read_people(text, name)
    return [(p.code, p.place.line, p.place.column) for p in refused.value.problems if not p.warning]


def written(folder: Path, **files: str) -> list[Path]:
    for name, text in files.items():
        (folder / f"{name}.csv").write_bytes(text.encode("gb18030" if name == "people" else "utf-8-sig"))
    return [folder / f"{name}.csv" for name in files]


def limits(found: PeopleFile, who: str) -> dict[str, Decimal | None]:
    return {each.category: each.amount for each in found.people[who].limits}


def test_a_whole_organisation_is_read_from_yaml() -> None:
    found = read_people(WHOLE, "people.yaml")
    assert limits(found, "gm") == {"budget": None}
    assert limits(found, "chen") == {"budget": Decimal(500)}
    organisation = found.organisation
    assert organisation.departments == {
        "hq": Department("hq", "总部", "", "gm"),
        "sales": Department("sales", "sales", "hq", "lin"),
    }
    assert organisation.limits == {
        ("group", "finance"): (Limit("budget", Decimal(20000), "CNY"),),
        ("title", "总监"): (Limit("budget", Decimal(50000), "CNY"), Limit("contract", Decimal(10000), "USD")),
    }
    assert organisation.grants is not None
    assert organisation.grants["lin-chen-2026-10-01"] == Grant(
        "lin-chen-2026-10-01",
        "lin",
        "chen",
        TENTH,
        datetime(2026, 10, 7, 16, tzinfo=UTC),
        process="campaign",
        category="budget",
        most=Decimal(5000),
        currency="CNY",
    )
    assert organisation.grants["G2"].since == datetime(2026, 10, 1, 4, tzinfo=UTC)
    assert organisation.grants["G2"].onward
    assert organisation.bands == (
        Band("ads", Decimal(0), Decimal(5000), "CNY", (Signer(SignerKind.HEAD, "sales"),)),
        Band(
            "ads",
            Decimal(5000),
            None,
            "CNY",
            (Signer(SignerKind.TITLE, "总监", Verb.REVIEW), Signer(SignerKind.PERSON, "gm")),
            department="sales",
        ),
    )


def test_separated_values_say_the_same_as_yaml(tmp_path: Path) -> None:
    paths = written(
        tmp_path,
        people=PEOPLE_CSV,
        substitutes=SUBSTITUTES_CSV,
        authority=AUTHORITY_CSV,
        departments=DEPARTMENTS_CSV,
    )
    found, yaml = people_file(*paths), read_people(WHOLE, "people.yaml")
    assert found.people["chen"].name == '陈 "小" 军'
    assert found.people["chen"].groups == ("finance", "board")
    assert limits(found, "chen") == {"budget": Decimal(500), "travel": Decimal(300)}
    assert found.people["gm"].admin
    assert not found.people["chen"].admin
    assert found.organisation.bands == yaml.organisation.bands
    assert found.organisation.departments == yaml.organisation.departments
    assert found.organisation.grants is not None
    assert yaml.organisation.grants is not None
    first = next(iter(found.organisation.grants))
    assert found.organisation.grants[first] == yaml.organisation.grants[first]


def test_what_was_read_is_imported_and_a_file_of_substitutes_alone_leaves_the_people(
    db: Database, tmp_path: Path
) -> None:
    with db.write() as handle:
        whole = read_people(WHOLE, "people.yaml").content()
        people.take_in(handle.connection, whole, by="gm", at=AT)
    alone = people_file(*written(tmp_path, substitutes=SUBSTITUTES_CSV))
    with db.write() as handle:
        done = people.take_in(handle.connection, alone.content(), by="gm", at=AT)
    assert (done.added, done.changed, done.removed) == ((), (), ("substitute G2",))


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ("zone: Mars", "people_unknown_zone", 7),
        ("departments: {x: {head: nobody}}", "directory_unknown_head", 15),
        ("departments: {x: {parent: z}}", "directory_unknown_department", 15),
        ("departments: {x: {chief: z}}", "people_unknown_key", 19),
        ("departments: [x]", "people_not_a_mapping", 14),
        ("substitutes: {for: a}", "people_not_a_list", 14),
        ('substitutes: [{by: a, from: "2026-10-01", until: "2026-10-02"}]', "people_missing_key", 15),
        ('substitutes: [{for: a, by: b, from: soon, until: "2026-10-02"}]', "people_not_a_day", 37),
        (
            'substitutes: [{for: a, by: b, from: "2026-10-02", until: "2026-10-02"}]',
            "directory_substitute_dates",
            15,
        ),
        (
            'substitutes: [{for: a, by: a, from: "2026-10-01", until: "2026-10-02"}]',
            "directory_substitute_self",
            15,
        ),
        (
            'substitutes: [{for: a, by: c, from: "2026-10-01", until: "2026-10-02"}]',
            "directory_unknown_person",
            15,
        ),
        (
            'substitutes: [{for: a, by: b, from: "2026-10-01", until: "2026-10-02", up_to: much}]',
            "people_not_an_amount",
            79,
        ),
        ("authority: [{for: ads, approve: [{person: a, title: b}]}]", "people_signer", 34),
        ("authority: [{for: ads, approve: [{person: a, as: nod}]}]", "people_unknown_verb", 50),
        ("authority: [{for: ads, approve: [{person: c}]}]", "directory_band_stranger", 13),
        ("authority: [{for: ads, from: 5, below: 5, approve: [{person: a}]}]", "directory_band_empty", 13),
        ("authority: [{for: ads, approve: []}]", "directory_band_nobody", 13),
    ],
)
def test_each_fault_is_told_at_its_place(line: str, code: str, column: int) -> None:
    text = f"signoff_people: 1\npeople: {{a: {{admin: true}}, b: {{}}}}\n{line}\n"
    assert codes(text) == [(code, 3, column)]


def test_a_ring_of_substitutes_is_refused_and_two_for_each_other_are_not() -> None:
    one = '{for: a, by: b, from: "2026-10-01", until: "2026-10-09"ONWARD}'
    two = '{for: b, by: a, from: "2026-10-05", until: "2026-10-12"ONWARD}'
    text = f"signoff_people: 1\npeople: {{a: {{admin: true}}, b: {{}}}}\nsubstitutes:\n  - {one}\n  - {two}\n"
    assert codes(text.replace("ONWARD", ", onward: true")) == [("directory_substitute_circle", 5, 5)]
    assert read_people(text.replace("ONWARD", ""), "people.yaml").organisation.grants


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name,chief\na,b\n", [("people_heading", 1, 1)]),
        ("", [("people_heading", 1, 1)]),
        ("id,name,chief\na,A,b\n", [("people_unknown_key", 1, 9)]),
        ("id,manager\na,\nb,zz\n", [("people_unknown_manager", 3, 3)]),
        ("id,admin\na,perhaps\n", [("people_not_a_truth", 2, 3)]),
        ("id,name\na,A\na,B\n", [("people_twice", 3, 1)]),
        ('id,name\na,"A\nb,B\n', [("people_quotes", 2, 3)]),
        ("id,name\na,A,more\n", [("people_cells", 2, 5)]),
        ('id,name,limits\na,"two\nlines",budget\n', [("people_not_an_amount", 3, 8)]),
        ("id,limits\na,budget many\n", [("people_not_an_amount", 2, 3)]),
        ("id,name\n,A\n", [("people_no_id", 2, 1)]),
        ("id,manager\na,b\nb,a\nc,zz\n", [("people_manager_cycle", 2, 3), ("people_unknown_manager", 4, 3)]),
    ],
)
def test_faults_of_separated_values_have_line_and_column(
    text: str, found: list[tuple[str, int, int]]
) -> None:
    assert codes(text, "people.csv") == found


def test_faults_of_several_files_come_together_each_with_its_file(tmp_path: Path) -> None:
    files = {"people": PEOPLE_CSV.replace("lin,sales", "nobody,sales"), "substitutes": SUBSTITUTES_CSV}
    files["substitutes"] = files["substitutes"].replace("lin,chen", "lin,zhou")
    with pytest.raises(InvalidDefinition) as refused:
        people_file(*written(tmp_path, **files))
    assert [(str(p.place), p.code) for p in refused.value.problems if not p.warning] == [
        ("people.csv:4:32", "people_unknown_manager"),
        ("substitutes.csv:2:1", "directory_unknown_person"),
    ]


def test_reading_changes_no_person(tmp_path: Path) -> None:
    found = people_file(*written(tmp_path, people=PEOPLE_CSV))
    assert found.people["lin"] == replace(found.people["lin"], id="lin", manager="gm", title="总监")
