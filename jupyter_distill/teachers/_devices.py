"""Where a network is asked, and how exactly: devices that are there, autocast."""

from __future__ import annotations

from contextlib import nullcontext
from copy import deepcopy
from typing import Any

from jupyter_distill._validation import did_you_mean, expected, some
from jupyter_distill.teachers._base import Refused


def devices(torch: Any) -> list[str]:
    """Return the devices of this machine that PyTorch can reckon on."""
    found = ["cpu"]
    for kind in ("cuda", "xpu"):
        maker = getattr(torch, kind, None)
        if maker is not None and maker.is_available():
            found += [f"{kind}:{number}" for number in range(maker.device_count())]
    return [*found, "mps"] if torch.backends.mps.is_available() else found


def check_device(torch: Any, device: Any) -> Any:
    """Return a device, or say that it is not there and which are.

    Raises
    ------
    ValueError
        If there is no such device, or no numbers come from it.
    """
    reason: Exception | None = None
    try:
        found = torch.device(device)
        there = found.type != "meta" and torch.empty(0, device=found).device.type == found.type
    except Exception as error:  # each kind of device fails in a way of its own
        found, there, reason = device, False, error
    if there:
        return found
    names = devices(torch)
    raise ValueError(
        expected(
            f"a device that is there ({some(names)})",
            got=repr(str(found)),
            remedy="Leave device out: the network is asked where it is.",
        )
        + did_you_mean(device, names)
    ) from reason


def on_device(torch: Any, model: Any, device: Any) -> Any:
    """Return the network itself where it is on a device already, else a copy of it there."""
    held = [*model.parameters(), *model.buffers()]
    if all(tensor.device.type == device.type and _same(tensor.device, device) for tensor in held):
        return model
    try:
        copied = deepcopy(model)
    except Exception as error:  # whatever a layer of its owner's raises
        raise Refused(
            expected(
                f"a network that can be copied to {device}, as a teacher is never moved",
                got=f"{type(error).__name__}: {error}",
                remedy="Move it there yourself, and leave device out.",
            )
        ) from error
    return copied.to(device)


def _same(one: Any, other: Any) -> bool:
    """Whether two devices of a kind are the same; without a number, the first is meant."""
    return (one.index or 0) == (other.index or 0)


def check_amp(torch: Any, amp: Any) -> Any:
    """Return what autocast is to use: False, True (the device's own choice) or a type."""
    if isinstance(amp, bool) or amp in (torch.float16, torch.bfloat16):
        return amp
    raise ValueError(
        expected("amp to be True, False, torch.float16 or torch.bfloat16", got=repr(amp))
    )


def autocast(torch: Any, kind: str, amp: Any) -> Any:
    """Return the context in which a network is asked, whatever its owner's is."""
    known = getattr(torch.amp, "is_autocast_available", None)
    if amp is False and not (known is not None and known(kind) and _is_on(torch, kind)):
        return nullcontext()
    kept = None if isinstance(amp, bool) else amp
    return torch.autocast(kind, dtype=kept, enabled=amp is not False)


def _is_on(torch: Any, kind: str) -> bool:
    """Whether the owner's autocast may be on; entering a context takes a while."""
    try:
        return bool(torch.is_autocast_enabled(kind))
    except TypeError:  # torch before 2.4 tells it of no device by name
        return True
