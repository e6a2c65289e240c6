"""Labels put beside the teacher's columns: the same names, and the order that fits."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from math import lgamma, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jupyter_distill._classes import as_python, check_classes
from jupyter_distill._shares import percent
from jupyter_distill._validation import Refusal, expected, some

_MARGIN = 0.2  # by how much another order must fit better, as a share of each class's rows
_DOUBT = 1e-6  # chance to call an order wrong that is right


def align(
    classes: Sequence[object] | ArrayLike | None,
    y: Any,
    logits: ArrayLike | None = None,
    *,
    classes_given: bool = False,
) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return the classes and the labels as codes into them.

    Parameters
    ----------
    classes : sequence or None
        The teacher's class names in the order of its columns; None where it names none, then
        the sorted labels are taken.
    y : array_like of shape (n,)
        Labels of any type, none missing.
    logits : array_like of shape (n, K), optional
        The teacher's logits for the same rows, to find classes that come in another order.
    classes_given : bool, default=False
        Whether the owner named the classes; then an order that looks wrong only warns.

    Returns
    -------
    classes : ndarray of shape (K,)
        Class names in the order of the columns.
    codes : ndarray of shape (n,)
        Position of each label in `classes`.
    """
    labels = label_list(y)
    found = dict.fromkeys(labels)
    if len(found) < 2:
        raise Refusal(
            expected(
                "labels of at least two classes",
                got=f"{some(found)} only, in all {len(labels)} rows",
                remedy="Give rows of more than one class.",
            )
        )
    z = None if logits is None else np.asarray(logits, dtype=np.float64)
    if z is not None and len(z) != len(labels):
        raise Refusal(expected(f"one label per row, {len(z)} in all", got=f"{len(labels)} labels"))
    if classes is None:
        names = _sorted(found)
        if z is not None and z.shape[1] != len(names):
            raise Refusal(_count_message(z.shape[1], names))
    else:
        names = check_classes(classes)
        check_known(names, found)
    codes_of = {name: code for code, name in enumerate(names.tolist())}
    codes = np.array([codes_of[label] for label in labels], dtype=np.intp)
    if z is not None:
        _check_order(names, codes, z, classes_given)
    return names, codes


def label_list(y: Any) -> list[Any]:
    """Return labels as a list of plain Python values; 2-D and missing ones are refused."""
    shape = getattr(y, "shape", None)
    if shape is not None and len(shape) != 1:
        raise Refusal(
            expected(
                "one label per row, a single dimension",
                got=f"shape {tuple(shape)}",
                remedy="One column: y.squeeze(); one-hot: y.argmax(axis=1).",
            )
        )
    if hasattr(y, "to_list"):  # pandas, polars
        labels = y.to_list()
    elif hasattr(y, "to_pylist"):  # pyarrow
        labels = y.to_pylist()
    elif hasattr(y, "tolist"):  # numpy, torch
        labels = y.tolist()
    elif isinstance(y, (str, bytes)) or not hasattr(y, "__iter__"):
        raise TypeError(expected("labels, one per row", got=f"{y!r} ({type(y).__name__})"))
    else:
        labels = list(y)
    labels = [as_python(label) for label in labels]
    missing = [row for row, label in enumerate(labels) if _is_missing(label)]
    if missing:
        raise Refusal(
            expected(
                "a label for every row",
                got=f"{len(missing)} missing labels (rows {some(missing)})",
                remedy="Leave these rows out, or distil without labels (y=None, alpha=0).",
            )
        )
    nested = next((label for label in labels if isinstance(label, (list, tuple, dict))), None)
    if nested is not None:
        raise Refusal(expected("one plain label per row", got=f"{nested!r} for one row"))
    return labels


def _is_missing(label: Any) -> bool:
    if label is None or type(label).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(label, float) and label != label


def _sorted(found: dict[Any, None]) -> NDArray[Any]:
    try:
        return np.array(sorted(found))
    except TypeError as error:
        raise Refusal(
            expected(
                "labels of one type",
                got=f"{some(found)}",
                remedy="Turn them into text, e.g. y.astype(str), or name the classes in the "
                "order of the teacher's columns with as_teacher(model, classes=[...]).",
            )
        ) from error


def _count_message(k: int, names: NDArray[Any]) -> str:
    number = names.dtype.kind == "f" and bool((names != np.round(names)).any())
    return expected(
        f"labels of {k} classes, one per column of the teacher",
        got=f"{len(names)} different labels ({some(names.tolist())})",
        remedy="Labels look like a quantity, not like classes."
        if number
        else "If rows of some class are absent, name all classes in the order of the teacher's "
        "columns with as_teacher(model, classes=[...]).",
    )


def check_known(names: NDArray[Any], found: dict[Any, None]) -> None:
    """Refuse labels that are none of the classes."""
    known = set(names.tolist())
    strange = [label for label in found if label not in known]
    if not strange:
        return
    remedy = "Leave rows of other classes out, or give the teacher that knows them."
    if len(found) == len(known):
        ours = sorted(found, key=str)
        remedy = (
            "If these are the same classes under other names, pass them in the order of the "
            f"teacher's columns: as_teacher(model, classes={ours!r}), or classes={ours!r} in "
            "distill."
        )
    raise Refusal(
        expected(
            f"labels among the teacher's classes {some(names.tolist(), 20)}",
            got=some(sorted(strange, key=str), 20),
            remedy=remedy,
        )
    )


def _check_order(
    names: NDArray[Any], codes: NDArray[np.intp], logits: NDArray[np.float64], given: bool
) -> None:
    """Refuse an order of classes that another one beats clearly and beyond chance."""
    from scipy.optimize import linear_sum_assignment

    k = len(names)
    if logits.shape[1] != k:
        raise Refusal(expected(f"{k} columns of logits, one per class", got=f"{logits.shape[1]}"))
    predicted = logits.argmax(axis=1)
    counts = np.zeros((k, k))
    np.add.at(counts, (codes, predicted), 1)
    # Shares of each class's rows, so that a common class does not decide alone; a class
    # without rows keeps its place.
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    _, columns = linear_sum_assignment(-(shares + 1e-9 * np.eye(k)))
    present = counts.sum(axis=1) > 0
    now = shares[np.arange(k), np.arange(k)][present].mean()
    best = shares[np.arange(k), columns][present].mean()
    gained = int(((columns[codes] == predicted) & (codes != predicted)).sum())
    lost = int(((columns[codes] != predicted) & (codes == predicted)).sum())
    # McNemar's test, paid for having looked at all k! orders.
    needed = sqrt(2 * (lgamma(k + 1) - log(_DOUBT)))
    clear = gained + lost > 0 and (gained - lost) / sqrt(gained + lost) > needed
    if best - now < _MARGIN or not clear:
        return
    order = np.empty(k, dtype=np.intp)
    order[columns] = np.arange(k)  # column j holds the class whose labels fit it
    fits = names[order].tolist()
    message = (
        "The teacher's classes seem to come in another order. "
        + expected(
            f"its answers to match the labels as {names.tolist()!r}",
            got=f"{percent(now)} matches per class, but {percent(best)} as {fits!r}",
        )
        + f" If that is the order of its columns: as_teacher(model, classes={fits!r}). If the "
        f"teacher is really that wrong: as_teacher(model, classes={names.tolist()!r})."
    )
    if given:
        warnings.warn(message, UserWarning, stacklevel=3)
        return
    raise Refusal(message)
