"""People are written to in their own language; who has said none, in that of the process, then of the machine."""

import pytest

from signoff import Contact, Engine, StaticDirectory, VirtualClock
from signoff.runtime.announcement import tongue
from signoff.runtime.channels import Notice
from signoff.runtime.people import read_people
from signoff.store import migrations
from tests.runtime.test_daemon import Letters

PEOPLE = StaticDirectory({"amy": {"name": "Amy", "groups": ("staff",)}, "boss": {"admin": True}})
ERRAND = """
signoff: 1
process: errand
{lang}
name: {name}
roles: {{staff: {{group: staff}}}}
steps:
  - step: pack
    owner: staff
"""


def letters_of(url: str, lang: str, name: str) -> list[Notice]:
    letters = Letters()
    engine = Engine(url, directory=PEOPLE, clock=VirtualClock("2027-01-04T09:00Z"), channels=(letters,))
    migrations.create(engine.core.database)
    engine.deploy(ERRAND.format(lang=lang, name=name))
    engine.start("errand", by="amy")
    engine.worker().drain()
    engine.dispose()
    return letters.sent


@pytest.mark.parametrize(
    ("lang", "name", "machine", "expected"),
    [
        ("lang: en", "Errand", "zh_CN.UTF-8", "en"),
        ("lang: zh", "跑腿", "en_US.UTF-8", "zh"),
        ("", "跑腿", "en_US.UTF-8", "zh"),
        ("", "Errand", "zh_CN.UTF-8", "zh"),
        ("", "Errand", "en_US.UTF-8", "en"),
        ("", "Errand", "fr_FR.UTF-8", "en"),
        ("", "Errand", "", "en"),
    ],
)
def test_a_notice_speaks_the_language_of_the_process_to_who_has_said_none(
    sqlite_database: str,
    monkeypatch: pytest.MonkeyPatch,
    lang: str,
    name: str,
    machine: str,
    expected: str,
) -> None:
    for variable in ("SIGNOFF_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("LANG", machine)
    (sent,) = letters_of(sqlite_database, lang, name)
    assert sent.subject.startswith({"zh": "【待办】", "en": "[To do]"}[expected])
    assert sent.to.lang == expected


def test_a_persons_own_language_comes_first(sqlite_database: str) -> None:
    engine = Engine(sqlite_database, directory=PEOPLE)
    migrations.create(engine.core.database)
    engine.deploy(ERRAND.format(lang="lang: en", name="Errand"))
    assert tongue(Contact("amy", lang="zh"), engine.definition("errand"), {}) == "zh"
    engine.dispose()


def test_a_people_file_that_names_no_language_keeps_none() -> None:
    found = read_people(
        "signoff_people: 1\npeople:\n  amy: {name: Amy}\n  bo: {name: Bo, lang: zh}\n", "p.yaml"
    )
    assert [each.lang for each in found.people.values()] == ["", "zh"]
