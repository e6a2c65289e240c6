"""What is drawn of a term as a data frame."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill.exports.term_model import TermModel

Floats = NDArray[np.float64]


def curve(model: TermModel, term: int, score: int) -> pd.DataFrame:
    """Return what is drawn of a term: where, what both models add there, and how many rows.

    Parameters
    ----------
    model : TermModel
        Whose.
    term, score : int
        Which term, and what it adds to.

    Returns
    -------
    DataFrame
        ``x`` (of two columns ``first`` and ``second``): value, or name of a bar; NaN: missing.
        ``student``, ``teacher``: what is added; NaN where the teacher was not asked. ``density``:
        share of the rows there, or nearest to it.
    """
    drawn = model.terms[term]
    if drawn.kind == "pair":
        first, second = (list(names) for names in drawn.names)
        where = {"first": np.repeat(first, len(second)), "second": np.tile(second, len(first))}
        teacher = None
    elif not drawn.numeric:
        where, teacher = {"x": np.array(drawn.names[0], dtype=object)}, model.on_bars(term)
    else:
        return _along(model, term, score)
    return pd.DataFrame(
        {
            **where,
            "student": drawn.scores[:, score],
            "teacher": np.nan if teacher is None else teacher[:, score],
            "density": _shares(drawn.support, len(drawn.scores)),
        }
    )


def _along(model: TermModel, term: int, score: int) -> pd.DataFrame:
    """Return the curve of a number: ends of a line, middles of steps, and what was asked about."""
    drawn, overlay = model.terms[term], model.overlay(term)
    x = drawn.edges if drawn.kind == "line" else (drawn.edges[1:] + drawn.edges[:-1]) / 2
    if model.student is None:
        student = drawn.scores[:, score]
        if drawn.missing is not None:
            x, student = np.append(x, np.nan), np.append(student, drawn.missing[score])
    else:
        grid = model.grid(term)
        x = np.unique(x if grid is None else np.concatenate([x, grid.values[grid.known]]))
        x = np.append(x, np.nan) if drawn.missing is not None else x
        student = model.at(term, x)[:, score]
    teacher = np.full(len(x), np.nan)
    if overlay is not None:
        known = overlay.known
        teacher[np.searchsorted(x, overlay.values[known])] = overlay.scores[known, score]
        if (~known).any() and np.isnan(x[-1]):
            teacher[-1] = overlay.scores[~known, score][0]
    density = _near(model, term, x)
    return pd.DataFrame({"x": x, "student": student, "teacher": teacher, "density": density})


def _near(model: TermModel, term: int, x: Floats) -> Floats:
    """Return the share of the rows whose value is each of `x`, or nearest to it."""
    drawn, known = model.terms[term], x[~np.isnan(x)]
    lost = len(known) < len(x)
    if model.learnt is not None:
        values = model.learnt.values[:, drawn.features[0]]
        middle = (known[1:] + known[:-1]) / 2
        nearest = np.searchsorted(middle, values[~np.isnan(values)])
        counts = np.bincount(nearest, minlength=len(known)).astype(np.float64)
        return _shares(np.append(counts, np.isnan(values).sum()) if lost else counts, len(x))
    if drawn.support is None:
        return np.full(len(x), np.nan)
    return _shares(np.append(drawn.support, drawn.n_missing) if lost else drawn.support, len(x))


def _shares(support: Floats | None, n: int) -> Floats:
    if support is None or len(support) != n:
        return np.full(n, np.nan)
    return np.asarray(support / (support.sum() or 1.0))
