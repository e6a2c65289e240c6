"""Figures of a data frame as texts, for a table that people read."""

from __future__ import annotations

import pandas as pd


def texts(frame: pd.DataFrame, *, without: str = "") -> pd.DataFrame:
    """Return figures as texts of four digits; an empty cell where there is none.

    Parameters
    ----------
    frame : data frame
        What is to be shown.
    without : str
        A column that is left out where there is one.
    """
    frame = frame.drop(columns=without, errors="ignore")
    shown = frame.astype(object)
    for name in shown.columns:
        if frame[name].dtype.kind == "f":
            shown[name] = ["" if pd.isna(v) else f"{v + 0.0:.4g}" for v in frame[name]]
    return shown
