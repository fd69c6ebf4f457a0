"""Every code of the language: one mistake in one line gives that code at that line and column, and nothing else."""

import re
from functools import cache

import pytest

from signoff.errors import InvalidDefinition, Problem
from signoff.notation.yaml import read
from signoff.sentences import catalogue
from tests.notation.base import BASE, broken
from tests.notation.slips import SLIPS

# code, what is replaced, what stands there instead (⟦ before the place that is named)
YAML = [
    ("Y00", "  - {wait: quiet, at: event}", "  - {wait: quiet, at: event⟦]"),
    ("Y00", "    delivers: [plan]\n", "    ⟦[delivers]: [plan]\n"),
    ("Y00", "says: More than nothing", "says: More ⟦\x07 than"),
    ("Y00", "says: More than nothing", "says: More ⟦\x00 than"),
    ("Y00", "says: More than nothing", "says: More ⟦\ud800 than"),
    ("Y01", "  - {wait: quiet, at: event}", "⟦---\nsignoff: 1"),
    ("Y02", "  title: text\n", "  title: ⟦&t text\n"),
    ("Y02", "  title: text\n", "  title: ⟦*t\n"),
    ("Y02", "  title: text\n", "  title: ⟦!!str text\n"),
    ("Y02", "  title: text\n", "  title: text\n  ⟦<<: text\n"),
    ("Y03", "    owner: asker\n", "    owner: ⟦~\n"),
    ("Y04", "name: the event", "name: ⟦yes"),
    ("Y04", "name: the event", "name: ⟦18:00"),
    ("Y04", "name: the event", "name: ⟦2026-10-15"),
    ("Y04", "name: the event", "name: ⟦017"),
    ("Y04", "name: the event", "name: ⟦1e3"),
    ("Y04", "name: the event", "name: ⟦1_000"),
    ("Y04", "name: the event", "name: ⟦0x1F"),
    ("Y04", "name: the event", "name: ⟦.inf"),
    ("Y04", "name: the event", "name: ⟦="),
    ("Y04", "            upon:\n", "            ⟦on:\n"),
    ("Y05", "lang: en\n", "lang: en\n⟦lang: zh\n"),
]
SHAPE = [
    ("S01", "    delivers: [plan]\n", "    ⟦deliver: [plan]\n"),
    ("S01", "  - step: draft\n    owner: asker\n", "  - ⟦step: draft\n"),
    ("S01", "  - {wait: quiet, at: event}", "  - {wait: quiet, at: event, ⟦after: 3 days}"),
    ("S01", "  - {wait: quiet, at: event}", "  - ⟦{wait: quiet}"),
    ("S01", "  - {wait: quiet, at: event}", "  - {⟦at: event, wait: quiet}"),
    ("S01", "  - {wait: quiet, at: event}", "  - ⟦quiet"),
    ("S01", "    owner: asker\n", "    owner: ⟦{role: asker}\n"),
    ("S01", "says: More than nothing", "says: ⟦5"),
    ("S01", "says: More than nothing", "says: X, warn: ⟦often"),
    ("S01", "lang: en", "lang: ⟦fr"),
    ("S01", '  key: "title"\n', '  key: "title"\n  withdraw: ⟦perhaps\n'),
    ("S01", "lang: en", "lang: en\nzone: ⟦Asia/Shangai"),
    ("S01", "default: 0}", "default: ⟦much}"),
    ("S01", "approve: {by: head}", "approve: {by: head, ⟦table: authority}"),
    ("S01", "approve: {by: head}", "approve: {by: head, need: ⟦most}"),
    ("S01", "approve: {by: head}", "approve: {by: head, declined: ⟦perhaps}"),
    ("S01", "approve: {by: head}", "approve: {parallel: [{by: head}], ⟦sign: true}"),
    ("S01", "with: {amount: amount}, declined", "with: {amount: amount}, ⟦need: 2, declined"),
    ("S01", "asker: {is: starter}", "asker: {is: ⟦nobody}"),
    ("S01", "  staff: {group: staff}", "  staff: {group: staff}\n  ⟦pending: {group: staff}"),
    ("S01", "  staff: {group: staff}", "  staff: ⟦{name: Staff}"),
    ("S01", "{by: head}, {by: chief", "{by: ⟦[]}, {by: chief"),
    ("S01", "  event: {day: when, name: the event}", "  event: ⟦{name: the event}"),
    ("S02", "show: [title]}", "show: [title, ⟦amount]}"),
    ("S01", "    delivers: [plan]\n", "    delivers: [plan]\n    undone_by: ⟦[]\n"),
    ("S01", "  - {wait: quiet, at: event}", "  - {race: quiet, branches: ⟦[]}"),
    ("N09", "  - {wait: quiet, at: event}", "  - {wait: quiet, message: ⟦x}"),
    (
        "U01",
        "approve: {by: head}",
        "approve: {by: head, due: within 2 days, escalate: [{at: due, notify: [head], ⟦hold: next gate}]}",
    ),
    ("U01", "say: late}", "say: late, ⟦decide: approve}"),
]
ROLES = [
    ("R01", "  guest: {field: boss}", "  ⟦guest: {chain_of: asker}"),
    ("R01", "  guest: {field: boss}", "  ⟦guest: {chain_of: asker, levels: 1, up_to: staff}"),
    ("R01", "  guest: {field: boss}", "  guest: {field: boss, ⟦levels: 2}"),
    ("R01", "  guest: {field: boss}", "  guest: {field: boss, limit: {for: x, covers: ⟦title}}"),
    ("R01", "  guest: {field: boss}", "  guest: {manager_of: asker, levels: ⟦0}"),
    (
        "R01",
        "  guest: {field: boss}",
        "  guest: {authority: {for: x, covers: amount}, ⟦limit: {for: x, covers: amount}}",
    ),
]
NAMES = [
    ("N09", "say: late}", "say: late, hold: ⟦nowhere}"),
    ("N01", "fill: [amount, mode]", "fill: [⟦amuont, mode]"),
    ("N01", "set: {fee: result.fee}", "set: {⟦fees: result.fee}"),
    ("N01", "binds: [plan, amount]", "binds: [plan, ⟦amounts]"),
    ("N01", '"amount > 0"', '"⟦amout > 0"'),
    ("N01", "chief: {field: boss", "⟦chief: {field: bos"),
    ("N02", "  - {wait: quiet, at: event}", "  - {wait: ⟦draft, at: event}"),
    ("N03", "  title: text\n", "  title: text\n  ⟦class: text\n"),
    ("N04", "data: {answer: text}", "data: {answer: text, ⟦title: text}"),
    ("N05", "name: the event}", "name: the event, also: [⟦due]}"),
    ("N05", "  - {wait: quiet, at: event}", "  - {wait: ⟦event, at: event}"),
    ("N06", "    owner: asker\n", "    owner: ⟦askr\n"),
    ("N06", "notify: [pending]", "notify: [⟦pendig]"),
    ("N07", "documents:\n", "documents:\n  ⟦spare: {name: Spare}\n"),
    ("N09", "say: late}", "say: ⟦lat}"),
    ("N09", '  key: "title"\n', '  key: "title"\n  withdraw: ⟦until draf\n'),
    ("N09", "table: authority", "table: ⟦autority"),
    ("N09", "return_to: [draft]", "return_to: [⟦draf]"),
    ("N09", "asker: {is: starter}", "asker: {is: ⟦owner of drat}"),
    ("N09", "  - {wait: quiet, at: event}", "  - {call: quiet, process: ⟦other}"),
    ("N09", '"amount > 0"', "\"⟦amount > 0 and document('pla').version == 1\""),
    ("N09", '"amount > 0"', "\"⟦amount > 0 and verdict('draf') == 'passed'\""),
]
TYPES = [
    ("T01", "  title: text\n", "  title: ⟦txt\n"),
    ("T02", "left: integer", "left: ⟦pair"),
    ("T03", "types:\n", "types:\n  ⟦money: {one_of: [a]}\n"),
    ("T04", "[online, offline]", "[online, offline, ⟦online]"),
    (
        "T05",
        "amount: {type: money, min: 0}",
        "amount: {type: money, min: 0}\n  size: {type: integer, currency: ⟦CNY}",
    ),
    ("T05", "  boss: person\n", "  boss: {type: person, min: ⟦1}\n"),
    ("T06", 'formula: "amount * 2"', 'formula: "⟦title"'),
    (
        "T07",
        '  twice: {type: money, formula: "amount * 2"}',
        '  ⟦twice: {type: money, formula: "twice + amount"}',
    ),
    ("T08", "  chief: {field: boss", "  ⟦chief: {field: title"),
    ("T09", "fill: [amount, mode]", "fill: [amount, mode, ⟦twice]"),
    ("T09", "set: {fee: result.fee}", "set: {fee: result.fee, ⟦twice: result.fee}"),
    ("E01", "\"mode == 'online'\"", "\"⟦mode == 'ofline'\""),
    ("E01", '"amount > 0"', "\"⟦__import__('os') > 0\""),
    ("E01", '"amount > 0"', '"⟦amount + 1.5 + title > 0"'),
    ("E02", "\"mode == 'online'\"", '"⟦mode"'),
]
FLOW = [
    ("G02", "steps:\n  - step: draft", "upon:\n  - {⟦request: cancel}\nsteps:\n  - step: draft"),
    (
        "F08",
        "steps:\n  - step: draft",
        "upon:\n  - {request: stop, by: [staff], ⟦moves: [amount]}\nsteps:\n  - step: draft",
    ),
    (
        "F08",
        "steps:\n  - step: draft",
        "upon:\n  - {⟦request: reschedule, by: [staff]}\nsteps:\n  - step: draft",
    ),
    (
        "F08",
        "steps:\n  - step: draft",
        "upon:\n  - {request: cancel, by: [staff], interrupts: ⟦false}\nsteps:\n  - step: draft",
    ),
    (
        "F08",
        "steps:\n  - step: draft",
        "upon:\n  - {request: stop, by: [staff], approve: {by: head, ⟦declined: end}}\nsteps:\n  - step: draft",
    ),
    (
        "F08",
        "steps:\n  - step: draft",
        "upon:\n  - {request: stop, by: [staff], continue_at: ⟦quiet}\nsteps:\n  - step: draft",
    ),
    (
        "F10",
        "steps:\n  - step: draft",
        "upon:\n  - {request: cancel, by: [staff], continue_at: ⟦nowhere}\nsteps:\n  - step: draft",
    ),
    (
        "S01",
        "  - {wait: quiet, at: event}",
        "  - {wait: quiet, at: event, upon: [{after: 2 days, ⟦moves: [amount]}]}",
    ),
    ("D01", "checklist: [Camera]", "checklist: [{item: Camera, if: \"⟦note == 'x'\"}]"),
    ("D01", "with: {sum: amount}", "with: {sum: amount, who: \"⟦boss.id + '!'\"}"),
    ("P01", "due: 20 days before event", "due: ⟦20 days before evnt"),
    ("P01", "due: 20 days before event", 'due: "⟦unreadable: 待定"'.replace('"⟦', '⟦"')),
    ("P01", "keep: 10 years", "keep: ⟦long"),
    ("P02", "due: 20 days before event", "due: ⟦1 day after due"),
    ("P02", "  - {wait: quiet, at: event}", "  - {wait: quiet, at: ⟦due}"),
    ("P03", "{wait: quiet, at: event}", "{wait: quiet, at: ⟦1 day after stream}"),
    (
        "P04",
        "      - {step: hall, owner: staff,",
        "      - {step: hall, owner: staff, escalate: [{at: due, notify: [staff]}],".replace(
            " escalate", " ⟦escalate"
        ),
    ),
    ("P05", "due: 10 days before event", "due: ⟦21 days before event"),
    ("F01", "return_to: [draft]", "return_to: [⟦stream]"),
    ("F01", "return_to: [draft]", "return_to: [⟦close]"),
    ("F01", "return_to: [draft]", "return_to: [⟦ask]"),
    ("F01", "return_to: [draft]", "return_to: [⟦by-hand]"),
    (
        "F01",
        "            form: {fill: [people, boss]}\n",
        "            form: {fill: [people, boss]}\n            return_to: [⟦book]\n",
    ),
    (
        "F02",
        "  - {wait: quiet, at: event}\n  - {step: close",
        "  - {end: quiet, outcome: x}\n  - {step: ⟦close",
    ),
    ("F03", "form: {fill: [people, boss]}", "form: {fill: [people, boss, ⟦fee]}"),
    ("F08", "- error: broke\n", "- error: broke\n                interrupts: ⟦false\n"),
    ("F08", "- error: broke\n", "- every: day\n                interrupts: ⟦true\n"),
    ("F08", "- error: broke\n", "- after: 1 day\n                missed: ⟦all\n"),
    ("F09", "              - error: broke\n", "              - ⟦error: broken\n"),
]
GATES = [
    ("G01", "  head: {lead_of: staff}", "  ⟦head: {lead_of: staff, if_empty: head}"),
    ("G01", "  staff: {group: staff}", "  staff: {group: staff}\n  ⟦ring: {manager_of: ring}"),
    ("G02", "  by: [staff]", "  by: [⟦asker]"),
    (
        "G03",
        "    delivers: [plan]\n",
        "    delivers: [plan]\n    binds: [plan, amount, mode, note, ⟦report]\n",
    ),
    (
        "G04",
        "    due: 10 days before event",
        "    due: 10 days before event\n    lapses: ⟦5 days before event",
    ),
    ("G04", "approve: {by: head}", "approve: {by: head, sign: true, auto: ⟦amount > 5}"),
    ("G04", "approve: {by: head}", "approve: {by: head, sign: true, ⟦same_person: skip}"),
    ("G05", "approve: {by: head}", "approve: {by: head, as: acknowledge, declined: ⟦end}"),
    ("G05", "approve: {by: head}", "approve: {by: head, as: acknowledge, veto: ⟦[head]}"),
    ("G06", "approve: {by: head}", "approve: {by: head, need: 2, ⟦weights: {head: 2}}"),
    ("G07", "approve: {by: head}", "approve: {by: head, ⟦add_from: staff}"),
    ("G16", "approve: {by: head}", "approve: {by: head, need: 60%, ⟦weights: {head: 0}}"),
    ("G16", "approve: {by: head}", "approve: {by: asker, not_by: [], ⟦need: 2}"),
    ("G17", "approve: {by: head}", "approve: {by: head, need: first, ⟦wait_all: true}"),
    ("G18", "approve: {by: head}", "approve: {by: head, veto: [⟦staff]}"),
    ("G18", "approve: {by: head}", "approve: {by: head, need: 60%, weights: {⟦staff: 2}}"),
    ("G19", "approve: {by: head}", "approve: {by: head, need: 2, ⟦allow: [add_beside]}"),
    ("N06", "approve: {by: head}", "approve: {by: head, veto: [⟦heed]}"),
    ("N06", "approve: {by: head}", "approve: {by: head, need: 60%, weights: {⟦heed: 2}}"),
    ("N06", "approve: {by: head}", "approve: {by: head, allow: [add_after], add_from: ⟦heed}"),
    ("S01", "approve: {by: head}", "approve: {by: head, need: 60%, weights: {head: ⟦-1}}"),
    ("S01", "approve: {by: head}", "approve: {by: head, allow: [⟦forward]}"),
    ("S01", "with: {amount: amount}, declined", "with: {amount: amount}, ⟦wait_all: true, declined"),
    ("E02", "approve: {by: head}", "approve: {by: head, auto: ⟦amount}"),
    ("G08", "declined: end}", "declined: ⟦return}"),
    ("G08", "      - {table: authority, with: {amount: amount}, declined: end}\n", "      - ⟦{by: head}\n"),
    (
        "G09",
        "  - {wait: quiet, at: event}",
        "  - {gate: quiet, approve: [⟦{by: head, sign: true, declined: end}]}",
    ),
    ("G11", 'rule: "amount > 0"', 'rule: "⟦length(title) > 0"'),
    ("G14", "  - {wait: quiet, at: event}", "  - {gate: ⟦quiet}"),
]
TABLES = [
    ("B03", "{amount: from 100, percent: 2}", "⟦{amount: from 100}"),
    ("B07", "{decide: rating, table: rate,", "{decide: rating, table: ⟦authority,"),
    ("B02", "{amount: below 5000,", "{amount: below 5000, ⟦colour: red,"),
    ("B02", "with: {amount: amount}, declined", "with: {amount: amount, ⟦colour: title}, declined"),
    ("B04", "{amount: below 5000,", "{amount: ⟦少于5000,"),
    ("B05", "{amount: from 5000,", "⟦{amount: from 4000,"),
    ("B08", "table: authority, with: {amount: amount},", "table: ⟦authority,"),
]
WARNINGS = [
    ("G12", "approve: {by: head}", "approve: {by: asker, not_by: [], ⟦need: all in turn}"),
    ("N08", "  staff: {group: staff}", "  staff: {group: staff}\n  ⟦spare: {group: spare}"),
    ("D02", "  - step: draft\n    owner: asker", "  - step: draft\n    owner: ⟦[asker, guest]"),
    ("G10", '"amount > 0"', '"⟦1 > 0"'),
    ("G13", "    delivers: [plan]\n", "    delivers: [plan]\n    binds: ⟦[amount]\n"),
    ("G15", "form: {fill: [people, boss]}", "form: {fill: [people, boss, ⟦mode]}"),
    (
        "F06",
        "{step: close, owner: [staff, guest], delivers: [report]}",
        "{step: ⟦close, owner: [staff, guest]}",
    ),
    ("P06", "- error: broke\n", "- every: ⟦10 seconds\n"),
]
# Something is missing, so the place is that of what it is missing from.
MISSING = [
    ("S01", "    otherwise:\n      - {step: hall, owner: staff, checklist: [Chairs]}\n", "", "choose: how"),
    (
        "B01",
        BASE[BASE.index("    rows:\n      - {amount: below 5000") : BASE.index("notices:")],
        "    rows: []\n",
        "authority:\n",
    ),
    ("B06", "{amount: from 5000,", "{amount: over 5000,", "authority:\n"),
]
MISTAKES = [*YAML, *SHAPE, *ROLES, *NAMES, *TYPES, *FLOW, *GATES, *TABLES, *SLIPS]


