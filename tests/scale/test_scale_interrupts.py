"""Rows in partitions: what interrupts leave, and answers that are kept in a store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import jupyter_distill as jd
from jupyter_distill.data._partitions_dask import DaskPartitions
from jupyter_distill.data.partitions import LocalPartitions
from jupyter_distill.distillation import InterruptedWarning, _learning_curve
from jupyter_distill.distillation._population import Population
from tests.scaled import (
    CLASSES,
    Diarist,
    N,
    in_five,
    logits,
    small,
)


@pytest.mark.parametrize("kind", ["files", "workers"])
def test_an_interrupt_keeps_the_partitions_that_were_answered(
    kind: str, folder: Path, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def three(keep: Any) -> Any:
        def until(*args: Any) -> Iterator[Any]:
            for i, one in enumerate(keep(*args)):
                if i == 3:
                    raise KeyboardInterrupt
                yield one

        return until

    for of in (LocalPartitions, DaskPartitions):
        monkeypatch.setattr(of, "keep", three(of.keep))
    X = folder if kind == "files" else in_five(folder)
    with pytest.warns(InterruptedWarning, match="3 of 5 partitions"):
        d = small(logits, X, "truth")
    assert d.sample is not None and d.sample.of == 3 * N / 5
    assert d.fidelity("all").rows == 3 * N / 5


def test_an_interrupt_within_a_partition_keeps_what_was_answered(frame: pd.DataFrame) -> None:
    asked = []

    def stopping(X: pd.DataFrame) -> np.ndarray:
        asked.append(len(X))
        if sum(asked) > 1_000:
            raise KeyboardInterrupt
        return logits(X)

    teacher = jd.as_teacher(stopping, classes=CLASSES, batch_size=100)
    X, y = frame.drop(columns="truth"), frame["truth"]
    with pytest.warns(InterruptedWarning, match="partitions"):
        d = small(teacher, X, y, sample=300)
    assert d.sample is not None and 400 < d.sample.of <= 1_000
    card = d.fidelity("all")
    assert card.rows == d.sample.of
    said = d.student.output(X).argmax(1) == logits(X).argmax(1)
    assert card.value == pytest.approx(said.mean(), abs=0.05)  # a fair part of all


@pytest.mark.parametrize("stage", ["curve", "census"])
def test_an_interrupt_of_a_later_stage_keeps_what_is_done(
    stage: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*args: Any, **options: Any) -> Any:
        raise KeyboardInterrupt

    if stage == "curve":
        from jupyter_distill.distillation import _ask_partitions

        monkeypatch.setattr(_ask_partitions, "START", 100)
        monkeypatch.setattr(_learning_curve, "score", stop)
    else:
        monkeypatch.setattr(Population, "census", stop)
    with pytest.warns(InterruptedWarning):
        d = small(logits, folder, "truth")
    monkeypatch.undo()
    assert d.notes and d.fidelity("all").rows == N


def test_a_census_that_fails_leaves_the_student(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> Any:
        raise OSError("the disk is gone")

    monkeypatch.setattr(Population, "census", fail)
    with pytest.warns(RuntimeWarning, match="the disk is gone"):
        d = small(logits, folder, "truth")
    assert "the disk is gone" in d.notes[0]
    with pytest.raises(OSError, match="the disk is gone"):
        d.fidelity()


@pytest.mark.parametrize("kind", ["files", "workers"])
def test_answers_are_kept_and_not_asked_again(
    kind: str, folder: Path, tmp_path: Path, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where the workers are not
    X = folder if kind == "files" else in_five(folder)
    diary = tmp_path / "diary"
    named = {"name": "one", "version": "1", "classes": CLASSES}
    first = small(jd.as_teacher(Diarist(diary), **named), X, "truth", store="answers")
    assert len(diary.read_text().split()) > 5 and (tmp_path / "answers").is_dir()
    diary.unlink()
    again = small(jd.as_teacher(Diarist(diary), **named), X, "truth", store="answers")
    assert not diary.exists()  # nothing was asked again
    assert again.explanation().to_dict() == first.explanation().to_dict()
    pd.testing.assert_frame_equal(first.fidelity().frame(), again.fidelity().frame())
