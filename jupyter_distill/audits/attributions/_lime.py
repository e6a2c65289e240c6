"""The `lime` package asked for its numbers, with the owner's own cells in every row it makes."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._optional import require
from jupyter_distill.audits.attributions.local_surrogate import Local
from jupyter_distill.data import Table
from jupyter_distill.data._cells import gathered, movable, moved

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Ask = Callable[[Table], Floats]

SEEDS = 3
ALL = 10**6  # scores are explained, however many there are
MISSING = -2.0  # code of what is missing; -1 is a value that the columns do not list


def lime_values(
    table: Table, row: int, background: Places, asks: list[Ask], samples: int, seed: int
) -> list[Local]:
    """Explain models near one row by LIME, for several seeds.

    Numbers are not cut into quartiles, categories are told to it as such and decoded before a
    model is asked. LIME knows no missing values: of categories and booleans they are a value of
    their own, of numbers the median is put in their place.

    Parameters
    ----------
    table : Table
        Rows.
    row : int
        Place of the row.
    background : ndarray of int
        Places of the rows that it learns means, spreads and frequencies from.
    asks : list of callable
        From rows to scores of shape (m, J), one per model.
    samples : int
        Per seed.
    seed : int
        The first of `SEEDS`.

    References
    ----------
    M. T. Ribeiro, S. Singh, C. Guestrin: "Why should I trust you?", 2016.
    """
    # its numbers alone: what it draws in notebooks needs an IPython that is gone
    require("lime", extra="audit", feature="LIME")
    tabular: Any = import_module("lime.lime_tabular")
    coded = _Coded(table, np.append(background, row))
    found = []
    for ask in asks:
        fits = []
        for turn in range(SEEDS):
            drawn = int(np.random.SeedSequence([seed, row, turn]).generate_state(1)[0])
            explainer = tabular.LimeTabularExplainer(
                coded.values[:-1],
                mode="classification",  # takes any number of scores
                categorical_features=coded.categorical,
                discretize_continuous=False,
                feature_selection="none",
                random_state=drawn,
            )
            fits.append(_one(explainer, coded, ask, samples))
        weights = np.array([fit[0] for fit in fits])
        r2 = float(np.mean([fit[1] for fit in fits]))
        found.append(Local(weights.mean(0), weights.std(0, ddof=1), r2, SEEDS * samples))
    return found


def _one(explainer: Any, coded: _Coded, ask: Ask, samples: int) -> tuple[Floats, float]:
    d, scores = coded.values.shape[1], 0

    def predict(rows: Floats) -> Floats:
        nonlocal scores
        said = ask(coded.rows(rows))
        scores = said.shape[1]
        return said

    with warnings.catch_warnings():
        # scores need not sum to 1 for what is read of it
        warnings.filterwarnings("ignore", "\\s*Prediction probab", UserWarning)
        made = explainer.explain_instance(
            coded.values[-1],
            predict,
            top_labels=ALL,
            num_features=d,
            num_samples=samples,
        )
    weights = np.zeros((d, scores))
    for label in range(scores):
        for place, weight in made.local_exp[label]:
            weights[place, label] = weight
    r2 = made.score if isinstance(made.score, dict) else {0: made.score}
    return weights, float(np.mean([float(of) for of in r2.values()]))


class _Coded:
    """Rows as the numbers LIME takes, and back to the owner's cells."""

    def __init__(self, table: Table, places: Places) -> None:
        self.table, self.places = table, places
        self.values = table.values[places].copy()
        numeric = np.array([column.kind == "numeric" for column in table.columns])
        self.categorical = np.flatnonzero(~numeric).tolist()
        self.numeric = np.flatnonzero(numeric)
        self.move = movable(table)
        for j in range(table.n_columns):
            missing = np.isnan(self.values[:, j])
            if not missing.any():
                continue
            if not numeric[j]:
                self.values[missing, j] = MISSING
            else:
                known = self.values[:-1][~missing[:-1], j]
                self.values[missing, j] = np.median(known) if known.size else 0.0

    def rows(self, coded: Floats) -> Table:
        """Return rows of the owner's type, each cell one that was seen, or a number like it."""
        n, d = coded.shape
        source = np.empty((n, d), dtype=np.intp)
        move = np.zeros((n, d), dtype=bool)
        numbers = coded.copy()
        for j in range(d):
            seen, first = np.unique(self.values[:, j], return_index=True)
            # of numbers that cannot be written in the owner's type the nearest that was seen
            middle = (seen[1:] + seen[:-1]) / 2
            source[:, j] = self.places[first[np.searchsorted(middle, coded[:, j])]]
            move[:, j] = self.move[j]
            if self.table.columns[j].integer:
                numbers[:, j] = np.round(numbers[:, j])
        return (
            moved(self.table, source, move, numbers) if move.any() else gathered(self.table, source)
        )
