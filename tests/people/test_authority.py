"""What the stored organisation answers: each question in one statement, and what was imported comes back whole."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from signoff.errors import Invalid
from signoff.model.authority import Limit, Verb
from signoff.store import authority, chain, codec, people
from signoff.store.database import Database
from signoff.store.organisation import Department, Organisation
from signoff.store.people import Import, Imported, People
from tests.people.firm import AT, BANDS, FIRM, GRANTS, LAST, PERSONS, grant, up_to


@pytest.fixture
def firm(db: Database) -> Database:
    take_in(db, FIRM)
    return db


def take_in(db: Database, content: People, mode: Import = Import.REPLACE) -> Imported:
    with db.write() as handle:
        return people.take_in(handle.connection, content, mode=mode, by="gm", at=AT)


def ask(db: Database, look_up: Any, *arguments: Any, **named: Any) -> Any:
    """The answer; the question was one statement."""
    seen: list[str] = []
    with db.read() as handle:
        note = lambda *given: seen.append(given[2])  # noqa: E731 - it is taken away again by name
        event.listen(handle.connection, "before_cursor_execute", note)
        try:
            found = look_up(handle.connection, *arguments, **named)
        finally:
            event.remove(handle.connection, "before_cursor_execute", note)
    assert len(seen) == 1, seen
    return found


def ids(found: Any) -> list[str]:
    return [each.id for each in found]


def held(limits: list[Limit]) -> set[tuple[str, str, Decimal | None]]:
    return {(each.holder, each.category, each.amount) for each in limits}


def test_an_organisation_comes_back_as_it_was_imported(firm: Database) -> None:
    with firm.read() as handle:
        found = people.everybody(handle.connection)
    assert found.organisation == FIRM.organisation
    assert found.persons["amy"].limits == (up_to(500, holder="amy"),)


def test_the_same_again_writes_nothing(firm: Database) -> None:
    assert not take_in(firm, FIRM)
    with firm.read() as handle:
        assert chain.length(handle.connection, "directory") == 1


def test_what_an_import_says_nothing_about_stays(firm: Database) -> None:
    everybody = {each.id: each for each in PERSONS}
    assert not take_in(firm, People(everybody, {"staff": "员工"}))
    left = {id: each for id, each in everybody.items() if id != "deputy"}
    done = take_in(firm, People(left, {"staff": "员工"}))
    assert done.removed == ("deputy", "substitute G1")


def test_what_an_import_says_replaces_and_is_recorded_whole(firm: Database) -> None:
    content = replace(FIRM, organisation=Organisation(grants={"G9": grant("G9", "vp", "amy")}, bands=()))
    done = take_in(firm, content)
    assert done.added == ("substitute G9",)
    assert done.removed == ("authority ads", "authority void", *(f"substitute G{n}" for n in range(1, 5)))
    with firm.read() as handle:
        *_, last = chain.links(handle.connection, "directory")
    record = codec.parse(last.bytes)["content"]
    assert record["authority"] == []
    assert [each["id"] for each in record["substitutes"]] == ["G9"]
    assert "departments" not in record


def test_merging_adds_and_replaces_by_name(firm: Database) -> None:
    given = Organisation({"west": Department("west", parent="sales")}, None, {"G9": grant("G9", "vp", "amy")})
    assert take_in(firm, People({}, {}, given), Import.MERGE).added == ("department west", "substitute G9")
    with firm.read() as handle:
        found = people.everybody(handle.connection).organisation
    assert found.grants is not None
    assert sorted(found.grants) == ["G1", "G2", "G3", "G4", "G9"]
    assert found.bands == BANDS


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (Organisation({"x": Department("x", head="nobody")}), "directory_unknown_head"),
        (Organisation({"x": Department("x", parent="y")}), "directory_unknown_department"),
        (Organisation({"x": Department("x", parent="x")}), "directory_department_cycle"),
        (Organisation(grants={"G": grant("G", "vp", "nobody")}), "directory_unknown_person"),
        (Organisation(grants={"G": grant("G", "vp", "vp")}), "directory_substitute_self"),
        (Organisation(grants={"G": grant("G", "vp", "gm", since=LAST)}), "directory_substitute_dates"),
        (
            Organisation(
                grants={
                    "A": grant("A", "vp", "gm", onward=True),
                    "B": grant("B", "gm", "vp", onward=True),
                }
            ),
            "directory_substitute_circle",
        ),
        (Organisation(bands=(replace(BANDS[0], below=Decimal(0)),)), "directory_band_empty"),
        (Organisation(bands=(replace(BANDS[0], signers=()),)), "directory_band_nobody"),
        (Organisation(bands=(BANDS[0], BANDS[0])), "directory_band_overlap"),
        (Organisation(departments={}, bands=BANDS[:1]), "directory_band_stranger"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    firm: Database, given: Organisation, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        take_in(firm, replace(FIRM, organisation=given))
    assert code in {refused.value.code, *(each.code for each in refused.value.missing)}
    with firm.read() as handle:
        assert people.everybody(handle.connection).organisation == FIRM.organisation


def test_two_who_stand_in_for_each_other_are_no_circle(firm: Database) -> None:
    given = {"A": grant("A", "vp", "gm"), "B": grant("B", "gm", "vp")}
    assert take_in(firm, replace(FIRM, organisation=Organisation(grants=given)))


def test_the_managers_above_come_nearest_first_without_who_left(firm: Database) -> None:
    assert ids(ask(firm, authority.managers, "amy")) == ["lead", "vp", "gm"]
    assert ids(ask(firm, authority.managers, "bo")) == ["vp", "gm"]
    assert ask(firm, authority.managers, "gm") == []
    assert ask(firm, authority.managers, "amy")[1].groups == ("board",)


def test_departments_and_titles_have_their_active_people(firm: Database) -> None:
    assert ids(ask(firm, authority.members, "east")) == ["amy", "bo"]
    assert ids(ask(firm, authority.titled, "总监")) == ["deputy", "lead"]


def test_the_way_up_names_the_head_of_every_department(firm: Database) -> None:
    steps = ask(firm, authority.upwards, people=("bo",), departments=("sales",))
    assert [(s.start, s.level, s.department, s.head and s.head.id) for s in steps] == [
        ("bo", 0, "east", "amy"),
        ("bo", 1, "sales", "lead"),
        ("bo", 2, "hq", "gm"),
        ("sales", 0, "sales", "lead"),
        ("sales", 1, "hq", "gm"),
    ]


def test_own_limits_go_before_those_of_group_and_title(firm: Database) -> None:
    found = held(ask(firm, authority.limits, ("amy", "deputy", "left", "gm")))
    assert found == {
        ("amy", "budget", Decimal(500)),
        ("amy", "travel", Decimal(300)),
        ("deputy", "budget", Decimal(1000)),
        ("deputy", "budget", Decimal(9000)),
        ("deputy", "travel", Decimal(300)),
        ("gm", "budget", None),
    }


def test_substitutes_are_those_in_force_who_are_still_there(firm: Database) -> None:
    assert ids(ask(firm, authority.substitutes, ("lead", "vp", "gm"), AT)) == ["G1", "G2"]
    assert ids(ask(firm, authority.substitutes, ("lead", "vp"), LAST)) == []


def test_powers_are_every_grant_that_leads_to_a_person_and_the_limits_on_the_way(firm: Database) -> None:
    found = ask(firm, authority.powers, "deputy", AT)
    assert found.grants == GRANTS[:2] or found.grants == GRANTS[1::-1]
    assert {each.holder for each in found.limits} == {"deputy", "lead", "vp"}
    alone = ask(firm, authority.powers, "amy", AT)
    assert alone.grants == ()
    assert alone.covers("amy", "budget", Decimal(500), "CNY")
    assert not alone.covers("amy", "budget", Decimal(501), "CNY")
    assert not alone.covers("amy", "budget", Decimal(1), "USD")


def test_who_has_left_sends_nobody(firm: Database) -> None:
    gone = tuple(replace(each, active=each.id != "lead") for each in PERSONS)
    take_in(firm, replace(FIRM, persons={each.id: each for each in gone}))
    assert {each.principal for each in ask(firm, authority.powers, "deputy", AT).grants} == set()


def test_who_signs_an_amount_stands_in_its_band(firm: Database) -> None:
    def signing(amount: int, *whose: str, category: str = "ads") -> list[tuple[str, list[str]]]:
        found = ask(firm, authority.signing, category, Decimal(amount), "CNY", whose)
        return [(each.verb.value, ids(each.people)) for each in found]

    assert signing(4999) == [("approve", ["lead"])]
    assert signing(5000) == [("review", ["deputy", "lead"]), ("approve", ["gm"])]
    assert signing(5000, "bo") == [("approve", ["bo", "vp"])]
    assert signing(5000, "vp") == signing(5000)
    assert signing(1, category="void") == [(Verb.APPROVE.value, [])]
    assert signing(1, category="unheard") == []
