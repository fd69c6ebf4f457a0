"""The keys of the language, one table per kind of thing (reference §2 to §9, §13).

These tables drive the check of a file, what it suggests, and the JSON Schema. May import the words of `model.gate`,
`vocabulary`, `scenario` and `shape`.
"""

from collections.abc import Mapping

from signoff.model.authority import Verb
from signoff.model.gate import Resume, Right, Ruling, SamePerson
from signoff.model.priority import Priority, Standstill
from signoff.notation.yaml.scenario import SCENARIO
from signoff.notation.yaml.shape import (
    Either,
    Flag,
    Key,
    Kinds,
    Many,
    Mapped,
    Option,
    Ref,
    Shape,
    Value,
    Word,
)
from signoff.notation.yaml.tables import TABLE
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
    LINES,
    NAME,
    NAMES,
    NUMBER,
    ONE_OR_MORE_IDS,
    PATH,
    PHRASE,
    TEXT,
    WHOLE,
    later,
    wholly_later,
)
from signoff.time.recurrence import Missed

_KIND_OF_TYPE = ("type", "one_of", "list_of", "fields")
_TYPE = (
    Key("type", ID),
    Key("one_of", Many(Word("option"), least=1)),
    Key("list_of", Ref("type")),
    Key("fields", Mapped(NAME, Ref("declaration"))),
    Key("min", NUMBER),
    Key("max", NUMBER),
    Key("currency", LINE),
)
_DECLARATION = (
    *_TYPE,
    Key("name", TEXT),
    Key("help", TEXT),
    Key("optional", FLAG),
    Key("default"),
    Key("formula", EXPRESSION),
    Key("personal", FLAG),
)
TYPE = Either(ID, keyed=Shape(_TYPE, one_of=(_KIND_OF_TYPE,)), expected="type")
DECLARATION = Either(ID, keyed=Shape(_DECLARATION, one_of=(_KIND_OF_TYPE,)), expected="type")
DATA = Mapped(NAME, Ref("declaration"))

DATE = Shape(
    (
        Key("day", EXPRESSION),
        Key("from", EXPRESSION),
        Key("to", EXPRESSION),
        Key("name", TEXT),
        Key("also", LINES),
    ),
    one_of=(("day", "from"),),
)
DOCUMENT = Shape(
    (
        Key("name", TEXT),
        Key("sections", LINES),
        Key("formats", LINES),
        Key("keep", PHRASE),
        Key("personal", FLAG),
        *later("template"),
    )
)
ROLE_KINDS = (
    "is", "person", "group", "department", "title", "field", "expression", "lead_of", "manager_of", "head_of",
    "chain_of", "picked_by", "authority",
)  # fmt: skip
COVER = (Key("for", LINE, required=True), Key("covers", EXPRESSION, required=True), Key("currency", LINE))
ROLE = Shape(
    (
        Key("is", LINE),
        Key("person", LINE),
        Key("group", LINE),
        Key("field", PATH),
        Key("lead_of", ID),
        Key("manager_of", ID),
        Key("levels", WHOLE),
        Key("if_empty", ID),
        Key("name", TEXT),
        Key("department", LINE),
        Key("title", LINE),
        Key("expression", EXPRESSION),
        Key("head_of", ID),
        Key("chain_of", ID),
        Key("up_to", ID),
        Key("picked_by", ID),
        Key("among", ID),
        Key("limit", Shape(COVER)),
        Key("authority", Shape((*COVER, Key("as", Option(tuple(Verb))), Key("of", ID)))),
    ),
    one_of=(ROLE_KINDS,),
)
NOTICE = Shape((Key("subject", TEXT, required=True), Key("text", TEXT, required=True)))
ALLOW = Many(Option(tuple(Right)))
RESUME = Option(tuple(Resume))
RUNG = Shape(
    (
        Key("at", PHRASE, required=True),
        Key("level", LINE),
        Key("if", EXPRESSION),
        Key("notify", Many(ID, least=1, or_one=True)),
        Key("say", ID),
        Key("repeat", PHRASE),
        Key("assign", ID),
        Key("hold", LINE),
        Key("waive", IDS),
        Key("priority", Option(tuple(Priority))),
        Key("raise", ID),
        *later("decide"),
    ),
    some_of=("notify", "assign", "hold", "priority", "raise"),
)
OWN_RUNG = Shape(  # of an entry's own ladder
    (
        Key("at", PHRASE, required=True),
        Key("level", LINE),
        Key("if", EXPRESSION),
        Key("notify", Many(ID, least=1, or_one=True)),
        Key("say", ID),
        Key("decide", Option(tuple(Ruling))),
        *later("repeat", "assign", "hold", "raise"),
    ),
    some_of=("notify", "decide"),
)
DEFAULTS = Shape(
    (
        Key("day", PHRASE),
        Key("roll", Option(("outward", "back", "forward", "none"))),
        Key("resume", RESUME),
        Key("suspended", Option(tuple(Standstill))),
        Key("urge", PHRASE),
        Key("asked", Option(tuple(Standstill))),
        Key("not_by", LINES),
        Key("allow", ALLOW),
        Key("retry", PHRASE),
        Key("timeout", PHRASE),
        Key("escalate", Many(RUNG)),
    )
)
FORM = Shape(
    (
        Key("fill", NAMES),
        Key("edit", NAMES),
        Key("show", Either(Option(("all",)), items=NAMES, expected="names")),
    )
)
RULE = Shape(
    (
        Key("rule", EXPRESSION, required=True),
        Key("says", TEXT, required=True),
        Key("id", ID),
        Key("warn", FLAG),
        Key("waive", IDS),
    )
)
START = Shape(
    (
        Key("by", IDS),
        Key("released_by", IDS),
        Key("form", FORM),
        Key("require", Many(RULE)),
        Key("key", EXPRESSION),
        Key("withdraw", LINE),
        *later("message", "signal", "every", "set"),
    )
)
ENTRY = Shape(
    (
        Key("by", ONE_OR_MORE_IDS),
        Key("table", ID),
        Key("with", EXPRESSIONS),
        Key("parallel", Many(Ref("entry"), least=1)),
        Key("need", Word("need", bare=True)),
        Key("as", Option(("approve", "review", "acknowledge"))),
        Key("sign", Flag(("key",))),
        Key("if", EXPRESSION),
        Key("binds", IDS),
        Key("not_by", LINES),
        Key("declined", LINE),
        Key("weights", Mapped(ID, WHOLE)),
        Key("veto", IDS),
        Key("wait_all", FLAG),
        Key("same_person", Option(tuple(SamePerson))),
        Key("auto", EXPRESSION),
        Key("allow", ALLOW),
        Key("add_from", ONE_OR_MORE_IDS),
        Key("transfer_to", ONE_OR_MORE_IDS),
        Key("due", PHRASE),
        Key("escalate", Many(OWN_RUNG)),
    ),
    one_of=(("by", "table", "parallel"),),
)
ITEM = Either(
    LINE,
    keyed=Shape(
        (Key("item", TEXT), Key("if", EXPRESSION), Key("zh", LINE), Key("en", LINE)),
        some_of=("item", "zh", "en"),
    ),
    expected="text",
)
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
        *wholly_later("message", "signal", "condition", "escalation"),
        Key("missed", Option(tuple(Missed))),
        *later("key"),
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
_SET_LATER = Key("set", later=True)
_ACTIVITY = (_SET, Key("upon", HANDLERS), *later("undone_by"))
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
    _SET_LATER,
)
_SIDE = Shape((Key("name", TEXT), Key("steps", BLOCKS, required=True)))

