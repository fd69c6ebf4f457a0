"""In which language a person is written to: the person's own, else the process's, else this machine's, else English.

Must not import `engine`.
"""

import os
from collections.abc import Mapping

from signoff.model.definition import Definition
from signoff.runtime.contact import Contact
from signoff.sentences import LANGUAGES

_UNSAID = "zh"  # what a definition has that does not say its language
_VARIABLES = ("SIGNOFF_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
_FIRST, _LAST = "\u4e00", "\u9fff"  # the CJK ideographs


def tongue(to: Contact, definition: Definition, environment: Mapping[str, str] = os.environ) -> str:
    """zh or en. A definition without `lang` and without a Chinese word leaves it to SIGNOFF_LANG or the locale."""
    return to.lang or _of_process(definition) or of_machine(environment)


def _of_process(definition: Definition) -> str:
    """`lang`; empty where it is the default and nothing in the definition is Chinese: then nobody said it."""
    labels = [definition.label, *(node.label for node in definition.nodes.values())]
    chinese = any(_FIRST <= letter <= _LAST for label in labels for letter in label.zh)
    return definition.lang if definition.lang != _UNSAID or chinese else ""


def of_machine(environment: Mapping[str, str] = os.environ) -> str:
    """That of SIGNOFF_LANG or the locale, else English."""
    said = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    return next((lang for lang in LANGUAGES if said.lower().startswith(lang)), "en")
