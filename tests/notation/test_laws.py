"""Laws of the YAML notation: reading is total, graphs are sound, and tables are decided exactly once."""

import random
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signoff.errors import InvalidDefinition
from signoff.model.definition import Definition
from signoff.model.nodes import (
    EndEvent,
    EventBasedGateway,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
    StartEvent,
    TerminateEndEvent,
)
from signoff.notation.yaml import Read, read, read_scenarios
from signoff.sentences import LANGUAGES
from signoff_workflows import path
from tests.notation.base import BASE

FLAGSHIP = path("marketing_campaign").read_text(encoding="utf-8")
SCENARIOS = path("marketing_campaign.scenarios").read_text(encoding="utf-8")
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TOKENS = sorted({word for line in FLAGSHIP.splitlines() for word in line.replace(":", " : ").split()})
STRANGE = [
    "",
    "~",
    "[",
    "]",
    "{",
    "}",
    "- ",
    "? ",
    "*a",
    "&a",
    "!x",
    "|",
    ">",
    "'",
    '"',
    "\t",
    "\0",
    "\ud800",
    "𝒙",
    "0x1",
]


def outcome(text: str) -> Read | InvalidDefinition:
    """What reading gives; anything but a result or InvalidDefinition escapes and fails the law."""
    try:
        found = read(text, file="t.yaml")
    except InvalidDefinition as refused:
        told(refused)
        return refused
    sound(found.definition)
    return found


def told(refused: InvalidDefinition) -> None:
    """Every problem has a place and a sentence, and one at least is an error."""
    assert any(not problem.warning for problem in refused.problems)
    for problem in refused.problems:
        assert problem.place.line >= 1, problem
        assert problem.place.column >= 1, problem
        assert all(problem.sentence(lang) for lang in LANGUAGES)


def mutated(text: str, random_: random.Random, times: int) -> str:
    """The text with lines or words taken out, doubled, swapped, moved in or out, or replaced."""
    lines = text.splitlines()
    for _ in range(times):
        at = random_.randrange(len(lines))
        line = lines[at]
        words = line.split(" ")
        match random_.randrange(7):
            case 0:
                lines.pop(at)
            case 1:
                lines.insert(at, line)
            case 2:
                lines[at] = "  " + line
            case 3:
                lines[at] = line.removeprefix("  ")
            case 4:
                words[random_.randrange(len(words))] = random_.choice([*TOKENS, *STRANGE])
                lines[at] = " ".join(words)
            case 5:
                other = random_.randrange(len(lines))
                lines[at], lines[other] = lines[other], line
            case _:
                cut = random_.randrange(len(line) + 1)
                lines[at] = line[:cut] + random_.choice(STRANGE) + line[cut:]
        lines = lines or [""]
    return "\n".join(lines)


@QUICK
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert outcome(text)
    with pytest.raises(InvalidDefinition):
        read_scenarios(text)


@QUICK
@given(
    st.recursive(
        st.sampled_from(TOKENS),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(TOKENS), inner),
    )
)
def test_any_tree_of_the_languages_own_words_is_read_or_refused(tree: object) -> None:
    assert outcome(f"signoff: 1\nprocess: x\nsteps: {tree}\n".replace("'", ""))


@QUICK
@given(st.integers(), st.integers(1, 6))
def test_a_broken_process_is_read_or_refused(seed: int, times: int) -> None:
    assert outcome(mutated(BASE, random.Random(seed), times))


def exchanged(text: str, random_: random.Random, times: int) -> str:
    """The text with words of it in the places of others: mostly YAML still, and mostly no process."""
    for _ in range(times):
        words = list(re.finditer(r"[\w.-]+", text))
        old, new = random_.choice(words), random_.choice(words)
        text = text[: old.start()] + new[0] + text[old.end() :]
    return text


@QUICK
@given(st.integers(), st.integers(1, 4), st.sampled_from([BASE, FLAGSHIP]))
def test_a_process_with_exchanged_words_is_read_or_refused(seed: int, times: int, text: str) -> None:
    assert outcome(exchanged(text, random.Random(seed), times))


