"""Stories of what a process waits for, throws, repeats and undoes: each written in YAML and run in a sandbox."""

from datetime import UTC, datetime
from typing import Any

import pytest

from signoff import BpmnError, Refused
from signoff.testing import Case, Sandbox

PEOPLE: dict[str, dict[str, Any]] = {"amy": {"groups": ["staff"]}, "bob": {"groups": ["heads"]}}
HEAD = """\
signoff: 1
process: story
lang: en
calendar: PLAIN
zone: UTC
data:
  fee: {type: integer, default: 0}
  note: {type: text, default: ""}
messages:
  paid: {fields: {sum: integer, by: text}}
signals:
  frozen: {fields: {why: text}}
roles:
  staff: {group: staff}
  heads: {group: heads}
notices:
  gone: {subject: "Gone: {{ note }}", text: "It is gone."}
start: {by: [staff], key: "'K-1'"}
"""


def story(steps: str, *, upon: str = "", head: str = HEAD, **sandbox: Any) -> Case:
    """A started case of these steps."""
    case = Case.load(f"{head}steps:\n{steps}{upon}", people=PEOPLE, **sandbox)
    return case.start(by="amy")


# waits --------------------------------------------------------------------------------------------------------


def test_a_message_is_taken_with_the_business_key() -> None:
    case = story("  - {wait: pay, message: paid, set: {fee: result.sum}}\n")
    with pytest.raises(Refused, match="paid"):
        case.message("paid", {"sum": 3}, key="K-2")
    case.message("paid", {"sum": "1,200", "unknown": 7}, key="K-1")
    assert (case.status, case.variables["fee"]) == ("completed", 1200)


def test_a_message_of_another_form_is_refused_and_changes_nothing() -> None:
    case = story("  - {wait: pay, message: paid, set: {fee: result.sum}}\n")
    with pytest.raises(Refused, match="sum"):
        case.message("paid", {"sum": "much"}, key="K-1")
    assert case.active == {"pay": 1}


def test_a_key_of_its_own_is_computed_when_the_wait_begins() -> None:
    case = story("  - {wait: pay, message: paid, key: \"'invoice ' + process_key\"}\n")
    case.message("paid", key="invoice K-1")
    assert case.status == "completed"


def test_a_signal_reaches_everybody_who_waits() -> None:
    box = Sandbox(people=PEOPLE)
    box.deploy(
        f'{HEAD}steps:\n  - {{wait: thaw, signal: frozen, set: {{note: "result.why"}}}}\n'.replace(
            "\"'K-1'\"", "note"
        )
    )
    cases = [box.start("story", by="amy", key=f"S-{n}") for n in range(3)]
    box.signal("frozen", {"why": "cold"})
    assert [case.variables["note"] for case in cases] == ["cold"] * 3
    assert box.running == 0


def test_a_condition_happens_when_it_becomes_true() -> None:
    case = story('  - {wait: rich, condition: "fee >= 10"}\n')
    case.set({"fee": 9})
    assert case.active == {"rich": 1}
    case.set({"fee": 10})
    assert case.status == "completed"


# races --------------------------------------------------------------------------------------------------------

RACE = """\
  - race: first
    branches:
      - {message: paid, set: {fee: result.sum}, steps: [{step: thank, owner: staff, checklist: [done]}]}
      - {signal: frozen, set: {note: result.why}}
      - {condition: "fee > 5"}
      - {after: 2 days, steps: [{end: late, outcome: late}]}
    set: {note: "note + '!'"}
"""


def test_a_race_is_won_by_whatever_comes_first() -> None:
    case = story(RACE)
    assert case.active == {"first": 1}
    case.message("paid", {"sum": 2}, key="K-1")
    assert case.active == {"thank": 1}
    with pytest.raises(Refused):
        case.message("paid", {"sum": 2}, key="K-1")
    case.submit("thank", by="amy")
    assert (case.status, case.variables["note"]) == ("completed", "!")


