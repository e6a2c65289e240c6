"""The store: what a teacher has said is found again, and never taken for another's."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge

from jupyter_distill.targets._piece import Unreadable, read_piece, write_piece
from jupyter_distill.targets.asking import soft_targets
from jupyter_distill.targets.store import Store
from jupyter_distill.teachers import Raw, as_teacher

from .distilling import run
from .storing import ROWS, Counting, files, say, silent, teacher

X, Y = load_iris(return_X_y=True, as_frame=True)
FOREST = RandomForestClassifier(20, random_state=0).fit(X, Y)


# --- kept and found again ----------------------------------------------------------------------


def test_what_was_answered_is_not_asked_again(store: Store) -> None:
    ask = Counting()
    query = store.query(teacher(ask), ROWS, batch_size=30).finish()
    np.testing.assert_array_equal(query.logits(), say(ROWS))
    assert ask.asked == [30] * 13 + [10]
    again = store.query(teacher(silent), ROWS)
    assert again.complete and again.n_done == 400
    np.testing.assert_array_equal(again.finish().logits(), say(ROWS))
    np.testing.assert_array_equal(
        Store(str(store.path)).query(teacher(silent), ROWS).rows, range(400)
    )


@pytest.mark.parametrize("order", [None, 0, 1])
@pytest.mark.parametrize("then", [7, 400, None])
def test_asking_goes_on_where_it_stopped(store: Store, order: int | None, then: Any) -> None:
    first = store.query(teacher(), ROWS, batch_size=32, order=order)
    for number, _ in enumerate(first):
        if number == 3:
            break
    assert first.n_done in (112, 128)  # with the last batch, or without
    seen: list[tuple[int, int]] = []
    ask = Counting()
    query = store.query(
        teacher(ask), ROWS, batch_size=then, order=5, progress=lambda *done: seen.append(done)
    )
    assert query.n_done == first.n_done
    np.testing.assert_array_equal(query.rows, first.rows)
    np.testing.assert_array_equal(query.logits(), say(ROWS)[first.rows])
    np.testing.assert_array_equal(query.finish().logits(), say(ROWS))
    assert sum(ask.asked) == 400 - first.n_done and seen[-1] == (400, 400)


@pytest.mark.parametrize(
    "model",
    [
        FOREST,
        LogisticRegression(max_iter=500).fit(X, Y),
        HistGradientBoostingClassifier(max_iter=5).fit(X, Y),
        torch.nn.Sequential(torch.nn.Linear(4, 3)).double(),
        torch.nn.Linear(4, 3).bfloat16(),
        lambda X: np.float32(X.to_numpy()[:, :3]),
        lambda X: pd.DataFrame(X.to_numpy()[:, :2], columns=["no", "yes"]),
        lambda X: (X.to_numpy()[:, 0] * 10).astype(int).reshape(-1, 1),
    ],
    ids=["forest", "margins", "boosted", "network", "bfloat16", "float32", "named", "whole"],
)
def test_answers_come_back_exactly_as_they_were(model: Any, store: Store) -> None:
    one, other, third = (as_teacher(model, version="v") for _ in range(3))
    plain = one.query(X, batch_size=40).finish()
    kept = store.query(other, X, batch_size=40).finish()
    found = store.query(third, X)
    assert found.complete
    try:
        expected = plain.logits()
    except ValueError as error:
        with pytest.raises(ValueError) as caught:
            found.logits()
        assert str(caught.value) == str(error)
        return
    np.testing.assert_array_equal(kept.logits(), expected)
    np.testing.assert_array_equal(found.logits(), expected)
    assert third.kind == one.kind and third.n_classes == one.n_classes
    assert (third.classes is None) == (one.classes is None)
    if one.classes is not None:
        assert third.classes is not None and third.classes.tolist() == one.classes.tolist()


def test_numbers_of_a_regression_are_kept_too(store: Store) -> None:
    D, t = load_diabetes(return_X_y=True)
    model = Ridge().fit(D, t)
    store.query(as_teacher(model), D).finish()
    found = store.query(as_teacher(model), D)
    assert found.complete
    np.testing.assert_array_equal(found.predictions(), model.predict(D))


def test_rows_that_begin_with_known_ones_are_asked_for_the_others_alone(store: Store) -> None:
    for n, news in ((100, 100), (250, 150), (400, 150)):
        ask = Counting()
        query = store.query(teacher(ask), ROWS[:n], batch_size=50).finish()
        np.testing.assert_array_equal(query.logits(), say(ROWS[:n]))
        assert sum(ask.asked) == news
    # each set is whole by itself
    for folder in store.frame()["folder"][:-1]:
        shutil.rmtree(store.path / folder)
    assert store.query(teacher(silent), ROWS).complete
    # two beginnings that each know a part
    half = store.query(teacher(), ROWS[:60] + 1, batch_size=20)
    next(iter(half))
    other = store.query(teacher(), ROWS[:80] + 1, batch_size=20, order=3)
    next(iter(other))
    both = store.query(teacher(), ROWS + 1)
    assert both.n_done == len(set(half.rows) | set(other.rows) | set(range(20))) >= 20


def test_two_who_ask_the_same_at_a_time_do_not_harm_each_other(store: Store) -> None:
    one = store.query(teacher(), ROWS, batch_size=20, order=0)
    other = Store(store.path).query(teacher(), ROWS, batch_size=30, order=1)
    for _ in zip(one, other, strict=False):
        pass
    np.testing.assert_array_equal(one.finish().logits(), say(ROWS))
    np.testing.assert_array_equal(other.finish().logits(), say(ROWS))
    assert len(files(store)) == 20 + 14 and store.frame()["rows"].tolist() == [400]
    both = store.query(teacher(silent), ROWS)
    np.testing.assert_array_equal(both.rows, range(400))
    np.testing.assert_array_equal(both.finish().logits(), say(ROWS))


def test_the_same_rows_in_another_frame_are_known(store: Store) -> None:
    store.query(as_teacher(FOREST), X).finish()
    moved = X.set_axis(np.arange(150) + 7, axis=0)
    assert store.query(as_teacher(FOREST), moved).complete
    assert store.query(as_teacher(FOREST), pl.from_pandas(X)).complete


# --- never another's ---------------------------------------------------------------------------


def test_other_rows_are_other_rows(store: Store) -> None:
    store.query(as_teacher(FOREST), X).finish()
    first = X.iloc[0, 0]
    for other in (
        *(X.iloc[::-1], X.iloc[:149], X.iloc[1:], X.astype(np.float32)),
        *(X.to_numpy(), X.where(X != first, first + 1e-9)),
    ):
        assert store.query(as_teacher(FOREST), other).n_done == 0


def test_another_teacher_is_another_teacher(store: Store) -> None:
    store.query(as_teacher(FOREST), X).finish()
    refitted = RandomForestClassifier(20, random_state=1).fit(X, Y)
    assert store.query(as_teacher(refitted), X).n_done == 0
    assert store.query(as_teacher(FOREST, preprocess=lambda X: X * 1), X).n_done == 0
    assert store.query(as_teacher(FOREST, version="2"), X).n_done == 0
    assert store.query(as_teacher(FOREST, name="another name"), X).complete  # the same by any name
    network = torch.nn.Linear(4, 3)
    store.query(as_teacher(network), X).finish()
    assert store.query(as_teacher(network), X).complete
    with torch.no_grad():
        network.weight += 1e-3
    assert store.query(as_teacher(network), X).n_done == 0


def test_another_way_of_asking_the_same_model_is_another_answer(store: Store) -> None:
    model = HistGradientBoostingClassifier(max_iter=5).fit(X, Y)
    margins = store.query(as_teacher(model, output="logits"), X).finish().logits()
    query = store.query(as_teacher(model, output="probabilities"), X)
    assert query.n_done == 0
    assert query.finish().logits().max() <= 0
    assert margins.max() > 0
    assert len(store.frame()) == 2


def test_a_teacher_that_cannot_be_hashed_says_what_to_do(store: Store) -> None:
    feed = (i for i in range(3))

    def ask(X: Any) -> Any:
        assert feed is not None
        return say(X)

    with pytest.raises(ValueError, match="function to be hashed.*Say what state.*version='...'"):
        store.query(as_teacher(ask, name="function"), ROWS)
    with pytest.raises(ValueError, match="to be hashed"):
        run(ask, ROWS, store=store)
    assert not store.path.exists()
    store.query(as_teacher(ask, version="2026-01-31"), ROWS).finish()


def test_a_model_of_the_same_version_with_other_classes_is_refused(store: Store) -> None:
    next(iter(store.query(teacher(), ROWS, batch_size=50)))
    two = store.query(teacher(lambda X: say(X)[:, :2]), ROWS, batch_size=50)
    with pytest.raises(ValueError, match="same classes. Got 3 columns in the batch from row 0, 2"):
        two.finish()
    assert store.frame()["rows"].tolist() == [50]


# --- open --------------------------------------------------------------------------------------


def test_a_store_is_read_by_anybody(store: Store) -> None:
    soft_targets(FOREST, X, Y, store=store, batch_size=40, progress=False)
    assert not list(store.path.glob("*/.*"))
    (folder,) = store.path.iterdir()
    table = pd.read_parquet(folder).sort_values("row", ignore_index=True)
    assert table.columns.tolist() == ["row", "answer_0", "answer_1", "answer_2"]
    assert table.dtypes.astype(str).tolist() == ["int64", "float64", "float64", "float64"]
    np.testing.assert_array_equal(table["row"], range(150))
    np.testing.assert_array_equal(table.iloc[:, 1:], FOREST.predict_proba(X))
    assert pl.read_parquet(folder / "*.parquet").shape == (150, 4)
    about = json.loads((folder / "_about.json").read_text())
    assert about["teacher"] == "RandomForestClassifier" and about["kind"] == "probabilities"
    assert about["classes"] == [0, 1, 2] and about["rows"] == 150 and about["format"] == 1
    assert about["columns"] == X.columns.tolist() and about["task"] == "classification"
    assert about["of"]["teacher"] == as_teacher(FOREST).fingerprint
    assert set(about["versions"]) == {"jupyter_distill", "numpy", "pyarrow"}


def test_what_only_the_answers_told_is_written_down_too(store: Store) -> None:
    network = torch.nn.Linear(4, 3)
    truth = np.array(["a", "b", "c"])[as_teacher(network).logits(X).argmax(axis=1)]
    truth[:3] = ["a", "b", "c"]
    soft_targets(network, X, truth, store=store, progress=False)
    (line,) = store.frame().to_dict("records")
    assert (line["kind"], line["classes"], line["task"]) == (
        "logits",
        ["a", "b", "c"],
        "classification",
    )


def test_a_store_says_what_is_in_it(store: Store) -> None:
    assert "0 sets of rows, 0 bytes" in repr(store)
    assert store.frame().empty
    store.query(as_teacher(FOREST), X).finish()
    next(iter(store.query(teacher(), ROWS, batch_size=100)))
    text = store.describe()
    assert text == repr(store) and len(text.splitlines()) == 3
    assert "2 sets of rows" in text
    forest, counting = text.splitlines()[1:]
    assert forest.startswith(f"RandomForestClassifier ({as_teacher(FOREST).fingerprint[:8]}): ")
    assert "150 of 150 rows" in forest and "kB" in forest
    assert counting.startswith("counting (") and "100 of 400 rows, 1 file," in counting
    frame = store.frame()
    assert frame["bytes"].sum() == sum(p.stat().st_size for p in store.path.glob("*/*"))
    assert frame["changed"].is_monotonic_increasing


@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=20, unique=True).map(sorted),
    st.data(),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_gives_back_what_was_written_or_nothing(
    tmp_path: Path, places: list[int], draw: st.DataObject
) -> None:
    numbers = st.floats(allow_nan=False, allow_infinity=False)
    values = np.array(
        draw.draw(
            st.lists(
                st.lists(numbers, min_size=3, max_size=3),
                min_size=len(places),
                max_size=len(places),
            )
        )
    )
    names = draw.draw(st.sampled_from([None, ("a", "b", "c"), (1, 2, 3), (0.5, "x", True)]))
    of = {"teacher": "t", "asks": "", "rows": "r"}
    path = write_piece(tmp_path, np.array(places), Raw(values, names, 0.01), of)
    found, answer, whose = read_piece(path)
    np.testing.assert_array_equal(found, places)
    assert answer.values.tobytes() == values.tobytes()
    assert answer.names == names and answer.tolerance == 0.01
    assert whose == of | {"format": 1}
    data = bytearray(path.read_bytes())
    at = draw.draw(st.integers(0, len(data) - 1))
    data[at] ^= draw.draw(st.integers(1, 255))
    path.write_bytes(data)
    with pytest.raises(Unreadable):
        read_piece(path)


def test_names_of_classes_that_no_file_can_hold_are_refused(store: Store) -> None:
    def ask(X: Any) -> Any:
        return pd.DataFrame(say(X)[:, :2], columns=[pd.Timestamp("2020"), pd.Timestamp("2021")])

    with pytest.raises(TypeError, match="columns are named by text or numbers.*Timestamp"):
        store.query(teacher(ask), ROWS).finish()