@settings(QUICK, max_examples=25)
@given(st.integers(), st.integers(1, 4))
def test_a_broken_flagship_is_read_or_refused(seed: int, times: int) -> None:
    assert outcome(mutated(FLAGSHIP, random.Random(seed), times))


@settings(QUICK, max_examples=25)
@given(st.integers(), st.integers(1, 4))
def test_a_broken_file_of_scenarios_is_read_or_refused(seed: int, times: int) -> None:
    text = mutated(SCENARIOS, random.Random(seed), times)
    try:
        assert read_scenarios(text)[0]
    except InvalidDefinition as refused:
        told(refused)


# graphs -----------------------------------------------------------------------------------------------------


def sound(definition: Definition) -> None:
    """Every flow joins nodes of one scope; every node is reached; splits match joins; blocks cover all nodes."""
    nodes = definition.nodes
    for flow in definition.flows.values():
        assert nodes[flow.source].scope == nodes[flow.target].scope, flow
    for node in nodes.values():
        assert node.scope == "" or node.scope in nodes
        if isinstance(node, EndEvent | StartEvent):
            continue
        if isinstance(node, ExclusiveGateway | InclusiveGateway) and node.default:
            assert definition.flows[node.default].source == node.id
    assert definition.nodes_in("/") == nodes.keys()
    stranded = nodes.keys() - set(reached(definition))
    assert all(only_after_ends(definition, node) for node in stranded), stranded
    for id_ in nodes:
        if id_.endswith(".join"):
            split = id_.removesuffix(".join")
            joined = ExclusiveGateway if isinstance(nodes[split], EventBasedGateway) else type(nodes[split])
            assert type(nodes[id_]) is joined
            branches = [block for block in definition.children(split) if block.order > 0]
            assert len(definition.outgoing[split]) == len(branches)
            assert len(definition.incoming[id_]) == sum(bool(block.exit_flow) for block in branches)
    for node in nodes.values():
        if isinstance(node, ParallelGateway | InclusiveGateway) and not node.id.endswith(".join"):
            assert f"{node.id}.join" in nodes


def reached(definition: Definition) -> Iterator[str]:
    """Nodes that a token can reach, events and handlers counted."""
    todo = [start for scope, start in definition.starts.items() if not scope]
    todo += definition.events_at_start.get("", ())
    seen: set[str] = set()
    while todo:
        id_ = todo.pop()
        if id_ in seen:
            continue
        seen.add(id_)
        yield id_
        todo += [flow.target for flow in definition.outgoing[id_]]
        todo += [event.id for event in definition.boundaries.get(id_, ())]
        todo += [definition.compensators[id_]] if id_ in definition.compensators else []
        todo += [handler.id for handler in definition.handlers.get(definition.nodes[id_].scope, ())]
        if id_ in definition.starts:
            todo.append(definition.starts[id_])


def only_after_ends(definition: Definition, id_: str) -> bool:
    """A join or an end that all ways before it have left by ending the process."""
    node = definition.nodes[id_]
    plain = isinstance(node, EndEvent) or id_.endswith((".join", ".fi"))
    return plain and any(isinstance(n, TerminateEndEvent) for n in definition.nodes.values())


@pytest.mark.parametrize("text", [BASE, FLAGSHIP, path("leave_request").read_text(encoding="utf-8")])
def test_a_graph_is_sound(text: str) -> None:
    sound(read(text).definition)


LEAF = "- {{step: {id}, owner: r, checklist: [look]}}"


@st.composite
def blocks(draw: st.DrawFn, depth: int = 3) -> str:
    """Steps of random shape; ids are filled in later."""
    count = draw(st.integers(0 if depth < 3 else 1, 3))
    return "\n".join(draw(one(depth)) for _ in range(count))


def indented(text: str, by: int) -> str:
    return "\n".join(" " * by + line for line in text.splitlines())