@pytest.mark.parametrize(
    ("move", "note"),
    [
        (lambda case: case.signal("frozen", {"why": "x"}), "x!"),
        (lambda case: case.set({"fee": 6}), "!"),
    ],
    ids=["signal", "condition"],
)
def test_each_runner_of_a_race_can_win(move: Any, note: str) -> None:
    case = story(RACE)
    move(case)
    assert (case.status, case.variables["note"]) == ("completed", note)


def test_a_race_may_be_won_by_the_clock() -> None:
    case = story(RACE)
    case.advance("3 days")
    assert case.outcome == "late"


# loops --------------------------------------------------------------------------------------------------------

LOOP = """\
  - repeat: again
    until: "fee >= 2"
    at_most: 3
    data: {mine: {type: integer, default: 7}}
    steps:
      - {step: add, owner: staff, form: {edit: [fee]}, set: {note: "note + text(round_no) + text(mine)"}}
"""


def test_a_loop_goes_on_until_its_condition_holds() -> None:
    case = story(LOOP)
    case.submit("add", {"fee": 1}, by="amy")
    assert case.active == {"add": 1}
    case.submit("add", {"fee": 2}, by="amy")
    assert (case.status, case.variables["note"]) == ("completed", "1727")


def test_one_pass_too_many_is_an_incident_that_a_correction_resolves() -> None:
    case = story(LOOP)
    for _ in range(3):
        case.submit("add", by="amy")
    assert [(i.node, i.code) for i in case.incidents] == [("again", "too_many_passes")]
    case.set({"fee": 2})
    case.retry()
    assert case.status == "completed"


# what is sent ---------------------------------------------------------------------------------------------------


def test_a_message_starts_the_process_that_begins_with_it() -> None:
    box = Sandbox(people=PEOPLE)
    sender = f"{HEAD}steps:\n  - {{send: tell, message: paid, with: {{sum: fee + 4, by: starter.id}}}}\n"
    taker = (
        HEAD.replace("process: story", "process: taker").replace(
            "by: [staff], key: \"'K-1'\"",
            "key: \"'T-' + text(fee)\", message: paid, set: {fee: result.sum, note: result.by}",
        )
        + "steps:\n  - {step: look, owner: staff, form: {show: [fee, note]}}\n"
    )
    box.deploy(sender, taker)
    box.start("story", by="amy")
    (row,) = box.engine.instances(status="running")
    assert row.key == "T-4"
    assert box.active == {"look": 1}


def test_what_is_sent_has_to_fit_its_declaration() -> None:
    case = story(
        '  - {send: tell, message: paid, with: {sum: "fee + 1"}}\n  - {step: carry, owner: staff, checklist: [x]}\n'
    )
    assert case.active == {"carry": 1}


def test_a_notice_goes_to_the_people_of_its_roles_in_its_own_words() -> None:
    text = "  - send: tell\n    notice: gone\n    to: [heads, staff]\n    set: {fee: 1}\n"
    upon = (
        "upon:\n  - message: paid\n    data: {cause: text}\n    set: {cause: result.by}\n"
        "    steps: [{send: told, notice: gone, to: [heads]}]\n"
    )
    case = story(
        f"{text}  - {{step: carry, owner: staff, checklist: [x]}}\n",
        upon=upon,
        head=HEAD.replace("is gone.", "is gone, {{ cause }}."),
    )
    assert {each for each in case.notified if each[0] == "notice"} == {
        ("notice", "gone", "bob"),
        ("notice", "gone", "amy"),
    }
    case.message("paid", {"by": "for good"}, key="K-1")
    assert "It is gone, for good.\n" in [each.text for each in case.box.post.sent]
    assert case.variables["fee"] == 1


def test_an_escalation_finds_the_nearest_handler_and_goes_on() -> None:
    steps = (
        "  - stage: part\n    upon:\n      - {escalation: big, steps: [{step: see, owner: heads, checklist: [x]}]}\n"
        "    steps: [{send: raise, escalation: big}, {step: carry, owner: staff, checklist: [x]}]\n"
    )
    assert story(steps).active == {"see": 1, "carry": 1}


# errors and ends ------------------------------------------------------------------------------------------------


