"""When people are told: not in their quiet hours, and what does not press once a day; nothing is lost, nothing twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from signoff import (
    Engine,
    InvalidDefinition,
    Notice,
    StaticDirectory,
    VirtualClock,
    import_people,
    read_people,
    troubles,
)
from signoff.runtime.contact import Contact

PROCESS = """
signoff: 1
process: memo
lang: en
roles: {maker: {group: makers}}
start: {by: [maker]}
steps:
  - {step: write, owner: maker, due: within 1 day, checklist: [done], escalate: [{level: L1, at: due, notify: [maker]}]}
"""


class Post:
    name = "post"

    def __init__(self) -> None:
        self.sent: list[Notice] = []

    def send(self, notice: Notice, /) -> None:
        self.sent.append(notice)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}+08:00")


def office(url: str, now: str, **amy: Any) -> tuple[Engine, Post, VirtualClock]:
    post, clock = Post(), VirtualClock(at(now))
    people = {
        "amy": {"groups": ("makers",), "lang": "en", **amy},
        "bob": {"groups": ("makers",), "lang": "en"},
    }
    engine = Engine(url, directory=StaticDirectory(people), clock=clock, channels=[post])
    engine.deploy(PROCESS)
    return engine, post, clock


def told(post: Post, person: str) -> list[str]:
    return [notice.kind for notice in post.sent if notice.to.id == person]


def test_in_quiet_hours_nothing_is_told_and_at_their_end_all_of_it_at_once(ready: str) -> None:
    engine, post, clock = office(ready, "02T22:30", quiet="22:00 to 08:00")
    for key in ("M1", "M2"):
        engine.start("memo", by="bob", key=key)
    worker = engine.worker()
    worker.drain()
    assert (told(post, "amy"), told(post, "bob")) == ([], ["task", "task"])
    clock.set(at("03T07:59"))
    worker.drain()
    assert told(post, "amy") == []
    clock.set(at("03T08:00"))
    worker.drain()
    assert told(post, "amy") == ["digest"]
    digest = post.sent[-1]
    assert digest.subject == "signoff: 2 notices"
    assert digest.text.count("write") == 2
    clock.set(at("03T09:00"))
    engine.start("memo", by="bob", key="M3")
    worker.drain()
    assert told(post, "amy") == ["digest", "task"]
    assert engine.verify().findings == ()
    engine.dispose()


def test_a_digest_comes_once_a_day_and_what_presses_does_not_wait(ready: str) -> None:
    engine, post, clock = office(ready, "02T10:00", digest="17:30")
    for key in ("M1", "M2"):
        engine.start("memo", by="bob", key=key)
    worker = engine.worker()
    for hour in range(11, 24):
        clock.set(at(f"02T{hour}:00"))
        worker.drain()
    assert told(post, "amy") == ["digest"]
    clock.set(at("03T19:00"))
    worker.drain()
    assert told(post, "amy") == ["digest", "overdue", "overdue"]
    engine.dispose()


def test_a_digest_that_cannot_be_sent_keeps_its_lines(ready: str) -> None:
    engine, post, clock = office(ready, "02T10:00", digest="17:30")

    class Away(Post):
        def send(self, notice: Notice, /) -> None:
            if notice.to.id == "amy" and clock.now() < at("02T20:00"):
                raise OSError("away")
            super().send(notice)

    engine.core.channels = [away := Away()]
    engine.start("memo", by="bob", key="M1")
    worker = engine.worker()
    for hour in (11, 18):
        clock.set(at(f"02T{hour}:00"))
        worker.drain()
    engine.start("memo", by="bob", key="M2")
    for hour in (19, 20, 21, 23):
        clock.set(at(f"02T{hour}:00"))
        worker.drain()
    digests = [notice for notice in away.sent if notice.kind == "digest"]
    assert [digest.subject for digest in digests] == ["signoff: 2 notices"]
    assert troubles(engine.core) == []
    assert post.sent == []
    engine.dispose()


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("02T21:59", None),
        ("02T22:00", "03T08:00"),
        ("03T07:59", "03T08:00"),
        ("03T08:00", None),
    ],
)
def test_quiet_hours_reach_over_midnight(now: str, until: str | None) -> None:
    contact = Contact("amy", quiet="22:00 to 08:00")
    assert contact.waits_until(at(now), "Asia/Shanghai", "task") == (at(until) if until else None)


def test_quiet_hours_end_by_the_clock_on_the_wall_when_it_is_changed() -> None:
    contact = Contact("amy", quiet="22:00 to 08:00")
    night = datetime.fromisoformat("2026-10-24T23:00+02:00")  # that night Berlin's clocks go back
    ends = contact.waits_until(night, "Europe/Berlin", "task")
    assert ends is not None
    assert ends.astimezone(night.tzinfo) - night == timedelta(hours=10)


def test_the_people_file_says_when_and_what_it_cannot_mean_is_refused(ready: str) -> None:
    text = """signoff_people: 1
groups: {makers: {}}
people:
  amy: {groups: [makers], admin: true, quiet: 22:00 to 08:00, digest: "17:30"}
"""
    engine = Engine(ready)
    import_people(engine.core, read_people(text, "people.yaml"), by="amy")
    contact = engine.core.directory.contact("amy")
    assert contact is not None
    assert (contact.quiet, contact.digest, contact.channels) == ("22:00 to 08:00", "17:30", ())
    engine.dispose()
    for wrong, code in (("22:00 to 08:00", "people_quiet"), ("17:30", "people_digest")):
        with pytest.raises(InvalidDefinition) as caught:
            read_people(text.replace(wrong, "25:00 to 26:00"), "people.yaml")
        assert [problem.code for problem in caught.value.problems] == [code]
