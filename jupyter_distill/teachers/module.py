"""A torch.nn.Module as teacher: in eval mode, without gradients, on its own device."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from jupyter_distill._optional import loaded
from jupyter_distill._validation import expected
from jupyter_distill.teachers._base import Refused, Teacher
from jupyter_distill.teachers._devices import autocast, check_amp, check_device, on_device
from jupyter_distill.teachers._tensors import Tensors


class ModuleTeacher(Teacher):
    """A network; its answer is a tensor, the first of a tuple, or an object with ``.logits``.

    It is given a tensor, or a dict or tuple of them, as the rows are kept; of a map-style Dataset
    its items, stacked. Items with labels, which the network does not take, are cut by
    ``preprocess=lambda items: items[0]``.

    Parameters
    ----------
    model : torch.nn.Module
        The network. It is asked in eval mode without gradients, and is afterwards as it was.
    device : str or torch.device, optional
        Where to ask. If the network is elsewhere, a copy of it is made there for every query; it
        is not moved itself. By default it is asked where it is.
    amp : bool or torch.dtype, default=False
        Whether to ask under ``torch.autocast``, in the precision that the device prefers or in
        one of the two there are. That is quicker and less exact: numbers in bfloat16 have 8 bits,
        so probabilities may be off by some thousandths; those in float16 have 11, and overflow
        beyond 65504, which is refused. Without it, autocast is off.
    **options
        What every teacher takes.
    """

    default_batch_size = 1024

    def __init__(self, model: Any, *, device: Any = None, amp: Any = False, **options: Any) -> None:
        super().__init__(model, **options)
        self._torch: Any = sys.modules["torch"]
        self._device = None if device is None else check_device(self._torch, device)
        self._amp = check_amp(self._torch, amp)
        self._placed = model  # itself, or its copy on another device
        if any(self._torch.nn.parameter.is_lazy(p) for p in model.parameters()):
            raise ValueError(
                expected(
                    "a trained network",
                    got=f"{self.name} with lazy layers that have no weights yet",
                    remedy="Train it first; a teacher is only asked, never changed.",
                )
            )

    def begin(self, X: Any) -> None:
        """Copy the network to the device it is to be asked on, as it is now."""
        if self._device is not None:
            self._placed = self.model  # frees the last copy before the next is made
            self._placed = on_device(self._torch, self.model, self._device)

    def state(self) -> Any:
        """Return the network, and how exactly it is asked."""
        return self.model if self._amp is False else [self.model, str(self._amp)]

    def prepare(self, rows: Any) -> Any:
        """Return tensors on the network's device, floats in its own precision."""
        return Tensors(self._torch, self._placed, self.name, self._device).of(rows)

    def answer(self, rows: Any) -> Any:
        """Ask one batch."""
        with _asked_only(self._torch, self._placed), self._exactness():
            return self._finite(_first_logits(self._call(rows)).detach().cpu())

    def _call(self, rows: Any) -> Any:
        if isinstance(rows, tuple):
            return self._placed(*rows)
        if isinstance(rows, dict) and _takes_keywords(self.model, rows):
            return self._placed(**rows)
        return self._placed(rows)

    def _exactness(self) -> Any:
        weights = next(self._placed.parameters(), None)
        device = self._device or (self._torch.device("cpu") if weights is None else weights.device)
        return autocast(self._torch, device.type, self._amp)

    def _finite(self, answer: Any) -> Any:
        """Refuse what overflows only because of the precision that was asked for."""
        if self._amp is not False and answer.dtype == self._torch.float16:
            if not answer.isfinite().all():
                raise Refused(
                    expected(
                        f"finite answers from {self.name}",
                        got="NaN or infinity in float16, whose largest number is 65504",
                        remedy="Ask it with amp=torch.bfloat16, or leave amp out.",
                    )
                )
        return answer


def accepts(model: Any) -> int:
    """Take torch modules; without torch loaded there are none."""
    torch: Any = loaded("torch")
    return 30 if torch is not None and isinstance(model, torch.nn.Module) else 0


def build(model: Any, *, device: Any = None, amp: Any = False, **options: Any) -> Teacher:
    """Wrap the network."""
    return ModuleTeacher(model, device=device, amp=amp, **options)


@contextmanager
def _asked_only(torch: Any, model: Any) -> Iterator[None]:
    """Eval mode without gradients; afterwards every layer is in the mode it was in.

    Not inference mode: what a model caches in its forward pass would stay an inference tensor
    and break its owner's next training step.
    """
    modes = [(layer, layer.training) for layer in model.modules()]
    try:
        if any(training for _, training in modes):  # setting modes takes longer than looking
            model.eval()
        with torch.no_grad():
            yield
    finally:
        for layer, training in modes:
            if layer.training != training:
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
