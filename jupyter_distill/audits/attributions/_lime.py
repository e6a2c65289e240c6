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
LEVELS = 10  # values, by quantile, that a number which a row lacks is compared with
LEAST = 0.1  # share of the samples that lack it as the row does, so that lacking it can be felt


def lime_values(
    table: Table, row: int, background: Places, asks: list[Ask], samples: int, seed: int
) -> list[Local]:
    """Explain models near one row by LIME, for several seeds.

    Numbers are not cut into quartiles, categories are told to it as such and decoded before a
    model is asked. LIME knows no missing values. Of categories and booleans they are a value of
    their own. A number that the row lacks is told to it as a category: missing, or one of ten
    values that were seen; models are asked about the row as it is. One that the row has is compared
    with known ones alone.

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


def lacking(table: Table, rows: Places) -> bool:
    """Return whether some rows lack a number, which LIME is told as a category then."""
    numeric = [column.kind == "numeric" for column in table.columns]
    return bool(np.isnan(table.values[rows][:, numeric]).any())


class _Coded:
    """Rows as the numbers LIME takes, and back to the owner's cells.

    The last row is the one that is explained.
    """

    def __init__(self, table: Table, places: Places) -> None:
        self.table, self.places = table, places
        self.values = table.values[places].copy()
        numeric = np.array([column.kind == "numeric" for column in table.columns])
        self.move = movable(table)
        self.filled = np.zeros(self.values.shape, dtype=bool)
        self.levels: dict[int, Places] = {}  # rows whose cells stand for the codes of a column
        for j in range(table.n_columns):
            missing = np.isnan(self.values[:, j])
            if not missing.any():
                continue
            if not numeric[j]:
                self.values[missing, j] = MISSING
            elif missing[-1] or missing[:-1].all():
                self._as_levels(j, missing)
            else:  # as the known ones are spread
                known = self.values[:-1][~missing[:-1], j]
                parts = (np.arange(missing.sum()) + 0.5) / missing.sum()
                self.values[missing, j] = np.quantile(known, parts)
                self.filled[missing, j] = True
        self.categorical = sorted({*np.flatnonzero(~numeric).tolist(), *self.levels})

    def _as_levels(self, j: int, missing: NDArray[np.bool_]) -> None:
        """Tell a number as a category: 0 is what the row holds, the others are levels of it."""
        known = np.flatnonzero(~missing[:-1])
        order = known[np.argsort(self.values[known, j], kind="stable")]
        at = (np.arange(min(LEVELS, len(order))) + 0.5) / max(min(LEVELS, len(order)), 1)
        chosen = order[(at * len(order)).astype(np.intp)]
        self.levels[j] = self.places[np.append(len(missing) - 1, chosen)]
        codes = np.zeros(len(missing))
        codes[order] = 1 + np.arange(len(order)) * len(chosen) // max(len(order), 1)
        least = int(np.ceil(LEAST * len(order)))
        short = least - int(missing[:-1].sum())
        if short > 0:
            codes[order[:: -(-len(order) // short)]] = 0
        self.values[:, j] = codes

    def rows(self, coded: Floats) -> Table:
        """Return rows of the owner's type, each cell one that was seen, or a number like it."""
        n, d = coded.shape
        source = np.empty((n, d), dtype=np.intp)
        move = np.zeros((n, d), dtype=bool)
        numbers = coded.copy()
        for j in range(d):
            if j in self.levels:
                source[:, j] = self.levels[j][coded[:, j].astype(np.intp)]
                continue
            own = np.flatnonzero(~self.filled[:, j])
            seen, first = np.unique(self.values[own, j], return_index=True)
            # of numbers that cannot be written in the owner's type the nearest that was seen
            middle = (seen[1:] + seen[:-1]) / 2
            source[:, j] = self.places[own[first[np.searchsorted(middle, coded[:, j])]]]
            move[:, j] = self.move[j]
            if self.table.columns[j].integer:
                numbers[:, j] = np.round(numbers[:, j])
        return (
            moved(self.table, source, move, numbers) if move.any() else gathered(self.table, source)
        )
