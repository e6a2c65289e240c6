"""Some rows of a distillation, drawn so that every class and every kind of row is among them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import Refusal, brief, expected
from jupyter_distill.audits.disagreements import Comparison, compare
from jupyter_distill.data.strata import allot, draw
from jupyter_distill.distillation import Distillation

Places = NDArray[np.intp]

NEW = 'Rows that were not distilled from: certificate(rows, reasons=["shap"]).'
BINS = 4  # of the teacher's numbers, where there are no classes


def chosen_rows(d: Distillation, rows: Any, n: int, seed: int) -> Places:
    """Return places of rows in the table of a distillation, those that are drawn ascending.

    Parameters
    ----------
    d : Distillation
        Whose rows.
    rows : {"held_out", "all"} or array of int
        Among which rows to draw, or the places of the rows themselves, which are then all taken.
    n : int
        How many, at most. They are drawn by the class that the teacher names (of a regression: by
        quarters of its numbers) and by whether the student agrees (of a regression: by whether it
        is nearer than it mostly is), each in proportion and none left out while there is room.
    seed : int
        Of the draw.
    """
    if not isinstance(rows, str):
        return _given(rows, d.table.n_rows)
    if rows not in ("held_out", "all"):
        what = 'rows to be "held_out", "all", or the places of some rows'
        raise Refusal(expected(what, got=brief(rows)))
    among = d.rows.held_out if rows == "held_out" else np.arange(d.table.n_rows)
    if len(among) <= n:
        return np.sort(among)
    strata = _strata(d)[among]
    counts = np.bincount(strata)[None, :]
    return np.sort(among[draw(strata, allot(counts, n, seed)[0], seed, 0)])


def _given(rows: Any, n: int) -> Places:
    places = np.empty(0) if _framed(rows) else np.asarray(rows)
    if places.dtype.kind == "b" and places.shape == (n,):
        places = np.flatnonzero(places)
    whole = places.ndim == 1 and places.dtype.kind in "iu" and places.size > 0
    if not whole or places.min() < 0 or places.max() >= n or len(np.unique(places)) < len(places):
        what = f"places of rows, each once, from 0 to {n - 1}"
        raise Refusal(expected(what, got=brief(rows), remedy=NEW if _framed(rows) else ""))
    return places.astype(np.intp)


def _framed(rows: Any) -> bool:
    return hasattr(rows, "columns") or (isinstance(rows, np.ndarray) and rows.ndim > 1)


def _strata(d: Distillation) -> Places:
    found = compare(d)
    if isinstance(found, Comparison):
        return np.asarray(2 * found.teacher + found.apart, dtype=np.intp)
    edges = np.quantile(found.teacher, np.arange(1, BINS) / BINS)
    far = np.abs(found.difference)
    of = 2 * np.searchsorted(edges, found.teacher, side="left") + (far > np.median(far))
    return np.asarray(of, dtype=np.intp)
