"""Colours, each pair readable at 4.5 : 1 or better, and what a mark does to a figure. Must import drawing only."""

from collections.abc import Mapping
from dataclasses import dataclass

from signoff.notation.picture.drawing import ShapeKind

INK = "#1f2937"
SOFT = "#4b5563"  # captions and labels of edges
LINE = "#475569"
SEAL = "#b91c1c"
PAPER = "#ffffff"
FONTS = (
    "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','WenQuanYi Zen Hei',"
    "'Helvetica Neue',Arial,sans-serif"
)


@dataclass(frozen=True, slots=True)
class Paint:
    """How a figure is filled and outlined."""

    fill: str = PAPER
    stroke: str = LINE
    weight: float = 1.4
    dash: str = ""


PLAIN = Paint()
PAINTS: Mapping[ShapeKind, Paint] = {
    ShapeKind.START: Paint("#f0fdf4", "#15803d", 1.6),
    ShapeKind.END: Paint("#fef2f2", "#b91c1c", 3.2),
    ShapeKind.TERMINATE: Paint("#fef2f2", "#b91c1c", 3.2),
    ShapeKind.CATCH: Paint("#fffbeb", "#92400e", 1.4),
    ShapeKind.THROW: Paint("#fffbeb", "#92400e", 1.4),
    ShapeKind.BOUNDARY: Paint("#fffbeb", "#92400e", 1.4),
    ShapeKind.EXCLUSIVE: Paint("#fefce8", "#854d0e", 1.4),
    ShapeKind.INCLUSIVE: Paint("#fefce8", "#854d0e", 1.4),
    ShapeKind.PARALLEL: Paint("#fefce8", "#854d0e", 1.4),
    ShapeKind.EVENT_BASED: Paint("#fefce8", "#854d0e", 1.4),
    ShapeKind.COMPLEX: Paint("#fefce8", "#854d0e", 1.4),
    ShapeKind.GATE: Paint("#fff7ed", "#9a3412", 2),
    ShapeKind.SERVICE: Paint("#eff6ff", LINE, 1.4),
    ShapeKind.SEND: Paint("#eff6ff", LINE, 1.4),
    ShapeKind.RECEIVE: Paint("#eff6ff", LINE, 1.4),
    ShapeKind.SCRIPT: Paint("#eff6ff", LINE, 1.4),
    ShapeKind.RULE: Paint("#eff6ff", LINE, 1.4),
    ShapeKind.CALL: Paint(PAPER, LINE, 3),
    ShapeKind.STAGE: Paint("#f8fafc", "#94a3b8", 1.2),
    ShapeKind.EACH: Paint("#f8fafc", "#94a3b8", 1.2),
    ShapeKind.TRANSACTION: Paint("#f8fafc", "#64748b", 3),
    ShapeKind.LANE: Paint("none", "#cbd5e1", 1),
    ShapeKind.BODY: Paint("#fffdf5", "#a16207", 1.2),
    ShapeKind.HANDLER: Paint("#fffdf5", "#a16207", 1.2, "4 3"),
    ShapeKind.COMPOUND: Paint("#f8fafc", "#94a3b8", 1.2),
    ShapeKind.REGION: Paint("none", "#94a3b8", 1, "5 4"),
    ShapeKind.PASSED: Paint("#f0fdf4", "#15803d", 1.4),
    ShapeKind.COLLAPSED: Paint("#f8fafc", "#64748b", 1.4),
    ShapeKind.POOL: Paint(PAPER, "#64748b", 1.4),
    ShapeKind.DATA: Paint(PAPER, "#64748b", 1.2),
    ShapeKind.STORE: Paint(PAPER, "#64748b", 1.2),
    ShapeKind.MESSAGE: Paint(PAPER, "#64748b", 1.2),
    ShapeKind.ANNOTATION: Paint("none", "#64748b", 1.2),
    ShapeKind.GROUP: Paint("none", "#64748b", 1.2, "9 4 2 4"),
    ShapeKind.NOTE: Paint("none", "none", 0),
}
MARKS: Mapping[str, Paint] = {
    "done": Paint("#dcfce7", "#15803d", 1.8),
    "active": Paint("#dbeafe", "#1d4ed8", 2.6),
    "late": Paint("#fee2e2", "#b91c1c", 2.6),
    "waiting": Paint("#f3f4f6", "#6b7280", 1.4, "4 3"),
}
SIGNS: Mapping[str, str] = {"done": "✓", "active": "▶", "late": "!", "waiting": "…"}
WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {"done": "已完成", "active": "进行中", "late": "已逾期", "waiting": "未开始"},
    "en": {"done": "done", "active": "active", "late": "late", "waiting": "not begun"},
}
"""What the legend says."""
