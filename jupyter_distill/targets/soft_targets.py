"""What a student learns from: the teacher's logits per row, and the labels where known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jupyter_distill._classes import check_classes
from jupyter_distill._softmax import TOLERANCE, log_floored
from jupyter_distill._validation import Refusal, expected, some
from jupyter_distill.targets._arrays import (
    check_alike,
    check_known,
    check_weights,
    floats,
    freeze,
    how_known,
    stacked,
)
from jupyter_distill.targets.align import align
from jupyter_distill.targets.soften import soften


@dataclass(frozen=True, eq=False, repr=False)
class SoftTargets:
    """The teacher's logits for some rows, frozen.

    Parameters
    ----------
    logits : array_like of shape (n, K)
        Finite logits or log-probabilities.
    classes : array_like of shape (K,)
        Class names in the order of the columns.
    labels : array_like of shape (n,), optional
        The ground truth as codes into `classes`; -1 for rows whose truth is not known. Where it
        is known of no row, None.
    weights : array_like of shape (n,), optional
        Row weights, none negative, not all zero.

    Examples
    --------
    >>> targets = SoftTargets([[0.0, 2.0], [1.0, 0.0]], classes=["no", "yes"])
    >>> targets.at(temperature=2.0).round(2)
    array([[0.27, 0.73],
           [0.62, 0.38]])
    """

    logits: NDArray[np.float64]
    classes: NDArray[Any]
    labels: NDArray[np.intp] | None = None
    weights: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        logits = floats("logits", self.logits, 2)
        n, k = logits.shape
        if n == 0 or k < 2:
            raise Refusal(
                expected("logits of shape (rows, at least 2 classes)", got=f"shape {logits.shape}")
            )
        freeze(self, "logits", logits)
        freeze(self, "classes", _classes(self.classes, k))
        if self.labels is not None:
            freeze(self, "labels", _labels(self.labels, n, k))
        if self.weights is not None:
            freeze(self, "weights", check_weights(self.weights, n))

    @classmethod
    def from_labels(
        cls,
        y: Any,
        classes: Sequence[object] | ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> SoftTargets:
        """Make targets of labels alone: each label its own, nearly certain, teacher.

        Parameters
        ----------
        y : array_like of shape (n,)
            Labels of any type.
        classes : sequence, optional
            Class names in order; the sorted labels by default.
        weights : array_like, optional
            Row weights.
        """
        names, codes = align(classes, y)
        logits = log_floored(np.eye(len(names))[codes])
        return cls(logits, names, codes, weights)  # type: ignore[arg-type]

    @classmethod
    def from_probabilities(
        cls,
        probabilities: ArrayLike,
        classes: Sequence[object] | ArrayLike,
        labels: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> SoftTargets:
        """Make targets of probabilities, rows of shape (n, K) that sum to one.

        Nothing is lost: ``softmax(log(p) / T)`` equals ``softmax(logits / T)``, down to the
        floor of 1e-6 below which no probability is taken.
        """
        p = floats("probabilities", probabilities, 2)
        sums = p.sum(axis=1)
        bad = (np.abs(sums - 1) > TOLERANCE) | (p < 0).any(axis=1) | (p > 1 + TOLERANCE).any(axis=1)
        if bad.any():
            row = int(bad.argmax())
            raise Refusal(
                expected(
                    "rows of probabilities between 0 and 1 that sum to one",
                    got=f"{p[row].tolist()} (sum {sums[row]:.4g}) in row {row}, and "
                    f"{int(bad.sum())} such rows in all",
                )
            )
        return cls(log_floored(p), classes, labels, weights)  # type: ignore[arg-type]

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.logits.shape[0])

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return int(self.logits.shape[1])

    @property
    def known(self) -> NDArray[np.bool_] | None:
        """Which rows the ground truth is known of, shape (n,); None where there is none."""
        return None if self.labels is None else np.asarray(self.labels >= 0)

    @property
    def predicted(self) -> NDArray[np.intp]:
        """The teacher's answer per row, as a code into `classes`."""
        return np.asarray(self.logits.argmax(axis=1), dtype=np.intp)

    def at(self, temperature: float = 1.0) -> NDArray[np.float64]:
        """Return the teacher's probabilities at a temperature, shape (n, K)."""
        return soften(self.logits, temperature)

    def take(self, rows: ArrayLike | slice) -> SoftTargets:
        """Return the targets of some rows (positions, a mask or a slice).

        Labels that are not known stay so, even where they are those of all rows that are taken:
        what a row costs does not depend on its neighbours.
        """
        chosen = rows if isinstance(rows, slice) else np.asarray(rows)
        weights = None if self.weights is None else self.weights[chosen]
        taken = SoftTargets(self.logits[chosen], self.classes, weights=weights)
        if self.labels is not None:
            freeze(taken, "labels", self.labels[chosen])
        return taken

    def join(self, *others: SoftTargets) -> SoftTargets:
        """Return these targets and those of other rows, one after another.

        Labels are not known of rows that have none; rows without weights weigh 1 beside others
        that have them.

        Parameters
        ----------
        *others : SoftTargets
            Of the same classes in the same order.

        Raises
        ------
        TypeError
            If they are no `SoftTargets`.
        ValueError
            If their classes differ.
        """
        check_alike(self, others)
        names = self.classes.tolist()
        for other in others:
            if other.classes.tolist() != names:
                raise Refusal(
                    expected(
                        f"targets of the same classes in the same order, {some(names, 20)}",
                        got=some(other.classes.tolist(), 20),
                    )
                )
        parts = (self, *others)
        lengths = [part.n_rows for part in parts]
        labels = stacked([_codes(part.labels) for part in parts], lengths, -1)
        return SoftTargets(
            np.concatenate([part.logits for part in parts]),
            self.classes,
            labels,
            stacked([part.weights for part in parts], lengths, 1.0),
        )

    def __len__(self) -> int:
        return self.n_rows

    def __repr__(self) -> str:
        parts = [f"{self.n_rows} rows", f"classes {some(self.classes.tolist())}"]
        parts.append(how_known(self.known, "labels"))
        if self.weights is not None:
            parts.append("weighted")
        return f"<SoftTargets: {', '.join(parts)}>"


def _codes(labels: NDArray[np.intp] | None) -> NDArray[np.intp] | None:
    """Return labels, but None where none of them is known, as may be after `take`."""
    return labels if labels is not None and (labels >= 0).any() else None


def _classes(classes: Any, k: int) -> NDArray[Any]:
    array = check_classes(classes)
    if len(array) != k:
        raise Refusal(expected(f"{k} classes, one per column of logits", got=f"{array.tolist()!r}"))
    return array


def _labels(labels: Any, n: int, k: int) -> NDArray[np.intp]:
    array = np.asarray(labels)
    if array.shape != (n,):
        raise Refusal(expected(f"{n} labels, one per row", got=f"shape {array.shape}"))
    if array.dtype.kind not in "iu":
        raise TypeError(
            expected(
                "labels as whole-number codes into classes",
                got=f"{array.dtype} ({some(array[:3].tolist())} and so on)",
                remedy="Use SoftTargets.from_labels, or align(classes, y).",
            )
        )
    if array.min() < -1 or array.max() >= k:
        raise Refusal(
            expected(
                f"label codes between 0 and {k - 1}, or -1 where a label is not known",
                got=f"{array.min()} to {array.max()}",
            )
        )
    check_known(array >= 0, "labels")
    return array.astype(np.intp)
