"""demo TABLE: the reader's own table is rehearsed with made-up values, on the same terms."""

import json
from pathlib import Path

import pytest

from signoff import Engine
from tests.cli.conftest import Run

TABLE = """Step,Owner,Deadline,Deliverable,Approver
Write brief,Marketing,20 days before launch,Brief,Management
Set budget,Finance,15 days before launch,Budget,
Build page,Tech,5 days before launch,Page,Management
Review,Marketing,5 days after launch,Report,
"""


def test_a_table_runs_to_its_end_and_leaves_a_gate_for_the_reader(run: Run, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    result = run("demo", "table.csv", "--json")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    kinds = [each["kind"] for each in told["first"]["happened"]]
    assert told["first"]["instance"]["status"] == "completed"
    assert kinds.count("declined") == 1
    assert "escalated" in kinds
    assert [row["step"] for row in told["first"]["timeline"] if row["late"]] == ["Set-budget"]
    words = told["next"][0]["command"].split()[1:]
    moved = run(*words)
    assert moved.exit_code == 0, moved.stderr
    assert "attested" in moved.stdout


def test_a_table_without_approvals_leaves_a_step_for_the_reader(run: Run, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(
        "Step,Owner,Deliverable\nPack,Ann,List\nSend,Bob,\n", encoding="utf-8"
    )
    result = run("demo", "table.csv", "--json")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["first"]["instance"]["status"] == "completed"
    assert run(*told["next"][0]["command"].split()[1:]).exit_code == 0
    engine = Engine(f"sqlite:///{tmp_path / 'signoff-demo.db'}")
    assert engine.inbox(told["reader"])[0].claimed_by == told["reader"]
    engine.dispose()


def test_a_cell_that_cannot_be_read_is_told_with_its_place_and_nothing_is_made(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "table.csv").write_text("步骤,负责人,时间\n甲,张三,下下个满月\n", encoding="utf-8")
    result = run("demo", "table.csv")
    assert result.exit_code == 2
    assert "table.csv:2:3" in result.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["table.csv"]


def test_a_table_that_is_not_there_is_not_found(run: Run) -> None:
    assert run("demo", "absent.docx").exit_code == 4


def test_a_demo_that_is_stopped_leaves_no_file(tmp_path: Path) -> None:
    from signoff_cli.demo.place import Home

    home = Home(tmp_path / "signoff-demo.db", "reader")

    def stopped() -> None:
        with home.kept():
            home.file.touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert not list(tmp_path.iterdir())
