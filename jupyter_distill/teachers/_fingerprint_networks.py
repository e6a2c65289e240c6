"""What a torch network comes down to: tensors, attributes, and the parts it is made of."""

from __future__ import annotations

import re
import sys
from typing import Any

# Kept by torch beside what the network's author set; parts, weights and hooks are told apart.
KEPT_BY_TORCH = ("_parameters", "_buffers", "_modules", "training")
HOOKS = ("_forward_hooks", "_forward_pre_hooks")


def network(module: Any) -> Any:
    """Return class, weights, all buffers, plain attributes, hooks and parts of a network.

    Whether it is in training mode makes no difference: teachers are asked in eval mode.
    """
    torch: Any = sys.modules["torch"]
    if isinstance(module, torch.jit.ScriptModule):
        return _script(module, torch)
    if type(module).__module__ == "torch._dynamo.eval_frame":  # compiled: the same, only faster
        return network(module._orig_mod)
    state = module.__getstate__()  # without what cannot be stored, e.g. weak references
    state = state if isinstance(state, dict) else vars(module)
    every = (*KEPT_BY_TORCH, *vars(torch.nn.Module()))
    own = {name: value for name, value in state.items() if name not in every}
    hooks = [list(vars(module)[name].values()) for name in HOOKS]
    tensors = [_tensors(module._parameters), _tensors(module._buffers)]
    # in their order, which decides in a Sequential
    parts = [[name, part] for name, part in module._modules.items()]
    return ["network", type(module), tensors, own, hooks, parts]


def tensor(value: Any, torch: Any) -> Any:
    """Return type, shape and numbers of a tensor; types that numpy does not know as bytes."""
    told = value.detach().cpu()
    kind, shape = str(told.dtype), tuple(told.shape)
    if told.is_quantized:
        told = told.dequantize()
    if told.layout is not torch.strided:
        told = told.to_dense()
    flat = told.resolve_conj().resolve_neg().contiguous().flatten()
    return ["tensor", kind, shape, flat.view(torch.uint8).numpy()]


def _tensors(named: Any) -> Any:
    return {name: value for name, value in named.items() if value is not None}


def _script(module: Any, torch: Any) -> Any:
    """Return code, tensors and named attributes of a scripted network, part by part."""
    parts = []
    for name, part in module.named_modules():
        code = str(getattr(part, "code", "")) if hasattr(part, "forward") else ""
        code = re.sub(r"___torch_mangle_\d+\.", "", code)  # counts what this process has compiled
        named = {n: getattr(part, n, None) for n in re.findall(r"\bself\.(\w+)", code)}
        plain = (torch.Tensor, bool, int, float, str, list, tuple, dict)
        parts.append([name, code, {n: v for n, v in named.items() if isinstance(v, plain)}])
    return ["script", parts, _tensors(dict(module.state_dict()))]
