"""Pictures of a view compared with those that somebody has looked at."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FOLDER = Path(__file__).parent / "snapshots"
SCALE = 8  # fonts differ by machine: what is compared are blocks of so many pixels
APART = 40  # of 255, that a block may be apart
SHARE = 0.06  # of the blocks, that may be further apart


def compare(name: str, picture: bytes) -> None:
    """Fail where a picture is not the one that is kept; write it where the variable says so.

    ``JUPYTER_DISTILL_SNAPSHOTS=write`` replaces what is kept: look at it before it is committed.
    """
    blocks = _blocks(picture)
    path = FOLDER / f"{name}.png"
    if os.environ.get("JUPYTER_DISTILL_SNAPSHOTS") == "write":
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(blocks).save(path, optimize=True)
        return
    assert path.is_file(), f"Expected a picture at {path}. JUPYTER_DISTILL_SNAPSHOTS=write makes it"
    kept = np.asarray(Image.open(path).convert("RGB"))
    height, width = (min(a, b) for a, b in zip(blocks.shape[:2], kept.shape[:2], strict=True))
    assert abs(blocks.shape[0] - kept.shape[0]) <= 0.1 * kept.shape[0], "it has another height"
    off = np.abs(blocks[:height, :width].astype(int) - kept[:height, :width]).max(axis=2)
    apart = float((off > APART).mean())
    assert apart <= SHARE, f"{apart:.1%} of the picture is another than that at {path}"


def _blocks(picture: bytes) -> NDArray[np.uint8]:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    small = image.resize((image.width // SCALE, image.height // SCALE), Image.Resampling.BOX)
    return np.asarray(small)
