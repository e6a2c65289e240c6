"""Fingerprints: the same model is known again in any process, and never taken for another."""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from jupyter_distill.teachers import as_teacher
from jupyter_distill.teachers._fingerprint import digest

from . import fingerprinted
from .fingerprinted import MODELS, Net, Scorer, Weighted, X, Y, fingerprints

ROOT = Path(__file__).parents[1]


# --- alike -------------------------------------------------------------------------------------


def test_a_model_has_the_same_fingerprint_in_every_process() -> None:
    found = [fingerprints()]
    for seed in ("1", "4242"):
        told = subprocess.run(
            [sys.executable, "-c", "from tests.fingerprinted import say; say()"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        found.append(json.loads(told.stdout))
    assert found[0] == found[1] == found[2]
    assert len(set(found[0].values())) == len(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_asking_and_hashing_leave_a_fingerprint_as_it_is(name: str) -> None:
    rows = torch.zeros(4, 3)
    torch.manual_seed(0)
    model = MODELS[name]()
    before = digest(model)
    if isinstance(model, torch.nn.Module) or name == "method of a net":
        model(rows)
    else:
        getattr(model, "predict_proba", model)(rows.numpy()[:2])
    assert digest(model) == before


def test_training_mode_does_not_matter_to_a_teacher_in_eval_mode() -> None:
    assert digest(Net().train()) == digest(Net().eval())


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(values, values)
def test_functions_differ_exactly_as_what_they_hold(one: Any, other: Any) -> None:
    def holding(value: Any) -> Callable[[], Any]:
        return lambda: value

    def set_by(value: Any) -> Any:
        return types.FunctionType((lambda default=None: 0).__code__, {}, argdefs=(value,))

    same = _typed(one) == _typed(other)
    assert (digest(holding(one)) == digest(holding(other))) == same
    assert (digest(set_by(one)) == digest(set_by(other))) == same
    assert digest(one) == digest(_again(one))


def _typed(value: Any) -> Any:
    """Return a value in which 1, 1.0 and True are three, as are 0.0 and -0.0."""
    if isinstance(value, tuple):
        return tuple(map(_typed, value))
    if isinstance(value, frozenset):
        return frozenset(map(_typed, value))
    return type(value), repr(value)


def _again(value: Any) -> Any:
    """Return an equal value whose sets were filled the other way round."""
    if isinstance(value, tuple):
        return tuple(map(_again, value))
    if isinstance(value, frozenset):
        return frozenset(map(_again, reversed(list(value))))
    return value


# --- apart -------------------------------------------------------------------------------------

LENT = """
import functools

KNOWN = {}

def scorer(model):
    return lambda rows: model.predict_proba(rows)

def retried(function, times=3):
    @functools.wraps(function)
    def again(*args):
        for _ in range(times):
            return function(*args)
    return again

def noted(function, times=3):
    @functools.wraps(function)
    def first(*args):
        KNOWN["times"] = times
        return function(*args)
    return first
"""


@pytest.fixture
def lent(tmp_path: Path) -> Any:
    """A module of an installed package."""
    path = tmp_path / "site-packages" / "lent.py"
    path.parent.mkdir()
    path.write_text(LENT)
    spec = importlib.util.spec_from_file_location("lent", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fitted(C: float) -> Any:
    return LogisticRegression(C=C).fit(X, Y)


def test_what_an_installed_function_closes_over_tells_it_from_others(lent: Any) -> None:
    assert digest(lent.scorer(fitted(1.0))) == digest(lent.scorer(fitted(1.0)))
    assert digest(lent.scorer(fitted(1.0))) != digest(lent.scorer(fitted(0.1)))


def test_globals_of_an_installed_function_are_not_followed(lent: Any) -> None:
    before = digest(lent.noted(len))
    lent.KNOWN["any"] = 1
    assert digest(lent.noted(len)) == before


def named(factor: float) -> Callable[[Any], Any]:
    def score(rows: Any) -> Any:
        return rows * factor

    return score


def bodies() -> list[Callable[[Any], Any]]:
    """Return functions of one name with other bodies."""

    def one() -> Callable[[Any], Any]:
        def score(rows: Any) -> Any:
            return rows + 1

        return score

    def two() -> Callable[[Any], Any]:
        def score(rows: Any) -> Any:
            return rows + 2

        return score

    found = [one(), two()]
    for each in found:
        each.__qualname__ = "score"
    return found


@pytest.mark.parametrize("wrap", ["retried", "noted", "lru_cache", "no_grad"])
def test_wrapped_functions_are_told_apart_by_what_they_wrap(lent: Any, wrap: str) -> None:
    around: Any = {"lru_cache": functools.lru_cache, "no_grad": torch.no_grad()}.get(wrap)
    around = around or getattr(lent, wrap)
    one, two = (digest(around(body)) for body in bodies())
    assert one != two
    assert one == digest(around(bodies()[0]))
    assert digest(around(named(1.0))) != digest(around(named(2.0)))
    if wrap in ("retried", "noted"):
        assert digest(lent.retried(len)) != digest(lent.noted(len))
        assert digest(around(len)) != digest(around(len, times=4))


def test_a_global_that_is_trained_anew_makes_another_teacher(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = fingerprints()
    monkeypatch.setattr(fingerprinted, "FACTOR", 3.0)
    after = fingerprints()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"global", "wrapped", "pipeline"}


def test_a_global_of_another_module_of_the_owner_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def score(rows: Any) -> Any:
        return fingerprinted.scaled(rows)

    before = digest(score)
    monkeypatch.setattr(fingerprinted, "FACTOR", 3.0)
    assert digest(score) != before


def test_defaults_make_another_teacher() -> None:
    def made(factor: float) -> Any:
        return lambda rows, *, by=factor: rows * by

    assert digest(made(1.0)) == digest(made(1.0)) != digest(made(2.0))


def test_callable_objects_are_told_apart_by_state_and_code() -> None:
    assert digest(Scorer(1.0)) == digest(Scorer(1.0)) != digest(Scorer(2.0))
    assert digest(Scorer(1.0).score) == digest(Scorer(1.0).score) != digest(Scorer(2.0).score)
    assert digest(Weighted([1.0, 2.0])) == digest(Weighted()) != digest(Weighted([2.0, 1.0]))


@pytest.mark.parametrize("name", ["__call__", "score"])
def test_a_changed_method_makes_another_teacher(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = Scorer(1.0)
    before = digest(scorer), digest(scorer.score)
    monkeypatch.setattr(Scorer, name, lambda self, rows: rows[:, :2])
    assert digest(scorer) != before[0] and digest(scorer.score) != before[1]


@pytest.mark.parametrize("part", ["first", "last"])
def test_pipelines_are_told_apart_by_their_functions_and_weights(part: str) -> None:
    def made(power: int, C: float) -> Any:
        steps = FunctionTransformer(lambda rows: rows**power), LogisticRegression(C=C)
        return make_pipeline(*steps).fit(X, Y)

    other = made(3, 1.0) if part == "first" else made(1, 0.1)
    assert digest(made(1, 1.0)) == digest(made(1, 1.0)) != digest(other)


def _weights(net: Net) -> None:
    with torch.no_grad():
        net.inner.weight[0, 0] += 1e-6


def _other_forward(net: Net) -> None:
    class Net(fingerprinted.Net):
        def forward(self, rows: Any) -> Any:
            return -super().forward(rows)

    Net.__module__, Net.__qualname__ = fingerprinted.__name__, "Net"
    net.__class__ = Net


CHANGES: dict[str, Callable[[Net], Any]] = {
    "weights": _weights,
    "code": _other_forward,
    "number": lambda net: setattr(net, "scale", 3.0),
    "list": lambda net: net.powers.append(3.0),
    "buffer": lambda net: net.shift.fill_(1.0),
    "precision": lambda net: net.double(),
    "hook": lambda net: net.register_forward_hook(lambda module, rows, said: -said),
    "activation": lambda net: setattr(net, "inner", torch.nn.Sequential(net.inner)),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("nested", [False, True])
def test_networks_are_told_apart_by_all_that_decides_their_answers(
    change: str, nested: bool
) -> None:
    net, twin = Net(), Net()
    models: list[Any] = [net, twin]
    if nested:
        models = [torch.nn.Sequential(torch.nn.Tanh(), one) for one in models]
    assert digest(models[0]) == digest(models[1])
    CHANGES[change](net)
    assert digest(models[0]) != digest(models[1])


def test_the_order_of_layers_counts() -> None:
    linear, tanh = torch.nn.Linear(2, 2), torch.nn.Tanh()
    one = torch.nn.Sequential()
    one.add_module("a", linear)
    one.add_module("b", tanh)
    two = torch.nn.Sequential()
    two.add_module("b", tanh)
    two.add_module("a", linear)
    assert digest(one) != digest(two)


@pytest.mark.parametrize("kind", ["bfloat16", "quantised"])
def test_tensors_that_numpy_does_not_know_are_hashed(kind: str) -> None:
    def made(value: float) -> Any:
        numbers = torch.full((2, 3), value)
        if kind == "bfloat16":
            return numbers.bfloat16()
        return torch.quantize_per_tensor(numbers, 0.1, 0, torch.qint8)

    assert digest(made(0.5)) == digest(made(0.5)) != digest(made(1.0))


def test_what_cannot_be_hashed_asks_for_a_version() -> None:
    stream = (row for row in X)
    with pytest.raises(ValueError, match=r"to be hashed.*generator.*version='\.\.\.'"):
        _ = as_teacher(lambda rows: next(stream)).fingerprint
    assert as_teacher(lambda rows: next(stream), version="1").fingerprint


def test_preprocessing_is_part_of_a_teacher() -> None:
    def made(by: float) -> str:
        return as_teacher(fitted(1.0), preprocess=lambda rows: np.asarray(rows) * by).fingerprint

    assert made(1.0) == made(1.0) != made(2.0)
