"""Rows laid out for a linear fit: what is done once, whatever the temperature and the size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Table
from jupyter_distill.students._design import Design

Floats = NDArray[np.float64]
Supports = list[frozenset[int]]


@dataclass(frozen=True, eq=False)
class Laid:
    """A table as a matrix, and which columns were chosen on it.

    Attributes
    ----------
    table : Table
        The rows.
    design : Design
        How they become the matrix.
    matrix : ndarray of shape (n, p)
        Columns of spread 1.
    """

    table: Table
    design: Design
    matrix: Floats
    _chosen: dict[Any, Supports] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Table, weights: Floats | None) -> Laid:
        """Lay out rows."""
        design = Design.of(table, np.ones(len(table)) if weights is None else weights)
        return cls(table, design, design.apply(table))

    def chosen(self, targets: Any, settings: Any, choose: Callable[[], Supports]) -> Supports:
        """Return what `choose` did for the same targets and settings, or does now."""
        key = targets, settings  # targets are equal where they are the same object
        if key not in self._chosen:
            self._chosen[key] = choose()
        return self._chosen[key]
