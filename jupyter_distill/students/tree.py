"""A decision tree with few leaves: searched for and filled to minimise the composite loss."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._softmax import softmax
from jupyter_distill.data import Table
from jupyter_distill.students._classifier import StudentClassifier
from jupyter_distill.students._criterion import Criterion
from jupyter_distill.students._leaf_order import isotone_logits, isotone_numbers
from jupyter_distill.students._leaves import leaf_logits, led_by
from jupyter_distill.students._nodes import Nodes
from jupyter_distill.students._regressor import StudentRegressor
from jupyter_distill.students._tree import SHRINKAGE, TreeBase
from jupyter_distill.targets import CompositeLoss, Predictions, SoftTargets, SquaredLoss, soften

Floats = NDArray[np.float64]

SHRINKAGE_OF_NAMES = 1.0  # where that many rows would change the class that is named
# Share of disagreement, beside distance to the teacher's distribution, in what a tree costs.
OBJECTIVES = {"balanced": 0.8, "fidelity": 0.9, "distribution": 0.0}


class TreeStudent(TreeBase, StudentClassifier):
    """A decision tree of at most `size` leaves.

    It is searched for: grown best first on ``alpha y + (1 - alpha) T softmax(z / T)``, whose
    squared error is the second-order expansion of the composite loss, and on the teacher's
    answers; cut back by dynamic programming; every question in turn is then replaced by the best
    one, and every part sought anew with another column at its top. Of fewer than 2,000 rows some
    are left out in turn, and the search goes only as far as it pays on them. Every leaf says the
    exact minimiser of the loss over its rows, drawn a little towards its parent's, and (unless the
    objective is the distribution) leads with the class that most of them are given. Categories are
    divided into two sets of values, missing values go to the side where they fit best, thresholds
    are the roundest numbers in their gap.

    Parameters
    ----------
    size : int, default 16
        Leaves, at most; at least 2.
    alpha : float, default 0.1
        Weight of the ground truth in the loss, from 0 to 1.
    temperature : float, default 1.0
        T of the soft targets.
    leaf_temperature : float, optional
        T at which the leaves are filled; `temperature`, but at least 1, unless given. With T
        below 1 the structure follows the decision boundary more closely, while leaves filled
        there would say less than they know.
    min_rows : float, optional
        Least weight of a leaf; a row weighs 1 unless weights are given. Unless given it is 5,
        and down to 2 where all rows together weigh less than 2,000.
    objective : {"balanced", "fidelity", "distribution"}, default "balanced"
        What the structure is judged by: naming the teacher's class (fidelity), the teacher's
        whole distribution (KL, ranking), or both.
    quality : {"fast", "best", "greedy"}, default "fast"
        How long to search: ``"greedy"`` grows and cuts back only; ``"best"`` searches more of
        the parts, twice, and takes some two to three times as long as ``"fast"``.
    random_state : int, optional
        Seed of the rows that choose the cuts, and of those that are searched, when there are very
        many of them.
    constraints : Constraints, optional
        Directions that the answers keep, exactly, at the least loss (isotonic leaves); with
        ``hard=False`` they go ``penalty / (1 + penalty)`` of the way there. Columns that are not
        asked about; a budget of columns.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        Class labels.
    columns_ : tuple of Column
        The columns that were fitted.
    nodes_ : Nodes
        Structure.
    answers_ : ndarray of shape (m, K)
        Logits: what each node says if it is a leaf.

    References
    ----------
    M. A. Carreira-Perpinan, P. Tavallali: Alternating optimization of decision trees, 2018.
    M. Bohanec, I. Bratko: Trading accuracy for simplicity in decision trees, 1994.
    A. Agarwal et al.: Hierarchical shrinkage, 2022.
    """

    CHOICES = {**TreeBase.CHOICES, "objective": tuple(OBJECTIVES)}

    filled_: CompositeLoss

    def __init__(
        self,
        size: int = 16,
        alpha: float = 0.1,
        temperature: float = 1.0,
        leaf_temperature: float | None = None,
        min_rows: float | None = None,
        objective: str = "balanced",
        quality: str = "fast",
        random_state: int | None = None,
        constraints: Any = None,
    ) -> None:
        self.size = size
        self.alpha = alpha
        self.temperature = temperature
        self.leaf_temperature = leaf_temperature
        self.min_rows = min_rows
        self.objective = objective
        self.quality = quality
        self.random_state = random_state
        self.constraints = constraints

    def _judged(
        self, targets: SoftTargets, loss: CompositeLoss, weights: Floats
    ) -> tuple[Criterion, list[Floats]]:
        share = OBJECTIVES[self.objective]
        response = loss.response(targets)
        response /= response.sum(1, keepdims=True)
        answers = loss.answers(targets)
        criterion = Criterion.of(answers, response, weights, share)
        # of two columns the other one is its mirror image
        only = slice(1, None) if targets.n_classes == 2 else slice(None)
        starts = [response[:, only]]
        if share > 0 and self.quality != "greedy":
            starts.append(answers[:, only])
        return criterion, starts

    def _fill(
        self,
        nodes: Nodes,
        leaf: NDArray[np.intp],
        targets: SoftTargets,
        loss: CompositeLoss,
        weights: Floats,
        answers: NDArray[np.intp] | None,
    ) -> Floats:
        self.filled_ = loss
        loss = self._at(loss)
        at = loss.temperature
        k = targets.n_classes
        of = [weights[:, None], targets.at(at) * weights[:, None]]
        truth = loss.label_mix(targets)
        if truth is not None:
            of.append(truth * weights[:, None])
        sums = nodes.totals(leaf, np.column_stack(of))

        def drawn(rows: float) -> Floats:
            """Return the minimisers where every mean is pulled to its parent's by some rows."""
            means = np.empty_like(sums[:, 1:])
            for node, parent in enumerate(nodes.parent):
                prior = means[parent] if parent >= 0 else np.full(means.shape[1], 1.0 / k)
                means[node] = (sums[node, 1:] + rows * prior) / (sums[node, 0] + rows)
            labels = means[:, k:] if truth is not None else None
            return leaf_logits(means[:, :k], labels, loss)

        filled = drawn(SHRINKAGE)
        if answers is not None and OBJECTIVES[self.objective] > 0:
            led = filled.argmax(1) != answers
            if led.any():  # the pull would change what a small leaf names
                filled[led] = drawn(SHRINKAGE_OF_NAMES)[led]
            led = filled.argmax(1) != answers
            filled[led] = led_by(filled[led], answers[led])
        return filled

    def _in_order(self, nodes: Nodes, free: Floats, weight: Floats) -> Floats:
        at = self._at(self.filled_)
        labels = softmax(free) if at.alpha > 0 else None
        soft = softmax(free, at.temperature)
        return isotone_logits(nodes, self.columns_, self.demands_, free, weight, soft, labels, at)

    def _at(self, loss: CompositeLoss) -> CompositeLoss:
        """Return the loss with the temperature at which leaves are filled."""
        at = self.leaf_temperature
        return CompositeLoss(loss.alpha, max(loss.temperature, 1.0) if at is None else at)

    def _says(self) -> Floats:
        return soften(self.answers_)


