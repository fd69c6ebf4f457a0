"""A small process that the tests of the test kit play with."""

from typing import Any

PEOPLE: dict[str, dict[str, Any]] = {
    "amy": {"groups": ["staff"], "manager": "bob"},
    "ann": {"groups": ["staff"], "manager": "bob"},
    "bob": {"groups": ["heads"]},
}
ERRAND = """\
signoff: 1
process: errand
name: Errand
lang: en
calendar: PLAIN
zone: Europe/Berlin
data:
  amount: {type: money, min: 0}
  double: {type: money, formula: "amount * 2"}
  day: date
  number: {type: integer, default: 0}
  left: {type: text, optional: true}
dates:
  trip: {day: day}
documents:
  plan: {name: Plan, sections: [Why, How]}
  scan: {name: Scan, formats: [docx]}
roles:
  staff: {group: staff}
  heads: {group: heads}
start: {by: [staff], form: {fill: [amount, day]}}
defaults:
  escalate:
    - {at: due, notify: [pending]}
    - {level: L2, at: 1 day after due, notify: [heads]}
steps:
  - step: prepare
    owner: staff
    due: within 2 days
    form: {edit: [left]}
    delivers: [plan, scan]
    checklist: [Packed, Paid]
    require:
      - {id: R1, rule: "amount < 1000", says: Too dear, waive: [heads]}
      - {id: R2, rule: "amount < 100", says: Rather dear, warn: true}
    approve: {by: heads, sign: true, declined: end}
  - run: book
    handler: office.book
    with: {sum: amount}
    errors: [full]
    returns: {fields: {number: integer}}
    set: {number: result.number}
    upon:
      - error: full
        steps:
          - {step: by-hand, owner: staff, form: {fill: [number]}}
  - {wait: on-the-day, at: trip}
  - {step: travel, owner: staff, opens: 1 day after trip, checklist: [Back]}
"""
START = {"amount": 50, "day": "2027-03-01"}
