"""Which labels are probably wrong, and how many: from answers of models that did not learn them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import chi2

from jupyter_distill._softmax import log_softmax

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

STARTS = (0.01, 0.1)  # shares of wrong labels that the search starts from
STEEPER = (1.0, 2.7)  # and slopes, in those that fit where no label is wrong
LARGEST = 0.5
HOLD = 1e-4  # keeps slopes finite where classes are told apart without fault


class Lapse(NamedTuple):
    """How many labels are any label rather than that of their row.

    Attributes
    ----------
    share : float
        Of rows whose label is not the one that the row has.
    low, high : float
        Its 95 % interval.
    p : float
        How likely chance alone makes labels that are right look so.
    """

    share: float
    low: float
    high: float
    p: float


def lapse(models: Sequence[Floats], labels: Codes) -> Lapse:
    """Estimate the share of wrong labels beside answers that need not be calibrated.

    The label of a row is drawn from softmax(a z + a' z' + ... + b), but for a share of rows for
    which it is any of the K classes: so that even the clearest rows have wrong labels, which no a
    and b explain. Rows that are merely hard to tell do not have that mark. Several models, of
    different kinds, leave less to be taken for wrong that one of them alone cannot say.

    Parameters
    ----------
    models : sequence of ndarray of shape (n, K)
        Logits z of models that did not learn from the row.
    labels : ndarray of int, shape (n,)
        Labels as they are, each class at least once.

    References
    ----------
    D. Angluin, P. Laird: Learning from Noisy Examples, 1988 (labels that are wrong at random).
    F. Wichmann, N. J. Hill: The psychometric function I, 2001 (the lapse rate, fitted together with
    slope and bias).
    """
    m, (n, k) = len(models), models[0].shape
    stack = np.stack([_standardised(z) for z in models])
    size, rows = m + k - 1, np.arange(n)

    def loss(point: Floats, any_label: float) -> float:
        z = np.tensordot(point[:m], stack, 1) + np.append(0.0, point[m:size])
        p = np.exp(log_softmax(z)[rows, labels])
        mixed = (1 - any_label) * p + any_label / k
        held = HOLD * float((point[:size] ** 2).mean())
        return float(-np.log(np.maximum(mixed, 1e-300)).mean()) + held

    def fitted(any_label: float, start: Floats) -> tuple[float, Floats]:
        found = minimize(loss, start, args=(any_label,), method="L-BFGS-B")
        return float(found.fun), np.asarray(found.x)

    none, plain = fitted(0.0, np.append(np.full(m, 1 / m), np.zeros(k - 1)))
    best, point, any_label = none, plain, 0.0
    for start in STARTS:
        for steeper in STEEPER:
            begin = np.append(plain, np.log(start / (1 - start)))
            begin[:m] *= steeper
            found = minimize(lambda x: loss(x[:size], expit(x[size])), begin, method="L-BFGS-B")
            if found.fun < best:
                best, any_label = float(found.fun), float(expit(found.x[size]))
                point = np.asarray(found.x[:size])
    p = 0.5 * float(chi2.sf(2 * n * (none - best), 1))  # the share lies on the edge of what can be
    wide = float(chi2.isf(0.05, 1)) / 2 / n

    def outside(share: float) -> bool:
        return bool(fitted(share, point)[0] > best + wide)

    low = _edge(outside, any_label, 0.0) if outside(0.0) else 0.0
    high = _edge(outside, any_label, LARGEST) if outside(LARGEST) else LARGEST
    wrong = (k - 1) / k  # any label may be the right one
    return Lapse(wrong * any_label, wrong * low, wrong * high, p)


def _standardised(logits: Floats) -> Floats:
    z = logits - logits.mean(1, keepdims=True)
    return np.asarray(z / max(float(z.std()), 1e-12))


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
