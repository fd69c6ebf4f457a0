"""Scenarios: what is written is played, and what is not so is told with its place."""

from pathlib import Path

import pytest

from signoff.testing import Result, run_all
from tests.testing.base import ERRAND

PEOPLE = "{amy: {groups: [staff]}, bob: {groups: [heads]}}"
HEAD = f"""
scenarios:
  - scenario: trip
    at: "2027-02-01 09:00"
    people: {PEOPLE}
    calls: {{office.book: {{number: 7}}}}
    start: {{by: amy, data: {{amount: 50, day: "2027-03-01"}}}}
    steps:
"""
PREPARE = "      - {submit: prepare, by: amy, documents: [plan, scan]}\n"
APPROVE = "      - {approve: prepare, by: bob}\n"


def played(folder: Path, steps: str, head: str = HEAD) -> Result:
    file = folder / "errand.yaml"
    file.write_text(ERRAND + head + steps, encoding="utf-8")
    (result,) = run_all([file])
    return result


@pytest.mark.parametrize(
    "steps",
    [
        '      - expect: {waiting: [prepare], due: {prepare: "2027-02-03"}}\n',
        '      - expect: {due: {prepare: "2027-02-03 18:00"}, data: {amount: "50.00", double: 100, day: "2027-03-01"}}\n',
        PREPARE + APPROVE + "      - expect: {waiting: [on-the-day], data: {number: 7}}\n",
        PREPARE + "      - {decline: prepare, by: bob}\n      - expect: {outcome: declined, waiting: []}\n",
        "      - advance: 10 days\n      - expect: {notified: [due prepare amy, L2 prepare bob]}\n",
        '      - clock: "2027-02-04 09:00"\n      - expect: {notified: [L2 prepare bob]}\n',
        "      - {submit: prepare, by: bob, refused: not_allowed}\n",
        "      - {submit: travel, by: amy, refused: wrong_state}\n",
        "      - {submit: prepare, by: amy, documents: {plan: {sections: []}, scan: {}}, refused: missing_section}\n",
        "      - {submit: prepare, by: amy, documents: [plan, scan], ticks: [], refused: unticked}\n",
        PREPARE + APPROVE + "      - {approve: prepare, by: bob, refused: already_decided}\n",
    ],
)
def test_a_scenario_that_is_so_passes(tmp_path: Path, steps: str) -> None:
    result = played(tmp_path, steps)
    assert result.passed, str(result)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("expect: {waiting: [travel]}", "waiting: expected [travel], got [prepare]"),
        ('expect: {due: {prepare: "2027-02-04"}}', "due: prepare: expected 2027-02-04, got 2027-02-03 18:00"),
        ('expect: {due: {travel: "2027-02-04"}}', "travel: expected 2027-02-04, got no such step at work"),
        ('expect: {data: {amount: "50"}}', "data: amount: expected 50, got 50.00"),
        ("expect: {data: {left: coat}}", "data: left: expected coat, got nothing"),
        ("expect: {outcome: completed}", "outcome: expected completed, got running"),
        (
            "expect: {notified: [L2 prepare bob]}",
            "notified: expected [L2 prepare bob] among [task prepare amy]",
        ),
        ("expect: {warns: [R2]}", "warns: expected [R2] among []"),
        (
            "{approve: prepare, by: bob}",
            "expected approve: prepare to be accepted; refused with `work_comes_first`",
        ),
        (
            "{submit: prepare, by: amy, refused: rule}",
            "to be refused with `rule`; refused with `document_missing`",
        ),
        (
            "{submit: prepare, by: amy, documents: [plan, scan], refused: rule}",
            "refused with `rule`; accepted",
        ),
        ("advance: soon", "unreadable_when"),
        ("clock: noon", "`noon` is no date and time"),
    ],
)
def test_what_is_not_so_is_told_with_its_place(tmp_path: Path, step: str, said: str) -> None:
    result = played(tmp_path, f"      - {step}\n")
    assert said in result.failure
    assert (result.process, result.scenario) == ("errand", "trip")
    line = result.place.line
    text = (tmp_path / "errand.yaml").read_text(encoding="utf-8").splitlines()[line - 1]
    assert step in text or said == "unreadable_when"


