"""The expressions of a BPMN file in signoff's language, whichever language they were written in.

What cannot be translated is told with its place and its reason; nothing is guessed and nothing is evaluated. May
import notation.dialect, notation.xml, model.expression and sentences.
"""

from collections.abc import Callable
from dataclasses import dataclass

from signoff.errors import UnsafeExpression
from signoff.model.expression import Expression
from signoff.notation import dialect
from signoff.notation.xml.element import Element
from signoff.notation.xml.namespace import LANGUAGE
from signoff.notation.xml.report import Report
from signoff.sentences import Sentence

_LONGEST = 120  # of an expression in a sentence
_SCRIPTS = ("groovy", "javascript", "ecmascript", "python", "ruby", "java", "scala", "mvel", "spel")


@dataclass(frozen=True, slots=True)
class Formulas:
    """Reads expressions; `language` is the one that the file says for all that say none."""

    report: Report
    language: str = ""

    def condition(self, element: Element | None) -> Expression | None:
        """The expression that is an element's text; None when there is none, or when it was refused."""
        if element is None or not element.text.strip():
            return None
        return self.read(element.text, element, element.get("language"))

    def read(self, text: str, element: Element, language: str = "") -> Expression | None:
        """A text that is one expression, with or without the signs around it."""
        plain = text.strip()
        language = language or self.language
        if language == LANGUAGE:
            return self._checked(plain, plain, element)
        if script := next((s for s in _SCRIPTS if s in language.lower()), ""):
            self.report.refuse("bpmn_script_condition", element, language=script)
            return None
        return self._translated(self._dialect(plain, language), plain, element)

    def value(self, text: str, element: Element) -> Expression | None:
        """A text that may have expressions in it; one without any stands for itself."""
        plain = text.strip()
        if self.is_formula(plain):
            translate = dialect.feel if plain.startswith("=") else dialect.template
            return self._translated(translate, plain, element)
        return self.literal(plain, element)

    def literal(self, text: str, element: Element) -> Expression | None:
        """A text, as an expression that says it."""
        return self._translated(_literal, text, element)

    @staticmethod
    def is_formula(text: str) -> bool:
        """Whether a value is computed: `${…}`, `#{…}`, or what follows an equals sign."""
        return dialect.is_template(text) or text.strip().startswith("=")

    @staticmethod
    def _dialect(text: str, language: str) -> Callable[[str], str]:
        if dialect.is_xpath(text):
            return dialect.xpath
        is_feel = text.startswith("=") or ("feel" in language.lower() and not dialect.is_template(text))
        return dialect.feel if is_feel else dialect.juel

    def _translated(self, translate: Callable[[str], str], text: str, element: Element) -> Expression | None:
        try:
            translated = translate(text)
        except dialect.Untranslatable as error:
            why = Sentence(f"bpmn_why_{error.why}", {"part": error.part})
            self.report.refuse("bpmn_expression", element, text=_short(text), what=why)
            return None
        return self._checked(translated, text, element)

    def _checked(self, translated: str, text: str, element: Element) -> Expression | None:
        try:
            return Expression.of(translated)
        except UnsafeExpression as error:
            what = Sentence(error.code, error.params)
            self.report.refuse("bpmn_expression", element, text=_short(text), what=what)
            return None


def _short(text: str) -> str:
    """As much of an expression as a sentence can hold."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _literal(text: str) -> str:
    return dialect.template(text) if text else "''"
