"""The command line on each kind of database: the same verbs, the same answers."""

from pathlib import Path

import signoff_workflows
from tests.cli.conftest import KEY, LEAVE, PEOPLE, Run, document
from tests.ready import postgres_ready, postgres_template, ready

__all__ = ["postgres_ready", "postgres_template", "ready"]


def test_a_leave_request_runs_and_verifies(run: Run, folder: Path, ready: str) -> None:
    folder.joinpath("people.yaml").write_text(PEOPLE, encoding="utf-8")

    def signoff(*arguments: str | Path) -> str:
        result = run("--db", ready, *arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    signoff("people", "import", "people.yaml")
    signoff("deploy", signoff_workflows.path("leave_request"))
    signoff("start", "leave-request", *LEAVE)
    assert f"signoff approve {KEY}/approval" in signoff("inbox", "--for", "sun")
    signoff("advance", KEY, "--as", "sun")
    signoff("submit", f"{KEY}/choose-stand-in", "--set", "stand_in=sun", "--dry-run")
    signoff("submit", f"{KEY}/choose-stand-in", "--set", "stand_in=sun")
    signoff("daemon", "--once", "--log-level", "error")
    signoff("inspect", KEY)
    assert document(run("verify", "--json", "--db", ready)) == {"instances": 1, "findings": [], "ok": True}
    assert document(run("doctor", "--all", "--json", "--db", ready))["ok"] is True
