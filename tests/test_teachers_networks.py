"""Networks as teachers: their modes, precision, inputs, memory and outputs."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch

from jupyter_distill.teachers import as_teacher

from .taught import FRAME, X, net

RNG = np.random.default_rng(0)

# --- networks ----------------------------------------------------------------------------------


def test_every_layer_is_in_its_mode_again_and_answers_are_those_of_eval_mode() -> None:
    model = net()
    model[1].eval()  # a frozen layer inside a network in training
    modes = [layer.training for layer in model.modules()]
    seen: list[tuple[bool, bool]] = []
    model.register_forward_hook(
        lambda layer, *_: seen.append((layer.training, torch.is_grad_enabled()))
    )
    as_teacher(model).logits(X, batch_size=50)
    assert seen == [(False, False)] * 3
    assert [layer.training for layer in model.modules()] == modes
    assert torch.is_grad_enabled()


def test_modes_are_restored_after_a_failure_that_says_which_rows() -> None:
    model = net().train()

    def fail(layer: Any, inputs: Any) -> None:
        if (inputs[0] == X[60, 0]).any() and len(inputs[0]) == 10:
            raise ZeroDivisionError("no answer today")

    model.register_forward_pre_hook(fail)
    rows = X.copy()
    rows[:, 0] = 0
    rows[60, 0] = X[60, 0]
    with pytest.raises(
        RuntimeError,
        match="teacher Sequential failed on rows 60 to 69: ZeroDivisionError: no answer today",
    ) as caught:
        as_teacher(model, batch_size=10).logits(rows)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert all(layer.training for layer in model.modules())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_a_network_is_asked_in_its_own_precision(dtype: torch.dtype) -> None:
    class Soft(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(4, 40, dtype=dtype)

        def forward(self, rows: torch.Tensor) -> torch.Tensor:
            assert rows.dtype == dtype
            return self.layer(rows).softmax(dim=1)

    teacher = as_teacher(Soft())
    teacher.logits(FRAME)
    assert teacher.kind == "probabilities"


def test_inputs_of_a_network() -> None:
    model = net()
    wanted = as_teacher(model).logits(X)
    tensor = torch.tensor(X)
    for rows in (FRAME, pl.from_pandas(FRAME), pa.table(dict(FRAME)), tensor, X.tolist(), (X,)):
        np.testing.assert_allclose(as_teacher(model).logits(rows, batch_size=60), wanted, atol=1e-5)
    with_missing = FRAME.astype("Float64")
    np.testing.assert_allclose(as_teacher(model).logits(with_missing), wanted, atol=1e-5)
    whole = RNG.integers(0, 5, (20, 4))
    np.testing.assert_allclose(
        as_teacher(model).logits(whole), as_teacher(model).logits(whole.astype(float)), atol=1e-5
    )


def test_whole_numbers_stay_whole_for_an_embedding() -> None:
    model = torch.nn.Sequential(
        torch.nn.Embedding(10, 4), torch.nn.Flatten(), torch.nn.Linear(12, 2)
    )
    tokens = RNG.integers(0, 10, (30, 3))
    by_array, by_tensor = (
        as_teacher(model).logits(tokens),
        as_teacher(model).logits(torch.tensor(tokens)),
    )
    np.testing.assert_array_equal(by_array, by_tensor)


class TwoInputs(torch.nn.Module):
    """Patient history (numbers) and tokens, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.words = torch.nn.EmbeddingBag(10, 3)
        self.numbers = torch.nn.Linear(4, 3)

    def forward(self, history: torch.Tensor, tokens: torch.Tensor) -> Any:
        return SimpleNamespace(logits=self.numbers(history) + self.words(tokens))


