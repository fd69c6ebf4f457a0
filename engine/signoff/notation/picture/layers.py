"""Any graph in columns: flows run from left to right, and what leads back runs below (after Sugiyama, 1981).

Flows over several columns take a place in each, so that no line crosses a figure. Pure graph work: names in,
columns of names out. Must import nothing of signoff.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_SWEEPS = 6  # down and up through the columns, for fewer crossings


@dataclass(frozen=True, slots=True)
class Arc:
    """A flow between two places of the graph, by its id."""

    id: str
    source: str
    target: str


@dataclass(slots=True)
class Layers:
    """Columns of places, each from above; `ways` leads every forward flow over the places it takes between.

    `back` are the flows that lead to the left or to where they came from.
    """

    columns: list[list[str]] = field(default_factory=list)
    ways: dict[str, list[str]] = field(default_factory=dict)
    back: list[Arc] = field(default_factory=list)


def layers(places: Sequence[str], arcs: Sequence[Arc], bands: Mapping[str, int]) -> Layers:
    """Places in columns by the longest way from where nothing comes in; `bands` keeps lanes apart."""
    back = _backward(places, arcs)
    forward = [arc for arc in arcs if arc.id not in back]
    column = _columns(places, forward)
    found = Layers([[] for _ in range(max(column.values(), default=-1) + 1)])
    found.back = [arc for arc in arcs if arc.id in back]
    for place in places:
        found.columns[column[place]].append(place)
    band = dict(bands)
    for arc in forward:
        found.ways[arc.id] = _way(arc, column, found, band)
    _order(found, band)
    return found


def _backward(places: Sequence[str], arcs: Sequence[Arc]) -> set[str]:
    """The flows that close a circle, seen from the first places on; without recursion."""
    out: dict[str, list[Arc]] = defaultdict(list)
    into: dict[str, int] = defaultdict(int)
    for arc in arcs:
        out[arc.source].append(arc)
        into[arc.target] += arc.source != arc.target
    state: dict[str, int] = {}
    found: set[str] = set()
    for start in sorted(places, key=lambda place: into[place] > 0):
        todo = [(start, iter(out[start]))] if start not in state else []
        state.setdefault(start, 1)
        while todo:
            place, rest = todo[-1]
            following = next(rest, None)
            if following is None:
                state[place] = 2
                todo.pop()
            elif following.target not in state:
                state[following.target] = 1
                todo.append((following.target, iter(out[following.target])))
            elif state[following.target] == 1:
                found.add(following.id)
    return found


def _columns(places: Sequence[str], forward: Sequence[Arc]) -> dict[str, int]:
    into: dict[str, int] = dict.fromkeys(places, 0)
    out: dict[str, list[str]] = defaultdict(list)
    for arc in forward:
        into[arc.target] += 1
        out[arc.source].append(arc.target)
    column = dict.fromkeys(places, 0)
    ready = [place for place in places if not into[place]]
    while ready:
        place = ready.pop()
        for target in out[place]:
            column[target] = max(column[target], column[place] + 1)
            into[target] -= 1
            if not into[target]:
                ready.append(target)
    return column


def _way(arc: Arc, column: Mapping[str, int], found: Layers, band: dict[str, int]) -> list[str]:
    """The places from source to target, one in each column; those between are made up."""
    between = range(column[arc.source] + 1, column[arc.target])
    names = [f"{arc.id}\0{n}" for n in between]
    for n, name in zip(between, names, strict=True):
        found.columns[n].append(name)
        band[name] = band.get(arc.source, 0)
    return [arc.source, *names, arc.target]


def _order(found: Layers, band: Mapping[str, int]) -> None:
    """Sort every column by where its neighbours stand, back and forth."""
    left: dict[str, list[str]] = defaultdict(list)
    right: dict[str, list[str]] = defaultdict(list)
    for way in found.ways.values():
        for a, b in pairwise(way):
            right[a].append(b)
            left[b].append(a)
    for sweep in range(_SWEEPS):
        neighbours, columns = (left, found.columns) if sweep % 2 == 0 else (right, found.columns[::-1])
        row: dict[str, float] = {}
        for column in columns:
            here = {place: n for n, place in enumerate(column)}
            mean = {p: _mean([row[q] for q in neighbours[p] if q in row], here[p]) for p in column}
            placed = {p: (band.get(p, 0), mean[p], here[p]) for p in column}
            column.sort(key=placed.__getitem__)
            row |= {place: float(n) for n, place in enumerate(column)}


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
