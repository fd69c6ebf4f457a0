"""What a gate demands: approvals, rules, and what the votes are bound to. Frozen data, no behaviour.

May import the rest of model/ and time/; nothing else of signoff.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from signoff.model.expression import Expression
from signoff.model.priority import Priority
from signoff.model.types import Text
from signoff.time.recurrence import Every
from signoff.time.relative import When


class NeedKind(StrEnum):
    """How many of an entry's roster must say yes."""

    ANY = "any"
    ALL = "all"
    IN_TURN = "all in turn"  # one after the other, in the order of the roster
    EACH = "each"  # one yes for each role in `by`
    FIRST = "first"  # the first yes or no decides
    COUNT = "count"
    PERCENT = "percent"  # of the people, or of their weights; rounded up


@dataclass(frozen=True, slots=True)
class Need:
    kind: NeedKind = NeedKind.ANY
    number: int = 0  # of COUNT and PERCENT


class Meaning(StrEnum):
    """What a yes says (21 CFR 11.50(a)(3))."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVE = "approve"
    ACKNOWLEDGE = "acknowledge"


class Strength(StrEnum):
    """How well a decision proves who took it, weakest first."""

    ASSERTED = "asserted"  # a name given by the host or by --as
    ATTESTED = "attested"  # a verified session, or the login of the people file
    SIGNED = "signed"  # the person's own key

    def reaches(self, least: "Strength") -> bool:
        return self is least or _STRENGTHS.index(self) > _STRENGTHS.index(least)


_STRENGTHS = tuple(Strength)


class DeclineKind(StrEnum):
    END = "end"
    RETURN = "return"
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True)
class Declined:
    """What a declined entry does; `to` is the block to return to, empty for the step's own work."""

    kind: DeclineKind = DeclineKind.RETURN
    to: str = ""


class Resume(StrEnum):
    """What runs again after a return."""

    RESTART = "restart"
    SMART = "smart"
    DIRECT = "direct"  # the target, then back to the returner if nothing that votes are bound to has changed


class SamePerson(StrEnum):
    """What an entry does with somebody who has said yes earlier in the same gate and round."""

    ASK = "ask"
    SKIP = "skip"  # the yes counts here too, if it was given on the same content
    OTHER = "other"  # somebody else has to be asked


class Right(StrEnum):
    """What somebody who is asked may do besides voting."""

    TRANSFER = "transfer"
    DELEGATE = "delegate"
    TAKE_BACK = "take_back"
    WITHDRAW = "withdraw"
    ABSTAIN = "abstain"
    ADD_BEFORE = "add_before"
    ADD_BESIDE = "add_beside"
    ADD_AFTER = "add_after"


RIGHTS = (Right.TRANSFER, Right.DELEGATE, Right.TAKE_BACK)  # where a definition says nothing
ADDING = frozenset({Right.ADD_BEFORE, Right.ADD_BESIDE, Right.ADD_AFTER})


@dataclass(frozen=True, slots=True)
class Binding:
    """Exactly what a vote is bound to: names of data and ids of documents."""

    data: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


class Ruling(StrEnum):
    """What a rung may decide when nobody else has; never where a signature is demanded."""

    APPROVE = "approve"
    DECLINE = "decline"


NEXT_GATE = "next gate"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of an escalation ladder: at an instant, tell these and do that, once per deadline value."""

    at: When
    notify: tuple[str, ...]  # role ids, or the words pending, owner, starter, admin
    level: str = ""
    say: str = ""  # a notice; empty: the engine's own words
    condition: Expression | None = None
    decide: Ruling | None = None  # of an entry's own ladder: it is passed or declined by this rule
    repeat: Every | None = None  # from then on, until the work is done
    assign: str = ""  # the role whose the work is from then on
    hold: str = ""  # the gate that stays shut until the work is done: its id, or `next gate`
    waive: tuple[str, ...] = ()  # roles that may let it pass all the same
    escalation: str = ""  # the code of a BPMN escalation
    priority: Priority | None = None  # how pressing it is from then on


@dataclass(frozen=True, slots=True)
class Approval:
    """One entry of a gate. Entries of the same `turn` are open together; turns follow one another from 0."""

    by: tuple[str, ...]  # role ids
    turn: int = 0
    need: Need = Need()
    meaning: Meaning = Meaning.APPROVE
    least: Strength = Strength.ASSERTED
    condition: Expression | None = None
    binds: Binding | None = None  # None: the gate's
    not_by: tuple[str, ...] = (
        "preparer",
    )  # preparer, starter, author, a role id, "owner of STEP", "approvers of STEP"
    declined: Declined = Declined()
    weights: tuple[tuple[str, int], ...] = ()  # role -> what a vote in it weighs; a role left out weighs 1
    veto: tuple[str, ...] = ()  # roles of which one no decides
    wait_all: bool = False  # the verdict waits for every vote
    same_person: SamePerson = SamePerson.ASK
    auto: Expression | None = None  # passes by rule when true
    allow: tuple[Right, ...] = RIGHTS
    add_from: tuple[str, ...] = ()  # roles whose people may be added; empty: anybody
    transfer_to: tuple[str, ...] = ()  # roles that may take over, beside those asked
    due: When | None = None  # its own deadline, counted from when it opens; None: that of its step or gate
    escalate: tuple[Rung, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition at submission and at every yes; `says` is the sentence people see; `warn` only tells."""

    id: str
    test: Expression
    says: Text
    warn: bool = False
    waive: tuple[str, ...] = ()  # roles that may waive it


@dataclass(frozen=True)  # without slots: what is derived is computed once
class Gate:
    """What must hold before a step is left."""

    approvals: tuple[Approval, ...] = ()
    rules: tuple[Rule, ...] = ()
    binds: Binding = Binding()
    return_to: tuple[str, ...] = ()
    resume: Resume = Resume.RESTART

    @cached_property
    def rounds(self) -> tuple[tuple[int, ...], ...]:
        """The numbers of the approvals that are asked together, turn after turn."""
        turns = sorted({approval.turn for approval in self.approvals})
        return tuple(tuple(n for n, a in enumerate(self.approvals) if a.turn == turn) for turn in turns)

    @cached_property
    def skipping(self) -> tuple[int, ...]:
        """The numbers of the approvals in which an earlier yes of the same person counts."""
        return tuple(n for n, a in enumerate(self.approvals) if a.same_person is SamePerson.SKIP)

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The data that decides what it demands: of its rules, and of the conditions of its approvals."""
        tests = [rule.test for rule in self.rules]
        tests += [test for a in self.approvals for test in (a.condition, a.auto) if test]
        return tuple(dict.fromkeys(name for test in tests for name in test.names))

    @cached_property
    def covers(self) -> Binding:
        """All that any entry is bound to."""
        bindings = [self.binds, *(a.binds for a in self.approvals if a.binds)]
        return Binding(
            tuple(dict.fromkeys(name for b in bindings for name in b.data)),
            tuple(dict.fromkeys(id for b in bindings for id in b.documents)),
        )


@dataclass(frozen=True, slots=True)
class Check:
    """One item of a checklist, ticked by its text."""

    item: Text
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """Data that a step must fill, may edit and shows; everything else is hidden and cannot be written."""

    fill: tuple[str, ...] = ()
    edit: tuple[str, ...] = ()
    show: tuple[str, ...] = ()

    @property
    def writable(self) -> tuple[str, ...]:
        return self.fill + self.edit
