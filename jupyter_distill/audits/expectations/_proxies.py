"""Whether a column that should have no part lives on in others: how well these tell it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._resample import interval, r2, r2_columns, resampled_means
from jupyter_distill._shares import UNIT, percent
from jupyter_distill._wilson import wilson
from jupyter_distill.audits._intervals import Interval
from jupyter_distill.audits._models import STUDENT, TEACHER
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation
from jupyter_distill.expectations import UNUSED, Expectation
from jupyter_distill.findings import Finding

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

FOLDS = 5
LEAST, MOST = 50, 2_000  # rows that it is measured on
OF_A_CLASS = 10  # rows of a value, below which it is left out
CLASSES = 10  # values, the most frequent ones, that are told apart; of whole numbers as well
BOOSTED: dict[str, Any] = {
    "max_iter": 20,
    "learning_rate": 0.2,
    "max_leaf_nodes": 15,
    "early_stopping": False,
}
LEVELS = 250  # values of a column that boosted trees keep apart
NAMED, SHUFFLED = 3, 60  # columns that are named at most, and of how many these are sought
NOTABLE = 0.25  # of what there is to know of a column, beyond which others stand for it
BALANCED, R2 = "balanced accuracy", "R2"


@dataclass(frozen=True)
class Proxy:
    """How well the columns that a model reads tell another one, which it should not use.

    Attributes
    ----------
    column : str
        Which is told.
    model : {"teacher", "student"}
        Whose columns tell it: those that the student reads; all others, whichever of them the
        teacher reads.
    columns : int
        How many these are.
    by : tuple of str
        Those that tell most of it, three at most.
    measure : {"balanced accuracy", "R2"}
        Of boosted trees on rows that they were not fitted to (five folds): of values that are
        told apart, or of numbers.
    value, low, high : float
        How well, with its 95 % interval.
    chance : float
        What guessing comes to.
    rows : int
        Rows that it was measured on.
    """

    column: str
    model: str
    columns: int
    by: tuple[str, ...]
    measure: str
    value: float
    low: float
    high: float
    chance: float
    rows: int

    @property
    def told(self) -> float:
        """What is surely told of what there is to know: 0 is chance, 1 all; at the lower end."""
        return max((self.low - self.chance) / (1 - self.chance), 0.0)

    @property
    def text(self) -> str:
        """The measure in words."""
        who = "that the student reads" if self.model == STUDENT else "but it"
        above = f", above all {' and '.join(self.by)}" if self.by else ""
        return (
            f"all columns {who} tell {self.column} to {self._figure} "
            f"({self.measure}; by chance {percent(self.chance)}){above}"
            if self.high > self.chance
            else f"no column {who} tells {self.column} better than chance ({self.measure})"
        )

    @property
    def _figure(self) -> str:
        return Interval(100 * self.value, 100 * self.low, 100 * self.high).text(0) + UNIT

    @property
    def sentence(self) -> str:
        """What of it should be known."""
        names = f"{' and '.join(self.by)}, which" if self.by else "the columns that"
        tell = "tells" if len(self.by) == 1 else "tell"
        return (
            f"{self.column} should have no part in the answer, but {names} the student reads"
            f"{',' if self.by else ''} {tell} it to {self._figure} ({self.measure}; by chance "
            f"{percent(self.chance)})."
        )


def proxies(
    d: Distillation, looked: Sequence[Expectation], used: Collection[int] | None
) -> tuple[list[Proxy], list[str]]:
    """Look how well other columns tell those that should have no part.

    Parameters
    ----------
    d : Distillation
        Whose models.
    looked : sequence of Expectation
        What is expected.
    used : collection of int or None
        Columns that the student reads; None where its family does not show them.

    Returns
    -------
    list of Proxy, list of str
        Those that could be measured, and why others could not be.
    """
    found, notes = [], []
    for one in looked:
        if one.want != UNUSED:
            continue
        others = [j for j in range(d.table.n_columns) if j != one.feature]
        read = others if used is None else [j for j in others if j in used]
        told: dict[tuple[int, ...], Proxy | str] = {}
        for model, columns in ((TEACHER, others), (STUDENT, read)):
            if not columns or (model == TEACHER and d.inputs_given):
                continue
            key = tuple(columns)
            if key not in told:
                told[key] = _told(d, one, key)
            measured = told[key]
            if isinstance(measured, Proxy):
                found.append(Proxy(**{**vars(measured), "model": model}))
            elif measured not in notes:
                notes.append(measured)
    return found, notes


def found_in_proxies(measured: Sequence[Proxy]) -> Iterator[Finding]:
    """Return a finding per column that lives on in those that the student reads."""
    for one in measured:
        if one.model != STUDENT or one.told <= NOTABLE:
            continue
        also = f" or forbid {' and '.join(one.by)} as well," if one.by else ""
        yield Finding(
            "proxy-columns",
            one.sentence,
            {
                "column": one.column,
                one.measure: one.value,
                "low": one.low,
                "high": one.high,
                "chance": one.chance,
                "rows": one.rows,
            },
            f"Look with .bias({one.column!r}) whether the answers differ by it,{also} or say why "
            "these columns may be used.",
            pd.DataFrame([vars(of) for of in measured if of.column == one.column]),
        )


def _told(d: Distillation, one: Expectation, columns: tuple[int, ...]) -> Proxy | str:
    table, seed = d.table, d.random_state
    of = table.columns[one.feature]
    y = table.values[:, one.feature]
    rows = np.flatnonzero(~np.isnan(y) & ((of.kind == "numeric") | (y >= 0)))
    apart = of.kind != "numeric" or (of.integer and len(np.unique(y[rows])) <= CLASSES)
    if apart:
        values, counts = np.unique(y[rows], return_counts=True)
        kept = np.argsort(-counts, kind="stable")[:CLASSES]
        rows = rows[np.isin(y[rows], values[kept[counts[kept] >= OF_A_CLASS]])]
    if len(rows) > MOST:
        rows = np.sort(np.random.default_rng([seed, 7]).choice(rows, MOST, replace=False))
    if apart:  # of a draw some may be too rare again
        values, counts = np.unique(y[rows], return_counts=True)
        rows = rows[np.isin(y[rows], values[counts >= FOLDS])]
    if len(rows) < LEAST or len(np.unique(y[rows])) < 2:
        return (
            f"Whether other columns tell {one.column} was not measured: fewer than {LEAST} rows "
            f"of values of it that {OF_A_CLASS} rows have, or of one value alone."
        )
    X, categorical = _numbers(table, rows, columns)
    y = np.unique(y[rows], return_inverse=True)[1].astype(float) if apart else y[rows]
    said, shuffled = _out_of_fold(X, y, categorical, apart=apart, seed=seed)
    value, low, high = _measured(said, y, apart=apart, seed=seed)
    drops = [value - _measured(other, y, apart=apart, seed=None)[0] for other in shuffled]
    measure, chance = (BALANCED, 1 / len(np.unique(y))) if apart else (R2, 0.0)
    names = [table.names[j] for j in columns]
    by = _telling(names, np.array(drops), value - chance) if low > chance else ()
    return Proxy(
        one.column, STUDENT, len(columns), by, measure, value, low, high, chance, len(rows)
    )


def _telling(names: Sequence[str], drops: Floats, above: float) -> tuple[str, ...]:
    """Return the columns without which much less is told, the most telling first."""
    order = np.argsort(-drops, kind="stable")[:NAMED].tolist()
    return tuple(names[j] for j in order if drops[j] > 0.1 * above)


def _numbers(table: Table, rows: Places, columns: Sequence[int]) -> tuple[Floats, list[bool]]:
    """Return ranks of values, 250 at most, and which columns have no order."""
    found, categorical = [], []
    for j in columns:
        values = np.where(
            (table.columns[j].kind != "numeric") & (table.values[rows, j] < 0),
            np.nan,
            table.values[rows, j],
        )
        known = ~np.isnan(values)
        levels, ranks = np.unique(values[known], return_inverse=True)
        if table.columns[j].kind == "numeric" and len(levels) > LEVELS:
            # as many in each as in the others; the trees would do the same, at more cost
            places = np.argsort(np.argsort(ranks, kind="stable"), kind="stable")
            first = np.full(len(levels), len(ranks))
            np.minimum.at(first, ranks, places)
            ranks = first[ranks] * LEVELS // len(ranks)
        whole = np.full(len(rows), np.nan)
        whole[known] = ranks
        found.append(whole)
        categorical.append(table.columns[j].kind == "category" and len(levels) <= LEVELS)
    return np.column_stack(found), categorical


def _out_of_fold(
    X: Floats, y: Floats, categorical: list[bool], *, apart: bool, seed: int
) -> tuple[Floats, list[Floats]]:
    """Return what is said of rows that were not fitted to, and with each column shuffled."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.model_selection import KFold, StratifiedKFold

    options = {**BOOSTED, "categorical_features": categorical, "random_state": seed}
    folds = (StratifiedKFold if apart else KFold)(FOLDS, shuffle=True, random_state=seed)
    said = np.empty(len(y))
    shuffled = [np.empty(len(y)) for _ in range(X.shape[1] if X.shape[1] <= SHUFFLED else 0)]
    rng = np.random.default_rng([seed, 8])
    for learnt, left in folds.split(X, y):
        if apart:
            model: Any = HistGradientBoostingClassifier(class_weight="balanced", **options)
        else:
            model = HistGradientBoostingRegressor(**options)
        model.fit(X[learnt], y[learnt])
        said[left] = model.predict(X[left])
        for j, other in enumerate(shuffled):
            moved = X[left].copy()
            moved[:, j] = rng.permutation(moved[:, j])
            other[left] = model.predict(moved)
    return said, shuffled


def _measured(
    said: Floats, y: Floats, *, apart: bool, seed: int | None
) -> tuple[float, float, float]:
    """Return balanced accuracy or R2 with its interval; without a seed the value alone."""
    if apart:
        own = y[:, None] == np.unique(y)
        columns = np.column_stack([own & (said == y)[:, None], own]).astype(float)
        measure = _balanced
    else:
        columns, measure = r2_columns(said, y), r2
    if seed is None:
        value = float(measure(columns.mean(0)))
        return value, value, value
    value, low, high = interval(columns, resampled_means(columns, seed), measure)
    if apart and low == high:  # all are told, of which no resample can tell anything
        low = wilson(value, int(columns[:, columns.shape[1] // 2 :].sum(0).min()))[0]
    return value, low, high


def _balanced(means: Floats) -> Floats:
    k = means.shape[-1] // 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((means[..., :k] / means[..., k:]).mean(-1))
