"""A file means the same to every reader, and becomes the graph that the model describes."""

from decimal import Decimal
from pathlib import Path

import pytest

from signoff.errors import InvalidDefinition
from signoff.model.expression import Expression
from signoff.model.nodes import (
    ServiceTask,
    UserTask,
)
from signoff.model.role import RoleKind
from signoff.model.types import Kind, ListOf, OneOf, Record, Scalar, Text
from signoff.notation.yaml import read, read_scenarios
from signoff_workflows import names, path
from tests.notation.base import BASE

# files that are no processes --------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000])
def test_a_nesting_bomb_is_refused_and_does_not_end_the_interpreter(text: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        read(text)
    assert caught.value.problems[0].code in ("Y01", "Y00")


def test_a_file_larger_than_a_megabyte_is_refused_unread() -> None:
    with pytest.raises(InvalidDefinition) as caught:
        read("# " + "x" * 1_000_000)
    assert [p.code for p in caught.value.problems] == ["Y01"]


@pytest.mark.parametrize("text", ["", "# nothing", "---\n...", "5", "[a]", "\ufeff", "a: b"])
def test_what_is_no_process_is_refused(text: str) -> None:
    with pytest.raises(InvalidDefinition):
        read(text)


@pytest.mark.parametrize(
    "word",
    [
        "y",
        "N",
        "Yes",
        "OFF",
        "True",
        "12:30:45",
        "190:20:30",
        "+5",
        "0b11",
        "0o7",
        ".5",
        "5.",
        "1.5e3",
        ".NaN",
    ],
)
def test_what_two_readers_read_differently_wants_quotes(word: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        read(BASE.replace("name: the event", f"name: {word}"))
    assert {p.code for p in caught.value.problems} == {"Y04"}
    quoted = read(BASE.replace("name: the event", f"name: '{word}'")).definition
    assert quoted.dates["event"].label == Text(en=word)


def test_numbers_are_read_from_their_text() -> None:
    definition = read(
        BASE.replace("fee: {type: money, default: 0}", "fee: {type: money, default: 0.10}")
    ).definition
    assert definition.data["fee"].default == Decimal("0.10")


# types and names --------------------------------------------------------------------------------------------


def test_named_types_are_resolved_where_they_are_used() -> None:
    data = read(BASE).definition.data
    assert data["seen"].type == ListOf(Scalar(Kind.TEXT))
    assert data["mode"].type == OneOf(("online", "offline"))
    assert data["amount"].type == Scalar(Kind.MONEY, "CNY", Decimal(0))
    assert data["twice"].formula == Expression.of("amount * 2")


def test_full_width_names_are_the_plain_ones() -> None:
    definition = read(BASE.replace("  title: text\n", "  ｔｉｔｌｅ: text\n")).definition
    assert "title" in definition.data


def test_text_stands_in_the_language_of_the_file_or_in_both() -> None:
    definition = read(BASE.replace("name: the event", "name: {zh: 活动, en: Event}")).definition
    assert definition.dates["event"].label == Text("活动", "Event")
    assert definition.nodes["close"].label == Text(en="close")


def test_roles_say_where_their_people_come_from() -> None:
    roles = read(BASE.replace("asker: {is: starter}", "asker: {is: owner of draft}")).definition.roles
    assert (roles["asker"].kind, roles["asker"].value) == (RoleKind.OWNER_OF, "draft")
    assert (roles["chief"].kind, roles["chief"].value, roles["chief"].if_empty) == (
        RoleKind.FIELD,
        "boss",
        "head",
    )
    assert (roles["head"].kind, roles["head"].value) == (RoleKind.LEAD_OF, "staff")


def test_a_record_has_fields() -> None:
    book = read(BASE).definition.nodes["book"]
    assert isinstance(book, ServiceTask)
    assert isinstance(book.returns, Record)
    assert book.returns.get("fee") is not None


# what is shipped --------------------------------------------------------------------------------------------


def test_the_flagship_keeps_every_row_of_its_table() -> None:
    definition = read(path("marketing_campaign").read_text(encoding="utf-8")).definition
    refs = {node.ref for node in definition.nodes.values() if node.ref}
    assert refs >= {f"第 {n} 行" for n in (*range(1, 10), *range(11, 16))} | {"第 10a 行", "第 10b 行"}
    rules = {r.id for n in definition.nodes.values() if isinstance(n, UserTask) for r in n.gate.rules}
    assert rules >= {"R1", "R6", "R8", "R9", "R11", "R13a", "R14", "R15", "R16", "R17a", "R18a", "R24"}


@pytest.mark.parametrize("name", names())
def test_what_is_shipped_has_not_even_a_warning(name: str) -> None:
    called = read(path("department_set_up").read_text(encoding="utf-8")).definition
    text = path(name).read_text(encoding="utf-8")
    assert read(text, file=name, known={called.id: called}).warnings == ()


def test_the_flagship_comes_with_its_scenarios() -> None:
    process, found = read_scenarios(path("marketing_campaign.scenarios").read_text(encoding="utf-8"))
    known = read(path("marketing_campaign").read_text(encoding="utf-8")).definition.nodes
    assert process == "marketing-campaign"
    ids = {scenario.id for scenario in found}
    assert {scenario.after for scenario in found} - {""} <= ids
    targets = {
        a.target for s in found for a in s.steps if a.verb in ("submit", "approve", "decline", "return")
    }
    assert targets <= known.keys()


def test_scenarios_may_stand_in_the_file_of_their_process() -> None:
    found = read(path("leave_request").read_text(encoding="utf-8")).scenarios
    assert [scenario.id for scenario in found][:2] == ["a-week-off", "declined"]
    assert found[0].start is not None
    assert found[0].start.data == {"first_day": "2026-09-21", "last_day": "2026-09-23"}
    assert [a.refused for a in found[0].steps if a.refused] == ["not_allowed", "rule"]


@pytest.mark.parametrize("text", ["signoff: 1\nscenarios_of: x", "signoff: 1\nprocess: x", "[", ""])
def test_a_file_of_scenarios_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidDefinition):
        read_scenarios(text)


def test_a_shipped_process_is_found_by_name() -> None:
    assert set(names()) == {
        "contract_review",
        "department_set_up",
        "leave_request",
        "marketing_campaign",
        "onboarding",
        "purchase_approval",
    }
    with pytest.raises(KeyError):
        path("../pyproject")
    assert isinstance(path("leave_request"), Path)
