"""The Gaussian copula of mixed columns: their ranks, and how these go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from sklearn.covariance import ledoit_wolf_shrinkage

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

TRIALS = 4_000  # rows drawn to see which correlations come out
ROUNDS = 8
NEAR = 0.005  # a correlation this near the one asked for is right


@dataclass(frozen=True, eq=False)
class Margin:
    """The distribution of one column, by rank.

    Attributes
    ----------
    rows : ndarray of int, shape (m,)
        Rows whose value is known, by rank; rows of equal values in random order.
    scores : ndarray of shape (m,)
        The normal score of each rank, the mean over equal values; standardised.
    n : int
        Number of rows, known or not.
    """

    rows: Places
    scores: Floats
    n: int

    @classmethod
    def of(cls, values: Floats, numeric: bool, rng: np.random.Generator) -> Margin:
        """Rank numbers by size, and categories by how frequent they are."""
        known = np.flatnonzero(~np.isnan(values))
        _, level, count = np.unique(values[known], return_inverse=True, return_counts=True)
        place = np.arange(len(count))
        if not numeric:
            place[np.argsort(-count, kind="stable")] = np.arange(len(count))
        rank = place[level]
        order = np.lexsort((rng.random(len(known)), rank))
        normal = ndtri((np.arange(len(known)) + 0.5) / max(len(known), 1))
        rank = rank[order]
        mean = np.bincount(rank, normal) / np.maximum(np.bincount(rank), 1)
        scores = mean[rank] - (normal.mean() if known.size else 0.0)
        spread = float(np.sqrt(np.mean(scores**2))) if len(count) > 1 else 0.0
        scores = scores / spread if spread else np.zeros(len(known))
        return cls(known[order], scores, len(values))

    def ranks(self, normals: Floats) -> Places:
        """Return the rank that a normal number stands for."""
        m = len(self.rows)
        ranks: Places = np.minimum((ndtr(normals) * m).astype(np.intp), m - 1)
        return ranks

    def column(self) -> Floats:
        """Return the score of each row, NaN where it is missing."""
        column = np.full(self.n, np.nan)
        column[self.rows] = self.scores
        return column


def root(margins: Sequence[Margin], rng: np.random.Generator) -> Floats:
    """Return a matrix that gives independent normal numbers the columns' correlations."""
    scores = np.column_stack([margin.column() for margin in margins])
    asked = correlation(scores)
    shrinkage = ledoit_wolf_shrinkage(np.nan_to_num(scores), assume_centered=True)
    asked *= 1 - shrinkage
    np.fill_diagonal(asked, 1.0)
    drawn = _independent(len(margins), rng)
    latent = asked.copy()
    for _ in range(ROUNDS):
        # Ranks of few values are coarse, which weakens correlations: ask for more until they fit.
        got = correlation(_scored(margins, drawn @ _root(latent).T))
        short = asked - got
        np.fill_diagonal(short, 0.0)
        if np.abs(short).max() < NEAR:
            break
        latent = np.clip(latent + short, -1.0, 1.0)
    return _root(latent)


def correlation(scores: Floats) -> Floats:
    """Return the correlations of standardised scores over the rows where both are known."""
    known = ~np.isnan(scores)
    filled = np.where(known, scores, 0.0)
    squares = (filled**2).T @ known
    scale = np.sqrt(squares * squares.T)
    found: Floats = np.zeros_like(scale)
    np.divide(filled.T @ filled, scale, out=found, where=scale > 0)
    return found


def _scored(margins: Sequence[Margin], normals: Floats) -> Floats:
    scored = np.zeros_like(normals)
    for j, margin in enumerate(margins):
        if margin.rows.size:
            scored[:, j] = margin.scores[margin.ranks(normals[:, j])]
    return scored


def _root(correlations: Floats) -> Floats:
    """Return a root of the nearest matrix that can be one of correlations."""
    sizes, axes = np.linalg.eigh(correlations)
    found = axes * np.sqrt(np.clip(sizes, 0.0, None))
    unit: Floats = found / np.linalg.norm(found, axis=1, keepdims=True)
    return unit


def _independent(width: int, rng: np.random.Generator) -> Floats:
    """Draw normal numbers whose own correlations are zero, where there are rows enough for that."""
    rows = max(TRIALS, 4 * width)
    drawn = rng.normal(size=(rows, width))
    drawn -= drawn.mean(axis=0)
    axes, _ = np.linalg.qr(drawn)
    exact: Floats = axes * np.sqrt(rows)
    return exact
