"""Rows prepared for EBMs: binned, and with a memory of what was boosted on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Self

import joblib
import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Table
from jupyter_distill.students._bins import Binned
from jupyter_distill.students._ebm_boost import Boosted
from jupyter_distill.students._ebm_goal import Goal


@dataclass(frozen=True, eq=False)
class EbmRows(Binned):
    """Binned rows that boost no question twice.

    Attributes
    ----------
    kept : dict of str to Boosted
        What was boosted, by what it was boosted from.
    """

    kept: dict[str, Boosted] = field(default_factory=dict)

    @classmethod
    def of(
        cls, table: Table, weights: NDArray[np.float64] | None = None, seed: int | None = 0
    ) -> Self:
        """Bin every column of a table."""
        return cls(**vars(Binned.of(table, weights, seed)))

    def boosted(self, boost: partial[Boosted], goal: Goal) -> Boosted:
        """Return what `boost` makes of a goal, from memory if it was made before."""
        made_of = boost.args, boost.keywords, goal.weights, goal.wanted
        name = joblib.hash(made_of, coerce_mmap=True)  # workers read large arrays from files
        if name not in self.kept:
            self.kept[name] = boost(goal)
        return self.kept[name]
