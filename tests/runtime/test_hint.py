"""Daemons hear at once that something happened; without a hint they look by themselves all the same."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from signoff import Engine
from signoff.runtime.daemon import Daemon
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.pool import Pool
from signoff.store import hint
from signoff.store.database import Database

PATIENCE = 30.0  # seconds: only a hang takes so long
SOON = timedelta(milliseconds=20)
PEOPLE: Any = {"ann": {"groups": ("makers",)}}
PROCESS = """
signoff: 1
process: note
lang: en
roles: {maker: {group: makers}}
start: {by: [maker]}
steps:
  - {run: tell, handler: office.tell}
  - {step: write, owner: maker, checklist: [written]}
"""


class Listener:
    """Waits for hints in a thread; `ready` once it listens, `heard` at a hint after that."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._over = threading.Event()
        self.ready, self.heard = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        if self._db.dialect == "sqlite":
            self.ready.set()
        for _ in hint.heard(self._db, self._over, every=SOON):
            if self.ready.is_set():
                self.heard.set()
            self.ready.set()

    def stop(self) -> None:
        self._over.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


@pytest.fixture
def listener(db: Database) -> Iterator[Listener]:
    listener = Listener(db)
    yield listener
    listener.stop()


def test_who_listens_hears_what_others_commit(ready: str, listener: Listener) -> None:
    assert listener.ready.wait(PATIENCE)
    other = Engine(ready, directory=StaticDirectory(PEOPLE))
    other.deploy(PROCESS)
    for _ in range(100):  # SQLite's counter has to be seen once before a change shows
        other.start("note", by="ann")
        other.nudge()
        if listener.heard.wait(0.1):
            break
    assert listener.heard.is_set()
    other.dispose()


def test_a_hint_that_cannot_be_given_is_no_error() -> None:
    hint.nudge(Database("postgresql://nobody@/nowhere?host=/nonexistent"))


def test_a_database_in_memory_gives_no_hints() -> None:
    assert list(hint.heard(Database("sqlite://"), threading.Event())) == []


@pytest.mark.parametrize("hinted", ["by a hint", "by itself"])
def test_a_daemon_that_waits_works_off_what_was_made_due_meanwhile(ready: str, hinted: str) -> None:
    done = threading.Event()
    engine = Engine(
        ready, directory=StaticDirectory(PEOPLE), handlers={"office.tell": lambda _inputs: done.set()}
    )
    engine.deploy(PROCESS)
    poll = timedelta(hours=1) if hinted == "by a hint" else timedelta(seconds=0.1)
    daemon = Daemon(engine.worker(pool=Pool(1)), poll=poll)
    thread = threading.Thread(target=daemon.run)
    thread.start()
    assert daemon.idle.wait(PATIENCE)
    other = Engine(ready, directory=StaticDirectory(PEOPLE))
    for _ in range(20):  # it may not listen yet
        other.start("note", by="ann")
        if hinted == "by a hint":
            other.nudge()
        if done.wait(0.5):
            break
    assert done.is_set()
    daemon.stop()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    for each in (engine, other):
        each.dispose()


def test_a_daemon_shows_how_it_is_while_it_works(ready: str) -> None:
    shown = threading.Event()
    engine = Engine(ready, directory=StaticDirectory(PEOPLE))
    daemon = Daemon(engine.worker(), poll=timedelta(seconds=0.01), beats=(shown.set,))
    thread = threading.Thread(target=daemon.run)
    thread.start()
    assert shown.wait(PATIENCE)
    daemon.stop()
    thread.join(PATIENCE)
    engine.dispose()


def test_neither_a_broken_chore_nor_a_broken_database_ends_the_daemon(ready: str) -> None:
    tried = threading.Semaphore(0)

    def broken() -> None:
        tried.release()
        raise ValueError("no")

    engine = Engine(ready, directory=StaticDirectory(PEOPLE))
    daemon = Daemon(engine.worker(), poll=timedelta(seconds=0.01), chores=(broken,))
    thread = threading.Thread(target=daemon.run)
    thread.start()
    for _ in range(3):
        assert tried.acquire(timeout=PATIENCE)
    daemon.stop()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    engine.dispose()
