"""What every stage of a chain of assistants has kept of the teacher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._resample import interval, r2, r2_columns, resampled_means
from jupyter_distill._wilson import wilson
from jupyter_distill.data import Table
from jupyter_distill.distillation._assistant_fitted import Fitted
from jupyter_distill.students import Student
from jupyter_distill.targets import KL, Predictions, SquaredLoss, Targets

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Stage:
    """An assistant against the first teacher.

    Attributes
    ----------
    name : str
        The assistant in words.
    fidelity : float
        Share of rows for which it names the teacher's class; of a regression R2 to the teacher.
    low, high : float
        95 % interval of `fidelity`: Wilson's; of R2 by bootstrap.
    kl : float or None
        Mean KL(teacher || assistant) at T = 1, in nats; None for a regression.
    temperature : float or None
        T of the soft targets that it learnt; None if it learnt numbers, or names.
    note : str
        What it could not be taught; empty where it was taught all.
    """

    name: str
    fidelity: float
    low: float
    high: float
    kl: float | None
    temperature: float | None = None
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the stage as plain values, ready for JSON; what does not exist is left out."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}


def stages(
    chain: Sequence[Fitted], table: Table, targets: Targets, seed: int | None
) -> tuple[Stage, ...]:
    """Measure every assistant against the first teacher.

    Parameters
    ----------
    chain : sequence of Fitted
        As taught.
    table : Table
        Rows that none of them learnt from.
    targets : SoftTargets or Predictions
        What the first teacher says of these rows.
    seed : int or None
        Of the bootstrap.
    """
    return tuple(_stage(fitted, table, targets, seed) for fitted in chain)


def weak(
    chain: Sequence[Fitted], student: Student, table: Table, targets: Targets
) -> tuple[tuple[Fitted, float, float], ...]:
    """Return the assistants that are no closer to the teacher than the student they taught.

    Sizes of two families have no common measure; this one they have. Such an assistant has not
    stood between the two. Beside it stand its own distance and that of the student: mean KL at
    T = 1 in nats, or mean squared difference.

    Parameters
    ----------
    chain, table, targets
        As of :func:`stages`.
    student : Student
        Fitted.
    """
    own = _distance(student.output(table), targets)
    distances = [_distance(fitted.output(table), targets) for fitted in chain]
    return tuple(
        (f, from_f, own) for f, from_f in zip(chain, distances, strict=True) if from_f >= own
    )


def _stage(fitted: Fitted, table: Table, targets: Targets, seed: int | None) -> Stage:
    said = fitted.output(table)
    if isinstance(targets, Predictions):
        columns = r2_columns(said, targets.values)
        value, low, high = interval(columns, resampled_means(columns, seed), r2)
        return Stage(fitted.name, value, low, high, None, None, fitted.note)
    share = float((said.argmax(1) == targets.predicted).mean())
    low, high = wilson(share, targets.n_rows)
    kl = KL(said, targets)
    return Stage(fitted.name, share, low, high, kl, fitted.temperature, fitted.note)


def _distance(said: Floats, targets: Targets) -> float:
    """Return how far answers are from the teacher's: mean KL, or squared difference."""
    if isinstance(targets, Predictions):
        return SquaredLoss(0.0)(said, targets)
    return KL(said, targets)
