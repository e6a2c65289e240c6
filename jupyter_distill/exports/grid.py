"""The grid of students for the browser: what two sliders choose from where no kernel answers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.audits._models import MAJORITY, MEAN
from jupyter_distill.distillation import FAST, Distillation, Grid, reached
from jupyter_distill.distillation._find import OF_TEACHER
from jupyter_distill.distillation._quick import plain
from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.exports import payload
from jupyter_distill.exports.says import span
from jupyter_distill.exports.state import plain as plain_of
from jupyter_distill.exports.state import summary
from jupyter_distill.exports.wire import encode

State = dict[str, Any]

# Trees that a page holds: 88 trees of loans have a tenth of it.
MOST_BYTES = 1_500_000
# Rows that shares and agreement of a node are measured on, where there are more.
MEASURED = 10_000
# Baselines that are the same whatever the student.
ALIKE = (MAJORITY, MEAN)


def axes(d: Distillation) -> State:
    """Return what the size slider of a running view stands on: the sizes of the ladder.

    The students are in the kernel.
    """
    rungs = d.ladder.of(d.family)
    students = [(rung.temperature, rung.size, rung) for rung in rungs]
    return _figures(d, students, {(rung.temperature, rung.size) for rung in rungs})


def held(
    d: Distillation, grid: Grid, rows: NDArray[Any] | None = None, *, trees: bool = True
) -> State:
    """Return all students of a grid: their figures and, where they are trees, the trees.

    Parameters
    ----------
    d : Distillation
        What the grid was made of.
    grid : Grid
        The students.
    rows : ndarray of int, optional
        Rows that the page holds: the leaf of each in every tree goes with it.
    trees : bool, default True
        Whether trees are wanted, or figures alone.
    """
    students = [(T, size, rung) for (T, size), rung in sorted(grid.rungs.items(), key=_by_place)]
    state = {**_figures(d, students, set(grid.searched)), "notes": list(grid.notes)}
    if not trees or not isinstance(d.explanation(), TreeExplanation):
        return state
    n = d.table.n_rows
    table, targets = d.table, d.targets
    if n > MEASURED:
        some = np.sort(np.random.default_rng(0).choice(n, MEASURED, replace=False))
        table, targets = d.table.take(some), d.targets.take(some)
        state["notes"].append(
            f"Rows and agreement of the nodes of students other than the first are those of "
            f"{MEASURED:,} rows of {n:,}, drawn once."
        )
    known: dict[int, TreeExplanation] = {}  # by the identity of the student
    kept, left, size_of = [], 0, 0
    for place in _order(d, students):
        student = students[place][2].student
        if id(student) not in known:
            explained = student.explain(table, targets)
            assert isinstance(explained, TreeExplanation)
            cost = len(explained) * (20 + 8 * explained.student.shape[1])
            cost += 0 if rows is None else len(rows)
            if size_of + cost > MOST_BYTES:
                left += 1
                continue
            size_of += cost
            known[id(student)] = explained
        kept.append(place)
    if left:
        state["notes"].append(
            f"{left} of {len(students)} students are left out, as their trees would make the file "
            f"larger than {MOST_BYTES / 1e6:g} MB; those at the chosen size and temperature, and "
            "the smaller, came first."
        )
    order = {key: number for number, key in enumerate(known)}
    tree_of = np.full(len(students), -1)
    tree_of[kept] = [order[id(students[place][2].student)] for place in kept]
    state |= {"tree_of": encode(tree_of, "i4"), "trees": _trees(list(known.values()))}
    by_id = {id(rung.student): rung.student for _, _, rung in students}
    if rows is not None:
        shown = d.table.take(rows)
        leaves = [by_id[key].apply(shown) for key in known]
        state["leaves"] = encode(np.array(leaves).reshape(len(leaves), len(rows)), _narrow(leaves))
    return state


def shown(d: Distillation, how: str = "distilled", ticket: int = 0) -> State:
    """Return which student is shown, how it was made, and which wish it answers."""
    rung = d.rung
    return {
        "ticket": ticket,
        "temperature": d.temperature,
        "size": d.size,
        "how": how,
        "fidelity": plain_of([rung.fidelity, rung.low, rung.high]),
    }


def of_page(d: Distillation, grid: Grid, rows: NDArray[Any]) -> State:
    """Return what a page holds so that its sliders choose among the students of a grid."""
    return {
        "grid": held(d, grid, rows),
        "shown": shown(d),
        "follow": len(grid.temperatures) > 1,
        "student_size": d.size,
        "asked": {},
    }


def _by_place(one: Any) -> tuple[float, int]:
    (T, size), _ = one
    return (T or 0.0, size)


def _figures(d: Distillation, students: list[Any], searched: set[Any]) -> State:
    """Return the axes, and of each student where it stands and how faithful it is."""
    at = sorted({T for T, _, _ in students if T is not None})
    sizes = sorted({size for _, size, _ in students})
    fidelity = np.array([[r.fidelity, r.low, r.high] for _, _, r in students], dtype=np.float32)
    units = [reached(rung.student) for _, _, rung in students]
    return {
        "temperatures": at,
        "sizes": sizes,
        "unit": d.student.UNIT,
        "family": d.family,
        "measure": "R2" if d.task == "regression" else "agreement",
        "temperature_of": [-1 if T is None else at.index(T) for T, _, _ in students],
        "size_of": [sizes.index(size) for _, size, _ in students],
        "reached": [
            size if unit is None else unit
            for unit, (_, size, _) in zip(units, students, strict=True)
        ],
        "searched": [(T, size) in searched for T, size, _ in students],
        "fidelity": encode(fidelity, "f4"),
        "chosen": d.size,
        "fast": d.family in FAST and d.temperature is not None,
        "notes": [],
    }


def _order(d: Distillation, students: list[Any]) -> list[int]:
    """Return who goes first into a file that cannot hold all."""

    def far(place: int) -> tuple[bool, bool, int, float]:
        T, size, _ = students[place]
        mine = T == d.temperature
        away = 0.0 if T is None or d.temperature is None else abs(np.log(T / d.temperature))
        return (not (mine and size == d.size), not (mine or size == d.size), size, away)

    return sorted(range(len(students)), key=far)


def _narrow(leaves: list[Any]) -> str:
    return "u1" if all(of.max(initial=0) < 256 for of in leaves) else "i4"


def _trees(trees: list[TreeExplanation]) -> State:
    """Return trees one after another; a condition that several ask is written once."""
    words: dict[str, int] = {}
    tails = [words.setdefault(tail, len(words)) for tree in trees for tail in payload.tails(tree)]
    place = payload.asked_about(trees)
    features = [one for tree in trees for one in payload.features(tree, place)]
    first = trees[0]

    def joined(name: str, dtype: str = "f4") -> Any:
        parts = np.concatenate([np.asarray(getattr(tree, name)) for tree in trees])
        return encode(parts.astype(np.float32) if dtype == "f4" else parts, dtype)

    state = {
        "classes": list(first.classes),
        "names": list(first.names),
        "columns": [first.columns[j].name for j in place],
        "feature": encode(features, "i4"),
        "full": [payload.in_full(tree) for tree in trees],
        "words": list(words),
        "starts": encode(np.cumsum([0, *(len(tree) for tree in trees)]), "i4"),
        "tails": encode(tails, "i4"),
        "left": joined("left", "i4"),
        "right": joined("right", "i4"),
        "support": joined("support"),
        "teacher": joined("teacher"),
        # a student's number stands in the table, to be compared with its teacher's
        "student": joined("student", "f4" if first.classes else "f8"),
        "agreement": joined("agreement"),
    }
    if first.error is not None:
        state |= {"error": joined("error"), "ranges": [list(span(tree)) for tree in trees]}
    return state


def common(d: Distillation, card: Any) -> State:
    """Return the part of the view's head that holds for every student of the grid."""
    shown = summary(d, card)
    return {
        **shown,
        "baselines": [one for one in shown["baselines"] if one["name"] in ALIKE],
        "findings": [one for one in shown["findings"] if one["code"] in OF_TEACHER],
        "notes": list(plain(d.notes)),
    }
