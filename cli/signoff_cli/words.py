"""Texts of the command line in the reader's language: the English text is the message id of domain `signoff_cli`.

The language is asked of the running command; nothing is kept here. Must import only click of what is installed.
"""

import gettext
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import zip_longest
from pathlib import Path

import click

LANGUAGES = ("zh", "en")
DOMAIN = "signoff_cli"
LOCALE = Path(__file__).resolve().parent / "locale"
_ENVIRONMENT = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def t(text: str, /, **params: object) -> str:
    """`text` in the language of the running command, its {places} filled."""
    return translated(text, language()).format_map(params) if params else translated(text, language())


def counted(one: str, many: str, n: int, /, **params: object) -> str:
    """The text for so many, in the language of the running command; `{n}` is the number."""
    return _translations(language()).ngettext(one, many, n).format_map({"n": n, **params})


def translated(text: str, lang: str) -> str:
    """`text` in `lang`, its places left open."""
    return _translations(lang).gettext(text) if text else ""


def listed(names: Iterable[str]) -> str:
    """Names in a row."""
    return ("、" if language() == "zh" else ", ").join(names)


def language() -> str:
    """The language of the running command; outside of one that of the environment."""
    context = click.get_current_context(silent=True)
    return getattr(context.find_root().obj, "lang", "") if context else chosen((), os.environ)


def chosen(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language that the arguments ask for, else SIGNOFF_LANG, else that of the locale, else English.

    Reads the arguments before they are parsed, so that help and refusals of wrong arguments know it too.
    """
    said = [environment.get("SIGNOFF_LANG", "").lower()]
    for argument, following in zip_longest(arguments, arguments[1:], fillvalue=""):
        if argument == "--":
            break
        if argument == "--lang" or argument.startswith("--lang="):
            said.insert(0, argument.partition("=")[2] or following)
    return next((lang for lang in said if lang in LANGUAGES), "") or _of_locale(environment)


def _of_locale(environment: Mapping[str, str]) -> str:
    found = next((environment[name] for name in _ENVIRONMENT if environment.get(name)), "")
    return "zh" if found.lower().startswith("zh") else "en"


@cache
def _translations(lang: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, languages=[lang], fallback=True)
