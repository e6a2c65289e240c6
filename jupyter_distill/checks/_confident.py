"""Which labels are probably wrong: confident learning, from models that did not learn them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


def confident_joint(p: Floats, labels: Codes) -> NDArray[np.intp]:
    """Count rows by their label and by the class that they seem to be, shape (K, K).

    A row seems to be of a class where its probability is at least the mean of those rows that have
    the class for a label; of several such classes it is the likeliest. Rows that seem to be none
    count for nothing.

    References
    ----------
    C. G. Northcutt, L. Jiang, I. L. Chuang: Confident Learning: Estimating Uncertainty in Dataset
    Labels. JAIR 70, 2021.
    """
    k = p.shape[1]
    counts = np.zeros((k, k), dtype=np.intp)
    seems = seeming(p, labels)
    np.add.at(counts, (labels[seems >= 0], seems[seems >= 0]), 1)
    return counts


def seeming(p: Floats, labels: Codes) -> Codes:
    """Return the class that each row seems to be, -1 for none; see :func:`confident_joint`."""
    k = p.shape[1]
    rows = np.bincount(labels, minlength=k)
    own = np.bincount(labels, weights=p[np.arange(len(p)), labels], minlength=k)
    with np.errstate(invalid="ignore", divide="ignore"):
        least = np.where(rows > 0, own / rows, np.inf)
    enough = np.where(p >= least, p, -1.0)
    return np.where(enough.max(1) >= 0, enough.argmax(1), -1)


def suspects(p: Floats, labels: Codes) -> pd.DataFrame:
    """Return the rows that seem to be of another class than their label, the surest first.

    Returns
    -------
    data frame
        ``row`` (position), ``label`` and ``seems`` (codes of classes), ``probability`` of the label
        and ``of_seeming``, that of the other.
    """
    seems = seeming(p, labels)
    rows = np.flatnonzero((seems >= 0) & (seems != labels))
    frame = pd.DataFrame(
        {
            "row": rows,
            "label": labels[rows],
            "seems": seems[rows],
            "probability": p[rows, labels[rows]],
            "of_seeming": p[rows, seems[rows]],
        }
    )
    order = np.argsort(frame["probability"] - frame["of_seeming"], kind="stable")
    return frame.iloc[order].reset_index(drop=True)
