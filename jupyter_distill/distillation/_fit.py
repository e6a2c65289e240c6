"""The last fits: every family at every size, and which of the families is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing

from jupyter_distill.distillation._course import Course
from jupyter_distill.distillation._knee import CLOSE
from jupyter_distill.distillation._rungs import Rung
from jupyter_distill.distillation._sweep import at_temperature, sweep
from jupyter_distill.distillation._work import Work
from jupyter_distill.students import Student


def fit(courses: Sequence[Course], work: Work) -> dict[str, dict[int, Student]]:
    """Fit every family at every size; return the students by family and size.

    An interrupt keeps what is fitted. Before that it leaves the chosen size of the first family,
    which is then fitted alone; a second one stops that too.

    Raises
    ------
    KeyboardInterrupt
        If the person stops it twice before one student is fitted.
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
        cut = True
    if not done:
        (student, rows, targets, _), (course, _) = calls[0], groups[0]
        what = f"{course.family!r} is fitted at size {course.size} alone"
        work.interrupted(f"{what}; another interrupt stops that too.")
        done.extend(work.each(sweep, [(student, rows, targets, (course.size,))], "", "fits"))
        return {course.family: {course.size: done[0][0]}}
    fitted: dict[str, dict[int, Student]] = {}
    for (course, sizes), students in zip(groups, done, strict=False):
        fitted.setdefault(course.family, {}).update(zip(sizes, students, strict=True))
    if cut:
        left = [f"{name}, {len(of)} size{'s' * (len(of) > 1)}" for name, of in fitted.items()]
        work.interrupted(f"the ladder holds what was fitted: {'; '.join(left)}.")
    return fitted


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
