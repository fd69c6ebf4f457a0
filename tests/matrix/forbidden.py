"""A file for each place with an event `x` that may not stand there, and the code under which it is refused."""

from collections.abc import Mapping

from tests.matrix import cells
from tests.matrix.cells import END, START, SUB_START, THROW
from tests.matrix.drawing import beside, boundary, event, model, sub
from tests.matrix.story import ALL, CANCEL, COMPENSATE, MESSAGE, TERMINATE, parallel

_DEFINITIONS: Mapping[str, str] = {
    **{kind: each.xml for kind, each in ALL.items()},
    "none": "",
    "compensation": COMPENSATE,
    "cancel": CANCEL,
    "link": "<linkEventDefinition name='there'/>",
    "terminate": TERMINATE,
}
CODES: Mapping[str, tuple[str, ...]] = {
    START: ("bpmn_start_event",),
    SUB_START: ("bpmn_sub_process_start",),
    cells.ESP: ("bpmn_event_start", "bpmn_event_start_none"),
    cells.ESP_BESIDE: ("bpmn_event_start", "bpmn_event_start_none", "bpmn_event_start_beside"),
    cells.CATCH: ("bpmn_catch_event", "bpmn_catch_none"),
    cells.BEHIND: ("bpmn_race_target",),
    cells.INSTANTIATES: ("bpmn_race_target",),
    cells.BOUNDARY: ("bpmn_boundary_event", "bpmn_boundary_none"),
    cells.BOUNDARY_BESIDE: ("bpmn_boundary_beside", "bpmn_boundary_none"),
    THROW: ("bpmn_throw_event", "bpmn_throw_parallel"),
    END: ("bpmn_end_event", "bpmn_throw_parallel"),
}


def sample(row: str, column: str) -> str:
    """A file with such an event in such a place."""
    inside = _DEFINITIONS[row]
    all_of = parallel(row)
    if column in (cells.ESP, cells.ESP_BESIDE):
        handler = beside("h", inside, "t > f", interrupting=column == cells.ESP).replace("h.s", "x")
        return model("s > a > e", handler)
    if column in (cells.BOUNDARY, cells.BOUNDARY_BESIDE):
        edge = boundary("x", "k", inside, interrupting=column == cells.BOUNDARY, **all_of)
        return model("s > k > e; x > t > f", sub("k", "s2 > a > e2"), edge)
    if column in (cells.BEHIND, cells.INSTANTIATES):
        gate = f"<eventBasedGateway id='g' instantiate='{str(column == cells.INSTANTIATES).lower()}'/>"
        other = event("intermediateCatchEvent", "y", MESSAGE.replace("'M'", "'N'"))
        drawing = "g > x > a > e; g > y > f"
        here = event("intermediateCatchEvent", "x", inside, **all_of)
        return model(drawing if column == cells.INSTANTIATES else f"s > {drawing}", gate, here, other)
    if column == SUB_START:
        return model("s > k > e", sub("k", "x > a > e2", event("startEvent", "x", inside, **all_of)))
    kind = {START: "startEvent", cells.CATCH: "intermediateCatchEvent", THROW: "intermediateThrowEvent"}
    drawing = {START: "x > a > e", END: "s > a > x"}.get(column, "s > x > e")
    return model(drawing, event(kind.get(column, "endEvent"), "x", inside, **all_of))
