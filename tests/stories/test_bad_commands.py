"""What people ask of a running process and cannot have: typed, told in text and as JSON, and nothing is changed."""

import pathlib
from collections import Counter

import pytest

from signoff import rehearse
from signoff.errors import AlreadyDecided, Invalid, SignoffError, StaleSubject
from signoff.kernel.events.data import IncidentRaised
from signoff.testing import Case, Sandbox
from tests.cli.conftest import KEY, LEAVE, Run, document
from tests.stories.state import dump

GATE, STAND_IN, HAND_OVER = f"{KEY}/approval", f"{KEY}/choose-stand-in", f"{KEY}/hand-over"
HALF, NUL = "a\udcffb", "a\0b"


def refused(run: Run, folder: pathlib.Path, arguments: list[str], code: int, said: str) -> None:
    """The same refusal in text and as JSON, of that class, in that sentence; the database is as it was."""
    before = dump(folder)
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert len(result.stderr) < 5_000
    error = document(run(*arguments, "--json"))["error"]
    assert error["exit_code"] == code
    assert error["class"] == "Misuse" or error["code"]
    assert said in error["sentence"] + str(error.get("missing"))
    assert dump(folder) == before


@pytest.mark.parametrize("text", [HALF, NUL], ids=["half a character", "NUL"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["approve", GATE, "--as", "sun", "--note"], "note"),
        (["decline", GATE, "--as", "sun", "--note"], "note"),
        (["approve", GATE, "--as", "sun", "--request-id"], "request_id"),
        (["start", "leave-request", *LEAVE, "--key"], "key"),
        (["start", "leave-request", *LEAVE, "--request-id"], "request_id"),
        (["start", "leave-request", *LEAVE, "--key", "other", "--set"], ""),
        (["cancel", KEY, "--as", "root", "--yes", "--reason"], "reason"),
        (["suspend", KEY, "--as", "root", "--reason"], "reason"),
    ],
)
def test_text_that_no_database_keeps_is_refused_by_the_name_of_its_place(
    leave: Run, folder: pathlib.Path, arguments: list[str], said: str, text: str
) -> None:
    given = f"reason={text}" if arguments[-1] == "--set" else text
    refused(leave, folder, [*arguments, given], 7, said)


@pytest.mark.parametrize(
    "arguments", [["show"], ["why"], ["start"], ["approve"], ["inbox", "--for"], ["verify"], ["show", "--as"]]
)
def test_half_a_character_in_a_name_is_no_failure(
    leave: Run, folder: pathlib.Path, arguments: list[str]
) -> None:
    before = dump(folder)
    result = leave(*arguments, HALF)
    assert result.exit_code in (2, 4, 5, 7), result.output
    assert result.stderr.startswith("Error: ")
    assert dump(folder) == before


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ("stand_in=nobody", 7, "nobody"),
        ("stand_inn=hu", 7, "stand_inn"),
        ("first_day=2035-01-01", 7, "first_day"),
        ("stand_in=" + "[" * 3_000, 2, "nested"),
        ("stand_in={a: [1, {b: 2}]}", 7, "stand_in"),
        ("stand_in=" + "x" * 100_000, 7, "stand_in"),
        ("stand_in=lin", 7, "Somebody else has to stand in"),
    ],
)
def test_a_form_that_does_not_fit_is_refused_with_the_name_of_the_field(
    leave: Run, folder: pathlib.Path, given: str, code: int, said: str
) -> None:
    leave("approve", GATE, "--as", "sun")
    refused(leave, folder, ["submit", STAND_IN, "--set", given], code, said)


@pytest.mark.parametrize(
    ("attached", "code", "said"),
    [
        ("Handover note=none.md", 4, "none.md"),
        ("Handover note=.", 7, "directory"),
        ("Handover note=empty.md", 7, "empty.md"),
        ("Handover note=sheet.xls", 7, "xls"),
        ("Handover note=broken.docx", 7, "broken.docx"),
        ("Hnadover note=note.md", 7, "Hnadover"),
    ],
)
def test_a_document_that_does_not_fit_is_refused(
    leave: Run, folder: pathlib.Path, attached: str, code: int, said: str
) -> None:
    files = {"empty.md": b"", "sheet.xls": b"x", "broken.docx": b"PK\x03\x04 broken", "note.md": b"# a"}
    for name, content in files.items():
        folder.joinpath(name).write_bytes(content)
    leave("approve", GATE, "--as", "sun")
    leave("submit", STAND_IN, "--set", "stand_in=sun")
    refused(leave, folder, ["submit", HAND_OVER, "--attach", attached, "--tick-all"], code, said)


def test_deciding_twice_is_told_as_such(leave: Run, folder: pathlib.Path) -> None:
    gate = document(leave("why", KEY, "--json"))["reasons"][0]["task"]
    leave("approve", gate, "--as", "sun")
    before = dump(folder)
    result = leave("approve", gate, "--as", "sun")
    assert result.exit_code in (3, 4), result.output
    assert result.stderr.startswith("Error: ")
    assert dump(folder) == before


def test_the_same_request_twice_is_done_once_and_another_of_its_id_is_a_conflict(
    leave: Run, folder: pathlib.Path
) -> None:
    arguments = ["approve", GATE, "--as", "sun", "--request-id", "r1"]
    gate = document(leave("why", KEY, "--json"))["reasons"][0]["task"]
    arguments[1] = gate
    first = document(leave(*arguments, "--json"))
    assert not first["repeated"]
    before = dump(folder)
    refused(leave, folder, ["claim", STAND_IN, "--as", "hu"], 5, "")
    assert leave(*arguments, "--note", "other").exit_code in (3, 4, 6)
    assert dump(folder) == before


