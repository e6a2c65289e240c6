"""How faithful every rung of a ladder is: each measure with its 95 % interval and its baselines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill import _resample as resample
from jupyter_distill._shares import percent
from jupyter_distill._wilson import wilson
from jupyter_distill.audits._intervals import Interval, mean_intervals
from jupyter_distill.audits._models import LABELS_ONLY, MAJORITY, MEAN, TEACHER, Models
from jupyter_distill.distillation import ClassRung, Distillation, Ladder, NumberRung
from jupyter_distill.targets import KL, CompositeLoss, Predictions, SoftTargets
from jupyter_distill.targets.squared import SquaredLoss

Floats = NDArray[np.float64]

# What a baseline is called beside its line, and what it is.
BASELINES = {
    LABELS_ONLY: "the same student fitted to the labels alone, without the teacher",
    MAJORITY: "always the teacher's most common class",
    MEAN: "always the mean of what the teacher says",
    TEACHER: "the teacher itself",
}


@dataclass(frozen=True)
class Measure:
    """One figure of every rung, in the order of the ladder.

    Attributes
    ----------
    name : str
        As in the ladder's frame; ``"loss"`` is the composite loss.
    title, short : str
        In full, and beside a figure.
    share : bool
        Whether it is written as percent.
    more : bool
        Whether more of it is better.
    intervals : tuple of Interval
        One a rung; the ends are NaN where there are no rows to measure them on.
    baselines : tuple of (str, Interval)
        Who is measured by the same on the same rows.
    """

    name: str
    title: str
    short: str
    share: bool
    more: bool
    intervals: tuple[Interval, ...]
    baselines: tuple[tuple[str, Interval], ...]

    @property
    def decimals(self) -> int:
        """Decimals that give the largest figure three digits."""
        figures = np.abs(np.array(self.intervals, dtype=np.float64))
        figures = figures[np.isfinite(figures) & (figures > 0)]
        power = int(np.floor(np.log10(figures.max()))) if figures.size else 0
        return min(max(2 - power, 0), 6)

    def write(self, value: float) -> str:
        """Write a figure to read; a dash where there is none."""
        if self.share:
            return percent(value)
        if not np.isfinite(value):
            return "\N{INFINITY}" if value > 0 else "\N{EN DASH}"
        digits = self.decimals
        return f"{round(value, digits) + 0.0:,.{digits}f}"  # no -0.000


def measures(ladder: Ladder, d: Distillation | None) -> tuple[Measure, ...]:
    """Return what is known of every rung, what counts first first.

    Parameters
    ----------
    ladder : Ladder
        Whose rungs.
    d : Distillation or None
        Which holds the rows they were measured on. Without it there are only the figures that the
        rungs hold: no interval of any but the first, and no baseline but the teacher.
    """
    if isinstance(ladder.rung(), NumberRung):
        found = _held_numbers(ladder) if d is None else _numbers(ladder, d)
    else:
        found = _held_classes(ladder) if d is None else _classes(ladder, d)
    return tuple(m for m in found if not all(np.isnan(i.value) for i in m.intervals))


def _agreement(ladder: Ladder, baselines: tuple[tuple[str, Interval], ...]) -> Measure:
    """Return what rungs are chosen by, as it stands in them."""
    own = tuple(Interval(r.fidelity, r.low, r.high) for r in ladder)
    if isinstance(ladder.rung(), NumberRung):
        title = "R2 to the teacher on held-out rows"
        return Measure("r2", title, "R2 to the teacher", False, True, own, baselines)
    title = "Agreement with the teacher on held-out rows"
    return Measure("fidelity", title, "agreement", True, True, own, baselines)


def _kl(values: Sequence[Interval], baselines: tuple[tuple[str, Interval], ...] = ()) -> Measure:
    title = "KL(teacher || student) on held-out rows, nats"
    return Measure("kl", title, "KL, nats", False, False, tuple(values), baselines)


def _accuracy(
    values: Sequence[Interval], baselines: tuple[tuple[str, Interval], ...] = ()
) -> Measure:
    title = "Accuracy, against the truth of held-out rows"
    return Measure("accuracy", title, "accuracy", True, True, tuple(values), baselines)


def _rmse(values: Sequence[Interval], baselines: tuple[tuple[str, Interval], ...] = ()) -> Measure:
    title = "RMSE to the teacher on held-out rows, in the unit of the target"
    return Measure("rmse", title, "RMSE to the teacher", False, False, tuple(values), baselines)


def _r2_truth(
    values: Sequence[Interval], baselines: tuple[tuple[str, Interval], ...] = ()
) -> Measure:
    title = "R2 to the true values of held-out rows"
    return Measure("r2_truth", title, "R2 to the truth", False, True, tuple(values), baselines)


def _held_classes(ladder: Ladder) -> list[Measure]:
    rungs = [r for r in ladder if isinstance(r, ClassRung)]
    return [
        _agreement(ladder, ((TEACHER, _exactly(1.0)),)),
        _kl([_alone(r.kl) for r in rungs], ((TEACHER, _exactly(0.0)),)),
        _accuracy([_alone(r.accuracy) for r in rungs]),
    ]


def _held_numbers(ladder: Ladder) -> list[Measure]:
    rungs = [r for r in ladder if isinstance(r, NumberRung)]
    return [
        _agreement(ladder, ((TEACHER, _exactly(1.0)),)),
        _rmse([_alone(r.rmse) for r in rungs], ((TEACHER, _exactly(0.0)),)),
        _r2_truth([_alone(r.r2_truth) for r in rungs]),
    ]


def _alone(value: float) -> Interval:
    return Interval(value, np.nan, np.nan)


def _exactly(value: float) -> Interval:
    return Interval(value, value, value)


def _split(
    n: int, names: Sequence[str], all_of: Sequence[Interval]
) -> tuple[tuple[Interval, ...], tuple[tuple[str, Interval], ...]]:
    """Tell the intervals of `n` rungs from those of the baselines behind them."""
    return tuple(all_of[:n]), tuple(zip(names, all_of[n:], strict=True))


def _asked(ladder: Ladder, d: Distillation) -> tuple[Any, list[Floats], list[str]]:
    """Return what the teacher says of held-out rows, then rungs and baselines, and these' names."""
    beside = Models.of(d, "held_out")
    others = dict(list(beside.models.items())[1:])
    said = [rung.student.output(beside.table) for rung in ladder]
    return beside.targets, [*said, *others.values()], list(others)


