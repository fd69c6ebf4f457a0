"""A small process that uses most of the language, and the way to break one line of it."""

BASE = """\
signoff: 1
process: base
lang: en
types:
  pair: {fields: {left: integer, right: {type: integer, optional: true}}}
data:
  title: text
  when: date
  amount: {type: money, min: 0}
  mode: {one_of: [online, offline]}
  people: {list_of: person}
  words: {list_of: text}
  boss: person
  twice: {type: money, formula: "amount * 2"}
  note: {type: text, optional: true}
  fee: {type: money, default: 0}
  seen: {type: list-of-notes, default: []}
dates:
  event: {day: when, name: the event}
  stay: {from: when, to: when}
documents:
  plan: {name: Plan, keep: 10 years}
roles:
  staff: {group: staff}
  asker: {is: starter}
  chief: {field: boss, if_empty: head}
  head: {lead_of: staff}
  guest: {field: boss}
tables:
  rate:
    inputs: {amount: money}
    outputs: {percent: integer}
    rows:
      - {amount: below 100, percent: 1}
      - {amount: from 100, percent: 2}
  authority:
    inputs: {amount: money}
    rows:
      - {amount: below 5000, approve: [{by: head}]}
      - {amount: from 5000, approve: [{by: head}, {by: chief, sign: true}]}
messages:
  paid: {fields: {sum: money}}
signals:
  frozen: {}
notices:
  late: {subject: Late, text: Too late}
defaults:
  escalate:
    - {at: due, notify: [pending], say: late}
start:
  by: [staff]
  form: {fill: [title, when, words]}
  key: "title"
steps:
  - step: draft
    owner: asker
    due: 20 days before event
    form: {fill: [amount, mode], edit: [note], show: [title]}
    delivers: [plan]
    require:
      - {id: R1, rule: "amount > 0", says: More than nothing}
    approve: {by: head}
  - {decide: rating, table: rate, with: {amount: amount}}
  - parallel: both
    branches:
      - steps:
          - run: book
            handler: erp.book
            with: {sum: amount}
            returns: {fields: {fee: money}}
            errors: [broke]
            set: {fee: result.fee}
            upon:
              - error: broke
                steps:
                  - {step: by-hand, owner: staff, form: {fill: [fee]}}
      - steps:
          - step: invite
            owner: staff
            form: {fill: [people, boss]}
  - each: words
    item: word
    in: words
    data: {answer: text}
    collect: {seen: answer}
    steps:
      - {step: ask, owner: staff, form: {fill: [answer], show: [word]}}
  - choose: how
    branches:
      - if: "mode == 'online'"
        steps:
          - {step: stream, owner: staff, checklist: [Camera]}
    otherwise:
      - {step: hall, owner: staff, checklist: [Chairs]}
  - gate: release
    due: 10 days before event
    binds: [plan, amount]
    approve:
      - {table: authority, with: {amount: amount}, declined: end}
    return_to: [draft]
  - {wait: quiet, at: event}
  - {step: close, owner: [staff, guest], delivers: [report]}
""".replace("list-of-notes", "notes").replace("types:\n", "types:\n  notes: {list_of: text}\n")


def broken(old: str, new: str) -> tuple[str, int, int]:
    """The base with one piece replaced, and line and column of the mark ⟦ in the new piece."""
    assert BASE.count(old) == 1, f"{old!r} stands {BASE.count(old)} times in the base"
    text = BASE.replace(old, new)
    offset = text.index("⟦")
    before = text[:offset]
    return text.replace("⟦", ""), before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
