"""Every expression of the processes that the language was designed with is read, typed and computed."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from signoff.model.expression import Expression
from signoff.model.inference import check, formulas
from signoff.model.types import Declaration, Kind, ListOf, OneOf, Record, Scalar, Type
from signoff.model.value import Value
from signoff.model.view import View, full
from tests.model.samples import Answers

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference" / "language"
FILES = sorted(REFERENCE.glob("*.yaml"))
TEXTS = {"if", "rule", "until", "in", "key", "covers", "auto", "condition"}
TABLES = {"with", "set", "collect"}

#: A selection that is tested even where the reference files are absent.
SELECTION = """
venue + materials + promotion + staff
event_start + days(event_days - 1)
event_start - days(preheat_days)
max(need - have, 0)
meets(value, first(g.target for g in goals if g.metric == metric))
slack <= days(0)
'MC-' + text(event_start) + '-' + title
'PR-' + text(today()) + '-' + starter.id
all(g.target.number > 0 for g in goals)
all(r.gap == 0 or filled(r.gap_owner) for r in resources)
0.10 <= initial.contingency / (initial.total if contingency_base == 'total' else initial.subtotal) <= 0.15
all(d in kickoff.departments for d in ['销售', '产品', '设计', '技术', '客服'])
length(theme.title) <= 12
mode == 'offline' or filled(online)
all(m.ready_on <= m.use_on for m in materials)
abs(formal.total - initial.total) <= initial.total * 0.10 or filled(delta_reason)
sum(a.amount for a in allocations) <= approved.total
all(any(r.kind == k for r in risks) for k in ['weather', 'system', 'traffic', 'opinion'])
severity == 'major'
all(any(a.metric == g.metric for a in actuals) for g in goals)
any(l.disposal == 'scrap' for l in leftovers)
contingency_used + amount <= approved.contingency
count(unique(q.vendor for q in quotes)) == count(quotes)
first(q.total for q in quotes if q.vendor == vendor) == min(q.total for q in quotes) or filled(choice_reason)
received >= sum(l.quantity for l in lines)
abs(invoice - total) <= total * 0.02
category in ['it', 'project']
record(department=department, note=note)
document('contract-text').sha256
not offer_signed
""".strip().split("\n")

SCALARS: dict[Kind, Value] = {
    Kind.BOOLEAN: True,
    Kind.INTEGER: 3,
    Kind.DECIMAL: Decimal("0.5"),
    Kind.MONEY: Decimal("100.00"),
    Kind.TEXT: "x",
    Kind.DATE: date(2026, 10, 15),
    Kind.DATETIME: datetime(2026, 10, 15, tzinfo=UTC),
    Kind.DURATION: timedelta(days=1),
    Kind.PERSON: {"id": "li", "name": "李", "department": "", "title": "", "groups": []},
    Kind.TARGET: {"text": "1万", "compare": ">=", "number": Decimal(10000)},
}
GIVEN: dict[str, Type] = {
    "starter": Scalar(Kind.PERSON),
    "process_key": Scalar(Kind.TEXT),
    "slack": Scalar(Kind.DURATION),
}
FACTS = Answers(
    documents={name: {"sha256": "ab", "version": 1} for name in ("offer", "contract-text", "key-visual")}
)


@pytest.mark.parametrize("text", SELECTION)
def test_the_selection_is_read(text: str) -> None:
    assert Expression.of(text).names | Expression.of(text).documents


@pytest.mark.skipif(
    not FILES, reason="the reference processes are not beside this checkout (../shared/reference)"
)
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.stem))
def test_every_expression_of_a_reference_process_is_read_typed_and_computed(file: Path) -> None:
    loaded = yaml.load(file.read_text(), Loader=Plain)
    types = Types(loaded.get("types", {}))
    data = {name: types.declare(name, told) for name, told in declared_in(loaded)}
    names = {name: sample(found.type) for name, found in data.items() if found.formula is None}
    view = View(
        data, {**names, **{name: sample(type_) for name, type_ in GIVEN.items()}, "result": Anything()}, FACTS
    )
    env = {**GIVEN, **{name: found.type for name, found in data.items()}}
    written = list(expressions_in(loaded))
    assert file.stem.endswith("scenarios") or len(written) > 1
    for text in written:
        expression = Expression.of(text)
        assert check(expression, env, open_data=True) == [], text
        if expression.names <= view.keys():
            expression.evaluate(view, FACTS)
    for declared, seen in formulas(data.values(), env):
        assert declared.formula is not None
        assert check(declared.formula, seen, want=declared.type) == [], declared.name
    assert all(full(view[name]) is not None for name in data)


class Plain(yaml.SafeLoader):
    """YAML as the language reads it, near enough: dates stay text."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if "timestamp" not in tag]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Anything(dict[str, Any]):
    """What a handler gave: any field."""

    def __missing__(self, name: str) -> Value:
        return {"accepted": True, "score": Decimal(1), "quantity": Decimal(2)}.get(name, "x")


class Types:
    """Types as they are written, far enough for these files."""

    def __init__(self, named: Mapping[str, Any]) -> None:
        self.named = named

    def read(self, told: Any) -> Type:
        if isinstance(told, str):
            return self.read(self.named[told]) if told in self.named else Scalar(Kind(told))
        if "one_of" in told:
            return OneOf(tuple(told["one_of"]))
        if "list_of" in told:
            return ListOf(self.read(told["list_of"]))
        if "fields" in told:
            return Record(tuple(self.declare(name, field) for name, field in told["fields"].items()))
        return self.read(told["type"])

    def declare(self, name: str, told: Any) -> Declaration:
        options = told if isinstance(told, dict) else {}
        formula = Expression.of(options["formula"]) if "formula" in options else None
        return Declaration(name, self.read(told), optional=bool(options.get("optional")), formula=formula)


def sample(type_: Type) -> Value:
    if isinstance(type_, OneOf):
        return type_.options[0]
    if isinstance(type_, ListOf):
        return [sample(type_.item)] * 2
    if isinstance(type_, Record):
        return {field.name: sample(field.type) for field in type_.fields if field.formula is None}
    return SCALARS[type_.kind]


def declared_in(node: Any) -> Iterator[tuple[str, Any]]:
    """Everything under a key `data` that declares types, at any depth."""
    if isinstance(node, list):
        for part in node:
            yield from declared_in(part)
    if isinstance(node, dict):
        for key, part in node.items():
            if key == "data" and all(is_type(told) for told in part.values()):
                yield from part.items()
            elif key != "scenarios":
                yield from declared_in(part)


def is_type(told: Any) -> bool:
    return (
        told in set(Kind)
        if isinstance(told, str)
        else isinstance(told, dict) and bool({"type", "one_of", "list_of", "fields"} & told.keys())
    )


def expressions_in(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for part in node:
            yield from expressions_in(part)
    if isinstance(node, dict):
        for key, part in node.items():
            if key in TEXTS and isinstance(part, str):
                yield part
            elif key in TABLES and isinstance(part, dict):
                yield from (text for text in part.values() if isinstance(text, str))
            elif key not in {"scenarios", "help", "says"}:
                yield from expressions_in(part)
