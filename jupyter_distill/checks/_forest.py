"""A plain forest that is fitted to the truth alone: what anybody could know without the teacher."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._softmax import log_floored
from jupyter_distill.checks._subject import Positions, Subject, truth_of
from jupyter_distill.data import Table
from jupyter_distill.targets import Predictions

Floats = NDArray[np.float64]

TREES, LEAF = 200, 2
LEAST, MOST = 20, 10_000  # rows that it is fitted to


@dataclass(frozen=True, eq=False)
class Forest:
    """A forest, and what each of its rows gets from the trees that did not learn from it.

    Attributes
    ----------
    rows : ndarray of int
        Positions in the subject's table of the rows that it was fitted to.
    aside : ndarray of shape (rows, K) or (rows,)
        Log-probabilities, or numbers, out of bag.
    """

    rows: Positions
    aside: Floats
    _model: Any
    _levels: list[Floats]
    _classes: int

    @classmethod
    def of(cls, subject: Subject, seed: int | None) -> Forest | None:
        """Fit one to the rows of X whose truth is known; None where there are hardly any."""
        from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

        rows = subject.taught
        if len(rows) < LEAST:
            return None
        if len(rows) > MOST:
            rows = np.sort(np.random.default_rng(seed).choice(rows, MOST, replace=False))
        targets = subject.targets.take(rows)
        levels = levels_of(subject.table.values[rows])
        ranks = places(subject.table.values[rows], levels)
        numbers = isinstance(targets, Predictions)
        kind = RandomForestRegressor if numbers else RandomForestClassifier
        model = kind(TREES, min_samples_leaf=LEAF, oob_score=True, random_state=seed)
        model.fit(ranks, truth_of(targets))
        if isinstance(targets, Predictions):
            return cls(rows, model.oob_prediction_, model, levels, 0)
        p = spread(model.oob_decision_function_, model.classes_, targets.n_classes)
        return cls(rows, log_floored(p), model, levels, targets.n_classes)

    def scored(self, subject: Subject) -> Floats:
        """Return what it says of the rows on which the teacher is measured, out of bag."""
        assert subject.scored is not None
        output = self.output(subject.scored[0])
        place = np.full(subject.table.n_rows, -1)
        place[self.rows] = np.arange(len(self.rows))
        place = place[subject.scored_rows]
        output[place >= 0] = self.aside[place[place >= 0]]
        return output

    def output(self, table: Table) -> Floats:
        """Return log-probabilities, or numbers, for rows that it was not fitted to."""
        ranks = places(table.values, self._levels)
        if not self._classes:
            return np.asarray(self._model.predict(ranks), dtype=np.float64)
        p = spread(self._model.predict_proba(ranks), self._model.classes_, self._classes)
        return log_floored(p)


def spread(p: Floats, classes: Any, k: int) -> Floats:
    """Return a column for every class, also for those that no row had."""
    whole = np.zeros((len(p), k))
    whole[:, np.asarray(classes, dtype=np.intp)] = p
    return whole


def levels_of(values: Floats) -> list[Floats]:
    """Return the values of every column, sorted."""
    return [np.unique(column[~np.isnan(column)]) for column in values.T]


def places(values: Floats, levels: list[Floats]) -> Floats:
    """Return the place of every value among the levels: trees know no float64. NaN stays."""
    found = np.full(values.shape, np.nan)
    for j, known in enumerate(levels):
        there = ~np.isnan(values[:, j])
        found[there, j] = np.searchsorted(known, values[there, j])
    return found
