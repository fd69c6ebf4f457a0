"""The tests' own PostgreSQL: empty, alone, unprivileged, and gone with the process that started it."""

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.postgres import Cluster, MissingServer, programs

ROOT = Path(__file__).resolve().parents[2]
START_AND_WAIT = """
from tests.postgres import Cluster
cluster = Cluster.start()
print(cluster.folder, flush=True)
input()
"""


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_database_of_its_own(database: str, turn: int) -> None:
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE seen (turn integer)"))
        connection.execute(text("INSERT INTO seen VALUES (:turn)"), {"turn": turn})
        assert connection.execute(text("SELECT turn FROM seen")).scalars().all() == [turn]
    engine.dispose()


def test_a_template_is_copied_with_its_tables(postgres: Cluster) -> None:
    template = postgres.create()
    engine = create_engine(postgres.url(template))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept (id integer)"))
    engine.dispose()
    copy = postgres.create(template)
    engine = create_engine(postgres.url(copy))
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM kept")).scalar() == 0
    engine.dispose()
    postgres.drop(copy)
    postgres.drop(template)


def test_the_server_listens_on_no_port_and_does_not_run_as_root(postgres_url: str, postgres: Cluster) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        assert connection.execute(text("SHOW listen_addresses")).scalar() == ""
    engine.dispose()
    assert postgres.folder.joinpath("data", "postmaster.pid").stat().st_uid != 0


@pytest.mark.usefixtures("postgres")
def test_a_cluster_ends_even_when_its_tests_are_killed() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout
        folder = Path(child.stdout.readline().strip())
        postmaster = int(folder.joinpath("data", "postmaster.pid").read_text().split()[0])
        gone = os.pidfd_open(postmaster)
        child.kill()
    try:
        signal_seen = _ended(gone)
    finally:
        os.close(gone)
    assert signal_seen


def _ended(pidfd: int) -> bool:
    return bool(select.select([pidfd], [], [], 60)[0])


def test_absent_programs_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SIGNOFF_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(MissingServer, match="initdb, pg_ctl, postgres were not found in"):
        programs()


def test_the_postgres_half_fails_where_it_is_required(tmp_path: Path) -> None:
    skipped = _run_half(tmp_path, required="0")
    assert "1 skipped" in skipped
    assert "the PostgreSQL half was not run" in skipped
    failed = _run_half(tmp_path, required="1")
    assert "SIGNOFF_REQUIRE_POSTGRES=1 demands them" in failed
    assert "1 error" in failed


def _run_half(folder: Path, required: str) -> str:
    test = folder / "test_half.py"
    test.write_text("def test_half(postgres_url): pass\n")
    environment = {**os.environ, "SIGNOFF_REQUIRE_POSTGRES": required, "SIGNOFF_POSTGRES_BIN": str(folder)}
    options = ["-p", "tests.conftest", "-p", "no:cacheprovider", "-rs", "--rootdir", str(folder)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(test)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
