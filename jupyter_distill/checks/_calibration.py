"""Findings of probabilities, and of numbers, that are not what happens on average."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from jupyter_distill._paired import LEVEL, chance
from jupyter_distill._resample import FEW
from jupyter_distill._shares import percent
from jupyter_distill._softmax import log_softmax
from jupyter_distill._wilson import Z
from jupyter_distill.checks import _reliability as reliability
from jupyter_distill.checks._subject import Looked, Subject, truth_of
from jupyter_distill.findings import Finding
from jupyter_distill.targets import Predictions, SoftTargets

OFF = 0.05  # points by which probabilities are off, beyond what chance alone makes of them
SEED = 0  # of the labels that are drawn: the same figures whenever one looks
DECILES, IN_BIN = 10, 10
STEEP = 0.2  # by how much the slope of the truth may differ from 1
ENOUGH = 30  # rows below which neither is looked at

MEND = (
    "Calibrate it on rows that it did not see, e.g. CalibratedClassifierCV("
    "FrozenEstimator(model)).fit(X_new, y_new), and distil the result{}."
)


def calibration(subject: Subject) -> Looked:
    """Look whether the teacher's probabilities, or its numbers, are right on average.

    Where the teacher may have learnt from the rows its answers are truer there than elsewhere, so
    that only one kind of fault can be told: to be surer than is right even so.
    """
    if subject.scored is None or subject.scored[1].n_rows < ENOUGH:
        return Looked()
    targets = subject.scored[1]
    if isinstance(targets, Predictions):
        return _of_numbers(subject, targets)
    return _of_classes(subject, targets)


def _of_classes(subject: Subject, targets: SoftTargets) -> Looked:
    labels = truth_of(targets)
    scores, right = targets.at(1.0).max(1), targets.predicted == labels
    curve = reliability.reliability(scores, right)
    return Looked(list(_off(subject, targets, scores, right, curve)), {"reliability": curve})


def _off(
    subject: Subject,
    targets: SoftTargets,
    scores: NDArray[np.float64],
    right: NDArray[np.bool_],
    curve: pd.DataFrame,
) -> Iterator[Finding]:
    over, n, where = not subject.unseen, len(scores), subject.where
    place = reliability.bins(scores)
    error = reliability.ece(scores, right, place, over=over)
    if error < OFF:
        return
    drawn = reliability.ece_by_chance(scores, place, SEED, over=over)
    usual = float(drawn.mean())
    p = float((1 + (drawn >= error).sum()) / (1 + len(drawn)))
    if error - usual < OFF or p >= LEVEL:
        return
    mean, share = float(scores.mean()), float(right.mean())
    temperature, _, _, least = reliability.likeliest_temperature(targets, truth_of(targets))
    loss = float(-log_softmax(targets.logits)[np.arange(n), truth_of(targets)].mean())
    helps = (
        f"; T = {temperature:.2g} alone takes its log loss from {loss:.3f} to {least:.3f}"
        if least < 0.98 * loss
        else ""
    )
    way = "surer than it is right" if mean > share else "less sure than it is right"
    if abs(mean - share) < error / 2:
        way = "surer than it is right of some rows, and less sure of others"
    yield Finding(
        "miscalibrated-teacher",
        f"The teacher is {way}: on {n:,} {where} it says {percent(mean)} of the class that it "
        f"names, which is right for {percent(share)}; by bin it is off by {percent(error)}, where "
        f"chance alone would make it {percent(usual)} ({chance(p)}).",
        {
            "ECE": error,
            "ECE by chance": usual,
            "p": p,
            "mean confidence": mean,
            "accuracy": share,
            "likeliest T": temperature,
            "log loss": loss,
            "log loss at that T": least,
            where: n,
        },
        MEND.format(helps),
        curve,
    )


def _of_numbers(subject: Subject, targets: Predictions) -> Looked:
    said, truth = targets.values, truth_of(targets)
    deciles = by_decile(said, truth)
    found = list(_steep(subject, said, truth, deciles))
    return Looked(found, {"deciles": deciles})


def by_decile(said: NDArray[np.float64], truth: NDArray[np.float64]) -> pd.DataFrame:
    """Return the mean of the truth beside that of the answers, by tenths of the answers."""
    count = max(1, min(DECILES, len(said) // IN_BIN))
    cuts = np.unique(np.quantile(said, np.arange(1, count) / count, method="higher"))
    place = np.unique(np.searchsorted(cuts, said, side="right"), return_inverse=True)[1]
    rows = np.bincount(place)
    error = said - truth
    mean = np.bincount(place, weights=error) / rows
    square = np.bincount(place, weights=error**2) / rows
    with np.errstate(divide="ignore", invalid="ignore"):
        half = Z * np.sqrt(np.maximum(square - mean**2, 0) / (rows - 1))
    half[rows < FEW] = np.nan
    return pd.DataFrame(
        {
            "rows": rows,
            "said": np.bincount(place, weights=said) / rows,
            "true": np.bincount(place, weights=truth) / rows,
            "error": mean,
            "low": mean - half,
            "high": mean + half,
        }
    )


def _steep(
    subject: Subject,
    said: NDArray[np.float64],
    truth: NDArray[np.float64],
    deciles: pd.DataFrame,
) -> Iterator[Finding]:
    """Look whether the truth rises by one where the teacher's number does."""
    n, spread = len(said), said - said.mean()
    total = float((spread**2).sum())
    if total <= 1e-12 * float((said**2).sum()):
        return
    slope = float((spread * truth).sum() / total)
    # of rows that scatter unequally, and those far out weigh the more (HC3)
    off = truth - truth.mean() - slope * spread
    lever = np.minimum(1 / n + spread**2 / total, 0.99)
    error = float(np.sqrt(((spread * off / (1 - lever)) ** 2).sum()) / total)
    p = float(2 * stats.t.sf(abs(slope - 1) / max(error, 1e-300), n - 2))
    low, high = slope - Z * error, slope + Z * error
    extreme = slope < 1
    if abs(slope - 1) < STEEP or p >= LEVEL or not (subject.unseen or extreme):
        return
    how = "too extreme" if extreme else "too cautious"
    yield Finding(
        "miscalibrated-teacher",
        f"The teacher's numbers are {how}: on {n:,} {subject.where} the truth rises by {slope:.2f} "
        f"(95 % interval {low:.2f} to {high:.2f}) where they rise by 1 ({chance(p)}).",
        {"slope": slope, "slope from": low, "slope to": high, "p": p, subject.where: n},
        "Regress the truth on its numbers for rows that it did not see, and distil what comes of "
        "that; or give the truth more weight (alpha).",
        deciles,
    )