@st.composite
def one(draw: st.DrawFn, depth: int) -> str:
    kinds = ["step", "run", "end", "wait"] + ["parallel", "choose", "include", "stage", "each"] * (depth > 0)
    kind = draw(st.sampled_from(kinds))
    guard = draw(st.sampled_from(["", "\n  if: size > 1"]))
    match kind:
        case "step":
            return "- step: ID\n  owner: r\n  checklist: [look]" + guard
        case "wait":
            return "- wait: ID\n  after: 3 days" + guard
        case "end":
            return "- end: ID\n  outcome: x\n  if: size > 1"
        case "run":
            body = indented(draw(blocks(depth - 1)) if depth > 0 else "", 6)
            steps = f"\n      steps:\n{body}" if body.strip() else ""
            return f"- run: ID\n  handler: h\n  errors: [boom]\n  upon:\n    - error: boom{steps}" + guard
        case "stage" | "each":
            body = indented(draw(blocks(depth - 1)) or "- step: ID\n  owner: r\n  checklist: [look]", 4)
            more = "\n  item: item-ID\n  in: words".replace("item-ID", "itemID") if kind == "each" else ""
            return f"- {kind}: ID{more}{guard}\n  steps:\n{body}"
    branches = [draw(blocks(depth - 1)) for _ in range(draw(st.integers(2, 3)))]
    listed = "\n".join(_branch(kind, body) for body in branches)
    other = "" if kind == "parallel" else "\n  otherwise: []"
    return f"- {kind}: ID{guard}\n  branches:\n{listed}{other}"


def _branch(kind: str, body: str) -> str:
    test = "" if kind == "parallel" else "if: size > 2\n      "
    steps = f"steps:\n{indented(body, 8)}" if body.strip() else "steps: []"
    return f"    - {test}{steps}"


@QUICK
@given(blocks())
def test_every_process_of_blocks_is_a_sound_graph(steps: str) -> None:
    parts = steps.split("ID")
    numbered = "".join(f"{part}b{n}" for n, part in enumerate(parts[:-1])) + parts[-1]
    head = "signoff: 1\nprocess: p\nlang: en\nroles: {r: {group: g}}\n"
    data = "data: {size: {type: integer, default: 1}, words: {list_of: text, default: []}}\n"
    found = outcome(f"{head}{data}steps:\n{numbered}\n")
    assert isinstance(found, Read), str(found)


# tables -----------------------------------------------------------------------------------------------------


LIMITS = st.lists(st.integers(1, 10**9), min_size=1, max_size=5, unique=True)


@settings(QUICK, max_examples=15)
@given(LIMITS)
def test_bands_that_follow_one_another_have_neither_gap_nor_overlap(limits: list[int]) -> None:
    bands_are_whole(limits)


@pytest.mark.exhaustive
@settings(QUICK, max_examples=60)
@given(LIMITS)
def test_very_many_bands_have_neither_gap_nor_overlap(limits: list[int]) -> None:
    bands_are_whole(limits)


def bands_are_whole(limits: list[int]) -> None:
    limits.sort()
    cells = [f"below {limits[0]}"]
    cells += [f"{low} to below {high}" for low, high in pairwise(limits)]
    cells += [f"{limits[-1]}以上"]
    assert isinstance(outcome(table(cells)), Read)
    for missing in range(len(cells)):
        rest = cells[:missing] + cells[missing + 1 :]
        assert codes(outcome(table(rest))) == ["B06" if rest else "B01"]
    assert codes(outcome(table([*cells, f"up to {limits[0]}"]))) == ["B05"]


def table(cells: list[str]) -> str:
    rows = [f"      - {{amount: {cell}, approve: [{{by: head}}]}}" for cell in cells]
    start = BASE.index("    rows:\n      - {amount: below 5000")
    listed = "\n".join(rows) if rows else " []"
    body = f"    rows:\n{listed}\n" if rows else f"    rows:{listed}\n"
    return BASE[:start] + body + BASE[BASE.index("notices:") :]


def codes(found: Read | InvalidDefinition) -> list[str]:
    assert isinstance(found, InvalidDefinition)
    return [problem.code for problem in found.problems if not problem.warning]
