"""Rows in partitions that cannot be distilled: each named, before its partition is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest

import jupyter_distill as jd
from tests.scaled import (
    CLASSES,
    Diarist,
    FailsAtThird,
    N,
    in_five,
    logits,
    parquet,
    rows,
    small,
)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"y": "trut"}, "y to name a column of X"),
        ({"y": np.zeros(N)}, "y to be the name of a column"),
        ({"y": "truth", "teacher_inputs": np.zeros(N)}, "as_teacher.model, preprocess="),
        ({"y": "truth", "unlabelled": pd.DataFrame({"a": [1.0]})}, "no unlabelled="),
        ({"y": "truth", "sample": 3}, "sample"),
        ({"y": "truth", "sample": "all"}, "sample"),
    ],
)
def test_what_does_not_go_with_files_is_named(
    folder: Path, options: dict[str, Any], says: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        small(logits, folder, **options)


def test_folders_that_are_none_are_named(tmp_path: Path, frame: pd.DataFrame) -> None:
    with pytest.raises(FileNotFoundError, match="not there"):
        small(logits, tmp_path / "nowhere")
    with pytest.raises(ValueError, match="with none"):
        small(logits, tmp_path)
    (tmp_path / "a.parquet").write_bytes(b"no such thing")
    with pytest.raises(ValueError, match="a.parquet"):
        small(logits, tmp_path)
    with pytest.raises(FileNotFoundError, match="none-.*which is not there"):
        small(logits, tmp_path / "none-*.parquet", "truth")
    folder = parquet(tmp_path / "other", frame)
    frame.drop(columns="kind").to_parquet(folder / "9.parquet")
    with pytest.raises(ValueError, match="no column 'kind' in .*9.parquet"):
        small(logits, folder, "truth")
    frame.iloc[:0].to_parquet(tmp_path / "b.parquet")
    with pytest.raises(ValueError, match="at least one row"):
        small(logits, tmp_path / "b.parquet", "truth")


def test_a_damaged_file_says_which(tmp_path: Path, frame: pd.DataFrame) -> None:
    folder = parquet(tmp_path, frame)
    data = bytearray((folder / "3.parquet").read_bytes())
    footer = int.from_bytes(data[-8:-4], "little") + 8
    data[4:-footer] = bytes(len(data) - footer - 4)
    (folder / "3.parquet").write_bytes(data)
    with pytest.raises(ValueError, match="3.parquet"):
        small(logits, folder, "truth")


def test_a_teacher_that_fails_says_in_which_partition(folder: Path, client: Any) -> None:
    for X in (folder, in_five(folder)):
        with pytest.raises(RuntimeError, match="out of ideas") as caught:
            small(tired, X, "truth")
        assert "partition 2 of 5" in caught.value.__notes__[0]


def tired(X: pd.DataFrame) -> np.ndarray:
    if (X["a"] == _MARK).any():
        raise RuntimeError("out of ideas")
    return logits(X)


_MARK = rows()["a"].iloc[2 * N // 5 + 7]


def test_missing_labels_and_other_classes_are_refused(tmp_path: Path, frame: pd.DataFrame) -> None:
    gaps = frame.assign(truth=frame["truth"].where(np.arange(N) != N - 1))
    with pytest.raises(ValueError, match="1 missing labels"):
        small(logits, parquet(tmp_path / "gaps", gaps), "truth")
    other = frame.assign(truth=frame["truth"].where(np.arange(N) != N - 1, "else"))
    with pytest.raises(ValueError, match="else"):
        small(logits, parquet(tmp_path / "other", other), "truth")


def test_what_cannot_be_learnt_from_is_refused_before_its_partition_is_asked(
    tmp_path: Path, frame: pd.DataFrame
) -> None:
    at_end = np.arange(N) == N - 1
    for i, spoilt in enumerate(
        (
            frame.assign(truth=frame["truth"].where(~at_end, "else")),
            frame.assign(truth=frame["truth"].where(~at_end)),
            frame.assign(a=frame["a"].where(~at_end, np.inf)),
        )
    ):
        diary = tmp_path / f"diary{i}"
        teacher = jd.as_teacher(Diarist(diary), classes=CLASSES)
        with pytest.raises(ValueError, match="else|missing labels|infinity"):
            small(teacher, parquet(tmp_path / str(i), spoilt, files=1), "truth", sample=100)
        assert sum(map(int, diary.read_text().split())) <= 256 + 16  # the first rows


def test_files_of_other_types_are_named_or_widened(tmp_path: Path, frame: pd.DataFrame) -> None:
    whole = frame.assign(n=np.arange(N), flag=frame["a"] > 0)
    folder = parquet(tmp_path / "wide", whole)
    whole.iloc[:50].assign(n=0.5).to_parquet(folder / "9.parquet")
    d = small(logits, folder, "truth")
    assert d.fidelity("all").rows == N + 50
    assert 0.5 in set(d.table.native["n"])
    for name, other in (("n", "many"), ("flag", 2)):
        folder = parquet(tmp_path / name, whole)
        whole.iloc[:50].assign(**{name: other}).to_parquet(folder / "9.parquet")
        with pytest.raises(TypeError, match=f"column '{name}' to be of one type .*9.parquet"):
            small(logits, folder, "truth")


def test_recorded_answers_need_ids_and_the_owners_teacher_stays_as_it_was(
    folder: Path, frame: pd.DataFrame
) -> None:
    X, y = frame.drop(columns="truth"), frame["truth"]
    answers = pd.DataFrame(logits(X), columns=CLASSES)
    with pytest.raises(ValueError, match="answers with ids"):
        small(jd.as_teacher(answers), X, y, sample=600)
    teacher = jd.as_teacher(logits, task="classification")
    small(teacher, folder, "truth", sample=600, classes=None)
    assert teacher.classes is None


def test_an_onnx_model_is_sent_to_workers(tmp_path: Path, client: Any) -> None:
    from skl2onnx import to_onnx
    from sklearn.linear_model import LogisticRegression

    data = rows()[["a", "b", "truth"]]
    X = data[["a", "b"]].to_numpy(np.float32)
    model = LogisticRegression().fit(X, data["truth"])
    path = tmp_path / "model.onnx"
    path.write_bytes(to_onnx(model, X[:1], options={"zipmap": False}).SerializeToString())
    d = small(jd.as_teacher(path), dd.from_pandas(data.astype({"a": "f4", "b": "f4"}), 3), "truth")
    assert d.fidelity("all").rows == N
    assert d.teacher.classes.tolist() == model.classes_.tolist()


def test_a_cluster_stops_to_ask_where_the_teacher_fails(tmp_path: Path, client: Any) -> None:
    import time

    frame = rows()[["a", "b", "kind"]]
    diary = tmp_path / "diary"
    with pytest.raises(RuntimeError, match="no more"):
        small(FailsAtThird(diary), dd.from_pandas(frame, npartitions=25), classes=CLASSES)
    time.sleep(1)
    before = len(diary.read_text().split())
    time.sleep(2)
    assert len(diary.read_text().split()) == before < 60


def test_series_of_other_partitions_are_refused(frame: pd.DataFrame) -> None:
    X = dd.from_pandas(frame.drop(columns="truth"), npartitions=4)
    with pytest.raises(ValueError, match="4 partitions"):
        small(logits, X, dd.from_pandas(frame["truth"], npartitions=2))
    with pytest.raises(TypeError, match="name of one of its columns"):
        small(logits, X, frame["truth"].to_numpy())


def test_lazy_polars_frames_say_what_to_do(frame: pd.DataFrame) -> None:
    import polars as pl

    with pytest.raises(TypeError, match="sink_parquet"):
        small(logits, pl.from_pandas(frame).lazy(), "truth")


def test_what_wants_rows_in_memory_says_so(folder: Path) -> None:
    for X in (str(folder), in_five(folder)):
        with pytest.raises(TypeError, match="rows in memory"):
            jd.soft_targets(logits, X)
        with pytest.raises(TypeError, match="rows that are not in memory"):
            jd.check_teacher(logits, X, classes=CLASSES)
