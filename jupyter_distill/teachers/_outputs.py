"""What a model returned, read as logits; whatever cannot be soft targets is refused by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._classes import check_classes
from jupyter_distill._softmax import TOLERANCE, log_floored
from jupyter_distill._validation import Refusal, expected, some
from jupyter_distill.teachers._rows import frame_names, is_pyarrow

Kind = Literal["logits", "probabilities"]


@dataclass(frozen=True, eq=False)
class Raw:
    """Answers as they came: numbers, one row per row asked; class names if they had any."""

    values: NDArray[Any]
    names: tuple[object, ...] | None = None
    tolerance: float = TOLERANCE  # how far a sum may be from one


def as_matrix(raw: Any, n_rows: int, *, name: str, kind: Kind | None) -> Raw:
    """Return the answer to one batch as a matrix of numbers with `n_rows` rows."""
    names: tuple[object, ...] | None = frame_names(raw)
    if names == tuple(range(len(names or ()))):
        names = None  # a data frame without names of its own
    values = as_array(raw, name, "an array (rows, classes) of logits or probabilities")
    wanted = f"{name} to return an array ({n_rows} rows, classes) of logits or probabilities"
    if values.ndim == 0 and n_rows == 1:
        values = values.reshape(1, 1)
    elif values.ndim == 1 and n_rows == 1 and len(values) > 1:
        values = values[None, :]  # a model that squeezes its last batch of one row
    if values.ndim not in (1, 2):
        raise Refusal(
            expected(
                wanted,
                got=f"shape {values.shape}",
                remedy="Reduce it to one answer per row, e.g. with "
                "lambda rows: model(rows)[:, -1].",
            )
        )
    if values.dtype.kind in "USOMm" or (values.ndim == 1 and values.dtype.kind in "biu"):
        if kind is None or values.dtype.kind not in "biu":
            raise _hard_labels(values, name)
    elif values.dtype.kind == "c":
        raise Refusal(expected(wanted, got="complex numbers"))
    if len(values) != n_rows:
        raise Refusal(
            expected(
                f"one answer per row, {n_rows} in all",
                got=f"{len(values)} (shape {values.shape})",
                remedy="The model must neither drop nor repeat rows.",
            )
        )
    coarse = "bfloat16" in str(getattr(raw, "dtype", ""))  # its numbers have eight bits
    values = values if values.ndim == 2 else values[:, None]
    return Raw(values, names, 10 * TOLERANCE if coarse else TOLERANCE)


def to_logits(
    raw: Raw, rows: NDArray[np.intp], *, name: str, kind: Kind | None
) -> tuple[Kind, NDArray[np.float64]]:
    """Return what all answers together are, and their logits with one column per class.

    Parameters
    ----------
    raw : Raw
        All answers together, of shape (n, K) or (n, 1). A single column is the answer for the
        second of two classes.
    rows : array of shape (n,)
        Their positions in the owner's X, for the messages.
    name : str
        The teacher's name, for the messages.
    kind : {"logits", "probabilities"} or None
        What they are known to be; None decides by value.
    """
    whole_numbers = raw.values.dtype.kind in "biu"
    z = raw.values.astype(np.float64)
    bad = ~np.isfinite(z).all(axis=1)
    if bad.any():
        raise Refusal(
            expected(
                f"finite answers from {name}",
                got=f"NaN or infinity in {bad.sum()} of {len(z)} rows "
                f"(first: {some(rows[bad].tolist())})",
                remedy="Look at these rows: missing values can be filled with preprocess=; "
                "instead of log(0), return probabilities.",
            )
        )
    if kind is None:
        kind = _recognise(z, rows, name, whole_numbers, raw.tolerance)
    elif kind == "probabilities":
        _check_probabilities(z, rows, name, raw.tolerance)
    if z.shape[1] == 1:
        other = np.zeros_like(z) if kind == "logits" else 1.0 - z
        z = np.hstack([other, z])
    return kind, z if kind == "logits" else log_floored(z)


def names_as_classes(names: tuple[object, ...]) -> NDArray[Any]:
    """Return the column names of a data frame of answers as class names."""
    return check_classes(list(names))


def as_array(raw: Any, name: str, what: str) -> NDArray[Any]:
    """Return an answer as an array; `what` says what it should have been."""
    if hasattr(raw, "detach"):  # a torch tensor
        raw = raw.detach().cpu()
        raw = raw.double() if raw.is_floating_point() else raw
        return cast("NDArray[Any]", raw.numpy())
    if hasattr(raw, "toarray"):
        raw = raw.toarray()
    if is_pyarrow(raw):
        raw = raw.to_pandas()
    try:
        if raw is None:
            raise TypeError("does it return its answer?")
        array = np.asarray(raw)
        if array.dtype == object and not any(isinstance(v, (str, bytes)) for v in array.flat):
            array = array.astype(np.float64)
    except (ValueError, TypeError) as error:
        raise Refusal(
            expected(
                f"{name} to return {what}",
                got=f"{type(raw).__name__}, which is not one array of numbers ({error})",
            )
        ) from error
    return array


def _recognise(
    z: NDArray[np.float64], rows: NDArray[np.intp], name: str, whole: bool, tolerance: float
) -> Kind:
    """Decide by value: rows in [0, 1] that sum to one are probabilities, anything else logits."""
    inside = bool((z >= -tolerance).all() and (z <= 1.0 + tolerance).all())
    if z.shape[1] == 1:
        if (z == np.round(z)).all():
            raise _hard_labels(z[:, 0], name)
        return "probabilities" if inside else "logits"
    if inside:
        _check_probabilities(z, rows, name, tolerance)
        return "probabilities"
    if whole:
        raise Refusal(
            expected(
                f"{name} to return logits or probabilities",
                got=f"whole numbers between {z.min():g} and {z.max():g}, which may be votes or "
                "counts",
                remedy="Divide each row by its sum, or say output='logits'.",
            )
        )
    sums = z.sum(axis=1)
    if len(z) > 1 and (z >= 0).all() and np.allclose(sums, sums[0], rtol=tolerance):
        raise Refusal(
            expected(
                f"{name} to return logits or probabilities",
                got=f"numbers of which every row sums to {sums[0]:g}, like percentages or votes",
                remedy="Divide each row by its sum, or say output='logits'.",
            )
        )
    return "logits"


def _check_probabilities(
    z: NDArray[np.float64], rows: NDArray[np.intp], name: str, tolerance: float
) -> None:
    outside = ((z < -tolerance) | (z > 1.0 + tolerance)).any(axis=1)
    if outside.any():
        first = int(outside.argmax())
        raise Refusal(
            expected(
                f"probabilities between 0 and 1 from {name}",
                got=f"{z[first].tolist()} in row {rows[first]} ({outside.sum()} such rows)",
                remedy="If the model returns logits, say output='logits'.",
            )
        )
    if z.shape[1] == 1:
        return
    sums = z.sum(axis=1)
    bad = np.abs(sums - 1.0) > tolerance
    if bad.any():
        first = int(bad.argmax())
        raise Refusal(
            expected(
                f"probabilities that sum to one from {name}",
                got=f"probabilities that do not sum to one: row {rows[first]} sums to "
                f"{sums[first]:.4g} ({bad.sum()} such rows of {len(z)})",
                remedy="If they are logits, say output='logits'; else divide each row by its "
                "sum. Several labels per row cannot be distilled together: give the teacher of "
                "one label.",
            )
        )


def _hard_labels(values: NDArray[Any], name: str) -> ValueError:
    return ValueError(
        expected(
            f"logits or probabilities from {name}, one column per class",
            got=f"what looks like hard labels: {some(values.ravel()[:3].tolist())} and so on",
            remedy="Soft targets need the teacher's whole distribution: return predict_proba "
            "or the network's last layer, not its decision. If these numbers are one logit or "
            "probability per row, say output='logits' or output='probabilities'; if they are "
            "quantities, say task='regression'.",
        )
    )
