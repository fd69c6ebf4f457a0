"""Verifying raises no false alarm on 100,000 records that came about properly; run on demand with `-m soak`."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy import func, select

from signoff import Engine
from signoff.store.schema import journal
from tests.concurrency.clerk import PROCESS
from tests.postgres import Cluster

RECORDS = 100_000
WRITERS = 8
EARLY = RECORDS // 10  # verified for the first time when there are so many, while everybody writes


@pytest.fixture
def office(postgres: Cluster, postgres_template: str) -> Iterator[Engine]:
    name = postgres.create(postgres_template)
    engine = Engine(postgres.url(name))
    engine.deploy(PROCESS)
    yield engine
    engine.dispose()
    postgres.drop(name)


def count(engine: Engine) -> int:
    with engine.core.database.read() as handle:
        return int(handle.connection.execute(select(func.count()).select_from(journal)).scalar_one())


def _works(clerk: subprocess.Popen[bytes]) -> bool:
    """Whether it is still at it, a second from now."""
    with suppress(subprocess.TimeoutExpired):
        clerk.wait(timeout=1)
    return clerk.poll() is None


@pytest.mark.soak
def test_a_hundred_thousand_clean_records_raise_no_alarm(office: Engine) -> None:
    url = str(office.core.database.url)
    command = [sys.executable, "-m", "tests.concurrency.clerk", url]
    clerks = [subprocess.Popen([*command, str(seed), str(RECORDS // WRITERS)]) for seed in range(WRITERS)]
    try:
        while count(office) < EARLY and _works(clerks[0]):
            pass
        assert office.verify().findings == (), "while everybody writes"
        assert [clerk.wait() for clerk in clerks] == [0] * WRITERS
    finally:
        for clerk in clerks:
            clerk.kill()
            clerk.wait()
    written, verified = count(office), office.verify()
    print(f"{written} records of {verified.instances} instances by {WRITERS} writers")
    assert written >= RECORDS
    assert verified.findings == ()
