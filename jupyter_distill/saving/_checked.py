"""Whether the parts of a file belong together, and its students answer as its figures say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jupyter_distill._resample import r2, r2_columns
from jupyter_distill.distillation import ClassRung, Distillation, NumberRung, Rung
from jupyter_distill.distillation._census import Census, ClassSums
from jupyter_distill.distillation._course import Course
from jupyter_distill.saving._records import same_classes
from jupyter_distill.saving._refuse import need
from jupyter_distill.saving._students import unfitted
from jupyter_distill.students import Student, StudentClassifier
from jupyter_distill.targets import KL

# Sums of another machine may end otherwise in their last digits, and a tie the other way.
CLOSE, TIES = 1e-6, 2


def check(d: Distillation) -> None:
    """Refuse a distillation whose parts do not belong together."""
    ladder, where = d.ladder, "ladder.json"
    families = set(d.courses)
    for names in (ladder.piloted, ladder.usual, ladder.knees):
        need(set(names) == families, where, f"the families {sorted(families)}", sorted(names))
    need(ladder.family in families, where, "a family that was piloted", ladder.family)
    places = [(rung.family, rung.size) for rung in ladder]
    need(len(set(places)) == len(places), where, "one rung a size", places)
    order = [ladder.families.index(name) if name in families else -1 for name, _ in places]
    need(-1 not in order and order == sorted(order), where, "rungs by family", places)
    need((ladder.family, ladder.chosen) in places, where, "the chosen rung among the rungs")
    for family in families:
        sizes = {size for name, size in places if name == family}
        least = d.courses[family].template.SMALLEST
        piloted = ladder.piloted[family]
        need(set(piloted) >= sizes and min(piloted) >= least, where, "sizes", piloted)
        need((family, ladder.usual[family]) in places, where, "a usual size among the rungs")
    for rung in ladder:
        _check_rung(d, rung, f"students/{rung.family}-{rung.size}.json")
    if d.labels_only is not None:
        need(type(d.labels_only) is type(d.student), "labels-only", "a student of the family")
        _said(d, d.labels_only, "students/labels-only.json")
    for course in d.courses.values():
        _check_course(d, course, f"courses.{course.family}")
    _look(d)


def _said(d: Distillation, student: Student, where: str) -> Any:
    """Return what a student says of held-out rows, if it says something of each."""
    table, targets = d.held_out
    _of_task(d, student, where)
    need(not unfitted(student), where, "a student that has learnt")
    need(student.columns_ == d.table.columns, where, "the columns of the rows")
    if isinstance(student, StudentClassifier):
        same = same_classes(d.targets, _Named(student.classes_))
        need(same, where, "the classes of the teacher", student.classes_)
    said = student.output(table)
    shape = (targets.values if d.task == "regression" else targets.logits).shape
    need(said.shape == shape and np.isfinite(said).all(), where, f"answers of shape {shape}")
    need(student.title_ and student.complexity_.statements >= 0, where, "something to read")
    return said


class _Named:
    def __init__(self, classes: Any) -> None:
        self.classes = classes


def _of_task(d: Distillation, student: Student, where: str) -> None:
    names = isinstance(student, StudentClassifier)
    need(names == (d.task == "classification"), where, f"a student for {d.task}")


def _check_rung(d: Distillation, rung: Rung, where: str) -> None:
    said, (_, targets) = _said(d, rung.student, where), d.held_out
    template = d.courses[rung.family].template
    need(type(rung.student) is type(template), where, f"a student of the family {rung.family}")
    need(rung.size >= rung.student.SMALLEST, where, "a size", rung.size)
    tie = TIES / targets.n_rows
    if isinstance(rung, ClassRung):
        agrees = float((said.argmax(1) == targets.predicted).mean())
        need(abs(agrees - rung.fidelity) <= CLOSE + tie, where, f"fidelity {agrees}", rung.fidelity)
        kl = KL(said, targets)
        _near(kl, rung.kl, where, "KL")
        right = np.nan
        if targets.labels is not None:
            right = float((said.argmax(1) == targets.labels).mean())
        near = np.isclose(right, rung.accuracy, rtol=0, atol=CLOSE + tie, equal_nan=True)
        need(near, where, f"accuracy {right}", rung.accuracy)
        need((rung.temperature or 0) > 0, where, "a temperature", rung.temperature)
    else:
        rmse = float(np.sqrt(((said - targets.values) ** 2).mean()))
        assert isinstance(rung, NumberRung)
        _near(rmse, rung.rmse, where, "RMSE")
        _near(float(r2(r2_columns(said, targets.values).mean(0))), rung.fidelity, where, "R2")
        if targets.truth is not None:
            columns = r2_columns(said, targets.truth)
            _near(float(r2(columns.mean(0))), rung.r2_truth, where, "R2 to the truth")
        need(rung.temperature is None, where, "no temperature", rung.temperature)
    ends = [rung.low, rung.fidelity, rung.high]
    need(np.isfinite(ends).all() and rung.low <= rung.high, where, "an interval", ends)


def _near(found: float, said: float, where: str, what: str) -> None:
    near = np.isclose(found, said, rtol=CLOSE, atol=CLOSE, equal_nan=True)
    need(near, where, f"{what} {found}", said)


def _check_course(d: Distillation, course: Course, where: str) -> None:
    _of_task(d, course.template, where)
    need(unfitted(course.template), where, "a template that has not learnt")
    need(course.table.n_rows == course.targets.n_rows, where, "targets of its rows")
    need(course.size in course.sizes, where, "a size that was tried", course.size)
    need(set(course.temperatures) >= set(course.sizes), where, "a temperature of each size")
    for T in course.temperatures.values():
        fine = T is None if d.task == "regression" else T is not None and 0 < T < np.inf
        need(fine, where, "temperatures", T)
    tried, alphas = course.calibration, course.alphas
    if tried is not None:
        of = (len(tried.temperatures), len(tried.sizes))
        need(tried.kl.shape == tried.agrees.shape, where, "one score a row")
        need(tried.kl.ndim == 3 and tried.kl.shape[:2] == of, where, "scores of each size")
        need(set(tried.sizes) >= set(course.sizes), where, "each size that was tried")
        need(all(0 < T < np.inf for T in tried.temperatures), where, "temperatures")
        need(tried.constant.ndim == tried.named.ndim == 1, where, "one score a row")
    if alphas is not None:
        shapes = {alphas.off.shape, alphas.off_truth.shape, alphas.agrees.shape}
        need(len(shapes) == 1 and len(alphas.off) == len(alphas.alphas), where, "scores of alphas")
    for fitted in course.chain:
        if isinstance(fitted.model, Student):
            _said(d, fitted.model, f"{where}.chain")


def _look(d: Distillation) -> None:
    """Look at everything once that a view shows: what breaks there is refused here."""
    for _ in _shown(d):
        pass


def _shown(d: Distillation) -> Iterator[Any]:
    yield d.ladder.frame()
    yield d.temperature_path, d.alpha_path, d.techniques, d.stages
    yield d.findings.frame(), [one.table for one in d.findings], repr(d.findings)
    yield d.explanation(), d.headline, d.settings, d.remarks
    for course in d.courses.values():
        for rung in d.ladder.of(course.family):
            if course.calibration is not None:
                yield course.calibration.path(rung.size)
    if d.sample is not None:
        yield d.sample.frame(), d.sample.describe()


def check_census(census: Census, d: Distillation) -> None:
    """Refuse sums that are not of these models and classes."""
    models = ["student", *(["labels only"] if d.labels_only is not None else []), "constant"]
    where = "census"
    need(list(census.models) == models, where, f"{models}", census.models)
    m = len(models)
    for sums in (census.held_out, census.learnt):
        if isinstance(sums, ClassSums):
            k = d.targets.n_classes
            shapes = [(m, k, k), (m, k), (m, k), (k,), (m + 1, k)]
            arrays = [sums.named, sums.kl, sums.kl_squared, sums.known, sums.right]
        else:
            shapes, arrays = [(m, 5, 5), (m + 1, 5, 5)], [sums.to_teacher, sums.to_truth]
        for array, shape in zip(arrays, shapes, strict=True):
            need(array.shape == shape and np.isfinite(array).all(), where, f"sums of shape {shape}")
