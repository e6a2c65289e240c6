"""What is measured of groups: one number per row and model, and the rows that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._softmax import softmax
from jupyter_distill.audits._models import LABELS_ONLY as LABELS_ONLY
from jupyter_distill.audits._models import STUDENT as STUDENT
from jupyter_distill.audits._models import TEACHER as TEACHER
from jupyter_distill.targets import Predictions, SoftTargets, Targets

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

TRUTH = "truth"
FIDELITY = "fidelity"
POINTS, STEP = 0.05, 0.02  # of a rate: a gap that matters, and a change of it that does
PART, SLICE = 0.1, 0.05  # the same of numbers, in standard deviations of the answers


@dataclass(frozen=True, eq=False)
class Measure:
    """One measure, whose mean over the rows of a group is its value there.

    Attributes
    ----------
    name : str
        E.g. ``"named 'yes'"``.
    of_rows : ndarray of bool, shape (n,)
        Rows that it is about.
    per_row : mapping of str to ndarray of shape (n,)
        What is averaged, by model.
    matters, change : float
        A difference between groups that matters, and a change of such a difference that does.
    rate : bool
        Whether what is averaged is 0 or 1 (or the difference of two such).
    """

    name: str
    of_rows: Mask
    per_row: Mapping[str, Floats]
    matters: float
    change: float
    rate: bool


def measures(
    targets: Targets, outputs: Mapping[str, Floats], of_classes: list[int]
) -> list[Measure]:
    """Return all that is measured of some rows.

    Parameters
    ----------
    targets : SoftTargets or Predictions
        What the teacher says of the rows, with the truth where it is known.
    outputs : mapping of str to ndarray
        What the student says (logits or numbers), and the same fitted to the truth alone where
        there is one.
    of_classes : list of int
        Classes that rates are measured of.
    """
    if isinstance(targets, Predictions):
        return list(_of_numbers(targets, outputs))
    return list(_of_classes(targets, outputs, of_classes))


def _of_classes(
    targets: SoftTargets, outputs: Mapping[str, Floats], of_classes: list[int]
) -> Iterator[Measure]:
    said = {TEACHER: targets.logits, **outputs}
    named = {model: z.argmax(1) for model, z in said.items()}
    every, known = np.ones(targets.n_rows, bool), targets.known
    truth = None if known is None or not known.any() else targets.labels

    def rate(name: str, of_rows: Mask, per_row: Mapping[str, Any]) -> Measure:
        floats = {model: np.asarray(v, dtype=np.float64) for model, v in per_row.items()}
        return Measure(name, of_rows, floats, POINTS, STEP, True)

    names = [repr(name) for name in targets.classes.tolist()]
    for k in of_classes:
        yield rate(f"named {names[k]}", every, {m: a == k for m, a in named.items()})
    if truth is not None and known is not None:
        for k in of_classes:
            hits = {model: answer == k for model, answer in named.items()}
            yield rate(f"right of {names[k]}", known & (truth == k), hits)
            yield rate(f"wrongly {names[k]}", known & (truth != k), hits)
        yield rate("accuracy", known, {m: a == truth for m, a in named.items()})
        for k in of_classes:
            over = {m: softmax(z)[:, k] - (truth == k) for m, z in said.items()}
            yield Measure(f"over-estimates {names[k]}", known, over, POINTS, STEP, False)
    yield rate(FIDELITY, every, {m: a == named[TEACHER] for m, a in named.items()})


def _of_numbers(targets: Predictions, outputs: Mapping[str, Floats]) -> Iterator[Measure]:
    said = {TEACHER: targets.values, **outputs}
    every, known, truth = np.ones(targets.n_rows, bool), targets.known, targets.truth
    spread = float(targets.values.std())
    sizes = (PART * spread, SLICE * spread, False)
    yield Measure("mean answer", every, said, *sizes)
    if truth is not None and known is not None and known.any():
        errors = {model: np.where(known, v - truth, 0.0) for model, v in said.items()}
        yield Measure("mean error", known, errors, *sizes)
        absolute = {model: np.abs(error) for model, error in errors.items()}
        yield Measure("mean absolute error", known, absolute, *sizes)
    far = {model: np.abs(v - targets.values) for model, v in said.items()}
    yield Measure("distance to the teacher", every, far, *sizes)


def own_rates(targets: Targets, of_classes: list[int]) -> dict[str, tuple[Mask, Floats]]:
    """Return, by measure, what the truth itself says of which rows."""
    known = targets.known
    if known is None or not known.any():
        return {}
    if isinstance(targets, Predictions):
        assert targets.truth is not None
        return {"mean answer": (known, np.where(known, targets.truth, 0.0))}
    return {
        f"named {targets.classes.tolist()[k]!r}": (
            known,
            np.asarray(targets.labels == k, dtype=np.float64),
        )
        for k in of_classes
    }
