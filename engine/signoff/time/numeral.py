"""Whole numbers as people write them in time phrases: Arabic digits, or Chinese numerals below ten thousand.

Well-formed numerals only; anything else is no number. Must import nothing of signoff.
"""

import re

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = (("千", 1000), ("百", 100), ("十", 10))
_DIGIT = "[一二两三四五六七八九]"

NUMERAL = re.compile(r"[0-9]+|[零〇一二两三四五六七八九十百千]+")
_CHINESE = re.compile(
    f"(?:(?P<千>{_DIGIT})千)?(?P<z1>[零〇])?(?:(?P<百>{_DIGIT})百)?(?P<z2>[零〇])?"
    f"(?:(?P<十>{_DIGIT})?(?P<ten>十))?(?P<z3>[零〇])?(?P<一>[一二两三四五六七八九])?"
)


def number(text: str) -> int | None:
    """The whole number that `text` writes, or None; digits beyond twelve places are no number here."""
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= 12 else None
    if text in ("零", "〇"):
        return 0
    return _chinese(text)


def _chinese(text: str) -> int | None:
    found = _CHINESE.fullmatch(text)
    if not text or found is None:
        return None
    value = sum(_DIGITS[found[unit]] * worth for unit, worth in _UNITS if found[unit])
    if found["ten"] and not found["十"]:
        value += 10
    value += _DIGITS[found["一"]] if found["一"] else 0
    return value if text in _spellings(value) else None


def _spellings(value: int) -> set[str]:
    """Every accepted way to write `value`: 二 or 两 before a unit, 十五 for 一十五, 零 or 〇 in gaps."""
    full = _spelled(value)
    forms = {full}
    if 10 <= value < 20:
        forms.add(full.removeprefix("一"))
    if value == 2:
        forms.add("两")
    for unit in "百千":
        forms |= {form.replace("二" + unit, "两" + unit) for form in forms}
    return forms | {form.replace("零", "〇") for form in forms}


def _spelled(value: int) -> str:
    """The full spelling: 1005 is 一千零五, 115 is 一百一十五."""
    chars = "零一二三四五六七八九"
    text, gap = "", False
    for unit, worth in (*_UNITS, ("", 1)):
        digit, value = divmod(value, worth)
        if digit:
            text += ("零" if gap and text else "") + chars[digit] + unit
        gap = not digit
    return text
