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
from sklearn.model_selection import cross_val_predict
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from jupyter_distill.checks import CHEAP, TeacherCheck
from jupyter_distill.findings import CODES, SEVERITIES, SEVERITY

from .checking import cancer, check, credit, flipped, forest, line, logistic, prepared, sugar
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
_once = cache(lambda plant: plant())


@pytest.mark.parametrize("code", FAULTS)
def test_each_fault_is_found_by_its_name(code: str) -> None:
    checked = _once(FAULTS[code])
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
    assert {*FAULTS, *CASES} == set(CODES)
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


def test_a_column_that_holds_y_is_named_and_nothing_else() -> None:
    checked = _once(leaking)
    assert checked.findings.codes == ("leaking-column",) and not checked.ok
    assert checked.evidence("leaking-column")["column"].tolist() == ["outcome"]
    alone = checked.frame("columns").set_index("column")["alone"]
    assert alone["outcome"] == 1.0 and alone.drop("outcome").max() < 0.99


def test_a_column_that_holds_a_number_is_named() -> None:
    A, B, a, b = sugar()
    seen = A.assign(copy=np.log(a)), B.assign(copy=np.log(b))
    checked = check(line(A, a), A, a)
    assert "leaking-column" not in checked.findings.codes
    checked = check(line(seen[0], a), seen[0], a, test=(seen[1], b))
    assert checked.evidence("leaking-column")["column"].tolist() == ["copy"]
    assert checked.findings.of("leaking-column")[0].evidence["R2"] > 0.99  # type: ignore[operator]


def test_flipped_labels_are_counted_and_listed() -> None:
    A, B, a, b = cancer()
    wrong, which = flipped(a, 0.08)
    checked = _once(mislabelled)
    one = checked.findings.of("mislabelled-rows")[0]
    low, high = float(one.evidence["from"]), float(one.evidence["to"])
    assert low < which.mean() < high and low > 0.02
    listed = checked.evidence("mislabelled-rows")
    assert set(listed["of"]) == {"X"}  # those of the test rows are right
    rows = listed["row"].to_numpy()
    assert which[rows].mean() > 0.7 and which[rows].sum() > 0.5 * which.sum()
    assert (listed["label"] == wrong[rows].astype(str).to_numpy()).all()
    # its own answers to the rows that it was taught hide what the labels got wrong
    own = check(forest(A, wrong), A, wrong, out_of_fold=forest(A, wrong).predict_proba(A))
    assert own.frame("labels")["row"].nunique() < len(rows)


def test_flipped_labels_of_the_test_rows_are_told_by_the_teacher() -> None:
    A, B, a, b = cancer()
    wrong, which = flipped(b, 0.1)
    checked = check(logistic(A, a), A, a, test=(B, wrong))
    found = checked.findings.of("mislabelled-rows")
    assert [one.sentence.split(" labels of ")[1][:13] for one in found] == ["the test rows"]
    listed = checked.evidence("mislabelled-rows").query("of == 'test'")["row"].to_numpy()
    assert which[listed].mean() > 0.7


def test_labels_may_be_judged_by_probabilities_out_of_fold() -> None:
    A, _, a, _ = cancer()
    wrong, which = flipped(a, 0.08)
    model = prepared(LogisticRegression(max_iter=2_000))
    p = cross_val_predict(model, A, wrong, method="predict_proba")
    checked = check(forest(A, wrong), A, wrong, out_of_fold=p)
    one = checked.findings.of("mislabelled-rows")[0]
    assert "models out of fold" in one.sentence
    assert float(one.evidence["from"]) < which.mean() < float(one.evidence["to"])


def test_shifted_columns_are_named_and_others_are_not() -> None:
    checked = _once(drifted)
    frame = checked.frame("drift")
    assert set(frame.loc[frame["drifted"], "column"]) == {"Age", "(all together)"}
    assert frame.set_index("column").loc["Age", "distance"] > 0.2
    assert {"(y)", *credit()[0].columns} <= set(frame["column"])
    assert checked.findings.of("drifted-rows")[0].evidence["columns found"] == 1


def test_rows_that_only_together_are_unlike_are_told_by_a_model() -> None:
    A, B, a, b = cancer()
    mixed = B.assign(**{"mean radius": B["mean radius"].sample(frac=1, random_state=0).to_numpy()})
    checked = check(logistic(A, a), A, a, test=(mixed, b))
    frame = checked.frame("drift").set_index("column")
    assert list(frame.index[frame["drifted"]]) == ["(all together)"]
    assert "tell one from the other with AUC" in checked.findings.of("drifted-rows")[0].sentence


