"""Unlabelled rows, made rows and assistants: tried on validation rows, kept where they win."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

import jupyter_distill as jd
from jupyter_distill.distillation import InterruptedWarning
from jupyter_distill.distillation._findings_of_techniques import of_techniques
from jupyter_distill.distillation._trials import FAR, Trial
from jupyter_distill.exports.learnt import learnt
from jupyter_distill.students.tree import TreeStudent

from .distilling import data, run, smooth
from .small import people


def few(n: int = 120) -> tuple[Any, Any]:
    X, y = data(n)
    return X, y


@pytest.fixture(scope="module")
def cells() -> tuple[Any, Any, Any]:
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    X, y = X.iloc[:400, :10], y[:400]
    return HistGradientBoostingClassifier(random_state=0).fit(X, y), X, y


# --- what is said of them ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gain", "se", "kept", "within"),
    [(0.02, 0.01, True, False), (0.005, 0.01, True, True), (-0.005, 0.01, False, True)],
)
def test_a_gain_within_chance_is_called_so(
    gain: float, se: float, kept: bool, within: bool
) -> None:
    trial = Trial("munge", gain, se, 0.0, 0.1, kept=kept)
    assert trial.within_chance == within
    assert trial.wins == (gain > 0)  # what is said changes nothing of what is kept
    said = "kept, its gain being within chance" if within else "kept"
    assert trial.verdict == (said if kept else "left out") and trial.verdict in str(trial)


def test_what_is_kept_by_chance_is_said_wherever_it_is_read() -> None:
    X, y = few()
    d = run(smooth, X, y, size=4, temperature=1.0, augment="munge")
    (trial,) = d.course.trials
    for gain, words in ((0.5, "munge: kept"), (1.5, "munge: kept, its gain being within chance")):
        trial = replace(trial, kept=True, gain=1.0, se=gain)
        there = replace(d, courses={"tree": replace(d.course, trials=(trial,))})
        (found,) = [one for one in of_techniques(there) if one.code == "techniques"]
        assert found.sentence == f"Tried on validation rows: augmentation by {words}."
        assert found.evidence["kept within chance"] == there.techniques["within_chance"].sum()
        assert ("may be none" in found.remedy) == trial.within_chance
        assert f">{words.split(': ')[1]}<" in learnt(there)


def test_a_report_says_at_which_temperature_assistants_learnt_and_what_they_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Trial, "wins", False)  # then all are measured
    X, y = few(150)
    chain = [KNeighborsClassifier(15), TreeStudent(90, temperature=2.0, quality="greedy")]
    d = run(smooth, X, y, size=4, temperature=3.0, assistant=chain, augment=None)
    table = learnt(d).split("<caption>Every stage against the first teacher")[1]
    rows = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in table.split("<tr")[2:]]
    assert [row[3] for row in rows] == ["", "2", "3"]  # who learnt names has no temperature
    assert "learnt the class named" in rows[0][4] and rows[1][4] == rows[2][4] == ""
    for row, stage in zip(rows, d.stages.itertuples(), strict=True):
        assert row[1].startswith(f"{stage.fidelity:.3f}")


# --- made rows ---------------------------------------------------------------------------------


def test_a_model_at_hand_is_asked_about_made_rows_and_a_function_is_not(cells: Any) -> None:
    model, X, y = cells
    d = run(model, X, y, size=8, temperature=1.0, augment="auto")
    assert d.techniques["technique"].tolist() == [
        "augmentation by local_swap",
        "augmentation by copula",
        "augmentation by munge",
    ]
    assert d.techniques["kept"].sum() <= 1
    assert d.techniques["off_manifold"].between(0, 0.3).all()
    asked: list[int] = []

    def function(rows: Any) -> Any:
        asked.append(len(rows))
        return model.predict_proba(rows)

    assert run(function, X, y, size=8, temperature=1.0, augment="auto").techniques.empty
    assert sum(asked) == len(X)


def test_made_rows_weigh_as_much_as_the_real_ones_and_have_no_truth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Trial, "wins", True)
    X, y = few(60)
    d = run(smooth, X, y, size=8, temperature=1.0, augment="local_swap")
    n = len(d.rows.learnt)
    assert d.techniques["kept"].all()
    assert d.course.table.n_rows == 5 * n and not d.course.targets.known[n:].any()
    assert d.course.targets.weights[n:].sum() == pytest.approx(n)


@pytest.mark.parametrize("student", ["tree", "rules", "linear", "ebm", "net"])
def test_every_family_takes_every_technique(student: str) -> None:
    frame, y = people(150)
    teacher = LogisticRegression(max_iter=500)
    X = frame[["age", "income"]].fillna(40.0)
    teacher.fit(X, y)
    options: dict[str, Any] = {
        "student": student,
        "quality": "greedy",
        "size": 2,
        "temperature": 1.0,
        "augment": ["local_swap", "copula", "munge"],
        "unlabelled": X.head(40) + 0.5,
        "assistant": TreeStudent(32, quality="greedy"),
    }
    if student == "net":
        options["epochs"] = 15
    d, again = (run(teacher, X, y, **options) for _ in range(2))
    assert len(d.techniques) == 5
    assert np.isfinite(d.techniques[["gain", "se", "fidelity_gain"]]).all(axis=None)
    assert d.stages["name"].iloc[-1] == d.title
    pd.testing.assert_frame_equal(d.techniques, again.techniques)
    np.testing.assert_array_equal(d.student.output(X), again.student.output(X))


def test_regressions_learn_from_more_rows_too() -> None:
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    model = RandomForestRegressor(30, random_state=0).fit(X, y)
    d = run(model, X.head(200), y.head(200), size=8, unlabelled=X.tail(240), assistant="linear")
    assert d.techniques["technique"].tolist()[0].endswith("unlabelled rows")
    assert d.stages["fidelity"].between(-1, 1).all() and len(d.stages) == 2


@pytest.mark.parametrize(
    ("augment", "error", "says"),
    [
        ("noise", ValueError, "augment to be one of 'auto', 'local_swap', 'copula', 'munge'"),
        (3, TypeError, 'augment to be "auto", None or one or several of local_swap'),
        ([], TypeError, "augment to be"),
        (["auto", "munge"], ValueError, r'"auto" alone.*as augment. Got .*tries them all'),
        (["munge", "auto"], ValueError, '"auto" alone'),
        (["munge", "munges"], ValueError, 'Did you mean "munge"'),
    ],
)
def test_ways_of_making_rows_that_there_are_not(augment: Any, error: Any, says: str) -> None:
    with pytest.raises(error, match=says):
        run(lambda rows: pytest.fail("asked"), *few(), augment=augment)


def test_a_teacher_that_sees_other_inputs_cannot_be_asked_about_made_rows(cells: Any) -> None:
    model, X, y = cells
    with pytest.raises(ValueError, match=r"Got teacher_inputs and augment='munge'.*preprocess"):
        run(model, X, y, teacher_inputs=X, augment="munge")
    assert run(model, X, y, teacher_inputs=X, size=3, temperature=1.0).techniques.empty


def test_rows_far_from_the_data_never_win() -> None:
    near = Trial("made", 0.1, 0.01, 0.02, 0.06)
    assert near.wins and not Trial("made", 0.1, 0.01, 0.02, FAR + 0.01).wins
    assert not Trial("made", -0.001, 0.01, 0.02, 0.06).wins
    assert Trial("rows", -0.001, 0.01, 0.0, float("nan"), real=True).wins
    assert not Trial("rows", -0.02, 0.01, 0.0, float("nan"), real=True).wins


# --- assistants --------------------------------------------------------------------------------


def test_every_stage_is_measured_against_the_first_teacher(cells: Any) -> None:
    model, X, y = cells
    d = run(model, X, y, size=4, temperature=2.0, augment=None, assistant=["linear", "tree"])
    n = len(d.course.chain)
    assert d.stages["temperature"].tolist() == [*[1.0] * n, 2.0]  # the last is the student
    chain, first, second = d.techniques["technique"]
    assert "then tree" in chain and chain.startswith(first) and chain.endswith(second[10:])
    assert d.techniques["kept"].sum() <= 1
    assert len(d.stages) == n + 1 and d.stages["name"].iloc[-1] == d.title
    assert d.stages["fidelity"].iloc[-1] == d.rung.fidelity
    table, targets = d.held_out
    said = d.course.chain[0].output(table).argmax(1)
    assert d.stages["fidelity"].iloc[0] == (said == targets.predicted).mean()
    taught = d.techniques["kept"].any()
    same = np.array_equal(d.course.targets.logits, d.targets.take(d.rows.learnt).logits)
    assert taught != same


def test_an_assistant_of_scikit_learn_s_kind(cells: Any) -> None:
    model, X, y = cells
    d = run(
        model,
        X,
        y,
        size=4,
        temperature=1.0,
        augment=None,
        assistant=HistGradientBoostingClassifier(max_iter=20),
    )
    assert "HistGradientBoostingClassifier" in d.techniques["technique"][0]


def test_assistants_that_cannot_help_are_refused_before_anybody_is_asked() -> None:
    with pytest.raises(ValueError, match="an assistant larger than the student"):
        run(lambda rows: pytest.fail("asked"), *few(), size=16, assistant=jd.TreeStudent(size=4))


# --- interrupted -------------------------------------------------------------------------------


def test_an_interrupt_while_rows_are_made_keeps_what_was_tried_before() -> None:
    X, y = data()
    asked: list[int] = []

    def tiring(rows: Any) -> Any:
        asked.append(len(rows))
        if len(asked) == 3:  # the rows of X, those made in the first fold, then no more
            raise KeyboardInterrupt
        return smooth(rows)

    with pytest.warns(InterruptedWarning, match="augmentation by munge was not tried to the end"):
        d = run(tiring, X, y, size=4, temperature=1.0, augment="munge", batch_size=5_000)
    assert d.techniques.empty and d.fidelity().value > 0.7
    alone = run(smooth, X, y, size=4, temperature=1.0)
    np.testing.assert_array_equal(d.student.logits(X), alone.student.logits(X))


@pytest.mark.parametrize("wins", [True, False])
def test_an_interrupt_of_a_rival_keeps_the_one_that_was_tried_and_wins(
    wins: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Trial, "wins", wins)
    X, y = few(90)
    asked: list[int] = []

    def tiring(rows: Any) -> Any:
        asked.append(len(rows))
        if len(asked) == 6:  # X, three folds of local_swap, one of munge
            raise KeyboardInterrupt
        return smooth(rows)

    options: dict[str, Any] = {"size": 4, "temperature": 1.0, "assistant": "ebm"}
    with pytest.warns(InterruptedWarning, match="augmentation by munge was not tried to the end"):
        d = run(tiring, X, y, augment=["local_swap", "munge"], batch_size=5_000, **options)
    assert d.techniques["technique"].tolist() == ["augmentation by local_swap"]
    assert d.techniques["kept"].tolist() == [wins]
    assert d.course.table.n_rows == len(d.rows.learnt) * (5 if wins else 1)


def test_an_interrupt_while_unlabelled_rows_are_asked_about_leaves_them_out() -> None:
    X, y = data()
    asked: list[int] = []

    def tiring(rows: Any) -> Any:
        asked.append(len(rows))
        if len(asked) == 2:
            raise KeyboardInterrupt
        return smooth(rows)

    with pytest.warns(InterruptedWarning, match="the unlabelled rows were left out"):
        d = run(tiring, X, y, size=4, temperature=1.0, unlabelled=X + 0.1, batch_size=5_000)
    assert d.techniques.empty
