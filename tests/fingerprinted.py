"""Models whose fingerprints several processes compare; each is made anew, always alike."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from jupyter_distill.teachers import as_teacher

X = np.random.default_rng(0).normal(size=(60, 3))
Y = (X[:, 0] + X[:, 1] ** 2 > 0.5).astype(int)
FACTOR = 2.0


def scaled(rows: Any) -> Any:
    """Return rows times a global."""
    return rows * FACTOR


def colours(rows: Any) -> Any:
    """Ask whether text lies in sets, which compilers keep as frozen ones."""
    known = [c in {"red", "green", "blue", "black", "white"} for c in ("red", "pink")]
    also = ("grey", ("lime", "teal")) in {("grey", ("lime", "teal")), ("a", ("b", "c"))}
    return rows[:, :2] + np.array([*known]) + also


class Scorer:
    """A callable object with a lock, a set and a method beside."""

    def __init__(self, weight: float) -> None:
        self.weight, self.names = weight, frozenset({"one", "two", "three", "four"})
        self.lock = threading.Lock()

    def __call__(self, rows: Any) -> Any:
        """Return logits."""
        with self.lock:
            return self.score(rows)

    def score(self, rows: Any) -> Any:
        """Return logits."""
        return np.c_[rows[:, 0], self.weight * rows[:, 1]]


@dataclass
class Weighted:
    """A callable with generated methods."""

    weights: list[float] = field(default_factory=lambda: [1.0, 2.0])

    def __call__(self, rows: Any) -> Any:
        """Return logits."""
        return rows[:, :2] * self.weights


class Net(torch.nn.Module):
    """A network with more to it than its stored weights."""

    def __init__(self, scale: float = 2.0, shift: float = 0.0) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.inner, self.scale, self.powers = torch.nn.Linear(3, 2), scale, [1.0, 2.0]
        self.register_buffer("shift", torch.full((2,), shift), persistent=False)

    def forward(self, rows: Any) -> Any:
        """Return logits."""
        return self.inner(rows) * self.scale + self.shift


def recurrent() -> Any:
    """Return a network that keeps weak references to its weights."""
    torch.manual_seed(0)
    return torch.nn.LSTM(3, 2)


def wrapped() -> Any:
    """Return a function inside the wrappers that teachers often have."""

    @functools.lru_cache
    def about(name: str) -> int:
        return len(name)

    @functools.wraps(scaled)
    def again(rows: Any) -> Any:
        return scaled(rows)[:, : about("ab")]

    return torch.no_grad()(again)


MODELS: dict[str, Callable[[], Any]] = {
    "global": lambda: scaled,
    "constants": lambda: colours,
    "wrapped": wrapped,
    "partial": lambda: functools.partial(colours),
    "object": lambda: Scorer(2.0),
    "bound method": lambda: Scorer(2.0).score,
    "dataclass": Weighted,
    "logistic": lambda: LogisticRegression().fit(X, Y),
    "forest": lambda: RandomForestClassifier(3, random_state=0).fit(X, Y),
    "pipeline": lambda: make_pipeline(
        FunctionTransformer(lambda rows: rows * FACTOR), LogisticRegression()
    ).fit(X, Y),
    "net": Net,
    "nested": lambda: torch.nn.Sequential(torch.nn.Tanh(), Net()),
    "recurrent": recurrent,
    "method of a net": lambda: Net().forward,
    "scripted": lambda: torch.jit.script(torch.nn.Sequential(torch.nn.Linear(3, 2)).eval()),
}


def fingerprints() -> dict[str, str]:
    """Return that of every model."""
    torch.manual_seed(0)
    found = {}
    for name, make in MODELS.items():
        torch.manual_seed(0)
        found[name] = as_teacher(make()).fingerprint
    return found


def say() -> None:
    """Write all of them for another process."""
    print(json.dumps(fingerprints()))
