"""What a net is, whatever it says: trained, cut back, read and explained."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from jupyter_distill.data import Table
from jupyter_distill.explanation import NetExplanation
from jupyter_distill.students._base import Student
from jupyter_distill.students._complexity import Complexity
from jupyter_distill.students._design import Design
from jupyter_distill.students._net_explain import importances, weights_frame
from jupyter_distill.students._net_fit import Ground, nets
from jupyter_distill.students._net_limits import demanded, rules_of, slope_penalty
from jupyter_distill.students._net_losses import NetLesson
from jupyter_distill.students._net_prune import Training
from jupyter_distill.students._net_rows import DistinctRows
from jupyter_distill.students._net_train import Course, one_thread
from jupyter_distill.students._net_weights import NetWeights
from jupyter_distill.students._quality import QUALITIES, drawn

Floats = NDArray[np.float64]

# Weights of one unit unless told otherwise: one to each output and seven more, which is what a
# person keeps in mind at once (Miller, 1956); the linear way around draws on the same budget.
PER_UNIT = 7
# Prior rows that say that every weight is 0: it keeps separable classes from infinity.
PRIOR = 1.0
# Enough to tell temperatures apart.
BRIEF = Training(epochs=40, starts=1, descent=40, refit=8, finish=20, thorough=False)
MEASURED = 2_000  # rows on which importance is measured


class NetBase(Student):
    """A net without saying yet what it gives out."""

    SIZES = (1, 2, 4, 8, 16)
    READABLE = 8
    UNIT = "hidden units"  # at most: nets with as many of them may differ in their weights
    NEEDS = "torch"
    PILOT_SIZES = False  # trained briefly, a large net is little better than a small one
    LARGEST = 256  # a net beyond is no student that could be read
    CHOICES = {"quality": QUALITIES}
    JOINS = "a unit may join any columns"

    weights: str | int
    epochs: int
    quality: str
    random_state: int | None
    constraints: Any
    design_: Design
    nets_: dict[int, NetWeights]
    importances_: dict[int, Floats]
    spread_: Floats

    @abstractmethod
    def _lesson(self, targets: Any, loss: Any, weights: Floats | None) -> NetLesson:
        """Return what there is to learn; note how outputs become answers."""

    def _fit(self, rows: Table, targets: Any, loss: Any) -> None:
        self.nets_ = self._found(rows, targets, loss, (self.size,))

    @property
    def least_size(self) -> int:
        """One: a unit reads any number of columns, and the way around the units the others."""
        return self.SMALLEST

    def pilot(self) -> Self:
        """Return an unfitted copy that is trained and cut briefly, on a share of the rows."""
        copy: Self = clone(self).set_params(quality="greedy")
        return copy

    def _swept(self, rows: Any, targets: Any, loss: Any, sizes: Sequence[int]) -> list[Self]:
        """Train once, cut back to every size, and prune each by itself."""
        self.nets_ = self._found(rows, targets, loss, sizes)
        return [self.at_size(size) for size in sizes]

    def _found(
        self, table: Table, targets: Any, loss: Any, sizes: Sequence[int]
    ) -> dict[int, NetWeights]:
        training = self._training()
        few = None
        if self.quality == "greedy":
            few = drawn(targets.weights, len(table), self._seed)
        if few is not None:
            table, targets = table.take(few), targets.take(few)
        seed = self._seed
        most = None if self.weights == "auto" else int(self.weights)
        taught = self._lesson(targets, loss, targets.weights).taught
        rows = DistinctRows.of(table, taught, targets.weights, seed)
        lesson = self._lesson(targets.take(rows.at), loss, rows.weights)
        distinct = table.take(rows.at)
        self.design_ = Design.of(distinct, rows.weights)
        X = self.design_.apply(distinct)
        demands = demanded(self.demands_, self.design_, self._output_of)
        hard = self.constraints is None or self.constraints.hard
        price = 0.0 if hard else float(self.constraints.penalty)
        penalty = slope_penalty([] if hard else demands, lesson.outputs, price)
        course = Course(X, rows.weights, lesson, PRIOR / len(X), penalty)
        rules = rules_of(
            self.constraints, self.design_, max(sizes), lesson.outputs, demands if hard else []
        )
        with one_thread():
            found = {
                size: self._in_own_units(net)
                for size, net in nets(
                    Ground.of(course, rows.train),
                    rules,
                    sizes,
                    lambda size: most or size * (PER_UNIT + lesson.outputs),
                    training=training,
                    seed=seed,
                ).items()
            }
        some = slice(MEASURED)  # in the order of a hash, so these are drawn by lot
        self.importances_ = {
            size: importances(
                net,
                X[some],
                rows.weights[some],
                self.design_.groups,
                self.spread_,
                len(table.columns),
            )
            for size, net in found.items()
        }
        return found

    def _training(self) -> Training:
        if self.quality == "greedy":
            return replace(BRIEF, epochs=min(self.epochs, BRIEF.epochs))
        return Training(epochs=self.epochs, thorough=self.weights == "auto")

    @abstractmethod
    def _output_of(self, of_class: int | None) -> tuple[int, int]:
        """Return the output, and the sign, with which a class (None: the answer) rises."""

    @abstractmethod
    def _in_own_units(self, net: NetWeights) -> NetWeights:
        """Return the net whose outputs are answers, but for `spread_`."""

    @property
    def net_(self) -> NetWeights:
        """The weights."""
        return self.nets_[max(self.nets_)]

    def _output(self, table: Table) -> Floats:
        said: Floats = self.net_.output(self.design_.apply(table)) @ self.spread_
        return said

    @property
    def title_(self) -> str:
        """The fitted student in words."""
        units, count = self.net_.n_units, self.net_.count
        allowed = "" if units == self.size else f" ({self.size} allowed)"
        return (
            f"net of {units} {'unit' if units == 1 else 'units'}{allowed} "
            f"and {count} {'weight' if count == 1 else 'weights'}"
        )

    @property
    def complexity_(self) -> Complexity:
        """How much there is to read."""
        read = np.unique(self.design_.groups[self.net_.columns])
        net = self.net_
        return Complexity(
            features=len(read), units=net.n_units, weights=net.count, scores=net.intercept.size
        )

    def _cut(self, size: int) -> None:
        self.nets_ = {units: net for units, net in self.nets_.items() if units <= size}

    def weights_frame(self) -> pd.DataFrame:
        """Return one row per weight that is not 0: its part, from where to where, and how much.

        A column enters as ``(value - mean) / spread`` times ``weight``, a level as 1 or 0 in place
        of the value, a missing value as the mean; a unit says ``tanh`` of its sum. ``own`` is the
        same weight where columns enter as they are: both can be followed by hand.
        """
        check_is_fitted(self)
        return weights_frame(self.net_, self.design_, self._answers())

    @abstractmethod
    def _answers(self) -> list[str]:
        """Return the names of the outputs."""

    def explain(self, X: Any = None, targets: Any = None) -> NetExplanation:
        """Return the net as data.

        Parameters
        ----------
        X : Table, data frame or array, optional
            Rows on which importance is measured; those of the fit unless given.
        targets : SoftTargets or Predictions, optional
            What the teacher says of these rows; needed with `X`, whose weights count.
        """
        check_is_fitted(self)
        net, groups, d = self.net_, self.design_.groups, len(self.columns_)
        importance = self.importances_[max(self.nets_)]
        if X is not None:
            rows = self.design_.apply(self._shown(X, targets))
            weights = np.ones(len(rows)) if targets.weights is None else targets.weights
            importance = importances(net, rows, weights, groups, self.spread_, d)
        classes = tuple(str(name) for name in getattr(self, "classes_", ()))
        answers = tuple(self._answers())
        return NetExplanation(
            self.columns_,
            classes,
            answers if len(answers) == 1 else classes,  # outputs have an order of their own
            importance,
            np.bincount(groups, np.count_nonzero(net.skip, 1), d).astype(np.intp),
            np.bincount(groups, np.count_nonzero(net.first, 1), d).astype(np.intp),
            self.weights_frame(),
        )
