"""Rows and models that the tests of teachers share."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from scipy.special import softmax
from sklearn.datasets import load_iris

torch.set_num_threads(1)

FRAME, Y = load_iris(return_X_y=True, as_frame=True)
X = FRAME.to_numpy()


def net(columns: int = 4, classes: int = 3) -> torch.nn.Module:
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(columns, 16),
        torch.nn.BatchNorm1d(16),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.5),
        torch.nn.Linear(16, classes),
    )


def _probabilities(rows: Any) -> np.ndarray:
    return softmax(np.asarray(rows)[:, :3], axis=1)