def test_deciding_what_one_may_not_names_whose_part_it_is(leave: Run, folder: pathlib.Path) -> None:
    for person in ("lin", "hu", "root"):
        refused(leave, folder, ["approve", GATE, "--as", person], 5, "Line manager")


def test_a_leave_that_lies_in_the_past_is_told_before_it_begins_and_by_a_dry_run(
    office: Run, folder: pathlib.Path
) -> None:
    past = ("--set", "first_day=2021-03-01", "--set", "last_day=2021-03-02")
    before = dump(folder)
    dry = office("start", "leave-request", *past, "--dry-run")
    assert "was due 2021-02-26" in dry.output
    assert dump(folder) == before
    assert "Late already" in office("start", "leave-request", *past).stderr


# in the library ------------------------------------------------------------------------------------------

FAIR = """
signoff: 1
process: fair
lang: en
calendar: PLAIN
zone: UTC
data: {day: date, price: {type: integer, default: 1}}
dates: {event: {day: day, name: the fair}}
roles: {staff: {group: staff}, boss: {group: bosses}}
defaults:
  escalate:
    - {at: 1 day before due, notify: [pending]}
    - {at: due, notify: [pending]}
    - {at: 1 day after due, notify: [boss]}
start: {by: [staff], form: {fill: [day], edit: [price]}}
steps:
  - parallel: both
    branches:
      - steps:
          - step: plan
            owner: staff
            due: 20 days before event
            form: {edit: [price]}
      - steps:
          - gate: check
            binds: [price]
            approve: {by: boss, sign: true, declined: end}
  - {step: close, owner: staff}
"""
PEOPLE = {
    "lin": {"groups": ["staff"]},
    "amy": {"leads": ["staff"]},
    "chen": {"groups": ["bosses"]},
}


@pytest.fixture
def box() -> Sandbox:
    box = Sandbox("2027-03-01T09:00Z", people=PEOPLE)
    box.deploy(FAIR)
    return box


def test_a_fair_two_weeks_ahead_is_born_late(box: Sandbox) -> None:
    """20 days before an event in 14 days: shown before it begins; owner and lead are told once, nobody above."""
    given = {"day": "2027-03-15"}
    found = rehearse(box.engine.core, lambda on: box.engine.start("fair", given, by="lin", connection=on))
    assert [late.step for late in found.late] == ["plan"]
    assert box.running == 0
    box.start("fair", given, by="lin")
    told = Counter((notice.kind, notice.to.id) for notice in box.post.sent if notice.kind != "gate")
    assert told == {("task", "lin"): 1, ("born_late", "lin"): 1, ("born_late", "amy"): 1}


def test_an_event_in_the_past_may_be_worked_off_all_the_same(box: Sandbox) -> None:
    case = box.start("fair", {"day": "2020-01-01"}, by="lin")
    case.submit("plan", by="lin")
    case.approve("check", by="chen")
    case.submit("close", by="lin")
    assert case.status == "completed"


def test_a_decision_on_what_has_changed_is_refused_and_names_it(box: Sandbox) -> None:
    case = box.start("fair", {"day": "2027-12-01"}, by="lin")
    (gate,) = [row.task for row in box.engine.inbox("chen")]
    seen = box.engine.subject(gate, "chen")
    case.submit("plan", {"price": 2}, by="lin")
    records = len(box.engine.history(case.instance))
    with pytest.raises(StaleSubject) as stale:
        case.approve("check", by="chen", seen=seen)
    assert "price" in stale.value.sentence("en")
    with pytest.raises(Invalid, match="seen"):
        case.approve("check", by="chen", seen="")
    assert len(box.engine.history(case.instance)) == records
    case.approve("check", by="chen")
    with pytest.raises(AlreadyDecided):
        box.engine.approve(gate, by=box.actor("chen"), seen=seen)


CALLS = """
signoff: 1
process: post
lang: en
calendar: PLAIN
zone: UTC
data: {answer: {type: text, optional: true}}
steps:
  - {run: send, handler: send, returns: text, set: {answer: result}, retry: never}
"""


@pytest.mark.parametrize("said", [NUL, HALF, "x" * 100_000, "\u202e", "<script>"])
@pytest.mark.parametrize("kind", ["fails", "answers"])
def test_whatever_a_handler_says_is_an_incident_at_the_worst(said: str, kind: str) -> None:
    def send(_: object) -> object:
        if kind == "fails":
            raise OSError(said)
        return said

    case = Case.load(CALLS, calls={"send": send}).start()
    events = [event for record in case.box.engine.history(case.instance) for event in record.events]
    assert case.status == "completed" or any(isinstance(event, IncidentRaised) for event in events)
    assert not case.box.engine.verify().findings


@pytest.mark.parametrize(
    "data", [{"day": NUL}, {"day": HALF}, {NUL: 1}, {HALF: 1}, {"day": object()}, {"day": float("nan")}]
)
def test_data_of_a_host_that_does_not_fit_is_refused(box: Sandbox, data: dict[str, object]) -> None:
    with pytest.raises(SignoffError) as found:
        box.start("fair", data, by="lin")
    assert found.value.exit_code == 7
    assert box.running == 0
