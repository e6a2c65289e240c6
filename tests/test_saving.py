"""A distillation that was saved is the same when it is loaded, to the bit, without the teacher."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, ForwardRef

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

import jupyter_distill as jd
from jupyter_distill.distillation import Distillation
from jupyter_distill.distillation._parts import Scores
from jupyter_distill.exports import report as reports
from jupyter_distill.saving._parts import Read, Written
from jupyter_distill.saving._targets import targets_from_plain, targets_to_plain
from jupyter_distill.saving._typed import hints
from jupyter_distill.targets import SoftTargets
from tests import small
from tests.saved import CLASSES, FAMILIES, again, distilled, frame, names, numbers

CASES = [(family, task) for task in ("classification", "regression") for family in FAMILIES]


def same(one: Distillation, other: Distillation) -> None:
    """Assert that two say and show the same, to the bit."""
    for ours, theirs in zip(one.ladder, other.ladder, strict=True):
        assert ours.student.get_params()["size"] == theirs.student.get_params()["size"]
        np.testing.assert_array_equal(
            ours.student.output(one.table), theirs.student.output(other.table)
        )
        assert ours.measures() == pytest.approx(theirs.measures(), abs=0, nan_ok=True)
    for name in ("temperature_path", "alpha_path", "techniques", "stages"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)
    pd.testing.assert_frame_equal(one.ladder.frame(), other.ladder.frame(), check_exact=True)
    pd.testing.assert_frame_equal(
        one.fidelity().frame(), other.fidelity().frame(), check_exact=True
    )
    assert one.explanation().to_dict() == other.explanation().to_dict()
    assert repr(one.constraints_report()) == repr(other.constraints_report())
    assert repr(one) == repr(other)
    assert one.findings == other.findings
    for ours, theirs in zip(one.findings, other.findings, strict=True):
        pd.testing.assert_frame_equal(ours.table, theirs.table)


def text_of(d: Distillation) -> str:
    """A report, without the minute in which it was made."""
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "", reports.compose(d))


@pytest.mark.parametrize(("family", "task"), CASES)
def test_every_family_comes_back_to_the_bit(family: str, task: str, tmp_path: Path) -> None:
    d = distilled(family, task, n=100, size=2)
    back = again(d, tmp_path)
    same(d, back)
    X = frame(50, seed=3)
    np.testing.assert_array_equal(d.student.predict(X), back.student.predict(X))
    assert text_of(d) == text_of(back)
    first = (tmp_path / "d.distill").read_bytes()
    assert back.save(tmp_path / "again.distill").read_bytes() == first


@pytest.fixture(scope="module")
def tree() -> Distillation:
    return distilled("tree", "classification", n=120, size=4)


@pytest.fixture(scope="module")
def loaded(tree: Distillation, tmp_path_factory: pytest.TempPathFactory) -> Distillation:
    return again(tree, tmp_path_factory.mktemp("saved"))


def test_rows_come_back_as_their_owner_wrote_them(tree: Distillation, loaded: Distillation) -> None:
    pd.testing.assert_frame_equal(tree.table.native, loaded.table.native)
    assert loaded.table.columns == tree.table.columns
    pd.testing.assert_frame_equal(tree.disagreements(), loaded.disagreements())
    assert loaded.targets.classes.tolist() == CLASSES


def test_what_is_fitted_again_is_the_same(tree: Distillation, loaded: Distillation) -> None:
    pd.testing.assert_frame_equal(
        tree.at(temperature=2.0).ladder.frame(), loaded.at(temperature=2.0).ladder.frame()
    )
    size = tree.ladder[0].size
    assert repr(tree.at(size=size)) == repr(loaded.at(size=size))
    ours, theirs = (d.stability(3, progress=False, n_jobs=1) for d in (tree, loaded))
    assert repr(ours) == repr(theirs)


def test_a_loaded_one_shows_its_views(loaded: Distillation, tmp_path: Path) -> None:
    assert "text/html" in loaded._repr_mimebundle_()[0]
    assert loaded.view() is not None
    assert jd.TreeView(loaded) is not None
    assert loaded.report(tmp_path / "report.html").stat().st_size > 1000


def test_the_teacher_is_named_and_refuses_to_be_asked(loaded: Distillation) -> None:
    teacher = loaded.teacher
    assert (teacher.name, teacher.kind, teacher.classes.tolist()) == ("names", "logits", CLASSES)
    assert not teacher.answers_new_rows
    for ask in (teacher.predict, teacher.logits, teacher.predict_proba, teacher.predictions):
        with pytest.raises(
            ValueError, match=r"names to be asked .*jd\.load\(path, teacher=model\)"
        ):
            ask(frame(3))


@pytest.mark.parametrize(
    "classes",
    [["b", "a"], [3, 1], [True, False], [0.5, 1.5], np.array([2, 7], dtype=np.int8)],
    ids=["text", "int", "bool", "float", "int8"],
)
def test_labels_keep_their_type(classes: Any, tmp_path: Path) -> None:
    X = frame(60)
    y = np.asarray(classes)[(X.income > 0).astype(int)]
    d = jd.distill(
        lambda rows: np.column_stack([-rows["income"], rows["income"]]),
        *(X, y),
        **{"classes": classes, "student": "linear", "augment": None, "temperature": 1.0},
        size=1,
        progress=False,
    )
    back = again(d, tmp_path)
    wanted = d.targets.classes
    for found in (back.targets.classes, back.student.classes_):
        assert found.dtype == wanted.dtype
        assert found.tolist() == wanted.tolist()
    assert [type(one) for one in back.student.predict(X)[:2].tolist()] == [
        type(one) for one in wanted.tolist()
    ]


@pytest.mark.parametrize("kind", ["polars", "pyarrow", "numpy", "float32", "objects"])
def test_frames_of_every_kind(kind: str, tmp_path: Path) -> None:
    X = frame(60).drop(columns="owner").reset_index(drop=True)
    X["size"] = X["size"].astype(str)
    make: dict[str, Any] = {
        "polars": lambda: pl.from_pandas(X).with_columns(pl.col("job").cast(pl.Categorical)),
        "pyarrow": lambda: pa.Table.from_pandas(X),
        "numpy": lambda: np.asfortranarray(X[["income", "debt"]].to_numpy()),
        "float32": lambda: X[["income", "debt"]].to_numpy(np.float32),
        "objects": lambda: X.to_numpy(dtype=object),
    }
    rows, z = make[kind](), 2 * X.income.to_numpy()
    d = jd.distill(
        lambda at: np.column_stack([-z[at], z[at]]),
        *(rows, (z > 0).astype(int)),
        teacher_inputs=np.arange(60),
        **{"student": "tree", "augment": None, "temperature": 1.0, "size": 2, "progress": False},
        quality="greedy",
    )
    back = again(d, tmp_path)
    assert type(back.table.native) is type(rows)
    same(d, back)
    found, wanted = back.disagreements(), d.disagreements()
    assert type(found) is type(wanted)
    assert back.inputs_given


def test_techniques_and_assistants_come_back(tmp_path: Path) -> None:
    more = frame(30, seed=5)
    d = distilled(
        "linear",
        "classification",
        n=80,
        augment="auto",
        alpha="auto",
        assistant="linear",
        unlabelled=more,
    )
    back = again(d, tmp_path)
    same(d, back)
    assert back.course.teaching.unlabelled == d.course.teaching.unlabelled
    at = d.at(temperature=2.0), back.at(temperature=2.0)
    pd.testing.assert_frame_equal(at[0].ladder.frame(), at[1].ladder.frame())


def test_an_assistant_of_another_library_is_kept_by_its_answers(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 2))
    y = (X[:, 0] > 0).astype(int)
    teacher = LogisticRegression().fit(X, y)
    d = jd.distill(
        teacher,
        *(X, y),
        student="linear",
        assistant=RandomForestClassifier(5, random_state=0),
        **{"augment": None, "temperature": 1.0, "size": 1, "progress": False},
    )
    back = again(d, tmp_path)
    pd.testing.assert_frame_equal(d.stages, back.stages)
    (assistant,) = back.course.chain
    assert "not saved" in repr(assistant.model)
    with pytest.raises(RuntimeError, match="held-out rows, of which the answers"):
        assistant.output(back.table)


def test_a_teacher_is_given_back_if_it_is_the_one(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 2))
    y = (X[:, 0] > 0).astype(int)
    teacher = LogisticRegression().fit(X, y)
    options = {"augment": None, "temperature": 1.0, "size": 1, "progress": False}
    d = jd.distill(teacher, X, y, student="linear", **options)
    file = d.save(tmp_path / "d.distill")
    back = jd.load(file, teacher=teacher)
    np.testing.assert_array_equal(back.teacher.logits(X), d.teacher.logits(X))
    assert back.teacher.kind == d.teacher.kind
    with pytest.raises(ValueError, match="says something else of the same rows"):
        jd.load(file, teacher=LogisticRegression().fit(X, X[:, 1] > 0))
    # a function is not asked, as asking may cost: it is known by what it is
    other = distilled("linear", "classification", n=60, size=1).save(tmp_path / "f.distill")
    assert jd.load(other, teacher=names).teacher.name == "names"
    with pytest.raises(ValueError, match="has another fingerprint"):
        jd.load(other, teacher=lambda X: names(X) + 1)
    with pytest.raises(ValueError, match="a teacher for classification"):
        jd.load(other, teacher=jd.as_teacher(numbers, task="regression"))


def test_a_sample_and_its_census_come_back(tmp_path: Path) -> None:
    X = frame(300)
    folder = tmp_path / "rows"
    folder.mkdir()
    y = np.array(CLASSES)[names(X).argmax(1)]
    for k in range(3):
        part = X.assign(y=y).iloc[k * 100 : (k + 1) * 100]
        part.to_parquet(folder / f"{k}.parquet")
    d = jd.distill(
        names,
        *(folder, "y"),
        **{"classes": CLASSES, "student": "tree", "augment": None, "temperature": 1.0},
        **{"size": 3, "sample": 120, "progress": False, "random_state": 0, "quality": "greedy"},
    )
    back = again(d, tmp_path)
    assert d.population is not None
    assert back.sample == d.sample
    pd.testing.assert_frame_equal(back.fidelity().frame(), d.fidelity().frame())
    assert repr(back) == repr(d)
    with pytest.raises(ValueError, match="the sample is in its file, the partitions are not"):
        back.at(size=2).fidelity()


def test_loading_a_net_needs_no_torch(tmp_path: Path) -> None:
    d = distilled("net", "regression", n=60, size=1)
    file = d.save(tmp_path / "d.distill")
    code = (
        f"import sys, jupyter_distill as jd; d = jd.load({str(file)!r}); "
        "d.student.predict(d.table.native), repr(d); print('torch' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def test_what_was_measured_on_many_rows_comes_back(tmp_path: Path) -> None:
    d = small.distilled(*small.people(2_500), size=4, temperature=(1.0, 2.0), augment=None)
    loaded = jd.load(d.save(tmp_path / "many.distill"))
    assert loaded.headline == d.headline
    kept = [one for one in hints(Scores).values() if isinstance(one, ForwardRef)]
    assert kept == []


@pytest.mark.parametrize("of", [[0, 1, 1, 0], [-1, -1, -1, -1]], ids=["known", "unknown"])
def test_places_of_32_bits_are_saved_as_any_others(of: list[int]) -> None:
    """As in a browser, whose file is loaded at home."""
    targets = SoftTargets(np.zeros((4, 2)), np.array(["bad", "good"]), np.array([0, 1, 1, 0]))
    object.__setattr__(targets, "labels", np.array(of, dtype=np.int32))
    parts = Written()
    plain = targets_to_plain("targets", targets, parts)
    back = targets_from_plain(plain, "targets", Read(parts.members), "classification")
    assert back.labels.tolist() == of and back.labels.dtype == np.intp
