"""What people write becomes a value of the declared type, or is refused with the place and the reason."""

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signoff.errors import Invalid
from signoff.model.types import Kind, ListOf, OneOf, Record, Scalar, Text, Type
from signoff.model.value import coerce, minor_digits, persons_in, plain, settle, show
from signoff.sentences import catalogue
from tests.model.samples import BUDGET, declare, record, scalar

PEOPLE: dict[str, dict[str, Any]] = {
    "li": {"id": "li", "name": "李雷", "department": "市场部", "groups": {"staff", "marketing"}},
    "wang": {"name": "", "title": "会计"},
}
LI: dict[str, Any] = {
    "id": "li",
    "name": "李雷",
    "department": "市场部",
    "title": "",
    "groups": ["marketing", "staff"],
}


def read(type_: Type | str, raw: Any) -> Any:
    found = scalar(type_) if isinstance(type_, str) else type_
    return coerce(found, raw, at="x", people=PEOPLE, zone="Asia/Shanghai")


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("integer", "1,200", 1200),
        ("integer", 3, 3),
        ("integer", Decimal("3.0"), 3),
        ("integer", "１２", 12),
        ("integer", "3万", 30000),
        ("decimal", "30%", Decimal("0.30")),
        ("decimal", "1.5%", Decimal("0.015")),
        ("decimal", "48万", Decimal(480000)),
        ("decimal", "1.2亿", Decimal(120000000)),
        ("decimal", "2千", Decimal(2000)),
        ("decimal", 0.1, Decimal("0.1")),
        ("decimal", "-0.50", Decimal("-0.50")),
        ("decimal", 5, Decimal(5)),
        ("money", "1万", Decimal("10000.00")),
        ("money", "¥1,200.005", Decimal("1200.01")),
        ("money", "300元", Decimal("300.00")),
        ("money", -0.005, Decimal("-0.01")),
        ("money", 0, Decimal("0.00")),
        ("boolean", True, True),
        ("boolean", "是", True),
        ("boolean", "false", False),
        ("text", "cafe\u0301", "café"),
        ("text", 2027, "2027"),
        ("text", "", ""),
        ("date", "2026-10-15", date(2026, 10, 15)),
        ("date", "2026/10/5", date(2026, 10, 5)),
        ("date", "2026年10月15日", date(2026, 10, 15)),
        ("date", date(2026, 10, 15), date(2026, 10, 15)),
        ("datetime", "2026-10-15 08:00", datetime(2026, 10, 15, tzinfo=UTC)),
        ("datetime", "2026-10-15T08:00:30Z", datetime(2026, 10, 15, 8, 0, 30, tzinfo=UTC)),
        ("datetime", "2026-10-15 08:00+02:00", datetime(2026, 10, 15, 6, tzinfo=UTC)),
        ("datetime", "2026年10月15日 08:00", datetime(2026, 10, 15, tzinfo=UTC)),
        ("datetime", datetime(2026, 10, 15, 8), datetime(2026, 10, 15, tzinfo=UTC)),  # noqa: DTZ001  # naive: of the zone
        (
            "datetime",
            datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))),
            datetime(2026, 1, 1, tzinfo=UTC),
        ),
        ("duration", "3 days", timedelta(days=3)),
        ("duration", "PT3H", timedelta(hours=3)),
        ("duration", "P1DT2H30M0.5S", timedelta(days=1, hours=2, minutes=30, milliseconds=500)),
        ("duration", "2 小时", timedelta(hours=2)),
        ("duration", "3天", timedelta(days=3)),
        ("person", "li", LI),
        ("person", {"id": "li", "name": "somebody else"}, LI),
    ],
)
def test_what_people_write_is_read(kind: str, raw: Any, value: Any) -> None:
    found = read(kind, raw)
    assert found == value
    assert type(found) is type(value)
    assert str(found) == str(value)


