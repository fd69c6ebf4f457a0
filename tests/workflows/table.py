"""docs/rows-and-rules.md, written from the definition and from the tests: `python -m tests.workflows.table`.

A test names the row's step or the rule it is about; here they are counted, so the table cannot claim one that is
not there.
"""

import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from signoff.model.definition import Definition
from signoff.model.gate import Approval, NeedKind
from signoff.model.nodes import HumanTask, UserTask
from signoff.notation.yaml import read
from signoff_workflows import path
from tests.workflows.proofs import breaking, keeping

MODULES = ("test_rules", "test_gates", "test_approvals", "test_rows")
RULES = {
    "R1": ("goals that can be measured", "step `confirm-goals`: type `target`, rule R1"),
    "R2": ("started by marketing or a business department", "`start: by`"),
    "R3": ("signed by management", "gate G1 of `confirm-goals` (`sign: true`)"),
    "R4": ("report with an analysis of rivals", "step `research`: `documents: research-report: sections`"),
    "R5": ("needs, preferences, channels of the users", "step `research`: `documents: personas: sections`"),
    "R6": ("every gap of resources has somebody", "step `draft-budget`, rule R6"),
    "R7": ("five categories of the budget, zero allowed", "step `draft-budget`: type `budget`"),
    "R8": ("10 to 15 % kept for emergencies", "steps `draft-budget` (R8) and `formal-budget` (R8f)"),
    "R9": ("kick-off with five departments, or waived", "step `build-team`, rule R9, `waive`"),
    "R10": (
        "one person in charge, four groups with lead and members",
        "step `build-team`: types `person` and `team`, rule R10",
    ),
    "R11": ("short title, unlike earlier cases", "warnings R11 at `design-theme`, R11b at `detail-plan`"),
    "R12": ("windows without gap or overlap", "step `detail-plan`: dates computed from numbers of days"),
    "R13": ("plans online, offline or both", "step `detail-plan`, rules R13a, R13b"),
    "R14": (
        "materials ready, owned, of a version",
        "step `detail-plan`, rule R14 and the type of `materials`",
    ),
    "R15": (
        "formal budget approved by amount, a change explained",
        "gate G2 of `formal-budget` (`spend-authority`), rule R15",
    ),
    "R16": (
        "allocations after approval and within it",
        "step `allocate` after `formal-budget`, rule R16; `undone_by` of `reserve-funds`",
    ),
    "R17": ("four kinds of risk, backup venue", "step `plan-risks`, rules R17a, R17b"),
    "R18": ("two channels, in the window, approved draft only", "step `publicity`, rules R18a, R18b, R18c"),
    "R19": ("figures every day, promotion adjusted", "`upon: every` on `publicity`"),
    "R20": (
        "set up one day before, released",
        "steps `set-up-site`, `set-up-platform`: `due … exactly`, ladder L4 with `hold: go-no-go`; gate G3",
    ),
    "R21": ("owner on the spot, checklist of the day", "step `run-event`"),
    "R22": (
        "users watched and answered, problems raised and dealt with",
        "step `watch-users`; request `issue`",
    ),
    "R23": ("stand-up on every day of the event", "step `stand-up`: `upon: every`, `lapses`"),
    "R24": ("every goal has an actual", "step `collect-data`, rule R24"),
    "R25": ("satisfaction survey attached", "step `collect-data`: `delivers`"),
    "R26": ("review report with four sections", "step `review`: `documents: review-report: sections`"),
    "R27": ("management takes note", "gate of `review` (`as: acknowledge`)"),
    "R28": ("every leftover stored or scrapped", "step `clear-up`; scrap takes the head of finance"),
    "R29": ("archive complete before it closes", "step `archive`, gate G4 (`close`)"),
    "R30": ("deadlines and ladder", "`due` of every row, `defaults: escalate`"),
}
APPROVALS = {
    "signature": (
        "management signs what it has seen",
        "gates G1 of `confirm-goals` and G3 of `go-no-go`, entries of G2 of `formal-budget` (`sign: true`)",
    ),
    "authority": (
        "the amount decides who approves the budget",
        "gate G2 of `formal-budget` (`table: spend-authority`)",
    ),
    "duties": (
        "whoever prepares does not approve",
        "`defaults: not_by: [preparer]`; gate G2 of `formal-budget` (`owner of draft-budget`)",
    ),
    "countersigning": (
        "the execution plan is countersigned by three heads",
        "gate of `detail-plan` (`need: each`)",
    ),
    "acknowledgement": ("management takes note of the retrospective", "gate of `review` (`as: acknowledge`)"),
    "release": ("go or no-go", "gate G3 of `go-no-go` (`declined: return to set-up`)"),
}
LATER: dict[str, str] = {}
GATES = {
    "confirm-goals": "G1",
    "phase-1": "P1",
    "formal-budget": "G2",
    "phase-2": "P2",
    "go-no-go": "G3",
    "close": "G4",
}
_REF = re.compile(r"第 (\w+) 行")
_RULE = re.compile(r"(?<![A-Za-z0-9])[Rr](\d{1,2})(?![0-9])")
_MEANING = {"approve": "approved", "review": "reviewed", "acknowledge": "noted", "draft": "drafted"}


@cache
def definition() -> Definition:
    return read(path("marketing_campaign").read_text(encoding="utf-8")).definition


