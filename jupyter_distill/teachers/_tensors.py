"""Rows as the tensors of a network: parts by name or place, floats in its own precision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np

from jupyter_distill._validation import expected
from jupyter_distill.teachers._base import Refused
from jupyter_distill.teachers._rows import frame_names

_REMEDY = (
    "Give the network the rows it was trained on: preprocess= (e.g. a fitted "
    "ColumnTransformer's transform), or teacher_inputs= with rows of numbers."
)


class Tensors:
    """Turns rows into tensors for one network.

    Parameters
    ----------
    torch : module
        PyTorch.
    model : torch.nn.Module
        The network, where it is asked.
    name : str
        Its name, for messages.
    device : torch.device, optional
        Where it is asked; where its weights are by default.
    """

    def __init__(self, torch: Any, model: Any, name: str, device: Any = None) -> None:
        self._torch, self._model, self._name = torch, model, name
        weights = next((p for p in model.parameters() if p.is_floating_point()), None)
        self._dtype = torch.get_default_dtype() if weights is None else weights.dtype
        self._device = device or ("cpu" if weights is None else weights.device)

    def of(self, rows: Any) -> Any:
        """Return rows as a tensor, or as a dict or tuple of such, however nested."""
        if isinstance(rows, Mapping | tuple):
            return self._parts(rows, "")
        return self._tensor(rows, "X", None)

    def _parts(self, part: Any, name: str) -> Any:
        inside = f"{name}." if name else ""
        if isinstance(part, Mapping):
            return {key: self._parts(one, f"{inside}{key}") for key, one in part.items()}
        if isinstance(part, tuple):
            inside = inside or "part "
            return tuple(self._parts(one, f"{inside}{i}") for i, one in enumerate(part))
        return self._tensor(part, name, True)

    def _tensor(self, part: Any, name: str, keep_integers: bool | None) -> Any:
        torch = self._torch
        if isinstance(part, torch.Tensor):
            kept = None if not part.is_floating_point() else self._dtype
            return part.to(self._device, kept)
        if frame_names(part) is not None:
            part, keep_integers = _numbers(part, self._name), False
        elif hasattr(part, "toarray"):
            part = part.toarray()
        array = np.asarray(part)
        if array.dtype.kind not in "fbiu":
            raise Refused(
                expected(
                    f"numbers for {self._name}",
                    got=f"{name} of {array.dtype} with shape {array.shape}",
                    remedy=_REMEDY,
                )
            )
        if array.dtype.kind in "biu":
            if self._starts_with_embedding() if keep_integers is None else keep_integers:
                return torch.tensor(array, device=self._device)
        return torch.tensor(array, dtype=self._dtype, device=self._device)

    def _starts_with_embedding(self) -> bool:
        """Whether the first weights are looked up by number, so that whole numbers stay whole."""
        embeddings = (self._torch.nn.Embedding, self._torch.nn.EmbeddingBag)
        for layer in self._model.modules():
            if next(layer.parameters(recurse=False), None) is not None:
                return isinstance(layer, embeddings)
        return False


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
