"""How many labels are wrong: what even the clearest rows contradict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import chi2

from jupyter_distill._softmax import softmax

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
    loss = _Loss(np.stack([_standardised(z) for z in models]), labels)
    m, n, k = loss.stack.shape
    none, plain = loss.least(0.0, np.append(np.full(m, 1 / m), np.zeros(k - 1)))
    best, point, any_label = none, plain, 0.0
    for start in STARTS:
        for steeper in STEEPER:
            begin = np.append(plain, np.log(start / (1 - start)))
            begin[:m] *= steeper
            found = minimize(loss.with_share, begin, jac=True, method="L-BFGS-B")
            if found.fun < best:
                best, any_label = float(found.fun), float(expit(found.x[-1]))
                point = np.asarray(found.x[:-1])
    p = 0.5 * float(chi2.sf(2 * n * (none - best), 1))  # the share lies on the edge of what can be
    wide = float(chi2.isf(0.05, 1)) / 2 / n

    def outside(share: float) -> bool:
        return bool(loss.least(share, point)[0] > best + wide)

    low = _edge(outside, any_label, 0.0) if outside(0.0) else 0.0
    high = _edge(outside, any_label, LARGEST) if outside(LARGEST) else LARGEST
    wrong = (k - 1) / k  # any label may be the right one
    return Lapse(wrong * any_label, wrong * low, wrong * high, p)


@dataclass(frozen=True, eq=False)
class _Loss:
    """Mean log loss of labels, by the weights of the models and a bias for every class but one.

    Attributes
    ----------
    stack : ndarray of shape (m, n, K)
        Logits of each model.
    labels : ndarray of int, shape (n,)
    """

    stack: Floats
    labels: Codes

    def at(self, point: Floats, any_label: float) -> tuple[float, Floats, float]:
        """Return the loss and its derivatives, by `point` and by the share of any labels."""
        m, n, k = self.stack.shape
        rows = np.arange(n)
        q = softmax(np.tensordot(point[:m], self.stack, 1) + np.append(0.0, point[m:]))
        own = q[rows, self.labels]
        mixed = np.maximum((1 - any_label) * own + any_label / k, 1e-300)
        weight = (1 - any_label) * own / mixed / n
        by_z = weight[:, None] * q
        by_z[rows, self.labels] -= weight
        slope = np.append(np.tensordot(self.stack, by_z, 2), by_z.sum(0)[1:])
        held = HOLD * float((point**2).mean())
        by_share = float(((own - 1 / k) / mixed).mean())
        value = float(-np.log(mixed).mean()) + held
        return value, slope + 2 * HOLD / len(point) * point, by_share

    def with_share(self, point: Floats) -> tuple[float, Floats]:
        """Return the loss and its slope where the share, as a logit, stands behind the others."""
        share = float(expit(point[-1]))
        value, slope, by_share = self.at(point[:-1], share)
        return value, np.append(slope, by_share * share * (1 - share))

    def least(self, any_label: float, start: Floats) -> tuple[float, Floats]:
        """Return the least loss at a share of any labels, and where it is."""

        def fixed(point: Floats) -> tuple[float, Floats]:
            return self.at(point, any_label)[:2]

        found = minimize(fixed, start, jac=True, method="L-BFGS-B")
        return float(found.fun), np.asarray(found.x)


def _standardised(logits: Floats) -> Floats:
    z = logits - logits.mean(1, keepdims=True)
    return np.asarray(z / max(float(z.std()), 1e-12))


def _edge(outside: Callable[[float], bool], inner: float, outer: float) -> float:
    """Return where the outside begins, between a share inside and one outside."""
    for _ in range(8):
        middle = (inner + outer) / 2
        inner, outer = (inner, middle) if outside(middle) else (middle, outer)
    return (inner + outer) / 2
