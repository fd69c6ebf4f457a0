"""A second person lets a definition run, from the command line."""

import json
from pathlib import Path

from tests.cli.conftest import PEOPLE, Run

TEXT = """
signoff: 1
process: buy
lang: en
data: {price: {type: integer, default: 1}}
roles: {staff: {group: staff}, hr: {group: hr}}
start: {by: [staff], released_by: [staff]}
steps:
  - {step: ask, owner: staff, form: {edit: [price]}, approve: [{by: hr}]}
"""


def test_what_waits_is_looked_at_and_let_run_by_somebody_else(run: Run, folder: Path) -> None:
    (folder / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    (folder / "buy.yaml").write_text(TEXT, encoding="utf-8")
    assert run("people", "import", "people.yaml").exit_code == 0
    assert "waits to be released" in run("deploy", "buy.yaml").stdout
    assert "waits to be released" in run("definitions").stdout
    assert run("start", "buy").exit_code != 0
    assert "林 has deployed" in run("release-definition", "buy", "--yes").stderr
    assert run("release-definition", "buy", "--as", "sun", "--yes").exit_code == 0
    assert run("start", "buy").exit_code == 0

    (folder / "buy.yaml").write_text(TEXT.replace("default: 1", "default: 2"), encoding="utf-8")
    assert json.loads(run("deploy", "buy.yaml", "--json").stdout)["deployed"][0]["waits"] is True
    shown = run("release-definition", "buy", "--as", "sun", "--dry-run").stdout
    assert "-data: {price: {type: integer, default: 1}}\n+data: {price: {type: integer, default: 2}}" in shown
    assert run("release-definition", "buy", "--as", "sun", "--version", "0" * 64, "--yes").exit_code != 0
    assert run("release-definition", "buy", "--as", "sun", input="n\n").exit_code != 0
    assert run("release-definition", "buy", "--as", "sun", input="y\n").exit_code == 0
    assert run("release-definition", "buy", "--as", "sun", "--yes").exit_code != 0
    assert run("verify").exit_code == 0