class TreeRegressionStudent(TreeBase, StudentRegressor):
    """A regression tree of at most `size` leaves.

    Searched for on ``alpha y + (1 - alpha) t``, whose mean in a leaf is the exact minimiser
    of the squared composite loss. See :class:`TreeStudent`, which names classes.

    Parameters
    ----------
    size : int, default 16
        Leaves, at most; at least 2.
    alpha : float, default 0.1
        Weight of the ground truth in the loss, from 0 to 1.
    min_rows : float, optional
        Least weight of a leaf; a row weighs 1 unless weights are given. Unless given it is 5,
        and down to 2 where all rows together weigh less than 2,000.
    quality : {"fast", "best", "greedy"}, default "fast"
        How long to search: ``"greedy"`` grows and cuts back only; ``"best"`` searches more of
        the parts, twice, and takes some two to three times as long as ``"fast"``.
    random_state : int, optional
        As of :class:`TreeStudent`, like `constraints`.
    constraints : Constraints, optional
        Directions, columns left out, a budget of columns.
    """

    def __init__(
        self,
        size: int = 16,
        alpha: float = 0.1,
        min_rows: float | None = None,
        quality: str = "fast",
        random_state: int | None = None,
        constraints: Any = None,
    ) -> None:
        self.size = size
        self.alpha = alpha
        self.min_rows = min_rows
        self.quality = quality
        self.random_state = random_state
        self.constraints = constraints

    def _judged(
        self, targets: Predictions, loss: SquaredLoss, weights: Floats
    ) -> tuple[Criterion, list[Floats]]:
        blend = loss.blend(targets)
        # around 0 and of spread 1: squares of large numbers would hide small differences
        blend = blend - np.average(blend, weights=weights)
        response = (blend / (np.sqrt(np.average(blend**2, weights=weights)) or 1.0))[:, None]
        return Criterion.of(None, response, weights, 0.0), [response]

    def _fill(
        self,
        nodes: Nodes,
        leaf: NDArray[np.intp],
        targets: Predictions,
        loss: SquaredLoss,
        weights: Floats,
        answers: NDArray[np.intp] | None,
    ) -> Floats:
        blend = loss.blend(targets)
        centre = np.average(blend, weights=weights)
        sums = nodes.totals(leaf, np.column_stack([weights, weights * (blend - centre)]))
        filled = np.zeros((len(sums), 1))
        for node, parent in enumerate(nodes.parent):
            prior = filled[parent, 0] if parent >= 0 else 0.0
            filled[node] = (sums[node, 1] + SHRINKAGE * prior) / (sums[node, 0] + SHRINKAGE)
        return filled + centre

    def _in_order(self, nodes: Nodes, free: Floats, weight: Floats) -> Floats:
        return isotone_numbers(nodes, self.columns_, self.demands_, free, weight)

    def _output(self, table: Table) -> Floats:
        return super()._output(table)[:, 0]

    def _says(self) -> Floats:
        return self.answers_