def test_an_error_leaves_its_stage_by_the_handler() -> None:
    steps = (
        "  - stage: part\n    upon:\n      - {error: broken, steps: [{step: mend, owner: staff, checklist: [x]}]}\n"
        '    steps: [{end: stopped, error: broken, if: "fee == 0", set: {note: "\'off\'"}}, {step: carry, owner: staff, checklist: [x]}]\n'
    )
    case = story(steps)
    assert (case.active, case.variables["note"]) == ({"mend": 1}, "off")
    case.submit("mend", by="amy")
    assert case.status == "completed"


def test_any_error_of_a_call_is_caught() -> None:
    called = HEAD.replace("process: story", "process: inner") + "steps:\n  - {end: stopped, error: gone}\n"
    caller = f"{HEAD}steps:\n  - {{call: it, process: inner, upon: [{{error: any, set: {{note: \"'caught'\"}}}}]}}\n"
    box = Sandbox(people=PEOPLE)
    box.deploy(called, caller)
    case = box.start("story", by="amy")
    assert (case.status, case.variables["note"]) == ("completed", "caught")


# handlers -------------------------------------------------------------------------------------------------------

WORK = "{step: work, owner: staff, checklist: [x]%s}"


def test_a_message_beside_a_step_runs_beside_it_each_time() -> None:
    upon = ", upon: [{message: paid, set: {fee: fee + result.sum}, steps: [{step: book, owner: staff, checklist: [x]}]}]"
    case = story(f"  - {WORK % upon}\n")
    for _ in range(2):
        case.message("paid", {"sum": 2}, key="K-1")
    assert (case.active, case.variables["fee"]) == ({"work": 1, "book": 2}, 4)


def test_an_interrupting_handler_goes_on_where_it_says() -> None:
    upon = ", upon: [{signal: frozen, interrupts: true, continue_at: last}]"
    steps = f"  - {WORK % upon}\n  - {{step: next, owner: staff, checklist: [x]}}\n  - {{step: last, owner: staff, checklist: [x]}}\n"
    case = story(steps)
    case.signal("frozen")
    assert case.active == {"last": 1}


def test_a_handler_of_the_process_may_happen_until_its_landing_begins() -> None:
    upon = "upon: [{signal: frozen, interrupts: true, set: {note: result.why}, continue_at: last}]\n"
    steps = (
        "  - {step: first, owner: staff, checklist: [x]}\n  - {step: last, owner: staff, checklist: [x]}\n"
    )
    case = story(steps, upon=upon)
    case.signal("frozen", {"why": "ice"})
    assert (case.active, case.variables["note"]) == ({"last": 1}, "ice")
    other = story(steps, upon=upon)
    other.submit("first", by="amy")
    other.signal("frozen", {"why": "too late"})
    assert (other.active, other.variables["note"]) == ({"last": 1}, "")


def test_a_condition_interrupts_a_stage() -> None:
    steps = (
        f'  - stage: part\n    upon: [{{condition: "fee > 5", interrupts: true}}]\n    steps: [{WORK % ""}]\n'
    )
    case = story(steps)
    case.set({"fee": 6})
    assert case.status == "completed"


# undoing --------------------------------------------------------------------------------------------------------

DONE = """\
  - {run: one, handler: do, with: {count: 1}, undone_by: [{run: not-one, handler: undo, with: {count: 1}}]}
  - stage: two
    steps:
      - {run: inner, handler: do, with: {count: 2}, undone_by: [{run: not-two, handler: undo, with: {count: 2}}, {run: tell, handler: undo, with: {count: 22}}]}
      - {wait: rest, message: paid%s}
%s"""


def undone(inside: str = "", after: str = "", upon: str = "") -> tuple[Case, list[int]]:
    calls: list[int] = []
    answers = {"do": {}, "undo": lambda inputs: calls.append(inputs["count"]) or {}}
    return story(DONE % (inside, after), upon=upon, calls=answers), calls


def test_everything_around_is_undone_the_newest_first() -> None:
    case, calls = undone(after="  - {undo: all}\n")
    case.message("paid", key="K-1")
    assert (calls, case.status) == ([2, 22, 1], "completed")


