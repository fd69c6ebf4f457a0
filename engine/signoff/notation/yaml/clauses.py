"""What blocks and sections are made of: types, forms, rules, rungs of ladders, entries of approvals (reference §2, §4, §5, §8).

May import the words of the model, `vocabulary` and `shape`.
"""

from signoff.model.gate import Resume, Right, Ruling, SamePerson
from signoff.model.priority import Priority
from signoff.notation.yaml.shape import Either, Flag, Key, Many, Mapped, Option, Ref, Shape, Word
from signoff.notation.yaml.vocabulary import (
    EXPRESSION,
    EXPRESSIONS,
    FLAG,
    ID,
    IDS,
    LINE,
    LINES,
    NAME,
    NAMES,
    NUMBER,
    ONE_OR_MORE_IDS,
    PHRASE,
    TEXT,
    WHOLE,
    later,
)

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
    Key("readers", ONE_OR_MORE_IDS),
)
TYPE = Either(ID, keyed=Shape(_TYPE, one_of=(_KIND_OF_TYPE,)), expected="type")
DECLARATION = Either(ID, keyed=Shape(_DECLARATION, one_of=(_KIND_OF_TYPE,)), expected="type")
DATA = Mapped(NAME, Ref("declaration"))

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
        Key("assign", ID),
        Key("raise", ID),
        *later("repeat", "hold"),
    ),
    some_of=("notify", "decide", "assign", "raise"),
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
