"""How one family was taught: what was tried, what was chosen, and what it learnt from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sklearn.base import clone

from jupyter_distill.data import Table
from jupyter_distill.distillation._alpha import AlphaPath, try_alphas
from jupyter_distill.distillation._ask import Asked
from jupyter_distill.distillation._calibrate import Calibration, calibrate
from jupyter_distill.distillation._knee import CLOSE, knee
from jupyter_distill.distillation._parts import Part, parts_of
from jupyter_distill.distillation._pilot import Pilot, pilot
from jupyter_distill.distillation._plan import Plan, temperatures_for
from jupyter_distill.distillation._rungs import Rung
from jupyter_distill.distillation._sweep import at_temperature, sweep
from jupyter_distill.distillation._work import Work
from jupyter_distill.students import Student
from jupyter_distill.targets import Predictions, Targets


@dataclass(frozen=True, eq=False)
class Course:
    """What was chosen for one family.

    Attributes
    ----------
    family : str
        Its name.
    template : Student
        Unfitted, without a temperature.
    sizes : tuple of int
        Those of the ladder.
    size : int
        The one that was chosen or asked for.
    knee : int or None
        The smallest that is about as faithful as the best, on validation rows; None if sizes were
        not compared.
    temperatures : mapping of int to float or None
        T for each size; None for a regression.
    calibration : Calibration or None
        What was tried to choose it; None if the person set it, and for a regression.
    alphas : AlphaPath or None
        What was tried to choose alpha; None if it was not searched for.
    fidelity : float or None
        Of the chosen size on validation rows, to compare families by; None if none was measured.
    table, targets
        What the student learnt from.
    """

    family: str
    template: Student
    sizes: tuple[int, ...]
    size: int
    knee: int | None
    temperatures: Mapping[int, float | None]
    calibration: Calibration | None
    alphas: AlphaPath | None
    fidelity: float | None
    table: Table
    targets: Targets

    @cached_property
    def prepared(self) -> Any:
        """Rows prepared for the family, made once."""
        return self.template.prepare(self.table.bare(), self.targets.weights)

    def together(self, size: int) -> tuple[int, ...]:
        """Return the sizes that are fitted with one: in some families they depend on another."""
        T = self.temperatures[size]
        return tuple(other for other in self.sizes if self.temperatures[other] == T)

    def at(self, temperature: float) -> Course:
        """Return the same with all sizes at one temperature."""
        again = replace(self, temperatures=dict.fromkeys(self.sizes, temperature))
        again.__dict__["prepared"] = self.prepared
        return again


def choose(plan: Plan, asked: Asked, work: Work, seed: int | None, *, compare: bool) -> Course:
    """Choose what the person has not, on validation rows.

    Parameters
    ----------
    compare : bool
        Whether the family will be compared with others, so that it has to be scored anyhow.
    """
    table, targets, rows = asked.table, asked.targets, asked.rows
    grid = () if isinstance(targets, Predictions) else temperatures_for(plan, targets)
    parts: list[Part] = []
    tried: Calibration | Pilot | None = None
    sized = plan.size is None
    if sized or compare or len(grid) > 1 or len(plan.alphas) > 1:
        parts = parts_of(plan.template, table, targets, rows, seed)
    if isinstance(targets, Predictions):
        if sized or compare:
            tried = pilot(plan.template, parts, plan.sizes, work)
    elif sized or compare or len(grid) > 1:
        tried = calibrate(plan.template, parts, grid, plan.sizes, work, sized=sized or compare)
    at = None
    if tried is not None and (sized or compare or plan.template.PILOT_SIZES):
        at = knee(plan.sizes, tried.faithful(), plan.template.READABLE)
    size = plan.size or at
    assert size is not None  # sizes were compared if none was asked for
    temperatures = _temperatures(plan, grid, tried)
    template, alphas = plan.template, None
    if len(plan.alphas) > 1:
        alphas = try_alphas(
            at_temperature(template, temperatures[size]), parts, plan.alphas, size, work
        )
        template = clone(template).set_params(alpha=alphas.best)
    return Course(
        family=plan.family,
        template=template,
        sizes=plan.sizes,
        size=size,
        knee=at,
        temperatures=temperatures,
        calibration=tried if isinstance(tried, Calibration) and len(grid) > 1 else None,
        alphas=alphas,
        fidelity=None if tried is None else _fidelity(tried, size),
        table=table.take(rows.learnt),
        targets=targets.take(rows.learnt),
    )


def teach(plans: Sequence[Plan], asked: Asked, work: Work, seed: int | None) -> list[Course]:
    """Choose for every family what the person has not.

    Raises
    ------
    KeyboardInterrupt
        If the person stops it before one family is through; later, what is done is kept.
    """
    done: list[Course] = []
    for plan in plans:
        try:
            done.append(choose(plan, asked, work, seed, compare=len(plans) > 1))
        except KeyboardInterrupt:
            if not done:
                raise
            names = [course.family for course in done]
            work.interrupted(f"of {len(plans)} families {', '.join(names)} were piloted.")
            break
    return done


def easiest(courses: Sequence[Course], rungs: Mapping[str, Sequence[Rung]]) -> Course:
    """Return the family that is quickest to read of those about as faithful as the best.

    As among sizes, a point of fidelity (or of R2) on validation rows is not worth more to read.
    """
    best = max((c.fidelity for c in courses if c.fidelity is not None), default=0.0)

    def to_read(course: Course) -> int:
        (rung,) = (r for r in rungs[course.family] if r.size == course.size)
        return rung.student.complexity_.statements

    near = [c for c in courses if c.fidelity is None or c.fidelity >= best - CLOSE - 1e-9]
    return min(near, key=to_read)


def fit(courses: Sequence[Course], work: Work) -> dict[str, dict[int, Student]]:
    """Fit every family at every size; return the students by family and size.

    Raises
    ------
    KeyboardInterrupt
        If the person stops it before the chosen size of some family is fitted; later, what is
        done is kept.
    """
    groups: list[tuple[Course, tuple[int, ...]]] = []
    for course in courses:
        first = course.together(course.size)
        others = dict.fromkeys(course.together(size) for size in course.sizes)
        groups += [(course, sizes) for sizes in [first, *(o for o in others if o != first)]]
    calls = [
        (
            at_temperature(course.template, course.temperatures[sizes[0]]),
            course.prepared,
            course.targets,
            sizes,
        )
        for course, sizes in groups
    ]
    done: list[list[Student]] = []
    cut = False
    try:
        with closing(work.each(sweep, calls, "fitting students", "fits")) as found:
            done.extend(found)
    except KeyboardInterrupt:
        if not done:
            raise
        cut = True
    fitted: dict[str, dict[int, Student]] = {}
    for (course, sizes), students in zip(groups, done, strict=False):
        fitted.setdefault(course.family, {}).update(zip(sizes, students, strict=True))
    if cut:
        left = [f"{name} of {len(of)} sizes" for name, of in fitted.items()]
        work.interrupted(f"the ladder holds what was fitted: {', '.join(left)}.")
    return fitted


def _temperatures(
    plan: Plan, grid: Sequence[float], tried: Calibration | Pilot | None
) -> dict[int, float | None]:
    if not grid:
        return dict.fromkeys(plan.sizes)
    if isinstance(tried, Calibration):
        return {size: tried.best_temperature(size) for size in plan.sizes}
    return dict.fromkeys(plan.sizes, grid[0])


def _fidelity(tried: Calibration | Pilot, size: int) -> float:
    return float(tried.faithful().fidelity[tried.sizes.index(size)])