@pytest.mark.parametrize(
    ("raw", "compare", "number"),
    [
        ("50万+", ">=", "500000"),
        ("30%", ">=", "0.30"),
        ("1万", ">=", "10000"),
        (5000, ">=", "5000"),
        ("<= 2%", "<=", "0.02"),
        ("≤2％", "<=", "0.02"),
        ("＞ 5", ">", "5"),
        ("至少 30%", ">=", "0.30"),
        ("不超过2%", "<=", "0.02"),
        ("10以上", ">=", "10"),
        ("10以下", "<=", "10"),
        ("at least 1,200", ">=", "1200"),
        ("= 7", "==", "7"),
    ],
)
def test_targets_keep_what_was_written(raw: Any, compare: str, number: str) -> None:
    found = read("target", raw)
    assert (found["compare"], found["number"]) == (compare, Decimal(number))
    assert found["text"] == str(raw).strip()
    assert read("target", plain(found)) == found


@pytest.mark.parametrize(
    ("type_", "raw", "code"),
    [
        ("target", "很多", "not_a_target"),
        ("target", "<= 2%+", "not_a_target"),
        ("target", True, "not_a_target"),
        ("integer", "1.5", "not_an_integer"),
        ("integer", True, "not_an_integer"),
        ("integer", "1,20", "not_an_integer"),
        ("decimal", "1e3", "not_a_number"),
        ("decimal", "0x1F", "not_a_number"),
        ("decimal", math.nan, "not_a_number"),
        ("decimal", math.inf, "not_a_number"),
        ("decimal", "9" * 29, "not_a_number"),
        ("decimal", "1" * 5_000, "not_a_number"),
        ("decimal", Decimal("1E+999999"), "not_a_number"),
        ("decimal", "1 2", "not_a_number"),
        ("decimal", [1], "not_a_number"),
        ("money", "3万元人民币", "not_a_number"),
        ("boolean", 1, "not_a_boolean"),
        ("boolean", "maybe", "not_a_boolean"),
        ("text", "a\0b", "not_text"),
        ("text", "\ud800", "not_text"),
        ("text", ["a"], "not_text"),
        ("text", True, "not_text"),
        ("text", "x" * 1_000_001, "too_long"),
        ("date", "2026-02-30", "not_a_date"),
        ("date", "15.10.2026", "not_a_date"),
        ("date", "2026-10/15", "not_a_date"),
        ("date", 20261015, "not_a_date"),
        ("date", datetime(2026, 10, 15, tzinfo=UTC), "not_a_date"),
        ("datetime", "2026-10-15", "not_a_datetime"),
        ("datetime", "2026-10-15 25:00", "not_a_datetime"),
        ("datetime", "9999-12-31 23:59-09:00", "not_a_datetime"),
        ("duration", "1 month", "not_a_duration"),
        ("duration", "P1M", "not_a_duration"),
        ("duration", "P", "not_a_duration"),
        ("duration", "soon", "not_a_duration"),
        ("duration", "9" * 40 + " days", "not_a_duration"),
        ("person", "nobody", "unknown_person"),
        ("person", 5, "unknown_person"),
        ("integer", None, "missing_field"),
        ("date", "  ", "missing_field"),
        (OneOf(("online", "both")), "ofline", "not_an_option"),
        (OneOf(("1",)), 1, "not_an_option"),
        (ListOf(Scalar(Kind.INTEGER)), "123", "not_a_list"),
        (ListOf(Scalar(Kind.INTEGER), min=1), [], "too_few"),
        (ListOf(Scalar(Kind.INTEGER), max=1), [1, 2], "too_many"),
        (ListOf(Scalar(Kind.INTEGER)), [0] * 10_001, "too_many"),
        (Scalar(Kind.INTEGER, min=Decimal(1)), 0, "too_small"),
        (Scalar(Kind.MONEY, max=Decimal(100)), "100.01", "too_large"),
        (Scalar(Kind.TEXT, max=Decimal(2)), "三个字", "too_long"),
        (Scalar(Kind.TEXT, min=Decimal(2)), "一", "too_short"),
        (BUDGET, "1万", "not_a_record"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_place(type_: Type | str, raw: Any, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        read(type_, raw)
    assert raised.value.code == code
    assert raised.value.params["at"] == "x"
    assert code in catalogue()
    raised.value.sentence("zh").encode()


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(Invalid, match="no date with a time"):
        coerce(scalar("datetime"), "2026-03-29 02:30", at="x", zone="Europe/Berlin")


def test_a_record_takes_its_stored_fields_and_no_others() -> None:
    written: dict[str, Any] = {"venue": 0, "materials": "1万", "contingency": "1,000"}
    assert read(BUDGET, written) == {
        "venue": Decimal("0.00"),
        "materials": Decimal("10000.00"),
        "contingency": Decimal("1000.00"),
    }
    changes: list[tuple[dict[str, Any], str, str]] = [
        ({"venue": None}, "missing_field", "x.venue"),
        ({"venue": " "}, "missing_field", "x.venue"),
        ({"total": 5}, "is_computed", "x.total"),
        ({"venu": 5}, "unknown_field", "x.venu"),
        ({"venue": "free"}, "not_a_number", "x.venue"),
    ]
    for change, code, at in changes:
        with pytest.raises(Invalid) as raised:
            read(BUDGET, {**written, **change})
        assert (raised.value.code, raised.value.params["at"]) == (code, at)


def test_all_findings_come_at_once() -> None:
    with pytest.raises(Invalid) as raised:
        read(ListOf(BUDGET), [{"venue": 1, "materials": 2}, {"venue": "x", "stray": 1}])
    found = [(one.code, one.params["at"]) for one in raised.value.missing]
    assert found == [
        ("missing_field", "x[1].contingency"),
        ("unknown_field", "x[2].stray"),
        ("not_a_number", "x[2].venue"),
        ("missing_field", "x[2].materials"),
        ("missing_field", "x[2].contingency"),
    ]
    assert "did you mean" not in raised.value.missing[1].sentence("en")


def test_a_near_miss_is_named() -> None:
    with pytest.raises(Invalid, match="did you mean `venue`"):
        read(BUDGET, {"venu": 1, "venue": 1, "materials": 1, "contingency": 1})


def test_optional_fields_and_defaults_fill_what_is_left_out() -> None:
    type_ = record(
        declare("a", "integer", optional=True), declare("b", "integer", default=3), declare("c", "text")
    )
    assert read(type_, {"c": "x"}) == {"a": None, "b": 3, "c": "x"}
    with pytest.raises(Invalid, match="fill it in"):
        read(type_, {"c": ""})


def test_texts_are_limited_together() -> None:
    with pytest.raises(Invalid) as raised:
        read(ListOf(scalar("text")), ["x" * 400_000] * 3)
    assert raised.value.code == "too_long"


def test_money_is_rounded_to_the_minor_unit_of_its_currency() -> None:
    assert read(Scalar(Kind.MONEY, "JPY"), "1200.5") == Decimal(1201)
    assert str(read(Scalar(Kind.MONEY, "KWD"), "1.2345")) == "1.235"
    assert [minor_digits(code) for code in ("", "CNY", "JPY", "KWD")] == [2, 2, 0, 3]


def test_a_computed_value_is_settled_without_a_directory() -> None:
    assert settle(scalar("money"), Decimal("1.005"), at="x") == Decimal("1.01")
    assert settle(scalar("person"), LI, at="x") == LI
    assert settle(scalar("date"), None, at="x") is None
    with pytest.raises(Invalid, match="nobody has the id"):
        settle(scalar("person"), "li", at="x")
    with pytest.raises(Invalid, match="nobody has the id"):
        coerce(scalar("person"), {**LI, "id": "forged"}, at="x", people=PEOPLE)


def test_the_people_of_a_raw_value_are_known_beforehand() -> None:
    team = record(
        declare("lead", "person"), declare("members", ListOf(scalar("person"))), declare("note", "text")
    )
    raw = {"lead": "li", "members": ["wang", {"id": "zhou"}, 5, None], "note": "chen"}
    assert persons_in(ListOf(team), [raw, "nonsense"]) == {"li", "wang", "zhou"}
    assert persons_in(scalar("text"), "li") == set()


def fields(types: list[Type]) -> Record:
    return record(*(declare(f"f{n}", type_, optional=True) for n, type_ in enumerate(types)))


TYPES = st.recursive(
    st.sampled_from([scalar(kind) for kind in Kind if kind is not Kind.PERSON]) | st.just(OneOf(("a", "乙"))),
    lambda inner: inner.map(ListOf) | st.lists(inner, min_size=1, max_size=3).map(fields),
    max_leaves=5,
)


RAW: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.BOOLEAN: st.booleans(),
    Kind.INTEGER: st.integers(-(10**20), 10**20),
    Kind.DECIMAL: st.decimals(-(10**9), 10**9, places=4),
    Kind.MONEY: st.decimals(-(10**9), 10**9, places=4),
    Kind.TEXT: st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8).filter(
        str.strip
    ),
    Kind.DATE: st.dates(),
    Kind.DATETIME: st.datetimes(timezones=st.just(UTC)),
    Kind.DURATION: st.timedeltas(timedelta(days=-999), timedelta(days=999)),
    Kind.TARGET: st.sampled_from(["50万+", "30%", "<= 2%", ">7"]),
}


def raws(type_: Type) -> st.SearchStrategy[Any]:
    if isinstance(type_, OneOf):
        return st.sampled_from(type_.options)
    if isinstance(type_, ListOf):
        return st.lists(raws(type_.item), max_size=3)
    if isinstance(type_, Record):
        return st.fixed_dictionaries({f.name: st.none() | raws(f.type) for f in type_.fields})
    return RAW[type_.kind]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_value_survives_the_way_out_and_back_in(data: st.DataObject) -> None:
    type_ = data.draw(TYPES)
    value = read(type_, data.draw(raws(type_)))
    assert read(type_, plain(value)) == value
    assert read(type_, value) == value
    assert isinstance(show(value, type_, "zh"), str)


@pytest.mark.parametrize(
    ("kind", "raw", "zh", "en"),
    [
        ("money", "1234567.5", "1,234,567.50", "1,234,567.50"),
        ("integer", "2026", "2026", "2026"),
        ("boolean", True, "是", "yes"),
        ("date", "2026-10-15", "2026-10-15", "2026-10-15"),
        ("datetime", "2026-10-15 08:00", "2026-10-15 08:00", "2026-10-15 08:00"),
        ("duration", "P3DT1H", "3天1小时", "3 days 1 hour"),
        ("duration", "PT0S", "0秒", "0 seconds"),
        ("target", "<= 2%", "<= 2%", "<= 2%"),
        ("person", "li", "李雷", "李雷"),
        ("person", "wang", "wang", "wang"),
    ],
)
def test_people_read_values_in_their_own_form(kind: str, raw: Any, zh: str, en: str) -> None:
    value = read(kind, raw)
    assert show(value, scalar(kind), "zh", zone="Asia/Shanghai") == zh
    assert show(value, scalar(kind), "en", zone="Asia/Shanghai") == en


def test_records_and_lists_are_shown_with_their_labels() -> None:
    type_ = record(
        declare("item", "text", label=Text("物料", "Item")), declare("amount", "money", label=Text(zh="金额"))
    )
    values = read(ListOf(type_), [{"item": "海报", "amount": 5}, {"item": "展架", "amount": 7}])
    assert show(values, ListOf(type_), "zh") == "物料：海报；金额：5.00、物料：展架；金额：7.00"
    assert show(values[0], type_, "en") == "Item: 海报; 金额: 5.00"
    assert show(None, type_, "en") == ""


def test_a_text_falls_back_to_the_other_language() -> None:
    assert Text.of("x", "zh").get("en") == Text.of("x", "en").get("zh") == "x"
    assert not Text()
