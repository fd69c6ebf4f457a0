"""A daemon says how it is: when it last claimed, how late the oldest due work is, and what it has done."""

import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from signoff import Engine, Invalid
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.endpoint import Endpoint
from signoff.runtime.health import Health
from signoff.runtime.worker import Worker
from signoff.store import agenda

AT = datetime.fromisoformat("2026-08-31T12:00+08:00")
POLL = timedelta(seconds=5)
PEOPLE: Any = {"ann": {"groups": ("makers",)}}
PROCESS = """
signoff: 1
process: pause
lang: en
roles: {maker: {group: makers}}
start: {by: [maker]}
steps:
  - {wait: quiet, after: 24 hours}
  - {step: write, owner: maker, checklist: [written]}
"""
LINE = re.compile(r'[a-z_]+(\{([a-z_]+="[^"]*",?)+\})? [0-9.e+-]+')


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(AT)


@pytest.fixture
def worker(ready: str, clock: VirtualClock) -> Iterator[Worker]:
    engine = Engine(ready, directory=StaticDirectory(PEOPLE), clock=clock)
    engine.deploy(PROCESS)
    for _ in range(3):
        engine.start("pause", by="ann")
    yield engine.worker()
    engine.dispose()


def test_it_says_when_it_last_claimed_and_how_late_the_oldest_due_work_is(
    worker: Worker, clock: VirtualClock
) -> None:
    health = Health(worker, POLL, clock=clock)
    worker.drain()
    claimed = clock.now()
    clock.advance(timedelta(days=1, seconds=90))
    found = health.status()
    assert found["status"] == "stuck", "nothing was claimed for a day"
    assert found["last_claim"] == claimed.isoformat(timespec="milliseconds")
    assert (found["behind"], found["due"], found["dead"]) == (90.0, 3, 0)
    worker.drain()
    assert health.status()["status"] == "ok"
    assert health.status()["behind"] == 0


def test_a_daemon_that_has_just_begun_is_well(worker: Worker, clock: VirtualClock) -> None:
    assert Health(worker, POLL, clock=clock).status()["status"] == "ok"


def test_a_database_that_is_away_is_said_and_harms_nobody(tmp_path: Path) -> None:
    engine = Engine(f"sqlite:///{tmp_path / 'none.db'}")
    health = Health(engine.worker(), POLL)
    assert health.status()["database"] == "away"
    assert "signoff_database_up 0\n" in health.metrics()


def test_the_metrics_are_such_as_prometheus_reads(worker: Worker, clock: VirtualClock) -> None:
    clock.advance(timedelta(days=1))
    worker.drain(3)
    with worker.core.database.write() as handle:
        now = int(clock.now().timestamp() * 1_000_000)
        taken = agenda.claim(handle.connection, owner="me", lease=POLL, limit=1, now=now)
        agenda.bury(handle.connection, taken[0], "no")
    text = Health(worker, POLL, clock=clock).metrics()
    samples = [line for line in text.splitlines() if not line.startswith("# ")]
    assert all(LINE.fullmatch(line) for line in samples), text
    assert 'signoff_settled_total{kind="timer",outcome="done"} 3' in samples
    assert 'signoff_dead_letters{kind="notice"} 1' in samples
    assert 'signoff_queue{kind="notice",state="ready"} 2' in samples
    names = re.findall(r"# TYPE (\S+) ", text)
    assert len(names) == len(set(names))


def test_the_file_is_replaced_whole(worker: Worker, clock: VirtualClock, tmp_path: Path) -> None:
    file = tmp_path / "health.json"
    health = Health(worker, POLL, clock=clock)
    for _ in range(2):
        health.write(file)
    assert json.loads(file.read_text())["worker"] == worker.name
    assert list(tmp_path.glob("*health*")) == [file]


def _get(url: str, method: str = "GET") -> tuple[int, str, bytes]:
    request = urllib.request.Request(url, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read()


def test_it_is_served_on_this_machine_only_and_nothing_can_be_changed_there(
    worker: Worker, clock: VirtualClock
) -> None:
    endpoint = Endpoint(Health(worker, POLL, clock=clock), "0")
    endpoint.start()
    try:
        assert endpoint.url.startswith("http://127.0.0.1:")
        status, kind, body = _get(f"{endpoint.url}/health")
        assert (status, kind, json.loads(body)["status"]) == (200, "application/json", "ok")
        assert _get(f"{endpoint.url}/metrics")[2].startswith(b"# HELP signoff_up")
        assert _get(f"{endpoint.url}/health", "HEAD")[2] == b""
        assert _get(f"{endpoint.url}/other")[0] == 404
        assert _get(f"{endpoint.url}/health", "POST")[0] == 501
        clock.advance(timedelta(hours=1))
        assert _get(f"{endpoint.url}/health")[0] == 503
    finally:
        endpoint.stop()
    assert threading.active_count() < 50


@pytest.mark.parametrize("address", ["", "x", "127.0.0.1:", "127.0.0.1:70000", "example.org:80", "1.2.3:9"])
def test_an_address_that_is_none_is_refused(worker: Worker, address: str) -> None:
    with pytest.raises(Invalid) as refused:
        Endpoint(Health(worker, POLL), address)
    assert refused.value.code == "endpoint_address"
