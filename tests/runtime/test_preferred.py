"""By which channels people are told: those they prefer, and all where nobody prefers any or none of them is here."""

from typing import Any

import pytest

from signoff import Engine, import_people, read_people
from signoff.runtime.channels import Notice

PEOPLE = """
signoff_people: 1
groups: {makers: {}}
people:
  ann: {groups: [makers], channels: [CHOSEN], admin: true}
"""
PROCESS = """
signoff: 1
process: note
lang: en
roles: {maker: {group: makers}}
start: {by: [maker]}
steps:
  - {step: write, owner: maker, checklist: [written]}
"""


class Kept:
    """A channel that keeps what it was given."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sent: list[Notice] = []

    def send(self, notice: Notice, /) -> None:
        self.sent.append(notice)


@pytest.mark.parametrize(
    ("chosen", "told"),
    [("", ["chat", "post"]), ("post", ["post"]), ("pigeon", ["chat", "post"]), ("pigeon, chat", ["chat"])],
)
def test_a_person_is_told_by_the_channels_he_prefers(ready: str, chosen: str, told: list[str]) -> None:
    channels: Any = [Kept("chat"), Kept("post")]
    engine = Engine(ready, channels=channels)
    for wanted in ("post", chosen):  # a preference can be changed, and taken back
        import_people(engine.core, read_people(PEOPLE.replace("CHOSEN", wanted), "people.yaml"), by="ann")
    engine.deploy(PROCESS)
    engine.start("note", by="ann")
    engine.worker().drain()
    assert [each.name for each in channels if each.sent] == told
    assert not engine.verify().findings
    engine.dispose()
