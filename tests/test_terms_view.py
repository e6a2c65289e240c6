"""The view of a student that is a sum: what it adds up to, and the teacher beside it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import traitlets as t
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

import jupyter_distill as jd
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports.wire import decode
from jupyter_distill.students.ebm import EbmStudent
from jupyter_distill.widgets.terms import TermsView
from tests.small import EVIL, people

OPTIONS: dict[str, Any] = {"augment": None, "progress": False, "random_state": 0, "size": 4}


def rows(n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(n, 3)), columns=["a", EVIL, "c"])
    frame["kind"] = pd.Categorical(rng.choice(["car", "house", "boat"], n))
    frame["flag"] = rng.random(n) < 0.4
    frame.loc[rng.random(n) < 0.1, "a"] = np.nan
    return frame


def score(frame: pd.DataFrame) -> Any:
    return (
        2 * frame["a"].fillna(1) + np.sin(2 * frame[EVIL]) - 2 * (frame["kind"] == "car")
    ).to_numpy() + 0.8 * frame["flag"].to_numpy()


@pytest.fixture(scope="module")
def made() -> dict[tuple[str, int], Distillation]:
    """A student of each family on two and three classes, and on numbers (0)."""
    frame, z = rows(), score(rows())
    found = {}
    for k in (0, 2, 3):
        kind: Any = HistGradientBoostingClassifier if k else HistGradientBoostingRegressor
        y = np.array(["no", "maybe", "yes"])[np.digitize(z, [-1, 1] if k == 3 else [0, 99])]
        teacher = kind(max_iter=20, random_state=0).fit(frame, y if k else z)
        more = {"temperature": 1.0} if k else {}
        for family in ("linear", "ebm"):
            found[family, k] = jd.distill(
                teacher, frame, y if k else z, student=family, **OPTIONS, **more
            )
    return found


CASES = [(family, k) for family in ("linear", "ebm") for k in (0, 2, 3)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_terms_add_is_the_score_of_a_row(
    case: tuple[str, int], made: dict[tuple[str, int], Distillation]
) -> None:
    d = made[case]
    view = TermsView(d)
    z = d.student.output(d.table).reshape(d.table.n_rows, -1)
    z = z[:, 1:] - z[:, :1] if case[1] == 2 else z
    missing = int(np.flatnonzero(d.table.native["a"].isna())[0])
    for row in (0, 17, missing):
        view.row = row
        adds, told = decode(view.reasons["adds"]), view.reasons
        assert adds.shape == (len(view.terms["terms"]), z.shape[1])
        np.testing.assert_allclose(told["total"], z[row], atol=1e-9)
        total = view.terms["intercept"] + adds.sum(0)
        np.testing.assert_allclose(total, z[row], rtol=1e-5, atol=1e-5)
        said = d.student.predict_proba(d.table)[row] if case[1] else z[row]
        np.testing.assert_allclose(told["student"], said, atol=1e-9)
    assert f"Row {missing}: " in view._plain() and "the teacher says" in view._plain()
    view.row = None
    assert view.reasons == {}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_curve_is_what_the_student_adds_and_the_teacher_has_its_mean(
    case: tuple[str, int], made: dict[tuple[str, int], Distillation]
) -> None:
    d = made[case]
    view = TermsView(d)
    for term, drawn in enumerate(view.model.terms):
        last = len(view.model.intercept) - 1
        curve = view.curve(term, last)
        assert list(curve) == ["x", "student", "teacher", "density"]
        assert curve["density"].sum() == pytest.approx(1.0)
        overlay, grid = view.model.overlay(term), view.model.grid(term)
        assert overlay is not None and grid is not None
        assert len(overlay.values) * 200 >= view.model.cost(term) and view.model.cost(term) <= 4000
        student = view.model.at(term, grid.values)
        np.testing.assert_allclose(grid.weights @ overlay.scores, grid.weights @ student, atol=1e-9)
        if drawn.numeric:
            at = view.model.at(term, curve["x"].to_numpy())[:, last]
            np.testing.assert_allclose(curve["student"], at)
            assert curve["teacher"].notna().sum() == len(grid)
        else:
            assert curve["teacher"].notna().all()
    # what differs between two values of the first column is that of the rows, moved by hand
    term = next(i for i, drawn in enumerate(view.model.terms) if drawn.name == "a")
    overlay, n = view.model.overlay(term), len(d.rows.held_out)
    assert overlay is not None and f"mean of {n} held-out rows" in overlay.said
    moved = d.table.native.iloc[d.rows.held_out]
    by_hand = [
        _scores(d, moved.assign(a=value), case[1]).mean(0) for value in overlay.values[[0, 5]]
    ]
    shown = overlay.scores[5] - overlay.scores[0]
    if case[1] == 3:  # what all classes share moves no probability
        shown = shown - shown.mean()
    np.testing.assert_allclose(shown, by_hand[1] - by_hand[0], atol=1e-6)


def _scores(d: Distillation, frame: pd.DataFrame, k: int) -> Any:
    if not k:
        return d.teacher.model.predict(frame)[:, None]
    z = np.log(d.teacher.model.predict_proba(frame))
    return z[:, 1:] - z[:, :1] if k == 2 else z - z.mean(1, keepdims=True)


def test_a_line_has_its_slope_and_levels_their_coefficients(
    made: dict[tuple[str, int], Distillation],
) -> None:
    d = made["linear", 2]
    view, explained = TermsView(d), d.explanation()
    told = {term.name: float(term.values[0]) for term in explained.terms}
    for drawn in view.model.terms:
        if drawn.kind == "line":
            slope = np.diff(drawn.scores[:, 0])[0] / np.diff(drawn.edges)[0]
            assert slope == pytest.approx(told[drawn.name])
        else:
            adds = dict(zip(drawn.names[0], drawn.scores[:, 0], strict=True))
            base = {name: told.get(f"{drawn.name} is {name}", 0.0) for name in adds}
            first = next(iter(adds))
            for name, value in adds.items():
                assert value - adds[first] == pytest.approx(base[name] - base[first])
    pd.testing.assert_frame_equal(view.frame(), explained.frame())


@pytest.mark.parametrize("family", ["linear", "ebm"])
def test_a_student_alone_has_neither_rows_nor_teacher(
    family: str, made: dict[tuple[str, int], Distillation]
) -> None:
    d = made[family, 2]
    for model in (d.student, d.explanation()):
        view = TermsView(model, term=0)
        assert view.distillation is None and view.asking["mode"] == "none"
        assert "show the distillation" in view.asking["why"]
        assert view.curve()["teacher"].isna().all()
        with pytest.raises(ValueError, match="There is no teacher here"):
            view.ask_teacher()
        with pytest.raises(t.TraitError, match=r"Build it on a Distillation: TermsView\(d\)"):
            view.row = 0
        assert view._picture() and view._plain()


def test_the_teacher_is_asked_once_and_a_page_carries_it(
    made: dict[tuple[str, int], Distillation],
) -> None:
    d = made["ebm", 2]
    view, busy = TermsView(d), []
    view.observe(lambda change: busy.append(change["new"]), "busy")
    view.set_state({"ask": 1})
    assert list(view.curves) == ["1"] and view.ask is None and busy == [True, False]
    before = view.curves
    view.set_state({"ask": 1})
    assert view.curves is before
    assert set(view.state()["curves"]["1"]) >= {"said"}
    view.ask_teacher()
    assert sorted(view.curves) == [str(i) for i in range(len(view.model.terms))]


def test_a_teacher_that_may_be_far_is_asked_on_wish() -> None:
    frame = rows(200)[["a", "c"]].fillna(0)
    asked = []

    def far(X: pd.DataFrame) -> Any:
        asked.append(len(X))
        return X["a"].to_numpy() * 2 + X["c"].to_numpy()

    d = jd.distill(far, frame, student="linear", task="regression", **{**OPTIONS, "size": 2})
    asked.clear()
    view = TermsView(d)
    assert view.asking["mode"] == "button"
    cost = view.terms["terms"][0]["cost"]
    assert cost == len(view.model.grid(0) or ()) * len(d.rows.held_out)
    assert view.curve(0)["teacher"].isna().all() and not asked
    view.set_state({"ask": 0})
    assert sum(asked) == cost > 0 and view.curve(0)["teacher"].notna().any()
    assert TermsView(d, teacher=True).asking["mode"] == "auto"
    off = TermsView(d, teacher=False)
    assert off.asking == {"mode": "none", "why": "", "name": d.teacher.name}


def test_a_teacher_of_other_inputs_is_silent_and_says_why() -> None:
    frame, y = people(200)
    seen = frame[["age"]].to_numpy(dtype=float)
    teacher = HistGradientBoostingClassifier(max_iter=5, random_state=0).fit(seen, y)
    d = jd.distill(
        teacher, frame, y, teacher_inputs=seen, student="linear", temperature=1.0, **OPTIONS
    )
    view = TermsView(d)
    assert view.asking["mode"] == "none" and "it saw other inputs" in view.asking["why"]
    with pytest.raises(ValueError, match="Expected a teacher that can be asked about moved rows"):
        view.ask_teacher(0)
    assert view.terms["terms"][0]["cost"] == 0


def test_an_interrupt_leaves_the_term_unasked(
    made: dict[tuple[str, int], Distillation], monkeypatch: pytest.MonkeyPatch
) -> None:
    view = TermsView(made["ebm", 2])
    teacher = made["ebm", 2].teacher

    def stopped(*args: Any, **kwargs: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(teacher, "answer", stopped)
    view.set_state({"ask": 0})
    assert view.curves == {} and not view.busy and view.ask is None


def test_pairs_are_maps_without_a_teacher(tmp_path: Path) -> None:
    frame = rows(300)
    z = 3 * frame["c"] * frame[EVIL] + frame["a"].fillna(0)
    y = np.where(z > 0, "yes", "no")
    teacher = HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(frame, y)
    student = EbmStudent(interactions=3, quality="greedy")
    d = jd.distill(teacher, frame, y, student=student, temperature=1.0, **OPTIONS)
    view = TermsView(d, row=3)
    pair = next(i for i, drawn in enumerate(view.model.terms) if drawn.kind == "pair")
    curve = view.curve(pair)
    assert list(curve) == ["first", "second", "student", "teacher", "density"]
    assert curve["teacher"].isna().all() and curve["density"].sum() == pytest.approx(1.0)
    # the cell that the row is in adds what the row is told
    cell = int(view.reasons["at"][pair])
    adds = decode(view.reasons["adds"])[pair, 0]
    assert curve["student"][cell] == pytest.approx(adds, rel=1e-5)
    view.ask_teacher()
    assert str(pair) not in view.curves
    ET.parse(view.to_svg(tmp_path / "all.svg"))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_drawing_is_whole_and_holds_names_as_text(
    case: tuple[str, int], made: dict[tuple[str, int], Distillation], tmp_path: Path
) -> None:
    view = TermsView(made[case], row=17)
    view.ask_teacher()
    root = ET.parse(view.to_svg(tmp_path / "all.svg")).getroot()
    said = " ".join(root.itertext())
    assert EVIL in said and "partial" not in root.tag
    dashed = [e for e in root.iter() if e.get("stroke-dasharray") == "5 3"]
    assert len(dashed) >= sum(drawn.numeric for drawn in view.model.terms)
    view.term = 0
    assert "<img" not in view._picture() and view._picture().count("<svg") > 1


def test_what_cannot_be_shown_is_refused(made: dict[tuple[str, int], Distillation]) -> None:
    d = made["linear", 2]
    frame, y = people(200)
    teacher = HistGradientBoostingClassifier(max_iter=5).fit(frame[["age"]], y)
    tree = jd.distill(teacher, frame[["age"]], y, student="tree", temperature=1.0, **OPTIONS)
    with pytest.raises(TypeError, match="Expected a linear student or an EBM. Got TreeStudent"):
        TermsView(tree)
    with pytest.raises(TypeError, match="Got int. Distil first"):
        TermsView(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Expected teacher to be 'auto', True or False. Got 'no'"):
        TermsView(d, teacher="no")
    view = TermsView(d)
    for name, wrong in (("term", 99), ("term", -1), ("ask", 99), ("score", 1)):
        with pytest.raises(t.TraitError, match="Expected"):
            setattr(view, name, wrong)
    with pytest.raises(ValueError, match="Expected a term. Got none that is chosen"):
        view.curve()
    with pytest.raises(t.TraitError, match="a position in X"):
        view.row = d.table.n_rows
