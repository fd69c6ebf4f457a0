"""Returns, parallel branches, several approvers and added signers together: an oracle that shares no code with the kernel.

The process: a step t, then branches side by side, then a gate z. Each branch is a step a, then a step s whose gate
asks several approvers, all of whom have to say yes; the first of them may add one signer. A situation says all that
matters; an act leads from one situation to the next.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

PEOPLE = ("xia", "yan", "zoe")
SIGNER = "leo"
PLACES = ("before", "beside", "after")


@dataclass(frozen=True, order=True)
class Branch:
    """Where a branch is: at `first` (step a), `work` (step s), `review`, or `done`; who has said yes, and the signer."""

    at: str = "first"
    yes: tuple[str, ...] = ()
    place: str = ""  # where a signer was added
    signed: bool = False


@dataclass(frozen=True)
class Situation:
    """`at`: start (step t), branches, end (gate z), over."""

    at: str = "start"
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True)
class Act:
    """What somebody does at an element: submit, yes, no, return (`to`), add (`to` is the place), remove."""

    what: str
    element: str
    by: str
    to: str = ""


def asked(branch: Branch, approvers: int) -> tuple[str, ...]:
    """Whose move it is at the gate of a branch."""
    if branch.at != "review":
        return ()
    waits = branch.place == "before" and not branch.signed
    found = [p for p in PEOPLE[:approvers] if p not in branch.yes and not (waits and p == PEOPLE[0])]
    signer = branch.place and not branch.signed and (branch.place != "after" or PEOPLE[0] in branch.yes)
    return (*found, SIGNER) if signer else tuple(found)


def waiting(now: Situation) -> dict[str, int]:
    """The elements at which something waits."""
    if now.at in ("start", "end"):
        return {"t" if now.at == "start" else "z": 1}
    places = {"first": "a", "work": "s", "review": "s"}
    return {f"{places[b.at]}{n}": 1 for n, b in enumerate(now.branches) if b.at != "done"}


def acts(now: Situation, approvers: int, *, all_orders: bool) -> Iterator[Act]:
    """Everything that somebody may do. Without `all_orders` the approvers answer in one order, a signer at any time."""
    if now.at == "start":
        yield Act("submit", "t", "amy")
    elif now.at == "end":
        yield Act("yes", "z", "xia")
        yield Act("return", "z", "xia", "t")
        for n in range(len(now.branches)):
            yield Act("return", "z", "xia", f"a{n}")
            yield Act("return", "z", "xia", f"s{n}")
    for n, branch in enumerate(now.branches if now.at == "branches" else ()):
        yield from _in_branch(n, branch, approvers, all_orders=all_orders)


def _in_branch(n: int, branch: Branch, approvers: int, *, all_orders: bool) -> Iterator[Act]:
    if branch.at in ("first", "work"):
        yield Act("submit", f"{'a' if branch.at == 'first' else 's'}{n}", "amy")
    who = asked(branch, approvers)
    for person in who if all_orders else dict.fromkeys((*who[:1], *(p for p in who if p == SIGNER))):
        yield Act("yes", f"s{n}", person)
        yield Act("no", f"s{n}", person)
        for target in ("t", f"a{n}", f"s{n}"):
            yield Act("return", f"s{n}", person, target)
    if PEOPLE[0] in who and not branch.place:
        for place in PLACES:
            yield Act("add", f"s{n}", PEOPLE[0], place)
    if branch.place and not branch.signed:
        yield Act("remove", f"s{n}", PEOPLE[0])


def after(now: Situation, act: Act, approvers: int) -> Situation:
    """The situation that an act leads to."""
    if act.what == "return" and act.to == "t":
        return Situation("start", tuple(Branch() for _ in now.branches))
    if act.element in ("t", "z"):
        return _outside(now, act)
    number = int(act.element[1:])
    changed = _branch(now.branches[number], act, approvers)
    branches = tuple(changed if n == number else b for n, b in enumerate(now.branches))
    return Situation("end" if all(b.at == "done" for b in branches) else "branches", branches)


def _outside(now: Situation, act: Act) -> Situation:
    """At the step before the branches, or at the gate behind them."""
    if act.what == "submit":
        return Situation("branches", tuple(Branch() for _ in now.branches))
    if act.what == "yes":
        return Situation("over", now.branches)
    number, at = int(act.to[1:]), "first" if act.to[0] == "a" else "work"
    return Situation("branches", tuple(Branch(at) if n == number else b for n, b in enumerate(now.branches)))


def _branch(branch: Branch, act: Act, approvers: int) -> Branch:
    match act.what:
        case "submit":
            return Branch("work" if branch.at == "first" else "review")
        case "no":
            return Branch("work")
        case "return":
            return Branch("first" if act.to[0] == "a" else "work")
        case "add":
            return replace(branch, place=act.to)
        case "remove":
            return _counted(replace(branch, place=""), approvers)
    if act.by == SIGNER:
        return _counted(replace(branch, signed=True), approvers)
    return _counted(replace(branch, yes=tuple(sorted({*branch.yes, act.by}))), approvers)


def _counted(branch: Branch, approvers: int) -> Branch:
    """Done when all have said yes, the signer too."""
    whole = len(branch.yes) == approvers and (branch.signed or not branch.place)
    return Branch("done") if whole else branch


def process(branches: int, approvers: int) -> str:
    """The same as a definition."""
    by = f"[{', '.join(PEOPLE[:approvers])}]"
    lines = ["steps:", "  - {step: t, owner: worker, checklist: [Begin]}", "  - parallel: p", "    branches:"]
    for n in range(branches):
        gate = (
            f"{{by: {by}, need: all, not_by: [], declined: return, "
            "allow: [add_before, add_beside, add_after]}"
        )
        lines += [
            f"      - name: b{n}",
            "        steps:",
            f"          - {{step: a{n}, owner: worker, checklist: [First]}}",
            f"          - {{step: s{n}, owner: worker, checklist: [Then], return_to: [t, a{n}, s{n}], approve: {gate}}}",
        ]
    if branches == 1:  # a parallel block has two branches at least; the second is done at once
        lines += ["      - {name: none, steps: []}"]
    targets = ", ".join(["t", *(f"{kind}{n}" for n in range(branches) for kind in "as")])
    lines.append(f"  - {{gate: z, return_to: [{targets}], approve: {{by: xia, not_by: [], declined: end}}}}")
    return "\n".join(lines) + "\n"
