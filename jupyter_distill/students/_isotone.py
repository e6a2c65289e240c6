"""Isotonic regression on a partial order, for any convex loss."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import brentq, linprog
from scipy.special import expit, logsumexp

from jupyter_distill._softmax import softmax
from jupyter_distill._validation import expected
from jupyter_distill.constraints import MonotoneDemand
from jupyter_distill.data import Column
from jupyter_distill.students._monotone import cover, order_edges
from jupyter_distill.students._nodes import Nodes
from jupyter_distill.targets import CompositeLoss

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

GAIN = 1e-9  # share of the slopes in a block below which dividing it gains nothing but rounding
FAR = 60.0  # log-odds beyond which no probability changes
ROOM = 1e-3  # share of what a class could take that is left to the others


class Leaves(ABC):
    """What leaves cost as a function of one score each, convex in it."""

    @abstractmethod
    def slopes(self, at: Ints, scores: Floats) -> Floats:
        """Return the derivatives of the weighted loss of the leaves `at`."""

    @abstractmethod
    def best(self, at: Ints) -> float:
        """Return the one score for all leaves `at` that costs least."""


@dataclass(frozen=True, eq=False)
class MeanLeaves(Leaves):
    """Squared errors: leaves of some weight whose rows have some mean."""

    weights: Floats
    means: Floats

    def slopes(self, at: Ints, scores: Floats) -> Floats:
        return 2 * self.weights[at] * (scores - self.means[at])

    def best(self, at: Ints) -> float:
        return float(np.average(self.means[at], weights=self.weights[at]))


@dataclass(frozen=True, eq=False)
class OddsLeaves(Leaves):
    """The composite loss in the log-odds of one class against the rest, whose mix stays.

    Attributes
    ----------
    weights : ndarray of shape (L,)
        Weight of each leaf.
    others : ndarray of shape (L, K)
        Logits of the other classes, whose probabilities sum to 1; the entry of the class is not
        read.
    of_class : int
        The class.
    soft, labels : ndarray of shape (L, K), and None
        Mean soft targets and class shares.
    loss : CompositeLoss
        What is minimised.
    """

    weights: Floats
    others: Floats
    of_class: int
    soft: Floats
    labels: Floats | None
    loss: CompositeLoss

    @classmethod
    def of(
        cls,
        logits: Floats,
        of_class: int,
        weights: Floats,
        soft: Floats,
        labels: Floats | None,
        loss: CompositeLoss,
    ) -> OddsLeaves:
        """Take the mix of the other classes from logits."""
        rest = np.arange(logits.shape[1]) != of_class
        others = logits - logsumexp(logits[:, rest], axis=1, keepdims=True)
        return cls(weights, others, of_class, soft, labels, loss)

    def logits(self, at: Ints, scores: Floats) -> Floats:
        """Return the logits of the leaves `at`."""
        z = self.others[at].copy()
        z[:, self.of_class] = scores
        return z

    def slopes(self, at: Ints, scores: Floats) -> Floats:
        labels = None if self.labels is None else self.labels[at]
        slope = self.loss.gradient_at(self.logits(at, scores), labels, self.soft[at])
        return np.asarray(self.weights[at] * slope[:, self.of_class])

    def best(self, at: Ints) -> float:
        def slope(score: float) -> float:
            return float(self.slopes(at, np.full(len(at), score)).sum())

        if slope(-FAR) >= 0:
            return -FAR
        if slope(FAR) <= 0:
            return FAR
        return float(brentq(slope, -FAR, FAR, xtol=1e-13, rtol=1e-14))


def isotone(leaves: Leaves, n: int, edges: Ints) -> Floats:
    """Return the scores of least cost among those in order.

    One score for all is divided where raising one part and lowering the other gains most, which
    a linear programme finds exactly; the parts are divided in turn until nothing is gained. For
    convex losses the outcome is the exact minimiser.

    Parameters
    ----------
    leaves : Leaves
        What the n leaves cost.
    n : int
        Number of leaves.
    edges : ndarray of int, shape (E, 2)
        The score of the first may not exceed that of the second; no circles.

    References
    ----------
    J. Spouge, H. Wan, W. J. Wilbur: Least squares isotonic regression in two dimensions, 2003.
    R. Luss, S. Rosset: Generalized isotonic regression, 2014.
    """
    scores = np.empty(n)
    blocks: list[Ints] = [np.arange(n)]
    while blocks:
        block = blocks.pop()
        score = leaves.best(block)
        inside = np.isin(edges, block).all(1)
        slopes = leaves.slopes(block, np.full(len(block), score))
        rises = _rising(slopes, np.searchsorted(block, edges[inside]))
        if rises is None:
            scores[block] = score
        else:
            blocks += [block[rises], block[~rises]]
    # what rounding has left in the wrong order
    for _ in range(n):
        least = scores.copy()
        np.maximum.at(least, edges[:, 1], scores[edges[:, 0]])
        if (least == scores).all():
            break
        scores = least
    return scores


def _rising(slopes: Floats, edges: Ints) -> NDArray[np.bool_] | None:
    """Return which leaves to raise above the others; None if that gains nothing."""
    n, size = len(slopes), np.abs(slopes).sum()
    if n == 1 or size == 0:
        return None
    if len(edges) == 0:
        rises = slopes < 0
        return None if rises.all() or not rises.any() else rises
    e = np.arange(len(edges))
    pairs = sparse.csr_array(
        (np.repeat([1.0, -1.0], len(edges)), (np.tile(e, 2), edges.T.ravel())),
        shape=(len(edges), n),
    )
    found = linprog(
        slopes / np.abs(slopes).max(), A_ub=pairs, b_ub=np.zeros(len(edges)), bounds=(0, 1)
    )
    if found.x is None:
        raise RuntimeError(f"The order of the leaves could not be solved: {found.message}")
    rises = found.x > 0.5
    if rises.all() or not rises.any() or slopes[rises].sum() >= -GAIN * size:
        return None
    return np.asarray(rises)


def ordered_pairs(
    nodes: Nodes, columns: Sequence[Column], demands: Sequence[MonotoneDemand]
) -> Ints:
    """Return the order of the leaves, by their place among the leaves, under some demands."""
    found = [order_edges(nodes, columns, d.feature, d.sign) for d in demands]
    edges = cover(np.unique(np.concatenate([np.empty((0, 2), dtype=np.intp), *found]), axis=0))
    return np.searchsorted(nodes.leaves, edges)


def isotone_numbers(
    nodes: Nodes,
    columns: Sequence[Column],
    demands: Sequence[MonotoneDemand],
    answers: Floats,
    weights: Floats,
) -> Floats:
    """Return a regression tree's answers with the leaves in order, at the least squared error.

    Parameters
    ----------
    nodes, columns, demands
        The tree and what it has to keep.
    answers : ndarray of shape (m, 1)
        What each node says, the (shrunken) mean of its rows.
    weights : ndarray of shape (m,)
        Weight of the rows at each node.

    Returns
    -------
    ndarray of shape (m, 1)
        Those of inner nodes are as they were.
    """
    leaves = nodes.leaves
    edges = ordered_pairs(nodes, columns, demands)
    filled = answers.copy()
    if len(edges):
        costs = MeanLeaves(weights[leaves], answers[leaves, 0])
        filled[leaves, 0] = isotone(costs, len(leaves), edges)
    return filled


def isotone_logits(
    nodes: Nodes,
    columns: Sequence[Column],
    demands: Sequence[MonotoneDemand],
    answers: Floats,
    weights: Floats,
    soft: Floats,
    labels: Floats | None,
    loss: CompositeLoss,
) -> Floats:
    """Return a classification tree's answers with the leaves in order, at the least loss.

    The log-odds of the class that is meant are moved; the mix of the others stays. Where several
    classes are meant they are taken in turn, and each gets at most what the ones before it have
    left: the order then is exact still, the loss the least that this way allows.

    Parameters
    ----------
    nodes, columns, demands
        The tree and what it has to keep.
    answers : ndarray of shape (m, K)
        Logits at each node.
    weights : ndarray of shape (m,)
        Weight of the rows at each node.
    soft, labels : ndarray of shape (m, K); labels may be None
        Mean soft targets and class shares at each node.
    loss : CompositeLoss
        What is minimised.

    Returns
    -------
    ndarray of shape (m, K)
        Those of inner nodes are as they were.
    """
    leaves = nodes.leaves
    every = np.arange(len(leaves))
    z = answers[leaves]
    named = list(dict.fromkeys(d.of_class for d in demands))
    if z.shape[1] > 2 and len(named) == z.shape[1]:
        raise ValueError(
            expected(
                f"directions of at most {z.shape[1] - 1} of {z.shape[1]} classes for a tree",
                got="directions of all of them",
                remedy="Leave the class out that matters least: it takes what the others leave.",
            )
        )
    done: dict[int, Floats] = {}  # probabilities of the classes that are in order
    for k in named:
        assert k is not None
        edges = ordered_pairs(nodes, columns, [d for d in demands if d.of_class == k])
        mean = labels[leaves] if labels is not None else None
        costs = OddsLeaves.of(z, k, weights[leaves], soft[leaves], mean, loss)
        scores = costs.others[:, k]
        if len(edges):
            scores = isotone(costs, len(leaves), edges)
        if not done:
            z = costs.logits(every, scores)
            done[k] = expit(scores)
            continue
        room = (1 - np.sum(list(done.values()), axis=0)) * (1 - ROOM)
        for _ in every:  # no more than any leaf above has room for
            np.minimum.at(room, edges[:, 0], room[edges[:, 1]])
        done[k] = np.minimum(expit(scores), room)
        z = _shared(z, done)
    filled = answers.copy()
    filled[leaves] = z - z.mean(1, keepdims=True)
    return filled


def _shared(z: Floats, given: dict[int, Floats]) -> Floats:
    """Return logits at which some classes have given probabilities and the rest keep their mix."""
    p = softmax(z)
    rest = np.array([k for k in range(z.shape[1]) if k not in given], dtype=np.intp)
    if len(rest):
        left = 1 - sum(given.values())
        p[:, rest] *= (left / p[:, rest].sum(1))[:, None]
    for k, share in given.items():
        p[:, k] = share
    return np.asarray(np.log(p))
