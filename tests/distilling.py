"""Rows, teachers and runs that the tests of distill() share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import torch

import jupyter_distill as jd
from jupyter_distill.distillation import Distillation

torch.set_num_threads(1)


def data(n: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    score = X[:, 0] + np.sin(2 * X[:, 1]) + 0.5 * rng.normal(size=n)
    return X, (score > 0).astype(int)


def smooth(X: Any) -> np.ndarray:
    """A teacher that is a function of its rows: two logits."""
    z = 2 * X[:, 0] + 2 * np.sin(2 * X[:, 1])
    return np.column_stack([-z, z])


def by_heart(answers: np.ndarray) -> Callable[[Any], np.ndarray]:
    """A teacher that knows the answer to row i; give ``teacher_inputs=np.arange(n)``."""
    return lambda rows: answers[np.asarray(rows)]


def run(*args: Any, **options: Any) -> Distillation:
    """Distil without made rows and into trees that are grown quickly, unless asked otherwise.

    ``student="tree"`` is the tree of whoever sets nothing: it is searched for, which takes time.
    """
    quick = {} if "student" in options else {"quality": "greedy"}
    return jd.distill(*args, **{"progress": False, "augment": None, **quick, **options})


def sentences(d: Distillation) -> list[str]:
    """What was found, without the remedies."""
    return [one.sentence for one in d.findings]


def same(one: Distillation, other: Distillation) -> None:
    """Assert that two runs came to the same, to the bit."""
    assert (one.size, one.temperature, one.alpha) == (other.size, other.temperature, other.alpha)
    for part in ("train", "validation", "held_out"):
        np.testing.assert_array_equal(getattr(one.rows, part), getattr(other.rows, part))
    np.testing.assert_array_equal(one.student.logits(one.table), other.student.logits(other.table))
    pd.testing.assert_frame_equal(one.ladder.frame(), other.ladder.frame())
    pd.testing.assert_frame_equal(one.temperature_path, other.temperature_path)
    assert one.explanation().to_dict() == other.explanation().to_dict()
