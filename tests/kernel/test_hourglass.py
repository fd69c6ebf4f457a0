"""The clock of a single entry of a gate: counted from its opening, gone when it closes, and what its rungs decide."""

from datetime import datetime

import pytest

from signoff.errors import InvalidDefinition
from signoff.kernel.events import gate
from signoff.kernel.state import Mode, Status
from signoff.notation.yaml import read
from tests.kernel.desk import Desk
from tests.kernel.people import HEAD

# Monday 31 August 2026, noon in Shanghai, is when stories start.
CLOCKED = """
steps:
  - step: plan
    owner: worker
    due: within 10 working days
    approve:
      - by: boss
        due: within 1 working day
        escalate:
          - {at: due, notify: [pending], level: L1}
          - {at: 1 working day after due, notify: [boss], level: L2}
      - {by: lawyer, due: within 2 working days}
"""
DECIDES = """
steps:
  - step: plan
    owner: worker
    approve:
      - by: boss
        need: all
        due: within 1 working day
        escalate: [{at: due, %s}]
  - {step: after, owner: worker}
"""


def here(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def clock(desk: Desk) -> dict[str, datetime | None]:
    return {target: found.due for target, found in desk.state.clocks.items()}


def test_an_entry_counts_from_when_it_opens_and_the_next_from_when_it_does() -> None:
    desk = Desk(CLOCKED).start()
    desk.submit("plan")
    record = desk.gate("plan")
    assert clock(desk) == {f"{record.id}#0": here("2026-09-01T18:00")}
    desk.advance("2026-09-01T10:00+08:00")
    desk.approve("plan", "xia")
    assert clock(desk) == {f"{record.id}#1": here("2026-09-03T18:00")}
    assert f"{record.id}#0/rung" not in desk.agenda


def test_the_rungs_of_an_entry_tell_who_is_asked_there_and_not_who_did_the_work() -> None:
    desk = Desk(CLOCKED).start()
    desk.submit("plan")
    desk.advance("2026-09-04T10:00+08:00")
    fired = desk.names(gate.EntryRungFired)
    assert [(e.level, [p.id for p in e.people]) for e in fired] == [
        ("L1", ["xia", "yan", "zoe"]),
        ("L2", ["xia", "yan", "zoe"]),
    ]


def test_the_clock_is_gone_when_the_round_ends_and_begins_anew_with_the_next() -> None:
    desk = Desk(CLOCKED).start()
    desk.submit("plan")
    desk.return_to("plan", "plan", "xia")
    assert not desk.state.clocks
    assert not [key for key in desk.agenda if key.endswith("#0/rung")]
    desk.advance("2026-09-02T10:00+08:00")
    desk.submit("plan")
    assert list(clock(desk).values()) == [here("2026-09-03T18:00")]


def test_the_clock_is_gone_with_the_instance() -> None:
    desk = Desk(CLOCKED).start()
    desk.submit("plan")
    desk.cancel()
    assert not desk.state.clocks
    assert not desk.agenda


def test_the_deadline_of_the_task_does_not_replace_that_of_the_entry_in_the_inbox() -> None:
    desk = Desk(CLOCKED).start()
    desk.submit("plan")
    row = desk.inbox[f"{desk.gate('plan').id}#0"]
    assert row.due == here("2026-09-01T18:00")


def test_a_rung_passes_an_entry_by_rule_where_the_definition_says_so() -> None:
    desk = Desk(DECIDES % "decide: approve").start()
    desk.submit("plan")
    desk.advance("2026-09-02T10:00+08:00")
    assert desk.waiting == {"after": 1}
    (passed,) = desk.names(gate.EntryPassed)
    assert (passed.mode, passed.rule) == (Mode.AUTO, "plan|approve|0|escalate|0")
    assert desk.names(gate.GatePassed)[0].approvers == (), "nobody has approved"


def test_a_rung_declines_an_entry_and_the_gate_goes_where_a_no_leads() -> None:
    desk = Desk(DECIDES % "decide: decline, notify: [pending]").start()
    desk.submit("plan")
    desk.approve("plan", "xia")
    desk.advance("2026-09-02T10:00+08:00")
    assert desk.waiting == {"plan": 1}
    assert desk.names(gate.GateReturned)[0].to == "plan"
    assert [p.id for p in desk.names(gate.EntryRungFired)[0].people] == ["yan", "zoe"]


def test_what_is_decided_before_the_rung_is_due_stays_decided() -> None:
    desk = Desk(DECIDES % "decide: decline").start()
    desk.submit("plan")
    for who in ("xia", "yan", "zoe"):
        desk.approve("plan", who)
    desk.advance("2026-09-30T10:00+08:00")
    assert desk.waiting == {"after": 1}
    assert desk.status is Status.RUNNING


def test_a_yes_that_is_taken_back_starts_the_clock_again() -> None:
    text = CLOCKED.replace("- {by: lawyer, due", "- {by: lawyer, allow: [take_back], due")
    desk = Desk(text).start()
    desk.submit("plan")
    desk.approve("plan", "xia")
    desk.advance("2026-09-01T10:00+08:00")
    desk.take_back("plan", "xia")
    assert list(clock(desk).values()) == [here("2026-09-02T18:00")]


@pytest.mark.parametrize("ruling", ["approve", "decline"])
def test_no_rung_decides_where_a_signature_is_demanded(ruling: str) -> None:
    text = (DECIDES % f"decide: {ruling}").replace("need: all", "need: all\n        sign: true")
    with pytest.raises(InvalidDefinition) as refused:
        read(HEAD.format(key="p") + text)
    assert "G04" in [problem.code for problem in refused.value.problems]


def test_a_ladder_of_an_entry_wants_a_deadline() -> None:
    text = (DECIDES % "decide: approve").replace("        due: within 1 working day\n", "")
    with pytest.raises(InvalidDefinition) as refused:
        read(HEAD.format(key="p") + text)
    assert "P04" in [problem.code for problem in refused.value.problems]


def test_a_rung_passes_nothing_that_a_rule_refuses() -> None:
    rule = "    require: [{rule: \"today() < date('2026-09-01')\", says: too late}]\n    approve:"
    desk = Desk((DECIDES % "decide: approve").replace("    approve:", rule)).start()
    desk.submit("plan")
    desk.advance("2026-09-02T10:00+08:00")
    assert desk.names(gate.EntryPassed)
    assert desk.waiting == {"plan": 1}, "the entry is decided, the gate is not"
