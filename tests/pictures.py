"""Digits as pictures in a folder, and a network that knows them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from PIL import Image
from sklearn.datasets import load_digits

N = 400
PIXELS, DIGITS = load_digits(return_X_y=True)
PIXELS, DIGITS = (PIXELS[:N].reshape(-1, 8, 8) * 15).astype(np.uint8), DIGITS[:N]
INK = PIXELS.reshape(N, 4, 2, 4, 2).sum((2, 4)).reshape(N, 16)
# What a person reads of a digit: how much ink there is in each of 16 places.
TABLE = pd.DataFrame(INK, columns=[f"ink {row}{column}" for row in "abcd" for column in "wxyz"])
NAMES = pd.Series([f"{digit}/{row:03d}.png" for row, digit in enumerate(DIGITS)], name="file")


def written(path: Path) -> Path:
    """Write digits as pictures, in a folder for each."""
    for digit in range(10):
        (path / str(digit)).mkdir(parents=True)
    for name, pixels in zip(NAMES, PIXELS, strict=True):
        Image.fromarray(pixels).save(path / name)
    return path


@cache
def trained() -> torch.nn.Module:
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        *(torch.nn.Conv2d(1, 8, 3), torch.nn.ReLU(), torch.nn.Flatten()),
        torch.nn.Linear(8 * 36, 10),
    )
    images, labels = prepared(PIXELS), torch.from_numpy(DIGITS)
    optimizer = torch.optim.Adam(net.parameters(), 0.01)
    for _ in range(60):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(images), labels).backward()
        optimizer.step()
    return net.eval()


def prepared(pixels: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pixels)[:, None].float() / 120 - 1


class Reading:
    """Reads pictures, and counts which."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, path: Path) -> np.ndarray:
        self.read.append(path.name)
        return np.asarray(Image.open(path))
