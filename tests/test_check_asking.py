"""check_teacher() while it asks: answers are kept, an interrupt leaves a report, noise is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.linear_model import LogisticRegression

import jupyter_distill as jd
from jupyter_distill.distillation import InterruptedWarning
from jupyter_distill.teachers import as_teacher

from .checking import cancer, check, flipped
from .distilling import data, run, smooth
from .storing import Counting, silent, teacher

QUICK: dict[str, Any] = {"size": 4, "temperature": 1.0, "quality": "greedy", "augment": None}


def tiring(at: int, answer: Any = smooth) -> Counting:
    return Counting(answer, fails_at=at, error=KeyboardInterrupt())


# --- kept --------------------------------------------------------------------------------------


def test_what_a_check_asked_a_distillation_need_not_ask(tmp_path: Path) -> None:
    X, y = data(300)
    given = {"test": data(100, seed=1)}
    ask = Counting(smooth)
    first = check(teacher(ask), X, y, store=tmp_path / "store", ask_again=0, **given)
    assert sum(ask.asked) == 400
    d = run(teacher(silent), X, y, store=tmp_path / "store", **given, **QUICK)
    assert d.targets.n_rows == 400
    again = check(teacher(silent), X, y, store=jd.Store(tmp_path / "store"), ask_again=0, **given)
    assert again.findings == first.findings
    assert list(again.parts) == list(first.parts)
    for name, part in first.parts.items():
        pd.testing.assert_frame_equal(again.parts[name], part)
    plain = check(smooth, X, y, **given)
    assert plain.findings == first.findings and plain.notes == first.notes == ()


def test_an_interrupted_check_goes_on_where_it_stopped(tmp_path: Path) -> None:
    X, y = data(400)
    options: dict[str, Any] = {"store": tmp_path / "store", "batch_size": 100, "ask_again": 0}
    with pytest.warns(InterruptedWarning, match="300 of 400 rows.*Run the same again.*are kept in"):
        part = check(teacher(tiring(4)), X, y, **options)
    assert part.rows == 300 and "are kept in" in part.notes[0]
    ask = Counting(smooth)
    whole = check(teacher(ask), X, y, **options)
    assert ask.asked == [100] and whole.rows == 400 and whole.notes == ()


# --- interrupted -------------------------------------------------------------------------------


def test_an_interrupt_leaves_a_report_of_the_rows_that_were_answered() -> None:
    X, y = data(1_000)
    order = np.argsort(X[:, 0])
    X, y = X[order], y[order]
    with pytest.warns(InterruptedWarning) as warned:
        found = check(tiring(9), X, y, batch_size=50)
    assert warned[0].filename == __file__.replace("test_check_asking", "checking")
    (note,) = found.notes
    assert note == (
        "Interrupted: the teacher answered 400 of 1000 rows, spread over the data; the check is "
        "of these."
    )
    assert found.rows == 400 and found.test_rows == 0
    assert note in repr(found) and note in found._repr_html_()
    assert found.frame("answers").set_index("measure").loc["rows", "value"] == 400
    # from all over rows that are sorted: a beginning of them would hold next to no ones
    assert 0.25 < found.frame("classes")["share"].min()
    accuracy = found.frame("accuracy").set_index("measure").loc["accuracy", "value"]
    assert accuracy == pytest.approx((smooth(X).argmax(1) == y).mean(), abs=0.05)


def test_rows_are_called_by_their_places_in_X_all_the_same() -> None:
    A, B, a, b = cancer()
    wrong, places = flipped(a, 0.1)
    model = LogisticRegression(max_iter=5_000).fit(A, a)
    sure = np.abs(model.decision_function(A)) > 3
    with pytest.warns(InterruptedWarning, match="answered 221 of 341 rows"):
        found = check(tiring(13, model.predict_proba), A, wrong, batch_size=20, classes=[0, 1])
    suspects = found.frame("labels")
    rows = suspects["row"].to_numpy()
    assert len(set(rows)) == len(rows) > 10 and rows.max() > 221
    assert (suspects["label"].to_numpy() == wrong.to_numpy()[rows].astype(str)).all()
    assert places[rows][sure[rows]].mean() > 0.9
    (one,) = found.findings.of("mislabelled-rows")
    assert str(rows[0]) in one.sentence


def test_an_interrupt_among_the_test_rows_leaves_those_that_were_answered() -> None:
    X, y = data(200)
    X_test, y_test = data(300, seed=1)
    X_test[250:280] = X[:30]  # which were taught
    group = np.where(X[:, 0] > 0, "a", "b"), np.where(X_test[:, 0] > 0, "a", "b")
    inputs = np.vstack([X, X_test])

    def ask(places: Any) -> np.ndarray:
        return smooth(inputs[np.asarray(places)])

    with pytest.warns(InterruptedWarning, match="answered 200 of 300 test rows"):
        found = check(
            *(tiring(5, ask), X, y),
            teacher_inputs=np.arange(200),
            test=(X_test, y_test, np.arange(200, 500)),
            sensitive=group,
            batch_size=100,
            out_of_fold=np.column_stack([1 - 0.9 * y, 0.9 * y]),
            ask_again=60,
        )
    assert (found.rows, found.test_rows) == (200, 200)
    groups = found.frame("groups").set_index("group")["rows"]
    assert groups["sensitive = a"] + groups["sensitive = b"] == 200
    taught = found.frame("repeats").set_index("of").loc["test rows, in X as well", "repeated"]
    rows = found.evidence("test-rows-taught")["test row"].tolist()
    assert len(rows) == taught and set(rows) <= set(range(250, 280))
    # asked once more about their own inputs
    assert found.frame("steadiness")["different"].tolist() == [0, 0]


def test_an_interrupt_with_hardly_an_answer_stops_the_check() -> None:
    X, y = data(400)
    with pytest.raises(KeyboardInterrupt):
        check(tiring(3), X, y, batch_size=20)


# --- noise -------------------------------------------------------------------------------------


class Drops(torch.nn.Module):
    """The mistake: dropout that does not know of eval()."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        z = torch.nn.functional.dropout(rows[:, :1], self.share)
        return 2 * torch.cat([-z, z], dim=1)


