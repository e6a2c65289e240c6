"""What was planted is what is found: which column, which labels, which group, and how much."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from .checking import cancer, check, credit, flipped, forest, line, logistic, prepared, sugar
from .test_check_teacher import biased, drifted, leaking, mislabelled, once, sharpened


def test_a_column_that_holds_y_is_named_and_nothing_else() -> None:
    checked = once(leaking)
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
    checked = once(mislabelled)
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
    checked = once(drifted)
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
    one = once(biased).findings.of("biased-teacher")[0]
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
