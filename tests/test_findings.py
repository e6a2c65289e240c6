"""Every finding comes where it must, on real data, and not where nothing is the matter."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, make_friedman1
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from jupyter_distill._paired import above_zero, right_more_often
from jupyter_distill.constraints import Constraints
from jupyter_distill.distillation import Distillation, Finding, Findings
from jupyter_distill.distillation._find import find
from jupyter_distill.findings import CODES
from jupyter_distill.students.linear import LinearRegressionStudent
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent

from .distilling import by_heart, data, run, smooth
from .explaining import other_reasons

CANCER, SICK = load_breast_cancer(return_X_y=True, as_frame=True)
SUGAR, WORSE = load_diabetes(return_X_y=True, as_frame=True)
DIGITS, DIGIT = load_digits(return_X_y=True)
FEEBLE = ["smoothness error", "texture error", "symmetry error"]  # columns that tell little


@cache
def forest() -> Any:
    return RandomForestClassifier(30, random_state=0).fit(CANCER, SICK)


def cancer(model: Any = None, y: Any = SICK, **options: Any) -> Distillation:
    options = {"student": TreeStudent(quality="greedy"), "size": 4, "augment": None, **options}
    return run(model or forest(), CANCER, y, **options)


@cache
def known(weak: bool = False, **options: Any) -> Distillation:
    """Return what several tests look at and none changes."""
    return cancer(feeble() if weak else None, **options)


@cache
def feeble() -> Callable[[pd.DataFrame], np.ndarray]:
    model = RandomForestClassifier(20, max_depth=2, random_state=0).fit(CANCER[FEEBLE], SICK)
    return lambda rows: np.asarray(model.predict_proba(rows[FEEBLE]))


def sugar(model: Any = None, y: Any = WORSE, **options: Any) -> Distillation:
    model = model or RandomForestRegressor(20, random_state=0).fit(SUGAR[:300], WORSE[:300])
    test = SUGAR[300:], *([] if y is None else [y[300:]])
    student = TreeRegressionStudent(quality="greedy")
    options = {"student": student, "size": 8, "augment": None, **options}
    return run(model, SUGAR[:300], None if y is None else y[:300], test=test, **options)


@cache
def digits(size: int) -> Distillation:
    model = RandomForestClassifier(30, random_state=0).fit(DIGITS, DIGIT)
    student = TreeStudent(quality="greedy")
    options: dict[str, Any] = {"student": student, "temperature": (1.0, 2.0), "augment": None}
    return run(model, DIGITS, DIGIT, size=size, **options)


def shuffled() -> Distillation:
    answers = np.random.default_rng(0).permutation(forest().predict_proba(CANCER))
    return cancer(by_heart(answers), teacher_inputs=np.arange(len(CANCER)), temperature=1.0)


@cache
def guesses() -> Distillation:
    rng = np.random.default_rng(0)
    said = np.where(rng.random(len(DIGIT)) < 0.4, DIGIT, rng.integers(0, 10, len(DIGIT)))
    student = TreeStudent(quality="greedy")
    options: dict[str, Any] = {"student": student, "size": 16, "augment": None}
    rows = np.arange(len(DIGITS))
    return run(by_heart(np.eye(10)[said]), DIGITS, teacher_inputs=rows, temperature=1.0, **options)


def three(rows: Any) -> np.ndarray:
    return np.column_stack([forest().predict_proba(rows), np.full(len(rows), 0.0)])


FLAT = CANCER.assign(**dict.fromkeys(CANCER, 1.0))
CASES: dict[str, Callable[[], Any]] = {
    "constant-columns": lambda: run(
        by_heart(forest().predict_proba(CANCER)), FLAT, teacher_inputs=np.arange(len(CANCER))
    ),
    "weak-assistant": lambda: cancer(temperature=1.0, assistant=KNeighborsClassifier(1)),
    "techniques": lambda: cancer(temperature=1.0, augment="munge"),
    "constant-teacher": lambda: cancer(
        lambda rows: np.tile([0.3, 0.7], (len(rows), 1)), temperature=1.0
    ),
    "weak-teacher": lambda: known(weak=True),
    "biased-teacher": lambda: cancer(
        RandomForestClassifier(20, max_depth=2, random_state=0).fit(
            CANCER, np.where(np.random.default_rng(0).random(len(SICK)) < 0.4, 1, SICK)
        ),
        temperature=1.0,
    ),
    "no-better-than-constant": shuffled,
    "low-fidelity": guesses,
    "class-never-answered": lambda: digits(4),
    "over-simplified": lambda: digits(8),
    "few-rows": lambda: run(forest(), CANCER[:300], SICK[:300], size=4, temperature=1.0),
    "dense-student": lambda: digits(48),
    "constraint-unused": lambda: run(
        lambda rows: np.asarray(rows["mean area"]),
        *(CANCER.assign(idle=1.0),),
        task="regression",
        student="linear",
        constraints=Constraints(require=("idle",)),
    ),
    "class-never-taught": lambda: cancer(
        three, None, classes=["bad", "good", "odd"], temperature=1.0
    ),
    "size-not-reached": lambda: cancer(min_rows=150, size=16, temperature=1.0),
    "fixed-temperature": lambda: known(temperature=2.0),
    "alpha-does-not-matter": lambda: sugar(alpha="auto"),
    "sampled": lambda: cancer(temperature=1.0, sample=300),
    "ignored-by-student": other_reasons,
    "other-reasons": other_reasons,
    "temperature-does-not-matter": lambda: run(lambda rows: smooth(rows) / 20, data()[0]),
}


@pytest.mark.parametrize("code", CASES)
def test_each_comes_where_it_must(code: str) -> None:
    found = CASES[code]().findings.of(code)
    assert found, "not found"
    for one in found:
        assert one.sentence.endswith(".") and one.remedy.endswith(".")
        assert str(one) == f"{one.sentence} {one.remedy}" and "\n" not in str(one)
        assert one.evidence and all(type(v) in (int, float, str) for v in one.evidence.values())
        json.dumps(one.to_dict(), allow_nan=False)


def test_a_student_like_its_teacher_is_not_called_unlike() -> None:
    one = guesses().findings.of("low-fidelity")[0]
    assert one.evidence["fidelity to"] < 0.75 and "student='auto'" in one.remedy
    assert "low-fidelity" not in digits(8).findings.codes
    assert "low-fidelity" not in shuffled().findings.codes  # that one says no more than a constant


@pytest.mark.parametrize("student", [TreeStudent(quality="greedy"), "linear"])
def test_none_comes_where_nothing_is_the_matter(student: Any) -> None:
    assert run(forest(), CANCER, SICK, student=student).findings.codes == ()
    assert run(forest(), CANCER, student=student).findings.codes == ()


def test_none_comes_of_a_sound_regression() -> None:
    model = LinearRegression().fit(SUGAR[:300], WORSE[:300])
    assert sugar(model, student=LinearRegressionStudent(), size="auto").findings.codes == ()


def test_a_larger_size_that_is_clearly_better_is_named_with_figures() -> None:
    d = digits(8)
    one = d.findings.of("over-simplified")[0]
    size, larger = one.evidence["size"], int(one.evidence["larger size"])
    rungs = {r.size: r.fidelity for r in d.ladder}
    assert size == 8 and one.evidence["fidelity"] == rungs[8]
    assert one.evidence["its fidelity"] == rungs[larger]
    assert f"Take size={larger}," in one.remedy and float(one.evidence["p"]) < 0.001
    readable = [r for r in rungs if r <= 32]
    best = max(rungs[r] for r in readable)
    assert larger == min(r for r in readable if rungs[r] >= best - 0.01)
    assert d.at(size=larger).findings.of("over-simplified") != d.findings.of("over-simplified")


def test_where_only_dense_students_come_closer_another_family_is_named() -> None:
    X, y = make_friedman1(3_000, random_state=0)
    d = run(
        lambda rows: by_heart(y)(rows),
        X,
        teacher_inputs=np.arange(3_000),
        size=32,
        task="regression",
        student=TreeRegressionStudent(quality="greedy"),
    )
    one = d.findings.of("over-simplified")[0]
    assert "too dense to read" in one.remedy and "another family" in one.remedy


def test_two_points_that_are_not_clear_are_not_said() -> None:
    d = known()
    own = d.ladder.rung(d.size).fidelity
    gained = max(r.fidelity for r in d.ladder) - own
    assert gained > 0.02 and "over-simplified" in cancer(size=2, temperature=1.0).findings.codes
    assert "over-simplified" not in d.findings.codes


def test_a_regression_that_is_cut_too_short() -> None:
    d = sugar(size=2)
    one = d.findings.of("over-simplified")[0]
    assert "its R2 to the teacher is" in one.sentence
    assert one.evidence["fidelity"] == d.ladder.rung(2).fidelity


def test_a_teacher_that_is_beaten_by_the_labels_alone_is_weak() -> None:
    d = known(weak=True)
    one = d.findings.of("weak-teacher")[0]
    table, targets = d.held_out
    assert d.labels_only is not None
    alone = (d.labels_only.output(table).argmax(1) == targets.labels).mean()
    assert one.evidence["accuracy of labels only"] == alone
    assert one.evidence["accuracy of the teacher"] == (targets.predicted == targets.labels).mean()
    assert "Learn from the labels instead" in one.remedy
    assert (
        "weak-teacher" not in cancer(feeble(), None, temperature=1.0).findings.codes
    )  # no labels, no measure


def test_a_regression_teacher_that_is_beaten_by_the_truth_alone_is_weak() -> None:
    blurred = sugar(lambda rows: 152 + 50 * np.asarray(rows["age"]), task="regression")
    one = blurred.findings.of("weak-teacher")[0]
    assert one.evidence["R2 of labels only"] > one.evidence["R2 of the teacher"]  # type: ignore[operator]
    assert "weak-teacher" not in sugar().findings.codes


def test_a_teacher_trained_to_name_a_rare_class_is_not_called_mixed_up() -> None:
    rare = np.random.default_rng(0).permutation(np.flatnonzero(SICK == 0))[:40]
    rows = np.sort(np.concatenate([rare, np.flatnonzero(SICK == 1)]))
    X, y = CANCER[["mean texture", "mean symmetry"]].iloc[rows], SICK.to_numpy()[rows]
    model = LogisticRegression(max_iter=5_000, class_weight="balanced").fit(X, y)
    d = run(
        model,
        X[::2],
        y[::2],
        student=TreeStudent(quality="greedy"),
        size=4,
        temperature=1.0,
        test=(X[1::2], y[1::2]),
    )
    one = d.findings.of("weak-teacher")[0]
    assert one.remedy.startswith("If it was trained to name rare classes more often")


def test_a_temperature_set_by_hand_is_told_by_what_it_did() -> None:
    d = known(temperature=2.0)
    one = d.findings.of("fixed-temperature")[0]
    learnt = d.targets.take(d.rows.learnt)
    assert one.evidence["given to other classes"] == 1 - learnt.at(2.0).max(1).mean()
    assert one.evidence["rows above 0.99 at T = 1"] == (learnt.at(1.0).max(1) > 0.99).mean()
    assert float(one.evidence["entropy"]) > float(one.evidence["entropy at T = 1"])
    assert "at T = 1" not in cancer(temperature=1.0).findings.of("fixed-temperature")[0].sentence
    grid = cancer(temperature=(1.0, 2.0))
    assert "fixed-temperature" not in grid.findings.codes
    assert "fixed-temperature" not in grid.at(temperature=3.0).findings.codes  # others were tried


def test_a_readable_size_is_named_beside_a_dense_one() -> None:
    d = digits(48)
    remedy = d.findings.of("dense-student")[0].remedy
    assert remedy.startswith("Take size=32, which can be read")
    assert f"{d.ladder.rung(32).fidelity:.3f}" in remedy


def test_another_size_is_looked_at_anew_and_the_teacher_is_not() -> None:
    d = digits(8)
    again = d.at(size=48)
    assert "dense-student" in again.findings.codes and "over-simplified" not in again.findings.codes
    assert "labels_only" not in again.__dict__  # nothing was fitted
    feebly = known(weak=True)
    found = feebly.at(size=2).findings.of("weak-teacher")
    assert found == feebly.findings.of("weak-teacher")
    # it names the student that it is about
    assert f"a tree of size {feebly.size} fitted to the labels alone" in found[0].sentence


def test_what_was_fitted_for_it_is_kept() -> None:
    assert "labels_only" in cancer(feeble(), temperature=1.0).__dict__
    assert (
        "labels_only" not in cancer(temperature=1.0).__dict__
    )  # the teacher is right of nearly all


def test_an_interrupt_while_looking_leaves_the_student(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any, **__: Any) -> Findings:
        raise KeyboardInterrupt

    monkeypatch.setattr("jupyter_distill.distillation._find.find", stopped)
    with pytest.warns(UserWarning, match="Interrupted: the findings are missing"):
        d = cancer(temperature=1.0)
    assert d.findings == () and d.notes == ("Interrupted: the findings are missing.",)
    assert "- Interrupted" in repr(d) and d.fidelity().value > 0.8


def test_what_an_interrupt_left_is_found_when_another_rung_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stopped(*_: Any, **__: Any) -> Findings:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("jupyter_distill.distillation._find.find", stopped)
        with pytest.warns(UserWarning, match="Interrupted"):
            d = cancer(feeble(), temperature=2.0)
    again, whole = d.ladder.select(2), known(weak=True, temperature=2.0).ladder.select(2)
    assert "weak-teacher" in again.findings.codes  # of the teacher, and not of the rung alone
    assert again.findings.codes == whole.findings.codes and again.notes == ()
    assert d.findings == () and len(d.notes) == 1  # it stays as it was


def test_the_most_important_comes_first_and_they_are_a_table() -> None:
    found = known(weak=True, temperature=2.0).findings
    places = [CODES.index(code) for code in found.codes]
    assert places == sorted(places) and len(places) > 1
    frame = found.frame()
    assert list(frame.columns) == ["code", "severity", "sentence", "evidence", "remedy"]
    assert list(frame["code"]) == list(found.codes) and frame["evidence"][0]["held-out rows"] == 113
    assert repr(found).splitlines() == [f"- {one.severity} [{one.code}] {one}" for one in found]
    assert Findings().frame().empty and list(Findings().frame().columns) == list(frame.columns)
    assert repr(Findings()) == "Nothing was found that the figures would not tell."
    assert "Nothing was found" in Findings()._repr_html_()


def test_a_code_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"code to be one of .*Did you mean \"few-rows\""):
        Findings().of("few-row")
    with pytest.raises(ValueError, match="code to be one of"):
        Finding("nag", "It is so.", {}, "Stop.")


def test_they_are_shown_wherever_the_result_is(tmp_path: Any) -> None:
    from jupyter_distill.exports import state
    from jupyter_distill.widgets.distillation import DistillationView

    d = known(temperature=2.0)
    one = d.findings[0]
    report = d.report(tmp_path / "report.html").read_text()
    bundle = DistillationView(d)._repr_mimebundle_()
    shown: dict[str, Any] = bundle[0] if isinstance(bundle, tuple) else bundle
    for html in (report, shown["text/html"], d.findings._repr_html_()):
        assert f'<span class="code">{one.code}</span>' in html
        assert "temperature=&quot;auto&quot;" in html and one.figures in html
    for text in (repr(d), shown["text/plain"]):
        assert f"- {one.severity} [{one.code}] {one}" in text
    summary = state.summary(d, d.fidelity())
    assert summary["findings"][0]["figures"] == one.figures
    json.dumps(summary, allow_nan=False)


def test_the_same_is_found_again() -> None:
    d = known(weak=True, temperature=2.0)
    assert find(d, size_asked=True) == d.findings


def test_models_are_compared_on_the_same_rows() -> None:
    one, other = np.array([True] * 20), np.array([False] * 8 + [True] * 12)
    assert right_more_often(one, other) == pytest.approx(0.5**8)
    assert right_more_often(other, one) == right_more_often(one, one) == 1.0
    assert above_zero(np.full(5, 2.0)) == 0.0 and above_zero(np.zeros(5)) == 1.0
    gains = np.random.default_rng(0).normal(0.5, 1.0, 50)
    assert above_zero(gains) < 0.01 < above_zero(gains, least=3.0)