def test_the_group_that_is_worse_off_is_named() -> None:
    one = _once(biased).findings.of("biased-teacher")[0]
    assert one.evidence["group"] == "Home = rent"
    assert one.table.set_index("group").loc["Home = rent", "accuracy"] == one.evidence["accuracy"]
    assert float(one.evidence["accuracy"]) < 0.6 < float(one.evidence["accuracy elsewhere"])


def test_on_rows_that_it_was_taught_only_what_they_cannot_hide_is_said() -> None:
    A, _, a, _ = cancer()
    cautious = forest(A, a)  # of rows that it has learnt it is right more often than it says
    assert "miscalibrated-teacher" not in check(cautious, A, a).findings.codes
    bold = check(sharpened(logistic(A, a), 50.0), A, 1 - a, classes=[1, 0])
    assert "miscalibrated-teacher" not in bold.findings.codes
    A, _, a, _ = credit()
    bold = check(sharpened(logistic(A, a), 6.0), A, a, classes=["bad", "good"])
    assert "surer than it is right" in bold.findings.of("miscalibrated-teacher")[0].sentence


def test_numbers_that_are_too_extreme_or_too_cautious() -> None:
    A, B, a, b = sugar()
    model = line(A, a)
    found = []
    for by in (2.0, 1.0, 0.5):
        teacher = lambda X, by=by: 150 + by * (model.predict(X) - 150)  # noqa: E731
        found.append(check(teacher, A, a, test=(B, b), task="regression"))
    assert ["miscalibrated-teacher" in c.findings.codes for c in found] == [True, False, True]
    assert "too extreme" in str(found[0].findings) and "too cautious" in str(found[2].findings)
    deciles = found[1].frame("deciles")
    assert deciles["rows"].sum() == len(b) and (deciles["low"] <= deciles["error"]).all()


def test_without_the_truth_answers_and_columns_are_looked_at() -> None:
    A, B, a, _ = cancer()
    checked = check(logistic(A, a), A, test=(B, None))
    assert checked.findings.codes == () and "accuracy" not in checked.parts
    assert {"answers", "columns", "missing", "repeats", "steadiness", "drift"} <= set(checked.parts)
    assert "Nothing was found" in repr(checked)


def test_a_function_is_not_asked_again_unless_one_says_so() -> None:
    A, _, a, _ = cancer()
    model, asked = logistic(A, a), []

    def teacher(rows: Any) -> np.ndarray:
        asked.append(len(rows))
        return np.asarray(model.predict_proba(rows))

    check(teacher, A, a)
    assert sum(asked) == len(A)
    check(teacher, A, a, ask_again=30)
    assert sum(asked) == 2 * len(A) + 30


def test_answers_that_depend_on_other_rows_are_unsteady() -> None:
    A, _, a, _ = cancer()

    class Batched:  # like batch normalisation that was left in the mode for training
        classes_ = np.array([0, 1])

        def decision_function(self, X: Any) -> np.ndarray:
            return np.asarray(X["mean radius"].mean() - X["mean radius"])

    one = check(Batched(), A, a).findings.of("unsteady-teacher")[0]
    assert "with others beside them" in one.sentence and len(one.table) == one.evidence["different"]


def test_it_is_data_first() -> None:
    checked = _once(mislabelled)
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
    found = _once(flat).findings
    assert found.at_least("note") == found
    assert found.at_least("problem").codes == ("constant-columns",)
    assert [one.severity for one in found.at_least("warning")] == ["problem", "warning"]
    with pytest.raises(ValueError, match="severity to be one of"):
        found.at_least("error")


def test_it_shows_itself_as_text_and_as_html() -> None:
    for checked in (_once(mislabelled), _once(heavy), _once(grouped)):
        html = checked._repr_html_()
        for one in checked.findings:
            assert f"- {one.severity} [{one.code}] {one}" in repr(checked)
            assert f'<span class="severity is-{one.severity}">{one.severity}</span>' in html
            assert f'<span class="code">{one.code}</span>' in html
        assert "<script" not in html and html.count("<svg") == 1 and "nan" not in html
        assert all(name in html for name in ("columns", "repeats", "steadiness"))
    assert "1 warning" in _once(mislabelled).headline
    assert "accuracy" in _once(mislabelled).describe() and "R2" in _once(heavy).describe()


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
