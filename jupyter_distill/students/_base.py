"""What all students share: they are scikit-learn classifiers that also learn soft targets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags, check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from jupyter_distill._validation import expected
from jupyter_distill.data import Column, Table
from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.targets import CompositeLoss, SoftTargets, soften

Floats = NDArray[np.float64]


class Student(ClassifierMixin, BaseEstimator, ABC):
    """Base of all students. A subclass writes :meth:`_fit`, :meth:`_logits`, :meth:`explain`.

    Two doors in: :meth:`fit` takes labels, like any scikit-learn classifier; :meth:`fit_soft`
    takes soft targets, which is all that a student ever learns about a teacher.
    """

    alpha: float
    temperature: float
    classes_: NDArray[Any]
    columns_: tuple[Column, ...]

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit to labels alone: the composite loss at ``alpha=1``.

        Parameters
        ----------
        X : data frame or array of shape (n, d)
            Rows; text, categories, booleans and missing values as they are.
        y : array of shape (n,)
            Labels.
        sample_weight : array of shape (n,), optional
            Weights; they count as rows.
        """
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None."
            )
        table = self._read(X, reset=True)
        check_consistent_length(table.values, y)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        targets = SoftTargets.from_labels(y, weights=_weights(sample_weight, table))
        return self._learn(table, targets, CompositeLoss(alpha=1.0, temperature=1.0))

    def fit_soft(self, X: Any, targets: SoftTargets) -> Self:
        """Fit to soft targets by minimising the composite loss.

        Parameters
        ----------
        X : Table, data frame, array, or what :meth:`prepare` returned
            The rows, in the order of `targets`.
        targets : SoftTargets
            What the teacher says of them, the labels and weights where there are any. Without
            labels `alpha` must be 0.
        """
        ready = not isinstance(X, Table) and isinstance(X, self._prepared())
        rows: Any = X if ready else self._read(X, reset=True)
        if ready:
            validate_data(self, rows.table.native, skip_check_array=True)
        return self._learn(rows, targets, CompositeLoss(self.alpha, self.temperature))

    def _learn(self, rows: Any, targets: SoftTargets, loss: CompositeLoss) -> Self:
        table = rows if isinstance(rows, Table) else rows.table
        if table.n_rows != targets.n_rows:
            raise ValueError(
                expected(
                    f"soft targets for the {table.n_rows} rows of X",
                    got=f"{targets.n_rows} of them",
                )
            )
        self.classes_ = targets.classes
        self.columns_ = table.columns
        self._fit(rows, targets, loss)
        return self

    @classmethod
    def _prepared(cls) -> type:
        """Return the type of what :meth:`prepare` returns."""
        return Table

    def prepare(self, table: Table, weights: Floats | None = None) -> Any:
        """Do once what every fit on the same rows needs, whatever T, alpha and size."""
        return table

    @abstractmethod
    def _fit(self, rows: Any, targets: SoftTargets, loss: CompositeLoss) -> None:
        """Minimise `loss` over `rows` (a Table, or what `prepare` returned)."""

    @abstractmethod
    def _logits(self, table: Table) -> Floats:
        """Return the logits, of shape (n, K), for rows with the columns that were fitted."""

    @abstractmethod
    def explain(self, X: Any = None, targets: SoftTargets | None = None) -> TreeExplanation:
        """Return what the student says as data, measured on rows (default: those of the fit)."""

    @property
    @abstractmethod
    def title_(self) -> str:
        """The fitted student in words, e.g. ``tree of 12 leaves``."""

    @abstractmethod
    def at_size(self, size: int) -> Self:
        """Return a fitted student of a smaller size, without fitting again."""

    def logits(self, X: Any) -> Floats:
        """Return logits of shape (n, K): their softmax is :meth:`predict_proba`."""
        check_is_fitted(self)
        return self._logits(self._read(X, reset=False))

    def predict_proba(self, X: Any) -> Floats:
        """Return class probabilities of shape (n, K), columns in the order of ``classes_``."""
        return soften(self.logits(X))

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the most probable class of each row."""
        check_is_fitted(self)
        return cast(NDArray[Any], self.classes_[self.logits(X).argmax(1)])

    def _read(self, X: Any, *, reset: bool) -> Table:
        if isinstance(X, Table) and not reset:
            return Table.of(X, columns=self.columns_)
        if reset:
            table = Table.of(X)
            validate_data(self, table.native, skip_check_array=True)
            return table
        X = Table.rows(X)
        validate_data(self, X, skip_check_array=True, reset=False)
        return Table.of(X, columns=self.columns_)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags


def _weights(sample_weight: Any, table: Table) -> Floats | None:
    if sample_weight is None:
        return None
    weights: Floats = _check_sample_weight(
        sample_weight, table.values, dtype=np.float64, ensure_non_negative=True
    )
    return weights
