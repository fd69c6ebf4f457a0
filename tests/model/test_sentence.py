"""A sentence ends once, however the text ends that people wrote and that it quotes."""

import pytest

from signoff.kernel.missing import Missing
from signoff.sentences import Sentence, catalogue, render, singular


@pytest.mark.parametrize(
    ("says", "lang", "told"),
    [
        ("Keep to the budget", "en", "does not hold: Keep to the budget. Correct"),
        ("Keep to the budget.", "en", "does not hold: Keep to the budget. Correct"),
        ("Keep to the budget!", "en", "does not hold: Keep to the budget! Correct"),
        ("Is that all?\n", "en", "does not hold: Is that all? Correct"),
        ("Wait …", "en", "does not hold: Wait … Correct"),
        ("不得超出预算。", "en", "does not hold: 不得超出预算. Correct"),
        ("不得超出预算", "zh", "r：不得超出预算。请"),
        ("不得超出预算。", "zh", "r：不得超出预算。请"),
        ("不得超出预算！", "zh", "r：不得超出预算！请"),
        ("预算够吗？", "zh", "r：预算够吗？请"),
        ("Keep to the budget.", "zh", "r：Keep to the budget。请"),
    ],
)
def test_what_a_rule_says_brings_no_second_full_stop(says: str, lang: str, told: str) -> None:
    assert told in Missing("rule_broken", {"rule": "r", "says": {lang: says}}).sentence(lang)


def test_several_that_are_quoted_in_a_row_are_one_sentence() -> None:
    said = render("rule", {"step": "Plan", "says": [{"en": "Too dear."}, {"en": "Too late!"}, "Too far."]})
    assert said.startswith("Plan breaks its rules: Too dear, Too late!, Too far. Correct")


def test_a_sentence_within_a_sentence_ends_with_it() -> None:
    failure = Sentence("field_empty", {"field": "Sum"})
    said = render("directory_failed", {"failure": failure})
    assert said.endswith("who the people are: Sum is empty; fill it in. Repair it.")


@pytest.mark.parametrize(
    ("count", "lang", "said"),
    [
        (1, "en", "1 problem was found; correct it, nothing was deployed."),
        (3, "en", "3 problems were found; correct them, nothing was deployed."),
        (0, "en", "0 problems were found; correct them, nothing was deployed."),
        (1, "zh", "发现 1 处问题；请改正，尚未部署。"),
        (3, "zh", "发现 3 处问题；请改正，尚未部署。"),
    ],
)
def test_a_sentence_counts_as_its_language_does(count: int, lang: str, said: str) -> None:
    assert render("invalid_definition", {"count": count}, lang) == said


def test_every_sentence_that_counts_has_its_parameter_in_both_forms() -> None:
    for code, (name, one) in singular().items():
        _, many = catalogue()[code]
        assert f"{{{name}}}" in one
        assert f"{{{name}}}" in many
