"""docs/properties.md, written from the tests: `python -m tests.evidence.properties`.

A test names the property that it proves in its docstring (`approvals §3.N`); here they are counted, so that the page
cannot claim one that is not there.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "properties.md"
OPEN = {
    12: "the engine asks a verifier of the host before each decision; signoff ships none that checks a password",
}
PROPERTIES = {
    1: "Every signature says who (id and name as printed then), when (UTC and zone), its meaning, decision and comment",
    2: "These stand in every export that people read",
    3: "The time is the engine's, never the caller's; a clock that runs backwards shows",
    4: "An id belongs to one person for good; who is renamed keeps the old name on old records",
    5: "A signature covers definition, instance, step, round, content, meaning and all that came before",
    6: "Copied to another instance, step, version or database it does not verify",
    7: "The log only grows; what is deleted, reordered, cut off or edited is found; corrections keep the old value",
    8: "Where the log stood can be kept outside, so that who rewrites all of it is found",
    9: "When content changes after it was decided on, the approval is stale and the gate asks again",
    10: "Originals can be had in the form in which they were handed in",
    11: "A full copy for people and for programs, verified without the database",
    12: "Deciding takes a fresh authentication by the host's verifier; a gap begins anew",
    13: "An authentication that fails changes nothing and is logged",
    14: "The engine keeps no secret that signs; what the verifier returns is kept and not understood",
    15: "Authority is checked when it is decided: role, amount, substitution, not left",
    16: "No path enters a step without the records of what comes before",
    17: "The command line and a local program are actors too: nothing is approved without one",
    18: "Who started, edited or prepared it does not decide on it; nor does a substitute with such a principal",
    19: "So many approvals are so many natural persons",
    20: "Administrators are not exempt; what overrides is an event of its own and satisfies no signature",
    21: "The author of a definition is not the only one who approves its change",
    22: "What a rule decides is nobody's, and names the rule",
    23: "Who decides for somebody else is recorded with him and the grant",
    24: "Refused attempts are logged with their class",
    25: "A decision is taken once: the same again is the first, another that is late is refused",
    26: "Decision, record and timers are written together or not at all",
    27: "Notices arrive at least once, with a stable id, and decide nothing",
}
_NAMED = re.compile(r"approvals §3\.\d+(?:, §3\.\d+)*")
_HEAD = """# What approvals promise, and which tests hold them to it

Twenty-seven properties of electronic approvals that somebody can check, and the tests that name each of them. The page
is written from the tests by `python -m tests.evidence.properties`. It describes software, not law; whether an approval
of this kind binds is for your own agreement to say. See [Evidence](evidence.md).

| # | property | tests |
|---|---|---|
"""


@cache
def tests() -> dict[int, tuple[str, ...]]:
    """Number of a property -> the tests that name it, as FILE::name."""
    found: dict[int, list[str]] = {number: [] for number in PROPERTIES}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for name, numbers in _naming(ast.parse(file.read_text(encoding="utf-8"))):
            for number in numbers:
                found[number].append(f"{file.relative_to(ROOT / 'tests').as_posix()}::{name}")
    return {number: tuple(names) for number, names in found.items()}


def _naming(tree: ast.Module) -> Iterator[tuple[str, list[int]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            named = _NAMED.findall(ast.get_docstring(node) or "")
            yield node.name, [int(n) for text in named for n in re.findall(r"§3\.(\d+)", text)]


def _row(number: int) -> str:
    names = [f"`{name}`" for name in tests()[number]]
    said = "<br>".join(names) if names else "**not yet**"
    said += f"<br>open: {OPEN[number]}" if number in OPEN else ""
    return f"| {number} | {PROPERTIES[number]} | {said} |\n"


def page() -> str:
    held = sum(1 for names in tests().values() if names)
    rows = "".join(_row(number) for number in PROPERTIES)
    return f"{_HEAD}{rows}\n{held} of {len(PROPERTIES)} are named by a test.\n{_ways_in()}"


def _ways_in() -> str:
    """Which attempts are refused on which path, from the table that the test goes through."""
    from tests.evidence.test_duties import KEPT, PATHS, RULES, SAID_EARLIER

    paths = " | ".join(PATHS)
    head = f"\n## Every way in\n\nThe same attempt on each path; all are refused, and nothing is kept.\n\n| attempt | {paths} |\n"
    rows = (
        f"| {rule.id} |"
        + f" `{rule.code}` |" * (len(PATHS) - 1)
        + f" `{SAID_EARLIER.get(rule.code, rule.code)}` |\n"
        for rule in RULES
    )
    kept = (f"| {id} |" + f" {what} |" * len(PATHS) + "\n" for id, what in KEPT.items())
    return head + "|---" * (len(PATHS) + 1) + "|\n" + "".join((*rows, *kept))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