def test_a_network_of_several_inputs_by_name_by_place_and_as_one_dict() -> None:
    history, tokens = FRAME, RNG.integers(0, 10, (150, 5))
    model = TwoInputs()
    by_name = as_teacher(model).logits({"tokens": tokens, "history": history}, batch_size=32)
    by_place = as_teacher(model).logits((history, tokens), batch_size=149)
    np.testing.assert_allclose(by_name, by_place, atol=1e-5)

    class OneDict(TwoInputs):
        def forward(self, batch: dict[str, torch.Tensor]) -> Any:  # type: ignore[override]
            return {"logits": super().forward(**batch).logits}, "something else"

    other = OneDict()
    other.load_state_dict(model.state_dict())
    as_one = as_teacher(other).logits({"tokens": tokens, "history": history})
    np.testing.assert_allclose(by_name, as_one, atol=1e-5)
    with pytest.raises(ValueError, match="same number of rows.*150 in 'history', 149 in 'tokens'"):
        as_teacher(model).logits({"history": history, "tokens": tokens[1:]})


@pytest.mark.parametrize("library", [lambda frame: frame, pl.from_pandas])
def test_columns_of_text_are_named_with_the_remedies(library: Callable[[Any], Any]) -> None:
    frame = library(FRAME.assign(purpose="car", since=pd.Timestamp("2024-01-01")))
    with pytest.raises(
        ValueError, match="columns of numbers.*'purpose'.*'since'.*preprocess=.*teacher_inputs="
    ):
        as_teacher(net(6)).logits(frame)
    with pytest.raises(ValueError, match="numbers for Sequential. Got X of <U1"):
        as_teacher(net(1)).logits(np.array([["a"], ["b"]]))


def test_memory_that_does_not_suffice_halves_the_batch() -> None:
    asked: list[int] = []

    class Big(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(4, 1)

        def forward(self, rows: torch.Tensor) -> torch.Tensor:
            asked.append(len(rows))
            if len(rows) > 20:
                raise torch.OutOfMemoryError("CUDA out of memory")
            return self.layer(rows).squeeze()  # the shape () for one row

    model = Big()
    teacher = as_teacher(model, batch_size=76)
    logits = teacher.logits(X)
    wanted = model.layer(torch.tensor(X, dtype=torch.float32)).detach().numpy()[:, 0]
    np.testing.assert_allclose(logits[:, 1], wanted, atol=1e-5)
    assert asked == [76, 38, 19, 19, 19, 19, 19, 19, 19, 17]  # learnt once, kept


def test_a_single_row_that_does_not_fit_fails_with_its_reason() -> None:
    class Full(torch.nn.Module):
        def forward(self, rows: torch.Tensor) -> torch.Tensor:
            raise MemoryError("no memory left")

    with pytest.raises(RuntimeError, match="failed on row 0: MemoryError: no memory left"):
        as_teacher(Full()).logits(X)


def test_one_column_of_a_network_is_a_binary_logit_or_a_sigmoid() -> None:
    linear = torch.nn.Linear(4, 1)
    raw = linear(torch.tensor(X, dtype=torch.float32)).detach().numpy()[:, 0].astype(float) * 1.0
    logits = as_teacher(torch.nn.Sequential(linear, torch.nn.Flatten(0))).logits(X)
    np.testing.assert_allclose(logits, np.column_stack([np.zeros(150), raw]), atol=1e-6)
    teacher = as_teacher(torch.nn.Sequential(linear, torch.nn.Sigmoid()))
    p = teacher.predict_proba(X)
    assert teacher.kind == "probabilities"
    np.testing.assert_allclose(p[:, 1], np.clip(1 / (1 + np.exp(-raw)), 1e-6, 1), atol=1e-5)


def test_lazy_layers_and_strange_outputs_are_refused() -> None:
    with pytest.raises(ValueError, match="a trained network.*lazy layers"):
        as_teacher(torch.nn.LazyLinear(3))

    class Strange(torch.nn.Module):
        def forward(self, rows: torch.Tensor) -> str:
            return "yes"

    with pytest.raises(ValueError, match="return a tensor, a tuple.*Got str"):
        as_teacher(Strange()).logits(X)
