"""Characters that deceive a reader or break a line: made visible before a text reaches people, mail or a log.

Owns the set of such characters, one line of JSON, and the guess at a misspelt name. Must import nothing of signoff
but sentences.
"""

import json
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from signoff import sentences

# Control characters, halves of characters, line and paragraph separators, and the marks that reorder text (Unicode UAX 9).
_DECEIVING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")


def visible(text: str) -> str:
    r"""The text with its line breaks as `\n`, and each deceiving character written out (`\u202e`)."""
    return _DECEIVING.sub(_written, _BREAKS.sub("\n", text))


def one_line(text: str, *, limit: int = 0) -> str:
    """The visible text on one line, cut to `limit` characters when a limit is given."""
    line = _SPACES.sub(" ", visible(text)).strip()
    return f"{line[: limit - 1]}…" if limit and len(line) > limit else line


def json_line(facts: Mapping[str, Any]) -> str:
    """One line of JSON, readable for people, in which no value can forge a line or reorder the text."""
    line = json.dumps(facts, ensure_ascii=False, separators=(", ", ": "), default=str)
    return _DECEIVING.sub(_written, line)


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is closest to a misspelt one; empty when none is close."""
    return next(iter(get_close_matches(name, sorted(known), n=1)), "")


def meant(name: str, known: Iterable[str]) -> Mapping[str, str]:
    """A parameter of a sentence: `; did you mean …?` in every language, or nothing."""
    near = nearest(name, known)
    return {
        lang: sentences.render("name_near", {"near": near}, lang) if near else ""
        for lang in sentences.LANGUAGES
    }


def _written(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
