"""The processes of the golden database, one for each kind of wait; the people who work in them.

Frozen with it: a release that cannot read these any more has broken them. Add new ones; never change one.
"""

from collections.abc import Mapping

from signoff.runtime.directory import StaticDirectory

PEOPLE = StaticDirectory(
    {
        "lin": {"name": "林", "groups": ("staff",)},
        "wang": {"name": "王", "groups": ("staff",), "manager": "chen"},
        "chen": {"name": "陈", "groups": ("bosses",), "leads": ("staff",)},
        "fang": {"name": "方", "groups": ("bosses",)},
        "root": {"admin": True},
    }
)
_HEAD = """signoff: 1
process: {key}
name: {{zh: {key} 流程, en: The {key} process}}
lang: zh
calendar: {calendar}
zone: Asia/Shanghai
roles:
  staff: {{group: staff}}
  boss: {{group: bosses}}
defaults:
  escalate:
    - {{at: 到期前1天, notify: [pending]}}
    - {{at: 到期, level: L1, notify: [pending, boss]}}
"""


def _process(key: str, body: str, calendar: str = "PLAIN") -> str:
    return _HEAD.format(key=key, calendar=calendar) + body


PROCESSES: Mapping[str, str] = {
    "work": _process(
        "work",
        """data:
  day: date
  price: {type: money, currency: CNY, name: 价格}
  note: {type: text, optional: true}
  people: {list_of: text, default: [甲, 乙]}
dates: {event: {day: day, name: 活动}}
documents: {plan: {name: 方案, sections: [竞品分析]}}
start: {by: [staff], form: {fill: [day], edit: [note]}, require: [{id: later, rule: "day > date('2026-01-01')", says: 太早}]}
steps:
  - step: draft
    name: 起草
    owner: staff
    due: 活动前30天
    form: {fill: [price]}
    delivers: [plan]
    checklist: [预留应急资金]
    require: [{id: cheap, rule: "price < 1000000", says: 太贵, waive: [boss]}]
    approve: [{by: boss, need: 2, sign: true}]
    binds: [price, plan]
  - step: prepare
    name: 准备
    owner: staff
    opens: 活动前10天
    due: 活动前5天
    checklist: [就绪]
""",
        calendar="CN",
    ),
    "stale": _process(
        "stale",
        """data: {price: {type: integer, default: 1}}
steps:
  - parallel: both
    branches:
      - steps: [{step: offer, owner: staff, form: {edit: [price]}}]
      - steps: [{gate: check, binds: [price], approve: [{by: boss, declined: end}]}, {step: after, owner: staff}]
""",
    ),
    "catch": _process(
        "catch", "steps:\n  - {wait: quiet, after: 3天}\n  - {step: then, owner: staff, checklist: [好]}\n"
    ),
    "boundary": _process(
        "boundary",
        """steps:
  - step: write
    owner: staff
    due: 5天内
    lapses: 20天内
    upon:
      - {after: 2天, id: reminder, steps: [{step: remind, owner: boss}]}
      - {after: 9天, id: enough, interrupts: true, steps: [{step: give-up, owner: boss}]}
""",
    ),
    "recurring": _process(
        "recurring",
        """steps:
  - stage: open
    upon:
      - {every: 每天10:00, id: daily, steps: [{step: stand-up, owner: staff}]}
    steps: [{step: run, owner: boss}]
""",
    ),
    "service": _process(
        "service",
        """data: {answer: {type: text, optional: true}, price: {type: decimal, default: 12.50}}
steps:
  - run: send
    handler: send
    with: {price: price}
    returns: text
    set: {answer: result}
    retry: never
    errors: [LOST]
    upon: [{error: LOST, id: lost, steps: [{step: search, owner: staff}]}]
  - {step: then, owner: staff, checklist: [好]}
""",
    ),
    "join": _process(
        "join",
        """data: {size: {type: integer, default: 9}}
steps:
  - parallel: all
    branches:
      - steps: [{step: left, owner: staff}]
      - steps: [{step: right, owner: boss}]
  - include: some
    branches:
      - {if: "size > 1", steps: [{step: big, owner: staff}]}
      - {if: "size > 5", steps: [{step: huge, owner: boss}]}
    otherwise: [{step: small, owner: staff}]
""",
    ),
    "each": _process(
        "each",
        """data: {names: {list_of: text, default: [甲, 乙, 丙]}, said: {list_of: text, optional: true}}
steps:
  - each: person
    item: who
    in: names
    data: {word: {type: text}}
    collect: {said: word}
    steps: [{step: ask, owner: staff, form: {fill: [word]}}]
  - each: turn
    item: who
    in: names
    in_turn: true
    steps: [{step: thank, owner: staff}]
""",
    ),
    "called": _process(
        "called",
        """returns: [answer]
data: {given: {type: text, default: 空}, answer: {type: text, optional: true}}
steps: [{step: inside, owner: staff, form: {fill: [answer]}}]
""",
    ),
    "caller": _process(
        "caller",
        """data: {found: {type: text, optional: true}}
steps:
  - {call: inner, process: called, with: {given: "'外'"}, set: {found: result.answer}}
  - {step: then, owner: boss, checklist: [好]}
""",
    ),
}
