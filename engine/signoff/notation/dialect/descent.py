"""What the parsers of foreign expressions share: the ranks that bind alike, lists, brackets. May import its siblings."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

from signoff.notation.dialect import piece as p
from signoff.notation.dialect.piece import Piece
from signoff.notation.dialect.token import Cursor


class Descent(ABC):
    """One recursive descent over one text, a method for each rank of the grammar.

    `products`: the signs of a product, with ours for each.
    """

    products: ClassVar[Mapping[str, str]] = {"*": "*", "/": "/"}

    def __init__(self, text: str, pattern: re.Pattern[str]) -> None:
        self.cursor = Cursor(text, pattern)

    @abstractmethod
    def any(self) -> Piece:
        """What binds loosest: a whole expression."""

    @abstractmethod
    def unary(self) -> Piece:
        """An operand of a product."""

    @abstractmethod
    def over(self) -> None:
        """Stop at the sign after a product that has no counterpart here."""

    def expression(self) -> Piece:
        """The whole text. Raises Untranslatable."""
        found = self.any()
        self.cursor.finish()
        return found

    def series(self, part: Callable[[], Piece], word: str, *signs: str) -> Piece:
        """Parts joined by `and` or `or`, however these are written."""
        found = [part()]
        while self.cursor.take(*signs):
            found.append(part())
        return p.logic(word, found)

    def sum(self) -> Piece:
        left = self.product()
        while sign := self.cursor.take("+", "-"):
            left = p.arithmetic(left, sign, self.product())
        return left

    def product(self) -> Piece:
        left = self.unary()
        while sign := self.cursor.take(*self.products):
            left = p.arithmetic(left, self.products[sign], self.unary())
        self.over()
        return left

    def until(self, closing: str) -> list[Piece]:
        """What stands between commas, after the opening bracket and past the closing one."""
        found: list[Piece] = []
        while not self.cursor.take(closing):
            if found:
                self.cursor.need(",")
            found.append(self.any())
        return found

    def bracketed(self) -> Piece:
        """After an opening parenthesis."""
        found = self.any()
        self.cursor.need(")")
        return Piece(f"({found.text})") if found.rank < p.ATOM else found

    def field(self, of: Piece, name: str) -> Piece:
        if not of.is_path:
            self.cursor.stop("field", name)
        return Piece(f"{of.text}.{name}")
