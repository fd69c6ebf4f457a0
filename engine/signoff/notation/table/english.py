"""English remarks: signed by management, needs finance review, includes A and B, cc legal.

Owns the English words of demands, the counterparts of `chinese`. Must not know roles, steps or files; a clause it
does not know is a note.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from signoff.notation.table.demand import Deadline, Demand, Kind, Person
from signoff.notation.table.name import people

_NOUNS = {
    "signature": ("approve", True), "sign-off": ("approve", True), "signoff": ("approve", True), "sign off": ("approve", True),
    "countersignature": ("approve", True), "approval": ("approve", False), "authorisation": ("approve", False),
    "authorization": ("approve", False), "endorsement": ("approve", False), "consent": ("approve", False),
    "review": ("review", False), "acknowledgement": ("acknowledge", False), "acknowledgment": ("acknowledge", False),
}  # fmt: skip
_PASSIVES = {
    "signed off": ("approve", True), "signed": ("approve", True), "countersigned": ("approve", True),
    "co-signed": ("approve", True), "cosigned": ("approve", True), "approved": ("approve", False),
    "authorised": ("approve", False), "authorized": ("approve", False), "endorsed": ("approve", False),
    "reviewed": ("review", False), "checked": ("review", False), "verified": ("review", False),
    "acknowledged": ("acknowledge", False), "noted": ("acknowledge", False), "filed": ("acknowledge", False),
}  # fmt: skip
_VERBS = {
    "sign off": ("approve", True), "sign": ("approve", True), "countersign": ("approve", True), "approve": ("approve", False),
    "authorise": ("approve", False), "authorize": ("approve", False), "endorse": ("approve", False), "review": ("review", False),
    "check": ("review", False), "verify": ("review", False), "acknowledge": ("acknowledge", False),
}  # fmt: skip


def _any(words: dict[str, tuple[str, bool]]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_NEEDED = r"(?: (?:is |are )?(?:required|needed|mandatory|necessary))?"
_PASSIVE = re.compile(rf"^(?P<lead>.*?)\b(?P<verb>{_any(_PASSIVES)}) (?:by|with) (?P<who>.+)$", re.IGNORECASE)
_NOUN_BY = re.compile(
    rf"^(?P<lead>.*?)\b(?P<verb>{_any(_NOUNS)}){_NEEDED} (?:by|of|from) (?P<who>.+)$", re.IGNORECASE
)
_BY_NOUN = re.compile(
    r"^(?:(?:this )?(?:requires?|needs?|subject to|pending|obtain|get|must have|after|upon|joint)(?: an?| the)? )?"
    rf"(?P<who>.+?)(?:['’]s?)? (?P<verb>{_any(_NOUNS)}){_NEEDED}$",
    re.IGNORECASE,
)
_ACTIVE = re.compile(
    rf"^(?P<who>.+?) (?:must|to|shall|should|has to|have to|needs? to|will) (?P<verb>{_any(_VERBS)})\b(?P<tail>.*)$",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"^(?:submitted |kept |sent |submit )?(?:to be )?(?:for|to) (?:the )?(?:"
    r"(?:files?|records?|information|attention) of (?P<a>.+)|(?P<b>.+?)['’]s? (?:files?|records?|information))$|^(?P<c>.+?) to be informed$",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"\b(?:{_any(_PASSIVES)})\b(?! (?:plan|report|list))|\b(?:{_any(_NOUNS)})\b", re.IGNORECASE
)
_COPY = re.compile(
    r"^(?:please |also )?(?:cc|copy|copy to|copied to|send a copy to|inform)\b:? (?:the )?(?P<who>.+)$",
    re.IGNORECASE,
)
_INCLUDES = re.compile(
    r"^(?:(?:the |this )?\w+ )?(?:must |should |to |shall )?(?:includes?|including|contains?|containing|covers?|covering):? (?P<items>.+)$",
    re.IGNORECASE,
)
_CHECK = re.compile(
    r"^(?:must |to |please |should )?(?:define|clarify|reserve|set aside|hold|confirm|check|verify|agree|specify|make sure|ensure)\b .+",
    re.IGNORECASE,
)
_EARLY = re.compile(
    r"^(?:must be |to be |should be |has to be |be )?(?:complete[d]?|done|finish(?:ed)?|ready)? ?(?:at least )?"
    r"(?P<span>(?:\d+|one|two|three|five|seven|ten) (?:working |calendar |business )?(?:days?|weeks?|months?)) (?:in advance|ahead|early|earlier)$",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"^(?:must be |to be |should be )?(?:complete[d]?|done|finish(?:ed)?|answered|returned)? ?(?P<phrase>within .+)$",
    re.IGNORECASE,
)
_PARALLEL = re.compile(
    r"^(?:runs? |can run )?(?:in )?parallel (?:with|to) (?:row|step|no\.?|item)? ?(?P<row>\d+[a-z]?)$",
    re.IGNORECASE,
)
_MODES = re.compile(
    r"^online:\s*(?P<online>.+?)[;.\n]+\s*offline:\s*(?P<offline>.+?)[;.]*$", re.IGNORECASE | re.DOTALL
)
_MODES_BACK = re.compile(
    r"^offline:\s*(?P<offline>.+?)[;.\n]+\s*online:\s*(?P<online>.+?)[;.]*$", re.IGNORECASE | re.DOTALL
)
_SENTENCES = re.compile(r"[;\n]+|\.(?=\s|$)")
_TAIL = re.compile(
    r"\s+(?:before|after|within|prior to|on|for|if|when|in (?!turn|order|sequence)|with|at|unless|upon|once|via)\b.*$",
    re.IGNORECASE,
)
_IN_TURN = re.compile(
    r",? (?:in turn|in sequence|in this order|in order|one after the other|sequentially)$", re.IGNORECASE
)
_NOBODY = {
    "both",
    "all",
    "all parties",
    "everyone",
    "relevant parties",
    "the parties",
    "parties",
    "stakeholders",
    "others",
    "a",
}


def clauses(text: str, *, person: Person, deadline: Deadline) -> Iterator[Demand]:
    """What each clause of the remark says, in order."""
    modes = _MODES.match(text) or _MODES_BACK.match(text)
    if modes:
        yield Demand(Kind.MODES, text, items=(modes["online"].strip(), modes["offline"].strip()))
        return
    for sentence in _SENTENCES.split(text):
        if sentence.strip():
            yield from _sentence(" ".join(sentence.split()).strip(" ,"), person, deadline)


def _sentence(text: str, person: Person, deadline: Deadline) -> Iterator[Demand]:
    whole = _clause(text, person, deadline)
    parts = [_clause(part.strip(), person, deadline) for part in re.split(r",\s*", text) if part.strip()]
    plain_list = (
        whole.kind is not Kind.NOTE
        and all(p.kind in (Kind.NOTE, whole.kind) for p in parts[1:])
        and (sum(p.kind is not Kind.NOTE for p in parts) <= 1)
    )
    if plain_list or len(parts) < 2:
        yield whole
    elif all(part.kind is Kind.NOTE for part in parts):
        yield Demand(Kind.NOTE, text)
    else:
        yield from _joined(parts)


def _joined(parts: list[Demand]) -> Iterator[Demand]:
    """Short clauses after `includes A` go on with its list."""
    last: Demand | None = None
    for part in parts:
        if last and last.kind is Kind.SECTIONS and part.kind is Kind.NOTE and len(part.text.split()) <= 4:
            last = replace(last, text=f"{last.text}, {part.text}", items=(*last.items, part.text))
            continue
        if last:
            yield last
        last = part
    if last:
        yield last


def _clause(text: str, person: Person, deadline: Deadline) -> Demand:
    text = re.sub(r"^(?:and|then|also|please)\s+", "", text, flags=re.IGNORECASE)
    return _direct(text, deadline) or _decision(text, person) or _checked(text)


def _checked(text: str) -> Demand:
    if _CHECK.match(text):
        return Demand(Kind.CHECK, text)
    return Demand(Kind.UNNAMED if _ALONE.search(text) and len(text.split()) <= 6 else Kind.NOTE, text)


def _direct(text: str, deadline: Deadline) -> Demand | None:
    if found := _COPY.match(text):
        names = tuple(_list(found["who"]))
        return Demand(Kind.COPY, text, names) if names else None
    if found := _INCLUDES.match(text):
        items = (
            re.sub(r"^(?:an?|the) ", "", item.strip()) for item in re.split(r",|;| and ", found["items"])
        )
        return Demand(Kind.SECTIONS, text, items=tuple(item for item in items if item))
    if found := _PARALLEL.match(text):
        return Demand(Kind.PARALLEL, text, phrase=found["row"])
    if found := _EARLY.match(text):
        return Demand(Kind.DUE, text, phrase=f"{found['span']} before")
    if (found := _WITHIN.match(text)) and deadline(found["phrase"]):
        return Demand(Kind.DUE, text, phrase=found["phrase"])
    return None


def _decision(text: str, person: Person) -> Demand | None:
    if found := _FILE.match(text):
        return _demand(text, found["a"] or found["b"] or found["c"], ("acknowledge", False), person)
    if found := _PASSIVE.match(text):
        joint = bool(re.search(r"jointly|countersigned|co-?signed", text, re.IGNORECASE))
        return _demand(text, found["who"], _PASSIVES[found["verb"].lower()], person, joint=joint, sure=True)
    if found := _NOUN_BY.match(text):
        joint = bool(re.search(r"\bjoint|countersignature", text, re.IGNORECASE))
        return _demand(text, found["who"], _NOUNS[found["verb"].lower()], person, joint=joint)
    if found := _ACTIVE.match(text):
        return _demand(
            text, found["who"], _VERBS[found["verb"].lower()], person, rest=bool(found["tail"].strip())
        )
    if found := _BY_NOUN.match(text):
        return _demand(text, found["who"], _NOUNS[found["verb"].lower()], person)
    return None


def _demand(
    text: str,
    who: str,
    verb: tuple[str, bool],
    person: Person,
    *,
    joint: bool = False,
    sure: bool = False,
    rest: bool = False,
) -> Demand | None:
    need = "any"
    if _IN_TURN.search(who):
        who, need = _IN_TURN.sub("", who), "in turn"
    cut = _TAIL.sub("", who)
    rest = rest or cut != who
    either = bool(re.search(r"\bor\b", cut))
    names = [name for name in _list(re.sub(r"\b(?:either|both)\b ?", "", cut)) if name.lower() not in _NOBODY]
    if not names or not all(person.person(name) or (sure and len(name.split()) <= 5) for name in names):
        return None
    if need == "any" and not either:
        need = "each" if len(names) > 1 else "all" if joint else "any"
    return Demand(Kind.APPROVE, text, tuple(names), need, *verb, rest=rest)


def _list(text: str) -> list[str]:
    names = (
        re.sub(r"^(?:the|a|an|our|your|all) |['’]s?$", "", name, flags=re.IGNORECASE)
        for name in people(re.sub(r"\bor\b", ",", text))
    )
    return [name.strip() for name in names if name.strip()]
