"""Separated values as spreadsheets and hands write them: what has two readings is refused, never guessed."""

import pytest

from signoff import Engine, Invalid, InvalidDefinition
from signoff.runtime.enrolment import import_people
from signoff.runtime.people import read_people


def codes(text: str) -> list[str]:
    """What is wrong with this file, the warnings apart."""
    with pytest.raises(InvalidDefinition) as refused:
        read_people(text, "people.csv")
    return [problem.code for problem in refused.value.problems if not problem.warning]


def test_text_after_a_closing_quote_is_told_and_makes_no_further_person() -> None:
    """The rest of the cell was read as the next line, without its first sign."""
    assert codes('id,name\nbob,"Bob" Smith\n') == ["people_quotes"]
    assert codes('id,name\n"bob"x,Bob\nann,Ann\n') == ["people_quotes"]


def test_blanks_after_a_closing_quote_are_no_text() -> None:
    found = read_people('id,name,admin\n"bob" ,"Bob" \t,true\nann,"Ann, née B" \n', "people.csv")
    assert {id: each.name for id, each in found.people.items()} == {"bob": "Bob", "ann": "Ann, née B"}


@pytest.mark.parametrize("heading", ["id,name,姓名", "id,上级,主管", "id,工号,name"])
def test_two_columns_for_the_same_are_told(heading: str) -> None:
    assert codes(f"{heading}\nbob,,\n") == ["people_twice"]


@pytest.mark.parametrize("limits", ["budget 7; budget 8 CNY", "budget 7; budget 7", "budget 7; budget 不限"])
def test_two_limits_for_the_same_are_told(limits: str) -> None:
    assert codes(f"id,limits\nbob,{limits}\n") == ["people_twice"]


def test_limits_in_two_currencies_stand_beside_each_other() -> None:
    found = read_people("id,limits,admin\nbob,budget 7; budget 5 USD,true\n", "people.csv")
    assert [limit.currency for limit in found.people["bob"].limits] == ["CNY", "USD"]


def test_less_than_nothing_is_no_limit() -> None:
    assert codes("id,limits\nbob,budget -5\n") == ["people_not_an_amount"]


@pytest.mark.parametrize("id", ["b\0b", "bob\u200b"])
def test_an_id_with_a_sign_that_nobody_sees_is_refused(ready: str, id: str) -> None:
    engine = Engine(ready)
    with pytest.raises(Invalid):
        import_people(engine.core, read_people(f"id,admin\n{id},true\n", "people.csv"), by="root")
    engine.dispose()
