"""Whether a teacher answers the same question alike twice: else its soft targets are noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._softmax import softmax
from jupyter_distill._validation import expected
from jupyter_distill.teachers._outputs import Kind, Raw

ROWS = 32  # asked twice
APART = 1e-4  # in probability: above what rounding makes, below what dropout or sampling makes
ROUNDING = 1e-6  # of a number itself, as of one in 32 bits

_REMEDY = (
    "Its answers would be noise. Let dropout obey eval() (training=self.training), and call "
    "eval() on a network inside of a function; fix the seed of what samples; ask a service at "
    "temperature 0. To take the answers as they come: as_teacher(model, noisy=True)."
)


class Noise(ValueError):
    """Two answers to the same rows that differ.

    Attributes
    ----------
    rows : int
        How many were asked about twice.
    different : int
        How many got another answer, by more than rounding makes.
    largest : float
        The largest difference, of probabilities or of numbers; infinite where one has none.
    """

    def __init__(self, name: str, got: str, rows: int, different: int, largest: float) -> None:
        what = f"{name} to answer the same rows alike, asked twice"
        super().__init__(expected(what, got=got, remedy=_REMEDY))
        self.rows, self.different, self.largest = rows, different, largest


def refuse_noise(
    first: Raw, second: Raw, start: int, *, name: str, kind: Kind | None, numbers: bool
) -> None:
    """Refuse two answers to the same rows that are further apart than rounding explains.

    Parameters
    ----------
    first, second : Raw
        What came, shape (rows, columns).
    start : int
        Position of the first row in the owner's X, for the message.
    name : str
        The teacher's name, for the message.
    kind : {"logits", "probabilities"} or None
        What the answers are known to be.
    numbers : bool
        Whether they are the numbers of a regression.

    Raises
    ------
    Noise
        With the largest difference, of probabilities or of numbers.
    """
    a, b = first.values.astype(np.float64), second.values.astype(np.float64)
    if a.shape != b.shape:
        got = f"shape {a.shape} first and {b.shape} then"
        raise Noise(name, got, len(a), len(a), np.inf)
    if np.array_equal(a, b, equal_nan=True):
        return
    finite = np.isfinite(a).all(axis=1) & np.isfinite(b).all(axis=1)
    same = ((a == b) | (np.isnan(a) & np.isnan(b))).all(axis=1)
    difference = np.where(same, 0.0, np.inf)
    allowed, what = APART, "probabilities"
    if numbers:
        difference[finite] = np.abs(a - b)[finite, 0]
        known = a[finite, 0] if finite.any() else np.zeros(1)
        allowed = max(APART * float(np.ptp(known)), ROUNDING * float(np.abs(known).max()))
        what = "numbers"
    else:
        p, q = _probabilities(a[finite], b[finite], kind, first.tolerance)
        difference[finite] = np.abs(p - q).max(axis=1)
    worst = int(difference.argmax())
    if difference[worst] > allowed:
        got = f"{what} that differ by up to {difference[worst]:.3g} (row {start + worst})"
        different = int((difference > allowed).sum())
        raise Noise(name, got, len(a), different, float(difference[worst]))


def _probabilities(
    a: NDArray[np.float64], b: NDArray[np.float64], kind: Kind | None, tolerance: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both as probabilities; what a few rows may be is not what all will be known as."""
    if kind is None:
        both = np.vstack([a, b])
        inside = bool(((both >= -tolerance) & (both <= 1 + tolerance)).all())
        sums = both.shape[1] == 1 or np.allclose(both.sum(axis=1), 1, atol=tolerance)
        kind = "probabilities" if inside and sums else "logits"
    if kind == "probabilities":
        return a, b
    if a.shape[1] == 1:
        a, b = (np.hstack([np.zeros_like(z), z]) for z in (a, b))
    return softmax(a), softmax(b)
