"""What linear students share: columns chosen, coefficients fitted, everything in own units."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from jupyter_distill.data import Table
from jupyter_distill.explanation.terms import Coefficients, TermExplanation
from jupyter_distill.students._base import Student
from jupyter_distill.students._complexity import Complexity
from jupyter_distill.students._design import Design
from jupyter_distill.students._linear_fit import EXACT, Fit, Lesson, fit, in_measure
from jupyter_distill.students._linear_limits import SignPenalty, sign_limits, sign_penalty
from jupyter_distill.students._linear_path import Selection
from jupyter_distill.students._linear_rows import Laid, Supports
from jupyter_distill.targets import Predictions

Floats = NDArray[np.float64]

ROUNDING = 1e-12  # a coefficient, on a column of spread 1, that is no more than this is none
CHOOSING = 8_000  # rows on which columns are chosen; the coefficients are fitted on all


@dataclass(frozen=True, eq=False)
class Scores:
    """A fitted model: coefficients (p, J) over the scaled design, intercepts (J,)."""

    size: int
    coef: Floats
    intercept: Floats


class LinearBase(Student):
    """A linear model without saying yet what its scores mean."""

    SIZES = (1, 2, 3, 4, 6, 8, 10, 15, 20, 30)
    READABLE = 15
    UNIT = "columns"

    random_state: int | None
    constraints: Any
    design_: Design
    scores_: Scores
    path_: tuple[Scores, ...]
    spreads_: Floats

    @property
    def _close(self) -> float:
        """Fall of the loss, as a share of it, at which a fit stops."""
        return EXACT

    @abstractmethod
    def _spread(self) -> Floats:
        """Return how scores become the output, shape (J, K)."""

    @abstractmethod
    def _answers(self) -> list[str]:
        """Return what each score is about."""

    @classmethod
    def _prepared(cls) -> type:
        return Laid

    def prepare(self, table: Table, weights: Floats | None = None) -> Laid:
        """Scale the rows once; give the result to :meth:`fit_soft` as often as wanted."""
        return Laid.of(table, weights)

    def _fit(self, rows: Table | Laid, targets: Any, loss: Any) -> None:
        sizes = sorted({k for k in self.SIZES if k < self.size} | {self.size})
        self._climb(rows, targets, loss, sizes)

    def _swept(self, rows: Any, targets: Any, loss: Any, sizes: Sequence[int]) -> list[Self]:
        """Choose columns once and return the model of every size."""
        self._climb(rows, targets, loss, sorted(set(sizes)))
        return [self.at_size(size) for size in sizes]

    def _climb(self, rows: Table | Laid, targets: Any, loss: Any, sizes: list[int]) -> None:
        laid = rows if isinstance(rows, Laid) else self.prepare(rows, targets.weights)
        weights = np.ones(len(laid.table)) if targets.weights is None else targets.weights
        self.design_, matrix = laid.design, laid.matrix
        lesson = self._lesson(targets, loss)
        groups = self.design_.groups
        bounds, penalty = self._limits(lesson.n_scores)
        supports = self._supports(laid, targets, loss, sizes[-1]) if len(groups) else []
        unit = float(lesson.spread[0, 0]) if isinstance(targets, Predictions) else 1.0
        path: list[Scores] = []
        best: Fit | None = None
        chosen: frozenset[int] = frozenset()
        for size in sizes:
            tried = [supports[min(size, len(supports)) - 1] if supports else chosen]
            if best is not None:
                # what is best on some of the rows need not be so on all: then the columns of the
                # size before stay, with others beside them
                room = max(min(size, len(supports)) - len(chosen), 0)
                tried.append(chosen | frozenset(sorted(tried[0] - chosen)[:room]))
            for support in tried:
                if best is not None and support == chosen:
                    break  # fitted already
                found = self._fitted(matrix, lesson, bounds, support, best, penalty)
                if best is None or found.value <= best.value:
                    best, chosen = found, support
                    break
            assert best is not None  # the first one is taken
            said = in_measure(matrix, lesson, best, penalty)
            said.coef[np.abs(said.coef) < ROUNDING] = 0.0
            path.append(Scores(size, said.coef * unit, said.intercept * unit + lesson.mean))
        self.path_ = tuple(path)
        self.scores_ = path[-1]
        of = np.average(matrix**2, axis=0, weights=weights) if len(groups) else np.empty(0)
        self.spreads_ = np.sqrt(of)

    def _lesson(self, targets: Any, loss: Any, choosing: bool = False) -> Lesson:
        """Return what is minimised: by the coefficients, or by the choice of columns."""
        return Lesson.of(targets, loss)

    def _supports(self, laid: Laid, targets: Any, loss: Any, size: int) -> Supports:
        """Return the columns of the table that models of 1 to `size` columns read."""
        lesson = self._lesson(targets, loss, choosing=True)
        bounds, penalty = self._limits(lesson.n_scores)
        some = np.flatnonzero(lesson.weights > 0)
        if len(some) > CHOOSING:
            seed = np.random.default_rng(self._seed)
            some = np.sort(seed.choice(some, CHOOSING, replace=False))
        required = self._named("require")
        groups = self.design_.groups
        of = laid.matrix[some], lesson.at(some), groups
        most = None if self.constraints is None else self.constraints.max_features
        size = min(size, most or size)
        rivals: Supports = []
        if self.demands_ and penalty is None:
            # what is best without directions may keep them anyway, or nearly
            free = sign_limits(self.design_, lesson.n_scores, (), self._named("forbid"))
            rivals = Selection(*of, free, required).supports(size)
        return Selection(*of, bounds, required, penalty).supports(size, rivals)

    def _fitted(
        self,
        matrix: Floats,
        lesson: Lesson,
        bounds: tuple[Floats, Floats],
        support: frozenset[int],
        start: Fit | None,
        penalty: SignPenalty | None,
    ) -> Fit:
        """Return the fit to some columns, as one to all of them, with its loss, not shrunk."""
        on = np.isin(self.design_.groups, list(support))
        if start is not None:
            start = Fit(start.coef[on], start.intercept, np.inf)

        def fitted(to: Lesson, begin: Fit | None) -> Fit:
            within = None if penalty is None else penalty.within(on)
            limits = bounds[0][on], bounds[1][on]
            return fit(matrix[:, on], to, limits, begin, self._close, within)

        found = fitted(lesson.convex, start)
        if lesson.apart is not None:
            begins = [found] if start is None else [found, start]
            found = min((fitted(lesson, begin) for begin in begins), key=lambda one: one.value)
        coef = np.zeros((len(on), lesson.n_scores))
        coef[on] = found.coef
        value, _ = lesson.value(matrix @ coef + found.intercept)
        if penalty is not None:
            value += penalty.cost(coef)[0]
        return Fit(coef, found.intercept, value)

    def _named(self, what: str) -> list[int]:
        names = [column.name for column in self.columns_]
        listed = () if self.constraints is None else getattr(self.constraints, what) or ()
        return [names.index(name) for name in listed]

    def _limits(self, n_scores: int) -> tuple[tuple[Floats, Floats], SignPenalty | None]:
        """Return limits of coefficients, and what signs cost where they are wanted at a price."""
        hard = self.constraints is None or self.constraints.hard
        limits = sign_limits(
            self.design_, n_scores, self.demands_ if hard else (), self._named("forbid")
        )
        if hard or not self.demands_:
            return limits, None
        price = float(self.constraints.penalty)
        return limits, sign_penalty(self.design_, n_scores, self.demands_, price)

    @property
    def coef_(self) -> Floats:
        """Coefficients in the owner's units, shape (p, J)."""
        spread = np.array([entry.spread for entry in self.design_.entries])
        return np.asarray(self.scores_.coef / spread[:, None])

    @property
    def intercept_(self) -> Floats:
        """Scores where every column of the design is 0, shape (J,)."""
        mean = np.array([entry.mean for entry in self.design_.entries])
        return np.asarray(self.scores_.intercept - mean @ self.coef_)

    def _scored(self, table: Table) -> Floats:
        matrix = self.design_.apply(table)
        return np.asarray(matrix @ self.scores_.coef + self.scores_.intercept)

    def _output(self, table: Table) -> Floats:
        return np.asarray(self._scored(table) @ self._spread())

    @property
    def _used(self) -> list[int]:
        on = np.abs(self.scores_.coef).max(1, initial=0.0) > 0
        return [int(j) for j in np.unique(self.design_.groups[on])]

    @property
    def title_(self) -> str:
        """The fitted student in words."""
        n = len(self._used)
        return f"linear model of {n} {'column' if n == 1 else 'columns'}"

    @property
    def complexity_(self) -> Complexity:
        """How much there is to read."""
        return Complexity(
            features=len(self._used),
            coefficients=int((self.scores_.coef != 0).sum()),
            scores=self.scores_.coef.shape[1],
        )

    def _cut(self, size: int) -> None:
        self.path_ = tuple(s for s in self.path_ if s.size <= size) or self.path_[:1]
        self.scores_ = self.path_[-1]

    def _adds(self, place: int) -> Floats:
        """Return what a column of the design adds to the scores, as a person would read it.

        Where a value is missing, the design puts the mean in its place; so being missing adds
        what the mean does, and its own coefficient.
        """
        entry = self.design_.entries[place]
        adds = self.coef_[place].copy()
        if entry.what == "missing":
            for other, of in enumerate(self.design_.entries):
                if of.column == entry.column and other != place:
                    adds += of.mean * self.coef_[other]
        return np.asarray(adds)

    def _spreads(self, X: Any, targets: Any) -> Floats:
        """Return the standard deviation of each column of the design over other rows."""
        matrix = self.design_.apply(self._shown(X, targets))
        weights = np.ones(len(matrix)) if targets.weights is None else targets.weights
        around = np.average(matrix, axis=0, weights=weights)
        return np.asarray(np.sqrt(np.average((matrix - around) ** 2, axis=0, weights=weights)))

    def explain(self, X: Any = None, targets: Any = None) -> TermExplanation:
        """Return the coefficients as data.

        Parameters
        ----------
        X : Table, data frame or array, optional
            Rows on which is measured how far terms move scores; those of the fit unless given.
        targets : SoftTargets or Predictions, optional
            What the teacher says of these rows, and what they weigh; needed with `X`.
        """
        check_is_fitted(self)
        spreads = self.spreads_ if X is None else self._spreads(X, targets)
        moves = self.scores_.coef * spreads[:, None]
        return TermExplanation(
            columns=self.columns_,
            classes=tuple(str(c) for c in getattr(self, "classes_", ())),
            scores=tuple(self._answers()),
            intercept=self.intercept_,
            terms=tuple(
                Coefficients(
                    feature=entry.column,
                    name=entry.name(self.columns_),
                    values=self._adds(place),
                    moves=np.asarray(moves[place]),
                )
                for place, entry in enumerate(self.design_.entries)
                if np.abs(self.scores_.coef[place]).max() > 0
            ),
        )
