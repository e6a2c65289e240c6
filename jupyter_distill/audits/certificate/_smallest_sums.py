"""The smallest change where scores are sums: a mixed-integer program, solved exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.audits.certificate._goal import Goal
from jupyter_distill.audits.certificate._hush import hushed
from jupyter_distill.audits.certificate._reading_sums import EbmReading, LinearReading
from jupyter_distill.audits.certificate._room import Room
from jupyter_distill.explanation import Limit

Floats = NDArray[np.float64]

SECONDS = 5.0  # after which a program that is not solved is given up
BEYOND = (1e-7, 1e-6, 1e-5)  # of the size of the scores: how far beyond a tie the sums must be
STEPS = 8  # of a column's precision by which rounding may have missed the goal


class Unsolved(Exception):
    """The program took too long, or rounding its answer missed the goal."""


@dataclass
class _Program:
    """A mixed-integer program that is put together column by column."""

    cost: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    gains: list[Floats] = field(default_factory=list)  # what a unit of each variable adds
    equal: list[tuple[dict[int, float], float]] = field(default_factory=list)
    least: list[dict[int, float]] = field(default_factory=list)  # sums that are at least 0

    def add(self, cost: float, upper: float, gain: Floats, *, whole: bool) -> int:
        self.cost.append(cost)
        self.upper.append(upper)
        self.whole.append(int(whole))
        self.gains.append(gain)
        return len(self.cost) - 1


@dataclass(frozen=True)
class _Way:
    """Where one column may go: listed values, or a number that moves along a line."""

    values: Floats
    variables: tuple[int, ...]
    unit: float = 0.0  # of a number: what a unit of its two variables, up and down, is


def solved(
    reading: LinearReading | EbmReading, row: Floats, goal: Goal, rooms: Sequence[Room]
) -> Floats | None:
    """Return the row after the smallest change, or None where no change does it.

    Raises
    ------
    Unsolved
        If it is not known.
    """
    best: Floats | None = None
    least = np.inf
    for rows, need in _demands(goal, len(reading.scores), reading.intercept.size):
        found = _solved(reading, row, goal, rooms, rows, need)
        if found is None:
            continue
        cost = sum(r.cost(float(x), float(v)) for r, x, v in zip(rooms, row, found, strict=True))
        if cost < least:
            best, least = found, cost
    return best


def _demands(goal: Goal, scores: int, size: int) -> list[tuple[Floats, Floats]]:
    """Return sets of demands ``rows @ scores >= need`` of which one must hold."""
    if not goal.classes:
        rows, need = [], []
        if np.isfinite(goal.low):
            rows.append([1.0])
            need.append(goal.low)
        if np.isfinite(goal.high):
            rows.append([-1.0])
            need.append(-goal.high)
        return [(np.array(rows), np.array(need))]
    if size == 1:
        if len(goal.classes) == 2:
            return [(np.empty((0, 1)), np.empty(0))]
        return [(np.array([[1.0 if goal.classes[0] == 1 else -1.0]]), np.zeros(1))]
    eye = np.eye(scores)
    return [(eye[k] - np.delete(eye, k, 0), np.zeros(scores - 1)) for k in goal.classes]


def _solved(
    reading: LinearReading | EbmReading,
    row: Floats,
    goal: Goal,
    rooms: Sequence[Room],
    demands: Floats,
    need: Floats,
) -> Floats | None:
    start = reading.total(row[None])[0]
    program = _Program()
    ways = {}
    pairs = _pairs(reading, rooms, row)
    paired = {j for _, features in pairs for j in features}
    for j in reading.used:
        if rooms[j].stays(float(row[j])):
            continue
        slope = reading.slope(j) if isinstance(reading, LinearReading) else None
        if slope is not None and rooms[j].column.kind == "numeric" and not np.isnan(row[j]):
            ways[j] = _line(program, rooms[j], float(row[j]), slope)
        else:
            ways[j] = _listed(program, reading, rooms[j], row, j, demands, j in paired)
    for t, features in pairs:
        _pair(program, reading, t, features, ways, row)
    if not ways:
        return (
            row
            if (demands @ start >= need).all() and goal.met(reading.output(row[None]))[0]
            else None
        )
    for beyond in BEYOND:
        answer = _run(program, demands, need - demands @ start, beyond)
        if answer is None:
            return None
        new = _after(reading, row, goal, rooms, ways, answer)
        if new is not None:
            return new
    raise Unsolved


def _line(program: _Program, room: Room, x: float, slope: Floats) -> _Way:
    # a variable for each way runs from 0 to 1; another says whether it moves at all. Whole steps
    # would make the program a hard one: numbers are rounded, and drawn back, after it
    low, high = room.bounds(x)
    unit = (high - low) or 1.0
    found = []
    moves = program.add(1.0, 1.0, 0 * slope, whole=True)
    for sign, length in ((1.0, high - x), (-1.0, x - low)):
        most = length / unit
        found.append(program.add(unit / room.range, most, sign * unit * slope, whole=False))
        program.least.append({moves: most, found[-1]: -1.0})
    return _Way(np.empty(0), tuple(found), unit)


def candidates(reading: LinearReading | EbmReading, room: Room, x: float, j: int) -> Floats:
    """Return values of which one is as good as any other that the column may take."""
    if room.column.kind != "numeric":
        return room.values(x, len(room.codes))
    if isinstance(reading, LinearReading):
        # a missing number: its fill and the ends
        return np.unique([room.middle, room.low, room.high])
    edges = np.concatenate([[-np.inf], reading.ends(j), [np.inf]])
    found = [
        room.nearest(x, Limit(room.column, low, high, None, False, False))
        for low, high in zip(edges[:-1], edges[1:], strict=True)
    ]
    return np.array([v for v in found if v is not None and v != x])


def _listed(
    program: _Program,
    reading: LinearReading | EbmReading,
    room: Room,
    row: Floats,
    j: int,
    demands: Floats,
    paired: bool,
) -> _Way:
    x = float(row[j])
    values = candidates(reading, room, x, j)
    cost = np.array([room.cost(x, float(v)) for v in values])
    rows = np.tile(row, (len(values) + 1, 1))
    rows[1:, j] = values
    added = sum(
        (part.adds for part in reading.parts(rows) if part.columns == (j,)),
        start=np.zeros((len(rows), reading.intercept.size)),
    )
    gains = added[1:] - added[0]
    if not paired and len(values):
        keep = _undominated(cost, gains @ demands.T)
        values, cost, gains = values[keep], cost[keep], gains[keep]
    found = tuple(
        program.add(float(c), 1.0, gain, whole=True) for c, gain in zip(cost, gains, strict=True)
    )
    if found:
        program.least.append(dict.fromkeys(found, -1.0) | {-1: 1.0})
    return _Way(values, found)


def _undominated(cost: Floats, gains: Floats) -> NDArray[np.intp]:
    """Return the values that no other beats in cost and in all gains, the first of equals."""
    order = np.argsort(cost, kind="stable")
    if gains.shape[1] == 1:  # better than all that cost less
        gain = gains[order, 0]
        before = np.maximum.accumulate(np.concatenate([[-np.inf], gain[:-1]]))
        return np.sort(order[gain > before])
    kept: list[int] = []
    for i in order:
        if not (gains[kept] >= gains[i]).all(1).any():
            kept.append(int(i))
    return np.array(sorted(kept), dtype=np.intp)


def _pairs(
    reading: LinearReading | EbmReading, rooms: Sequence[Room], row: Floats
) -> list[tuple[int, tuple[int, ...]]]:
    if isinstance(reading, LinearReading):
        return []
    return [
        (t, shape.features)
        for t, shape in enumerate(reading.terms)
        if len(shape.features) == 2
        and not all(rooms[j].stays(float(row[j])) for j in shape.features)
    ]


def _pair(
    program: _Program,
    reading: LinearReading | EbmReading,
    t: int,
    features: tuple[int, ...],
    ways: dict[int, _Way],
    row: Floats,
) -> None:
    """Add a variable for every bin of a pair that its two columns can be in together."""
    assert isinstance(reading, EbmReading)
    axes = []
    for axis, j in enumerate(features):
        values = np.concatenate([[row[j]], ways[j].values]) if j in ways else row[[j]]
        bins = reading.bins(t, axis, values)
        axes.append({int(b): np.flatnonzero(bins == b) for b in np.unique(bins)})
    scores = reading.terms[t].scores
    width = len(reading.terms[t].axes[1].bins)
    here = [int(reading.bins(t, axis, row[[j]])[0]) for axis, j in enumerate(features)]
    own = scores[here[0] * width + here[1]]
    cells = {
        (a, b): program.add(0.0, 1.0, scores[a * width + b] - own, whole=False)
        for a in axes[0]
        for b in axes[1]
    }
    for axis, j in enumerate(features):
        for b, places in axes[axis].items():
            sums = {cell: 1.0 for pair, cell in cells.items() if pair[axis] == b}
            total = 0.0
            for place in places:
                if place:  # that it takes this value
                    sums[ways[j].variables[place - 1]] = -1.0
                else:  # that it takes none of the others
                    total = 1.0
                    if j in ways:
                        sums |= dict.fromkeys(
                            (v for k, v in enumerate(ways[j].variables) if k + 1 not in places), 1.0
                        )
            if total and j in ways:  # values of the same bin cancel out
                for place in places:
                    if place:
                        sums.pop(ways[j].variables[place - 1], None)
            program.equal.append((sums, total))


def _run(program: _Program, demands: Floats, need: Floats, beyond: float) -> Floats | None:
    """Return the variables of the cheapest change; None where there is none."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import lil_array

    n = len(program.cost)
    lines = len(demands) + len(program.least) + len(program.equal)
    matrix = lil_array((lines, n))
    low, high = np.full(lines, -np.inf), np.full(lines, np.inf)
    gains = np.array(program.gains) @ demands.T  # (n, demands)
    for i in range(len(demands)):
        size = max(float(np.abs(gains[:, i] * program.upper).max(initial=0.0)), abs(need[i]), 1e-12)
        for v in np.flatnonzero(gains[:, i]):
            matrix[i, v] = gains[v, i] / size
        low[i] = need[i] / size + beyond
    for line, sums in enumerate(program.least, len(demands)):
        for variable, weight in sums.items():
            if variable >= 0:
                matrix[line, variable] = weight
        low[line] = -sums.get(-1, 0.0)
    for line, (sums, total) in enumerate(program.equal, len(demands) + len(program.least)):
        for variable, weight in sums.items():
            matrix[line, variable] = weight
        low[line] = high[line] = total
    with hushed():
        found = milp(
            np.array(program.cost),
            integrality=np.array(program.whole),
            bounds=Bounds(np.zeros(n), np.array(program.upper)),
            constraints=LinearConstraint(matrix.tocsr(), low, high),
            options={"time_limit": SECONDS, "mip_rel_gap": 0.0},
        )
    if found.status == 2:
        return None
    if found.status != 0:
        raise Unsolved
    return np.asarray(found.x)


