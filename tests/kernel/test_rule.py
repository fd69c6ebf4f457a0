"""What a gate demands besides votes: rules, documents, checklists; gates that ask nobody."""

import pytest

from signoff.errors import Invalid, NotAllowed, WrongState
from signoff.kernel.state import Status
from tests.kernel.desk import Desk

# rules ------------------------------------------------------------------------------------------------------

RULES = """
data:
  price: {type: integer, optional: true}
steps:
  - step: offer
    owner: worker
    form: {edit: [price]}
    require:
      - {id: low, rule: "price < 10", says: too dear, waive: [boss]}
      - {id: even, rule: "default(price, 2) != 7", says: seven is unlucky, warn: true}
    approve: {by: boss}
"""


def test_a_rule_that_blocks_refuses_the_submission_with_its_sentence() -> None:
    desk = Desk(RULES).start()
    with pytest.raises(Invalid) as refused:
        desk.submit("offer", price=12)
    assert refused.value.code == "rule"
    assert [m.code for m in refused.value.missing] == ["rule_broken"]
    assert "too dear" in refused.value.sentence()
    assert desk.values("price") is None, "a refusal writes nothing"


def test_a_rule_on_something_empty_is_not_met_and_names_the_field() -> None:
    desk = Desk(RULES).start()
    with pytest.raises(Invalid) as refused:
        desk.submit("offer")
    (missing,) = refused.value.missing
    assert missing.code == "rule_field_empty"
    assert missing.params["field"] == {"en": "price"}


def test_a_rule_that_warns_only_tells() -> None:
    desk = Desk(RULES).start()
    desk.submit("offer", price=7)
    assert "RuleWarned" in desk.happened()
    assert desk.asked("offer") == {"xia", "yan", "zoe"}


def test_a_rule_is_waived_by_whom_it_names_with_a_reason() -> None:
    desk = Desk(RULES).start()
    with pytest.raises(NotAllowed) as refused:
        desk.waive("offer", "low", "amy")
    assert refused.value.code == "may_not_waive"
    with pytest.raises(NotAllowed) as never:
        desk.waive("offer", "even", "xia")
    assert never.value.code == "never_waived"
    with pytest.raises(Invalid) as silent:
        desk.waive("offer", "low", "xia", reason=" ")
    assert silent.value.code == "reason_missing"
    desk.waive("offer", "low", "xia")
    desk.submit("offer", price=12)
    desk.approve("offer", "yan")
    assert desk.status is Status.COMPLETED


def test_a_waived_rule_stays_waived_while_what_it_reads_stays() -> None:
    desk = Desk(RULES).start()
    desk.waive("offer", "low", "xia")
    desk.submit("offer", price=12)
    desk.return_to("offer", "offer", "yan")
    desk.submit("offer", price=12)
    desk.approve("offer", "yan")
    assert desk.status is Status.COMPLETED


@pytest.mark.parametrize("resume", ["restart", "smart"])
def test_a_waiver_falls_when_other_data_are_handed_in_after_a_return(resume: str) -> None:
    desk = Desk(f"defaults: {{resume: {resume}}}" + RULES).start()
    desk.waive("offer", "low", "xia")
    desk.submit("offer", price=11)
    desk.return_to("offer", "offer", "yan")
    with pytest.raises(Invalid) as refused:
        desk.submit("offer", price=1_000_000)
    assert refused.value.code == "rule"
    desk.waive("offer", "low", "xia")
    desk.submit("offer", price=1_000_000)
    desk.approve("offer", "yan")
    assert desk.status is Status.COMPLETED


def test_a_waiver_falls_when_what_its_rule_reads_changes_after_the_approval() -> None:
    desk = Desk(
        RULES
        + """
  - step: change
    owner: worker
    form: {edit: [price]}
"""
    ).start()
    desk.waive("offer", "low", "xia")
    desk.submit("offer", price=12)
    desk.approve("offer", "yan")
    desk.submit("change", price=13)
    with pytest.raises(Invalid):
        desk.approve("offer", "yan")
    desk.waive("offer", "low", "xia")
    desk.approve("offer", "yan")
    assert desk.status is Status.COMPLETED


def test_a_waiver_given_to_an_open_gate_falls_when_its_data_change() -> None:
    desk = Desk("""
data: {price: {type: integer, default: 12}}
steps:
  - parallel: both
    branches:
      - steps: [{step: fix, owner: worker, form: {edit: [price]}}]
      - steps:
          - gate: ready
            approve: {by: boss, declined: end}
            require: [{id: low, rule: "price < 10", says: too dear, waive: [boss]}]
""").start()
    desk.waive("ready", "low", "xia")
    desk.submit("fix", price=1_000_000)
    with pytest.raises(Invalid) as refused:
        desk.approve("ready", "xia")
    assert refused.value.code == "rule"


