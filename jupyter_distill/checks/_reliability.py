"""How far probabilities are from what happens: the reliability curve, ECE and their like."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from jupyter_distill._softmax import log_softmax
from jupyter_distill._wilson import wilson
from jupyter_distill.targets import SoftTargets

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.intp]

BINS = 15
DRAWN = 999  # labels drawn from the probabilities, to learn what ECE comes by chance
AT_A_TIME = 2_000_000  # numbers drawn at a time, to bound the memory
MANY = 50_000  # rows beyond which sums over bins are drawn from their normal limit instead
COLDEST, WARMEST = 0.02, 50.0  # temperatures between which the likeliest is looked for
CHI2 = 3.841458820694124  # 95 % of a chi-square distribution of one degree lie below


def bins(scores: Floats) -> Codes:
    """Return the bin of each row: at most `BINS` of about as many rows, equal scores together."""
    cuts = np.quantile(scores, np.arange(1, BINS) / BINS, method="higher")
    place = np.searchsorted(np.unique(cuts), scores, side="right")
    return np.asarray(np.unique(place, return_inverse=True)[1], dtype=np.intp)


def reliability(scores: Floats, happened: Flags) -> pd.DataFrame:
    """Return one row per bin: mean score, how often it happened with 95 % interval, rows."""
    place = bins(scores)
    rows = np.bincount(place)
    mean, share = (np.bincount(place, weights=v) / rows for v in (scores, happened))
    ends = [wilson(float(s), int(n)) for s, n in zip(share, rows, strict=True)]
    return pd.DataFrame(
        {
            "rows": rows,
            "said": mean,
            "happened": share,
            "low": [low for low, _ in ends],
            "high": [high for _, high in ends],
        }
    )


def ece(
    scores: Floats, happened: Flags, place: Codes | None = None, *, over: bool = False
) -> float:
    """Return the expected calibration error: how far scores are off by bin, weighted by rows.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Probabilities.
    happened : ndarray of bool, shape (n,)
        Whether what they are of was so.
    place : ndarray of int, optional
        Bin of each row.
    over : bool
        Whether to count only bins where the scores are too high.

    References
    ----------
    M. P. Naeini, G. Cooper, M. Hauskrecht: Obtaining Well Calibrated Probabilities Using Bayesian
    Binning. AAAI 2015. Bins of equal mass: K. Nguyen, B. O'Connor, EMNLP 2015.
    """
    off = np.bincount(bins(scores) if place is None else place, weights=scores - happened)
    return float(np.maximum(off, 0.0 if over else -off).sum() / len(scores))


def ece_by_chance(scores: Floats, place: Codes, seed: int | None, *, over: bool = False) -> Floats:
    """Return ECE of labels drawn from the scores, sorted: what it is where nothing is wrong.

    References
    ----------
    J. Bröcker, L. A. Smith: Increasing the Reliability of Reliability Diagrams. Weather and
    Forecasting, 2007.
    """
    rng = np.random.default_rng(seed)
    n, order = len(scores), np.argsort(place, kind="stable")
    sorted_scores, starts = scores[order], np.searchsorted(place[order], np.arange(place.max() + 1))
    if n > MANY:
        spread = np.sqrt(np.add.reduceat(sorted_scores * (1 - sorted_scores), starts))
        off = rng.normal(size=(DRAWN, len(starts))) * spread
        return np.sort(np.maximum(off, 0.0 if over else -off).sum(1) / n)
    said = np.add.reduceat(sorted_scores, starts)
    drawn: list[Floats] = []
    for _ in range(-(-DRAWN * n // AT_A_TIME)):
        size = min(DRAWN - sum(map(len, drawn)), max(1, AT_A_TIME // n))
        happened = rng.random((size, n), dtype=np.float32) < sorted_scores
        off = said - np.add.reduceat(happened, starts, axis=1, dtype=np.int64)
        drawn.append(np.maximum(off, 0.0 if over else -off).sum(1) / n)
    return np.sort(np.concatenate(drawn))


def classwise_ece(targets: SoftTargets, labels: Codes) -> Floats:
    """Return the expected calibration error of the probability of each class, shape (K,).

    References
    ----------
    M. Kull et al.: Beyond temperature scaling: Obtaining well-calibrated multi-class probabilities
    with Dirichlet calibration. NeurIPS 2019.
    """
    p = targets.at(1.0)
    return np.array([ece(p[:, k], labels == k) for k in range(targets.n_classes)])


def likeliest_temperature(targets: SoftTargets, labels: Codes) -> tuple[float, float, float, float]:
    """Return the T at which the labels are likeliest, its 95 % interval, and their log loss there.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun, K. Weinberger: On Calibration of Modern Neural Networks. ICML 2017.
    The interval is that of the profile of the likelihood.
    """
    rows = np.arange(len(labels))

    def loss(log_t: float) -> float:
        return float(-log_softmax(targets.logits, np.exp(log_t))[rows, labels].mean())

    ends = np.log(COLDEST), np.log(WARMEST)
    found = minimize_scalar(loss, bounds=ends, method="bounded", options={"xatol": 1e-4})
    best, least = float(found.x), float(found.fun)
    high_enough = least + CHI2 / 2 / len(labels)
    low, high = (_crossing(loss, best, end, high_enough) for end in ends)
    return float(np.exp(best)), float(np.exp(low)), float(np.exp(high)), least + 0.0


def _crossing(loss: Callable[[float], float], inside: float, outside: float, level: float) -> float:
    """Return where a loss that is least inside reaches a level on the way out."""
    if loss(outside) <= level:
        return outside
    for _ in range(30):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if loss(middle) > level else (middle, outside)
    return outside
