"""What an explanation of one model leaves, whatever the method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Attribution:
    """One model's reasons for some rows.

    Attributes
    ----------
    model : str
        Its name.
    values : ndarray of shape (n, columns, J)
        What each column adds to each score of a row (SHAP), or how it moves the score near the
        row: by one standard deviation more of a number, or by a category being as it is.
    base : ndarray of shape (J,)
        What the values of a row add up to its score with; NaN of local methods.
    error : ndarray of shape (n, columns, J), optional
        Standard error of SHAP values that were sampled, or the standard deviation over the seeds
        of a local method; None where they are exact.
    explainer : str
        By what.
    evaluations : int
        Rows that the model was asked about.
    r2 : float
        Of a local method, the share of what the model says near a row that is explained, mean
        over the rows; NaN of SHAP.
    """

    model: str
    values: Floats
    base: Floats
    error: Floats | None
    explainer: str
    evaluations: int
    r2: float = float("nan")

    @property
    def sizes(self) -> Floats:
        """Mean absolute value per column, over rows and scores."""
        return np.asarray(np.abs(self.values).mean((0, 2)))

    @property
    def shares(self) -> Floats:
        """The sizes as shares of their sum; 0 where there is nothing to share."""
        sizes = self.sizes
        return sizes / sizes.sum() if sizes.sum() > 0 else sizes

    def of_scores(self, scores: NDArray[np.intp]) -> Floats:
        """Return the values of one score per row, shape (n, columns)."""
        return np.asarray(self.values[np.arange(len(scores)), :, scores])
