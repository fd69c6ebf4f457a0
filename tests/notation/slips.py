"""Mistakes with events, loops, what is sent and undone: a piece of the base, and what somebody wrote in its place."""

WAIT = "  - {wait: quiet, at: event}"
BOOK = "            set: {fee: result.fee}\n"
DRAFT = "steps:\n  - step: draft"
START = '  key: "title"\n'

RACE = "  - race: quiet\n    branches:\n      - {message: paid, steps: []}\n      - "
SLIPS = [
    # races
    ("F04", WAIT, RACE + "{⟦every: day, steps: []}"),
    ("S01", WAIT, RACE + "⟦{steps: []}"),
    ("S01", WAIT, RACE + "{at: event, ⟦after: 1 day}"),
    ("S01", WAIT, "  - {race: quiet, branches: ⟦[{message: paid}]}"),
    ("S01", WAIT, RACE + "{after: 1 day, ⟦key: title}"),
    ("P01", WAIT, RACE + "{after: ⟦tomorrow}"),
    ("N01", WAIT, RACE + "{message: paid, set: {⟦sum: result.sum}}"),
    ("T06", WAIT, RACE + '{message: paid, set: {title: "⟦result.sum"}}'),
    ("E01", WAIT, RACE + '{message: paid, set: {fee: "⟦result.total"}}'),
    # waits
    ("N09", WAIT, "  - {wait: quiet, signal: ⟦frost}"),
    ("N09", WAIT, "  - {wait: quiet, message: ⟦pay}"),
    ("S01", WAIT, "  - {wait: quiet, message: paid, ⟦signal: frozen}"),
    ("S01", WAIT, "  - {wait: quiet, signal: frozen, ⟦key: title}"),
    ("E02", WAIT, '  - {wait: quiet, condition: "⟦amount"}'),
    ("D01", WAIT, '  - {wait: quiet, message: paid, key: "⟦note"}'),
    # loops
    (
        "F05",
        WAIT,
        '  - {repeat: quiet, until: "⟦filled(fee)", at_most: 3, steps: [{step: again, owner: staff, checklist: [x]}]}',
    ),
    (
        "S01",
        WAIT,
        '  - {repeat: quiet, until: "fee > 1", at_most: ⟦0, steps: [{step: again, owner: staff, form: {edit: [fee]}}]}',
    ),
    (
        "S01",
        WAIT,
        '  - ⟦{repeat: quiet, until: "fee > 1", steps: [{step: again, owner: staff, form: {edit: [fee]}}]}',
    ),
    (
        "S01",
        WAIT,
        '  - {repeat: quiet, ⟦while: "fee > 1", until: "fee > 1", at_most: 3, steps: [{step: again, owner: staff, form: {edit: [fee]}}]}',
    ),
    # what is sent
    ("S01", WAIT, "  - {send: quiet, message: paid, with: {⟦amount: fee}}"),
    ("S01", WAIT, "  - {send: quiet, escalation: late, ⟦with: {sum: fee}}"),
    ("S01", WAIT, "  - {send: quiet, message: paid, ⟦to: [staff]}"),
    ("S01", WAIT, "  - {send: quiet, signal: frozen, ⟦key: title}"),
    ("S01", WAIT, "  - ⟦{send: quiet, notice: late}"),
    ("N09", WAIT, "  - {send: quiet, notice: ⟦lat, to: [staff]}"),
    ("N06", WAIT, "  - {send: quiet, notice: late, to: [⟦stuff]}"),
    ("T06", WAIT, '  - {send: quiet, message: paid, with: {sum: "⟦title"}}'),
    # what is undone
    ("F07", WAIT, "  - {undo: quiet, of: [⟦release]}"),
    ("N09", WAIT, "  - {undo: quiet, of: [⟦boook]}"),
    ("F07", WAIT, "  - {undo: quiet, of: [⟦ask]}"),
    ("S01", BOOK, BOOK + "            undone_by: ⟦[]\n"),
    ("N02", BOOK, BOOK + "            undone_by: [{run: ⟦draft, handler: erp.undo}]\n"),
    # errors and escalations
    (
        "F09",
        WAIT,
        "  - {stage: quiet, steps: [{step: a1, owner: staff, checklist: [x]}], upon: [{⟦error: gone, steps: []}]}",
    ),
    (
        "F09",
        WAIT,
        "  - {stage: quiet, steps: [{step: a1, owner: staff, checklist: [x]}], upon: [{⟦escalation: gone, steps: []}]}",
    ),
    ("S01", WAIT, '  - {end: quiet, if: "fee > 1", outcome: x, ⟦error: gone}'),
    (
        "F08",
        WAIT,
        "  - {stage: quiet, steps: [{end: e1, error: gone}], upon: [{error: gone, interrupts: ⟦false, steps: []}]}",
    ),
    # handlers
    (
        "F10",
        WAIT,
        "  - {wait: quiet, at: event, upon: [{message: paid, interrupts: true, continue_at: ⟦draft}]}",
    ),
    ("F08", WAIT, "  - {wait: quiet, at: event, upon: [{message: paid, continue_at: ⟦close}]}"),
    ("N09", DRAFT, "upon: [{signal: ⟦frost, steps: []}]\n" + DRAFT),
    # the start
    ("S01", START, START + "  signal: frozen\n  ⟦message: paid\n"),
    ("S01", START, START + "  ⟦set: {fee: 1}\n"),
    ("F08", START, START + "  every: ⟦day at 09:00 during stay\n"),
    ("N09", START, START + "  message: ⟦pay\n"),
    # what messages carry
    ("T05", "messages:\n", "messages:\n  who: {fields: {⟦person: person}}\n"),
    ("P01", "messages:\n", "messages:\n  who: {keep: ⟦3 working days}\n"),
    ("T01", "messages:\n", "messages:\n  who: {fields: {a: ⟦txt}}\n"),
    ("S01", "messages:\n", "messages:\n  who: {⟦field: {a: text}}\n"),
]