def test_a_form_keeps_what_was_typed(tmp_path: Path) -> None:
    steps = (
        "      - {submit: prepare, by: amy, data: {left: a coat}, refused: document_missing}\n"
        "      - {submit: prepare, by: amy, documents: [plan, scan]}\n"
        "      - expect: {data: {left: a coat}}\n"
    )
    assert played(tmp_path, steps).passed


def test_rules_are_named_waived_and_warned_of(tmp_path: Path) -> None:
    steps = (
        "      - {submit: prepare, by: amy, documents: [plan, scan], refused: R1}\n"
        "      - {waive: R1 of prepare, by: amy, refused: not_allowed}\n"
        "      - {waive: R1 of prepare, by: bob}\n"
        + PREPARE
        + "      - expect: {waiting: [prepare], warns: [R2, Rather dear]}\n"
    )
    result = played(tmp_path, steps, HEAD.replace("amount: 50", "amount: 2000"))
    assert result.passed, str(result)


def test_a_scenario_goes_on_from_the_end_of_another(tmp_path: Path) -> None:
    more = "  - scenario: home\n    after: trip\n    steps:\n" + APPROVE
    file = tmp_path / "errand.yaml"
    file.write_text(ERRAND + HEAD + PREPARE + more, encoding="utf-8")
    assert [result.failure for result in run_all([file])] == ["", ""]
    file.write_text(ERRAND + HEAD + PREPARE + more.replace("after: trip", "after: home"), encoding="utf-8")
    assert "after itself" in run_all([file])[1].failure


def test_a_modelled_error_of_a_handler(tmp_path: Path) -> None:
    steps = PREPARE + APPROVE + "      - expect: {waiting: [by-hand]}\n"
    result = played(tmp_path, steps, HEAD.replace("{number: 7}", "{error: full}"))
    assert result.passed, str(result)


def test_an_incident_is_told_with_what_it_caused(tmp_path: Path) -> None:
    steps = PREPARE + APPROVE + "      - expect: {waiting: [on-the-day]}\n"
    result = played(tmp_path, steps, HEAD.replace("{number: 7}", "{digits: 7}"))
    assert "stopped: book" in result.failure


def test_scenarios_of_a_file_of_their_own_find_the_process_beside_it(tmp_path: Path) -> None:
    (tmp_path / "errand.yaml").write_text(ERRAND, encoding="utf-8")
    more = tmp_path / "errand.scenarios.yaml"
    more.write_text("signoff: 1\nscenarios_of: errand\n" + HEAD.lstrip() + PREPARE, encoding="utf-8")
    assert [result.passed for result in run_all([more])] == [True]
    assert [result.passed for result in run_all([tmp_path])] == [True]


def test_a_file_that_cannot_be_read_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "errand.yaml").write_text("signoff: 1\nprocess: errand\n", encoding="utf-8")
    (tmp_path / "other.scenarios.yaml").write_text("signoff: 1\nscenarios_of: other\n", encoding="utf-8")
    results = run_all([tmp_path])
    assert [result.passed for result in results] == [False, False]
    assert str(tmp_path / "errand.yaml") in str(results[0])


def test_a_process_that_calls_another_is_deployed_after_it(tmp_path: Path) -> None:
    called = """\
signoff: 1
process: zoo
lang: en
calendar: PLAIN
roles: {staff: {group: staff}}
start: {by: [staff]}
steps:
  - {step: feed, owner: staff, checklist: [Fed]}
"""
    caller = called.replace("process: zoo", "process: ark").replace(
        "{step: feed, owner: staff, checklist: [Fed]}", "{call: visit, process: zoo}"
    )
    scenario = f"""\
scenarios:
  - scenario: visited
    at: "2027-02-01 09:00"
    people: {PEOPLE}
    start: {{by: amy}}
    steps:
      - expect: {{waiting: [feed]}}
      - {{submit: feed, by: amy}}
      - expect: {{outcome: completed}}
"""
    (tmp_path / "ark.yaml").write_text(caller + scenario, encoding="utf-8")
    (tmp_path / "zoo.yaml").write_text(called, encoding="utf-8")
    (result,) = run_all([tmp_path])
    assert result.passed, str(result)
