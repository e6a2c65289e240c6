"""Arrays of targets: checked, copied and frozen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import expected, some

COUNTED = 2.0**53  # beyond, one row more makes no difference


def freeze(targets: Any, name: str, array: NDArray[Any]) -> None:
    """Set an attribute of a frozen dataclass to an array that cannot be written to."""
    array.setflags(write=False)
    object.__setattr__(targets, name, array)


def floats(name: str, values: Any, ndim: int) -> NDArray[np.float64]:
    """Return finite numbers with `ndim` dimensions, or say which rows are not."""
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
        raise ValueError(
            expected(f"{name} with {ndim} dimension(s)", got=f"an array of shape {array.shape}")
        )
    bad = ~np.isfinite(array).all(axis=tuple(range(1, ndim)))
    if bad.any():
        raise ValueError(
            expected(
                f"finite {name}",
                got=f"NaN or infinity in {int(bad.sum())} rows "
                f"(first: {some(np.flatnonzero(bad).tolist())})",
            )
        )
    return array


def check_weights(weights: Any, n: int) -> NDArray[np.float64]:
    """Return one weight per row, none negative and not all zero.

    Weights count as rows. Where all of them together are less than two rows, such as weights that
    sum to 1, or more than can be counted, they can only be meant as shares: then a row weighs 1
    in the mean.
    """
    array = floats("weights", weights, 1)
    if array.shape != (n,):
        raise ValueError(expected(f"{n} weights, one per row", got=f"shape {array.shape}"))
    if (array < 0).any():
        row = int((array < 0).argmax())
        raise ValueError(expected("weights >= 0", got=f"{array[row]} in row {row}"))
    if not array.any():
        raise ValueError(expected("at least one weight above 0", got="zeros only"))
    weighing, largest = int((array > 0).sum()), array.max()
    scaled = array / largest  # a sum of huge ones would overflow
    total = scaled.sum()
    if min(weighing, 2) * (1 - 1e-9) / total <= largest <= COUNTED / total:
        return array
    return np.asarray(scaled * (weighing / total))
