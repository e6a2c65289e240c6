"""What the views are given: plain values and wire arrays, made from data alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._softmax import log_softmax
from jupyter_distill.checks._calibration import ENOUGH
from jupyter_distill.checks._reliability import likeliest_temperature
from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.exports.says import span
from jupyter_distill.exports.wire import Wire, encode
from jupyter_distill.targets import SoftTargets

# Rows whose logits go to the browser: enough for a mean that does not move by a pixel, and at
# most about one megabyte however many classes there are.
MOST_ROWS, MOST_NUMBERS = 10_000, 250_000
_at_most: ContextVar[int | None] = ContextVar("rows whose logits are sent", default=None)
# Below any softened probability that a screen can show, and far inside what a float32 holds.
FLOOR = -1e30


def tree(
    explanation: TreeExplanation, rows: int | None = None, notes: Sequence[str] = ()
) -> dict[str, Any]:
    """Return a tree for the browser: structure, conditions and class mixes of every node.

    Of a regression means in place of mixes, with their range and error. Shares and means are
    rounded to single precision, which is more than a screen can show. Of a condition is sent what
    follows the name of its column, and the whole of it in full where it is cut short; `rows` is
    how many rows can be chosen from.
    """
    place = asked_about([explanation])
    numbers = {}
    if explanation.error is not None:
        numbers = {"range": list(span(explanation)), "error": _shown(explanation.error)}
    teacher = _shown(explanation.teacher)
    return {
        **numbers,
        "classes": list(explanation.classes),
        "names": list(explanation.names),
        "notes": list(notes),
        "rows": rows,
        "columns": [explanation.columns[j].name for j in place],
        "feature": encode(features(explanation, place), "u1" if len(place) < 256 else "i4"),
        "tails": tails(explanation),
        "full": in_full(explanation),
        "left": encode(explanation.left, "i4"),
        "right": encode(explanation.right, "i4"),
        "support": _shown(explanation.support),
        # the labels that a tree holds are what it says
        "teacher": None if explanation.teacher is explanation.student else teacher,
        "student": _shown(explanation.student),
        "agreement": _shown(explanation.agreement),
    }


def asked_about(trees: Sequence[TreeExplanation]) -> dict[int, int]:
    """Return the columns that trees of one table ask about, each with its place among them."""
    told = np.unique(np.concatenate([tree.feature[tree.feature >= 0] for tree in trees]))
    return {int(j): k for k, j in enumerate(told)}


def features(explanation: TreeExplanation, place: Mapping[int, int]) -> list[int]:
    """Return the place of the column that each node asks about; a leaf has their number."""
    return [place.get(int(j), len(place)) for j in explanation.feature]


def tails(explanation: TreeExplanation) -> list[str]:
    """Return of each node's condition what follows the name of its column."""
    columns, asked, found = explanation.columns, explanation.feature, []
    for parent, text in zip(explanation.parent, explanation.conditions, strict=True):
        name = columns[asked[parent]].name if parent >= 0 else ""
        assert text.startswith(name), "a condition begins with the name of its column"
        found.append(text[len(name) :])
    return found


def in_full(explanation: TreeExplanation) -> dict[str, str]:
    """Return the conditions that are cut short elsewhere, by node."""
    return {
        str(k): text
        for k, (text, short) in enumerate(
            zip(explanation.conditions_in_full, explanation.conditions, strict=True)
        )
        if text != short
    }


def logits(values: NDArray[np.float64]) -> Wire:
    """Return logits for the browser, each row shifted so that its largest is 0.

    A softmax does not see the shift, and single precision holds what is left.
    """
    with np.errstate(over="ignore"):  # the far ends of float64 may differ by more than it holds
        shifted = values - values.max(axis=1, keepdims=True)
    return _shown(np.maximum(shifted, FLOOR))


@contextmanager
def rows_at_most(rows: int | None) -> Iterator[None]:
    """Let views that are made meanwhile load no more rows than this; None is :data:`MOST_ROWS`."""
    before = _at_most.set(rows)
    try:
        yield
    finally:
        _at_most.reset(before)


def most_rows() -> int:
    """Return how many rows a view that is made now may load."""
    return _at_most.get() or MOST_ROWS


def sample(
    n: int, n_classes: int, *, keep: Sequence[int] = (), most: int | None = None
) -> NDArray[np.intp]:
    """Return the sorted rows whose logits are sent: all, or a fixed random choice with `keep`."""
    most = max(1, min(most or most_rows(), MOST_NUMBERS // n_classes))
    if n <= most:
        return np.arange(n)
    chosen = np.random.default_rng(0).choice(n, most, replace=False)
    free = np.flatnonzero(~np.isin(chosen, keep))
    missing = np.setdiff1d(keep, chosen)[: len(free)].astype(np.intp)
    chosen[free[len(free) - len(missing) :]] = missing
    return np.sort(chosen)


def curve(path: pd.DataFrame, temperature: float) -> dict[str, Any]:
    """Return the divergence at every temperature tried, and the one that calibration chose.

    Where nothing was tried, that is the `temperature` that was given.
    """
    ordered = path.sort_values("temperature")
    columns = {name: [float(v) for v in ordered[name]] for name in ("temperature", "kl", "se")}
    return {**columns, "calibrated": calibrated(path, temperature)}


def calibrated(path: pd.DataFrame, temperature: float) -> float:
    """Return the temperature that calibration chose; the given one if nothing was tried."""
    chosen = path.loc[path["chosen"].astype(bool), "temperature"]
    return float(chosen.iloc[0]) if len(chosen) else float(temperature)


def truest(targets: SoftTargets, *, unseen: bool) -> dict[str, Any]:
    """Return at which T the teacher's own probabilities fit the truth best, and by how much.

    Its log loss at every T, and the likeliest T with its 95 % interval (temperature scaling); of
    too few rows whose class is known, nothing. Of rows that are not `unseen` the reader is told
    that the teacher may have learnt from them.
    """
    if targets.labels is None:
        return {}
    known = targets if targets.known is None else targets.take(targets.known)
    if known.n_rows < ENOUGH:
        return {}
    labels, rows = np.asarray(known.labels), np.arange(known.n_rows)
    at = np.geomspace(0.1, 20, 47)
    losses = [float(-log_softmax(known.logits, T)[rows, labels].mean()) for T in at]
    T, low, high, loss = likeliest_temperature(known, labels)
    return {
        "truth": {
            "temperature": [float(f"{T:.4g}") for T in at],
            "loss": losses,
            "best": T,
            "low": low,
            "high": high,
            "least": loss,
            "plain": float(-log_softmax(known.logits)[rows, labels].mean()),
            "rows": known.n_rows,
            "unseen": unseen,
        }
    }


def _shown(values: NDArray[np.float64]) -> Wire:
    return encode(np.asarray(values, dtype=np.float32), "f4")
