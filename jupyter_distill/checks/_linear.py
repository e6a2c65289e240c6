"""A plain linear model of the labels, fitted fold by fold, asked about rows it did not learn."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._softmax import log_floored
from jupyter_distill.checks._forest import spread
from jupyter_distill.data import Table

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

FOLDS = 5
LEVELS = 20  # of a category that get a column of their own
FAR = 5.0  # standard deviations beyond which a number counts no more


def out_of_fold(table: Table, labels: Codes, classes: int, seed: int | None) -> Floats:
    """Return log-probabilities of every row, of a model that did not learn from it.

    Parameters
    ----------
    table : Table
        Rows.
    labels : ndarray of int, shape (n,)
        Codes of their classes.
    classes : int
        How many classes there are.
    seed : int or None
        Seed of the folds, which hold each class in proportion.

    Returns
    -------
    ndarray of shape (n, classes)
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    n = len(labels)
    X = design(table)
    fold = np.empty(n, dtype=np.intp)
    fold[np.lexsort((np.random.default_rng(seed).random(n), labels))] = np.arange(n) % FOLDS
    p = np.zeros((n, classes))
    for k in range(FOLDS):
        learnt, aside = fold != k, fold == k
        known = np.unique(labels[learnt])
        if len(known) < 2:
            p[np.ix_(aside, known)] = 1.0
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the last digits do not matter
            model = LogisticRegression(max_iter=200).fit(X[learnt], labels[learnt])
        p[aside] = spread(model.predict_proba(X[aside]), model.classes_, classes)
    return log_floored(p)


def design(table: Table) -> Floats:
    """Return numbers in standard deviations, a column per category, and one per kind of gap."""
    columns = []
    for j, column in enumerate(table.columns):
        values = table.values[:, j]
        gap = np.isnan(values)
        if column.kind == "numeric":
            known = values[~gap]
            middle, scale = (known.mean(), known.std()) if len(known) else (0.0, 0.0)
            columns.append(np.where(gap, 0.0, (values - middle) / (scale or 1.0)).clip(-FAR, FAR))
        else:
            levels, counts = np.unique(values[~gap], return_counts=True)
            for level in levels[np.argsort(-counts, kind="stable")][:LEVELS]:
                columns.append((values == level).astype(np.float64))
        if gap.any():
            columns.append(gap.astype(np.float64))
    return np.column_stack(columns)
