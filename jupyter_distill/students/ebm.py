"""An additive model with few terms: explainable boosting, refitted to the composite loss."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Table
from jupyter_distill.students._classifier import StudentClassifier, score_spread
from jupyter_distill.students._ebm import EbmBase
from jupyter_distill.students._ebm_goal import Merged, NumberGoal, SoftGoal
from jupyter_distill.students._regressor import StudentRegressor
from jupyter_distill.targets import CompositeLoss, Predictions, SoftTargets, SquaredLoss

Floats = NDArray[np.float64]


class EbmStudent(EbmBase, StudentClassifier):
    """An explainable boosting machine of at most `size` terms.

    A term is a shape over one column, or over a pair of them; the logits are the sum of the
    shapes. Shapes are boosted once for all columns (by `interpret`, on every row once per class,
    weighted by labels and teacher), terms are chosen one by one by how much the exact composite
    loss falls, and the chosen shapes are stretched and smoothly bent until that loss is least,
    whatever T and alpha. Missing values and categories have scores of their own.

    Needs the extra ``ebm`` for the fit; a fitted student does without it. Of single rows,
    :meth:`contributions` says what each term adds.

    Parameters
    ----------
    size : int, default 10
        Terms, at most.
    alpha : float, default 0.1
        Weight of the ground truth in the loss, from 0 to 1.
    temperature : float, default 1.0
        T of the soft targets.
    interactions : bool or int, default False
        Whether pairs of columns may be terms; an int is how many are looked at (10 for True).
    quality : {"fast", "greedy"}, default "fast"
        ``"greedy"`` boosts in few, long steps, on at most 6,000 rows and at T = 1, whatever the
        temperature, and bends the shapes less often: enough to try settings with.
    random_state : int, optional
        Seed of the bags; 0 unless given.
    constraints : Constraints, optional
        What the shapes must keep: columns whose shape may only rise or only fall, columns that
        are not used, columns that are taken first. The odds of a class that shall rise rise against
        every other class, so that two such classes keep their odds between them. With
        ``hard=False`` a shape's squared distance from one that keeps its directions costs
        `penalty`, in the unit of the loss's curvature.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        Class labels.
    columns_ : tuple of Column
        The columns that were fitted.
    terms_ : tuple of Term
        Shapes, most important first.
    intercept_ : ndarray of shape (K,), or (1,) for two classes
        What is said where no term adds.

    Notes
    -----
    Weights count as copies of a row. What is boosted depends on their proportions alone; what holds
    a shape to its boosted one and its bins to each other gives way to more rows. So twice the
    weight, or every row twice, moves the answers: a little, by about 0.01 in log-odds.

    References
    ----------
    Y. Lou, R. Caruana, J. Gehrke, G. Hooker: Accurate Intelligible Models with Pairwise
    Interactions, 2013. H. Nori, S. Jenkins, P. Koch, R. Caruana: InterpretML, 2019.
    """

    def __init__(
        self,
        size: int = 10,
        alpha: float = 0.1,
        temperature: float = 1.0,
        interactions: bool | int = False,
        quality: str = "fast",
        random_state: int | None = None,
        constraints: Any = None,
    ) -> None:
        self.size = size
        self.alpha = alpha
        self.temperature = temperature
        self.interactions = interactions
        self.quality = quality
        self.random_state = random_state
        self.constraints = constraints

    def _goal(self, merged: Merged, targets: SoftTargets, loss: CompositeLoss) -> SoftGoal:
        return SoftGoal(merged, targets, loss)

    def _output(self, table: Table) -> Floats:
        return self._scores(table) @ score_spread(len(self.classes_))


class EbmRegressionStudent(EbmBase, StudentRegressor):
    """An explainable boosting machine of at most `size` terms that gives a number.

    See :class:`EbmStudent`, which names classes.

    Parameters
    ----------
    size : int, default 10
        Terms, at most.
    alpha : float, default 0.1
        Weight of the ground truth in the loss, from 0 to 1.
    interactions : bool or int, default False
        Whether pairs of columns may be terms; an int is how many are looked at (10 for True).
    quality : {"fast", "greedy"}, default "fast"
        ``"greedy"`` boosts in few, long steps, on at most 6,000 rows, and bends the shapes less
        often: enough to try settings with.
    random_state : int, optional
        Seed of the bags; 0 unless given.
    constraints : Constraints, optional
        What the shapes must keep.
    """

    def __init__(
        self,
        size: int = 10,
        alpha: float = 0.1,
        interactions: bool | int = False,
        quality: str = "fast",
        random_state: int | None = None,
        constraints: Any = None,
    ) -> None:
        self.size = size
        self.alpha = alpha
        self.interactions = interactions
        self.quality = quality
        self.random_state = random_state
        self.constraints = constraints

    def _goal(self, merged: Merged, targets: Predictions, loss: SquaredLoss) -> NumberGoal:
        return NumberGoal(merged, targets, loss)

    def _output(self, table: Table) -> Floats:
        return self._scores(table)[:, 0]
