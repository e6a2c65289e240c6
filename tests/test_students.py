"""What every family of student must do; a new family is picked up by its file."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from sklearn.base import clone
from sklearn.datasets import load_wine
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from jupyter_distill import students
from jupyter_distill.data import Table
from jupyter_distill.explanation import Explanation
from jupyter_distill.students import Student
from jupyter_distill.targets import CompositeLoss, SoftTargets

from .small import people

torch.set_num_threads(1)

# Checks of scikit-learn that a family fails on purpose: its name -> {check: reason}.
EXPECTED_FAILURES: dict[str, dict[str, str]] = {}

TASKS = ("classification", "regression")


Family = Callable[..., Student]  # a class, with what makes it quick to fit
# A list is made of a tree. Trees that are searched for have a name of their own, for the laws that
# a search could break.
SEARCHED = "tree that is searched for"
QUICK: dict[str, dict[str, Any]] = {
    "tree": {"quality": "greedy"},
    "rules": {"quality": "greedy"},
    "net": {"epochs": 40},
}
ALL = pytest.mark.parametrize("family", [*students.names(), SEARCHED], indirect=True)


@pytest.fixture(params=students.names())
def family(request: pytest.FixtureRequest) -> Family:
    if request.param == SEARCHED:
        return students.load("tree")
    return partial(students.load(request.param), **QUICK.get(request.param, {}))


def brief(name: str, task: str) -> Student:
    """Return an unfitted student for the checks of scikit-learn."""
    settings: dict[str, Any] = {"epochs": 40} if name == "net" else {}
    if name == "rules" or (name == "ebm" and task == "regression"):
        settings = {"quality": "greedy"}
    return students.load(name, task)(**settings)


def soft(n: int = 240, classes: int = 3, seed: int = 0) -> tuple[pd.DataFrame, SoftTargets]:
    """Rows of every kind, what a smooth teacher says of them, and noisy labels."""
    rng = np.random.default_rng(seed)
    frame, _ = people(n)
    income = frame["income"].fillna(20) / 20 - 2.5
    car = (frame["purpose"] == "car").to_numpy(float)
    z = np.column_stack([income, 2 * car - income, frame["employed"] - income / 2])[:, :classes]
    labels = (z + rng.gumbel(size=z.shape)).argmax(1)
    return frame, SoftTargets(2 * z, np.array(["red", "green", "blue"][:classes]), labels)


# --- scikit-learn ------------------------------------------------------------------------------


@parametrize_with_checks(
    [brief(name, task) for task in TASKS for name in students.names()],
    expected_failed_checks=lambda student: EXPECTED_FAILURES.get(type(student).__name__, {}),
)
def test_the_checks_of_scikit_learn(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)


def test_students_work_inside_pipelines_and_cross_validation(family: Family) -> None:
    X, y = load_wine(return_X_y=True)
    assert cross_val_score(make_pipeline(StandardScaler(), family()), X, y, cv=3).mean() > 0.8


def test_a_pickled_student_says_the_same(family: Family) -> None:
    frame, targets = soft()
    student = family().fit_soft(frame, targets)
    again = pickle.loads(pickle.dumps(student))
    np.testing.assert_array_equal(again.logits(frame), student.logits(frame))


@ALL
def test_a_clone_is_not_fitted_and_fits_to_the_same(family: Family) -> None:
    frame, targets = soft()
    student = family(size=5, alpha=0.3, temperature=2.0).fit_soft(frame, targets)
    copy = clone(student)
    assert not hasattr(copy, "classes_")
    np.testing.assert_array_equal(
        copy.fit_soft(frame, targets).logits(frame), student.logits(frame)
    )


def test_classes_are_the_owner_s_own(family: Family) -> None:
    frame, y = people(200)
    student = family().fit(frame, y)
    assert student.classes_.tolist() == ["no", "yes"]
    assert set(student.predict(frame)) == {"no", "yes"}
    assert student.score(frame, y) > 0.8
    np.testing.assert_allclose(student.predict_proba(frame).sum(1), 1)


# --- learning from a teacher -------------------------------------------------------------------


def test_temperature_and_alpha_change_what_is_learnt(family: Family) -> None:
    frame, targets = soft()
    settings = [(0.1, 1.0), (0.1, 4.0), (0.9, 1.0), (0.9, 4.0)]
    says = [
        family(alpha=alpha, temperature=T).fit_soft(frame, targets).predict_proba(frame)
        for alpha, T in settings
    ]
    for i, one in enumerate(says):
        for other in says[:i]:
            assert np.abs(one - other).max() > 0.01


@ALL
def test_without_the_teacher_s_part_only_labels_matter(family: Family) -> None:
    frame, targets = soft()
    other = SoftTargets(-targets.logits, targets.classes, targets.labels)
    one, two = (family(alpha=1.0).fit_soft(frame, t).logits(frame) for t in (targets, other))
    np.testing.assert_array_equal(one, two)
    names = targets.classes[targets.labels]
    by_labels = family().fit(frame, names)
    order = [by_labels.classes_.tolist().index(name) for name in targets.classes]
    np.testing.assert_allclose(
        by_labels.predict_proba(frame)[:, order],
        family(alpha=1.0).fit_soft(frame, targets).predict_proba(frame),
        atol=1e-9,
    )


def test_without_the_labels_part_only_the_teacher_matters(family: Family) -> None:
    frame, targets = soft()
    blind = SoftTargets(targets.logits, targets.classes)
    one, two = (family(alpha=0.0).fit_soft(frame, t).logits(frame) for t in (targets, blind))
    np.testing.assert_array_equal(one, two)


# --- the rows ----------------------------------------------------------------------------------


def test_frames_of_every_kind_give_the_same_student(family: Family) -> None:
    frame, targets = soft()
    filled = frame.astype(object).where(frame.notna(), None).to_dict("list")
    frames = [frame, frame.astype(object), frame.convert_dtypes(), pl.DataFrame(filled)]
    frames.append(pa.table(filled))
    says = [family().fit_soft(each, targets).logits(each) for each in frames]
    for other in says[1:]:
        np.testing.assert_array_equal(other, says[0])
    student = family().fit_soft(frame, targets)
    for each in frames:  # and one student reads them all
        np.testing.assert_array_equal(student.logits(each), says[0])


@ALL
def test_prepared_rows_tables_and_frames_are_the_same_rows(family: Family) -> None:
    frame, targets = soft()
    table = Table.of(frame)
    says = [
        family().fit_soft(rows, targets).logits(other)
        for rows, other in ((frame, frame), (table, table), (family().prepare(table), table))
    ]
    np.testing.assert_array_equal(says[1], says[0])
    np.testing.assert_array_equal(says[2], says[0])


def test_a_category_a_boolean_and_a_gap_can_each_tell_the_classes_apart(
    family: Family,
) -> None:
    rng = np.random.default_rng(0)
    n = 300
    frame = pd.DataFrame(
        {
            "kind": rng.choice(list("abcdef"), n),
            "flag": rng.random(n) < 0.5,
            "number": np.where(rng.random(n) < 0.4, np.nan, rng.normal(size=n)),
        }
    )
    for answer in (frame["kind"].isin(["b", "e"]), frame["flag"], frame["number"].isna()):
        student = family(size=4).fit(frame, answer)
        assert student.score(frame, answer) == 1.0


def test_missing_values_and_categories_never_seen_get_an_answer(family: Family) -> None:
    frame, targets = soft()
    student = family().fit_soft(frame, targets)
    new = frame.head(3).astype({"income": float, "purpose": object, "employed": object})
    new.loc[0, "purpose"], new.loc[1, "purpose"] = "boat", None
    new.loc[2] = None
    p = student.predict_proba(new)
    assert np.isfinite(p).all()
    np.testing.assert_allclose(p.sum(1), 1)


def test_columns_in_another_order_are_refused(family: Family) -> None:
    frame, targets = soft()
    student = family().fit_soft(frame, targets)
    with pytest.raises(ValueError, match="feature names should match"):
        student.predict(frame[frame.columns[::-1]])


# --- weights -----------------------------------------------------------------------------------


def weighted(targets: SoftTargets, weights: np.ndarray) -> SoftTargets:
    return SoftTargets(targets.logits, targets.classes, targets.labels, weights)


@ALL
@pytest.mark.parametrize("classes", [2, 3])
def test_a_weight_is_a_number_of_copies(family: Family, classes: int) -> None:
    frame, targets = soft(classes=classes)
    weights = np.random.default_rng(0).integers(0, 4, len(frame))
    copies = np.repeat(np.arange(len(frame)), weights)
    by_weight = family(alpha=0.3, temperature=2.0).fit_soft(frame, weighted(targets, weights))
    by_copies = family(alpha=0.3, temperature=2.0).fit_soft(
        frame.iloc[copies], targets.take(copies)
    )
    np.testing.assert_allclose(by_weight.logits(frame), by_copies.logits(frame), atol=1e-8)


def test_weights_beside_labels_count_as_rows(family: Family) -> None:
    frame, y = people(200)
    weights = np.random.default_rng(1).integers(0, 3, len(y))
    copies = np.repeat(np.arange(len(y)), weights)
    one = family().fit(frame, y, sample_weight=weights)
    other = family().fit(frame.iloc[copies], y[copies])
    np.testing.assert_allclose(one.logits(frame), other.logits(frame), atol=1e-8)


# --- sizes and explanations --------------------------------------------------------------------


@ALL
def test_one_fit_serves_every_smaller_size(family: Family) -> None:
    frame, targets = soft()
    large = family(size=12).fit_soft(frame, targets)
    read = [large.at_size(size).complexity_.statements for size in (2, 5, 12)]
    assert read == sorted(read)
    small = large.at_size(2)
    assert (small.get_params()["size"], large.get_params()["size"]) == (2, 12)
    np.testing.assert_array_equal(large.at_size(12).logits(frame), large.logits(frame))


def test_a_sweep_gives_a_fitted_student_of_every_size(family: Family) -> None:
    frame, targets = soft()
    swept = family().sweep(frame, targets, (2, 5, 12))
    assert [student.get_params()["size"] for student in swept] == [2, 5, 12]
    loss = CompositeLoss(family().get_params()["alpha"])
    values = [loss(student.logits(frame), targets) for student in swept]
    # a net that needs no unit for what this teacher says is the same at every size
    same = swept[0].complexity_ == swept[-1].complexity_
    assert values[0] == values[-1] if same else values[0] > values[-1]


def test_a_larger_size_than_was_fitted_is_refused(family: Family) -> None:
    frame, targets = soft()
    with pytest.raises(ValueError, match="at most 4.* Got 5. Fit again with size=5"):
        family(size=4).fit_soft(frame, targets).at_size(5)


def test_a_larger_student_is_closer_to_its_teacher_on_the_rows_it_learnt(
    family: Family,
) -> None:
    frame, targets = soft(600)
    large = family(size=24, alpha=0.0).fit_soft(frame, targets)
    loss = CompositeLoss(alpha=0.0)
    losses = [loss(large.at_size(size).logits(frame), targets) for size in (2, 4, 8, 16, 24)]
    assert losses == sorted(losses, reverse=True)


def test_every_student_explains_itself(family: Family) -> None:
    frame, targets = soft()
    explained = family().fit_soft(frame, targets).explain()
    assert isinstance(explained, Explanation)
    assert explained.classes == ("red", "green", "blue")
    assert explained.columns == Table.of(frame).columns
    assert len(explained.frame()) > 1
    json.dumps(explained.to_dict(), allow_nan=False)


# --- what is refused ---------------------------------------------------------------------------


def test_targets_of_other_rows_are_refused(family: Family) -> None:
    frame, targets = soft()
    with pytest.raises(ValueError, match="targets for the 10 rows of X. Got 240 of them"):
        family().fit_soft(frame.head(10), targets)


def test_alpha_without_labels_is_refused(family: Family) -> None:
    frame, targets = soft()
    with pytest.raises(ValueError, match="alpha=0.1 and soft targets without labels. Give the"):
        family().fit_soft(frame, SoftTargets(targets.logits, targets.classes))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"size": 0}, "size to be a whole number >= [12].* Got 0"),
        ({"size": 4.0}, "size to be a whole number >= [12].* Got 4.0"),
        ({"alpha": -0.1}, "alpha to be a finite number >= 0 and <= 1. Got -0.1"),
        ({"alpha": 1.1}, "<= 1. Got 1.1"),
        ({"temperature": 0}, "temperature to be a finite number > 0. Got 0"),
        ({"temperature": np.nan}, "> 0. Got nan"),
    ],
)
def test_settings_out_of_range_are_refused(
    family: Family, settings: dict[str, Any], says: str
) -> None:
    frame, targets = soft(50)
    with pytest.raises((TypeError, ValueError), match=says):
        family(**settings).fit_soft(frame, targets)


def test_an_unknown_family_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ValueError, match="student to be one of .*'tree'.* Got 'tre'.*\"tree\"?"):
        students.load("tre")
