"""The written form: everything comes back as it was, and what was written once reads the same for ever."""

from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signoff.errors import Invalid, UnreadableState
from signoff.kernel.events.base import Event
from signoff.kernel.state import Activity, ActivityStatus, Person, Scope, State, Status
from signoff.model.definition import Definition
from signoff.model.expression import Expression
from signoff.model.nodes import Node
from signoff.model.types import Text
from signoff.store import codec
from signoff.store.form import Forms, _kinds, decode_value, encode_value
from tests.store.making import VALUES, anything, instances

AT = datetime(2027, 1, 31, 9, 30, 0, 5, tzinfo=UTC)
EVENTS = [kind for kind in _kinds(Event) if kind is not Event]
NODES = _kinds(Node)
laws = settings(max_examples=80, deadline=None, database=None)


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
@settings(max_examples=20, deadline=None, database=None)
@given(data=st.data())
def test_every_event_comes_back(kind: Any, data: st.DataObject) -> None:
    event = data.draw(instances(kind))
    text = codec.compact(codec.encode_events([event]))
    assert codec.decode_events(codec.parse(text)) == [event]


@laws
@given(state=instances(State))
def test_every_state_comes_back_with_its_data_apart(state: State) -> None:
    text, variables = codec.encode_state(state)
    assert codec.decode_state(text, variables) == state
    assert codec.encode_state(codec.decode_state(text, variables)) == (text, variables)


@pytest.mark.parametrize("kind", NODES, ids=lambda kind: kind.__name__)
@settings(max_examples=15, deadline=None, database=None)
@given(data=st.data())
def test_every_node_comes_back_in_its_definition(kind: Any, data: st.DataObject) -> None:
    definition = Definition("p", Text("过程"), {"n": data.draw(instances(kind))}, {})
    text = codec.encode_definition(definition)
    found = codec.decode_definition(text)
    assert found == definition
    assert codec.encode_definition(found) == text


@settings(max_examples=20, deadline=None, database=None)
@given(data=st.data())
def test_every_part_of_a_definition_comes_back(data: st.DataObject) -> None:
    hints = get_type_hints(Definition)
    names = {part.name for part in fields(Definition)} - {"nodes", "format"}
    parts = {name: data.draw(anything(hints[name])) for name in sorted(names)}
    definition = Definition(nodes={}, **parts)
    assert codec.decode_definition(codec.encode_definition(definition)) == definition


@laws
@given(value=VALUES)
def test_every_value_comes_back(value: Any) -> None:
    assert decode_value(codec.parse(codec.compact(encode_value(value)))) == value


@laws
@given(value=st.dictionaries(st.text("abc", max_size=2), st.integers(), max_size=4))
def test_equal_data_has_one_canonical_text(value: dict[str, int]) -> None:
    assert codec.canonical(value) == codec.canonical(dict(reversed(value.items())))


def test_values_are_written_as_they_always_were() -> None:
    value = {
        "amount": Decimal("1.50"),
        "day": date(2027, 1, 31),
        "at": AT,
        "takes": timedelta(days=-1, seconds=5, microseconds=7),
        "$decimal": "mine",
        "names": ("金额", None, True, 3),
    }
    assert codec.compact(encode_value(value)) == (
        '{"amount":{"$decimal":"1.50"},"day":{"$date":"2027-01-31"},'
        '"at":{"$datetime":"2027-01-31T09:30:00.000005Z"},"takes":{"$duration":"P-1DT5.000007S"},'
        '"$$decimal":"mine","names":["金额",null,true,3]}'
    )


def test_a_state_is_written_as_it_always_was() -> None:
    state = State("00a", "buy", "v1", Status.RUNNING, starter=Person("lin"), started_at=AT, seq=2)
    state.scopes["00a:s1"] = Scope("00a:s1", "", "", "", "v1", "00a:s1", data={"amount": Decimal(5)})
    state.activities["00a:a2"] = Activity("00a:a2", "ask", "00a:s1", ActivityStatus.OPEN, AT, round=1)
    assert codec.encode_state(state) == (
        (
            '{"id":"00a","process":"buy","version":"v1","status":"running","starter":{"id":"lin"},'
            '"started_at":"2027-01-31T09:30:00.000005Z","seq":2,'
            '"scopes":{"00a:s1":{"id":"00a:s1","node":"","parent":"","activity":"","version":"v1",'
            '"home":"00a:s1"}},'
            '"activities":{"00a:a2":{"id":"00a:a2","node":"ask","scope":"00a:s1","status":"open",'
            '"since":"2027-01-31T09:30:00.000005Z","round":1}}}'
        ),
        '{"00a:s1":{"amount":{"$decimal":"5"}}}',
    )


