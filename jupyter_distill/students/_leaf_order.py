"""The answers of a tree with its leaves in the order that constraints demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logsumexp

from jupyter_distill._softmax import softmax
from jupyter_distill._validation import expected
from jupyter_distill.constraints import MonotoneDemand
from jupyter_distill.data import Column
from jupyter_distill.students._isotone import Leaves, MeanLeaves, isotone
from jupyter_distill.students._monotone import cover, order_edges
from jupyter_distill.students._nodes import Nodes
from jupyter_distill.targets import CompositeLoss

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

FAR = 60.0  # log-odds beyond which no probability changes
HALVINGS = 58  # of their range: what is left is rounding
ROOM = 1e-3  # share of what a class could take that is left to the others
MOST = 1 - 1e-6  # of the probability, for the first of several classes


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

    def alone(self) -> Floats:
        every = np.arange(len(self.weights))
        low, high = np.full(len(every), -FAR), np.full(len(every), FAR)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            rises = self.slopes(every, middle) < 0
            low, high = np.where(rises, middle, low), np.where(rises, high, middle)
        return np.asarray((low + high) / 2)


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
    least = np.finfo(float).tiny
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
            done[k] = np.clip(expit(scores), least, MOST)
            continue
        room = (1 - np.sum(list(done.values()), axis=0)) * (1 - ROOM)
        for _ in every:  # no more than any leaf above has room for
            np.minimum.at(room, edges[:, 0], room[edges[:, 1]])
        done[k] = np.clip(expit(scores), least, room)
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
