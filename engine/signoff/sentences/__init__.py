"""Sentences for people: a code and parameters in, a sentence in the reader's language out.

One module per family holds the English sentences (`SENTENCES: code -> text with {parameters}`), which are
the gettext message ids, and where they count (`SINGULAR: code -> the parameter and the text for one`); the Chinese ones stand in `locale/zh/LC_MESSAGES/FAMILY.po`. Must import nothing of
signoff.
"""

import gettext
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

FAMILIES = (
    "definition",
    "expression",
    "time",
    "table",
    "refused",
    "handler",
    "store",
    "notice",
    "bpmn",
    "decision",
)
LANGUAGES = ("zh", "en")
LONGEST = 300  # characters of a text that a sentence quotes
_LOCALE = Path(__file__).resolve().parent.parent / "locale"
_CLOSED = re.compile(r"(?P<place>\{(?P<name>\w+)\})[.。]")  # what is quoted at the end of a sentence
_STOPS, _CRIES = (".", "。"), ("!", "?", "！", "？", "…")


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
def singular() -> Mapping[str, tuple[str, str]]:
    """code -> (the parameter that counts, the English sentence for one), over all families that count."""
    found: dict[str, tuple[str, str]] = {}
    for family in FAMILIES:
        found |= getattr(import_module(f"signoff.sentences.{family}"), "SINGULAR", {})
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
    text = _worded(code, english, params, _translations(family, lang))
    closing = {match["name"] for match in _CLOSED.finditer(text)}
    shown = {name: (_quoted if name in closing else spoken)(value, lang) for name, value in params.items()}
    return _CLOSED.sub(lambda match: _once(match, shown), text).format_map(_Shown(shown))


def _worded(code: str, many: str, params: Mapping[str, Any], known: gettext.NullTranslations) -> str:
    """The words of a language, where they count for so many."""
    if code not in singular():
        return known.gettext(many)
    name, one = singular()[code]
    number = params.get(name)
    return known.ngettext(one, many, number if isinstance(number, int) else 2)


def _quoted(value: Any, lang: str) -> Any:
    """What is quoted at the end of a sentence, without the full stop that the sentence brings itself."""
    if isinstance(value, (list, tuple)):
        return spoken([_quoted(item, lang) for item in value], lang)
    said = spoken(value, lang)
    if not isinstance(said, str):
        return said
    bare = said.rstrip()
    return bare[:-1] if bare.endswith(_STOPS) else bare


def _once(match: re.Match[str], shown: Mapping[str, Any]) -> str:
    """A question or a cry that is quoted at the end ends the sentence itself."""
    return match["place"] if str(shown.get(match["name"], "")).endswith(_CRIES) else match[0]


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