BLOCK_SHAPES: Mapping[str, Shape] = {
    "step": _block("step", *_STEP, *_GATE, *_ACTIVITY),
    "gate": _block("gate", Key("owner", ONE_OR_MORE_IDS), *_GATE, *_ACTIVITY),
    "stage": _block(
        "stage", Key("steps", Many(Ref("block"), least=1), required=True), Key("data", DATA), *_ACTIVITY
    ),
    "parallel": _block("parallel", Key("branches", Many(_SIDE, least=2), required=True), _SET_LATER),
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
        *later("message", "signal", "condition", "key"),
        *_ACTIVITY,
        one_of=(("at", "after", "message", "signal", "condition"),),
    ),
    "end": _block("end", Key("outcome", ID), _SET_LATER, *later("error"), one_of=(("outcome", "error"),)),
}
BLOCK = Kinds(BLOCK_SHAPES, later=("race", "repeat", "send", "undo"))

_FORMAT = Key("signoff", Option(("1",)), required=True)
SCENARIO_FILE = Shape(
    (_FORMAT, Key("scenarios_of", ID, required=True), Key("scenarios", Many(Ref("scenario")), required=True))
)
PROCESS_FILE = Shape(
    (
        _FORMAT,
        Key("process", ID, required=True),
        Key("name", TEXT),
        Key("help", TEXT),
        Key("edition", LINE),
        Key("lang", Option(("zh", "en"))),
        Key("calendar", LINE),
        Key("zone", LINE),
        Key("currency", LINE),
        Key("priority", Option(tuple(Priority))),
        Key("types", Mapped(ID, Ref("type"))),
        Key("data", DATA),
        Key("dates", Mapped(ID, DATE)),
        Key("documents", Mapped(ID, DOCUMENT)),
        Key("roles", Mapped(ID, ROLE)),
        Key("tables", Mapped(ID, Ref("table"))),
        Key("notices", Mapped(ID, NOTICE)),
        Key("defaults", DEFAULTS),
        Key("start", START),
        Key("steps", Many(Ref("block"), least=1), required=True),
        Key("upon", HANDLERS),
        Key("returns", NAMES),
        Key("scenarios", Many(Ref("scenario"))),
        *later("messages", "signals"),
    )
)
SHAPES: Mapping[str, Value] = {
    "type": TYPE,
    "declaration": DECLARATION,
    "table": TABLE,
    "entry": ENTRY,
    "handler": HANDLER_KEYS,
    "block": BLOCK,
    "scenario": SCENARIO,
    **BLOCK_SHAPES,
}
