"""Every code has one sentence, in both languages, with the same parameters; and no sentence is left over."""

import ast
import gettext
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from signoff.sentences import FAMILIES, LANGUAGES, catalogue, singular
from tests.house.catalogue import LOCALE, compiled, sources, translations
from tests.house.codes import Use, mentions, uses
from tests.house.source import Module, example, packages, shown, walked


def fields(text: str) -> frozenset[str]:
    """The parameters a sentence asks for: {gate.name} asks for gate."""
    return frozenset(
        name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(text) if name is not None
    )


def speechless(found: Iterable[Use], sentences: Mapping[str, str]) -> list[str]:
    return sorted(
        f"{use.place} says {use.code}, which has no sentence" for use in found if use.code not in sentences
    )


def unfilled(found: Iterable[Use], sentences: Mapping[str, str]) -> list[str]:
    return sorted(
        f"{use.place} says {use.code} without {', '.join(sorted(lacking))}"
        for use in found
        if use.params is not None
        and (lacking := fields(sentences.get(use.code, "")) - use.params - added_to(use.code))
    )


def added_to(code: str) -> frozenset[str]:
    """What is told of a fault only further up: in which expression it happened, about which element it is."""
    family, _ = catalogue().get(code, ("", ""))
    further = {
        "expression": frozenset({"expression"}),
        "bpmn": frozenset({"element", "kind"}),
        "decision": frozenset({"element", "kind"}),
    }
    return further.get(family, frozenset())


def left_over(modules: Iterable[Module], sentences: Mapping[str, str]) -> list[str]:
    texts, beginnings = mentions(modules)
    return sorted(
        f"{code} is said nowhere"
        for code in sentences
        if code not in texts and not code.startswith(tuple(beginnings))
    )


def said_twice(modules: Iterable[Module]) -> list[str]:
    """Codes that stand twice, in one family or in two: the second would silently replace the first."""
    keys = [
        (str(key.value), module.place)
        for module in modules
        for node in walked(module.tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and not isinstance(value, ast.Tuple)  # those for one stand beside
    ]
    twice = [code for code, number in Counter(code for code, _ in keys).items() if number > 1]
    return [f"{code} stands in {' and '.join(place for key, place in keys if key == code)}" for code in twice]


def untranslated(sentences: Iterable[str], source: Path) -> list[str]:
    """English sentences without a translation of the same parameters, and translations of nothing."""
    messages = list(translations(source))
    known = {
        text: said
        for message in messages
        if not message.fuzzy and (said := _forms(message.string)[0])
        for text in _forms(message.id)
    }
    wanted = set(sentences)
    found = [f"{source.name} does not translate: {text}" for text in sorted(wanted - set(known))]
    found += [f"{source.name} translates what nobody says: {text}" for text in sorted(set(known) - wanted)]
    found += [
        f"{source.name} has other parameters: {text}"
        for text in sorted(wanted & set(known))
        if fields(text) != fields(known[text])
    ]
    written = sum(line.startswith("msgid ") and line != 'msgid ""' for line in _lines(source))
    return found + ([f"{source.name} translates a sentence twice"] if written > len(messages) else [])


def _forms(text: Any) -> list[str]:
    """A text, or both of one that counts: for one and for many. Chinese has one form for both."""
    return [str(text)] if isinstance(text, str) else [str(form) for form in text]


def _lines(source: Path) -> list[str]:
    # A long msgid opens with an empty first line; the header's is the only one followed by msgstr.
    text = source.read_text(encoding="utf-8").replace('msgid ""\n"', 'msgid "…"\n"')
    return text.splitlines()


def english() -> dict[str, str]:
    return {code: text for code, (_, text) in catalogue().items()}


def spoken_by() -> list[Module]:
    return [module for module in packages() if not module.name.startswith("signoff.sentences.")]


@cache
def spoken() -> tuple[Use, ...]:
    """Every code that the packages say."""
    return tuple(uses(spoken_by()))


def family_modules() -> list[Module]:
    return [module for module in packages() if module.name.startswith("signoff.sentences.")]


def test_every_code_has_a_sentence() -> None:
    findings = speechless(spoken(), english())
    assert not findings, shown(findings)


def test_every_sentence_is_given_its_parameters() -> None:
    findings = unfilled(spoken(), english())
    assert not findings, shown(findings)


def test_no_sentence_is_left_over() -> None:
    findings = left_over(spoken_by(), english())
    assert not findings, shown(findings)


def test_a_code_stands_in_one_family_once() -> None:
    assert not said_twice(family_modules()), shown(said_twice(family_modules()))


def test_each_family_is_one_module() -> None:
    assert {module.name.rpartition(".")[2] for module in family_modules()} == set(FAMILIES)


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
@pytest.mark.parametrize("family", FAMILIES)
def test_every_sentence_is_translated(family: str, lang: str) -> None:
    source = LOCALE / lang / "LC_MESSAGES" / f"{family}.po"
    sentences = [text for of, text in catalogue().values() if of == family]
    sentences += [text for code, (_, text) in singular().items() if catalogue()[code][0] == family]
    findings = (
        untranslated(sentences, source) if source.exists() else [f"{source} is missing"] * bool(sentences)
    )
    assert not findings, shown(findings)


def test_the_compiled_catalogues_are_current() -> None:
    stale = [
        f"{source.name}: run `python tests/house/catalogue.py`"
        for source in sources()
        if not source.with_suffix(".mo").exists()
        or source.with_suffix(".mo").read_bytes() != compiled(source)
    ]
    assert not stale, shown(stale)


ERRORS = example(
    "signoff.errors",
    """
class SignoffError(Exception):
    def __init__(self, code, **params): ...
class Refused(SignoffError): ...
class NotFound(Refused): ...
class InvalidDefinition(SignoffError):
    def __init__(self, problems, code="invalid", **params):
        super().__init__(code, **params)
class Permanent(SignoffError):
    def __init__(self, message=""):
        super().__init__("permanent", message=message)
class Problem:
    code: str
    place: str
    params: dict
    def sentence(self, lang): ...
""",
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise Refused('x')", {"x"}),
        ("def f():\n    raise errors.NotFound(code='x', task=1)", {"x"}),
        ("raise InvalidDefinition([Problem('x', at, {'a': 1})], 'y')", {"x", "y"}),
        ("raise Permanent('words for people')", set()),
        ("def no(at, code): return Problem(code, at)\nno(1, 'x')", {"x"}),
        ("class R:\n    def no(self, why): raise Refused(why)\n    def f(self): self.no('x')", {"x"}),
        ("def a(code): b(code)\ndef b(code): raise Refused(code)\na('x')", {"x"}),
        ("raise Refused('x' if late else 'y')", {"x", "y"}),
        ("sentences.render('x', {}, lang)", {"x"}),
        ("def add(code): raise Refused(code)\nadd('x')", {"x"}),
        ("def find(name): return {}[name]\nfind('x')", set()),
    ],
)
def test_a_code_is_found_where_it_is_said(text: str, said: set[str]) -> None:
    module = example("signoff.runtime.engine", text)
    assert {use.code for use in uses([ERRORS, module])} - {"invalid", "permanent"} == said