@cache
def problems(text: str) -> tuple[Problem, ...]:
    try:
        return read(text, file="base.yaml").warnings
    except InvalidDefinition as error:
        return error.problems


def errors(text: str) -> list[tuple[str, int, int]]:
    return [(p.code, p.place.line, p.place.column) for p in problems(text) if not p.warning]


def test_the_unbroken_process_has_no_problem() -> None:
    assert problems(BASE) == ()


@pytest.mark.parametrize(("code", "old", "new"), MISTAKES)
def test_one_mistake_gives_its_code_at_its_place_and_nothing_else(code: str, old: str, new: str) -> None:
    text, line, column = broken(old, new)
    assert errors(text) == [(code, line, column)]


@pytest.mark.parametrize(("code", "old", "new", "place"), MISSING)
def test_what_is_missing_is_told_where_it_is_missing(code: str, old: str, new: str, place: str) -> None:
    text = BASE.replace(old, new)
    before = text[: text.index(place)]
    assert errors(text) == [(code, before.count("\n") + 1, len(before) - before.rfind("\n"))]


@pytest.mark.parametrize(("code", "old", "new"), WARNINGS)
def test_a_warning_stands_at_its_place_and_does_not_stop_anything(code: str, old: str, new: str) -> None:
    text, line, column = broken(old, new)
    found = read(text, file="base.yaml").warnings
    assert [(p.code, p.place.line, p.place.column, p.warning) for p in found] == [(code, line, column, True)]


