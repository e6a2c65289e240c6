"""Teachers that answer the same rows otherwise when asked again: their soft targets are noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import jupyter_distill as jd
from jupyter_distill.teachers import as_teacher

from .taught import FRAME, X, net

RNG = np.random.default_rng(0)


class AlwaysDrops(torch.nn.Module):
    """The mistake: dropout that does not know of eval()."""

    def __init__(self, classes: int = 3) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer = torch.nn.Linear(4, classes)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.layer(torch.nn.functional.dropout(rows, 0.5))


def test_a_teacher_that_answers_otherwise_when_asked_again_is_refused() -> None:
    with pytest.raises(
        ValueError,
        match=r"AlwaysDrops to answer the same rows alike, asked twice. Got probabilities that "
        r"differ by up to 0\.\d+ \(row \d+\).*eval\(\).*seed.*temperature 0.*noisy=True",
    ):
        as_teacher(AlwaysDrops()).logits(X)
    with pytest.raises(ValueError, match="alike, asked twice"):
        jd.distill(AlwaysDrops(), FRAME, student="tree")
    noisy = as_teacher(AlwaysDrops(), noisy=True)
    assert np.abs(noisy.predict_proba(X) - noisy.predict_proba(X)).max() > 0.01
    with pytest.raises(ValueError, match=r"Got numbers that differ by up to \d"):
        as_teacher(AlwaysDrops(1), task="regression").predictions(X)


def test_a_function_is_asked_twice_only_if_its_owner_says_that_it_is_steady() -> None:
    asked: list[int] = []
    drops = AlwaysDrops()

    def ask(rows: Any) -> Any:
        asked.append(len(rows))
        return drops(torch.tensor(rows, dtype=torch.float32))

    as_teacher(ask).logits(X)
    assert asked == [150]
    with pytest.raises(ValueError, match="ask to answer the same rows alike, asked twice"):
        as_teacher(ask, noisy=False).logits(X)
    assert asked == [150, 150, 32, 32]
    with pytest.raises(TypeError, match="noisy to be True, False or None. Got 'no'"):
        as_teacher(ask, noisy="no")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no options beside a Teacher.*noisy=True"):
        as_teacher(as_teacher(ask), noisy=True)


def test_a_teacher_is_asked_twice_once() -> None:
    rows: list[int] = []
    model = net()
    model.register_forward_hook(lambda layer, inputs, answer: rows.append(len(answer)))
    teacher = as_teacher(model)
    teacher.logits(X)
    teacher.logits(X[:5])
    teacher.of_task("classification").logits(X[:5])
    assert rows == [150, 32, 32, 5, 5]
    rows.clear()
    as_teacher(model).query(X, batch_size=7, order=0).finish()
    assert rows[:4] == [rows[0], rows[0], rows[0], 7] and rows[0] <= 7


def test_random_rows_of_preprocess_are_noise_too() -> None:
    with pytest.raises(ValueError, match="alike, asked twice"):
        as_teacher(net(), preprocess=lambda rows: rows + RNG.normal(size=rows.shape)).logits(X)


@pytest.mark.parametrize("output", ["logits", "probabilities", "auto"])
@pytest.mark.parametrize("wide", [1, 3])
@pytest.mark.parametrize(("noise", "steady"), [(1e-5, True), (1e-2, False)])
def test_rounding_is_no_noise(output: str, wide: int, noise: float, steady: bool) -> None:
    p = np.full((10, wide), 0.3 if wide == 1 else 1 / 3)
    answer = p if output == "probabilities" else np.log(p)
    calls = iter(range(9))

    def ask(rows: Any) -> Any:
        moved = answer[: len(rows)].copy()
        moved[:, 0] += noise * next(calls)
        if output == "probabilities" and wide == 3:
            moved[:, 1] -= moved[:, 0] - p[: len(rows), 0]
        return moved

    teacher = as_teacher(ask, output=output, noisy=False)
    if steady:
        teacher.logits(X[:10])
    else:
        with pytest.raises(ValueError, match=r"probabilities that differ by up to 0\.0[01]"):
            teacher.logits(X[:10])


def test_noise_of_other_kinds_is_refused() -> None:
    calls = iter(range(9))
    wide = as_teacher(lambda rows: np.zeros((len(rows), 2 + next(calls) % 2)), noisy=False)
    with pytest.raises(ValueError, match=r"Got shape \(32, 3\) first and \(32, 2\) then"):
        wide.logits(X)
    numbers = iter([0.0, 0.0, 1e3])
    far = as_teacher(
        lambda rows: np.arange(len(rows)) + 1e6 + next(numbers), task="regression", noisy=False
    )
    with pytest.raises(ValueError, match=r"numbers that differ by up to 1e\+03 \(row 0\)"):
        far.predictions(X)
    missing = iter([0.0, 0.0, np.nan])
    gone = as_teacher(
        lambda rows: np.arange(len(rows)) + next(missing), task="regression", noisy=False
    )
    with pytest.raises(ValueError, match="numbers that differ by up to inf"):
        gone.predictions(X)
