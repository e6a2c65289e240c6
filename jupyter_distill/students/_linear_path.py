"""Which columns a linear model of each size reads: an L1 path, steps forward, and swaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.students._linear_fit import CLOSE, Fit, Lesson, fit
from jupyter_distill.students._linear_limits import SignPenalty

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

PENALTIES = 20  # of the L1 path
STEPS = 60  # proximal steps at each of them: enough to see who enters
SWAPS = 3  # tries per size to exchange the weakest column for a better one


class Selection:
    """Looks for the columns of the table with which the loss is least, for every size.

    Parameters
    ----------
    matrix : ndarray of shape (n, p)
        Columns of spread about 1.
    lesson : Lesson
        The loss of the same rows.
    groups : ndarray of int, shape (p,)
        Column of the table of each column of the matrix: they enter and leave together.
    bounds : tuple of two ndarray of shape (p, J)
        Least and largest coefficients.
    required : sequence of int
        Columns of the table that every model reads.
    penalty : SignPenalty, optional
        Signs that are wanted at a price.
    """

    def __init__(
        self,
        matrix: Floats,
        lesson: Lesson,
        groups: Ints,
        bounds: tuple[Floats, Floats],
        required: Iterable[int] = (),
        penalty: SignPenalty | None = None,
    ) -> None:
        self.penalty = penalty
        self.matrix, self.lesson, self.groups, self.bounds = matrix, lesson, groups, bounds
        self.names = np.unique(groups)
        self.known: dict[frozenset[int], tuple[float, Floats, dict[int, float]]] = {}
        self.last: tuple[Floats, Floats] | None = None
        self.required = frozenset(g for g in required if g in self.names)

    def supports(self, size: int, rivals: Sequence[frozenset[int]] = ()) -> list[frozenset[int]]:
        """Return the best columns that were found for the sizes 1 to `size`.

        Parameters
        ----------
        size : int
            Most columns.
        rivals : sequence of frozenset of int
            Columns that are worth a try too, by size.
        """
        entered = self._entered()
        chosen: frozenset[int] = self.required
        best: list[frozenset[int]] = []
        for k in range(1, min(size, len(self.names)) + 1):
            if len(chosen) < k:
                chosen = chosen | {self._next(chosen)}
            found = self._swapped(chosen)
            rival = self.required | frozenset(
                [g for g in entered if g not in self.required][: max(k - len(self.required), 0)]
            )
            if len(rival) <= max(k, len(self.required)) and rival != found[1]:
                if self._slope(rival)[0] < found[0]:
                    found = min(found, self._swapped(rival), key=lambda f: f[0])
            if k <= len(rivals) and self._slope(rivals[k - 1])[0] < found[0]:
                found = self._swapped(rivals[k - 1])
            chosen = found[1]
            best.append(chosen)
        return best

    def fit(self, chosen: Iterable[int]) -> tuple[NDArray[np.bool_], Fit]:
        """Return which columns of the matrix are read, and the fit to them."""
        on = np.isin(self.groups, list(chosen))
        bounds = self.bounds[0][on], self.bounds[1][on]
        start = None
        if self.last is not None:  # what the last fit said of the same columns
            start = Fit(self.last[0][on], self.last[1], np.inf)
        penalty = None if self.penalty is None else self.penalty.within(on)
        found = fit(self.matrix[:, on], self.lesson, bounds, start, CLOSE, penalty)
        coef = np.zeros((len(on), self.lesson.n_scores))
        coef[on] = found.coef
        self.last = coef, found.intercept
        return on, found

    def _slope(self, chosen: frozenset[int]) -> tuple[float, Floats, dict[int, float]]:
        """Return the loss, its gradient (p, J), and the size of each column's coefficients."""
        if chosen not in self.known:
            self.known[chosen] = self._fresh_slope(chosen)
        return self.known[chosen]

    def _fresh_slope(self, chosen: frozenset[int]) -> tuple[float, Floats, dict[int, float]]:
        on, found = self.fit(chosen)
        scores = self.matrix[:, on] @ found.coef + found.intercept
        _, slope = self.lesson.value(scores)
        groups = self.groups[on]
        weight = {g: float(np.linalg.norm(found.coef[groups == g])) for g in chosen}
        return found.value, self.matrix.T @ slope, weight

    def _gains(self, gradient: Floats, without: Iterable[int]) -> dict[int, float]:
        """Return how steeply the loss falls with each column that may be added."""
        low, high = self.bounds
        step = np.where(
            gradient > 0, np.where(low < 0, -gradient, 0), np.where(high > 0, -gradient, 0)
        )
        squares = (step**2).sum(1)
        if step.shape[1] > 1:
            # what all classes get alike counts for nothing: a class that is held at 0 would
            # make the step of the others seem longer than it is
            around = ((step - step.mean(1, keepdims=True)) ** 2).sum(1)
            squares = squares**2 / np.maximum(around, 1e-300)
        sums = np.bincount(self.groups, squares)
        left_out = frozenset(without)
        return {int(g): float(sums[g]) for g in self.names if g not in left_out}

    def _next(self, chosen: frozenset[int]) -> int:
        gains = self._gains(self._slope(chosen)[1], chosen)
        return max(gains, key=lambda g: gains[g])

    def _swapped(self, chosen: frozenset[int]) -> tuple[float, frozenset[int]]:
        """Exchange the weakest column for the most wanted one as long as that pays."""
        value, gradient, weight = self._slope(chosen)
        tried: set[tuple[int, int]] = set()
        for _ in range(SWAPS):
            weak = [g for g in sorted(weight, key=lambda g: weight[g]) if g not in self.required]
            gains = self._gains(gradient, chosen)
            if not weak or not gains:
                break
            # without its weakest columns the model wants others than it wants beside them
            pair = None
            for out in weak[:2]:
                rest = chosen - {out}
                wanted = self._gains(self._slope(rest)[1], rest)
                into = max(wanted, key=lambda g: wanted[g])
                if into != out and (out, into) not in tried:
                    pair = out, into
                    break
            if pair is None:
                break
            tried.add(pair)
            other = chosen - {pair[0]} | {pair[1]}
            found = self._slope(other)
            if found[0] < value - 1e-9:
                chosen, (value, gradient, weight) = other, found
        return value, chosen

    def _entered(self) -> list[int]:
        """Return the columns in the order in which they enter the L1 path.

        Proximal gradient steps with a soft threshold per column of the table (group lasso; Yuan
        and Lin, 2006; Beck and Teboulle, 2009), from the penalty at which none is left downwards.
        """
        convex = self.lesson.convex
        p, j = self.matrix.shape[1], convex.n_scores
        rows = np.sqrt(convex.weights)[:, None] * self.matrix
        steep = convex.curvature
        length = 1 / max(steep * float(np.linalg.norm(rows, 2)) ** 2, 1e-12)
        w, b = np.zeros((p, j)), np.zeros(j)
        place = np.searchsorted(self.names, self.groups)
        roots = np.sqrt(np.bincount(place))
        lasting = np.ascontiguousarray(self.matrix.T)  # rows side by side, as the loss wants them

        def norms(of: Floats) -> Floats:
            return np.asarray(np.sqrt(np.bincount(place, (of**2).sum(1))))

        def slope_at(w: Floats, b: Floats) -> Floats:
            return convex.slope(w.T @ lasting + b[:, None])

        for _ in range(STEPS):
            b = b - slope_at(w, b).sum(1) / steep
        gradient = lasting @ slope_at(w, b).T
        top = float((norms(gradient) / roots).max())
        order: list[int] = []
        for penalty in top * np.geomspace(0.9, 0.01, PENALTIES):
            ahead, speed = w.copy(), 1.0
            for _ in range(STEPS):
                slope = slope_at(ahead, b)
                step = np.clip(ahead - length * (lasting @ slope.T), *self.bounds)
                keep = 1 - length * penalty * roots / np.maximum(norms(step), 1e-300)
                new = step * np.maximum(keep, 0.0)[place, None]
                faster = (1 + np.sqrt(1 + 4 * speed**2)) / 2
                ahead, w, speed = new + (speed - 1) / faster * (new - w), new, faster
                b = b - slope.sum(1) / steep
            size = norms(w)
            fresh = [int(g) for g in self.names[np.argsort(-size)] if g not in order]
            order += [g for g in fresh if size[np.searchsorted(self.names, g)] > 0]
        return order
