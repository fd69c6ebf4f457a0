"""Names: the words of a cell as a legal id, and lists of people or things as their parts.

Owns what an id may look like (an XML NCName that the language takes as an id) and which separators divide a
list. Must not know the columns.
"""

import re
import unicodedata

from signoff.notation.table.sheet import plain

MAX_ID = 80
_MASKS = re.compile(r"[*＊※]+")
_NUMBERING = re.compile(
    r"^\s*(?:(?:step|task|phase|stage)\s*\d+\s*[:.\-–—)]\s*|第?[一二三四五六七八九十百]+[、.．:：]\s*"
    r"|步骤\s*[\d一二三四五六七八九十]+\s*[:：、.．]\s*|[(（][\d一二三四五六七八九十]+[)）]\s*|[①-⑳]\s*"
    r"|\d+(?:\.\d+)*\s*[、:：)）]\s*|\d+(?:\.\d+)*\.\s*(?=\D)|\d+(?:\.\d+)+\s+|\d+\s+(?=[A-Z]))",
    re.IGNORECASE,
)
_RANGES = (
    (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF), (0x370, 0x37D), (0x37F, 0x1FFF), (0x2C00, 0x2FEF), (0x3001, 0xD7FF),
    (0xF900, 0xFDCF), (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF),
)  # fmt: skip
_PEOPLE = re.compile(r"\s*(?:[/／、，,;；&＆+\n|]|和|与|及|以及|\band\b)\s*")
_THINGS = re.compile(r"\s*(?:[/／、，,;；\n])\s*")
_NOTHING = {"", "-", "--", "—", "——", "/", "无", "暂无", "n/a", "na", "none", "nil", "tbd", "待定", "."}


def identifier(text: str) -> str:
    """The words as an id: letters, digits, `-` and `_`; a leading digit gets an `n`; "" when nothing is left."""
    word = "".join(sign if _inside(sign) else "-" for sign in unicodedata.normalize("NFKC", text))
    word = re.sub("-{2,}", "-", word)[:MAX_ID].strip("-")
    word = word.lstrip("-_")
    return f"n{word}" if word and word[0].isdecimal() else word


def _first(sign: str) -> bool:
    # Marks and letters beyond the first plane have no place in the XML names of older readers.
    return sign == "_" or (unicodedata.category(sign) in ("Lu", "Ll", "Lo", "Lt") and _xml(sign))


def _inside(sign: str) -> bool:
    return sign == "-" or _first(sign) or (unicodedata.category(sign) == "Nd" and _xml(sign))


def _xml(sign: str) -> bool:
    # The ranges of NameStartChar and NameChar in XML 1.0, fifth edition, letters and digits only.
    at = ord(sign)
    return sign.isascii() or any(first <= at <= last for first, last in _RANGES)


def unique(word: str, taken: set[str]) -> str:
    """`word`, or `word-2`, `word-3` … when it is taken; the answer is taken from then on."""
    found, number = word, 2
    while found in taken:
        found, number = f"{word}-{number}", number + 1
    taken.add(found)
    return found


def unnumbered(text: str) -> str:
    """The text without list numbers in front of it: 1.2、 （三） Step 4: ."""
    return _NUMBERING.sub("", text, count=1).strip() or text.strip()


def unmasked(text: str) -> str:
    """A name without the asterisks that hide a part of it."""
    return _MASKS.sub("", text).strip()


def people(text: str) -> list[str]:
    """The people a text lists, masks off, each once; a text in brackets is not a person."""
    if nothing(text):
        return []
    parts = (unmasked(part).strip(" ()（）.。:：") for part in _PEOPLE.split(unbracketed(text)))
    return list(dict.fromkeys(part for part in parts if not nothing(part)))


def things(text: str) -> list[str]:
    """The things a text lists, each once."""
    parts = (part.strip(" .。") for part in _THINGS.split(text))
    return list(dict.fromkeys(part for part in parts if not nothing(part)))


def unbracketed(text: str) -> str:
    return re.sub(r"[(（\[【][^()（）\[\]【】]*[)）\]】]", "", text).strip()


def bracketed(text: str) -> list[str]:
    """What stands in brackets."""
    found = re.findall(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]", text)
    return [part.strip() for part in found if part.strip()]


def nothing(text: str) -> bool:
    """Whether a cell says that there is nothing: empty, a dash, 无, N/A."""
    return plain(text).lower() in _NOTHING
