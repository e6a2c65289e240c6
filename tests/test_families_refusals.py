"""What every family of students does with settings that nobody means: by name, never silent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import jupyter_distill as jd
from jupyter_distill import Constraints, students
from jupyter_distill.students._used import used_together

from .distilling import sentences
from .families import FRAME, SCORE, TASKS, N, student, targets


@pytest.fixture(params=students.names())
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=TASKS)
def task(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# --- settings and constraints ------------------------------------------------------------------


SETTINGS: dict[str, tuple[dict[str, Any], str]] = {
    "negative size": ({"size": -1}, r"Expected size to be a whole number >= \d.* Got -1"),
    "size by truth": ({"size": True}, r"size to be a whole number .* Got True \(bool\)"),
    "size as text": ({"size": "4"}, r"size to be a whole number .* Got '4' \(str\)"),
    "no size": ({"size": None}, r"size to be a whole number .* Got None"),
    "seed as text": ({"random_state": "x"}, r"random_state to be a whole number >= 0.* Got 'x'"),
    "negative seed": ({"random_state": -1}, r"random_state to be a whole number >= 0.* Got -1"),
    "quality": ({"quality": "slow"}, r"quality to be one of .*'greedy'.* Got 'slow'"),
    "a dict": (
        {"constraints": {"forbid": ["a"]}},
        r"constraints to be Constraints, or None. Got {'forbid.*constraints=Constraints\(\*\*",
    ),
    "a list": ({"constraints": ["a"]}, r"constraints to be Constraints.* Got \['a'\]. Write"),
    "an unknown column": (
        {"constraints": Constraints(require=["kinds"])},
        r"require to name columns of the table. Got 'kinds'. Did you mean \"kind\"",
    ),
    "an unordered column": (
        {"constraints": Constraints(monotone={"kind": "+"})},
        r"monotone columns whose values have an order. Got the category 'kind'",
    ),
    "another class": (
        {"constraints": Constraints(monotone={"a": {"perhaps": 1}})},
        r"monotone\['a'\] to name a class|a direction alone for 'a', as the student gives a num",
    ),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_settings_are_refused_by_name(name: str, task: str, case: str) -> None:
    settings, says = SETTINGS[case]
    if not set(settings) <= set(student(name, task).get_params()):
        return  # not every family has a quality
    with pytest.raises((TypeError, ValueError), match=says):
        student(name, task, **settings).fit_soft(FRAME, targets(task))


@pytest.mark.parametrize(
    ("names", "settings"),
    [
        (("tree", "rules"), {"objective": "faith"}),
        (("tree", "rules"), {"leaf_temperature": 0}),
        (("tree", "rules"), {"min_rows": 0}),
        (("net",), {"epochs": 0}),
        (("net",), {"weights": "all"}),
        (("net",), {"size": 10**6}),
        (("ebm",), {"interactions": -1}),
    ],
)
def test_settings_of_some_families_are_refused_by_name(
    names: tuple[str, ...], settings: dict[str, Any]
) -> None:
    (setting,) = settings
    for name in names:
        with pytest.raises((TypeError, ValueError), match=f"Expected {setting} to be"):
            student(name, "binary", **settings).fit_soft(FRAME, targets("binary"))


def test_several_classes_need_one_named(name: str) -> None:
    asked = Constraints(monotone={"a": "+"})
    with pytest.raises(ValueError, match=r"the class whose .* Got \+1 and 3 classes. Write mono"):
        student(name, "three classes", constraints=asked).fit_soft(FRAME, targets("three classes"))


def test_interactions_can_be_ended_only_where_columns_act_alone(name: str, task: str) -> None:
    fitted = student(name, task, constraints=Constraints(interactions=True))
    fitted.fit_soft(FRAME, targets(task))
    alone = student(name, task, constraints=Constraints(interactions=False))
    if fitted.JOINS:
        with pytest.raises(ValueError, match='interactions=False, while .*student="ebm"'):
            alone.fit_soft(FRAME, targets(task))
    else:
        used = used_together(alone.fit_soft(FRAME, targets(task)))
        assert used is not None and all(len(columns) == 1 for columns in used)


def test_what_is_required_needs_room(name: str, task: str) -> None:
    asked = student(name, task, constraints=Constraints(require=["a", "b", "kind", "flag"]))
    if name == "net":  # a unit reads as many columns as it likes
        asked.fit_soft(FRAME, targets(task))
        return
    with pytest.raises(ValueError, match=r"size of at least [45] .* 4 columns are .*Got size=3"):
        asked.fit_soft(FRAME, targets(task))
    with pytest.raises(ValueError, match="Got size=2"):
        asked.sweep(FRAME, targets(task), (2, 8))


def test_a_budget_larger_than_the_table_is_no_budget(name: str, task: str) -> None:
    free, bound = (
        student(name, task, size=8, constraints=c).fit_soft(FRAME, targets(task))
        for c in (Constraints(), Constraints(max_features=100))
    )
    if name != "tree" and name != "rules":  # which are searched another way under a budget
        np.testing.assert_allclose(free.output(FRAME), bound.output(FRAME), atol=1e-9)
    assert bound.complexity_.features <= 4


@pytest.mark.parametrize("sizes", [(), 4, "48", (2, "4"), (2, -1), (2, 2.5)])
def test_sizes_are_refused_by_name(name: str, sizes: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="Expected sizes? (as a list|to be a whole)"):
        student(name, "binary").sweep(FRAME, targets("binary"), sizes)


def test_sizes_that_were_not_fitted_are_refused(name: str, task: str) -> None:
    fitted = student(name, task).fit_soft(FRAME, targets(task))
    for size in (0, -1, 2.0, True, "2", None):
        with pytest.raises((TypeError, ValueError), match="size to be a whole number"):
            fitted.at_size(size)  # type: ignore[arg-type]


# --- before the teacher is asked ---------------------------------------------------------------


EARLY: list[dict[str, Any]] = [
    *(
        {"constraints": settings["constraints"]}
        for settings, _ in SETTINGS.values()
        if "constraints" in settings
    ),
    {"constraints": Constraints(forbid=list(FRAME))},
    {"constraints": Constraints(require=["a", "b", "kind"]), "size": 2, "student": "tree"},
    {"constraints": Constraints(interactions=False), "student": "tree"},
    {"student": "trees"},
    {"student": 5},
    {"size": "large"},
    {"size": 0},
    {"quality": "slow"},
    {"objective": "faith", "student": "tree"},
    {"min_rows": -1, "student": "tree"},
    {"epochs": 0, "student": "net"},
    {"interactions": "all", "student": "ebm"},
    {"random_state": "x"},
    {"task": "classes"},
    {"temperature": [1]},
    {"classes": ["no", "no"]},
    {"classes": ["a", "b"]},
]


@pytest.mark.parametrize("options", EARLY)
@pytest.mark.parametrize("classes", [True, False])
def test_a_teacher_is_not_asked_what_cannot_be_used(options: dict[str, Any], classes: bool) -> None:
    calls = 0

    def teacher(rows: pd.DataFrame) -> np.ndarray:
        nonlocal calls
        calls += 1
        return np.column_stack([-SCORE, SCORE])[rows.index]

    y = np.where(SCORE > 0, "yes", "no")
    known = {"classes": ["no", "yes"]} if classes else {}
    with pytest.raises((TypeError, ValueError)):
        jd.distill(teacher, FRAME, y, progress=False, **{**known, **options})
    assert calls == 0


@pytest.mark.parametrize(
    ("y", "rows", "says"),
    [
        (np.full(N, "yes"), N, "labels of at least two classes"),
        (np.where(SCORE > 1, None, "yes"), N, "a label for every row"),
        (np.where(SCORE > 0, "yes", "no"), 9, "at least 10 rows"),
    ],
)
def test_a_teacher_is_not_asked_for_labels_that_cannot_be_used(
    y: np.ndarray, rows: int, says: str
) -> None:
    def never(rows: Any) -> np.ndarray:
        pytest.fail("the teacher was asked")

    with pytest.raises(ValueError, match=says):
        jd.distill(never, FRAME[:rows], y[:rows], progress=False)


def test_what_is_required_and_left_out_is_said(task: str) -> None:
    def teacher(rows: pd.DataFrame) -> np.ndarray:
        said = targets(task)
        return (said.values if task == "regression" else said.logits)[rows.index]

    d = jd.distill(
        teacher,
        FRAME.assign(idle=1.0),
        task="regression" if task == "regression" else "classification",
        classes=None if task == "regression" else targets(task).classes,
        student="linear",
        size=8,
        constraints=Constraints(require=["idle"]),
        progress=False,
    )
    assert any("does not use 'idle', though required" in note for note in sentences(d))
    said = [
        note for note in sentences(d) if note.startswith("8 columns were asked for; the data and")
    ]
    assert said and said[0].endswith(f"no more than {d.student.complexity_.features}.")


def test_the_ladder_has_room_for_what_is_required() -> None:
    def teacher(rows: pd.DataFrame) -> np.ndarray:
        return SCORE[rows.index] * 10

    asked = Constraints(require=["a", "b", "kind"])
    options: dict[str, Any] = {"constraints": asked, "quality": "greedy", "progress": False}
    d = jd.distill(teacher, FRAME, task="regression", **options)
    assert min(d.ladder.sizes) == 4
