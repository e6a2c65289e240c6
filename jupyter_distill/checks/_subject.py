"""What a check looks at: a teacher's answers, beside the rows and the truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill.data import Table
from jupyter_distill.findings import Finding
from jupyter_distill.targets import Predictions, SoftTargets, Targets

Positions = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Subject:
    """A teacher's answers to rows, and which of these it is measured on.

    Attributes
    ----------
    table : Table
        All rows: those of X, and the test rows behind them where there are some.
    targets : Targets
        What the teacher says of them, with the truth where it is known.
    learnt : ndarray of int
        Rows that others learn from.
    measured : ndarray of int
        Rows on which the teacher is measured.
    unseen : bool
        Whether the teacher did not see these, as their owner says: then they are test rows.
    where : str
        What they are called, e.g. ``"held-out rows"``.
    places : ndarray of int or None
        Where the rows stand among all that their owner gave, test rows behind those of X; None
        where these are all.
    n_x : int or None
        How many of these were rows of X; None where they are all here.
    levels : mapping of str to frozenset
        The values that the teacher knows, of the columns that it reads by encoders alone.
    """

    table: Table
    targets: Targets
    learnt: Positions
    measured: Positions
    unseen: bool
    where: str
    places: Positions | None = None
    n_x: int | None = None
    levels: Mapping[str, frozenset[Any]] = field(default_factory=dict)

    def called(self, rows: Positions) -> Positions:
        """Return positions as the owner counts them, test rows behind those of X."""
        return rows if self.places is None else self.places[rows]

    def among_test(self, rows: Positions) -> Positions:
        """Return positions of test rows as the owner counts them among these."""
        return self.called(rows) - (len(self.own) if self.n_x is None else self.n_x)

    @cached_property
    def own(self) -> Positions:
        """Rows of X, without test rows."""
        return self.learnt if self.unseen else np.arange(self.table.n_rows)

    @cached_property
    def scored_rows(self) -> Positions:
        """Positions of the measured rows of which the truth is known."""
        known = self.targets.known
        return self.measured[:0] if known is None else self.measured[known[self.measured]]

    @cached_property
    def scored(self) -> tuple[Table, Targets] | None:
        """These rows, and what the teacher says of them; None where there is none."""
        rows = self.scored_rows
        return (self.table.take(rows), self.targets.take(rows)) if len(rows) else None

    @cached_property
    def taught(self) -> Positions:
        """Positions of the rows of X of which the truth is known."""
        known = self.targets.known
        return self.own[:0] if known is None else self.own[known[self.own]]

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes as text; none of a regression."""
        targets = self.targets
        return tuple(map(str, targets.classes)) if isinstance(targets, SoftTargets) else ()


@dataclass(frozen=True, eq=False)
class Looked:
    """What looking at one side of a subject gave.

    Attributes
    ----------
    findings : list of Finding
        What is to be said of it.
    parts : mapping of str to data frame
        What was measured, whether or not anything is to be said.
    """

    findings: list[Finding] = field(default_factory=list)
    parts: Mapping[str, pd.DataFrame] = field(default_factory=dict)


Look = Callable[[Subject], Looked]


@overload
def truth_of(targets: SoftTargets) -> NDArray[np.intp]: ...
@overload
def truth_of(targets: Predictions) -> NDArray[np.float64]: ...
def truth_of(targets: Targets) -> NDArray[Any]:
    """Return the truth beside answers, as codes of classes or numbers."""
    truth = targets.truth if isinstance(targets, Predictions) else targets.labels
    assert truth is not None
    return truth
