"""The sections of a file that are lists of named things: dates, documents, notices, and the defaults.

Codes N06, N09, T08 and those of the context. May import model, time and its siblings.
"""

from dataclasses import dataclass, field

from signoff.model.definition import Document, NamedDate, Notice
from signoff.model.gate import RIGHTS, Resume, Right, Ruling, Rung
from signoff.model.message import Message, Signal
from signoff.model.priority import URGED, Priority, Standstill
from signoff.model.types import Declaration, Kind, ListOf, Record, Scalar, Type
from signoff.notation.yaml import ballots
from signoff.notation.yaml.context import PEOPLE_WORDS, Context
from signoff.notation.yaml.tree import Keyed, Leaf, Tree
from signoff.notation.yaml.types import Types
from signoff.time.relative import Retry, Roll, Span, parse_day, parse_retry, parse_span

_DAY = parse_span("1 day")  # how long an early message is kept


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for every block that does not say otherwise."""

    opens: str = "09:00"
    closes: str = "18:00"
    roll: Roll = Roll.OUTWARD
    resume: Resume = Resume.RESTART
    suspended: Standstill = Standstill.KEEP
    urge: Span = URGED
    asked: Standstill = Standstill.KEEP
    not_by: tuple[str, ...] = ("preparer",)
    allow: tuple[Right, ...] = RIGHTS
    retry: Retry = field(default_factory=lambda: parse_retry("3 times every 1 minute doubling"))
    timeout: Span = field(default_factory=lambda: parse_span("60 seconds"))
    escalate: tuple[Rung, ...] = ()


def entries(context: Context, section: str) -> list[tuple[Leaf, Keyed]]:
    """The named things of a section."""
    found = context.root.node(section)
    return [(key, tree) for key, tree in found or () if isinstance(tree, Keyed)]


def dates(context: Context) -> dict[str, NamedDate]:
    found: dict[str, NamedDate] = {}
    for key, tree in entries(context, "dates"):
        context.mark(f"date:{key.text}", key)
        if "from" in tree and "to" not in tree:
            context.report("S01", key.place, "key_missing", name="to")
        first = context.expression(tree.get("day") or tree.get("from"), f"date:{key.text}|from")
        last = context.expression(tree.get("to"), f"date:{key.text}|to")
        if first:
            also = tuple(leaf.text for leaf in tree.leaves("also"))
            found[key.text] = NamedDate(key.text, first, last, context.label(tree, key.text), also)
    return found


def documents(context: Context) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for key, tree in entries(context, "documents"):
        context.mark(f"document:{key.text}", key)
        context.span(tree.get("keep"))
        found[key.text] = Document(
            key.text,
            context.label(tree, key.text),
            sections=tuple(leaf.text for leaf in tree.leaves("sections")),
            formats=tuple(leaf.text for leaf in tree.leaves("formats")),
            keep=tree.text("keep"),
            personal=tree.text("personal") == "true",
            readers=context.all_roles(tree.leaves("readers")),
        )
    return found


def notices(context: Context) -> dict[str, Notice]:
    return {
        key.text: Notice(key.text, context.text(tree.get("subject")), context.text(tree.get("text")))
        for key, tree in entries(context, "notices")
    }


def messages(context: Context, types: Types) -> dict[str, Message]:
    """What may arrive for one taker; kept for a day where nothing is said."""
    found = {}
    for key, tree in entries(context, "messages"):
        keep = context.span(tree.get("keep")) if "keep" in tree else _DAY
        if keep and (keep.working_days or keep.working_hours):
            context.report("P01", (tree.leaf("keep") or key).place, "keep_by_the_clock", text=keep.text)
        found[key.text] = Message(key.text, key.text, keep=keep, fields=_carried(context, types, tree))
    return found


def signals(context: Context, types: Types) -> dict[str, Signal]:
    """What everybody hears."""
    return {
        key.text: Signal(key.text, key.text, fields=_carried(context, types, tree))
        for key, tree in entries(context, "signals")
    }


def _carried(context: Context, types: Types, tree: Keyed) -> tuple[Declaration, ...]:
    """The fields; a person cannot come from outside, where nobody vouches for who it is."""
    found = tuple(types.declarations(tree.node("fields")).values())
    for key, _ in tree.node("fields") or ():
        declared = next((one for one in found if one.name == key.text), None)
        if declared is not None and _has_person(declared.type):
            context.report("T05", key.place, "person_carried", name=key.text)
    return found


def _has_person(type_: Type) -> bool:
    while isinstance(type_, ListOf):
        type_ = type_.item
    if isinstance(type_, Record):
        return any(_has_person(field.type) for field in type_.fields)
    return isinstance(type_, Scalar) and type_.kind is Kind.PERSON


def defaults(context: Context) -> Defaults:
    tree = context.root.node("defaults")
    if tree is None:
        return Defaults()
    plain = Defaults()
    day = context.phrase(tree.get("day"), parse_day)
    return Defaults(
        opens=day[0].isoformat("minutes") if day else plain.opens,
        closes=day[1].isoformat("minutes") if day else plain.closes,
        roll=Roll(tree.text("roll", plain.roll)),
        resume=Resume(tree.text("resume", plain.resume)),
        suspended=Standstill(tree.text("suspended", plain.suspended)),
        asked=Standstill(tree.text("asked", plain.asked)),
        urge=context.span(tree.get("urge")) or plain.urge,
        not_by=tuple(leaf.text for leaf in tree.leaves("not_by")) if "not_by" in tree else plain.not_by,
        allow=ballots.rights(tree) if "allow" in tree else plain.allow,
        retry=context.retry(tree.get("retry")) or plain.retry,
        timeout=context.span(tree.get("timeout")) or plain.timeout,
        escalate=ladder(context, tree.items("escalate")),
    )


def ladder(context: Context, rungs: tuple[Tree, ...], owner: str = "defaults") -> tuple[Rung, ...]:
    found = []
    for n, tree in enumerate(rung for rung in rungs if isinstance(rung, Keyed)):
        at = context.when(tree.get("at"))
        say = tree.leaf("say")
        notice = context.lookup("N09", say, context.ids("notices"), "notice_unknown") if say else ""
        rung_if = context.expression(tree.get("if"), f"{owner}|escalate|{n}|if")
        if at:
            notify = context.all_roles(tree.leaves("notify"), words=PEOPLE_WORDS)
            ruling = Ruling(tree.text("decide")) if "decide" in tree else None
            context.mark(f"{owner}|escalate|{n}|hold", tree.get("hold"))
            assign = tree.leaf("assign")
            found.append(
                Rung(
                    at,
                    notify,
                    tree.text("level"),
                    notice,
                    rung_if,
                    ruling,
                    repeat=context.every(tree.get("repeat")),
                    assign=context.role(assign) if assign else "",
                    hold=tree.text("hold"),
                    waive=context.all_roles(tree.leaves("waive")),
                    escalation=tree.text("raise"),
                    priority=Priority(tree.text("priority")) if "priority" in tree else None,
                )
            )
    return tuple(found)
