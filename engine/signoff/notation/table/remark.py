"""Remarks put into steps: demands become approvals, copies, sections, checklist items; the rest is a note.

Owns the table of language §12. The clauses are read in `chinese` and `english`. Must not read files.
"""

import re
from collections.abc import Iterator, Sequence

from signoff.notation.table import chinese, english
from signoff.notation.table.deadline import readable, same, understand
from signoff.notation.table.demand import Demand, Kind
from signoff.notation.table.draft import Draft, Step
from signoff.notation.table.finding import Finding, note, understood, unreadable
from signoff.notation.table.owner import Roles
from signoff.notation.table.sheet import Cell
from signoff.time.words import Words

EARLY = re.compile(
    r"提前[\d一二两三四五六七八九十]+(?:天|日|周|个)|\d+ (?:days?|weeks?) (?:in advance|ahead|early)"
)
_PERCENT = re.compile(r"\d\s*[%％]")


def demands(text: str, roles: Roles, words: Words) -> list[Demand]:
    """What each clause of a remark says."""
    reader = (
        english
        if text.isascii() or (roles.lang == "en" and not re.search("[\u4e00-\u9fff]", text))
        else chinese
    )

    def deadline(phrase: str) -> bool:
        return understand(phrase, words) is not None

    found = list(reader.clauses(text, person=roles, deadline=deadline))
    if found and all(demand.kind is Kind.NOTE for demand in found):
        return [Demand(Kind.NOTE, " ".join(text.split()))]
    return found


def apply(demand: Demand, step: Step, cell: Cell, draft: Draft, words: Words) -> Iterator[Finding]:
    """Put one clause into the step and say what was made of it."""
    if demand.rest:
        step.keep(demand.text)
        yield note(cell, "table_rest", text=demand.text)
    match demand.kind:
        case Kind.APPROVE:
            yield from _approval(demand, step, cell, draft.roles)
        case Kind.COPY:
            copied = [draft.roles.role(name) for name in demand.names]
            step.cc += [role for role in copied if role not in step.cc]
            yield understood(cell, "table_is_copy", roles=copied)
        case Kind.SECTIONS:
            yield _sections(demand, step, cell, draft)
        case Kind.CHECK:
            step.checklist.append(demand.text)
            yield understood(cell, "table_is_check", item=demand.text)
            if _PERCENT.search(demand.text):
                yield note(cell, "table_write_rule", text=demand.text)
        case Kind.DUE:
            yield from _due(demand, step, cell, draft, words)
        case Kind.PARALLEL:
            step.beside = demand.phrase
            yield understood(cell, "table_is_parallel", row=demand.phrase)
        case Kind.MODES:
            online, offline = demand.items
            step.checklist += [
                {"item": online, "if": "mode != 'offline'"},
                {"item": offline, "if": "mode != 'online'"},
            ]
            yield understood(cell, "table_is_modes")
        case Kind.UNNAMED:
            step.keep(demand.text)
            yield note(cell, "table_unnamed", text=demand.text)
        case Kind.NOTE:
            step.keep(demand.text)
            yield note(cell, text=demand.text)


def _approval(demand: Demand, step: Step, cell: Cell, roles: Roles) -> Iterator[Finding]:
    found = entries(roles, demand.names, demand.need, demand.meaning, sign=demand.sign)
    step.approve += [entry for entry in found if entry not in step.approve]
    yield understood(cell, "table_is_approval", entry=spoken(found))
    if demand.need == "in turn" and len(demand.names) == 1:
        step.keep(demand.text)
        yield note(cell, "table_at_once", text=demand.text)


def entries(
    roles: Roles, names: Sequence[str], need: str, meaning: str, *, sign: bool = False
) -> list[dict[str, object]]:
    """The entries of `approve` for these names (language §5)."""
    ids = list(dict.fromkeys(roles.role(name) for name in names))
    groups = [[role] for role in ids] if need == "in turn" and len(ids) > 1 else [ids]
    found: list[dict[str, object]] = []
    for group in groups:
        entry: dict[str, object] = {"by": group[0] if len(group) == 1 else group}
        if need == "in turn" and len(ids) == 1:
            entry["need"] = "all"
        elif need.isdecimal():
            entry["need"] = int(need)
        elif need in ("all", "each") and (need == "all" or len(group) > 1):
            entry["need"] = need
        if meaning != "approve":
            entry["as"] = meaning
        if sign:
            entry["sign"] = True
        found.append(entry)
    return found


def spoken(found: Sequence[dict[str, object]]) -> str:
    """The entries as they stand in the file."""
    return "; ".join(", ".join(f"{key}: {_flat(value)}" for key, value in entry.items()) for entry in found)


def _flat(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sections(demand: Demand, step: Step, cell: Cell, draft: Draft) -> Finding:
    if not step.delivers:
        step.checklist.append(demand.text)
        return understood(cell, "table_is_check", item=demand.text)
    first = step.delivers[0]
    sections = draft.documents.sections.setdefault(first, [])
    sections += [item for item in demand.items if item not in sections]
    code = "table_is_sections" if len(step.delivers) == 1 else "table_is_sections_of_first"
    return understood(cell, code, sections=list(demand.items), document=first)


def _due(demand: Demand, step: Step, cell: Cell, draft: Draft, words: Words) -> Iterator[Finding]:
    phrase = _phrase(demand, draft, words)
    if not phrase:
        step.keep(demand.text)
        yield note(cell, "table_which_date", text=demand.text)
    elif step.unread or step.every or (step.due and not same(step.due, phrase, words)):
        said = step.due or step.every
        step.unread = "; ".join(filter(None, (step.unread or said, demand.text)))
        yield unreadable(cell, "table_due_twice", text=demand.text, other=said or step.unread, step=step.id)
    else:
        step.due = phrase
        yield understood(cell, "table_is_due", phrase=phrase)


def _phrase(demand: Demand, draft: Draft, words: Words) -> str:
    """The deadline of a remark as a phrase; 提前N天 counts from the one date there is, to the day."""
    event = draft.events.only()
    if demand.phrase.startswith("提前"):
        phrase = f"{event.name}前{demand.phrase.removeprefix('提前')} 不调整" if event else ""
    elif demand.phrase.endswith(" before"):
        found = understand(f"{demand.phrase} {event.id}", words) if event else None
        phrase = f"{found.due} exactly" if found else ""
    else:
        found = understand(demand.phrase, words)
        phrase = found.due if found else ""
    return phrase if readable(phrase, words) else ""
