"""What a family is told, at which temperatures, from which rows: chosen on validation rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone

from jupyter_distill.data import Table
from jupyter_distill.distillation._alpha import try_alphas
from jupyter_distill.distillation._ask import Asked
from jupyter_distill.distillation._assistants import Fitted
from jupyter_distill.distillation._calibrate import Calibration, calibrate, faithful_classes
from jupyter_distill.distillation._course import Course
from jupyter_distill.distillation._knee import Faithful, knee
from jupyter_distill.distillation._lessons import Lessons, Teaching
from jupyter_distill.distillation._parts import Part, Places, folds, parts_of
from jupyter_distill.distillation._pilot import Pilot, faithful_numbers, pilot
from jupyter_distill.distillation._plan import Plan, temperatures_for
from jupyter_distill.distillation._sweep import at_temperature
from jupyter_distill.distillation._techniques import Step, steps
from jupyter_distill.distillation._trials import Bench, Trial, try_techniques
from jupyter_distill.distillation._work import Work
from jupyter_distill.targets import SoftTargets


@dataclass(frozen=True, eq=False)
class Run:
    """What the families of a run share.

    Attributes
    ----------
    asked : Asked
        The teacher and its answers.
    lessons : Lessons
        What may be learnt from beside the owner's rows.
    methods : sequence of str
        Ways of making rows to try.
    work : Work
        Shows and spreads what is done.
    seed : int or None
        Seed.
    """

    asked: Asked
    lessons: Lessons
    methods: Sequence[str]
    work: Work
    seed: int | None

    @cached_property
    def folds(self) -> list[tuple[Places, Places]]:
        """Rows to fit and to score on, the same for all families."""
        return folds(self.asked.rows, self.seed)


def teach(plans: Sequence[Plan], run: Run) -> list[Course]:
    """Choose for every family what the person has not.

    An interrupt keeps what was chosen. Before a family is through it leaves the first one, untried.
    """
    done: list[Course] = []
    for plan in plans:
        try:
            done.append(choose(plan, run, compare=len(plans) > 1))
        except KeyboardInterrupt:
            if not done:
                return [_unseen(plan, run)]
            names = [course.family for course in done]
            run.work.interrupted(
                f"{len(done)} of {len(plans)} families {'was' if len(done) == 1 else 'were'} "
                f"piloted: {', '.join(names)}."
            )
            break
    return done


def choose(plan: Plan, run: Run, *, compare: bool) -> Course:
    """Choose what the person has not, on validation rows.

    Parameters
    ----------
    compare : bool
        Whether the family will be compared with others, so that it has to be scored anyhow.
    """
    asked, lessons, work = run.asked, run.lessons, run.work
    targets = asked.targets
    classes = isinstance(targets, SoftTargets)
    grid = _grid(plan, run)
    todo = steps(lessons.n_unlabelled, run.methods, plan.assistants)
    sized = plan.size is None or compare
    parts: list[Part] = []
    if sized or todo or len(grid) > 1 or len(plan.alphas) > 1:
        parts = parts_of(plan.template, asked.table, targets, run.folds)
    tried: Calibration | Pilot | None = None
    if classes and (sized or len(grid) > 1):
        tried = calibrate(plan.template, parts, grid, plan.sizes, work, sized=sized)
    elif sized and not classes:
        tried = pilot(plan.template, parts, plan.sizes, work)
    at = None
    if tried is not None and (sized or plan.template.PILOT_SIZES):
        at = knee(plan.sizes, tried.faithful(), plan.template.READABLE)
    size = plan.size or at
    assert size is not None  # sizes were compared if none was asked for
    temperatures = _temperatures(plan, grid, tried)
    taught = _Taught(Teaching(), (), None)
    if todo:
        taught = _with_techniques(plan, parts, run, todo, size, temperatures[size], tried)
    if taught.faithful is not None and plan.template.PILOT_SIZES:
        at = knee(plan.sizes, taught.faithful, plan.template.READABLE)
        size = plan.size or at
    template, alphas = plan.template, None
    if len(plan.alphas) > 1:
        if taught.teaching != Teaching():
            parts = [
                part.learning(template, lessons.lesson(part.places, taught.teaching))
                for part in parts
            ]
        alphas = try_alphas(
            at_temperature(template, temperatures[size]), parts, plan.alphas, size, work
        )
        template = clone(template).set_params(alpha=alphas.best)
    taught, (learnt, said), chain = _last_lesson(plan, run, taught)
    return Course(
        family=plan.family,
        template=template,
        sizes=plan.sizes,
        size=size,
        knee=at,
        temperatures=temperatures,
        calibration=tried if isinstance(tried, Calibration) and len(grid) > 1 else None,
        alphas=alphas,
        fidelity=_fidelity(tried, taught, plan.sizes, size),
        table=learnt,
        targets=said,
        standardised=classes and not plan.temperatures,
        teaching=taught.teaching,
        trials=taught.trials,
        chain=chain,
    )


def _unseen(plan: Plan, run: Run) -> Course:
    """Return the course of a family of which nothing was tried, at its usual size."""
    grid = _grid(plan, run)
    usual = [size for size in plan.sizes if size <= type(plan.template)().size]
    size = plan.size or max(usual, default=plan.sizes[0])
    temperatures = _temperatures(plan, grid, None)
    T = "" if temperatures[size] is None else f" and T = {temperatures[size]:.3g}"
    run.work.interrupted(f"nothing was tried: {plan.family!r} has size {size}{T}, unseen.")
    learnt, said = run.lessons.lesson(run.asked.rows.learnt, Teaching())
    return Course(
        family=plan.family,
        template=plan.template,
        sizes=plan.sizes,
        size=size,
        knee=None,
        temperatures=temperatures,
        calibration=None,
        alphas=None,
        fidelity=None,
        table=learnt,
        targets=said,
        unseen=True,
    )


class _Taught(NamedTuple):
    """The techniques that are kept, the evidence, and how faithful the sizes then are."""

    teaching: Teaching
    trials: tuple[Trial, ...]
    faithful: Faithful | None


def _last_lesson(
    plan: Plan, run: Run, taught: _Taught
) -> tuple[_Taught, tuple[Table, Any], tuple[Fitted, ...]]:
    """Return what is learnt from at last, and the assistants: those kept, or else all.

    An interrupt leaves out techniques that would have to be made anew, or what only is measured.
    """
    rows, lessons = run.asked.rows.learnt, run.lessons
    try:
        lesson = lessons.lesson(rows, taught.teaching)
    except KeyboardInterrupt:
        run.work.interrupted("what was kept of techniques is left out: it was not made to the end.")
        trials = tuple(replace(trial, kept=False) for trial in taught.trials)
        return _Taught(Teaching(), trials, None), lessons.lesson(rows, Teaching()), ()
    try:
        assistants = taught.teaching.assistants or plan.assistants
        chain = lessons.chain(rows, replace(taught.teaching, assistants=assistants))
    except KeyboardInterrupt:
        run.work.interrupted("assistants, which were not kept, are not measured.")
        chain = ()
    return taught, lesson, chain


def _with_techniques(
    plan: Plan,
    parts: Sequence[Part],
    run: Run,
    todo: Sequence[Step],
    size: int,
    temperature: float | None,
    tried: Calibration | Pilot | None,
) -> _Taught:
    student = plan.template
    if temperature is not None or student.PILOT_SIZES:
        student = student.pilot()
    bench = Bench(at_temperature(student, temperature), parts, plan.sizes, size)
    if isinstance(tried, Calibration) and temperature is not None:
        without = tried.at(temperature)
    elif isinstance(tried, Pilot) and len(tried.teacher) == tried.scores.off.shape[1]:
        without = tried.scores
    else:
        try:
            without = bench.scores(parts, run.work, "the student alone")
        except KeyboardInterrupt:
            run.work.interrupted("no technique was tried.")
            return _Taught(Teaching(), (), None)
    teaching, trials, scores = try_techniques(bench, run.lessons, todo, without, run.work)
    if teaching == Teaching():
        return _Taught(teaching, trials, None)
    if temperature is None:
        teacher = np.concatenate([part.score_targets.values for part in parts])
        return _Taught(teaching, trials, faithful_numbers(scores.off, teacher))
    named = np.concatenate([part.score_targets.predicted for part in parts])
    constant = float(np.concatenate([part.constant() for part in parts]).mean())
    return _Taught(teaching, trials, faithful_classes(scores.off, scores.agrees, named, constant))


def _grid(plan: Plan, run: Run) -> Sequence[float]:
    """Return the temperatures to try; held-out rows have no say in them."""
    targets = run.asked.targets
    if not isinstance(targets, SoftTargets):
        return ()
    return temperatures_for(plan, targets.take(run.asked.rows.learnt))


def _temperatures(
    plan: Plan, grid: Sequence[float], tried: Calibration | Pilot | None
) -> dict[int, float | None]:
    if not grid:
        return dict.fromkeys(plan.sizes)
    if isinstance(tried, Calibration):
        return {size: tried.best_temperature(size) for size in plan.sizes}
    return dict.fromkeys(plan.sizes, min(grid, key=lambda T: abs(np.log(T))))


def _fidelity(
    tried: Calibration | Pilot | None, taught: _Taught, sizes: Sequence[int], size: int
) -> float | None:
    faithful = taught.faithful
    if faithful is None and tried is not None:
        faithful = tried.faithful()
    return None if faithful is None else float(faithful.fidelity[list(sizes).index(size)])
