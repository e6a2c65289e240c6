"""Students that give a number: scikit-learn regressors that learn a teacher's predictions."""

from __future__ import annotations

from typing import Any, Self

from sklearn.base import RegressorMixin
from sklearn.utils import check_consistent_length, column_or_1d

from jupyter_distill._validation import expected
from jupyter_distill.students._base import Floats, Student, read_weights
from jupyter_distill.targets import Predictions, SquaredLoss, Targets, floats


class StudentRegressor(RegressorMixin, Student):
    """A student whose output are numbers; it minimises :class:`SquaredLoss`."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit to true values alone: the composite loss at ``alpha=1``.

        Parameters
        ----------
        X : data frame or array of shape (n, d)
            Rows; text, categories, booleans and missing values as they are.
        y : array of shape (n,)
            True values.
        sample_weight : array of shape (n,), optional
            Weights; they count as rows.
        """
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None."
            )
        table = self._read(X, reset=True)
        check_consistent_length(table.values, y)
        values = floats("y", column_or_1d(y, warn=True), 1)
        targets = Predictions(values, values, read_weights(sample_weight, table))
        return self._learn(table, targets, SquaredLoss(alpha=1.0))

    def _begin(self, rows: Any, targets: Targets) -> None:
        if not isinstance(targets, Predictions):
            raise TypeError(
                expected(
                    "Predictions of a regression",
                    got=f"{type(targets).__name__}",
                    remedy="Of classes a student for classification learns.",
                )
            )
        super()._begin(rows, targets)

    def _loss(self) -> SquaredLoss:
        return SquaredLoss(self.alpha)

    def predict(self, X: Any) -> Floats:
        """Return a number for each row, shape (n,)."""
        return self.output(X)
