"""An approval stands on what it was given for: another version that computes that otherwise asks again."""

from signoff.kernel.events import gate
from tests.kernel.desk import Desk
from tests.kernel.test_migration import upgrade

SUM = """
data:
  amount: {type: integer, default: 1}
  total: {type: integer, formula: amount + 1}
  comment: {type: text, optional: true}
steps:
  - {step: plan, owner: worker, form: {fill: [amount]}}
  - {gate: check, binds: [total], approve: [{by: boss, declined: end}]}
  - {step: file, owner: ben, form: {edit: [comment]}}
"""


def test_what_another_formula_computes_is_approved_again() -> None:
    desk = Desk(SUM).start()
    desk.submit("plan", "ben", amount=7)
    desk.approve("check", "xia")
    events = upgrade(desk, SUM.replace("amount + 1", "amount + 1000"))
    assert [each.node for each in events if isinstance(each, gate.GateReopened)] == ["check"]
