"""The JSON Schema takes what is shipped, and refuses the mistakes of shape that it can express."""

import json
from typing import Any

import jsonschema
import pytest
import yaml

from signoff.notation.yaml import json_schema
from signoff_workflows import names, path
from tests.notation.base import BASE, broken
from tests.notation.test_mistakes import SHAPE

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
# What JSON Schema cannot say: zones, order of keys, phrases of several words, relations between keys and values.
BEYOND = (
    "zone:",
    "{⟦at: event, wait",
    "default: ⟦much",
    "{by: head, need:",
    "declined: ⟦perhaps",
    "withdraw: ⟦perhaps",
    "parallel: [{by: head}], ⟦sign",
    "⟦need: 2",
    "{is: ⟦nobody}",
    "⟦pending:",
    "allow: ⟦[transfer]",
    "[⟦start]",
    "show: [title, ⟦amount]",
    "message: ⟦x",
    "signal: ⟦x",
    "at_most: ⟦0",
    "key: title}",
    "with: {a: ⟦",
    "⟦with:",
    "⟦to:",
    "⟦key:",
    "⟦set:",
    "{a: {list_of: ⟦",
    "⟦notice: late}",
    "keep: ⟦",
)


def plain(text: str) -> Any:
    return yaml.safe_load(text)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", [*names(), "marketing_campaign.scenarios"])
def test_what_is_shipped_fits_the_schema(name: str) -> None:
    VALIDATOR.validate(plain(path(name).read_text(encoding="utf-8")))


def test_the_base_fits_the_schema() -> None:
    VALIDATOR.validate(plain(BASE))


@pytest.mark.parametrize(
    ("code", "old", "new"), [case for case in SHAPE if not any(piece in case[2] for piece in BEYOND)]
)
def test_a_mistake_of_shape_does_not_fit_the_schema(code: str, old: str, new: str) -> None:
    assert code
    assert not VALIDATOR.is_valid(plain(broken(old, new)[0]))


def test_most_mistakes_of_shape_can_be_expressed() -> None:
    assert sum(any(piece in case[2] for piece in BEYOND) for case in SHAPE) < len(SHAPE) / 2


def test_the_schema_knows_every_kind_of_block() -> None:
    kinds = {ref["$ref"].rpartition("/")[2] for ref in SCHEMA["$defs"]["block"]["oneOf"]}
    assert kinds == {
        "step", "gate", "stage", "parallel", "choose", "include", "each", "run", "decide", "call", "wait", "end",
        "race", "repeat", "send", "undo",
    }  # fmt: skip


def test_the_schema_beside_the_shipped_processes_is_current() -> None:
    file = path("leave_request").with_name("signoff.schema.json")
    assert json.loads(file.read_text(encoding="utf-8")) == SCHEMA, (
        "write it anew: signoff schema > workflows/signoff_workflows/signoff.schema.json"
    )
