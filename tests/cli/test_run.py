"""A leave request from its start to its end, by the verbs alone; each prints one JSON document with --json."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import KEY, LEAVE, Run, document

GATE, STAND_IN, HAND_OVER = f"{KEY}/approval", f"{KEY}/choose-stand-in", f"{KEY}/hand-over"


@pytest.fixture
def approved(leave: Run) -> Run:
    assert leave("approve", GATE, "--as", "sun").exit_code == 0
    return leave


def test_a_start_says_what_waits_for_whom_and_how_the_starter_was_known(office: Run) -> None:
    result = office("start", "leave-request", *LEAVE)
    assert result.exit_code == 0
    assert f"Started {KEY}" in result.stdout
    assert "attested" in result.stdout
    assert re.search(rf"Approval +{GATE} +孙 .* signoff approve {GATE}", result.stdout)


def test_a_deadline_that_has_passed_is_told_before_the_start(office: Run) -> None:
    result = office("start", "leave-request", "--set", "first_day=2021-03-01", "--set", "last_day=2021-03-02")
    assert "Late already: Hand over was due 2021-02-26" in result.stderr
    assert "Late already" not in office("start", "leave-request", *LEAVE).stderr


def test_a_dry_run_keeps_nothing(leave: Run) -> None:
    assert "Nothing was done" in leave("start", "leave-request", *LEAVE, "--key", "x", "--dry-run").stdout
    assert "Nothing was done" in leave("approve", GATE, "--as", "sun", "--dry-run").stdout
    assert "Nothing was done" in leave("cancel", KEY, "--reason", "over", "--as", "root", "--dry-run").stdout
    (only,) = document(leave("list", "--json"))
    assert (only["status"], only["records"]) == ("running", 1)


def test_the_inbox_says_what_to_type_next(leave: Run) -> None:
    assert f"signoff approve {GATE}" in leave("inbox", "--for", "sun").stdout
    assert "Nothing to do for 林." in leave("inbox").stdout
    (row,) = document(leave("inbox", "--as", "sun", "--json"))["tasks"]
    assert row["next"] == f"signoff approve {GATE}"


def test_a_vote_shows_what_it_is_bound_to_and_how_the_voter_is_known(leave: Run) -> None:
    result = leave("approve", GATE, "--as", "sun")
    assert "First day off: 2035-03-05" in result.stdout
    assert re.search("subject: [0-9a-f]{64}", result.stdout)
    assert "asserted" in result.stdout


def test_part_of_the_subject_is_enough_and_another_is_refused(leave: Run) -> None:
    seen = document(leave("why", KEY, "--json"))["reasons"][0]["subject"]
    other = leave("approve", GATE, "--as", "sun", "--seen", "0123456789ab")
    assert other.exit_code == 3
    assert seen in other.stderr
    assert leave("approve", GATE, "--as", "sun", "--seen", seen[:7]).exit_code == 2
    assert leave("approve", GATE, "--as", "sun", "--seen", seen[:8]).exit_code == 0


def test_a_subject_that_was_never_shown_is_refused_by_the_engine_too(leave: Run) -> None:
    assert leave("approve", GATE, "--as", "sun", "--seen", "0" * 64).exit_code == 3


def test_somebody_who_is_not_asked_is_told_whose_move_it_is(leave: Run) -> None:
    result = leave("approve", GATE)
    assert result.exit_code == 5
    assert "Traceback" not in result.output
    assert document(leave("list", "--json"))[0]["records"] == 1


def test_a_declined_leave_has_ended(leave: Run) -> None:
    result = leave("decline", GATE, "--as", "sun", "--note", "too long")
    assert result.exit_code == 0
    assert "has ended: declined" in result.stdout
    assert document(leave("why", KEY, "--json"))["instance"]["outcome"] == "declined"


def test_everything_that_is_missing_is_told_line_by_line(approved: Run) -> None:
    approved("submit", STAND_IN, "--set", "stand_in=sun")
    result = approved("submit", HAND_OVER)
    assert result.exit_code == 7
    assert result.stderr.count("\n  - ") == 3
    error = document(approved("submit", HAND_OVER, "--json"))["error"]
    assert [each["code"] for each in error["missing"]] == ["document_missing", "unticked", "unticked"]
    assert error["exit_code"] == 7


def test_work_is_handed_in_with_documents_and_ticks(approved: Run, folder: Path) -> None:
    folder.joinpath("note.md").write_text("# Handover", encoding="utf-8")
    approved("submit", STAND_IN, "--set", "stand_in=sun")
    result = approved(
        "submit", HAND_OVER, "--attach", "Handover note=note.md", "--tick", "1", "--tick", "Keys and access"
    )
    assert result.exit_code == 0, result.stderr
    shown = document(approved("show", KEY, "--json"))
    assert shown["documents"][0]["name"] == "note.md"
    assert shown["data"]["stand_in"]["name"] == "孙"


def test_a_form_may_come_from_a_file(approved: Run, folder: Path) -> None:
    folder.joinpath("form.yaml").write_text("stand_in: hu\n", encoding="utf-8")
    result = approved("submit", STAND_IN, "--data", "form.yaml", "--set", "stand_in=sun")
    assert result.exit_code == 0
    assert document(approved("show", KEY, "--json"))["data"]["stand_in"]["id"] == "sun"


def test_advance_does_the_one_thing_or_says_what_is_missing(leave: Run) -> None:
    mine = leave("advance", KEY)
    assert mine.exit_code == 3
    assert "Nothing in" in mine.stdout
    assert "waits for 孙" in mine.stdout
    assert leave("advance", KEY, "--as", "sun").exit_code == 0
    assert leave("advance", KEY, "--as", "sun").exit_code == 3
    assert leave("advance", KEY, "--set", "stand_in=sun").exit_code == 0
    assert leave("advance", KEY).exit_code == 7


def test_the_common_options_may_stand_before_or_after_the_verb(leave: Run, folder: Path) -> None:
    folder.joinpath("signoff.db").rename(folder / "other.db")
    db = f"sqlite:///{folder / 'other.db'}"
    before = leave("--db", db, "--as", "sun", "--json", "--lang", "zh", "inbox")
    after = leave("inbox", "--lang", "zh", "--json", "--as", "sun", "--db", db)
    assert document(before) == document(after)
    assert len(document(before)["tasks"]) == 1


def test_an_instance_is_named_by_its_key_or_a_part_of_its_id(leave: Run) -> None:
    id = document(leave("list", "--json"))[0]["id"]
    for name in (KEY, id, id[5:11]):
        assert document(leave("why", name, "--json"))["instance"]["id"] == id
    assert leave("show", "nothing-like-it").exit_code == 4


def test_a_gate_is_named_by_its_id_too(leave: Run) -> None:
    task = document(leave("why", KEY, "--json"))["reasons"][0]["task"]
    assert leave("approve", task, "--as", "sun").exit_code == 0


def test_the_same_request_again_does_nothing_again(leave: Run) -> None:
    assert leave("approve", GATE, "--as", "sun", "--request-id", "r1").exit_code == 0
    assert document(leave("list", "--json"))[0]["records"] == 2


@pytest.mark.parametrize(
    "verb",
    [
        "list",
        "definitions",
        "people list",
        "db status",
        "doctor --all",
        "verify",
        f"verify {KEY}",
        "inbox",
        "check .",
    ]
    + [f"{verb} {KEY}" for verb in ("show", "why", "timeline", "history", "inspect")],
)
def test_each_verb_prints_one_document_or_lines_in_either_language(leave: Run, verb: str) -> None:
    document(leave(*verb.split(), "--json"))
    for lang in ("en", "zh"):
        result = leave(*verb.split(), "--lang", lang)
        assert result.exit_code in (0, 2), result.output
        assert result.stdout or result.stderr


def test_the_timeline_and_the_history_tell_who_did_what_and_when(approved: Run) -> None:
    assert re.search("Approval +passed .*孙: approved", approved("timeline", KEY).stdout)
    assert "VoteCast" in approved("history", KEY).stdout
    records = document(approved("history", KEY, "--json"))["records"]
    assert [(each["by"], each["auth"], each["via"]) for each in records] == [
        ("lin", "attested", "cli"),
        ("sun", "asserted", "cli"),
    ]


def test_an_instance_can_stand_still_go_on_and_be_ended(leave: Run) -> None:
    assert leave("suspend", KEY, "--as", "root").exit_code == 0
    assert leave("approve", GATE, "--as", "sun").exit_code == 3
    assert leave("resume", KEY, "--as", "root").exit_code == 0
    assert leave("cancel", KEY, "--reason", "over", "--as", "root").exit_code == 1, "nobody has answered"
    assert document(leave("list", "--json"))[0]["status"] == "running"
    assert leave("cancel", KEY, "--reason", "over", "--as", "root", "--yes").exit_code == 0
    assert document(leave("list", "--json"))[0]["outcome"] == "cancelled"


def test_a_cancellation_can_be_confirmed_by_typing(leave: Run) -> None:
    assert leave("cancel", KEY, "--reason", "over", "--as", "root", input="y\n").exit_code == 0


def test_the_daemon_works_off_what_is_due_and_ends(leave: Run) -> None:
    assert document(leave("daemon", "--once", "--json", "--log-level", "error"))["failed"] == 0
    assert document(leave("daemon", "--once", "--json", "--log-level", "error")) == {"done": 0, "failed": 0}


def test_handlers_of_a_module_are_called(approved: Run, folder: Path) -> None:
    folder.joinpath("note.md").write_text("x", encoding="utf-8")
    folder.joinpath("our_handlers.py").write_text(
        "H = {'calendar.book': lambda data: {}}\n", encoding="utf-8"
    )
    approved("submit", STAND_IN, "--set", "stand_in=sun")
    approved("submit", HAND_OVER, "--attach", "handover-note=note.md", "--tick-all")
    result = approved("daemon", "--once", "--handlers", "our_handlers:H", "--log-level", "error")
    assert result.exit_code == 0, result.output
    assert document(approved("show", KEY, "--json"))["data"]["booked"] is True
    assert approved("daemon", "--once", "--handlers", "our_handlers:none").exit_code == 2


def test_what_was_changed_behind_the_engine_is_found(leave: Run, folder: Path) -> None:
    import sqlite3

    assert leave("verify").exit_code == 0
    with sqlite3.connect(folder / "signoff.db") as connection:
        connection.execute("UPDATE signoff_instance SET title = 'forged'")
    connection.close()
    result = leave("verify")
    assert result.exit_code == 9
    assert "1 finding." in result.stdout
