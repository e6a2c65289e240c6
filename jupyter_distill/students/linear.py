"""A sparse linear model: few columns, each with a coefficient in its own unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from jupyter_distill.students._classifier import StudentClassifier, score_spread
from jupyter_distill.students._linear import LinearBase
from jupyter_distill.students._linear_apart import Apart
from jupyter_distill.students._linear_fit import CLOSE, EXACT, Lesson
from jupyter_distill.students._linear_rows import Laid, Supports
from jupyter_distill.students._quality import QUALITIES
from jupyter_distill.students._regressor import StudentRegressor
from jupyter_distill.targets import CompositeLoss, SoftTargets

Floats = NDArray[np.float64]


# What disagreement costs, in nats, when columns are chosen and when their coefficients are fitted.
OBJECTIVES = {"balanced": (0.5, 2.0), "fidelity": (1.0, 4.0), "distribution": (0.0, 0.0)}
# How close to a tie a row has to be: wide where columns are compared, as a sharp count is rough.
WIDTHS = 0.25, 0.0625
NOISY = 500  # rows at which it costs half of that: a count of few rows is noisier than their loss


class LinearStudent(LinearBase, StudentClassifier):
    """A logistic model (multinomial for more than two classes) of at most `size` columns.

    The columns are those of an L1 path or of steps forward, whichever is better, improved by
    swaps. The coefficients on them, not shrunk, minimise the exact composite loss and, beside it,
    what disagreement costs (see `objective`). A category counts as one column with all its
    values. Two classes share one score, the log-odds of the second.

    Parameters
    ----------
    size : int, default 10
        Columns, at most.
    alpha : float, default 0.1
        Weight of the ground truth in the loss, from 0 to 1.
    temperature : float, default 1.0
        T of the soft targets.
    objective : {"balanced", "fidelity", "distribution"}, default "balanced"
        What is minimised: the composite loss alone (``"distribution"``), or with it 2, or 4
        (``"fidelity"``), times the share of rows for which another class is named than the
        teacher's, as a smooth function of the scores (less on few rows). The scores are then
        multiplied by the factor at which the loss alone is least, which changes no name.
    quality : {"fast", "greedy"}, default "fast"
        ``"greedy"`` minimises the loss alone, roughly, on columns that are chosen at T = 1, and
        only once for rows that were prepared: enough to try temperatures and sizes with.
    random_state : int, optional
        Seed of the rows on which columns are chosen when there are more than 8,000.
    constraints : Constraints, optional
        Columns with a sign, columns that must not, or must, be used. With ``hard=False`` a
        coefficient (on a column of spread 1) of the other sign costs `penalty` times its square.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        Class labels.
    columns_ : tuple of Column
        The columns that were fitted.
    coef_ : ndarray of shape (p, J)
        Coefficients of the columns of `design_`, in the owner's units.
    intercept_ : ndarray of shape (J,)
        Scores where all those columns are 0.

    Notes
    -----
    What disagreement costs is paid for in loss: on 7 sets with two teachers each, ``"balanced"``
    names the teacher's class for 1.1 points more rows than ``"distribution"`` does, at a KL that is
    .006 nats larger. Where columns that act straight can tell no more of the teacher than of the
    labels (4 of the 14), its loss ends up to .005 nats above that of the same model fitted to the
    labels alone; ``"distribution"`` stays below, but for chance.

    References
    ----------
    R. Tibshirani: Regression Shrinkage and Selection via the Lasso, 1996.
    M. Yuan, Y. Lin: Model selection and estimation in regression with grouped variables, 2006.
    """

    REMEMBERS = True
    CHOICES = {"objective": tuple(OBJECTIVES), "quality": QUALITIES}

    def __init__(
        self,
        size: int = 10,
        alpha: float = 0.1,
        temperature: float = 1.0,
        objective: str = "balanced",
        quality: str = "fast",
        random_state: int | None = None,
        constraints: Any = None,
    ) -> None:
        self.size = size
        self.alpha = alpha
        self.temperature = temperature
        self.objective = objective
        self.quality = quality
        self.random_state = random_state
        self.constraints = constraints

    def pilot(self) -> Self:
        """Return an unfitted copy that chooses columns once for all temperatures."""
        copy: Self = clone(self).set_params(quality="greedy")
        return copy

    def _lesson(self, targets: SoftTargets, loss: CompositeLoss, choosing: bool = False) -> Lesson:
        lesson = Lesson.of(targets, loss)
        when = 0 if choosing else 1
        price = OBJECTIVES[self.objective][when]
        if price == 0 or self.quality == "greedy":
            return lesson
        n = targets.n_rows if targets.weights is None else float(targets.weights.sum())
        price *= n / (n + NOISY)
        return replace(lesson, apart=Apart.of(targets, loss, price, WIDTHS[when]))

    @property
    def _close(self) -> float:
        return CLOSE if self.quality == "greedy" else EXACT

    def _supports(
        self, laid: Laid, targets: SoftTargets, loss: CompositeLoss, size: int
    ) -> Supports:
        if self.quality != "greedy":
            return super()._supports(laid, targets, loss, size)
        plain = CompositeLoss(loss.alpha, 1.0)
        settings = size, loss.alpha, self._seed, repr(self.constraints)
        return laid.chosen(
            targets,
            settings,
            lambda: super(LinearStudent, self)._supports(laid, targets, plain, size),
        )

    def _spread(self) -> Floats:
        return score_spread(len(self.classes_))

    def _answers(self) -> list[str]:
        names = [str(c) for c in self.classes_]
        return [f"log-odds of {names[1]}"] if len(names) == 2 else names


class LinearRegressionStudent(LinearBase, StudentRegressor):
    """A linear regression of at most `size` columns. See :class:`LinearStudent`.

    Parameters
    ----------
    size : int, default 10
        Columns, at most.
    alpha : float, default 0.1
        Weight of the ground truth in the loss, from 0 to 1.
    random_state : int, optional
        Seed of the rows on which columns are chosen when there are more than 8,000.
    constraints : Constraints, optional
        Columns with a sign, columns that must not, or must, be used. With ``hard=False`` a
        coefficient (on a column of spread 1) of the other sign costs `penalty` times its square.
    """

    def __init__(
        self,
        size: int = 10,
        alpha: float = 0.1,
        random_state: int | None = None,
        constraints: Any = None,
    ) -> None:
        self.size = size
        self.alpha = alpha
        self.random_state = random_state
        self.constraints = constraints

    def _spread(self) -> Floats:
        return np.ones((1, 1))

    def _answers(self) -> list[str]:
        return ["prediction"]

    def _output(self, table: Any) -> Floats:
        return super()._output(table)[:, 0]
