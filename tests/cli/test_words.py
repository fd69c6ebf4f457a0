"""Every text of the command line has a Chinese translation with the same places."""

import gettext
from pathlib import Path

import pytest

from signoff_cli.words import DOMAIN, LOCALE, chosen
from tests.cli.messages import messages
from tests.house.source import shown
from tests.house.test_sentences import untranslated

SOURCE = LOCALE / "zh" / "LC_MESSAGES" / f"{DOMAIN}.po"


def test_every_text_is_translated() -> None:
    findings = untranslated(messages() - {""}, SOURCE)
    assert not findings, shown(findings)


def test_the_messages_include_helps_details_and_what_is_said() -> None:
    found = messages()
    assert {
        "Say yes to what a gate asks.",
        "Do not ask.",
        "Nothing waits.",
        "Define",
        "The database.",
    } <= found


def test_the_compiled_catalogue_is_found() -> None:
    found = gettext.translation(DOMAIN, LOCALE, languages=["zh"])
    assert found.gettext("Nothing waits.") == "没有等待中的事项。"
    assert Path(LOCALE).name == "locale"


@pytest.mark.parametrize(
    ("arguments", "environment", "lang"),
    [
        ((), {}, "en"),
        ((), {"LANG": "zh_CN.UTF-8"}, "zh"),
        ((), {"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ((), {"LANG": "zh_CN.UTF-8", "SIGNOFF_LANG": "en"}, "en"),
        (("list", "--lang", "zh"), {"SIGNOFF_LANG": "en"}, "zh"),
        (("--lang=en", "list"), {"SIGNOFF_LANG": "zh"}, "en"),
        (("submit", "--", "--lang", "zh"), {}, "en"),
        (("--lang",), {}, "en"),
        ((), {"SIGNOFF_LANG": "fr"}, "en"),
    ],
)
def test_the_language_is_that_of_the_option_else_the_variable_else_the_locale(
    arguments: tuple[str, ...], environment: dict[str, str], lang: str
) -> None:
    assert chosen(arguments, environment) == lang
