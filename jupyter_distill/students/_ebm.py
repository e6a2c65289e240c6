"""What an explainable boosting machine is, whether it names a class or gives a number."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from jupyter_distill._validation import expected
from jupyter_distill.data import Table
from jupyter_distill.explanation import ShapeExplanation
from jupyter_distill.students._base import Student
from jupyter_distill.students._complexity import Complexity
from jupyter_distill.students._ebm_boost import BRIEF, FULL, boost
from jupyter_distill.students._ebm_explain import shape_of
from jupyter_distill.students._ebm_goal import Goal, Merged
from jupyter_distill.students._ebm_monotone import Monotone
from jupyter_distill.students._ebm_rows import EbmRows
from jupyter_distill.students._ebm_search import search
from jupyter_distill.students._ebm_terms import Grid, Placed, Term, place_all
from jupyter_distill.students._quality import QUALITIES, drawn

Floats = NDArray[np.float64]
PAIRS = 10  # that are looked at where interactions are allowed and none is counted


@dataclass(frozen=True, eq=False)
class Sum:
    """A sum of shapes.

    Attributes
    ----------
    terms : tuple of Term
        Most important first.
    intercept : ndarray of shape (J,)
        What is said where no term adds.
    """

    terms: tuple[Term, ...]
    intercept: Floats


class EbmBase(Student):
    """A sum of shapes without saying yet what it is the score of."""

    SIZES = (1, 2, 3, 4, 6, 8, 10, 15, 20)
    READABLE = 15
    UNIT = "terms"
    REMEMBERS = True
    NEEDS = "interpret"
    CHOICES = {"quality": QUALITIES}

    interactions: bool | int
    quality: str
    random_state: int | None
    constraints: Any
    grid_: Grid
    sums_: dict[int, Sum]  # by the number of their terms

    @classmethod
    def _prepared(cls) -> type:
        return EbmRows

    def prepare(self, table: Table, weights: Floats | None = None) -> EbmRows:
        """Bin the rows once; give the result to :meth:`fit_soft` as often as wanted."""
        return EbmRows.of(table, weights, self._seed)

    def pilot(self) -> Self:
        """Return an unfitted copy that boosts briefly, on a share of the rows."""
        copy: Self = clone(self).set_params(quality="greedy")
        return copy

    @abstractmethod
    def _goal(self, merged: Merged, targets: Any, loss: Any) -> Goal:
        """Return the loss over merged rows."""

    def _fit(self, rows: Table | EbmRows, targets: Any, loss: Any) -> None:
        self._fit_sizes(rows, targets, loss, range(1, self.size + 1))

    def _swept(self, rows: Any, targets: Any, loss: Any, sizes: Sequence[int]) -> list[Self]:
        if self.quality != "greedy":
            return super()._swept(rows, targets, loss, sizes)
        self._fit_sizes(rows, targets, loss, sizes)  # of other sizes a pilot is not asked
        return [self.at_size(size) for size in sizes]

    def _fit_sizes(
        self, rows: Table | EbmRows, targets: Any, loss: Any, sizes: Sequence[int]
    ) -> None:
        binned = rows if isinstance(rows, EbmRows) else self.prepare(rows, targets.weights)
        greedy = self.quality == "greedy"
        effort = BRIEF if greedy else FULL
        few = drawn(targets.weights, targets.n_rows, self._seed) if greedy else None
        if few is not None:
            binned, targets = binned.at(few), targets.take(few)
        forbidden, required, monotone = self._demanded(binned.table)
        merged = Merged.of(binned.codes, targets.weights)
        goal = self._goal(merged, targets, loss)
        start = partial(
            boost,
            merged.codes,
            binned.n_codes,
            binned.categorical,
            columns=[j for j in range(binned.table.n_columns) if j not in forbidden],
            pairs=self._pairs(),
            unpaired=frozenset(monotone.signs),
            seed=self._seed,
            effort=effort,
        )
        # Where temperatures are only tried, all of them start from the shapes of T = 1: what T
        # changes is settled by the exact loss.
        boosted = binned.boosted(start, goal.plain()) if greedy else start(goal)
        placed = place_all(boosted.terms, merged.codes)
        steps = search(
            goal,
            placed,
            boosted.intercept,
            sizes=sizes,
            warm=effort.warm,
            cycles=effort.cycles,
            most=None if self.constraints is None else self.constraints.max_features,
            required=tuple(t for t, term in enumerate(boosted.terms) if term.features in required),
            project=monotone if monotone.signs else None,
        )
        self.grid_ = Grid.of(binned)
        self.sums_ = {
            len(step.chosen): _read(goal, placed, step.fit.shapes, step.fit.intercept)
            for step in steps
        }

    def _pairs(self) -> int:
        if self.constraints is not None and self.constraints.interactions is False:
            return 0
        if isinstance(self.interactions, bool):
            return PAIRS if self.interactions else 0
        return self.interactions

    def _demanded(self, table: Table) -> tuple[set[int], set[tuple[int]], Monotone]:
        if self.constraints is None:
            return set(), set(), Monotone({})
        several = len(getattr(self, "classes_", ())) > 2
        forbidden = {table.position(name) for name in self.constraints.forbid}
        required = {(table.position(name),) for name in self.constraints.require}
        price = None if self.constraints.hard else float(self.constraints.penalty)
        return forbidden, required, Monotone.of(self.demands_, several, price)

    def _sum(self) -> Sum:
        return self.sums_[min(self.size, max(self.sums_))]

    @property
    def terms_(self) -> tuple[Term, ...]:
        """Shapes, most important first."""
        return self._sum().terms

    @property
    def intercept_(self) -> Floats:
        """What is said where no term adds, shape (J,)."""
        return self._sum().intercept

    def contributions(self, X: Any) -> Floats:
        """Say why a row is judged as it is: what each term adds to its scores.

        Parameters
        ----------
        X : Table, data frame or array
            Rows with the columns that were fitted.

        Returns
        -------
        ndarray of shape (n, terms, J)
            In the order of ``terms_``; with ``intercept_`` they add up to the scores. J is K for
            several classes, and 1 for two (the log-odds of the second) and for a number.
        """
        check_is_fitted(self)
        return self._contributions(self._read(X, reset=False))

    def _contributions(self, table: Table) -> Floats:
        parts = [term.score(table, self.grid_) for term in self.terms_]
        empty = np.empty((table.n_rows, 0, len(self.intercept_)))
        return np.stack(parts, axis=1) if parts else empty

    def _scores(self, table: Table) -> Floats:
        answer = np.tile(self.intercept_, (table.n_rows, 1))
        for term in self.terms_:
            answer += term.score(table, self.grid_)
        return answer

    @property
    def title_(self) -> str:
        """The fitted student in words."""
        n = len(self.terms_)
        return f"EBM of {n} {'term' if n == 1 else 'terms'}"

    @property
    def complexity_(self) -> Complexity:
        """How much there is to read."""
        features = {j for term in self.terms_ for j in term.features}
        scores = len(self.intercept_)
        return Complexity(features=len(features), terms=len(self.terms_), scores=scores)

    def _cut(self, size: int) -> None:
        """Keep everything: the size says which of the sums speaks."""
        if size < max(self.sums_) and size not in self.sums_:
            raise ValueError(
                expected(
                    f"a size that was swept: {', '.join(str(n) for n in self.sums_ if n)}",
                    got=repr(size),
                    remedy="Sweep it as well, or fit without quality='greedy'.",
                )
            )

    def explain(self, X: Any = None, targets: Any = None) -> ShapeExplanation:
        """Return the shapes as data.

        Parameters
        ----------
        X : Table, data frame or array, optional
            Rows on which support and importance are measured; those of the fit unless given.
        targets : SoftTargets or Predictions, optional
            What the teacher says of these rows; needed with `X`.
        """
        check_is_fitted(self)
        terms = self.terms_
        if X is not None:
            table = self._shown(X, targets)
            terms = tuple(term.met(table, self.grid_, targets.weights) for term in terms)
        shapes = [shape_of(term, self.columns_, self.grid_) for term in terms]
        shapes.sort(key=lambda shape: -shape.importance)
        names = tuple(str(name) for name in getattr(self, "classes_", ()))
        return ShapeExplanation(self.columns_, names, tuple(shapes), self.intercept_)


def _read(goal: Goal, placed: list[Placed], shapes: dict[int, Floats], intercept: Floats) -> Sum:
    """Centre shapes, undo the unit in which they were fitted, and sort them by importance."""
    unit, centre = goal.unit, goal.centre
    terms = []
    for t, shape in shapes.items():
        support = placed[t].sums(goal.weights[:, None])[:, 0]
        mean = support @ shape / support.sum()
        scores = shape - mean
        if len(placed[t].term.features) == 1 and support[0] == 0:
            scores[0] = 0.0  # of missing values nothing is known: they add nothing
        intercept = intercept + mean
        terms.append(placed[t].term.having(unit * scores, support))
    order = np.argsort([-term.importance for term in terms], kind="stable")
    return Sum(tuple(terms[t] for t in order), unit * intercept + centre)
