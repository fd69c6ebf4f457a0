"""Situations and the named conditions that are asked of them: `signed__management`, `document__goal_letter`.

Owns how a demand is called. A name holds for every step, or for one: `confirm-goals:signed__management`.
May import model; nothing of the machine that asks.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from signoff.model.gate import Approval, Gate, Meaning, NeedKind, Strength
from signoff.model.nodes import GateTask, HumanTask, UserTask
from signoff.model.types import Text


@dataclass(frozen=True, slots=True)
class Situation:
    """What holds, by name: hand it to a trigger, or to `allowed`, to ask "what if".

    A name of a demand that is not there does not hold. What is not needed counts as there: an approval whose
    `if` is false, a tick that is not asked for, a document nobody is at work on.
    """

    names: AbstractSet[str] = frozenset()

    def holds(self, name: str, step: str) -> bool:
        return name in self.names or f"{step}:{name}" in self.names


NOTHING = Situation()


@dataclass(frozen=True, slots=True)
class Demand:
    """One named condition of one step, asked of the situation that came with the trigger."""

    name: str
    step: str
    label: Text = Text()

    def __call__(self, situation: Situation = NOTHING) -> bool:
        return situation.holds(self.name, self.step)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Refusal:
    """A demand that must not hold."""

    demand: Demand

    def __call__(self, situation: Situation = NOTHING) -> bool:
        return not self.demand(situation)

    def __str__(self) -> str:
        return f"not {self.demand}"


def name_of(kind: str, *ids: str) -> str:
    """The name of a demand: its kind and what it is about, as one identifier."""
    return "__".join([kind, *(re.sub(r"\W+", "_", id) for id in ids)])


def when(block: str, *branch: str) -> Demand:
    """The `if` of a step or of a branch."""
    return Demand(name_of("when", block, *branch), block)


def of_work(node: UserTask) -> tuple[Demand, ...]:
    """What a submission takes: fields, documents, ticks, rules, and that the step is open already."""
    names = [name_of("filled", name) for name in node.form.fill]
    names += [name_of("document", id) for id in node.delivers]
    names += [f"ticked__{n}" for n, _ in enumerate(node.checklist, 1)]
    return (*opened(node), *(Demand(name, node.id) for name in names), *of_rules(node))


def of_gate(node: HumanTask) -> tuple[Demand, ...]:
    """What a gate takes to pass: its approvals, its rules, and for a gate that stands alone the documents it binds."""
    found = besides(node)
    rules = of_rules(node)
    asked = tuple(Demand(name, node.id) for name in approvals(node.gate))
    return (*found[: len(found) - len(rules)], *asked, *rules)


def besides(node: HumanTask) -> tuple[Demand, ...]:
    """What a gate takes to pass besides its approvals."""
    if not isinstance(node, GateTask):
        return of_rules(node)
    found = (Demand(name_of("document", id), node.id) for id in node.gate.binds.documents)
    return (*opened(node), *found, *of_rules(node))


def opened(node: HumanTask) -> tuple[Demand, ...]:
    """That a step, or a gate that stands alone, is open already."""
    return (Demand(name_of("opened", node.id), node.id),) if node.opens is not None else ()


def of_rules(node: HumanTask) -> tuple[Demand, ...]:
    """The rules that block; one that was waived holds."""
    return tuple(
        Demand(name_of("rule", rule.id), node.id, rule.says) for rule in node.gate.rules if not rule.warn
    )


def approvals(gate: Gate) -> tuple[str, ...]:
    """The names of a gate's approvals, each once: several entries of one name hold together."""
    return tuple(dict.fromkeys(name for entry in gate.approvals for name in of_approval(entry)))


def of_approval(entry: Approval) -> Iterator[str]:
    """One name for an entry; where each role has a voice of its own, one for each."""
    if entry.need.kind is NeedKind.EACH:
        yield from (name_of(_kind(entry), role) for role in entry.by)
        return
    joint = "_and_" if entry.need.kind in (NeedKind.ALL, NeedKind.IN_TURN) else "_or_"
    yield name_of(_kind(entry), joint.join(entry.by))


def _kind(entry: Approval) -> str:
    if entry.least.reaches(Strength.ATTESTED):
        return "signed"
    return "acknowledged" if entry.meaning is Meaning.ACKNOWLEDGE else "approved"
