"""How a vote goes, written from the language reference alone: it shares no code with the kernel.

An answer is `y`, `n` or `a` (abstains), by the position of the voter; who has not answered is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations, product

Answers = tuple[tuple[int, str], ...]  # voter, answer: in the order of the votes


@dataclass(frozen=True)
class Policy:
    """How many, whose no decides, whether everybody is heard. `weights` and `roles` by the position of the voter."""

    need: str
    number: int = 0
    veto: frozenset[int] = frozenset()
    wait_all: bool = False
    weights: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()  # of `each`: whom each voter stands for


def enough(policy: Policy, people: int, yes: frozenset[int]) -> bool:
    """Whether these say yes to it, whatever the others say."""
    match policy.need:
        case "any" | "first":
            return len(yes) >= 1
        case "all" | "all in turn":
            return len(yes) == people
        case "count":
            return len(yes) >= policy.number
        case "each":
            return _each(policy.roles, yes)
    weights = policy.weights or (1,) * people
    share = sum(weights[voter] for voter in yes)
    return share > 0 and Fraction(share, sum(weights)) >= Fraction(policy.number, 100)


def _each(roles: tuple[str, ...], yes: frozenset[int]) -> bool:
    """Some way of giving each role a yes of somebody else."""
    wanted = sorted({role for held in roles for role in held})
    return any(
        all(role in roles[voter] for role, voter in zip(wanted, order, strict=True))
        for order in permutations(sorted(yes), len(wanted))
    )


def verdict(policy: Policy, people: int, answers: Answers) -> str:
    """open, passed or declined, when nobody could have decided before the last of these answers."""
    given = dict(answers)
    yes = frozenset(voter for voter, answer in given.items() if answer == "y")
    if not people or (policy.wait_all and len(given) < people):
        return "open"
    if any(answer == "n" and voter in policy.veto for voter, answer in given.items()):
        return "declined"
    if policy.need == "first":
        return {"y": "passed", "n": "declined"}.get(
            answers[-1][1] if answers else "", "declined" if len(given) == people else "open"
        )
    if enough(policy, people, yes):
        return "passed"
    silent = [voter for voter in range(people) if voter not in given]
    hope = any(
        enough(policy, people, yes | {voter for voter, says in zip(silent, more, strict=True) if says})
        for more in product((True, False), repeat=len(silent))
    )
    refused = len(yes) < len(given)
    return "declined" if refused and not hope else "open"


def tables(policy: Policy, people: int) -> Mapping[frozenset[tuple[int, str]], str]:
    """Every set of answers that can be reached before or at the decision, whoever answers when."""
    found: dict[frozenset[tuple[int, str]], str] = {}
    todo: list[Answers] = [()]
    while todo:
        answers = todo.pop()
        key = frozenset(answers)
        if key in found:
            continue
        found[key] = verdict(policy, people, answers)
        if found[key] == "open":
            silent = [voter for voter in range(people) if voter not in dict(answers)]
            following = silent[:1] if policy.need == "all in turn" else silent
            todo += [(*answers, (voter, answer)) for voter in following for answer in "yna"]
    return found
