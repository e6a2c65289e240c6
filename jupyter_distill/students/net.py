"""A small, sparse net: a few units whose every weight can be listed, and a linear way around."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.students._classifier import StudentClassifier, score_spread
from jupyter_distill.students._net import NetBase
from jupyter_distill.students._net_losses import CompositeLesson, SquaredLesson
from jupyter_distill.students._net_weights import NetWeights
from jupyter_distill.students._regressor import StudentRegressor
from jupyter_distill.targets import CompositeLoss, Predictions, SoftTargets, SquaredLoss

Floats = NDArray[np.float64]


class NetStudent(NetBase, StudentClassifier):
    """A net of one hidden layer with few units and few weights. Needs torch to be fitted.

    It minimises the composite loss by its exact gradient. Batches come first, with a proximal
    step after each that lets whole columns of the table drop out; then an exact descent; then the
    weights that are worth least are set to 0 in rounds, as long as rows that were held out show
    no loss, and the others are fitted once more on all rows. Units say ``tanh`` of a weighted sum;
    what is linear goes around them. Two classes share one output, the log-odds of the second.

    The answer depends on what the rows hold, not on their order, nor on whether a row is written
    down twice or weighs 2. Once fitted, a net is numpy arrays: predicting needs no torch.

    Parameters
    ----------
    size : int, default 8
        Hidden units, at most.
    alpha : float, default 0.1
        Weight of the ground truth in the loss, from 0 to 1.
    temperature : float, default 1.0
        T of the soft targets.
    weights : "auto" or int, default "auto"
        Most weights that are not 0, biases not counted. A number is used up; with ``"auto"`` there
        are at most 7 and one for each output per unit, and fewer where they do as well.
    epochs : int, default 200
        Passes over the rows before pruning, at most; fewer on many rows, or where a held-out
        share shows that there is nothing more to gain.
    quality : {"fast", "greedy"}, default "fast"
        ``"greedy"`` trains and cuts back in few steps, on at most 6,000 rows: enough to try
        settings with.
    random_state : int, optional
        Seed of the first weights, the batches and the held-out share; 0 unless given.
    constraints : Constraints, optional
        Columns along which a probability must not fall (or rise), columns that must not, or
        must, be used. Hard ones hold by the signs of the weights.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        Class labels.
    columns_ : tuple of Column
        The columns that were fitted.
    net_ : NetWeights
        The weights, over the columns of `design_`.

    References
    ----------
    S. Scardapane et al.: Group Sparse Regularization for Deep Neural Networks, 2017.
    Y. LeCun, J. Denker, S. Solla: Optimal Brain Damage, 1990.
    J. Sill: Monotonic Networks, 1998.
    """

    def __init__(
        self,
        size: int = 8,
        alpha: float = 0.1,
        temperature: float = 1.0,
        weights: str | int = "auto",
        epochs: int = 200,
        quality: str = "fast",
        random_state: int | None = None,
        constraints: Any = None,
    ) -> None:
        self.size = size
        self.alpha = alpha
        self.temperature = temperature
        self.weights = weights
        self.epochs = epochs
        self.quality = quality
        self.random_state = random_state
        self.constraints = constraints

    def _lesson(
        self, targets: SoftTargets, loss: CompositeLoss, weights: Floats | None
    ) -> CompositeLesson:
        # in an order that their names decide, so that the order of the columns cannot matter
        order = np.array(
            sorted(range(targets.n_classes), key=lambda k: _sortable(self.classes_[k])),
            dtype=np.intp,
        )
        self.spread_ = score_spread(targets.n_classes) @ np.eye(targets.n_classes)[order]
        return CompositeLesson.of(targets, loss, order)

    def _output_of(self, of_class: int | None) -> tuple[int, int]:
        output = int(np.abs(self.spread_[:, of_class]).argmax())
        return output, int(np.sign(self.spread_[output, of_class]))

    def _in_own_units(self, net: NetWeights) -> NetWeights:
        return net

    def _answers(self) -> list[str]:
        if len(self.classes_) == 2:
            return [f"log-odds of {self.classes_[self.spread_[0].argmax()]}"]
        return [str(self.classes_[row.argmax()]) for row in self.spread_]


def _sortable(name: Any) -> tuple[str, str]:
    return type(name).__name__, str(name)


class NetRegressionStudent(NetBase, StudentRegressor):
    """A net of one hidden layer with few units and few weights that gives a number.

    See :class:`NetStudent`, which names classes. Needs torch to be fitted.

    Parameters
    ----------
    size : int, default 8
        Hidden units, at most.
    alpha : float, default 0.1
        Weight of the ground truth in the loss, from 0 to 1.
    weights : "auto" or int, default "auto"
        Most weights that are not 0, biases not counted. A number is used up; with ``"auto"`` there
        are at most 8 per unit, and fewer where they do as well.
    epochs : int, default 200
        Passes over the rows before pruning, at most.
    quality : {"fast", "greedy"}, default "fast"
        ``"greedy"`` trains and cuts back in few steps, on at most 6,000 rows: enough to try
        settings with.
    random_state : int, optional
        Seed of the first weights, the batches and the held-out share; 0 unless given.
    constraints : Constraints, optional
        Columns along which the number must not fall (or rise), columns that must not, or must, be
        used. Hard ones hold by the signs of the weights.
    """

    def __init__(
        self,
        size: int = 8,
        alpha: float = 0.1,
        weights: str | int = "auto",
        epochs: int = 200,
        quality: str = "fast",
        random_state: int | None = None,
        constraints: Any = None,
    ) -> None:
        self.size = size
        self.alpha = alpha
        self.weights = weights
        self.epochs = epochs
        self.quality = quality
        self.random_state = random_state
        self.constraints = constraints

    def _lesson(
        self, targets: Predictions, loss: SquaredLoss, weights: Floats | None
    ) -> SquaredLesson:
        blend = loss.blend(targets)
        self.spread_ = np.ones((1, 1))
        self.centre_ = float(np.average(blend, weights=weights))
        spread = float(np.sqrt(np.average((blend - self.centre_) ** 2, weights=weights)))
        self.scale_ = spread if spread > 0 else 1.0
        return SquaredLesson(blend, self.centre_, self.scale_)

    def _in_own_units(self, net: NetWeights) -> NetWeights:
        return NetWeights(
            net.first,
            net.bias,
            net.out * self.scale_,
            net.skip * self.scale_,
            net.intercept * self.scale_ + self.centre_,
        )

    def _output_of(self, of_class: int | None) -> tuple[int, int]:
        return 0, 1

    def _answers(self) -> list[str]:
        return ["answer"]

    def _output(self, table: Any) -> Floats:
        return super()._output(table)[:, 0]
