"""How many rows a decision stands on, and how far the student follows its teacher among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._wilson import wilson
from jupyter_distill.audits._intervals import UNKNOWN, Interval, mean_intervals
from jupyter_distill.audits.certificate._reading import ChoiceReading, Reading, RulesReading, truly
from jupyter_distill.data import Table
from jupyter_distill.data._near import POOL, encode
from jupyter_distill.distillation import Distillation

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

# Rows that are near to one where the student has no parts of its own: a fifth of all, within these.
FEWEST, MOST, SHARE = 10, 50, 5


@dataclass(frozen=True)
class Support:
    """The rows that a decision is shared with, or that are near.

    Attributes
    ----------
    which : str
        Which rows these are: of the same leaf, decided by the same rule, or the nearest.
    learnt, held_out : int
        How many of those that the student learnt from, and of those that it did not.
    fidelity : Interval
        On the held-out ones, without the row itself: the share for which student and teacher name
        the same class, with Wilson's interval; of a regression the mean absolute difference of the
        two, with a bootstrap interval, whose ends are NaN below 5 rows. NaN where there are none.
    rows : int
        How many rows `fidelity` is over.
    fidelity_learnt : float
        The same on the rows that were learnt from.
    overall : float
        The same on all held-out rows.
    """

    which: str
    learnt: int
    held_out: int
    fidelity: Interval
    rows: int
    fidelity_learnt: float
    overall: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "which": self.which,
            "learnt": self.learnt,
            "held_out": self.held_out,
            "fidelity": list(self.fidelity),
            "rows": self.rows,
            "fidelity_learnt": self.fidelity_learnt,
            "overall": self.overall,
        }


class NearRows:
    """Finds the rows of a distillation that belong to a decision.

    Parameters
    ----------
    d : Distillation
        Whose rows.
    reading : Reading
        Its student.
    """

    def __init__(self, d: Distillation, reading: Reading) -> None:
        self.d, self.reading = d, reading
        self.held_out = np.isin(np.arange(d.table.n_rows), d.rows.held_out)
        self.learnt = np.isin(np.arange(d.table.n_rows), d.rows.learnt)
        said = truly(d.student, d.table)
        if d.task == "regression":
            self.alike = np.abs(said[:, 0] - d.targets.values)
        else:
            self.alike = (said.argmax(1) == d.targets.predicted).astype(np.float64)
        self.overall = float(self.alike[self.held_out].mean()) if self.held_out.any() else np.nan
        self.places: Places | None = None
        if isinstance(reading, ChoiceReading):
            self.places = reading.place(d.table.values)

    def of(self, table: Table, places: Places | None) -> list[Support]:
        """Return the support of each row of a table; `places` are their own positions, if any."""
        if self.places is not None:
            return self._shared(table, places)
        return self._nearest(table, places)

    def _shared(self, table: Table, own: Places | None) -> list[Support]:
        assert isinstance(self.reading, ChoiceReading)
        which = "in the same leaf"
        if isinstance(self.reading, RulesReading):
            which = "decided by the same rule"
        found = []
        for i, place in enumerate(self.reading.place(table.values)):
            rows = np.flatnonzero(self.places == place)
            found.append(self._support(which, rows, None if own is None else int(own[i])))
        return found

    def _nearest(self, table: Table, own: Places | None) -> list[Support]:
        from sklearn.neighbors import NearestNeighbors

        d = self.d
        like = d.table.values[d.rows.learnt]
        points = encode(np.vstack([d.table.values, table.values]), like, d.table.columns)
        among, asked = points[: d.table.n_rows], points[d.table.n_rows :]
        which = "that are nearest to it"
        nearest, sizes = [], []
        for kind in (self.held_out, self.learnt):
            rows = np.flatnonzero(kind)
            if len(rows) > POOL:  # by lot: a table may be sorted
                seed = 0 if d.random_state is None else d.random_state
                rows = np.sort(np.random.default_rng(seed).choice(rows, POOL, replace=False))
            if not len(rows):
                nearest.append([rows] * table.n_rows)
                sizes.append(0)
                continue
            sizes.append(min(MOST, max(FEWEST, len(rows) // SHARE)))
            k = min(sizes[-1] + 1, len(rows))
            search = NearestNeighbors(n_neighbors=k).fit(among[rows])
            nearest.append([rows[of] for of in search.kneighbors(asked, return_distance=False)])
        found = []
        for i in range(table.n_rows):
            itself = None if own is None else int(own[i])
            kept = [of[i][of[i] != itself][:k] for of, k in zip(nearest, sizes, strict=True)]
            found.append(self._support(which, np.concatenate(kept), itself))
        return found

    def _support(self, which: str, rows: Places, itself: int | None) -> Support:
        others = rows[rows != itself]
        held, learnt = others[self.held_out[others]], others[self.learnt[others]]
        return Support(
            which,
            int(self.learnt[rows].sum()),
            int(self.held_out[rows].sum()),
            self._interval(held),
            len(held),
            float(self.alike[learnt].mean()) if len(learnt) else float("nan"),
            self.overall,
        )

    def _interval(self, rows: Places) -> Interval:
        if not len(rows):
            return UNKNOWN
        alike = self.alike[rows]
        if self.d.task == "regression":
            whole = np.ones((len(rows), 1), dtype=bool)
            return mean_intervals(alike[:, None], whole, [False], self.d.random_state)[0][0]
        share = float(alike.mean())
        return Interval(share, *wilson(share, len(rows)))
