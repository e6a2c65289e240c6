"""Rows that need not fit into memory: partitions, samples, and figures on all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dask.dataframe as dd
import numpy as np
import pandas as pd
import pyarrow.dataset
import pytest

from jupyter_distill.distillation import Distillation, _learning_curve, _sample
from jupyter_distill.distillation._learning_curve import Left, Step
from tests.scaled import (
    CLASSES,
    Counted,
    N,
    in_five,
    logits,
    number,
    parquet,
    rows,
    small,
)


def expected_fidelity(d: Distillation, X: pd.DataFrame) -> float:
    """Fidelity on rows that were not learnt from, counted in one go."""
    learnt = np.zeros(len(X), bool)
    start, lengths = 0, {k.partition: k.known.n_rows for k in d.population.kept}
    for place in range(d.population.partitions.n):
        learnt[start + d.population.learnt.get(place, np.arange(0))] = True
        start += lengths[place]
    agree = logits(X).argmax(1) == d.student.output(X[list(d.table.names)]).argmax(1)
    return float(agree[~learnt].mean())


# --- all kinds of rows come to the same ---------------------------------------------------------


def test_files_a_dataset_and_a_dask_frame_come_to_the_same_to_the_bit(
    folder: Path, frame: pd.DataFrame, client: Any
) -> None:
    asked = {"sample": 1_000}
    files = small(logits, folder, "truth", **asked)
    others = {
        "text": small(logits, str(folder), "truth", **asked),
        "pattern": small(logits, folder / "[0-9].parquet", "truth", **asked),
        "list": small(logits, sorted(folder.glob("*.parquet")), "truth", **asked),
        "dataset": small(logits, pyarrow.dataset.dataset(folder), "truth", **asked),
        "workers": small(logits, in_five(folder), "truth", **asked),
    }
    X = in_five(folder)
    others["series"] = small(logits, X.drop(columns="truth"), X["truth"], **asked)
    with pytest.MonkeyPatch.context() as patch:
        import distributed

        patch.setattr(distributed, "default_client", _no_client)
        others["without a client"] = small(logits, in_five(folder), "truth", **asked)
    assert files.fidelity().rows > N / 2
    for name, other in others.items():
        assert other.explanation().to_dict() == files.explanation().to_dict(), name
        pd.testing.assert_frame_equal(other.fidelity().frame(), files.fidelity().frame())
    assert files.fidelity().value == pytest.approx(expected_fidelity(files, frame), abs=1e-12)


def test_what_was_learnt_from_is_known_by_its_place(folder: Path, frame: pd.DataFrame) -> None:
    d = small(logits, folder, "truth", sample=600)
    assert d.population is not None
    starts = np.cumsum([0, *(one.known.n_rows for one in d.population.kept)])
    learnt = [starts[k] + at for k, at in sorted(d.population.learnt.items())]
    rows_learnt = frame.iloc[np.concatenate(learnt)].drop(columns="truth")
    own = d.table.take(d.rows.learnt).native
    pd.testing.assert_frame_equal(
        rows_learnt.reset_index(drop=True), own.reset_index(drop=True), check_dtype=False
    )
    np.testing.assert_array_equal(d.targets.logits, logits(d.table.native))


def _no_client() -> Any:
    raise ValueError("no clients found")


def test_figures_on_all_rows_are_those_of_rows_in_memory(folder: Path, frame: pd.DataFrame) -> None:
    d = small(logits, folder, "truth")
    X, y = frame.drop(columns="truth"), frame["truth"].to_numpy()
    said, teacher = d.student.output(X), logits(X).argmax(1)
    card = d.fidelity("all")
    assert card.rows == N and "also those it learnt from" in card.describe()
    assert card.value == pytest.approx((said.argmax(1) == teacher).mean(), abs=1e-12)
    right = np.array(CLASSES)[teacher] == y
    assert card.teacher_accuracy.value == pytest.approx(right.mean(), abs=1e-12)
    for score, name in zip(card.per_class, CLASSES, strict=True):
        of = teacher == CLASSES.index(name)
        assert score.of_class == name and score.rows == of.sum()
        assert score.agreement.value == pytest.approx((said.argmax(1) == teacher)[of].mean())
        assert score.agreement.low <= score.agreement.value <= score.agreement.high
    named = [score.model for score in card.baselines]
    assert named == ["labels only", "most common class"]


def test_numbers_are_counted_as_well(tmp_path: Path) -> None:
    X = rows().drop(columns="truth")
    d = small(number, parquet(tmp_path, X), "number", task="regression")
    said, teacher = d.student.output(X.drop(columns="number")), number(X)
    card = d.fidelity("all")
    assert card.value == pytest.approx(1 - ((said - teacher) ** 2).mean() / teacher.var())
    assert card.overall.mae.value == pytest.approx(np.abs(said - teacher).mean())
    truth_rmse = np.sqrt(((said - X["number"]) ** 2).mean())
    assert card.overall.truth_rmse.value == pytest.approx(truth_rmse)
    assert card.of_teacher is not None and card.of_teacher.truth_r2.value > 0.9
    assert d.fidelity().rows < card.rows == N


def test_without_truth_and_without_categories_at_hand(tmp_path: Path, frame: pd.DataFrame) -> None:
    by_kind = frame.drop(columns="truth").sort_values("kind")  # no file holds all categories
    d = small(logits, parquet(tmp_path, by_kind))
    assert d.labels_only is None and d.fidelity().baselines[0].model == "most common class"
    assert d.table.columns[3].categories == ("x", "y", "z")


def test_another_rung_is_measured_on_all_rows_too(folder: Path, frame: pd.DataFrame) -> None:
    d = small(logits, folder, "truth", size="auto")
    other = d.ladder.select(size=2)
    assert other.fidelity().rows == d.fidelity().rows
    assert other.fidelity().value == pytest.approx(expected_fidelity(other, frame), abs=1e-12)


def test_the_teacher_is_sent_once_to_each_worker(folder: Path, tmp_path: Path, client: Any) -> None:
    diary = tmp_path / "diary"
    d = small(Counted(diary), in_five(folder), "truth")
    assert d.population is not None and d.population.partitions.n == 5
    brought = diary.read_text().split()
    workers = {str(pid) for pid in client.run(_pid).values()}
    assert sorted(brought) == sorted(workers)


def _pid() -> int:
    import os

    return os.getpid()


@pytest.mark.parametrize("kind", ["files", "hive", "dask", "memory"])
def test_rows_may_be_sorted_by_their_truth(
    kind: str, tmp_path: Path, frame: pd.DataFrame, client: Any
) -> None:
    by_truth = frame.sort_values("truth", ignore_index=True)
    X: Any = parquet(tmp_path / "files", by_truth)
    if kind == "hive":
        X = tmp_path / "hive"
        by_truth.to_parquet(X, partition_cols=["truth"])
    elif kind == "dask":
        X = dd.from_pandas(by_truth, npartitions=5)
    if kind == "memory":
        d = small(logits, by_truth.drop(columns="truth"), by_truth["truth"].tolist(), sample=600)
    else:
        d = small(logits, X, "truth", sample=600)
    said = logits(by_truth).argmax(1)
    right = (np.array(CLASSES)[said] == by_truth["truth"]).mean()
    assert d.fidelity("all").teacher_accuracy.value == pytest.approx(right, abs=1e-12)


def test_one_number_of_sorted_rows_asks_for_the_task(tmp_path: Path) -> None:
    by_number = rows().drop(columns="truth").sort_values("number", ignore_index=True)
    folder = parquet(tmp_path, by_number)
    with pytest.raises(ValueError, match="task='regression'"):
        small(number, folder, "number", temperature="auto", classes=None)
    X, y = by_number.drop(columns="number"), by_number["number"]
    d = small(number, X, y, temperature="auto", sample=600, classes=None)  # all of y is at hand
    assert d.task == "regression"


# --- the sample ---------------------------------------------------------------------------------


def test_a_sample_is_stratified_and_as_large_as_asked(folder: Path) -> None:
    d = small(logits, folder, "truth", sample=1_000)
    assert d.sample is not None and (d.sample.rows, d.sample.of) == (1_000, N)
    share = np.bincount(d.targets.predicted) / 1_000
    whole = d.population.counts.sum(0) / N
    np.testing.assert_allclose(share, whole, atol=1e-3)
    (found,) = [one for one in d.findings if one.code == "sampled"]
    assert "1,000 of 2,500 rows" in found.sentence


def test_rows_in_memory_are_sampled_only_if_asked(frame: pd.DataFrame) -> None:
    X, y = frame.drop(columns="truth"), frame["truth"]
    whole = small(logits, X, y)
    assert whole.sample is None and whole.population is None
    d = small(logits, X, y, sample=1_000)
    assert d.table.n_rows == 1_000 and d.fidelity().rows > N - 1_000
    assert d.fidelity("all").rows == N and whole.fidelity("all").rows == N
    assert small(logits, X, y, sample=N).sample is None  # these are all


def test_the_curve_ends_where_more_rows_gain_little(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_learning_curve, "START", 100)
    from jupyter_distill.distillation import _ask_partitions

    monkeypatch.setattr(_ask_partitions, "START", 100)
    d = small(logits, folder, "truth")
    assert d.sample is not None
    curve = d.sample.frame()
    assert curve["rows"].tolist()[:3] == [100, 200, 400]
    assert d.sample.rows <= N and len(d.rows.learnt) >= 0.79 * d.sample.rows
    short = small(logits, folder, "truth", size=1)
    assert short.sample.enough and short.sample.rows < N / 2  # one column is learnt from few rows
    monkeypatch.setattr(_sample, "MOST", 400)
    monkeypatch.setattr(_ask_partitions, "MOST", 400)
    monkeypatch.setattr(_learning_curve, "LEFT", -1.0)  # as if it climbed all the way
    capped = small(logits, folder, "truth", size=2)
    (found,) = [one for one in capped.findings if one.code == "sampled"]
    assert not capped.sample.enough and "sample=800" in found.remedy


def test_what_is_left_is_read_off_the_whole_curve() -> None:
    sizes = [1_000 * 2**k for k in range(5)]
    steps = [Step("tree", 8, n, 0.9 - 3 / n**0.5, 0.1 + 2 / n**0.5) for n in sizes]
    left = Left.after(steps)
    assert left.fidelity == pytest.approx(3 / sizes[-1] ** 0.5)
    assert left.loss == pytest.approx(2 / sizes[-1] ** 0.5)
