"""The daemon as a process: started in a folder with a database and nothing else, watched, and ended by SIGTERM."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.ready import sqlite_template

__all__ = ["sqlite_template"]

PATIENCE = 60
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("SIGNOFF_")} | {
    "SIGNOFF_LANG": "en"
}


def _spoken(daemon: "subprocess.Popen[str]", words: str) -> str:
    """The line of the log that says so."""
    assert daemon.stderr
    for line in daemon.stderr:
        if words in line:
            return line
    raise AssertionError(f"it never said {words}")


def test_in_a_folder_with_a_database_it_works_says_how_it_is_and_ends_cleanly(
    tmp_path: Path, sqlite_template: Path
) -> None:
    (tmp_path / "signoff.db").write_bytes(sqlite_template.read_bytes())
    command = [sys.executable, "-m", "signoff_cli", "daemon", "--http", "0", "--health-file", "health.json"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as daemon:
        url = json.loads(_spoken(daemon, "health and metrics"))["message"].rpartition(" ")[2]
        assert url.startswith("http://127.0.0.1:")
        _spoken(daemon, "started worker")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{url}/health", timeout=PATIENCE) as answer:
            assert json.load(answer)["status"] == "ok"
        assert json.loads((tmp_path / "health.json").read_text())["database"] == "ok"
        daemon.send_signal(signal.SIGTERM)
        said, _ = daemon.communicate(timeout=PATIENCE)
        assert (daemon.returncode, said.strip()) == (0, "0 done, 0 failed.")


def test_an_address_that_is_none_is_refused_before_anything_runs(
    tmp_path: Path, sqlite_template: Path
) -> None:
    file = tmp_path / "signoff.db"
    file.write_bytes(sqlite_template.read_bytes())
    command = [
        sys.executable,
        "-m",
        "signoff_cli",
        "daemon",
        "--db",
        f"sqlite:///{file}",
        "--http",
        "example.org:80",
    ]
    ran = subprocess.run(
        command, check=False, env=ENVIRONMENT, capture_output=True, text=True, timeout=PATIENCE
    )
    assert ran.returncode
    assert "example.org:80" in ran.stderr
