"""A piece of a text of signoff's expression language, with how tightly it binds. Must import nothing of signoff."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CHOICE, OR, AND, NOT, COMPARISON, SUM, TERM, UNARY, ATOM = range(9)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    rank: int = ATOM

    def within(self, rank: int) -> str:
        """The text as an operand of what binds so tightly."""
        return self.text if self.rank >= rank else f"({self.text})"

    @property
    def is_path(self) -> bool:
        """Whether fields may be read from it."""
        return self.rank == ATOM and self.text[-1:] not in {"'", '"'} and not self.text[:1].isdigit()


def choice(test: Piece, then: Piece, otherwise: Piece) -> Piece:
    return Piece(f"{then.within(OR)} if {test.within(OR)} else {otherwise.within(CHOICE)}", CHOICE)


def logic(word: str, parts: Sequence[Piece]) -> Piece:
    if len(parts) == 1:
        return parts[0]
    rank = OR if word == "or" else AND
    return Piece(f" {word} ".join(part.within(rank + 1) for part in parts), rank)


def denial(of: Piece) -> Piece:
    return Piece(f"not {of.within(NOT)}", NOT)


def comparison(left: Piece, sign: str, right: Piece) -> Piece:
    return Piece(f"{left.within(SUM)} {sign} {right.within(SUM)}", COMPARISON)


def arithmetic(left: Piece, sign: str, right: Piece) -> Piece:
    rank = SUM if sign in "+-" else TERM
    return Piece(f"{left.within(rank)} {sign} {right.within(rank + 1)}", rank)


def minus(of: Piece) -> Piece:
    return Piece(f"-{of.within(ATOM)}", UNARY)


def call(name: str, *arguments: Piece) -> Piece:
    return Piece(f"{name}({', '.join(argument.text for argument in arguments)})")


def listing(items: Sequence[Piece]) -> Piece:
    return Piece(f"[{', '.join(item.text for item in items)}]")


def unquoted(token: str) -> str:
    """What a text between quotes says: escapes are what they stand for, else the sign itself."""
    named = {"n": "\n", "t": "\t", "r": "\r"}

    def plain(match: re.Match[str]) -> str:
        sign = match[1]
        return chr(int(sign[1:], 16)) if len(sign) > 1 else named.get(sign, sign)

    return _ESCAPE.sub(plain, token[1:-1])


def number(written: str) -> Piece:
    """A number without the zeros that a number here does not begin with."""
    whole, point, rest = written.partition(".")
    return Piece((whole.lstrip("0") or "0") + point + rest)


def quoted(value: str) -> Piece | None:
    """A text as this language writes it; None when it cannot: it has no escapes."""
    if any(sign in value for sign in "\\\r\n\t"):
        return None
    if "'" not in value:
        return Piece(f"'{value}'")
    if '"' not in value:
        return Piece(f'"{value}"')
    parts = re.findall(r"[^']+|'+", value)
    return Piece(" + ".join(f'"{part}"' if "'" in part else f"'{part}'" for part in parts), SUM)


def field_or_null(of: Piece, key: Piece) -> Piece | None:
    """A field by a key that is written out; null where there is none. None where the key is computed."""
    name = key.text[1:-1]
    if not of.is_path or key.text[:1] not in {"'", '"'} or not name.isidentifier():
        return None
    return call("default", Piece(f"{of.text}.{name}"), Piece("null"))


def like(before: str, after: str) -> Callable[[Piece, Piece], Piece | None]:
    """A test of a text by a fixed part of it; None for what is no plain text."""

    def build(of: Piece, what: Piece) -> Piece | None:
        text = what.text[1:-1]
        if what.text[:1] not in {"'", '"'} or any(sign in text for sign in "*?'\""):
            return None
        return call("like", of, Piece(f"'{before}{text}{after}'"))

    return build
