"""soft_targets() and distill(): asked once, shown, stopped, and kept in a store."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Ridge

import jupyter_distill as jd
from jupyter_distill.distillation import InterruptedWarning
from jupyter_distill.targets import Predictions, SoftTargets
from jupyter_distill.targets.asking import soft_targets
from jupyter_distill.targets.store import Store
from jupyter_distill.teachers import as_teacher

from .distilling import data, run, same, smooth
from .storing import ROWS, Counting, say, silent, teacher

X, Y = load_iris(return_X_y=True, as_frame=True)
FOREST = RandomForestClassifier(20, random_state=0).fit(X, Y)
QUICK: dict[str, Any] = {"size": 4, "temperature": 2.0, "quality": "greedy"}


def test_soft_targets_alone(store: Store) -> None:
    targets = soft_targets(FOREST, X, Y, progress=False)
    assert isinstance(targets, SoftTargets) and targets.classes.tolist() == [0, 1, 2]
    np.testing.assert_array_equal(targets.logits, as_teacher(FOREST).logits(X))
    np.testing.assert_array_equal(targets.labels, Y)
    assert soft_targets(say, ROWS, progress=False).classes.tolist() == [0, 1, 2]
    D, t = load_diabetes(return_X_y=True)
    numbers = soft_targets(Ridge().fit(D, t), D, t, store=store.path, progress=False)
    assert isinstance(numbers, Predictions)
    np.testing.assert_array_equal(numbers.truth, t)
    price = soft_targets(lambda rows: rows[:, 0] * 100, D, t, progress=False)
    assert isinstance(price, Predictions)


def slow(rows: Any) -> np.ndarray:
    time.sleep(0.01)
    return FOREST.predict_proba(rows)


def test_soft_targets_show_how_far_they_are(capsys: Any) -> None:
    soft_targets(slow, X, Y, batch_size=1)
    shown = capsys.readouterr().err
    assert "asking the teacher: " in shown and "rows/s" in shown
    assert shown.split("\r")[-2].isspace() and shown.endswith("\r"), "the bar stays"
    seen: list[tuple[int, int]] = []
    soft_targets(FOREST, X, Y, batch_size=100, progress=lambda *done: seen.append(done))
    assert seen == [(100, 150), (150, 150)] and not capsys.readouterr().err


def test_questions_start_small_and_grow(store: Store) -> None:
    for ask, asked in (
        (Counting(), lambda teacher: soft_targets(teacher, ROWS, progress=False)),
        (Counting(), lambda teacher: soft_targets(teacher, ROWS, store=store, progress=False)),
        (Counting(smooth), lambda teacher: run(teacher, *data(400), augment=None, **QUICK)),
    ):
        asked(teacher(ask))
        assert sum(ask.asked) == 400 and max(ask.asked) > 100
        assert ask.asked[0] == 16 and set(ask.asked[:2]) <= {16, 64}
    ask = Counting()
    soft_targets(teacher(ask, batch_size=150), ROWS, progress=False)  # its owner's word
    assert ask.asked == [150, 150, 100]


def test_soft_targets_that_are_interrupted_say_what_is_kept(store: Store) -> None:
    def interrupted(**options: Any) -> list[str]:
        ask = teacher(Counting(fails_at=3, error=KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt) as caught:
            soft_targets(ask, ROWS, batch_size=100, progress=False, **options)
        return caught.value.__notes__

    assert interrupted() == ["200 of 400 rows were answered."]
    assert interrupted(store=store) == [
        "200 of 400 rows were answered. Run the same again for the others: answers are kept in "
        f"{str(store.path)!r}."
    ]
    ask = Counting()
    targets = soft_targets(teacher(ask), ROWS, store=store, batch_size=100, progress=False)
    assert ask.asked == [100, 100]
    np.testing.assert_array_equal(targets.logits, say(ROWS))


@pytest.mark.parametrize(
    ("y", "options", "says"),
    [
        (Y[:100], {}, "y to have 150 rows, like X. Got 100 rows"),
        ("species", {}, "y to hold 150 values, one per row of X. Got 'species'"),
        (np.zeros(150, int), {}, "at least two classes"),
        (Y + 1, {}, "labels among the teacher's classes"),
        (Y, {"batch_size": 0}, "batch_size to be a whole number >= 1"),
        (None, {"task": "regression"}, "a regressor"),
    ],
)
def test_soft_targets_refuse_what_is_wrong_before_they_ask(
    y: Any, options: dict[str, Any], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RandomForestClassifier, "predict_proba", silent)
    with pytest.raises((TypeError, ValueError), match=says):
        soft_targets(FOREST, X, y, progress=False, **options)


def test_a_distillation_asks_once_for_all_rows_it_ever_needs(store: Store) -> None:
    rows_, truth = data(300)
    given = {"test": data(100, seed=1), "unlabelled": data(50, seed=2)[0], "augment": "local_swap"}
    ask = Counting(smooth)
    first = run(teacher(ask), rows_, truth, store=store, **given, **QUICK)
    assert sum(ask.asked) > 300 + 100 + 50
    second = run(teacher(silent), rows_, truth, store=store.path, **given, **QUICK)
    same(first, second)
    same(first, run(smooth, rows_, truth, **given, **QUICK))
    # other settings need no answers either
    run(teacher(silent), rows_, truth, store=str(store.path), student="linear", temperature=1.0)


def test_an_interrupted_distillation_goes_on_where_it_stopped(store: Store) -> None:
    rows_, truth = data(600)
    given = {"augment": None, "batch_size": 100, **QUICK}
    ask = Counting(smooth, fails_at=5, error=KeyboardInterrupt())
    with pytest.warns(InterruptedWarning, match="400 of 600 rows.*Run the same again.*are kept in"):
        d = run(teacher(ask), rows_, truth, store=store, **given)
    assert d.table.n_rows == 400
    ask = Counting(smooth)
    whole = run(teacher(ask), rows_, truth, store=store, **given)
    assert ask.asked == [100, 100]
    same(whole, run(smooth, rows_, truth, **given))


def test_a_teacher_fitted_anew_in_another_process_is_known(tmp_path: Path) -> None:
    code = """
import sys
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from jupyter_distill.targets.store import Store
from jupyter_distill.teachers import as_teacher
X, y = load_iris(return_X_y=True, as_frame=True)
model = RandomForestClassifier(20, random_state=0).fit(X, y)
query = Store(sys.argv[1]).query(as_teacher(model), X)
print(query.n_done)
query.finish()
"""
    command = [sys.executable, "-c", code, str(tmp_path / "store")]
    root = Path(jd.__file__).parent.parent
    done = [
        subprocess.run(command, capture_output=True, text=True, check=True, cwd=root).stdout
        for _ in range(2)
    ]
    assert done == ["0\n", "150\n"]