def test_what_is_named_is_undone_alone() -> None:
    case, calls = undone(after="  - {undo: some, of: [one]}\n")
    case.message("paid", key="K-1")
    assert (calls, case.status) == ([1], "completed")


def test_an_interrupting_handler_undoes_what_was_done_in_a_stage_under_way() -> None:
    upon = (
        "upon: [{signal: frozen, interrupts: true, steps: [{undo: all}, {end: stopped, outcome: stopped}]}]\n"
    )
    case, calls = undone(upon=upon)
    case.signal("frozen")
    assert (calls, case.outcome) == ([2, 22, 1], "stopped")


def test_a_handler_on_a_wait_undoes_what_was_done_around_it() -> None:
    inside = ", upon: [{after: 1 day, interrupts: true, steps: [{undo: here}]}]"
    case, calls = undone(inside)
    case.advance("2 days")
    assert (calls, case.status) == ([2, 22], "completed")


def test_a_request_undoes_too() -> None:
    upon = "upon: [{request: withdraw, by: [staff], steps: [{undo: all}]}]\n"
    case, calls = undone(upon=upon)
    case.request("withdraw", by="amy")
    assert (calls, case.status) == ([2, 22, 1], "withdrawn")


def test_undoing_may_need_people() -> None:
    steps = (
        "  - {step: sign, owner: staff, checklist: [x], undone_by: [{step: unsign, owner: staff, checklist: [x]}]}\n"
        "  - {undo: back, set: {fee: 3}}\n"
    )
    case = story(steps)
    case.submit("sign", by="amy")
    assert case.active == {"unsign": 1}
    case.submit("unsign", by="amy")
    assert (case.status, case.variables["fee"]) == ("completed", 3)


# the start ------------------------------------------------------------------------------------------------------


def test_a_process_begins_again_and_again_by_the_calendar() -> None:
    text = HEAD.replace("start: {by: [staff], key: \"'K-1'\"}", "start: {every: working day at 09:00}")
    box = Sandbox(at=datetime(2027, 1, 1, 8, tzinfo=UTC), people=PEOPLE)
    box.deploy(f"{text}steps:\n  - {{step: look, owner: staff, checklist: [x]}}\n")
    box.advance("4 days")
    assert box.active == {"look": 2}


def test_a_parallel_first_block_runs_once_however_the_process_begins() -> None:
    text = HEAD.replace("key: \"'K-1'\"", "message: paid")
    side = "      - steps: [{{step: {}, owner: staff, checklist: [x]}}]\n"
    box = Sandbox(people=PEOPLE)
    box.deploy(
        f"{text}steps:\n  - parallel: both\n    branches:\n{side.format('left')}{side.format('right')}"
    )
    box.start("story", by="amy")
    box.message("paid")
    assert box.active == {"left": 2, "right": 2}
    for step in ("left", "right", "left", "right"):
        box.complete(step)
    assert box.running == 0


# rungs of an entry ------------------------------------------------------------------------------------------------


def test_a_late_decision_goes_to_another_role() -> None:
    steps = (
        "  - step: plan\n    owner: staff\n    form: {edit: [fee]}\n    approve:\n"
        "      - {by: staff, not_by: [], due: within 1 day, escalate: [{at: due, assign: heads}]}\n"
    )
    case = story(steps)
    case.submit("plan", {"fee": 1}, by="amy")
    case.advance("5 days")
    with pytest.raises(Refused):
        case.approve("plan", by="amy")
    case.approve("plan", by="bob")
    assert case.status == "completed"


def test_an_error_of_a_handler_may_be_undone_and_ended() -> None:
    """An error on a call that was made: what came before is taken back, and the process says how it ended."""
    steps = (
        "  - {run: book, handler: do, undone_by: [{run: free, handler: undo}]}\n"
        "  - {run: pay, handler: pay, errors: [broke], upon: [{error: broke, steps: [{undo: back}, {end: stopped, outcome: broke}]}]}\n"
    )
    calls: list[str] = []
    answers = {"do": {}, "undo": lambda _inputs: calls.append("free") or {}, "pay": BpmnError("broke")}
    case = story(steps, calls=answers)
    assert (case.outcome, calls) == ("broke", ["free"])
