"""Sentences for people: a code and parameters in, a sentence in the reader's language out.

One module per family holds the English sentences (`SENTENCES: code -> text with {parameters}`), which are
the gettext message ids; the Chinese ones stand in `locale/zh/LC_MESSAGES/FAMILY.po`. Must import nothing of
signoff.
"""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

FAMILIES = ("definition", "expression", "time", "table", "refused", "handler", "store", "notice")
LANGUAGES = ("zh", "en")
LONGEST = 300  # characters of a text that a sentence quotes
_LOCALE = Path(__file__).resolve().parent.parent / "locale"


@cache
def catalogue() -> Mapping[str, tuple[str, str]]:
    """code -> (family, English sentence), over all families; a code stands in one family only."""
    found: dict[str, tuple[str, str]] = {}
    for family in FAMILIES:
        for code, text in import_module(f"signoff.sentences.{family}").SENTENCES.items():
            assert code not in found, f"{code} stands in {family} and in {found[code][0]}"
            found[code] = (family, text)
    return MappingProxyType(found)


@cache
def _translations(family: str, lang: str) -> gettext.NullTranslations:
    return gettext.translation(family, _LOCALE, languages=[lang], fallback=True)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as a parameter of another one; rendered in the language of the whole."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return render(self.code, self.params)


def render(code: str, params: Mapping[str, Any], lang: str = "en") -> str:
    """The sentence of `code` in `lang` (zh or en); a code without a sentence is shown with its parameters."""
    family, english = catalogue().get(code, ("", ""))
    if not english:
        return " ".join([code, *(f"{name}={value}" for name, value in params.items())])
    text = _translations(family, lang).gettext(english)
    return text.format_map(_Shown({name: spoken(value, lang) for name, value in params.items()}))


def spoken(value: Any, lang: str) -> Any:
    """A parameter as people read it: texts by language, lists joined, a text without end cut off."""
    if isinstance(value, Sentence):
        return render(value.code, value.params, lang)
    if isinstance(value, Mapping) and set(value) <= set(LANGUAGES) and value:
        return value.get(lang) or next(iter(value.values()))
    if isinstance(value, (list, tuple, set, frozenset)):
        return ("、" if lang == "zh" else ", ").join(str(spoken(item, lang)) for item in value)
    if isinstance(value, str) and len(value) > LONGEST:
        return value[:LONGEST] + "…"
    return value


class _Shown(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "{" + name + "}"
