"""distill(): what is kept when a person interrupts it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_distill.distillation import InterruptedWarning
from jupyter_distill.students.tree import TreeStudent

from .distilling import data, run, smooth

# --- interrupted -------------------------------------------------------------------------------


class Tiring:
    """A teacher that a person interrupts at its n-th question."""

    def __init__(self, at: int) -> None:
        self.at, self.asked = at, 0

    def __call__(self, rows: Any) -> np.ndarray:
        self.asked += 1
        if self.asked == self.at:
            raise KeyboardInterrupt
        return smooth(rows)


@pytest.mark.parametrize("seed", [0, None])
def test_an_interrupt_keeps_the_rows_that_were_answered(seed: int | None) -> None:
    X, y = data(2_000)
    X = X[np.argsort(X[:, 0])]
    frame = pd.DataFrame(X, index=[f"row {i}" for i in range(2_000)])
    asked: dict[str, Any] = {"batch_size": 50, "size": 4, "temperature": 1.0}
    with pytest.warns(InterruptedWarning, match="Interrupted: the teacher answered 600 of 2000"):
        d = (
            run(lambda rows: tiring(rows.to_numpy()), frame, **asked, random_state=seed)
            if (tiring := Tiring(13))
            else None
        )
    assert d.table.n_rows == d.targets.n_rows == 600
    assert any("600 of 2000 rows, spread over the data" in note for note in d.notes)
    assert "Interrupted" in repr(d)
    # the answers are beside their own rows, and these come from all over the data
    np.testing.assert_allclose(d.targets.logits, smooth(d.table.values))
    places = [int(name.removeprefix("row ")) for name in d.table.native.index]
    assert places == sorted(places) and max(places) > 900
    assert tiring.asked == 13


def test_an_interrupt_on_the_third_batch_keeps_two_with_their_labels() -> None:
    X, _ = data()
    y = (X[:, 2] > 0).astype(int)
    with pytest.warns(InterruptedWarning, match="200 of 400 rows"):
        d = run(Tiring(3), X, y, batch_size=100, classes=[0, 1], temperature=1.0)
    np.testing.assert_array_equal(d.targets.labels, d.table.values[:, 2] > 0)
    assert len(d.rows.learnt) + len(d.rows.held_out) == 200


def test_an_interrupt_among_the_test_rows_keeps_those_that_were_answered() -> None:
    X, y = data()
    X_test, y_test = data(300, seed=1)
    with pytest.warns(InterruptedWarning, match="200 of 300 rows"):
        d = run(Tiring(7), X, y, test=(X_test, y_test), batch_size=100, temperature=1.0)
    assert len(d.rows.learnt) == 400
    np.testing.assert_array_equal(d.rows.held_out, np.arange(400, 600))
    np.testing.assert_allclose(d.targets.logits, smooth(d.table.values))


def test_an_interrupt_with_hardly_an_answer_stops() -> None:
    X, y = data()
    with pytest.raises(KeyboardInterrupt):
        run(Tiring(3), X, y, batch_size=20)
    with pytest.raises(KeyboardInterrupt):
        run(Tiring(1), X, y)


def interrupted_fit(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    sweep, sweeps = TreeStudent.sweep, iter(range(1, 1_000))

    def tiring(self: TreeStudent, *args: Any) -> Any:
        if next(sweeps) == at:
            raise KeyboardInterrupt
        return sweep(self.set_params(quality="greedy"), *args)

    monkeypatch.setattr(TreeStudent, "sweep", tiring)


def test_an_interrupt_of_the_calibration_keeps_what_was_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    X, y = data(3_000)
    interrupted_fit(monkeypatch, at=4)
    with pytest.warns(InterruptedWarning, match=r"3 of 8 temperatures were tried \(0.7 to 1.4\)"):
        d = run(smooth, X, y)
    assert d.temperature_path["temperature"].tolist() == [0.7, 1.0, 1.4]  # from 1 outwards
    assert d.temperature_path["chosen"].sum() == 1
    assert d.temperature in (0.7, 1.0, 1.4)
    assert any("3 of 8 temperatures" in note for note in d.notes)
    assert d.fidelity().value > 0.8


def test_an_interrupt_before_anything_was_tried_keeps_the_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    interrupted_fit(monkeypatch, at=1)
    with pytest.warns(InterruptedWarning, match="nothing was tried: 'tree' has size 16 and T = 1"):
        d = run(smooth, *data())
    assert (d.size, d.temperature) == (16, 1.0)
    assert len(d.ladder.frame()) > 3
    # nobody set it by hand
    assert "fixed-temperature" not in d.findings.codes


@pytest.mark.parametrize("size", ["auto", 6])
def test_an_interrupt_of_the_only_fit_leaves_the_chosen_size(
    monkeypatch: pytest.MonkeyPatch, size: int | str
) -> None:
    X, y = data(3_000)
    options: dict[str, Any] = {"temperature": 1.0, "size": size, "augment": None}
    plain = run(smooth, X, y, **options)
    fits = 1 if size == 6 else 2  # of the pilot and of all sizes
    interrupted_fit(monkeypatch, at=fits)
    with pytest.warns(InterruptedWarning, match=f"'tree' is fitted at size {plain.size} alone"):
        d = run(smooth, X, y, **options)
    assert d.ladder.frame()["size"].tolist() == [plain.size] == [d.size]
    assert d.fidelity().value > 0.8
    with pytest.raises(ValueError, match="Distil again with size=24"):
        d.ladder.select(24)


def test_two_interrupts_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(self: TreeStudent, *args: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(TreeStudent, "sweep", stopped)
    with pytest.raises(KeyboardInterrupt), pytest.warns(InterruptedWarning):
        run(smooth, *data(3_000), temperature=1.0, size=6, augment=None)
