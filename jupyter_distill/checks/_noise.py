"""Which labels are probably wrong, and how many: from answers of models that did not learn them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import chi2

from jupyter_distill._softmax import log_softmax, softmax

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

STARTS = (0.01, 0.1)  # shares of wrong labels that the search starts from
LARGEST = 0.5


@dataclass(frozen=True, eq=False)
class Lapse:
    """How many labels are any label rather than that of their row.

    Attributes
    ----------
    share : float
        Of rows whose label is not the one that the row has.
    low, high : float
        Its 95 % interval.
    p : float
        How likely chance alone makes labels that are right look so.
    right : ndarray of shape (n, K)
        What the answers say of each class once they are calibrated, wrong labels aside.
    """

    share: float
    low: float
    high: float
    p: float
    right: Floats


def lapse(logits: Floats, labels: Codes) -> Lapse:
    """Estimate the share of wrong labels beside answers that need not be calibrated.

    The label of a row is drawn from softmax(a z + b), but for a share of rows for which it is any
    of the K classes: so that even the clearest rows have wrong labels, which no a and b explain.
    Rows that are merely hard to tell do not have that mark.

    Parameters
    ----------
    logits : ndarray of shape (n, K)
        z, of models that did not learn from the row.
    labels : ndarray of int, shape (n,)
        Labels as they are.

    References
    ----------
    D. Angluin, P. Laird: Learning from Noisy Examples, 1988 (labels that are wrong at random).
    F. Wichmann, N. J. Hill: The psychometric function I, 2001 (the lapse rate, fitted together with
    slope and bias).
    """
    n, k = logits.shape
    z = logits - logits.mean(1, keepdims=True)
    z = z / max(float(z.std()), 1e-12)
    rows = np.arange(n)
    pull = 1e-4  # holds a and b where classes are told apart without fault

    def calibrated(point: Floats) -> Floats:
        return log_softmax(np.exp(point[0]) * z + np.append(0.0, point[1:k]))

    def loss(point: Floats, any_label: float) -> float:
        p = np.exp(calibrated(point)[rows, labels])
        mixed = (1 - any_label) * p + any_label / k
        return float(-np.log(np.maximum(mixed, 1e-300)).mean() + pull * (point[:k] ** 2).mean())

    def fitted(any_label: float, start: Floats) -> tuple[float, Floats]:
        found = minimize(loss, start, args=(any_label,), method="L-BFGS-B")
        return float(found.fun), np.asarray(found.x)

    none, plain = fitted(0.0, np.zeros(k))
    best, point, any_label = none, plain, 0.0
    for start in STARTS:
        for steeper in (0.0, 1.0):
            begin = np.append(plain, np.log(start / (1 - start)))
            begin[0] += steeper
            found = minimize(lambda x: loss(x[:k], expit(x[k])), begin, method="L-BFGS-B")
            if found.fun < best:
                best, point, any_label = float(found.fun), found.x[:k], float(expit(found.x[k]))
    p = 0.5 * float(chi2.sf(2 * n * (none - best), 1))  # the share lies on the edge of what can be
    wide = float(chi2.isf(0.05, 1)) / 2 / n

    def outside(share: float) -> bool:
        return bool(fitted(share, point)[0] > best + wide)

    low = 0.0 if not outside(0.0) else _edge(outside, any_label, 0.0)
    high = LARGEST if not outside(LARGEST) else _edge(outside, any_label, LARGEST)
    wrong = (k - 1) / k  # any label may be the right one
    right = softmax(np.exp(point[0]) * z + np.append(0.0, point[1:k]))
    return Lapse(wrong * any_label, wrong * low, wrong * high, p, right)


def _edge(outside: Callable[[float], bool], inner: float, outer: float) -> float:
    for _ in range(8):
        middle = (inner + outer) / 2
        inner, outer = (inner, middle) if outside(middle) else (middle, outer)
    return (inner + outer) / 2


def confident_joint(p: Floats, labels: Codes) -> NDArray[np.intp]:
    """Count rows by their label and by the class that they seem to be, shape (K, K).

    A row seems to be of a class where its probability is at least the mean of those rows that have
    the class for a label; of several such classes it is the likeliest. Rows that seem to be none
    count for nothing.

    References
    ----------
    C. G. Northcutt, L. Jiang, I. L. Chuang: Confident Learning: Estimating Uncertainty in Dataset
    Labels. JAIR 70, 2021.
    """
    k = p.shape[1]
    counts = np.zeros((k, k), dtype=np.intp)
    seems = seeming(p, labels)
    np.add.at(counts, (labels[seems >= 0], seems[seems >= 0]), 1)
    return counts


def seeming(p: Floats, labels: Codes) -> Codes:
    """Return the class that each row seems to be, -1 for none; see :func:`confident_joint`."""
    k = p.shape[1]
    rows = np.bincount(labels, minlength=k)
    own = np.bincount(labels, weights=p[np.arange(len(p)), labels], minlength=k)
    with np.errstate(invalid="ignore", divide="ignore"):
        least = np.where(rows > 0, own / rows, np.inf)
    enough = np.where(p >= least, p, -1.0)
    return np.where(enough.max(1) >= 0, enough.argmax(1), -1)


def suspects(p: Floats, labels: Codes) -> pd.DataFrame:
    """Return the rows that seem to be of another class than their label, the surest first.

    Returns
    -------
    data frame
        ``row`` (position), ``label`` and ``seems`` (codes of classes), ``probability`` of the label
        and ``of_seeming``, that of the other.
    """
    seems = seeming(p, labels)
    rows = np.flatnonzero((seems >= 0) & (seems != labels))
    frame = pd.DataFrame(
        {
            "row": rows,
            "label": labels[rows],
            "seems": seems[rows],
            "probability": p[rows, labels[rows]],
            "of_seeming": p[rows, seems[rows]],
        }
    )
    order = np.argsort(frame["probability"] - frame["of_seeming"], kind="stable")
    return frame.iloc[order].reset_index(drop=True)
