"""What every family of students does with input that nobody means: by name, never silent."""

from __future__ import annotations

import datetime
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

import jupyter_distill as jd
from jupyter_distill import Constraints, students
from jupyter_distill.students import Student
from jupyter_distill.students._used import used_together
from jupyter_distill.targets import Predictions, SoftTargets, soften

TASKS = ("binary", "three classes", "regression")
N = 60
RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "a": RNG.normal(size=N),
        "b": RNG.normal(size=N),
        "kind": RNG.choice(list("xyz"), N),
        "flag": RNG.random(N) < 0.5,
    }
)
SCORE = (FRAME["a"] + FRAME["b"] + (FRAME["kind"] == "x")).to_numpy()


@pytest.fixture(params=students.names())
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=TASKS)
def task(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def student(name: str, task: str, **settings: Any) -> Student:
    if name == "net":
        settings = {"epochs": 5, **settings}
    family = students.load(name, "regression" if task == "regression" else "classification")
    return family(**{"alpha": 0.0, "size": 3, **settings})


def targets(task: str, weights: Any = None, score: np.ndarray = SCORE) -> Any:
    if task == "regression":
        return Predictions(score, weights=weights)
    z = [0 * score, 2 * score, 1 - score][: 2 if task == "binary" else 3]
    names = ["no", "yes", "maybe"][: len(z)]
    return SoftTargets(np.column_stack(z), names, weights=weights)


def labels(task: str, n: int = N) -> Any:
    if task == "regression":
        return np.arange(n, dtype=float)
    return np.array(["no", "yes", "maybe"])[np.arange(n) % (2 if task == "binary" else 3)]


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
    {"temperature": [1, 2]},
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
    assert any("does not use 'idle', though required" in note for note in d.notes)
    said = [note for note in d.notes if note.startswith("8 columns were asked for; the data and")]
    assert said and said[0].endswith(f"no more than {d.student.complexity_.features}.")


def test_the_ladder_has_room_for_what_is_required() -> None:
    def teacher(rows: pd.DataFrame) -> np.ndarray:
        return SCORE[rows.index] * 10

    asked = Constraints(require=["a", "b", "kind"])
    d = jd.distill(teacher, FRAME, task="regression", constraints=asked, progress=False)
    assert min(d.ladder.sizes) == 4


# --- the rows ----------------------------------------------------------------------------------


ODD: dict[str, pd.DataFrame] = {
    "a constant": FRAME[["a"]].assign(same=1.0),
    "nothing but constants": pd.DataFrame({"same": np.ones(N), "too": ["u"] * N}),
    "nothing known": pd.DataFrame({"none": [None] * N, "nan": np.full(N, np.nan)}),
    "a category without a value": FRAME[["a"]].assign(
        none=pd.Categorical([None] * N, categories=["u", "v"])
    ),
    "values of many types": FRAME[["a"]].assign(
        mixed=np.array([1, "u", 2.5, None, True, "v"] * (N // 6), dtype=object)
    ),
    "huge numbers": FRAME[["a"]] * 1e300,
    "tiny numbers": FRAME[["a"]] * 1e-300,
    "intervals": FRAME[["a"]].assign(cut=pd.cut(FRAME["b"], 4)),
    "many levels": FRAME[["a"]].assign(level=[f"level {i}" for i in range(N)]),
    "booleans with gaps": FRAME[["a"]].assign(flag=pd.array([True, None] * (N // 2), "boolean")),
    "two rows": FRAME[:2],
}


@pytest.mark.parametrize("case", ODD)
def test_odd_rows_are_learnt_without_a_warning(name: str, task: str, case: str) -> None:
    frame = ODD[case]
    y = labels(task, len(frame))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", jd.students.DensityWarning)
        fitted = student(name, task).fit(frame, y)
        for one in (fitted, fitted.at_size(2)):
            assert np.isfinite(one.output(frame)).all()
            assert len(one.explain().frame()) >= 0
    if task != "regression":
        assert set(fitted.predict(frame)) <= set(y)  # type: ignore[attr-defined]


REFUSED: dict[str, tuple[Any, str]] = {
    "dates as objects": ([datetime.date(2020, 1, 1)] * N, r"Got datetime.date\(2020.*a number fi"),
    "periods": (pd.period_range("2020", periods=N, freq="D"), r"Got Period\('2020-01-01'"),
    "durations": (pd.to_timedelta(np.arange(N), "D"), "Got dates or times"),
    "complex": (FRAME["a"].to_numpy() + 1j, r"numbers, text or booleans in column 'odd'. Got \("),
    "tuples": ([(1, 2)] * N, r"one value a row in column 'odd'. Got \(1, 2\). Spread it"),
    "lists": ([[1, 2]] * N, "in column 'odd' .* Spread lists and the like"),
    "numbers at the end of all": (np.sign(SCORE) * 1.7e308, "column 'odd' whose differences"),
    "infinity": (np.where(SCORE > 0, np.inf, 1), "finite numbers .* in column 'odd'. Got infinity"),
    "integers beyond floats": (
        2**53 + np.arange(N),
        "numbers in column 'odd' that a float can hold. Got the integer 9007199254740993. If it",
    ),
    "integers without end": ([10**400] * N, "Got the integer of 333 hex digits. If it is an id"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_columns_that_cannot_be_read_are_refused_by_name(case: str) -> None:
    values, says = REFUSED[case]
    with pytest.raises((TypeError, ValueError), match=says):
        student("tree", "binary").fit(pd.DataFrame({"odd": values}), labels("binary"))


@pytest.mark.parametrize(
    ("task", "y", "says"),
    [
        ("regression", SCORE * 1e300, "predictions whose squared differences .* another unit"),
        ("regression", SCORE * 1e-300, "predictions whose squared differences .* another unit"),
        ("regression", ["1"] * N, "y to be numbers. Got the text '1'"),
        ("regression", np.r_[np.nan, np.ones(N - 1)], "finite y. Got NaN or infinity in 1 rows"),
        ("binary", [None, *["yes", "no"] * (N // 2 - 1), "no"], r"1 missing labels \(rows 0"),
    ],
)
def test_truth_that_cannot_be_learnt_is_refused(task: str, y: Any, says: str) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        student("tree", task).fit(FRAME, y)


@pytest.mark.parametrize("rows", [None, "rows", 5])
def test_what_is_no_table_is_refused(rows: Any) -> None:
    with pytest.raises(TypeError, match="a data frame, an array or a list of rows. Got"):
        student("tree", "binary").fit(rows, labels("binary"))


def test_a_class_of_one_row_and_one_that_is_never_named_are_classes_still(name: str) -> None:
    z = np.column_stack([SCORE, -SCORE, np.full(N, -20.0)])
    z[0] = -5, -5, 5
    said = SoftTargets(z, ["no", "yes", "once"])
    fitted = student(name, "three classes").fit_soft(FRAME, said)
    never = student(name, "three classes").fit_soft(FRAME[1:], said.take(np.arange(1, N)))
    for one in (fitted, never):
        assert one.classes_.tolist() == ["no", "yes", "once"]  # type: ignore[attr-defined]
        assert one.output(FRAME).shape == (N, 3) and np.isfinite(one.output(FRAME)).all()


def test_one_answer_for_all_rows_is_learnt_as_such(name: str, task: str) -> None:
    fitted = student(name, task).fit_soft(FRAME, targets(task, score=np.full(N, 2.0)))
    said = fitted.output(FRAME)
    if task == "regression":
        np.testing.assert_allclose(said, 2.0, atol=1e-6)
    else:
        assert set(said.argmax(1)) == {1}
        assert np.ptp(soften(said), axis=0).max() < 0.1


# --- weights -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        (np.r_[-1.0, np.ones(N - 1)], "weights >= 0. Got -1.0 in row 0"),
        (np.zeros(N), "at least one weight above 0. Got zeros only"),
        (
            np.r_[np.nan, np.ones(N - 1)],
            r"finite weights. Got NaN or infinity in 1 rows \(first: 0",
        ),
        (np.r_[np.inf, np.ones(N - 1)], "finite weights. Got NaN or infinity"),
        (np.ones(3), rf"{N} weights, one per row. Got shape \(3,\)"),
        (np.ones((N, 1)), "weights with 1 dimension"),
        (["1"] * N, "weights to be numbers. Got the text '1'"),
        (2.0, "weights with 1 dimension"),
    ],
)
def test_weights_are_refused_by_name(name: str, task: str, weights: Any, says: str) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        student(name, task).fit(FRAME, labels(task), sample_weight=weights)
    with pytest.raises((TypeError, ValueError), match=says):
        targets(task, weights)


def test_shares_count_like_rows(name: str, task: str) -> None:
    """Weights that sum to less than two rows, or to more than can be counted, are shares."""
    ones = student(name, task).fit_soft(FRAME, targets(task, np.ones(N))).output(FRAME)
    for share in (1 / N, 1e-300, 1e300):
        shared = student(name, task).fit_soft(FRAME, targets(task, np.full(N, share)))
        np.testing.assert_allclose(shared.output(FRAME), ones, atol=1e-6)


def test_fractions_are_weights(name: str, task: str) -> None:
    fitted = student(name, task).fit_soft(FRAME, targets(task, np.full(N, 7.3)))
    assert np.isfinite(fitted.output(FRAME)).all()


def test_rows_without_weight_are_absent(name: str, task: str) -> None:
    weights = np.where(np.arange(N) % 3 == 0, 0.0, 1.5)
    kept = np.flatnonzero(weights)
    strange, score = FRAME.copy(), SCORE.copy()
    strange.loc[weights == 0, ["a", "kind"]] = [1e9, "only here"]
    score[weights == 0] = 1e3
    with_them = student(name, task).fit_soft(strange, targets(task, weights, score))
    without = student(name, task).fit_soft(FRAME.iloc[kept], targets(task, weights).take(kept))
    np.testing.assert_allclose(
        with_them.output(FRAME), without.output(FRAME.astype({"kind": object})), atol=1e-8
    )


def test_weights_may_leave_one_class(name: str) -> None:
    y = labels("three classes")
    fitted = student(name, "three classes").fit(FRAME, y, sample_weight=(y == "no").astype(float))
    assert set(fitted.predict(FRAME)) == {"no"}  # type: ignore[attr-defined]
    assert set(fitted.classes_) == {"no", "yes", "maybe"}  # type: ignore[attr-defined]


# --- how much there is to read -----------------------------------------------------------------


def test_a_linear_student_of_several_classes_is_read_score_by_score() -> None:
    rng = np.random.default_rng(0)
    X, classes = rng.normal(size=(400, 10)), 6
    z = X @ rng.normal(size=(10, classes))
    with warnings.catch_warnings():
        warnings.simplefilter("error", jd.students.DensityWarning)
        fitted = students.load("linear")(alpha=0.0).fit_soft(X, SoftTargets(z, range(classes)))
    assert fitted.complexity_.coefficients == 60 and not fitted.complexity_.dense
    assert "scores" not in fitted.complexity_.to_dict()
