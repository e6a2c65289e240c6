"""Which weights and units a net can do without, and what is left of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.students._net_train import Course, descend
from jupyter_distill.students._net_weights import Limits, NetWeights

Floats = NDArray[np.float64]

JUDGED = 5_000  # rows that tell what a weight is worth
OPENED = 1e-6  # where a weight starts that may become one
# Of what the best net explains on held-out rows, the part that is not worth another weight: where
# a teacher is followed almost exactly, the spread of the differences is next to nothing.
SPARED = 1e-3


@dataclass(frozen=True)
class Training:
    """How long a net is looked for.

    Attributes
    ----------
    epochs : int
        Passes in batches, at most.
    starts : int
        Random starts of which the best one is kept, where there are not many rows.
    descent : int
        Steps of descent after the batches.
    refit : int
        Steps of descent after each cut.
    finish : int
        Steps on all rows, with the weights that are left.
    kept : tuple of two float
        Share of the weights that stay in a round of cuts: where many are left, and where few are.
    thorough : bool
        Whether nets of fewer weights than allowed are tried.
    """

    epochs: int = 200
    starts: int = 2
    descent: int = 150
    refit: int = 20
    finish: int = 60
    kept: tuple[float, float] = (0.7, 0.8)
    thorough: bool = True


@dataclass(frozen=True, eq=False)
class Rules:
    """What pruning has to respect.

    Attributes
    ----------
    limits : Limits
        Ranges of the weights.
    groups : ndarray of int, shape (p,)
        Column of the table that each column of the design matrix belongs to.
    required : tuple of int
        Columns of the table that keep a weight.
    most : int or None
        Columns of the table that may keep any.
    """

    limits: Limits
    groups: NDArray[np.intp]
    required: tuple[int, ...] = ()
    most: int | None = None

    def only(self, units: NDArray[np.intp]) -> Rules:
        """Return the rules for a net of some of the units."""
        return Rules(self.limits.only(units), self.groups, self.required, self.most)


Candidate = tuple[NetWeights, Rules, Floats]


def saliencies(course: Course, net: NetWeights) -> NetWeights:
    """Return by how much the loss would grow without each weight (0 for biases).

    The diagonal second-order estimate of optimal brain damage (LeCun, Denker, Solla, 1990) with
    the Gauss-Newton curvature. What a weight passes on is centred, as a bias takes over its mean.
    """
    X, weights = course.X[:JUDGED], course.weights[:JUDGED]
    share = weights / weights.sum()
    hidden, said = net.hidden(X), net.output(X)
    slope = 1 - hidden**2
    curved = course.lesson.curvature(said, np.eye(net.intercept.size)) * share[:, None]
    along = course.lesson.curvature(said, net.out) * share[:, None] * slope**2
    squares = (X - share @ X) ** 2
    return NetWeights(
        net.first**2 * (squares.T @ along) / 2,
        np.zeros_like(net.bias),
        net.out**2 * (((hidden - share @ hidden) ** 2).T @ curved) / 2,
        net.skip**2 * (squares.T @ curved) / 2,
        np.zeros_like(net.intercept),
    )


def unit_saliencies(course: Course, net: NetWeights) -> Floats:
    """Return by how much the loss would grow without each unit."""
    X, weights = course.X[:JUDGED], course.weights[:JUDGED]
    share = weights / weights.sum()
    hidden = net.hidden(X)
    curved = course.lesson.curvature(net.output(X), net.out) * share[:, None]
    found: Floats = ((hidden - share @ hidden) ** 2 * curved).sum(0) / 2
    return found


def column_saliencies(worth: NetWeights, groups: NDArray[np.intp]) -> Floats:
    """Return the worth of each column of the table."""
    return np.bincount(groups, worth.first.sum(1) + worth.skip.sum(1)).astype(np.float64)


def fewer_units(
    course: Course, net: NetWeights, rules: Rules, units: int, training: Training
) -> tuple[NetWeights, Rules]:
    """Leave out the units that are worth least, and let the others take over."""
    while net.n_units > units:
        gone = max(1, (net.n_units - units) // 2)
        kept = np.sort(np.argsort(unit_saliencies(course, net), kind="stable")[gone:])
        net, rules = net.only(kept), rules.only(kept)
        net = descend(course, net, rules.limits.without_zeros(net), training.refit)
    return net, rules


def straight(
    course: Course, net: NetWeights, rules: Rules, training: Training
) -> tuple[NetWeights, Rules]:
    """Leave out all units, and let the way around them read what they read."""
    none = np.empty(0, dtype=np.intp)
    read = net.columns[:, None]
    net, rules = net.only(none), rules.only(none)
    # a weight of 0 would stay 0
    start = np.where(rules.limits.high.skip > 0, OPENED, -OPENED)
    opened = replace(net, skip=np.where(read & (net.skip == 0), start, net.skip))
    opened = rules.limits.clip(opened)
    free = rules.limits.without_zeros(opened)
    return descend(course, opened, free, training.descent), rules


def fewer_columns(course: Course, net: NetWeights, rules: Rules, training: Training) -> NetWeights:
    """Leave out the columns of the table that are worth least, until no more than allowed are."""
    while rules.most is not None:
        worth = column_saliencies(saliencies(course, net), rules.groups)
        read = np.flatnonzero(np.bincount(rules.groups, net.columns))
        if len(read) <= rules.most:
            break
        spare = np.array([group for group in read if group not in rules.required])
        gone = max(1, (len(read) - rules.most) // 2)
        out = np.isin(rules.groups, spare[np.argsort(worth[spare], kind="stable")[:gone]])[:, None]
        net = NetWeights(
            np.where(out, 0.0, net.first),
            net.bias,
            net.out,
            np.where(out, 0.0, net.skip),
            net.intercept,
        )
        net = descend(course, net, rules.limits.without_zeros(net), training.refit)
    return net


def thinned(course: Course, net: NetWeights, rules: Rules, count: int) -> NetWeights:
    """Set the weights that are worth least to 0 until `count` are left; no refit."""
    worth = saliencies(course, net)
    order = np.concatenate([part.ravel() for part in (worth.first, worth.out, worth.skip)])
    there = np.concatenate([part.ravel() for part in (net.first, net.out, net.skip)]) != 0
    order = np.where(there, order, np.inf)
    h, outputs = net.n_units, net.intercept.size
    of = np.concatenate(
        [np.repeat(rules.groups, h), np.full(h * outputs, -1), np.repeat(rules.groups, outputs)]
    )
    for group in rules.required:
        # the way around the units is kept, as it cannot be cut off behind
        own = np.flatnonzero(there & (of == group))
        straight = own[own >= h * (len(rules.groups) + outputs)]
        own = straight if len(straight) else own
        if len(own):
            order[own[order[own].argmax()]] = np.inf
    gone = np.argsort(order, kind="stable")[: max(0, int(there.sum()) - count)]
    gone = gone[np.isfinite(order[gone])]
    keep = np.ones(len(order))
    keep[gone] = 0.0
    first, out, skip = np.split(keep, [net.first.size, net.first.size + net.out.size])
    return NetWeights(
        net.first * first.reshape(net.first.shape),
        net.bias,
        net.out * out.reshape(net.out.shape),
        net.skip * skip.reshape(net.skip.shape),
        net.intercept,
    )


def pruned(
    course: Course,
    net: NetWeights,
    rules: Rules,
    most: int,
    held: Course | None,
    training: Training,
    spared: float = 0.0,
) -> tuple[NetWeights, Rules]:
    """Return the net with fewest weights, at most `most`, whose loss is no worse; and its rules.

    Weights go in rounds, each with a short refit. No worse is, on the rows that were held out,
    within 0.3 standard errors (of the paired difference) and `spared` of the best with at most
    `most` weights.
    Without such rows, or if not `training.thorough`, the first net of at most `most` is returned.
    """
    found: list[Candidate] = []
    fewest = max(net.intercept.size, len(rules.required), 1)
    while True:
        net, rules = _tidy(net, rules)
        count = net.count
        if count <= most:
            if held is None or not training.thorough:
                return net, rules
            found.append((net, rules, held.row_losses(net)))
        if count <= fewest:
            break
        left = int(count * training.kept[0 if count > 2 * most else 1])
        if count > most:
            left = max(left, most)
        left = max(min(left, count - 1), fewest)
        thin = thinned(course, net, rules, left)
        if thin.count == count:
            break
        net = descend(course, thin, rules.limits.without_zeros(thin), training.refit)
        if found and _worse(held, found, net):
            break
    return fewest_weights(held, found, spared) if held is not None and found else (net, rules)


def _tidy(net: NetWeights, rules: Rules) -> tuple[NetWeights, Rules]:
    kept = np.flatnonzero((net.first != 0).any(0) & (net.out != 0).any(1))
    return net.tidy(), rules.only(kept)


def _mean(held: Course, losses: Floats) -> float:
    return float(np.average(losses, weights=held.weights))


def _worse(held: Course | None, found: list[Candidate], net: NetWeights) -> bool:
    """Say whether a net is so much worse that none with fewer weights can be chosen."""
    assert held is not None
    best = min((losses for *_, losses in found), key=lambda losses: _mean(held, losses))
    return not _close(held, held.row_losses(net), best, 4.0)


def fewest_weights(held: Course, found: list[Candidate], spared: float) -> tuple[NetWeights, Rules]:
    """Return the net with fewest weights of those that are no worse than the best; its rules."""
    best = min((losses for *_, losses in found), key=lambda losses: _mean(held, losses))
    close = [
        (net, rules) for net, rules, losses in found if _close(held, losses, best, 0.3, spared)
    ]
    return min(close, key=lambda each: each[0].count)


def _close(held: Course, losses: Floats, best: Floats, errors: float, spared: float = 0.0) -> bool:
    share = held.weights / held.weights.sum()
    mean = float(share @ (losses - best))
    spread = float(np.sqrt(share**2 @ (losses - best - mean) ** 2))
    return mean <= errors * spread + spared + 1e-12
