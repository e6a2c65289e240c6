"""What all students share: they are scikit-learn estimators that also learn from a teacher."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from jupyter_distill._validation import Refusal, expected
from jupyter_distill.constraints import MonotoneDemand
from jupyter_distill.data import Column, Table
from jupyter_distill.explanation import Explanation
from jupyter_distill.students._complexity import Complexity
from jupyter_distill.students._settings import check_settings, check_size, check_sizes
from jupyter_distill.targets import Loss, Targets, check_weights

Floats = NDArray[np.float64]


class Student(BaseEstimator, ABC):
    """Base of all students: of :class:`StudentClassifier` and :class:`StudentRegressor`.

    Two doors in: :meth:`fit` takes labels, like any scikit-learn estimator; :meth:`fit_soft`
    takes targets, which is all that a student ever learns about a teacher. A family writes
    :meth:`_fit` (and :meth:`_swept`, where sizes can share more), :meth:`_output`, :meth:`_cut`,
    :meth:`explain`, :attr:`title_` and :attr:`complexity_`.

    Attributes
    ----------
    SIZES : tuple of int
        Sizes that are piloted unless others are asked for.
    READABLE : int
        Largest size that is chosen by itself.
    UNIT : str
        What a size counts, in the plural, e.g. ``"leaves"``.
    SMALLEST : int
        Least size that makes sense.
    PILOT_SIZES : bool
        Whether a pilot tells sizes apart as well as temperatures.
    REMEMBERS : bool
        Whether rows that were prepared remember what pilots of all temperatures share.
    NEEDS : str or None
        Optional package that it cannot do without.
    LARGEST : int or None
        Largest size that can be fitted; None where the data end it.
    CHOICES : dict of str to sequence of str
        Settings that are one of a few words.
    JOINS : str
        Why columns cannot but act together in it, e.g. ``"a unit may join any columns"``; empty
        where they need not.
    """

    SIZES: ClassVar[tuple[int, ...]]
    READABLE: ClassVar[int]
    UNIT: ClassVar[str]
    SMALLEST: ClassVar[int] = 1
    PILOT_SIZES: ClassVar[bool] = True
    REMEMBERS: ClassVar[bool] = False
    NEEDS: ClassVar[str | None] = None
    LARGEST: ClassVar[int | None] = None
    CHOICES: ClassVar[Mapping[str, Sequence[str]]] = {}
    JOINS: ClassVar[str] = ""

    size: int
    alpha: float
    columns_: tuple[Column, ...]
    demands_: tuple[MonotoneDemand, ...]  # directions that constraints ask for

    @abstractmethod
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit to labels alone: the composite loss at ``alpha=1``."""

    @abstractmethod
    def _loss(self) -> Loss:
        """Return the loss that is minimised on a teacher's targets."""

    def fit_soft(self, X: Any, targets: Targets) -> Self:
        """Fit to a teacher's targets by minimising the composite loss.

        Parameters
        ----------
        X : Table, data frame, array, or what :meth:`prepare` returned
            The rows, in the order of `targets`.
        targets : SoftTargets or Predictions
            What the teacher says of them, the ground truth and weights where there are any.
            Without ground truth `alpha` must be 0. It may be known of some rows only (see
            :class:`SoftTargets`): of the others the teacher takes over its part of the loss.
        """
        return self._learn(self._rows(X), targets, self._loss())

    def sweep(self, X: Any, targets: Targets, sizes: Sequence[int]) -> list[Self]:
        """Fit once and return a fitted student of every size, in the order of `sizes`.

        What sizes share is done once. A family may make each size better than :meth:`at_size`
        would, which cuts without looking at the rows again.
        """
        check_sizes(self, sizes)
        self.set_params(size=max(sizes))
        rows = self._rows(X)
        self._begin(rows, targets)
        return self._swept(rows, targets, self._loss(), sizes)

    def pilot(self) -> Self:
        """Return an unfitted copy to try temperatures and sizes with: as good, or quicker."""
        copy: Self = clone(self)
        return copy

    def _rows(self, X: Any) -> Any:
        if isinstance(X, Table) or not isinstance(X, self._prepared()):
            return self._read(X, reset=True)
        rows: Any = X
        validate_data(self, rows.table.native, skip_check_array=True)
        return rows

    def _learn(self, rows: Any, targets: Targets, loss: Loss) -> Self:
        self._begin(rows, targets)
        self._fit(rows, targets, loss)
        self.complexity_.warn(self.title_)
        return self

    def _begin(self, rows: Any, targets: Targets) -> None:
        """Check that targets and rows fit each other, and note what the student is about."""
        check_settings(self)
        table = rows if isinstance(rows, Table) else rows.table
        if table.n_rows != targets.n_rows:
            raise Refusal(
                expected(
                    f"targets for the {table.n_rows} rows of X", got=f"{targets.n_rows} of them"
                )
            )
        self.columns_ = table.columns
        constraints = getattr(self, "constraints", None)
        self.demands_ = ()
        if constraints is not None:
            self.demands_ = constraints.check(table, getattr(self, "classes_", None))

    @property
    def least_size(self) -> int:
        """Least size with room for all columns that are required."""
        required = getattr(getattr(self, "constraints", None), "require", ())
        return self.SMALLEST - 1 + max(len(required), 1)

    @property
    def _seed(self) -> int:
        """Where randomness begins: without a seed the same rows give the same student still."""
        seed = getattr(self, "random_state", None)
        return 0 if seed is None else int(seed)

    @classmethod
    def _prepared(cls) -> type:
        """Return the type of what :meth:`prepare` returns; it has a ``table``."""
        return Table

    def prepare(self, table: Table, weights: Floats | None = None) -> Any:
        """Do once what every fit on the same rows needs, whatever T, alpha and size."""
        return table

    @abstractmethod
    def _fit(self, rows: Any, targets: Any, loss: Any) -> None:
        """Minimise `loss` over `rows` (a Table, or what `prepare` returned)."""

    def _swept(self, rows: Any, targets: Any, loss: Any, sizes: Sequence[int]) -> list[Self]:
        """Minimise `loss` at every size; `size` is the largest of them."""
        self._fit(rows, targets, loss)
        return [self.at_size(size) for size in sizes]

    @abstractmethod
    def _output(self, table: Table) -> Floats:
        """Return what the loss takes, for rows with the columns that were fitted."""

    @abstractmethod
    def explain(self, X: Any = None, targets: Any = None) -> Explanation:
        """Return what the student says as data, measured on rows (default: those of the fit)."""

    @property
    @abstractmethod
    def title_(self) -> str:
        """The fitted student in words, e.g. ``tree of 12 leaves``."""

    @property
    @abstractmethod
    def complexity_(self) -> Complexity:
        """How much there is to read."""

    def at_size(self, size: int) -> Self:
        """Return a fitted student of a smaller size, without fitting again.

        Raises
        ------
        ValueError
            If `size` is larger than what was fitted.
        """
        check_is_fitted(self)
        check_size(self, size)
        if size > self.size:
            raise Refusal(
                expected(
                    f"a size of at most {self.size}, which was fitted",
                    got=repr(size),
                    remedy=f"Fit again with size={size}.",
                )
            )
        smaller: Self = clone(self).set_params(size=size)
        smaller.__dict__.update(fitted(self))
        smaller._cut(size)
        return smaller

    @abstractmethod
    def _cut(self, size: int) -> None:
        """Cut what was fitted back to a size, in place."""

    def output(self, X: Any) -> Floats:
        """Return what the loss compares: logits of shape (n, K), or predictions of shape (n,)."""
        check_is_fitted(self)
        return self._output(self._read(X, reset=False))

    def _shown(self, X: Any, targets: Targets | None) -> Table:
        """Return rows to explain the student by; `targets` say what the teacher says of them."""
        table = Table.of(X, columns=self.columns_)
        if targets is None or targets.n_rows != table.n_rows:
            raise Refusal(
                expected(
                    f"targets for the {table.n_rows} rows of X",
                    got="none" if targets is None else f"{targets.n_rows} of them",
                    remedy="Give what the teacher says of these rows: explain(X, targets).",
                )
            )
        return table

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


def read_weights(sample_weight: Any, table: Table) -> Floats | None:
    """Return sample weights as numbers, or None."""
    if sample_weight is None:
        return None
    return check_weights(sample_weight, table.n_rows)


def fitted(student: Student) -> dict[str, Any]:
    """Return what a fit has left on a student."""
    return {name: value for name, value in vars(student).items() if name.endswith("_")}
