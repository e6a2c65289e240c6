"""Recorded answers as teachers: read from frames and files, tied to rows by ids or by order."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from jupyter_distill.teachers import Teacher, as_teacher

from .distilling import run

X, _Y = load_breast_cancer(return_X_y=True, as_frame=True)
X = X.iloc[:160, :4].set_axis(pd.Index([f"P{i:03d}" for i in range(160)], name="patient"))
Y = np.where(_Y[:160] == 1, "benign", "malignant")
MODEL = RandomForestClassifier(20, random_state=0).fit(X, Y)
ANSWERS = pd.DataFrame(MODEL.predict_proba(X), columns=MODEL.classes_, index=X.index)
FLAT = X.reset_index()
BY_ID = ANSWERS.sample(frac=1, random_state=0).reset_index()  # in another order than X
QUICK: dict[str, Any] = {"size": 4, "quality": "greedy"}
LOGITS = as_teacher(MODEL).logits(X)


def by_id(**changes: Any) -> pd.DataFrame:
    return BY_ID.assign(**changes)


# --- what is read ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "library",
    [pd.DataFrame, pl.from_pandas, lambda f: pa.Table.from_pandas(f, preserve_index=False)],
    ids=["pandas", "polars", "pyarrow"],
)
def test_answers_of_any_frame_are_tied_by_an_id_column(library: Callable[[Any], Any]) -> None:
    teacher = as_teacher(library(BY_ID), id="patient")
    for rows in (
        X,
        library(FLAT[["patient"]]),
        FLAT["patient"],
        {"patient": FLAT["patient"]},
        list(X.index),
        X.index.to_numpy(),
    ):
        np.testing.assert_array_equal(teacher.logits(rows, batch_size=77), LOGITS)
    assert teacher.classes is not None and teacher.classes.tolist() == ["benign", "malignant"]
    assert (teacher.predict(X) == MODEL.predict(X)).all()


def test_the_index_of_a_pandas_frame_is_its_ids(tmp_path: Path) -> None:
    shuffled = ANSWERS.sample(frac=1, random_state=1)
    shuffled.to_parquet(tmp_path / "answers.parquet")
    for given_ in (shuffled, tmp_path / "answers.parquet"):
        np.testing.assert_array_equal(as_teacher(given_).logits(X), LOGITS)
        np.testing.assert_array_equal(as_teacher(given_, id="patient").logits(X[5:9]), LOGITS[5:9])


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".csv.gz"])
def test_files_are_read_with_their_digits(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"answers{suffix}"
    write = BY_ID.to_parquet if suffix == ".parquet" else BY_ID.to_csv
    write(path, index=False)
    teacher = as_teacher(str(path), id="patient")
    np.testing.assert_array_equal(teacher.logits(X), LOGITS)
    assert teacher.name == f"answers{suffix}"
    assert teacher.fingerprint == as_teacher(BY_ID, id="patient").fingerprint


def test_ids_of_a_csv_file_are_whole_numbers_only_where_no_digit_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("id,no,yes\n7,0.25,0.75\n12,0.5,0.5\n")
    assert as_teacher(path, id="id").predict_proba([12, 7])[1, 0] == 0.25
    path.write_text("id,no,yes\n007,0.25,0.75\n012,0.5,0.5\n")
    assert as_teacher(path, id="id").predict_proba(["012", "007"])[1, 0] == 0.25


def test_without_ids_answers_belong_to_the_rows_in_their_order() -> None:
    plain = ANSWERS.reset_index(drop=True)
    for rows in (X, X.to_numpy(), pl.from_pandas(X), X.reset_index(drop=True)):
        np.testing.assert_array_equal(as_teacher(plain).logits(rows, batch_size=64), LOGITS)


def test_columns_without_names_are_sorted_labels() -> None:
    teacher = as_teacher(pd.DataFrame(MODEL.predict_proba(X)))
    assert teacher.classes is None and teacher.n_classes == 2
    assert run(teacher, X, Y, **QUICK).targets.classes.tolist() == ["benign", "malignant"]


def test_columns_may_be_named_by_answers_or_by_classes() -> None:
    frame = by_id(age=50.0, decision="no")
    for options in (
        {"answers": ["benign", "malignant"]},
        {"classes": ["benign", "malignant"]},
        {"answers": ["benign", "malignant"], "classes": ["B", "M"]},
    ):
        teacher = as_teacher(frame, id="patient", **options)
        np.testing.assert_array_equal(teacher.logits(X), LOGITS)
    assert teacher.classes.tolist() == ["B", "M"]
    swapped = as_teacher(frame, id="patient", classes=["malignant", "benign"])
    np.testing.assert_array_equal(swapped.logits(X), LOGITS[:, ::-1])


def test_classes_that_are_numbers_name_columns_of_text() -> None:
    frame = BY_ID.rename(columns={"benign": "0", "malignant": "1"})
    teacher = as_teacher(frame, id="patient", classes=[1, 0])
    np.testing.assert_array_equal(teacher.logits(X), LOGITS[:, ::-1])
    assert teacher.classes is not None and teacher.classes.tolist() == [1, 0]


def test_logits_one_column_and_numbers() -> None:
    z = pd.DataFrame({"a": [-1.0, 2.0, 5.0], "b": [0.5, 1.0, -3.0]})
    np.testing.assert_array_equal(as_teacher(z).logits([0, 1, 2]), z)
    one = as_teacher(BY_ID[["patient", "malignant"]], id="patient", classes=["benign", "malignant"])
    np.testing.assert_allclose(one.predict_proba(X)[:, 1], ANSWERS["malignant"], atol=1e-5)
    said = pd.Series([2.5, 3.5], index=["u", "v"], name="price")
    for given_ in (said, said.to_frame(), pl.DataFrame({"of": ["u", "v"], "price": [2.5, 3.5]})):
        options = {"id": "of"} if isinstance(given_, pl.DataFrame) else {}
        prices = as_teacher(given_, task="regression", **options)
        assert prices.predictions(["v", "u"]).tolist() == [3.5, 2.5]


@given(st.permutations(range(160)), st.integers(1, 160))
def test_the_order_of_answers_and_of_rows_makes_no_difference(order: list[int], n: int) -> None:
    teacher = as_teacher(ANSWERS.iloc[order])
    rows = order[::-1][:n]
    np.testing.assert_array_equal(teacher.logits(X.iloc[rows]), LOGITS[rows])


def test_a_fingerprint_is_that_of_the_answers_and_their_ids() -> None:
    print_of = as_teacher(BY_ID, id="patient").fingerprint
    assert as_teacher(BY_ID.copy(), id="patient", name="other").fingerprint == print_of
    other = by_id(benign=BY_ID["benign"] + 1e-9)
    assert as_teacher(other, id="patient").fingerprint != print_of
    renamed = by_id(patient="Q" + BY_ID["patient"])
    assert as_teacher(renamed, id="patient").fingerprint != print_of


# --- what is refused ---------------------------------------------------------------------------

NUMBERED = by_id(patient=np.arange(160))
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "no file": (
        lambda: as_teacher("nowhere.csv"),
        r"a file of recorded answers. Got 'nowhere.csv', where there is none",
    ),
    "no such id": (
        lambda: as_teacher(BY_ID, id="patients"),
        r"a column with the ids in recorded answers.*'patient', 'benign'.*Did you mean \"patient\"",
    ),
    "two ids": (
        lambda: as_teacher(BY_ID, id=["patient", "benign"]),
        r"id to be the name of one column. Got \['patient', 'benign'\]",
    ),
    "several levels": (
        lambda: as_teacher(BY_ID.set_index(["patient", "benign"])),
        r"one id per row. Got an index of 2 levels \('patient', 'benign'\)",
    ),
    "missing ids": (
        lambda: as_teacher(by_id(patient=BY_ID["patient"].where(BY_ID.index > 1)), id="patient"),
        r"ids in recorded answers without gaps. Got 2 missing 'patient' \(rows 0, 1\)",
    ),
    "repeated ids": (
        lambda: as_teacher(pd.concat([BY_ID, BY_ID[:2]]), id="patient"),
        r"different from each other. Got 2 of 'patient' more than once: 'P\d+', 'P\d+'",
    ),
    "repeated rows": (
        lambda: as_teacher(BY_ID, id="patient").logits(["P001", "P002", "P001"]),
        r"ids of the rows of X to be different.*more than once: 'P001'",
    ),
    "unknown ids": (
        lambda: as_teacher(BY_ID[:150], id="patient").logits(X),
        r"a recorded answer for every row of X. Got none .* for 10 of 160 rows \(ids 'P.*5 more\)",
    ),
    "ids of another kind": (
        lambda: as_teacher(NUMBERED, id="patient").logits(
            X.set_axis(pd.Index([str(i) for i in range(160)], name="patient"))
        ),
        r"ids of the same kind: .* are whole numbers \(0, 1, 2\). Got text in X \('0', '1', '2'\)",
    ),
    "rows that are only numbered": (
        lambda: as_teacher(BY_ID, id="patient").logits(X.reset_index(drop=True)),
        r"rows with the ids 'patient'.*only numbered 0, 1, 2.*set_index\('patient'\)",
    ),
    "numbers that happen to be ids": (
        lambda: as_teacher(NUMBERED, id="patient").logits(X.reset_index(drop=True)[10:90]),
        r"rows with the ids 'patient'.*Got an index without a name.*rename_axis\('patient'\)",
    ),
    "another index": (
        lambda: as_teacher(ANSWERS).logits(X.rename_axis("ward")),
        r"rows with the ids 'patient'.*Got the index 'ward'",
    ),
    "an index without a name": (
        lambda: as_teacher(ANSWERS.rename_axis(None)).logits(X.to_numpy()),
        r"rows with an index of ids.*ndarray without an index.*answers.reset_index\(drop=True\)",
    ),
    "too few": (
        lambda: as_teacher(ANSWERS[:159].reset_index(drop=True)).logits(X),
        r"160 recorded answers, one for each row of X in its order. Got 159.*id='...'",
    ),
    "another order": (
        lambda: as_teacher(ANSWERS.reset_index(drop=True)).logits(
            X.reset_index(drop=True).sample(frac=1, random_state=0)
        ),
        r"rows of X in the order of the answers.*in another order.*answers.index = X.index",
    ),
    "NaN": (
        lambda: as_teacher(
            by_id(benign=BY_ID["benign"].where(BY_ID.index > 1)), id="patient"
        ).logits(X),
        r"finite numbers as recorded answers.*for 2 of 160 rows \(ids 'P\d+', 'P\d+'\)",
    ),
    "hard labels": (
        lambda: as_teacher(BY_ID[["patient"]].assign(said="benign"), id="patient"),
        r"hard labels: 'said' without numbers \('benign', 'benign'.*record predict_proba",
    ),
    "codes of classes": (
        lambda: as_teacher(BY_ID[["patient"]].assign(said=1), id="patient").logits(X),
        r"hard labels: 1.0, 1.0, 1.0 and so on",
    ),
    "one-hot": (
        lambda: as_teacher(pd.get_dummies(pd.Series(Y))),
        r"hard labels: one-hot columns of whole numbers: 'benign', 'malignant'",
    ),
    "text among answers": (
        lambda: as_teacher(BY_ID),
        r"columns of numbers in recorded answers. Got 'patient' \(String\) among them.*id=",
    ),
    "numbers among probabilities": (
        lambda: as_teacher(by_id(age=50.0), id="patient"),
        r"probabilities in 'benign', 'malignant', and beside them 'age'.*answers=\['benign'",
    ),
    "no answers": (lambda: as_teacher(BY_ID[["patient"]], id="patient"), "none but the ids"),
    "no rows": (lambda: as_teacher(BY_ID[:0], id="patient"), "Got 0 rows in recorded answers"),
    "answers that are no columns": (
        lambda: as_teacher(BY_ID, id="patient", answers=["benign", "malignent"]),
        r"answers to name columns of recorded answers.*Did you mean \"malignant\"",
    ),
    "answers in another order than classes": (
        lambda: as_teacher(
            BY_ID, answers=["benign", "malignant"], classes=["malignant", "benign"], id="patient"
        ),
        r"classes in the order of answers \('benign', 'malignant'\)",
    ),
    "a class without a column": (
        lambda: as_teacher(BY_ID, id="patient", classes=["benign", "bad"]),
        r"a column of recorded answers for each of the classes.*none for 'bad'; its columns are",
    ),
    "the first of two classes alone": (
        lambda: as_teacher(
            BY_ID[["patient", "benign"]], id="patient", classes=["benign", "malignant"]
        ),
        r"a column of recorded answers for each of the classes.*none for 'malignant'; its columns",
    ),
    "too many columns": (
        lambda: as_teacher(BY_ID, id="patient", classes=["a", "b", "c"]),
        r"one column of answers for each of the classes 'a', 'b', 'c'. Got 2",
    ),
    "several numbers": (
        lambda: as_teacher(BY_ID, id="patient", task="regression"),
        r"one column of numbers.*Got 2 columns: 'benign', 'malignant'. Say which",
    ),
    "preprocess": (
        lambda: as_teacher(BY_ID, id="patient", preprocess=abs),
        "no preprocess= beside recorded answers",
    ),
    "a lazy frame": (
        lambda: as_teacher(pl.from_pandas(BY_ID).lazy(), id="patient"),
        r"answers in memory. Got a lazy frame. Use answers.collect\(\)",
    ),
    "repeated columns": (
        lambda: as_teacher(ANSWERS.set_axis(["a", "a"], axis=1)),
        "every column of recorded answers to have a name of its own. Got 'a' more than once",
    ),
    "an option of another kind": (
        lambda: as_teacher(BY_ID, ids="patient"),
        r"no option 'ids' for a teacher of the kind 'recorded'. Did you mean \"id\"",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_looked_up_is_refused(case: str) -> None:
    ask, message = REFUSED[case]
    with pytest.raises((ValueError, TypeError, FileNotFoundError), match=message) as caught:
        ask()
    assert "Got" in str(caught.value) or "option" in str(caught.value)


@pytest.mark.parametrize(("name", "content"), [("a.csv", ""), ("a.parquet", "id,no\n1,2\n")])
def test_files_that_cannot_be_read_are_refused(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match=f"Got {name}, which cannot be read .*Error|Invalid"):
        as_teacher(tmp_path / name)


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    BY_ID.to_parquet(tmp_path / "answers.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"from a Parquet file needs pyarrow, which is not inst"):
        as_teacher(tmp_path / "answers.parquet", id="patient")


def test_an_index_that_was_written_by_mistake_is_refused(tmp_path: Path) -> None:
    ANSWERS.rename_axis(None).to_csv(tmp_path / "answers.csv")
    with pytest.raises(ValueError, match=r"a name for every column.*Got 1 without.*index_label"):
        as_teacher(tmp_path / "answers.csv")


# --- distilling --------------------------------------------------------------------------------


def recorded() -> Teacher:
    return as_teacher(BY_ID, id="patient")


def test_a_recorded_teacher_is_distilled_as_the_model_itself() -> None:
    d = run(recorded(), X, Y)
    alone = run(MODEL, X, Y, augment=None)
    np.testing.assert_array_equal(d.targets.logits, alone.targets.logits)
    assert (d.size, d.temperature) == (alone.size, alone.temperature)
    assert d.fidelity().value == alone.fidelity().value
    assert d.labels_only is not None and not d.course.trials  # no rows were made
    assert set(d.disagreements().index) <= set(X.index)  # who they are is seen
    assert d.at(1.0).temperature == 1.0


def test_the_ids_are_no_feature_of_the_student() -> None:
    with pytest.raises(ValueError, match=r"X without 'patient'.*set_index\('patient'\).*inputs="):
        run(recorded(), FLAT, Y)
    for library in (pd.DataFrame, pl.from_pandas):
        inputs, seen = library(FLAT[["patient"]]), library(FLAT.drop(columns="patient"))
        d = run(recorded(), seen, Y, teacher_inputs=inputs, **QUICK)
        np.testing.assert_array_equal(d.targets.logits, LOGITS)
        assert "patient" not in d.table.names


def test_test_rows_and_unlabelled_rows_are_looked_up_too() -> None:
    part = slice(0, 100), slice(100, 130), slice(130, 160)
    rows = [X[p] for p in part]
    d = run(
        recorded(), rows[0], Y[part[0]], test=(rows[1], Y[part[1]]), unlabelled=rows[2], **QUICK
    )
    np.testing.assert_array_equal(d.held_out[1].logits, LOGITS[part[1]])
    assert [trial.technique for trial in d.course.trials] == ["30 unlabelled rows"]


PLAIN = ANSWERS.reset_index(drop=True)


@pytest.mark.parametrize(
    ("teacher", "options", "message"),
    [
        (recorded(), {"augment": "munge"}, "rows that are made. Got recorded answers and augment="),
        (
            recorded(),
            {"unlabelled": X[:3].set_axis(pd.Index(["a", "b", "c"], name="patient"))},
            r"a recorded answer for every row of unlabelled. Got none .* 3 of 3 rows \(ids 'a'",
        ),
        (
            recorded(),
            {"test": (X[:3].set_axis(pd.Index(["a", "b", "P004"], name="patient")), Y[:3])},
            r"a recorded answer for every row of test. Got none .* 2 of 3 rows \(ids 'a', 'b'\)",
        ),
        (PLAIN, {"test": (X[::-1], Y[::-1])}, r"answers with ids, for 'X', 'test' to be told apar"),
        (PLAIN, {"unlabelled": X[::-1]}, r"answers with ids, for 'X', 'unlabelled' to be told"),
        (
            as_teacher(X[["mean radius"]].assign(no=0.5, yes=2.5)),
            {},
            r"to hold answers only. Got 'mean radius', which X has too.*answers=\[...\]",
        ),
    ],
    ids=["made", "unlabelled", "test", "test by order", "unlabelled by order", "features"],
)
def test_rows_without_answers_are_refused_before_anything_is_fitted(
    teacher: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        run(teacher, X, Y, **options)


def test_recorded_numbers_are_distilled_as_a_regression() -> None:
    rows, y = load_diabetes(return_X_y=True, as_frame=True)
    model = RandomForestRegressor(10, random_state=0).fit(rows, y)
    said = pd.DataFrame({"said": model.predict(rows)}, index=rows.index)
    d = run(said, rows, y, **QUICK)
    assert d.task == "regression"
    np.testing.assert_array_equal(d.targets.values, model.predict(rows))
