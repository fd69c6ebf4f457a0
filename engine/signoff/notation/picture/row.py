"""Where a long list is broken into rows; a row per stage makes bands. May import its siblings below layout."""

from collections.abc import Sequence

from signoff.notation.picture.drawing import ShapeKind
from signoff.notation.picture.figure import EVENT
from signoff.notation.picture.piece import GAP, Piece

WIDEST = 1240  # of a row, where it can be broken


def broken(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Rows filled one after the other."""
    found: list[list[Piece]] = [[]]
    used = 0
    for piece in pieces:
        if found[-1] and used + piece.width > WIDEST and _is_wide(piece):
            found.append([])
            used = 0
        found[-1].append(piece)
        used += piece.width + GAP
    return found


def banded(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """One row if it is short enough; else a row per stage, and further ones where a row would grow too wide.

    Start and end events stay beside what they belong to.
    """
    if sum(piece.width + GAP for piece in pieces) - GAP <= WIDEST:
        return [list(pieces)]
    parts: list[list[Piece]] = [[]]
    for piece in pieces:
        wide = [each for each in parts[-1] if _is_wide(each)]
        if wide and _is_wide(piece) and (_is_stage(piece) or _is_stage(wide[-1])):
            parts.append([])
        parts[-1].append(piece)
    found = [row for part in parts for row in broken(part)]
    _level(found)
    return found


def _level(found: Sequence[Sequence[Piece]]) -> None:
    """Make the stages as wide as the widest row, so that they read as bands."""
    widths = [sum(piece.width + GAP for piece in row) for row in found]
    for row, width in zip(found, widths, strict=True):
        stage = next((piece for piece in row if _is_stage(piece)), None)
        if stage is not None and stage.width == stage.shapes[0].width:
            stage.widen(max(widths) - width)


def _is_wide(piece: Piece) -> bool:
    return piece.width > EVENT


def _is_stage(piece: Piece) -> bool:
    return piece.shapes[0].kind in (ShapeKind.STAGE, ShapeKind.EACH)