def test_a_noisy_teacher_is_reported_with_all_else_and_distilled_no_more(tmp_path: Path) -> None:
    torch.manual_seed(0)
    X, y = data(600)
    given: dict[str, Any] = {"test": data(200, seed=1), "store": tmp_path / "store"}
    found = check(Drops(0.3), X, y, **given)
    first = found.findings[0]
    assert first.code == "unsteady-teacher" and first.severity == "problem" and not found.ok
    assert "when it is asked the same question again" in first.sentence
    assert "distill() refuses it" in first.sentence and "eval()" in first.remedy
    assert first.evidence["rows"] in (16, 32) and first.evidence["largest distance"] > 0.1
    assert len(found.findings.of("unsteady-teacher")) == 1
    assert found.frame("accuracy").set_index("measure").loc["accuracy", "value"] > 0.6
    assert found.frame("steadiness").set_index("compared")["different"].iloc[1] > 10
    assert found.notes == (f"Answers that are noise are not kept in {str(tmp_path / 'store')!r}.",)
    # what was noise is no answer that a distillation finds, and refuses to ask for
    with pytest.raises(ValueError, match="Drops to answer the same rows alike, asked twice"):
        run(Drops(0.3), X, y, **given, **QUICK)


def test_little_noise_that_is_refused_is_reported_too() -> None:
    X, y = data(300)
    rng = np.random.default_rng(0)

    def ask(rows: Any) -> Any:
        return smooth(rows) + rng.normal(0, 1e-3, (len(rows), 2))

    steady = as_teacher(ask, noisy=False, name="ask")
    with pytest.raises(ValueError, match="asked twice"):
        run(steady, X, y, **QUICK)
    (one,) = check(steady, X, y).findings.of("unsteady-teacher")
    assert one.evidence["largest distance"] < 0.01
    said = as_teacher(ask, noisy=True, name="ask")
    assert not check(said, X, y).findings.of("unsteady-teacher")


def test_noise_of_numbers_is_reported() -> None:
    X, _ = data(300)
    rng = np.random.default_rng(0)

    def ask(rows: Any) -> Any:
        return rows[:, 0] + rng.normal(0, 0.1, len(rows))

    found = check(as_teacher(ask, noisy=False, task="regression"), X, X[:, 0] + 0.5)
    assert found.findings[0].code == "unsteady-teacher"
    assert found.frame("accuracy").set_index("measure").loc["R2", "value"] > 0.5


def test_an_interrupt_of_a_noisy_teacher_leaves_a_report_too() -> None:
    X, y = data(300)
    torch.manual_seed(0)
    network = Drops(0.3)

    def ask(rows: Any) -> Any:
        return network(torch.tensor(rows)).numpy()

    noisy = as_teacher(tiring(6, ask), noisy=False, name="noisy")
    with pytest.warns(InterruptedWarning, match="answered 100 of 300 rows"):
        found = check(noisy, X, y, batch_size=50, ask_again=0)
    assert found.rows == 100 and found.findings[0].code == "unsteady-teacher"
