"""Networks as teachers: their modes, precision, inputs, memory and outputs."""

from __future__ import annotations

import copy
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch

from jupyter_distill.teachers import as_teacher, module, take_rows
from jupyter_distill.teachers._devices import on_device

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
    assert seen == [(False, False)] * 5  # three batches, and a few rows twice
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
    teacher = as_teacher(model, batch_size=76, noisy=True)  # asked no row twice
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


# --- parts of parts, and data sets -------------------------------------------------------------


class Visit(torch.nn.Module):
    """A patient: an image in a dict, and history and tokens in a tuple within it."""

    def __init__(self) -> None:
        super().__init__()
        self.pixels = torch.nn.Linear(6, 3)
        self.rest = TwoInputs()

    def forward(self, scan: dict[str, torch.Tensor], notes: tuple[torch.Tensor, ...]) -> Any:
        assert scan["pixels"].dtype == torch.float32 and notes[1].dtype == torch.int64
        return self.pixels(scan["pixels"].flatten(1)) + self.rest(*notes).logits


PIXELS, TOKENS = RNG.normal(size=(150, 2, 3)), RNG.integers(0, 10, (150, 5))


class Visits(torch.utils.data.Dataset):
    """The same patients, item by item."""

    def __len__(self) -> int:
        return 150

    def __getitem__(self, row: int) -> Any:
        if not isinstance(row, int):
            raise TypeError("one item at a time")
        return {"scan": {"pixels": PIXELS[row]}, "notes": (X[row], TOKENS[row])}


def test_parts_may_hold_parts_and_are_cut_together() -> None:
    model = Visit()
    rows = {"scan": {"pixels": PIXELS}, "notes": (FRAME, TOKENS)}
    whole = as_teacher(model).logits(rows)
    assert whole.shape == (150, 3)
    for batch_size in (1, 7, 149):
        query = as_teacher(model).query(rows, batch_size=batch_size, order=1).finish()
        np.testing.assert_allclose(query.logits(), whole, atol=1e-5)
    by_place = as_teacher(model).logits(({"pixels": PIXELS}, (X, TOKENS)), batch_size=64)
    np.testing.assert_allclose(by_place, whole, atol=1e-5)
    with pytest.raises(ValueError, match="same number of rows.*150 in 'part 0', 149 in 'part 1'"):
        as_teacher(model).logits({"scan": {"pixels": PIXELS}, "notes": (FRAME, TOKENS[1:])})
    words = {"scan": {"pixels": PIXELS.astype(str)}, "notes": (FRAME, TOKENS)}
    with pytest.raises(ValueError, match="numbers for Visit. Got scan.pixels of <U"):
        as_teacher(model).logits(words)


def test_a_data_set_is_asked_by_its_items() -> None:
    model = Visit()
    whole = as_teacher(model).logits({"scan": {"pixels": PIXELS}, "notes": (FRAME, TOKENS)})
    np.testing.assert_allclose(as_teacher(model, batch_size=40).logits(Visits()), whole, atol=1e-5)
    few = torch.utils.data.Subset(Visits(), [149, 3, 77])
    np.testing.assert_allclose(as_teacher(model).logits(few), whole[[149, 3, 77]], atol=1e-5)
    picked = take_rows(Visits(), np.array([5, 2]))
    np.testing.assert_array_equal(picked["notes"][1], TOKENS[[5, 2]])


def test_items_with_labels_are_cut_by_preprocess() -> None:
    labelled = torch.utils.data.TensorDataset(torch.tensor(X), torch.zeros(150))
    teacher = as_teacher(net(), preprocess=lambda items: items[0])
    np.testing.assert_allclose(teacher.logits(labelled), as_teacher(net()).logits(X), atol=1e-5)
    with pytest.raises(RuntimeError, match="failed on rows 0 to 149: TypeError.*2 positional"):
        as_teacher(net()).logits(labelled)
    with pytest.raises(TypeError, match="Got DataLoader. Give its .dataset"):
        teacher.logits(torch.utils.data.DataLoader(labelled))


# --- devices and precision ---------------------------------------------------------------------


def weights_of(model: torch.nn.Module) -> list[tuple[int, Any, bytes]]:
    return [(t.data_ptr(), t.device, t.numpy().tobytes()) for t in model.state_dict().values()]


