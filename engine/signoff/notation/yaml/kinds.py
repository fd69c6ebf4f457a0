"""The kinds of blocks, and the handlers beside them, with their keys (reference §3, §4, §9).

May import the words of the model, `clauses`, `vocabulary` and `shape`.
"""

from collections.abc import Mapping

from signoff.model.priority import Priority
from signoff.notation.yaml.clauses import DATA, FORM, ITEM, RESUME, RULE, RUNG
from signoff.notation.yaml.shape import Key, Kinds, Many, Option, Ref, Shape
from signoff.notation.yaml.vocabulary import (
    ASSIGNMENTS,
    BLOCKS,
    EXPRESSION,
    EXPRESSIONS,
    FLAG,
    HANDLER,
    HANDLERS,
    ID,
    IDS,
    LINE,
    NAME,
    NAMES,
    ONE_OR_MORE_IDS,
    PHRASE,
    TEXT,
    WHOLE,
)
from signoff.time.recurrence import Missed

MOMENTS = ("at", "after", "message", "signal", "condition")  # what is waited for in the flow
EVENTS = ("at", "after", "every", "message", "signal", "condition", "error", "escalation", "request")
HANDLER_KEYS = Shape(
    (
        Key("at", PHRASE),
        Key("after", PHRASE),
        Key("every", PHRASE),
        Key("error", ID),
        Key("id", ID),
        Key("name", TEXT),
        Key("interrupts", FLAG),
        Key("data", DATA),
        Key("set", ASSIGNMENTS),
        Key("steps", BLOCKS),
        Key("request", ID),
        Key("by", ONE_OR_MORE_IDS),
        Key("form", FORM),
        Key("require", Many(RULE)),
        Key("approve", Many(Ref("entry"), or_one=True)),
        Key("moves", NAMES),
        Key("within", PHRASE),
        Key("continue_at", ID),
        Key("message", ID),
        Key("key", EXPRESSION),
        Key("signal", ID),
        Key("condition", EXPRESSION),
        Key("escalation", ID),
        Key("missed", Option(tuple(Missed))),
    ),
    one_of=(EVENTS,),
)


def _block(kind: str, *keys: Key, one_of: tuple[tuple[str, ...], ...] = ()) -> Shape:
    common = (
        Key(kind, ID, required=True),
        Key("name", TEXT),
        Key("help", TEXT),
        Key("ref", LINE),
        Key("if", EXPRESSION),
    )
    return Shape((*common, *keys), one_of=one_of)


_SET = Key("set", ASSIGNMENTS)
_ACTIVITY = (_SET, Key("upon", HANDLERS), Key("undone_by", Many(Ref("block"), least=1)))
_GATE = (
    Key("require", Many(RULE)),
    Key("approve", Many(Ref("entry"), or_one=True)),
    Key("binds", IDS),
    Key("return_to", IDS),
    Key("resume", RESUME),
    Key("opens", PHRASE),
    Key("due", PHRASE),
    Key("lapses", PHRASE),
    Key("takes", PHRASE),
    Key("escalate", Many(RUNG)),
    Key("priority", Option(tuple(Priority))),
    Key("cc", IDS),
)
_STEP = (
    Key("owner", ONE_OR_MORE_IDS, required=True),
    Key("form", FORM),
    Key("delivers", IDS),
    Key("checklist", Many(ITEM)),
    Key("sign", FLAG),
)
_BRANCH = Shape(
    (Key("if", EXPRESSION, required=True), Key("name", TEXT), Key("steps", BLOCKS, required=True))
)
_CHOICE = (
    Key("branches", Many(_BRANCH, least=1), required=True),
    Key("otherwise", BLOCKS, required=True),
    _SET,
)
_SIDE = Shape((Key("name", TEXT), Key("steps", BLOCKS, required=True)))

_HEARD = (Key("message", ID), Key("key", EXPRESSION), Key("signal", ID), Key("condition", EXPRESSION))
_RUNNER = Shape(
    (
        Key("at", PHRASE),
        Key("after", PHRASE),
        *_HEARD,
        Key("every", later=True, code="F04"),
        Key("name", TEXT),
        Key("set", ASSIGNMENTS),
        Key("steps", BLOCKS),
    ),
    one_of=((*MOMENTS, "every"),),
)

BLOCK_SHAPES: Mapping[str, Shape] = {
    "step": _block("step", *_STEP, *_GATE, *_ACTIVITY),
    "gate": _block("gate", Key("owner", ONE_OR_MORE_IDS), *_GATE, *_ACTIVITY),
    "stage": _block(
        "stage", Key("steps", Many(Ref("block"), least=1), required=True), Key("data", DATA), *_ACTIVITY
    ),
    "parallel": _block("parallel", Key("branches", Many(_SIDE, least=2), required=True), _SET),
    "choose": _block("choose", *_CHOICE),
    "include": _block("include", *_CHOICE),
    "each": _block(
        "each",
        Key("item", NAME, required=True),
        Key("in", EXPRESSION, required=True),
        Key("in_turn", FLAG),
        Key("until", EXPRESSION),
        Key("data", DATA),
        Key("collect", ASSIGNMENTS),
        Key("steps", Many(Ref("block"), least=1), required=True),
        *_ACTIVITY,
    ),
    "run": _block(
        "run",
        Key("handler", HANDLER, required=True),
        Key("with", EXPRESSIONS),
        Key("returns", Ref("type")),
        Key("errors", IDS),
        Key("retry", PHRASE),
        Key("timeout", PHRASE),
        *_ACTIVITY,
    ),
    "decide": _block(
        "decide", Key("table", ID, required=True), Key("with", EXPRESSIONS), Key("returns", Ref("type")), _SET
    ),
    "call": _block("call", Key("process", ID, required=True), Key("with", EXPRESSIONS), *_ACTIVITY),
    "wait": _block(
        "wait",
        Key("at", PHRASE),
        Key("after", PHRASE),
        *_HEARD,
        *_ACTIVITY,
        one_of=(MOMENTS,),
    ),
    "race": _block("race", Key("branches", Many(_RUNNER, least=2), required=True), _SET),
    "repeat": _block(
        "repeat",
        Key("until", EXPRESSION, required=True),
        Key("at_most", WHOLE, required=True),
        Key("data", DATA),
        Key("steps", Many(Ref("block"), least=1), required=True),
        *_ACTIVITY,
    ),
    "send": _block(
        "send",
        Key("message", ID),
        Key("key", EXPRESSION),
        Key("signal", ID),
        Key("escalation", ID),
        Key("notice", ID),
        Key("to", ONE_OR_MORE_IDS),
        Key("with", EXPRESSIONS),
        _SET,
        one_of=(("message", "signal", "escalation", "notice"),),
    ),
    "undo": _block("undo", Key("of", IDS), _SET),
    "end": _block("end", Key("outcome", ID), Key("error", ID), _SET, one_of=(("outcome", "error"),)),
}
BLOCK = Kinds(BLOCK_SHAPES)
