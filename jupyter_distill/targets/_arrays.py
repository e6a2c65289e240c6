"""Arrays of targets: checked, copied and frozen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import Refusal, expected, some

COUNTED = 2.0**53  # beyond, one row more makes no difference


def freeze(targets: Any, name: str, array: NDArray[Any]) -> None:
    """Set an attribute of a frozen dataclass to an array that cannot be written to."""
    array.setflags(write=False)
    object.__setattr__(targets, name, array)


def floats(name: str, values: Any, ndim: int, *, gaps: bool = False) -> NDArray[np.float64]:
    """Return finite numbers with `ndim` dimensions, or say which rows are not.

    With `gaps` they may be NaN too.
    """
    try:
        raw = np.asarray(values)
        texts = raw.ravel().tolist() if raw.dtype.kind in "USO" else []
        for value in texts:  # numpy would read "1" as a number
            if isinstance(value, str | bytes):
                raise TypeError(f"the text {value!r}")
        array = np.array(raw, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(expected(f"{name} to be numbers", got=f"{error}")) from error
    if array.ndim != ndim:
        raise Refusal(
            expected(f"{name} with {ndim} dimension(s)", got=f"an array of shape {array.shape}")
        )
    fine = np.isfinite(array) | np.isnan(array) if gaps else np.isfinite(array)
    bad = ~fine.all(axis=tuple(range(1, ndim)))
    if bad.any():
        raise Refusal(
            expected(
                f"finite {name}",
                got=f"{'' if gaps else 'NaN or '}infinity in {int(bad.sum())} rows "
                f"(first: {some(np.flatnonzero(bad).tolist())})",
            )
        )
    return array


def check_known(known: NDArray[np.bool_], name: str) -> None:
    """Refuse a ground truth that is known of no row."""
    if not known.any():
        raise Refusal(
            expected(
                f"{name} that are known for at least one row",
                got=f"{name} that are not known for any of {len(known)} rows",
                remedy="Leave them out (None), and set alpha=0.",
            )
        )


def how_known(known: NDArray[np.bool_] | None, name: str) -> str:
    """Say of how many rows the ground truth is known."""
    if known is None:
        return f"no {name}"
    return f"{name} known" + ("" if known.all() else f" for {int(known.sum())}")


def check_alike(targets: Any, others: Sequence[Any]) -> None:
    """Refuse targets of another kind, which cannot be joined."""
    kind = type(targets).__name__
    for other in others:
        if type(other).__name__ != kind:
            raise TypeError(expected(f"{kind} to join", got=f"{other!r} ({type(other).__name__})"))


def stacked(
    columns: Sequence[NDArray[Any] | None], lengths: Sequence[int], filler: float
) -> NDArray[Any] | None:
    """Return columns one after another, a filler for those that are None; None where all are."""
    given = [column for column in columns if column is not None]
    if not given:
        return None
    return np.concatenate(
        [
            np.full(n, filler, given[0].dtype) if column is None else column
            for column, n in zip(columns, lengths, strict=True)
        ]
    )


def check_weights(weights: Any, n: int) -> NDArray[np.float64]:
    """Return one weight per row, none negative and not all zero.

    Weights count as rows. Where all of them together are less than two rows, such as weights that
    sum to 1, or more than can be counted, they can only be meant as shares: then a row weighs 1
    in the mean.
    """
    array = floats("weights", weights, 1)
    if array.shape != (n,):
        raise Refusal(expected(f"{n} weights, one per row", got=f"shape {array.shape}"))
    if (array < 0).any():
        row = int((array < 0).argmax())
        raise Refusal(expected("weights >= 0", got=f"{array[row]} in row {row}"))
    if not array.any():
        raise Refusal(expected("at least one weight above 0", got="zeros only"))
    weighing, largest = int((array > 0).sum()), array.max()
    scaled = array / largest  # a sum of huge ones would overflow
    total = scaled.sum()
    if min(weighing, 2) * (1 - 1e-9) / total <= largest <= COUNTED / total:
        return array
    return np.asarray(scaled * (weighing / total))
