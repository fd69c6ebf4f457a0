"""Help: every verb has one line, in both languages, quickly; the reference is what the program says."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from signoff_cli.main import cli
from signoff_cli.reference import page
from signoff_cli.register import ENTRIES
from signoff_cli.session import Session
from tests.cli.conftest import Run
from tests.house.source import ROOT

HEAVY = ("sqlalchemy", "transitions", "rich", "yaml", "jinja2", "lxml", "alembic", "apscheduler", "holidays")
FOR_AN_INBOX = ("rich", "yaml", "jinja2", "lxml", "alembic", "apscheduler", "holidays", "docx", "openpyxl")


def imported(*arguments: str, cwd: Path) -> set[str]:
    """The packages that a command line has imported in a process of its own."""
    code = (
        "import sys\nfrom signoff_cli.main import cli\n"
        f"cli.main({list(arguments)!r}, standalone_mode=False)\n"
        "print('\\n' + ' '.join(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in told.stdout.splitlines()[-1].split()}


@pytest.mark.parametrize("arguments", [("--help",), ("people", "--help"), ("--lang", "zh", "--help")])
def test_help_imports_nothing_heavy(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert not imported(*arguments, cwd=tmp_path) & set(HEAVY)


def test_an_inbox_imports_only_what_reads_a_database(leave: Run, folder: Path) -> None:
    assert leave("inbox", "--for", "sun").exit_code == 0
    assert not imported("inbox", "--for", "sun", cwd=folder) & set(FOR_AN_INBOX)


@pytest.mark.parametrize("name", ENTRIES)
def test_every_verb_says_what_it_does_and_takes_the_common_options(name: str, run: Run) -> None:
    result = run(*name.split(), "--help")
    assert result.exit_code == 0
    assert ENTRIES[name].help in result.stdout
    for option in ("--db", "--as", "--json", "--lang"):
        assert option in result.stdout


@pytest.mark.parametrize("name", ENTRIES)
def test_every_option_says_what_it_is_for(name: str) -> None:
    command: click.Command = cli
    context = click.Context(cli, obj=Session())
    for word in name.split():
        assert isinstance(command, click.Group)
        found = command.get_command(context, word)
        assert found is not None
        command = found
    silent = [each.name for each in command.params if isinstance(each, click.Option) and not each.help]
    assert not silent


def test_the_reference_is_current() -> None:
    written = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert written == page(), "run `python -m signoff_cli.reference > docs/cli.md`"


@pytest.mark.parametrize("name", ENTRIES)
def test_every_verb_stands_in_the_reference(name: str) -> None:
    assert f"### `signoff {name}`" in (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def test_help_is_in_the_language_asked_for_on_either_side(run: Run) -> None:
    for arguments in (
        ("--lang", "zh", "--help"),
        ("--help", "--lang", "zh"),
        ("list", "--help", "--lang=zh"),
    ):
        assert "选项" in run(*arguments).stdout
    assert "Options" in run("--lang", "en", "--help").stdout


def test_without_arguments_the_verbs_are_listed(run: Run) -> None:
    result = run()
    assert result.exit_code == 2
    assert "inbox" in result.output


def test_a_verb_that_is_nearly_right_is_named(run: Run) -> None:
    result = run("aprove")
    assert result.exit_code == 2
    assert "did you mean approve" in result.stderr


def test_a_console_without_utf_8_is_no_reason_to_fail(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "signoff_cli", "--lang", "zh", "--help"],
        cwd=tmp_path,
        env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        check=True,
    )
    assert rb"\u9009\u9879" in told.stdout


def test_a_reader_that_has_seen_enough_is_no_reason_to_complain(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "signoff_cli", "schema"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 141
    assert said == b""
