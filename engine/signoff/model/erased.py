"""What stands where a value was erased: a text that says so, in every place that shows texts.

It keeps the salted hash that stands for the value in the record, and nothing else of it. Must import nothing of
signoff.
"""

from typing import Self

MARK = "已擦除 (erased)"


class Erased(str):
    """A value that is gone; `seal` is its salted hash. Reads as a text, whatever type the value had."""

    __slots__ = ("seal",)

    seal: str

    def __new__(cls, seal: str = "") -> Self:
        made = super().__new__(cls, MARK)
        made.seal = seal
        return made

    def __reduce__(self) -> tuple[type["Erased"], tuple[str]]:
        return Erased, (self.seal,)
