"""Teacher and student explained row by row, by a surrogate that is fitted near each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from jupyter_distill.audits.attributions import _lime, local_surrogate
from jupyter_distill.audits.attributions._explained import Attribution
from jupyter_distill.audits.attributions._plan import Budget, Floats, Places, Plan
from jupyter_distill.audits.attributions.local_surrogate import Local
from jupyter_distill.data import Table
from jupyter_distill.distillation import Work
from jupyter_distill.students import used_together

Three = tuple[Local, Local | None, Local | None]  # student, teacher, teacher again

WAYS = {"surrogate": local_surrogate.local_surrogate, "lime": _lime.lime_values}
SEEDS = {"surrogate": local_surrogate.SEEDS, "lime": _lime.SEEDS}
SAMPLES = {"surrogate": 1_000, "lime": 5_000}  # per seed, at most
LEAST_SAMPLES = 200  # per seed, below which fewer rows are explained
LEAST_ROWS = 2


@dataclass(frozen=True, eq=False)
class LocalRun:
    """What was done, to be gone on with.

    Attributes
    ----------
    plan : Plan
        What is explained.
    done : tuple of (Local, Local or None, Local or None)
        Student, teacher and teacher again, of the first rows of the plan.
    samples : int
        Per seed, at most.
    evaluations : int
        Rows that the teacher was asked about.
    """

    plan: Plan
    done: tuple[Three, ...]
    samples: int
    evaluations: int
    notes: tuple[str, ...]

    @property
    def rows(self) -> Places:
        """Places of the rows that are explained."""
        return self.plan.rows[np.sort(order_of(self.plan)[: len(self.done)])]

    def attributions(self) -> tuple[Attribution, Attribution | None, Attribution | None]:
        """Return the reasons of the student, of the teacher, and of the teacher again."""
        method = self.plan.method
        name = "lime" if method == "lime" else "local surrogate"
        each = self.done[0][0].asked
        how = f"{name}, {SEEDS[method]} seeds of {each // SEEDS[method]} samples"
        asked = sum(three[0].asked for three in self.done)
        by_place = np.argsort(order_of(self.plan)[: len(self.done)])
        in_order = [self.done[i] for i in by_place]

        def of(which: int, model: str, evaluations: int) -> Attribution | None:
            found = [one for one in (three[which] for three in in_order) if one is not None]
            if not found:
                return None
            values = np.array([one.weights for one in found])
            spread = np.array([one.spread for one in found])
            r2 = float(np.mean([one.r2 for one in found]))
            base = np.full(values.shape[2], np.nan)
            return Attribution(model, values, base, spread, how, evaluations, r2)

        teacher = self.plan.d.teacher.name
        student = of(0, self.plan.d.title, asked)
        assert student is not None
        half = self.evaluations // 2
        return student, of(1, teacher, half), of(2, teacher, self.evaluations - half)


def order_of(plan: Plan) -> Places:
    """Return an order by lot, as what an interrupt leaves should be rows of all kinds."""
    return np.random.default_rng([plan.seed, 4]).permutation(len(plan.rows))


def most_rows(method: str, evaluations: int) -> int:
    """Return how many rows a budget is enough for."""
    return evaluations // (2 * SEEDS[method] * LEAST_SAMPLES)


def least(method: str, rows: int) -> int:
    """Return the evaluations that are enough for so many rows."""
    return rows * 2 * SEEDS[method] * LEAST_SAMPLES


def run_local(plan: Plan, earlier: LocalRun | None, budget: Budget, work: Work) -> LocalRun:
    """Explain row by row within a budget, or go on with what was done.

    Raises
    ------
    KeyboardInterrupt
        If the person stops it before two rows are done; later, these are kept.
    """
    method, n = plan.method, len(plan.rows)
    done: list[Three] = [] if earlier is None else list(earlier.done)
    evaluations = 0 if earlier is None else earlier.evaluations
    per_row = 2 * SEEDS[method]
    samples = SAMPLES[method]
    if earlier is not None:
        samples = earlier.samples
    elif plan.asks_teacher:
        samples = min(samples, budget.evaluations // (per_row * n))
    samples = max(samples, plan.d.table.n_columns + 2)
    asked = 0
    notes: list[str] = []
    if method == "lime" and _lime.lacking(plan.d.table, plan.rows):
        notes.append(
            "LIME knows no missing values: a number that a row lacks was told to it as a category, "
            "missing or one of ten values that were seen, so that its weight is what lacking it "
            "adds. Models were asked about the rows as they are."
        )

    def teacher(table: Table) -> Floats:
        nonlocal asked
        said = plan.teacher_says(table)
        asked += len(said)
        return said

    order = plan.rows[order_of(plan)]
    try:
        with work.bar("explaining row by row", n, "rows", len(done)) as bar:
            while len(done) < n:
                before = asked
                done.append(_row(plan, int(order[len(done)]), teacher, samples))
                bar.update()
                if len(done) < n and (budget.late or asked + (asked - before) > budget.evaluations):
                    what = "time" if budget.late else "budget of teacher evaluations"
                    notes.append(f"The {what} was spent after {len(done)} of {n} rows; resume=.")
                    break
    except KeyboardInterrupt:
        if len(done) < LEAST_ROWS:
            raise
        work.interrupted(f"{len(done)} of {n} rows were explained; resume= goes on.")
        notes.append(work.notes[-1])
    return LocalRun(plan, tuple(done), samples, evaluations + asked, tuple(notes))


def _row(plan: Plan, row: int, teacher: Callable[[Table], Floats], samples: int) -> Three:
    way, table = WAYS[plan.method], plan.d.table
    if not plan.asks_teacher:
        (student,) = way(table, row, plan.background, [plan.student_says], samples, plan.seed)
        return _unread(plan, student), None, None
    both = [plan.student_says, teacher]
    student, first = way(table, row, plan.background, both, samples, plan.seed)
    (second,) = way(table, row, plan.other, [teacher], samples, plan.seed + 1)
    return _unread(plan, student), first, second


def _unread(plan: Plan, student: Local) -> Local:
    """Give columns that the student does not read exactly nothing: sums may round otherwise."""
    together = used_together(plan.d.student)
    if plan.method != "surrogate" or together is None:
        return student
    unread = ~np.isin(np.arange(len(student.weights)), sorted(frozenset().union(*together)))
    blank = unread[:, None]
    return replace(
        student,
        weights=np.where(blank, 0.0, student.weights),
        spread=np.where(blank, 0.0, student.spread),
    )