def test_a_network_is_asked_where_it_is_or_by_a_copy_elsewhere() -> None:
    model = net().train()
    model[1].eval()
    held = [*model.parameters(), *model.buffers()]
    modes = [layer.training for layer in model.modules()]
    assert on_device(torch, model, torch.device("cpu")) is model
    assert on_device(torch, model, torch.device("cpu:0")) is model
    # "meta" is the one device besides the processor that every machine has
    elsewhere = on_device(torch, model, torch.device("meta"))
    assert elsewhere is not model
    assert all(t.is_meta for t in [*elsewhere.parameters(), *elsewhere.buffers()])
    assert all(a is b for a, b in zip([*model.parameters(), *model.buffers()], held, strict=True))
    assert all(t.device.type == "cpu" for t in held)
    assert [layer.training for layer in model.modules()] == modes


def test_the_device_of_a_question_makes_no_other_answer_and_moves_nothing() -> None:
    model = net()
    before = [(id(t), t.device) for t in model.parameters()]
    for device in ("cpu", "cpu:0", torch.device("cpu")):
        teacher = as_teacher(model, device=device)
        np.testing.assert_array_equal(teacher.logits(X), as_teacher(model).logits(X))
        assert teacher.fingerprint == as_teacher(model).fingerprint
    assert [(id(t), t.device) for t in model.parameters()] == before


def test_a_copy_is_of_the_network_as_it_is_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    # Stands for a second device: every query asks a copy, as if the network were elsewhere.
    monkeypatch.setattr(module, "on_device", lambda torch, model, device: copy.deepcopy(model))
    model = net().train()
    teacher = as_teacher(model, device="cpu")
    before = weights_of(model)
    first = teacher.logits(X)
    assert weights_of(model) == before and all(layer.training for layer in model.modules())
    np.testing.assert_array_equal(first, as_teacher(model).logits(X))
    with torch.no_grad():
        model[4].bias += 1  # its owner trains on
    np.testing.assert_allclose(teacher.logits(X), first + 1, atol=1e-5)


@pytest.mark.parametrize(
    ("device", "said"),
    [
        ("cdua", "a device that is there .'cpu'.*Got 'cdua'. Leave device out"),
        ("cpuu", "Got 'cpuu'.*Did you mean \"cpu\""),
        ("meta", "Got 'meta'"),
        (3.5, "Got '3.5'"),
        *([] if torch.cuda.is_available() else [("cuda", "'cpu'.*Got 'cuda'")]),
        *([] if torch.backends.mps.is_available() else [("mps", "Got 'mps'")]),
        ("cuda:99", "Got 'cuda:99'"),
    ],
)
def test_a_device_that_is_not_there_is_refused_with_those_that_are(device: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        as_teacher(net(), device=device)


def test_a_network_that_cannot_be_copied_is_refused_with_the_remedy() -> None:
    class Locked(torch.nn.Linear):
        def __deepcopy__(self, memo: Any) -> Any:
            raise TypeError("holds a file that is open")

    with pytest.raises(ValueError, match="can be copied to meta.*holds a file.*Move it there your"):
        on_device(torch, Locked(4, 3), torch.device("meta"))


@pytest.mark.parametrize("amp", [True, torch.bfloat16, torch.float16])
def test_less_exact_answers_are_near_and_of_full_width(amp: Any) -> None:
    model = net()
    seen: list[torch.dtype] = []
    model[4].register_forward_hook(lambda layer, inputs, answer: seen.append(answer.dtype))
    exact, teacher = as_teacher(model), as_teacher(model, amp=amp)
    logits = teacher.logits(X)
    assert set(seen) == {torch.bfloat16 if amp is True else amp}
    assert logits.dtype == np.float64 and np.isfinite(logits).all()
    difference = np.abs(teacher.predict_proba(X) - exact.predict_proba(X)).max()
    assert 0 < difference < 0.02
    assert teacher.fingerprint != exact.fingerprint
    assert all(p.dtype == torch.float32 for p in model.parameters())


def test_autocast_around_a_question_changes_nothing() -> None:
    model = net()
    exact = as_teacher(model).logits(X)
    with torch.autocast("cpu"):
        np.testing.assert_array_equal(as_teacher(model).logits(X), exact)
        assert torch.is_autocast_enabled("cpu")


def test_what_overflows_in_half_precision_is_refused_and_other_types_too() -> None:
    model = torch.nn.Linear(4, 3)
    with torch.no_grad():
        model.weight *= 1e5
    with pytest.raises(ValueError, match="finite answers from Linear.*float16.*amp=torch.bfloat16"):
        as_teacher(model, amp=torch.float16).logits(X)
    assert np.isfinite(as_teacher(model, amp=torch.bfloat16).logits(X)).all()
    with pytest.raises(ValueError, match="amp to be True, False, torch.float16 or.*Got 'half'"):
        as_teacher(model, amp="half")
    with pytest.raises(TypeError, match="no option 'devise'.*Did you mean \"device\""):
        as_teacher(model, devise="cpu")
