"""The keys of a table: of authority, whose rows say who approves, or of decisions, whose rows give values (reference §7).

May import `shape` and `vocabulary`.
"""

from signoff.notation.yaml.shape import Either, Key, Many, Mapped, Option, Ref, Shape, Word
from signoff.notation.yaml.vocabulary import ID, NAME, TEXT

HITS = ("one", "first", "all")
CELL = Either(Word("cell", bare=True), items=Many(Word("cell", bare=True), least=1), expected="cell")
TABLE = Shape(
    (
        Key("name", TEXT),
        Key("inputs", Mapped(NAME, Ref("type"))),
        Key("outputs", Mapped(NAME, Ref("type"))),
        Key("hit", Option(HITS)),
        Key("rows", Many(Shape((Key("approve", Many(Ref("entry"), least=1)),), others=CELL))),
        Key("otherwise", Mapped(NAME, CELL)),
        Key("shared", ID),
    ),
    one_of=(("rows", "shared"),),
)