def _after(
    reading: LinearReading | EbmReading,
    row: Floats,
    goal: Goal,
    rooms: Sequence[Room],
    ways: dict[int, _Way],
    answer: Floats,
) -> Floats | None:
    """Return the row that the variables stand for, in the precision of its columns."""
    new = row.copy()
    lines = []
    for j, way in ways.items():
        if way.unit:
            up, down = answer[list(way.variables)]
            moved = (up - down) * way.unit
            if abs(moved) > 1e-9 * rooms[j].range:
                lines.append((j, 1 if moved > 0 else -1))
                new[j] = _outward(rooms[j], float(row[j]), float(row[j] + moved))
        elif len(way.values):
            taken = answer[list(way.variables)]
            if taken.max() > 0.5:
                new[j] = way.values[int(taken.argmax())]
    return _settled(reading, goal, rooms, row, new, lines)


def _outward(room: Room, x: float, to: float) -> float:
    """Return the number nearest to `to` that the owner would write, farther from `x`."""
    low, high = room.bounds(x)
    near = room.precision.nearest(to)
    if abs(near - to) <= 1e-9 * max(room.range, abs(to)) and low <= near <= high:
        return near
    if to > x:
        found = room.precision.above(to, high)
        return high if found is None else found
    found = room.precision.below(to, low)
    return low if found is None else found


def _settled(
    reading: LinearReading | EbmReading,
    goal: Goal,
    rooms: Sequence[Room],
    row: Floats,
    new: Floats,
    lines: list[tuple[int, int]],
) -> Floats | None:
    """Move numbers by single steps, on where the goal is missed, and back where it is not."""

    def met(values: Floats) -> bool:
        return bool(goal.met(reading.output(values[None]))[0])

    for _ in range(STEPS):
        if met(new):
            break
        for j, sign in lines:
            new[j] = _step(rooms[j], float(row[j]), float(new[j]), sign)
    if not met(new):
        return None
    for j, sign in lines:
        for _ in range(2 * STEPS):
            tried = new.copy()
            tried[j] = _step(rooms[j], float(row[j]), float(new[j]), -sign)
            if (tried[j] - row[j]) * sign <= 0 or tried[j] == new[j] or not met(tried):
                break
            new = tried
    return new


def _step(room: Room, x: float, at: float, sign: int) -> float:
    low, high = room.bounds(x)
    found = room.precision.above(at, high)
    if sign < 0:
        found = room.precision.below(float(np.nextafter(at, -np.inf)), low)
    return at if found is None else found
