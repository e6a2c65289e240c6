"""What a model returned, read as one number per row: the answers of a regression."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import Refusal, expected, some
from jupyter_distill.teachers._outputs import Raw, as_array


def as_column(raw: object, n_rows: int, *, name: str) -> Raw:
    """Return the answer to one batch as a column of numbers with `n_rows` rows."""
    wanted = f"{name} to return one number per row, {n_rows} in all"
    values = as_array(raw, name, "one number per row")
    if values.dtype.kind not in "biuf":
        raise Refusal(
            expected(
                wanted,
                got=f"{values.dtype} ({some(values.ravel()[:3].tolist())} and so on)",
                remedy="A model that names classes is distilled with task='classification'.",
            )
        )
    if values.ndim == 0 and n_rows == 1:
        values = values.reshape(1)
    several = values.ndim == 2 and values.shape[1] != 1 and len(values) == n_rows
    if several or values.ndim > 2:
        raise Refusal(
            expected(
                wanted,
                got=f"shape {values.shape}",
                remedy="Distil one number at a time: as_teacher(lambda rows: "
                "answer(rows)[:, 0], task='regression'). If the columns are classes: "
                "task='classification'.",
            )
        )
    if values.ndim != 2:
        values = values.reshape(-1, 1)
    if values.shape == (1, n_rows) and n_rows > 1 or len(values) != n_rows:
        raise Refusal(
            expected(
                wanted,
                got=f"{len(values)} (shape {values.shape})",
                remedy="The model must neither drop nor repeat rows.",
            )
        )
    return Raw(values)


def finite(raw: Raw, rows: NDArray[np.intp], *, name: str) -> NDArray[np.float64]:
    """Return all answers together, of shape (n,); what is not finite is refused.

    Parameters
    ----------
    raw : Raw
        Answers of shape (n, 1).
    rows : array of shape (n,)
        Their positions in the owner's X, for the message.
    name : str
        The teacher's name, for the message.
    """
    values: NDArray[np.float64] = raw.values[:, 0].astype(np.float64)
    bad = ~np.isfinite(values)
    if bad.any():
        raise Refusal(
            expected(
                f"finite numbers from {name}",
                got=f"NaN or infinity in {bad.sum()} of {len(values)} rows "
                f"(first: {some(rows[bad].tolist())})",
                remedy="Look at these rows: missing values can be filled with preprocess=.",
            )
        )
    return values
