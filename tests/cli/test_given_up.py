"""What failed too often is seen by the operator, and tried again on demand."""

from datetime import timedelta

from signoff import Engine
from signoff.store import agenda
from tests.cli.conftest import KEY, Run, document


def _give_up() -> None:
    engine = Engine("sqlite:///signoff.db")
    try:
        with engine.core.database.write() as handle:
            for owed in agenda.claim(handle.connection, owner="test", lease=timedelta(minutes=5), limit=50):
                agenda.bury(handle.connection, owed, "OSError: the mail server is away")
    finally:
        engine.dispose()


def test_doctor_shows_what_was_given_up_and_retry_makes_it_owed_again(leave: Run) -> None:
    assert "failed too often" not in leave("doctor").stdout
    _give_up()
    findings = document(leave("doctor", "--json"))["findings"]
    said = [each["said"] for each in findings if each["what"] == "Given up"]
    assert "the mail server is away" in said[0]
    assert "signoff retry" in said[0]
    assert leave("retry", KEY).exit_code == 5, "only an administrator may"
    again = leave("retry", KEY, "--as", "root")
    assert again.exit_code == 0, again.output
    assert "owed again" in again.stdout
    assert "failed too often" not in leave("doctor").stdout


def test_incidents_lists_it_and_retry_takes_one_by_its_id(leave: Run) -> None:
    assert "Nothing stands still" in leave("incidents").stdout
    _give_up()
    found = document(leave("incidents", "--json"))["incidents"]
    assert {each["kind"] for each in found} == {"given up"}
    shown = leave("incidents", KEY).stdout
    assert "the mail server is away" in shown
    again = leave("retry", KEY, found[0]["id"], "--as", "root")
    assert again.exit_code == 0, again.output
    assert len(document(leave("incidents", "--json"))["incidents"]) == len(found) - 1
    assert "ObligationsOwed" in leave("history", KEY).stdout
