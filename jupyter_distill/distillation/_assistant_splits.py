"""How a classifier that learns copies of rows validates inside: by rows, not by copies."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import StackingClassifier
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, check_cv
from sklearn.pipeline import Pipeline

Codes = NDArray[np.intp]
Floats = NDArray[np.float64]
Split = tuple[Codes, Codes]

SEARCHES = GridSearchCV | RandomizedSearchCV
FOLDS = CalibratedClassifierCV | StackingClassifier  # learn a part of themselves from other folds
SPLITTERS = SEARCHES | FOLDS
NEGLIGIBLE = 1e-4  # probability below which a class of a row is not worth a row of its own
DRAWS = 8  # classes of a row by which a search is scored that weighs none of them
MANY = 10_000  # rows beyond which scikit-learn's boosting by histograms stops early by itself


@dataclass(frozen=True, eq=False)
class Copies:
    """Every row once for each class that it may be of.

    Attributes
    ----------
    row, code : ndarray of int, shape (copies,)
        Which row, and its class.
    q : ndarray of shape (rows, classes)
        The teacher's probabilities.
    """

    row: Codes
    code: Codes
    q: Floats

    @classmethod
    def of(cls, q: Floats) -> Copies:
        """Make them of probabilities."""
        row, code = np.nonzero(q >= NEGLIGIBLE)
        return cls(row, code, q)

    def drawn(self) -> Codes:
        """Return copies drawn as likely as they are, `DRAWS` of each row, so that some repeat.

        The draws of a row are evenly apart (systematic sampling), which is less noisy.
        """
        place = np.zeros(self.q.shape, dtype=np.intp)
        place[self.row, self.code] = np.arange(len(self.row))
        upto = np.where(self.q >= NEGLIGIBLE, self.q, 0.0).cumsum(1)
        # the same for all that are compared; below 1, so that no sum is rounded beyond the last
        start = np.random.default_rng(0).uniform(0, 1 - 1e-9, len(upto))
        rows = np.arange(len(upto))
        each = [
            place[rows, (((start + i) / DRAWS * upto[:, -1])[:, None] >= upto).sum(1)]
            for i in range(DRAWS)
        ]
        return np.concatenate(each)


def by_rows(model: Any, X: Any, copies: Copies, key: str | None) -> Any:
    """Return an unfitted clone that validates on rows of which it has learnt nothing.

    A search would find copies of one row on both sides, of which each says that the others are
    wrong, so that it would choose what is too smooth; so would a calibration or a stack that
    learns from the folds left out. They get the splits that they would make of the rows.

    Parameters
    ----------
    model : classifier
        May be a pipeline, a search, a calibration or a stack.
    X : rows
        As they are shown to it, each once.
    copies : Copies
        What it is fitted to.
    key : str or None
        What a search calls row weights. Where it weighs what it scores, it is scored by all copies
        of the rows that are left out, otherwise by classes that are drawn for them.
    """
    model = clone(model)
    if len(copies.q) <= MANY:  # it would not stop early by the rows; by their number it might
        params = model.get_params(deep=True).items()
        model.set_params(**{name: False for name, v in params if _stops_by_number(name, v)})
    path, splitter = found_splitter(model)
    if splitter is not None and not isinstance(splitter.cv, str):  # "prefit"
        named = copies.q.argmax(1)
        splits = check_cv(splitter.cv, named, classifier=True).split(X, named)
        model.set_params(**{f"{path}cv": _of_copies(list(splits), copies, weighs(splitter, key))})
    return model


def found_splitter(model: Any) -> tuple[str, Any]:
    """Return what splits at the end of pipelines and the prefix of its parameters; None if none."""
    path = ""
    while isinstance(model, Pipeline):
        step, model = model.steps[-1]
        path += f"{step}__"
    return path, model if isinstance(model, SPLITTERS) else None


def hidden_splitter(model: Any) -> Any:
    """Return one that splits inside of another model, where it cannot be given splits of rows."""
    path, _ = found_splitter(model)
    for name, value in model.get_params(deep=True).items():
        if isinstance(value, SPLITTERS) and f"{name}__" != path:
            return value
    return None


def weighs(splitter: Any, key: str | None) -> bool:
    """Return whether it weighs what it scores or learns from, given row weights by this name.

    A search of scikit-learn 1.7 and later does so if the weights are called ``sample_weight``
    there (they are not in a search of a pipeline) and what scores takes any.
    """
    if isinstance(splitter, FOLDS):
        return True
    asks = getattr(splitter, "_check_scorers_accept_sample_weight", None)
    if asks is None or key != "sample_weight":
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says the same when it is fitted
        return bool(asks())


def stops_by_copies(model: Any, rows: int) -> bool:
    """Return whether it, or a part of it, stops early by rows that it leaves out by itself."""
    params = model.get_params(deep=True)
    for name, share in params.items():
        prefix, _, last = name.rpartition("__")
        if last != "validation_fraction" or share is None:
            continue
        beside = f"{prefix}__" if prefix else ""
        early = params.get(f"{beside}early_stopping", ...)
        if early is ...:  # boosting by exact splits has no other switch than the patience
            early = params.get(f"{beside}n_iter_no_change") is not None
        if early is True or (_stops_by_number("early_stopping", early) and rows > MANY):
            return True
    return False


def _stops_by_number(name: str, value: Any) -> bool:
    return (
        name.rpartition("__")[2] == "early_stopping" and isinstance(value, str) and value == "auto"
    )


def _of_copies(splits: Sequence[Split], copies: Copies, weighed: bool) -> list[Split]:
    """Return splits of copies that keep those of a row together."""
    scored = np.arange(len(copies.row)) if weighed else copies.drawn()
    return [
        (
            np.flatnonzero(np.isin(copies.row, fit)),
            scored[np.isin(copies.row[scored], score)],
        )
        for fit, score in splits
    ]
