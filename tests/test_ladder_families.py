"""Several families on one ladder: what is chosen, what can be adopted, what is refused."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_distill import students
from jupyter_distill.distillation import Distillation, InterruptedWarning
from jupyter_distill.distillation._fit import easiest
from jupyter_distill.distillation._knee import CLOSE
from jupyter_distill.exports.curves import ladder_curve
from jupyter_distill.students import StudentClassifier
from jupyter_distill.students.linear import LinearRegressionStudent, LinearStudent
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent

from .distilling import data, run, smooth


def several(student: Any = ("tree", "linear"), n: int = 300, **options: Any) -> Distillation:
    X, y = data(n)
    named = all(isinstance(one, str) for one in student)
    quick = {"quality": "greedy"} if named else {}
    options = {"temperature": 1.0, **quick, **options}
    return run(smooth, X, y, student=list(student), **options)


@pytest.fixture(scope="module")
def d() -> Distillation:
    return several(n=500)


def test_the_frame_holds_every_rung_with_what_its_family_counts(d: Distillation) -> None:
    frame = d.ladder.frame()
    assert list(frame["family"].unique()) == list(d.ladder.families) == ["tree", "linear"]
    assert len(frame) == len(d.ladder) and frame["chosen"].sum() == 1
    tree, linear = (frame[frame["family"] == name] for name in d.ladder.families)
    assert tree["leaves"].notna().all() and tree["coefficients"].isna().all()
    assert linear["coefficients"].notna().all() and linear["leaves"].isna().all()
    assert str(frame["leaves"].dtype) == str(frame["coefficients"].dtype) == "Int64"
    assert (frame.groupby("family")["knee"].sum() == 1).all()
    for rung, (_, row) in zip(d.ladder, frame.iterrows(), strict=True):
        assert row["statements"] == rung.student.complexity_.statements
        agree = rung.student.logits(d.held_out[0]).argmax(1) == d.held_out[1].predicted
        assert row["fidelity"] == pytest.approx(agree.mean())


def test_the_knee_is_marked_where_a_smaller_size_is_the_same_student() -> None:
    X, y = data(300)
    d = run(smooth, X, y, student=TreeStudent(min_rows=40), size=4, temperature=1.0)
    largest = d.ladder[-1].size
    assert largest < max(d.ladder.sizes)  # the data allow no larger one

    def marked(knee: int | None) -> list[int]:
        ladder = replace(d.ladder, knees={"tree": knee})
        assert ladder_curve(ladder).frame["knee"].sum() == ladder.frame()["knee"].sum()
        return ladder.frame().loc[lambda f: f["knee"], "size"].tolist()

    assert marked(max(d.ladder.sizes)) == [largest]
    assert marked(3) == [3]
    assert marked(None) == [] == marked(63)  # not compared, or not fitted


@pytest.mark.parametrize("size", [2, 5, 48])
def test_the_knee_is_marked_whatever_size_is_asked_for(size: int) -> None:
    d = several(["tree"], size=size, quality="greedy", temperature=(1.0, 2.0))
    frame = d.ladder.frame()
    assert d.size == size and frame["knee"].sum() == 1
    assert frame.loc[frame["knee"], "size"].item() == d.ladder.knee("tree")


def no_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: Any, **how: Any) -> Any:
        raise AssertionError("fitted again")

    for kind in (TreeStudent, LinearStudent):
        for name in ("fit", "fit_soft", "sweep", "_fit"):
            monkeypatch.setattr(kind, name, fails)


def test_a_rung_is_adopted_without_a_fit(d: Distillation, monkeypatch: pytest.MonkeyPatch) -> None:
    before = d.family, d.size, d.student, d.findings
    other = next(name for name in d.ladder.families if name != d.family)
    no_fit(monkeypatch)
    by_family = d.ladder.select(family=other)
    assert (by_family.family, by_family.size) == (other, d.ladder.usual[other])
    assert by_family.student is d.ladder.rung(None, other).student
    size = next(rung.size for rung in d.ladder.of(d.family) if rung.size != d.size)
    by_size = d.ladder.select(size)
    assert (by_size.family, by_size.size) == (d.family, size)
    both = d.ladder.select(1, "linear")
    assert (both.family, both.size) == ("linear", 1)
    assert d.at(family=other).student is by_family.student
    assert by_family.ladder.select(family=d.family).student is d.student
    assert (d.family, d.size, d.student, d.findings) == before
    assert by_family.ladder.frame()["chosen"].sum() == 1


def test_card_and_findings_are_those_of_the_adopted_student(d: Distillation) -> None:
    simple = d.ladder.select(2, "tree")
    agree = simple.student.logits(d.held_out[0]).argmax(1) == d.held_out[1].predicted
    assert simple.fidelity().value == pytest.approx(agree.mean())
    assert simple.title in repr(simple) and simple.student.complexity_.leaves == 2
    found = {one.code: one for one in simple.findings}
    assert found["over-simplified"].evidence["fidelity"] == simple.rung.fidelity
    assert "over-simplified" not in [one.code for one in d.findings]


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (
            {"family": "rules"},
            r"family to be one of 'tree', 'linear', which were piloted. Got 'rules'. Pilot it "
            r"too: distil with student=\['tree', 'linear', 'rules'\]",
        ),
        (
            {"family": "linear", "size": 77},
            r"Expected size to be one of .*Got 77. Distil again with size=77",
        ),
        (
            {"family": "tree", "size": 7},
            r"Expected size to be one of .*Got 7. Distil again with size=7",
        ),
    ],
)
def test_what_was_not_piloted_is_refused(d: Distillation, asked: Any, text: str) -> None:
    for take in (d.ladder.select, d.at):
        with pytest.raises(ValueError, match=text):
            take(**asked)


@pytest.mark.parametrize(
    ("student", "text"),
    [
        ([], r"Expected student to be one of .*, or several. Got none"),
        (["tree", "tree"], r"students of different families. Got two of the family 'tree'"),
        (["tree", TreeStudent(4)], r"Got two of the family 'tree'. Distil the other one by itself"),
        (["tree", "three"], r"'three'"),
        ([TreeStudent(), TreeRegressionStudent()], r"a student for classification"),
    ],
)
def test_students_that_cannot_share_a_ladder_are_refused(student: Any, text: str) -> None:
    with pytest.raises((TypeError, ValueError), match=text):
        several(student)


class Own(StudentClassifier):
    """A family of somebody else: a tree inside."""

    SIZES, SMALLEST, READABLE, UNIT = (2, 4), 2, 32, "leaves"

    def __init__(
        self, size: int = 4, temperature: float = 1.0, alpha: float = 0.1, random_state: Any = None
    ) -> None:
        self.size, self.temperature, self.alpha = size, temperature, alpha
        self.random_state = random_state

    def _fit(self, rows: Any, targets: Any, loss: Any) -> None:
        self.inner_ = TreeStudent(self.size, alpha=self.alpha).fit_soft(rows, targets)

    def _output(self, table: Any) -> Any:
        return self.inner_.output(table)

    def _cut(self, size: int) -> None:
        self.inner_ = self.inner_.at_size(size)

    def explain(self, X: Any = None, targets: Any = None) -> Any:
        return self.inner_.explain(X, targets)

    @property
    def title_(self) -> str:
        return self.inner_.title_

    @property
    def complexity_(self) -> Any:
        return self.inner_.complexity_


class Seedless(Own):
    """A family that draws nothing, and so takes no seed."""

    def __init__(self, size: int = 4, temperature: float = 1.0, alpha: float = 0.1) -> None:
        self.size, self.temperature, self.alpha = size, temperature, alpha

    @property
    def random_state(self) -> Any:
        raise AssertionError("it takes no seed")


@pytest.mark.parametrize("seed", [0, None])
@pytest.mark.parametrize("student", [Seedless, Seedless(2)])
def test_a_family_that_takes_no_seed_is_given_none(student: Any, seed: int | None) -> None:
    X, y = data(200)
    more: dict[str, Any] = {"alpha": (0.0, 0.1), "assistant": Seedless(8), "temperature": 1.0}
    d = run(smooth, X, y, student=student, random_state=seed, **more)
    assert d.family == "Seedless" and d.at(temperature=2.0).temperature == 2.0
    assert d.labels_only is not None and len(d.stages) == 2


def test_a_family_of_the_person_s_own_has_the_name_of_its_class() -> None:
    assert students.family_of(Own) is None
    assert students.family_of(type("Mine", (TreeStudent,), {})) == "tree"
    assert students.family_of(LinearRegressionStudent) == "linear"
    d = several([Own(), "tree"])
    assert d.ladder.families == ("Own", "tree")
    assert d.ladder.select(4, "Own").family == "Own"


def test_an_option_goes_to_the_families_that_take_it() -> None:
    d = several(min_rows=30, size=4)
    assert d.courses["tree"].template.min_rows == 30
    assert "min_rows" not in d.courses["linear"].template.get_params()
    with pytest.raises(TypeError, match="no option 'min_row'. Did you mean .min_rows.*Linear"):
        several(min_row=30)


def test_students_of_ones_own_stand_beside_names() -> None:
    d = several([TreeStudent(min_rows=40), "linear"])
    assert d.courses["tree"].template.min_rows == 40
    assert d.ladder.families == ("tree", "linear")


def test_auto_is_all_that_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(students, "find_spec", lambda name: None)
    X, y = data(150)
    d = run(smooth, X, y, student="auto", temperature=1.0, size=2, quality="greedy")
    assert d.ladder.families == tuple(
        name for name in students.names() if students.load(name).NEEDS is None
    )
    assert "ebm" not in d.ladder.families and "tree" in d.ladder.families


def test_another_temperature_is_fitted_for_one_family_alone(
    d: Distillation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TreeStudent, "sweep", None)  # to fit a tree would fail
    warm = d.at(temperature=3.0, family="linear")
    assert (warm.family, warm.temperature, warm.size) == ("linear", 3.0, d.ladder.usual["linear"])
    assert {rung.temperature for rung in warm.ladder.of("linear")} == {3.0}
    assert {rung.temperature for rung in warm.ladder.of("tree")} == {1.0}
    assert [r.family for r in warm.ladder] == sorted(
        (r.family for r in warm.ladder), key=d.ladder.families.index
    )
    assert {rung.temperature for rung in d.ladder} == {1.0}


def test_families_of_a_regression_share_a_ladder() -> None:
    X, _ = data(300)

    def number(X: Any) -> Any:
        return 2 * X[:, 0] + X[:, 1]

    d = run(number, X, number(X), task="regression", student=["tree", "linear"])
    assert d.family == "linear" and d.rung.fidelity > 0.99  # a line is read more quickly
    assert "temperature" not in d.ladder.frame() and "r2" in d.ladder.frame()
    assert d.ladder.select(family="tree").rung.fidelity < d.rung.fidelity
    own = run(number, X, task="regression", student=[LinearRegressionStudent(2), "tree"])
    assert own.ladder.families == ("linear", "tree")


# --- which family is chosen ---------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(st.none() | st.floats(0, 1), st.integers(1, 200)),
        min_size=1,
        max_size=5,
    )
)
def test_the_chosen_family_has_the_least_to_read_within_a_point_of_the_best(made: Any) -> None:
    courses = [
        SimpleNamespace(family=str(i), size=3, fidelity=fidelity)
        for i, (fidelity, _) in enumerate(made)
    ]
    rungs = {
        str(i): [
            SimpleNamespace(
                size=3,
                student=SimpleNamespace(complexity_=SimpleNamespace(statements=statements)),
            )
        ]
        for i, (_, statements) in enumerate(made)
    }
    chosen = easiest(courses, rungs)  # type: ignore[arg-type]
    fidelity, statements = made[int(chosen.family)]
    best = max((f for f, _ in made if f is not None), default=0.0)
    assert fidelity is None or fidelity >= best - CLOSE - 1e-8
    for other, count in made:
        if other is None or other > best - CLOSE + 1e-8:
            assert statements <= count


# --- interrupted --------------------------------------------------------------------------------


def interrupt(monkeypatch: pytest.MonkeyPatch, kind: Any, at: int) -> None:
    sweep, times = kind.sweep, iter(range(1, 1_000))

    def tiring(self: Any, *args: Any) -> Any:
        if next(times) == at:
            raise KeyboardInterrupt
        return sweep(self, *args)

    monkeypatch.setattr(kind, "sweep", tiring)


def test_an_interrupt_of_the_second_family_keeps_the_first(monkeypatch: Any) -> None:
    interrupt(monkeypatch, LinearStudent, 1)
    with pytest.warns(InterruptedWarning, match="1 of 2 families was piloted: tree"):
        d = several()
    assert d.ladder.families == ("tree",) and "of 2 families" in d.notes[0]


def test_an_interrupt_of_the_last_fits_keeps_what_is_fitted(monkeypatch: Any) -> None:
    interrupt(monkeypatch, LinearStudent, 4)  # after three folds of the pilot
    with pytest.warns(InterruptedWarning, match=r"holds what was fitted: tree, \d+ size"):
        d = several()
    assert d.ladder.families == ("tree",) and len(d.notes) == 1
    with pytest.raises(ValueError, match="Pilot it too"):
        d.ladder.select(family="linear")
    assert np.isfinite(d.fidelity().value)
