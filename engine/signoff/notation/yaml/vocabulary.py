"""The words that keys are made of: ids, names, texts, phrases, expressions; shared by the tables of `keys`.

Must import nothing but `shape`.
"""

from signoff.notation.yaml.shape import Either, Flag, Key, Many, Mapped, Number, Ref, Shape, Word

ID = Word("id", r"[^\W\d_][\w-]*")
NAME = Word("name", r"[^\W\d_]\w*")
LINE = Word("text")
PATH = Word("path", r"[^\W\d_]\w*(?:\.[^\W\d_]\w*)*")
HANDLER = Word("handler", r"[^\W\d_][\w-]*(?:\.[\w-]+)*")
PHRASE = Word("phrase")
EXPRESSION = Word("expression", bare=True)
FLAG, WHOLE, NUMBER = Flag(), Number(whole=True), Number()
TEXT = Either(LINE, keyed=Shape((Key("zh", LINE), Key("en", LINE)), some_of=("zh", "en")), expected="text")
IDS, NAMES, LINES = Many(ID), Many(NAME), Many(LINE)
ONE_OR_MORE_IDS = Many(ID, least=1, or_one=True)
EXPRESSIONS = Mapped(NAME, EXPRESSION)
ASSIGNMENTS = Mapped(PATH, EXPRESSION)
BLOCKS = Many(Ref("block"))
HANDLERS = Many(Ref("handler"))


def later(*names: str) -> tuple[Key, ...]:
    """Keys of the language that this release does not run."""
    return tuple(Key(name, later=True) for name in names)