def test_every_code_of_the_catalogue_is_provoked() -> None:
    letters = {code for code in catalogue() if re.fullmatch("[A-Z][0-9][0-9]", code)}
    provoked = {case[0] for case in [*MISTAKES, *MISSING, *WARNINGS]}
    assert letters == provoked


def test_every_sentence_is_complete() -> None:
    for _, old, new in [*MISTAKES, *WARNINGS]:
        for problem in problems(broken(old, new)[0]):
            for lang in ("en", "zh"):
                sentence = problem.sentence(lang)
                assert "{" not in sentence.replace("{{", ""), sentence


def test_all_mistakes_are_told_at_once() -> None:
    text = BASE.replace("title: text", "title: txt").replace("owner: asker", "owner: askr")
    text = text.replace("20 days before event", "20 days before evnt").replace("'online'\"", "'ofline'\"")
    assert [code for code, _, _ in errors(text)] == ["T01", "N06", "P01", "E01"]


def test_a_problem_names_its_file() -> None:
    with pytest.raises(InvalidDefinition) as caught:
        read("signoff: 1", file="some.yaml")
    assert str(caught.value.problems[0]).startswith("some.yaml:1:1: S01 ")


def test_a_time_that_a_table_could_not_tell_is_told_with_its_words() -> None:
    text = BASE.replace("due: 20 days before event", 'due: "unreadable: 待定"')
    assert "`待定`" in problems(text)[0].sentence()


@pytest.mark.parametrize(
    ("old", "new", "near"),
    [
        ("  - {wait: quiet, at: event}", "  - {loop: quiet, at: event}", "repeat"),
        ("  - {wait: quiet, at: event}", "  - {wait: quiet, at: event, catch: []}", "upon"),
        ("  - {wait: quiet, at: event}", '  - {repeat: quiet, while: "fee > 1"}', "until"),
        ("    owner: asker\n", "    assignee: asker\n", "owner"),
    ],
)
def test_the_word_of_another_language_is_told_in_this_one(old: str, new: str, near: str) -> None:
    found = [problem.sentence("en") for problem in problems(BASE.replace(old, new))]
    assert any(f"did you mean `{near}`" in sentence for sentence in found), found
