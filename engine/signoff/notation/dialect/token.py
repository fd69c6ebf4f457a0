"""The tokens of a foreign expression, and the cursor that its parser moves along them. Must import nothing of signoff."""

import re
from dataclasses import dataclass
from typing import NoReturn

LONGEST = 2_000
DEEPEST = 25
END = "end"


class Untranslatable(Exception):
    """The part of a text that has no counterpart here; `offset` counts characters from 0, `why` is a reason's code."""

    def __init__(self, why: str, part: str, offset: int) -> None:
        super().__init__(why, part, offset)
        self.why = why
        self.part = part
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is text, number, name, sign or end."""

    kind: str
    value: str
    at: int


class Cursor:
    """The tokens of one text, read from the left; remembers how deep its parser is nested."""

    def __init__(self, text: str, pattern: re.Pattern[str]) -> None:
        if len(text) > LONGEST:
            raise Untranslatable("too_long", text[:40], 0)
        self.tokens = _scan(text, pattern)
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def ahead(self, steps: int = 1) -> Token:
        return self.tokens[min(self.at + steps, len(self.tokens) - 1)]

    def take(self, *values: str) -> str:
        """The next sign or word if it is one of these, else nothing."""
        token = self.token
        if token.kind in {"sign", "name"} and token.value in values:
            self.at += 1
            return token.value
        return ""

    def next(self) -> Token:
        token = self.token
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def need(self, value: str) -> None:
        if not self.take(value):
            self.stop("unreadable")

    def name(self) -> str:
        if self.token.kind != "name":
            self.stop("unreadable")
        return self.next().value

    def enter(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            self.stop("too_deep")

    def leave(self) -> None:
        self.depth -= 1

    def finish(self) -> None:
        if self.token.kind != END:
            self.stop("unreadable")

    def stop(self, why: str, part: str = "") -> NoReturn:
        raise Untranslatable(why, part or self.token.value, self.token.at)


def _scan(text: str, pattern: re.Pattern[str]) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = pattern.match(text, at)
        if match is None:
            raise Untranslatable("unreadable", text[at : at + 20], at)
        found.append(Token(str(match.lastgroup), match.group(), at))
        at = match.end()
    found.append(Token(END, "", len(text)))
    return found
