"""Pictures: every node and flow is there once, nothing overlaps, no flow runs through a figure, the SVG is safe."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

import signoff_workflows
from signoff.model.definition import Definition
from signoff.model.nodes import BoundaryEvent
from signoff.notation.machine import machine
from signoff.notation.picture import lettering, palette
from signoff.notation.picture.drawing import Drawing, Edge, Shape, ShapeKind
from signoff.notation.picture.layout import place
from signoff.notation.picture.painter import CONTAINERS
from signoff.notation.picture.states import place_states
from signoff.notation.picture.svg import render
from signoff.notation.yaml import read
from tests.notation.trees import definition, trees

ROOT = Path(__file__).parents[2]
SHIPPED = Path(signoff_workflows.__file__).parent
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def campaign() -> Definition:
    return read((SHIPPED / "marketing_campaign.yaml").read_text("utf-8")).definition


# laws ---------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(trees)
def test_any_process_in_blocks_is_drawn_whole_and_clean(tree: list[dict[str, Any]]) -> None:
    process = definition(tree)
    drawing = place(process)
    everything_is_drawn_once(process, drawing)
    nothing_overlaps(drawing)
    flows_are_sound(drawing)
    ET.fromstring(render(drawing, lang="zh"))


@settings(max_examples=12, deadline=None)
@given(trees)
def test_any_machine_is_drawn_without_overlaps(tree: list[dict[str, Any]]) -> None:
    drawing = place_states(machine(definition(tree), "en"))
    nothing_overlaps(drawing)
    flows_are_sound(drawing)
    ET.fromstring(render(drawing, lang="en"))


def everything_is_drawn_once(process: Definition, drawing: Drawing) -> None:
    drawn = Counter(shape.id for shape in drawing.shapes)
    assert not [id for id, times in drawn.items() if times > 1]
    missing = {id for id in process.nodes if id not in drawn}
    assert not {id for id in missing if process.incoming[id]}, "only what no flow reaches may be left out"
    assert Counter(edge.id for edge in drawing.edges) == Counter(process.flows.keys())


def nothing_overlaps(drawing: Drawing) -> None:
    for shape in drawing.shapes:
        assert shape.x >= 0
        assert shape.y >= 0
        assert shape.right <= drawing.width
        assert shape.bottom <= drawing.height
    for one, other in combinations(drawing.shapes, 2):
        if ShapeKind.BOUNDARY in (one.kind, other.kind):
            continue  # sits on the border of its host
        if apart(one, other):
            continue
        outer, inner = (one, other) if one.width * one.height > other.width * other.height else (other, one)
        assert outer.kind in CONTAINERS, f"{one.id} overlaps {other.id}"
        assert within(inner, outer), f"{inner.id} sticks out of {outer.id}"


def apart(one: Shape, other: Shape) -> bool:
    return one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y


def within(inner: Shape, outer: Shape) -> bool:
    return (
        outer.x <= inner.x
        and inner.right <= outer.right
        and outer.y <= inner.y
        and inner.bottom <= outer.bottom
    )


def flows_are_sound(drawing: Drawing) -> None:
    """At right angles, from border to border, and through no figure."""
    shapes = {shape.id: shape for shape in drawing.shapes}
    figures = [s for s in drawing.shapes if s.kind not in CONTAINERS and s.kind is not ShapeKind.NOTE]
    for edge in drawing.edges:
        for a, b in pairwise(edge.points):
            assert (a[0] == b[0]) != (a[1] == b[1]), edge.id
        if edge.source in shapes and edge.target in shapes:
            assert on_border(edge.points[0], shapes[edge.source]), f"{edge.id} begins beside its source"
            assert on_border(edge.points[-1], shapes[edge.target]), f"{edge.id} ends beside its target"
        crossed = [figure.id for figure in figures if crosses(edge, figure)]
        assert not crossed, f"{edge.id} runs through {crossed}"


def on_border(point: tuple[int, int], shape: Shape) -> bool:
    x, y = point
    inside = shape.x <= x <= shape.right and shape.y <= y <= shape.bottom
    return inside and (x in (shape.x, shape.right) or y in (shape.y, shape.bottom))


def crosses(edge: Edge, figure: Shape) -> bool:
    return any(
        min(a[0], b[0]) < figure.right
        and max(a[0], b[0]) > figure.x
        and min(a[1], b[1]) < figure.bottom
        and max(a[1], b[1]) > figure.y
        for a, b in pairwise(edge.points)
    )


# the layout ---------------------------------------------------------------------------------------------


def shapes(drawing: Drawing) -> dict[str, Shape]:
    return {shape.id: shape for shape in drawing.shapes}


def test_every_stage_of_a_long_process_has_its_own_row(campaign: Definition) -> None:
    drawn = shapes(place(campaign))
    stages = [drawn[id] for id in ("preparation", "planning", "execution", "closing")]
    assert all(above.bottom < below.y for above, below in pairwise(stages))


def test_branches_stand_below_one_another_and_lists_run_to_the_right(campaign: Definition) -> None:
    drawn = shapes(place(campaign))
    assert drawn["research"].x == drawn["draft-budget"].x
    assert drawn["research"].bottom < drawn["draft-budget"].y
    assert drawn["formal-budget"].right < drawn["allocate"].x
    assert drawn["formal-budget"].y == drawn["allocate"].y


def test_boundary_timers_sit_on_their_host_and_handlers_below_the_steps_of_their_stage(
    campaign: Definition,
) -> None:
    drawn = shapes(place(campaign))
    event, host = drawn["publicity.upon.1"], drawn["publicity"]
    assert event.y < host.bottom < event.bottom
    assert host.x <= event.x
    assert event.right <= host.right
    handler, stage = drawn["execution.upon.1"], drawn["execution"]
    assert within(handler, stage)
    assert handler.y > max(drawn[id].bottom for id in ("go-no-go", "set-up-platform", "watch-users"))


def test_a_shape_says_its_phase_its_lane_and_whether_approvals_are_asked_for(campaign: Definition) -> None:
    drawn = shapes(place(campaign))
    assert (drawn["formal-budget"].phase, drawn["formal-budget"].lane) == ("planning", "finance")
    assert drawn["formal-budget"].sealed
    assert not drawn["allocate"].sealed
    assert drawn["watch-users"].optional
    assert drawn["publicity.upon.1"].event == "timer"
    assert not drawn["publicity.upon.1"].interrupting


# the SVG ------------------------------------------------------------------------------------------------

HOSTILE = """\
signoff: 1
process: hostile
name: {en: "</title><script>alert(1)</script>", zh: "一 & 二"}
lang: en
roles: {a: {group: a, name: '"><image href="x"/>'}}
data: {amount: {type: integer, default: 1}}
steps:
  - choose: way
    name: "<way>"
    branches:
      - if: "amount < 5 and amount > 2"
        steps: [{step: x, owner: a, name: "<script src='y'>&amp;</script>", checklist: [x]}]
    otherwise: []
