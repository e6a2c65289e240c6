"""The fidelity card of rows that were counted where they lie, instead of being looked at here."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill import _resample as resample
from jupyter_distill._wilson import Z, wilson
from jupyter_distill.audits._intervals import UNKNOWN, Interval
from jupyter_distill.audits._models import MAJORITY, MEAN
from jupyter_distill.audits._numbers import OF_MEANS, NumberFidelity, NumberScore
from jupyter_distill.audits._text import WHICH
from jupyter_distill.audits.fidelity import ALL, Fidelity, Score
from jupyter_distill.distillation import Distillation
from jupyter_distill.distillation._census import Census, ClassSums, NumberSums

Floats = NDArray[np.float64]


def counted(d: Distillation, census: Census, rows: str) -> Fidelity | NumberFidelity:
    """Return the card of a census; intervals are the normal ones, and Wilson's of shares."""
    sums = census.held_out if rows == "held_out" else census.held_out + census.learnt
    about: dict[str, Any] = {
        "teacher": d.teacher.name,
        "student": d.title,
        "rows": sums.n_rows,
        "unseen": False,  # of which of so many rows the teacher has seen nothing is known
        "which": WHICH[rows],
    }
    if isinstance(sums, NumberSums):
        return _numbers_card(census.models, sums, about, d.random_state)
    return _classes_card(census.models, sums, [str(c) for c in d.targets.classes], about)


def _classes_card(
    models: tuple[str, ...], sums: ClassSums, classes: list[str], about: dict[str, Any]
) -> Fidelity:
    k = len(classes)
    groups = [(ALL, np.ones(k)), *zip(classes, np.eye(k), strict=True)]
    known, right = sums.known, sums.right
    scores = []
    for m, model in enumerate(models):
        agreed = np.diagonal(sums.named[m])
        for g, (name, of) in enumerate(groups):
            n = float(sums.named[m].sum(1) @ of)
            given = sums.named[m].sum(0)[g - 1] if g else n
            hits = float(agreed @ of)
            scores.append(
                Score(
                    model=MAJORITY if model == "constant" else model,
                    of_class=name,
                    overall=g == 0,
                    rows=int(n),
                    agreement=_share(hits, n),
                    kl=_mean(float(sums.kl[m] @ of), float(sums.kl_squared[m] @ of), n),
                    precision=hits / given if given else float("nan"),
                    accuracy=_share(float(right[m] @ of), float(known @ of)),
                )
            )
    accuracy = _share(float(right[-1].sum()), float(known.sum()))
    return Fidelity(scores=tuple(scores), teacher_accuracy=accuracy, **about)


def _share(hits: float, n: float) -> Interval:
    if not n:
        return UNKNOWN
    return Interval(hits / n, *wilson(hits / n, int(n)))


def _mean(total: float, squares: float, n: float) -> Interval:
    if not n:
        return UNKNOWN
    mean = total / n
    if n < resample.FEW:
        return Interval(mean, float("nan"), float("nan"))
    half = Z * np.sqrt(max(squares / n - mean**2, 0.0) / n)
    return Interval(mean, mean - half, mean + half)


def _numbers_card(
    models: tuple[str, ...], sums: NumberSums, about: dict[str, Any], seed: int | None
) -> NumberFidelity:
    known = bool(sums.to_truth[-1, 0, 0])
    truth = [_measured(one, seed) if known else [UNKNOWN] * 3 for one in sums.to_truth]
    scores = [
        NumberScore(MEAN if model == "constant" else model, *_measured(to, seed), *beside)
        for model, to, beside in zip(models, sums.to_teacher, truth, strict=False)
    ]
    copy = [Interval(1.0, 1.0, 1.0), Interval(0.0, 0.0, 0.0), Interval(0.0, 0.0, 0.0)]
    teacher = NumberScore("teacher", *copy, *truth[-1]) if known else None
    return NumberFidelity(scores=tuple(scores), of_teacher=teacher, **about)


def _measured(products: Floats, seed: int | None) -> list[Interval]:
    """Return R2, RMSE and MAE of sums of products, their means drawn from the normal limit."""
    n = products[0, 0]
    means = products[0, 1:] / n
    spread = products[1:, 1:] / n - np.outer(means, means)
    rng = np.random.default_rng(seed)
    drawn = rng.multivariate_normal(
        means, spread / n, resample.RESAMPLES, method="eigh", check_valid="ignore"
    )
    found = []
    for measure in OF_MEANS:
        value, of_drawn = float(measure(means)), measure(drawn)
        low, high = np.nanquantile(of_drawn, [0.025, 0.975])
        found.append(Interval(value, min(float(low), value), max(float(high), value)))
    return found
