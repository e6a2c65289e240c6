"""What is wrong with a teacher, its labels or rows is found by name, on real data; else nothing."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from jupyter_distill.checks import CHEAP, TeacherCheck
from jupyter_distill.findings import CODES, SEVERITIES, SEVERITY

from .checking import cancer, check, credit, flipped, forest, line, logistic, sugar
from .test_bias import CASES as GROUPS
from .test_compare import CASES as COMPARED
from .test_expectations import CASES as EXPECTED
from .test_findings import CASES


def sharpened(model: Any, by: float) -> Callable[[Any], np.ndarray]:
    """A teacher that is surer than it is right."""
    return lambda rows: by * np.log(np.maximum(model.predict_proba(rows), 1e-9))


def leaking() -> TeacherCheck:
    A, B, a, b = cancer()
    A, B = A.assign(outcome=3 * a + 1.0), B.assign(outcome=3 * b + 1.0)
    return check(logistic(A, a), A, a, test=(B, b))


def doubled() -> TeacherCheck:
    A, _, a, _ = cancer()
    return check(logistic(A, a), A, a, test=(A[:150].copy(), a[:150].copy()))


def mislabelled() -> TeacherCheck:
    A, B, a, b = cancer()
    wrong, _ = flipped(a, 0.08)
    return check(forest(A, wrong), A, wrong, test=(B, b))


def drifted() -> TeacherCheck:
    A, B, a, b = credit()
    return check(logistic(A, a), A, a, test=(B.assign(Age=B["Age"] + 8), b))


def biased() -> TeacherCheck:
    """Of those who rent, half get the wrong answer."""
    A, B, a, b = credit()
    model = logistic(A, a)

    def teacher(rows: Any) -> np.ndarray:
        p = model.predict_proba(rows)
        lost = (rows["Home"] == "rent").to_numpy() & (rows["Amount"] % 200 < 100).to_numpy()
        return np.where(lost[:, None], p[:, ::-1], p)

    return check(teacher, A, a, test=(B, b), classes=["bad", "good"])


def unsteady() -> TeacherCheck:
    A, B, a, b = cancer()
    model, rng = logistic(A, a), np.random.default_rng(0)
    noisy = lambda X: model.decision_function(X) + rng.normal(size=len(X))  # noqa: E731
    return check(noisy, A, a, test=(B, b), ask_again=50)


def blind() -> TeacherCheck:
    """X says less than the teacher sees."""
    A, _, a, _ = cancer()
    coarse = (A[["mean area"]] // 400).assign(big=A["mean radius"] > 15)
    return check(logistic(A, a), coarse, a, teacher_inputs=A)


def telling() -> TeacherCheck:
    A, B, a, b = cancer()
    for X, y in ((A, a), (B, b)):
        X.loc[(y == 1) & (np.arange(len(y)) % 2 == 0), "mean texture"] = np.nan
        X.loc[np.arange(len(y)) % 3 > 0, "mean symmetry"] = np.nan
    return check(logistic(A, a), A, a, test=(B, b))


def odd_columns() -> TeacherCheck:
    A, _, a, _ = cancer()
    A = A.assign(patient=range(1_000, 1_000 + len(A)), flat=1, other=-A["mean area"])
    return check(logistic(A, a), A, a)


def rare() -> TeacherCheck:
    A, B, a, b = credit()
    keep, keep_test = (a == "good") | (a.index < 40), (b == "good") | (b.index < 40)
    A, a, B, b = A[keep], a[keep], B[keep_test], b[keep_test]
    return check(logistic(A, a), A, a, test=(B, b))


def three() -> TeacherCheck:
    A, B, a, b = cancer()
    model = logistic(A, a)
    say = lambda X: np.column_stack([model.predict_proba(X), np.zeros(len(X))])  # noqa: E731
    return check(say, A, classes=[0, 1, 2], test=(B, None))


def grouped() -> TeacherCheck:
    A, B, a, b = credit()
    return check(logistic(A, a), A, a, test=(B, b), sensitive=["Marital", "Age"])


def heavy() -> TeacherCheck:
    A, B, a, b = sugar()
    b = b.mask(b.index < 2, 5_000.0)
    return check(line(A, a), A, a, test=(B, b))


def shrunken() -> TeacherCheck:
    A, B, a, b = sugar()
    model = line(A, a)
    return check(lambda X: 150 + 2 * (model.predict(X) - 150), A, a, test=(B, b), task="regression")


def feeble() -> TeacherCheck:
    A, B, a, b = cancer()
    few = ["smoothness error", "texture error", "symmetry error"]
    model = LogisticRegression(max_iter=500).fit(A[few], a)
    return check(lambda X: model.predict_proba(X[few]), A, a, test=(B, b))


def tree(kind: Any = DecisionTreeClassifier, **options: Any) -> TeacherCheck:
    A, B, a, b = sugar() if kind is DecisionTreeRegressor else cancer()
    return check(kind(random_state=0, **options).fit(A, a), A, a, test=(B, b))


def overconfident() -> TeacherCheck:
    A, B, a, b = credit()
    return check(sharpened(logistic(A, a), 4.0), A, a, test=(B, b), classes=["bad", "good"])


def repeated() -> TeacherCheck:
    A, B, a, b = cancer()
    A, a = (pd.concat([part, part[:60]], ignore_index=True) for part in (A, a))
    a.iloc[-5:] = 1 - a.iloc[-5:]
    return check(logistic(A, a), A, a, test=(B, b))


def flat() -> TeacherCheck:
    A, _, a, _ = cancer()
    model = logistic(A, a)
    return check(lambda i: model.predict_proba(A.iloc[i]), A * 0, a, teacher_inputs=np.arange(341))


def constant() -> TeacherCheck:
    A, B, a, b = cancer()
    return check(lambda X: np.tile([0.3, 0.7], (len(X), 1)), A, a, test=(B, b))


def unseen() -> TeacherCheck:
    A, B, a, b = credit()
    taught = A["Home"] != "parents"
    return check(logistic(A[taught], a[taught]), A, a, test=(B, b))


def short() -> TeacherCheck:
    A, B, a, b = cancer()
    return check(logistic(A, a), A, a, test=(B[:60], b[:60]))


FAULTS: dict[str, Callable[[], TeacherCheck]] = {
    "constant-columns": flat,
    "constant-teacher": constant,
    "unsteady-teacher": unsteady,
    "weak-teacher": feeble,
    "leaking-column": leaking,
    "test-rows-taught": doubled,
    "biased-teacher": biased,
    "unequal-shares": grouped,
    "miscalibrated-teacher": overconfident,
    "hard-labels": tree,
    "mislabelled-rows": mislabelled,
    "drifted-rows": drifted,
    "unseen-category": unseen,
    "few-rows": short,
    "rare-class": rare,
    "class-never-taught": three,
    "identifier-column": odd_columns,
    "telling-gaps": telling,
    "indistinct-rows": blind,
    "few-answers": lambda: tree(DecisionTreeRegressor, max_leaf_nodes=4),
    "heavy-tails": heavy,
    "small-groups": grouped,
    "twin-columns": odd_columns,
    "idle-columns": odd_columns,
    "gaps": telling,
    "repeated-rows": repeated,
}
# What only an audit looks for, and the tests in which it is planted.
AUDITED = {
    "disagreement-region": "test_regions",
    "weak-segment": "test_segments",
    "miscalibrated-student": "test_reliability",
    "teacher-disagrees": "test_certificate",
    "locally-unfaithful": "test_certificate",
    "outside-what-was-learnt": "test_certificate",
    "change-not-shared": "test_certificate",
    "narrow-margin": "test_certificate",
    "proxy-columns": "test_expectations_proxies",
}
once = cache(lambda plant: plant())


@pytest.mark.parametrize("code", FAULTS)
def test_each_fault_is_found_by_its_name(code: str) -> None:
    checked = once(FAULTS[code])
    found = checked.findings.of(code)
    assert found, f"found were {checked.findings.codes}"
    for one in found:
        assert one.severity == SEVERITY[code]
        assert one.sentence.endswith(".") and one.remedy.endswith(".") and "\n" not in str(one)
        assert one.evidence and all(type(v) in (int, float, str) for v in one.evidence.values())
        json.dumps(one.to_dict(), allow_nan=False)
        assert len(one.table) and not one.table.empty
    assert len(checked.evidence(code)) == sum(len(one.table) for one in found)


def test_every_code_is_planted_somewhere_and_the_cheap_ones_are_known_as_such() -> None:
    assert {*FAULTS, *CASES, *AUDITED, *EXPECTED, *GROUPS, *COMPARED} == set(CODES)
    cheap = {code for code in FAULTS if code in CHEAP}
    closer = {"unsteady-teacher", "weak-teacher", "unequal-shares", "mislabelled-rows", "few-rows"}
    assert cheap == {*FAULTS} - closer - {"indistinct-rows", "small-groups"} and cheap == {*CHEAP}


def test_codes_come_in_the_order_of_their_severity() -> None:
    places = [SEVERITIES.index(SEVERITY[code]) for code in CODES]
    assert places == sorted(places) and set(places) == {0, 1, 2}


SOUND: dict[str, Callable[[], tuple[Any, ...]]] = {
    "cancer": lambda: (cancer(), logistic),
    "cancer, a forest": lambda: (cancer(), forest),
    "credit": lambda: (credit(), logistic),
    "diabetes": lambda: (sugar(), line),
}


@pytest.mark.parametrize("name", SOUND)
@pytest.mark.parametrize("test", [True, False])
def test_nothing_is_found_of_a_sound_teacher(name: str, test: bool) -> None:
    (A, B, a, b), fit = SOUND[name]()
    checked = check(fit(A, a), A, a, test=(B, b) if test else None)
    # those who rent are harder to tell: no fault was planted, and it is one that is there
    known = {"biased-teacher"} if name == "credit" else set()
    assert set(checked.findings.codes) <= known and checked.ok and not checked.problems


def test_it_is_data_first() -> None:
    checked = once(mislabelled)
    frame = checked.frame()
    assert list(frame.columns) == ["code", "severity", "sentence", "evidence", "remedy"]
    assert list(frame["code"]) == list(checked.findings.codes)
    for name, part in checked.parts.items():
        pd.testing.assert_frame_equal(checked.frame(name), part)
        checked.frame(name).iloc[:0, :0]
    figures = checked.frame("accuracy").set_index("measure")
    (A, _, a, _), B, b = cancer(), cancer()[1], cancer()[3]
    wrong, _ = flipped(a, 0.08)
    right = (forest(A, wrong).predict(B) == b).mean()
    assert figures.loc["accuracy", "value"] == pytest.approx(right)
    confusion = checked.frame("confusion")
    same = confusion["label"] == confusion["teacher"]
    assert confusion["rows"].sum() == len(b)
    assert confusion.loc[same, "rows"].sum() == pytest.approx(right * len(b))
    assert list(checked.frame("calibration")["measure"][:4]) == [
        *("ECE", "classwise ECE", "Brier score", "log loss")
    ]
    with pytest.raises(ValueError, match='Did you mean "reliability"'):
        checked.frame("reliabilty")
    with pytest.raises(ValueError, match="'few-rows', which was not found"):
        checked.evidence("few-rows")
    with pytest.raises(ValueError, match="code to be one of"):
        checked.evidence("nag")


def test_findings_can_be_asked_for_by_severity() -> None:
    found = once(flat).findings
    assert found.at_least("note") == found
    assert found.at_least("problem").codes == ("constant-columns",)
    assert [one.severity for one in found.at_least("warning")] == ["problem", "warning"]
    with pytest.raises(ValueError, match="severity to be one of"):
        found.at_least("error")


def test_it_shows_itself_as_text_and_as_html() -> None:
    for checked in (once(mislabelled), once(heavy), once(grouped)):
        html = checked._repr_html_()
        for one in checked.findings:
            assert f"- {one.severity} [{one.code}] {one}" in repr(checked)
            assert f'<span class="severity is-{one.severity}">{one.severity}</span>' in html
            assert f'<span class="code">{one.code}</span>' in html
        assert "<script" not in html and html.count("<svg") == 1 and "nan" not in html
        assert all(name in html for name in ("columns", "repeats", "steadiness"))
    assert "1 warning" in once(mislabelled).headline
    assert "accuracy" in once(mislabelled).describe() and "R2" in once(heavy).describe()


def test_what_the_owner_wrote_is_inert_in_html() -> None:
    evil = "</script><img src=x onerror=alert(1)>"
    A, _, a, _ = cancer()
    A = A.rename(columns={"mean area": evil}).assign(twin=A["mean area"])
    y = a.map({0: evil, 1: "<b>no</b>"})
    html = check(logistic(A, y), A, y)._repr_html_()
    assert "twin-columns" in html and "<img" not in html and "<b>no" not in html


def test_the_same_seed_gives_the_same() -> None:
    A, B, a, b = cancer()
    model = logistic(A, a)
    one, other = (check(model, A, a, test=(B, b), random_state=3) for _ in range(2))
    assert one.findings == other.findings
    for name in one.parts:
        pd.testing.assert_frame_equal(one.frame(name), other.frame(name))


def test_the_teacher_is_left_as_it_was() -> None:
    A, B, a, b = sugar()
    model = RandomForestRegressor(10, random_state=0).fit(A, a)
    before = pickle.dumps(model), A.copy(), a.copy()
    check(model, A, a, test=(B, b))
    assert pickle.dumps(model) == before[0]
    pd.testing.assert_frame_equal(A, before[1])
    pd.testing.assert_series_equal(a, before[2])


@pytest.mark.parametrize("kind", ["array", "polars", "list"])
def test_rows_may_be_kept_in_anything(kind: str) -> None:
    A, _, a, _ = cancer()
    array = A.to_numpy()
    X: Any = {"array": array, "polars": pl.from_pandas(A), "list": array.tolist()}[kind]
    model = LinearRegression().fit(array, a)
    say = lambda rows: np.clip(model.predict(np.asarray(rows)), 0.01, 0.99)  # noqa: E731
    checked = check(say, X, list(a), ask_again=10)
    expected = check(say, array, a, ask_again=10)
    assert checked.findings.codes == expected.findings.codes
    assert list(checked.parts) == list(expected.parts)