def _classes(ladder: Ladder, d: Distillation) -> list[Measure]:
    targets, said, names = _asked(ladder, d)
    assert isinstance(targets, SoftTargets)
    n, seed = len(ladder), d.random_state
    loss = CompositeLoss(d.alpha, d.temperature or 1.0)

    def shares(code: NDArray[np.intp], rows: NDArray[np.bool_]) -> list[Interval]:
        right = [float((z.argmax(1) == code)[rows].mean()) for z in said]
        return [Interval(v, *wilson(v, int(rows.sum()))) for v in right]

    def means(of: CompositeLoss) -> list[Interval]:
        rows = np.column_stack([of.per_row(z, targets) for z in said])
        return _means(rows, targets.weights, seed)

    _, alike = _split(n, names, shares(targets.predicted, np.ones(targets.n_rows, bool)))
    found = [_agreement(ladder, (*alike, (TEACHER, _exactly(1.0))))]
    kl, beside = _split(n, names, means(KL))
    found.append(_kl(kl, (*beside, (TEACHER, _exactly(0.0)))))
    if (loss.alpha, loss.temperature) != (KL.alpha, KL.temperature):
        values, beside = _split(n, names, means(loss))
        title = f"Composite loss on held-out rows, alpha = {loss.alpha:g}, T = {loss.temperature:g}"
        found.append(Measure("loss", title, "composite loss", False, False, values, beside))
    if targets.known is not None and targets.known.any():
        said = [*said, targets.logits]
        right = shares(np.asarray(targets.labels), targets.known)
        values, beside = _split(n, [*names, TEACHER], right)
        found.append(_accuracy(values, beside))
    return found


def _means(rows: Floats, weights: Floats | None, seed: int | None) -> list[Interval]:
    """Return the mean of every column; the ends are NaN where a mean has no bound."""
    if weights is not None:
        rows = rows * (weights / weights.mean())[:, None]
    finite = np.atleast_1d(np.isfinite(rows).all(axis=0))
    everywhere = np.ones((len(rows), 1), dtype=bool)
    shares = [False] * int(finite.sum())
    known = iter(
        mean_intervals(rows[:, finite], everywhere, shares, seed)[0] if finite.any() else []
    )
    return [next(known) if ok else _alone(np.inf) for ok in finite.tolist()]


def _numbers(ladder: Ladder, d: Distillation) -> list[Measure]:
    targets, said, names = _asked(ladder, d)
    assert isinstance(targets, Predictions)
    n, seed = len(ladder), d.random_state

    def of(target: Floats, rows: Any, measure: Callable[[Floats], Floats]) -> list[Interval]:
        parts = [resample.r2_columns(one[rows], target[rows]) for one in said]
        # drawn together: the same rows for all
        drawn = np.split(resample.resampled_means(np.hstack(parts), seed), len(parts), axis=1)
        pairs = zip(parts, drawn, strict=True)
        return [Interval(*resample.interval(part, means, measure)) for part, means in pairs]

    every = slice(None)
    _, alike = _split(n, names, of(targets.values, every, resample.r2))
    rmse, beside = _split(n, names, of(targets.values, every, _root))
    found = [
        _agreement(ladder, (*alike, (TEACHER, _exactly(1.0)))),
        _rmse(rmse, (*beside, (TEACHER, _exactly(0.0)))),
    ]
    if d.alpha > 0:
        loss = SquaredLoss(d.alpha)
        rows = np.column_stack([loss.per_row(one, targets) for one in said])
        values, beside = _split(n, names, _means(rows, targets.weights, seed))
        title = f"Composite loss on held-out rows, alpha = {loss.alpha:g}"
        found.append(Measure("loss", title, "composite loss", False, False, values, beside))
    if targets.truth is not None and targets.known is not None and targets.known.any():
        said = [*said, targets.values]
        values, beside = _split(n, [*names, TEACHER], of(targets.truth, targets.known, resample.r2))
        found.append(_r2_truth(values, beside))
    return found


def _root(means: Floats) -> Floats:
    return np.sqrt(np.maximum(means[..., 0], 0.0))
