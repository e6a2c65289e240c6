"""Students that name a class: scikit-learn classifiers that learn soft targets."""

from __future__ import annotations

from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from jupyter_distill._validation import expected
from jupyter_distill.students._base import Floats, Student, read_weights
from jupyter_distill.targets import CompositeLoss, SoftTargets, Targets, label_list, soften


def score_spread(n_classes: int) -> Floats:
    """Return how additive scores become logits, shape (J, K).

    Two classes share one score, the log-odds of the second: J is 1; else every class has its own.
    """
    return np.array([[-0.5, 0.5]]) if n_classes == 2 else np.eye(n_classes)


class StudentClassifier(ClassifierMixin, Student):
    """A student whose output are logits; it minimises :class:`CompositeLoss`."""

    temperature: float
    classes_: NDArray[Any]

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit to labels alone: what a teacher would be learnt by, at ``alpha=1``.

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
        if y.dtype == object:
            label_list(y)  # missing ones are named, where scikit-learn would speak of their type
        check_classification_targets(y)
        targets = SoftTargets.from_labels(y, weights=read_weights(sample_weight, table))
        return self._learn(table, targets, CompositeLoss(alpha=1.0, temperature=1.0))

    def _begin(self, rows: Any, targets: Targets) -> None:
        if not isinstance(targets, SoftTargets):
            raise TypeError(
                expected(
                    "SoftTargets, the logits of a classifier",
                    got=f"{type(targets).__name__}",
                    remedy="Of regressions a student for regression learns.",
                )
            )
        self.classes_ = targets.classes
        super()._begin(rows, targets)

    def _loss(self) -> CompositeLoss:
        return CompositeLoss(self.alpha, self.temperature)

    def logits(self, X: Any) -> Floats:
        """Return logits of shape (n, K): their softmax is :meth:`predict_proba`."""
        return self.output(X)

    def predict_proba(self, X: Any) -> Floats:
        """Return class probabilities of shape (n, K), columns in the order of ``classes_``."""
        return soften(self.output(X))

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the most probable class of each row."""
        check_is_fitted(self)
        return cast(NDArray[Any], self.classes_[self.output(X).argmax(1)])