def row_of(node: HumanTask) -> str:
    """The number of the row that a step says it comes from."""
    found = _REF.fullmatch(node.ref)
    return found[1] if found else ""


def document() -> Path:
    return Path(__file__).resolve().parents[2] / "docs" / "rows-and-rules.md"


def tests() -> Iterator[str]:
    """The names of the tests about the flagship, one for each set of parameters."""
    for name in MODULES:
        module = importlib.import_module(f"tests.workflows.{name}")
        for test, function in vars(module).items():
            if test.startswith("test_"):
                yield from (f"{test}[{id}]" if id else test for id in _parameters(function))


def _parameters(function: object) -> list[str]:
    marks = [mark for mark in getattr(function, "pytestmark", ()) if mark.name == "parametrize"]
    if not marks:
        return [""]
    _, values = marks[0].args
    ids = marks[0].kwargs.get("ids") or [value if isinstance(value, str) else value[0] for value in values]
    return [str(id) for id in ids]


def text() -> str:
    names = list(tests())
    lines = [
        "# Rows and rules of the marketing campaign",
        "",
        "Written by `python -m tests.workflows.table` from `workflows/signoff_workflows/marketing_campaign.yaml`",
        "and the tests in `tests/workflows/`; a test says when it is out of date.",
        "",
        "## Rows",
        "",
        "| row | step | owner | due | comes out | gate | tests |",
        "|---|---|---|---|---|---|---|",
        *(
            _row(node, names)
            for node in definition().nodes.values()
            if isinstance(node, HumanTask) and _shown(node)
        ),
        "",
        "## Rules",
        "",
        "*tests*: those that name the rule, once for each set of values; *broken*: those that show it broken (it blocks,",
        "warns, or tells somebody), whatever their name; *kept*: those that show it kept (the work goes on).",
        "",
        "| rule | says | where | tests | broken | kept | later |",
        "|---|---|---|---|---|---|---|",
        *(_rule(rule, count) for rule, count in counted().items()),
        "",
        "## Approvals",
        "",
        "| approval | where | takes | refuses |",
        "|---|---|---|---|",
        *(
            _line([*APPROVALS[kind], str(takes), str(refuses)])
            for kind, (takes, refuses) in approvals().items()
        ),
    ]
    return "\n".join(lines) + "\n"


def _shown(node: HumanTask) -> bool:
    return bool(row_of(node) or node.id in GATES)


def _row(node: HumanTask, names: list[str]) -> str:
    cells = [
        row_of(node),
        f"{node.label.zh} (`{node.id}`)",
        " / ".join(definition().roles[role].label.zh for role in node.owner),
        node.due.text if node.due else "",
        "".join(f"《{definition().documents[id].label.zh}》" for id in getattr(node, "delivers", ())),
        _gate(node),
        str(_about(node, names)),
    ]
    return _line(cells)


def _gate(node: HumanTask) -> str:
    said = [_approval(approval) for approval in node.gate.approvals]
    if not said and not isinstance(node, UserTask):
        said = ["opens by itself"]
    named = GATES.get(node.id, "")
    return f"{named}: {', '.join(said)}" if named else ", ".join(said)


def _approval(approval: Approval) -> str:
    people = " + ".join(definition().roles[role].label.zh for role in approval.by)
    number = f"{approval.need.number} of " if approval.need.kind is NeedKind.COUNT else ""
    signed = ", signed" if approval.least.value != "asserted" else ""
    amount = (
        f" if {approval.condition.text}"
        if approval.condition and "authority" not in approval.condition.text
        else ""
    )
    return f"{_MEANING[approval.meaning.value]} by {number}{people}{signed}{amount}"


def _about(node: HumanTask, names: list[str]) -> int:
    """Tests that name the step, its gate, or a rule or a kind of approval that stands there."""
    gate = GATES.get(node.id, "-")
    wanted = re.compile(rf"\[{re.escape(node.id)}\]|(?<![A-Za-z0-9]){gate}(?![A-Za-z0-9])", re.IGNORECASE)
    rules = {rule for rule, (_, where) in RULES.items() if f"`{node.id}`" in where}
    kinds = tuple(f"test_{kind}_" for kind, (_, where) in APPROVALS.items() if f"`{node.id}`" in where)
    return sum(
        bool(name.startswith(kinds) or wanted.search(_words(name)) or rules & set(_rules(name)))
        for name in names
    )


def _words(name: str) -> str:
    return name.replace("_", " ")


def _rules(name: str) -> list[str]:
    """The rules that a test names."""
    return [f"R{number}" for number in _RULE.findall(_words(name))]


def counted() -> dict[str, int]:
    """How many tests each rule has."""
    found = [rule for name in tests() for rule in set(_rules(name))]
    return {rule: found.count(rule) for rule in RULES}


def approvals() -> dict[str, tuple[int, int]]:
    """How many tests say what each kind of approval takes, and what it refuses."""
    names = list(tests())
    return {
        kind: (
            sum(name.startswith(f"test_{kind}_takes_") for name in names),
            sum(name.startswith(f"test_{kind}_refuses_") for name in names),
        )
        for kind in APPROVALS
    }


def _rule(rule: str, count: int) -> str:
    says, where = RULES[rule]
    broken, kept = len(breaking(rule)), len(keeping(rule))
    return _line([rule, says, where, str(count), str(broken), str(kept), LATER.get(rule, "")])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


if __name__ == "__main__":
    document().write_text(text(), encoding="utf-8")