def test_a_rule_that_a_later_change_breaks_can_be_waived_at_the_gate_that_asks_again() -> None:
    desk = Desk(
        RULES
        + """
  - step: change
    owner: worker
    form: {edit: [price]}
"""
    ).start()
    desk.submit("offer", price=9)
    desk.approve("offer", "yan")
    desk.submit("change", price=12)
    with pytest.raises(Invalid):
        desk.approve("offer", "yan")
    desk.waive("offer", "low", "xia")
    desk.approve("offer", "yan")
    assert desk.status is Status.COMPLETED


def test_everything_that_is_wrong_is_said_at_once() -> None:
    desk = Desk("""
data:
  price: {type: integer}
documents:
  plan: {sections: [aims, costs]}
  photo: {formats: [png]}
steps:
  - step: offer
    owner: worker
    form: {fill: [price]}
    delivers: [plan, photo]
    checklist: [checked]
""").start()
    with pytest.raises(Invalid) as refused:
        desk.submit("offer", documents={"plan": ("text", "plan.docx", ["aims"]), "photo": ("x", "a.gif")})
    assert refused.value.code == "incomplete"
    assert [m.code for m in refused.value.missing] == [
        "field_empty",
        "missing_section",
        "wrong_format",
        "unticked",
    ]
    desk.submit(
        "offer",
        price=1,
        documents={"plan": ("t", "plan.docx", ["aims", "costs"]), "photo": ("x", "A.PNG")},
        ticks=["checked"],
    )
    assert desk.status is Status.COMPLETED


# gates that ask nobody --------------------------------------------------------------------------------------

WATCH = """
data: {price: {type: integer, default: 0}}
documents: {plan: {}, sketch: {}}
steps:
  - parallel: both
    branches:
      - steps:
          - step: prepare
            owner: worker
            form: {edit: [price]}
          - step: plan
            owner: worker
            delivers: [plan]
      - steps:
          - gate: ready
            owner: boss
            binds: [plan, sketch]
            require: [{id: paid, rule: "price > 0", says: nothing is paid}]
  - step: use
    owner: worker
    checklist: [used]
  - choose: maybe
    branches:
      - if: "price > 100"
        steps: [{step: draw, owner: worker, delivers: [sketch]}]
    otherwise: []
"""


def test_a_gate_that_asks_nobody_opens_by_itself_once_all_holds() -> None:
    desk = Desk(WATCH).start()
    with pytest.raises(WrongState) as refused:
        desk.approve("ready", "xia")
    assert refused.value.code == "opens_by_itself"
    desk.submit("prepare", price=0)
    assert desk.waiting == {"plan": 1, "ready": 1}
    desk.submit("plan", documents={"plan": "text"})
    assert desk.waiting == {"ready": 1}, "the rule does not hold"


def test_a_document_of_a_step_still_to_come_is_waited_for() -> None:
    desk = Desk(WATCH).start()
    desk.submit("prepare", price=5)
    assert desk.waiting == {"plan": 1, "ready": 1}
    desk.submit("plan", documents={"plan": "text"})
    assert desk.waiting == {"use": 1}, "a step that comes after the gate is not waited for"


def test_the_owner_of_a_gate_that_asks_nobody_may_send_back() -> None:
    desk = Desk("""
data: {price: {type: integer, default: 0}}
steps:
  - step: prepare
    owner: worker
    form: {edit: [price]}
  - gate: ready
    owner: boss
    require: [{id: paid, rule: "price > 0", says: nothing is paid}]
    return_to: [prepare]
""").start()
    desk.submit("prepare")
    with pytest.raises(NotAllowed) as refused:
        desk.return_to("ready", "prepare", "amy")
    assert refused.value.code == "not_the_owner"
    desk.return_to("ready", "prepare", "xia")
    assert desk.waiting == {"prepare": 1}
    desk.submit("prepare", price=3)
    assert desk.status is Status.COMPLETED


# what the condition of an entry cannot be computed on -------------------------------------------------------


def test_an_entry_whose_condition_cannot_be_computed_is_an_incident_that_retry_repairs() -> None:
    desk = Desk("""
data: {price: {type: integer, optional: true}}
steps:
  - parallel: both
    branches:
      - steps: [{step: fix, owner: ben, form: {edit: [price]}}]
      - steps:
          - step: offer
            owner: amy
            checklist: [done]
            approve: [{by: boss, if: "price > 5"}]
""").start()
    desk.submit("offer", ticks=["done"])
    assert desk.incidents == ["offer: null_value"]
    desk.submit("fix", "ben", price=9)
    desk.retry()
    assert desk.incidents == []
    desk.approve("offer", "xia")
    assert desk.status is Status.COMPLETED