def test_the_order_of_what_waits_survives() -> None:
    state = State("00a")
    for n in (2, 10, 1):
        state.activities[f"00a:a{n}"] = Activity(f"00a:a{n}", "n", "s", ActivityStatus.OPEN, AT)
    assert list(codec.decode_state(*codec.encode_state(state)).activities) == ["00a:a2", "00a:a10", "00a:a1"]


def test_a_definition_names_its_format_and_its_text_is_its_version() -> None:
    text = codec.encode_definition(Definition("p", Text(en="Buy"), {}, {}))
    assert text == '{"format":1,"id":"p","label":{"en":"Buy"},"nodes":{},"flows":{}}'
    assert codec.version_of(text) == "6fca682071e0cb2b1cf654b8e6cb28bf4d4ef61fdb8746bf910f12e02a338788"


@pytest.mark.parametrize(
    ("state", "variables"),
    [
        ("not JSON", "{}"),
        ('{"id":"00a","colour":"red"}', "{}"),
        ('{"id":"00a","status":"asleep"}', "{}"),
        ('{"id":"00a","seq":1.5}', "{}"),
        ('{"id":"00a","seq":NaN}', "{}"),
        ('{"id":"00a"}', '{"00a:s1":{}}'),
        ("[]", "{}"),
    ],
)
def test_a_damaged_state_is_unreadable_and_never_guessed(state: str, variables: str) -> None:
    with pytest.raises(UnreadableState):
        codec.decode_state(state, variables)


def test_an_unknown_event_and_a_newer_format_are_unreadable() -> None:
    with pytest.raises(UnreadableState) as caught:
        codec.decode_events([{"is": "MoonRisen"}])
    assert caught.value.code == "unknown_kind"
    with pytest.raises(UnreadableState) as caught:
        codec.decode_state('{"id":"00a"}', "{}", codec.FORMAT + 1)
    assert caught.value.code == "newer_format"


def test_a_field_of_a_later_release_is_read_from_older_rows() -> None:
    forms = Forms({})
    write, _ = forms.dataclass(_Before)
    _, read = forms.dataclass(_After)
    assert write is not None
    assert read is not None
    assert read(write(_Before("x"))) == _After("x")
    assert write(_Before("x", 0)) == {"name": "x"}


@dataclass(slots=True)
class _Before:
    name: str
    count: int = 0


@dataclass(slots=True)
class _After:
    name: str
    count: int = 0
    notes: list[str] = field(default_factory=list)


def test_upcasting_goes_format_by_format() -> None:
    table = {1: lambda v: {**v, "b": v["a"]}, 2: lambda v: {"b": v["b"] + 1}}
    assert codec._upcast(table, {"a": 1}, 1, 3) == {"b": 2}
    assert codec._upcast(table, {"b": 1}, 2, 3) == {"b": 2}
    assert codec._upcast(table, {"b": 1}, 3, 3) == {"b": 1}


@pytest.mark.parametrize("value", [1.5, {"a": [0.1]}, Decimal("NaN"), AT.replace(tzinfo=None), object()])
def test_what_is_no_value_is_a_bug(value: Any) -> None:
    with pytest.raises(AssertionError):
        codec.canonical(value)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        codec.version_of("a\ud800")
    assert caught.value.code == "unwritable_text"


def test_expressions_stand_as_their_text() -> None:
    assert encode_value(None) is None
    write, read = codec._forms.pair(Expression)
    assert write is not None
    assert read is not None
    assert write(Expression("a > 1")) == "a > 1"
    assert read("a > 1") == Expression("a > 1")
