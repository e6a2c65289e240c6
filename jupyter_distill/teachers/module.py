"""A torch.nn.Module as teacher: in eval mode, without gradients, on its own device."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np

from jupyter_distill._optional import loaded
from jupyter_distill._validation import expected
from jupyter_distill.teachers._base import Refused, Teacher
from jupyter_distill.teachers._rows import frame_names

_REMEDY = (
    "Give the network the rows it was trained on: preprocess= (e.g. a fitted "
    "ColumnTransformer's transform), or teacher_inputs= with rows of numbers."
)


class ModuleTeacher(Teacher):
    """A network; its answer is a tensor, the first of a tuple, or an object with ``.logits``."""

    default_batch_size = 1024

    def __init__(self, model: Any, **options: Any) -> None:
        super().__init__(model, **options)
        self._torch: Any = sys.modules["torch"]
        if any(self._torch.nn.parameter.is_lazy(p) for p in model.parameters()):
            raise ValueError(
                expected(
                    "a trained network",
                    got=f"{self.name} with lazy layers that have no weights yet",
                    remedy="Train it first; a teacher is only asked, never changed.",
                )
            )

    def prepare(self, rows: Any) -> Any:
        """Return tensors on the network's device, floats in its own precision."""
        if isinstance(rows, Mapping):
            return {name: self._tensor(part, str(name), True) for name, part in rows.items()}
        if isinstance(rows, tuple):
            return tuple(self._tensor(part, f"part {i}", True) for i, part in enumerate(rows))
        return self._tensor(rows, "X", self._starts_with_embedding())

    def answer(self, rows: Any) -> Any:
        """Ask one batch."""
        with _asked_only(self._torch, self.model):
            return _first_logits(self._call(rows)).detach().cpu()

    def _call(self, rows: Any) -> Any:
        if isinstance(rows, tuple):
            return self.model(*rows)
        if isinstance(rows, dict) and _takes_keywords(self.model, rows):
            return self.model(**rows)
        return self.model(rows)

    def _tensor(self, part: Any, name: str, keep_integers: bool) -> Any:
        torch = self._torch
        parameter = next((p for p in self.model.parameters() if p.is_floating_point()), None)
        device = "cpu" if parameter is None else parameter.device
        dtype = torch.get_default_dtype() if parameter is None else parameter.dtype
        if isinstance(part, torch.Tensor):
            return part.to(device, dtype) if part.is_floating_point() else part.to(device)
        if frame_names(part) is not None:
            part, keep_integers = _numbers(part, self.name), False
        elif hasattr(part, "toarray"):
            part = part.toarray()
        array = np.asarray(part)
        if array.dtype.kind not in "fbiu":
            raise Refused(
                expected(
                    f"numbers for {self.name}",
                    got=f"{name} of {array.dtype} with shape {array.shape}",
                    remedy=_REMEDY,
                )
            )
        if keep_integers and array.dtype.kind in "biu":
            return torch.tensor(array, device=device)
        return torch.tensor(array, dtype=dtype, device=device)

    def _starts_with_embedding(self) -> bool:
        """Whether the first weights are looked up by number, so that whole numbers stay whole."""
        embeddings = (self._torch.nn.Embedding, self._torch.nn.EmbeddingBag)
        for layer in self.model.modules():
            if next(layer.parameters(recurse=False), None) is not None:
                return isinstance(layer, embeddings)
        return False


def accepts(model: Any) -> int:
    """Take torch modules; without torch loaded there are none."""
    torch: Any = loaded("torch")
    return 30 if torch is not None and isinstance(model, torch.nn.Module) else 0


def build(model: Any, **options: Any) -> Teacher:
    """Wrap the network."""
    return ModuleTeacher(model, **options)


@contextmanager
def _asked_only(torch: Any, model: Any) -> Iterator[None]:
    """Eval mode without gradients; afterwards every layer is in the mode it was in.

    Not inference mode: what a model caches in its forward pass would stay an inference tensor
    and break its owner's next training step.
    """
    modes = [(layer, layer.training) for layer in model.modules()]
    try:
        model.eval()
        with torch.no_grad():
            yield
    finally:
        for layer, training in modes:
            layer.training = training


def _first_logits(raw: Any) -> Any:
    """Find the logits in what networks return."""
    while not hasattr(raw, "detach"):
        if isinstance(raw, Mapping) and "logits" in raw:
            raw = raw["logits"]
        elif getattr(raw, "logits", None) is not None:
            raw = raw.logits
        elif isinstance(raw, (tuple, list)) and raw:
            raw = raw[0]
        else:
            raise Refused(
                expected(
                    "the network to return a tensor, a tuple that starts with one, or an object "
                    "with .logits",
                    got=type(raw).__name__,
                    remedy="Wrap it: as_teacher(lambda rows: ...).",
                )
            )
    return raw


def _takes_keywords(model: Any, rows: dict[str, Any]) -> bool:
    """Whether forward takes the parts by name (else it takes the dict itself)."""
    try:
        parameters = inspect.signature(model.forward).parameters
    except (TypeError, ValueError):
        return True
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return True
    return all(name in parameters for name in rows)


def _numbers(frame: Any, name: str) -> Any:
    """Return a data frame as a matrix, or name the columns that are no numbers."""
    columns = nw.from_native(frame, eager_only=True).iter_columns()
    matrix, words = [], []
    for column in columns:
        if column.dtype.is_numeric() or column.dtype == nw.Boolean:
            matrix.append(column.cast(nw.Float64).to_numpy())
        else:
            words.append(f"{column.name!r} ({column.dtype})")
    if words:
        raise Refused(
            expected(
                f"columns of numbers for {name}",
                got=f"columns of text, categories or dates: {', '.join(words[:8])}"
                + (f" and {len(words) - 8} more" if len(words) > 8 else ""),
                remedy=_REMEDY,
            )
        )
    return np.column_stack(matrix)
