"""The keys of the language, one table per kind of thing (reference §2, §6, §7, §13).

These tables drive the check of a file, what it suggests, and the JSON Schema. What blocks are made of stands in
`clauses`, the blocks themselves in `kinds`. May import the words of the model and its siblings.
"""

from collections.abc import Mapping

from signoff.model.authority import Verb
from signoff.model.priority import Priority, Standstill
from signoff.notation.yaml.clauses import ALLOW, DATA, DECLARATION, ENTRY, FORM, RESUME, RULE, RUNG, TYPE
from signoff.notation.yaml.kinds import BLOCK, BLOCK_SHAPES, HANDLER_KEYS
from signoff.notation.yaml.scenario import SCENARIO
from signoff.notation.yaml.shape import Key, Many, Mapped, Option, Ref, Shape, Value
from signoff.notation.yaml.tables import TABLE
from signoff.notation.yaml.vocabulary import (
    ASSIGNMENTS,
    EXPRESSION,
    FLAG,
    HANDLERS,
    ID,
    IDS,
    LINE,
    LINES,
    NAME,
    NAMES,
    ONE_OR_MORE_IDS,
    PATH,
    PHRASE,
    TEXT,
    WHOLE,
    later,
)

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
        Key("readers", ONE_OR_MORE_IDS),
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
_CARRIED = Key("fields", Mapped(NAME, Ref("declaration")))
MESSAGE = Shape((_CARRIED, Key("keep", PHRASE)))
SIGNAL = Shape((_CARRIED,))
NOTICE = Shape((Key("subject", TEXT, required=True), Key("text", TEXT, required=True)))
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
START = Shape(
    (
        Key("by", IDS),
        Key("released_by", IDS),
        Key("form", FORM),
        Key("require", Many(RULE)),
        Key("key", EXPRESSION),
        Key("withdraw", LINE),
        Key("message", ID),
        Key("signal", ID),
        Key("every", PHRASE),
        Key("set", ASSIGNMENTS),
    ),
    at_most_one=("message", "signal", "every"),
)
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
        Key("messages", Mapped(ID, MESSAGE)),
        Key("signals", Mapped(ID, SIGNAL)),
        Key("scenarios", Many(Ref("scenario"))),
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
