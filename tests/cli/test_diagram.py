"""A definition in a file can be drawn before what it calls is deployed."""

from pathlib import Path

from tests.cli.conftest import Run

CALLER = """signoff: 1
process: caller
lang: en
name: Caller
data: {total: decimal}
roles: {all: {group: staff}}
steps:
  - step: work
    owner: all
    form: {fill: [total]}
  - call: ask
    name: Ask the others
    process: called
    with: {amount: total}
    set: {total: result.sum}
"""
CALLED = """signoff: 1
process: called
lang: en
data: {amount: decimal, sum: decimal}
returns: [sum]
roles: {all: {group: staff}}
steps:
  - {step: add, owner: all, form: {show: [amount], fill: [sum]}}
"""


def test_a_diagram_shows_calls_whatever_is_deployed_or_lies_beside(run: Run, folder: Path) -> None:
    folder.joinpath("caller.yaml").write_text(CALLER, encoding="utf-8")
    folder.joinpath("broken.yaml").write_bytes(b"\xff\xfe process: x")
    assert run("check", "caller.yaml").exit_code == 2
    for _ in ("alone", "beside"):
        result = run("diagram", "caller.yaml", "-o", "x.svg")
        assert result.exit_code == 0, result.output
        assert "Ask the others" in folder.joinpath("x.svg").read_text(encoding="utf-8")
        folder.joinpath("called.yaml").write_text(CALLED, encoding="utf-8")


def test_a_diagram_of_a_file_with_other_mistakes_is_refused_with_their_places(run: Run, folder: Path) -> None:
    text = CALLER.replace("owner: all", "owner: nobody-knows")
    folder.joinpath("caller.yaml").write_text(text, encoding="utf-8")
    result = run("diagram", "caller.yaml", "-o", "x.svg")
    assert result.exit_code == 2
    assert "caller.yaml:9:" in result.stderr
    assert not folder.joinpath("x.svg").exists()
