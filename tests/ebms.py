"""Rows and teachers that the tests of EBMs share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jupyter_distill.targets import Predictions, SoftTargets


def rows(n: int = 600, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(n, 4)), columns=list("abcd"))
    frame["kind"] = rng.choice(["car", "house", "boat"], n)
    frame["flag"] = rng.random(n) < 0.4
    frame.loc[rng.random(n) < 0.1, "b"] = np.nan
    return frame


def teacher(frame: pd.DataFrame, classes: int = 2) -> SoftTargets:
    one = np.sin(2 * frame["a"]) * 2 + frame["b"].fillna(1.5)
    two = frame["c"] - 2 * (frame["kind"] == "car") + frame["flag"]
    z = np.column_stack([one, two, 0 * one])[:, :classes]
    labels = (z + np.random.default_rng(1).gumbel(size=z.shape)).argmax(1)
    return SoftTargets(z, np.array(["red", "green", "blue"])[:classes], labels)


def numbers(frame: pd.DataFrame) -> Predictions:
    z = teacher(frame, 3).logits.sum(1)
    return Predictions(z, truth=z + np.random.default_rng(2).normal(size=len(z)))