def test_codes_of_the_errors_themselves_are_found() -> None:
    assert {use.code for use in uses([ERRORS])} == {"invalid", "permanent"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise Refused('x', a=1)", "without b"),
        ("Problem('x', at, {'a': 1})", "without b"),
        ("Problem('x')", "without a, b"),
        ("Problem('x', at, params=dict(b=1))", "without a"),
    ],
)
def test_a_parameter_that_is_not_given_is_found(text: str, said: str) -> None:
    assert said in shown(unfilled(uses([ERRORS, example("m", text)]), {"x": "{a} and {b.name}"}))


@pytest.mark.parametrize(
    "text", ["raise Refused('x', **given)", "Problem('x', at, given)", "Problem('x', at, {'a': 1, 'b': 2})"]
)
def test_parameters_given_or_unreadable_are_left_alone(text: str) -> None:
    assert unfilled(uses([ERRORS, example("m", text)]), {"x": "{a} and {b.name}"}) == []


def test_a_code_without_a_sentence_is_found() -> None:
    assert speechless([Use("m.py:1", "x")], {"y": ""}) == ["m.py:1 says x, which has no sentence"]


def test_a_sentence_that_nobody_says_is_found() -> None:
    module = example("m", "f'late_{why}'\nf'{x}_y'\nsay('x')")
    assert left_over([module], {"x": "", "late_step": "", "y": ""}) == ["y is said nowhere"]


def test_a_code_that_stands_twice_is_found() -> None:
    one, two = example("one", "SENTENCES = {'x': '', 'y': ''}"), example("two", "SENTENCES = {'x': ''}")
    assert said_twice([one, two]) == ["x stands in one.py and two.py"]


PO = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8"

msgid "Step {step} is late."
msgstr "步骤{step}已逾期。"
"""
MORE = '\nmsgid "More {n}."\nmsgstr "{}"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PO, "does not translate: More {n}."),
        (PO + MORE.replace("{}", ""), "does not translate: More {n}."),
        (PO + "\n#, fuzzy" + MORE.replace("{}", "更多{n}。"), "does not translate: More {n}."),
        (PO + MORE.replace("{}", "更多{m}。"), "has other parameters: More {n}."),
        (
            PO + MORE.replace("{}", "更多{n}。") + MORE.replace("{}", "还有{n}。"),
            "translates a sentence twice",
        ),
        (PO + MORE.replace("{}", "更多{n}。") + '\nmsgid "Old."\nmsgstr "旧。"\n', "what nobody says: Old."),
    ],
)
def test_a_gap_in_the_translation_is_found(tmp_path: Path, text: str, said: str) -> None:
    source = tmp_path / "refused.po"
    source.write_text(text, encoding="utf-8")
    assert said in shown(untranslated(["Step {step} is late.", "More {n}."], source))


def test_a_whole_translation_is_left_alone_and_compiles_the_same_every_time(tmp_path: Path) -> None:
    source = tmp_path / "refused.po"
    source.write_text(PO + '\nmsgid ""\n"More "\n"{n}."\nmsgstr "更多{n}。"\n', encoding="utf-8")
    assert untranslated(["Step {step} is late.", "More {n}."], source) == []
    assert compiled(source) == compiled(source)
    assert gettext.GNUTranslations(BytesIO(compiled(source))).gettext("More {n}.") == "更多{n}。"
