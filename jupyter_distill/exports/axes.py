"""Where a value lies on a chart, in pixels, and where there is room for the name of a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jupyter_distill.exports.curves import Curve
from jupyter_distill.exports.outline import BOLD, width

NAME = 12  # size of the letters of a name
LEAST = 0.42  # share of the height that lines keep beside their baselines
GAP = 9  # between the end of a line and its name

Point = tuple[float, float]


@dataclass(frozen=True)
class Scale:
    """A way from values to pixels and back.

    Attributes
    ----------
    low, high : float
        Values at the ends.
    start, end : float
        Pixels at the ends.
    kind : {"linear", "log", "symlog"}
        As Vega calls them; ``"symlog"`` is log(1 + value), for counts that may be 0.
    """

    low: float
    high: float
    start: float
    end: float
    kind: str = "linear"

    def __call__(self, value: float) -> float:
        """Return where a value lies."""
        low, high, at = (self._even(v) for v in (self.low, self.high, value))
        return self.start + (self.end - self.start) * (at - low) / ((high - low) or 1.0)

    def back(self, pixel: float) -> float:
        """Return the value that lies there."""
        low, high = self._even(self.low), self._even(self.high)
        at = low + (high - low) * (pixel - self.start) / (self.end - self.start)
        if self.kind == "log":
            return float(np.exp(at))
        return float(np.expm1(at)) if self.kind == "symlog" else at

    def _even(self, value: float) -> float:
        if self.kind == "log":
            return float(np.log(value))
        return float(np.log1p(value)) if self.kind == "symlog" else float(value)


def across(curve: Curve, start: float, end: float) -> Scale:
    """Return the scale of the axis across: from the first point to the last."""
    values = curve.frame[curve.x].astype(float)
    low, high = float(values.min()), float(values.max())
    kind = "linear"
    if curve.logarithmic:
        kind = "log" if low > 0 else "symlog"
    if low == high:  # one point: in the middle
        low, high = (low / 2, high * 2) if kind == "log" else (low - 0.5, high + 0.5)
    return Scale(low, high, start, end, kind)


def upwards(curve: Curve, start: float, end: float) -> tuple[Scale, list[float]]:
    """Return the scale of the axis upwards, and evenly spaced round numbers on it."""
    low, high = float(curve.frame["low"].min()), float(curve.frame["high"].max())
    levels = round_levels(*_with(low, high, [value for _, value in curve.beside]))
    return Scale(levels[0], levels[-1], start, end), levels


def _with(low: float, high: float, beside: Sequence[float]) -> tuple[float, float]:
    """Return a range that holds baselines too, but none that would press the lines together."""
    own = high - low or abs(high) or 1.0
    for value in sorted(beside, key=lambda v: max(low - v, v - high)):
        start, end = min(low, value), max(high, value)
        if own >= LEAST * (end - start):
            low, high = start, end
    return low, high


def round_levels(low: float, high: float) -> list[float]:
    """Return round numbers that enclose the data, of those with three to six the closest."""
    span = max(high - low, 1e-6 * max(abs(high), 1e-3))
    best: list[float] = []
    for power in range(int(np.floor(np.log10(span))) - 1, int(np.floor(np.log10(span))) + 2):
        for digit in (1, 2, 2.5, 5):
            step = digit * 10.0**power
            first, last = np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9)
            if not 2 <= last - first <= 5:
                continue
            found = [float(v) for v in np.arange(first, last + 1) * step]
            if not best or found[-1] - found[0] < best[-1] - best[0] - 1e-9 * span:
                best = found
    return best or [low - span / 2, low, low + span / 2]


def room(curve: Curve) -> float:
    """Return how much room the names of the lines need beside the last point."""
    names = [name for name, _ in curve.lines if name]
    return max((GAP + width(name, NAME) * BOLD for name in names), default=0.0)


def names(curve: Curve, x: Scale, y: Scale, right: float) -> dict[str, Point]:
    """Return where the name of each line begins: by its end, on no other name and on no line.

    Parameters
    ----------
    curve : Curve
        Lines with names.
    x, y : Scale
        Where their points lie.
    right : float
        Where the picture ends.
    """
    paths = {
        name: [(x(a), y(b)) for a, b in zip(of[curve.x], of[curve.y], strict=True)]
        for name, of in curve.lines
    }
    dots = np.concatenate([_dots(path) for path in paths.values()])
    placed: dict[str, Point] = {}
    boxes: list[tuple[float, float, float, float]] = []
    top, bottom = min(y.start, y.end), max(y.start, y.end)
    for name, path in sorted(paths.items(), key=lambda item: -item[1][-1][0]):
        wide = width(name, NAME) * BOLD
        end, level = path[-1]
        best = np.inf
        for at in (end + GAP, end - wide / 2, end - wide):
            for down in range(-120, 121, 2):
                middle = level + down
                box = (at, middle - NAME / 2, at + wide, middle + NAME / 2)
                if box[2] > right or not top <= middle <= bottom or _meets(box, boxes):
                    continue
                crossed = _inside(dots, box)
                cost = 40 * min(crossed, 5) + abs(down) + (0 if at > end else 12)
                if cost < best:
                    best, placed[name] = cost, (at, middle)
        at, middle = placed.setdefault(name, (min(end + GAP, right - wide), level))
        boxes.append((at, middle - NAME / 2, at + wide, middle + NAME / 2))
    return {name: placed[name] for name in paths}


def _dots(path: Sequence[Point]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return points every few pixels along a line."""
    points = np.array(path, dtype=np.float64)
    if len(points) == 1:
        return points
    share = np.linspace(0, 1, 24)[:, None, None]
    return np.asarray(points[:-1] * (1 - share) + points[1:] * share).reshape(-1, 2)


def _inside(dots: np.ndarray[tuple[int, int], np.dtype[np.float64]], box: Sequence[float]) -> int:
    left, top, right, bottom = box
    across_it = (dots[:, 0] > left - 3) & (dots[:, 0] < right + 3)
    return int((across_it & (dots[:, 1] > top - 3) & (dots[:, 1] < bottom + 3)).sum())


def _meets(box: Sequence[float], others: Sequence[Sequence[float]]) -> bool:
    return any(
        box[0] < other[2] + 4
        and other[0] < box[2] + 4
        and box[1] < other[3] + 2
        and other[1] < box[3] + 2
        for other in others
    )
