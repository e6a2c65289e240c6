"""The cost of a net on all rows and its exact slope, written out, as a descent asks it so often.

Torch finds the same slope by itself, in more than twice the time for nets as small as these; a test
holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.students._net_losses import NetLesson
from jupyter_distill.students._net_weights import NetWeights

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SlopePenalty:
    """Slopes that should not be negative, and what it costs where they are.

    Attributes
    ----------
    columns : ndarray of int, shape (m,)
        Columns of the design matrix.
    directions : ndarray of shape (m, O)
        The combination of outputs whose slope, times its sign, should not be negative.
    price : float
        Cost of the mean squared negative slope.
    """

    columns: NDArray[np.intp]
    directions: Floats
    price: float

    def within(self, used: NDArray[np.intp]) -> SlopePenalty:
        """Return the same over some columns of the design matrix."""
        kept = np.isin(self.columns, used)
        columns = np.searchsorted(used, self.columns[kept])
        return SlopePenalty(columns, self.directions[kept], self.price)

    def cost_and_slope(
        self, net: NetWeights, hidden: Floats, share: Floats
    ) -> tuple[float, NetWeights, Floats]:
        """Return the cost, its slope in the weights, and that in what the units say, (n, H)."""
        at, along = self.columns, self.directions
        told = net.out @ along.T
        bent = 1 - hidden**2
        ways = net.first[at].T * told
        wrong = np.minimum(bent @ ways + (net.skip[at] * along).sum(1), 0)
        pull = 2 * self.price * share[:, None] * wrong
        of_ways = bent.T @ pull
        slope = NetWeights(*(np.zeros_like(part) for part in net.arrays))
        np.add.at(slope.first, at, (of_ways * told).T)
        slope.out[:] = (of_ways * net.first[at].T) @ along
        np.add.at(slope.skip, at, pull.sum(0)[:, None] * along)
        cost = self.price * float(share @ (wrong**2).sum(1))
        return cost, slope, -2 * hidden * (pull @ ways.T)


def cost_and_slope(
    net: NetWeights,
    X: Floats,
    share: Floats,
    lesson: NetLesson,
    ridge: float,
    penalty: SlopePenalty | None,
) -> tuple[float, NetWeights]:
    """Return the cost of a net and its slope in every weight.

    Parameters
    ----------
    share : ndarray of shape (n,)
        Weights of the rows; they sum to 1.
    """
    hidden = net.hidden(X)
    value, of_said = lesson.value_and_slope(hidden @ net.out + X @ net.skip + net.intercept)
    of_said = share[:, None] * of_said
    cost = float(share @ value)
    back = of_said @ net.out.T
    slope = NetWeights(
        ridge * net.first,
        np.zeros_like(net.bias),
        hidden.T @ of_said + ridge * net.out,
        X.T @ of_said + ridge * net.skip,
        of_said.sum(0),
    )
    for part in (net.first, net.out, net.skip):
        cost += ridge / 2 * float((part**2).sum())
    if penalty is not None:
        more, extra, of_hidden = penalty.cost_and_slope(net, hidden, share)
        cost, back = cost + more, back + of_hidden
        for part, added in zip(slope.arrays, extra.arrays, strict=True):
            part += added
    back *= 1 - hidden**2
    slope.first[:] += X.T @ back
    slope.bias[:] += back.sum(0)
    return cost, slope
