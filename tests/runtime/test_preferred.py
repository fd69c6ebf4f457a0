"""By which channels people are told: those they prefer, and all where nobody prefers any or none of them is here."""

from typing import Any

import pytest

from signoff import Engine, import_people, read_people
from signoff.runtime.channels import Notice
from signoff.runtime.directory import StaticDirectory

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


def test_somebody_may_write_while_a_notice_looks_its_people_up(ready: str) -> None:
    other = Engine(ready, directory=StaticDirectory({"ann": {"groups": ("makers",)}}))

    class Busy(StaticDirectory):
        def contact(self, who: str, /, *, connection: Any = None) -> Any:
            other.start("note", by="ann")
            return super().contact(who, connection=connection)

    channel = Kept("post")
    engine = Engine(ready, directory=Busy({"ann": {"groups": ("makers",)}}), channels=(channel,))
    engine.deploy(PROCESS)
    engine.start("note", by="ann")
    assert engine.worker().drain(1).failed == 0
    assert len(channel.sent) == 1
    for each in (engine, other):
        each.dispose()