"""


def elements(svg: str) -> Iterator[ET.Element]:
    return ET.fromstring(svg).iter()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_texts_are_escaped_and_nothing_is_loaded_from_elsewhere(lang: str) -> None:
    svg = render(place(read(HOSTILE).definition), lang=lang, marks={"x": '"><script>'})
    names = {element.tag.removeprefix(SVG) for element in elements(svg)}
    assert names <= {"svg", "g", "rect", "circle", "path", "text", "title"}
    attributes = {name for element in elements(svg) for name in element.attrib}
    assert not [name for name in attributes if name.startswith("on") or "href" in name or name == "style"]
    assert "url(" not in svg


def test_labels_come_in_the_language_asked_for() -> None:
    drawing = place(read(HOSTILE).definition)
    assert "一 &amp; 二" in render(drawing, lang="zh")
    assert "一" not in render(drawing, lang="en")


def test_every_label_of_the_campaign_can_be_read(campaign: Definition) -> None:
    svg = render(place(campaign), lang="zh")
    written = "".join(element.text or "" for element in elements(svg) if element.tag == f"{SVG}text")
    for node in campaign.nodes.values():
        label = node.label.get("zh")
        if not label or label == node.id or isinstance(node, BoundaryEvent):
            continue
        assert label in written, label


def test_marks_colour_the_nodes_of_an_instance_and_are_explained(campaign: Definition) -> None:
    marks = {"confirm-goals": "done", "research": "active", "draft-budget": "late", "close": "waiting"}
    svg = render(place(campaign), lang="zh", marks=marks)
    classes = {e.attrib["data-node"]: e.attrib["class"] for e in elements(svg) if "data-node" in e.attrib}
    assert {id: classes[id].split()[-1] for id in marks} == marks
    texts = {element.text for element in elements(svg)}
    assert {"已完成", "进行中", "已逾期", "未开始"} <= texts
    assert "已完成" not in render(place(campaign), lang="zh")


def test_the_same_drawing_gives_the_same_bytes(campaign: Definition) -> None:
    assert render(place(campaign), lang="zh") == render(place(campaign), lang="zh")


def test_the_picture_in_the_docs_is_current(campaign: Definition) -> None:
    kept = ROOT / "docs" / "pictures" / "marketing-campaign.svg"
    assert kept.read_text("utf-8") == render(place(campaign), lang="zh"), f"write {kept.name} anew"


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_texts_and_marks_have_enough_contrast() -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11."""
    paints = [*palette.PAINTS.values(), *palette.MARKS.values(), palette.PLAIN]
    fills = {paint.fill for paint in paints if re.fullmatch("#[0-9a-f]{6}", paint.fill)}
    for fill in fills:
        assert contrast(palette.INK, fill) >= 4.5
        assert contrast(palette.SOFT, fill) >= 4.5
    for paint in palette.MARKS.values():
        assert contrast(paint.stroke, paint.fill) >= 3


# lettering ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("预算确认", ("预算确认",)),
        ("跨部门沟通与团队组建", ("跨部门沟通", "与团队组建")),
        ("Draft the agreement", ("Draft the", "agreement")),
        ("", ("",)),
    ],
)
def test_lines_break_where_people_would(text: str, lines: tuple[str, ...]) -> None:
    assert lettering.balanced(text, room=100, size=13, most=4) == lines


def test_closing_signs_begin_no_line_and_too_long_a_text_ends_in_an_ellipsis() -> None:
    assert all(
        line[0] not in "，。）"
        for line in lettering.wrap("一二三四，五六七八（九十）。", room=52, size=13, most=9)
    )
    lines = lettering.wrap("一二三四五六七八九十" * 5, room=52, size=13, most=2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert lettering.width(lines[-1], 13) <= 52


def test_a_wait_under_a_condition_is_marked_as_one_that_may_be_passed_by() -> None:
    text = """
signoff: 1
process: pause
lang: en
data: {calm: {type: boolean, default: true}}
steps:
  - {wait: rest, after: 1 day, if: "calm"}
  - {wait: always, after: 1 day}
"""
    drawn = shapes(place(read(text).definition))
    assert drawn["rest"].optional
    assert not drawn["always"].optional
