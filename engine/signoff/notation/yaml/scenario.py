"""Scenarios as written (reference §13): a process played through with a virtual clock, as tests and documentation.

Only their form is checked here; whoever plays them judges the rest. May import `vocabulary`, `shape`, errors.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from signoff.errors import Place
from signoff.notation.yaml.literal import literal
from signoff.notation.yaml.shape import Anything, Either, Key, Many, Mapped, Shape
from signoff.notation.yaml.tree import Keyed
from signoff.notation.yaml.vocabulary import HANDLER, ID, LINE, LINES, NAME, NUMBER, PATH

_PERSON = Shape(
    (
        Key("name", LINE),
        Key("title", LINE),
        Key("department", LINE),
        Key("groups", LINES),
        Key("leads", LINES),
        Key("manager", LINE),
        Key("limits", Mapped(LINE, NUMBER)),
    )
)
VERBS = (
    "submit",
    "approve",
    "decline",
    "return",
    "waive",
    "request",
    "message",
    "signal",
    "advance",
    "clock",
    "expect",
)
_EXPECT = Shape(
    (
        Key("waiting", LINES),
        Key("outcome", LINE),
        Key("data", Mapped(PATH, Anything())),
        Key("due", Mapped(ID, LINE)),
        Key("notified", LINES),
        Key("warns", LINES),
    )
)
ACTION = Shape(
    (
        *(Key(verb, LINE) for verb in VERBS if verb != "expect"),
        Key("expect", _EXPECT),
        Key("by", LINE),
        Key("data", Mapped(NAME, Anything())),
        Key("documents", Either(items=LINES, keyed=Mapped(ID, Anything()), expected="documents")),
        Key("ticks", LINES),
        Key("to", LINE),
        Key("refused", LINE),
        Key("key", LINE),
    ),
    one_of=(VERBS,),
)
SCENARIO = Shape(
    (
        Key("scenario", ID, required=True),
        Key("at", LINE),
        Key("after", ID),
        Key("people", Mapped(LINE, _PERSON)),
        Key("calls", Mapped(HANDLER, Anything())),
        Key(
            "start",
            Shape(
                (
                    Key("by", LINE),
                    Key("data", Mapped(NAME, Anything())),
                    Key("key", LINE),
                    Key("refused", LINE),
                )
            ),
        ),
        Key("steps", Many(ACTION), required=True),
    ),
    one_of=(("at", "after"),),
)


@dataclass(frozen=True, slots=True)
class Action:
    """One step of a scenario: a verb, its object, and the keys beside it. `refused`: the code it is refused with.

    `ticks` None: the whole checklist.
    """

    verb: str
    target: Any  # an id, a time, or what is expected
    by: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    documents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ticks: tuple[str, ...] | None = None
    to: str = ""
    key: str = ""  # of a message
    refused: str = ""
    place: Place = field(default_factory=Place, compare=False)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario begins at a time, or `after` another one. `start` is the action that starts the process."""

    id: str
    at: str = ""
    after: str = ""
    people: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    calls: Mapping[str, Any] = field(default_factory=dict)
    start: Action | None = None
    key: str = ""
    steps: tuple[Action, ...] = ()
    place: Place = field(default_factory=Place, compare=False)


def scenarios(nodes: tuple[Keyed, ...]) -> tuple[Scenario, ...]:
    return tuple(_scenario(node) for node in nodes)


def _scenario(node: Keyed) -> Scenario:
    start = node.node("start")
    return Scenario(
        id=node.text("scenario"),
        at=node.text("at"),
        after=node.text("after"),
        people=_mapping(node, "people"),
        calls=_mapping(node, "calls"),
        start=_action("start", start) if start else None,
        key=start.text("key") if start else "",
        steps=tuple(_action(verb, step) for step in node.nodes("steps") for verb in VERBS if verb in step),
        place=node.place,
    )


def _action(verb: str, node: Keyed) -> Action:
    target = node.get(verb)
    return Action(
        verb,
        literal(target) if target else "",
        by=node.text("by"),
        data=_mapping(node, "data"),
        documents=_documents(node),
        ticks=tuple(leaf.text for leaf in node.leaves("ticks")) if "ticks" in node else None,
        to=node.text("to"),
        key=node.text("key"),
        refused=node.text("refused"),
        place=node.place,
    )


def _documents(node: Keyed) -> dict[str, Mapping[str, Any]]:
    """Documents by id; a list names documents of which nothing more is said."""
    said = literal(node.get("documents") or Keyed((), node.place))
    if isinstance(said, list):
        return {name: {} for name in said}
    return {name: value if isinstance(value, dict) else {} for name, value in said.items()}


def _mapping(node: Keyed, key: str) -> dict[str, Any]:
    found = node.node(key)
    return literal(found) if found else {}
